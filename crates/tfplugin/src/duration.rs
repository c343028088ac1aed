//! Durations in Go's syntax, which is what Terraform authors write in `timeouts` blocks.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration as it is written: `90s` stays `90s`, in a model as well.
///
/// ```
/// use std::time::Duration;
/// use tfplugin::GoDuration;
///
/// let timeout: GoDuration = "1.5h30m".parse()?;
/// assert_eq!(timeout.length(), Duration::from_secs(7_200));
/// assert_eq!(timeout.to_string(), "1.5h30m");
/// # Ok::<(), tfplugin::duration::InvalidDurationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GoDuration {
    written: String,
    length: Duration,
}

impl GoDuration {
    /// How long it is.
    pub fn length(&self) -> Duration {
        self.length
    }
}

/// Those of one length are equal.
impl PartialEq for GoDuration {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length
    }
}

impl Eq for GoDuration {}

impl FromStr for GoDuration {
    type Err = InvalidDurationError;

    fn from_str(text: &str) -> Result<Self, InvalidDurationError> {
        parse(text).map(|length| GoDuration { written: text.to_owned(), length })
    }
}

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

/// The units of Go's syntax with their length in nanoseconds. Both micro signs that Unicode has are accepted.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Go counts a duration in signed 64-bit nanoseconds: about 292 years.
const MAX_NANOS: u128 = i64::MAX as u128;

/// Reads a duration in Go's syntax: `90s`, `1.5h30m`, `.5s`. Zero and negative durations are errors, since
/// nothing can be waited for in no time.
///
/// ```
/// # use std::time::Duration;
/// assert_eq!(tfplugin::duration::parse("1m30s"), Ok(Duration::from_secs(90)));
/// ```
pub fn parse(text: &str) -> Result<Duration, InvalidDurationError> {
    let nanos = parse_nanos(text.strip_prefix('+').unwrap_or(text))?;
    if nanos == 0 {
        return Err(InvalidDurationError::NotPositive);
    }
    u64::try_from(nanos).map(Duration::from_nanos).map_err(|_| InvalidDurationError::TooLong)
}

/// Writes a duration for people, rounded to what they would notice: `850ms`, `4.2s`, `1m30s`, `2h5m`.
pub fn format(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis < 1_000 {
        return format!("{millis}ms");
    }
    if millis < 10_000 {
        return format!("{}.{}s", millis / 1_000, millis % 1_000 / 100);
    }
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .fold(String::new(), |text, (count, unit)| format!("{text}{count}{unit}"))
}

/// Why a string is not a usable duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidDurationError {
    /// Not Go's syntax.
    Syntax,
    /// A number without a unit, or with one that Go does not have.
    Unit,
    /// Zero or less.
    NotPositive,
    /// More than Go's 292 years.
    TooLong,
}

impl fmt::Display for InvalidDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "a duration is written as `90s`, `10m` or `1h30m`",
            Self::Unit => {
                "each number in a duration has a unit: ns, us, ms, s, m or h, as in `90s` or `1h30m`"
            }
            Self::NotPositive => "a duration is longer than zero",
            Self::TooLong => "a duration is shorter than 292 years",
        })
    }
}

impl std::error::Error for InvalidDurationError {}

fn parse_nanos(text: &str) -> Result<u128, InvalidDurationError> {
    match text {
        "" => return Err(InvalidDurationError::Syntax),
        "0" => return Ok(0),
        negative if negative.starts_with('-') => {
            return parse_nanos(&negative[1..]).and(Err(InvalidDurationError::NotPositive));
        }
        _ => {}
    }
    let (mut rest, mut total) = (text, 0_u128);
    while !rest.is_empty() {
        let (part, after) = parse_part(rest)?;
        total += part;
        if total > MAX_NANOS {
            return Err(InvalidDurationError::TooLong);
        }
        rest = after;
    }
    Ok(total)
}

