use super::{
    belief::Belief,
    fit::{Observation, fit},
    sample::{Lifetime, Sample},
};

/// Endings before the first fit.
const FIRST_FIT: usize = 5;
/// Running tasks that take part in a fit, at most.
const RUNNING: usize = 64;
/// A refit comes when the answers or the endings have grown by this share since the last one.
const GROWTH: f64 = 0.3;
/// A refit recomputes every watched task, so that there are at least this many answers a watched task between two.
const ANSWERS_A_TASK: f64 = 0.125;
/// In a long run a refit comes at least this often, in answers.
const OFTEN: f64 = 500.0;
/// A running task counts less than one that has ended. That makes the belief too short rather than too long: too long costs
/// latency, too short only questions.
const SHORT: f64 = 0.85;
/// A task that the first look finds done at an age below this, in seconds, was most likely done before it was watched,
/// so that it says nothing about durations.
const ALREADY_DONE: f64 = 1.0;

/// Learns from the run how long tasks take.
#[derive(Debug, Clone)]
pub(crate) struct Learner {
    belief: Belief,
    sample: Sample,
    answers: f64,
    endings: f64,
    /// The answers and endings at the last fit.
    fitted: (f64, f64),
}

impl Learner {
    /// Knows nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            belief: Belief::ScaleFree,
            sample: Sample::default(),
            answers: 0.0,
            endings: 0.0,
            fitted: (0.0, 0.0),
        }
    }

    /// A task was seen running.
    pub(crate) fn on_running(&mut self) {
        self.answers += 1.0;
    }

    /// A task has ended at an age of at most `to`, having been seen running at the age `from`, if ever.
    pub(crate) fn on_ended(&mut self, now: f64, from: Option<f64>, to: f64) {
        self.answers += 1.0;
        if from.is_none() && to < ALREADY_DONE {
            return;
        }
        self.endings += 1.0;
        self.sample.add(now, Lifetime { from: from.unwrap_or(0.0), to });
    }

    /// Whether enough was learned, for this many watched tasks, to fit again.
    pub(crate) fn wants_fit(&self, watched: usize) -> bool {
        let (answers, endings) = (self.answers - self.fitted.0, self.endings - self.fitted.1);
        let news =
            endings >= (self.fitted.1 * GROWTH).max(1.0) || answers >= (self.fitted.0 * GROWTH).min(OFTEN);
        #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
        let affordable = answers >= (watched as f64 * ANSWERS_A_TASK).max(1.0);
        self.sample.len() >= FIRST_FIT && news && affordable
    }

    /// Fits to the endings and to the ages at which the others were last seen running.
    pub(crate) fn fit(&mut self, running: &[f64]) {
        let ended =
            self.sample.weighted().map(|(life, weight)| Observation::ended(life.from, life.to, weight));
        let stride = running.len().div_ceil(RUNNING).max(1);
        let picked = running.iter().step_by(stride);
        #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
        let weight = running.len() as f64 / picked.len().max(1) as f64;
        let running = picked.map(|age| Observation::running(*age, SHORT * weight));
        self.belief = Belief::Fitted(fit(&ended.chain(running).collect::<Vec<_>>()));
        self.fitted = (self.answers, self.endings);
    }

    /// The age at which a task that was seen running at the age `seen` (or never: 0) is due.
    pub(crate) fn due(&self, seen: f64) -> f64 {
        self.belief.due(seen)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact on purpose")]
mod tests {
    use super::*;

    #[test]
    fn five_endings_are_enough_for_a_belief() {
        let mut learner = Learner::new();
        for _ in 0..4 {
            learner.on_ended(60.0, Some(50.0), 52.0);
        }
        assert!(!learner.wants_fit(10));
        learner.on_ended(60.0, Some(50.0), 52.0);
        assert!(learner.wants_fit(10));
        assert!(learner.due(0.0) < 1.0);
        learner.fit(&[20.0, 30.0]);
        assert!(learner.due(0.0) > 5.0);
        assert!(!learner.wants_fit(10));
    }

    #[test]
    fn tasks_that_were_done_before_they_were_watched_teach_nothing() {
        let mut learner = Learner::new();
        for _ in 0..100 {
            learner.on_ended(1.0, None, 0.5);
        }
        assert!(!learner.wants_fit(1));
    }

    /// What a refit costs is shared by the answers before it: the work for each stays the same however many tasks there are.
    #[test]
    fn refits_are_paid_for_by_answers() {
        for watched in [1, 100, 10_000] {
            let (mut learner, mut recomputed) = (Learner::new(), 0);
            for number in 0..20_000_u32 {
                learner.on_ended(f64::from(number) / 20.0, Some(5.0), 6.0);
                if learner.wants_fit(watched) {
                    learner.fit(&[]);
                    recomputed += watched;
                }
            }
            assert!(recomputed <= 8 * 20_000, "{watched}: {recomputed}");
            assert!(recomputed >= 8 * watched, "{watched}: {recomputed}");
        }
    }

    #[test]
    fn a_belief_is_rather_too_short_than_too_long() {
        let learned = |running: &[f64]| {
            let mut learner = Learner::new();
            (0..20).for_each(|_| learner.on_ended(60.0, Some(7.0), 9.0));
            learner.fit(running);
            learner.due(0.0)
        };
        assert_eq!(learned(&[]), learned(&[1.0; 20]));
        assert!(learned(&[8.0; 20]) > learned(&[]));
    }
}
