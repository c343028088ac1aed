use tonic::async_trait;

use super::{Sealed, Typed};
use crate::model::Fields;
use crate::schema::Schema;
use crate::{Context, Diagnostics, ListResource, Listing, Type, Value, model};

/// The type-erased form of [`ListResource`], implemented for every one.
#[async_trait]
pub trait DynListResource: Sealed + Send + Sync + 'static {
    /// See [`ListResource::name`].
    fn name(&self) -> &str;

    /// See [`ListResource::schema`].
    fn schema(&self) -> Schema;

    /// What the model names of a schema of this type.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// See [`ListResource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`ListResource::list`].
    async fn list(
        &self,
        config: Value,
        listing: &Listing<Value>,
        context: &Context,
    ) -> Result<(), Diagnostics>;
}

#[async_trait]
impl<C: Send + Sync + 'static, L: ListResource<C>> DynListResource for Typed<L, C> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn schema(&self) -> Schema {
        self.inner.schema()
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<L::Config>(ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<L::Config>(config)
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn list(
        &self,
        config: Value,
        listing: &Listing<Value>,
        context: &Context,
    ) -> Result<(), Diagnostics> {
        let (config, listing) = (model::configuration(&config)?, Listing::of(listing));
        let listed = self.inner.list(config, &listing, &context.configured()?).await;
        listed.or_else(|found| context.report(found))
    }
}
