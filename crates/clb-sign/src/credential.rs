//! Who signs: key pair and session token, checked once.

use std::fmt;

use zeroize::Zeroizing;

use crate::validate;

/// The public half of a key pair, e.g. `AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE`.
///
/// Any text without a control character, `/`, `,` or space around it: those would let an id pose as a scope or as
/// another part of the `Authorization` header.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretId(String);

impl SecretId {
    /// Checks and takes the id.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidCredentialError> {
        let id = id.into();
        check("secret id", &id)?;
        if !validate::is_scope_part(&id) {
            return Err(InvalidCredentialError::Forbidden { part: "secret id" });
        }
        Ok(Self(id))
    }

    /// The id as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretId {
    /// Hidden as well: it is no secret, but people call both halves their credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretId([redacted])")
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The secret half of a key pair. It cannot be read back, shows nothing in `Debug`, and is wiped when dropped.
///
/// Any text without space around it, as the vendor's Python SDK has it. It is never sent, so nothing else is rejected.
#[derive(Clone)]
pub struct SecretKey {
    /// With [`PREFIX`] before it, as the key of a day is derived from it.
    prefixed: Zeroizing<String>,
}

/// What stands before the key in the first step of the derivation.
const PREFIX: &str = "TC3";

impl SecretKey {
    /// Checks and takes the key. A `String` that is moved in is wiped, too.
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidCredentialError> {
        let key = Zeroizing::new(key.into());
        check("secret key", &key)?;
        // At its full size from the start: growing would leave a copy behind.
        let mut prefixed = Zeroizing::new(String::with_capacity(PREFIX.len() + key.len()));
        prefixed.push_str(PREFIX);
        prefixed.push_str(&key);
        Ok(Self { prefixed })
    }

    /// The key as text, for what this crate does not sign. Keep it out of logs and errors.
    pub fn expose(&self) -> &str {
        &self.prefixed[PREFIX.len()..]
    }

    pub(crate) fn prefixed(&self) -> &[u8] {
        self.prefixed.as_bytes()
    }

    #[cfg(feature = "signature-v1")]
    pub(crate) fn bare(&self) -> &[u8] {
        &self.prefixed.as_bytes()[PREFIX.len()..]
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey([redacted])")
    }
}

/// The token that comes with a temporary key pair. Sent with the request, so [`as_str`](Self::as_str) gives it out; `Debug`
/// does not, and it is wiped when dropped.
#[derive(Clone)]
pub struct SecurityToken(Zeroizing<String>);

impl SecurityToken {
    /// Checks and takes the token: a header value, so no control characters.
    pub fn new(token: impl Into<String>) -> Result<Self, InvalidCredentialError> {
        let token = Zeroizing::new(token.into());
        check("security token", &token)?;
        if !validate::is_header_value(&token) {
            return Err(InvalidCredentialError::Forbidden { part: "security token" });
        }
        Ok(Self(token))
    }

    /// The token as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecurityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityToken([redacted])")
    }
}

/// A key pair, and the token if it is a temporary one.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("hidden")?);
/// assert_eq!(credential.secret_id().as_str(), "AKIDEXAMPLE");
/// assert!(!format!("{credential:?}").contains("hidden"));
/// # Ok::<(), clb_sign::InvalidCredentialError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Credential {
    secret_id: SecretId,
    secret_key: SecretKey,
    token: Option<SecurityToken>,
}

impl Credential {
    /// A permanent key pair.
    pub fn new(secret_id: SecretId, secret_key: SecretKey) -> Self {
        Self { secret_id, secret_key, token: None }
    }

    /// The same pair as a temporary one.
    #[must_use]
    pub fn with_token(mut self, token: SecurityToken) -> Self {
        self.token = Some(token);
        self
    }

    /// The public half.
    pub fn secret_id(&self) -> &SecretId {
        &self.secret_id
    }

    /// The secret half, which only signing can use.
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// The session token, if there is one.
    pub fn token(&self) -> Option<&SecurityToken> {
        self.token.as_ref()
    }
}

/// Why a text is no id, key or token. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCredentialError {
    /// Nothing was given.
    #[error("{part} is empty")]
    Empty {
        /// Which part: `secret id`, `secret key` or `security token`.
        part: &'static str,
    },
    /// White space around the text, most often left by copying.
    #[error("{part} has white space around it")]
    Space {
        /// Which part.
        part: &'static str,
    },
    /// A character that would break out of the header.
    #[error("{part} contains a control character or a separator")]
    Forbidden {
        /// Which part.
        part: &'static str,
    },
}

fn check(part: &'static str, text: &str) -> Result<(), InvalidCredentialError> {
    if text.is_empty() {
        return Err(InvalidCredentialError::Empty { part });
    }
    if text.trim() != text {
        return Err(InvalidCredentialError::Space { part });
    }
    Ok(())
}
