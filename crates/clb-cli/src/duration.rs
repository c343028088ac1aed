//! Durations on the command line, as in the provider's `timeouts`.

use std::time::Duration;

use jiff::SignedDuration;

/// Reads `90s`, `10m` or `1h30m`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration =
        text.parse().map_err(|_| format!("`{text}` is not a duration such as 90s, 10m or 1h30m"))?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| format!("`{text}` is not longer than zero"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_in_go() {
        for (text, seconds) in
            [("90s", 90.0), ("10m", 600.0), ("1h30m", 5400.0), ("500ms", 0.5), ("1.5h", 5400.0)]
        {
            assert_eq!(parse(text).map(|duration| duration.as_secs_f64()), Ok(seconds), "{text}");
        }
        for text in ["", "10", "0s", "-1m", "ten minutes"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
