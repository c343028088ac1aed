//! The programs of `examples/` under real Terraform: the command that `TFPLUGIN_TERRAFORM` names, or `terraform` or `tofu` from
//! the search path. `TFPLUGIN_ACCEPTANCE=off` at build time leaves these tests out.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::example::program;

/// A directory to run Terraform in, with a provider under a development override.
struct World {
    directory: tempfile::TempDir,
    terraform: String,
}

impl World {
    /// The provider is `example.com/tfplugin/NAME`, made of this example.
    fn new(name: &str, example: &str) -> World {
        let directory = tempfile::tempdir().unwrap();
        let provider =
            directory.path().join(format!("terraform-provider-{name}{}", std::env::consts::EXE_SUFFIX));
        fs::copy(program(example), provider).unwrap();
        let path = directory.path().display();
        let overrides =
            format!("dev_overrides {{\n \"example.com/tfplugin/{name}\" = {:?}\n }}", path.to_string());
        let rc = format!("provider_installation {{\n {overrides}\n direct {{}}\n}}\n");
        fs::write(directory.path().join("terraformrc"), rc).unwrap();
        let world = World { directory, terraform: terraform() };
        let source = format!("{name} = {{ source = \"example.com/tfplugin/{name}\" }}");
        world.write("provider.tf", &format!("terraform {{\n required_providers {{\n {source}\n }}\n}}\n"));
        world
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Runs a command that must succeed, and gives what it wrote.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let (succeeded, text) = self.try_run(arguments);
        assert!(succeeded, "{arguments:?}: {text}");
        text
    }

