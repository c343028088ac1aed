//! The older signatures, `HmacSHA1` and `HmacSHA256`, which travel among the request's parameters.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::credential::Credential;
use crate::query::encode_query;
use crate::request::Method;
use crate::time::SigningTime;
use crate::validate;
use crate::verify::{VerifyError, without_port};

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

    /// The method of the value of `SignatureMethod`, which may be absent.
    fn named(name: Option<&str>) -> Option<Self> {
        match name {
            Some("HmacSHA256") => Some(Self::HmacSha256),
            Some("HmacSHA1") => Some(Self::HmacSha1),
            None => Some(Self::Unnamed),
            Some(_) => None,
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
        SignedParameters { host: self.host.into(), string_to_sign, signature, encoded }
    }

    fn add(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        self.parameters.push((name, value.into()));
    }

    fn string_to_sign(&self) -> String {
        let parameters = self.parameters.iter().map(|(name, value)| (*name, value.as_ref()));
        string_to_sign(self.method, self.host, parameters)
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
    host: String,
    string_to_sign: String,
    signature: String,
    encoded: String,
}

impl SignedParameters {
    /// The text that the key signed.
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

    /// The whole request as a presigned URL, for a GET request: whoever has it can send that request, once and for five
    /// minutes, without a key.
    ///
    /// ```
    /// # use clb_sign::{Credential, Method, SecretId, SecretKey, SignableParameters, SignatureMethod, SigningTime};
    /// # let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
    /// let request = SignableParameters::new(Method::Get, "cvm.tencentcloudapi.com")?
    ///     .with_parameter("Action", "DescribeRegions")?
    ///     .with_parameter("Version", "2017-03-12")?;
    /// let time = SigningTime::from_unix(1_700_000_000)?;
    /// let signed = request.sign(&credential, time, 11886, SignatureMethod::HmacSha256);
    /// assert!(signed.presigned_url().starts_with("https://cvm.tencentcloudapi.com/?Action=DescribeRegions&Version="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn presigned_url(&self) -> String {
        format!("https://{}/?{}", self.host, self.encoded)
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

/// Checks the older signature of a request: that its parameters, decoded, are what `credential` signs. Gives the time in
/// `Timestamp`; whether that is near enough to now, and `Nonce` is new, the caller decides.
///
/// ```
/// use clb_sign::{
///     Credential, Method, SecretId, SecretKey, SignableParameters, SignatureMethod, SigningTime, VerifyError, verify_parameters,
/// };
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let (host, time) = ("clb.tencentcloudapi.com", SigningTime::from_unix(1_700_000_000)?);
/// let request = SignableParameters::new(Method::Get, host)?.with_parameter("Action", "DescribeTaskStatus")?;
/// let signed = request.sign(&credential, time, 11886, SignatureMethod::HmacSha256);
///
/// let mut arrived = vec![
///     ("Action", "DescribeTaskStatus"), ("Nonce", "11886"), ("SecretId", "AKIDEXAMPLE"), ("SignatureMethod", "HmacSHA256"),
///     ("Timestamp", "1700000000"), ("Signature", signed.signature()),
/// ];
/// assert_eq!(verify_parameters(Method::Get, host, &arrived, &credential), Ok(time));
/// arrived.push(("TaskId", "another"));
/// assert_eq!(verify_parameters(Method::Get, host, &arrived, &credential), Err(VerifyError::Signature));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify_parameters(
    method: Method,
    host: &str,
    parameters: &[(&str, &str)],
    credential: &Credential,
) -> Result<SigningTime, VerifyError> {
    let signature = required(parameters, "Signature")?;
    let time =
        required(parameters, "Timestamp")?.parse().ok().and_then(|time| SigningTime::from_unix(time).ok());
    let time = time.ok_or(VerifyError::Parameter("Timestamp"))?;
    if required(parameters, "Nonce")?.parse::<u64>().is_err() {
        return Err(VerifyError::Parameter("Nonce"));
    }
    if required(parameters, "SecretId")? != credential.secret_id().as_str() {
        return Err(VerifyError::SecretId);
    }
    let name = optional(parameters, "SignatureMethod")?;
    let signature_method = SignatureMethod::named(name).ok_or(VerifyError::Parameter("SignatureMethod"))?;
    let signed: Vec<_> = parameters.iter().copied().filter(|(name, _)| *name != "Signature").collect();
    let is_signed = |signature_method: SignatureMethod, text: &str| {
        let expected = signature_method.mac(credential.secret_key().bare(), text);
        bool::from(expected.as_bytes().ct_eq(signature.as_bytes()))
    };
    if is_signed(signature_method, &string_to_sign(method, host, signed.iter().copied())) {
        return Ok(time);
    }
    Err(likely_cause(method, host, &signed, signature_method, is_signed))
}

/// Which of the usual mistakes explains a signature that differs.
fn likely_cause(
    method: Method,
    host: &str,
    signed: &[(&str, &str)],
    signature_method: SignatureMethod,
    is_signed: impl Fn(SignatureMethod, &str) -> bool,
) -> VerifyError {
    let text = |method: Method, host: &str| string_to_sign(method, host, signed.iter().copied());
    let other_host = without_port(host).map(|host| text(method, host));
    if other_host.is_some_and(|text| is_signed(signature_method, &text)) {
        return VerifyError::Host;
    }
    let other_method = if method == Method::Get { Method::Post } else { Method::Get };
    if is_signed(signature_method, &text(other_method, host)) {
        return VerifyError::HttpMethod;
    }
    let other_mac = match signature_method {
        SignatureMethod::HmacSha256 => SignatureMethod::HmacSha1,
        SignatureMethod::HmacSha1 | SignatureMethod::Unnamed => SignatureMethod::HmacSha256,
    };
    if is_signed(other_mac, &text(method, host)) {
        return VerifyError::SignatureMethod;
    }
    let as_arrived = signed.iter().map(|(name, value)| (Cow::from(*name), *value));
    if is_signed(signature_method, &joined(method, host, as_arrived)) {
        return VerifyError::ParameterOrder;
    }
    let encoded = |space: &str| {
        let values: Vec<_> = signed.iter().map(|(name, value)| (*name, encoded(value, space))).collect();
        string_to_sign(method, host, values.iter().map(|(name, value)| (*name, value.as_str())))
    };
    if ["+", "%20"].iter().any(|space| is_signed(signature_method, &encoded(space))) {
        return VerifyError::EncodedValues;
    }
    VerifyError::Signature
}

/// A value as a query has it.
fn encoded(value: &str, space: &str) -> String {
    encode_query([("", value)])[1..].replace('+', space)
}

fn required<'a>(parameters: &[(&'a str, &'a str)], name: &'static str) -> Result<&'a str, VerifyError> {
    optional(parameters, name)?.ok_or(VerifyError::Parameter(name))
}

