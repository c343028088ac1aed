//! A scratch environment of Python with pinned versions of the official clients.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::succeed;

/// The official clients under test: the command line tool, and the SDK for Python.
const REQUIREMENTS: [&str; 2] = ["tccli==3.1.189.1", "tencentcloud-sdk-python==3.1.195"];

/// The environment, under the folder for scratch files of the build.
pub(crate) struct Python {
    folder: PathBuf,
}

impl Python {
    /// Installs the clients unless they are installed already. The error says why that does not work here.
    pub(crate) fn install() -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(REQUIREMENTS.join("-"));
        let python = Self { folder };
        if !python.marker().exists() {
            python.create()?;
        }
        Ok(python)
    }

    /// The Python of the environment, in a home of its own.
    pub(crate) fn script(&self, script: &str) -> Command {
        let mut python = self.command(self.program("python"));
        python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/official_clients").join(script));
        python
    }

    /// The command line tool of the environment.
    pub(crate) fn tccli(&self) -> Command {
        self.command(self.program("tccli"))
    }

    /// Lets the clients of this environment trust a certificate: the tool has no option for that and trusts the bundle of
    /// the package `certifi` alone.
    pub(crate) fn trust(&self, ca_file: &Path) -> std::io::Result<()> {
        let print = self.command(self.program("python")).args(["-m", "certifi"]).output()?;
        let bundle = PathBuf::from(String::from_utf8_lossy(&print.stdout).trim().to_owned());
        let original = bundle.with_extension("original");
        if !original.exists() {
            std::fs::copy(&bundle, &original)?;
        }
        std::fs::write(&bundle, [std::fs::read(original)?, std::fs::read(ca_file)?].concat())
    }

    fn create(&self) -> Result<(), String> {
        let python = if cfg!(windows) { "python" } else { "python3" };
        succeed(Command::new(python).args(["-m", "venv", "--clear"]).arg(&self.folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"];
        succeed(Command::new(self.program("python")).args(pip).args(REQUIREMENTS))?;
        std::fs::write(self.marker(), "").map_err(|error| error.to_string())
    }

    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        // Neither profiles nor proxies of the machine have a say.
        command.env("HOME", &self.folder).env("USERPROFILE", &self.folder).env("NO_PROXY", "127.0.0.1");
        command
    }

    fn program(&self, name: &str) -> PathBuf {
        let (folder, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
        self.folder.join(folder).join(format!("{name}{suffix}"))
    }

    /// Exists once everything is installed.
    fn marker(&self) -> PathBuf {
        self.folder.join("installed")
    }
}
