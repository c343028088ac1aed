//! The programs that users would use instead, as far as this machine has them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::terraform::{self, Terraform};

/// Names of the subjects, as the record and the page have them.
pub(super) const OURS: &str = "this project";
pub(super) const GO: &str = "Go provider";
pub(super) const TF_PROVIDER: &str = "tf-provider";
pub(super) const ALONE: &str = "Terraform alone";
pub(super) const SHELL: &str = "sh alone";
pub(super) const CURL: &str = "curl";
pub(super) const TCCLI: &str = "TCCLI";
pub(super) const PYTHON: &str = "Python SDK";

/// Where to find the peers; those that are not named are looked for on the search path, and beside the Python that is named.
#[derive(Debug, Default)]
pub struct Paths {
    /// The provider in Go, from the wheel `workato_terraform_provider`.
    pub go_provider: Option<PathBuf>,
    /// `terraform-provider-null`, an example of the crate `tf-provider`.
    pub tf_provider: Option<PathBuf>,
    /// The program `tccli`.
    pub tccli: Option<PathBuf>,
    /// A Python that has the SDK, and perhaps the two wheels.
    pub python: Option<PathBuf>,
    /// The search path.
    pub search_path: String,
    /// The command that `CLB_TERRAFORM` names.
    pub terraform: Option<String>,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Peers {
    pub(super) terraform: Option<Terraform>,
    pub(super) go_provider: Option<PathBuf>,
    pub(super) tf_provider: Option<PathBuf>,
    pub(super) curl: Option<PathBuf>,
    pub(super) tccli: Option<PathBuf>,
    pub(super) python: Option<PathBuf>,
    /// GNU time, which says how much memory a process has had.
    pub(super) time: Option<PathBuf>,
    /// Takes the symbols out of a binary.
    pub(super) strip: Option<PathBuf>,
    versions: BTreeMap<String, String>,
}

/// What the SDK's client is imported from.
const SDK: &str = "from importlib.metadata import version; import tencentcloud.clb; print(version('tencentcloud-sdk-python-clb'))";

/// Where the wheel keeps the binary for this platform.
const WHEEL: &str = "import workato_terraform_provider as wheel; print(wheel.__path__[0])";

/// Looks for the peers.
pub(super) fn find(paths: &Paths) -> Peers {
    let on_path = |name: &str| {
        std::env::split_paths(&paths.search_path).map(|folder| folder.join(name)).find(|file| file.is_file())
    };
    let python = paths.python.clone().or_else(|| on_path("python3"));
    let beside_python =
        |name: &str| Some(python.as_ref()?.parent()?.join(name)).filter(|file| file.is_file());
    let with_sdk = python.clone().filter(|python| printed(python, &["-c", SDK]).is_some());
    let environment = |name: &str| match name {
        "PATH" => Some(paths.search_path.clone()),
        _ => paths.terraform.clone(),
    };
    let mut peers = Peers {
        terraform: terraform::find(environment).ok(),
        go_provider: paths.go_provider.clone().or_else(|| in_wheel(python.as_deref()?)),
        tf_provider: paths.tf_provider.clone().or_else(|| on_path("terraform-provider-null")),
        curl: on_path("curl"),
        tccli: paths.tccli.clone().or_else(|| beside_python("tccli")).or_else(|| on_path("tccli")),
        python: with_sdk,
        time: on_path("time")
            .filter(|time| printed(time, &["--version"]).is_some_and(|text| text.contains("GNU"))),
        strip: on_path("strip"),
        versions: BTreeMap::new(),
    };
    peers.versions = peers.found_versions();
    peers
}

impl Peers {
    /// What was found, and in which version.
    pub(super) fn versions(&self) -> BTreeMap<String, String> {
        self.versions.clone()
    }

    fn found_versions(&self) -> BTreeMap<String, String> {
        let number = |text: String| {
            let word = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
            text.split_whitespace().find(word).map(str::to_owned)
        };
        let found = [
            ("Rust", printed("rustc".as_ref(), &["--version"]).and_then(number)),
            (GO, self.go_provider.as_deref().and_then(version_in_name)),
            (
                TF_PROVIDER,
                self.tf_provider.as_deref().and_then(|file| version_in_paths(file, "tf-provider-")),
            ),
            (CURL, self.curl.as_deref().and_then(|curl| printed(curl, &["--version"])).and_then(number)),
            (TCCLI, self.tccli.as_deref().and_then(|tccli| printed(tccli, &["--version"])).and_then(number)),
            (
                PYTHON,
                self.python.as_deref().and_then(|python| printed(python, &["-c", SDK])).and_then(number),
            ),
        ];
        let found = found.into_iter().filter_map(|(name, version)| Some((name.to_owned(), version?)));
        found.chain(self.terraform_version()).collect()
    }

