//! Drives a provider as Terraform does, so that its author can test it without Terraform.
//!
//! A [`Client`] talks to a provider [in the test's own process](Client::in_process), or to the built program, started
//! [through the real handshake](Process) with mutual TLS. It reads the schemas, sends every call over gRPC, completes
//! configurations, proposes states, holds what comes back to Terraform's rules, and hands errors back as [`Diagnostics`].
//!
//! Behind the feature `testing`:
//!
//! ```toml
//! [dev-dependencies]
//! tfplugin = { version = "0.1", features = ["testing"] }
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use tfplugin_proto::goplugin::Empty;
use tfplugin_proto::goplugin::grpc_controller_client::GrpcControllerClient;
use tfplugin_proto::tfplugin6 as proto;
use tfplugin_proto::tfplugin6::provider_client::ProviderClient;
use tokio::io::duplex;
use tonic::transport::Channel;

use crate::server::{Connection, Operations, Plugin, ServeMode, serve_connections};
use crate::{Deferral, Diagnostic, Diagnostics, Provider, Value, codec};

mod conformance;
mod connect;
mod function;
mod kinds;
mod list;
mod process;

mod resource;
mod schemas;

pub use process::{Process, StartError};
pub use resource::{Planned, State};
use schemas::Schemas;

/// A connection to a provider, speaking as Terraform does.
///
/// What Terraform rejects fails here as well, with what Terraform calls it: a plan that changes what is configured, a result
/// that is not as planned, unknown values where everything is known by then. A configuration that does not fit the schema is
/// the test's own mistake, and is never sent.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use tfplugin::schema::{Attribute, Schema};
/// # use tfplugin::{Context, DataSource, DataSources, Diagnostics, Provider};
/// # struct Example;
/// # #[derive(Deserialize)]
/// # struct Nothing {}
/// # impl Provider for Example {
/// #     type Config = Nothing;
/// #     type Client = ();
/// #     fn schema(&self) -> Schema {
/// #         Schema::new("Doubles.")
/// #     }
/// #     async fn configure(&self, _: Nothing, _: &Context) -> Result<(), Diagnostics> {
/// #         Ok(())
/// #     }
/// #     fn data_sources(&self) -> DataSources {
/// #         DataSources::new().with(Twice)
/// #     }
/// # }
/// # struct Twice;
/// # #[derive(Deserialize, Serialize)]
/// # struct TwiceModel {
/// #     number: i64,
/// #     result: Option<i64>,
/// # }
/// # impl DataSource for Twice {
/// #     type Config = TwiceModel;
/// #     type State = TwiceModel;
/// #     fn name(&self) -> &'static str {
/// #         "example_twice"
/// #     }
/// #     fn schema(&self) -> Schema {
/// #         let number = Attribute::number("number").required();
/// #         Schema::new("").attribute(number).attribute(Attribute::number("result").computed())
/// #     }
/// #     async fn read(&self, config: TwiceModel, _: &Context) -> Result<TwiceModel, Diagnostics> {
/// #         Ok(TwiceModel { result: Some(2 * config.number), ..config })
/// #     }
/// # }
/// use tfplugin::{Number, Value};
/// use tfplugin::testing::Client;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Diagnostics> {
/// let client = Client::in_process(Example).await?;
/// let state = client.read_data_source("example_twice", Value::object([("number", 21.into())])).await?;
/// assert_eq!(state.get("result"), Some(&42.into()));
///
/// let wrong = client.read_data_source("example_twice", Value::object([("number", "1.5".parse::<Number>()?.into())])).await;
/// let wrong = wrong.unwrap_err().to_string();
/// assert_eq!(wrong, "Invalid configuration (number): Expected a whole number, found 1.5.");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient<Channel>,
    controller: GrpcControllerClient<Channel>,
    schemas: Schemas,
    terraform_version: String,
    deferral_allowed: bool,
    provider_meta: Option<proto::DynamicValue>,
    warnings: Mutex<Vec<Diagnostic>>,
    deferral: Mutex<Option<Deferral>>,
    process: Option<Process>,
}

impl Client {
    /// Serves the provider within this process, over a pipe.
    pub async fn in_process(provider: impl Provider) -> Result<Client, Diagnostics> {
        let (ours, theirs) = duplex(64 * 1024);
        let plugin = Arc::new(Plugin::new(provider, ServeMode::OneRun, Operations::InPlace));
        tokio::spawn(serve_connections(plugin, Connection::only(theirs)));
        Client::over(connect::through(ours).await?, None).await
    }

    /// Talks to a provider that was started by [`Process::start`], and ends it when dropped.
    pub async fn connect(process: Process) -> Result<Client, Diagnostics> {
        let channel = process.connect().await?;
        Client::over(channel, Some(process)).await
    }

