//! Typed requests and responses of the actions that most programs call: load balancers, listeners, rules, targets, target
//! groups, health. Every other action is called with JSON, by [`Client::call`].
//!
//! A request is built by `new` with what the service requires, and by one method for each option. A response has what most
//! programs read; [`Client::call`] gives all of it. Fields that the service may leave out are `None` or empty; a response
//! without an id is an error.
//!
//! ```
//! use clb_api::{WaitOptions, models::{CreateListener, DescribeListeners}};
//! # use clb_api::{Client, Endpoint, Environment, StaticCredentials};
//! # use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Simulator};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let options = clb_sim::Options::starting_now().with_action_duration(std::time::Duration::from_millis(20));
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let url = format!("http://{}", listener.local_addr()?);
//! # tokio::spawn(clb_sim::run(listener, Simulator::new(options), std::future::pending::<()>()));
//! # let client = Client::builder().environment(Environment::empty()).region("ap-guangzhou".parse()?)
//! #     .credentials(StaticCredentials::parse(DEMO_SECRET_ID, DEMO_SECRET_KEY, None)?)
//! #     .endpoint(Endpoint::parse(&url)?).build()?;
//! let create = CreateListener::new("lb-1", [80], "TCP").scheduler("WRR");
//! let created = client.send_and_wait(&create, WaitOptions::default()).await?;
//!
//! let listeners = client.send(&DescribeListeners::new("lb-1")).await?;
//! assert_eq!(listeners.listeners[0].listener_id, created.output.listener_ids[0]);
//! # Ok(())
//! # }
//! ```

#[macro_use]
mod macros;

mod field;
mod health;
mod listeners;
mod load_balancers;
mod rules;
mod target_groups;
mod targets;

use std::sync::Arc;

use clb_task::WaitOptions;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

use crate::{ApiError, CallError, Client, CompletedCall};

pub use self::{
    field::IntoField, health::*, listeners::*, load_balancers::*, rules::*, target_groups::*, targets::*,
};

/// The parameters of an action, which name the action and the content of its response.
pub trait Action: Serialize + Sync {
    /// The name of the action.
    const NAME: &'static str;

    /// What the response is read as.
    type Output: DeserializeOwned;
}

/// An action that starts a task.
pub trait AsyncAction: Action {}

/// A typed call whose task has succeeded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Completed<T> {
    /// The content of the response to the call.
    pub output: T,
    /// The whole response, and the last report about the task.
    pub call: CompletedCall,
}

/// The response of an action that returns nothing but its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Accepted {}

impl Client {
    /// Makes a typed call: [`call`](Self::call) with a model.
    pub async fn send<A: Action>(&self, action: &A) -> Result<A::Output, ApiError> {
        let response = self.call(A::NAME, action).await?;
        response.read().map_err(ApiError::unexpected_content)
    }

    /// Makes a typed asynchronous call and waits until its task succeeds:
    /// [`call_and_wait`](Self::call_and_wait) with a model.
    pub async fn send_and_wait<A: AsyncAction>(
        &self,
        action: &A,
        options: WaitOptions,
    ) -> Result<Completed<A::Output>, CallError> {
        let call = self.call_and_wait(A::NAME, action, options).await?;
        match call.response.read() {
            Ok(output) => Ok(Completed { output, call }),
            Err(error) => {
                Err(CallError::Unreadable { response: Box::new(call.response), error: Arc::new(error) })
            }
        }
    }
}

/// Reads null as the default, which the service sends for lists and strings that it does not know.
fn null_as_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
