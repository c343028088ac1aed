//! Answers on their way back.

use std::time::Duration;

use bytes::Bytes;

use crate::fault::Fault;

/// The answer of the service and how it travels back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) response: http::Response<Bytes>,
    pub(crate) delivery: Delivery,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    Delayed(Duration),
    Reset,
    Hang,
    Truncated(usize),
    Slow(Duration),
    Endless,
}

impl Delivery {
    /// How an answer travels under this fault.
    pub(crate) fn under(fault: Option<&Fault>) -> Self {
        match fault {
            Some(Fault::Delayed(delay)) => Self::Delayed(*delay),
            Some(Fault::Reset) => Self::Reset,
            Some(Fault::Hang) => Self::Hang,
            Some(Fault::Truncated(bytes)) => Self::Truncated(*bytes),
            Some(Fault::Slow(pause)) => Self::Slow(*pause),
            Some(Fault::Endless) => Self::Endless,
            _ => Self::Whole,
        }
    }
}

/// How a call without a socket ended that got no whole answer. The request was received in every case.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The connection was reset before the answer.
    #[error("connection reset")]
    Reset,
    /// The connection ended in the middle of the body.
    #[error("the connection ended in the middle of the body")]
    Truncated,
    /// The body has no end.
    #[error("the body has no end")]
    Endless,
}
