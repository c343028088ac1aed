//! Installation from a filesystem mirror, with `init` and a lock file and without a registry.
//!
//! The mirror is made of the provider under test. `CLB_PACKAGE` names the output of `cargo xtask package` instead.

use std::path::{Path, PathBuf};

use clb_sim::TaskScript;
use xtask::package::target::Platform;
use xtask::package::{self, mirror};

use crate::harness::{Configuration, World, provider_binary, variable};

const VERSION: &str = env!("CARGO_PKG_VERSION");

const GATED: &str = "data \"clb_task_status\" \"t\" {\n  task_id = \"a\"\n}\nresource \"terraform_data\" \"gated\" {\n  \
                     input = data.clb_task_status.t.state\n}\n";

/// A folder with archives, and the mirror of them.
pub(crate) struct Installation {
    archives: PathBuf,
    _folder: tempfile::TempDir,
}

impl Installation {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archives = folder.path().to_owned();
        match variable("CLB_PACKAGE").filter(|named| !named.is_empty()) {
            Some(named) => mirror::write(VERSION, &root().join(named), &archives.join("mirror")).unwrap(),
            None => Self::pack(&archives),
        }
        Self { archives, _folder: folder }
    }

    fn pack(archives: &Path) {
        let platform = Platform::current().unwrap();
        package::pack(&root(), VERSION, provider_binary(), platform, archives).unwrap();
        mirror::write(VERSION, archives, &archives.join("mirror")).unwrap();
    }

    pub(crate) fn mirror(&self) -> PathBuf {
        self.archives.join("mirror")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn init_installs_from_the_mirror_and_locks_what_it_installed() {
    let world = World::new();
    world.simulator.task("a", TaskScript::runs_for_polls(1).then_succeeds());
    let installation = Installation::new();
    let configuration = world.reached_by(Configuration::installing_from(&installation.mirror()));
    configuration.rewrite(GATED);
    let run = configuration.run(&["init"]).expect_success();
    assert!(run.stdout.contains(&format!("Installed clb-rs/clb v{VERSION}")), "{}", run.stdout);
    let lock = std::fs::read_to_string(configuration.path().join(".terraform.lock.hcl")).unwrap();
    assert!(lock.contains("\"h1:") && lock.contains(&format!("\"{VERSION}\"")), "{lock}");
    assert!(configuration.apply().expect_success().stdout.contains("1 added"));

    std::fs::remove_dir_all(configuration.path().join(".terraform")).unwrap();
    configuration.run(&["init", "-lockfile=readonly"]).expect_success();
    assert!(configuration.plan().expect_success().stdout.contains("No changes"));
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn another_archive_than_the_locked_one_is_rejected() {
    let installation = Installation::new();
    let configuration = Configuration::installing_from(&installation.mirror());
    configuration.rewrite(GATED);
    configuration.run(&["init"]).expect_success();
    std::fs::remove_dir_all(configuration.path().join(".terraform")).unwrap();
    let other = installation.archives.join("other");
    std::fs::create_dir_all(&other).unwrap();
    std::fs::write(other.join("program"), "another program").unwrap();
    let platform = Platform::current().unwrap();
    package::pack(&root(), VERSION, &other.join("program"), platform, &other).unwrap();
    mirror::write(VERSION, &other, &installation.mirror()).unwrap();
    configuration.run(&["init", "-lockfile=readonly"]).expect_error(&["match", "checksums"]);
}

/// Both programs of the packages start in a folder that holds nothing else, as in a container without any library.
#[test]
#[cfg(target_os = "linux")]
fn static_packages_start_in_an_empty_root() {
    let Some(packages) = variable("CLB_PACKAGE").filter(|named| !named.is_empty()) else {
        return eprintln!("left out, CLB_PACKAGE names no packages");
    };
    let platform = Platform::current().unwrap();
    let provider = format!("terraform-provider-clb_v{VERSION}");
    for (archive, program, arguments, expected) in [
        (format!("clb_{VERSION}_{platform}.zip"), "clb", &["--version"][..], format!("clb {VERSION}")),
        (
            format!("terraform-provider-clb_{VERSION}_{platform}.zip"),
            &provider,
            &[],
            "is a Terraform provider".to_owned(),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = std::fs::File::open(root().join(&packages).join(archive)).unwrap();
        zip::ZipArchive::new(file).unwrap().extract(folder.path()).unwrap();
        if !package::inspect::is_static(&std::fs::read(folder.path().join(program)).unwrap()) {
            return eprintln!("left out, the packages are not static");
        }
        let mut chroot = std::process::Command::new("unshare");
        let user = ["--map-root-user", "chroot"];
        chroot.args(user).arg(folder.path()).arg(format!("/{program}")).args(arguments).env_clear();
        let output = chroot.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output().unwrap();
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        if printed.starts_with("unshare: ") {
            return eprintln!("left out, this machine gives no root of its own: {printed}");
        }
        assert!(printed.contains(&expected), "{program}: {printed}");
    }
}
