//! One attempt of a call: under a permit of its rate limiter, with credentials of the moment, bounded in time.

use std::time::Duration;

use bytes::Bytes;
use clb_task::SharedRateLimiter;
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    ApiError, Client, Region, ResponseLimit,
    call::{Progress, QueryRetry},
    dispatch::{CLOCK_CORRECTIONS, Call},
    endpoint::Endpoint,
    envelope::RawResponse,
    error_table::ErrorClass,
    redact::Secrets,
};

/// What is sent, and until when.
pub(crate) struct Attempt<'a> {
    pub(crate) action: &'a str,
    pub(crate) body: Bytes,
    /// No request is sent after this moment.
    pub(crate) deadline: Instant,
    pub(crate) progress: &'a Progress,
    pub(crate) permit: Permit,
}

/// Who takes the permit of the action's rate limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Each attempt, before it sends its request.
    Acquire,
    /// The waiter, before it polls. It opens connections one at a time, too.
    Acquired,
}

/// The longest that one poll takes, waiting for its permit included. A waiter has a shorter limit of its own.
pub(crate) const POLL_TIMEOUT: Duration = Duration::from_secs(60);

/// A request in flight at the deadline may take this much longer.
const OVERTIME: Duration = Duration::from_secs(2);

impl Client {
    /// Sends a query, and again while its error is transient.
    pub(crate) async fn query(&self, attempt: &Attempt<'_>) -> Result<RawResponse, ApiError> {
        let mut retry = QueryRetry::default();
        loop {
            let error = match self.attempt_corrected(attempt).await {
                Err(error) => error,
                done => return done,
            };
            let Some(pause) = retry.pause(&error, fastrand::f64()) else { return Err(error) };
            if Instant::now() + pause >= attempt.deadline {
                return Err(error);
            }
            sleep(pause).await;
        }
    }

    /// Sends a call, and again where its error has led to a corrected clock or fresh credentials: then the service
    /// certainly did not act on it.
    pub(crate) async fn attempt_corrected(&self, attempt: &Attempt<'_>) -> Result<RawResponse, ApiError> {
        let (mut result, mut may_renew) = (self.attempt(attempt, true).await, true);
        for _ in 0..CLOCK_CORRECTIONS {
            match &result {
                Err(error) if error.is_corrected() => may_renew &= !is_renewal(error),
                _ => break,
            }
            result = self.attempt(attempt, may_renew).await;
        }
        result
    }

    /// Sends a call once. If its error shows the clock to be off, or the credentials expired and `may_renew` is set, they
    /// are corrected and the error says so.
    pub(crate) async fn attempt(
        &self,
        attempt: &Attempt<'_>,
        may_renew: bool,
    ) -> Result<RawResponse, ApiError> {
        let region = self.region().await?;
        let endpoint = self.endpoint_in(&region)?;
        let limiter = self.shared().limits.of(self.service_ref(), attempt.action);
        let prepared = async {
            let credentials = self.cached_credentials().await?;
            if attempt.permit == Permit::Acquire {
                self.shared().dispatch.ready(&endpoint).await;
                limiter.acquire().await;
            }
            Ok(credentials)
        };
        let credentials = timeout_at(attempt.deadline, prepared).await.unwrap_or_else(|_| Err(not_sent()))?;
        let timeout = (attempt.deadline + OVERTIME).saturating_duration_since(Instant::now());
        let call = self.to_call(attempt, &region, &endpoint);
        let (in_flight, sent) = (attempt.progress.send(), Instant::now());
        let result = self.shared().dispatch.send_once(&call, &credentials.signing, timeout).await;
        drop(in_flight);
        if attempt.permit == Permit::Acquire {
            inform(&limiter, sent, &result);
        }
        match result {
            Err(error) if may_renew && is_renewal(&error) => {
                let renewed = self.renew(&credentials, error.clone());
                Err(timeout_at(attempt.deadline, renewed).await.unwrap_or(Ok(error))?)
            }
            done => done,
        }
    }

    fn to_call<'a>(
        &'a self,
        attempt: &'a Attempt<'a>,
        region: &'a Region,
        endpoint: &'a Endpoint,
    ) -> Call<'a> {
        let is_poll = attempt.action == self.poller().action();
        Call {
            service: self.service_ref(),
            action: attempt.action,
            region,
            endpoint,
            body: attempt.body.clone(),
            secrets: Secrets::default(),
            response_limit: if is_poll { ResponseLimit::SHORT } else { ResponseLimit::LONG },
        }
    }
}

/// Tells the rate limiter whether the service throttled the request that was sent at `sent`.
fn inform<T>(limiter: &SharedRateLimiter, sent: Instant, result: &Result<T, ApiError>) {
    match result {
        Err(error) if error.is_throttled() => limiter.on_throttled(sent, error.retry_after()),
        _ => limiter.on_response(),
    }
}

fn is_renewal(error: &ApiError) -> bool {
    error.class() == ErrorClass::FreshCredentials
}

fn not_sent() -> ApiError {
    ApiError::no_response("the timeout ended before the request was sent".to_owned(), false)
}
