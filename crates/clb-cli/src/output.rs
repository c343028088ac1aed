//! Standard output and standard error.

use std::io::{self, Write};

use serde_json::Value;
use tokio::sync::Notify;

use crate::arguments::Form;

/// Where results go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) form: Form,
    /// JSON lines, an event each.
    pub(crate) events: bool,
}

impl Output {
    pub(crate) fn is_json(self) -> bool {
        self.form == Form::Json
    }

    /// Writes a result: a JSON document, or the last line of events.
    pub(crate) fn json(self, value: &Value) -> io::Result<()> {
        if self.events { line(&value.to_string()) } else { line(&format!("{value:#}")) }
    }

    /// Writes an event, if those are wanted.
    pub(crate) fn event(self, value: &Value) {
        let is_wanted = self.is_json() && self.events;
        if is_wanted && line(&value.to_string()).is_err() {
            CLOSED.notify_one();
        }
    }
}

static CLOSED: Notify = Notify::const_new();

/// Completes when the reader of the events has closed the pipe.
pub(crate) async fn closed() {
    CLOSED.notified().await;
}

/// Prints the result. A closed pipe does not change the exit code, which still reports the outcome.
pub(crate) fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes a line to standard output, at once.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Writes a line to standard error. Nothing can be done if that fails.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
