//! How the command ends.

use std::{io, process::ExitCode};

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything succeeded.
    Succeeded,
    /// A task failed.
    TaskFailed,
    /// The command line or its input is wrong.
    Usage,
    /// A task was still running at the timeout.
    TimedOut,
    /// The service could not be reached, or rejected the request.
    CouldNotPoll,
    /// Ctrl-C.
    Interrupted,
}

/// Why a command ends early: a sentence for standard error, and the exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) exit: Exit,
}

impl Failure {
    /// The command line or its input is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::Usage }
    }

    /// The service could not be reached, or rejected the request.
    pub(crate) fn service(error: &(dyn std::error::Error + 'static)) -> Self {
        Self { message: chain(error), exit: Exit::CouldNotPoll }
    }
}

impl From<io::Error> for Failure {
    /// A closed output pipe is not a failure.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { message: String::new(), exit: Exit::Succeeded },
            _ => Self { message: error.to_string(), exit: Exit::CouldNotPoll },
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Succeeded => 0,
            Exit::TaskFailed => 1,
            Exit::Usage => 2,
            Exit::TimedOut => 3,
            Exit::CouldNotPoll => 4,
            Exit::Interrupted => 130,
        })
    }
}

/// An error and its sources, in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
