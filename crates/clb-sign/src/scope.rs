//! Where and when a signature holds: `DATE/SERVICE/tc3_request`.

use alloc::string::String;

use crate::text;
use crate::time::Date;

/// The last part of every scope.
const TERMINATOR: &str = "tc3_request";

/// A day and a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    date: Date,
    text: String,
}

impl Scope {
    pub(crate) fn new(date: Date, service: &str) -> Self {
        let mut text = String::new();
        write(&mut text, date, service);
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

    pub(crate) fn service(&self) -> &str {
        parts(&self.text)[1]
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

pub(crate) fn write(text: &mut String, date: Date, service: &str) {
    date.write(text);
    text.push('/');
    text.push_str(service);
    text.push('/');
    text.push_str(TERMINATOR);
}

/// Date, service and terminator.
pub(crate) fn parts(scope: &str) -> [&str; 3] {
    const DATE: usize = "YYYY-MM-DD".len();
    let end = scope.len() - TERMINATOR.len();
    [&scope[..DATE], &scope[DATE + 1..end - 1], &scope[end..]]
}
