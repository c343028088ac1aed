//! Rate limiters, one for each service and action.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use clb_task::{RequestRate, SharedRateLimiter};

use crate::Service;

/// The rate limiters of a client and its clones.
///
/// The service's limit is the action's own, so that calls of one action do not slow down those of another. The waits for
/// tasks use the one of their action, too.
#[derive(Debug)]
pub(crate) struct RateLimits {
    rate: RequestRate,
    limiters: Mutex<HashMap<(Service, String), SharedRateLimiter>>,
}

impl RateLimits {
    pub(crate) fn new(rate: RequestRate) -> Self {
        Self { rate, limiters: Mutex::default() }
    }

    /// The rate limiter of an action.
    pub(crate) fn of(&self, service: &Service, action: &str) -> SharedRateLimiter {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = limiters.entry((service.clone(), action.to_owned()));
        limiter.or_insert_with(|| SharedRateLimiter::new(self.rate)).clone()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_action_has_its_own_limiter() {
        let limits = RateLimits::new(RequestRate::default());
        let began = Instant::now();
        for _ in 0..20 {
            limits.of(&Service::clb(), "CreateRule").acquire().await;
        }
        let elapsed = began.elapsed();
        assert!((1000..1030).contains(&elapsed.as_millis()), "19 intervals of 1 s / 19: {elapsed:?}");
        limits.of(&Service::clb(), "DeleteRule").acquire().await;
        limits.of(&Service::sts(), "CreateRule").acquire().await;
        assert_eq!(began.elapsed(), elapsed);
    }
}
