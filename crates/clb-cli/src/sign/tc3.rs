//! TC3-HMAC-SHA256.

use clb_sign::{Credential, Method, SigningTime, explain};
use serde_json::{Value, json};

use super::{Request, quoted};
use crate::exit::Failure;

/// Every stage, the headers and the `curl` line: for people, and for programs. A session token appears as the variable that
/// holds it.
pub(crate) fn explain_tc3(
    request: &Request,
    credential: &Credential,
    time: SigningTime,
) -> Result<(String, Value), Failure> {
    let signable = request.signable()?;
    let explanation = explain(&signable, credential, time);
    let mut headers = vec![("Host", request.host.clone()), ("Content-Type", request.content_type.clone())];
    headers.extend(
        request
            .headers
            .iter()
            .chain(&request.signed_headers)
            .map(|(name, value)| (name.as_str(), value.clone())),
    );
    for (name, value) in explanation.headers().iter() {
        let value = if name == "x-tc-token" { TOKEN.to_owned() } else { value.to_owned() };
        headers.push((shown(name), value));
    }
    let curl = curl(request, &headers);
    let stages = [
        ("canonical request", explanation.canonical_request().to_string()),
        ("hash of the canonical request", explanation.canonical_request().hash()),
        ("string to sign", explanation.string_to_sign().to_string()),
        ("signature", explanation.signature().to_owned()),
        (
            "headers",
            headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"),
        ),
        ("curl", curl.clone()),
    ];
    let text = stages.map(|(name, text)| format!("{name}:\n{text}")).join("\n\n");
    let object = json!({
        "canonical_request": explanation.canonical_request().as_str(),
        "canonical_request_hash": explanation.canonical_request().hash(),
        "string_to_sign": explanation.string_to_sign().as_str(),
        "signature": explanation.signature(),
        "headers": headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
        "curl": curl,
    });
    Ok((text, object))
}

/// A token is not printed; this is what a shell puts in its place.
const TOKEN: &str = "$TENCENTCLOUD_SECURITY_TOKEN";

fn curl(request: &Request, headers: &[(&str, String)]) -> String {
    let url = match request.query.as_str() {
        "" => format!("{}://{}/", request.scheme, request.host),
        query => format!("{}://{}/?{query}", request.scheme, request.host),
    };
    let mut words = vec![format!("curl -X {} {}", request.method, quoted(&url))];
    for (name, value) in headers {
        let header = format!("{name}: {value}");
        words.push(format!("-H {}", if value == TOKEN { format!("\"{header}\"") } else { quoted(&header) }));
    }
    if request.method == Method::Post {
        words.push(format!("--data-raw {}", quoted(&request.body)));
    }
    words.join(" \\\n  ")
}

/// Headers as the documentation writes them.
fn shown(name: &'static str) -> &'static str {
    match name {
        "authorization" => "Authorization",
        "x-tc-timestamp" => "X-TC-Timestamp",
        "x-tc-token" => "X-TC-Token",
        "x-tc-content-sha256" => "X-TC-Content-SHA256",
        other => other,
    }
}
