//! When the backup endpoint takes over, for those who asked for one.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{ApiError, Endpoint, error_table::ErrorClass};

/// So many calls in a row have to go unanswered, as with the vendor's breaker.
const FAILURES: u32 = 5;

/// The backup is used for so long before the main endpoint is tried again, as with the vendor's breaker.
const AWAY: Duration = Duration::from_secs(60);

/// Counts what the main endpoint leaves unanswered. Any answer of the API, an error too, shows that it is there.
#[derive(Debug, Default)]
pub(crate) struct Failover {
    backup: Option<Endpoint>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    back_at: Option<Instant>,
}

impl Failover {
    pub(crate) fn to(backup: Option<Endpoint>) -> Self {
        Self { backup, state: Mutex::default() }
    }

    /// The endpoint of a call that begins now.
    pub(crate) fn choose(&self, main: Endpoint, now: Instant) -> Endpoint {
        match &self.backup {
            Some(backup) if self.state().back_at.is_some_and(|back_at| now < back_at) => backup.clone(),
            _ => main,
        }
    }

    /// Notes what became of a call to `endpoint`.
    pub(crate) fn note<T>(&self, endpoint: &Endpoint, outcome: &Result<T, ApiError>, now: Instant) {
        if self.backup.is_none() || self.backup.as_ref() == Some(endpoint) {
            return;
        }
        let mut state = self.state();
        let unanswered = outcome
            .as_ref()
            .err()
            .is_some_and(|error| error.code().is_none() && error.class() == ErrorClass::Transient);
        state.failures = if unanswered { state.failures + 1 } else { 0 };
        state.back_at = (state.failures >= FAILURES).then(|| now + AWAY);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(host: &str) -> Endpoint {
        Endpoint::parse(&format!("https://{host}")).unwrap()
    }

    /// The hosts that calls go to, one a second, while `main` answers as told.
    fn hosts(answers: &str) -> String {
        let (main, failover) = (endpoint("main"), Failover::to(Some(endpoint("backup"))));
        let start = Instant::now();
        (0..).zip(answers.chars()).fold(String::new(), |hosts, (second, answer)| {
            let now = start + Duration::from_secs(second);
            let chosen = failover.choose(main.clone(), now);
            let outcome = match answer {
                '.' => Ok(()),
                'c' => Err(ApiError::service("InternalError", "m", None)),
                _ => Err(ApiError::no_response("m".to_owned(), true)),
            };
            failover.note(&chosen, &outcome, now);
            hosts + &chosen.host()[..1]
        })
    }

    #[test]
    fn five_unanswered_calls_in_a_row_lead_to_the_backup_for_a_minute() {
        assert_eq!(hosts("xxxx.xxxxxxxxxx"), "mmmmmmmmmmbbbbb");
        let long = hosts(&"x".repeat(70));
        assert_eq!((&long[..5], &long[5..64], &long[64..66]), ("mmmmm", "b".repeat(59).as_str(), "mb"));
    }

    #[test]
    fn answers_show_that_the_service_is_there() {
        assert_eq!(hosts(&".".repeat(20)), "m".repeat(20));
        assert_eq!(hosts(&"c".repeat(20)), "m".repeat(20));
        assert_eq!(hosts("xxxxcxxxxcxxxx"), "m".repeat(14));
    }

    #[test]
    fn without_a_backup_nothing_changes() {
        let (main, failover) = (endpoint("main"), Failover::default());
        for _ in 0..10 {
            failover.note(&main, &Err::<(), _>(ApiError::no_response("m".to_owned(), true)), Instant::now());
            assert_eq!(failover.choose(main.clone(), Instant::now()), main);
        }
    }
}
