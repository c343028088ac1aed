use tonic::async_trait;

use crate::schema::Schema;
use crate::{
    Actions, Context, DataSources, Diagnostics, EphemeralResources, Functions, Provider, Resources, Value,
    model,
};

/// The type-erased form of [`Provider`], implemented for every one.
#[async_trait]
pub trait DynProvider: sealed::Sealed + Send + Sync + 'static {
    /// See [`Provider::address`].
    fn address(&self) -> Option<&str>;

    /// See [`Provider::schema`].
    fn schema(&self) -> Schema;

    /// See [`Provider::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Provider::configure`].
    async fn configure(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Provider::data_sources`].
    fn data_sources(&self) -> DataSources;

    /// See [`Provider::resources`].
    fn resources(&self) -> Resources;

    /// See [`Provider::functions`].
    fn functions(&self) -> Functions;

    /// See [`Provider::ephemeral_resources`].
    fn ephemeral_resources(&self) -> EphemeralResources;

    /// See [`Provider::actions`].
    fn actions(&self) -> Actions;
}

#[async_trait]
impl<P: Provider> DynProvider for P {
    fn address(&self) -> Option<&str> {
        Provider::address(self)
    }

    fn schema(&self) -> Schema {
        Provider::schema(self)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(config)? {
            Some(config) => Provider::validate(self, &config, context).await,
            None => Ok(()),
        }
    }

    async fn configure(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        Provider::configure(self, model::configuration(config)?, context).await
    }

    fn data_sources(&self) -> DataSources {
        Provider::data_sources(self)
    }

    fn resources(&self) -> Resources {
        Provider::resources(self)
    }

    fn functions(&self) -> Functions {
        Provider::functions(self)
    }

    fn ephemeral_resources(&self) -> EphemeralResources {
        Provider::ephemeral_resources(self)
    }

    fn actions(&self) -> Actions {
        Provider::actions(self)
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T: crate::Provider> Sealed for T {}
}
