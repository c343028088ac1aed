//! The client for programs without `async`: every method blocks its thread until the result is there.
//!
//! ```no_run
//! use clb_api::{WaitOptions, blocking};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = blocking::Client::from_env()?;
//! let parameters = serde_json::json!({"LoadBalancerId": "lb-1", "Ports": [80], "Protocol": "TCP"});
//! let completed = client.call_and_wait("CreateListener", &parameters, WaitOptions::default())?;
//! println!("{:?}", completed.response.body["ListenerIds"]);
//! # Ok(())
//! # }
//! ```

use std::{fmt, io, sync::Arc, thread};

use clb_task::{TaskRef, TaskReport, WaitOptions, WaitReport};
use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{
    ApiError, BuildError, CallError, CompletedCall, ConfigWarning, Credentials, Endpoint, Paging, Region,
    Response, Service, TaskPoller,
    models::{Action, AsyncAction, Completed},
};

/// Calls the load balancer API, or another service's, and blocks. Cheap to clone; clones share everything that those of
/// the async [`Client`](crate::Client) share, and one background thread.
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Background>,
}

/// A client that cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlockingError {
    /// The client itself cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The system gives no thread for the background work.
    #[error("no background thread")]
    Thread(#[source] io::Error),
}

/// The runtime, `Some` until it is dropped.
struct Background(Option<Runtime>);

impl Client {
    /// A client of the process environment: see [`Client::from_env`](crate::Client::from_env).
    pub fn from_env() -> Result<Self, BlockingError> {
        Self::new(crate::Client::from_env()?)
    }

    /// Blocks on a client that [`Client::builder`](crate::Client::builder) has built.
    pub fn new(client: crate::Client) -> Result<Self, BlockingError> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("clb-api").enable_all().build();
        Ok(Self { client, runtime: Arc::new(Background(Some(runtime.map_err(BlockingError::Thread)?))) })
    }

    /// The async client that this one blocks on.
    pub fn client(&self) -> &crate::Client {
        &self.client
    }

    /// The same client in another region.
    #[must_use]
    pub fn with_region(&self, region: Region) -> Self {
        Self { client: self.client.with_region(region), ..self.clone() }
    }

    /// The same client for another service of API 3.0.
    #[must_use]
    pub fn service(&self, service: Service) -> Self {
        Self { client: self.client.service(service), ..self.clone() }
    }

    /// The same client for tasks that another action reports: see
    /// [`Client::with_task_poller`](crate::Client::with_task_poller).
    #[must_use]
    pub fn with_task_poller(&self, poller: TaskPoller) -> Self {
        Self { client: self.client.with_task_poller(poller), ..self.clone() }
    }

    /// Makes a call of any action: see [`Client::call`](crate::Client::call).
    pub fn call(&self, action: &str, parameters: &(impl Serialize + Sync)) -> Result<Response, ApiError> {
        self.runtime.block_on(self.client.call(action, parameters))
    }

    /// Makes an asynchronous call and waits until its task succeeds: see
    /// [`Client::call_and_wait`](crate::Client::call_and_wait).
    pub fn call_and_wait(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync),
        options: WaitOptions,
    ) -> Result<CompletedCall, CallError> {
        self.runtime.block_on(self.client.call_and_wait(action, parameters, options))
    }

    /// Makes a typed call: see [`Client::send`](crate::Client::send).
    pub fn send<A: Action>(&self, action: &A) -> Result<A::Output, ApiError>
    where
        A::Output: Send,
    {
        self.runtime.block_on(self.client.send(action))
    }

    /// Makes a typed asynchronous call and waits until its task succeeds: see
    /// [`Client::send_and_wait`](crate::Client::send_and_wait).
    pub fn send_and_wait<A: AsyncAction>(
        &self,
        action: &A,
        options: WaitOptions,
    ) -> Result<Completed<A::Output>, CallError>
    where
        A::Output: Send,
    {
        self.runtime.block_on(self.client.send_and_wait(action, options))
    }

    /// Reads all pages of a query: see [`Client::pages`](crate::Client::pages).
    pub fn collect_pages<T: DeserializeOwned + Send>(
        &self,
        action: &str,
        parameters: &(impl Serialize + Sync + ?Sized),
        paging: Paging,
    ) -> Result<Vec<T>, ApiError> {
        self.runtime.block_on(async { self.client.pages(action, parameters, paging)?.collect().await })
    }

    /// Waits for a task until it succeeds: see [`Client::wait`](crate::Client::wait).
    pub fn wait(&self, task: impl Into<TaskRef>, options: WaitOptions) -> Result<WaitReport, CallError> {
        let task = task.into();
        self.runtime.block_on(async { self.client.wait(task, options).await })
    }

    /// Waits for many tasks at once; the results are in the order of `tasks`.
    pub fn wait_all<T: Into<TaskRef>>(
        &self,
        tasks: impl IntoIterator<Item = T>,
        options: WaitOptions,
    ) -> Vec<Result<WaitReport, CallError>> {
        let tasks: Vec<TaskRef> = tasks.into_iter().map(Into::into).collect();
        self.runtime.block_on(self.client.wait_all(tasks, options))
    }

    /// Polls a task once.
    pub fn describe_task_status(&self, task: &TaskRef) -> Result<TaskReport, ApiError> {
        self.runtime.block_on(self.client.describe_task_status(task))
    }

    /// The region that calls are made in.
    pub fn region(&self) -> Result<Region, ApiError> {
        self.runtime.block_on(self.client.region())
    }

    /// The endpoint that calls go to.
    pub fn endpoint(&self) -> Result<Endpoint, ApiError> {
        self.runtime.block_on(self.client.endpoint())
    }

    /// The credentials that a call made now is signed with.
    pub fn credentials(&self) -> Result<Credentials, ApiError> {
        self.runtime.block_on(self.client.credentials())
    }

    /// What a person should know about the configuration: see [`Client::warnings`](crate::Client::warnings).
    pub fn warnings(&self) -> Vec<ConfigWarning> {
        self.client.warnings()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

impl Background {
    /// Blocks on `future`. On a thread of another runtime, which may not block in Tokio's sense, a thread of its own does.
    fn block_on<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        let Some(runtime) = &self.0 else { unreachable!("there is a runtime until this is dropped") };
        if Handle::try_current().is_err() {
            return runtime.block_on(future);
        }
        let blocked = thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join());
        blocked.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Background {
    /// Without waiting, since the thread may be one of another runtime, which must not block.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
