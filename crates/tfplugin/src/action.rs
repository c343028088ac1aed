use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::erased::Typed;
use crate::schema::Schema;
use crate::{Context, Diagnostics, DynAction, Registered};

/// An action: something done once, by a trigger in a resource's lifecycle or from the command line (Terraform 1.14).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no action of a provider whose client is `{C}`",
    note = "write `impl Action<{C}> for {Self}`, with the type that the provider's `Client` has"
)]
pub trait Action<C: Send + Sync + 'static = ()>: Send + Sync + 'static {
    /// The model of the configuration.
    type Config: DeserializeOwned + Send + Sync;

    /// The whole name, such as `example_restart`.
    fn name(&self) -> &str;

    /// The shape of the configuration.
    fn schema(&self) -> Schema;

    /// Checks the configuration, which may hold unknown values. It is not called while a value is unknown that the model
    /// has no place for.
    fn validate(
        &self,
        _config: &Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Checks, while planning, whether it could be done; under the same conditions as [`validate`](Self::validate).
    fn plan(
        &self,
        _config: &Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Does it. The configuration is wholly known.
    fn invoke(
        &self,
        config: Self::Config,
        progress: &Progress,
        context: &Context<C>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// Where an action says how far it is. A clone belongs to the same invocation.
#[derive(Clone, Debug)]
pub struct Progress(mpsc::Sender<String>);

/// The maximum number of lines that wait for the client. Further lines are dropped.
const WAITING: usize = 1024;

impl Progress {
    /// Messages arrive at the receiver, in order: for tests, since the server makes its own.
    pub fn new() -> (Progress, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Progress(sender), receiver)
    }

    /// Shows a line to the user, unless the client is more than a thousand behind.
    pub fn report(&self, message: impl Into<String>) {
        // Nobody listens any more when the client is gone, which the context will say.
        let _ = self.0.try_send(message.into());
    }
}

/// The actions of a provider: `Actions::new().with(One).with(Other)`.
pub type Actions<C = ()> = Registered<dyn DynAction, C>;

impl<C: Send + Sync + 'static> Actions<C> {
    /// Adds one.
    #[must_use]
    pub fn with(self, action: impl Action<C>) -> Self {
        self.and(Box::new(Typed::new(action)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_that_nobody_reads_does_not_pile_up() {
        let (progress, mut lines) = Progress::new();
        for line in 0..2 * WAITING {
            progress.report(line.to_string());
        }
        drop(progress);
        let received: Vec<_> = std::iter::from_fn(|| lines.try_recv().ok()).collect();
        assert_eq!(received, (0..WAITING).map(|line| line.to_string()).collect::<Vec<_>>());
    }
}
