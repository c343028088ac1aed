//! The programs of `examples/` under real Terraform: the command that `TFPLUGIN_TERRAFORM` names, or `terraform` or `tofu` from
//! the search path. `TFPLUGIN_ACCEPTANCE=off` at build time leaves these tests out.

use std::fs;
use std::process::Command;

use tfplugin::acceptance::{Feature, Terraform, Workspace};

use crate::example::program;

/// A workspace with the program of this example as the provider `example.com/tfplugin/NAME`.
fn workspace(name: &str, example: &str) -> Workspace {
    let workspace = Workspace::new(terraform()).unwrap();
    let bin = workspace.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let file = format!("terraform-provider-{name}{}", std::env::consts::EXE_SUFFIX);
    fs::copy(program(example), bin.join(file)).unwrap();
    require(&workspace, name);
    workspace.with_program(&format!("example.com/tfplugin/{name}"), &bin).unwrap()
}

pub(crate) fn require(workspace: &Workspace, name: &str) {
    let source = format!("{name} = {{ source = \"example.com/tfplugin/{name}\" }}");
    let text = format!("terraform {{\n required_providers {{\n {source}\n }}\n}}\n");
    workspace.write("provider.tf", &text).unwrap();
}

pub(crate) fn terraform() -> Terraform {
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment")]
    let variable = |name: &str| std::env::var(name).ok();
    Terraform::find("TFPLUGIN_TERRAFORM", variable).unwrap_or_else(|error| {
        panic!("{error}; or leave these tests out: TFPLUGIN_ACCEPTANCE=off cargo test")
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
    let workspace = workspace("example", "greeting");
    let greeting = "data \"example_greeting\" \"world\" {\n name = \"Welt\"\n}\noutput \"text\" {\n value = data.example_greeting.world.text\n}\n";
    workspace.write("main.tf", greeting).unwrap();
    workspace.write("language.tf", "provider \"example\" {\n language = \"de\"\n}\n").unwrap();
    workspace.apply().expect_success();
    assert_eq!(workspace.output("text"), "Hallo, Welt!");

    // The language is known only once its resource is made, which the greeting waits for.
    let unknown = "resource \"terraform_data\" \"language\" {\n input = \"en\"\n}\nprovider \"example\" {\n language = terraform_data.language.output\n}\n";
    workspace.write("language.tf", unknown).unwrap();
    workspace.plan().expect_error("Provider configuration is not known yet");
    let waiting = greeting
        .replace("\"Welt\"", "\"${terraform_data.language.output == \"en\" ? \"world\" : \"Welt\"}\"");
    workspace.write("main.tf", &waiting).unwrap();
    workspace.apply().expect_success();
    assert_eq!(workspace.output("text"), "Hello, world!");
}

/// What every version of Terraform has.
const FILES: &str = r#"
provider "files" {
  directory = "${path.module}/files"
}
resource "files_file" "a" {
  name    = "a.txt"
  content = "hello"
  tags    = ["x", "b", "x"]
  # secret
}
data "files_listing" "all" {
  suffix     = ".txt"
  depends_on = [files_file.a]
}
output "found" {
  value = data.files_listing.all.names
}
"#;

const FUNCTIONS: &str = r#"
output "joined" {
  value = provider::files::join("a", "b", "c")
}
output "extensions" {
  value = [provider::files::extension("b.c"), provider::files::extension(null)]
}
"#;

const LOCK: &str = r#"
ephemeral "files_lock" "l" {
  name = "lock"
}
"#;

/// A write-only argument takes what an ephemeral resource has.
const SECRET: (&str, &str) = ("# secret", "secret = ephemeral.files_lock.l.key");

/// A configuration with everything that this version of Terraform has; it must reject the rest.
fn kinds(workspace: &Workspace) -> String {
    let mut kinds = FILES.to_owned();
    for (feature, part) in [(Feature::ProviderFunctions, FUNCTIONS), (Feature::EphemeralValues, LOCK)] {
        workspace.write("main.tf", &(kinds.clone() + part)).unwrap();
        if !workspace.is_rejected_without(feature) {
            kinds += part;
        }
    }
    if workspace.supports(Feature::WriteOnlyArguments) {
        return kinds.replace(SECRET.0, SECRET.1);
    }
    workspace.write("main.tf", &kinds.replace(SECRET.0, "secret = \"opensesame\"")).unwrap();
    workspace.validate().expect_error("This version of Terraform does not support write-only values.");
    kinds
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn every_kind_works_under_terraform() {
    let workspace = workspace("files", "every_kind");
    fs::create_dir(workspace.path().join("files")).unwrap();
    let file = workspace.path().join("files/a.txt");
    let kinds = kinds(&workspace);
    let secret = if workspace.supports(Feature::WriteOnlyArguments) { "opensesame" } else { "" };
    workspace.write("main.tf", &kinds).unwrap();
    workspace.validate().expect_success();
    workspace.apply().expect_success();
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("hello{secret}"));
    assert_eq!(workspace.output("found"), serde_json::json!(["a.txt"]));
    if workspace.supports(Feature::ProviderFunctions) {
        assert_eq!(workspace.output("joined"), "a/b/c");
        assert_eq!(workspace.output("extensions"), serde_json::json!(["c", null]));
    }
    workspace.expect_no_changes();
    // No state keeps what is write-only.
    let state = fs::read_to_string(workspace.path().join("terraform.tfstate")).unwrap();
    assert!(!state.contains("opensesame"), "{state}");

    workspace.write("main.tf", &kinds.replace("\"hello\"", "\"more\"")).unwrap();
    workspace.apply().expect_success().expect_output("1 changed");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("more{secret}"));

    fs::write(workspace.path().join("files/old.txt"), "old").unwrap();
    let old = "resource \"files_file\" \"old\" {\n name = \"old.txt\"\n content = \"old\"\n}\n";
    workspace.write("old.tf", old).unwrap();
    workspace.import("files_file.old", "old.txt").expect_success();
    workspace.apply().expect_success();
    workspace.expect_no_changes();
    fs::write(workspace.path().join("files/older.txt"), "older").unwrap();
    let older = "resource \"files_file\" \"older\" {\n name = \"older.txt\"\n content = \"older\"\n}\n";
    let import = "import {\n to = files_file.older\n identity = { name = \"older.txt\" }\n}\n";
    workspace.write("older.tf", &(older.to_owned() + import)).unwrap();
    if workspace.is_rejected_without(Feature::ResourceIdentity) {
        fs::remove_file(workspace.path().join("files/older.txt")).unwrap();
        workspace.write("older.tf", "").unwrap();
    } else {
        workspace.apply().expect_success().expect_output("1 imported, 0 added, 0 changed, 0 destroyed");
    }

    workspace.destroy().expect_success();
    assert_eq!(fs::read_dir(workspace.path().join("files")).unwrap().count(), 0);
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn errors_are_shown_where_they_belong() {
    let workspace = workspace("files", "every_kind");
    let invalid = "provider \"files\" {\n directory = \".\"\n}\nresource \"files_file\" \"a\" {\n name = \"a/b\"\n content = \"\"\n}\n";
    workspace.write("main.tf", invalid).unwrap();
    let failed = workspace.validate().expect_error("Error: Invalid name");
    assert!(failed.stderr().contains("5:  name = \"a/b\""), "{failed}");
    workspace.write("main.tf", "output \"o\" {\n value = provider::files::join(\"a\", \"\")\n}\n").unwrap();
    if !workspace.is_rejected_without(Feature::ProviderFunctions) {
        workspace.validate().expect_error("A name is empty");
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn an_action_is_triggered() {
    let workspace = workspace("files", "every_kind");
    let configuration = r#"
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
    "#;
    workspace.write("main.tf", configuration).unwrap();
    if workspace.is_rejected_without(Feature::Actions) {
        return;
    }
    let applied = workspace.apply().expect_success();
    applied.expect_output("2 to go").expect_output("1 to go").expect_output("Actions: 1 invoked");
}

/// One process for all of Terraform's runs, each with connections of its own.
#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_attaches_to_a_provider_that_was_started_by_hand() {
    use std::io::{BufRead as _, BufReader};
    let workspace = workspace("files", "every_kind");
    fs::create_dir(workspace.path().join("files")).unwrap();
    workspace.write("main.tf", &kinds(&workspace)).unwrap();
    let mut provider =
        Started::new(Command::new(program("every_kind")).arg("-debug").current_dir(workspace.path()));
    let mut lines = BufReader::new(provider.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("TF_REATTACH_PROVIDERS=")).unwrap();
    let attach = line.trim().trim_start_matches("TF_REATTACH_PROVIDERS='").trim_end_matches('\'').to_owned();
    let workspace = workspace.with_env("TF_REATTACH_PROVIDERS", attach);
    for arguments in [&["apply", "-auto-approve"][..], &["plan"], &["destroy", "-auto-approve"]] {
        workspace.run(arguments).expect_success();
        assert!(provider.0.try_wait().unwrap().is_none());
    }
}

fn nap(name: &str, seconds: u32, how: &str) -> String {
    format!("resource \"sleeper_nap\" \"{name}\" {{\n seconds = {seconds}\n how = \"{how}\"\n}}\n")
}

/// What blocks in one resource leaves the one beside it alone, and Terraform ends at the second Ctrl-C.
#[cfg(unix)]
#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn a_blocked_operation_keeps_neither_its_neighbour_nor_terraform() {
    use std::time::Duration;
    let workspace = workspace("sleeper", "sleeper");
    let three: String = (0..3).map(|number| nap(&format!("blocked{number}"), 600, "blocking")).collect();
    // OpenTofu writes the state some time later, so that a file tells when the free one is made.
    let seen = "resource \"terraform_data\" \"seen\" {\n depends_on = [sleeper_nap.free]\n provisioner \"local-exec\" {\n \
                command = \"echo made > seen\"\n }\n}\n";
    workspace.write("main.tf", &(three + &nap("free", 1, "waiting") + seen)).unwrap();
    #[expect(clippy::disallowed_methods, reason = "Terraform runs in real time")]
    let now = std::time::Instant::now;
    let pause = std::thread::park_timeout;
    let running = workspace.start(["apply", "-auto-approve"]);
    let started = now();
    while !workspace.path().join("seen").exists() {
        assert!(started.elapsed() < Duration::from_secs(30), "the free resource was not made");
        pause(Duration::from_millis(50));
    }
    running.interrupt();
    pause(Duration::from_secs(1));
    running.interrupt();
    let interrupted = now();
    running.wait().expect_failure();
    assert!(interrupted.elapsed() < Duration::from_secs(10), "{:?}", interrupted.elapsed());
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn a_crash_is_an_error_and_the_panic_of_a_task_has_its_place() {
    let workspace = workspace("sleeper", "sleeper");
    workspace.write("main.tf", &nap("crash", 0, "crashing")).unwrap();
    // Terraform words it as "Plugin did not respond" or "Request cancelled", whichever it notices first.
    workspace.apply().expect_error("ApplyResourceChange");
    workspace.write("main.tf", &nap("lost", 0, "spawning")).unwrap();
    workspace.apply().expect_error("a task lost its way (crates/tfplugin/examples/sleeper.rs");
}

/// A process that does not outlive its test.
pub(crate) struct Started(pub(crate) std::process::Child);

impl Started {
    pub(crate) fn new(command: &mut Command) -> Started {
        Started(command.stdout(std::process::Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
