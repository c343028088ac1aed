//! What `cargo metadata` says about this workspace, as far as packaging needs it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};

use super::{PROVIDER, PackageError};

/// The workspace on this machine.
#[derive(Debug)]
pub struct Workspace {
    metadata: Metadata,
    version: String,
    rust_version: String,
}

impl Workspace {
    /// Reads the metadata of the workspace in `root`.
    pub fn read(root: &Path) -> Result<Self, PackageError> {
        let mut command = MetadataCommand::new();
        let metadata = command.current_dir(root).other_options(["--locked".to_owned()]).exec()?;
        let provider = metadata.packages.iter().find(|package| package.name.as_str() == PROVIDER);
        let version = provider.map(|package| package.version.to_string()).unwrap_or_default();
        let rust_version = provider.and_then(|package| package.rust_version.as_ref());
        let rust_version = rust_version.map(ToString::to_string).unwrap_or_default();
        Ok(Self { metadata, version, rust_version })
    }

    /// Version of the provider, which is that of the workspace.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The oldest Rust that the libraries are promised to work with.
    pub fn rust_version(&self) -> &str {
        &self.rust_version
    }

    /// The folder of the workspace.
    pub fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// The folder that cargo builds into.
    pub fn target_directory(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    pub(super) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Folders that hold sources of dependencies, one for each registry.
    pub fn registries(&self) -> BTreeSet<PathBuf> {
        let members = &self.metadata.workspace_members;
        let others = self.metadata.packages.iter().filter(|package| !members.contains(&package.id));
        others
            .filter_map(|package| Some(package.manifest_path.as_std_path().parent()?.parent()?.to_owned()))
            .collect()
    }

    /// Every path of this machine that a compiler could write into a binary.
    pub fn machine_paths(&self) -> Vec<PathBuf> {
        let own = [self.root().to_owned(), self.target_directory().to_owned()];
        own.into_iter().chain(self.registries()).collect()
    }
}
