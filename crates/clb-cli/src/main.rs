//! `clb`: waits for tasks of the Tencent Cloud load balancer at a terminal or in a pipeline. `clb --help` says what it offers.

mod arguments;
mod commands;
mod connection;
mod duration;
mod exit;
mod ids;
mod input;
mod output;
mod progress;
mod result;
mod role;
mod sign;
mod snippet;

use std::{pin::pin, process::ExitCode, time::Duration};

use clap::Parser;

use crate::{
    arguments::{Cli, Command},
    exit::Exit,
};

/// After Ctrl-C, a command may take this long to say what it knows: a call that was sent may be accepted, so that its id is
/// not lost.
const GRACE: Duration = Duration::from_millis(900);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let has_more_to_say = matches!(cli.command, Command::Call(_) | Command::Wait(_) | Command::Status(_));
    let grace = if has_more_to_say { GRACE } else { Duration::ZERO };
    let mut command = pin!(commands::run(cli));
    let exit = tokio::select! {
        biased;
        exit = &mut command => return exit.into(),
        () = output::closed() => return Exit::Succeeded.into(),
        _ = tokio::signal::ctrl_c() => tokio::time::timeout(grace, command).await,
    };
    exit.unwrap_or(Exit::Interrupted).into()
}
