//! Required arguments, and the limits of session durations.

use super::CredentialError;
use crate::{
    OptionNames,
    options::{LONGEST_ROLE_SESSION, non_empty},
};

/// Two hours for a role's session, the default of the service itself.
pub(super) const ROLE_SECONDS: u64 = 7200;

/// Half an hour for a session with multi-factor authentication, the official provider's default.
pub(super) const MFA_SECONDS: u64 = 1800;

/// The block whose arguments are checked.
#[derive(Clone, Copy)]
pub(super) struct Required {
    pub(super) block: &'static str,
    pub(super) names: OptionNames,
}

impl Required {
    pub(super) fn text(
        &self,
        value: Option<&str>,
        name: &str,
        variable: &str,
    ) -> Result<String, CredentialError> {
        non_empty(value).map(str::to_owned).ok_or_else(|| self.missing(name, variable))
    }

    pub(super) fn missing(&self, name: &str, variable: &str) -> CredentialError {
        CredentialError::unusable(self.origin(), self.names.unset(&self.option(name), variable))
    }

    /// Zero, which the official provider allows, is the default too.
    pub(super) fn role_seconds(&self, seconds: Option<u64>) -> Result<u64, CredentialError> {
        let seconds = seconds.filter(|seconds| *seconds > 0).unwrap_or(ROLE_SECONDS);
        self.seconds("session_duration", seconds, LONGEST_ROLE_SESSION)
    }

    pub(super) fn seconds(&self, name: &str, seconds: u64, most: u64) -> Result<u64, CredentialError> {
        if seconds <= most {
            return Ok(seconds);
        }
        let name = self.names.given(&self.option(name));
        let problem = format!("{name} is at most {most} seconds, not {seconds}");
        Err(CredentialError::unusable(self.origin(), problem))
    }

    /// The block as the program's users know it.
    pub(super) fn origin(&self) -> String {
        self.names.offered(self.block).unwrap_or_else(|| self.block.replace('_', " "))
    }

    pub(super) fn option(&self, name: &str) -> String {
        format!("{}.{name}", self.block)
    }
}
