//! Commands of Terraform, with our provider, with those of others, and without any.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::figures::{Measure, Unit};
use super::peers::{ALONE, GO, OURS, Peers, TF_PROVIDER};
use super::processes::{Once, in_turn, milliseconds, peak, time_arguments};
use super::{BenchError, Programs, at};
use crate::terraform::{Terraform, Workspace};

/// A kind of object that takes part, and the provider that serves it.
struct Subject<'a> {
    name: &'static str,
    /// Type of the provider in its configuration; none for what Terraform has built in.
    provider: &'static str,
    program: Option<&'a Path>,
    /// The block of the provider.
    head: &'static str,
    /// Type, and arguments besides `count`.
    object: (&'static str, &'static str),
}

/// Nothing is sent when it is planned.
const GATE: &str = "task_ids = [\"55c85074-3e7f-4c6d-864f-673660d4f8de\"]";

/// Nothing is sent when it is created.
const NO_TASKS: &str = "task_ids = []";

/// `validate`, `plan` and `apply`, and memory under them.
pub(super) fn measure(rounds: usize, programs: &Programs, peers: &Peers) -> Result<Vec<Measure>, BenchError> {
    let Some(terraform) = &peers.terraform else { return Ok(Vec::new()) };
    let subject = |name, provider, program, head, object| Subject { name, provider, program, head, object };
    let ours = |object| subject(OURS, "clb", Some(programs.provider()), "", object);
    let gate = ours(("resource \"clb_task_gate\"", GATE));
    let created = ours(("resource \"clb_task_gate\"", NO_TASKS));
    let read = ours(("data \"clb_task_statuses\"", NO_TASKS));
    let go = peers.go_provider.as_deref().map(|program| {
        let head = "provider \"workato\" {\n  api_key  = \"none\"\n  base_url = \"https://127.0.0.1:9\"\n}\n";
        let folder = ("resource \"workato_folder\"", "name = \"x\"\n  folder_id = \"1\"");
        subject(GO, "workato", Some(program), head, folder)
    });
    let null = ("resource \"null_resource\"", "");
    let null =
        peers.tf_provider.as_deref().map(|program| subject(TF_PROVIDER, "null", Some(program), "", null));
    let empty = subject(ALONE, "", None, "", ("", ""));
    let data = subject(ALONE, "", None, "", ("resource \"terraform_data\"", ""));

    let bench = Bench { terraform, time: peers.time.as_deref(), rounds };
    let providers: Vec<&Subject<'_>> =
        [Some(&gate), go.as_ref(), null.as_ref()].into_iter().flatten().collect();
    let with = |last| [&providers[..], &[last]].concat();
    // The Go provider creates nothing without its service.
    let appliers: Vec<_> = [Some(&created), null.as_ref(), Some(&data)].into_iter().flatten().collect();

    let mut measures = vec![bench.wall(&VALIDATE, 1, &with(&empty))?];
    for count in [1, 100, 1000] {
        measures.push(bench.wall(&PLAN, count, &with(&data))?);
    }
    for count in [1, 100, 1000] {
        measures.push(bench.wall(&APPLY, count, &appliers)?);
    }
    for count in [1, 100, 1000] {
        measures.push(bench.wall(&READ, count, &[&read])?);
    }
    measures.extend(bench.memory(&VALIDATE, 1, &providers)?);
    measures.extend(bench.memory(&PLAN, 1000, &providers)?);
    measures.extend(bench.memory(&READ, 1000, &[&read])?);
    Ok(measures)
}

/// A command of Terraform.
struct Action {
    id: &'static str,
    title: &'static str,
    /// What there are so many of, if the number matters.
    objects: &'static str,
    arguments: &'static [&'static str],
    /// What it prints if it does what it is measured for.
    prints: &'static str,
}

