//! The diagnostics of calls: what was accepted, what was not repeated, and what to do next.

use clb_api::clb_task::{TaskStatus, WaitErrorKind};
use clb_api::{ApiError, CallError};
use tfplugin::{Diagnostic, duration};

use crate::call_run::{CallFailure, CallProgress};
use crate::diagnostics::{error_text, facts, one_line, sentence};
use crate::timeouts::Operation;
use crate::wait::{Progress, TaskOutcome};

/// The parts of the message about a failure.
struct Explanation {
    summary: &'static str,
    what: String,
    advice: String,
}

/// The error of a call that has not succeeded.
pub(crate) fn failure(
    action: &str,
    failure: &CallFailure,
    progress: &CallProgress,
    location: &str,
    operation: Operation,
) -> Diagnostic {
    let subject = Subject { action, location, operation, progress };
    let Explanation { summary, what, advice } = match failure {
        CallFailure::Call(error) => subject.explain(error),
        CallFailure::Interrupted => subject.interrupted_wait(),
        CallFailure::InvalidRequestId => subject.invalid_request_id(),
    };
    let error = match failure {
        CallFailure::Call(error) => Some(error.as_ref()),
        _ => None,
    };
    let facts = call_facts(action, error, progress);
    Diagnostic::error(summary, format!("{what}\n\n{facts}\n{advice}"))
}

/// The warning about a destroy call whose object does not exist.
pub(crate) fn gone(action: &str, failure: &CallFailure, location: &str) -> Diagnostic {
    let error = match failure {
        CallFailure::Call(error) => error.api_error().map(api_error_text).unwrap_or_default(),
        _ => String::new(),
    };
    let text = format!(
        "The service rejected the call {action}{location}: {error}. The resource is removed from state."
    );
    Diagnostic::warning("the object does not exist any more", text)
}

/// The warning about an action whose outcome cannot be polled.
pub(crate) fn undocumented_outcome(action: &str) -> Diagnostic {
    let text = format!(
        "The service accepted the call {action} and does not know its RequestId as a task. How to learn the outcome of this \
         action is not documented, so the response is taken for the outcome."
    );
    Diagnostic::warning("the outcome is not documented", text)
}

/// A call of an operation.
#[derive(Clone, Copy)]
struct Subject<'a> {
    action: &'a str,
    location: &'a str,
    operation: Operation,
    progress: &'a CallProgress,
}

