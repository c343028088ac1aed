//! The text form of faults, for command lines and scenarios.

use std::fmt;
use std::str::FromStr;

use http::StatusCode;

use super::{CannedResponse, Fault};
use crate::parse::{duration, word};

/// The text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a fault: throttled, error CODE, old-error CODE, http STATUS, body TEXT, content-type TEXT, \
     delayed TIME, reset, hang, \
     reset-before-execution, hang-before-execution, truncated BYTES, slow TIME, endless, clock-skew SECONDS, expired-token"
)]
pub struct InvalidFaultError(String);

impl FromStr for Fault {
    type Err = InvalidFaultError;

    fn from_str(text: &str) -> Result<Self, InvalidFaultError> {
        parse(text).ok_or_else(|| InvalidFaultError(text.to_owned()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(response) => response.fmt(f),
            Self::ContentType(text) => write!(f, "content-type {text}"),
            Self::Delayed(delay) => write!(f, "delayed {delay:?}"),
            Self::Reset => f.write_str("reset"),
            Self::Hang => f.write_str("hang"),
            Self::ResetBeforeExecution => f.write_str("reset-before-execution"),
            Self::HangBeforeExecution => f.write_str("hang-before-execution"),
            Self::Truncated(bytes) => write!(f, "truncated {bytes}"),
            Self::Slow(pause) => write!(f, "slow {pause:?}"),
            Self::Endless => f.write_str("endless"),
            Self::ClockSkew(seconds) => write!(f, "clock-skew {seconds}"),
            Self::ExpiredToken => f.write_str("expired-token"),
        }
    }
}

fn parse(text: &str) -> Option<Fault> {
    let (kind, argument) = word(text);
    let fault = match kind {
        "throttled" => retry_after(Fault::throttled(), argument)?.into(),
        "error" => coded(argument).map(|(code, message)| Fault::api_error(code, message))?.into(),
        "old-error" => coded(argument).map(|(code, message)| Fault::old_error(code, message))?.into(),
        "http" => page(argument)?.into(),
        "body" => Fault::body(argument.to_owned()).into(),
        "content-type" => Fault::ContentType(argument.to_owned()),
        "delayed" => Fault::Delayed(duration(argument)?),
        "truncated" => Fault::Truncated(argument.parse().ok()?),
        "slow" => Fault::Slow(duration(argument)?),
        "clock-skew" => Fault::ClockSkew(argument.parse().ok()?),
        _ => return bare(text.trim()),
    };
    Some(fault)
}

fn bare(text: &str) -> Option<Fault> {
    Some(match text {
        "reset" => Fault::Reset,
        "hang" => Fault::Hang,
        "reset-before-execution" => Fault::ResetBeforeExecution,
        "hang-before-execution" => Fault::HangBeforeExecution,
        "endless" => Fault::Endless,
        "expired-token" => Fault::ExpiredToken,
        _ => return None,
    })
}

fn coded(argument: &str) -> Option<(&str, &str)> {
    Some(word(argument)).filter(|(code, _)| !code.is_empty())
}

fn page(argument: &str) -> Option<CannedResponse> {
    let (status, rest) = word(argument);
    retry_after(Fault::http(StatusCode::from_bytes(status.as_bytes()).ok()?), rest)
}

fn retry_after(response: CannedResponse, argument: &str) -> Option<CannedResponse> {
    if argument.is_empty() {
        return Some(response);
    }
    argument.strip_prefix("retry-after ").map(|after| response.with_retry_after(after.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in [
            "throttled",
            "throttled retry-after 2",
            "error FailedOperation the load balancer is busy",
            "old-error InvalidParameter no such task",
            "http 502",
            "http 429 retry-after 1",
            "body {}",
            "content-type text/html; charset=gbk",
            "delayed 1.5s",
            "reset",
            "hang",
            "reset-before-execution",
            "hang-before-execution",
            "truncated 10",
            "slow 20ms",
            "endless",
            "clock-skew -600",
            "expired-token",
        ] {
            assert_eq!(text.parse::<Fault>().map(|fault| fault.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in
            ["", "resets", "reset 2", "http", "http 42", "error", "throttled 2", "truncated x", "slow 5"]
        {
            assert!(text.parse::<Fault>().is_err(), "{text:?}");
        }
    }
}
