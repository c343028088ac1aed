mod hold;
#[cfg(feature = "tokio")]
mod shared;

use std::time::Duration;

use self::hold::Hold;
#[cfg(feature = "tokio")]
pub use self::shared::SharedRateLimiter;
use crate::{
    planner::Elapsed,
    rate::{RequestRate, spacing},
};

/// The share of the allowed rate that is used. The rest absorbs network jitter, which can move a request into the
/// service's next second, and other requests of the account.
const SHARE: f64 = 0.95;
/// What a throttled response leaves of the rate.
const BACKOFF: f64 = 0.7;
/// What comes back each second, as a share of the allowed rate: a halved rate is whole again after 25 s.
const RECOVERY: f64 = 0.02;
/// The lowest rate, in requests a second, unless less is allowed.
const MIN_RATE: f64 = 0.5;
/// For how long nothing is sent after a throttled response that names no time.
const HOLD: Duration = Duration::from_secs(1);
/// For how long one response can hold requests back, whatever its `Retry-After` says: a wait of minutes is to survive a
/// value of a day.
pub(crate) const MAX_HOLD: Duration = Duration::from_secs(60);
/// This many transient errors in a row count as a throttled response.
const TRANSIENT_LIMIT: u32 = 10;

/// Spaces requests evenly below the service's rate limit: a plain value that is told the time.
///
/// Permits are evenly spaced at 0.95 of the allowed rate, and idle time saves none up. A throttled response reduces the rate
/// to 0.7 of what it was, at most once for the requests that were already sent, and holds all permits back for `Retry-After`,
/// at most 60 s, or else for 1 s. The rate then recovers by 2 % of the allowed rate each second. It never falls below one request in two seconds.
///
/// ```
/// use std::time::Duration;
/// use clb_task::{RateLimiter, RequestRate};
///
/// let mut limiter = RateLimiter::new(RequestRate::new(20.0)?);
/// assert_eq!(limiter.try_acquire(Duration::ZERO), Ok(()));
/// let next = limiter.try_acquire(Duration::ZERO).unwrap_err(); // 1 s / 19
/// assert_eq!(next, Duration::from_nanos(52_631_579));
/// assert_eq!(limiter.try_acquire(next), Ok(()));
/// # Ok::<(), clb_task::InvalidRateError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RateLimiter {
    /// The rate that is allowed.
    allowed: RequestRate,
    /// The rate at `since`; it grows from there.
    rate: f64,
    /// When recovery began: the end of the last hold.
    since: Elapsed,
    /// When the last slow-down was; requests sent up to then do not cause another.
    slowed: Option<Elapsed>,
    /// When the next request may be sent.
    available_at: Elapsed,
    /// Transient errors in a row.
    transient: u32,
    hold: Hold,
}

impl RateLimiter {
    /// A rate limiter that has given no permit yet.
    pub fn new(allowed: RequestRate) -> Self {
        Self {
            allowed,
            rate: allowed.per_second() * SHARE,
            since: Elapsed::ZERO,
            slowed: None,
            available_at: Elapsed::ZERO,
            transient: 0,
            hold: Hold::default(),
        }
    }

    /// Takes the permit for one request now, or says when there will be one.
    pub fn try_acquire(&mut self, now: Elapsed) -> Result<(), Elapsed> {
        if now < self.available_at {
            return Err(self.available_at);
        }
        self.available_at = now.saturating_add(self.spacing(now));
        Ok(())
    }

    /// Takes the next permit, which is valid from the time that this gives. Unlike those who try again, those who reserve
    /// are served in order. Reserve again if [`held_until`](Self::held_until) is later than the permit.
    pub fn reserve(&mut self, now: Elapsed) -> Elapsed {
        let time = self.available_at.max(now);
        self.available_at = time.saturating_add(self.spacing(time));
        time
    }

    /// The service responded, with whatever but a throttled or transient error.
    pub fn on_response(&mut self) {
        self.transient = 0;
    }

