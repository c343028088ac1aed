use super::holds;
use crate::schema::Validator;
use crate::{Number, Value};

/// A number within these bounds, both included.
pub fn between(min: impl Into<Number>, max: impl Into<Number>) -> impl Validator {
    let (min, max) = (min.into(), max.into());
    holds(format!("from {min} to {max}"), move |value| is_within(value, Some(&min), Some(&max)))
}

/// This number or a larger one.
pub fn at_least(min: impl Into<Number>) -> impl Validator {
    let min = min.into();
    holds(format!("at least {min}"), move |value| is_within(value, Some(&min), None))
}

/// This number or a smaller one.
pub fn at_most(max: impl Into<Number>) -> impl Validator {
    let max = max.into();
    holds(format!("at most {max}"), move |value| is_within(value, None, Some(&max)))
}

fn is_within(value: &Value, min: Option<&Number>, max: Option<&Number>) -> bool {
    let within = |number: &Number| min.is_none_or(|min| min <= number) && max.is_none_or(|max| number <= max);
    value.as_number().is_some_and(within)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn numbers_keep_their_bounds() {
        let found = |number: &str| format!("The configuration must be from 1 to 9.5, found {number}.");
        let max: Number = "9.5".parse().unwrap();
        check(&between(1, max.clone()), Value::from(1), &[]);
        check(&between(1, max.clone()), Value::Number(max.clone()), &[]);
        check(&between(1, max.clone()), Value::from(0), &[&found("0")]);
        check(&between(1, max), Value::Number("9.51".parse().unwrap()), &[&found("9.51")]);
        check(&at_least(2), Value::from(1), &["The configuration must be at least 2, found 1."]);
        check(&at_most(2), Value::from(3), &["The configuration must be at most 2, found 3."]);
    }
}
