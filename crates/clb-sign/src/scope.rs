//! Where and when a signature holds: `DATE/SERVICE/tc3_request`.

use alloc::string::String;

use crate::text;
use crate::time::Date;

/// The last part of every scope.
pub(crate) const TERMINATOR: &str = "tc3_request";

/// The length of a date.
const DATE: usize = "YYYY-MM-DD".len();

/// A day and a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    date: Date,
    text: String,
}

impl Scope {
    pub(crate) fn new(date: Date, service: &str) -> Self {
        Self::reuse(None, date, service)
    }

    /// The same, from an old one: as it is if it fits, else in its memory.
    pub(crate) fn reuse(old: Option<Self>, date: Date, service: &str) -> Self {
        let mut text = match old {
            Some(old) if old.is_for(date, service) => return old,
            Some(old) => old.text,
            None => String::with_capacity(DATE + service.len() + TERMINATOR.len() + 2),
        };
        text.clear();
        date.write(&mut text);
        text.push('/');
        text.push_str(service);
        text.push('/');
        text.push_str(TERMINATOR);
        Self { date, text }
    }

    /// Reads the three parts behind a secret id.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('/')?;
        let service = rest.strip_suffix(TERMINATOR)?.strip_suffix('/')?;
        text::is_scope_part(service).then_some(Self { date: Date::parse(date)?, text: text.into() })
    }

    pub(crate) fn is_for(&self, date: Date, service: &str) -> bool {
        self.date == date && self.service() == service
    }

    pub(crate) fn date(&self) -> Date {
        self.date
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn date_text(&self) -> &str {
        &self.text[..DATE]
    }

    pub(crate) fn service(&self) -> &str {
        &self.text[DATE + 1..self.text.len() - 1 - TERMINATOR.len()]
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}
