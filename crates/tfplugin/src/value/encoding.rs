use thiserror::Error;

use crate::path::Step;
use crate::{AttributePath, InvalidNumberError, InvalidTypeError};

/// Bytes that are no value of the type they claim to be: where in it, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{problem}", .path.prefix())]
pub(crate) struct InvalidValueError {
    pub(crate) path: AttributePath,
    pub(crate) problem: InvalidEncodingError,
}

impl InvalidValueError {
    pub(super) fn within(mut self, step: Step) -> Self {
        self.path = self.path.within(step);
        self
    }
}

impl From<InvalidEncodingError> for InvalidValueError {
    fn from(problem: InvalidEncodingError) -> Self {
        InvalidValueError { path: AttributePath::root(), problem }
    }
}

impl From<InvalidNumberError> for InvalidValueError {
    fn from(problem: InvalidNumberError) -> Self {
        InvalidEncodingError::from(problem).into()
    }
}

impl From<InvalidTypeError> for InvalidValueError {
    fn from(problem: InvalidTypeError) -> Self {
        InvalidEncodingError::from(problem).into()
    }
}

/// What is wrong with bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidEncodingError {
    #[error("the value ends too early")]
    Truncated,
    #[error("{0} bytes follow the value")]
    Trailing(usize),
    #[error("expected {expected}, found {found}")]
    Unexpected { expected: String, found: String },
    #[error("the value is nested too deeply")]
    TooDeep,
    #[error("the key {0:?} occurs twice")]
    DuplicateKey(String),
    #[error("the attribute {0:?} is missing")]
    MissingAttribute(String),
    #[error("there is no attribute {0:?}")]
    SurplusAttribute(String),
    #[error("a string is not UTF-8")]
    NotUtf8,
    #[error(transparent)]
    Number(#[from] InvalidNumberError),
    #[error(transparent)]
    Type(#[from] InvalidTypeError),
    #[error("not the JSON of a value: {0}")]
    Json(String),
}

impl InvalidEncodingError {
    pub(super) fn unexpected(expected: impl Into<String>, found: impl Into<String>) -> Self {
        InvalidEncodingError::Unexpected { expected: expected.into(), found: found.into() }
    }

    pub(super) fn tuple(expected: usize, found: usize) -> Self {
        Self::unexpected(format!("a tuple of {expected}"), format!("one of {found}"))
    }
}

/// How deep in a value a reader is.
#[derive(Clone, Copy, Default)]
pub(super) struct Depth(u8);

impl Depth {
    /// Deeper values are rejected, so that reading one cannot exhaust the stack. No real value comes near.
    const LIMIT: u8 = 100;

    pub(super) fn deeper(self) -> Result<Depth, InvalidEncodingError> {
        if self.0 < Self::LIMIT { Ok(Depth(self.0 + 1)) } else { Err(InvalidEncodingError::TooDeep) }
    }
}
