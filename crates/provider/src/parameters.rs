//! The parameters of a call: an object of Terraform's as the JSON that is sent, and a response the other way round.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tfplugin::{Attr, AttributePath, Diagnostics, Value};

use crate::argument;

/// The JSON object that a call sends. Its text is canonical: two objects that mean the same have the same text.
#[derive(Clone, Debug)]
pub(crate) struct Parameters(Box<RawValue>);

impl Parameters {
    /// Converts an argument: null stands for no parameters. Unknown if a part of it is; the errors about other parts come
    /// all at once.
    ///
    /// Nulls in objects are left out, since that is how Terraform writes an optional value that is not set. In lists they
    /// are errors. Numbers keep all their digits, and sets are sorted.
    pub(crate) fn read(value: &Value, path: impl Into<AttributePath>) -> Result<Attr<Self>, Diagnostics> {
        let mut writer = Writer::default();
        let path = path.into();
        match value.plain() {
            Value::Null => writer.json.push_str("{}"),
            object @ (Value::Object(_) | Value::Map(_) | Value::Unknown(_)) => writer.write(object, &path),
            _ => {
                let problem = "parameters are an object, such as `{ LoadBalancerId = \"lb-12345678\" }`, without `jsonencode`";
                return Err(argument::invalid(path, problem).into());
            }
        }
        writer.problems.into_result()?;
        if writer.is_unknown {
            return Ok(Attr::Unknown);
        }
        let json = RawValue::from_string(writer.json)
            .map_err(|error| argument::invalid(path, format!("it cannot be written as JSON: {error}")))?;
        Ok(Attr::Known(Self(json)))
    }

    /// Whether both values are known and send the same JSON.
    pub(crate) fn are_equal(one: &Value, other: &Value) -> bool {
        let text = |value| match Self::read(value, "parameters") {
            Ok(Attr::Known(parameters)) => Some(parameters.0.get().to_owned()),
            _ => None,
        };
        text(one).is_some_and(|one| text(other) == Some(one))
    }

    /// What is sent.
    pub(crate) fn as_json(&self) -> &RawValue {
        &self.0
    }
}

#[derive(Default)]
struct Writer {
    json: String,
    is_unknown: bool,
    problems: Diagnostics,
}

impl Writer {
    fn write(&mut self, value: &Value, path: &AttributePath) {
        match value.plain() {
            Value::Unknown(_) => self.is_unknown = true,
            Value::Bool(bool) => self.json.push_str(if *bool { "true" } else { "false" }),
            Value::String(text) => self.json.push_str(&quoted(text)),
            Value::Number(number) if number.is_infinite() => {
                self.problems.push(argument::invalid(path, "JSON has no infinite numbers"));
            }
            Value::Number(number) => self.json.push_str(&number.to_string()),
            Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
                self.write_list(elements, path);
            }
            Value::Map(fields) | Value::Object(fields) => self.write_object(fields, path),
            _ => self.problems.push(argument::invalid(path, "a list must not hold null; remove the element")),
        }
    }

    fn write_list(&mut self, elements: &[Value], path: &AttributePath) {
        self.json.push('[');
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.write(element, &path.clone().index(index));
        }
        self.json.push(']');
    }

    fn write_object(&mut self, fields: &BTreeMap<String, Value>, path: &AttributePath) {
        self.json.push('{');
        for (index, (name, value)) in fields.iter().filter(|(_, value)| !value.is_null()).enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.json.push_str(&quoted(name));
            self.json.push(':');
            self.write(value, &path.clone().attribute(name));
        }
        self.json.push('}');
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
        Value::dynamic(Value::object(fields))
    }

    #[track_caller]
    fn check(value: &Value, expected: &str) {
        let parameters = Parameters::read(value, "parameters").unwrap().known().unwrap();
        assert_eq!(parameters.as_json().get(), expected);
    }

    #[track_caller]
    fn check_error(value: &Value, expected: &[&str]) {
        let errors = Parameters::read(value, "parameters").unwrap_err();
        assert_eq!(errors.iter().map(|error| error.path().to_string()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_object_is_written_with_sorted_names_and_without_nulls() {
        let ports = Value::Tuple(vec![number("443"), number("80")]);
        let value =
            object([("Ports", ports), ("LoadBalancerId", Value::string("lb-1")), ("Name", Value::Null)]);
        check(&value, r#"{"LoadBalancerId":"lb-1","Ports":[443,80]}"#);
        check(&Value::Null, "{}");
        check(&object([("A", Value::object([("B", Value::Null)]))]), r#"{"A":{}}"#);
    }

    #[test]
    fn numbers_are_exact_and_text_keeps_every_character() {
        let digits = "123456789012345678901234567890.125";
        check(&object([("N", number(digits))]), &format!("{{\"N\":{digits}}}"));
        check(&object([("N", number("1.50"))]), r#"{"N":1.5}"#);
        check(&object([("T", Value::string("日本\"\\\n\u{1F600}"))]), "{\"T\":\"日本\\\"\\\\\\n\u{1F600}\"}");
        check(&object([("B", Value::Bool(true))]), r#"{"B":true}"#);
    }

    #[test]
    fn only_an_object_is_accepted_and_no_null_in_a_list() {
        check_error(&Value::string("{}"), &["parameters"]);
        check_error(&Value::dynamic(Value::Tuple(Vec::new())), &["parameters"]);
        let ids = Value::Tuple(vec![Value::string("a"), Value::Null, Value::Null]);
        check_error(&object([("Ids", ids)]), &["parameters.Ids[1]", "parameters.Ids[2]"]);
    }

    #[test]
    fn an_unknown_part_makes_the_whole_unknown_and_hides_no_error() {
        assert!(Parameters::read(&object([("Id", Value::UNKNOWN)]), "parameters").unwrap().is_unknown());
        assert!(Parameters::read(&Value::UNKNOWN, "parameters").unwrap().is_unknown());
        let both = object([("Id", Value::UNKNOWN), ("Ids", Value::Tuple(vec![Value::Null]))]);
        check_error(&both, &["parameters.Ids[0]"]);
    }

    #[test]
    fn values_are_equal_if_they_send_the_same_json() {
        let equal = |one: &Value, other: &Value| Parameters::are_equal(one, other);
        let ports = |elements: [&str; 2]| elements.map(number);
        let tuple = object([("Ports", Value::Tuple(ports(["80", "443"]).into()))]);
        let list = object([("Ports", Value::List(ports(["80", "443.0"]).into())), ("Name", Value::Null)]);
        let set = object([("Ports", Value::set(ports(["443", "80"])))]);
        assert!(equal(&tuple, &list) && equal(&tuple, &set));
        let strings = object([("Ports", Value::Tuple(vec![Value::string("80"), Value::string("443")]))]);
        let reversed = object([("Ports", Value::Tuple(ports(["443", "80"]).into()))]);
        assert!(!equal(&tuple, &strings) && !equal(&tuple, &reversed));
        assert!(!equal(&object([("Id", Value::UNKNOWN)]), &object([("Id", Value::UNKNOWN)])));
    }
}
