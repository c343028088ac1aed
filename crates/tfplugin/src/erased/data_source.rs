use tonic::async_trait;

use super::{Sealed, Typed};
use crate::model::Fields;
use crate::schema::Schema;
use crate::{Context, DataSource, Diagnostics, Type, Value, model, to_value};

/// The type-erased form of [`DataSource`], implemented for every one.
#[async_trait]
pub trait DynDataSource: Sealed + Send + Sync + 'static {
    /// See [`DataSource::name`].
    fn name(&self) -> &str;

    /// See [`DataSource::schema`].
    fn schema(&self) -> Schema;

    /// What the model names of a schema of this type.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// See [`DataSource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`DataSource::read`].
    async fn read(&self, config: Value, context: &Context) -> Result<Value, Diagnostics>;
}

#[async_trait]
impl<C: Send + Sync + 'static, D: DataSource<C>> DynDataSource for Typed<D, C> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn schema(&self) -> Schema {
        self.inner.schema()
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<D::Config>(ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<D::Config>(config)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn read(&self, config: Value, context: &Context) -> Result<Value, Diagnostics> {
        let state = self.inner.read(model::configuration(&config)?, &context.configured()?).await?;
        Ok(to_value(&state)?)
    }
}
