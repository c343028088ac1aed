//! An `Authorization` value taken apart, as a server does.

use std::{fmt, str::FromStr};

use crate::credential::SecretId;
use crate::scope;
use crate::time::Date;
use crate::validate;

/// A well-formed `Authorization` value of TC3-HMAC-SHA256. Nothing about it is verified yet.
///
/// ```
/// use clb_sign::Authorization;
///
/// let value = "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2023-11-14/clb/tc3_request, SignedHeaders=content-type;host, \
///     Signature=e14d99112318abfd1ac0db3d2647d8412c5700f9f5ed77ebada082ddcbbfba99";
/// let authorization = Authorization::parse(value)?;
/// assert_eq!(authorization.secret_id().as_str(), "AKIDEXAMPLE");
/// assert_eq!(authorization.service(), "clb");
/// # Ok::<(), clb_sign::InvalidAuthorizationError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    secret_id: SecretId,
    date: Date,
    service: String,
    signed_headers: String,
    signature: String,
}

impl Authorization {
    /// Reads a header's value. Its three parts may come in any order and with any spaces around their commas.
    pub fn parse(value: &str) -> Result<Self, InvalidAuthorizationError> {
        let parts = value.strip_prefix("TC3-HMAC-SHA256 ").ok_or(InvalidAuthorizationError::Algorithm)?;
        let parts = Parts::split(parts)?;
        let (secret_id, date, service) = credential(parts.credential)?;
        Ok(Self {
            secret_id,
            date,
            service: service.into(),
            signed_headers: signed_headers(parts.signed_headers)?.into(),
            signature: signature(parts.signature)?.into(),
        })
    }

    /// The id of the key that the request claims to be signed with.
    pub fn secret_id(&self) -> &SecretId {
        &self.secret_id
    }

    /// The day of the scope.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The service of the scope.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The names of the signed headers, lowercase, in the order given.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.split(';')
    }

    /// 64 lowercase hexadecimal digits.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    pub(crate) fn signed_headers_text(&self) -> &str {
        &self.signed_headers
    }
}

impl FromStr for Authorization {
    type Err = InvalidAuthorizationError;

    fn from_str(value: &str) -> Result<Self, InvalidAuthorizationError> {
        Self::parse(value)
    }
}

impl fmt::Debug for Authorization {
    /// Without id and signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("date", &self.date)
            .field("service", &self.service)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// Why a text is no `Authorization` value of this scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAuthorizationError {
    /// Another scheme, or none.
    #[error("authorization does not start with TC3-HMAC-SHA256")]
    Algorithm,
    /// A part is missing, repeated or unknown.
    #[error("authorization needs Credential, SignedHeaders and Signature, each once")]
    Parts,
    /// Not `ID/DATE/SERVICE/tc3_request`.
    #[error("Credential is not ID/YYYY-MM-DD/SERVICE/tc3_request")]
    Credential,
    /// Not lowercase names joined by `;`.
    #[error("SignedHeaders is not a list of lowercase names")]
    SignedHeaders,
    /// Not 64 lowercase hexadecimal digits.
    #[error("Signature is not 64 lowercase hexadecimal digits")]
    Signature,
}

struct Parts<'a> {
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, InvalidAuthorizationError> {
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or(InvalidAuthorizationError::Parts)?;
            let place = match name.trim_start_matches(' ') {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return Err(InvalidAuthorizationError::Parts),
            };
            if place.replace(value.trim_end_matches(' ')).is_some() {
                return Err(InvalidAuthorizationError::Parts);
            }
        }
        let missing = InvalidAuthorizationError::Parts;
        Ok(Self {
            credential: credential.ok_or(missing)?,
            signed_headers: signed_headers.ok_or(missing)?,
            signature: signature.ok_or(missing)?,
        })
    }
}

fn credential(text: &str) -> Result<(SecretId, Date, &str), InvalidAuthorizationError> {
    let invalid = InvalidAuthorizationError::Credential;
    let (id, scope) = text.split_once('/').ok_or(invalid)?;
    let (date, service) = scope::parse(scope).ok_or(invalid)?;
    Ok((SecretId::new(id).map_err(|_| invalid)?, date, service))
}

fn signed_headers(text: &str) -> Result<&str, InvalidAuthorizationError> {
    let is_name =
        |name: &str| validate::is_header_name(name) && !name.bytes().any(|b| b.is_ascii_uppercase());
    text.split(';').all(is_name).then_some(text).ok_or(InvalidAuthorizationError::SignedHeaders)
}

fn signature(text: &str) -> Result<&str, InvalidAuthorizationError> {
    let is_digit = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == 64 && text.bytes().all(is_digit))
        .then_some(text)
        .ok_or(InvalidAuthorizationError::Signature)
}
