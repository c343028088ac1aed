//! The moment of signing, and its day in UTC.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// The last second that the date of a scope can write: 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;
const SECONDS_PER_DAY: u64 = 86_400;

/// When a request is signed, in whole seconds. The caller says what time it is; this crate has no clock.
///
/// ```
/// use clb_sign::SigningTime;
///
/// let time = SigningTime::from_unix(1_551_113_065)?;
/// assert_eq!(time.date().to_string(), "2019-02-25");
/// assert!(SigningTime::from_unix(u64::MAX).is_err());
/// # Ok::<(), clb_sign::InvalidTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SigningTime(u64);

impl SigningTime {
    /// Seconds since 1970-01-01T00:00:00Z, up to the end of the year 9999.
    pub fn from_unix(seconds: u64) -> Result<Self, InvalidTimeError> {
        match seconds {
            0..=LAST => Ok(Self(seconds)),
            _ => Err(InvalidTimeError { seconds }),
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> u64 {
        self.0
    }

    /// The day in UTC.
    pub fn date(self) -> Date {
        Date { days: self.0 / SECONDS_PER_DAY }
    }
}

/// The time that the caller has read from the system's clock. A time before 1970 counts as 1970.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use clb_sign::SigningTime;
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_551_113_065_900);
/// assert_eq!(SigningTime::try_from(time)?, SigningTime::from_unix(1_551_113_065)?);
/// # Ok::<(), clb_sign::InvalidTimeError>(())
/// ```
impl TryFrom<SystemTime> for SigningTime {
    type Error = InvalidTimeError;

    fn try_from(time: SystemTime) -> Result<Self, InvalidTimeError> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self::from_unix(since.as_secs())
    }
}

/// A moment whose date does not fit `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("time {seconds} lies after the year 9999")]
pub struct InvalidTimeError {
    seconds: u64,
}

/// A day in UTC, 1970-01-01 to 9999-12-31. Shown as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: u64,
}

impl Date {
    /// The length of `YYYY-MM-DD`.
    pub(crate) const LENGTH: usize = 10;

    /// Reads `YYYY-MM-DD`; `None` for any other text and for days that do not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
        let [year, month, day] = [number(&bytes[..4])?, number(&bytes[5..7])?, number(&bytes[8..])?];
        let days = days_from_civil(year, month, day)?;
        let exists = civil_from_days(days) == (year, month, day) && bytes[4] == b'-' && bytes[7] == b'-';
        exists.then_some(Self { days })
    }

    /// Appends `YYYY-MM-DD`, without the formatting machinery.
    pub(crate) fn write(self, text: &mut String) {
        let (year, month, day) = civil_from_days(self.days);
        let mut digits = itoa::Buffer::new();
        text.push_str(digits.format(year));
        for number in [month, day] {
            text.push_str(if number < 10 { "-0" } else { "-" });
            text.push_str(digits.format(number));
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(Self::LENGTH);
        self.write(&mut text);
        f.write_str(&text)
    }
}

/// Days since 1970-01-01 as year, month and day of the Gregorian calendar. Years are counted from March, so that the
/// leap day comes last and months have a regular rhythm of 153 days in five.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // from 0000-03-01
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let (era, year_of_era) = (year / 400, year % 400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| match digit {
        b'0'..=b'9' => Some(number * 10 + u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: u64, date: &str) {
        let time = SigningTime::from_unix(seconds).unwrap();
        assert_eq!(time.date().to_string(), date);
        assert_eq!(Date::parse(date), Some(time.date()));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        check(0, "1970-01-01");
        check(9, "1970-01-01");
        check(86_399, "1970-01-01");
        check(86_400, "1970-01-02");
        check(100_000_000, "1973-03-03");
        check(951_782_400, "2000-02-29");
        check(1_709_251_199, "2024-02-29");
        check(1_709_251_200, "2024-03-01");
        check(4_107_542_399, "2100-02-28");
        check(4_107_542_400, "2100-03-01");
        check(LAST, "9999-12-31");
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = (1969, 12, 31);
        for days in 0..=LAST / SECONDS_PER_DAY {
            let (year, month, day) = civil_from_days(days);
            assert!((year, month, day) > before, "{days}");
            assert_eq!(days_from_civil(year, month, day), Some(days));
            before = (year, month, day);
        }
        assert_eq!(before, (9999, 12, 31));
    }

    #[test]
    fn days_that_do_not_exist_are_rejected() {
        for text in [
            "",
            "2023-02-29",
            "2024-02-30",
            "1969-12-31",
            "2024-00-01",
            "2024-13-01",
            "2024-1-01",
            "2024/01/01",
            "+024-01-01",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn time_ends_with_the_year_9999() {
        assert!(SigningTime::from_unix(LAST).is_ok());
        assert!(SigningTime::from_unix(LAST + 1).is_err());
    }
}
