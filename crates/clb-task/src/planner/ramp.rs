use std::{collections::BTreeMap, time::Duration};

use super::step::{Elapsed, Key};
use crate::rate::RequestRate;

/// Polls in flight at most, whatever the rate: this bounds what a service that hangs can tie up.
const MAX_IN_FLIGHT: usize = 64;
/// The share of the rate that may arrive late: what the rate limiter leaves of the service's limit.
const LATE_SHARE: f64 = 0.05;
/// A probe without a response for this long no longer delays the next.
const STALE: Duration = Duration::from_secs(2);
/// A connection that is not used for this long may have been closed. Servers keep idle connections for 60 s or more.
const IDLE: Duration = Duration::from_secs(30);

/// Bounds the polls in flight, so that few of them wait for a new connection at a time.
///
/// A poll that finds all connections in use opens a new one, and so reaches the service a few round trips later than the
/// polls that follow it on warm connections. Evenly spaced polls then arrive in bursts, above the limit of the service. So
/// the number in flight grows by one probe at a time (by 5 % of the rate, if that is more): the next probe is sent when the
/// last one got its response, which shows that its connection is warm.
#[derive(Debug)]
pub(super) struct Ramp {
    /// Probes at a time.
    allowed: usize,
    /// How many polls can be in flight on connections that are known to be warm.
    warm: usize,
    probes: BTreeMap<Key, Elapsed>,
    in_flight: usize,
    /// How long the last response took, on a warm connection if there was one.
    response_time: Duration,
    /// The most polls in flight in this period of `IDLE` and in the one before, and when this one began.
    peaks: (usize, usize),
    since: Elapsed,
}

impl Ramp {
    pub(super) fn new(rate: RequestRate) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 50")]
        let late = (rate.per_second() * LATE_SHARE) as usize;
        let (probes, peaks) = (BTreeMap::new(), (0, 0));
        Self {
            allowed: late.max(1),
            warm: 0,
            probes,
            in_flight: 0,
            response_time: Duration::ZERO,
            peaks,
            since: Elapsed::ZERO,
        }
    }

    /// Whether one more poll can be in flight at all.
    pub(super) fn is_full(&self) -> bool {
        self.in_flight >= MAX_IN_FLIGHT
    }

    /// Whether one more poll may be sent now.
    pub(super) fn admits(&mut self, now: Elapsed) -> bool {
        self.forget_idle(now);
        !self.is_full() && (self.has_warm() || self.fresh(now).count() < self.allowed)
    }

    /// When one more poll may be sent although no response comes, after a time at which none may.
    pub(super) fn admits_at(&self, now: Elapsed) -> Option<Elapsed> {
        self.fresh(now).min().map(|sent| sent.saturating_add(STALE)).filter(|_| !self.is_full())
    }

    pub(super) fn on_poll(&mut self, key: Key, now: Elapsed) {
        if !self.has_warm() {
            self.probes.insert(key, now);
        }
        self.in_flight += 1;
        self.peaks.1 = self.peaks.1.max(self.in_flight);
    }

    /// A poll is no longer in flight. Whether its connection is warm, only a response shows, which took a time.
    pub(super) fn on_end(&mut self, key: Key, response_time: Option<Duration>) {
        self.in_flight -= 1;
        let was_probe = self.probes.remove(&key).is_some();
        let Some(response_time) = response_time else { return };
        self.warm += usize::from(was_probe);
        if !was_probe || self.response_time.is_zero() {
            self.response_time = response_time;
        }
    }

    /// The time between two polls that the connections known to be warm carry.
    pub(super) fn spacing(&self) -> Duration {
        self.response_time / u32::try_from(self.warm.clamp(1, MAX_IN_FLIGHT)).unwrap_or(1)
    }

    fn has_warm(&self) -> bool {
        self.in_flight - self.probes.len() < self.warm
    }

    /// When the probes were sent that delay the next.
    fn fresh(&self, now: Elapsed) -> impl Iterator<Item = Elapsed> {
        self.probes.values().copied().filter(move |sent| sent.saturating_add(STALE) > now)
    }

    /// Counts only as many connections as were used at once of late.
    fn forget_idle(&mut self, now: Elapsed) {
        let periods = now.saturating_sub(self.since).as_secs() / IDLE.as_secs();
        if periods == 0 {
            return;
        }
        let last = if periods == 1 { self.peaks.1 } else { self.in_flight };
        self.peaks = (last, self.in_flight);
        self.since = now;
        self.warm = self.warm.min(last.max(self.in_flight));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn ramp() -> Ramp {
        Ramp::new(RequestRate::default())
    }

    /// As many polls as are admitted at `now`.
    fn send(ramp: &mut Ramp, now: Elapsed, first: u64) -> Vec<Key> {
        let keys = (first..).map(Key).take_while(|key| {
            let admitted = ramp.admits(now);
            if admitted {
                ramp.on_poll(*key, now);
            }
            admitted
        });
        keys.collect()
    }

    #[test]
    fn the_polls_in_flight_grow_by_one_with_each_response() {
        let mut ramp = ramp();
        for round in 1..10 {
            let now = SECOND * round;
            let keys = send(&mut ramp, now, u64::from(round) * 100);
            assert_eq!(keys.len(), round as usize);
            for key in keys {
                ramp.on_end(key, Some(SECOND));
            }
        }
    }

    #[test]
    fn a_poll_without_a_usable_response_warms_no_connection() {
        let mut ramp = ramp();
        for round in 1..4 {
            let keys = send(&mut ramp, SECOND * round, u64::from(round) * 100);
            assert_eq!(keys.len(), 1);
            ramp.on_end(keys[0], None);
        }
    }

    #[test]
    fn a_probe_that_hangs_delays_the_next_by_two_seconds() {
        let mut ramp = ramp();
        assert_eq!(send(&mut ramp, SECOND, 1).len(), 1);
        assert_eq!(ramp.admits_at(SECOND * 2), Some(SECOND * 3));
        assert!(!ramp.admits(SECOND * 2));
        assert_eq!(send(&mut ramp, SECOND * 3, 2).len(), 1);
    }

    #[test]
    fn connections_that_were_idle_for_a_minute_are_probed_anew() {
        let mut ramp = ramp();
        for round in 1..6 {
            for key in send(&mut ramp, SECOND * round, u64::from(round) * 100) {
                ramp.on_end(key, Some(SECOND));
            }
        }
        assert_eq!(ramp.warm, 5);
        assert!(ramp.admits(SECOND * 40));
        assert_eq!(ramp.warm, 5);
        assert_eq!(send(&mut ramp, SECOND * 71, 1000).len(), 1);
    }

    #[test]
    fn a_high_rate_has_room_for_more_probes_and_64_are_the_most() {
        let mut ramp = Ramp::new(RequestRate::new(200.0).unwrap());
        assert_eq!(send(&mut ramp, SECOND, 1).len(), 10);
        ramp.warm = 1000;
        assert_eq!(send(&mut ramp, SECOND, 100).len(), 54);
        assert_eq!(ramp.admits_at(SECOND), None);
    }
}
