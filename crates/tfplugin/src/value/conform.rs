use std::collections::BTreeMap;

use super::normalized;
use crate::path::Step;
use crate::{ModelError, Type, Value};

impl Type {
    /// Turns what a model wrote into a value of this type: sequences into lists, sets or tuples, structs into maps or
    /// objects. Attributes that were left out become null; attributes that the type does not have are an error, as is
    /// anything else that would change what was meant.
    pub fn conform(&self, value: Value) -> Result<Value, ModelError> {
        match (self, value) {
            (_, null @ Value::Null) => Ok(null),
            (_, unknown @ Value::Unknown(_)) => Ok(unknown),
            (Type::Dynamic, Value::Dynamic(typed)) => {
                let (ty, value) = *typed;
                let value = ty.conform(value)?;
                Ok(Value::Dynamic(Box::new((ty, value))))
            }
            (Type::Dynamic, value) => self.conform(Value::dynamic(self_typed(value))),
            (_, Value::Dynamic(typed)) => self.conform(typed.1),
            (Type::String, Value::String(text)) => Ok(Value::string(text)),
            (Type::Number, number @ Value::Number(_)) => Ok(number),
            (Type::Bool, value @ Value::Bool(_)) => Ok(value),
            (Type::List(of), Value::List(elements) | Value::Set(elements) | Value::Tuple(elements)) => {
                each(elements, |_| Some(of)).map(Value::List)
            }
            (Type::Set(of), Value::List(elements) | Value::Set(elements) | Value::Tuple(elements)) => {
                each(elements, |_| Some(of)).map(Value::set)
            }
            (Type::Tuple(of), Value::List(elements) | Value::Tuple(elements))
                if of.len() == elements.len() =>
            {
                each(elements, |index| of.get(index)).map(Value::Tuple)
            }
            (Type::Map(of), Value::Map(parts) | Value::Object(parts)) => map(of, parts),
            (Type::Object(attributes), Value::Map(parts) | Value::Object(parts)) => object(attributes, parts),
            (ty, other) => {
                Err(ModelError::new(format!("expected {ty}, found {}", crate::model::kind(&other))))
            }
        }
    }
}

/// A value whose own type holds it: a sequence of differing elements is a tuple, a map of differing ones an object.
fn self_typed(value: Value) -> Value {
    let alike =
        |types: Vec<Type>| types.windows(2).all(|pair| pair[0] == pair[1]) && !types.contains(&Type::Dynamic);
    match value {
        Value::List(elements) | Value::Tuple(elements) => {
            Value::Tuple(elements.into_iter().map(self_typed).collect())
        }
        Value::Set(elements) => {
            let elements: Vec<_> = elements.into_iter().map(self_typed).collect();
            let same = alike(elements.iter().map(Type::of).collect());
            if same { Value::set(elements) } else { Value::Tuple(elements) }
        }
        Value::Map(parts) => {
            let parts: BTreeMap<_, _> =
                parts.into_iter().map(|(key, part)| (key, self_typed(part))).collect();
            let same = alike(parts.values().map(Type::of).collect());
            if same { Value::Map(parts) } else { Value::Object(parts) }
        }
        Value::Object(parts) => Value::object(parts.into_iter().map(|(name, part)| (name, self_typed(part)))),
        // Inside a value of its own type, another one needs no wrapper.
        Value::Dynamic(typed) => self_typed(typed.1),
        other => other,
    }
}

fn each<'a>(elements: Vec<Value>, ty: impl Fn(usize) -> Option<&'a Type>) -> Result<Vec<Value>, ModelError> {
    let conform = |(index, element)| {
        let ty = ty(index).unwrap_or(&Type::Dynamic);
        ty.conform(element).map_err(|error| error.within(Step::Index(index)))
    };
    elements.into_iter().enumerate().map(conform).collect()
}

fn map(ty: &Type, parts: BTreeMap<String, Value>) -> Result<Value, ModelError> {
    let mut conformed = BTreeMap::new();
    for (key, part) in parts {
        let key = normalized(key);
        let part = match ty.conform(part) {
            Ok(part) if !conformed.contains_key(&key) => part,
            Ok(_) => return Err(ModelError::new("the key occurs twice").within(Step::Key(key))),
            Err(error) => return Err(error.within(Step::Key(key))),
        };
        conformed.insert(key, part);
    }
    Ok(Value::Map(conformed))
}

