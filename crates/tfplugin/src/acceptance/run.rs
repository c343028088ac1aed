use std::fmt;
use std::process::{Command, Output};

use serde_json::Value as Json;

/// A Terraform command that has ended.
#[derive(Clone, Debug)]
pub struct Run {
    succeeded: bool,
    stdout: String,
    stderr: String,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "the expectation is the point; the run is there for more"
)]
impl Run {
    pub(super) fn of(command: &mut Command) -> Self {
        let output = command.output();
        output.unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display())).into()
    }

    /// Whether the command has succeeded.
    pub fn succeeded(&self) -> bool {
        self.succeeded
    }

    /// What it has written to standard output.
    pub fn stdout(&self) -> &str {
        &self.stdout
    }

    /// What it has written to standard error.
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// The text of its errors as one line of words, whatever Terraform's box and wrapping made of it.
    pub fn error(&self) -> String {
        let inner = self.stderr.replace(['│', '╷', '╵'], " ");
        inner.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The JSON that it has printed.
    ///
    /// # Panics
    ///
    /// If it has printed anything else.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}):\n{self}"))
    }

    /// The same run, which must have succeeded.
    ///
    /// # Panics
    ///
    /// If it has failed.
    #[track_caller]
    pub fn expect_success(self) -> Self {
        assert!(self.succeeded, "the command has failed:\n{self}");
        self
    }

    /// The same run, which must have failed.
    ///
    /// # Panics
    ///
    /// If it has succeeded.
    #[track_caller]
    pub fn expect_failure(self) -> Self {
        assert!(!self.succeeded, "the command has not failed:\n{self}");
        self
    }

    /// The same run, which must have failed with this in its errors, however Terraform has wrapped them.
    ///
    /// # Panics
    ///
    /// If it has succeeded, or failed otherwise.
    #[track_caller]
    pub fn expect_error(self, part: &str) -> Self {
        assert!(self.error().contains(part), "{part:?} is not among the errors:\n{self}");
        self.expect_failure()
    }

    /// The same run, which must have printed this.
    ///
    /// # Panics
    ///
    /// If it has not.
    #[track_caller]
    pub fn expect_output(self, part: &str) -> Self {
        assert!(self.stdout.contains(part), "{part:?} is not in the output:\n{self}");
        self
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Run { succeeded: output.status.success(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.stdout, self.stderr)
    }
}

/// A Terraform command that still runs, with a process group of its own. It is killed when dropped.
#[cfg(unix)]
#[derive(Debug)]
pub struct RunningCommand(std::process::Child);

#[cfg(unix)]
impl RunningCommand {
    pub(super) fn start(command: &mut Command) -> Self {
        use std::os::unix::process::CommandExt as _;
        use std::process::Stdio;
        let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn();
        Self(started.unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display())))
    }

    /// Ctrl-C: the signal reaches Terraform and its providers, as from a terminal.
    ///
    /// # Panics
    ///
    /// If there is no `kill` program.
    pub fn interrupt(&self) {
        let group = format!("-{}", self.0.id());
        let killed = Command::new("kill").args(["-INT", "--", &group]).status();
        assert!(killed.is_ok_and(|status| status.success()), "the command could not be interrupted");
    }

    /// Waits for the end.
    ///
    /// # Panics
    ///
    /// If the system cannot tell.
    pub fn wait(mut self) -> Run {
        use std::io::Read as _;
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(|| err.map(|mut err| err.read_to_end(&mut stderr)));
            out.map(|mut out| out.read_to_end(&mut stdout));
        });
        let status = self.0.wait().unwrap_or_else(|error| panic!("cannot wait for the command: {error}"));
        Output { status, stdout, stderr }.into()
    }
}

#[cfg(unix)]
impl Drop for RunningCommand {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