impl Subject<'_> {
    fn explain(self, error: &CallError) -> Explanation {
        match error {
            CallError::Rejected(error) => self.rejected(error),
            CallError::NotAccepted { error, attempts, .. } => self.not_accepted(error, *attempts),
            CallError::NotSent { .. } => self.not_sent(),
            CallError::Ambiguous { repeated, .. } => self.ambiguous(*repeated),
            CallError::Interrupted { may_have_acted } => self.interrupted(*may_have_acted),
            CallError::PartlyFailed { failed, .. } => self.partly_failed(failed),
            CallError::TaskFailed { .. } => self.task_failed(),
            CallError::Wait { error, .. } => self.unfinished(&error.kind),
            other => self.other(other),
        }
    }

    fn rejected(self, error: &ApiError) -> Explanation {
        let Self { action, location, .. } = self;
        if error.setup_error().is_some() {
            return Explanation {
                summary: "no request was sent",
                what: format!("The provider could not send the call {action}{location}."),
                advice: "Correct what the last error names and run Terraform again.".into(),
            };
        }
        let remedy = error.remedy().map_or("Correct what the last error names.".into(), sentence);
        Explanation {
            summary: "call was rejected",
            what: format!("The service rejected the call {action}{location}."),
            advice: match self.operation {
                Operation::Delete => format!(
                    "{remedy} The resource is kept. Its destruction uses the values in state: correct `on_destroy`, run apply, then \
                     destroy again."
                ),
                _ => format!("{remedy} {}", self.nothing_saved()),
            },
        }
    }

    fn not_accepted(self, error: &ApiError, attempts: u32) -> Explanation {
        let Self { action, location, .. } = self;
        let advice = if error.is_busy() {
            "Another change of the load balancer is in progress: wait until it completes"
        } else if error.is_throttled() {
            "Every process that uses the account shares its rate limit: lower `requests_per_second` where several run at once"
        } else {
            "Check that the service can be reached"
        };
        Explanation {
            summary: "call was not accepted in time",
            what: format!(
                "The service did not accept the call {action}{location} within {} ({attempts} attempts), and certainly did not \
                 act on it.",
                self.elapsed()
            ),
            advice: format!("{advice}, or raise `{}`. Then run apply again.", self.timeout()),
        }
    }

    fn not_sent(self) -> Explanation {
        let resource = self.progress.queued_for.as_deref().unwrap_or("the same resource");
        Explanation {
            summary: "call was not sent in time",
            what: format!(
                "The call {}{} was not sent within {}: an earlier call about {resource} has not completed.",
                self.action,
                self.location,
                self.elapsed()
            ),
            advice: format!("Raise `{}`, or run apply again.", self.timeout()),
        }
    }

    fn ambiguous(self, repeated: bool) -> Explanation {
        let Self { action, location, .. } = self;
        let repetition = if repeated {
            "The call was repeated with the same ClientToken, so that it was carried out once at most."
        } else {
            "The call was not repeated, since that might have carried it out twice."
        };
        Explanation {
            summary: "call may have been carried out",
            what: format!(
                "The call {action}{location} was sent, and no response says whether the service acted on it. {repetition}"
            ),
            advice: format!(
                "Check whether the change was made. {} If the change was made, take it back first, or remove this resource from \
                 the configuration.",
                self.nothing_saved()
            ),
        }
    }

    fn interrupted(self, may_have_acted: bool) -> Explanation {
        let Self { action, location, .. } = self;
        let (what, advice) = if may_have_acted {
            (
                "was interrupted before its response arrived, and was not repeated",
                "Check whether the change was made. ",
            )
        } else {
            ("was interrupted before it was sent; the service did not act on it", "")
        };
        Explanation {
            summary: "call was interrupted",
            what: format!("The call {action}{location} {what}."),
            advice: format!("{advice}{}", self.nothing_saved()),
        }
    }

    fn interrupted_wait(self) -> Explanation {
        Explanation {
            summary: "wait was interrupted",
            what: format!(
                "{} The wait for its task was interrupted after {}.",
                self.accepted(),
                self.elapsed()
            ),
            advice: self.continued(),
        }
    }

    fn partly_failed(self, failed: &[String]) -> Explanation {
        Explanation {
            summary: "call failed in part",
            what: format!("{} It did not work for {}.", self.accepted(), one_line(&failed.join(", "))),
            advice: self.made_again("Remove the cause."),
        }
    }

    fn task_failed(self) -> Explanation {
        Explanation {
            summary: "task failed",
            what: format!("{} Its task failed after {}.", self.accepted(), self.elapsed()),
            advice: self.made_again("A failed task stays failed: remove the cause."),
        }
    }

    fn unfinished(self, kind: &WaitErrorKind) -> Explanation {
        let (summary, what) = match kind {
            WaitErrorKind::TimedOut => ("task did not complete in time", "Its task did not complete"),
            WaitErrorKind::Unrecognized { .. } => {
                ("task has an undocumented status", "Its task has an undocumented status")
            }
            WaitErrorKind::Rejected(_) => {
                ("task could not be polled", "The service rejected the poll of its task")
            }
            _ => ("wait was abandoned", "The provider stopped polling its task"),
        };
        let what = format!("{} {what} after {}.", self.accepted(), self.elapsed());
        let advice = match (kind, self.operation) {
            (WaitErrorKind::TimedOut, Operation::Create | Operation::Update | Operation::Delete) => {
                format!("{} Raise `{}` to wait longer.", self.continued(), self.timeout())
            }
            _ => self.continued(),
        };
        Explanation { summary, what, advice }
    }

    fn other(self, error: &CallError) -> Explanation {
        Explanation {
            summary: "call failed",
            what: format!(
                "The call {}{} failed: {}.",
                self.action,
                self.location,
                one_line(&error.to_string())
            ),
            advice: "Check whether the change was made before you run apply again.".into(),
        }
    }

    fn invalid_request_id(self) -> Explanation {
        Explanation {
            summary: "state has no usable RequestId",
            what: format!("The wait for the call {}{} cannot continue.", self.action, self.location),
            advice: "Run apply with `-replace` to make the call again.".into(),
        }
    }

    /// The call was accepted, which the user must know before running anything again.
    fn accepted(self) -> String {
        format!("The service accepted the call {}{}.", self.action, self.location)
    }

    fn elapsed(self) -> String {
        duration::format(self.progress.started.elapsed())
    }

    fn timeout(self) -> String {
        format!("timeouts.{}", self.operation.name())
    }

    /// What the next run does if nothing was accepted.
    fn nothing_saved(self) -> &'static str {
        match self.operation {
            Operation::Delete => "The resource is kept; the next destroy makes the call again.",
            Operation::Invoke => "The action makes the call again when it runs again.",
            _ => "Nothing was saved; the next apply makes the call again.",
        }
    }

    /// How to continue the wait for a call whose task may be running.
    fn continued(self) -> String {
        match self.operation {
            Operation::Delete => {
                "The RequestId is saved: the next destroy continues the wait and sends no second call."
            }
            Operation::Update => "The next apply continues the wait and sends no second call.",
            Operation::Invoke => {
                "The action sends the call again when it runs again. To wait for this call, use `clb_wait_for_task` with the \
                 RequestId above."
            }
            _ => {
                "The RequestId is saved with the state `running`, and Terraform marks the resource as tainted. Run `terraform \
                 untaint` on it, and the next apply continues the wait. Without that, the next apply sends the call again."
            }
        }
        .into()
    }

    /// What the next run does after a failure that is final.
    fn made_again(self, before: &str) -> String {
        let next = match self.operation {
            Operation::Delete => "The resource is kept; the next destroy makes the call again.",
            Operation::Invoke => "The action makes the call again when it runs again.",
            Operation::Update => "The next apply replaces the resource, which makes the call again.",
            _ => {
                "Terraform marks the resource as tainted; the next apply replaces it, which makes the call again."
            }
        };
        format!("{before} {next}")
    }
}

