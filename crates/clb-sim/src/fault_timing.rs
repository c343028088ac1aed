//! The calls that a fault affects.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::parse::{duration, word};

/// The calls that a fault affects. The text form reads the same: `next 3 of DescribeTaskStatus`, `call 2`, `2s to 4s`,
/// `always about 1234`.
///
/// ```
/// # use clb_sim::When;
/// assert_eq!(When::next(3).of("DescribeTaskStatus"), "next 3 of DescribeTaskStatus".parse()?);
/// assert_eq!(When::call(2).about("1234").to_string(), "call 2 about 1234");
/// # Ok::<(), clb_sim::InvalidWhenError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    span: Span,
    action: Option<String>,
    subject: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Span {
    Always,
    Next(u64),
    Call(u64),
    Between(Duration, Duration),
}

/// The text is not the timing of a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not `always`, `next N`, `call N` or `2s to 4s`, optionally with `of ACTION` and `about ID`"
)]
pub struct InvalidWhenError(String);

impl When {
    /// Every call.
    pub fn always() -> Self {
        Self::at(Span::Always)
    }

    /// The next so many calls.
    pub fn next(calls: u64) -> Self {
        Self::at(Span::Next(calls))
    }

    /// The call with this number, counted from 1 when the fault is scripted.
    pub fn call(number: u64) -> Self {
        Self::at(Span::Call(number))
    }

    /// Every call that arrives at or after `from` and before `until`, both since the simulator's start.
    pub fn between(from: Duration, until: Duration) -> Self {
        Self::at(Span::Between(from, until))
    }

    /// Counts and affects only calls of this action.
    #[must_use]
    pub fn of(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// Counts and affects only calls about this task, order, load balancer or target group.
    #[must_use]
    pub fn about(mut self, id: impl Into<String>) -> Self {
        self.subject = Some(id.into());
        self
    }

    /// The action of `of`.
    pub(crate) fn action(&self) -> Option<&str> {
        self.action.as_deref()
    }

    /// Whether `of` and `about` match a call.
    pub(crate) fn matches(&self, action: &str, subjects: &BTreeSet<String>) -> bool {
        self.action.as_deref().is_none_or(|wanted| wanted == action)
            && self.subject.as_ref().is_none_or(|wanted| subjects.contains(wanted))
    }

    /// Whether a matching call is affected that arrives now as number `seen`, after `used` affected calls.
    pub(crate) fn is_due(&self, now: Duration, seen: u64, used: u64) -> bool {
        match self.span {
            Span::Always => true,
            Span::Next(calls) => used < calls,
            Span::Call(number) => seen == number,
            Span::Between(from, until) => from <= now && now < until,
        }
    }

    /// How many calls must be affected before the expectation is met.
    pub(crate) fn expected_uses(&self) -> u64 {
        match self.span {
            Span::Next(calls) => calls,
            Span::Always | Span::Call(_) | Span::Between(..) => 1,
        }
    }

    fn at(span: Span) -> Self {
        Self { span, action: None, subject: None }
    }
}

impl FromStr for When {
    type Err = InvalidWhenError;

    fn from_str(text: &str) -> Result<Self, InvalidWhenError> {
        parse(text).ok_or_else(|| InvalidWhenError(text.to_owned()))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span {
            Span::Always => f.write_str("always"),
            Span::Next(calls) => write!(f, "next {calls}"),
            Span::Call(number) => write!(f, "call {number}"),
            Span::Between(from, until) => write!(f, "{from:?} to {until:?}"),
        }?;
        if let Some(action) = &self.action {
            write!(f, " of {action}")?;
        }
        self.subject.as_ref().map_or(Ok(()), |id| write!(f, " about {id}"))
    }
}

fn parse(text: &str) -> Option<When> {
    let (first, rest) = word(text);
    let (mut when, mut rest) = match first {
        "always" => (When::always(), rest),
        "next" => number(rest).map(|(calls, rest)| (When::next(calls), rest))?,
        "call" => number(rest).map(|(number, rest)| (When::call(number), rest))?,
        from => between(from, rest)?,
    };
    while !rest.is_empty() {
        let (joint, after) = word(rest);
        let (name, after) = word(after);
        when = match joint {
            "of" if !name.is_empty() => when.of(name),
            "about" if !name.is_empty() => when.about(name),
            _ => return None,
        };
        rest = after;
    }
    Some(when)
}

fn number(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = word(text);
    Some((number.parse().ok().filter(|number| *number > 0)?, rest))
}

fn between<'a>(from: &str, rest: &'a str) -> Option<(When, &'a str)> {
    let (joint, rest) = word(rest);
    let (until, rest) = word(rest);
    let when = When::between(duration(from)?, duration(until)?);
    (joint == "to").then_some((when, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let second = Duration::from_secs(1);
        for when in [
            When::always(),
            When::next(3).of("DescribeTaskStatus"),
            When::call(2).about("a b".replace(' ', "-")),
            When::between(second / 2, second * 4).of("A").about("b"),
        ] {
            assert_eq!(when.to_string().parse(), Ok(when));
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in
            ["", "next", "next 0", "next x", "call", "2s", "2s to", "2s until 4s", "always of", "always if A"]
        {
            assert!(text.parse::<When>().is_err(), "{text:?}");
        }
    }
}
