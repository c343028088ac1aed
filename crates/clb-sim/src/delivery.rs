//! How a response travels to the caller.

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::fault::Fault;

/// The response of the service and how it is delivered.
#[derive(Debug)]
pub(crate) struct OutgoingResponse {
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

/// Why a request without a socket got no whole response. The service received the request in every case.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionError {
    /// The connection was reset before the response.
    #[error("connection reset")]
    Reset,
    /// The connection closed in the middle of the body.
    #[error("the connection closed in the middle of the body")]
    Truncated,
    /// The body never ends.
    #[error("the body never ends")]
    Endless,
}

impl Delivery {
    /// How a response is delivered under this fault.
    pub(crate) fn under(fault: Option<&Fault>) -> Self {
        match fault {
            Some(Fault::Delayed(delay)) => Self::Delayed(*delay),
            Some(Fault::Reset | Fault::ResetBeforeExecution) => Self::Reset,
            Some(Fault::Hang | Fault::HangBeforeExecution) => Self::Hang,
            Some(Fault::Truncated(bytes)) => Self::Truncated(*bytes),
            Some(Fault::Slow(pause)) => Self::Slow(*pause),
            Some(Fault::Endless) => Self::Endless,
            _ => Self::Whole,
        }
    }
}

impl OutgoingResponse {
    /// Delivers to a caller in the same process. Pauses run on tokio's clock; a hang never returns.
    pub(crate) async fn deliver_in_process(self) -> Result<http::Response<Bytes>, ConnectionError> {
        match self.delivery {
            Delivery::Whole => {}
            Delivery::Delayed(delay) => sleep(delay).await,
            Delivery::Slow(pause) => sleep(total_pause(pause, self.response.body())).await,
            Delivery::Hang => pending().await,
            Delivery::Reset => return Err(ConnectionError::Reset),
            Delivery::Truncated(_) => return Err(ConnectionError::Truncated),
            Delivery::Endless => return Err(ConnectionError::Endless),
        }
        Ok(self.response)
    }
}

fn total_pause(pause: Duration, body: &Bytes) -> Duration {
    pause.saturating_mul(u32::try_from(body.len()).unwrap_or(u32::MAX))
}
