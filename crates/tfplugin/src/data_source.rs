use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schema::Schema;
use crate::{Context, Diagnostics, Value, model, to_value};

/// A data source: reads something that exists.
#[async_trait]
pub trait DataSource: Send + Sync + 'static {
    /// The model of the configuration.
    type Config: DeserializeOwned + Send + Sync;

    /// The model of the result: configuration and computed attributes.
    type State: Serialize;

    /// The whole name, such as `example_server`.
    fn name(&self) -> &str;

    /// The shape of configuration and result.
    fn schema(&self) -> Schema;

    /// Checks the configuration, which may hold unknown values. It is not called while a value is unknown that the model
    /// has no place for, and always before a read.
    async fn validate(&self, _config: &Self::Config, _context: &Context) -> Result<(), Diagnostics> {
        Ok(())
    }

    /// Reads. The configuration is wholly known, and so must be the result, which repeats it.
    async fn read(&self, config: Self::Config, context: &Context) -> Result<Self::State, Diagnostics>;
}

/// The data sources of a provider: `vec![Box::new(One), Box::new(Other)]`.
pub type DataSources = Vec<Box<dyn AnyDataSource>>;

/// The object-safe twin of [`DataSource`], implemented for every one.
#[async_trait]
pub trait AnyDataSource: Send + Sync + 'static {
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
impl<D: DataSource> AnyDataSource for D {
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
