use std::collections::BTreeMap;

use crate::draws::{Run, Service, Task};

/// What a policy did in one run.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Which task was asked about, and when.
    pub(crate) questions: Vec<(usize, f64)>,
    pub(crate) refused: usize,
    latencies: Vec<f64>,
    last_seen: f64,
    arrivals: BTreeMap<u64, u32>,
}

/// What the service says to a question.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Said {
    Running,
    Ended,
    Rejected,
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
    pub(crate) refused: f64,
    pub(crate) peak: u32,
}

impl Outcome {
    /// Sends a question at `sent`; a task that has ended is seen when the answer arrives. A limited service refuses what
    /// exceeds its rate in a calendar second.
    pub(crate) fn ask(&mut self, service: &Service, number: usize, task: &Task, sent: f64) -> Said {
        self.questions.push((number, sent));
        let received = sent + service.rtt / 2.0;
        // A microsecond of slack keeps sums of decimal fractions in their second.
        let in_second = self.arrivals.entry((received + 1e-6) as u64).or_default();
        *in_second += 1;
        if f64::from(*in_second) > service.rate {
            self.refused += 1;
            return Said::Rejected;
        }
        if received < task.end - 1e-9 {
            return Said::Running;
        }
        let seen = sent + service.rtt;
        self.latencies.push(seen - task.end);
        self.last_seen = self.last_seen.max(seen);
        Said::Ended
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
        let questions: usize = outcomes.iter().map(|outcome| outcome.questions.len()).sum();
        Self {
            mean: latencies.iter().sum::<f64>() / tasks as f64,
            p50: at(0.5),
            p95: at(0.95),
            max: at(1.0),
            finish_lag: mean(
                outcomes.iter().zip(runs).map(|(outcome, run)| outcome.last_seen - last_end(run)),
            ),
            requests_per_task: questions as f64 / tasks as f64,
            refused: mean(outcomes.iter().map(|outcome| outcome.refused as f64)),
            peak: outcomes.iter().flat_map(|outcome| outcome.arrivals.values().copied()).max().unwrap_or(0),
        }
    }
}

fn mean(numbers: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = numbers.len() as f64;
    numbers.sum::<f64>() / count
}
