use tonic::async_trait;

use crate::schema::Schema;
use crate::{Action, Context, Diagnostics, Progress, Value, model};

/// The type-erased form of [`Action`], implemented for every one.
#[async_trait]
pub trait DynAction: sealed::Sealed + Send + Sync + 'static {
    /// See [`Action::name`].
    fn name(&self) -> &str;

    /// See [`Action::schema`].
    fn schema(&self) -> Schema;

    /// See [`Action::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Action::plan`].
    async fn plan(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Action::invoke`].
    async fn invoke(&self, config: Value, progress: &Progress, context: &Context) -> Result<(), Diagnostics>;
}

#[async_trait]
impl<A: Action> DynAction for A {
    fn name(&self) -> &str {
        Action::name(self)
    }

    fn schema(&self) -> Schema {
        Action::schema(self)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(config)? {
            Some(config) => Action::validate(self, &config, context).await,
            None => Ok(()),
        }
    }

    async fn plan(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(config)? {
            Some(config) => Action::plan(self, &config, context).await,
            None => Ok(()),
        }
    }

    async fn invoke(&self, config: Value, progress: &Progress, context: &Context) -> Result<(), Diagnostics> {
        Action::invoke(self, model::configuration(config)?, progress, context).await
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T: crate::Action> Sealed for T {}
}
