//! The snippets of `clb call --as`, used as they are printed.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::support::World;

const PARAMETERS: &str = "{\"LoadBalancerId\":\"lb-1\",\"Ports\":[80,443],\"Protocol\":\"TCP\",\"ListenerNames\":[\"${a}\",\"b'c\"]}";

fn snippet(language: &str) -> String {
    snippet_of(PARAMETERS, language)
}

fn snippet_of(parameters: &str, language: &str) -> String {
    World::new().run(&["call", "CreateListener", "-p", parameters, "--as", language]).expect(0).out
}

/// Terraform formats it as it is; only a machine without `terraform` leaves that out, and says so.
#[test]
fn terraform_finds_nothing_to_format() {
    let nested = "{\"A\":1,\"HealthCheck\":{\"HealthSwitch\":1,\"TimeOut\":2},\"LongName\":true,\"Tags\":[{\"TagKey\":\"k\",\"V\":null}]}";
    for parameters in [PARAMETERS, nested, "{}"] {
        check_format(&snippet_of(parameters, "terraform"));
    }
}

#[track_caller]
fn check_format(text: &str) {
    let formatted = Command::new("terraform")
        .args(["fmt", "-"])
        .envs([("CHECKPOINT_DISABLE", "1"), ("TF_CLI_CONFIG_FILE", "")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut formatted = match formatted {
        Ok(formatted) => formatted,
        Err(error) => return eprintln!("left out, terraform cannot be run: {error}"),
    };
    formatted.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = formatted.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
}

/// The compiler accepts it: these are the lines that the command prints.
#[rustfmt::skip]
#[expect(dead_code, reason = "it is compiled, and compared with what the command prints")]
async fn compiled() -> Result<(), Box<dyn std::error::Error>> {
    // The snippet begins.
    let client = clb_api::Client::from_env()?;
    let parameters = serde_json::json!({
      "ListenerNames": [
        "${a}",
        "b'c"
      ],
      "LoadBalancerId": "lb-1",
      "Ports": [
        80,
        443
      ],
      "Protocol": "TCP"
    });
    let completed = client.call_and_wait("CreateListener", &parameters, clb_api::WaitOptions::default()).await?;
    // The snippet ends.
    drop(completed);
    Ok(())
}

#[test]
fn the_rust_snippet_is_what_the_compiler_accepts() {
    let source = include_str!("snippets.rs");
    let body = source
        .split_once("// The snippet begins.\n")
        .unwrap()
        .1
        .split_once("    // The snippet ends.")
        .unwrap()
        .0;
    let lines = body.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line)));
    assert_eq!(lines.collect::<String>(), snippet("rust"));
}

#[test]
fn python_compiles_its_snippet() {
    let file = tempfile::Builder::new().suffix(".py").tempfile().unwrap();
    std::fs::write(file.path(), snippet("python")).unwrap();
    let program = "import ast, sys; ast.parse(open(sys.argv[1]).read())";
    match Command::new("python3").args(["-c", program]).arg(file.path()).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => eprintln!("left out, python3 cannot be run: {error}"),
    }
}

/// A shell hands each value to the program as one word, whatever is in it.
#[test]
fn a_shell_reads_the_values_of_the_tccli_snippet() {
    let text = snippet("tccli");
    let arguments = text.trim().strip_prefix("tccli ").unwrap();
    let Ok(output) = Command::new("sh").args(["-c", &format!("printf '%s\\n' {arguments}")]).output() else {
        return;
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = printed.lines().collect();
    let value = |name: &str| words[words.iter().position(|word| *word == name).unwrap() + 1];
    assert_eq!(value("--ListenerNames"), "[\"${a}\",\"b'c\"]");
    assert_eq!((value("--Ports"), value("--LoadBalancerId")), ("[80,443]", "lb-1"));
}
