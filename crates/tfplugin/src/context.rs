use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tfplugin_proto::tfplugin6 as proto;
use tokio_util::sync::CancellationToken;

use crate::erased::DynClient;
use crate::{Diagnostic, Diagnostics, Severity, Value, duration, from_value};

/// The surroundings of an operation: the client, Ctrl-C, warnings, and what Terraform sent with the call.
///
/// `C` is the provider's client, which [`Provider::configure`](crate::Provider::configure) has made. Operations that may run
/// before a provider is configured (validation, planning, functions, upgrades, moves) have a context without one. A clone belongs
/// to the same call.
///
/// ```
/// # struct Client;
/// # impl Client {
/// #     async fn get(&self, path: &str) -> Result<String, std::io::Error> { Ok(path.to_owned()) }
/// # }
/// use tfplugin::{Context, Diagnostics};
///
/// async fn read(name: &str, context: &Context<Client>) -> Result<String, Diagnostics> {
///     // Ctrl-C ends the request.
///     Ok(context.race(context.client().get(name)).await??)
/// }
/// ```
pub struct Context<C = ()> {
    client: Arc<C>,
    call: Arc<Call>,
}

/// What all contexts of one call share.
#[derive(Default)]
struct Call {
    stop: CancellationToken,
    warnings: Mutex<Vec<Diagnostic>>,
    deferral: Mutex<Option<Deferral>>,
    request: RequestInfo,
    identity: OnceLock<Value>,
    provider_meta: OnceLock<Value>,
}

/// What the client has sent beside the values of the call.
#[derive(Clone, Default)]
pub(crate) struct RequestInfo {
    pub(crate) configuration: Configuration,
    pub(crate) terraform_version: Option<Arc<str>>,
    pub(crate) capabilities: ClientCapabilities,
}

/// How far the provider is configured.
#[derive(Clone, Default)]
pub(crate) enum Configuration {
    /// Not at all: the call comes before that.
    #[default]
    Missing,
    /// Its provider block holds unknown values that the model has no place for.
    Unknown,
    /// It has made this client.
    Client(DynClient),
}

impl fmt::Debug for RequestInfo {
    /// Without the client, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestInfo").field("capabilities", &self.capabilities).finish_non_exhaustive()
    }
}

/// What the Terraform that calls can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCapabilities {
    /// It accepts deferred changes. Terraform sets it in every call of an apply as well, which is no reason to defer there.
    pub deferral_allowed: bool,
    /// It keeps write-only values out of plans and states (Terraform 1.11).
    pub write_only_attributes_allowed: bool,
}

/// Why a change is put off to a later plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deferral {
    /// The configuration of the resource is not known yet.
    ResourceConfigUnknown,
    /// The configuration of the provider is not known yet.
    ProviderConfigUnknown,
    /// Something that the object needs does not exist yet.
    AbsentPrereq,
}

impl From<proto::ClientCapabilities> for ClientCapabilities {
    fn from(capabilities: proto::ClientCapabilities) -> Self {
        let proto::ClientCapabilities { deferral_allowed, write_only_attributes_allowed, .. } = capabilities;
        ClientCapabilities { deferral_allowed, write_only_attributes_allowed }
    }
}

impl From<Deferral> for proto::Deferred {
    fn from(deferral: Deferral) -> Self {
        use proto::deferred::Reason;
        let reason = match deferral {
            Deferral::ResourceConfigUnknown => Reason::ResourceConfigUnknown,
            Deferral::ProviderConfigUnknown => Reason::ProviderConfigUnknown,
            Deferral::AbsentPrereq => Reason::AbsentPrereq,
        };
        proto::Deferred { reason: reason.into() }
    }
}

#[cfg(feature = "testing")]
impl TryFrom<proto::Deferred> for Deferral {
    type Error = ();

    fn try_from(deferred: proto::Deferred) -> Result<Self, ()> {
        use proto::deferred::Reason;
        match deferred.reason() {
            Reason::ResourceConfigUnknown => Ok(Deferral::ResourceConfigUnknown),
            Reason::ProviderConfigUnknown => Ok(Deferral::ProviderConfigUnknown),
            Reason::AbsentPrereq => Ok(Deferral::AbsentPrereq),
            Reason::Unknown => Err(()),
        }
    }
}

