//! The completions, loaded by the shells that this machine has.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::support::{Ran, clb};

fn completions(shell: &str) -> String {
    Ran::of(&clb(&["completions", shell]).output().unwrap()).expect(0).out
}

/// Runs a script in a shell, with the completions in the file `$1`. A shell that is not installed is left out by name.
#[track_caller]
fn check(shell: &str, program: &str, arguments: &[&str], file: &str, script: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::write(&path, completions(shell)).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).env("HOME", folder.path()).env("FILE", &path).current_dir(folder.path());
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return eprintln!("left out, {program} cannot be run: {error}"),
    };
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap()).expect(0);
    let lines: Vec<_> = ran.out.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
    assert!(expected.iter().all(|expected| lines.contains(expected)), "{ran:?}");
}

#[test]
fn bash_completes_subcommands_options_and_values() {
    let script = "\
        source \"$FILE\"; complete -p clb >/dev/null || exit 1\n\
        try() { COMP_WORDS=(\"$@\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); \
                _clb clb \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"; }\n\
        try clb wa\ntry clb wait --time\ntry clb call --as p\n";
    check("bash", "bash", &["--norc", "--noprofile"], "clb.bash", script, &["wait", "--timeout", "python"]);
}

#[test]
fn fish_completes_subcommands_options_and_values() {
    let script =
        "source $FILE; complete -C 'clb wa'; complete -C 'clb wait --time'; complete -C 'clb call --as p'\n";
    check("fish", "fish", &["--no-config"], "clb.fish", script, &["wait", "--timeout", "python"]);
}

#[test]
fn zsh_loads_the_completions() {
    let script = "\
        fpath=(\"${FILE:h}\" $fpath); autoload -Uz compinit && compinit -u -d \"$HOME/dump\" || exit 1\n\
        print -r -- ${_comps[clb]}; autoload -Uz +X _clb && print loaded\n\
        zsh -n \"$FILE\" && print parsed\n";
    check("zsh", "zsh", &["-f"], "_clb", script, &["_clb", "loaded", "parsed"]);
}

/// Without a terminal there is no namespace `edit:`, so the script gives it one.
#[test]
fn elvish_loads_the_completions() {
    let script = "\
        var edit: = (ns [&'completion:'=(ns [&'arg-completer'=[&]])])\n\
        eval &ns=(ns [&'edit:'=$edit:]) (slurp < $E:FILE)\n\
        echo (has-key $edit:completion:arg-completer clb)\n";
    check("elvish", "elvish", &["-norc", "-c", script], "clb.elv", "", &["$true"]);
}

#[test]
fn powershell_loads_the_completions() {
    let script = ". $env:FILE\n(TabExpansion2 'clb wa' 6).CompletionMatches.CompletionText\n";
    check("powershell", "pwsh", &["-NoProfile", "-Command", "-"], "_clb.ps1", script, &["wait"]);
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(completions(shell).contains("requests-per-second"), "{shell}");
    }
}
