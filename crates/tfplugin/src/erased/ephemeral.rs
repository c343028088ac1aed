use tonic::async_trait;

use super::{Sealed, Typed};
use crate::schema::Schema;
use crate::{Context, Diagnostics, EphemeralResource, Opened, PrivateState, Value, model, to_value};

/// The type-erased form of [`EphemeralResource`], implemented for every one.
#[async_trait]
pub trait DynEphemeralResource: Sealed + Send + Sync + 'static {
    /// See [`EphemeralResource::name`].
    fn name(&self) -> &str;

    /// See [`EphemeralResource::schema`].
    fn schema(&self) -> Schema;

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

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn open(&self, config: Value, context: &Context) -> Result<Opened<Value>, Diagnostics> {
        let opened = self.inner.open(model::configuration(config)?, &context.configured()?).await?;
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
