//! How many requests can leave at once, so that few of them wait for a new connection.

use std::time::Duration;

use http::Version;
use tokio::time::Instant;

/// The connections to one authority, as far as they are known from outside the pool: a plain value, told the time.
///
/// A request that opens a connection reaches the service up to three round trips later than it was sent, together with
/// later requests on open connections. So connections are opened one after the other, as far apart as the first one took
/// to bring a response: with 19 requests a second on open connections, 95 % of the vendor's limit, the service still sees
/// 20 at most.
#[derive(Debug, Default)]
pub(super) struct Connections {
    /// Since when each open connection of HTTP/1.1 is idle. The pool uses the one that was idle for the shortest time.
    idle: Vec<Instant>,
    /// When a connection of HTTP/2 was last used. One carries all requests.
    multiplexed: Option<Instant>,
    first_opened: Option<Instant>,
    last_opened: Option<Instant>,
    /// How long it took from opening the first connection to the first response.
    opening_time: Option<Duration>,
}

/// The longest time between two new connections: while nothing has responded, too.
const MAX_OPENING_INTERVAL: Duration = Duration::from_secs(1);

/// A connection that was idle for longer may be closed: a little less than the pool keeps one.
const REUSED_WITHIN: Duration = Duration::from_secs(25);

impl Connections {
    /// Takes the right to send a request now, or says when there will be one unless a response comes first.
    pub(super) fn admit(&mut self, now: Instant) -> Result<(), Instant> {
        let is_open = |used: &Instant| now.saturating_duration_since(*used) < REUSED_WITHIN;
        if self.multiplexed.as_ref().is_some_and(is_open) {
            self.multiplexed = Some(now);
            return Ok(());
        }
        if self.idle.pop().as_ref().is_some_and(is_open) {
            return Ok(());
        }
        self.idle.clear();
        let interval = self.opening_time.unwrap_or(MAX_OPENING_INTERVAL);
        match self.last_opened.map(|opened| opened + interval) {
            Some(next) if now < next => Err(next),
            _ => {
                self.first_opened.get_or_insert(now);
                self.last_opened = Some(now);
                Ok(())
            }
        }
    }

    /// A response has arrived: its connection is open and free.
    pub(super) fn on_response(&mut self, version: Version, now: Instant) {
        let taken = self.first_opened.map(|opened| now.saturating_duration_since(opened));
        self.opening_time = self.opening_time.or(taken.map(|taken| taken.min(MAX_OPENING_INTERVAL)));
        match version {
            Version::HTTP_2 => self.multiplexed = Some(now),
            _ => self.idle.push(now),
        }
    }

    /// A connection was lost. That of HTTP/2 carried all requests.
    pub(super) fn on_failure(&mut self) {
        self.multiplexed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn without_a_response_a_new_connection_is_opened_once_a_second() {
        let (mut connections, start) = (Connections::default(), Instant::now());
        assert_eq!(connections.admit(start), Ok(()));
        assert_eq!(connections.admit(start + SECOND / 2), Err(start + SECOND));
        assert_eq!(connections.admit(start + SECOND), Ok(()));
        assert_eq!(connections.admit(start + SECOND), Err(start + SECOND * 2));
    }

    #[test]
    fn later_connections_are_opened_as_far_apart_as_the_first_one_took() {
        for (took, interval) in [(SECOND / 5, SECOND / 5), (SECOND * 9, SECOND)] {
            let (mut connections, start) = (Connections::default(), Instant::now());
            connections.admit(start).unwrap();
            let now = start + took;
            connections.on_response(Version::HTTP_11, now);
            assert_eq!(
                [connections.admit(now), connections.admit(now)],
                [Ok(()), Ok(())],
                "the open one, a new one"
            );
            assert_eq!(connections.admit(now), Err(now + interval));
        }
    }

    #[test]
    fn an_open_connection_serves_one_request_after_the_other() {
        let (mut connections, start) = (Connections::default(), Instant::now());
        connections.admit(start).unwrap();
        connections.on_response(Version::HTTP_11, start + SECOND);
        let now = start + SECOND;
        for at in [now, now + SECOND * 24, now + SECOND * 48] {
            connections.last_opened = Some(at);
            assert_eq!(connections.admit(at), Ok(()));
            assert_eq!(connections.admit(at), Err(at + SECOND));
            connections.on_response(Version::HTTP_11, at);
        }
        assert_eq!(
            connections.admit(now + SECOND * 90),
            Ok(()),
            "a new one, since the other was idle for long"
        );
        assert!(connections.admit(now + SECOND * 90).is_err());
    }

    #[test]
    fn one_connection_of_http2_carries_all_requests_until_it_is_lost() {
        let (mut connections, start) = (Connections::default(), Instant::now());
        connections.admit(start).unwrap();
        let now = start + SECOND / 2;
        connections.on_response(Version::HTTP_2, now);
        assert!((0..100).all(|_| connections.admit(now).is_ok()));
        connections.on_failure();
        assert!(connections.admit(now).is_ok() && connections.admit(now).is_err());
    }
}
