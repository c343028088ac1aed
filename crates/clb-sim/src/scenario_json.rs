//! The format of a scenario file.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::clb::TargetHealth;
use crate::key::Key;
use crate::parse::seconds_from;
use crate::scripts::ScriptedResponse;
use crate::task_script::{RunningTask, TaskScript};

/// The content of a scenario file.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScenarioJson {
    pub(crate) tasks: BTreeMap<String, ScriptJson>,
    pub(crate) deals: BTreeMap<String, ScriptJson>,
    pub(crate) actions: BTreeMap<String, OneOrMany<ScriptJson>>,
    pub(crate) responses: BTreeMap<String, OneOrMany<Map<String, Value>>>,
    pub(crate) products: BTreeMap<String, String>,
    pub(crate) rate_limits: BTreeMap<String, u32>,
    pub(crate) busy: BTreeMap<String, Seconds>,
    pub(crate) health: BTreeMap<String, HealthJson>,
    pub(crate) faults: Vec<String>,
    pub(crate) keys: Vec<KeyJson>,
}

impl ScenarioJson {
    /// The actions that the scenario names.
    pub(crate) fn action_names(&self) -> impl Iterator<Item = &str> {
        let scripted = self.actions.keys().chain(self.responses.keys());
        scripted.chain(self.rate_limits.keys()).map(String::as_str)
    }
}

/// The script of a task. Without a duration it completes at once, without an outcome it succeeds.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScriptJson {
    seconds: Option<Seconds>,
    polls: Option<u64>,
    forever: bool,
    fails: Option<String>,
    /// Null is a status, too.
    #[serde(deserialize_with = "given")]
    status: Option<Value>,
    omits_status: bool,
    load_balancers: Vec<String>,
    forgotten_after: Option<Seconds>,
}

/// A key that is known besides the demo key pair.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyJson {
    secret_id: String,
    secret_key: String,
    token: Option<String>,
    expires_after: Option<Seconds>,
}

/// A number of seconds.
#[derive(Deserialize, Clone, Copy)]
#[serde(try_from = "f64")]
pub(crate) struct Seconds(pub(crate) Duration);

/// A script for all calls, or a list for one call after the other.
pub(crate) struct OneOrMany<T>(Vec<T>);

/// The health of a target: the seconds until it is healthy, or a word.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct HealthJson(pub(crate) TargetHealth);

impl<T> OneOrMany<T> {
    pub(crate) fn into_vec(self) -> Vec<T> {
        self.0
    }
}

/// Not derived as an untagged enum, whose errors would name neither the field nor the line.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(OneOrMany)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| OneOrMany(vec![one]))
    }
}

impl OneOrMany<Map<String, Value>> {
    /// Responses; an object with an `Error` is one.
    pub(crate) fn responses(self) -> Vec<ScriptedResponse> {
        self.into_vec().into_iter().map(response).collect()
    }
}

impl TryFrom<Value> for HealthJson {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let health = match value.as_str() {
            Some("dead") => Some(TargetHealth::Dead),
            Some("unknown") => Some(TargetHealth::Unknown),
            Some("closed") => Some(TargetHealth::Closed),
            _ => value.as_f64().and_then(seconds_from).map(TargetHealth::HealthyAfter),
        };
        let wrong = || format!("{value} is not a number of seconds, `dead`, `unknown` or `closed`");
        health.map(Self).ok_or_else(wrong)
    }
}

impl ScriptJson {
    /// The script, or what is contradictory in it.
    pub(crate) fn script(self) -> Result<TaskScript, &'static str> {
        let script = match self.running()? {
            Some(running) => self.outcome(running)?,
            None => TaskScript::runs_forever(),
        };
        let script = script.with_load_balancers(self.load_balancers);
        Ok(match self.forgotten_after {
            Some(Seconds(after)) => script.forgotten_after(after),
            None => script,
        })
    }

    /// How long the task runs; `None` is forever.
    fn running(&self) -> Result<Option<RunningTask>, &'static str> {
        match (self.seconds, self.polls, self.forever) {
            (None, None, true) => Ok(None),
            (None, None, false) => Ok(Some(TaskScript::already_complete())),
            (Some(Seconds(time)), None, false) => Ok(Some(TaskScript::runs_for(time))),
            (None, Some(polls), false) => Ok(Some(TaskScript::runs_for_polls(polls))),
            _ => Err("has more than one of `seconds`, `polls`, `forever`"),
        }
    }

    fn outcome(&self, running: RunningTask) -> Result<TaskScript, &'static str> {
        match (&self.fails, &self.status, self.omits_status) {
            (None, None, false) => Ok(running.then_succeeds()),
            (Some(message), None, false) => Ok(running.then_fails(message)),
            (None, Some(status), false) => Ok(running.then_reports(status.clone())),
            (None, None, true) => Ok(running.then_omits_status()),
            _ => Err("has more than one of `fails`, `status`, `omits_status`"),
        }
    }
}

impl KeyJson {
    pub(crate) fn key(self) -> Key {
        let mut key = Key::new(self.secret_id, self.secret_key);
        if let Some(token) = self.token {
            key = key.with_token(token);
        }
        match self.expires_after {
            Some(Seconds(after)) => key.expiring_after(after),
            None => key,
        }
    }
}

impl TryFrom<f64> for Seconds {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        seconds_from(number).map(Self).ok_or_else(|| format!("{number} is not a number of seconds"))
    }
}

fn response(fields: Map<String, Value>) -> ScriptedResponse {
    let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    match fields.get("Error") {
        Some(error) => ApiError::new(text(error, "Code"), text(error, "Message")).into(),
        None => fields.into(),
    }
}

fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
