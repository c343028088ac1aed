//! Any text is a proper value of any type or an error, as JSON and as a stored state:
//! `cargo fuzz run json fuzz/corpus/json fuzz/seeds/json -- -dict=fuzz/json.dict` in `crates/tfplugin`.

#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use tfplugin::Type;
use tfplugin::fuzzing::{from_json, from_state, from_untyped};
use tfplugin_fuzz::{check, make};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if run(&mut Unstructured::new(bytes)).is_ok() { Corpus::Keep } else { Corpus::Reject }
});

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    // A text that brings its type can be made larger by both.
    let ty = if u.ratio(1, 2)? { make::ty(u)? } else { Type::Dynamic };
    let text = u.bytes(u.len())?;
    let state = from_state(text, &ty);
    if let Ok(value) = from_json(text, &ty) {
        assert_eq!(state.as_ref(), Ok(&value));
    }
    if let Ok(value) = state {
        assert!(check::held(&value) <= check::GROWTH * (text.len() + 1) * (1 + check::widest(&ty)));
        assert!(value.is_wholly_known());
        check::value(&value, &ty);
    }
    if let Ok(value) = from_untyped(text) {
        assert!(check::held(&value) <= check::GROWTH * (text.len() + 1));
        assert_eq!(
            from_untyped(check::json(&value).expect("JSON knows no more").as_bytes()),
            Ok(value.clone())
        );
        check::conformed(value, &Type::Dynamic);
    }
    Ok(())
}
