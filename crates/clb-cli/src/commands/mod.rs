//! The subcommands.

mod actions;
mod call;
mod health;
mod shell;
mod sign;
mod tasks;

use crate::{
    arguments::{Cli, Command, Form},
    exit::{Exit, Failure},
    output::{self, Output},
};

/// Runs the command; a failure is told on standard error.
pub(crate) async fn run(cli: Cli) -> Exit {
    match dispatch(cli).await {
        Ok(exit) => exit,
        Err(failure) if failure.message.is_empty() => failure.exit,
        Err(Failure { message, exit }) => {
            output::note(&format!("clb: {message}"));
            exit
        }
    }
}

async fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let Cli { command, connection, output, events, quiet } = cli;
    let output = Output { form: if events { Form::Json } else { output }, events };
    match command {
        Command::Status(arguments) => tasks::status(arguments, connection, output, quiet).await,
        Command::Wait(arguments) => tasks::wait(arguments, connection, output, quiet).await,
        Command::Call(arguments) => call::run(arguments, connection, output, quiet).await,
        Command::Sign(arguments) => sign::run(*arguments, connection, output).await,
        Command::Actions { pattern } => actions::run(pattern.as_deref(), output),
        Command::Health(arguments) => health::run(arguments, connection, output, quiet).await,
        Command::Simulate(arguments) => shell::simulate(*arguments).await,
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { dir: Some(folder), .. } => shell::write_pages(&folder),
        Command::Man { subcommand, .. } => shell::print_page(subcommand.as_deref()),
    }
}
