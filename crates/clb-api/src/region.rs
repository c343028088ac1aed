//! Regions: `ap-guangzhou`, `ap-shanghai-fsi`.

use std::fmt;

use crate::{from_text::from_text, redact::quotable};

/// A region of the cloud, checked for its form alone: new regions need no new release.
///
/// ```
/// let region = clb_api::Region::parse("ap-shanghai-fsi")?;
/// assert!(region.is_finance());
/// # Ok::<_, clb_api::InvalidRegionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

/// A region that cannot be one: it becomes a part of host names, so lowercase letters, digits and inner hyphens are
/// allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a region is lowercase letters, digits and hyphens, such as `ap-guangzhou`, not {0:?}")]
pub struct InvalidRegionError(String);

impl Region {
    /// Checks `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidRegionError> {
        if is_region(text) { Ok(Self(text.to_owned())) } else { Err(InvalidRegionError(quotable(text))) }
    }

    /// The region as it is sent in `X-TC-Region`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is one of the isolated finance zones, which have hosts of their own.
    pub fn is_finance(&self) -> bool {
        self.0.ends_with("-fsi")
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

from_text!(Region, InvalidRegionError);

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// At most 63 characters: the longest label of a host name.
fn is_region(text: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_label_of_a_host_name() {
        for good in ["ap-guangzhou", "na-siliconvalley", "ap-shenzhen-fsi", "eu-frankfurt2"] {
            assert_eq!(Region::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "ap_guangzhou", "AP-guangzhou", "ap-guangzhou ", "ap.guangzhou", "-ap", "ap-", "广州"]
        {
            assert!(Region::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Region::parse(&"a".repeat(64)).is_err());
    }

    #[test]
    fn only_finance_zones_are_finance_zones() {
        assert!(Region::parse("ap-shanghai-fsi").unwrap().is_finance());
        assert!(!Region::parse("ap-shanghai").unwrap().is_finance());
    }
}