impl Context {
    /// A context of its own, for tests; the server makes one for each call.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn of_call(stop: CancellationToken, request: RequestInfo) -> Self {
        Context { client: Arc::new(()), call: Arc::new(Call { stop, request, ..Call::default() }) }
    }

    /// Makes an identity that came with the call known to the operation.
    pub(crate) fn set_identity(&self, identity: Option<Value>) {
        if let Some(identity) = identity.filter(|identity| !identity.is_null()) {
            let _ = self.call.identity.set(identity);
        }
    }

    /// The same for a `provider_meta` block.
    pub(crate) fn set_provider_meta(&self, meta: Value) {
        if !meta.is_null() {
            let _ = self.call.provider_meta.set(meta);
        }
    }

    /// The same context with the client that the provider has made, for operations that need it.
    pub(crate) fn configured<C: Send + Sync + 'static>(&self) -> Result<Context<C>, Diagnostics> {
        // A provider without a client needs no configuration.
        if let Some(same) = (self as &dyn Any).downcast_ref::<Context<C>>() {
            return Ok(same.clone());
        }
        let client = match self.call.request.configuration.clone() {
            Configuration::Client(client) => client,
            Configuration::Unknown => return Err(not_known_yet().into()),
            Configuration::Missing => return Err(not_configured().into()),
        };
        let client = client.downcast::<C>().map_err(|_| {
            Diagnostic::error(
                "Provider has another client",
                "Its type is not that of the provider. This is a bug in the provider.",
            )
        })?;
        Ok(Context { client, call: Arc::clone(&self.call) })
    }
}

fn not_configured() -> Diagnostic {
    Diagnostic::error(
        "Provider is not configured",
        "Terraform configures a provider before it asks this of it.",
    )
}

fn not_known_yet() -> Diagnostic {
    let detail = "Its provider block refers to values that are known only after an apply. Apply what they come from first, with \
                  `-target`, or write known values into the block.";
    Diagnostic::error("Provider configuration is not known yet", detail)
}

impl<C> Context<C> {
    /// A context with this client, for tests; the server makes one for each call.
    pub fn with_client(client: C) -> Self {
        Context { client: Arc::new(client), call: Arc::default() }
    }

    /// What [`Provider::configure`](crate::Provider::configure) has made.
    pub fn client(&self) -> &C {
        &self.client
    }

    /// Does what Ctrl-C does.
    pub fn cancel(&self) {
        self.call.stop.cancel();
    }

    /// Waits until the user presses Ctrl-C. What takes long should race with this and then fail with an error soon.
    pub async fn cancelled(&self) {
        self.call.stop.cancelled().await;
    }

