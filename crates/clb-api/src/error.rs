//! The one error of a call.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use clb_task::Trouble;

use crate::{
    SetupError,
    error_table::{self, Class, Scope},
};

/// Why a call brought no result: the service refused, could not be reached or was not understood, or the client is
/// not set up for it.
///
/// `Display` is the service's code and words where there are any. Keys and tokens appear in neither it nor `Debug`.
#[derive(Clone)]
pub struct ApiError(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    class: Class,
    /// What the call was for, if another one was waiting for it.
    purpose: Option<String>,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
    server_date: Option<u64>,
    status_value: Option<String>,
    untouched: bool,
    scope: Scope,
    setup: Option<SetupError>,
}

/// Service messages longer than this are cut: they are for people.
const LONGEST_MESSAGE: usize = 2000;

impl ApiError {
    /// The service refused with `code`.
    pub(crate) fn refused(code: &str, message: &str, request_id: Option<String>) -> Self {
        let class = error_table::class(code);
        let is_listed = error_table::lookup(code).is_some();
        let untouched = is_listed && !matches!(class, Class::Retry | Class::RetryAFewTimes);
        Self::of(Inner {
            code: Some(code.to_owned()),
            request_id,
            untouched,
            scope: error_table::scope(code),
            ..Inner::new(class, cut(message.trim()))
        })
    }

    /// Something came back that is no answer of the API.
    pub(crate) fn unreadable(class: Class, http_status: u16, message: String) -> Self {
        Self::of(Inner { http_status: Some(http_status), ..Inner::new(class, message) })
    }

    /// Nothing came back. `sent` says whether the service may have seen the request.
    pub(crate) fn unanswered(message: String, sent: bool) -> Self {
        Self::of(Inner { untouched: !sent, ..Inner::new(Class::Retry, message) })
    }

    /// The call was not tried, because the client is not set up for it.
    pub(crate) fn setup(error: SetupError) -> Self {
        let message = error.to_string();
        Self::of(Inner { untouched: true, setup: Some(error), ..Inner::new(Class::Setup, message) })
    }

    /// A call that had to go before this one failed, and `purpose` says what it was for.
    ///
    /// It is no longer about the subject of a question, and being throttled by another service says nothing about the
    /// pace of this one.
    pub(crate) fn on_the_way(&self, purpose: &str) -> Self {
        let class = if self.is_throttled() { Class::Retry } else { self.class() };
        self.clone().map(|inner| {
            inner.class = class;
            inner.purpose = Some(purpose.to_owned());
            inner.scope = Scope::Caller;
            inner.untouched = true;
        })
    }

    /// The service named a status that nobody has documented; `value` is its JSON text, or `missing`.
    pub(crate) fn unrecognized_status(value: String, request_id: Option<String>) -> Self {
        let message = format!("the service answered with an undocumented task status: {value}");
        Self::of(Inner {
            status_value: Some(value),
            request_id,
            scope: Scope::Subject,
            ..Inner::new(Class::Terminal, message)
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

    /// The service's words without these secrets, should it quote them. Shorter ones than any real secret would only
    /// blot out words.
    pub(crate) fn scrubbed(self, secrets: &[&str]) -> Self {
        let secrets = secrets.iter().filter(|secret| secret.len() > 3);
        let message =
            secrets.fold(self.message().to_owned(), |text, secret| text.replace(secret, "[redacted]"));
        if self.code().is_none() || message == self.message() {
            return self;
        }
        self.map(|inner| inner.message = message)
    }

    /// The service's code, such as `AuthFailure.SecretIdNotFound`; `None` if no answer of the API was read.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What went wrong, in the service's words where it gave any.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The id under which the service keeps this call: what its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The HTTP status, if there was an answer that was not a plain 200.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// What a caller does about it.
    pub fn class(&self) -> Class {
        self.0.class
    }

    /// Whether it is about what was asked, or about who asks.
    pub fn scope(&self) -> Scope {
        self.0.scope
    }

    /// What the client lacks, if the call was not even tried.
    pub fn setup_error(&self) -> Option<&SetupError> {
        self.0.setup.as_ref()
    }

    /// What a person does about it: one sentence, lower case, without full stop.
    pub fn remedy(&self) -> Option<&'static str> {
        error_table::lookup(self.code()?).map(|row| row.remedy)
    }

    /// Whether too many requests were sent.
    pub fn is_throttled(&self) -> bool {
        self.class() == Class::Throttled
    }

    /// Whether asking again later may help.
    pub fn is_transient(&self) -> bool {
        self.class().is_transient()
    }

    /// Whether the trouble is who asks.
    pub fn is_auth(&self) -> bool {
        self.class().is_auth()
    }

    /// Whether the thing asked for is not there.
    pub fn is_not_found(&self) -> bool {
        self.class() == Class::NotFound
    }

    /// Whether the service may have carried the call out although this error is all that is known.
    ///
    /// `false` where a change was certainly not begun: it was never sent, or refused for a reason that is documented and
    /// is no trouble of the service's own. `true` wherever that is not certain.
    pub fn may_have_acted(&self) -> bool {
        !self.0.untouched
    }

    /// Whether a change may be sent again: it was certainly not begun, and the reason passes.
    pub fn is_safe_to_resend(&self) -> bool {
        self.0.untouched && self.is_transient()
    }

    /// How long the service asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The undocumented task status that was received, as JSON text, or `missing`.
    pub fn status_value(&self) -> Option<&str> {
        self.0.status_value.as_deref()
    }

    /// The same facts for a waiter. The code of a call that was only on the way to the question is part of the
    /// message, since it says nothing about the task.
    pub fn trouble(&self) -> Trouble {
        let request_id = self.0.request_id.clone();
        match &self.0.purpose {
            Some(_) => Trouble { code: None, message: self.text(), request_id },
            None => Trouble { code: self.0.code.clone(), message: self.0.message.clone(), request_id },
        }
    }

    pub(crate) fn server_date(&self) -> Option<u64> {
        self.0.server_date
    }

    /// Purpose, code and message.
    fn text(&self) -> String {
        let before = [self.0.purpose.as_deref(), self.code()];
        before.into_iter().flatten().chain([self.message()]).collect::<Vec<_>>().join(": ")
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
    fn new(class: Class, message: String) -> Self {
        Self {
            class,
            purpose: None,
            code: None,
            message,
            request_id: None,
            http_status: None,
            retry_after: None,
            server_date: None,
            status_value: None,
            untouched: false,
            scope: Scope::Caller,
            setup: None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())?;
        match self.request_id() {
            Some(id) => write!(f, " (RequestId {id})"),
            None => Ok(()),
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

impl Error for ApiError {}

fn cut(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.to_owned(),
    }
}
