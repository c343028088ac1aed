//! `clb sign`: a request and every stage of its signature.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts, shown as they are")]

mod compare;
mod curl;
mod given;
mod older;
mod request;
mod tc3;
mod v1;

pub(crate) use self::{
    compare::{Difference, compare},
    curl::{Curl, quoted},
    request::Request,
    tc3::explain_tc3,
    v1::explain_v1,
};

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

/// The options whose values a `curl` command has.
const GIVEN_BY_CURL: [&str; 9] = [
    "action",
    "parameters",
    "method",
    "query",
    "api_version",
    "host",
    "content_type",
    "headers",
    "unsigned_payload",
];

/// What to sign: from options, a JSON file or a `curl` command.
#[derive(Debug, Default, Args)]
pub(crate) struct SignArguments {
    /// The action, such as DescribeTaskStatus
    pub(crate) action: Option<String>,
    /// The parameters of a POST request: the exact body, `@FILE`, or `-` for standard input [default: {}]
    #[arg(long, short, value_name = "JSON")]
    pub(crate) parameters: Option<String>,
    /// GET signs the query instead of a body [default: POST]
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// The query of a GET request, encoded, without `?`
    #[arg(long)]
    pub(crate) query: Option<String>,
    /// The service, as in the credential scope [default: clb, or the first part of the host]
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// The version of the API [default: 2018-03-17 for clb]
    #[arg(long = "api-version", value_name = "DATE")]
    pub(crate) api_version: Option<String>,
    /// The host as sent, with its port [default: SERVICE.tencentcloudapi.com]
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// The content type [default: application/json for POST]
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// A further header to sign, `Name: value`
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// Leave the payload out of the signature
    #[arg(long)]
    pub(crate) unsigned_payload: bool,
    /// The time of the signature, in seconds since 1970 [default: now]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) time: Option<u64>,
    /// How to sign [default: tc3, or as the signature to compare with was made]
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(crate) signature: Option<Signature>,
    /// The number of the older signatures that is used once [default: from the time]
    #[arg(long)]
    pub(crate) nonce: Option<u64>,
    /// A JSON file of the same names as the options: action, parameters, method, host, headers, time, ...
    #[arg(long, value_name = "FILE", conflicts_with = "curl")]
    pub(crate) from: Option<PathBuf>,
    /// A `curl` command to sign anew and, if it is signed, to compare; `-` reads it from standard input
    #[arg(long, value_name = "COMMAND", conflicts_with_all = GIVEN_BY_CURL)]
    pub(crate) curl: Option<String>,
    /// An `Authorization` value, or an older `Signature`, alone or with the query or URL that it is part of, to name the
    /// first stage at which it differs
    #[arg(long, value_name = "AUTHORIZATION")]
    pub(crate) compare: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Signature {
    /// TC3-HMAC-SHA256, in headers
    #[default]
    Tc3,
    /// HmacSHA256, among the parameters
    HmacSha256,
    /// HmacSHA1, among the parameters
    HmacSha1,
    /// HmacSHA1, without the parameter SignatureMethod
    HmacSha1Unnamed,
}
