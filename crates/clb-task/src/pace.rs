//! How often the service may be asked, all tasks together.

use std::time::Duration;

use crate::{
    planner::Elapsed,
    rate::{RequestRate, spacing},
};

/// The share of the allowed rate that is used. The rest absorbs network jitter, which can move a question into the
/// service's next second, and whatever else the account asks.
const SHARE: f64 = 0.95;
/// What a refusal leaves of the rate.
const SLOWED: f64 = 0.7;
/// What comes back each second, as a share of the allowed rate: a halved rate is whole again after 25 s.
const RECOVERY: f64 = 0.02;
/// The lowest rate, in questions a second, unless less is allowed.
const SLOWEST: f64 = 0.5;
/// How long nothing is asked after a refusal that does not say.
const HOLD: Duration = Duration::from_secs(1);
/// This many questions unanswered in a row count as a refusal.
const UNANSWERED: u32 = 10;

/// An even pace below the service's limit: a value that is told the time.
///
/// Questions leave evenly spaced at 0.95 of the rate, and idling saves nothing up. A refusal takes the rate down to 0.7 of
/// what it was, once for all the questions that were already sent, and holds everything for `Retry-After` or 1 s. The
/// rate then comes back by 2 % of the allowed one each second. It never falls below one question in two seconds.
///
/// ```
/// use std::time::Duration;
/// use clb_task::{RequestRate, pace::Pace};
///
/// let mut pace = Pace::new(RequestRate::new(20.0)?);
/// assert_eq!(pace.take(Duration::ZERO), Ok(()));
/// let next = pace.take(Duration::ZERO).unwrap_err(); // 1 s / 19
/// assert_eq!(next, Duration::from_nanos(52_631_579));
/// assert_eq!(pace.take(next), Ok(()));
/// # Ok::<(), clb_task::InvalidRate>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pace {
    /// The rate that is allowed.
    allowed: f64,
    /// The rate at `since`; it grows from there.
    rate: f64,
    /// When recovery began: the end of the last hold.
    since: Elapsed,
    /// When the last slow-down was; questions sent up to then do not cause another.
    slowed: Option<Elapsed>,
    /// When the next question may leave.
    free: Elapsed,
    unanswered: u32,
}

impl Pace {
    /// A pace that has not asked anything yet.
    pub fn new(allowed: RequestRate) -> Self {
        let allowed = allowed.per_second();
        Self {
            allowed,
            rate: allowed * SHARE,
            since: Elapsed::ZERO,
            slowed: None,
            free: Elapsed::ZERO,
            unanswered: 0,
        }
    }

    /// Takes the right to ask one question now, or says when there will be one.
    pub fn take(&mut self, now: Elapsed) -> Result<(), Elapsed> {
        if now < self.free {
            return Err(self.free);
        }
        self.free = now.saturating_add(self.spacing(now));
        Ok(())
    }

    /// The service answered a question, whatever it said about the task.
    pub fn on_answer(&mut self) {
        self.unanswered = 0;
    }

    /// The service refused a question, sent at `sent`, because of its limit.
    pub fn on_throttled(&mut self, sent: Elapsed, now: Elapsed, retry_after: Option<Duration>) {
        self.unanswered = 0;
        self.hold(now, retry_after.unwrap_or(HOLD));
        self.slow_down(sent, now);
    }

    /// A question, sent at `sent`, came to nothing. Ten in a row count as a refusal.
    pub fn on_no_answer(&mut self, sent: Elapsed, now: Elapsed, retry_after: Option<Duration>) {
        self.unanswered += 1;
        if self.unanswered >= UNANSWERED {
            self.on_throttled(sent, now, retry_after);
        }
    }

    /// When the next question may leave.
    pub fn free(&self) -> Elapsed {
        self.free
    }

    /// The questions a second at a moment.
    pub fn rate(&self, now: Elapsed) -> f64 {
        let recovered = RECOVERY * self.allowed * now.saturating_sub(self.since).as_secs_f64();
        (self.rate + recovered).min(self.allowed * SHARE)
    }

    /// The time between two questions at a moment.
    pub fn spacing(&self, now: Elapsed) -> Duration {
        spacing(self.rate(now))
    }

    /// The time between two questions when nothing has slowed the pace.
    pub fn full_spacing(&self) -> Duration {
        spacing(self.allowed * SHARE)
    }

    fn hold(&mut self, now: Elapsed, hold: Duration) {
        self.free = self.free.max(now.saturating_add(hold));
    }

