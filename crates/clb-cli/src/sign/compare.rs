//! Where a signature that was made elsewhere first differs from this request's.

use clb_sign::{Authorization, Credential, SigningTime, VerifyError, verify, verify_parameters};

use super::{
    Request, Signature,
    older::{OlderSignature, first_difference},
    v1::sent_parameters,
};
use crate::exit::Failure;

/// The first stage that differs, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) stage: String,
    pub(crate) advice: &'static str,
}

/// Compares with the request's `--compare`, which must be there.
pub(crate) fn compare(
    request: &Request,
    given: &str,
    credential: &Credential,
    time: SigningTime,
) -> Result<Option<Difference>, Failure> {
    match request.signature {
        Signature::Tc3 => compare_tc3(request, given, credential, time),
        _ => compare_older(request, given, credential, time),
    }
}

fn compare_tc3(
    request: &Request,
    given: &str,
    credential: &Credential,
    time: SigningTime,
) -> Result<Option<Difference>, Failure> {
    let parsed = Authorization::parse(given.trim().trim_start_matches("Authorization:").trim());
    let parsed = parsed.map_err(|error| Failure::usage(format!("--compare: {error}")))?;
    if request.time.is_none() {
        return Err(Failure::usage("--compare: give the request's X-TC-Timestamp with `--time`"));
    }
    Ok(verify(&parsed, &request.signable()?, credential, time).err().map(of_tc3))
}

fn compare_older(
    request: &Request,
    given: &str,
    credential: &Credential,
    time: SigningTime,
) -> Result<Option<Difference>, Failure> {
    let given = OlderSignature::parse(given).ok_or_else(|| {
        Failure::usage(
            "--compare: this is neither an older signature, nor a query or URL that has a `Signature`",
        )
    })?;
    if request.time.is_none() || request.nonce.is_none() {
        return Err(Failure::usage(
            "--compare: give the request's Timestamp with `--time` and its Nonce with `--nonce`, or compare its whole query",
        ));
    }
    let ours = sent_parameters(request, credential, time)?;
    if let Some(host) = given.host.as_deref().filter(|host| *host != request.host) {
        let stage = format!("host differs: `{host}` was signed, and not `{}`", request.host);
        return Ok(Some(Difference { stage, advice: "give the host with `--host`, with its port" }));
    }
    if let Some(theirs) = &given.parameters
        && let Some((name, one, other)) = first_difference(&ours, theirs)
    {
        return Ok(Some(parameter(name, one, other)));
    }
    let signed = given.parameters.as_ref().unwrap_or(&ours);
    let mut pairs: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("Signature", &given.signature));
    Ok(verify_parameters(request.method, &request.host, &pairs, credential).err().map(of_older))
}

/// A parameter that one of the two does not have, or has with another value.
fn parameter(name: &str, ours: Option<&str>, theirs: Option<&str>) -> Difference {
    let is_secret = name == "Token";
    let shown = |value: &str| if is_secret { "another value".to_owned() } else { format!("`{value}`") };
    let stage = match (ours, theirs) {
        (_, None) => format!("parameter {name} is missing in the signature to compare with"),
        (None, Some(_)) => format!("parameter {name} is only in the signature to compare with"),
        (Some(_), Some(value)) => format!("parameter {name} differs: {} was signed", shown(value)),
    };
    let advice = match name {
        "SecretId" => "it was made with another key pair",
        "Token" => "set the session token that belongs to the keys, and leave it out for permanent keys",
        "Timestamp" => "give its time with `--time`",
        "Nonce" => "give its number with `--nonce`",
        "SignatureMethod" => "give its method with `--signature`",
        "Action" | "Version" | "Region" => "it was made for another request",
        _ => "every parameter is signed, with its value as it is before encoding",
    };
    Difference { stage, advice }
}

fn of_tc3(error: VerifyError) -> Difference {
    let advice = match error {
        VerifyError::SecretId => "it was made with another key pair: look at Credential",
        VerifyError::Date => "the date in Credential is not the day (in UTC) of X-TC-Timestamp",
        VerifyError::Service => "the service in Credential is not this one: give `--service`",
        VerifyError::SignedHeaders => "other headers were signed: give them with `--header`",
        VerifyError::Host => "sign the host with its port, as it is sent",
        VerifyError::HeaderValues => "sign header values in lowercase and without white space around them",
        VerifyError::Payload => "X-TC-Content-SHA256 and the signed payload do not agree",
        _ => {
            "all that can be seen agrees: compare the canonical request above with yours, the body byte by byte, and the key"
        }
    };
    Difference { stage: error.to_string(), advice }
}

fn of_older(error: VerifyError) -> Difference {
    let advice = match error {
        VerifyError::SecretId => "it was made with another key pair: look at SecretId",
        VerifyError::Host => "sign the host with its port, as it is sent",
        VerifyError::HttpMethod => "the string to sign begins with the method of the request, GET or POST",
        VerifyError::SignatureMethod => {
            "SignatureMethod names the hash function: HmacSHA256, or HmacSHA1, the default"
        }
        VerifyError::ParameterOrder => "sort the parameters by their names, byte by byte, before you sign",
        VerifyError::EncodedValues => "sign values as they are, and encode them when you send them",
        VerifyError::Parameter(_) => "give each parameter once",
        _ => {
            "all that can be seen agrees: compare the string to sign above with yours, byte by byte, and the key"
        }
    };
    Difference { stage: error.to_string(), advice }
}
