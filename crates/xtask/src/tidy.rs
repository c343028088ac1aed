//! Everything that CI checks before it tests: form, lints, documentation, features, the oldest Rust, other platforms.
//! The same steps run at a desk and in CI, and a step that cannot run here says why.

use std::path::Path;
use std::process::Command;

use crate::terraform::Terraform;

/// One check.
#[derive(Debug)]
pub struct Step {
    title: &'static str,
    command: Command,
}

/// What became of a check.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not; the command has said why.
    Failed,
    /// It cannot be made on this machine, and what is missing.
    LeftOut(String),
}

impl Step {
    fn new(title: &'static str, root: &Path, line: &str) -> Self {
        let mut words = line.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).current_dir(root);
        Self { title, command }
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What is checked.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Makes the check.
    pub fn run(&mut self) -> Outcome {
        match self.command.status() {
            Ok(status) if status.success() => Outcome::Passed,
            Ok(_) => Outcome::Failed,
            Err(error) => {
                Outcome::LeftOut(format!("{}: {error}", self.command.get_program().to_string_lossy()))
            }
        }
    }
}

/// A step, or why it cannot be made here.
pub type Planned = Result<Step, (&'static str, String)>;

/// The checks of the workspace in `root`, cheapest first.
pub fn steps(root: &Path, terraform: Option<&Terraform>, rust_version: &str) -> Vec<Planned> {
    let step = |title, line: &str| Ok(Step::new(title, root, line));
    let mut steps = vec![
        step("formatting", "cargo fmt --all --check"),
        configurations(root, terraform),
        step(
            "lints, benches and examples included",
            "cargo clippy --workspace --all-targets --locked -- -D warnings",
        ),
    ];
    steps.extend(ALONE.iter().map(|line| step("a crate alone: no feature comes from a neighbour", line)));
    steps.push(
        step("documentation", "cargo doc --workspace --no-deps --locked --quiet").map(denying_warnings),
    );
    steps.push(public_apis(root));
    steps.extend(fuzz_targets(root));
    steps.push(oldest_rust(root, rust_version));
    steps.push(windows(root));
    steps.push(dependencies(root));
    steps
}

/// Crates whose features must be complete by themselves.
const ALONE: [&str; 3] = [
    "cargo check --locked --quiet --package clb-task --no-default-features",
    "cargo check --locked --quiet --package clb-sign",
    "cargo check --locked --quiet --package clb-api --no-default-features",
];

fn denying_warnings(step: Step) -> Step {
    step.env("RUSTDOCFLAGS", "-D warnings")
}

/// What the libraries offer, held against their snapshots by this program itself.
fn public_apis(root: &Path) -> Planned {
    const TITLE: &str = "public APIs";
    let program = std::env::current_exe().map_err(|error| (TITLE, error.to_string()))?;
    let mut command = Command::new(program);
    command.args(["api", "--check"]).current_dir(root);
    Ok(Step { title: TITLE, command })
}

/// The form of the configurations in `examples`.
fn configurations(root: &Path, terraform: Option<&Terraform>) -> Planned {
    const TITLE: &str = "formatting of examples";
    let Some(terraform) = terraform else {
        return Err((TITLE, "no terraform or tofu on the search path".to_owned()));
    };
    let mut command = Command::new(terraform.program());
    command.args(["fmt", "-check", "-recursive", "examples"]).current_dir(root);
    Ok(Step { title: TITLE, command }.env("CHECKPOINT_DISABLE", "1"))
}

/// Fuzz targets are workspaces of their own, which nothing else compiles.
fn fuzz_targets(root: &Path) -> impl Iterator<Item = Planned> + use<'_> {
    ["clb-sign", "tfplugin"].into_iter().map(move |name| {
        let line = format!("cargo check --quiet --locked --manifest-path crates/{name}/fuzz/Cargo.toml");
        let step = Step::new("fuzz targets", root, &line);
        Ok(step.env("RUSTFLAGS", "--cfg fuzzing").env("CARGO_TARGET_DIR", "target/fuzz"))
    })
}

/// Libraries are promised to work with this Rust; programs are built with the newest.
fn oldest_rust(root: &Path, version: &str) -> Planned {
    const TITLE: &str = "oldest supported Rust";
    let toolchain = format!("+{version}");
    if !runs("cargo", &[&toolchain, "--version"]) {
        let held = "held by clippy's msrv lints and by the test of the dependencies' own promises";
        return Err((TITLE, format!("Rust {version} is not installed; {held}")));
    }
    let packages = "--package clb-sign --package clb-task --package clb-api --package tfplugin";
    Ok(Step::new(TITLE, root, &format!("cargo {toolchain} check --locked --quiet {packages}")))
}

/// On another platform the compiler alone can say much: which names are not there, which imports nobody uses.
fn windows(root: &Path) -> Planned {
    const TITLE: &str = "Windows";
    const TARGET: &str = "x86_64-pc-windows-gnu";
    let installed = crate::package::target::is_installed(TARGET);
    if !installed || !runs("x86_64-w64-mingw32-gcc", &["--version"]) {
        return Err((TITLE, format!("the target {TARGET} or its C compiler is not installed")));
    }
    let line = format!("cargo check --locked --quiet --workspace --all-targets --target {TARGET}");
    Ok(Step::new(TITLE, root, &line).env("AWS_LC_SYS_PREBUILT_NASM", "1"))
}

/// Licences, sources and bans; advisories need a copy of their database and are checked by the workflow.
fn dependencies(root: &Path) -> Planned {
    const TITLE: &str = "dependencies";
    if !runs("cargo", &["deny", "--version"]) {
        let held = "licences, sources and bans are held by tests/workspace.rs";
        return Err((TITLE, format!("cargo-deny is not installed; {held}")));
    }
    Ok(Step::new(TITLE, root, "cargo deny --offline --locked check bans licenses sources"))
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, outcome: &Outcome) {
        assert_eq!(Step::new("a step", Path::new("."), line).run(), *outcome);
    }

    #[test]
    fn a_failing_command_fails_the_step() {
        check("cargo --version", &Outcome::Passed);
        check("cargo no-such-command-of-cargo", &Outcome::Failed);
    }

    #[test]
    fn a_step_without_its_program_is_left_out_by_name() {
        let Outcome::LeftOut(reason) = Step::new("a step", Path::new("."), "no-such-program").run() else {
            panic!("it ran");
        };
        assert!(reason.starts_with("no-such-program: "), "{reason}");
    }

    #[test]
    fn examples_are_not_checked_without_terraform() {
        let planned = steps(Path::new("."), None, "1.0");
        let left_out: Vec<_> =
            planned.iter().filter_map(|step| step.as_ref().err()).map(|(title, _)| *title).collect();
        assert!(left_out.contains(&"formatting of examples"), "{left_out:?}");
        assert!(left_out.contains(&"oldest supported Rust"), "{left_out:?}");
    }
}
