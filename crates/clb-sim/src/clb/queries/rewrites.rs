//! `DescribeRewrite`.

use serde_json::{Value, json};

use super::listeners::rule_fields;
use super::{Query, is_wanted, with_attributes};
use crate::api_error::ApiError;
use crate::clb::changes::Body;

pub(super) fn describe(query: &mut Query<'_>) -> Result<Body, ApiError> {
    let id = query.parameters.string("LoadBalancerId").unwrap_or_default();
    let (listeners, rules) =
        (query.parameters.strings("SourceListenerIds"), query.parameters.strings("SourceLocationIds"));
    let load_balancer = query.resources.load_balancer(id)?.clone();
    let sources = load_balancer
        .listeners
        .iter()
        .filter(|listener| is_wanted(&listeners, &listener.id))
        .flat_map(|listener| listener.rules.iter().map(move |rule| (listener, rule)))
        .filter(|(_, rule)| rule.rewrite.is_some() && is_wanted(&rules, &rule.id));
    let rewrites: Vec<Value> =
        sources.map(|(listener, rule)| rule_fields(rule, listener, query.resources)).collect();
    Ok(with_attributes(json!({ "RewriteSet": rewrites }), &Body::new()))
}
