//! Parameters in a query or form: structures are flattened into names such as `Filters.0.Values.1`.

use serde_json::{Map, Number, Value};

use super::model::{Field, Kind, fields};
use crate::api_error::ApiError;

/// Parameters nested deeper than the API's own are an error, so that no query can exhaust the stack.
const MAX_DEPTH: usize = 16;

/// Builds the parameters of an action from pairs. Text becomes numbers and booleans where the action has such.
pub(crate) fn from_query(
    action: &str,
    pairs: impl IntoIterator<Item = (String, String)>,
) -> Result<Map<String, Value>, ApiError> {
    let mut root = Node::default();
    pairs.into_iter().try_for_each(|(name, text)| root.insert(&name, text))?;
    let fields = fields(action).unwrap_or_default();
    Ok(root.children.into_iter().map(|(name, node)| with_type(fields, name, node)).collect())
}

/// A value and the values below it, in the order of the query.
#[derive(Default)]
struct Node {
    text: Option<String>,
    children: Vec<(String, Node)>,
}

impl Node {
    fn insert(&mut self, name: &str, text: String) -> Result<(), ApiError> {
        let parts: Vec<&str> = name.split('.').collect();
        let node = if parts.len() > MAX_DEPTH { None } else { self.descend(&parts) };
        match node {
            Some(node) if node.text.is_none() && node.children.is_empty() => {
                node.text = Some(text);
                Ok(())
            }
            _ => Err(ApiError::new("InvalidParameter", format!("The parameter `{name}` is given twice."))),
        }
    }

    /// The node of this name; none below a value.
    fn descend(&mut self, parts: &[&str]) -> Option<&mut Self> {
        parts.iter().try_fold(self, |node, part| {
            if node.text.is_some() {
                return None;
            }
            let index = node.children.iter().position(|(name, _)| name == part);
            let index = index.unwrap_or_else(|| {
                node.children.push(((*part).to_owned(), Self::default()));
                node.children.len() - 1
            });
            Some(&mut node.children[index].1)
        })
    }

    fn is_list(&self) -> bool {
        self.children.iter().all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn value(self, kind: Option<Kind>) -> Value {
        match self.text {
            Some(text) => scalar(kind, text),
            None if self.is_list() => list(self.children, kind),
            None => structure(self.children, kind),
        }
    }
}

fn with_type(fields: &[Field], name: String, node: Node) -> (String, Value) {
    let field = fields.iter().find(|field| field.name == name);
    (name, node.value(field.map(|field| field.kind)))
}

/// Elements in the order of their numbers; gaps close up.
fn list(mut elements: Vec<(String, Node)>, kind: Option<Kind>) -> Value {
    elements.sort_by_key(|(index, _)| index.parse::<u64>().unwrap_or(u64::MAX));
    Value::Array(elements.into_iter().map(|(_, node)| node.value(kind)).collect())
}

fn structure(children: Vec<(String, Node)>, kind: Option<Kind>) -> Value {
    let known = match kind {
        Some(Kind::Structure(name)) => fields(name).unwrap_or_default(),
        _ => &[],
    };
    Value::Object(children.into_iter().map(|(name, node)| with_type(known, name, node)).collect())
}

/// Text that is no value of the type stays text, and the check of parameters rejects it.
fn scalar(kind: Option<Kind>, text: String) -> Value {
    let typed = match kind {
        Some(Kind::Integer | Kind::Unsigned) => {
            text.parse::<i64>().ok().map(Value::from).or_else(|| text.parse::<u64>().ok().map(Value::from))
        }
        Some(Kind::Number) => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        // The vendor's SDK for Python writes `True`, the others `true`.
        Some(Kind::Boolean) => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
        _ => None,
    };
    typed.unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(action: &str, query: &str) -> Result<Value, String> {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        from_query(action, pairs).map(Value::Object).map_err(|error| error.message)
    }

    #[test]
    fn lists_structures_and_numbers_are_kept() {
        let query = "Offset=2&Filters.0.Name=vpc&Filters.0.Values.1=b&Filters.0.Values.0=a&LoadBalancerIds.0=1&WithRs=x";
        let expected = json!({
            "Offset": 2, "Filters": [{ "Name": "vpc", "Values": ["a", "b"] }], "LoadBalancerIds": ["1"], "WithRs": "x",
        });
        assert_eq!(read("DescribeLoadBalancers", query), Ok(expected));
        let listener = json!({ "Ports": [80, 8080], "SnatEnable": true, "HealthCheck": { "HttpCode": 31 } });
        let query = "Ports.0=80&Ports.1=8080&SnatEnable=True&HealthCheck.HttpCode=31";
        assert_eq!(read("CreateListener", query), Ok(listener));
    }

    #[test]
    fn parameters_of_unknown_actions_stay_text() {
        assert_eq!(read("Unknown", "A.0=1&B=true&C="), Ok(json!({ "A": ["1"], "B": "true", "C": "" })));
    }

    #[test]
    fn contradictory_names_are_rejected() {
        for query in ["A=1&A=2", "A=1&A.0=2", "A.0=1&A=2", &["A"; 99].join(".")] {
            assert!(read("Unknown", query).is_err(), "{query}");
        }
    }
}
