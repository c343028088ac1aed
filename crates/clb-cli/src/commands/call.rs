//! `clb call`: makes a call, as the provider's `clb_call` does.

use std::sync::atomic::{AtomicBool, Ordering};

use clb_api::{
    ActionError, CallError, CallEvent, Client, CompletedCall, PreparedCall, Response,
    clb_task::{
        WaitEvent,
        actions::{self, Kind},
    },
};
use serde_json::{Value, json};

use super::tasks::warn;
use crate::{
    arguments::{CallArguments, Connection},
    exit::{Exit, Failure, chain},
    input,
    output::{self, Output},
    result::{poll_error_json, seconds},
    snippet,
};

pub(crate) async fn run(
    arguments: CallArguments,
    connection: Connection,
    output: Output,
    quiet: bool,
) -> Result<Exit, Failure> {
    let parameters = parameters(&arguments.parameters)?;
    let region = connection.region.clone();
    let client = connection.client()?;
    if let Some(language) = arguments.language {
        let region = match region {
            Some(region) => Some(region),
            None => client.region().await.ok().map(|region| region.as_str().to_owned()),
        };
        let text =
            snippet::print(language, &client, &arguments.action, &parameters, region.as_deref()).await?;
        output::line(&text)?;
        return Ok(Exit::Succeeded);
    }
    let exit = if responds_at_once(&arguments.action) {
        call(&client, &arguments.action, &parameters, output).await
    } else {
        call_and_wait(&client, &arguments, &parameters, output, quiet).await
    };
    warn(&client, quiet);
    exit
}

/// Queries and synchronous actions have nothing to wait for.
fn responds_at_once(action: &str) -> bool {
    actions::lookup(action).is_some_and(|action| matches!(action.kind, Kind::Query | Kind::Synchronous))
}

async fn call(client: &Client, action: &str, parameters: &Value, output: Output) -> Result<Exit, Failure> {
    let response = client.call(action, parameters).await.map_err(|error| Failure::service(&error))?;
    print(&response, None, output)?;
    Ok(Exit::Succeeded)
}

async fn call_and_wait(
    client: &Client,
    arguments: &CallArguments,
    parameters: &Value,
    output: Output,
    quiet: bool,
) -> Result<Exit, Failure> {
    let options = arguments.timing.options()?.with_wait_for_completion(arguments.wait);
    let call = client.prepare_call(&arguments.action, parameters).map_err(|error| failure(&error))?;
    let is_running = AtomicBool::new(false);
    let call = call.on_event(move |event| tell(event, output, quiet, &is_running));
    match send(&call, options, arguments.wait).await {
        Ok(completed) => {
            let report = completed.wait.as_ref();
            let state = report.map(|wait| wait.report.status.as_str());
            print(&completed.response, state, output)?;
            Ok(Exit::Succeeded)
        }
        Err(error) => {
            if let Some(response) = error.response() {
                print(response, state_of(&error), output)?;
            }
            Err(failure(&error))
        }
    }
}

async fn send(
    call: &PreparedCall,
    options: clb_api::WaitOptions,
    wait: bool,
) -> Result<CompletedCall, CallError> {
    let accepted = call.send_unless(options, interrupt()).await?;
    if wait { accepted.wait().await } else { Ok(accepted.without_waiting()) }
}

/// Completes on Ctrl-C. Until the call is accepted, that is told apart from a call that was not sent.
async fn interrupt() {
    // Without a handler Ctrl-C ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn parameters(text: &str) -> Result<Value, Failure> {
    let text = input::value(text)?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("--parameters is not JSON: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(Failure::usage("--parameters is not a JSON object")) }
}

/// The response on standard output, with the state of its task.
fn print(response: &Response, state: Option<&str>, output: Output) -> Result<(), Failure> {
    if !output.is_json() {
        let text = serde_json::to_string_pretty(&response.body).unwrap_or_default();
        output::line(&text)?;
        return Ok(());
    }
    Ok(output
        .json(&json!({ "request_id": response.request_id, "state": state, "response": response.body }))?)
}

/// Every event for programs; for people, that the task is running is said once.
fn tell(event: &CallEvent, output: Output, quiet: bool, is_running: &AtomicBool) {
    let Some((text, value)) = describe(event) else { return };
    output.event(&value);
    let is_repeated =
        matches!(event, CallEvent::Wait(WaitEvent::Running(_))) && is_running.swap(true, Ordering::Relaxed);
    if !quiet && !is_repeated {
        output::note(&text);
    }
}

/// An event for people and for programs.
fn describe(event: &CallEvent) -> Option<(String, Value)> {
    let resent = |kind: &str, error: &clb_api::ApiError, pause: &std::time::Duration| {
        let text = format!("{kind}: {error}; sending again in {pause:.1?}");
        let error =
            json!({ "code": error.code(), "message": error.message(), "request_id": error.request_id() });
        (text, json!({ "event": kind, "error": error, "pause_seconds": seconds(*pause) }))
    };
    Some(match event {
        CallEvent::Queued { resource } => (
            format!("waiting for an earlier call about {resource}"),
            json!({ "event": "queued", "resource": resource }),
        ),
        CallEvent::Throttled { error, pause } => resent("throttled", error, pause),
        CallEvent::Busy { error, pause } => resent("busy", error, pause),
        CallEvent::Resent { error, pause } => resent("resent", error, pause),
        CallEvent::Accepted(response) => (
            format!("accepted: {}", response.request_id),
            json!({ "event": "accepted", "request_id": response.request_id }),
        ),
        CallEvent::Wait(WaitEvent::Running(report)) => {
            ("running".to_owned(), json!({ "event": "running", "request_id": report.request_id }))
        }
        CallEvent::Wait(WaitEvent::Transient(error)) => (
            format!("transient error: {error}"),
            json!({ "event": "transient", "error": poll_error_json(error) }),
        ),
        CallEvent::Wait(WaitEvent::Completed(Ok(done))) => {
            let state = done.report.status.as_str();
            (format!("{state} after {:.1?}", done.elapsed), json!({ "event": "completed", "state": state }))
        }
        _ => return None,
    })
}

fn state_of(error: &CallError) -> Option<&'static str> {
    match error {
        CallError::TaskFailed { .. } => Some("failed"),
        CallError::Wait { error, .. } => error.last_status.map(clb_api::clb_task::TaskStatus::as_str),
        _ => None,
    }
}

fn failure(error: &CallError) -> Failure {
    let exit = match error {
        CallError::TaskFailed { .. } | CallError::PartlyFailed { .. } => Exit::TaskFailed,
        CallError::Action(_) => Exit::Usage,
        CallError::NotAccepted { .. } | CallError::NotSent { .. } => Exit::TimedOut,
        CallError::Wait { error, .. } if is_timeout(error) => Exit::TimedOut,
        CallError::Interrupted { .. } => Exit::Interrupted,
        _ => Exit::CouldNotPoll,
    };
    Failure { message: format!("{}{}", chain(error), advice(error)), exit }
}

fn is_timeout(error: &clb_api::clb_task::WaitError) -> bool {
    error.kind == clb_api::clb_task::WaitErrorKind::TimedOut
}

fn advice(error: &CallError) -> String {
    match error {
        CallError::Action(ActionError::OtherPoller { poller, .. }) => {
            format!("; call it with TCCLI, and poll `{poller}`")
        }
        CallError::Wait { .. } => match error.request_id() {
            Some(id) => format!("; the call was accepted: go on with `clb wait {id}`"),
            None => String::new(),
        },
        CallError::Ambiguous { .. } => "; look at the load balancer before you send it again".to_owned(),
        _ => String::new(),
    }
}
