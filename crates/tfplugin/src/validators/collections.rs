use crate::schema::{Subject, Validator};
use crate::{Diagnostics, Value};

/// A list, set or map with this many elements or more.
pub fn at_least_items(min: usize) -> impl Validator {
    Items { min, max: usize::MAX, demand: format!("at least {}", elements(min)) }
}

/// A list, set or map with this many elements or fewer.
pub fn at_most_items(max: usize) -> impl Validator {
    Items { min: 0, max, demand: format!("at most {}", elements(max)) }
}

/// Each element of a list, set or map is held to another validator. Its errors name the element.
pub fn each(validator: impl Validator) -> impl Validator {
    Each(validator)
}

/// Each key of a map is held to another validator.
pub fn keys(validator: impl Validator) -> impl Validator {
    Keys(validator)
}

/// No two elements of a list are equal.
pub fn unique() -> impl Validator {
    Unique
}

fn elements(count: usize) -> String {
    format!("{count} element{}", if count == 1 { "" } else { "s" })
}

struct Items {
    min: usize,
    max: usize,
    demand: String,
}

impl Validator for Items {
    fn description(&self) -> String {
        self.demand.clone()
    }

    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
        let (least, most) = count(subject.value());
        if most < self.min || least > self.max {
            return Err(subject.error(format!("must have {}, found {most}", self.demand)));
        }
        Ok(())
    }
}

/// How many elements there are. Those of a set that are not known yet may turn out to be equal.
fn count(value: &Value) -> (usize, usize) {
    let length = value
        .elements()
        .map_or_else(|| value.entries().map_or(0, std::collections::BTreeMap::len), <[_]>::len);
    match value.plain() {
        Value::Set(elements) if !value.is_wholly_known() => {
            let known = elements.iter().filter(|each| each.is_wholly_known()).count();
            (known.max(1), length)
        }
        _ => (length, length),
    }
}

struct Each<V>(V);

impl<V: Validator> Validator for Each<V> {
    fn description(&self) -> String {
        format!("a collection whose elements are {}", self.0.description())
    }

    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
        let errors = subject.elements().into_iter().filter_map(|element| self.0.validate(&element).err());
        errors.flatten().collect::<Diagnostics>().into_result()
    }
}

struct Keys<V>(V);

impl<V: Validator> Validator for Keys<V> {
    fn description(&self) -> String {
        format!("a map whose keys are {}", self.0.description())
    }

    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
        let keys: Vec<_> =
            subject.value().entries().into_iter().flatten().map(|(key, _)| Value::string(key)).collect();
        let check = |key: &Value| {
            let path = subject.path().clone().key(key.as_str().unwrap_or_default());
            self.0.validate(&subject.with(key, path)).err()
        };
        keys.iter().filter_map(check).flatten().collect::<Diagnostics>().into_result()
    }
}

struct Unique;

impl Validator for Unique {
    fn description(&self) -> String {
        "a list without equal elements".into()
    }

    fn validate(&self, subject: &Subject<'_>) -> Result<(), Diagnostics> {
        let mut seen = std::collections::BTreeSet::new();
        let twice = |element: &Subject<'_>| {
            element.value().is_wholly_known() && !seen.insert(element.value().clone())
        };
        let twice: Vec<_> = subject.elements().into_iter().filter(twice).collect();
        let errors = twice.iter().map(|element| element.error("is there twice"));
        errors.flatten().collect::<Diagnostics>().into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::super::{at_least, one_of};
    use super::*;

    fn list<const N: usize>(elements: [&str; N]) -> Value {
        Value::List(elements.map(Value::from).into())
    }

    #[test]
    fn collections_have_as_many_elements_as_they_must() {
        check(&at_least_items(1), list(["a"]), &[]);
        check(
            &at_least_items(2),
            list(["a"]),
            &["The configuration must have at least 2 elements, found 1."],
        );
        check(
            &at_most_items(1),
            list(["a", "b"]),
            &["The configuration must have at most 1 element, found 2."],
        );
        let open = Value::set([Value::UNKNOWN, Value::UNKNOWN, "a".into()]);
        check(&at_least_items(3), open.clone(), &[]);
        check(&at_most_items(1), open, &[]);
    }

    #[test]
    fn an_element_is_named_by_its_place() {
        let validator = each(one_of(["a"]));
        check(
            &validator,
            list(["a", "b", "c"]),
            &[r#"`[1]` must be one of "a", found "b"."#, r#"`[2]` must be one of "a", found "c"."#],
        );
        check(&validator, Value::List(vec![Value::UNKNOWN, Value::Null, "a".into()]), &[]);
        check(&validator, Value::set(["b".into()]), &[r#"`["b"]` must be one of "a", found "b"."#]);
        let map = Value::Map([("k".to_owned(), 0.into())].into());
        check(&each(at_least(1)), map.clone(), &[r#"`["k"]` must be at least 1, found 0."#]);
        check(&keys(one_of(["l"])), map, &[r#"`["k"]` must be one of "l", found "k"."#]);
    }

    #[test]
    fn the_elements_of_a_list_may_have_to_differ() {
        check(&unique(), list(["a", "b"]), &[]);
        check(&unique(), list(["a", "b", "a"]), &["`[2]` is there twice."]);
        check(&unique(), Value::List(vec![Value::UNKNOWN, Value::UNKNOWN]), &[]);
    }
}
