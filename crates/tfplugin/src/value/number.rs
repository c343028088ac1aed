use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use thiserror::Error;

/// A number exactly as Terraform has it: whole numbers and decimals of any size, and the two infinities.
///
/// ```
/// use tfplugin::Number;
///
/// let exact: Number = "12345678901234567890123".parse()?;
/// assert_eq!(exact.to_string(), "12345678901234567890123");
/// assert_eq!("2.50".parse::<Number>()?, "25e-1".parse()?);
/// assert_eq!(Number::from(7).as_i64(), Some(7));
/// # Ok::<(), tfplugin::InvalidNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// Each number has one representation, so that the derived equality is by value.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Whole(i64, Precision),
    /// Everything finite that is not an `i64`.
    Decimal(Decimal),
    Infinite {
        negative: bool,
    },
}

/// `0.DIGITS x 10^point`, without zeros at either end of the digits. Zero never comes here.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Decimal {
    negative: bool,
    precision: Precision,
    point: i64,
    digits: Box<str>,
}

/// What a number was held in when a model was written. It is no part of the number: all are equal.
#[derive(Clone, Copy, Debug, Default)]
enum Precision {
    #[default]
    Exact,
    F32,
    F64,
}

impl PartialEq for Precision {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Precision {}

impl Hash for Precision {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A string that is not a number, or a number beyond the limits of Terraform.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a number: {0:?}")]
pub struct InvalidNumberError(String);

/// Exponents beyond this, of a number written as `d.ddd`, are rejected, as Terraform's own numbers overflow there.
const LARGEST_EXPONENT: u64 = 600_000_000;

/// Up to this many digits a number is written without an exponent.
const PLAIN_DIGITS: i64 = 400;

impl Number {
    /// As an `i64`, if it is exactly that.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Whole(whole, _) => Some(*whole),
            _ => None,
        }
    }

    /// As a `u64`, if it is exactly that.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Whole(whole, _) => u64::try_from(*whole).ok(),
            Repr::Decimal(decimal) if !decimal.negative && decimal.is_whole() && decimal.point <= 20 => {
                decimal.plain().parse().ok()
            }
            _ => None,
        }
    }

    /// The nearest `f64`.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "the nearest is what is asked for")]
            Repr::Whole(whole, _) => *whole as f64,
            Repr::Decimal(decimal) => decimal.scientific().parse().unwrap_or(f64::NAN),
            Repr::Infinite { negative: false } => f64::INFINITY,
            Repr::Infinite { negative: true } => f64::NEG_INFINITY,
        }
    }

    /// The nearest `f32`.
    pub fn to_f32(&self) -> f32 {
        match &self.0 {
            Repr::Infinite { negative: false } => f32::INFINITY,
            Repr::Infinite { negative: true } => f32::NEG_INFINITY,
            // Not by way of an f64, which would round twice.
            _ => self.to_string().parse().unwrap_or(f32::NAN),
        }
    }

    /// What an `f64` in a model means; see [`was`](Self::was).
    pub(crate) fn from_f64(float: f64) -> Result<Self, InvalidNumberError> {
        Number::try_from(float).map(|number| number.with(Precision::F64))
    }

    /// What an `f32` in a model means: the shortest decimal that reads back as it, 0.1 for `0.1_f32`.
    pub(crate) fn from_f32(float: f32) -> Result<Self, InvalidNumberError> {
        if float.is_infinite() {
            return Self::from_f64(float.into());
        }
        format!("{float:e}").parse::<Number>().map(|number| number.with(Precision::F32))
    }

    /// Whether a model may have read this number from `original`, which its float cannot hold.
    pub(crate) fn was(&self, original: &Number) -> bool {
        match self.precision() {
            Precision::Exact => self == original,
            Precision::F32 => self.to_f32().to_bits() == original.to_f32().to_bits(),
            Precision::F64 => self.to_f64().to_bits() == original.to_f64().to_bits(),
        }
    }

    fn precision(&self) -> Precision {
        match &self.0 {
            Repr::Whole(_, precision) => *precision,
            Repr::Decimal(decimal) => decimal.precision,
            Repr::Infinite { .. } => Precision::Exact,
        }
    }

    fn with(self, precision: Precision) -> Self {
        Number(match self.0 {
            Repr::Whole(whole, _) => Repr::Whole(whole, precision),
            Repr::Decimal(decimal) => Repr::Decimal(Decimal { precision, ..decimal }),
            infinite @ Repr::Infinite { .. } => infinite,
        })
    }

    /// Whether this is one of the two infinities.
    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinite { .. })
    }

    fn decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Repr::Whole(0, _) | Repr::Infinite { .. } => None,
            Repr::Whole(whole, _) => {
                let digits = whole.unsigned_abs().to_string();
                Some(Decimal {
                    negative: *whole < 0,
                    precision: Precision::Exact,
                    point: digits.len().try_into().unwrap_or(i64::MAX),
                    digits: digits.trim_end_matches('0').into(),
                })
            }
            Repr::Decimal(decimal) => Some(decimal.clone()),
        }
    }

    /// -2 and 2 for the infinities, -1, 0, 1 for the sign of the others.
    fn rank(&self) -> i8 {
        match &self.0 {
            Repr::Whole(whole, _) => whole.signum().try_into().unwrap_or(0),
            Repr::Decimal(decimal) if decimal.negative => -1,
            Repr::Decimal(_) => 1,
            Repr::Infinite { negative: true } => -2,
            Repr::Infinite { negative: false } => 2,
        }
    }
}

