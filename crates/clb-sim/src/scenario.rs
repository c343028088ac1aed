//! Scripts as data, read from JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use clb_task::actions::nearest;

use crate::clb::TargetHealth;
use crate::fault::{Fault, InvalidFaultError};
use crate::fault_timing::{InvalidWhenError, When};
use crate::key::Key;
use crate::scenario_json::{HealthJson, KeyJson, OneOrMany, ScenarioJson, ScriptJson, Seconds};
use crate::scripts::ScriptedResponse;
use crate::task_script::TaskScript;

/// A script as data: tasks, actions, responses, faults, keys and more, read from JSON.
///
/// ```
/// # use clb_sim::{Options, Scenario, Simulator};
/// let scenario = Scenario::from_json(
///     r#"{
///         "tasks": {
///             "1234": { "seconds": 5 },
///             "5678": { "polls": 3, "fails": "the port is taken" },
///             "odd": { "status": 7 }
///         },
///         "actions": { "CreateListener": { "seconds": 2 } },
///         "faults": ["next 3 of DescribeTaskStatus: throttled"]
///     }"#,
/// )?;
/// Simulator::new(Options::default()).play(scenario);
/// # Ok::<(), clb_sim::InvalidScenarioError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenario {
    pub(crate) tasks: Vec<(String, TaskScript)>,
    pub(crate) deals: Vec<(String, TaskScript)>,
    pub(crate) actions: Vec<(String, Vec<TaskScript>)>,
    pub(crate) responses: Vec<(String, Vec<ScriptedResponse>)>,
    /// Versions of further products.
    pub(crate) products: Vec<(String, String)>,
    pub(crate) rate_limits: Vec<(String, Option<u32>)>,
    pub(crate) busy: Vec<(String, Duration)>,
    pub(crate) health: Vec<(String, TargetHealth)>,
    pub(crate) faults: Vec<(When, Fault)>,
    pub(crate) keys: Vec<Key>,
}

