use tonic::async_trait;

use crate::schema::Schema;
use crate::{Context, DataSource, Diagnostics, Value, model, to_value};

/// The type-erased form of [`DataSource`], implemented for every one.
#[async_trait]
pub trait DynDataSource: sealed::Sealed + Send + Sync + 'static {
    /// See [`DataSource::name`].
    fn name(&self) -> &str;

    /// See [`DataSource::schema`].
    fn schema(&self) -> Schema;

    /// See [`DataSource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`DataSource::read`].
    async fn read(&self, config: Value, context: &Context) -> Result<Value, Diagnostics>;
}

#[async_trait]
impl<D: DataSource> DynDataSource for D {
    fn name(&self) -> &str {
        DataSource::name(self)
    }

    fn schema(&self) -> Schema {
        DataSource::schema(self)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(config)? {
            Some(config) => DataSource::validate(self, &config, context).await,
            None => Ok(()),
        }
    }

    async fn read(&self, config: Value, context: &Context) -> Result<Value, Diagnostics> {
        let state = DataSource::read(self, model::configuration(config)?, context).await?;
        Ok(to_value(&state)?)
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T: crate::DataSource> Sealed for T {}
}