impl Decimal {
    fn is_whole(&self) -> bool {
        self.point >= self.length()
    }

    fn length(&self) -> i64 {
        self.digits.len().try_into().unwrap_or(i64::MAX)
    }

    fn scientific(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let (first, rest) = self.digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{dot}{rest}e{}", self.point - 1)
    }

    /// In full, without an exponent.
    fn plain(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.is_whole() {
            return format!("{sign}{}{}", self.digits, zeros(self.point - self.length()));
        }
        if self.point <= 0 {
            return format!("{sign}0.{}{}", zeros(-self.point), self.digits);
        }
        let (whole, fraction) = self.digits.split_at(usize::try_from(self.point).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    }

    /// By size alone, whatever the sign.
    fn size(&self) -> (i64, &str) {
        (self.point, &self.digits)
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Number(Repr::Whole(whole, Precision::Exact))
    }
}

impl From<i32> for Number {
    fn from(whole: i32) -> Self {
        Number::from(i64::from(whole))
    }
}

impl From<u32> for Number {
    fn from(whole: u32) -> Self {
        Number::from(i64::from(whole))
    }
}

impl From<u64> for Number {
    fn from(whole: u64) -> Self {
        i64::try_from(whole)
            .map_or_else(|_| whole.to_string().parse().expect("digits are a number"), Number::from)
    }
}

impl TryFrom<f64> for Number {
    type Error = InvalidNumberError;

    /// The shortest decimal that reads back as `float`: 0.1 becomes what a configuration means by `0.1`. Terraform reads the
    /// floats of a provider so, too: digits beyond that are another number to it. NaN is no number.
    fn try_from(float: f64) -> Result<Self, InvalidNumberError> {
        if float.is_infinite() {
            return Ok(Number(Repr::Infinite { negative: float < 0.0 }));
        }
        format!("{float:e}").parse()
    }
}

impl FromStr for Number {
    type Err = InvalidNumberError;

