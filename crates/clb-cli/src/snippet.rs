//! The same call in another language.

use clap::ValueEnum;
use clb_api::{Client, Clock, SystemClock};
use clb_sign::{Method, SigningTime};
use serde_json::Value;

use crate::{
    exit::Failure,
    sign::{Request, Signature, explain_tc3, quoted},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// A resource of the Terraform provider
    Terraform,
    /// The crate clb-api
    Rust,
    /// The vendor's command line
    Tccli,
    /// A signed request, valid for five minutes
    Curl,
    /// The vendor's Python SDK
    Python,
}

/// The call as a snippet.
pub(crate) async fn print(
    language: Language,
    client: &Client,
    action: &str,
    parameters: &Value,
    region: Option<&str>,
) -> Result<String, Failure> {
    let region_or_default = region.unwrap_or("ap-guangzhou");
    Ok(match language {
        Language::Terraform => terraform(action, parameters, region),
        Language::Rust => rust(action, parameters),
        Language::Tccli => tccli(action, parameters, region),
        Language::Python => python(action, parameters, region_or_default),
        Language::Curl => return curl(client, action, parameters, region).await,
    })
}

fn terraform(action: &str, parameters: &Value, region: Option<&str>) -> String {
    let mut fields = vec![("action".to_owned(), Value::from(action).to_string())];
    fields.extend(region.map(|region| ("region".to_owned(), Value::from(region).to_string())));
    fields.push(("parameters".to_owned(), hcl(parameters, 2)));
    format!("resource \"clb_call\" \"this\" {{\n{}}}", attributes(&fields, "  "))
}

/// A line for each attribute; the equals signs of neighbours stand below each other, as `terraform fmt` wants it.
fn attributes(fields: &[(String, String)], indent: &str) -> String {
    let is_line = |(_, value): &(String, String)| !value.contains('\n');
    let runs = fields.chunk_by(|one, other| is_line(one) && is_line(other));
    let lines = runs.flat_map(|run| {
        let width = run.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        run.iter().map(move |(name, value)| format!("{indent}{name:width$} = {value}\n"))
    });
    lines.collect()
}

/// A value in Terraform's language: JSON's, but for templates in strings and names of attributes.
fn hcl(value: &Value, indent: usize) -> String {
    let (inner, outer) = (" ".repeat(indent + 2), " ".repeat(indent));
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| (key(name), hcl(value, indent + 2))).collect();
            format!("{{\n{}{outer}}}", attributes(&fields, &inner))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| hcl(item, indent)).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => Value::from(text.replace("${", "$${").replace("%{", "%%{")).to_string(),
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    let is_identifier = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_identifier { name.to_owned() } else { Value::from(name).to_string() }
}

fn rust(action: &str, parameters: &Value) -> String {
    format!(
        "let client = clb_api::Client::from_env()?;\nlet parameters = serde_json::json!({parameters:#});\n\
         let completed = client.call_and_wait({action:?}, &parameters, clb_api::WaitOptions::default()).await?;"
    )
}

fn tccli(action: &str, parameters: &Value, region: Option<&str>) -> String {
    let mut words = vec![format!("tccli clb {action}")];
    words.extend(region.map(|region| format!("--region {region}")));
    for (name, value) in parameters.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        words.push(format!("--{name} {}", quoted(&text)));
    }
    words.join(" ")
}

fn python(action: &str, parameters: &Value, region: &str) -> String {
    format!(
        "from tencentcloud.common import credential\nfrom tencentcloud.common.common_client import CommonClient\n\n\
         credentials = credential.DefaultCredentialProvider().get_credential()\n\
         client = CommonClient(\"clb\", \"2018-03-17\", credentials, {})\n\
         print(client.call_json({}, {}))",
        Value::from(region),
        Value::from(action),
        python_literal(parameters)
    )
}

fn python_literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(python_literal).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), python_literal(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Signed now, with the credentials of the options and variables.
async fn curl(
    client: &Client,
    action: &str,
    parameters: &Value,
    region: Option<&str>,
) -> Result<String, Failure> {
    let endpoint = client.endpoint().await.map_err(|error| Failure::service(&error))?;
    let credentials = client.credentials().await.map_err(|error| Failure::service(&error))?;
    let mut headers = vec![
        ("X-TC-Action".to_owned(), action.to_owned()),
        ("X-TC-Version".to_owned(), "2018-03-17".to_owned()),
    ];
    headers.extend(region.map(|region| ("X-TC-Region".to_owned(), region.to_owned())));
    let request = Request {
        method: Method::Post,
        scheme: endpoint.url().split(':').next().unwrap_or("https").to_owned(),
        service: "clb".to_owned(),
        host: endpoint.host().to_owned(),
        content_type: "application/json".to_owned(),
        query: String::new(),
        body: parameters.to_string(),
        signed_headers: Vec::new(),
        headers,
        unsigned_payload: false,
        time: None,
        signature: Signature::Tc3,
        nonce: None,
        compare: None,
    };
    let time =
        SigningTime::from_unix(SystemClock.unix()).map_err(|error| Failure::usage(error.to_string()))?;
    let (_, object) = explain_tc3(&request, credentials.credential(), time)?;
    Ok(object["curl"].as_str().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parameters() -> Value {
        json!({ "LoadBalancerId": "lb-1", "Ports": [80, 443], "Tags": [{ "a-b": "${x}" }], "On": true, "Off": null })
    }

    #[test]
    fn terraform_has_its_own_names_and_templates() {
        let text = terraform("CreateListener", &parameters(), Some("ap-guangzhou"));
        assert!(text.contains("  region = \"ap-guangzhou\"\n"), "{text}");
        assert!(
            text.contains("LoadBalancerId = \"lb-1\"\n") && text.contains("Ports          = [80, 443]\n"),
            "{text}"
        );
        assert!(text.contains("\"a-b\" = \"$${x}\"\n"), "{text}");
    }

    #[test]
    fn a_shell_gets_one_word_for_each_value() {
        let text = tccli("CreateListener", &parameters(), None);
        assert!(text.contains("--LoadBalancerId lb-1 ") && text.contains("--Ports '[80,443]'"), "{text}");
    }

    #[test]
    fn python_has_its_own_constants() {
        let text = python("CreateListener", &parameters(), "ap-guangzhou");
        assert!(text.contains("\"On\": True") && text.contains("\"Off\": None"), "{text}");
    }
}
