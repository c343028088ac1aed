use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::erased::Typed;
use crate::schema::{IdentitySchema, Schema};
use crate::{Context, Diagnostic, Diagnostics, DynResource, PrivateState, Registered, Value, to_value};

mod adopted;
mod plan;
mod stored;

pub use adopted::Adopted;
pub use plan::{CreatePlan, DeletePlan, Plan, UpdatePlan};
pub use stored::{Import, MovedState, StoredState};

/// A managed resource: something that Terraform creates, changes and deletes.
///
/// One model serves configuration, plan and state. Its computed fields are [`Attr`](crate::Attr)s, unknown until the object is
/// made. What a schema says about [defaults](crate::schema::Attribute::default_value),
/// [replacement](crate::schema::Attribute::requires_replace) and [kept values](crate::schema::Attribute::use_state_for_unknown) is done
/// before [`plan`](Self::plan) is asked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no resource of a provider whose client is `{C}`",
    note = "write `impl Resource<{C}> for {Self}`, with the type that the provider's `Client` has"
)]
pub trait Resource<C: Send + Sync + 'static = ()>: Send + Sync + 'static {
    /// The model of configuration, plan and state.
    type Model: DeserializeOwned + Serialize + Send + Sync;

    /// The whole name, such as `example_server`.
    fn name(&self) -> &str;

    /// The shape of configuration and state.
    fn schema(&self) -> Schema;

    /// Checks the configuration, which may hold unknown values. It is not called while a value is unknown that the model
    /// has no place for.
    fn validate(
        &self,
        _config: &Self::Model,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Changes the plan that Terraform and the schema have made. It is called while planning and again before applying, and
    /// not while a value is unknown that the model has no place for. To plan no change after all,
    /// set `planned` to a copy of `prior`: by now the computed values that a change would touch are unknown.
    fn plan(
        &self,
        _plan: Plan<'_, Self::Model>,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        // A type that `check` knows: it tells whether this is all there is.
        std::future::ready(Ok(()))
    }

    /// Makes the object. The result keeps every known value of the plan and knows the rest.
    fn create(
        &self,
        planned: Self::Model,
        change: &mut Change<Self::Model>,
        context: &Context<C>,
    ) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send;

    /// Reads the object: returns its current state, or none if it no longer exists. The default returns the stored state.
    fn read(
        &self,
        state: Self::Model,
        _private: &mut PrivateState,
        _context: &Context<C>,
    ) -> impl Future<Output = Result<Option<Self::Model>, Diagnostics>> + Send {
        async move { Ok(Some(state)) }
    }

    /// Changes the object in place. The result keeps every known value of the plan and knows the rest.
    fn update(
        &self,
        _prior: Self::Model,
        _planned: Self::Model,
        _change: &mut Change<Self::Model>,
        _context: &Context<C>,
    ) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send {
        async move {
            let detail =
                format!("`{}` has no changes in place; its schema should replace it instead.", self.name());
            Err(Diagnostic::error("Resource cannot be updated", detail).into())
        }
    }

    /// Deletes the object. The default only removes it from state.
    fn delete(
        &self,
        _state: Self::Model,
        _change: &mut Change<Self::Model>,
        _context: &Context<C>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Takes over an existing object: as a whole model, or by what is known of it, often no more than
    /// [one attribute](Import::into_attribute). What the state lacks is added by the [`read`](Self::read) that follows.
    fn import(
        &self,
        _import: Import,
        _context: &Context<C>,
    ) -> impl Future<Output = Result<Adopted<Self::Model>, Diagnostics>> + Send {
        async move {
            let detail = format!("`{}` does not support import.", self.name());
            Err(Diagnostic::error("Resource cannot be imported", detail).into())
        }
    }

    /// Brings a state that an older schema version has stored to the current one. The provider may not be configured then.
    fn upgrade(
        &self,
        stored: StoredState,
        _context: &Context,
    ) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send {
        async move { Err(stored.too_old(self.name())) }
    }

    /// Takes over the state of another resource type, perhaps of another provider (`moved` blocks); none if it cannot. The
    /// provider is not configured then; what the state lacks is added by the [`read`](Self::read) that follows.
    fn move_state(
        &self,
        _moved: MovedState,
        _context: &Context,
    ) -> impl Future<Output = Result<Option<Adopted<Self::Model>>, Diagnostics>> + Send {
        async { Ok(None) }
    }

    /// How a configuration of the object with this state is written, for `terraform plan -generate-config-out` and `query`
    /// (Terraform 1.14). Without it, as the state has it. What a configuration cannot set is left out in any case; this is the
    /// place to drop arguments that exclude each other.
    fn generate_config(&self, state: Self::Model) -> Result<Self::Model, Diagnostics> {
        Ok(state)
    }

    /// The shape of what identifies an object, if it has an identity (Terraform 1.12).
    fn identity_schema(&self) -> Option<IdentitySchema> {
        None
    }

    /// What identifies the object of this state: a model of the [`identity_schema`](Self::identity_schema), by
    /// [`to_value`].
    fn identity(&self, _state: &Self::Model) -> Result<Value, Diagnostics> {
        Ok(Value::Null)
    }

    /// Brings an identity that an older version has stored to the current one.
    fn upgrade_identity(&self, stored: StoredState) -> Result<Value, Diagnostics> {
        Err(stored.too_old(self.name()))
    }
}

/// The managed resources of a provider: `Resources::new().with(One).with(Other)`.
pub type Resources<C = ()> = Registered<dyn DynResource, C>;

impl<C: Send + Sync + 'static> Resources<C> {
    /// Adds one.
    #[must_use]
    pub fn with(self, resource: impl Resource<C>) -> Self {
        self.and(Box::new(Typed::new(resource)))
    }
}

/// What a change knows and keeps beside the state.
#[derive(Debug)]
pub struct Change<M> {
    /// What the configuration says: the one place where write-only values are. None when the object is deleted.
    pub config: Option<M>,
    /// The provider's own values, stored beside the state and never shown.
    pub private: PrivateState,
    pub(crate) state: PartialState,
}

/// A state on its way to be stored, even past a panic.
pub(crate) type PartialState = Arc<Mutex<Option<Value>>>;

impl<M: Serialize> Change<M> {
    /// Stores this state even if the change fails from here on. Without it a failed creation leaves nothing, and any other
    /// failed change the state before it. A created object that failed is tainted: the next apply replaces it.
    pub fn set_state(&self, state: &M) -> Result<(), Diagnostics> {
        let state = to_value(state)?;
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
        Ok(())
    }
}

impl<M> Change<M> {
    /// A change with this configuration and this private state; the server makes its own, so this is for tests.
    pub fn new(config: Option<M>, private: PrivateState) -> Self {
        Change { config, private, state: PartialState::default() }
    }

    /// The state that was set last.
    pub fn state(&self) -> Option<Value> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
