//! The load balancers and target groups that a call names.

use std::collections::BTreeSet;

use serde_json::Value;

/// The ids of load balancers (`lb-...`) and target groups (`lbtg-...`) anywhere in the parameters, in sorted order.
///
/// Names are skipped: a load balancer may well be called `lb-web`, and such a name is no id.
pub(crate) fn named_in(parameters: &Value) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    collect(parameters, &mut ids);
    ids
}

fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_id(text) => drop(ids.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Object(fields) => {
            fields
                .iter()
                .filter(|(name, _)| !name.ends_with("Name"))
                .for_each(|(_, value)| collect(value, ids));
        }
        _ => {}
    }
}

fn is_id(text: &str) -> bool {
    let rest = text.strip_prefix("lb-").or_else(|| text.strip_prefix("lbtg-")).unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(parameters: &Value, expected: &[&str]) {
        assert_eq!(named_in(parameters).iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn ids_are_found_anywhere_and_sorted() {
        check(&json!({"LoadBalancerId": "lb-1"}), &["lb-1"]);
        check(&json!({"LoadBalancerIds": ["lb-b", "lb-a", "lb-b"]}), &["lb-a", "lb-b"]);
        let nested = json!({"Associations": [{"TargetGroupId": "lbtg-9", "Of": {"LoadBalancerId": "lb-2"}}]});
        check(&nested, &["lb-2", "lbtg-9"]);
    }

    #[test]
    fn what_is_no_id_is_skipped() {
        check(
            &json!({"ListenerId": "lbl-1", "VpcId": "vpc-1", "A": "lb-", "B": "lb-1 and lb-2", "C": 1}),
            &[],
        );
        check(&json!({"LoadBalancerName": "lb-web", "Tags": [{"TagKey": "lb"}]}), &[]);
        check(&json!(null), &[]);
    }
}