/// One number with its unit, in nanoseconds, and what follows it.
fn parse_part(text: &str) -> Result<(u128, &str), InvalidDurationError> {
    let (whole, after) = split_digits(text);
    let (fraction, after) = after.strip_prefix('.').map_or(("", after), split_digits);
    if whole.is_empty() && fraction.is_empty() {
        return Err(InvalidDurationError::Syntax);
    }
    let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
    let (name, after) = after.split_at(end);
    let unit = UNITS.iter().find(|(unit, _)| *unit == name).ok_or(InvalidDurationError::Unit)?.1;
    Ok((whole_nanos(whole, unit)? + fraction_nanos(fraction, unit), after))
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn whole_nanos(digits: &str, unit: u64) -> Result<u128, InvalidDurationError> {
    if digits.is_empty() {
        return Ok(0);
    }
    let count: u64 = digits.parse().map_err(|_| InvalidDurationError::TooLong)?;
    Ok(u128::from(count) * u128::from(unit))
}

/// The fraction of one unit in nanoseconds, through the same floating-point steps as Go, so that it rounds alike.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Go rounds through float64 here, and the result is below one unit"
)]
fn fraction_nanos(digits: &str, unit: u64) -> u128 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.bytes().map(|digit| u64::from(digit - b'0')) {
        let Some(next) = value.checked_mul(10).and_then(|tens| tens.checked_add(digit)) else { break };
        if next > 1 << 63 {
            break;
        }
        (value, scale) = (next, scale * 10.0);
    }
    (value as f64 * (unit as f64 / scale)) as u128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<u64, InvalidDurationError>) {
        assert_eq!(parse(text), expected.map(Duration::from_nanos), "{text:?}");
    }

    const S: u64 = 1_000_000_000;

    #[test]
    fn everything_that_go_reads_is_read() {
        check("5s", Ok(5 * S));
        check("30s", Ok(30 * S));
        check("1478s", Ok(1478 * S));
        check("+5s", Ok(5 * S));
        check("5.0s", Ok(5 * S));
        check("5.6s", Ok(5_600_000_000));
        check("5.s", Ok(5 * S));
        check(".5s", Ok(S / 2));
        check("1.0s", Ok(S));
        check("1.00s", Ok(S));
        check("1.004s", Ok(1_004_000_000));
        check("1.0040s", Ok(1_004_000_000));
        check("100.00100s", Ok(100_001_000_000));
        check("10ns", Ok(10));
        check("11us", Ok(11_000));
        check("12\u{b5}s", Ok(12_000));
        check("12\u{3bc}s", Ok(12_000));
        check("13ms", Ok(13_000_000));
        check("14s", Ok(14 * S));
        check("15m", Ok(900 * S));
        check("16h", Ok(57_600 * S));
        check("3h30m", Ok(12_600 * S));
        check("10.5s4m", Ok(250_500_000_000));
        check("1h2m3s4ms5us6ns", Ok(3_723_004_005_006));
        check("39h9m14.425s", Ok(140_954_425_000_000));
        check("52763797000ns", Ok(52_763_797_000));
        check("0.3333333333333333333h", Ok(1_200 * S));
        check("0.830103483285477580700h", Ok(2_988_372_539_827));
        check("9007199254740993ns", Ok((1 << 53) + 1));
        check("9223372036854775807ns", Ok(i64::MAX as u64));
        check("9223372036s854ms775us807ns", Ok(i64::MAX as u64));
        check("0.100000000000000000000h", Ok(360 * S));
        check("1.5h30m", Ok(7_200 * S));
    }

    #[test]
    fn everything_that_go_rejects_is_rejected() {
        for text in
            ["", "-", "+", "s", ".", "-.", ".s", "+.s", "\u{85}\u{85}", "\u{ffff}", "hello \u{ffff} world"]
        {
            assert!(parse(text).is_err(), "{text:?}");
        }
        check("3", Err(InvalidDurationError::Unit));
        check("3000000h", Err(InvalidDurationError::TooLong));
        check("9223372036854775808ns", Err(InvalidDurationError::TooLong));
        check("9223372036854775.808us", Err(InvalidDurationError::TooLong));
        check("18446744073709551616ns", Err(InvalidDurationError::TooLong));
        check("1.5 h", Err(InvalidDurationError::Unit));
        check("10 m", Err(InvalidDurationError::Unit));
        check("1d", Err(InvalidDurationError::Unit));
        check("+-5s", Err(InvalidDurationError::NotPositive));
    }

    #[test]
    fn zero_and_less_are_rejected() {
        for text in ["0", "+0", "-0", "0s", "-5s", "-1h30m", "0.0000000001ns"] {
            check(text, Err(InvalidDurationError::NotPositive));
        }
        check("-5x", Err(InvalidDurationError::Unit));
    }

    #[test]
    fn people_read_rounded_lengths() {
        let cases = [
            (0, "0ms"),
            (850, "850ms"),
            (4_250, "4.2s"),
            (90_000, "1m30s"),
            (7_500_000, "2h5m"),
            (600_000, "10m"),
        ];
        for (millis, expected) in cases {
            assert_eq!(format(Duration::from_millis(millis)), expected);
        }
    }
}
