use std::any::Any;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde::de::DeserializeOwned;

use crate::schema::Schema;
use crate::{
    Actions, Context, DataSources, Diagnostic, Diagnostics, EphemeralResources, Functions, Resources,
};

/// A provider: its configuration, its client, and what it registers.
///
/// Only [`Config`](Self::Config) and [`Client`](Self::Client) have to be given. With `()` for both, a provider needs neither a
/// [`schema`](Self::schema) nor [`configure`](Self::configure).
pub trait Provider: Send + Sync + 'static {
    /// The model of the provider block.
    type Config: DeserializeOwned + Send;

    /// What operations work with, such as a client of the API: [`configure`](Self::configure) makes it, and
    /// [`Context::client`] gives it to them. `()` if they need nothing.
    type Client: Send + Sync + 'static;

    /// The source address in full, such as `registry.terraform.io/example/example`: the name by which Terraform attaches to a
    /// provider that was started with `-debug`.
    fn address(&self) -> Option<&str> {
        None
    }

    /// The shape of the provider block.
    fn schema(&self) -> Schema {
        Schema::new("")
    }

    /// The shape of `provider_meta` blocks, in which a module says something to the provider; read by
    /// [`Context::provider_meta`].
    fn meta_schema(&self) -> Option<Schema> {
        None
    }

    /// Checks the provider block. It is not called while a value is unknown that the model has no place for.
    fn validate(
        &self,
        _config: &Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Makes the client. A later one replaces it.
    ///
    /// While planning, the provider block may refer to values that are not known yet. If the model has no place for one
    /// ([`Attr`](crate::Attr) has), this is not called, and operations that need the client fail with an error that says so.
    fn configure(
        &self,
        _config: Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<Self::Client, Diagnostics>> + Send {
        async { unconfigured() }
    }

    /// The data sources.
    fn data_sources(&self) -> DataSources<Self::Client> {
        DataSources::new()
    }

    /// The managed resources.
    fn resources(&self) -> Resources<Self::Client> {
        Resources::new()
    }

    /// The functions.
    fn functions(&self) -> Functions {
        Functions::new()
    }

    /// The ephemeral resources.
    fn ephemeral_resources(&self) -> EphemeralResources<Self::Client> {
        EphemeralResources::new()
    }

    /// The actions.
    fn actions(&self) -> Actions<Self::Client> {
        Actions::new()
    }
}

/// The client of a provider that has no `configure`: there is one only if it is `()`.
fn unconfigured<C: 'static>() -> Result<C, Diagnostics> {
    let unit: Box<dyn Any> = Box::new(());
    unit.downcast::<C>().map(|client| *client).map_err(|_| {
        let detail = "It has a client and no `configure` that makes it. This is a bug in the provider.";
        Diagnostic::error("Provider cannot be configured", detail).into()
    })
}

/// A slot that a provider fills when it is configured, and that its data sources, resources and so on read.
///
/// ```
/// use tfplugin::Configured;
///
/// let slot = Configured::new();
/// let in_a_data_source = slot.clone();
/// assert!(in_a_data_source.get().is_err());
/// slot.set("https://example.com".to_string());
/// assert_eq!(*in_a_data_source.get()?, "https://example.com");
/// slot.clear();
/// assert!(in_a_data_source.get().is_err());
/// # Ok::<(), tfplugin::Diagnostics>(())
/// ```
pub struct Configured<T>(Arc<RwLock<Option<Arc<T>>>>);

impl<T> Configured<T> {
    /// Empty until the provider is configured.
    pub fn new() -> Self {
        Configured(Arc::default())
    }

    /// Fills it, in place of what was there.
    pub fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(value));
    }

    /// Empties it, where the configuration is not known: a provider that several runs attach to is configured anew by each.
    pub fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What the provider was configured with. Validation, functions, upgrades of stored state and `moved` blocks come before
    /// that; everything else may rely on it, unless [`configure`](Provider::configure) empties the slot because the
    /// provider block is not wholly known while planning.
    pub fn get(&self) -> Result<Arc<T>, Diagnostics> {
        let value = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        value.ok_or_else(|| {
            let detail = "Either its configuration is not known yet, or this comes before Terraform configures a provider: \
                          validation, functions, upgrades of stored state, and `moved` blocks.";
            Diagnostic::error("Provider is not configured", detail).into()
        })
    }
}

impl<T> Clone for Configured<T> {
    fn clone(&self) -> Self {
        Configured(Arc::clone(&self.0))
    }
}

impl<T> Default for Configured<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Configured<T> {
    /// Without the value, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configured").finish_non_exhaustive()
    }
}