    fn try_run(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(&self.terraform)
            .args(arguments)
            .current_dir(self.path())
            .env("TF_CLI_CONFIG_FILE", self.path().join("terraformrc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("NO_COLOR", "1")
            .env_remove("TF_LOG")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    #[track_caller]
    fn apply(&self) -> String {
        self.run(&["apply", "-auto-approve", "-no-color"])
    }

    #[track_caller]
    fn assert_unchanged(&self) {
        let text = self.run(&["plan", "-no-color", "-detailed-exitcode"]);
        assert!(text.contains("No changes."), "{text}");
    }

    #[track_caller]
    fn output(&self, name: &str) -> Json {
        serde_json::from_str(&self.run(&["output", "-json", name])).unwrap()
    }

    /// Whether this Terraform is at least 1.`minor`. `OpenTofu` counts otherwise.
    fn is_terraform(&self, minor: u32) -> bool {
        let version: Json = serde_json::from_str(&self.run(&["version", "-json"])).unwrap();
        let text = version["terraform_version"].as_str().unwrap_or_default();
        let found = text.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
        !self.terraform.contains("tofu") && found.is_some_and(|found| found >= minor)
    }
}

fn terraform() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
    let named = std::env::var("TFPLUGIN_TERRAFORM").ok();
    let candidates = named.map_or(vec!["terraform".to_owned(), "tofu".to_owned()], |named| vec![named]);
    let runs = |command: &String| Command::new(command).arg("version").output().is_ok();
    candidates.into_iter().find(runs).unwrap_or_else(|| {
        panic!(
            "no Terraform: install it (https://developer.hashicorp.com/terraform/install) or OpenTofu, name a command in \
             TFPLUGIN_TERRAFORM, or leave these tests out: TFPLUGIN_ACCEPTANCE=off cargo test"
        )
    })
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn the_provider_of_the_readme_greets() {
    let readme = include_str!("../../README.md");
    let (_, all) = include_str!("../../examples/greeting.rs").split_once("\n\n").unwrap();
    let (code, test) = all.split_once("\n\n#[cfg(test)]").unwrap();
    for part in [code, test] {
        assert!(readme.contains(part), "README.md shows something else than examples/greeting.rs:\n{part}");
    }
    assert!(code.lines().filter(|line| !line.is_empty()).count() < 60);
    let world = World::new("example", "greeting");
    world.write(
        "main.tf",
        r#"
        provider "example" {
          language = "de"
        }
        data "example_greeting" "world" {
          name = "Welt"
        }
        output "text" {
          value = data.example_greeting.world.text
        }
        "#,
    );
    world.apply();
    assert_eq!(world.output("text"), "Hallo, Welt!");
}

const KINDS: &str = r#"
provider "files" {
  directory = "${path.module}/files"
}
resource "files_file" "a" {
  name    = "a.txt"
  content = "hello"
  secret  = "s3cret"
  tags    = ["x", "b", "x"]
}
data "files_listing" "all" {
  suffix     = ".txt"
  depends_on = [files_file.a]
}
ephemeral "files_lock" "l" {
  name = "lock"
}
output "found" {
  value = data.files_listing.all.names
}
output "joined" {
  value = provider::files::join("a", "b", "c")
}
output "extensions" {
  value = [provider::files::extension("b.c"), provider::files::extension(null)]
}
"#;

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn every_kind_works_under_terraform() {
    let world = World::new("files", "every_kind");
    fs::create_dir(world.path().join("files")).unwrap();
    let file = world.path().join("files/a.txt");
    world.write("main.tf", KINDS);
    world.run(&["validate"]);
    world.apply();
    assert_eq!(fs::read_to_string(&file).unwrap(), "hellos3cret");
    assert_eq!(world.output("found"), serde_json::json!(["a.txt"]));
    assert_eq!(world.output("joined"), "a/b/c");
    assert_eq!(world.output("extensions"), serde_json::json!(["c", null]));
    world.assert_unchanged();
    let state = fs::read_to_string(world.path().join("terraform.tfstate")).unwrap();
    assert!(!state.contains("s3cret") && !state.contains("opensesame"), "{state}");

    world.write("main.tf", &KINDS.replace("\"hello\"", "\"more\""));
    let text = world.apply();
    assert!(text.contains("1 changed"), "{text}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mores3cret");

    fs::write(world.path().join("files/old.txt"), "old").unwrap();
    world.write("old.tf", "resource \"files_file\" \"old\" {\n name = \"old.txt\"\n content = \"old\"\n}\n");
    world.run(&["import", "-no-color", "files_file.old", "old.txt"]);
    world.apply();
    world.assert_unchanged();

    world.run(&["destroy", "-auto-approve", "-no-color"]);
    assert_eq!(fs::read_dir(world.path().join("files")).unwrap().count(), 0);
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn errors_are_shown_where_they_belong() {
    let world = World::new("files", "every_kind");
    world.write(
        "main.tf",
        "provider \"files\" {\n directory = \".\"\n}\nresource \"files_file\" \"a\" {\n name = \"a/b\"\n content = \"\"\n}\n",
    );
    let (succeeded, text) = world.try_run(&["validate", "-no-color"]);
    assert!(
        !succeeded && text.contains("Error: Invalid name") && text.contains("5:  name = \"a/b\""),
        "{text}"
    );
    world.write("main.tf", "output \"o\" {\n value = provider::files::join(\"a\", \"\")\n}\n");
    let (succeeded, text) = world.try_run(&["validate", "-no-color"]);
    assert!(!succeeded && text.contains("A name is empty"), "{text}");
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn an_action_is_triggered() {
    let world = World::new("files", "every_kind");
    if !world.is_terraform(14) {
        return;
    }
    world.write(
        "main.tf",
        r#"
        provider "files" {
          directory = path.module
        }
        action "files_countdown" "c" {
          config {
            from = 2
            pause {
              milliseconds = 1
            }
          }
        }
        resource "terraform_data" "t" {
          lifecycle {
            action_trigger {
              events  = [after_create]
              actions = [action.files_countdown.c]
            }
          }
        }
        "#,
    );
    let text = world.apply();
    assert!(
        text.contains("2 to go") && text.contains("1 to go") && text.contains("Actions: 1 invoked"),
        "{text}"
    );
}

/// One process for all of Terraform's runs, each with connections of its own.
#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_attaches_to_a_provider_that_was_started_by_hand() {
    use std::io::{BufRead as _, BufReader};
    let world = World::new("files", "every_kind");
    fs::create_dir(world.path().join("files")).unwrap();
    world.write("main.tf", KINDS);
    let mut provider =
        Started::new(Command::new(program("every_kind")).arg("-debug").current_dir(world.path()));
    let mut lines = BufReader::new(provider.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("TF_REATTACH_PROVIDERS=")).unwrap();
    let attach = line.trim().trim_start_matches("TF_REATTACH_PROVIDERS='").trim_end_matches('\'').to_owned();
    for arguments in [&["apply", "-auto-approve"][..], &["plan"], &["destroy", "-auto-approve"]] {
        let mut terraform = Command::new(&world.terraform);
        terraform.args(arguments).current_dir(world.path()).env("CHECKPOINT_DISABLE", "1");
        let output = terraform.env("TF_REATTACH_PROVIDERS", &attach).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(provider.0.try_wait().unwrap().is_none());
    }
}

/// A process that does not outlive its test.
struct Started(std::process::Child);

impl Started {
    fn new(command: &mut Command) -> Started {
        Started(command.stdout(std::process::Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
