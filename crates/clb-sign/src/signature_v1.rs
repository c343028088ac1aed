//! The older signatures, `HmacSHA1` and `HmacSHA256`, which travel among the request's parameters.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use crate::credential::Credential;
use crate::query::encode_query;
use crate::request::Method;
use crate::time::SigningTime;
use crate::validate;

/// How the parameters are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureMethod {
    /// HMAC-SHA256, named in the request.
    #[default]
    HmacSha256,
    /// HMAC-SHA1, named in the request.
    HmacSha1,
    /// HMAC-SHA1 by leaving out `SignatureMethod`, as the first version of the API had it.
    Unnamed,
}

impl SignatureMethod {
    /// The value of the parameter `SignatureMethod`, if there is one.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::HmacSha256 => Some("HmacSHA256"),
            Self::HmacSha1 => Some("HmacSHA1"),
            Self::Unnamed => None,
        }
    }

    fn mac(self, key: &[u8], text: &str) -> String {
        match self {
            Self::HmacSha256 => mac::<Hmac<Sha256>>(key, text),
            Self::HmacSha1 | Self::Unnamed => mac::<Hmac<Sha1>>(key, text),
        }
    }
}

/// A request whose parameters will be signed. They are given as plain text: what is sent is encoded, what is signed is not.
///
/// ```
/// use clb_sign::{Credential, Method, SignableParameters, SignatureMethod, SecretId, SecretKey, SigningTime};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let request = SignableParameters::new(Method::Get, "cvm.tencentcloudapi.com")?
///     .with_parameter("Action", "DescribeInstances")?
///     .with_parameter("Version", "2017-03-12")?
///     .with_parameter("Filters.0.Values.0", "a b")?;
/// let signed = request.sign(&credential, SigningTime::from_unix(1_700_000_000)?, 11886, SignatureMethod::HmacSha256);
///
/// assert!(signed.string_to_sign().contains("&Filters.0.Values.0=a b&Nonce=11886&"));
/// assert!(signed.encoded().contains("&Filters.0.Values.0=a+b&Nonce=11886&"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SignableParameters<'a> {
    method: Method,
    host: &'a str,
    parameters: Vec<(&'a str, Cow<'a, str>)>,
}

/// The parameters that signing adds.
const RESERVED: [&str; 6] = ["Nonce", "Timestamp", "Token", "SecretId", "SignatureMethod", "Signature"];

impl<'a> SignableParameters<'a> {
    /// A request to `/` of a host, as its `Host` header has it.
    pub fn new(method: Method, host: &'a str) -> Result<Self, InvalidParameterError> {
        if !validate::is_host(host) {
            return Err(InvalidParameterError::Host);
        }
        Ok(Self { method, host, parameters: Vec::new() })
    }

    /// Adds a parameter of the action, or one of the API's own (`Action`, `Version`, `Region`, `Language`, `RequestClient`).
    /// Structures are flattened by the caller, as in `Filters.0.Values.0`. The value may be any text.
    pub fn with_parameter(
        mut self,
        name: &'a str,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidParameterError> {
        if name.is_empty() || name.chars().any(|c| c.is_control() || matches!(c, '&' | '=')) {
            return Err(InvalidParameterError::Name);
        }
        if RESERVED.contains(&signed_name(name).as_ref()) {
            return Err(InvalidParameterError::Reserved);
        }
        if self.parameters.iter().any(|(known, _)| signed_name(known) == signed_name(name)) {
            return Err(InvalidParameterError::Repeated);
        }
        self.parameters.push((name, value.into()));
        Ok(self)
    }

    /// Signs. `nonce` is a random number that the service has not seen lately.
    pub fn sign(
        &self,
        credential: &Credential,
        time: SigningTime,
        nonce: u64,
        signature: SignatureMethod,
    ) -> SignedParameters {
        let mut all = self.clone();
        all.add("Nonce", nonce.to_string());
        all.add("Timestamp", time.unix().to_string());
        if let Some(token) = credential.token() {
            all.add("Token", token.as_str().to_string());
        }
        all.add("SecretId", credential.secret_id().as_str().to_string());
        if let Some(name) = signature.name() {
            all.add("SignatureMethod", name);
        }
        let string_to_sign = all.string_to_sign();
        let signature = signature.mac(credential.secret_key().bare(), &string_to_sign);
        let parameters = all.parameters.iter().map(|(name, value)| (*name, value.as_ref()));
        let encoded = encode_query(parameters.chain([("Signature", signature.as_str())]));
        SignedParameters { string_to_sign, signature, encoded }
    }

    fn add(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        self.parameters.push((name, value.into()));
    }

    fn string_to_sign(&self) -> String {
        let mut sorted: Vec<_> =
            self.parameters.iter().map(|(name, value)| (signed_name(name), value)).collect();
        sorted.sort();
        let mut text = String::from(self.method.as_str());
        text.push_str(self.host);
        for (position, (name, value)) in sorted.into_iter().enumerate() {
            text.push_str(if position == 0 { "/?" } else { "&" });
            text.extend([&name, "=", value]);
        }
        text
    }
}

impl fmt::Debug for SignableParameters<'_> {
    /// Without the values, which may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name).collect();
        f.debug_struct("SignableParameters")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("parameters", &names)
            .finish()
    }
}

/// A signed request's query string or form body.
#[derive(Clone)]
pub struct SignedParameters {
    string_to_sign: String,
    signature: String,
    encoded: String,
}

impl SignedParameters {
    /// What the key was put to.
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// The signature in base64.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// All parameters and the signature, encoded: the query string of a GET request, or the body of a POST request with
    /// content type `application/x-www-form-urlencoded`.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }
}

impl fmt::Debug for SignedParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedParameters").finish_non_exhaustive()
    }
}

/// Why a parameter cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidParameterError {
    /// The host is empty or has a control character.
    #[error("host is empty or contains a control character")]
    Host,
    /// The name is empty or has a character that separates parameters.
    #[error("parameter name is empty or contains a separator")]
    Name,
    /// Signing adds this parameter.
    #[error("parameter is added by signing")]
    Reserved,
    /// The parameter was given before.
    #[error("parameter is given twice")]
    Repeated,
}

/// Signed with `.` for every `_`, as the vendor's Python SDK does. No parameter of API 3.0 has one, so it rarely matters.
fn signed_name(name: &str) -> Cow<'_, str> {
    if name.contains('_') { name.replace('_', ".").into() } else { name.into() }
}

fn mac<M: Mac + KeyInit>(key: &[u8], text: &str) -> String {
    let mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}
