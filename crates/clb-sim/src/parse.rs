//! Parsers of durations and words.

use std::time::Duration;

/// Parses a duration such as `2s`, `1.5s` or `100ms`, as `Duration`'s `Debug` writes it.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "s" => 1.0,
        "ms" => 1e-3,
        "µs" | "us" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    };
    seconds_from(number.parse::<f64>().ok()? * unit)
}

/// Parses a number of seconds.
#[cfg(feature = "cli")]
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    seconds_from(text.parse().ok()?)
}

/// A number of seconds as a duration of at most a hundred years so that it can be added to any other.
pub(crate) fn seconds_from(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok().filter(|time| time.as_secs() <= 100 * 366 * 86_400)
}

/// Splits off the first word.
pub(crate) fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_a_unit() {
        assert_eq!(duration("2s"), Some(Duration::from_secs(2)));
        assert_eq!(duration("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(duration("20ms"), Some(Duration::from_millis(20)));
        for text in ["", "2", "s", "-1s", "1h", "1..2s", "1e999s", "99999999999999999999999s"] {
            assert_eq!(duration(text), None, "{text:?}");
        }
    }
}