    /// The service throttled a request that was sent at `sent`.
    pub fn on_throttled(&mut self, sent: Elapsed, now: Elapsed, retry_after: Option<Duration>) {
        self.transient = 0;
        self.hold(now, retry_after.unwrap_or(HOLD));
        self.slow_down(sent, now);
    }

    /// A request, sent at `sent`, failed in a way that may pass. Ten in a row count as a throttled response.
    pub(crate) fn on_transient(&mut self, sent: Elapsed, now: Elapsed, retry_after: Option<Duration>) {
        self.transient += 1;
        if self.transient >= TRANSIENT_LIMIT {
            self.on_throttled(sent, now, retry_after);
        }
    }

    /// Until when a throttled response holds all requests back; a time that has passed, if none does.
    pub fn held_until(&self) -> Elapsed {
        self.hold.until()
    }

    /// For how long throttled responses have held all requests back, from the start until `now`.
    pub fn held_for(&self, now: Elapsed) -> Duration {
        self.hold.total(now)
    }

    /// The rate that it was made for.
    pub fn allowed(&self) -> RequestRate {
        self.allowed
    }

    /// When the next request may be sent.
    pub fn available_at(&self) -> Elapsed {
        self.available_at
    }

    /// The requests a second at a moment.
    pub fn rate(&self, now: Elapsed) -> f64 {
        let recovered = RECOVERY * self.allowed.per_second() * now.saturating_sub(self.since).as_secs_f64();
        (self.rate + recovered).min(self.allowed.per_second() * SHARE)
    }

    /// The time between two requests at a moment.
    pub fn spacing(&self, now: Elapsed) -> Duration {
        spacing(self.rate(now))
    }

    /// The time between two requests while nothing has reduced the rate.
    pub(crate) fn full_spacing(&self) -> Duration {
        spacing(self.allowed.per_second() * SHARE)
    }

    fn hold(&mut self, now: Elapsed, hold: Duration) {
        let until = now.saturating_add(hold.min(MAX_HOLD));
        self.hold.extend(now, until);
        self.available_at = self.available_at.max(until);
    }

