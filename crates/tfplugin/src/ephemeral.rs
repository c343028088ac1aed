use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::erased::Typed;
use crate::schema::Schema;
use crate::{Context, Diagnostic, Diagnostics, DynEphemeralResource, PrivateState, Registered};

/// An ephemeral resource: something that is only there while Terraform runs, and never in a plan or state (Terraform 1.10).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no ephemeral resource of a provider whose client is `{C}`",
    note = "write `impl EphemeralResource<{C}> for {Self}`, with the type that the provider's `Client` has"
)]
pub trait EphemeralResource<C: Send + Sync + 'static = ()>: Send + Sync + 'static {
    /// The model of the configuration.
    type Config: DeserializeOwned + Send + Sync;

    /// The model of the result: configuration and computed attributes.
    type State: Serialize + Send;

    /// The whole name, such as `example_token`.
    fn name(&self) -> &str;

    /// The shape of configuration and result.
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

    /// Makes it, while planning and again while applying. The configuration is wholly known, and so must be the result,
    /// which repeats it.
    fn open(
        &self,
        config: Self::Config,
        context: &Context<C>,
    ) -> impl Future<Output = Result<Opened<Self::State>, Diagnostics>> + Send;

    /// Renews the resource. Terraform calls it at the time to renew, with the private state of the previous call. Returns when
    /// to be called again, if at all, and the private state for then; without any, this stays.
    fn renew(
        &self,
        _private: &PrivateState,
        _context: &Context<C>,
    ) -> impl Future<Output = Result<Opened<()>, Diagnostics>> + Send {
        async move {
            let detail = format!("`{}` asked to be renewed, which it does not support.", self.name());
            Err(Diagnostic::error("Ephemeral resource cannot be renewed", detail).into())
        }
    }

    /// Releases it, with the private state of [`open`](Self::open).
    fn close(
        &self,
        _private: &PrivateState,
        _context: &Context<C>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }
}

/// An ephemeral resource that was opened or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened<S> {
    /// The result; nothing after a renewal.
    pub state: S,
    /// The provider's own values for renewing and closing.
    pub private: PrivateState,
    /// When Terraform renews it; `None` if it needs no renewal.
    pub renew_at: Option<SystemTime>,
}

impl<S> Opened<S> {
    /// A result that need not be renewed.
    pub fn new(state: S) -> Self {
        Opened { state, private: PrivateState::new(), renew_at: None }
    }

    /// Keeps a value for renewing and closing.
    pub fn with_private(
        mut self,
        key: impl Into<String>,
        value: &impl Serialize,
    ) -> Result<Self, Diagnostics> {
        self.private.set(key, value)?;
        Ok(self)
    }

    /// Asks to be renewed at this time.
    #[must_use]
    pub fn renew_at(mut self, time: SystemTime) -> Self {
        self.renew_at = Some(time);
        self
    }
}

/// The ephemeral resources of a provider: `EphemeralResources::new().with(One).with(Other)`.
pub type EphemeralResources<C = ()> = Registered<dyn DynEphemeralResource, C>;

impl<C: Send + Sync + 'static> EphemeralResources<C> {
    /// Adds one.
    #[must_use]
    pub fn with(self, ephemeral_resource: impl EphemeralResource<C>) -> Self {
        self.and(Box::new(Typed::new(ephemeral_resource)))
    }
}
