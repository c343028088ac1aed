//! Reports panics.
//!
//! A panic within a call becomes an error diagnostic, and the process continues: up to nine other calls may be running, and
//! Terraform would lose the state of what they have created if the process ended. The message of a panic in a task that a call has
//! spawned goes to the operation that awaits the task; if none does, it becomes a warning of the next call that ends. Any other
//! panic is written to stderr in the form that Terraform shows as a crash; it does not show the message that Rust prints.

use std::any::Any;
use std::cell::RefCell;
use std::error::Error;
use std::future::Future;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use tokio::task;

use crate::{Diagnostic, Diagnostics};

tokio::task_local! {
    /// The message of the panic, which the hook writes and the call reads.
    static CALL: RefCell<Option<String>>;
}

/// Installs the panic hook of the process.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let text = text(info);
    // With panic = "abort" the process ends before the call can report anything.
    let within_call =
        cfg!(panic = "unwind") && CALL.try_with(|slot| slot.replace(Some(text.clone()))).is_ok();
    if within_call {
        tracing::error!(panic = text, "a call panicked");
        return;
    }
    if cfg!(panic = "unwind")
        && let Some(task) = tokio::task::try_id()
    {
        tracing::error!(panic = text, "a task panicked");
        return LOST.with_lock(|lost| lost.push((task, text)));
    }
    // From this line on, Terraform takes all of stderr for the stack trace that it shows.
    let _ = writeln!(std::io::stderr(), "panic: {text}\n\n{}", std::backtrace::Backtrace::capture());
}

/// The latest panics of tasks that no call has reported yet.
static LOST: Lost = Lost(Mutex::new(Vec::new()));

struct Lost(Mutex<Vec<(task::Id, String)>>);

impl Lost {
    fn with_lock<T>(&self, work: impl FnOnce(&mut Vec<(task::Id, String)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The diagnostic of the panic that this error reports, with file and line; none if the error is not about a panic.
pub(crate) fn of_task(error: &(dyn Error + 'static)) -> Option<Diagnostic> {
    let error = error.downcast_ref::<task::JoinError>().filter(|error| error.is_panic())?;
    let text = LOST.with_lock(|lost| {
        let place = lost.iter().position(|(task, _)| *task == error.id())?;
        Some(lost.swap_remove(place).1)
    });
    Some(panicked(&text.unwrap_or_else(|| error.to_string())))
}

/// Removes and returns the panics of tasks that no operation has waited for.
pub(crate) fn take_lost() -> Vec<Diagnostic> {
    let lost = LOST.with_lock(std::mem::take);
    lost.into_iter()
        .map(|(_, text)| Diagnostic::warning("Task of the provider panicked", bug(&text)))
        .collect()
}

fn panicked(text: &str) -> Diagnostic {
    Diagnostic::error("Provider panicked", bug(text))
}

fn bug(text: &str) -> String {
    format!("{text}\n\nThis is a bug in the provider.")
}

fn text(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    format!("{}{}", message(info.payload()), place.unwrap_or_default())
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown reason")
}

/// Runs the work of a call; its panic is an error like any other.
pub(crate) async fn caught<T>(work: impl Future<Output = Result<T, Diagnostics>>) -> Result<T, Diagnostics> {
    let work = async {
        let result = AssertUnwindSafe(work).catch_unwind().await;
        result.unwrap_or_else(|payload| {
            let text = CALL.with(RefCell::take).unwrap_or_else(|| message(&*payload).to_owned());
            Err(panicked(&text).into())
        })
    };
    CALL.scope(RefCell::default(), work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_within_a_call_is_an_error() {
        let failed = caught::<()>(async { panic!("no such luck") }).await.unwrap_err();
        assert!(failed.to_string().starts_with("Provider panicked: no such luck"), "{failed}");
    }
}
