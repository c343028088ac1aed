use std::path::{Path, PathBuf};

use super::BenchError;
use crate::package::target::Target;
use crate::package::workspace::Workspace;
use crate::package::{PROVIDER, build};

/// Our own programs as they are given away.
#[derive(Debug)]
pub struct Programs {
    workspace: Workspace,
    provider: PathBuf,
    command: PathBuf,
}

impl Programs {
    /// Builds them as `cargo xtask package` does.
    pub fn build(root: &Path) -> Result<Self, BenchError> {
        let workspace = Workspace::read(root)?;
        let target = Target::preferred()?;
        let provider = build::binary(&workspace, PROVIDER, &target)?;
        let command = build::binary_of(&workspace, "clb-cli", "clb", &target)?;
        Ok(Self { workspace, provider, command })
    }

    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// `terraform-provider-clb`.
    pub(super) fn provider(&self) -> &Path {
        &self.provider
    }

    /// `clb`.
    pub(super) fn command(&self) -> &Path {
        &self.command
    }
}
