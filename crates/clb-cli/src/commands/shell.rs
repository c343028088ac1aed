//! `clb simulate`, `clb completions` and the manual pages.

use std::{fs, io, path::Path};

use clap::CommandFactory;
use clap_mangen::Man;

use crate::{
    arguments::Cli,
    exit::{Exit, Failure},
};

/// The name of the program, and of its page.
const NAME: &str = "clb";

/// Serves until Ctrl-C.
pub(crate) async fn simulate(arguments: clb_sim::Arguments) -> Result<Exit, Failure> {
    arguments.serve(io::stdout(), io::stderr(), tokio::signal::ctrl_c()).await?;
    Ok(Exit::Succeeded)
}

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut text);
    write(&text)
}

/// The page of the command, or that of a subcommand.
pub(crate) fn print_page(subcommand: Option<&str>) -> Result<Exit, Failure> {
    let name = subcommand.map_or_else(|| NAME.to_owned(), |subcommand| format!("{NAME}-{subcommand}"));
    let Some((_, page)) = pages().into_iter().find(|(known, _)| *known == name) else {
        return Err(unknown_page(subcommand.unwrap_or_default()));
    };
    let mut text = Vec::new();
    page.render(&mut text)?;
    write(&text)
}

fn unknown_page(subcommand: &str) -> Failure {
    let pages = pages();
    let known: Vec<_> = pages.iter().filter_map(|(name, _)| name.split_once('-')).collect();
    let known = known.iter().map(|(_, name)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Failure::usage(format!("there is no subcommand `{subcommand}`: expected one of {known}"))
}

/// Writes a page for the command and for each subcommand into a folder, which is made if it is not there.
pub(crate) fn write_pages(folder: &Path) -> Result<Exit, Failure> {
    let failed = |error: io::Error| Failure::usage(format!("--dir {}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    for (_, page) in pages() {
        page.generate_to(folder).map_err(failed)?;
    }
    Ok(Exit::Succeeded)
}

/// The pages by their names: `clb`, `clb-status` and so on.
fn pages() -> Vec<(String, Man)> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let subcommands = command
        .get_subcommands()
        .map(|subcommand| (subcommand.get_display_name().unwrap_or_default().to_owned(), subcommand.clone()));
    let all = std::iter::once((NAME.to_owned(), command.clone())).chain(subcommands);
    let source = concat!("clb ", env!("CARGO_PKG_VERSION"));
    // Without a date its place would be lost, and those of source and manual move up.
    let page = |command| Man::new(command).date(" ").source(source).manual("clb Manual");
    all.map(|(name, command)| (name, page(command))).collect()
}

fn write(text: &[u8]) -> Result<Exit, Failure> {
    io::Write::write_all(&mut io::stdout().lock(), text)?;
    Ok(Exit::Succeeded)
}