    /// Does the work, or fails as soon as the user presses Ctrl-C; the work is dropped then. Work that is done by then has its
    /// result.
    ///
    /// ```
    /// # async fn example(context: &tfplugin::Context) -> Result<(), tfplugin::Diagnostics> {
    /// let stream = context.race(tokio::net::TcpStream::connect("192.0.2.1:443")).await??;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn race<T>(&self, work: impl Future<Output = T>) -> Result<T, Diagnostics> {
        tokio::select! {
            // First, so that an object that has been made is not forgotten for an interrupt at the same moment.
            biased;
            done = work => Ok(done),
            () = self.cancelled() => Err(Diagnostic::error("Interrupted", "The operation was stopped before its end.").into()),
        }
    }

    /// [`race`](Self::race) that also fails when the timeout passes, as [`Timeouts`](crate::Timeouts) give it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # async fn example(context: &tfplugin::Context, timeouts: tfplugin::Timeouts) -> Result<(), tfplugin::Diagnostics> {
    /// let limit = timeouts.get("create", Duration::from_secs(20 * 60));
    /// let stream = context.within(limit, tokio::net::TcpStream::connect("192.0.2.1:443")).await??;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, Diagnostics> {
        self.race(tokio::time::timeout(limit, work)).await?.map_err(|_| {
            let detail = format!("It was not complete after {}. Raise its timeout.", duration::format(limit));
            Diagnostic::error("Operation timed out", detail).into()
        })
    }

    /// Whether the user has pressed Ctrl-C.
    pub fn is_cancelled(&self) -> bool {
        self.call.stop.is_cancelled()
    }

    /// Shows a warning, whatever the result; once, however often it comes.
    pub fn warn(&self, warning: Diagnostic) {
        let mut warnings = self.call.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }

    /// Shows the warnings among these, and fails with the errors, if there are any.
    pub fn report(&self, diagnostics: Diagnostics) -> Result<(), Diagnostics> {
        let (warnings, errors): (Vec<_>, Vec<_>) =
            diagnostics.into_iter().partition(|each| each.severity() == Severity::Warning);
        for warning in warnings {
            self.warn(warning);
        }
        Diagnostics::from_iter(errors).into_result()
    }

    /// The warnings so far, which are then forgotten.
    pub fn take_warnings(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.call.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The version of the Terraform that calls, such as `1.11.4`. It is told when the provider is configured.
    pub fn terraform_version(&self) -> Option<&str> {
        self.call.request.terraform_version.as_deref()
    }

    /// What the Terraform that calls can do.
    pub fn capabilities(&self) -> ClientCapabilities {
        self.call.request.capabilities
    }

    /// The identity that Terraform has on record for the object of the call, if any (Terraform 1.12).
    pub fn identity<T: DeserializeOwned>(&self) -> Result<Option<T>, Diagnostics> {
        Ok(self.call.identity.get().cloned().map(from_value).transpose()?)
    }

    /// The `provider_meta` block of the calling module, if there is one; see
    /// [`Provider::meta_schema`](crate::Provider::meta_schema).
    pub fn provider_meta<T: DeserializeOwned>(&self) -> Result<Option<T>, Diagnostics> {
        Ok(self.call.provider_meta.get().cloned().map(from_value).transpose()?)
    }

    /// Puts the change off to a later plan: Terraform then takes the result for what is known so far. It is an error unless
    /// Terraform [allows it](ClientCapabilities::deferral_allowed).
    pub fn defer(&self, reason: Deferral) -> Result<(), Diagnostics> {
        if !self.capabilities().deferral_allowed {
            let detail = "It depends on something that is not known or not there yet. Apply that first, with `-target`.";
            return Err(Diagnostic::error("Change cannot be planned yet", detail).into());
        }
        *self.call.deferral.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        Ok(())
    }

    pub(crate) fn deferral(&self) -> Option<Deferral> {
        *self.call.deferral.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Clone for Context<C> {
    fn clone(&self) -> Self {
        Context { client: Arc::clone(&self.client), call: Arc::clone(&self.call) }
    }
}

impl<C: Default> Default for Context<C> {
    fn default() -> Self {
        Self::with_client(C::default())
    }
}

impl<C> fmt::Debug for Context<C> {
    /// Without the client and the values, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("request", &self.call.request).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_is_done_is_not_dropped_for_an_interrupt() {
        let context = Context::new();
        context.cancel();
        for _ in 0..100 {
            assert_eq!(context.race(async { 5 }).await, Ok(5));
        }
        assert!(context.race(std::future::pending::<()>()).await.is_err());
    }

    #[test]
    fn warnings_are_shown_and_errors_fail() {
        let context = Context::new();
        let warning = Diagnostic::warning("old", "");
        assert_eq!(context.report(warning.clone().into()), Ok(()));
        let both = Diagnostics::from_iter([Diagnostic::error("no", ""), warning.clone()]);
        assert_eq!(context.report(both), Err(Diagnostic::error("no", "").into()));
        assert_eq!(context.take_warnings(), [warning]);
    }

    #[test]
    fn a_client_is_found_by_its_type() {
        let configuration = Configuration::Client(Arc::new("client".to_owned()));
        let request = RequestInfo { configuration, ..RequestInfo::default() };
        let context = Context::of_call(CancellationToken::new(), request);
        assert_eq!(context.configured::<String>().unwrap().client(), "client");
        assert!(context.configured::<()>().is_ok());
        assert!(context.configured::<u8>().unwrap_err().to_string().contains("bug in the provider"));
        let unconfigured = Context::new().configured::<String>().unwrap_err();
        assert!(unconfigured.to_string().starts_with("Provider is not configured"), "{unconfigured}");
    }
}
