//! Waiting until enough targets are healthy.

use std::time::Duration;

use clb_api::error_table::LIMITED_RETRIES;
use clb_api::{ApiError, Client, ErrorClass};
use tfplugin::Context;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::provider_data::ProviderData;
use crate::target_health::{Health, HealthResponse, HealthTarget};

/// The time from one response to the next poll. The service probes targets every few seconds.
const INTERVAL: Duration = Duration::from_secs(2);

/// How long after the deadline a poll in flight may still finish.
const OVERTIME: Duration = Duration::from_secs(2);

/// The result of a wait for healthy targets: what was seen, and how it ended.
#[derive(Debug)]
pub(crate) struct HealthResult {
    pub(crate) progress: HealthProgress,
    pub(crate) elapsed: Duration,
    pub(crate) outcome: HealthOutcome,
}

/// How a wait for healthy targets ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HealthOutcome {
    /// Enough targets are healthy.
    Healthy,
    /// The timeout passed.
    TimedOut,
    /// The service rejects the query.
    Rejected,
    /// Terraform was told to stop.
    Interrupted,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct HealthProgress {
    pub(crate) polls: u32,
    /// The health that the last successful poll has reported.
    pub(crate) health: Option<Health>,
    pub(crate) request_id: Option<String>,
    pub(crate) error: Option<HealthError>,
    limited_failures: u32,
}

/// Why a poll has brought no health.
#[derive(Clone, Debug)]
pub(crate) struct HealthError {
    pub(crate) class: ErrorClass,
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    request_id: Option<String>,
}

/// What one poll has brought, and the RequestId of its response.
type PollResult = Result<(Health, Option<String>), HealthError>;

/// Polls until enough targets are healthy, the timeout passes or the user presses Ctrl-C.
pub(crate) async fn wait(
    client: &Client,
    target: &HealthTarget,
    timeout: Duration,
    context: &Context<ProviderData>,
) -> HealthResult {
    let started = Instant::now();
    let mut progress = HealthProgress::default();
    let outcome = tokio::select! {
        biased;
        () = context.cancelled() => HealthOutcome::Interrupted,
        outcome = poll_until(started + timeout, target, &mut progress, || poll(client, target)) => outcome,
    };
    HealthResult { progress, elapsed: started.elapsed(), outcome }
}

async fn poll(client: &Client, target: &HealthTarget) -> PollResult {
    let response = client.call("DescribeTargetHealth", &target.query()).await?;
    let health: HealthResponse = response.read().map_err(|error| HealthError::unreadable(&error))?;
    Ok((target.select(health), Some(response.request_id)))
}

async fn poll_until<F: Future<Output = PollResult>>(
    deadline: Instant,
    target: &HealthTarget,
    progress: &mut HealthProgress,
    poll: impl Fn() -> F,
) -> HealthOutcome {
    loop {
        progress.polls += 1;
        if let Ok(result) = timeout_at(deadline + OVERTIME, poll()).await
            && let Some(outcome) = progress.record(result, target)
        {
            return outcome;
        }
        let now = Instant::now();
        if now >= deadline {
            return HealthOutcome::TimedOut;
        }
        sleep_until((now + INTERVAL).min(deadline)).await;
    }
}

impl HealthProgress {
    /// Takes the result of a poll, and tells how the wait ends if it does.
    fn record(&mut self, result: PollResult, target: &HealthTarget) -> Option<HealthOutcome> {
        match result {
            Ok((health, request_id)) => {
                self.request_id = request_id.or_else(|| self.request_id.take());
                let is_reached = target.is_reached(&health);
                self.health = Some(health);
                is_reached.then_some(HealthOutcome::Healthy)
            }
            Err(error) => {
                self.request_id = error.request_id.clone().or_else(|| self.request_id.take());
                let is_final = self.is_final(error.class);
                self.error = Some(error);
                is_final.then_some(HealthOutcome::Rejected)
            }
        }
    }

    /// Whether an error of this class ends the wait.
    fn is_final(&mut self, class: ErrorClass) -> bool {
        if class == ErrorClass::LimitedRetries {
            self.limited_failures += 1;
            return self.limited_failures > LIMITED_RETRIES;
        }
        !class.is_transient()
    }
}

impl HealthError {
    fn unreadable(error: &serde_json::Error) -> Self {
        let message = format!("the response cannot be read: {error}");
        Self { class: ErrorClass::Transient, code: None, message, request_id: None }
    }
}

impl From<ApiError> for HealthError {
    fn from(error: ApiError) -> Self {
        Self {
            class: error.class(),
            code: error.code().map(str::to_owned),
            message: error.message().to_owned(),
            request_id: error.request_id().map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    fn target() -> HealthTarget {
        HealthTarget { load_balancer_id: "lb-1".into(), listener_ids: None, minimum_healthy: None }
    }

    #[expect(clippy::unnecessary_wraps, reason = "a poll can also fail")]
    fn health(healthy: bool) -> PollResult {
        let targets = json!([{"IP": "10.0.0.1", "Port": 80, "HealthStatus": healthy}]);
        let listeners = json!([{"ListenerId": "lbl-1", "Rules": [{"LocationId": "", "Targets": targets}]}]);
        let response = json!({"LoadBalancers": [{"LoadBalancerId": "lb-1", "Listeners": listeners}]});
        Ok((target().select(serde_json::from_value(response).unwrap()), None))
    }

    fn error(class: ErrorClass) -> PollResult {
        Err(HealthError { class, code: None, message: "error".into(), request_id: None })
    }

    /// Runs a wait over these results, of which the last repeats, and gives the times of the polls in seconds.
    async fn check(timeout: u64, results: Vec<PollResult>, expected: HealthOutcome) -> Vec<u64> {
        let started = Instant::now();
        let (times, results) = (RefCell::new(Vec::new()), RefCell::new(results));
        let poll = async || {
            times.borrow_mut().push(started.elapsed().as_secs());
            let mut results = results.borrow_mut();
            if results.len() > 1 { results.remove(0) } else { results[0].clone() }
        };
        let (target, mut progress) = (target(), HealthProgress::default());
        let outcome = poll_until(started + Duration::from_secs(timeout), &target, &mut progress, poll).await;
        assert_eq!(outcome, expected);
        times.into_inner()
    }

    #[tokio::test(start_paused = true)]
    async fn it_polls_every_two_seconds_until_the_targets_are_healthy() {
        let results = vec![health(false), error(ErrorClass::Transient), health(false), health(true)];
        assert_eq!(check(60, results, HealthOutcome::Healthy).await, [0, 2, 4, 6]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_poll_is_at_the_deadline() {
        assert_eq!(check(5, vec![health(false)], HealthOutcome::TimedOut).await, [0, 2, 4, 5]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_final_error_ends_the_wait_and_a_bare_failed_operation_after_three_more_polls() {
        assert_eq!(check(60, vec![error(ErrorClass::Auth)], HealthOutcome::Rejected).await, [0]);
        let times = check(60, vec![error(ErrorClass::LimitedRetries)], HealthOutcome::Rejected).await;
        assert_eq!(times, [0, 2, 4, 6]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_that_hangs_ends_shortly_after_the_deadline() {
        let (started, mut progress) = (Instant::now(), HealthProgress::default());
        let deadline = started + Duration::from_secs(5);
        let outcome = poll_until(deadline, &target(), &mut progress, std::future::pending).await;
        assert_eq!((outcome, started.elapsed()), (HealthOutcome::TimedOut, Duration::from_secs(7)));
    }
}
