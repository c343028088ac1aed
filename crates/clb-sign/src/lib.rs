#![cfg_attr(all(feature = "http", feature = "signature-v1"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "http", feature = "signature-v1")),
    doc = "TC3-HMAC-SHA256; the README needs all features."
)]

mod authorization;
mod canonical;
mod credential;
mod explain;
mod hash;
#[cfg(feature = "http")]
mod http_request;
mod payload;
mod query;
mod request;
mod scope;
#[cfg(feature = "signature-v1")]
mod signature_v1;
mod signer;
mod signing_headers;
mod signing_key;
mod time;
mod validate;
mod verify;
#[cfg(feature = "http")]
mod verify_request;

pub use authorization::{Authorization, InvalidAuthorizationError};
pub use canonical::{CanonicalRequest, StringToSign};
pub use credential::{Credential, InvalidCredentialError, SecretId, SecretKey, SecurityToken};
pub use explain::{Explanation, explain};
#[cfg(feature = "http")]
pub use http_request::{SignRequestError, sign_request, sign_request_with_payload};
pub use payload::Payload;
pub use query::encode_query;
pub use request::{InvalidRequestError, Method, SignableRequest};
#[cfg(feature = "signature-v1")]
pub use signature_v1::{
    InvalidParameterError, SignableParameters, SignatureMethod, SignedParameters, verify_parameters,
};
pub use signer::{CachingSigner, sign};
pub use signing_headers::SigningHeaders;
pub use signing_key::{SigningKey, WrongKeyError};
pub use time::{Date, InvalidTimeError, SigningTime};
pub use verify::{VerifyError, verify};
#[cfg(feature = "http")]
pub use verify_request::{VerifyRequestError, verify_request};
