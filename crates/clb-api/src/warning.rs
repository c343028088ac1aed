//! Warnings about a configuration that works.

use std::path::PathBuf;

use crate::Region;

/// A warning about a setting that may not have the intended effect. Calls work. [`Client::warnings`](crate::Client::warnings) returns
/// all of them after the first call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigWarning {
    /// A credentials provider is configured, and another one takes precedence.
    #[error("{setting} is not used: the credentials are those of {used}")]
    UnusedCredentials {
        /// The option or variable that configures it, in backticks.
        setting: String,
        /// What is used instead, ready for a sentence: an option or variable in backticks, or a description.
        used: String,
    },
    /// The region is that of TCCLI's default profile, and no setting names it. TCCLI writes `ap-guangzhou` into it when it
    /// starts for the first time.
    #[error("the region `{region}` is that of TCCLI's default profile, {}: set `TENCENTCLOUD_REGION` if it is another", file.display())]
    DefaultProfileRegion {
        /// The region.
        region: Region,
        /// The file that names it.
        file: PathBuf,
    },
}