    /// Decimal notation with an optional fraction and exponent.
    fn from_str(text: &str) -> Result<Self, InvalidNumberError> {
        if let Ok(whole) = text.parse() {
            return Ok(Number(Repr::Whole(whole, Precision::Exact)));
        }
        parse(text).ok_or_else(|| InvalidNumberError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Whole(whole, _) => whole.fmt(f),
            Repr::Decimal(decimal) if decimal.point.abs().max(decimal.length()) <= PLAIN_DIGITS => {
                f.write_str(&decimal.plain())
            }
            Repr::Decimal(decimal) => f.write_str(&decimal.scientific()),
            Repr::Infinite { negative: false } => f.write_str("inf"),
            Repr::Infinite { negative: true } => f.write_str("-inf"),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Whole(one, _), Repr::Whole(two, _)) = (&self.0, &other.0) {
            return one.cmp(two);
        }
        let by_rank = self.rank().cmp(&other.rank());
        match (self.decimal(), other.decimal()) {
            (Some(one), Some(two)) if by_rank.is_eq() && one.negative => two.size().cmp(&one.size()),
            (Some(one), Some(two)) if by_rank.is_eq() => one.size().cmp(&two.size()),
            _ => by_rank,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn parse(text: &str) -> Option<Number> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some(Number::from(0));
    }
    let leading = digits.len() - significant.len();
    let shift = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
    let point = exponent.checked_add(shift)?;
    if point.checked_sub(1)?.unsigned_abs() > LARGEST_EXPONENT {
        return None;
    }
    Some(canonical(Decimal {
        negative,
        precision: Precision::Exact,
        point,
        digits: significant.trim_end_matches('0').into(),
    }))
}

fn canonical(decimal: Decimal) -> Number {
    if decimal.is_whole()
        && decimal.point <= 19
        && let Ok(whole) = decimal.plain().parse()
    {
        return Number(Repr::Whole(whole, Precision::Exact));
    }
    Number(Repr::Decimal(decimal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(text: &str, shown: &str) {
        assert_eq!(number(text).to_string(), shown);
        assert_eq!(number(text), number(shown));
    }

    #[test]
    fn is_shown_in_full() {
        check("0", "0");
        check("-0.0", "0");
        check("007", "7");
        check("1e3", "1000");
        check("-12.50", "-12.5");
        check(".5", "0.5");
        check("5.", "5");
        check("1e-3", "0.001");
        check("9223372036854775807", "9223372036854775807");
        check("9223372036854775808", "9223372036854775808");
        check("-9223372036854775808", "-9223372036854775808");
        check("12345678901234567890123.000100", "12345678901234567890123.0001");
        check("1e500", "1e500");
        check("-2.5e-1000", "-2.5e-1000");
    }

    #[test]
    fn is_read_again_however_large_or_small() {
        for text in ["9.9e600000000", "99e599999999", "1e-600000000", "0.01e-599999998"] {
            let shown = number(text).to_string();
            assert_eq!(number(&shown), number(text), "{text}");
        }
        check("0e9223372036854775807", "0");
    }

    #[test]
    fn rejects_exponents_beyond_those_of_terraform_before_they_overflow() {
        for text in ["1e600000001", "99e600000000", "1e-600000001", "0.1e-600000000"] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
        for exponent in [i64::MIN, i64::MIN + 1, i64::MAX] {
            for mantissa in ["1", "10", "0.01"] {
                assert!(format!("{mantissa}e{exponent}").parse::<Number>().is_err(), "{mantissa}e{exponent}");
            }
        }
    }

    #[test]
    fn rejects_what_is_not_a_number() {
        for text in ["", "-", ".", "e5", "1e", "0x10", "1_000", "inf", "NaN", "1 ", "--1", "1e700000000", "٣"]
        {
            assert!(text.parse::<Number>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_float_is_the_shortest_decimal_that_reads_back_as_it() {
        let shown = |float: f64| Number::try_from(float).unwrap().to_string();
        assert_eq!(shown(0.1), "0.1");
        assert_eq!(shown(-2.0), "-2");
        assert_eq!(shown(1e22), "10000000000000000000000");
        assert_eq!(shown(f64::NEG_INFINITY), "-inf");
        for float in [f64::from_bits(1), f64::MIN_POSITIVE, f64::MAX] {
            assert_eq!(Number::try_from(float).unwrap().to_f64().to_bits(), float.to_bits());
        }
        assert!(Number::try_from(f64::NAN).is_err());
    }

    #[test]
    fn narrows_only_where_nothing_is_lost() {
        assert_eq!(Number::from(u64::MAX).as_u64(), Some(u64::MAX));
        assert_eq!(Number::from(u64::MAX).as_i64(), None);
        assert_eq!(number("18446744073709551616").as_u64(), None);
        assert_eq!(number("1.5").as_i64(), None);
        assert_eq!(number("-1").as_u64(), None);
        assert!(number("1e600").to_f64().is_infinite());
    }

    #[test]
    fn is_ordered_by_value() {
        let infinite = |negative| Number(Repr::Infinite { negative });
        let sorted =
            ["-1e30", "-7.5", "-7", "-0.1", "0", "0.09", "0.1", "1", "1.5", "20", "18446744073709551616"];
        let mut numbers: Vec<_> = sorted.iter().map(|text| number(text)).collect();
        numbers.insert(0, infinite(true));
        numbers.push(infinite(false));
        assert!(numbers.is_sorted(), "{numbers:?}");
        numbers.reverse();
        assert!(numbers.windows(2).all(|pair| pair[0] > pair[1]), "{numbers:?}");
    }
}
