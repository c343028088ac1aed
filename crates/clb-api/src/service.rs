//! The services that this crate calls.

/// One service and the version of its API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Clb,
    Sts,
}

impl Service {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clb => "clb",
            Self::Sts => "sts",
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Clb => "2018-03-17",
            Self::Sts => "2018-08-13",
        }
    }
}