/// Everything that is known about a call and its task.
fn call_facts(action: &str, error: Option<&CallError>, progress: &CallProgress) -> String {
    let task = task_progress(error, progress);
    let message = match error {
        Some(CallError::TaskFailed { message, .. } | CallError::PartlyFailed { message, .. }) => {
            message.as_deref()
        }
        _ => None,
    };
    let id = |id: Option<&str>| id.unwrap_or("none").to_owned();
    let api_error = error.and_then(CallError::api_error);
    let last_error = api_error.map(api_error_text).or_else(|| task.error.as_ref().map(error_text));
    let last_error = last_error.or_else(|| progress.attempt_error.as_ref().map(api_error_text));
    let last_request_id = task.request_id.as_deref().or_else(|| api_error.and_then(ApiError::request_id));
    facts(&[
        ("Action", one_line(action)),
        ("Task", id(progress.request_id.as_deref())),
        ("State", state(error, &task)),
        ("Message", message.map_or("none".into(), one_line)),
        ("Elapsed", duration::format(progress.started.elapsed())),
        ("Polls", task.polls.to_string()),
        ("Last RequestId", id(last_request_id.or(progress.request_id.as_deref()))),
        ("Last error", last_error.unwrap_or("none".into())),
    ])
}

/// What is known of the task, by its events and by the error that ended the wait.
fn task_progress(error: Option<&CallError>, progress: &CallProgress) -> Progress {
    let mut task = progress.task.clone();
    let result = match error {
        Some(CallError::TaskFailed { wait, .. }) => Ok((**wait).clone()),
        Some(CallError::Wait { error, .. }) => Err((**error).clone()),
        _ => return task,
    };
    let _: TaskOutcome = task.complete(result);
    task
}

fn state(error: Option<&CallError>, task: &Progress) -> String {
    match error {
        Some(CallError::Wait { error, .. }) => match &error.kind {
            WaitErrorKind::Unrecognized { value } => format!("undocumented ({})", one_line(value)),
            _ => known_state(task),
        },
        Some(CallError::PartlyFailed { .. }) => TaskStatus::Failed.as_str().to_owned(),
        _ => known_state(task),
    }
}

fn known_state(task: &Progress) -> String {
    task.status.map_or("not known", TaskStatus::as_str).to_owned()
}

/// The service's code and message on one line.
fn api_error_text(error: &ApiError) -> String {
    error_text(&error.poll_error())
}
