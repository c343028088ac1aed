//! What the front page shows: figures of ours, each beside another of the same run, and the limits of their ratios.

use super::figures::{Figures, Unit};
use super::peers::{ALONE, CURL, GO, OURS, PYTHON, TCCLI, TF_PROVIDER};

/// One limit.
#[derive(Debug)]
pub(super) struct Limit {
    /// What is limited, for people.
    pub(super) what: &'static str,
    measure: &'static str,
    against: Against,
    /// Nothing where the two are only shown beside each other.
    at_most: Option<f64>,
    /// Why it is missed, where it is known to be.
    pub(super) reason: Option<&'static str>,
}

/// What a figure of ours is held against.
#[derive(Clone, Copy, Debug)]
enum Against {
    /// The same figure of a peer.
    Peer(&'static str),
    /// The same figure of a peer, after what Terraform takes by itself is subtracted from both.
    PeerAboveTerraform(&'static str),
    /// Nothing: greatest minus least is limited.
    OwnRange,
    /// Nothing: the figure is a ratio or a number already. The words say of what.
    Itself(&'static str),
}

/// What a signature spends beside its compressions, by the benchmark of `clb-sign`.
const SIGNING: &str = "Compressions of one block each, as a signature needs them, take 1.1 of as many blocks at once; the rest \
                       goes into strings, digits and the buffers of the hash crates.";

/// In the order of the page. Ratios are of medians.
pub(super) const LIMITS: &[Limit] = &[
    peer("start to handshake, mutual TLS", "handshake", GO, 0.35),
    peer("start to handshake, mutual TLS", "handshake", TF_PROVIDER, 1.2),
    peer("peak memory at the handshake", "handshake-memory", GO, 0.4),
    peer("stripped binary, with an HTTPS client", "size", GO, 0.35),
    peer("`terraform validate`", "validate", GO, 0.7),
    limit(
        "`terraform validate`, above an empty configuration",
        "validate",
        Against::PeerAboveTerraform(GO),
        0.5,
    )
    .because(
        "A profile with `perf` has 86 % of the samples in Terraform, which makes a key, a certificate and a TLS session \
         for each of two starts, and 11 % in the provider.",
    ),
    peer("`terraform validate`", "validate", TF_PROVIDER, 0.5),
    limit("`terraform validate`, slowest minus fastest", "validate", Against::OwnRange, 30.0)
        .because("Other programs ran on the machine: an acceptance test holds this limit on an idle one."),
    beside("`terraform plan`, 1000 resources", "plan-1000", GO),
    beside("`terraform plan`, 1000 resources", "plan-1000", TF_PROVIDER),
    beside("`terraform apply`, 1000 resources", "apply-1000", TF_PROVIDER),
    beside("`terraform apply`, 1000 resources", "apply-1000", ALONE),
    peer("peak memory under `terraform validate`", "validate-memory", GO, 0.4),
    peer("peak memory under a plan of 1000 resources", "plan-memory", GO, 0.4),
    peer("one `clb status`, whole process, HTTPS", "status-https", PYTHON, 0.15),
    peer("one `clb status`, whole process, HTTPS", "status-https", TCCLI, 0.06),
    peer("one `clb status`, whole process, HTTPS", "status-https", CURL, 1.5),
    itself("a signature, signing key cached", "sign-cached", "7 SHA-256 compressions", 1.6).because(SIGNING),
    itself("a signature, signing key derived", "sign-derived", "21 SHA-256 compressions", 1.5)
        .because(SIGNING),
    itself("polling 10 tasks: mean latency", "poll-10", "the Go SDK's schedule", 0.2),
    itself("polling 100 tasks: mean latency", "poll-100", "round robin at the full rate", 1.1),
    itself("polling 100 tasks: polls", "poll-100-polls", "round robin at the full rate", 0.55),
    itself("polling 1000 tasks: mean latency", "poll-1000", "the bound of blind policies", 1.03),
    itself("polling 1000 tasks: polls a task", "poll-1000-polls", "", 1.3),
    itself("polling 5 new tasks a second: mean latency", "poll-5s", "round robin at the full rate", 0.98),
    itself("polling 10 new tasks a second: mean latency", "poll-10s", "round robin at the full rate", 0.98),
    itself("polling: throttled polls, in the worst of 31 simulated worlds", "poll-throttled", "", 0.0),
];

const fn limit(what: &'static str, measure: &'static str, against: Against, at_most: f64) -> Limit {
    Limit { what, measure, against, at_most: Some(at_most), reason: None }
}

const fn peer(what: &'static str, measure: &'static str, peer: &'static str, at_most: f64) -> Limit {
    limit(what, measure, Against::Peer(peer), at_most)
}

const fn beside(what: &'static str, measure: &'static str, peer: &'static str) -> Limit {
    Limit { what, measure, against: Against::Peer(peer), at_most: None, reason: None }
}

const fn itself(what: &'static str, measure: &'static str, of: &'static str, at_most: f64) -> Limit {
    limit(what, measure, Against::Itself(of), at_most)
}

impl Limit {
    /// The same with why it is missed.
    const fn because(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Nothing if one of the two was not measured.
    pub(super) fn apply(&'static self, figures: &Figures) -> Option<Line> {
        let unit = figures.measure(self.measure)?.unit;
        let ours = figures.spread(self.measure, OURS)?;
        let median = |subject| figures.spread(self.measure, subject).map(|spread| spread.median);
        match self.against {
            Against::Peer(peer) => Some(self.ratio(unit, (ours.median, median(peer)?), peer)),
            Against::PeerAboveTerraform(peer) => {
                let floor = median(ALONE)?;
                Some(self.ratio(unit, (ours.median - floor, median(peer)? - floor), peer))
            }
            Against::OwnRange => {
                let value = ours.greatest - ours.least;
                Some(Line { limit: self, ours: String::new(), beside: String::new(), value, unit })
            }
            Against::Itself(of) => {
                let (ours, beside, value) = (String::new(), of.to_owned(), ours.median);
                Some(Line { limit: self, ours, beside, value, unit: Unit::Count })
            }
        }
    }

    fn ratio(&'static self, unit: Unit, (ours, theirs): (f64, f64), peer: &str) -> Line {
        let beside = format!("{peer}: {}", with_unit(theirs, unit));
        Line { limit: self, ours: with_unit(ours, unit), beside, value: ours / theirs, unit: Unit::Count }
    }
}

/// A limit with the figures that it was applied to.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) limit: &'static Limit,
    /// Our figure with its unit; empty where only the ratio is known.
    pub(super) ours: String,
    /// What it is held against, with its figure.
    pub(super) beside: String,
    /// What the limit applies to.
    value: f64,
    unit: Unit,
}

impl Line {
    /// Whether the limit holds, if there is one.
    pub(super) fn is_met(&self) -> bool {
        self.limit.at_most.is_none_or(|at_most| self.value <= at_most)
    }

    /// What the limit applies to: a ratio, if nothing else is said.
    pub(super) fn found(&self) -> String {
        self.number(self.value)
    }

    /// The limit in the same form.
    pub(super) fn at_most(&self) -> String {
        self.limit.at_most.map(|at_most| self.number(at_most)).unwrap_or_default()
    }

    fn number(&self, value: f64) -> String {
        format!("{}{}", (value * 1000.0).round() / 1000.0, self.unit.symbol())
    }
}

/// A number with three digits that count, and its unit.
pub(super) fn with_unit(value: f64, unit: Unit) -> String {
    let digits = if value.abs() >= 100.0 { 0 } else { usize::from(value.abs() < 10.0) + 1 };
    format!("{value:.digits$}{}", unit.symbol())
}

#[cfg(test)]
mod tests {
    use super::super::figures::example;
    use super::*;

    #[track_caller]
    fn check(limit: &'static Limit, expected: Option<(&str, &str, &str, &str, bool)>) {
        let line = limit.apply(&example());
        let found = line.as_ref().map(|line| {
            (line.ours.as_str(), line.beside.as_str(), line.found(), line.at_most(), line.is_met())
        });
        let expected = expected.map(|(ours, beside, found, at_most, met)| {
            (ours, beside, found.to_owned(), at_most.to_owned(), met)
        });
        assert_eq!(found, expected, "{limit:?}");
    }

    // In the example `validate` takes 60 ms [55, 70] here, 120 ms with the Go provider, and 40 ms alone.
    static PEER: Limit = peer("", "validate", GO, 0.5);
    static STRICT: Limit = peer("", "validate", GO, 0.499);
    static ABOVE: Limit = limit("", "validate", Against::PeerAboveTerraform(GO), 0.5);
    static RANGE: Limit = limit("", "validate", Against::OwnRange, 10.0);
    static SHOWN: Limit = beside("", "validate", ALONE);
    static ITSELF: Limit = itself("", "sign-cached", "7 compressions", 1.6);
    static ABSENT: Limit = peer("", "validate", CURL, 0.5);

    #[test]
    fn a_limit_is_held_against_what_was_measured_beside() {
        check(&PEER, Some(("60.0 ms", "Go provider: 120 ms", "0.5", "0.5", true)));
        check(&STRICT, Some(("60.0 ms", "Go provider: 120 ms", "0.5", "0.499", false)));
        check(&ABOVE, Some(("20.0 ms", "Go provider: 80.0 ms", "0.25", "0.5", true)));
        check(&RANGE, Some(("", "", "15 ms", "10 ms", false)));
        check(&SHOWN, Some(("60.0 ms", "Terraform alone: 40.0 ms", "1.5", "", true)));
        check(&ITSELF, Some(("", "7 compressions", "1.7", "1.6", false)));
        check(&ABSENT, None);
    }
}
