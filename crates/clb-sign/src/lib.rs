#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod authorization;
mod buffer;
mod canonical;
mod credential;
mod explain;
mod hex;
mod moment;
mod query;
mod request;
mod scope;
mod sha256;
mod signature_v1;
mod signer;
mod signing_headers;
mod signing_key;
mod time;
mod validate;
mod verify;

pub use authorization::{Authorization, InvalidAuthorizationError};
pub use buffer::SignBuffer;
pub use canonical::{CanonicalRequest, StringToSign};
pub use credential::{Credential, InvalidCredentialError, SecretId, SecretKey, SecurityToken};
pub use explain::{Explanation, explain};
pub use query::encode_query;
pub use request::{InvalidRequestError, Method, SignableRequest};
pub use signature_v1::{InvalidParameterError, SignableParameters, SignatureMethod, SignedParameters};
pub use signer::{CachingSigner, Signer, WrongKeyError, sign};
pub use signing_headers::{SigningHeaders, SigningHeadersRef};
pub use signing_key::SigningKey;
pub use time::{Date, InvalidTimeError, SigningTime};
pub use verify::{VerifyError, verify};
