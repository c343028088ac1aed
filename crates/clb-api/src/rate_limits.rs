//! Rate limiters, one for each service and action.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clb_task::{RateLimiter, RequestRate};
use tokio::{
    sync::Mutex as FairMutex,
    time::{Instant, sleep_until},
};

use crate::{ApiError, Service, error_table::ErrorClass};

/// The rate limiters of a client and its clones.
///
/// The service's limit is the action's own, so that calls of one action do not slow down those of another.
#[derive(Debug)]
pub(crate) struct RateLimits {
    rate: RequestRate,
    limiters: Mutex<HashMap<(Service, String), Arc<ActionLimiter>>>,
}

/// The rate limiter of one action, and the line of those who wait for a permit.
#[derive(Debug)]
pub(crate) struct ActionLimiter {
    started: Instant,
    limiter: Mutex<RateLimiter>,
    queue: FairMutex<()>,
}

/// A permit for one request, and when it was given: the time since the limiter was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit(Duration);

impl RateLimits {
    pub(crate) fn new(rate: RequestRate) -> Self {
        Self { rate, limiters: Mutex::default() }
    }

    /// The rate limiter of an action.
    pub(crate) fn of(&self, service: &Service, action: &str) -> Arc<ActionLimiter> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = limiters.entry((service.clone(), action.to_owned()));
        Arc::clone(limiter.or_insert_with(|| Arc::new(ActionLimiter::new(self.rate))))
    }
}

impl ActionLimiter {
    fn new(rate: RequestRate) -> Self {
        Self {
            started: Instant::now(),
            limiter: Mutex::new(RateLimiter::new(rate)),
            queue: FairMutex::new(()),
        }
    }

    /// Waits for a permit. Permits are given in the order in which they are requested.
    pub(crate) async fn permit(&self) -> Permit {
        let _first = self.queue.lock().await;
        loop {
            let now = self.started.elapsed();
            let Err(until) = self.limiter().try_acquire(now) else { return Permit(now) };
            sleep_until(self.started + until).await;
        }
    }

    /// Learns from the result of the request that was sent with `permit`.
    pub(crate) fn on_result<T>(&self, permit: Permit, result: &Result<T, ApiError>) {
        let (Permit(sent), now) = (permit, self.started.elapsed());
        let mut limiter = self.limiter();
        match result {
            Err(error) if error.class() == ErrorClass::Throttled => {
                limiter.on_throttled(sent, now, error.retry_after());
            }
            Err(error) if error.class() == ErrorClass::Transient => {
                limiter.on_transient(sent, now, error.retry_after());
            }
            _ => limiter.on_response(),
        }
    }

    fn limiter(&self) -> MutexGuard<'_, RateLimiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn permits_are_evenly_spaced_and_each_action_has_its_own() {
        let limits = RateLimits::new(RequestRate::default());
        let (create, delete) =
            (limits.of(&Service::clb(), "CreateRule"), limits.of(&Service::clb(), "DeleteRule"));
        let began = Instant::now();
        for _ in 0..20 {
            create.permit().await;
        }
        let elapsed = began.elapsed();
        assert!((1000..1030).contains(&elapsed.as_millis()), "19 intervals of 1 s / 19: {elapsed:?}");
        delete.permit().await;
        assert_eq!(began.elapsed(), elapsed);
        assert!(Arc::ptr_eq(&create, &limits.of(&Service::clb(), "CreateRule")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_request_slows_the_next_ones() {
        let limiter = ActionLimiter::new(RequestRate::default());
        let (began, permit) = (Instant::now(), limiter.permit().await);
        let error = ApiError::service("RequestLimitExceeded", "m", None);
        limiter.on_result(permit, &Err::<(), _>(error));
        limiter.permit().await;
        assert!(began.elapsed() >= Duration::from_secs(1));
    }
}