    /// Its name, which may be `OpenTofu`, and version.
    fn terraform_version(&self) -> Option<(String, String)> {
        let version = self.terraform.as_ref()?.version().ok()?.to_string();
        let (name, number) = version.split_once(" v")?;
        Some((name.to_owned(), number.to_owned()))
    }

    /// What is not there, and how to get it.
    pub(super) fn missing(&self) -> Vec<String> {
        let all = [
            (
                self.terraform.is_some(),
                "Terraform: install `terraform` or `tofu`, or name it in `CLB_TERRAFORM`",
            ),
            (
                self.go_provider.is_some(),
                "Go provider: `pip install workato_terraform_provider==0.16.0`, and `--python` or `--go-provider`",
            ),
            (
                self.tf_provider.is_some(),
                "tf-provider: `cargo install tf-provider --version 0.2.2 --examples` (needs `protoc`), and `--tf-provider`",
            ),
            (self.curl.is_some(), "curl: install it"),
            (self.tccli.is_some(), "TCCLI: `pip install tccli==3.1.189.1`, and `--python` or `--tccli`"),
            (self.python.is_some(), "Python SDK: `pip install tencentcloud-sdk-python-clb`, and `--python`"),
            (self.time.is_some(), "memory: install GNU `time`"),
            (self.strip.is_some(), "size of tf-provider: install `strip` (binutils)"),
        ];
        all.into_iter().filter(|(found, _)| !found).map(|(_, hint)| hint.to_owned()).collect()
    }
}

/// The binary of the Go provider for this platform in its wheel.
fn in_wheel(python: &Path) -> Option<PathBuf> {
    let folder = PathBuf::from(printed(python, &["-c", WHEEL])?.trim());
    let platform = crate::package::target::Platform::current()?.to_string();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.parent().is_some_and(|parent| parent.ends_with(&platform)) {
                return Some(path);
            }
        }
    }
    None
}

/// What a command prints, if it succeeds.
fn printed(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The version in a name such as `terraform-provider-x_v1.2.3`.
fn version_in_name(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_string_lossy();
    name.split_once("_v").map(|(_, version)| version.to_owned())
}

/// The version in the paths of sources that a Rust binary holds, such as `serde-1.2.3/src/lib.rs`.
fn version_in_paths(file: &Path, prefix: &str) -> Option<String> {
    let bytes = fs::read(file).ok()?;
    let starts = bytes.windows(prefix.len()).enumerate().filter(|(_, window)| *window == prefix.as_bytes());
    starts.map(|(start, _)| &bytes[start + prefix.len()..]).find_map(|rest| {
        let version: String =
            rest.iter().take(20).map(|byte| char::from(*byte)).take_while(|c| *c != '/').collect();
        (version.split('.').count() == 3 && version.starts_with(|c: char| c.is_ascii_digit()))
            .then_some(version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_names_and_from_paths_of_sources() {
        assert_eq!(version_in_name("x/terraform-provider-x_v0.16.0".as_ref()).as_deref(), Some("0.16.0"));
        assert_eq!(version_in_name("terraform-provider-x".as_ref()), None);
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("binary");
        fs::write(&binary, b"\0tf-provider-example\0/registry/tf-provider-0.2.2/src/lib.rs\0").unwrap();
        assert_eq!(version_in_paths(&binary, "tf-provider-").as_deref(), Some("0.2.2"));
        assert_eq!(version_in_paths(&binary, "serde-"), None);
    }

    #[test]
    fn a_peer_that_is_not_there_is_named_with_how_to_get_it() {
        let nowhere = find(&Paths { python: Some("/no/python".into()), ..Paths::default() });
        assert!(nowhere.versions().keys().all(|name| name == "Rust"), "{:?}", nowhere.versions());
        let missing = nowhere.missing();
        assert_eq!(missing.len(), 8);
        assert!(missing.iter().any(|hint| hint.contains("pip install tccli==3.1.189.1")), "{missing:?}");
        let named = find(&Paths { tccli: Some("/some/tccli".into()), ..Paths::default() });
        assert_eq!(named.tccli.as_deref(), Some(Path::new("/some/tccli")));
    }
}
