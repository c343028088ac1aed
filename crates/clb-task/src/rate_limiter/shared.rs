use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::RateLimiter;
use crate::{planner::Elapsed, rate::RequestRate};

/// A [`RateLimiter`] on tokio's clock that waiters share with each other and with requests of other kinds: a handle that is
/// cheap to clone.
///
/// ```
/// use clb_task::{RequestRate, SharedRateLimiter, Waiter, WaiterOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let waiter = Waiter::new(WaiterOptions::default());
/// // A request that counts against the same limit as the polls:
/// waiter.rate_limiter().acquire().await;
/// // A limiter for requests of their own:
/// let limiter = SharedRateLimiter::new(RequestRate::default());
/// limiter.acquire().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SharedRateLimiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    started: Instant,
    limiter: Mutex<RateLimiter>,
    /// Held by the one who waits for the next permit. tokio's lock is given in the order in which it is requested.
    queue: tokio::sync::Mutex<()>,
}

impl SharedRateLimiter {
    /// A rate limiter that has given no permit yet.
    pub fn new(allowed: RequestRate) -> Self {
        Self(Arc::new(Shared {
            started: Instant::now(),
            limiter: Mutex::new(RateLimiter::new(allowed)),
            queue: tokio::sync::Mutex::default(),
        }))
    }

    /// Waits for the permit for one request. Permits are given in the order in which they are requested; while a throttled
    /// response holds requests back, there are none. A permit that is not taken in time expires, so that a machine that was busy
    /// does not catch up with a burst.
    pub async fn acquire(&self) {
        let _first = self.0.queue.lock().await;
        loop {
            let permit = self.lock().reserve(self.now());
            self.sleep_until(permit).await;
            let (now, limiter) = (self.now(), self.lock());
            if limiter.held_until() <= now && now < limiter.available_at() {
                return;
            }
        }
    }

    /// The service responded, with whatever but a throttled or transient error.
    pub fn on_response(&self) {
        self.lock().on_response();
    }

    /// The service throttled a request that was sent at `sent`: fewer permits, and none for `retry_after` (at most 60 s).
    pub fn on_throttled(&self, sent: Instant, retry_after: Option<Duration>) {
        let (sent, now) = (sent.saturating_duration_since(self.0.started), self.now());
        self.lock().on_throttled(sent, now, retry_after);
    }

    /// The rate that it was made for.
    pub fn allowed(&self) -> RequestRate {
        self.lock().allowed()
    }

    /// When the times of the limiter begin.
    pub(crate) fn started(&self) -> Instant {
        self.0.started
    }

    pub(crate) fn now(&self) -> Elapsed {
        self.0.started.elapsed()
    }

    /// Nothing panics while it holds the lock, so the value behind a poisoned lock is intact.
    pub(crate) fn lock(&self) -> MutexGuard<'_, RateLimiter> {
        self.0.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep_until(&self, time: Elapsed) {
        match self.0.started.checked_add(time) {
            Some(time) => sleep_until(time).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn permits_come_at_the_rate() {
        let (limiter, start) = (SharedRateLimiter::new(RequestRate::default()), Instant::now());
        for _ in 0..39 {
            limiter.acquire().await;
        }
        assert_eq!(start.elapsed().as_secs(), 2);
    }

    /// A machine that was busy wakes all who sleep at once.
    #[tokio::test(start_paused = true)]
    async fn permits_stay_evenly_spaced_after_all_waited_too_long() {
        let (limiter, (sent, mut received)) =
            (SharedRateLimiter::new(RequestRate::default()), tokio::sync::mpsc::unbounded_channel());
        for number in 0..20 {
            let (limiter, sent) = (limiter.clone(), sent.clone());
            tokio::spawn(async move {
                limiter.acquire().await;
                sent.send((number, Instant::now())).unwrap();
            });
        }
        tokio::task::yield_now().await;
        tokio::time::advance(SECOND).await;
        let mut permits = Vec::new();
        while permits.len() < 20 {
            permits.push(received.recv().await.unwrap());
        }
        assert!(permits.is_sorted(), "first come, first served: {permits:?}");
        let spacing = SECOND / 20; // tokio sleeps for whole milliseconds
        assert!(permits.windows(2).all(|pair| pair[1].1 - pair[0].1 >= spacing), "{permits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_response_outdates_permits_that_were_reserved() {
        let (limiter, start) = (SharedRateLimiter::new(RequestRate::default()), Instant::now());
        limiter.acquire().await;
        let throttle = async { limiter.on_throttled(start, Some(SECOND * 7)) };
        tokio::join!(limiter.acquire(), throttle);
        assert!(start.elapsed() >= SECOND * 7, "{:?}", start.elapsed());
    }
}
