//! `clb call`: makes a call, as the provider's `clb_call` does.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clb_api::{
    AcceptedCall, ActionError, CallError, Client, CompletedCall, Response,
    clb_task::actions::{self, Kind},
};
use serde_json::{Value, json};

use super::tasks::{interrupt, warn};
use crate::{
    arguments::{CallArguments, Connection},
    exit::{Exit, Failure, chain},
    input,
    output::{self, Output},
    progress::CallProgress,
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
    let progress = Arc::new(CallProgress::new(&arguments.action, output, quiet));
    let told = Arc::clone(&progress);
    let call = call.on_event(move |event| told.event(event));
    let is_interrupted = AtomicBool::new(false);
    let until = async {
        interrupt().await;
        is_interrupted.store(true, Ordering::Relaxed);
    };
    let ended = match call.send_unless(options, until).await {
        // It was accepted all the same, as its request was in flight.
        Ok(accepted) if arguments.wait && is_interrupted.load(Ordering::Relaxed) => {
            Ended::Interrupted(accepted.response().clone())
        }
        Ok(accepted) if arguments.wait => wait(accepted).await,
        Ok(accepted) => Ended::Completed(Ok(accepted.without_waiting())),
        Err(error) => Ended::Completed(Err(error)),
    };
    progress.finish();
    report(ended, output)
}

/// How a call ended, as far as this command has seen it.
enum Ended {
    Completed(Result<CompletedCall, CallError>),
    /// Ctrl-C came while the task of the accepted call was waited for.
    Interrupted(Response),
}

async fn wait(accepted: AcceptedCall) -> Ended {
    let response = accepted.response().clone();
    tokio::select! {
        completed = accepted.wait() => Ended::Completed(completed),
        () = interrupt() => Ended::Interrupted(response),
    }
}

/// The response on standard output, whatever became of the task, and the exit code.
fn report(ended: Ended, output: Output) -> Result<Exit, Failure> {
    match ended {
        Ended::Completed(Ok(completed)) => {
            let state = completed.wait.as_ref().map(|wait| wait.report.status.as_str());
            print(&completed.response, state, output)?;
            Ok(Exit::Succeeded)
        }
        Ended::Completed(Err(error)) => {
            if let Some(response) = error.response() {
                print(response, state_of(&error), output)?;
            }
            Err(failure(&error))
        }
        Ended::Interrupted(response) => {
            print(&response, None, output)?;
            let message = format!("interrupted; {}", accepted_as(&response.request_id));
            Err(Failure { message, exit: Exit::Interrupted })
        }
    }
}

const PARAMETERS: &str =
    "give an object such as '{\"LoadBalancerId\":\"lb-1a2b3c4d\"}', or `@FILE`, or `-` for standard input";

fn parameters(text: &str) -> Result<Value, Failure> {
    let text = input::value(text)?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("--parameters is not JSON: {error}; {PARAMETERS}")))?;
    if value.is_object() {
        return Ok(value);
    }
    Err(Failure::usage(format!("--parameters is not a JSON object; {PARAMETERS}")))
}

/// The response on standard output, with the state of its task.
fn print(response: &Response, state: Option<&str>, output: Output) -> io::Result<()> {
    let written = if output.is_json() {
        output.json(&json!({ "request_id": response.request_id, "state": state, "response": response.body }))
    } else {
        output::line(&serde_json::to_string_pretty(&response.body).unwrap_or_default())
    };
    output::unless_closed(written)
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
            Some(id) => format!("; {}", accepted_as(id)),
            None => String::new(),
        },
        CallError::Ambiguous { .. } => "; look at the load balancer before you send it again".to_owned(),
        _ => String::new(),
    }
}

fn accepted_as(id: &str) -> String {
    format!("the call was accepted: continue with `clb wait {id}`")
}
