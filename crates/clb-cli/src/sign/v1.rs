//! The older signatures, among the parameters.

use clb_sign::{Credential, Method, SignableParameters, SignatureMethod, SignedParameters, SigningTime};
use serde_json::{Value, json};

use super::{Request, Signature, older::decoded_pairs, quoted};
use crate::exit::Failure;

/// The string to sign, the signature, the encoded parameters and the `curl` line: for people, and for programs.
pub(crate) fn explain_v1(
    request: &Request,
    credential: &Credential,
    time: SigningTime,
) -> Result<(String, Value), Failure> {
    let signed = sign(request, credential, time)?;
    let curl = match request.method {
        Method::Get => format!("curl {}", quoted(&signed.presigned_url())),
        Method::Post => {
            format!("curl -X POST https://{}/ \\\n  --data-raw {}", request.host, quoted(signed.encoded()))
        }
    };
    let stages = [
        ("string to sign", signed.string_to_sign()),
        ("signature", signed.signature()),
        ("parameters", signed.encoded()),
        ("curl", &curl),
    ];
    let text = stages.map(|(name, text)| format!("{name}:\n{text}")).join("\n\n");
    let object = json!({
        "string_to_sign": signed.string_to_sign(), "signature": signed.signature(), "parameters": signed.encoded(), "curl": curl,
    });
    Ok((text, object))
}

/// All parameters as they are sent, decoded, but for the signature.
pub(super) fn sent_parameters(
    request: &Request,
    credential: &Credential,
    time: SigningTime,
) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = decoded_pairs(sign(request, credential, time)?.encoded());
    pairs.retain(|(name, _)| name != "Signature");
    Ok(pairs)
}

fn sign(request: &Request, credential: &Credential, time: SigningTime) -> Result<SignedParameters, Failure> {
    let parameters = request.parameters()?;
    let signable = SignableParameters::new(request.method, &request.host).map_err(invalid)?;
    let signable = parameters
        .iter()
        .try_fold(signable, |signable, (name, value)| signable.with_parameter(name, value.as_str()))
        .map_err(invalid)?;
    let method = match request.signature {
        Signature::HmacSha1 => SignatureMethod::HmacSha1,
        Signature::HmacSha1Unnamed => SignatureMethod::Unnamed,
        _ => SignatureMethod::HmacSha256,
    };
    let nonce = request.nonce.unwrap_or_else(|| time.unix() % 100_000);
    Ok(signable.sign(credential, time, nonce, method))
}

fn invalid(error: clb_sign::InvalidParameterError) -> Failure {
    Failure::usage(error.to_string())
}
