use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::async_trait;

use super::{Sealed, Typed};
use crate::model::Fields;
use crate::schema::{IdentitySchema, Schema};
use crate::{
    Adopted, Change, Context, CreatePlan, DeletePlan, Diagnostics, Import, MovedState, Plan, PrivateState,
    Resource, StoredState, Type, UpdatePlan, Value, from_value, model, to_value,
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

    /// The state after a round trip through the model; none if the model does not accept a value.
    #[doc(hidden)]
    fn unchanged(&self, state: &Value) -> Option<Value>;

    /// What is wrong with the known parts of a configuration, as the model sees it.
    #[doc(hidden)]
    fn configuration_errors(&self, config: &Value) -> Diagnostics;

    /// Whether the resource has a [`plan`](Resource::plan) of its own.
    #[doc(hidden)]
    fn modifies_plan(&self) -> bool;

    /// See [`Resource::validate`].
    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics>;

    /// See [`Resource::plan`].
    async fn plan(&self, plan: Plan<'_, Value>, context: &Context) -> Result<(), Diagnostics>;

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
    async fn import(&self, import: Import, context: &Context) -> Result<Adopted<Value>, Diagnostics>;

    /// See [`Resource::upgrade`].
    async fn upgrade(&self, stored: StoredState, context: &Context) -> Result<Value, Diagnostics>;

    /// See [`Resource::move_state`].
    async fn move_state(
        &self,
        moved: MovedState,
        context: &Context,
    ) -> Result<Option<Adopted<Value>>, Diagnostics>;

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

    fn unchanged(&self, state: &Value) -> Option<Value> {
        to_value(&from_value::<R::Model>(state.clone()).ok()?).ok()
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        model::configuration_errors::<R::Model>(config)
    }

    fn modifies_plan(&self) -> bool {
        let own =
            name_of_future(|resource: &R, plan: Plan<'_, R::Model>, context| resource.plan(plan, context));
        own != std::any::type_name::<std::future::Ready<Result<(), Diagnostics>>>()
    }

    async fn validate(&self, config: Value, context: &Context) -> Result<(), Diagnostics> {
        match model::for_validation(&config)? {
            Some(config) => {
                self.inner.validate(&config, context).await.or_else(|found| context.report(found))
            }
            None => Ok(()),
        }
    }

    async fn plan(&self, plan: Plan<'_, Value>, context: &Context) -> Result<(), Diagnostics> {
        match plan {
            Plan::Create(CreatePlan { config, planned, private }) => {
                let (Some(config), Some(mut after)) = (known(config)?, PlannedModel::read(planned)?) else {
                    return Ok(());
                };
                let plan = Plan::Create(CreatePlan { config: &config, planned: &mut after.model, private });
                self.inner.plan(plan, context).await.or_else(|found| context.report(found))?;
                after.write(planned)
            }
            Plan::Update(UpdatePlan { config, prior, planned, requires_replace, private }) => {
                let (Some(config), Some(prior), Some(mut after)) =
                    (known(config)?, known(prior)?, PlannedModel::read(planned)?)
                else {
                    return Ok(());
                };
                let update = UpdatePlan::new(&config, &prior, &mut after.model, requires_replace, private);
                self.inner
                    .plan(Plan::Update(update), context)
                    .await
                    .or_else(|found| context.report(found))?;
                after.write(planned)
            }
            Plan::Delete(DeletePlan { prior, private }) => {
                let Some(prior) = known(prior)? else { return Ok(()) };
                let plan = Plan::Delete(DeletePlan { prior: &prior, private });
                self.inner.plan(plan, context).await.or_else(|found| context.report(found))
            }
        }
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

    async fn import(&self, import: Import, context: &Context) -> Result<Adopted<Value>, Diagnostics> {
        self.inner.import(import, &context.configured()?).await?.into_values()
    }

    async fn upgrade(&self, stored: StoredState, context: &Context) -> Result<Value, Diagnostics> {
        Ok(to_value(&self.inner.upgrade(stored, context).await?)?)
    }

    async fn move_state(
        &self,
        moved: MovedState,
        context: &Context,
    ) -> Result<Option<Adopted<Value>>, Diagnostics> {
        self.inner.move_state(moved, context).await?.map(Adopted::into_values).transpose()
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

fn state<M: DeserializeOwned>(value: &Value) -> Result<M, Diagnostics> {
    model::read_state(value, "State does not fit the resource's model")
}

/// None while a value is unknown that the model has no place for: then there is nothing to decide yet.
fn known<M: DeserializeOwned>(value: &Value) -> Result<Option<M>, Diagnostics> {
    model::once_known(value, "Plan does not fit the resource's model")
}

/// The state after a change, around the model.
struct PlannedModel<M> {
    model: M,
    before: Value,
}

impl<M: DeserializeOwned + Serialize> PlannedModel<M> {
    fn read(planned: &Value) -> Result<Option<Self>, Diagnostics> {
        let Some(model) = known(planned)? else { return Ok(None) };
        let before = to_value(&model)?;
        Ok(Some(PlannedModel { model, before }))
    }

    /// An untouched plan stays as it came, with whatever the model has no field for.
    fn write(self, planned: &mut Value) -> Result<(), Diagnostics> {
        let after = to_value(&self.model)?;
        if after != self.before {
            *planned = after;
        }
        Ok(())
    }
}

/// The name of the future that a method returns, which is never called.
fn name_of_future<'p, R: 'p, M: 'p, F>(_: impl FnOnce(&'p R, Plan<'p, M>, &'p Context) -> F) -> &'static str {
    std::any::type_name::<F>()
}

/// The same change around the model. What is set through one is set in the other.
fn typed_change<M: DeserializeOwned>(change: &Change<Value>) -> Result<Change<M>, Diagnostics> {
    let config = change.config.as_ref().map(model::configuration).transpose()?;
    Ok(Change { config, private: change.private.clone(), state: change.state.clone() })
}
