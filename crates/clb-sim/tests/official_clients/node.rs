//! A scratch folder with the pinned SDK for Node.js.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::succeed;

/// The SDK under test: what all its clients have in common, and a client for any product.
const REQUIREMENT: &str = "tencentcloud-sdk-nodejs-common@4.1.220";

/// The folder, among the scratch files of the build.
pub(crate) struct Node {
    folder: PathBuf,
}

impl Node {
    /// Installs the SDK unless it is installed already. The error says why that does not work here.
    pub(crate) fn install() -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(REQUIREMENT);
        let node = Self { folder };
        if !node.marker().exists() {
            node.create()?;
        }
        Ok(node)
    }

    /// Node.js with a script, which trusts a certificate besides the usual ones.
    pub(crate) fn script(&self, script: &str, ca_file: &Path) -> Command {
        let mut node = Command::new("node");
        node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/official_clients").join(script));
        node.env("NODE_PATH", self.folder.join("node_modules")).env("NODE_EXTRA_CA_CERTS", ca_file);
        node.env("NO_PROXY", "127.0.0.1");
        node
    }

    fn create(&self) -> Result<(), String> {
        std::fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let quiet = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"];
        succeed(Command::new(npm).args(quiet).arg(&self.folder).arg(REQUIREMENT))?;
        std::fs::write(self.marker(), "").map_err(|error| error.to_string())
    }

    /// Exists once everything is installed.
    fn marker(&self) -> PathBuf {
        self.folder.join("installed")
    }
}
