use std::any::Any;

use serde::de::DeserializeOwned;

use crate::schema::Schema;
use crate::{
    Actions, Context, DataSources, Diagnostic, Diagnostics, EphemeralResources, Functions, ListResources,
    Resources,
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

    /// The shape of `provider_meta` blocks, by which a module passes values to the provider; read by
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

    /// The list resources (`terraform query`).
    fn list_resources(&self) -> ListResources<Self::Client> {
        ListResources::new()
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
