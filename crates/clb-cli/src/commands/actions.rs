//! `clb actions`: what each action of the API starts.

use clb_api::clb_task::actions::{self, Action, Kind};
use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure},
    output::{self, Output},
};

pub(crate) fn run(pattern: Option<&str>, output: Output) -> Result<Exit, Failure> {
    let wanted = pattern.unwrap_or_default().to_ascii_lowercase();
    let found: Vec<_> =
        actions::all().filter(|action| action.name.to_ascii_lowercase().contains(&wanted)).collect();
    if found.is_empty() {
        return Err(Failure::usage(nothing_found(pattern.unwrap_or_default())));
    }
    if output.is_json() {
        output.json(&Value::Array(found.into_iter().map(as_json).collect()))?;
        return Ok(Exit::Succeeded);
    }
    let width = found.iter().map(|action| action.name.len()).max().unwrap_or_default();
    for action in found {
        let token = if action.takes_client_token { ", takes a ClientToken" } else { "" };
        output::line(&format!("{:width$}  {}{token}", action.name, starts(action.kind)))?;
    }
    Ok(Exit::Succeeded)
}

fn nothing_found(pattern: &str) -> String {
    let advice = match actions::nearest(pattern) {
        Some(action) => format!("; `{}` is one", action.name),
        None => String::new(),
    };
    format!("there is no action whose name holds `{pattern}`{advice}")
}

fn starts(kind: Kind) -> String {
    match kind {
        Kind::Polled => "starts a task".to_owned(),
        Kind::OtherPoller(poller) => format!("starts something that {poller} reports on"),
        Kind::Synchronous => "completes with its response".to_owned(),
        Kind::Query => "reads".to_owned(),
        _ => "undocumented: starts a task, or completes with its response".to_owned(),
    }
}

fn as_json(action: &Action) -> Value {
    let (kind, poller) = match action.kind {
        Kind::Polled => ("task", Some("DescribeTaskStatus")),
        Kind::OtherPoller(poller) => ("other_poller", Some(poller)),
        Kind::Synchronous => ("synchronous", None),
        Kind::Query => ("query", None),
        _ => ("undocumented", None),
    };
    json!({ "name": action.name, "kind": kind, "poller": poller, "takes_client_token": action.takes_client_token })
}
