use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::{Diagnostic, Diagnostics};

/// What an operation may know about its surroundings, and say beside its result.
///
/// A clone belongs to the same call.
#[derive(Clone, Debug, Default)]
pub struct Context {
    stop: CancellationToken,
    warnings: Arc<Mutex<Vec<Diagnostic>>>,
}

impl Context {
    /// A context of its own, for tests; the server makes one for each call.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn stopped_by(stop: CancellationToken) -> Self {
        Context { stop, ..Self::default() }
    }

    /// Does what Ctrl-C does.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Waits until the user has pressed Ctrl-C. What takes long should race with this and then fail with an error soon.
    pub async fn cancelled(&self) {
        self.stop.cancelled().await;
    }

    /// Does the work, or fails as soon as the user has pressed Ctrl-C; the work is dropped then.
    ///
    /// ```
    /// # async fn example(context: &tfplugin::Context) -> Result<(), tfplugin::Diagnostics> {
    /// let answer = context.race(tokio::net::TcpStream::connect("192.0.2.1:443")).await??;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn race<T>(&self, work: impl Future<Output = T>) -> Result<T, Diagnostics> {
        tokio::select! {
            () = self.cancelled() => Err(Diagnostic::error("Interrupted", "The operation was stopped before its end.").into()),
            done = work => Ok(done),
        }
    }

    /// Whether the user has pressed Ctrl-C.
    pub fn is_cancelled(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Shows a warning, whatever the result.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// The warnings so far, which are then forgotten.
    pub fn take_warnings(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
