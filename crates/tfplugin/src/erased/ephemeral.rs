use tonic::async_trait;

use super::{Sealed, Typed};
use crate::model::Fields;
use crate::schema::Schema;
use crate::{Context, Diagnostics, EphemeralResource, Opened, PrivateState, Type, Value, model, to_value};

/// The type-erased form of [`EphemeralResource`], implemented for every one.
#[async_trait]
pub trait DynEphemeralResource: Sealed + Send + Sync + 'static {
    /// See [`EphemeralResource::name`].
    fn name(&self) -> &str;

    /// See [`EphemeralResource::schema`].
    fn schema(&self) -> Schema;

    /// What the model names of a schema of this type.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// See [`EphemeralResource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`EphemeralResource::open`].
    async fn open(&self, config: Value, context: &Context) -> Result<Opened<Value>, Diagnostics>;

    /// See [`EphemeralResource::renew`].
    async fn renew(&self, private: &PrivateState, context: &Context) -> Result<Opened<()>, Diagnostics>;

    /// See [`EphemeralResource::close`].
    async fn close(&self, private: &PrivateState, context: &Context) -> Result<(), Diagnostics>;
}

#[async_trait]
impl<C: Send + Sync + 'static, E: EphemeralResource<C>> DynEphemeralResource for Typed<E, C> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn schema(&self) -> Schema {
        self.inner.schema()
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<E::Config>(ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<E::Config>(config)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn open(&self, config: Value, context: &Context) -> Result<Opened<Value>, Diagnostics> {
        let opened = self.inner.open(model::configuration(&config)?, &context.configured()?).await?;
        let Opened { state, private, renew_at } = opened;
        Ok(Opened { state: to_value(&state)?, private, renew_at })
    }

    async fn renew(&self, private: &PrivateState, context: &Context) -> Result<Opened<()>, Diagnostics> {
        self.inner.renew(private, &context.configured()?).await
    }

    async fn close(&self, private: &PrivateState, context: &Context) -> Result<(), Diagnostics> {
        self.inner.close(private, &context.configured()?).await.or_else(|found| context.report(found))
    }
}