const VALIDATE: Action = Action {
    id: "validate",
    title: "`terraform validate`",
    objects: "",
    arguments: &["validate"],
    prints: "The configuration is valid",
};
const PLAN: Action = Action {
    id: "plan",
    title: "`terraform plan`",
    objects: "resource",
    arguments: &["plan"],
    prints: " to add, 0 to change",
};
const APPLY: Action = Action {
    id: "apply",
    title: "`terraform apply`",
    objects: "resource",
    arguments: &["apply", "-auto-approve"],
    prints: "Apply complete!",
};
const READ: Action = Action { id: "read", objects: "data source", ..APPLY };

impl Action {
    fn of(&self, count: usize) -> (String, String) {
        if self.objects.is_empty() {
            return (self.id.to_owned(), self.title.to_owned());
        }
        let plural = if count == 1 { "" } else { "s" };
        (format!("{}-{count}", self.id), format!("{}, {count} {}{plural}", self.title, self.objects))
    }
}

struct Bench<'a> {
    terraform: &'a Terraform,
    time: Option<&'a Path>,
    rounds: usize,
}

impl Bench<'_> {
    /// Real time of a command, from an empty state.
    fn wall(&self, action: &Action, count: usize, subjects: &[&Subject<'_>]) -> Result<Measure, BenchError> {
        let prepared = self.prepared(count, subjects, None)?;
        let once = prepared.iter().map(|one| (one.name, Box::new(|| one.run(action)) as Once<'_>));
        let (id, title) = action.of(count);
        let spreads = in_turn(self.rounds_of(count), once.collect())?;
        Ok(Measure::new(&id, &title, Unit::Milliseconds, spreads))
    }

    /// The most memory that a process of the provider takes during a command. Its processes run under GNU time.
    fn memory(
        &self,
        action: &Action,
        count: usize,
        subjects: &[&Subject<'_>],
    ) -> Result<Option<Measure>, BenchError> {
        let Some(time) = self.time else { return Ok(None) };
        let prepared = self.prepared(count, subjects, Some(time))?;
        let once = prepared.iter().map(|one| {
            let once = || one.run(action).and_then(|_| peak(&one.log()));
            (one.name, Box::new(once) as Once<'_>)
        });
        let (_, title) = action.of(count);
        let title = format!("peak memory of the provider under {title}");
        let spreads = in_turn(self.rounds_of(1000), once.collect())?;
        Ok(Some(Measure::new(&format!("{}-memory", action.id), &title, Unit::Mebibytes, spreads)))
    }

    /// Less often where it takes seconds.
    fn rounds_of(&self, count: usize) -> usize {
        if count < 1000 { self.rounds } else { self.rounds.div_ceil(3) }
    }

    fn prepared(
        &self,
        count: usize,
        subjects: &[&Subject<'_>],
        time: Option<&Path>,
    ) -> Result<Vec<Prepared>, BenchError> {
        subjects.iter().map(|subject| Prepared::new(self.terraform, subject, count, time)).collect()
    }
}

/// A folder with a configuration and the provider that it needs.
struct Prepared {
    name: &'static str,
    workspace: Workspace,
    programs: TempDir,
}

impl Prepared {
    fn new(
        terraform: &Terraform,
        subject: &Subject<'_>,
        count: usize,
        time: Option<&Path>,
    ) -> Result<Self, BenchError> {
        let programs = TempDir::with_prefix("clb-bench-")?;
        let mut workspace = Workspace::new(terraform.clone())?.without_env("TENCENTCLOUD_");
        if let Some(program) = subject.program {
            let name = format!("terraform-provider-{}", subject.provider);
            workspace = workspace.with_program(&subject.address(), programs.path())?;
            match time {
                None => drop(executable(program, programs.path(), &name)?),
                Some(time) => wrapped(time, program, programs.path(), &name)?,
            }
        }
        workspace.write("main.tf", &subject.configuration(count))?;
        Ok(Self { name: subject.name, workspace, programs })
    }

    /// Where the memory of the provider's processes is written down.
    fn log(&self) -> PathBuf {
        self.programs.path().join(PEAKS)
    }

    fn run(&self, action: &Action) -> Result<f64, BenchError> {
        for state in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let _ = fs::remove_file(self.workspace.path().join(state));
        }
        milliseconds(&mut self.workspace.command(action.arguments), action.prints)
    }
}

impl Subject<'_> {
    fn address(&self) -> String {
        format!("example.com/bench/{}", self.provider)
    }

    fn configuration(&self, count: usize) -> String {
        let mut text = String::new();
        if self.program.is_some() {
            let (provider, source) = (self.provider, self.address());
            text = format!(
                "terraform {{\n  required_providers {{\n    {provider} = {{ source = \"{source}\" }}\n  }}\n}}\n{}",
                self.head
            );
        }
        let (object, arguments) = self.object;
        if !object.is_empty() {
            let _ = write!(text, "{object} \"x\" {{\n  count = {count}\n  {arguments}\n}}\n");
        }
        text
    }
}

/// Copies a program to where it may be run: a wheel unpacks its files without that permission.
pub(super) fn executable(program: &Path, folder: &Path, name: &str) -> Result<PathBuf, BenchError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let file = folder.join(name);
    fs::copy(program, &file).map_err(at(program))?;
    #[cfg(unix)]
    permit(&file)?;
    Ok(file)
}

/// The file in which GNU time writes what it sees.
const PEAKS: &str = "peaks";

/// A program that runs the provider under GNU time.
fn wrapped(time: &Path, program: &Path, folder: &Path, name: &str) -> Result<(), BenchError> {
    let inner = executable(program, &folder.join("inner"), name)?;
    let (script, log) = (folder.join(name), folder.join(PEAKS));
    let quoted = |word: &OsStr| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"));
    let words =
        [&[time.as_os_str().to_owned()], &time_arguments(&log)[..], &[inner.into_os_string()]].concat();
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    let command = format!("#!/bin/sh\nexec {}\n", words.join(" "));
    fs::write(&script, command).map_err(at(&script))?;
    #[cfg(unix)]
    permit(&script)?;
    Ok(())
}

#[cfg(unix)]
fn permit(file: &Path) -> Result<(), BenchError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).map_err(at(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(
        program: Option<&'a Path>,
        head: &'static str,
        object: (&'static str, &'static str),
    ) -> Subject<'a> {
        Subject { name: OURS, provider: "clb", program, head, object }
    }

    #[test]
    fn a_configuration_names_the_provider_and_so_many_objects() {
        let with_program =
            subject(Some("program".as_ref()), "provider \"clb\" {}\n", ("data \"x\"", NO_TASKS));
        insta::assert_snapshot!(with_program.configuration(3), @r#"
        terraform {
          required_providers {
            clb = { source = "example.com/bench/clb" }
          }
        }
        provider "clb" {}
        data "x" "x" {
          count = 3
          task_ids = []
        }
        "#);
        assert_eq!(subject(None, "", ("", "")).configuration(1), "");
    }

    #[test]
    fn each_number_of_objects_is_a_measure_of_its_own() {
        let named = |action: &Action, count| action.of(count);
        assert_eq!(named(&VALIDATE, 1), ("validate".to_owned(), "`terraform validate`".to_owned()));
        assert_eq!(named(&PLAN, 1), ("plan-1".to_owned(), "`terraform plan`, 1 resource".to_owned()));
        assert_eq!(
            named(&READ, 100),
            ("read-100".to_owned(), "`terraform apply`, 100 data sources".to_owned())
        );
    }

    #[test]
    #[cfg(unix)]
    fn the_program_that_measures_memory_runs_the_provider_whatever_the_folder_is_called() {
        let folder = TempDir::with_prefix("it's a folder ").unwrap();
        wrapped("/bin/echo".as_ref(), "/bin/cat".as_ref(), folder.path(), "terraform-provider-x").unwrap();
        // By `sh`: a program that was just written is busy while another test starts one of its own.
        let mut script = std::process::Command::new("sh");
        let output = script.arg(folder.path().join("terraform-provider-x")).output().unwrap();
        let inner = folder.path().join("inner/terraform-provider-x");
        let expected =
            format!("-q -a -f %M -o {} {}\n", folder.path().join(PEAKS).display(), inner.display());
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
}
