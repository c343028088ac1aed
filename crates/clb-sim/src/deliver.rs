//! How answers reach a caller in the same process.

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::reply::{Broken, Delivery, Reply};

/// Delivers a reply to a caller in the same process; pauses are real on tokio's clock, a hang never ends.
pub(crate) async fn in_process(reply: Reply) -> Result<http::Response<Bytes>, Broken> {
    match reply.delivery {
        Delivery::Whole => {}
        Delivery::Delayed(delay) => sleep(delay).await,
        Delivery::Slow(pause) => sleep(pauses(pause, reply.response.body())).await,
        Delivery::Hang => pending().await,
        Delivery::Reset => return Err(Broken::Reset),
        Delivery::Truncated(_) => return Err(Broken::Truncated),
        Delivery::Endless => return Err(Broken::Endless),
    }
    Ok(reply.response)
}

fn pauses(pause: Duration, body: &Bytes) -> Duration {
    pause.saturating_mul(u32::try_from(body.len()).unwrap_or(u32::MAX))
}
