use super::{
    distribution::Distribution,
    fit::{Observation, fit},
    reservoir::{DurationInterval, Reservoir},
};

/// Completed tasks before the first fit.
const FIRST_FIT: usize = 5;
/// Running (censored) tasks in a fit, at most.
const MAX_CENSORED: usize = 64;
/// A refit comes when the responses or the completed tasks have grown by this share since the last fit.
const GROWTH: f64 = 0.3;
/// A refit recomputes every wait, so that there are at least this many responses per wait between two refits.
const RESPONSES_PER_WAIT: f64 = 0.125;
/// In a long run a refit comes at least once in this many responses.
const MAX_RESPONSES: f64 = 500.0;
/// The weight of a censored observation: less than that of a completed task. It biases the fit towards short durations: too
/// long costs latency, too short only polls.
const CENSORED_WEIGHT: f64 = 0.85;
/// A task that the first poll finds completed at an age below this, in seconds, had most likely completed before the wait
/// began, so that it says nothing about durations.
const IMMEDIATE: f64 = 1.0;

/// Estimates from the tasks of the run how long tasks take.
#[derive(Debug, Clone)]
pub(crate) struct Estimator {
    distribution: Distribution,
    reservoir: Reservoir,
    responses: f64,
    completed: f64,
    /// The responses and completed tasks at the last fit.
    fitted: (f64, f64),
}

impl Estimator {
    /// The prior, without observations.
    pub(crate) fn new() -> Self {
        Self {
            distribution: Distribution::ScaleFree,
            reservoir: Reservoir::default(),
            responses: 0.0,
            completed: 0.0,
            fitted: (0.0, 0.0),
        }
    }

    /// A task was seen running.
    pub(crate) fn on_running(&mut self) {
        self.responses += 1.0;
    }

    /// A task has completed at an age of at most `to`, having been seen running at the age `from`, if ever.
    pub(crate) fn on_completed(&mut self, now: f64, from: Option<f64>, to: f64) {
        self.responses += 1.0;
        if from.is_none() && to < IMMEDIATE {
            return;
        }
        self.completed += 1.0;
        self.reservoir.add(now, DurationInterval { from: from.unwrap_or(0.0), to });
    }

    /// Whether enough was observed, for this many waits, to fit again.
    pub(crate) fn wants_fit(&self, waits: usize) -> bool {
        let (responses, completed) = (self.responses - self.fitted.0, self.completed - self.fitted.1);
        let news = completed >= (self.fitted.1 * GROWTH).max(1.0)
            || responses >= (self.fitted.0 * GROWTH).min(MAX_RESPONSES);
        #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
        let affordable = responses >= (waits as f64 * RESPONSES_PER_WAIT).max(1.0);
        self.reservoir.len() >= FIRST_FIT && news && affordable
    }

    /// Fits to the completed tasks, and to the ages at which the others were last seen running.
    pub(crate) fn fit(&mut self, running: &[f64]) {
        let completed = self
            .reservoir
            .weighted()
            .map(|(duration, weight)| Observation::completed(duration.from, duration.to, weight));
        let stride = running.len().div_ceil(MAX_CENSORED).max(1);
        let picked = running.iter().step_by(stride);
        #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
        let weight = running.len() as f64 / picked.len().max(1) as f64;
        let running = picked.map(|age| Observation::running(*age, CENSORED_WEIGHT * weight));
        self.distribution = Distribution::Fitted(fit(&completed.chain(running).collect::<Vec<_>>()));
        self.fitted = (self.responses, self.completed);
    }

    /// The age at which a task that was seen running at the age `seen` (or never: 0) is due.
    pub(crate) fn due(&self, seen: f64) -> f64 {
        self.distribution.due(seen)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact on purpose")]
mod tests {
    use super::*;

    #[test]
    fn five_completed_tasks_are_enough_for_a_belief() {
        let mut estimator = Estimator::new();
        for _ in 0..4 {
            estimator.on_completed(60.0, Some(50.0), 52.0);
        }
        assert!(!estimator.wants_fit(10));
        estimator.on_completed(60.0, Some(50.0), 52.0);
        assert!(estimator.wants_fit(10));
        assert!(estimator.due(0.0) < 1.0);
        estimator.fit(&[20.0, 30.0]);
        assert!(estimator.due(0.0) > 5.0);
        assert!(!estimator.wants_fit(10));
    }

    #[test]
    fn tasks_that_completed_before_the_wait_are_no_observations() {
        let mut estimator = Estimator::new();
        for _ in 0..100 {
            estimator.on_completed(1.0, None, 0.5);
        }
        assert!(!estimator.wants_fit(1));
    }

    /// The cost of a refit is shared by the responses before it: the work for each stays the same however many waits there are.
    #[test]
    fn the_cost_of_refits_stays_in_proportion_to_responses() {
        for waits in [1, 100, 10_000] {
            let (mut estimator, mut recomputed) = (Estimator::new(), 0);
            for number in 0..20_000_u32 {
                estimator.on_completed(f64::from(number) / 20.0, Some(5.0), 6.0);
                if estimator.wants_fit(waits) {
                    estimator.fit(&[]);
                    recomputed += waits;
                }
            }
            assert!(recomputed <= 8 * 20_000, "{waits}: {recomputed}");
            assert!(recomputed >= 8 * waits, "{waits}: {recomputed}");
        }
    }

    #[test]
    fn a_fit_is_rather_too_short_than_too_long() {
        let learned = |running: &[f64]| {
            let mut estimator = Estimator::new();
            (0..20).for_each(|_| estimator.on_completed(60.0, Some(7.0), 9.0));
            estimator.fit(running);
            estimator.due(0.0)
        };
        assert_eq!(learned(&[]), learned(&[1.0; 20]));
        assert!(learned(&[8.0; 20]) > learned(&[]));
    }
}
