//! What a person should know about a configuration that works.

use std::path::PathBuf;

use crate::Region;

/// A setting that may not do what it seems to. Calls work; [`Client::warnings`](crate::Client::warnings) has them all once
/// a call was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigWarning {
    /// A credentials provider is configured and another one comes first.
    #[error("{setting} is not used: the credentials are those of {used}")]
    UnusedCredentials {
        /// The option or variable that configures it, in backticks.
        setting: String,
        /// What is used instead, ready for a sentence: an option or variable in backticks, or a description.
        used: String,
    },
    /// The region is that of TCCLI's default profile, which nobody named. TCCLI writes `ap-guangzhou` into it when it
    /// starts for the first time.
    #[error("the region `{region}` is that of TCCLI's default profile, {}: set `TENCENTCLOUD_REGION` if it is another", file.display())]
    DefaultProfileRegion {
        /// The region.
        region: Region,
        /// The file that names it.
        file: PathBuf,
    },
}
