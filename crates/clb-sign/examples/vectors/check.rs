//! What both kinds of vectors share: the file around them, and what it means to differ.

use std::fmt;

use clb_sign::{Credential, SecretId, SecretKey, SecurityToken, SigningTime};
use serde_json::Value;

use crate::{signature_v1, tc3};

/// A vector's name and what came of it.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) outcome: Result<(), Difference>,
}

/// Where this crate and the file part ways.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    /// The name of the expectation, or `input` where the crate rejects what the file has signed.
    pub(crate) stage: &'static str,
    expected: String,
    found: String,
}

impl Difference {
    pub(crate) fn new(stage: &'static str, expected: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self { stage, expected: expected.to_string(), found: found.to_string() }
    }

    /// The crate rejects the input.
    pub(crate) fn rejected(reason: impl fmt::Display) -> Self {
        Self::new("input", "a signature", reason)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} differs\n  expected {:?}\n  found    {:?}", self.stage, self.expected, self.found)
    }
}

/// Checks every vector of a file.
pub(crate) fn file(json: &[u8]) -> Result<Vec<Checked>, String> {
    let file: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let check = match file["format"].as_str() {
        Some(format) if format.starts_with("tc3") => tc3::check,
        Some(format) if format.starts_with("signature-v1") => signature_v1::check,
        other => return Err(format!("format {other:?} is not known")),
    };
    let vectors = file["vectors"].as_array().ok_or("there is no list `vectors`")?;
    let named = |(position, vector): (usize, &Value)| Checked {
        name: vector["name"].as_str().map_or_else(|| format!("#{position}"), str::to_owned),
        outcome: check(&vector["input"], &vector["expect"]),
    };
    Ok(vectors.iter().enumerate().map(named).collect())
}

/// Holds what was found against an expectation of the file, if it has this one.
pub(crate) fn compare(expect: &Value, stage: &'static str, found: &str) -> Result<(), Difference> {
    match &expect[stage] {
        Value::Null => Ok(()),
        Value::String(expected) if expected == found => Ok(()),
        Value::String(expected) => Err(Difference::new(stage, expected, found)),
        expected => Err(Difference::new(stage, expected, found)),
    }
}

/// Who signs.
pub(crate) fn credential(input: &Value) -> Result<Credential, Difference> {
    let id = SecretId::new(text(input, "secret_id")).map_err(Difference::rejected)?;
    let key = SecretKey::new(text(input, "secret_key")).map_err(Difference::rejected)?;
    match text(input, "token") {
        "" => Ok(Credential::new(id, key)),
        token => {
            Ok(Credential::new(id, key).with_token(SecurityToken::new(token).map_err(Difference::rejected)?))
        }
    }
}

/// When it is signed.
pub(crate) fn time(input: &Value) -> Result<SigningTime, Difference> {
    let seconds = number(&input["timestamp"]).ok_or_else(|| Difference::rejected("there is no timestamp"))?;
    SigningTime::from_unix(seconds).map_err(Difference::rejected)
}

/// A text of the input; empty where it is absent or null.
pub(crate) fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}

/// A whole number, written as such or as text.
pub(crate) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
