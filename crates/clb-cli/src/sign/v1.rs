//! The older signatures, among the parameters.

use clb_sign::{Credential, Method, SignableParameters, SignatureMethod, SigningTime};
use serde_json::{Value, json};

use super::{Request, Signature, quoted};
use crate::exit::Failure;

/// The string to sign, the signature, the encoded parameters and the `curl` line: for people, and for programs.
pub(crate) fn explain_v1(
    request: &Request,
    credential: &Credential,
    time: SigningTime,
) -> Result<(String, Value), Failure> {
    let parameters = request.parameters()?;
    let signable = SignableParameters::new(request.method, &request.host).map_err(invalid)?;
    let signable = parameters
        .iter()
        .try_fold(signable, |signable, (name, value)| signable.with_parameter(name, value.as_str()))
        .map_err(invalid)?;
    let method = match request.signature {
        Signature::HmacSha1 => SignatureMethod::HmacSha1,
        _ => SignatureMethod::HmacSha256,
    };
    let nonce = request.nonce.unwrap_or_else(|| time.unix() % 100_000);
    let signed = signable.sign(credential, time, nonce, method);
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

fn invalid(error: clb_sign::InvalidParameterError) -> Failure {
    Failure::usage(error.to_string())
}
