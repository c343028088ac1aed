//! The state that a change leads to, before the provider has said anything: what Terraform calls the proposed new state.

use super::attribute::UseState;
use super::set_elements::match_elements;
use super::walk::{Attributes, Body, change_beside, objects};
use super::{Attribute, AttributeKind};
use crate::{AttributePath, Value};

/// What becomes of computed values that neither the configuration nor a default sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsetComputed {
    /// They keep their prior value.
    Prior,
    /// They are known only after the change, except those that the schema keeps.
    Unknown,
}

/// What the configuration says, then the defaults, and then what was there before.
///
/// A provider makes this itself, with its defaults, and does not go by what Terraform proposes. That has lost which element of
/// a set was configured how, and gives up the computed values of elements that differ by a default.
pub(crate) fn proposed_state(
    body: Body<'_>,
    prior: Option<&Value>,
    mut config: Value,
    computed: UnsetComputed,
) -> Value {
    fill_each(body, &mut config, prior, computed);
    config
}

fn fill_each(body: Body<'_>, value: &mut Value, prior: Option<&Value>, computed: UnsetComputed) {
    let counterparts = |elements: &[Value], prior: &[Value]| match_elements(body, elements, prior);
    change_beside(value, prior, &counterparts, &mut |parts, prior| fill(body, parts, prior, computed));
}

fn fill(body: Body<'_>, parts: &mut Attributes, prior: Option<&Attributes>, computed: UnsetComputed) {
    let prior = |name: &str| prior.and_then(|prior| prior.get(name));
    for attribute in body.attributes {
        let prior = prior(&attribute.name);
        let mut part = parts.remove(&attribute.name).unwrap_or_default();
        if is_left_out(attribute, &part) {
            let default = attribute.default.as_ref().map(|default| default.value(&attribute.ty(), parts));
            part = match default {
                // What others make of it while they are unknown is not known either.
                Some(default) if computed == UnsetComputed::Unknown || !default.is_unknown() => default,
                _ => unset(attribute, prior, computed),
            };
        } else if let Some(prior) = prior.filter(|prior| attribute.means_the_same_value(prior, &part)) {
            part = prior.clone();
        }
        if let AttributeKind::Nested(_, attributes) = &attribute.kind {
            fill_each(Body { attributes, blocks: &[] }, &mut part, prior, computed);
        }
        parts.insert(attribute.name.clone(), part);
    }
    for nested in body.blocks {
        if let Some(part) = parts.get_mut(&nested.name) {
            fill_each(Body::from(&nested.block), part, prior(&nested.name), computed);
        }
    }
}

/// Whether the configuration leaves it to the provider. With `ignore_changes` it has values even of what only providers set.
pub(super) fn is_left_out(attribute: &Attribute, config: &Value) -> bool {
    attribute.computed && (config.is_null() || !attribute.optional)
}

fn unset(attribute: &Attribute, prior: Option<&Value>, computed: UnsetComputed) -> Value {
    let before = prior.filter(|prior| !was_configured(attribute, prior));
    let is_used = match attribute.use_state {
        UseState::Never => false,
        UseState::Always => before.is_some(),
        UseState::NonNull => before.is_some_and(|before| !before.is_null()),
    };
    match computed {
        UnsetComputed::Unknown if !is_used => Value::UNKNOWN,
        _ => before.cloned().unwrap_or_default(),
    }
}

