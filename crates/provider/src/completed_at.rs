//! The attribute `completed_at` of the gates.

use clb_api::{Clock, SystemClock};

/// The present time in RFC 3339.
pub(crate) fn now() -> String {
    let seconds = SystemClock.unix();
    jiff::Timestamp::from_second(seconds.try_into().unwrap_or(i64::MAX))
        .unwrap_or(jiff::Timestamp::MAX)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_rfc_3339() {
        let text = now();
        assert!(text.parse::<jiff::Timestamp>().is_ok() && text.ends_with('Z'), "{text}");
    }
}
