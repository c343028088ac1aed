//! The built programs of `examples/`.

use std::path::PathBuf;
use std::process::Command;

use tfplugin::Value;
use tfplugin::testing::{Client, Process};

/// Cargo builds the examples of a package before its tests, beside them; not so for `cargo test --test it` alone, which finds
/// what the last build has left.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = test.ancestors().nth(2).unwrap().join("examples").join(file);
    assert!(program.exists(), "build the examples first: cargo build -p tfplugin --examples --all-features");
    program
}

pub(crate) async fn started(name: &str) -> Process {
    Process::start(Command::new(program(name))).await.unwrap()
}

/// The provider with every kind, over a directory of its own.
pub(crate) async fn files() -> (Client, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let client = Client::connect(started("every_kind").await).await.unwrap();
    client.configure(object([("directory", directory.path().to_str().unwrap().into())])).await.unwrap();
    (client, directory)
}

pub(crate) fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::object(attributes)
}

pub(crate) fn strings<const N: usize>(texts: [&str; N]) -> Value {
    Value::set(texts.map(Value::from))
}
