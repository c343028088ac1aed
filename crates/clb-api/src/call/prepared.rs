//! A call that is checked and ready to be sent.

use std::{
    collections::BTreeSet,
    fmt,
    future::{Future, pending},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use clb_task::{TaskId, TaskRef, WaitOptions};
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{
    AcceptedCall, ActionError, CallError, CallEvent, Outcome, Progress,
    action::takes_client_token,
    order::Turn,
    resources,
    retry::{Decision, Reason, Retry},
};
use crate::{
    ApiError, Client, Response,
    attempt::{Attempt, Permit},
    parameters,
};

/// A call whose action, parameters and `ClientToken` are settled. It is sent by [`send`](Self::send).
///
/// ```no_run
/// # async fn example(client: clb_api::Client) -> Result<(), clb_api::CallError> {
/// use clb_api::{CallEvent, clb_task::WaitOptions};
///
/// let parameters = serde_json::json!({"LoadBalancerId": "lb-1", "Ports": [80], "Protocol": "TCP"});
/// let call = client.prepare_call("CreateListener", &parameters)?.on_event(|event| {
///     if let CallEvent::Busy { pause, .. } = event {
///         eprintln!("the load balancer is busy; sending again in {pause:?}");
///     }
/// });
/// let accepted = call.send(WaitOptions::default()).await?;
/// eprintln!("accepted: {}", accepted.request_id());
/// let completed = accepted.wait().await?;
/// # let _ = completed;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PreparedCall {
    pub(super) client: Client,
    action: String,
    body: Bytes,
    resources: BTreeSet<String>,
    pub(super) outcome: Outcome,
    is_idempotent: bool,
    pub(super) on_event: Arc<dyn Fn(&CallEvent) + Send + Sync>,
}

/// When a call is interrupted while a request is in flight, its response may take this long: an interrupted wait ends
/// within a second.
const INTERRUPT_GRACE: Duration = Duration::from_millis(800);

impl Client {
    /// Checks a call of an asynchronous action. Nothing is sent.
    ///
    /// An action that takes a `ClientToken` gets a fresh one, unless `parameters` has one: then the service carries the
    /// call out once however often it is sent.
    pub fn prepare_call(
        &self,
        action: &str,
        parameters: &(impl Serialize + ?Sized),
    ) -> Result<PreparedCall, CallError> {
        let outcome = self.outcome_of(action)?;
        let body = parameters::to_json(&parameters).map_err(ApiError::setup)?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        let has_token = value.get("ClientToken").is_some_and(Value::is_string);
        let takes_token = takes_client_token(self.service_ref(), action);
        let body = if takes_token && value.get("ClientToken").is_none() {
            parameters::with_field(&body, "ClientToken", &uuid::Uuid::new_v4().to_string())
        } else {
            body
        };
        Ok(PreparedCall {
            client: self.clone(),
            action: action.to_owned(),
            resources: resources::named_in(&value),
            body,
            outcome,
            is_idempotent: has_token || takes_token,
            on_event: Arc::new(|_| {}),
        })
    }

    /// How the outcome of an action is known. What another action reports is a task to a client that polls with that action.
    fn outcome_of(&self, action: &str) -> Result<Outcome, ActionError> {
        match Outcome::of(self.service_ref(), action) {
            Err(ActionError::OtherPoller { poller, .. }) if poller == self.poller().action() => {
                Ok(Outcome::Task)
            }
            outcome => outcome,
        }
    }

    /// Makes an asynchronous call and waits until its task succeeds. A failed task is [`CallError::TaskFailed`].
    ///
    /// - Calls of this client and its clones that name the same load balancer or target group go one after the other.
    /// - Each action has a rate limiter. What the service throttles, or finds busy, is sent again after 1 to 10 s.
    /// - A call that may have been carried out is sent again only if it has a `ClientToken`; otherwise that is
    ///   [`CallError::Ambiguous`].
    /// - The timeout in `options` bounds all of it. Dropping the future cancels the call: nothing more is sent.
    ///
    /// Without `wait_for_completion` in the options the call is completed when it is accepted.
    /// [`prepare_call`](Self::prepare_call) gives the same in steps, with events.
    pub async fn call_and_wait(
        &self,
        action: &str,
        parameters: &(impl Serialize + ?Sized),
        options: WaitOptions,
    ) -> Result<super::CompletedCall, CallError> {
        let accepted = self.prepare_call(action, parameters)?.send(options).await?;
        if options.wait_for_completion { accepted.wait().await } else { Ok(accepted.without_waiting()) }
    }

    /// Continues to wait for a call that was accepted before, by this process or another one. Nothing is sent but polls.
    ///
    /// Later calls about the resources that `parameters` names wait for this one.
    pub fn resume_call(
        &self,
        action: &str,
        parameters: &(impl Serialize + ?Sized),
        request_id: TaskId,
        options: WaitOptions,
    ) -> Result<AcceptedCall, CallError> {
        Ok(self.prepare_call(action, parameters)?.resume(request_id, options))
    }
}

impl PreparedCall {
    /// Tells `on_event` what happens, also while the accepted call is waited for.
    #[must_use]
    pub fn on_event(self, on_event: impl Fn(&CallEvent) + Send + Sync + 'static) -> Self {
        Self { on_event: Arc::new(on_event), ..self }
    }

