//! Queries: they read back what calls made.

mod health;
mod listeners;
mod load_balancers;
mod rewrites;
mod target_groups;
mod targets;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::changes::Body;
use super::resources::Resources;
use super::target_health::TargetHealthScripts;
use crate::api_error::ApiError;
use crate::parameters::Parameters;
use crate::time_format::api_time;

/// A call that reads resources.
pub(crate) struct Query<'a> {
    pub(crate) parameters: Parameters<'a>,
    pub(crate) resources: &'a mut Resources,
    pub(crate) health: &'a TargetHealthScripts,
    /// Unix time of the call.
    pub(crate) unix: Duration,
}

/// Runs a query; none if the simulator keeps no state for it.
pub(crate) fn run(action: &str, query: &mut Query<'_>) -> Option<Result<Body, ApiError>> {
    Some(match action {
        "DescribeLoadBalancers" => load_balancers::describe(query),
        "DescribeListeners" => listeners::describe(query),
        "DescribeTargets" => targets::describe(query),
        "DescribeTargetHealth" => health::describe(query),
        "DescribeTargetGroups" => target_groups::describe(query, true),
        "DescribeTargetGroupList" => target_groups::describe(query, false),
        "DescribeTargetGroupInstances" => target_groups::describe_instances(query),
        "DescribeRewrite" => rewrites::describe(query),
        _ => return None,
    })
}

impl<'a> Query<'a> {
    /// The part of a list that `Offset` and `Limit` choose, and the length of the whole list.
    fn page(&self, list: &str, all: Vec<Value>, most: i64) -> Result<Body, ApiError> {
        let number = |name, default| match self.parameters.integer(name).unwrap_or(default) {
            number if number < 0 => Err(ApiError::invalid_type(name)),
            number => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
        };
        let (offset, limit) = (number("Offset", 0)?, number("Limit", 20)?);
        if limit > usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(ApiError::new("InvalidParameterValue.Range", format!("`Limit` is at most {most}")));
        }
        let total = all.len();
        let page: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        Ok(Map::from_iter([("TotalCount".to_owned(), json!(total)), (list.to_owned(), json!(page))]))
    }

    /// Rejects parameters that choose among resources in a way that the simulator does not know.
    fn reject_unsupported(&self, supported: &[&str]) -> Result<(), ApiError> {
        match self.parameters.iter().find(|(name, _)| !supported.contains(&name.as_str())) {
            Some((name, _)) => Err(unsupported(&format!("the parameter `{name}`"))),
            None => Ok(()),
        }
    }

    /// The values of a filter. Filters of other names are errors.
    fn filter_values(&self, names: &[&str]) -> Result<Vec<(&'a str, Vec<&'a str>)>, ApiError> {
        let read = |filter: Parameters<'a>| {
            let name = filter.string("Name").unwrap_or_default();
            (name, filter.strings("Values"))
        };
        let filters: Vec<_> = self.parameters.structures("Filters").map(read).collect();
        match filters.iter().find(|(name, _)| !names.contains(name)) {
            Some((name, _)) => Err(unsupported(&format!("the filter `{name}`"))),
            None => Ok(filters),
        }
    }
}

/// Whether a query chooses this value: it names it, or names none.
fn is_wanted(wanted: &[&str], value: &str) -> bool {
    wanted.is_empty() || wanted.contains(&value)
}

/// A Unix time as queries show it; null for what exists from its first mention on.
fn time(unix: Option<Duration>) -> Value {
    unix.map_or(Value::Null, |unix| json!(api_time(unix)))
}

/// Fields with defaults, replaced by the attributes that calls have set.
fn with_attributes(defaults: Value, attributes: &Body) -> Body {
    let mut fields = match defaults {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.extend(attributes.clone());
    fields
}

/// The documented defaults of a health check, replaced by what calls have set.
fn health_check(attributes: &Body) -> Value {
    let defaults =
        json!({ "HealthSwitch": 1, "TimeOut": 2, "IntervalTime": 5, "HealthNum": 3, "UnHealthNum": 3 });
    let set = attributes.get("HealthCheck").and_then(Value::as_object).cloned().unwrap_or_default();
    Value::Object(with_attributes(defaults, &set))
}

fn unsupported(what: &str) -> ApiError {
    ApiError::new("UnsupportedOperation", format!("the simulator does not support {what}; script a response"))
}
