//! The attribute `polling`: when a task is polled again.

use std::time::Duration;

use clb_api::clb_task::PollPolicy;
use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting};
use tfplugin::{Attr, AttributePath, Diagnostic, Diagnostics, duration};

use crate::argument;

/// Interval of the strategy `fixed`.
const FIXED_INTERVAL: Duration = Duration::from_secs(2);

/// First and longest interval and growth of the strategy `exponential`, as Terraform's own SDK retries.
const FIRST_INTERVAL: Duration = Duration::from_millis(500);
const LONGEST_INTERVAL: Duration = Duration::from_secs(10);
const MULTIPLIER: f64 = 2.0;

/// The attribute as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Polling {
    strategy: Attr<String>,
    interval: Attr<String>,
    max_interval: Attr<String>,
    multiplier: Attr<f64>,
}

/// The attribute's schema.
pub(crate) fn attribute() -> Attribute {
    let strategy = "`adaptive` (default) learns how long the tasks of this run take and polls when a task is likely to have completed. \
                    `fixed` and `exponential` poll at set intervals.";
    let interval = "With `fixed`, the time from a response to the next poll, default `2s`. With `exponential`, the first such time, \
                    default `500ms`. At least `500ms`.";
    let max_interval = "The longest time between two polls of one task. With `exponential` the default is `10s`, with `adaptive` \
                        there is no limit. At least `500ms`.";
    let multiplier =
        "With `exponential`, the factor by which each interval grows. Default `2`, at least `1`.";
    let attributes = [
        Attribute::string("strategy").optional().description(strategy),
        Attribute::string("interval").optional().description(interval),
        Attribute::string("max_interval").optional().description(max_interval),
        Attribute::number("multiplier").optional().description(multiplier),
    ];
    Attribute::nested("polling", Nesting::Single, attributes).optional().description(
        "When a task is polled again. With every strategy a new task is polled at once, and all polls of one provider share its \
         `requests_per_second`.",
    )
}

/// The polling policy, unknown if a part of it is.
pub(crate) fn policy(polling: &Attr<Polling>) -> Result<Attr<PollPolicy>, Diagnostics> {
    match polling {
        Attr::Known(polling) => polling.policy(),
        Attr::Null => Ok(Attr::Known(PollPolicy::adaptive())),
        Attr::Unknown => Ok(Attr::Unknown),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    Adaptive,
    Fixed,
    Exponential,
}

impl Polling {
    fn policy(&self) -> Result<Attr<PollPolicy>, Diagnostics> {
        let mut problems = Diagnostics::new();
        // Which of the other arguments are used is not known while the strategy is not.
        let strategy = problems
            .take(argument::parse(&self.strategy, at("strategy"), Strategy::parse))
            .unwrap_or(Attr::Unknown);
        let interval = problems.take(interval("interval", &self.interval)).unwrap_or_default();
        let max_interval =
            problems.take(self::interval("max_interval", &self.max_interval)).unwrap_or_default();
        problems.take(self.multiplier_in_range());
        if !strategy.is_unknown() {
            problems.take(self.only_what_is_used(strategy.unwrap_or(Strategy::Adaptive)));
        }
        problems.into_result()?;
        if strategy.is_unknown()
            || interval.is_unknown()
            || max_interval.is_unknown()
            || self.multiplier.is_unknown()
        {
            return Ok(Attr::Unknown);
        }
        let strategy = strategy.unwrap_or(Strategy::Adaptive);
        strategy.policy(interval.known(), max_interval.known(), self.multiplier.known()).map(Attr::Known)
    }

    fn multiplier_in_range(&self) -> Result<(), Diagnostics> {
        match self.multiplier {
            Attr::Known(multiplier) if !(multiplier >= 1.0 && multiplier.is_finite()) => Err(
                argument::invalid(at("multiplier"), format!("a multiplier is at least 1, not {multiplier}"))
                    .into(),
            ),
            _ => Ok(()),
        }
    }

    fn only_what_is_used(&self, strategy: Strategy) -> Result<(), Diagnostics> {
        let written = [
            ("interval", self.interval.is_known()),
            ("max_interval", self.max_interval.is_known()),
            ("multiplier", self.multiplier.is_known()),
        ];
        let used = strategy.arguments();
        let unused = written.into_iter().filter(|(name, written)| *written && !used.contains(name));
        let unused = unused.map(|(name, _)| {
            let takes = used.join("`, `");
            argument::invalid(
                at(name),
                format!("the strategy `{}` does not use it; it takes `{takes}`", strategy.name()),
            )
        });
        unused.collect::<Diagnostics>().into_result()
    }
}

impl Strategy {
    fn parse(text: &str) -> Result<Self, String> {
        let all = [Self::Adaptive, Self::Fixed, Self::Exponential];
        let found = all.into_iter().find(|strategy| strategy.name() == text);
        found.ok_or_else(|| format!("a strategy is `adaptive`, `fixed` or `exponential`, not {text:?}"))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Adaptive => "adaptive",
            Self::Fixed => "fixed",
            Self::Exponential => "exponential",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Adaptive => &["max_interval"],
            Self::Fixed => &["interval"],
            Self::Exponential => &["interval", "max_interval", "multiplier"],
        }
    }

    fn policy(
        self,
        interval: Option<Duration>,
        max_interval: Option<Duration>,
        multiplier: Option<f64>,
    ) -> Result<PollPolicy, Diagnostics> {
        let policy = match self {
            Self::Adaptive => match max_interval {
                Some(longest) => PollPolicy::adaptive().with_max_interval(longest),
                None => Ok(PollPolicy::adaptive()),
            },
            Self::Fixed => PollPolicy::fixed(interval.unwrap_or(FIXED_INTERVAL)),
            Self::Exponential => {
                let first = interval.unwrap_or(FIRST_INTERVAL);
                let longest = max_interval.unwrap_or(LONGEST_INTERVAL.max(first));
                PollPolicy::exponential(first, longest, multiplier.unwrap_or(MULTIPLIER))
            }
        };
        policy.map_err(|error| argument::invalid(at("max_interval"), error).into())
    }
}

