//! What follows a failed attempt of a call.

use std::time::Duration;

use super::CallError;
use crate::{
    ApiError,
    error_table::{ErrorClass, LIMITED_RETRIES},
};

/// Pauses between two attempts of a call: 1 s at least, 10 s at most.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// Decides about the attempts of one call: a plain value, told each error and a random number.
#[derive(Clone, Debug)]
pub(crate) struct Retry {
    /// Whether the service recognises a second attempt of the same call, by its `ClientToken`.
    is_idempotent: bool,
    attempts: u32,
    limited: u32,
    /// Whether it was sent again after an error that leaves open what the service did.
    repeated: bool,
    /// The service's last error.
    last: Option<ApiError>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Pause, then send the same call again.
    Resend(Reason, Duration),
    /// The error is final, or sending again might repeat the change.
    Stop,
}

/// Why a call is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Throttled,
    Busy,
    /// The request did not reach the service.
    NotSent,
    /// The service may have acted, and the `ClientToken` makes sure that it acts once.
    Repeatable,
}

impl Retry {
    pub(crate) fn new(is_idempotent: bool) -> Self {
        Self { is_idempotent, attempts: 0, limited: 0, repeated: false, last: None }
    }

    /// What follows `error`; `random` is in 0..1.
    pub(crate) fn decide(&mut self, error: &ApiError, random: f64) -> Decision {
        self.attempts += 1;
        let Some(reason) = self.reason(error) else { return Decision::Stop };
        self.repeated |= reason == Reason::Repeatable;
        if error.code().is_some() {
            self.last = Some(error.clone());
        }
        let pause = pause(self.attempts, random).max(error.retry_after().unwrap_or_default());
        Decision::Resend(reason, pause)
    }

    /// Whether the service may have acted on an attempt that was followed by another one.
    pub(crate) fn may_have_acted(&self) -> bool {
        self.repeated
    }

    /// The final error.
    pub(crate) fn failure(&self, error: ApiError) -> CallError {
        if self.repeated || is_open(&error) {
            CallError::Ambiguous { repeated: self.repeated, error: Box::new(error) }
        } else {
            CallError::Rejected(error)
        }
    }

    /// The error of the last attempt, when the timeout ends. An attempt that did not reach the service says less than the
    /// service's last error.
    pub(crate) fn out_of_time(&self, error: ApiError, timeout: Duration) -> CallError {
        if self.repeated {
            return self.failure(error);
        }
        let error = self.last.clone().filter(|_| error.code().is_none()).unwrap_or(error);
        CallError::NotAccepted { error: Box::new(error), attempts: self.attempts, timeout }
    }

    fn reason(&mut self, error: &ApiError) -> Option<Reason> {
        match error.class() {
            ErrorClass::Throttled => Some(Reason::Throttled),
            _ if error.is_busy() => Some(Reason::Busy),
            ErrorClass::Transient if !error.may_have_acted() => Some(Reason::NotSent),
            ErrorClass::Transient | ErrorClass::Busy if self.is_idempotent => Some(Reason::Repeatable),
            ErrorClass::LimitedRetries if self.is_idempotent => {
                self.limited += 1;
                (self.limited <= LIMITED_RETRIES).then_some(Reason::Repeatable)
            }
            _ => None,
        }
    }
}

/// Decides about the attempts of one query, which may be repeated: a plain value, told each error and a random number.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueryRetry {
    failures: u32,
    limited: u32,
}

/// The first pause before a query is sent again; later ones are those of changes.
const FIRST_QUERY_PAUSE: Duration = Duration::from_millis(500);

impl QueryRetry {
    /// The pause before the query is sent again after `error`; none if the error is final. `random` is in 0..1.
    pub(crate) fn pause(&mut self, error: &ApiError, random: f64) -> Option<Duration> {
        self.limited += u32::from(error.class() == ErrorClass::LimitedRetries);
        if !error.is_transient() || self.limited > LIMITED_RETRIES {
            return None;
        }
        let next = if self.failures == 0 { FIRST_QUERY_PAUSE } else { pause(self.failures, random) };
        self.failures += 1;
        Some(next.max(error.retry_after().unwrap_or_default()))
    }
}

/// Whether the error leaves open what the service did: there is no response that can be read, or one that tells of an
/// error inside the service.
fn is_open(error: &ApiError) -> bool {
    error.may_have_acted() && (error.code().is_none() || error.class() == ErrorClass::Transient)
}

