//! The archive of the command `clb`: the program, its manual pages, completions for shells, and the licences.

use std::path::Path;
use std::process::Command;

use super::archive::{self, Member};
use super::target::Target;
use super::workspace::Workspace;
use super::{PackageError, Packed, at, build, create, files, inspect, legal, read, write_bill};

/// The package, and the name of its program.
const PACKAGE: &str = "clb-cli";
const NAME: &str = "clb";

/// The shells that the program prints completions for, and the files in which each looks for them.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "completions/clb.bash"),
    ("elvish", "completions/clb.elv"),
    ("fish", "completions/clb.fish"),
    ("powershell", "completions/_clb.ps1"),
    ("zsh", "completions/_clb"),
];

/// Builds `clb` for a target and writes its archive and bill of materials into `out`. The program
/// itself prints what belongs to it, so the target must run on this machine.
pub fn command(workspace: &Workspace, target: &Target, out: &Path) -> Result<Packed, PackageError> {
    create(out)?;
    let binary = build::binary_of(workspace, PACKAGE, NAME, target)?;
    let needs = inspect::check(&binary, target, &workspace.machine_paths())?;
    write_bill(workspace, PACKAGE, NAME, target, out)?;
    let program = format!("{NAME}{}", target.platform().executable_suffix());
    let mut members = vec![Member::executable(program, read(&binary)?)];
    members.extend(manual(&binary)?);
    for (shell, file) in COMPLETIONS {
        members.push(Member::text(file, printed(&binary, &["completions", shell])?));
    }
    members.extend(legal(workspace.root())?);
    let archive = out.join(format!("{NAME}_{}_{}.zip", workspace.version(), target.platform()));
    archive::write(&archive, &members)?;
    Ok(Packed { archive, needs })
}

/// The manual pages, which the program writes.
fn manual(binary: &Path) -> Result<Vec<Member>, PackageError> {
    let folder = tempfile::tempdir().map_err(at(binary))?;
    build::output_of(Command::new(binary).args(["man", "--dir"]).arg(folder.path()))?;
    let pages = files(folder.path())?.into_iter().map(|page| {
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        Ok(Member::text(format!("man/{name}"), read(&page)?))
    });
    pages.collect()
}

fn printed(binary: &Path, arguments: &[&str]) -> Result<Vec<u8>, PackageError> {
    build::output_of(Command::new(binary).args(arguments)).map(String::into_bytes)
}
