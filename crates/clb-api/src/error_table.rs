//! What each documented error code means for a caller: one row a code.
//!
//! The codes are CLB's own (69, Python SDK 3.1.194) and the ones that any action of API 3.0 may give. How they are
//! sorted is this project's judgement, with a question in mind that may be repeated freely; whether a *change* may be
//! sent again is [`Class::is_certainly_refused`].

mod rows;

pub use rows::ROWS;

/// One documented code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The code as the service writes it.
    pub code: &'static str,
    /// What a caller does about it.
    pub class: Class,
    /// What a person does about it: one sentence, lower case, without full stop.
    pub remedy: &'static str,
}

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Too many requests: ask again, slower.
    Throttled,
    /// Another change is under way, and this one was not begun: ask again.
    Busy,
    /// Trouble that passes: ask again until the time is up.
    Retry,
    /// May pass or not (a bare `FailedOperation`): ask [`AGAIN`] more times, then stop.
    RetryAFewTimes,
    /// The session is no longer accepted: once more with fresh credentials. The client does so itself.
    FreshCredentials,
    /// The clock is off: once more with the service's time. The client does so itself.
    CorrectClock,
    /// Not let in, or not allowed: stop.
    Auth,
    /// Not there: stop.
    NotFound,
    /// Any other refusal, unlisted codes too: stop.
    Terminal,
    /// The call could not be made because of how the client is set up (no region, no credentials, plain HTTP): stop.
    Setup,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The one thing that was asked about; other questions may well be answered.
    Subject,
    /// Whoever asks, whatever the question: no other question will be answered either.
    Caller,
}

/// How many more questions follow a bare `FailedOperation` before it is taken as final.
pub const AGAIN: u32 = 3;

/// The row of `code`, else that of the part before its dot (`RequestLimitExceeded.UinLimitExceeded`).
///
/// A `FailedOperation` is only excused its missing reason when it is bare: with one that is not listed, it has no
/// row.
///
/// ```
/// use clb_api::error_table::{Class, lookup};
///
/// assert_eq!(lookup("RequestLimitExceeded.SomethingNew").unwrap().class, Class::Throttled);
/// assert!(lookup("FailedOperation.SomethingNew").is_none());
/// assert!(lookup("SomethingNew").is_none());
/// ```
pub fn lookup(code: &str) -> Option<&'static Row> {
    find(code).or_else(|| find(head(code)).filter(|row| row.class != Class::RetryAFewTimes))
}

/// The class of `code`; unlisted ones are [`Class::Terminal`].
pub fn class(code: &str) -> Class {
    lookup(code).map_or(Class::Terminal, |row| row.class)
}

/// Whether `code` is about the thing asked for, or about the caller.
///
/// `InvalidParameter*` and `ResourceNotFound*` are about the subject, a region that is not known is about the caller,
/// and so is everything else that stops a question for good: keys, permissions, names of actions, unlisted codes.
pub fn scope(code: &str) -> Scope {
    let head = head(code);
    let subject =
        head.starts_with("InvalidParameter") || matches!(head, "ResourceNotFound" | "FailedOperation");
    if subject && code != "InvalidParameter.RegionNotFound" { Scope::Subject } else { Scope::Caller }
}

impl Class {
    /// Whether asking again later may help.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::Busy | Self::Retry | Self::RetryAFewTimes)
    }

    /// Whether the trouble is who asks, rather than what is asked.
    pub fn is_auth(self) -> bool {
        matches!(self, Self::Auth | Self::FreshCredentials | Self::CorrectClock)
    }

    /// Whether the service certainly did not act on the call *and* the same call may succeed later: the only reason
    /// to send a change again.
    pub fn is_certainly_refused(self) -> bool {
        matches!(self, Self::Throttled | Self::Busy)
    }
}

fn head(code: &str) -> &str {
    code.split_once('.').map_or(code, |(head, _)| head)
}

fn find(code: &str) -> Option<&'static Row> {
    ROWS.binary_search_by(|row| row.code.cmp(code)).ok().map(|at| &ROWS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_one_row_in_order() {
        for pair in ROWS.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
    }

    #[test]
    fn each_documented_code_has_a_row_and_no_other_has() {
        let lines = include_str!("../tests/data/documented_codes.txt").lines();
        let mut documented: Vec<_> = lines.filter(|line| !line.starts_with('#')).collect();
        documented.sort_unstable();
        documented.dedup();
        assert_eq!(documented, ROWS.iter().map(|row| row.code).collect::<Vec<_>>());
    }

    #[test]
    fn each_remedy_is_one_clause() {
        for row in ROWS {
            assert!(row.remedy.starts_with(|c: char| c.is_ascii_lowercase() || c == '`'), "{row:?}");
            assert!(row.remedy.len() > 20 && !row.remedy.ends_with('.'), "{row:?}");
        }
    }

    #[test]
    fn codes_are_sorted_as_documented() {
        let cases: [(Class, &[&str]); 9] = [
            (
                Class::Throttled,
                &[
                    "RequestLimitExceeded",
                    "RequestLimitExceeded.IPLimitExceeded",
                    "RequestLimitExceeded.UinLimitExceeded",
                    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
                    "RequestLimitExceeded.Unheard",
                    "FailedOperation.RateLimitExceeded",
                ],
            ),
            (Class::Busy, &["FailedOperation.ResourceInOperating", "FailedOperation.ResourceInCloning"]),
            (
                Class::Retry,
                &[
                    "InternalError",
                    "InternalError.Unheard",
                    "ServiceUnavailable",
                    "ResourceUnavailable",
                    "ResourceInUse",
                    "FailedOperation.RequestTimeout",
                ],
            ),
            (Class::RetryAFewTimes, &["FailedOperation"]),
            (Class::FreshCredentials, &["AuthFailure.TokenFailure"]),
            (Class::CorrectClock, &["AuthFailure.SignatureExpire"]),
            (
                Class::Auth,
                &[
                    "AuthFailure",
                    "AuthFailure.SecretIdNotFound",
                    "AuthFailure.Unheard",
                    "UnauthorizedOperation",
                    "UnauthorizedOperation.Unheard",
                    "IpInBlacklist",
                    "IpNotInWhitelist",
                ],
            ),
            (
                Class::NotFound,
                &["ResourceNotFound", "ResourceNotFound.Prompt", "InvalidParameter.LBIdNotFound"],
            ),
            (
                Class::Terminal,
                &[
                    "InvalidParameter",
                    "InvalidParameter.RegionNotFound",
                    "LimitExceeded",
                    "RequestSizeLimitExceeded",
                    "FailedOperation.InvalidLBStatus",
                    "FailedOperation.Unheard",
                    "Unheard.InternalError",
                    "",
                    ".",
                ],
            ),
        ];
        for (class, codes) in cases {
            for code in codes {
                assert_eq!(super::class(code), class, "{code}");
            }
        }
    }

    #[test]
    fn an_error_about_one_id_spares_the_others() {
        for code in
            ["InvalidParameter", "InvalidParameterValue.Length", "ResourceNotFound", "FailedOperation"]
        {
            assert_eq!(scope(code), Scope::Subject, "{code}");
        }
        for code in
            ["InvalidParameter.RegionNotFound", "UnsupportedRegion", "AuthFailure", "InvalidAction", "New"]
        {
            assert_eq!(scope(code), Scope::Caller, "{code}");
        }
    }
}
