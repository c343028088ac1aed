use std::collections::BTreeMap;

use crate::draws::{Run, Service, Task};

/// What a policy did in one run.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Which task was polled, and when.
    pub(crate) polls: Vec<(usize, f64)>,
    pub(crate) throttled: usize,
    latencies: Vec<f64>,
    last_seen: f64,
    arrivals: BTreeMap<u64, u32>,
}

/// What the service says to a poll.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Response {
    Running,
    Completed,
    Throttled,
}

/// Figures over all tasks of all runs.
#[derive(Clone, Copy)]
pub(crate) struct Summary {
    pub(crate) mean: f64,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) max: f64,
    pub(crate) finish_lag: f64,
    pub(crate) requests_per_task: f64,
    pub(crate) throttled: f64,
    pub(crate) peak: u32,
}

impl Outcome {
    /// Sends a poll at `sent`; a task that has completed is seen when the response arrives. A limited service throttles what
    /// exceeds its rate in a calendar second.
    pub(crate) fn poll(&mut self, service: &Service, number: usize, task: &Task, sent: f64) -> Response {
        self.polls.push((number, sent));
        let received = sent + service.rtt / 2.0;
        // A microsecond of slack keeps sums of decimal fractions in their second.
        let in_second = self.arrivals.entry((received + 1e-6) as u64).or_default();
        *in_second += 1;
        if f64::from(*in_second) > service.rate {
            self.throttled += 1;
            return Response::Throttled;
        }
        if received < task.end - 1e-9 {
            return Response::Running;
        }
        let seen = sent + service.rtt;
        self.latencies.push(seen - task.end);
        self.last_seen = self.last_seen.max(seen);
        Response::Completed
    }
}

impl Summary {
    pub(crate) fn of(outcomes: &[Outcome], runs: &[Run]) -> Self {
        let mut latencies: Vec<f64> =
            outcomes.iter().flat_map(|outcome| outcome.latencies.iter().copied()).collect();
        latencies.sort_by(f64::total_cmp);
        let tasks = latencies.len();
        let at = |share: f64| latencies[((tasks as f64 * share) as usize).min(tasks - 1)];
        let last_end = |run: &Run| run.iter().map(|task| task.end).fold(0.0, f64::max);
        let polls: usize = outcomes.iter().map(|outcome| outcome.polls.len()).sum();
        Self {
            mean: latencies.iter().sum::<f64>() / tasks as f64,
            p50: at(0.5),
            p95: at(0.95),
            max: at(1.0),
            finish_lag: mean(
                outcomes.iter().zip(runs).map(|(outcome, run)| outcome.last_seen - last_end(run)),
            ),
            requests_per_task: polls as f64 / tasks as f64,
            throttled: mean(outcomes.iter().map(|outcome| outcome.throttled as f64)),
            peak: outcomes.iter().flat_map(|outcome| outcome.arrivals.values().copied()).max().unwrap_or(0),
        }
    }
}

fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = numbers.len() as f64;
    numbers.sum::<f64>() / count
}
