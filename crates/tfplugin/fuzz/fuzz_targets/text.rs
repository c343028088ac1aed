//! Texts of numbers, with spaces between them, and of types:
//! `cargo fuzz run text fuzz/corpus/text fuzz/seeds/text -- -dict=fuzz/json.dict` in `crates/tfplugin`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tfplugin::{Number, Type, Value};
use tfplugin_fuzz::check;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(ty) = Type::from_json(bytes) {
        assert_eq!(Type::from_json(ty.to_json().as_bytes()).as_ref(), Ok(&ty));
        let _ = ty.to_string();
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    let numbers: Vec<Number> = text.split(' ').filter_map(|each| each.parse().ok()).collect();
    for number in &numbers {
        alone(number);
    }
    for pair in numbers.windows(2) {
        together(&pair[0], &pair[1]);
    }
});

fn alone(number: &Number) {
    assert_eq!(number.to_string().parse().as_ref(), Ok(number));
    check::value(&Value::Number(number.clone()), &Type::Number);
    if let Some(whole) = number.as_i64() {
        assert_eq!(&Number::from(whole), number);
    }
    if let Some(whole) = number.as_u64() {
        assert_eq!(&Number::from(whole), number);
    }
    assert_eq!(number.as_u64().is_some(), number.to_string().parse::<u64>().is_ok());
    assert_eq!(number.as_i64().is_some(), number.to_string().parse::<i64>().is_ok());
    let float = number.to_f64();
    assert!(!float.is_nan());
    assert!(Number::try_from(float).is_ok_and(|short| short.to_f64() == float));
}

fn together(one: &Number, two: &Number) {
    let order = one.cmp(two);
    assert_eq!(order.reverse(), two.cmp(one));
    assert_eq!(order.is_eq(), one == two);
    assert_eq!(order.is_eq(), one.to_string() == two.to_string());
    let floats = one.to_f64().partial_cmp(&two.to_f64());
    // Rounding may make two numbers one, and never turns them round.
    assert!(floats.is_some_and(|floats| floats == order || floats.is_eq()));
}