    /// How the outcome of the action is known.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The ids of the load balancers and target groups that the call names, in sorted order.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str)
    }

    /// Continues to wait for this call, which was accepted before under `request_id`, by this process or another one.
    /// Nothing is sent but polls; later calls about the same resources wait for this one.
    pub fn resume(self, request_id: TaskId, options: WaitOptions) -> AcceptedCall {
        let response = Response::of_request(request_id.as_str());
        let task = TaskRef::from(request_id);
        let noted = self.client.shared().order.note(&self.resources, &task);
        AcceptedCall::new(self, response, task, noted, None, options, options.timeout)
    }

    /// Sends the call, again where that is safe, until the service accepts it or the timeout in `options` ends.
    ///
    /// The accepted call keeps other calls of this process from its resources until its task completes.
    pub async fn send(&self, options: WaitOptions) -> Result<AcceptedCall, CallError> {
        self.send_unless(options, pending()).await
    }

    /// Like [`send`](Self::send), until `interrupt` completes. Then nothing more is sent; a request in flight may take
    /// another 0.8 s, so that an accepted call is not lost.
    pub async fn send_unless(
        &self,
        options: WaitOptions,
        interrupt: impl Future<Output = ()>,
    ) -> Result<AcceptedCall, CallError> {
        let on_event = Arc::clone(&self.on_event);
        let progress = Progress::telling(Arc::new(move |attempt| on_event(&CallEvent::Sent { attempt })));
        let mut sending = pin!(self.send_with(options, &progress));
        tokio::select! {
            biased;
            result = &mut sending => return result,
            () = interrupt => progress.interrupt(),
        }
        let rest = if progress.is_in_flight() { INTERRUPT_GRACE } else { Duration::ZERO };
        let interrupted = CallError::Interrupted { may_have_acted: progress.may_have_acted() };
        timeout(rest, sending).await.unwrap_or(Err(interrupted))
    }

    async fn send_with(&self, options: WaitOptions, progress: &Progress) -> Result<AcceptedCall, CallError> {
        let started = Instant::now();
        let deadline = started + options.timeout;
        let turn = self.turn(deadline, options).await?;
        let response = self.until_accepted(deadline, options.timeout, progress).await?;
        let task = self.task_of(&response)?;
        let noted = turn.accept(&task);
        self.tell(&CallEvent::Accepted(response.clone()));
        check_parts(&response)?;
        let left = options.with_timeout(deadline.saturating_duration_since(Instant::now()));
        Ok(AcceptedCall::new(self.clone(), response, task, noted, Some(turn), left, options.timeout))
    }

    fn task_of(&self, response: &Response) -> Result<TaskRef, CallError> {
        match self.client.poller().task_of(response) {
            Ok(id) => Ok(id.into()),
            Err(error) => Err(CallError::NoTask { response: Box::new(response.clone()), error }),
        }
    }

    /// Waits until no other call of this process is about the same resources: neither one that is being sent, nor one
    /// whose task has not completed.
    async fn turn(&self, deadline: Instant, options: WaitOptions) -> Result<Turn, CallError> {
        let not_sent = || CallError::NotSent { timeout: options.timeout };
        let queued = |resource: &str| self.tell(&CallEvent::Queued { resource: resource.to_owned() });
        let turn = timeout_at(deadline, self.client.shared().order.turn(&self.resources, queued)).await;
        let turn = turn.map_err(|_| not_sent())?;
        for (resource, task) in turn.tasks() {
            queued(&resource);
            let left = options.with_timeout(deadline.saturating_duration_since(Instant::now()));
            let wait = self.client.wait_for_report(task.clone(), left.with_wait_for_completion(true)).await;
            if wait.is_err() && Instant::now() >= deadline {
                return Err(not_sent());
            }
            turn.forget(&task);
        }
        Ok(turn)
    }

    async fn until_accepted(
        &self,
        deadline: Instant,
        timeout: Duration,
        progress: &Progress,
    ) -> Result<Response, CallError> {
        let mut retry = Retry::new(self.is_idempotent);
        loop {
            let attempt = self.attempt(deadline, progress);
            let error = match self.client.attempt_corrected(&attempt).await {
                Ok(response) => return Ok(response.into_response()?),
                Err(error) => error,
            };
            let (reason, pause) = match retry.decide(&error, fastrand::f64()) {
                Decision::Resend(reason, pause) => (reason, pause),
                Decision::Stop => return Err(retry.failure(error)),
            };
            if retry.may_have_acted() {
                progress.acted();
            }
            if progress.is_interrupted() {
                return Err(CallError::Interrupted { may_have_acted: progress.may_have_acted() });
            }
            // The last pause shrinks to fit, so that the last attempt is made at the deadline.
            let pause = pause.min(deadline.saturating_duration_since(Instant::now()));
            if pause.is_zero() {
                return Err(retry.out_of_time(error, timeout));
            }
            self.tell(&resent(reason, error, pause));
            sleep(pause).await;
        }
    }

    fn attempt<'a>(&'a self, deadline: Instant, progress: &'a Progress) -> Attempt<'a> {
        Attempt { action: &self.action, body: self.body.clone(), deadline, progress, permit: Permit::Acquire }
    }

    fn tell(&self, event: &CallEvent) {
        (self.on_event)(event);
    }
}

impl fmt::Debug for PreparedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedCall")
            .field("action", &self.action)
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}

fn resent(reason: Reason, error: ApiError, pause: Duration) -> CallEvent {
    match reason {
        Reason::Throttled => CallEvent::Throttled { error, pause },
        Reason::Busy => CallEvent::Busy { error, pause },
        Reason::NotSent | Reason::Repeatable => CallEvent::Resent { error, pause },
    }
}

/// The batch actions list the listeners for which they did not work, in a response that is otherwise a success.
fn check_parts(response: &Response) -> Result<(), CallError> {
    let failed = match response.body.get("FailListenerIdSet") {
        Some(Value::Array(ids)) if !ids.is_empty() => {
            ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect()
        }
        _ => return Ok(()),
    };
    let message = response
        .body
        .get("Message")
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned);
    Err(CallError::PartlyFailed { response: Box::new(response.clone()), failed, message })
}
