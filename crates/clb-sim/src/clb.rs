//! The load balancer API: which task is polled, and what changing actions return.

use clb_task::actions::{self, Kind};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::options::UnknownTask;
use crate::tasks::TaskName;

/// The version of the load balancer API.
pub(crate) const VERSION: &str = "2018-03-17";

/// The task that a `DescribeTaskStatus` call polls.
pub(crate) fn polled_task(parameters: &Map<String, Value>) -> Result<TaskName, ApiError> {
    if let Some(unknown) = parameters.keys().find(|name| !["TaskId", "DealName"].contains(&name.as_str())) {
        return Err(ApiError::new("UnknownParameter", format!("the parameter `{unknown}` is not known")));
    }
    match (text(parameters, "TaskId")?, text(parameters, "DealName")?) {
        (Some(id), _) => Ok(TaskName::Id(id.to_owned())),
        (None, Some(name)) => Ok(TaskName::Deal(name.to_owned())),
        (None, None) => Err(ApiError::missing("TaskId")),
    }
}

/// Whether an action starts a task; an error if it cannot be called. Actions that the vendor does not document as
/// asynchronous or synchronous start a task.
pub(crate) fn starts_task(action: &str) -> Result<bool, ApiError> {
    match actions::lookup(action).map(|action| action.kind) {
        Some(Kind::Polled | Kind::Undocumented) => Ok(true),
        Some(Kind::Query) => {
            let message = format!("`{action}` is a query, and the simulator has no response to it");
            Err(ApiError::new("UnsupportedOperation", message))
        }
        Some(_) => Ok(false),
        None => Err(ApiError::unknown_action(action)),
    }
}

/// The error about a task that the service does not know.
pub(crate) fn unknown_task(name: &TaskName, response: UnknownTask) -> ApiError {
    let code = match response {
        UnknownTask::InvalidParameter => "InvalidParameter",
        UnknownTask::ResourceNotFound => "ResourceNotFound",
    };
    ApiError::new(code, format!("there is no task `{}`", name.as_str()))
}

/// What a changing action returns besides its `RequestId`.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    pub(crate) response: Map<String, Value>,
    pub(crate) deal_name: Option<String>,
    pub(crate) load_balancers: Vec<String>,
}

/// Accepts a call of a changing action.
pub(crate) fn accept(action: &str, parameters: &Map<String, Value>) -> Accepted {
    let mut accepted = Accepted::default();
    match action {
        "CreateListener" => accepted.add("ListenerIds", json!(ids("lbl", length(parameters, "Ports")))),
        "CreateRule" => accepted.add("LocationIds", json!(ids("loc", length(parameters, "Rules")))),
        "CreateLoadBalancer" => accepted.create_load_balancers(parameters),
        "SetCustomizedConfigForLoadBalancer" => accepted.add("ConfigId", json!(id("pz"))),
        "ModifyLoadBalancerAttributes" | "ModifyLoadBalancerSla" | "RenewLoadBalancers" => accepted.order(),
        _ => {}
    }
    accepted
}

impl Accepted {
    fn add(&mut self, name: &str, value: Value) {
        self.response.insert(name.to_owned(), value);
    }

    fn order(&mut self) {
        let name = Uuid::new_v4().simple().to_string();
        self.add("DealName", json!(name));
        self.deal_name = Some(name);
    }

    fn create_load_balancers(&mut self, parameters: &Map<String, Value>) {
        let number = parameters.get("Number").and_then(Value::as_u64).unwrap_or(1).clamp(1, 20);
        self.load_balancers = ids("lb", usize::try_from(number).unwrap_or(1));
        self.add("LoadBalancerIds", json!(self.load_balancers));
        self.order();
    }
}

fn text<'a>(parameters: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ApiError> {
    match parameters.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(ApiError::new("InvalidParameter", format!("the parameter `{name}` is not a string"))),
    }
}

/// How many things an array parameter asks for; one if it is not there.
fn length(parameters: &Map<String, Value>, name: &str) -> usize {
    parameters.get(name).and_then(Value::as_array).map_or(1, Vec::len)
}

fn ids(kind: &str, number: usize) -> Vec<String> {
    (0..number).map(|_| id(kind)).collect()
}

/// An id as the service makes them: a kind and eight letters or digits.
fn id(kind: &str) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("{kind}-{}", &random[..8])
}
