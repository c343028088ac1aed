//! Scripts for one product.

use crate::scripts::{ActionKey, ApiCall, ScriptedResponse};
use crate::simulator::Simulator;
use crate::task_script::TaskScript;

/// Scripts for one product; see [`Simulator::product`].
#[derive(Debug)]
pub struct ProductScripts<'a> {
    pub(crate) simulator: &'a Simulator,
    pub(crate) product: String,
}

impl ProductScripts<'_> {
    /// As [`Simulator::action`]; the action then exists.
    pub fn action(&self, action: impl Into<String>, script: TaskScript) -> &Self {
        self.actions(action, [script])
    }

    /// As [`Simulator::actions`].
    pub fn actions(&self, action: impl Into<String>, scripts: impl IntoIterator<Item = TaskScript>) -> &Self {
        self.simulator.script_actions(self.key(action), scripts);
        self
    }

    /// As [`Simulator::response`].
    pub fn response(&self, action: impl Into<String>, response: impl Into<ScriptedResponse>) -> &Self {
        self.responses(action, [response])
    }

    /// As [`Simulator::responses`].
    pub fn responses<R: Into<ScriptedResponse>>(
        &self,
        action: impl Into<String>,
        responses: impl IntoIterator<Item = R>,
    ) -> &Self {
        self.simulator.script_responses(self.key(action), responses);
        self
    }

    /// As [`Simulator::respond_with`].
    pub fn respond_with<R: Into<ScriptedResponse>>(
        &self,
        action: impl Into<String>,
        mut function: impl FnMut(ApiCall<'_>) -> R + Send + 'static,
    ) -> &Self {
        let key = self.key(action);
        self.simulator.service().scripts.respond_with(key, move |call| function(call).into());
        self
    }

    fn key(&self, action: impl Into<String>) -> ActionKey {
        ActionKey { product: Some(self.product.clone()), action: action.into() }
    }
}
