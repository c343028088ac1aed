//! Figures of this project beside what its users would use instead: measured in turn in one run, kept as JSON, and shown as
//! a table and a picture.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

mod calls;
mod figures;
mod limits;
mod peers;
mod picture;
mod processes;
mod programs;
mod simulated;
mod start;
mod table;
mod terraforms;

pub use figures::{Figures, Measure, Spread, Unit, Value};
pub use peers::Paths;
pub use programs::Programs;

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Group {
    /// Start to handshake, memory at the handshake, size of the binary
    Start,
    /// `validate`, `plan` and `apply`, and the memory of the provider under them
    Terraform,
    /// One poll from the command line
    Status,
    /// Signatures beside the hash compressions that they need
    Sign,
    /// Polling beside other policies, simulated
    Poll,
}

impl Group {
    const ALL: [Group; 5] = [Self::Start, Self::Terraform, Self::Status, Self::Sign, Self::Poll];
}

/// What to measure, and how often.
#[derive(Debug)]
pub struct Plan {
    /// Empty for everything.
    pub only: Vec<Group>,
    /// How often each command is run; one more round comes first and does not count.
    pub rounds: usize,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// The file of figures holds something else.
    #[error("{}: {source}", path.display())]
    Json {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A command of the comparison did not do what it is measured for.
    #[error("`{command}` failed:\n{printed}")]
    Command {
        /// The command line.
        command: String,
        /// What it printed.
        printed: String,
    },
    /// Our own programs could not be built.
    #[error(transparent)]
    Build(#[from] crate::package::PackageError),
    /// Temporary files or processes are not to be had.
    #[error("cannot measure: {0}")]
    Setup(#[from] io::Error),
    /// The certificate that Terraform would give to the provider cannot be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The front page has no place for the figures.
    #[error("{} has no lines `{}` and `{}`", path.display(), table::BEGIN, table::END)]
    NoPlace {
        /// The page.
        path: PathBuf,
    },
}

/// Measures what the plan names with the peers of this machine.
pub fn measure(plan: &Plan, programs: &Programs, paths: &Paths) -> Result<Figures, BenchError> {
    let peers = peers::find(paths);
    let mut figures = Figures::of_this_machine(&peers);
    for group in Group::ALL.into_iter().filter(|group| plan.only.is_empty() || plan.only.contains(group)) {
        figures.measures.extend(match group {
            Group::Start => start::measure(plan.rounds, programs, &peers)?,
            Group::Terraform => terraforms::measure(plan.rounds, programs, &peers)?,
            Group::Status => calls::measure(plan.rounds, programs, &peers)?,
            Group::Sign => simulated::signing(programs.workspace())?,
            Group::Poll => simulated::polling(programs.workspace())?,
        });
    }
    Ok(figures)
}

/// Reads figures that were written by [`write()`].
pub fn read(file: &Path) -> Result<Figures, BenchError> {
    let text = fs::read_to_string(file).map_err(at(file))?;
    serde_json::from_str(&text).map_err(|source| BenchError::Json { path: file.to_owned(), source })
}

/// Writes the figures as JSON, as a page with everything, and as a picture.
pub fn write(figures: &Figures, folder: &Path) -> Result<(), BenchError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    for (name, text) in [
        ("figures.json", figures.json()),
        ("figures.md", table::page(figures)),
        ("figures.svg", picture::draw(figures)),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).map_err(at(&file))?;
    }
    Ok(())
}

/// Puts the short table into the place that a page has for it.
pub fn insert(figures: &Figures, page: &Path) -> Result<(), BenchError> {
    let text = fs::read_to_string(page).map_err(at(page))?;
    let text =
        table::inserted(&text, figures).ok_or_else(|| BenchError::NoPlace { path: page.to_owned() })?;
    fs::write(page, text).map_err(at(page))
}

/// All figures as a page of Markdown.
pub fn page(figures: &Figures) -> String {
    table::page(figures)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BenchError + use<> {
    let path = path.to_owned();
    move |source| BenchError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> (PathBuf, Figures) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let figures = read(&root.join("assets/figures.json")).unwrap();
        (root, figures)
    }

    #[test]
    fn the_front_page_and_the_picture_show_the_figures_of_the_record() {
        let (root, figures) = committed();
        let text = |name: &str| fs::read_to_string(root.join(name)).unwrap().replace("\r\n", "\n");
        assert_eq!(text("assets/figures.json"), figures.json());
        assert_eq!(text("assets/figures.md"), table::page(&figures));
        assert_eq!(text("assets/figures.svg"), picture::draw(&figures));
        let readme = text("README.md");
        assert_eq!(table::inserted(&readme, &figures).as_deref(), Some(readme.as_str()));
    }

    #[test]
    fn a_limit_that_is_missed_has_its_reason() {
        let (_, figures) = committed();
        for line in limits::LIMITS.iter().filter_map(|limit| limit.apply(&figures)) {
            assert!(
                line.is_met() || line.limit.reason.is_some(),
                "{} is missed without a reason",
                line.limit.what
            );
        }
    }
}
