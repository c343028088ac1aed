//! `clb simulate`, `clb completions` and the manual page.

use std::io;

use clap::CommandFactory;

use crate::{
    arguments::Cli,
    exit::{Exit, Failure},
};

/// Serves until Ctrl-C.
pub(crate) async fn simulate(arguments: clb_sim::Arguments) -> Result<Exit, Failure> {
    arguments.serve(io::stdout(), io::stderr(), tokio::signal::ctrl_c()).await?;
    Ok(Exit::Succeeded)
}

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "clb", &mut text);
    write(&text)
}

/// The page of the command, followed by those of the subcommands.
pub(crate) fn man() -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        let page = clap_mangen::Man::new(subcommand.clone());
        page.render_name_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_options_section(&mut text)?;
    }
    write(&text)
}

fn write(text: &[u8]) -> Result<Exit, Failure> {
    io::Write::write_all(&mut io::stdout().lock(), text)?;
    Ok(Exit::Succeeded)
}
