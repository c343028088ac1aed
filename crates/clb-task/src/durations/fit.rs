use super::distribution::LogNormal;

/// The spreads that are tried. Narrower than the first says more than a few tasks can know; wider than the last is
/// hardly told from free of scale.
const SIGMAS: [f64; 9] = [0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.1, 1.35, 1.6];
/// What is expected of the spread before anything is seen: about this, within a factor of e to the next. It matters for a
/// handful of completed tasks, under which the likeliest spread tends to be too narrow.
const USUAL_SIGMA: f64 = 0.8;
const SIGMA_RANGE: f64 = 0.5;
/// The medians that are tried: this times a power of the next, 0.1 s to 45 h.
const SHORTEST_MEDIAN: f64 = 0.1;
const MEDIAN_STEP: f64 = 1.1;
const MEDIANS: i32 = 150;
/// What an observation that the distribution rules out counts at least.
const IMPOSSIBLE: f64 = 1e-12;

/// One task's duration: more than `from`, and at most `to` if it has completed, else censored. Logarithms of ages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observation {
    from: f64,
    to: Option<f64>,
    weight: f64,
}

impl Observation {
    /// A task that completed between the ages `from` and `to`, in seconds.
    pub(crate) fn completed(from: f64, to: f64, weight: f64) -> Self {
        Self { from: libm::log(from), to: Some(libm::log(to)), weight }
    }

    /// A task that was running at the age `from`, in seconds, and stands for `weight` such tasks.
    pub(crate) fn running(from: f64, weight: f64) -> Self {
        Self { from: libm::log(from), to: None, weight }
    }
}

/// The log-normal distribution under which the observations are likeliest. For a given spread the likelihood of interval
/// observations is concave in the logarithm of the median, so a search by thirds finds its top.
pub(crate) fn fit(observations: &[Observation]) -> LogNormal {
    let best = SIGMAS.map(|sigma| best_median(observations, sigma));
    let top = best.into_iter().reduce(|top, next| if next.1 > top.1 { next } else { top });
    top.map_or(candidate(0, SIGMAS[0]), |(fitted, _)| fitted)
}

fn best_median(observations: &[Observation], sigma: f64) -> (LogNormal, f64) {
    let (mut low, mut high) = (0, MEDIANS);
    while high - low > 2 {
        let third = (high - low) / 3;
        let (left, right) = (low + third, high - third);
        if likelihood(observations, candidate(left, sigma))
            < likelihood(observations, candidate(right, sigma))
        {
            low = left;
        } else {
            high = right;
        }
    }
    let middle = candidate(i32::midpoint(low, high), sigma);
    (middle, likelihood(observations, middle) + expectation(sigma))
}

fn candidate(median: i32, sigma: f64) -> LogNormal {
    LogNormal::new(libm::log(SHORTEST_MEDIAN) + f64::from(median) * libm::log(MEDIAN_STEP), sigma)
}

/// The logarithm of how far a spread is expected, up to a constant.
fn expectation(sigma: f64) -> f64 {
    let distance = libm::log(sigma / USUAL_SIGMA) / SIGMA_RANGE;
    -distance * distance / 2.0
}

fn likelihood(observations: &[Observation], fitted: LogNormal) -> f64 {
    observations.iter().map(|seen| seen.weight * libm::log(probability(seen, fitted).max(IMPOSSIBLE))).sum()
}

/// The probability of one observation; differences are taken on the side where they keep their digits.
fn probability(seen: &Observation, fitted: LogNormal) -> f64 {
    let Some(to) = seen.to else { return fitted.survival(seen.from) };
    let survivors = fitted.survival(seen.from);
    if survivors < 0.5 { survivors - fitted.survival(to) } else { fitted.cdf(to) - fitted.cdf(seen.from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is seen of tasks with this median and spread, at quantiles of the distribution, polled every `step` seconds
    /// until `now`.
    fn seen(median: f64, sigma: f64, step: f64, now: f64) -> Vec<Observation> {
        let normal_quantiles = [-1.64, -1.04, -0.67, -0.39, -0.13, 0.13, 0.39, 0.67, 1.04, 1.64];
        let observe = |quantile: f64| {
            let duration = median * libm::exp(sigma * quantile);
            let from = libm::floor(duration.min(now) / step) * step;
            if duration < now {
                Observation::completed(from, from + step, 10.0)
            } else {
                Observation::running(now, 10.0)
            }
        };
        normal_quantiles.map(observe).to_vec()
    }

    #[track_caller]
    fn check(median: f64, sigma: f64, step: f64, now: f64) {
        let fitted = fit(&seen(median, sigma, step, now));
        let at_median = fitted.survival(libm::log(median));
        assert!((at_median - 0.5).abs() < 0.1, "{fitted:?}: {at_median} live beyond {median}");
        let at_upper = fitted.survival(libm::log(median) + sigma);
        assert!((at_upper - 0.159).abs() < 0.08, "{fitted:?}: {at_upper} live beyond one sigma");
    }

    #[test]
    fn a_fit_finds_what_the_tasks_were_drawn_from() {
        check(8.0, 0.8, 0.1, 1e9);
        check(0.5, 0.5, 0.05, 1e9);
        check(3600.0, 1.2, 60.0, 1e9);
    }

    #[test]
    fn tasks_that_still_run_take_part() {
        check(8.0, 0.8, 0.1, 8.5);
        check(600.0, 0.5, 5.0, 700.0);
    }

    #[test]
    fn impossible_observations_do_not_upset_a_fit() {
        let odd = [
            Observation::completed(0.0, 0.0, 1.0),
            Observation::completed(5.0, 5.0, 1.0),
            Observation::running(0.0, 1.0),
        ];
        assert!(fit(&odd).survival(0.0).is_finite());
        assert!(fit(&[]).survival(0.0).is_finite());
    }
}
