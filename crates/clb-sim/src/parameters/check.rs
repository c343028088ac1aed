//! Checks parameters as the service does: unknown ones, types, missing ones.

use serde_json::{Map, Value};

use super::model::{Field, Kind, fields};
use crate::api_error::ApiError;

/// Checks the parameters of an action against its own. Nothing is checked for an action that is not in the tables.
pub(crate) fn check(action: &str, parameters: &Map<String, Value>) -> Result<(), ApiError> {
    fields(action).map_or(Ok(()), |fields| check_fields(fields, parameters, ""))
}

fn check_fields(fields: &[Field], values: &Map<String, Value>, path: &str) -> Result<(), ApiError> {
    if let Some(unknown) = values.keys().find(|name| fields.iter().all(|field| field.name != name.as_str())) {
        return Err(ApiError::unknown_parameter(&format!("{path}{unknown}")));
    }
    fields.iter().try_for_each(|field| {
        let name = format!("{path}{}", field.name);
        match values.get(field.name).filter(|value| !value.is_null()) {
            Some(value) => check_field(*field, value, &name),
            None if field.is_required => Err(ApiError::missing_parameter(&name)),
            None => Ok(()),
        }
    })
}

fn check_field(field: Field, value: &Value, name: &str) -> Result<(), ApiError> {
    match value {
        Value::Array(elements) if field.is_list => elements
            .iter()
            .enumerate()
            .try_for_each(|(index, element)| check_value(field.kind, element, &format!("{name}.{index}"))),
        value if !field.is_list => check_value(field.kind, value, name),
        _ => Err(ApiError::invalid_type(name)),
    }
}

fn check_value(kind: Kind, value: &Value, name: &str) -> Result<(), ApiError> {
    let is_valid = match (kind, value) {
        (Kind::Structure(structure), Value::Object(values)) => {
            return check_fields(fields(structure).unwrap_or_default(), values, &format!("{name}."));
        }
        (Kind::String, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Number, Value::Number(_)) => true,
        (Kind::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
        (Kind::Unsigned, Value::Number(number)) => number.is_u64(),
        _ => false,
    };
    if is_valid { Ok(()) } else { Err(ApiError::invalid_type(name)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(action: &str, parameters: &Value) -> String {
        check(action, parameters.as_object().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn parameters_of_the_action_are_accepted() {
        let listener = json!({
            "LoadBalancerId": "lb-1", "Ports": [80], "Protocol": "HTTP", "HealthCheck": { "HealthSwitch": 1 },
            "SniSwitch": null,
        });
        assert_eq!(check("CreateListener", listener.as_object().unwrap()), Ok(()));
        assert_eq!(check("AddCustomizedConfig", json!({ "Any": 1 }).as_object().unwrap()), Ok(()));
    }

    #[test]
    fn others_are_rejected_in_the_words_of_the_service() {
        for (change, expected) in [
            (json!({ "Port": 80 }), "UnknownParameter: The parameter `Port` is not recognized."),
            (
                json!({ "HealthCheck": { "Switch": 1 } }),
                "UnknownParameter: The parameter `HealthCheck.Switch` is not recognized.",
            ),
            (
                json!({ "Protocol": null }),
                "MissingParameter: The request is missing a required parameter `Protocol`.",
            ),
            (json!({ "Ports": 80 }), "InvalidParameter: The value type of parameter `Ports` is not valid."),
            (
                json!({ "Ports": [80, "81"] }),
                "InvalidParameter: The value type of parameter `Ports.1` is not valid.",
            ),
            (
                json!({ "EndPort": -1 }),
                "InvalidParameter: The value type of parameter `EndPort` is not valid.",
            ),
            (
                json!({ "Protocol": ["TCP"] }),
                "InvalidParameter: The value type of parameter `Protocol` is not valid.",
            ),
        ] {
            let mut parameters = json!({ "LoadBalancerId": "lb-1", "Ports": [80], "Protocol": "HTTP" });
            parameters.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            assert_eq!(error("CreateListener", &parameters), expected, "{change}");
        }
        let targets =
            json!({ "LoadBalancerId": "lb-1", "ListenerId": "lbl-1", "Targets": [{ "Weight": 1 }] });
        assert_eq!(
            error("RegisterTargets", &targets),
            "MissingParameter: The request is missing a required parameter `Targets.0.Port`."
        );
    }
}
