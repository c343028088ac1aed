//! The first responses to calls with a `ClientToken`, which are repeated.

use std::collections::HashMap;

use serde_json::json;

use super::changes::Body;
use crate::api_error::ApiError;
use crate::gateway::Call;
use crate::parameters::Parameters;

/// Responses by action and token, each with the parameters of its call.
#[derive(Debug, Default)]
pub(crate) struct FirstResponses(HashMap<(String, String), (Body, Body)>);

impl FirstResponses {
    /// The response to repeat, if the token was used before.
    pub(crate) fn find(&self, call: &Call<'_>) -> Result<Option<Body>, ApiError> {
        let Some((parameters, response)) = key(call).and_then(|key| self.0.get(&key)) else {
            return Ok(None);
        };
        if parameters == call.parameters {
            return Ok(Some(response.clone()));
        }
        Err(ApiError::new("InvalidParameterValue", "`ClientToken` was used with other parameters"))
    }

    /// Keeps the response to a call with a token.
    pub(super) fn remember(&mut self, call: &Call<'_>, response: &Body, request_id: &str) {
        if let Some(key) = key(call) {
            let mut response = response.clone();
            response.insert("RequestId".to_owned(), json!(request_id));
            self.0.insert(key, (call.parameters.clone(), response));
        }
    }
}

fn key(call: &Call<'_>) -> Option<(String, String)> {
    let token = Parameters::new(call.parameters).string("ClientToken")?;
    Some((call.action.to_owned(), token.to_owned()))
}
