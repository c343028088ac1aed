use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tfplugin_proto::tfplugin6 as proto;
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, error_span};

use super::operations::Operations;
use crate::context::{Configuration, RequestInfo};
use crate::registry::{Registry, Shape};
use crate::{Context, Diagnostic, Diagnostics, DynProvider, Severity, Value, panic};

/// A provider in service: its registry, made when first needed, and its calls.
pub(crate) struct Plugin {
    pub(super) provider: Box<dyn DynProvider>,
    pub(super) operations: Operations,
    shape: OnceLock<Shape>,
    meta_shape: OnceLock<Option<Shape>>,
    registry: OnceLock<Registry>,
    configuration: RwLock<RequestInfo>,
    calls: AtomicU64,
    stops: Mutex<Stops>,
    mode: ServeMode,
}

/// How long a process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServeMode {
    /// For one walk of Terraform's: once stopped, later calls are stopped as well.
    OneRun,
    /// For any number of runs that attach to it: a stop concerns only the calls under way.
    ManyRuns,
}

impl Plugin {
    pub(crate) fn new(provider: impl DynProvider, mode: ServeMode, operations: Operations) -> Self {
        Plugin {
            provider: Box::new(provider),
            operations,
            shape: OnceLock::new(),
            meta_shape: OnceLock::new(),
            registry: OnceLock::new(),
            configuration: RwLock::default(),
            calls: AtomicU64::new(0),
            stops: Mutex::default(),
            mode,
        }
    }

    /// The shape of the provider block.
    pub(super) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| self.provider.schema().into())
    }

    /// Reads a `provider_meta` block, which a provider without a schema for it never gets.
    pub(super) fn provider_meta(&self, sent: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        match self.meta_shape() {
            Some(shape) => shape.read(sent),
            None => Ok(Value::Null),
        }
    }

    /// The shape of `provider_meta` blocks, if there are any.
    pub(super) fn meta_shape(&self) -> Option<&Shape> {
        self.meta_shape.get_or_init(|| self.provider.meta_schema().map(Shape::from)).as_ref()
    }

    pub(super) fn registry(&self) -> &Registry {
        self.registry.get_or_init(|| Registry::of(&*self.provider))
    }

    /// What is known of the client and of the configuration when a call comes.
    fn request_info(&self) -> RequestInfo {
        self.configuration.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a configuration in place of an earlier one.
    pub(super) fn set_configuration(&self, configuration: Configuration, terraform_version: String) {
        let terraform_version = Some(terraform_version).filter(|version| !version.is_empty()).map(Arc::from);
        let known = RequestInfo { configuration, terraform_version, ..RequestInfo::default() };
        *self.configuration.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// Asks the calls under way to end soon.
    pub(super) fn stop(&self) {
        let mut stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.under_way.cancel();
        stops.under_way = CancellationToken::new();
        if self.mode == ServeMode::OneRun {
            stops.for_good.cancel();
        }
    }

    /// A call of this name, to be [run](Call::run). Once the process is stopped, it is stopped from the start.
    pub(super) fn call<'a>(&'a self, rpc: &'static str, about: About<'a>) -> Call<'a> {
        let stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
        let stopped = stops.for_good.is_cancelled();
        let stop = if stopped { stops.for_good.clone() } else { stops.under_way.clone() };
        self.call_stopped_by(stop, rpc, about)
    }

    /// The same for a call that cleans up: only a later stop concerns it.
    pub(super) fn cleanup<'a>(&'a self, rpc: &'static str, about: About<'a>) -> Call<'a> {
        let stop = self.stops.lock().unwrap_or_else(PoisonError::into_inner).under_way.clone();
        self.call_stopped_by(stop, rpc, about)
    }

    fn call_stopped_by<'a>(
        &'a self,
        stop: CancellationToken,
        rpc: &'static str,
        about: About<'a>,
    ) -> Call<'a> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let (request, provider) = (self.request_info(), self.provider.address());
        let context = Context::of_call(stop.clone(), request.clone());
        Call { rpc, about, number, provider, stop, request, context }
    }
}