/// Whether the value has a part that the configuration alone can have set. It is gone if nothing is configured any more.
fn was_configured(attribute: &Attribute, value: &Value) -> bool {
    let AttributeKind::Nested(_, attributes) = &attribute.kind else { return false };
    let body = Body { attributes, blocks: &[] };
    let mut found = false;
    for (parts, path) in objects(value, &AttributePath::root()) {
        body.visit(parts, &path, &mut |part, value, _| found |= !part.computed && !value.is_null());
    }
    attribute.optional && found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;
    use crate::schema::{Nesting, Schema};

    fn value(schema: &Schema, parts: &[(&str, Value)]) -> Value {
        schema.ty().conform(Value::object(parts.iter().cloned())).unwrap()
    }

    type Attributes<'a> = &'a [(&'a str, Value)];

    #[track_caller]
    fn check(
        attribute: Attribute,
        prior: Option<Attributes<'_>>,
        config: Attributes<'_>,
        kept: Attributes<'_>,
        anew: Attributes<'_>,
    ) {
        let schema = Schema::new("").attribute(attribute);
        let prior = prior.map(|prior| value(&schema, prior));
        for (computed, expected) in [(UnsetComputed::Prior, kept), (UnsetComputed::Unknown, anew)] {
            let proposed = proposed_state((&schema).into(), prior.as_ref(), value(&schema, config), computed);
            assert_eq!(proposed, value(&schema, expected), "{computed:?}");
        }
    }

    fn one(value: impl Into<Value>) -> [(&'static str, Value); 1] {
        [("a", value.into())]
    }

    fn text() -> Attribute {
        Attribute::string("a")
    }

    fn rule(port: &str, id: impl Into<Value>) -> Value {
        Value::object([("port", port.into()), ("id", id.into())])
    }

    fn rules(nesting: Nesting) -> Attribute {
        Attribute::nested(
            "a",
            nesting,
            [
                Attribute::string("port").required(),
                Attribute::string("id").computed().use_state_for_unknown(),
            ],
        )
    }

    #[test]
    fn what_nobody_sets_is_as_before_or_unknown() {
        let (old, new, unknown) = (one("old"), one("new"), one(Value::UNKNOWN));
        check(text().computed(), Some(&old), &[], &old, &unknown);
        check(text().computed().use_state_for_unknown(), Some(&old), &[], &old, &old);
        check(text().computed().use_state_for_unknown(), None, &[], &[], &unknown);
        check(text().optional().computed(), Some(&old), &new, &new, &new);
        check(text().optional(), Some(&old), &[], &[], &[]);
        // As with `ignore_changes = all`.
        check(text().computed(), Some(&old), &new, &old, &unknown);
    }

    #[test]
    fn a_computed_null_stays_unless_only_values_do() {
        let null = one(Value::Null);
        check(text().computed().use_state_for_unknown(), Some(&null), &[], &null, &null);
        check(
            text().computed().use_non_null_state_for_unknown(),
            Some(&null),
            &[],
            &null,
            &one(Value::UNKNOWN),
        );
        let old = one("old");
        check(text().computed().use_non_null_state_for_unknown(), Some(&old), &[], &old, &old);
    }

    #[test]
    fn a_string_that_means_the_same_keeps_its_prior_form() {
        let (spaced, compact, other) = (one("{ }"), one("{}"), one("[]"));
        let policy = || text().required().semantic_equality(crate::semantic::Json);
        check(policy(), Some(&spaced), &compact, &spaced, &spaced);
        check(policy(), Some(&spaced), &other, &other, &other);
        check(policy(), None, &compact, &compact, &compact);
        let list = |texts: [&str; 2]| one(Value::List(texts.map(Value::from).into()));
        let policies =
            || Attribute::list("a", Type::String).required().semantic_equality(crate::semantic::Json);
        check(
            policies(),
            Some(&list(["{ }", "1"])),
            &list(["{}", "1.0"]),
            &list(["{ }", "1"]),
            &list(["{ }", "1"]),
        );
    }

    #[test]
    fn a_default_may_come_of_others_or_of_the_environment() {
        let schema = Schema::new("")
            .attribute(Attribute::string("name").required())
            .attribute(Attribute::string("title").default_with(|others| match others.read("name") {
                crate::Attr::Known(name) => format!("Server {}", name.as_str().unwrap_or_default()).into(),
                crate::Attr::Null => Value::Null,
                crate::Attr::Unknown => Value::UNKNOWN,
            }))
            .attribute(Attribute::string("package").default_from_env("CARGO_PKG_NAME"))
            .attribute(Attribute::string("absent").default_from_env("TFPLUGIN_NO_SUCH_VARIABLE"));
        let planned = |config: Value| {
            let config = schema.ty().conform(Value::object([("name", config)])).unwrap();
            proposed_state((&schema).into(), None, config, UnsetComputed::Unknown)
        };
        let known = planned("web".into());
        assert_eq!(known.get("title"), Some(&"Server web".into()));
        assert_eq!(known.get("package"), Some(&"tfplugin".into()));
        assert_eq!(known.get("absent"), Some(&Value::Null));
        assert_eq!(planned(Value::UNKNOWN).get("title"), Some(&Value::UNKNOWN));
    }

    #[test]
    fn a_default_has_the_form_of_its_attribute() {
        let set = Attribute::set("a", Type::String).default_value(Value::List(vec![
            "b".into(),
            "a".into(),
            "b".into(),
        ]));
        let sorted = one(Value::Set(vec!["a".into(), "b".into()]));
        check(set, Some(&sorted), &[], &sorted, &sorted);
        let typed = one(Value::dynamic("a".into()));
        check(Attribute::dynamic("a").default_value("a"), Some(&typed), &[], &typed, &typed);
    }

    #[test]
    fn what_is_computed_in_a_default_is_computed() {
        for nesting in [Nesting::List, Nesting::Set] {
            let attribute =
                || rules(nesting).default_value(Value::List(vec![Value::object([("port", "80".into())])]));
            let with = |id: Value| one(Value::List(vec![rule("80", id)]));
            let (made, null, unknown) = (with("1".into()), with(Value::Null), with(Value::UNKNOWN));
            check(attribute(), None, &[], &null, &unknown);
            check(attribute(), Some(&made), &[], &made, &made);
        }
    }

    #[test]
    fn an_element_of_a_set_keeps_what_was_computed_for_it() {
        let rules = |elements: &[Value]| one(Value::List(elements.to_vec()));
        let prior = rules(&[rule("80", "1"), rule("81", "2")]);
        let config = rules(&[rule("81", Value::Null), rule("82", Value::Null)]);
        let kept = rules(&[rule("81", "2"), rule("82", Value::Null)]);
        let anew = rules(&[rule("81", "2"), rule("82", Value::UNKNOWN)]);
        check(self::rules(Nesting::Set).optional(), Some(&prior), &config, &kept, &anew);
    }

    #[test]
    fn nested_values_that_were_configured_go_with_their_configuration() {
        let prior = one(Value::List(vec![rule("80", "1")]));
        let unknown = one(Value::UNKNOWN);
        check(rules(Nesting::List).optional().computed(), Some(&prior), &[], &[], &unknown);
        check(rules(Nesting::List).computed(), Some(&prior), &[], &prior, &unknown);
    }
}
