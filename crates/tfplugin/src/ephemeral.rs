use std::time::SystemTime;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schema::Schema;
use crate::{Context, Diagnostic, Diagnostics, Value, model, to_value};

/// An ephemeral resource: something that is only there while Terraform runs, and never in a plan or state (Terraform 1.10).
#[async_trait]
pub trait EphemeralResource: Send + Sync + 'static {
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
    async fn validate(&self, _config: &Self::Config, _context: &Context) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Makes it, while planning and again while applying. The configuration is wholly known, and so must be the result,
    /// which repeats it.
    async fn open(&self, config: Self::Config, context: &Context)
    -> Result<Opened<Self::State>, Diagnostics>;

    /// Keeps it from ending; called when the time to renew has come, with the private bytes of the call before. Returns when
    /// to be called again, if at all, and the private bytes for then; without any, these stay.
    async fn renew(&self, _private: &[u8], _context: &Context) -> Result<Opened<()>, Diagnostics> {
        let detail = format!("`{}` asked to be renewed, which it does not support.", self.name());
        Err(Diagnostic::error("Ephemeral resource cannot be renewed", detail).into())
    }

    /// Releases it, with the private bytes of [`open`](Self::open).
    async fn close(&self, _private: &[u8], _context: &Context) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// An ephemeral resource that was opened or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened<S> {
    /// The result; nothing after a renewal.
    pub state: S,
    /// The provider's own bytes for renewing and closing.
    pub private: Vec<u8>,
    /// When it is to be renewed, if ever.
    pub renew_at: Option<SystemTime>,
}

impl<S> Opened<S> {
    /// A result that need not be renewed.
    pub fn new(state: S) -> Self {
        Opened { state, private: Vec::new(), renew_at: None }
    }

    /// Keeps these bytes for renewing and closing.
    #[must_use]
    pub fn private(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.private = bytes.into();
        self
    }

    /// Asks to be renewed at this time.
    #[must_use]
    pub fn renew_at(mut self, time: SystemTime) -> Self {
        self.renew_at = Some(time);
        self
    }
}

/// The ephemeral resources of a provider: `vec![Box::new(One), Box::new(Other)]`.
pub type EphemeralResources = Vec<Box<dyn AnyEphemeralResource>>;

/// The object-safe twin of [`EphemeralResource`], implemented for every one.
#[async_trait]
pub trait AnyEphemeralResource: Send + Sync + 'static {
    /// See [`EphemeralResource::name`].
    fn name(&self) -> &str;

    /// See [`EphemeralResource::schema`].
    fn schema(&self) -> Schema;

    /// See [`EphemeralResource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`EphemeralResource::open`].
    async fn open(&self, config: Value, context: &Context) -> Result<Opened<Value>, Diagnostics>;

    /// See [`EphemeralResource::renew`].
    async fn renew(&self, private: &[u8], context: &Context) -> Result<Opened<()>, Diagnostics>;

    /// See [`EphemeralResource::close`].
    async fn close(&self, private: &[u8], context: &Context) -> Result<(), Diagnostics>;
}

#[async_trait]
impl<E: EphemeralResource> AnyEphemeralResource for E {
    fn name(&self) -> &str {
        EphemeralResource::name(self)
    }

    fn schema(&self) -> Schema {
        EphemeralResource::schema(self)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(config)? {
            Some(config) => EphemeralResource::validate(self, &config, context).await,
            None => Ok(()),
        }
    }

    async fn open(&self, config: Value, context: &Context) -> Result<Opened<Value>, Diagnostics> {
        let opened = EphemeralResource::open(self, model::configuration(config)?, context).await?;
        let Opened { state, private, renew_at } = opened;
        Ok(Opened { state: to_value(&state)?, private, renew_at })
    }

    async fn renew(&self, private: &[u8], context: &Context) -> Result<Opened<()>, Diagnostics> {
        EphemeralResource::renew(self, private, context).await
    }

    async fn close(&self, private: &[u8], context: &Context) -> Result<(), Diagnostics> {
        EphemeralResource::close(self, private, context).await
    }
}
