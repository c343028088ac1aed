//! The parameters of a call as JSON text, with all digits that the caller gave.

use bytes::Bytes;
use serde::Serialize;

use crate::SetupError;

/// The JSON object to send. What serialises to `null`, such as `()`, stands for no parameters.
pub(crate) fn to_json(parameters: &impl Serialize) -> Result<Bytes, SetupError> {
    let invalid = |problem: String| SetupError::invalid("parameters", problem);
    let json = serde_json::to_vec(parameters).map_err(|error| invalid(error.to_string()))?;
    match json.trim_ascii() {
        b"null" => Ok(Bytes::from_static(b"{}")),
        [b'{', ..] => Ok(Bytes::from(json)),
        _ => {
            Err(invalid("parameters are a JSON object, such as `{\"LoadBalancerId\": \"lb-1\"}`".to_owned()))
        }
    }
}

/// The object with one more field, which it does not have yet. The text of the others is left as it is.
pub(crate) fn with_field(object: &Bytes, name: &str, value: &str) -> Bytes {
    let rest = object.trim_ascii().strip_prefix(b"{").unwrap_or_default().trim_ascii_start();
    let comma = if rest.starts_with(b"}") { "" } else { "," };
    let field = serde_json::json!({ name: value }).to_string();
    let mut json = field.trim_end_matches('}').as_bytes().to_vec();
    json.extend_from_slice(comma.as_bytes());
    json.extend_from_slice(rest);
    Bytes::from(json)
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::RawValue};

    use super::*;

    #[test]
    fn parameters_are_an_object() {
        assert_eq!(to_json(&()).unwrap(), "{}");
        assert_eq!(to_json(&json!({"A": 1})).unwrap(), r#"{"A":1}"#);
        let exact = RawValue::from_string(r#" {"N": 123456789012345678901234567890.10}"#.to_owned()).unwrap();
        assert_eq!(to_json(&exact).unwrap(), exact.get());
        for no_object in [json!([1]), json!("{}"), json!(1)] {
            let error = to_json(&no_object).unwrap_err().to_string();
            assert!(error.starts_with("`parameters`: parameters are a JSON object"), "{error}");
        }
    }

    #[test]
    fn a_field_is_added_before_the_others() {
        for (object, expected) in
            [("{}", r#"{"T":"x\"}"}"#), (r#" { "N": 1.50 } "#, r#"{"T":"x\"}","N": 1.50 }"#)]
        {
            let added = with_field(&Bytes::from_static(object.as_bytes()), "T", "x\"}");
            assert_eq!(added, expected);
            serde_json::from_slice::<serde_json::Value>(&added).unwrap();
        }
    }
}
