use std::{f64::consts::TAU, fs};

use serde_json::Value;

/// What tasks and service are like.
#[derive(Clone, Copy)]
pub(crate) struct World {
    pub(crate) size: usize,
    pub(crate) runs: usize,
    pub(crate) median: f64,
    pub(crate) sigma: f64,
    /// Tasks started a second; 0: all at once.
    pub(crate) arrival: f64,
    pub(crate) rate: f64,
    pub(crate) rtt: f64,
}

/// Tasks to play with, and the service that runs them.
pub(crate) struct Draws {
    /// What they were drawn from; none if they were given.
    pub(crate) world: Option<World>,
    pub(crate) service: Service,
    pub(crate) runs: Vec<Run>,
}

/// The tasks of one run.
pub(crate) type Run = Vec<Task>;

/// When a task starts and when it has completed, in seconds.
#[derive(Clone, Copy)]
pub(crate) struct Task {
    pub(crate) start: f64,
    pub(crate) end: f64,
}

/// The service's limit, and how far away it is.
#[derive(Clone, Copy)]
pub(crate) struct Service {
    pub(crate) rate: f64,
    pub(crate) rtt: f64,
}

/// Chance that is the same everywhere: splitmix64.
pub(crate) struct Chance(u64);

impl Default for World {
    /// The world of the published comparison.
    fn default() -> Self {
        Self { size: 100, runs: 30, median: 8.0, sigma: 0.8, arrival: 0.0, rate: 20.0, rtt: 0.05 }
    }
}

impl Draws {
    pub(crate) fn make(world: &World, seed: u64) -> Self {
        let runs = (0..world.runs as u64).map(|run| draw(world, &mut Chance(seed * 1000 + run))).collect();
        Self { world: Some(*world), service: Service { rate: world.rate, rtt: world.rtt }, runs }
    }

    /// Reads `{"rate":20,"rtt":0.05,"runs":[[[start_s,duration_s],...],...]}`.
    pub(crate) fn read(file: &str) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let json = serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
        Self::from_json(&json).ok_or(format!(
            "{file} does not have the form that --help shows, at 0.1 to 900 requests a second"
        ))
    }

    fn from_json(json: &Value) -> Option<Self> {
        let service = Service { rate: json["rate"].as_f64()?, rtt: json["rtt"].as_f64()? };
        if !(0.1..=900.0).contains(&service.rate) || !(0.0..=60.0).contains(&service.rtt) {
            return None;
        }
        let runs = json["runs"].as_array()?.iter().map(run_from_json).collect::<Option<_>>()?;
        Some(Self { world: None, service, runs })
    }
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number strictly between 0 and 1.
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -libm::log(self.uniform()) / rate
    }

    fn normal(&mut self) -> f64 {
        libm::sqrt(-2.0 * libm::log(self.uniform())) * libm::cos(TAU * self.uniform())
    }
}

fn draw(world: &World, chance: &mut Chance) -> Run {
    // Seeds that follow one another are far apart after one step.
    let mut chance = Chance(chance.next());
    let mut start = 0.0;
    let mut task = || {
        if world.arrival > 0.0 {
            start += chance.exponential(world.arrival);
        }
        Task { start, end: start + world.median * libm::exp(world.sigma * chance.normal()) }
    };
    (0..world.size).map(|_| task()).collect()
}

fn run_from_json(json: &Value) -> Option<Run> {
    let task = |task: &Value| {
        let (start, duration) = (task[0].as_f64()?, task[1].as_f64()?);
        (start >= 0.0 && duration >= 0.0).then_some(Task { start, end: start + duration })
    };
    json.as_array().filter(|run| !run.is_empty())?.iter().map(task).collect()
}
