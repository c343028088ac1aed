//! Operations under way: what a task changes, and the resources that it keeps busy.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::resources::Resources;
use crate::parameters::Parameters;

/// A call whose task runs.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) task: usize,
    pub(crate) action: String,
    pub(crate) region: String,
    /// Ids of the load balancers and target groups that are busy.
    pub(crate) locks: BTreeSet<String>,
    /// The resources as they are after the call.
    pub(crate) copy: Resources,
    /// Load balancers that are being created.
    pub(crate) creating: Vec<String>,
}

/// A resource that something outside keeps busy: another process, or the console.
#[derive(Debug)]
pub(crate) struct Occupation {
    pub(crate) id: String,
    /// Time since the simulator's start.
    pub(crate) until: Duration,
}

/// The load balancers and target groups that a call names, in lists and structures, too.
pub(crate) fn named_resources(parameters: Parameters<'_>) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    collect(parameters, &mut ids);
    ids
}

fn collect(fields: Parameters<'_>, ids: &mut BTreeSet<String>) {
    for (name, value) in fields.iter() {
        let names_resource = ["LoadBalancerId", "LoadBalancerIds", "TargetGroupId", "TargetGroupIds"];
        collect_value(value, names_resource.contains(&name.as_str()), ids);
    }
}

fn collect_value(value: &Value, names_resource: bool, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(id) if names_resource => drop(ids.insert(id.clone())),
        Value::Array(elements) => elements.iter().for_each(|it| collect_value(it, names_resource, ids)),
        Value::Object(fields) => collect(Parameters::new(fields), ids),
        _ => {}
    }
}
