//! What becomes of a panic.
//!
//! Within a call it is turned into an error diagnostic and the process lives on: up to nine other calls may be under way, and
//! what they have created would be lost from the state if the process ended. A task that a call has spawned leaves its text for
//! whoever waits for it, or else as a warning of the next call that ends. Anywhere else a panic is written so that Terraform shows a
//! crash; Rust's own text would go unseen.

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
    /// Where the hook leaves its text for the call that panicked.
    static CALL: RefCell<Option<String>>;
}

/// Takes over the reporting of panics for the whole process.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let text = text(info);
    // A process that aborts comes to no end of the call.
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

/// The panic of a task behind this error, if that is what it is, in words that name its place.
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