    fn slow_down(&mut self, sent: Elapsed, now: Elapsed) {
        if self.slowed.is_some_and(|slowed| sent <= slowed) {
            return;
        }
        let least = MIN_RATE.min(self.allowed.per_second() * SHARE);
        self.rate = (self.rate(now) * BACKOFF).max(least);
        self.since = self.available_at;
        self.slowed = Some(now);
    }
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    clippy::unchecked_time_subtraction,
    reason = "exact on purpose; moments in order"
)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter(per_second: f64) -> RateLimiter {
        RateLimiter::new(RequestRate::new(per_second).unwrap())
    }

    /// The moments of `count` permits, each taken as soon as possible from `now` on.
    fn taken(limiter: &mut RateLimiter, mut now: Elapsed, count: usize) -> Vec<Elapsed> {
        let mut moments = Vec::new();
        while moments.len() < count {
            match limiter.try_acquire(now) {
                Ok(()) => moments.push(now),
                Err(until) => now = until,
            }
        }
        moments
    }

    #[test]
    fn permits_are_evenly_spaced_at_95_percent() {
        let moments = taken(&mut limiter(20.0), Elapsed::ZERO, 1000);
        let step = Duration::from_nanos(52_631_579);
        assert!(moments.windows(2).all(|pair| pair[1] - pair[0] == step));
    }

    #[test]
    fn idle_time_saves_no_permits_up() {
        let mut limiter = limiter(20.0);
        taken(&mut limiter, Elapsed::ZERO, 1);
        let moments = taken(&mut limiter, SECOND * 3600, 2);
        assert_eq!(moments[1] - moments[0], limiter.full_spacing());
    }

    #[test]
    fn throttling_slows_once_for_the_requests_already_sent() {
        let mut limiter = limiter(20.0);
        limiter.on_throttled(SECOND, SECOND * 2, None);
        let slowed = limiter.rate(SECOND * 2);
        assert!((slowed - 19.0 * 0.7).abs() < 1e-9);
        limiter.on_throttled(SECOND * 2, SECOND * 2, None);
        assert_eq!(limiter.rate(SECOND * 2), slowed);
        limiter.on_throttled(SECOND * 3, SECOND * 3, None);
        assert!((limiter.rate(SECOND * 3) - slowed * 0.7).abs() < 1e-9);
    }

    #[test]
    fn throttling_holds_for_retry_after_or_a_second() {
        let mut limiter = limiter(20.0);
        limiter.on_throttled(Elapsed::ZERO, SECOND, None);
        assert_eq!(limiter.try_acquire(SECOND), Err(SECOND * 2));
        limiter.on_throttled(Elapsed::ZERO, SECOND, Some(SECOND * 9));
        assert_eq!(limiter.try_acquire(SECOND), Err(SECOND * 10));
        limiter.on_throttled(SECOND * 2, SECOND * 2, None);
        assert_eq!(limiter.try_acquire(SECOND * 3), Err(SECOND * 10));
    }

    #[test]
    fn one_response_holds_for_at_most_a_minute() {
        let mut limiter = limiter(20.0);
        limiter.on_throttled(Elapsed::ZERO, SECOND, Some(SECOND * 86_400));
        assert_eq!(limiter.try_acquire(SECOND), Err(SECOND * 61));
        assert_eq!(limiter.held_until(), SECOND * 61);
    }

    #[test]
    fn reserved_permits_are_served_in_order_at_the_rate() {
        let mut limiter = limiter(20.0);
        let step = limiter.full_spacing();
        let times = [(); 3].map(|()| limiter.reserve(SECOND));
        assert_eq!(times, [SECOND, SECOND + step, SECOND + step * 2]);
        assert_eq!(limiter.try_acquire(SECOND), Err(SECOND + step * 3));
    }

    #[test]
    fn the_rate_comes_back_by_2_percent_of_the_allowed_a_second() {
        let mut limiter = limiter(20.0);
        limiter.on_throttled(Elapsed::ZERO, Elapsed::ZERO, None);
        assert!((limiter.rate(SECOND * 6) - (19.0 * 0.7 + 5.0 * 0.4)).abs() < 1e-9);
        assert_eq!(limiter.rate(SECOND * 3600), 19.0);
    }

    #[test]
    fn the_rate_stays_above_one_request_in_two_seconds() {
        let mut fast = limiter(20.0);
        let mut slow = limiter(0.1);
        for millisecond in 1..60 {
            let now = Duration::from_millis(millisecond);
            fast.on_throttled(now, now, Some(Duration::ZERO));
            slow.on_throttled(now, now, Some(Duration::ZERO));
        }
        assert_eq!(fast.spacing(Duration::from_millis(59)), SECOND * 2);
        assert!((slow.rate(Duration::from_millis(59)) - 0.095).abs() < 1e-12);
    }

    #[test]
    fn ten_transient_errors_in_a_row_slow_down_too() {
        let mut limiter = limiter(20.0);
        for _ in 0..9 {
            limiter.on_transient(SECOND, SECOND, None);
        }
        limiter.on_response();
        for _ in 0..9 {
            limiter.on_transient(SECOND, SECOND, None);
        }
        assert_eq!(limiter.try_acquire(SECOND), Ok(()));
        limiter.on_transient(SECOND, SECOND, None);
        assert_eq!(limiter.rate(SECOND), 19.0 * 0.7);
        assert_eq!(limiter.try_acquire(SECOND), Err(SECOND * 2));
    }

    #[test]
    fn no_moment_is_too_late() {
        let mut limiter = limiter(0.1);
        limiter.on_throttled(Duration::MAX, Duration::MAX, Some(Duration::MAX));
        assert_eq!(limiter.available_at(), Duration::MAX);
        assert_eq!(limiter.try_acquire(Duration::MAX), Ok(()));
    }
}
