//! What each documented error code means for a caller: one row a code.
//!
//! The codes are CLB's own (69, Python SDK 3.1.194) and the ones that any action of API 3.0 may return. The classes are
//! this project's judgement, made for queries, which may be repeated; whether a *change* may be sent again is
//! [`ApiError::is_safe_to_resend`](crate::ApiError::is_safe_to_resend).

mod rows;

pub use rows::ROWS;

/// One documented code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The code as the service writes it.
    pub code: &'static str,
    /// How a caller handles it.
    pub class: ErrorClass,
    /// What the user can do: one sentence, lower case, without full stop.
    pub remedy: &'static str,
}

/// How a caller handles an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Too many requests: send again, at a lower rate.
    Throttled,
    /// Another change of the resource is in progress, and this one was not started: send again.
    Busy,
    /// The error may pass: send again until the timeout.
    Transient,
    /// The error may pass or not (a bare `FailedOperation`): send [`LIMITED_RETRIES`] more times, then stop.
    LimitedRetries,
    /// The session is no longer accepted: send once more with fresh credentials, which the client does itself.
    FreshCredentials,
    /// The clock is off: send once more with the service's time, which the client does itself.
    CorrectClock,
    /// Authentication or permission failed: stop.
    Auth,
    /// The resource does not exist: stop.
    NotFound,
    /// The service rejects the request for any other reason, unlisted codes included: stop.
    Rejected,
    /// The call was not sent because of the client's configuration (no region, no credentials, plain HTTP): stop.
    Setup,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorScope {
    /// The resource that the request names; requests about others may succeed.
    Resource,
    /// The caller: every other request fails, too.
    Caller,
}

/// How many more requests follow a bare `FailedOperation` before it is final.
pub const LIMITED_RETRIES: u32 = 3;

/// The row of `code`, else that of the part before its dot (`RequestLimitExceeded.UinLimitExceeded`).
///
/// A `FailedOperation` with a reason that is not listed has no row: only the bare code may pass.
///
/// ```
/// use clb_api::error_table::{ErrorClass, lookup};
///
/// assert_eq!(lookup("RequestLimitExceeded.SomethingNew").unwrap().class, ErrorClass::Throttled);
/// assert!(lookup("FailedOperation.SomethingNew").is_none());
/// assert!(lookup("SomethingNew").is_none());
/// ```
pub fn lookup(code: &str) -> Option<&'static Row> {
    find(code).or_else(|| find(head(code)).filter(|row| row.class != ErrorClass::LimitedRetries))
}

/// The class of `code`; unlisted ones are [`ErrorClass::Rejected`].
pub fn class(code: &str) -> ErrorClass {
    lookup(code).map_or(ErrorClass::Rejected, |row| row.class)
}

/// Whether `code` is about the resource of the request, or about the caller.
///
/// `InvalidParameter*`, `ResourceNotFound*` and `FailedOperation*` are about the resource. An unknown region is about the
/// caller, and so are all other final errors: keys, permissions, names of actions, unlisted codes.
pub fn scope(code: &str) -> ErrorScope {
    let head = head(code);
    let is_about_resource =
        head.starts_with("InvalidParameter") || matches!(head, "ResourceNotFound" | "FailedOperation");
    if is_about_resource && code != "InvalidParameter.RegionNotFound" {
        ErrorScope::Resource
    } else {
        ErrorScope::Caller
    }
}

impl ErrorClass {
    /// Whether the same request may succeed later.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::Busy | Self::Transient | Self::LimitedRetries)
    }

    /// Whether the error is about the credentials or their permissions.
    pub fn is_auth(self) -> bool {
        matches!(self, Self::Auth | Self::FreshCredentials | Self::CorrectClock)
    }

    /// Whether a documented code of this class shows that the service did not act on the call.
    pub(crate) fn is_not_executed(self) -> bool {
        !matches!(self, Self::Transient | Self::LimitedRetries)
    }
}

/// Messages of a bare `FailedOperation` that users met while another change was in progress, see
/// [terraform-provider-tencentcloud#2924](https://github.com/tencentcloudstack/terraform-provider-tencentcloud/issues/2924),
/// [wecube-plugins-qcloud#142](https://github.com/WeBankPartners/wecube-plugins-qcloud/issues/142) and
/// [certimate#861](https://github.com/certimate-go/certimate/issues/861).
const BUSY_MESSAGES: [&str; 3] = ["is working", "is Working(", "some tasks are being processed"];

/// Whether an error of a *change* says that another change of the resource is in progress.
///
/// ```
/// use clb_api::error_table::is_busy;
///
/// assert!(is_busy("FailedOperation.ResourceInOperating", ""));
/// assert!(is_busy("FailedOperation", "Your task is working (BindTargetGroupDevice)"));
/// assert!(!is_busy("FailedOperation", "internal error"));
/// assert!(!is_busy("InternalError", "Your task is working"));
/// ```
pub fn is_busy(code: &str, message: &str) -> bool {
    match code {
        "FailedOperation.ResourceInOperating" | "FailedOperation.InvalidLBStatus" => true,
        "FailedOperation" => BUSY_MESSAGES.iter().any(|busy| message.contains(busy)),
        _ => false,
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
        let cases: [(ErrorClass, &[&str]); 9] = [
            (
                ErrorClass::Throttled,
                &[
                    "RequestLimitExceeded",
                    "RequestLimitExceeded.IPLimitExceeded",
                    "RequestLimitExceeded.UinLimitExceeded",
                    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
                    "RequestLimitExceeded.Unheard",
                    "FailedOperation.RateLimitExceeded",
                ],
            ),
            (ErrorClass::Busy, &["FailedOperation.ResourceInOperating"]),
            (
                ErrorClass::Transient,
                &[
                    "InternalError",
                    "InternalError.Unheard",
                    "ServiceUnavailable",
                    "ResourceUnavailable",
                    "ResourceInUse",
                    "FailedOperation.RequestTimeout",
                    "FailedOperation.ResourceInCloning",
                ],
            ),
            (ErrorClass::LimitedRetries, &["FailedOperation"]),
            (ErrorClass::FreshCredentials, &["AuthFailure.TokenFailure"]),
            (ErrorClass::CorrectClock, &["AuthFailure.SignatureExpire"]),
            (
                ErrorClass::Auth,
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
                ErrorClass::NotFound,
                &["ResourceNotFound", "ResourceNotFound.Prompt", "InvalidParameter.LBIdNotFound"],
            ),
            (
                ErrorClass::Rejected,
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
            assert_eq!(scope(code), ErrorScope::Resource, "{code}");
        }
        for code in
            ["InvalidParameter.RegionNotFound", "UnsupportedRegion", "AuthFailure", "InvalidAction", "New"]
        {
            assert_eq!(scope(code), ErrorScope::Caller, "{code}");
        }
    }
}
