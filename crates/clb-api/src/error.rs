//! The one error of a call.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use clb_task::PollError;

use crate::{
    Endpoint, Region, SetupError,
    error_chain::chain,
    error_table::{self, ErrorClass, ErrorScope},
    redact::Secrets,
};

/// Why a call has no result: the service returned an error, could not be reached, sent a response that cannot be read, or
/// the client is not configured for the call.
///
/// `Display` is the service's code and words where there are any; causes below them are in the source chain, and
/// [`message`](Self::message) has all of it in one line. Keys and tokens appear nowhere in it.
#[derive(Clone)]
pub struct ApiError(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    class: ErrorClass,
    /// What the call was for, if another call depended on it.
    purpose: Option<String>,
    code: Option<String>,
    /// What went wrong, with its causes in one line.
    message: String,
    /// The same without the causes that are the source chain, if there are any.
    headline: Option<String>,
    request_id: Option<String>,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
    server_date: Option<u64>,
    status_value: Option<String>,
    not_executed: bool,
    is_busy: bool,
    corrected: bool,
    scope: ErrorScope,
    setup: Option<SetupError>,
    /// The region and host of the call.
    target: Option<(Region, String)>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Service messages longer than this are cut: they are for people.
const LONGEST_MESSAGE: usize = 2000;

impl ApiError {
    /// The service returned an error with `code`.
    pub(crate) fn service(code: &str, message: &str, request_id: Option<String>) -> Self {
        let class = error_table::class(code);
        let not_executed = error_table::lookup(code).is_some() && class.is_not_executed();
        let is_busy = error_table::is_busy(code, message);
        Self::of(Inner {
            code: Some(code.to_owned()),
            request_id,
            not_executed: not_executed || is_busy,
            is_busy,
            scope: error_table::scope(code),
            ..Inner::new(class, message.trim().to_owned())
        })
    }

    /// Something came back that is not an API response.
    pub(crate) fn unreadable_response(class: ErrorClass, http_status: u16, message: String) -> Self {
        Self::of(Inner { http_status: Some(http_status), ..Inner::new(class, message) })
    }

    /// The content of a success is not what its model expects.
    pub(crate) fn unexpected_content(error: serde_json::Error) -> Self {
        let message = "the response is not what its model expects".to_owned();
        Self::unreadable_response(ErrorClass::Rejected, 200, message).with_source(error)
    }

    /// No response arrived. `sent` says whether the service may have received the request.
    pub(crate) fn no_response(message: String, sent: bool) -> Self {
        Self::of(Inner { not_executed: !sent, ..Inner::new(ErrorClass::Transient, message) })
    }

    /// The call was not sent, because the client is not configured for it.
    pub(crate) fn setup(error: SetupError) -> Self {
        let message = chain(&error);
        let headline = error.source().map(|_| error.to_string());
        Self::of(Inner {
            headline,
            not_executed: true,
            setup: Some(error),
            ..Inner::new(ErrorClass::Setup, message)
        })
    }

    /// A call on which this one depends failed; `purpose` says what it was for.
    ///
    /// The error is no longer about the resource of this call, and throttling by another service says nothing about the
    /// rate limit of this one.
    pub(crate) fn as_prerequisite(&self, purpose: &str) -> Self {
        let class = if self.is_throttled() { ErrorClass::Transient } else { self.class() };
        self.clone().map(|inner| {
            inner.class = class;
            inner.purpose = Some(purpose.to_owned());
            inner.scope = ErrorScope::Caller;
            inner.not_executed = true;
        })
    }

    /// The service reported a status that is not documented; `value` is its JSON text, or `missing`.
    pub(crate) fn unrecognized_status(value: String, request_id: Option<String>) -> Self {
        let message = format!("the service reported an undocumented task status: {value}");
        Self::of(Inner {
            status_value: Some(value),
            request_id,
            scope: ErrorScope::Resource,
            ..Inner::new(ErrorClass::Rejected, message)
        })
    }

    /// Too many requests, whatever else was said.
    pub(crate) fn throttled(self) -> Self {
        self.map(|inner| {
            inner.class = ErrorClass::Throttled;
            inner.not_executed = true;
        })
    }

    /// What the error is about has been corrected, the clock or the credentials: the same call may succeed now.
    pub(crate) fn corrected(self) -> Self {
        self.map(|inner| inner.corrected = true)
    }

    pub(crate) fn is_corrected(&self) -> bool {
        self.0.corrected
    }

    pub(crate) fn with_source(self, source: impl Error + Send + Sync + 'static) -> Self {
        self.map(|inner| {
            let message = format!("{}: {}", inner.message, chain(&source));
            inner.headline = Some(std::mem::replace(&mut inner.message, message));
            inner.source = Some(Arc::new(source));
        })
    }

    pub(crate) fn with_http_status(self, status: u16) -> Self {
        self.map(|inner| inner.http_status = Some(status))
    }

    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        self.map(|inner| inner.retry_after = retry_after)
    }

    pub(crate) fn with_server_date(self, date: Option<u64>) -> Self {
        self.map(|inner| inner.server_date = date)
    }

    /// Removes these secrets from everything that the service or a gateway wrote. A source that shows one is left out.
    pub(crate) fn scrubbed(self, secrets: &Secrets) -> Self {
        let scrub = |text: &String| secrets.scrub(text);
        self.map(|inner| {
            let message = secrets.scrub(&inner.message);
            if message != inner.message {
                inner.source = None;
                inner.headline = None;
            }
            inner.message = message;
            inner.code = inner.code.as_ref().map(scrub);
            inner.request_id = inner.request_id.as_ref().map(scrub);
            inner.status_value = inner.status_value.as_ref().map(scrub);
        })
    }

    /// Names where the call went.
    pub(crate) fn at(self, region: &Region, endpoint: &Endpoint) -> Self {
        self.map(|inner| inner.target = Some((region.clone(), endpoint.host().to_owned())))
    }

    /// Cuts a message that is too long for people, once no secret is in it: the rest of one that is cut in two could no
    /// longer be found.
    pub(crate) fn shortened(self) -> Self {
        self.map(|inner| {
            inner.message = cut(&inner.message);
            inner.headline = inner.headline.as_deref().map(cut);
        })
    }

    /// The service's code, such as `AuthFailure.SecretIdNotFound`; `None` if no API response was read.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What went wrong, with its causes, in one line: the service's message if there is one.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The id under which the service keeps this call: what its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The region that the call was made in; `None` if it was not sent.
    pub fn region(&self) -> Option<&Region> {
        self.0.target.as_ref().map(|(region, _)| region)
    }

    /// The host that the call was sent to, with its port; `None` if it was not sent.
    pub fn host(&self) -> Option<&str> {
        self.0.target.as_ref().map(|(_, host)| host.as_str())
    }

    /// The HTTP status, if there was a response with another status than 200, or one that is not the API's.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// How a caller handles the error.
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// Whether the error is about the resource of the call, or about the caller.
    pub fn scope(&self) -> ErrorScope {
        self.0.scope
    }

    /// What is missing in the client's configuration, if the call was not sent.
    pub fn setup_error(&self) -> Option<&SetupError> {
        self.0.setup.as_ref()
    }

    /// What the user can do: one sentence, lower case, without full stop.
    pub fn remedy(&self) -> Option<&'static str> {
        error_table::lookup(self.code()?).map(|row| row.remedy)
    }

    /// Whether too many requests were sent.
    pub fn is_throttled(&self) -> bool {
        self.class() == ErrorClass::Throttled
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        self.class().is_transient()
    }

    /// Whether the error is about the credentials or their permissions.
    pub fn is_auth(&self) -> bool {
        self.class().is_auth()
    }

    /// Whether the resource does not exist.
    pub fn is_not_found(&self) -> bool {
        self.class() == ErrorClass::NotFound
    }

    /// Whether another change of the same resource is in progress, so that the service did not start this one.
    ///
    /// This holds for the codes `FailedOperation.ResourceInOperating` and `FailedOperation.InvalidLBStatus`, and for a
    /// bare `FailedOperation` with one of three messages: see [`is_busy`](error_table::is_busy).
    pub fn is_busy(&self) -> bool {
        self.0.is_busy
    }

    /// Whether the service may have carried out the call although this error is all that is known.
    ///
    /// `false` where a change was certainly not started: the request did not leave this machine, the service throttled
    /// it or was busy, or the service rejected it with a documented code that is no internal error. `true` otherwise.
    pub fn may_have_acted(&self) -> bool {
        !self.0.not_executed
    }

    /// Whether a change may be sent again: the service certainly did not act on it, and the reason passes.
    ///
    /// That is so where the service throttled the call or was [busy](Self::is_busy), and where the request did not
    /// leave this machine (connection refused). Nothing else is safe without a `ClientToken`.
    pub fn is_safe_to_resend(&self) -> bool {
        !self.may_have_acted() && (self.is_busy() || self.is_transient())
    }

    /// How long to wait before the next request, if the service says so (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The undocumented task status that was received, as JSON text, or `missing`.
    pub fn status_value(&self) -> Option<&str> {
        self.0.status_value.as_deref()
    }

    /// The same error for a waiter. The code of a call on which the poll depended becomes part of the message, since it
    /// says nothing about the task.
    pub fn poll_error(&self) -> PollError {
        let request_id = self.0.request_id.clone();
        match &self.0.purpose {
            Some(_) => PollError { code: None, message: self.text(self.message()), request_id },
            None => PollError { code: self.0.code.clone(), message: self.0.message.clone(), request_id },
        }
    }

    pub(crate) fn server_date(&self) -> Option<u64> {
        self.0.server_date
    }

    /// Purpose, code and words.
    fn text(&self, words: &str) -> String {
        let before = [self.0.purpose.as_deref(), self.code()];
        before.into_iter().flatten().chain([words]).collect::<Vec<_>>().join(": ")
    }

    fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    fn map(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl Inner {
    fn new(class: ErrorClass, message: String) -> Self {
        Self {
            class,
            purpose: None,
            code: None,
            message,
            headline: None,
            request_id: None,
            http_status: None,
            retry_after: None,
            server_date: None,
            status_value: None,
            not_executed: false,
            is_busy: false,
            corrected: false,
            scope: ErrorScope::Caller,
            setup: None,
            target: None,
            source: None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(self.0.headline.as_deref().unwrap_or(&self.0.message)))?;
        let id = self.request_id().map(|id| format!("RequestId {id}"));
        let target = self.0.target.as_ref().map(|(region, host)| format!("in {region} at {host}"));
        match [id, target].into_iter().flatten().collect::<Vec<_>>().join(", ") {
            details if details.is_empty() => Ok(()),
            details => write!(f, " ({details})"),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("class", &self.0.class)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("request_id", &self.0.request_id)
            .field("http_status", &self.0.http_status)
            .field("retry_after", &self.0.retry_after)
            .field("may_have_acted", &self.may_have_acted())
            .finish_non_exhaustive()
    }
}

/// The cause behind the message: of the network, of the parser, or of the configuration.
impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match (&self.0.source, &self.0.setup) {
            (Some(source), _) => Some(source.as_ref()),
            (None, Some(setup)) => setup.source(),
            (None, None) => None,
        }
    }
}

fn cut(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.to_owned(),
    }
}
