/// How many completed tasks are kept.
const SIZE: usize = 256;
/// A completed task this old, in seconds, weighs a third (1/e) of a new one, so that a run of days follows its tasks.
const MEMORY: f64 = 3600.0;

/// An interval-censored duration: a task that completed between two ages, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DurationInterval {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// A weighted sample of fixed size of the run's completed tasks, the same for the same tasks. Each is kept with a probability
/// in proportion to its weight, which fades with time: those with the greatest (logarithm of weight + Gumbel noise), the
/// noise derived from the task's number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reservoir {
    kept: Vec<(f64, DurationInterval)>,
    seen: u64,
    /// The total weight, at the time of the last.
    weight: f64,
    last: f64,
}

impl Reservoir {
    /// Adds a task that completed at `now`, in seconds.
    pub(crate) fn add(&mut self, now: f64, duration: DurationInterval) {
        self.weight = self.weight * libm::exp((self.last - now) / MEMORY) + 1.0;
        self.last = now;
        self.seen += 1;
        let ranked = (now / MEMORY + gumbel(self.seen), duration);
        if self.kept.len() < SIZE {
            self.kept.push(ranked);
        } else if let Some(least) = self.kept.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0))
            && least.0 < ranked.0
        {
            *least = ranked;
        }
    }

    /// How many durations are kept.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The durations that were kept, with the number of tasks that each stands for.
    pub(crate) fn weighted(&self) -> impl Iterator<Item = (DurationInterval, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let weight = (self.weight / self.kept.len() as f64).max(1.0);
        self.kept.iter().map(move |(_, duration)| (*duration, weight))
    }
}

/// Gumbel noise from a number.
fn gumbel(number: u64) -> f64 {
    -libm::log(-libm::log(uniform(number)))
}

/// A number strictly between 0 and 1, scattered by the finalizer of splitmix64.
fn uniform(number: u64) -> f64 {
    let mut x = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    #[expect(clippy::cast_precision_loss, reason = "52 bits")]
    let scattered = (x >> 12) as f64;
    (scattered + 0.5) / 4_503_599_627_370_496.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reservoir of this many tasks, one every `step` seconds, told apart by their `to`.
    fn reservoir(count: u32, step: f64) -> Reservoir {
        let mut reservoir = Reservoir::default();
        for number in 0..count {
            let to = f64::from(number);
            reservoir.add(to * step, DurationInterval { from: 0.0, to });
        }
        reservoir
    }

    fn kept(reservoir: &Reservoir) -> Vec<f64> {
        reservoir.weighted().map(|(duration, _)| duration.to).collect()
    }

    #[test]
    fn a_few_durations_are_all_kept_and_stand_for_themselves() {
        let reservoir = reservoir(5, 0.0);
        assert_eq!(kept(&reservoir), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert!(reservoir.weighted().all(|(_, weight)| (weight - 1.0).abs() < 1e-12));
    }

    #[test]
    fn of_many_some_are_kept_evenly_and_stand_for_all() {
        let reservoir = reservoir(6400, 0.0);
        assert_eq!(reservoir.len(), SIZE);
        assert!(reservoir.weighted().all(|(_, weight)| (weight - 25.0).abs() < 1e-6));
        let early = kept(&reservoir).into_iter().filter(|number| *number < 3200.0).count();
        assert!((100..156).contains(&early), "{early}");
    }

    #[test]
    fn old_durations_fade() {
        let reservoir = reservoir(25_600, 60.0);
        let recent = kept(&reservoir).into_iter().filter(|number| *number > 25_000.0).count();
        assert!(recent > 200, "{recent}");
    }
}
