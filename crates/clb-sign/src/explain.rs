//! Every stage of a signature, to be read or compared.

use std::fmt;

use crate::canonical::{CanonicalRequest, StringToSign};
use crate::credential::Credential;
use crate::request::SignableRequest;
use crate::signer::sign;
use crate::signing_headers::{SigningHeaders, TOKEN};
use crate::time::SigningTime;

/// Signs and returns every stage, for a person who searches for a difference, or a test that checks each stage.
///
/// ```
/// use clb_sign::{Credential, SecretId, SecretKey, SignableRequest, SigningTime, explain};
///
/// let credential = Credential::new(SecretId::new("AKIDEXAMPLE")?, SecretKey::new("EXAMPLEKEY")?);
/// let request = SignableRequest::post("clb", "clb.tencentcloudapi.com", "application/json", b"{}")?;
/// let explanation = explain(&request, &credential, SigningTime::from_unix(1_700_000_000)?);
///
/// assert_eq!(explanation.string_to_sign().scope(), "2023-11-14/clb/tc3_request");
/// assert!(explanation.to_string().contains("\nhost:clb.tencentcloudapi.com\n"));
/// assert!(!explanation.to_string().contains("EXAMPLEKEY"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(request: &SignableRequest<'_>, credential: &Credential, time: SigningTime) -> Explanation {
    let canonical_request = CanonicalRequest::new(request);
    let string_to_sign = StringToSign::new(request, time);
    Explanation { canonical_request, string_to_sign, headers: sign(request, credential, time) }
}

/// The stages of one signature. Holds no key, and `Display` leaves out the session token.
#[derive(Clone, Debug)]
pub struct Explanation {
    canonical_request: CanonicalRequest,
    string_to_sign: StringToSign,
    headers: SigningHeaders,
}

impl Explanation {
    /// The first stage.
    pub fn canonical_request(&self) -> &CanonicalRequest {
        &self.canonical_request
    }

    /// The second stage.
    pub fn string_to_sign(&self) -> &StringToSign {
        &self.string_to_sign
    }

    /// The third stage: 64 lowercase hexadecimal digits.
    pub fn signature(&self) -> &str {
        self.headers.signature()
    }

    /// The result.
    pub fn headers(&self) -> &SigningHeaders {
        &self.headers
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "canonical request:\n{}\n", self.canonical_request)?;
        writeln!(f, "string to sign:\n{}\n", self.string_to_sign)?;
        writeln!(f, "signature:\n{}\n", self.signature())?;
        write!(f, "headers:")?;
        self.headers.iter().try_for_each(|(name, value)| match name {
            TOKEN => write!(f, "\n{name}: [redacted]"),
            _ => write!(f, "\n{name}: {value}"),
        })
    }
}
