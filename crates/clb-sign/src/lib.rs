#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod authorization;
mod buffer;
mod canonical;
mod credential;
mod explain;
mod hex;
mod key;
mod moment;
mod parameters;
mod query;
mod request;
mod scope;
mod sha256;
mod signed;
mod signer;
mod text;
mod time;
mod verify;

pub use authorization::{Authorization, InvalidAuthorization};
pub use buffer::SignBuffer;
pub use canonical::{CanonicalRequest, StringToSign};
pub use credential::{Credential, InvalidCredential, SecretId, SecretKey, SecurityToken};
pub use explain::{Explanation, explain};
pub use key::DayKey;
pub use parameters::{InvalidParameter, ParameterRequest, ParameterSignature, SignedParameters};
pub use query::encode_query;
pub use request::{InvalidRequest, Method, SigningRequest};
pub use signed::{Signed, SignedHeaders};
pub use signer::{CachingSigner, Signer, WrongKey, sign};
pub use time::{Date, InvalidTime, SigningTime};
pub use verify::{Mismatch, verify};