/// A scenario is invalid.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum InvalidScenarioError {
    /// Not JSON, or not the format of a scenario.
    #[error("the scenario cannot be read")]
    Json(#[from] serde_json::Error),
    /// The script of this task or action is contradictory.
    #[error("the script of `{0}` {1}")]
    Script(String, &'static str),
    /// An action that does not exist, and the one whose name is almost the same.
    #[error("there is no action `{given}`; `{meant}` is one")]
    Action {
        /// The name in the scenario.
        given: String,
        /// The name that was probably meant.
        meant: &'static str,
    },
    /// A task on the command line.
    #[error("`{0}` is not ID=SECONDS, ID=SECONDS:succeed or ID=SECONDS:fail:MESSAGE")]
    Task(String),
    /// A fault without a `: ` between its timing and itself.
    #[error("`{0}` is not WHEN: FAULT, as in `next 3 of DescribeTaskStatus: throttled`")]
    FaultForm(String),
    /// The timing of a fault.
    #[error(transparent)]
    When(#[from] InvalidWhenError),
    /// The fault itself.
    #[error(transparent)]
    Fault(#[from] InvalidFaultError),
}

impl Scenario {
    /// Parses a scenario. Every part is optional; unknown fields are errors.
    pub fn from_json(json: &str) -> Result<Self, InvalidScenarioError> {
        let text: ScenarioJson = serde_json::from_str(json)?;
        let faults: Vec<_> = text.faults.iter().map(|text| fault(text)).collect::<Result<_, _>>()?;
        if text.products.is_empty() {
            let of_faults = faults.iter().filter_map(|(when, _)| when.action());
            text.action_names().chain(of_faults).try_for_each(check_action)?;
        }
        Ok(Self {
            tasks: scripts(text.tasks)?,
            deals: scripts(text.deals)?,
            actions: sequences(text.actions)?,
            responses: text.responses.into_iter().map(|(action, all)| (action, all.responses())).collect(),
            products: text.products.into_iter().collect(),
            rate_limits: text.rate_limits.into_iter().map(|(action, rate)| (action, limit(rate))).collect(),
            busy: text.busy.into_iter().map(|(id, Seconds(time))| (id, time)).collect(),
            health: text.health.into_iter().map(|(target, HealthJson(health))| (target, health)).collect(),
            faults,
            keys: text.keys.into_iter().map(KeyJson::key).collect(),
        })
    }
}

/// Rejects the name of an action that is probably misspelt. Other unknown names may be actions to come.
pub(crate) fn check_action(name: &str) -> Result<(), InvalidScenarioError> {
    match nearest(name) {
        Some(action) => Err(InvalidScenarioError::Action { given: name.to_owned(), meant: action.name }),
        None => Ok(()),
    }
}

/// Parses the text form of a fault: `next 3 of DescribeTaskStatus: throttled`.
pub(crate) fn fault(text: &str) -> Result<(When, Fault), InvalidScenarioError> {
    let (when, fault) =
        text.split_once(": ").ok_or_else(|| InvalidScenarioError::FaultForm(text.to_owned()))?;
    Ok((when.parse()?, fault.parse()?))
}

fn scripts(texts: BTreeMap<String, ScriptJson>) -> Result<Vec<(String, TaskScript)>, InvalidScenarioError> {
    texts.into_iter().map(|(name, text)| Ok((name.clone(), script(&name, text)?))).collect()
}

fn sequences(
    texts: BTreeMap<String, OneOrMany<ScriptJson>>,
) -> Result<Vec<(String, Vec<TaskScript>)>, InvalidScenarioError> {
    let sequence = |name: &str, texts: OneOrMany<ScriptJson>| {
        texts.into_vec().into_iter().map(|text| script(name, text)).collect::<Result<Vec<_>, _>>()
    };
    texts.into_iter().map(|(name, texts)| Ok((name.clone(), sequence(&name, texts)?))).collect()
}

fn script(name: &str, text: ScriptJson) -> Result<TaskScript, InvalidScenarioError> {
    text.script().map_err(|wrong| InvalidScenarioError::Script(name.to_owned(), wrong))
}

/// A rate limit of 0 is none.
pub(crate) fn limit(per_second: u32) -> Option<u32> {
    Some(per_second).filter(|limit| *limit > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api_error::ApiError;

    fn of(json: &str) -> Result<Scenario, String> {
        Scenario::from_json(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_scenario_scripts_everything() {
        let scenario = of(r#"{
            "tasks": {
                "a": { "seconds": 1.5, "load_balancers": ["lb-1"], "forgotten_after": 60 },
                "b": { "polls": 2, "fails": "why" },
                "c": { "status": null },
                "d": { "omits_status": true },
                "e": { "forever": true }
            },
            "deals": { "f": {} },
            "actions": {
                "CreateListener": { "seconds": 2 },
                "DeleteListener": [{ "seconds": 2, "fails": "why" }, {}]
            },
            "responses": {
                "A": { "TotalCount": 0 },
                "B": [{ "Error": { "Code": "LimitExceeded", "Message": "" } }, { "A": 1 }]
            },
            "products": { "gwlb": "2024-09-06" },
            "rate_limits": { "A": 3, "B": 0 },
            "busy": { "lb-1": 1 },
            "health": { "10.0.0.1": 5, "10.0.0.2": "dead", "10.0.0.3:80": "closed" },
            "faults": ["call 2: reset"],
            "keys": [{ "secret_id": "id", "secret_key": "key", "token": "token", "expires_after": 10 }]
        }"#)
        .unwrap();
        let second = Duration::from_secs(1);
        let script = |at: usize| scenario.tasks[at].1.clone();
        let usual = TaskScript::runs_for(second * 3 / 2).then_succeeds();
        assert_eq!(script(0), usual.with_load_balancers(["lb-1"]).forgotten_after(second * 60));
        assert_eq!(script(1), TaskScript::runs_for_polls(2).then_fails("why"));
        assert_eq!(script(2), TaskScript::already_complete().then_reports(Value::Null));
        assert_eq!(script(3), TaskScript::already_complete().then_omits_status());
        assert_eq!(script(4), TaskScript::runs_forever());
        assert_eq!(scenario.deals, [("f".to_owned(), TaskScript::already_complete().then_succeeds())]);
        let two_seconds = TaskScript::runs_for(second * 2);
        assert_eq!(scenario.actions[0].1, [two_seconds.clone().then_succeeds()]);
        assert_eq!(
            scenario.actions[1].1,
            [two_seconds.then_fails("why"), TaskScript::already_complete().then_succeeds()]
        );
        assert_eq!(scenario.responses[0].1, [json!({ "TotalCount": 0 }).into()]);
        assert_eq!(
            scenario.responses[1].1,
            [ApiError::new("LimitExceeded", "").into(), json!({ "A": 1 }).into()]
        );
        assert_eq!(scenario.products, [("gwlb".to_owned(), "2024-09-06".to_owned())]);
        assert_eq!(scenario.rate_limits, [("A".to_owned(), Some(3)), ("B".to_owned(), None)]);
        assert_eq!(scenario.busy, [("lb-1".to_owned(), second)]);
        assert_eq!(
            scenario.health.iter().map(|(_, health)| *health).collect::<Vec<_>>(),
            [TargetHealth::HealthyAfter(second * 5), TargetHealth::Dead, TargetHealth::Closed]
        );
        assert_eq!(scenario.faults, [(When::call(2), Fault::Reset)]);
        assert_eq!(scenario.keys, [Key::new("id", "key").with_token("token").expiring_after(second * 10)]);
    }

    #[test]
    fn what_is_not_understood_is_rejected() {
        for (json, error) in [
            ("[", "the scenario cannot be read"),
            (r#"{ "task": {} }"#, "the scenario cannot be read"),
            (r#"{ "tasks": { "a": { "second": 1 } } }"#, "the scenario cannot be read"),
            (r#"{ "tasks": { "a": { "seconds": -1 } } }"#, "the scenario cannot be read"),
            (r#"{ "health": { "a": "well" } }"#, "the scenario cannot be read"),
            (
                r#"{ "tasks": { "a": { "seconds": 1, "polls": 1 } } }"#,
                "the script of `a` has more than one of `seconds`, `polls`, `forever`",
            ),
            (
                r#"{ "tasks": { "a": { "fails": "", "status": 0 } } }"#,
                "the script of `a` has more than one of `fails`, `status`, `omits_status`",
            ),
            (
                r#"{ "faults": ["reset"] }"#,
                "`reset` is not WHEN: FAULT, as in `next 3 of DescribeTaskStatus: throttled`",
            ),
        ] {
            assert_eq!(of(json).unwrap_err(), error, "{json}");
        }
        let error = Scenario::from_json(r#"{ "actions": { "A": [{ "second": 1 }] } }"#).unwrap_err();
        let InvalidScenarioError::Json(error) = error else { panic!("{error}") };
        assert!(error.to_string().starts_with("unknown field `second`, expected one of"), "{error}");
        let misspelt = r#"{ "faults": ["next 1 of CreateListner: reset"] }"#;
        assert_eq!(of(misspelt).unwrap_err(), "there is no action `CreateListner`; `CreateListener` is one");
        let misspelt = r#"{ "rate_limits": { "CreateListner": 1 } }"#;
        assert_eq!(of(misspelt).unwrap_err(), "there is no action `CreateListner`; `CreateListener` is one");
        assert!(of(r#"{ "products": { "x": "1" }, "rate_limits": { "CreateListner": 1 } }"#).is_ok());
        assert!(of(r#"{ "faults": ["sometimes: reset"] }"#).unwrap_err().starts_with("`sometimes` is not"));
        assert!(of(r#"{ "faults": ["always: broken"] }"#).unwrap_err().starts_with("`broken` is not"));
    }
}
