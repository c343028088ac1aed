//! `clb health`: the health of a load balancer's targets.

use std::time::Duration;

use clb_api::{ApiError, Client};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::tasks::warn;
use crate::{
    arguments::{Connection, HealthArguments},
    exit::{Exit, Failure, chain},
    output::{self, Output},
};

/// Between two queries while waiting, as in the provider's health gate.
const INTERVAL: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// One target of a listener or rule.
#[derive(Clone, Debug, PartialEq)]
struct TargetState {
    listener_id: String,
    location_id: Option<String>,
    address: String,
    target_id: Option<String>,
    is_healthy: bool,
    detail: String,
}

pub(crate) async fn run(
    arguments: HealthArguments,
    connection: Connection,
    output: Output,
    quiet: bool,
) -> Result<Exit, Failure> {
    let client = connection.client()?;
    let result = query_until_enough(&client, &arguments, quiet).await;
    warn(&client, quiet);
    let (targets, is_enough) = result.map_err(|error| Failure::service(&error))?;
    print(&targets, is_enough, output)?;
    Ok(if is_enough || !arguments.wait { Exit::Succeeded } else { Exit::TimedOut })
}

/// Queries once, or until enough targets are healthy. Errors that may pass are part of the wait.
async fn query_until_enough(
    client: &Client,
    arguments: &HealthArguments,
    quiet: bool,
) -> Result<(Vec<TargetState>, bool), ApiError> {
    let deadline = Instant::now() + arguments.timeout.unwrap_or(TIMEOUT);
    let mut told = None;
    loop {
        let over = Instant::now() + INTERVAL >= deadline;
        let result = query(client, arguments).await;
        match result {
            Ok(targets) => {
                let is_enough = is_enough(&targets, arguments.minimum_healthy);
                let healthy = targets.iter().filter(|target| target.is_healthy).count();
                if arguments.wait && !quiet && told.replace(healthy) != Some(healthy) {
                    output::note(&format!("{healthy} of {} targets are healthy", targets.len()));
                }
                if is_enough || over || !arguments.wait {
                    return Ok((targets, is_enough));
                }
            }
            Err(error) if arguments.wait && !over && (error.is_transient() || error.is_throttled()) => {
                if !quiet {
                    output::note(&format!("transient error: {}", chain(&error)));
                }
            }
            Err(error) => return Err(error),
        }
        sleep(INTERVAL).await;
    }
}

async fn query(client: &Client, arguments: &HealthArguments) -> Result<Vec<TargetState>, ApiError> {
    let mut parameters = json!({ "LoadBalancerIds": [arguments.load_balancer_id] });
    if !arguments.listener_ids.is_empty() {
        parameters["ListenerIds"] = json!(arguments.listener_ids);
    }
    let response = client.call("DescribeTargetHealth", &parameters).await?;
    let body = serde_json::to_value(&response.body).unwrap_or_default();
    Ok(targets(&body))
}

/// No target at all is not healthy yet.
fn is_enough(targets: &[TargetState], minimum: Option<usize>) -> bool {
    let healthy = targets.iter().filter(|target| target.is_healthy).count();
    !targets.is_empty() && healthy >= minimum.unwrap_or(targets.len())
}

/// All targets in the response. The service documents lists that may be null.
fn targets(body: &Value) -> Vec<TargetState> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut targets = Vec::new();
    for load_balancer in list(body, "LoadBalancers") {
        for listener in list(&load_balancer, "Listeners") {
            for rule in list(&listener, "Rules") {
                targets.extend(list(&rule, "Targets").iter().map(|target| one(&listener, &rule, target)));
            }
        }
    }
    targets
}

fn one(listener: &Value, rule: &Value, target: &Value) -> TargetState {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    TargetState {
        listener_id: text(&listener["ListenerId"]).unwrap_or_default(),
        location_id: text(&rule["LocationId"]),
        address: format!("{}:{}", text(&target["IP"]).unwrap_or_default(), target["Port"]),
        target_id: text(&target["TargetId"]),
        // Only true is healthy: false covers targets that are not probed yet.
        is_healthy: target["HealthStatus"] == true,
        detail: text(&target["HealthStatusDetail"]).unwrap_or_default(),
    }
}

fn print(targets: &[TargetState], is_enough: bool, output: Output) -> Result<(), Failure> {
    if output.is_json() {
        let healthy = targets.iter().filter(|target| target.is_healthy).count();
        let objects: Vec<_> = targets.iter().map(as_json).collect();
        let document =
            json!({ "enough": is_enough, "healthy": healthy, "total": targets.len(), "targets": objects });
        return Ok(output.json(&document)?);
    }
    if targets.is_empty() {
        output::line("no targets")?;
    }
    for target in targets {
        let state = if target.is_healthy { "healthy" } else { "unhealthy" };
        let TargetState { listener_id, location_id, address, target_id, detail, .. } = target;
        let rule = location_id.as_deref().map(|id| format!("/{id}")).unwrap_or_default();
        let id = target_id.as_deref().unwrap_or("-");
        output::line(format!("{listener_id}{rule}  {address}  {id}  {state:9}  {detail}").trim_end())?;
    }
    Ok(())
}

fn as_json(target: &TargetState) -> Value {
    json!({
        "listener_id": target.listener_id, "location_id": target.location_id, "address": target.address,
        "target_id": target.target_id, "healthy": target.is_healthy, "detail": target.detail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_come_from_all_rules_and_lists_may_be_null() {
        let body = json!({ "LoadBalancers": [
            { "LoadBalancerId": "lb-1", "Listeners": null },
            { "LoadBalancerId": "lb-2", "Listeners": [{ "ListenerId": "lbl-1", "Rules": [
                { "LocationId": "loc-1", "Targets": [
                    { "IP": "10.0.0.1", "Port": 80, "HealthStatus": true, "TargetId": "ins-1", "HealthStatusDetail": "Alive" },
                    { "IP": "10.0.0.2", "Port": 80, "HealthStatus": "true", "HealthStatusDetail": "Unknown" },
                ]},
                { "LocationId": "", "Targets": null },
            ]}]},
        ]});
        let targets = targets(&body);
        assert_eq!(targets.iter().map(|target| target.is_healthy).collect::<Vec<_>>(), [true, false]);
        assert_eq!(
            (targets[0].address.as_str(), targets[0].location_id.as_deref()),
            ("10.0.0.1:80", Some("loc-1"))
        );
        assert!(!is_enough(&targets, None) && is_enough(&targets, Some(1)) && !is_enough(&[], Some(0)));
    }
}
