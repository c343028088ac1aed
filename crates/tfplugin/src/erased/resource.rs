use tonic::async_trait;

use super::{Sealed, Typed};
use crate::model::Fields;
use crate::schema::{IdentitySchema, Schema};
use crate::{
    Change, Context, Diagnostics, Import, MovedState, Plan, PrivateState, Resource, StoredState, Type, Value,
    model, to_value,
};

/// The type-erased form of [`Resource`], implemented for every one.
#[async_trait]
pub trait DynResource: Sealed + Send + Sync + 'static {
    /// See [`Resource::name`].
    fn name(&self) -> &str;

    /// See [`Resource::schema`].
    fn schema(&self) -> Schema;

    /// What the model names of a schema of this type.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// Whether the resource has a [`plan`](Resource::plan) of its own.
    #[doc(hidden)]
    fn modifies_plan(&self) -> bool;

    /// See [`Resource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Resource::plan`].
    async fn plan(&self, plan: &mut Plan<Value>, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Resource::create`].
    async fn create(
        &self,
        planned: Value,
        change: &mut Change<Value>,
        context: &Context,
    ) -> Result<Value, Diagnostics>;

    /// See [`Resource::read`].
    async fn read(
        &self,
        state: Value,
        private: &mut PrivateState,
        context: &Context,
    ) -> Result<Option<Value>, Diagnostics>;

    /// See [`Resource::update`].
    async fn update(
        &self,
        prior: Value,
        planned: Value,
        change: &mut Change<Value>,
        context: &Context,
    ) -> Result<Value, Diagnostics>;

    /// See [`Resource::delete`].
    async fn delete(
        &self,
        state: Value,
        change: &mut Change<Value>,
        context: &Context,
    ) -> Result<(), Diagnostics>;

    /// See [`Resource::import`].
    async fn import(&self, import: Import, context: &Context) -> Result<Value, Diagnostics>;

    /// See [`Resource::upgrade`].
    async fn upgrade(&self, stored: StoredState, context: &Context) -> Result<Value, Diagnostics>;

    /// See [`Resource::move_state`].
    async fn move_state(&self, moved: MovedState, context: &Context) -> Result<Option<Value>, Diagnostics>;

    /// See [`Resource::generate_config`].
    fn generate_config(&self, state: Value) -> Result<Value, Diagnostics>;

    /// See [`Resource::identity_schema`].
    fn identity_schema(&self) -> Option<IdentitySchema>;

    /// See [`Resource::identity`].
    fn identity(&self, state: Value) -> Result<Value, Diagnostics>;

    /// See [`Resource::upgrade_identity`].
    fn upgrade_identity(&self, stored: StoredState) -> Result<Value, Diagnostics>;
}

#[async_trait]
impl<C: Send + Sync + 'static, R: Resource<C>> DynResource for Typed<R, C> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn schema(&self) -> Schema {
        self.inner.schema()
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<R::Model>(ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<R::Model>(config)
    }

    fn modifies_plan(&self) -> bool {
        let (mut plan, context) = (Plan::new(None, None, None), Context::new());
        let never_run = self.inner.plan(&mut plan, &context);
        std::any::type_name_of_val(&never_run)
            != std::any::type_name::<std::future::Ready<Result<(), Diagnostics>>>()
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn plan(&self, plan: &mut Plan<Value>, context: &Context) -> Result<(), Diagnostics> {
        let Some(mut typed) = typed_plan::<R::Model>(plan)? else { return Ok(()) };
        let before = typed.planned.as_ref().map(to_value).transpose()?;
        self.inner.plan(&mut typed, context).await.or_else(|found| context.report(found))?;
        let after = typed.planned.as_ref().map(to_value).transpose()?;
        // An untouched plan stays as it came, with whatever the model has no field for.
        if after != before {
            plan.planned = after;
        }
        plan.private = typed.private;
        plan.requires_replace = typed.requires_replace;
        Ok(())
    }

    async fn create(
        &self,
        planned: Value,
        change: &mut Change<Value>,
        context: &Context,
    ) -> Result<Value, Diagnostics> {
        let mut typed = typed_change(change)?;
        let created = self.inner.create(state(&planned)?, &mut typed, &context.configured()?).await;
        change.private = typed.private;
        Ok(to_value(&created?)?)
    }

    async fn read(
        &self,
        current: Value,
        private: &mut PrivateState,
        context: &Context,
    ) -> Result<Option<Value>, Diagnostics> {
        let found = self.inner.read(state(&current)?, private, &context.configured()?).await?;
        Ok(found.as_ref().map(to_value).transpose()?)
    }

    async fn update(
        &self,
        prior: Value,
        planned: Value,
        change: &mut Change<Value>,
        context: &Context,
    ) -> Result<Value, Diagnostics> {
        let mut typed = typed_change(change)?;
        let updated =
            self.inner.update(state(&prior)?, state(&planned)?, &mut typed, &context.configured()?).await;
        change.private = typed.private;
        Ok(to_value(&updated?)?)
    }

    async fn delete(
        &self,
        prior: Value,
        change: &mut Change<Value>,
        context: &Context,
    ) -> Result<(), Diagnostics> {
        let mut typed = typed_change(change)?;
        let deleted = self.inner.delete(state(&prior)?, &mut typed, &context.configured()?).await;
        change.private = typed.private;
        deleted.or_else(|found| context.report(found))
    }

    async fn import(&self, import: Import, context: &Context) -> Result<Value, Diagnostics> {
        Ok(to_value(&self.inner.import(import, &context.configured()?).await?)?)
    }

    async fn upgrade(&self, stored: StoredState, context: &Context) -> Result<Value, Diagnostics> {
        Ok(to_value(&self.inner.upgrade(stored, context).await?)?)
    }

    async fn move_state(&self, moved: MovedState, context: &Context) -> Result<Option<Value>, Diagnostics> {
        let taken = self.inner.move_state(moved, context).await?;
        Ok(taken.as_ref().map(to_value).transpose()?)
    }

    fn generate_config(&self, current: Value) -> Result<Value, Diagnostics> {
        Ok(to_value(&self.inner.generate_config(state(&current)?)?)?)
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        self.inner.identity_schema()
    }

    fn identity(&self, current: Value) -> Result<Value, Diagnostics> {
        self.inner.identity(&state(&current)?)
    }

    fn upgrade_identity(&self, stored: StoredState) -> Result<Value, Diagnostics> {
        self.inner.upgrade_identity(stored)
    }
}

fn state<M: serde::de::DeserializeOwned>(value: &Value) -> Result<M, Diagnostics> {
    model::read_state(value, "State does not fit the resource's model")
}

/// None while a value is unknown that the model has no place for: then there is nothing to decide yet.
fn typed_plan<M: serde::de::DeserializeOwned>(plan: &Plan<Value>) -> Result<Option<Plan<M>>, Diagnostics> {
    let read = |value: &Option<Value>| match value {
        Some(value) => {
            model::once_known(value, "Plan does not fit the resource's model").map(|model| model.map(Some))
        }
        None => Ok(Some(None)),
    };
    let (Some(config), Some(prior), Some(planned)) =
        (read(&plan.config)?, read(&plan.prior)?, read(&plan.planned)?)
    else {
        return Ok(None);
    };
    let (private, requires_replace) = (plan.private.clone(), plan.requires_replace.clone());
    Ok(Some(Plan { config, prior, planned, private, requires_replace }))
}

/// The same change around the model. What is set through one is set in the other.
fn typed_change<M: serde::de::DeserializeOwned>(change: &Change<Value>) -> Result<Change<M>, Diagnostics> {
    let config = change.config.as_ref().map(model::configuration).transpose()?;
    Ok(Change { config, private: change.private.clone(), state: change.state.clone() })
}