/// The pause after the `attempt`th attempt (from 1): between 1 s and a longest pause that doubles from 2 s to 10 s.
/// `random` in 0..1 spreads the calls that failed together.
pub(crate) fn pause(attempt: u32, random: f64) -> Duration {
    let longest = MIN_PAUSE.saturating_mul(2_u32.saturating_pow(attempt.max(1))).min(MAX_PAUSE);
    MIN_PAUSE + longest.saturating_sub(MIN_PAUSE).mul_f64(random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(code: &str, message: &str) -> ApiError {
        ApiError::service(code, message, None)
    }

    fn decide(error: &ApiError, is_idempotent: bool) -> Decision {
        Retry::new(is_idempotent).decide(error, 0.0)
    }

    #[track_caller]
    fn check(error: &ApiError, plain: &Decision, idempotent: &Decision) {
        assert_eq!((&decide(error, false), &decide(error, true)), (plain, idempotent), "{error}");
    }

    fn resend(reason: Reason) -> Decision {
        Decision::Resend(reason, MIN_PAUSE)
    }

    #[test]
    fn out_of_time_names_the_last_error_of_the_service() {
        let mut retry = Retry::new(false);
        let (busy, unsent) = (
            service("FailedOperation.ResourceInOperating", "m"),
            ApiError::no_response("m".to_owned(), false),
        );
        for error in [&busy, &unsent] {
            assert!(matches!(retry.decide(error, 0.0), Decision::Resend(..)));
        }
        let CallError::NotAccepted { error, .. } = retry.out_of_time(unsent, MIN_PAUSE) else { panic!() };
        assert_eq!(error.code(), busy.code());
    }

    #[test]
    fn throttled_busy_and_unsent_calls_are_sent_again() {
        for (code, message, reason) in [
            ("RequestLimitExceeded", "m", Reason::Throttled),
            ("RequestLimitExceeded.UinLimitExceeded", "m", Reason::Throttled),
            ("FailedOperation.ResourceInOperating", "m", Reason::Busy),
            ("FailedOperation.InvalidLBStatus", "m", Reason::Busy),
            ("FailedOperation", "Your task is working (BindTargetGroupDevice)", Reason::Busy),
            (
                "FailedOperation",
                "Task Check Failed : Same wsName is Working(AddQLBL4ListenerDevice)",
                Reason::Busy,
            ),
            ("FailedOperation", "Loadbalancer(lb-1) ..., maybe some tasks are being processed", Reason::Busy),
        ] {
            check(&service(code, message), &resend(reason), &resend(reason));
        }
        let refused = ApiError::no_response("connection refused".to_owned(), false);
        check(&refused, &resend(Reason::NotSent), &resend(Reason::NotSent));
    }

    #[test]
    fn what_may_have_been_carried_out_is_sent_again_with_a_token_alone() {
        let repeatable = resend(Reason::Repeatable);
        for error in [
            ApiError::no_response("timeout".to_owned(), true),
            service("InternalError", "m"),
            service("FailedOperation.ResourceInCloning", "m"),
            ApiError::unreadable_response(ErrorClass::Transient, 502, "HTTP 502".to_owned()),
        ] {
            check(&error, &Decision::Stop, &repeatable);
            assert!(matches!(Retry::new(false).failure(error), CallError::Ambiguous { repeated: false, .. }));
        }
    }

    #[test]
    fn what_the_service_rejects_is_final() {
        for error in [
            service("InvalidParameter", "m"),
            service("AuthFailure.SecretIdNotFound", "m"),
            service("LimitExceeded", "m"),
            service("ResourceNotFound", "m"),
            service("Unheard", "m"),
            service("FailedOperation.Unheard", "is working"),
        ] {
            check(&error, &Decision::Stop, &Decision::Stop);
            assert!(matches!(Retry::new(false).failure(error), CallError::Rejected(_)));
        }
    }

    #[test]
    fn a_failed_operation_is_final_after_three_more_attempts() {
        let bare = service("FailedOperation", "internal");
        assert_eq!(decide(&bare, false), Decision::Stop);
        let mut retry = Retry::new(true);
        let decisions = [(); 4].map(|()| matches!(retry.decide(&bare, 0.0), Decision::Resend(..)));
        assert_eq!(decisions, [true, true, true, false]);
    }

    #[test]
    fn a_query_is_sent_again_while_its_error_is_transient() {
        let pauses = |error: &ApiError| {
            let mut retry = QueryRetry::default();
            (0..5).map_while(|_| retry.pause(error, 0.0)).map(|pause| pause.as_millis()).collect::<Vec<_>>()
        };
        assert_eq!(pauses(&service("InternalError", "m")), [500, 1000, 1000, 1000, 1000]);
        assert_eq!(pauses(&service("RequestLimitExceeded", "m")).len(), 5);
        assert_eq!(pauses(&service("FailedOperation", "m")).len(), 3);
        assert!(pauses(&service("InvalidParameter", "m")).is_empty());
    }

    #[test]
    fn only_the_named_messages_of_the_bare_code_are_busy() {
        for message in ["task Is Working", "working", "tasks are being processed", "is Working", ""] {
            assert_eq!(decide(&service("FailedOperation", message), false), Decision::Stop, "{message}");
        }
    }

    #[test]
    fn pauses_last_from_1_to_10_seconds() {
        let seconds = |attempt, random| pause(attempt, random).as_secs_f64();
        let longest = [1, 2, 3, 4, u32::MAX].map(|attempt| seconds(attempt, 1.0));
        assert_eq!(longest.map(|seconds| format!("{seconds:.1}")), ["2.0", "4.0", "8.0", "10.0", "10.0"]);
        assert!([0, 1, 9].iter().all(|attempt| (seconds(*attempt, 0.0) - 1.0).abs() < 1e-9));
        let held = service("RequestLimitExceeded", "m").with_retry_after(Some(Duration::from_secs(30)));
        assert_eq!(decide(&held, false), Decision::Resend(Reason::Throttled, Duration::from_secs(30)));
    }
}
