use crate::draws::World;

pub(crate) const HELP: &str = "\
Simulates polling policies on the same draws of task durations.

  --n N,N,...      tasks a run (10,100,1000)
  --runs K         runs for each N (10: 200, 100: 30, 1000: 16, others: 4)
  --seed S         of the draws (1)
  --median S       of the log-normal durations, in seconds (8)
  --sigma X        of the log-normal durations (0.8)
  --arrival R      tasks started a second (0: all at once)
  --rate R         requests a second that the service allows (20)
  --rtt S          round trip, in seconds (0.05)
  --draws FILE     plays these instead: {\"rate\":20,\"rtt\":0.05,\"runs\":[[[start_s,duration_s],...],...]}
  --only TEXT      only policies whose name holds this text
  --json           one object a set of draws instead of a table
  --trace FILE     writes every poll of the adaptive policy: [run, task, sent_s] lines
  --picture FILE   draws latency against requests (SVG) and ends
  --targets        checks the project's targets in 31 worlds, and ends; exit 1 if one is missed
  --seeds K        seeds for the targets, from --seed on (3)
";

/// The command line.
pub(crate) struct Arguments {
    pub(crate) sizes: Vec<usize>,
    pub(crate) seed: u64,
    pub(crate) seeds: u64,
    pub(crate) draws: Option<String>,
    pub(crate) only: String,
    pub(crate) json: bool,
    pub(crate) trace: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) targets: bool,
    pub(crate) help: bool,
    runs: Option<usize>,
    world: World,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} takes a value"));
            match word.as_str() {
                "--n" => arguments.sizes = value()?.split(',').map(number).collect::<Result<_, _>>()?,
                "--runs" => arguments.runs = Some(number(&value()?)?),
                "--seed" => arguments.seed = number(&value()?)?,
                "--seeds" => arguments.seeds = number(&value()?)?,
                "--median" => arguments.world.median = number(&value()?)?,
                "--sigma" => arguments.world.sigma = number(&value()?)?,
                "--arrival" => arguments.world.arrival = number(&value()?)?,
                "--rate" => arguments.world.rate = number(&value()?)?,
                "--rtt" => arguments.world.rtt = number(&value()?)?,
                "--draws" => arguments.draws = Some(value()?),
                "--only" => arguments.only = value()?,
                "--trace" => arguments.trace = Some(value()?),
                "--picture" => arguments.picture = Some(value()?),
                "--json" => arguments.json = true,
                "--targets" => arguments.targets = true,
                "--help" | "-h" => arguments.help = true,
                _ => return Err(format!("{word} is unknown; --help lists what there is")),
            }
        }
        Ok(arguments)
    }

    /// The world to draw from, with this many tasks.
    pub(crate) fn world(&self, size: usize) -> World {
        let runs = self.runs.unwrap_or(match size {
            0..=10 => 200,
            11..=100 => 30,
            101..=1000 => 16,
            _ => 4,
        });
        World { size, runs, ..self.world }
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            sizes: vec![10, 100, 1000],
            seed: 1,
            seeds: 3,
            draws: None,
            only: String::new(),
            json: false,
            trace: None,
            picture: None,
            targets: false,
            help: false,
            runs: None,
            world: World::default(),
        }
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number that fits here"))
}
