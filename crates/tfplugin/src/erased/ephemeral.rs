use tonic::async_trait;

use crate::schema::Schema;
use crate::{Context, Diagnostics, EphemeralResource, Opened, Value, model, to_value};

/// The type-erased form of [`EphemeralResource`], implemented for every one.
#[async_trait]
pub trait DynEphemeralResource: sealed::Sealed + Send + Sync + 'static {
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
impl<E: EphemeralResource> DynEphemeralResource for E {
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

mod sealed {
    pub trait Sealed {}

    impl<T: crate::EphemeralResource> Sealed for T {}
}
