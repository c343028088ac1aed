//! What was measured: plain data, kept as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::peers::Peers;

/// The record of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Processor and number of cores.
    pub machine: String,
    /// Which version of each program was measured.
    pub versions: BTreeMap<String, String>,
    /// Peers that were not there, and how to get them.
    pub missing: Vec<String>,
    /// In the order in which they are shown.
    pub measures: Vec<Measure>,
}

/// One measure of several subjects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Short name, by which limits and the picture refer to it.
    pub id: String,
    /// What is measured, for people.
    pub title: String,
    /// What the values count.
    pub unit: Unit,
    /// Ours first.
    pub values: Vec<Value>,
}

/// What values count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Milliseconds of real time.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Mebibytes.
    #[serde(rename = "MiB")]
    Mebibytes,
    /// Millions of bytes.
    #[serde(rename = "MB")]
    Megabytes,
    /// How many times something else.
    #[serde(rename = "x")]
    Times,
    /// A number of things.
    #[serde(rename = "")]
    Count,
}

impl Unit {
    /// What follows a number.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Milliseconds => " ms",
            Self::Mebibytes => " MiB",
            Self::Megabytes => " MB",
            Self::Times => " x",
            Self::Count => "",
        }
    }
}

/// The values of one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// What was measured.
    pub subject: String,
    /// Its values.
    #[serde(flatten)]
    pub spread: Spread,
}

/// Median and range of a number of values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The value in the middle, or the mean of the two there.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
    /// How many there are.
    pub n: usize,
}

impl Spread {
    /// Nothing of no values.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (least, greatest) = (*values.first()?, *values.last()?);
        let (lower, upper) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        let median = f64::midpoint(lower, upper);
        Some(Self {
            median: rounded(median),
            least: rounded(least),
            greatest: rounded(greatest),
            n: values.len(),
        })
    }

    /// One value that does not change from run to run.
    pub fn exactly(value: f64) -> Self {
        let value = rounded(value);
        Self { median: value, least: value, greatest: value, n: 1 }
    }
}

/// To thousandths: the record holds no digits that nobody measured.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

impl Figures {
    /// No figures yet, of this machine and these peers.
    pub(super) fn of_this_machine(peers: &Peers) -> Self {
        let measures = Vec::new();
        Self { machine: machine(), versions: peers.versions(), missing: peers.missing(), measures }
    }

    /// The record.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The values of a subject in a measure.
    pub fn spread(&self, measure: &str, subject: &str) -> Option<Spread> {
        let measure = self.measure(measure)?;
        measure.values.iter().find(|value| value.subject == subject).map(|value| value.spread)
    }

    /// A measure by its short name.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }
}

impl Measure {
    /// A measure of the subjects that have values.
    pub(super) fn new(id: &str, title: &str, unit: Unit, values: Vec<(&str, Option<Spread>)>) -> Self {
        let values = values
            .into_iter()
            .filter_map(|(subject, spread)| Some(Value { subject: subject.to_owned(), spread: spread? }));
        Self { id: id.to_owned(), title: title.to_owned(), unit, values: values.collect() }
    }
}

/// Processor and number of cores, as far as Linux tells.
fn machine() -> String {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

/// Figures for tests.
#[cfg(test)]
pub(super) fn example() -> Figures {
    use super::peers::{ALONE, GO, OURS};
    let spread = |median, least, greatest| Some(Spread { median, least, greatest, n: 21 });
    let validate = vec![
        (OURS, spread(60.0, 55.0, 70.0)),
        (GO, spread(120.0, 110.0, 150.5)),
        (ALONE, spread(40.0, 39.0, 41.0)),
    ];
    let memory = vec![(OURS, spread(6.75, 6.5, 7.0)), (GO, spread(23.5, 23.0, 24.0)), (ALONE, None)];
    let signing = vec![(OURS, spread(1.7, 1.65, 1.75))];
    Figures {
        machine: "a processor, 2 cores, linux".to_owned(),
        versions: [("Terraform".to_owned(), "1.11.4".to_owned())].into(),
        missing: vec!["curl: install it".to_owned()],
        measures: vec![
            Measure::new("validate", "`terraform validate`", Unit::Milliseconds, validate),
            Measure::new("plan-memory", "peak memory", Unit::Mebibytes, memory),
            Measure::new("sign-cached", "a signature", Unit::Times, signing),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: Option<(f64, f64, f64, usize)>) {
        let found = Spread::of(values.to_vec());
        assert_eq!(found.map(|spread| (spread.median, spread.least, spread.greatest, spread.n)), expected);
    }

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        check(&[3.0, 1.0, 2.0], Some((2.0, 1.0, 3.0, 3)));
        check(&[4.0, 1.0, 2.0, 30.0], Some((3.0, 1.0, 30.0, 4)));
        check(&[1.234_567], Some((1.235, 1.235, 1.235, 1)));
        check(&[], None);
    }
}
