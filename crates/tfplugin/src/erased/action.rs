use tonic::async_trait;

use super::{Sealed, Typed};
use crate::model::Fields;
use crate::schema::Schema;
use crate::{Action, Context, Diagnostics, Progress, Type, Value, model};

/// The type-erased form of [`Action`], implemented for every one.
#[async_trait]
pub trait DynAction: Sealed + Send + Sync + 'static {
    /// See [`Action::name`].
    fn name(&self) -> &str;

    /// See [`Action::schema`].
    fn schema(&self) -> Schema;

    /// What the model names of a schema of this type.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// See [`Action::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Action::plan`].
    async fn plan(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Action::invoke`].
    async fn invoke(&self, config: Value, progress: &Progress, context: &Context) -> Result<(), Diagnostics>;
}

#[async_trait]
impl<C: Send + Sync + 'static, A: Action<C>> DynAction for Typed<A, C> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn schema(&self) -> Schema {
        self.inner.schema()
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<A::Config>(ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<A::Config>(config)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn plan(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => self.inner.plan(&config, context).await.or_else(|found| context.report(found)),
            None => Ok(()),
        }
    }

    async fn invoke(&self, config: Value, progress: &Progress, context: &Context) -> Result<(), Diagnostics> {
        let result =
            self.inner.invoke(model::configuration(&config)?, progress, &context.configured()?).await;
        result.or_else(|found| context.report(found))
    }
}