/// What stops calls.
#[derive(Debug, Default)]
struct Stops {
    /// Those under way; replaced by each stop.
    under_way: CancellationToken,
    /// All later ones, too.
    for_good: CancellationToken,
}

/// A failure has an error: without one, Terraform would take the response for a success.
fn with_an_error(mut diagnostics: Diagnostics) -> Diagnostics {
    if diagnostics.iter().all(|each| each.severity() == Severity::Warning) {
        let detail = "It failed with warnings alone. The provider should give warnings to its context and return the result.";
        diagnostics.push(Diagnostic::error("Provider returned no result", detail));
    }
    diagnostics
}

/// What a call is about, by name.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    Provider,
    DataSource(&'a str),
    Resource(&'a str),
    Function(&'a str),
    EphemeralResource(&'a str),
    ListResource(&'a str),
    Action(&'a str),
}

/// One call of the client's.
pub(super) struct Call<'a> {
    rpc: &'static str,
    about: About<'a>,
    number: u64,
    provider: Option<&'a str>,
    stop: CancellationToken,
    request: RequestInfo,
    pub(super) context: Context,
}

impl Call<'_> {
    /// The same call of a client that can do this.
    pub(super) fn able_to(self, capabilities: Option<proto::ClientCapabilities>) -> Self {
        let capabilities = capabilities.map(Into::into).unwrap_or_default();
        let request = RequestInfo { capabilities, ..self.request.clone() };
        Call { context: Context::of_call(self.stop.clone(), request), ..self }
    }

    /// Why the change is put off, if it is.
    pub(super) fn deferred(&self) -> Option<proto::Deferred> {
        self.context.deferral().map(Into::into)
    }

    /// Does the work. Its failure or panic, and the warnings on the way, become the diagnostics of the response.
    pub(super) async fn run<T>(
        &self,
        work: impl Future<Output = Result<T, Diagnostics>>,
    ) -> (Option<T>, Vec<proto::Diagnostic>) {
        let (value, errors) = match self.observed(work).await {
            Ok(value) => (Some(value), Diagnostics::new()),
            Err(errors) => (None, with_an_error(errors)),
        };
        let all: Diagnostics =
            self.context.take_warnings().into_iter().chain(panic::take_lost()).chain(errors).collect();
        (value, all.into_iter().map(Into::into).collect())
    }

    /// The same with the failure as it is.
    pub(super) async fn observed<T>(
        &self,
        work: impl Future<Output = Result<T, Diagnostics>>,
    ) -> Result<T, Diagnostics> {
        let work = async {
            tracing::trace!("called");
            let result = panic::caught(work).await;
            tracing::trace!(errors = result.as_ref().err().map_or(0, Diagnostics::len), "responded");
            result
        };
        work.instrument(self.span()).await
    }

    /// What the log says with every event of the call, by the keys of HashiCorp's SDKs. At the level of errors, so that it is
    /// there whatever is logged.
    fn span(&self) -> Span {
        let span = error_span!(
            "call",
            tf_provider_addr = self.provider,
            tf_rpc = self.rpc,
            tf_req_id = %format_args!("{}-{}", std::process::id(), self.number),
            tf_proto_version = super::handshake::PROTOCOL,
            tf_data_source_type = Empty,
            tf_resource_type = Empty,
            tf_function = Empty,
            tf_ephemeral_resource_type = Empty,
            tf_list_resource_type = Empty,
            tf_action_type = Empty,
        );
        match self.about {
            About::Provider => &span,
            About::DataSource(name) => span.record("tf_data_source_type", name),
            About::Resource(name) => span.record("tf_resource_type", name),
            About::Function(name) => span.record("tf_function", name),
            About::EphemeralResource(name) => span.record("tf_ephemeral_resource_type", name),
            About::ListResource(name) => span.record("tf_list_resource_type", name),
            About::Action(name) => span.record("tf_action_type", name),
        };
        span
    }
}