fn object(
    attributes: &BTreeMap<String, Type>,
    mut parts: BTreeMap<String, Value>,
) -> Result<Value, ModelError> {
    let conform = |(name, ty): (&String, &Type)| {
        let part = parts.remove(name).unwrap_or_default();
        let part = ty.conform(part).map_err(|error| error.within(Step::Attribute(name.clone())))?;
        Ok((name.clone(), part))
    };
    let conformed = attributes.iter().map(conform).collect::<Result<_, _>>()?;
    match parts.into_keys().next() {
        Some(name) => Err(ModelError::new("the schema has no such attribute").within(Step::Attribute(name))),
        None => Ok(Value::Object(conformed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ty: &Type, value: Value, expected: Result<Value, &str>) {
        assert_eq!(ty.conform(value).map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn sequences_become_what_the_type_says() {
        let written = || Value::List(vec!["b".into(), "a".into(), "b".into()]);
        check(&Type::list(Type::String), written(), Ok(written()));
        check(&Type::set(Type::String), written(), Ok(Value::Set(vec!["a".into(), "b".into()])));
        let pair = Type::Tuple(vec![Type::String, Type::Number]);
        let values = vec!["a".into(), 1.into()];
        check(&pair, Value::List(values.clone()), Ok(Value::Tuple(values)));
        check(&pair, written(), Err("expected tuple, found a list"));
    }

    #[test]
    fn elements_of_a_set_that_may_yet_differ_are_kept() {
        let elements = vec![Value::UNKNOWN, "a".into(), Value::UNKNOWN];
        let kept = Value::Set(vec![Value::UNKNOWN, Value::UNKNOWN, "a".into()]);
        check(&Type::set(Type::String), Value::List(elements), Ok(kept));
    }

    #[test]
    fn an_object_has_every_attribute_and_no_other() {
        let ty = Type::object([("a", Type::String), ("b", Type::list(Type::Bool))]);
        let whole = Value::object([("a", "x".into()), ("b", Value::Null)]);
        check(&ty, Value::object([("a", "x".into())]), Ok(whole));
        check(&ty, Value::object([("c", Value::Null)]), Err("c: the schema has no such attribute"));
        let odd = Value::object([("b", Value::List(vec![true.into(), "no".into()]))]);
        check(&ty, odd, Err("b[1]: expected bool, found a string"));
    }

    #[test]
    fn a_dynamic_value_brings_a_type_that_holds_it() {
        let mixed = Value::List(vec![1.into(), "a".into()]);
        let typed = Value::dynamic(Value::Tuple(vec![1.into(), "a".into()]));
        check(&Type::Dynamic, mixed, Ok(typed.clone()));
        check(&Type::Dynamic, typed.clone(), Ok(typed));
        check(&Type::Dynamic, Value::Null, Ok(Value::Null));
    }

    #[test]
    fn a_set_of_differing_elements_is_a_tuple_in_a_dynamic_value() {
        let mixed = vec![true.into(), "a".into()];
        check(&Type::Dynamic, Value::Set(mixed.clone()), Ok(Value::dynamic(Value::Tuple(mixed))));
        let with_null = vec![Value::Null, "a".into()];
        check(&Type::Dynamic, Value::Set(with_null.clone()), Ok(Value::dynamic(Value::Tuple(with_null))));
        let alike = Value::set(["b".into(), "a".into()]);
        check(&Type::Dynamic, alike.clone(), Ok(Value::dynamic(alike)));
    }

    #[test]
    fn a_dynamic_value_is_of_the_type_that_it_names() {
        let typed = |ty, value| Value::Dynamic(Box::new((ty, value)));
        check(&Type::Dynamic, typed(Type::String, 1.into()), Err("expected string, found a number"));
        let listed = typed(Type::set(Type::String), Value::List(vec!["a".into(), "a".into()]));
        check(&Type::Dynamic, listed, Ok(typed(Type::set(Type::String), Value::Set(vec!["a".into()]))));
    }

    #[test]
    fn strings_and_keys_are_composed() {
        let loose = || Value::String("e\u{301}".into());
        check(&Type::String, loose(), Ok("\u{e9}".into()));
        check(&Type::Dynamic, loose(), Ok(Value::dynamic("\u{e9}".into())));
        let map =
            |keys: &[&str]| Value::Map(keys.iter().map(|key| (String::from(*key), true.into())).collect());
        let ty = Type::map(Type::Bool);
        check(&ty, map(&["e\u{301}"]), Ok(map(&["\u{e9}"])));
        check(&ty, map(&["e\u{301}", "\u{e9}"]), Err("[\"\u{e9}\"]: the key occurs twice"));
    }
}
