//! A service of Tencent Cloud and the version of its API.

use std::{borrow::Cow, fmt, str::FromStr};

/// One service of API 3.0, such as `clb` in version `2018-03-17`.
///
/// ```
/// use clb_api::Service;
///
/// let gwlb = Service::new("gwlb", "2024-09-06")?;
/// assert_eq!((gwlb.name(), gwlb.version()), ("gwlb", "2024-09-06"));
/// assert_eq!("gwlb@2024-09-06".parse(), Ok(gwlb));
/// assert!(Service::new("GWLB", "2024-09-06").is_err());
/// assert!(Service::new("gwlb", "latest").is_err());
/// # Ok::<(), clb_api::InvalidServiceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    name: Cow<'static, str>,
    version: Cow<'static, str>,
}

/// Text that cannot be the name or the version of a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidServiceError {
    /// The name is no first part of a host name.
    #[error("a service is named by 1 to 32 lower-case ASCII letters and digits, such as `clb`, not {0:?}")]
    Name(String),
    /// The version is no date.
    #[error("the version of a service is a date, such as `2018-03-17`, not {0:?}")]
    Version(String),
}

/// The longest name that is accepted. The vendor documents no limit; its longest names have about 20 characters.
const LONGEST_NAME: usize = 32;

impl Service {
    /// A service by its name, as in its host and in the signature, and the version of its API.
    pub fn new(name: &str, version: &str) -> Result<Self, InvalidServiceError> {
        let is_name = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(is_name) {
            return Err(InvalidServiceError::Name(name.to_owned()));
        }
        if !is_date(version) {
            return Err(InvalidServiceError::Version(version.to_owned()));
        }
        Ok(Self { name: Cow::Owned(name.to_owned()), version: Cow::Owned(version.to_owned()) })
    }

    /// The load balancer: `clb`, version 2018-03-17.
    pub const fn clb() -> Self {
        Self::fixed("clb", "2018-03-17")
    }

    /// The security token service: `sts`, version 2018-08-13.
    pub const fn sts() -> Self {
        Self::fixed("sts", "2018-08-13")
    }

    /// The name, as in the host.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the API, a date.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn is_clb(&self) -> bool {
        *self == Self::clb()
    }

    const fn fixed(name: &'static str, version: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), version: Cow::Borrowed(version) }
    }
}

/// `NAME@VERSION`.
impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}

impl FromStr for Service {
    type Err = InvalidServiceError;

    fn from_str(text: &str) -> Result<Self, InvalidServiceError> {
        let (name, version) = text.split_once('@').unwrap_or((text, ""));
        Self::new(name, version)
    }
}

/// Four, two and two digits.
fn is_date(text: &str) -> bool {
    let digits = |part: Option<&str>, count| {
        part.is_some_and(|part| part.len() == count && part.bytes().all(|c| c.is_ascii_digit()))
    };
    let mut parts = text.split('-');
    digits(parts.next(), 4) && digits(parts.next(), 2) && digits(parts.next(), 2) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions_are_checked() {
        for name in ["", "Clb", "c lb", "clb.x", "https://clb", "c-b", &"x".repeat(33)] {
            assert_eq!(Service::new(name, "2018-03-17"), Err(InvalidServiceError::Name(name.to_owned())));
        }
        for version in ["", "latest", "2018-3-17", "2018-03-17-01", "2018/03/17", "2018-03-1a"] {
            assert_eq!(Service::new("clb", version), Err(InvalidServiceError::Version(version.to_owned())));
        }
        assert_eq!(Service::new("clb", "2018-03-17"), Ok(Service::clb()));
        assert_eq!(Service::sts().to_string().parse(), Ok(Service::sts()));
    }
}
