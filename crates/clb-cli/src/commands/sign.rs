//! `clb sign`: every stage of a signature, and where one made elsewhere differs.

use clb_api::{Client, Clock, SystemClock};
use clb_sign::{Credential, SigningTime, VerifyError};
use serde_json::json;

use crate::{
    arguments::Connection,
    exit::{Exit, Failure},
    output::{self, Output},
    sign::{Request, SignArguments, Signature, explain_tc3, explain_v1, verify_tc3},
};

pub(crate) async fn run(
    arguments: SignArguments,
    connection: Connection,
    output: Output,
) -> Result<Exit, Failure> {
    let option = connection.region.clone();
    let client = connection.client()?;
    let configured = client.region().await.ok().map(|region| region.as_str().to_owned());
    let request = Request::new(arguments, option, configured)?;
    let time = time(&request)?;
    let credential = credential(&client).await?;
    let (mut text, mut object) = match request.signature {
        Signature::Tc3 => explain_tc3(&request, &credential, time)?,
        _ => explain_v1(&request, &credential, time)?,
    };
    let differs = match &request.compare {
        Some(_) if request.signature != Signature::Tc3 => {
            return Err(Failure::usage("--compare is for TC3 signatures"));
        }
        Some(authorization) => verify_tc3(&request, authorization, &credential, time)?.err(),
        None => None,
    };
    if request.compare.is_some() {
        text = format!("{text}\n\ncomparison:\n{}", verdict(differs));
        object["differs"] = json!(differs.map(|error| error.to_string()));
    }
    if output.is_json() {
        output.json(&object)?;
    } else {
        output::line(&text)?;
    }
    Ok(if differs.is_some() { Exit::TaskFailed } else { Exit::Succeeded })
}

/// The credential that the options and variables name. Keys are enough: then nothing is sent.
pub(super) async fn credential(client: &Client) -> Result<Credential, Failure> {
    let credentials = client.credentials().await.map_err(|error| Failure::service(&error))?;
    Ok(credentials.credential().clone())
}

fn time(request: &Request) -> Result<SigningTime, Failure> {
    let seconds = request.time.unwrap_or_else(|| SystemClock.unix());
    SigningTime::from_unix(seconds).map_err(|error| Failure::usage(error.to_string()))
}

fn verdict(differs: Option<VerifyError>) -> String {
    let Some(error) = differs else { return "the signature is the same".to_owned() };
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
    format!("{error}: {advice}")
}
