//! The health of the targets of a load balancer, as `DescribeTargetHealth` reports it, and when it is enough.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting};

/// The parameters of the query.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HealthQuery {
    load_balancer_ids: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    listener_ids: Option<BTreeSet<String>>,
}

/// Which targets have to be healthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HealthTarget {
    pub(crate) load_balancer_id: String,
    /// All listeners of the load balancer if there is none.
    pub(crate) listener_ids: Option<BTreeSet<String>>,
    /// All targets if there is none.
    pub(crate) minimum_healthy: Option<u64>,
}

/// The health of all targets that the gate checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Health {
    pub(crate) targets: Vec<TargetState>,
}

/// One target of a listener or rule.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct TargetState {
    listener_id: String,
    /// The rule of a layer-7 listener; null for layer 4.
    location_id: Option<String>,
    ip: Option<String>,
    port: Option<i64>,
    target_id: Option<String>,
    healthy: bool,
    detail: Option<String>,
}

/// The response. The service documents lists that may be null.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct HealthResponse {
    load_balancers: Option<Vec<LoadBalancerHealth>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LoadBalancerHealth {
    load_balancer_id: String,
    listeners: Option<Vec<ListenerHealth>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListenerHealth {
    listener_id: String,
    rules: Option<Vec<RuleHealth>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RuleHealth {
    location_id: Option<String>,
    targets: Option<Vec<TargetHealth>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetHealth {
    #[serde(rename = "IP")]
    ip: Option<String>,
    port: Option<i64>,
    target_id: Option<String>,
    /// Only true is healthy: false covers targets that are not probed yet.
    health_status: Option<bool>,
    health_status_detail: Option<String>,
}

impl HealthTarget {
    pub(crate) fn query(&self) -> HealthQuery {
        HealthQuery {
            load_balancer_ids: [self.load_balancer_id.clone()],
            listener_ids: self.listener_ids.clone(),
        }
    }

    /// The targets of the response that belong to the chosen listeners, in a stable order.
    pub(crate) fn select(&self, response: HealthResponse) -> Health {
        let load_balancers = response.load_balancers.unwrap_or_default().into_iter();
        let listeners = load_balancers
            .filter(|load_balancer| load_balancer.load_balancer_id == self.load_balancer_id)
            .flat_map(|load_balancer| load_balancer.listeners.unwrap_or_default())
            .filter(|listener| {
                self.listener_ids.as_ref().is_none_or(|ids| ids.contains(&listener.listener_id))
            });
        let mut targets: Vec<_> = listeners.flat_map(ListenerHealth::targets).collect();
        targets.sort();
        Health { targets }
    }

    /// Whether enough targets are healthy. No target at all is not enough, and if all have to be healthy, neither is a
    /// chosen listener without a target.
    pub(crate) fn is_reached(&self, health: &Health) -> bool {
        match self.minimum_healthy {
            Some(minimum) => health.healthy() >= minimum.max(1),
            None => {
                health.total() > 0
                    && health.healthy() == health.total()
                    && self.without_target(health).is_empty()
            }
        }
    }

    /// The chosen listeners that have no target.
    pub(crate) fn without_target(&self, health: &Health) -> BTreeSet<&str> {
        let mut listeners: BTreeSet<_> = self.listener_ids.iter().flatten().map(String::as_str).collect();
        for target in &health.targets {
            listeners.remove(target.listener_id.as_str());
        }
        listeners
    }
}

impl Health {
    pub(crate) fn healthy(&self) -> u64 {
        self.targets.iter().filter(|target| target.healthy).count() as u64
    }

    pub(crate) fn total(&self) -> u64 {
        self.targets.len() as u64
    }

    /// The targets that are not healthy, each with its reason.
    pub(crate) fn unhealthy(&self) -> impl Iterator<Item = String> {
        self.targets.iter().filter(|target| !target.healthy).map(TargetState::describe)
    }
}

impl ListenerHealth {
    fn targets(self) -> Vec<TargetState> {
        let Self { listener_id, rules } = self;
        let rules = rules.unwrap_or_default().into_iter();
        rules.flat_map(|rule| rule.targets(&listener_id)).collect()
    }
}

impl RuleHealth {
    fn targets(self, listener_id: &str) -> Vec<TargetState> {
        let location_id = self.location_id.filter(|id| !id.is_empty());
        let targets = self.targets.unwrap_or_default().into_iter();
        let state = |target: TargetHealth| TargetState {
            listener_id: listener_id.to_owned(),
            location_id: location_id.clone(),
            ip: target.ip,
            port: target.port,
            target_id: target.target_id.filter(|id| !id.is_empty()),
            healthy: target.health_status == Some(true),
            detail: target.health_status_detail,
        };
        targets.map(state).collect()
    }
}

impl TargetState {
    /// `lbl-1 loc-1 10.0.0.1:80 (ins-1): Dead`.
    fn describe(&self) -> String {
        let rule = self.location_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let ip = self.ip.as_deref().unwrap_or("unknown address");
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let target = self.target_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        let detail = match self.detail.as_deref() {
            Some("Close") => "Close (health checks are off, or the listener is stopped)",
            Some(detail) => detail,
            None => "no detail",
        };
        format!("{}{rule} {ip}{port}{target}: {detail}", self.listener_id)
    }
}

/// The schema of [`TargetState`].
pub(crate) fn target_attributes() -> Attribute {
    let string = |name: &str, description: &str| Attribute::string(name).computed().description(description);
    let attributes = [
        string("listener_id", "Id of the listener."),
        string("location_id", "Id of the forwarding rule; null for a layer-4 listener."),
        string("ip", "IP address of the target."),
        Attribute::number("port").computed().description("Port of the target."),
        string("target_id", "Id of the instance; null if the service gives none."),
        Attribute::bool("healthy").computed().description("Whether the target is healthy."),
        string(
            "detail",
            "Health as in the API: `Alive`, `Dead`, `Unknown`, or `Close` if health checks are off.",
        ),
    ];
    Attribute::nested("targets", Nesting::List, attributes)
        .computed()
        .description("The targets of the listeners as the gate last saw them.")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn target(listener_ids: Option<&[&str]>, minimum_healthy: Option<u64>) -> HealthTarget {
        let listener_ids = listener_ids.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
        HealthTarget { load_balancer_id: "lb-1".into(), listener_ids, minimum_healthy }
    }

    fn listener(id: &str, location: &str, statuses: &[(bool, &str)]) -> Value {
        let targets = (1..).zip(statuses).map(|(number, (healthy, detail))| {
            json!({"IP": format!("10.0.0.{number}"), "Port": 80, "TargetId": "ins-1", "HealthStatus": healthy, "HealthStatusDetail": detail})
        });
        json!({"ListenerId": id, "Rules": [{"LocationId": location, "Targets": targets.collect::<Vec<_>>()}]})
    }

    fn health(target: &HealthTarget, listeners: &[Value]) -> Health {
        let other =
            json!({"LoadBalancerId": "lb-2", "Listeners": [listener("lbl-9", "", &[(true, "Alive")])]});
        let response = json!({"LoadBalancers": [{"LoadBalancerId": "lb-1", "Listeners": listeners}, other]});
        target.select(serde_json::from_value(response).unwrap())
    }

    #[test]
    fn all_targets_of_the_load_balancer_are_counted_unless_listeners_are_chosen() {
        let listeners = [
            listener("lbl-1", "", &[(true, "Alive")]),
            listener("lbl-2", "loc-1", &[(true, "Alive"), (false, "Dead")]),
        ];
        let all = health(&target(None, None), &listeners);
        assert_eq!((all.healthy(), all.total()), (2, 3));
        let one = health(&target(Some(&["lbl-1"]), None), &listeners);
        assert_eq!((one.healthy(), one.total()), (1, 1));
        assert_eq!(one.targets[0].location_id, None);
    }

    #[test]
    fn an_empty_target_id_is_none() {
        let response = json!({"LoadBalancers": [{"LoadBalancerId": "lb-1", "Listeners": [{"ListenerId": "lbl-1", "Rules": [
            {"LocationId": "", "Targets": [{"IP": "10.0.0.1", "Port": 80, "TargetId": "", "HealthStatus": false, "HealthStatusDetail": "Dead"}]}
        ]}]}]});
        let health = target(None, None).select(serde_json::from_value(response).unwrap());
        assert_eq!(health.targets[0].target_id, None);
        assert_eq!(health.unhealthy().collect::<Vec<_>>(), ["lbl-1 10.0.0.1:80: Dead"]);
    }

    #[test]
    fn enough_is_all_or_the_minimum_and_never_nothing() {
        let listeners = [listener("lbl-1", "", &[(true, "Alive"), (false, "Dead")])];
        for (minimum, reached) in [(None, false), (Some(1), true), (Some(2), false), (Some(3), false)] {
            let target = target(None, minimum);
            assert_eq!(target.is_reached(&health(&target, &listeners)), reached, "{minimum:?}");
        }
        for minimum in [None, Some(0), Some(1)] {
            let target = target(None, minimum);
            assert!(!target.is_reached(&health(&target, &[])), "{minimum:?}");
        }
    }

    #[test]
    fn a_chosen_listener_without_a_target_is_not_healthy_yet() {
        let target = target(Some(&["lbl-1", "lbl-2"]), None);
        let health = health(&target, &[listener("lbl-1", "", &[(true, "Alive")])]);
        assert!(!target.is_reached(&health));
        assert_eq!(target.without_target(&health), ["lbl-2"].into());
    }

    #[test]
    fn null_lists_are_empty_and_a_missing_status_is_not_healthy() {
        let target = target(None, None);
        for response in [
            json!({"LoadBalancers": null}),
            json!({}),
            json!({"LoadBalancers": [{"LoadBalancerId": "lb-1", "Listeners": null}]}),
            json!({"LoadBalancers": [{"LoadBalancerId": "lb-1", "Listeners": [{"ListenerId": "lbl-1", "Rules": null}]}]}),
        ] {
            assert_eq!(target.select(serde_json::from_value(response).unwrap()), Health::default());
        }
        let listener = json!({"ListenerId": "lbl-1", "Rules": [{"LocationId": "", "Targets": [{"IP": "10.0.0.1", "HealthStatus": null}]}]});
        assert_eq!(health(&target, &[listener]).healthy(), 0);
    }

    #[test]
    fn an_unhealthy_target_is_described_with_its_reason() {
        let target = target(None, None);
        let listeners = [listener("lbl-1", "loc-1", &[(false, "Dead"), (true, "Alive"), (false, "Close")])];
        let lines: Vec<_> = health(&target, &listeners).unhealthy().collect();
        assert_eq!(
            lines,
            [
                "lbl-1 loc-1 10.0.0.1:80 (ins-1): Dead",
                "lbl-1 loc-1 10.0.0.3:80 (ins-1): Close (health checks are off, or the listener is stopped)"
            ]
        );
    }
}
