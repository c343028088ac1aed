//! Formats of times.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

/// A Unix time as a `Date` header writes it: `Tue, 14 Nov 2023 22:13:20 GMT`.
pub(crate) fn http_date(unix: Duration) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp(unix)).unwrap_or_default()
}

/// A Unix time as instance metadata writes it: `2023-11-14T22:13:20Z`.
pub(crate) fn rfc3339(unix: Duration) -> String {
    timestamp(unix).to_string()
}

/// A Unix time as queries of the API write it, in the vendor's time zone (UTC+8): `2023-11-15 06:13:20`.
pub(crate) fn api_time(unix: Duration) -> String {
    let local = unix.saturating_add(Duration::from_secs(8 * 3600));
    rfc3339(local).trim_end_matches('Z').replace('T', " ")
}

/// Times after the year 9999, which jiff cannot hold, become its last one.
fn timestamp(unix: Duration) -> Timestamp {
    let seconds = i64::try_from(unix.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_formats_of_http_and_metadata() {
        let unix = Duration::from_millis(1_700_000_000_999);
        assert_eq!(http_date(unix), "Tue, 14 Nov 2023 22:13:20 GMT");
        assert_eq!(rfc3339(Duration::from_secs(1_700_000_000)), "2023-11-14T22:13:20Z");
        assert_eq!(api_time(unix), "2023-11-15 06:13:20");
        assert!(
            http_date(Duration::MAX).starts_with("Thu, 30 Dec 9999")
                || http_date(Duration::MAX).contains("9999")
        );
    }
}
