use std::any::Any;
use std::sync::Arc;

use tonic::async_trait;

use crate::model::Fields;
use crate::schema::Schema;
use crate::{
    Context, Diagnostics, DynAction, DynDataSource, DynEphemeralResource, DynFunction, DynListResource,
    DynResource, Provider, Type, Value, model,
};

/// The type-erased form of [`Provider`], implemented for every one.
#[async_trait]
pub trait DynProvider: sealed::Sealed + Send + Sync + 'static {
    /// See [`Provider::address`].
    fn address(&self) -> Option<&str>;

    /// See [`Provider::schema`].
    fn schema(&self) -> Schema;

    /// What the model names of a schema of this type.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// See [`Provider::meta_schema`].
    fn meta_schema(&self) -> Option<Schema>;

    /// See [`Provider::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Provider::configure`]; no client while the model has no place for a value that is unknown.
    async fn configure(
        &self,
        config: Value,
        context: &Context,
    ) -> Result<Option<Arc<dyn Any + Send + Sync>>, Diagnostics>;

    /// See [`Provider::data_sources`].
    fn data_sources(&self) -> Vec<Box<dyn DynDataSource>>;

    /// See [`Provider::resources`].
    fn resources(&self) -> Vec<Box<dyn DynResource>>;

    /// See [`Provider::list_resources`].
    fn list_resources(&self) -> Vec<Box<dyn DynListResource>>;

    /// See [`Provider::functions`].
    fn functions(&self) -> Vec<Box<dyn DynFunction>>;

    /// See [`Provider::ephemeral_resources`].
    fn ephemeral_resources(&self) -> Vec<Box<dyn DynEphemeralResource>>;

    /// See [`Provider::actions`].
    fn actions(&self) -> Vec<Box<dyn DynAction>>;
}

/// The client of a provider, of whatever type.
pub(crate) type DynClient = Arc<dyn Any + Send + Sync>;

#[async_trait]
impl<P: Provider> DynProvider for P {
    fn address(&self) -> Option<&str> {
        Provider::address(self)
    }

    fn schema(&self) -> Schema {
        Provider::schema(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<P::Config>(ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<P::Config>(config)
    }

    fn meta_schema(&self) -> Option<Schema> {
        Provider::meta_schema(self)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                Provider::validate(self, &config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn configure(
        &self,
        config: Value,
        context: &Context,
    ) -> Result<Option<Arc<dyn Any + Send + Sync>>, Diagnostics> {
        let Some(config) = model::once_known(&config, "Invalid configuration")? else { return Ok(None) };
        let client = Provider::configure(self, config, context).await?;
        Ok(Some(Arc::new(client)))
    }

    fn data_sources(&self) -> Vec<Box<dyn DynDataSource>> {
        Provider::data_sources(self).into_iter().collect()
    }

    fn resources(&self) -> Vec<Box<dyn DynResource>> {
        Provider::resources(self).into_iter().collect()
    }

    fn list_resources(&self) -> Vec<Box<dyn DynListResource>> {
        Provider::list_resources(self).into_iter().collect()
    }

    fn functions(&self) -> Vec<Box<dyn DynFunction>> {
        Provider::functions(self).into_iter().collect()
    }

    fn ephemeral_resources(&self) -> Vec<Box<dyn DynEphemeralResource>> {
        Provider::ephemeral_resources(self).into_iter().collect()
    }

    fn actions(&self) -> Vec<Box<dyn DynAction>> {
        Provider::actions(self).into_iter().collect()
    }
}

mod sealed {
    pub trait Sealed {}

    impl<P: crate::Provider> Sealed for P {}
}
