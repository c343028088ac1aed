//! Scripted responses and tasks, by action.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::api_error::ApiError;
use crate::task_script::TaskScript;

/// A call as a scripted response sees it: the gateway has accepted it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy)]
pub struct ApiCall<'a> {
    /// The product, such as `clb`.
    pub product: &'a str,
    /// The action.
    pub action: &'a str,
    /// The region; empty if the call has none.
    pub region: &'a str,
    /// The parameters of the action.
    pub parameters: &'a Map<String, Value>,
}

/// A scripted response: the fields beside `RequestId`, or an error.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedResponse(pub(crate) Result<Map<String, Value>, ApiError>);

impl From<Map<String, Value>> for ScriptedResponse {
    fn from(fields: Map<String, Value>) -> Self {
        Self(Ok(fields))
    }
}

/// The fields of a JSON object. Any other value is a mistake in the script, and the response is an `InternalError`.
impl From<Value> for ScriptedResponse {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(fields) => Self(Ok(fields)),
            other => Self(Err(ApiError::new(
                "InternalError",
                format!("the scripted response {other} is no object"),
            ))),
        }
    }
}

impl From<ApiError> for ScriptedResponse {
    fn from(error: ApiError) -> Self {
        Self(Err(error))
    }
}

impl<T: Into<ScriptedResponse>> From<Result<T, ApiError>> for ScriptedResponse {
    fn from(result: Result<T, ApiError>) -> Self {
        Self(result.and_then(|response| response.into().0))
    }
}

/// An action of one product, or of any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ActionKey {
    pub(crate) product: Option<String>,
    pub(crate) action: String,
}

impl ActionKey {
    /// An action of any product.
    pub(crate) fn of_any(action: impl Into<String>) -> Self {
        Self { product: None, action: action.into() }
    }
}

/// Scripts by action. Those for a product come before those for any.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    responses: HashMap<ActionKey, Responder>,
    tasks: HashMap<ActionKey, Sequence<TaskScript>>,
}

/// Items in order; the last repeats.
#[derive(Debug)]
struct Sequence<T> {
    items: Vec<T>,
    used: usize,
}

enum Responder {
    Sequence(Sequence<ScriptedResponse>),
    Function(Box<dyn FnMut(ApiCall<'_>) -> ScriptedResponse + Send>),
}

impl Scripts {
    pub(crate) fn respond_in_order(&mut self, key: ActionKey, responses: Vec<ScriptedResponse>) {
        self.responses.insert(key, Responder::Sequence(Sequence::new(responses)));
    }

    pub(crate) fn respond_with(
        &mut self,
        key: ActionKey,
        function: impl FnMut(ApiCall<'_>) -> ScriptedResponse + Send + 'static,
    ) {
        self.responses.insert(key, Responder::Function(Box::new(function)));
    }

    pub(crate) fn start_tasks(&mut self, key: ActionKey, scripts: Vec<TaskScript>) {
        self.tasks.insert(key, Sequence::new(scripts));
    }

    /// The scripted response to a call, if there is one.
    pub(crate) fn response(&mut self, call: ApiCall<'_>) -> Option<ScriptedResponse> {
        match find(&mut self.responses, call)? {
            Responder::Sequence(responses) => responses.next(),
            Responder::Function(function) => Some(function(call)),
        }
    }

    /// The script of the task that a call starts, if there is one.
    pub(crate) fn task(&mut self, call: ApiCall<'_>) -> Option<TaskScript> {
        find(&mut self.tasks, call)?.next()
    }

    /// Describes each sequence that was not used to its end.
    pub(crate) fn unmet(&self) -> impl Iterator<Item = String> {
        let responses = self.responses.iter().filter_map(|(key, responder)| match responder {
            Responder::Sequence(sequence) => sequence.unmet(key, "responses"),
            Responder::Function(_) => None,
        });
        let tasks = self.tasks.iter().filter_map(|(key, sequence)| sequence.unmet(key, "task scripts"));
        responses.chain(tasks)
    }
}

impl<T: Clone> Sequence<T> {
    fn new(items: Vec<T>) -> Self {
        Self { items, used: 0 }
    }

    fn next(&mut self) -> Option<T> {
        let item = self.items.get(self.used).or(self.items.last()).cloned();
        self.used = self.items.len().min(self.used + 1);
        item
    }

    /// A single item is a default and need not be used.
    fn unmet(&self, key: &ActionKey, what: &str) -> Option<String> {
        let (used, all) = (self.used, self.items.len());
        (all > 1 && used < all).then(|| format!("{used} of {all} {what} of {} were used", key.action))
    }
}

fn find<'a, T>(scripts: &'a mut HashMap<ActionKey, T>, call: ApiCall<'_>) -> Option<&'a mut T> {
    let key = |product: Option<&str>| ActionKey {
        product: product.map(str::to_owned),
        action: call.action.to_owned(),
    };
    let own = key(Some(call.product));
    let key = if scripts.contains_key(&own) { own } else { key(None) };
    scripts.get_mut(&key)
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence(sequence) => sequence.fmt(f),
            Self::Function(_) => f.write_str("Function"),
        }
    }
}