/// The value of a parameter that may be given once.
fn optional<'a>(
    parameters: &[(&'a str, &'a str)],
    name: &'static str,
) -> Result<Option<&'a str>, VerifyError> {
    let mut values = parameters.iter().filter(|(other, _)| *other == name);
    let value = values.next().map(|(_, value)| *value);
    if values.next().is_some() { Err(VerifyError::Parameter(name)) } else { Ok(value) }
}

/// Method, host and all parameters but the signature, sorted by name.
fn string_to_sign<'a>(
    method: Method,
    host: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut sorted: Vec<_> = parameters.map(|(name, value)| (signed_name(name), value)).collect();
    sorted.sort();
    joined(method, host, sorted.into_iter())
}

fn joined<'a>(
    method: Method,
    host: &str,
    parameters: impl Iterator<Item = (Cow<'a, str>, &'a str)>,
) -> String {
    let mut text = format!("{method}{host}");
    for (position, (name, value)) in parameters.enumerate() {
        text.push_str(if position == 0 { "/?" } else { "&" });
        text.extend([&name, "=", value]);
    }
    text
}

/// Signed with `.` for every `_`, as the vendor's Python SDK does. No parameter of API 3.0 has one, so it rarely matters.
fn signed_name(name: &str) -> Cow<'_, str> {
    if name.contains('_') { name.replace('_', ".").into() } else { name.into() }
}

fn mac<M: Mac + KeyInit>(key: &[u8], text: &str) -> String {
    let mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}
