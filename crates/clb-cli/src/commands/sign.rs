//! `clb sign`: every stage of a signature, and where one made elsewhere differs.

use clb_api::{Client, Clock, SystemClock};
use clb_sign::{Credential, SigningTime};
use serde_json::json;

use crate::{
    arguments::Connection,
    exit::{Exit, Failure},
    output::{self, Output},
    sign::{Difference, Request, SignArguments, Signature, compare, explain_tc3, explain_v1},
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
        Some(given) => compare(&request, given, &credential, time)?,
        None => None,
    };
    if request.compare.is_some() {
        text = format!("{text}\n\ncomparison:\n{}", verdict(differs.as_ref()));
        object["differs"] = json!(differs.as_ref().map(|difference| &difference.stage));
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

fn verdict(differs: Option<&Difference>) -> String {
    match differs {
        Some(Difference { stage, advice }) => format!("{stage}: {advice}"),
        None => "the signature is the same".to_owned(),
    }
}