    async fn over(channel: Channel, process: Option<Process>) -> Result<Client, Diagnostics> {
        // As much as Terraform itself takes.
        let mut provider = ProviderClient::new(channel.clone()).max_decoding_message_size(usize::MAX);
        let response =
            provider.get_provider_schema(proto::get_provider_schema::Request::default()).await?.into_inner();
        let schema = succeeded(response.diagnostics.clone())?;
        let identities =
            provider.get_resource_identity_schemas(proto::get_resource_identity_schemas::Request {});
        let schemas = Schemas::read(&response, &identities.await?.into_inner())?;
        Ok(Client {
            provider,
            controller: GrpcControllerClient::new(channel),
            schemas,
            terraform_version: "1.15.5".into(),
            deferral_allowed: false,
            provider_meta: None,
            warnings: Mutex::new(schema),
            deferral: Mutex::default(),
            process,
        })
    }

    /// The same client as a Terraform of this version, which is told when the provider is configured.
    #[must_use]
    pub fn with_terraform_version(mut self, version: impl Into<String>) -> Self {
        self.terraform_version = version.into();
        self
    }

    /// The same client of a Terraform that accepts [deferred](crate::Context::defer) changes: what is deferred is in
    /// [`take_deferral`](Self::take_deferral).
    #[must_use]
    pub fn with_deferral(mut self) -> Self {
        self.deferral_allowed = true;
        self
    }

    /// The same client of a module with this `provider_meta` block.
    pub fn with_provider_meta(mut self, meta: Value) -> Result<Self, Diagnostics> {
        let Some(shape) = &self.schemas.provider_meta else {
            return Err(Diagnostic::error("The provider has no schema for `provider_meta`", "").into());
        };
        self.provider_meta = Some(shape.config(meta)?);
        Ok(self)
    }

    /// Checks a provider block, then configures the provider with it.
    pub async fn configure(&self, config: Value) -> Result<(), Diagnostics> {
        let config = Some(self.schemas.provider.config(config)?);
        let request = proto::validate_provider_config::Request { config: config.clone() };
        self.noted(self.rpc().validate_provider_config(request).await?.into_inner().diagnostics)?;
        let request = proto::configure_provider::Request {
            terraform_version: self.terraform_version.clone(),
            config,
            client_capabilities: Some(self.capabilities()),
        };
        self.noted(self.rpc().configure_provider(request).await?.into_inner().diagnostics)
    }

    /// Asks running calls to stop, as Ctrl-C does.
    pub async fn stop(&self) -> Result<(), Diagnostics> {
        self.rpc().stop_provider(proto::stop_provider::Request {}).await?;
        Ok(())
    }

    /// Says that nothing more will come. A process of its own has a moment to end.
    pub async fn shut_down(mut self) -> Result<(), Diagnostics> {
        self.controller.shutdown(Empty {}).await?;
        match self.process.take() {
            Some(process) => process.ended().await,
            None => Ok(()),
        }
    }

    /// The warnings since the last time.
    pub fn take_warnings(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why the last call was put off, if it was.
    pub fn take_deferral(&self) -> Option<Deferral> {
        self.deferral.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_put_off(&self) -> bool {
        self.deferral.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Keeps why the call was put off, and says whether it was.
    fn is_deferred(&self, deferred: Option<proto::Deferred>) -> bool {
        let deferral = deferred.and_then(|deferred| Deferral::try_from(deferred).ok());
        *self.deferral.lock().unwrap_or_else(PoisonError::into_inner) = deferral;
        deferral.is_some()
    }

    /// What this client can do, which is all that one of Terraform 1.15 can.
    fn capabilities(&self) -> proto::ClientCapabilities {
        proto::ClientCapabilities {
            deferral_allowed: self.deferral_allowed,
            write_only_attributes_allowed: true,
            ..Default::default()
        }
    }

    /// A channel is cheap to clone, and each call needs one of its own.
    fn rpc(&self) -> ProviderClient<Channel> {
        self.provider.clone()
    }

    /// Keeps the warnings; errors fail.
    fn noted(&self, diagnostics: Vec<proto::Diagnostic>) -> Result<(), Diagnostics> {
        let warnings = succeeded(diagnostics)?;
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).extend(warnings);
        Ok(())
    }
}

/// The warnings, if there is nothing worse.
fn succeeded(diagnostics: Vec<proto::Diagnostic>) -> Result<Vec<Diagnostic>, Diagnostics> {
    let error = |diagnostic: &Diagnostic| diagnostic.severity() == crate::Severity::Error;
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics.into_iter().map(Diagnostic::from).partition(error);
    errors.into_iter().collect::<Diagnostics>().into_result()?;
    Ok(warnings)
}

fn unknown(kind: &str, name: &str) -> Diagnostics {
    Diagnostic::error(format!("The provider has no {kind} `{name}`"), "").into()
}

/// The response's value, which a success must have.
fn present(value: Option<&proto::DynamicValue>, ty: &crate::Type) -> Result<Value, Diagnostics> {
    if value.is_none() {
        return Err(Diagnostic::error("The provider returned neither a value nor an error", "").into());
    }
    codec::read(value, ty)
}