fn at(name: &str) -> AttributePath {
    AttributePath::from("polling").attribute(name)
}

fn interval(name: &str, text: &Attr<String>) -> Result<Attr<Duration>, Diagnostics> {
    let interval = argument::parse(text, at(name), duration::parse)?;
    match interval {
        Attr::Known(short) if short < PollPolicy::SHORTEST_INTERVAL => Err(too_short(name).into()),
        interval => Ok(interval),
    }
}

fn too_short(name: &str) -> Diagnostic {
    argument::invalid(at(name), "the time between two polls is at least `500ms`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    fn polling(strategy: &str, interval: &str, max_interval: &str, multiplier: Option<f64>) -> Attr<Polling> {
        let text = |text: &str| if text.is_empty() { Attr::Null } else { known(text) };
        Attr::Known(Polling {
            strategy: text(strategy),
            interval: text(interval),
            max_interval: text(max_interval),
            multiplier: multiplier.into(),
        })
    }

    #[track_caller]
    fn check(polling: &Attr<Polling>, expected: PollPolicy) {
        assert_eq!(policy(polling), Ok(Attr::Known(expected)));
    }

    #[track_caller]
    fn check_rejected(polling: &Attr<Polling>, expected: &[&str]) {
        let errors = policy(polling).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.path().to_string()).collect::<Vec<_>>(), expected);
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn each_strategy_has_its_defaults() {
        check(&Attr::Null, PollPolicy::adaptive());
        check(&polling("", "", "", None), PollPolicy::adaptive());
        check(&polling("fixed", "", "", None), PollPolicy::fixed(SECOND * 2).unwrap());
        check(
            &polling("exponential", "", "", None),
            PollPolicy::exponential(SECOND / 2, SECOND * 10, 2.0).unwrap(),
        );
        check(
            &polling("exponential", "20s", "", None),
            PollPolicy::exponential(SECOND * 20, SECOND * 20, 2.0).unwrap(),
        );
    }

    #[test]
    fn each_strategy_takes_its_arguments() {
        check(
            &polling("adaptive", "", "30s", None),
            PollPolicy::adaptive().with_max_interval(SECOND * 30).unwrap(),
        );
        check(&polling("fixed", "500ms", "", None), PollPolicy::fixed(SECOND / 2).unwrap());
        check(
            &polling("exponential", "1s", "4s", Some(1.5)),
            PollPolicy::exponential(SECOND, SECOND * 4, 1.5).unwrap(),
        );
    }

    #[test]
    fn what_a_strategy_does_not_use_is_rejected_where_it_stands() {
        check_rejected(&polling("", "1s", "", None), &["polling.interval"]);
        check_rejected(&polling("adaptive", "", "", Some(2.0)), &["polling.multiplier"]);
        check_rejected(
            &polling("fixed", "1s", "2s", Some(2.0)),
            &["polling.max_interval", "polling.multiplier"],
        );
    }

    #[test]
    fn malformed_values_are_rejected_where_they_stand() {
        check_rejected(&polling("often", "", "", None), &["polling.strategy"]);
        check_rejected(&polling("fixed", "499ms", "", None), &["polling.interval"]);
        check_rejected(&polling("fixed", "soon", "", None), &["polling.interval"]);
        check_rejected(&polling("adaptive", "", "0s", None), &["polling.max_interval"]);
        check_rejected(&polling("exponential", "", "", Some(0.9)), &["polling.multiplier"]);
        check_rejected(&polling("exponential", "", "", Some(f64::INFINITY)), &["polling.multiplier"]);
        check_rejected(&polling("exponential", "4s", "2s", None), &["polling.max_interval"]);
    }

    #[test]
    fn the_unknown_is_waited_for_and_the_known_checked_meanwhile() {
        assert_eq!(policy(&Attr::Unknown), Ok(Attr::Unknown));
        let unknown_strategy =
            Polling { strategy: Attr::Unknown, interval: known("1s"), ..Polling::default() };
        assert_eq!(policy(&Attr::Known(unknown_strategy)), Ok(Attr::Unknown));
        let short = Polling { strategy: Attr::Unknown, interval: known("1ms"), ..Polling::default() };
        check_rejected(&Attr::Known(short), &["polling.interval"]);
    }
}
