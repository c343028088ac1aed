//! The provider, with Terraform and without.

use terraform_provider_notes::{ADDRESS, Notes};
use tfplugin::acceptance::{Terraform, Workspace};
use tfplugin::testing::Client;
use tfplugin::{Diagnostics, Value};

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    notes = { source = "example.com/me/notes" }
  }
}

provider "notes" {
  directory = abspath(path.module)
}

resource "notes_note" "shopping" {
  name = "shopping"
  text = "milk"
}

data "notes_note" "shopping" {
  name       = "shopping"
  depends_on = [notes_note.shopping]
}

output "text" {
  value = data.notes_note.shopping.text
}
"#;

fn workspace() -> Workspace {
    let terraform = Terraform::find("NOTES_TERRAFORM", |name| std::env::var(name).ok()).unwrap();
    let workspace = Workspace::new(terraform).unwrap().with_provider(ADDRESS, Notes).unwrap();
    workspace.write("main.tf", CONFIGURATION).unwrap();
    workspace
}

#[test]
fn a_note_lives_its_life() {
    let workspace = workspace();
    workspace.apply().expect_success();
    assert_eq!(workspace.output("text"), "milk");
    workspace.expect_no_changes();
    workspace.write("main.tf", &CONFIGURATION.replace("milk", "milk, bread")).unwrap();
    workspace.apply().expect_success().expect_output("1 changed");
    let note = workspace.path().join("shopping.txt");
    assert_eq!(std::fs::read_to_string(&note).unwrap(), "milk, bread");
    workspace.destroy().expect_success();
    assert!(!note.exists());
}

#[test]
fn a_note_is_imported_by_its_name() {
    let workspace = workspace();
    std::fs::write(workspace.path().join("shopping.txt"), "milk").unwrap();
    workspace.import("notes_note.shopping", "shopping").expect_success();
    workspace.expect_no_changes();
}

#[test]
fn a_wrong_name_is_an_error() {
    let workspace = workspace();
    workspace.write("main.tf", &CONFIGURATION.replace("\"shopping\"\n  text", "\"a/b\"\n  text")).unwrap();
    workspace.validate().expect_error("A name has no `/`.");
}

#[tokio::test]
async fn a_note_has_a_length() -> Result<(), Diagnostics> {
    let directory = tempfile::tempdir()?;
    let client = Client::in_process(Notes).await?;
    let path = directory.path().to_string_lossy();
    client.configure(Value::object([("directory", (&*path).into())])).await?;
    let config = Value::object([("name", "a".into()), ("text", "hello".into())]);
    let note = client.apply("notes_note", None, config).await?;
    assert_eq!(note.value.get("length"), Some(&5.into()));
    Ok(())
}