    fn slow_down(&mut self, sent: Elapsed, now: Elapsed) {
        if self.slowed.is_some_and(|slowed| sent <= slowed) {
            return;
        }
        let slowest = SLOWEST.min(self.allowed * SHARE);
        self.rate = (self.rate(now) * SLOWED).max(slowest);
        self.since = self.free;
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

    fn pace(per_second: f64) -> Pace {
        Pace::new(RequestRate::new(per_second).unwrap())
    }

    /// The moments of `count` questions, each asked as soon as the pace allows from `now` on.
    fn taken(pace: &mut Pace, mut now: Elapsed, count: usize) -> Vec<Elapsed> {
        let mut moments = Vec::new();
        while moments.len() < count {
            match pace.take(now) {
                Ok(()) => moments.push(now),
                Err(free) => now = free,
            }
        }
        moments
    }

    #[test]
    fn questions_are_evenly_spaced_at_95_percent() {
        let moments = taken(&mut pace(20.0), Elapsed::ZERO, 1000);
        let step = Duration::from_nanos(52_631_579);
        assert!(moments.windows(2).all(|pair| pair[1] - pair[0] == step));
    }

    #[test]
    fn idling_saves_nothing_up() {
        let mut pace = pace(20.0);
        taken(&mut pace, Elapsed::ZERO, 1);
        let moments = taken(&mut pace, SECOND * 3600, 2);
        assert_eq!(moments[1] - moments[0], pace.full_spacing());
    }

    #[test]
    fn a_refusal_slows_once_for_the_questions_already_sent() {
        let mut pace = pace(20.0);
        pace.on_throttled(SECOND, SECOND * 2, None);
        let slowed = pace.rate(SECOND * 2);
        assert!((slowed - 19.0 * 0.7).abs() < 1e-9);
        pace.on_throttled(SECOND * 2, SECOND * 2, None);
        assert_eq!(pace.rate(SECOND * 2), slowed);
        pace.on_throttled(SECOND * 3, SECOND * 3, None);
        assert!((pace.rate(SECOND * 3) - slowed * 0.7).abs() < 1e-9);
    }

    #[test]
    fn a_refusal_holds_as_long_as_it_says_or_a_second() {
        let mut pace = pace(20.0);
        pace.on_throttled(Elapsed::ZERO, SECOND, None);
        assert_eq!(pace.take(SECOND), Err(SECOND * 2));
        pace.on_throttled(Elapsed::ZERO, SECOND, Some(SECOND * 9));
        assert_eq!(pace.take(SECOND), Err(SECOND * 10));
        pace.on_throttled(SECOND * 2, SECOND * 2, None);
        assert_eq!(pace.take(SECOND * 3), Err(SECOND * 10));
    }

    #[test]
    fn the_rate_comes_back_by_2_percent_of_the_allowed_a_second() {
        let mut pace = pace(20.0);
        pace.on_throttled(Elapsed::ZERO, Elapsed::ZERO, None);
        assert!((pace.rate(SECOND * 6) - (19.0 * 0.7 + 5.0 * 0.4)).abs() < 1e-9);
        assert_eq!(pace.rate(SECOND * 3600), 19.0);
    }

    #[test]
    fn the_rate_keeps_to_one_question_in_two_seconds() {
        let mut fast = pace(20.0);
        let mut slow = pace(0.1);
        for millisecond in 1..60 {
            let now = Duration::from_millis(millisecond);
            fast.on_throttled(now, now, Some(Duration::ZERO));
            slow.on_throttled(now, now, Some(Duration::ZERO));
        }
        assert_eq!(fast.spacing(Duration::from_millis(59)), SECOND * 2);
        assert!((slow.rate(Duration::from_millis(59)) - 0.095).abs() < 1e-12);
    }

    #[test]
    fn ten_unanswered_in_a_row_slow_down_too() {
        let mut pace = pace(20.0);
        for _ in 0..9 {
            pace.on_no_answer(SECOND, SECOND, None);
        }
        pace.on_answer();
        for _ in 0..9 {
            pace.on_no_answer(SECOND, SECOND, None);
        }
        assert_eq!(pace.take(SECOND), Ok(()));
        pace.on_no_answer(SECOND, SECOND, None);
        assert_eq!(pace.rate(SECOND), 19.0 * 0.7);
        assert_eq!(pace.take(SECOND), Err(SECOND * 2));
    }

    #[test]
    fn no_moment_is_too_late() {
        let mut pace = pace(0.1);
        pace.on_throttled(Duration::MAX, Duration::MAX, Some(Duration::MAX));
        assert_eq!(pace.free(), Duration::MAX);
        assert_eq!(pace.take(Duration::MAX), Ok(()));
    }
}
