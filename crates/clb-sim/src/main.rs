//! The simulator as a program: `clb-sim --help` says what it offers.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use clb_sim::Arguments;

/// The Tencent Cloud load balancer API on loopback, for demos and tests without an account.
///
/// Prints its URL, checks signatures, runs tasks and makes faults on request.
#[derive(Debug, Parser)]
#[command(name = "clb-sim", version)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Program::parse().arguments;
    match arguments.serve(io::stdout(), io::stderr(), tokio::signal::ctrl_c()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clb-sim: {error}");
            ExitCode::FAILURE
        }
    }
}
