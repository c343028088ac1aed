use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde::de::DeserializeOwned;

use crate::schema::Schema;
use crate::{
    Actions, Context, DataSources, Diagnostic, Diagnostics, EphemeralResources, Functions, Resources,
};

/// A provider: its configuration, and what it registers.
///
/// The lists are read once. Each of their members usually holds a clone of the provider's [`Configured`] slot, which
/// [`configure`](Self::configure) fills.
pub trait Provider: Send + Sync + 'static {
    /// The model of the provider block. Anything in it may be unknown while planning.
    type Config: DeserializeOwned + Send;

    /// The source address in full, such as `registry.terraform.io/example/example`: the name by which Terraform attaches to a
    /// provider that was started with `-debug`.
    fn address(&self) -> Option<&str> {
        None
    }

    /// The shape of the provider block.
    fn schema(&self) -> Schema;

    /// Checks the provider block. It is not called while a value is unknown that the model has no place for.
    fn validate(
        &self,
        _config: &Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Takes the provider block. A later call replaces what an earlier one set.
    fn configure(
        &self,
        config: Self::Config,
        context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;

    /// The data sources.
    fn data_sources(&self) -> DataSources {
        Vec::new()
    }

    /// The managed resources.
    fn resources(&self) -> Resources {
        Vec::new()
    }

    /// The functions.
    fn functions(&self) -> Functions {
        Vec::new()
    }

    /// The ephemeral resources.
    fn ephemeral_resources(&self) -> EphemeralResources {
        Vec::new()
    }

    /// The actions.
    fn actions(&self) -> Actions {
        Vec::new()
    }
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
