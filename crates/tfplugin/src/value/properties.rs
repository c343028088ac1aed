//! What holds for every value, and for bytes that are none.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::Union;

use super::{json, msgpack, normalized};
use crate::{Number, Refinement, Type, Value, from_value, to_value};

fn types() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Dynamic)];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            btree_map("[a-z_]{1,4}", inner.clone(), 0..4).prop_map(Type::Object),
            vec(inner, 0..4).prop_map(Type::Tuple),
        ]
    })
}

fn numbers() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("NaN is no number", |float| float.try_into().ok()),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,3})?".prop_map(|text| text.parse().unwrap()),
    ]
}

/// Known and unknown values of this type.
fn values(ty: &Type) -> BoxedStrategy<Value> {
    let refined = Refinement { prefix: Some("x".into()), ..Refinement::not_null() };
    let unknown = prop_oneof![Just(Value::UNKNOWN), Just(Value::Unknown(refined.boxed()))];
    Union::new_weighted(vec![(1, Just(Value::Null).boxed()), (1, unknown.boxed()), (6, known(ty))]).boxed()
}

fn known(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::String => any::<String>().prop_map(Value::string).boxed(),
        Type::Number => numbers().prop_map(Value::Number).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::List(of) => vec(values(of), 0..4).prop_map(Value::List).boxed(),
        Type::Set(of) => vec(values(of), 0..4).prop_map(Value::set).boxed(),
        Type::Map(of) => {
            let keys = any::<String>().prop_map(normalized);
            btree_map(keys, values(of), 0..4).prop_map(Value::Map).boxed()
        }
        Type::Tuple(of) => of.iter().map(values).collect::<Vec<_>>().prop_map(Value::Tuple).boxed(),
        Type::Object(of) => {
            let names: Vec<_> = of.keys().cloned().collect();
            let parts = of.values().map(values).collect::<Vec<_>>();
            parts.prop_map(move |parts| Value::object(names.iter().cloned().zip(parts))).boxed()
        }
        Type::Dynamic => prop_oneof![Just(Type::String), Just(Type::list(Type::Number))]
            .prop_flat_map(|ty| {
                values(&ty).prop_map(move |value| Value::Dynamic(Box::new((ty.clone(), value))))
            })
            .boxed(),
    }
}

fn typed() -> impl Strategy<Value = (Type, Value)> {
    types().prop_flat_map(|ty| (Just(ty.clone()), values(&ty)))
}

proptest! {
    #[test]
    fn what_is_written_reads_as_it_was((ty, value) in typed()) {
        prop_assert_eq!(msgpack::decode(&msgpack::encode(&value), &ty), Ok(value));
    }

    #[test]
    fn a_value_conforms_to_its_own_type((ty, value) in typed()) {
        prop_assert_eq!(ty.conform(value.clone()), Ok(value));
    }

    #[test]
    fn a_value_passes_through_serde_unchanged((_, value) in typed()) {
        prop_assert_eq!(to_value(&value), Ok(value.clone()));
        prop_assert_eq!(from_value::<Value>(value.clone()), Ok(value));
    }

    #[test]
    fn types_pass_through_their_json(ty in types()) {
        prop_assert_eq!(Type::from_json(ty.to_json().as_bytes()), Ok(ty));
    }

    #[test]
    fn numbers_pass_through_their_text(number in numbers()) {
        prop_assume!(!number.is_infinite());
        prop_assert_eq!(number.to_string().parse::<Number>(), Ok(number));
    }

    #[test]
    fn the_order_of_numbers_is_that_of_floats(one in any::<f64>(), two in any::<f64>()) {
        prop_assume!(!one.is_nan() && !two.is_nan());
        let (first, second) = (Number::try_from(one).unwrap(), Number::try_from(two).unwrap());
        prop_assert_eq!(Some(first.cmp(&second)), one.partial_cmp(&two));
        prop_assert_eq!(first.to_f64().partial_cmp(&one), Some(std::cmp::Ordering::Equal));
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(ty in types(), bytes in vec(any::<u8>(), 0..64)) {
        let _ = msgpack::decode(&bytes, &ty);
        let _ = json::decode(&bytes, &ty);
        let _ = Type::from_json(&bytes);
    }

    #[test]
    fn damaged_values_are_a_value_or_an_error(
        (ty, value) in typed(), place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()
    ) {
        let mut bytes = msgpack::encode(&value);
        let place = place.index(bytes.len());
        if cut { bytes.truncate(place) } else { bytes[place] = byte }
        if let Ok(read) = msgpack::decode(&bytes, &ty) {
            // Whatever it reads as is a proper value of its type.
            prop_assert_eq!(msgpack::decode(&msgpack::encode(&read), &ty), Ok(read));
        }
    }
}

/// A worker's stack holds what is done with the deepest value, even in a build without optimisation.
#[test]
fn the_deepest_values_fit_the_stack_of_a_worker() {
    let work = || {
        for (ty, bytes) in deepest() {
            let value = msgpack::decode(&bytes, &ty).unwrap();
            assert_eq!(msgpack::decode(&msgpack::encode(&value), &ty).as_ref(), Ok(&value));
            assert_eq!(ty.conform(value.clone()).as_ref(), Ok(&value));
            assert_eq!(to_value(&value), from_value(value.clone()));
            let _ = (Type::Dynamic.conform(value.clone()), Type::of(&value).to_json(), format!("{value:?}"));
            let text = serde_json::to_string(&value).unwrap();
            let _ = (json::decode(text.as_bytes(), &ty), from_value::<serde_json::Value>(value));
        }
        let deep_type = format!("{}1{}", "[".repeat(127), "]".repeat(127));
        let typed = [&[0x92, 0xc4, 255], deep_type.as_bytes()].concat();
        assert!(msgpack::decode(&[within(98), typed].concat(), &Type::Dynamic).is_err());
    };
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap();
}

/// A bool within 99 levels of each kind.
fn deepest() -> Vec<(Type, Vec<u8>)> {
    let nested = |kind: fn(Type) -> Type| (0..99).fold(Type::Bool, |inner, _| kind(inner));
    let elements = [vec![0x91; 99], vec![0xc3]].concat();
    let parts = [[0x81, 0xa1, b'a'].repeat(99), vec![0xc3]].concat();
    vec![
        (nested(Type::list), elements.clone()),
        (nested(Type::set), elements.clone()),
        (nested(|inner| Type::Tuple(vec![inner])), elements),
        (nested(Type::map), parts.clone()),
        (nested(|inner| Type::object([("a", inner)])), parts),
        (Type::Dynamic, [&within(98)[..], b"\x92\xa6\"bool\"\xc3"].concat()),
    ]
}

/// The beginning of a dynamic value within this many others.
fn within(levels: usize) -> Vec<u8> {
    b"\x92\xa9\"dynamic\"".repeat(levels)
}
