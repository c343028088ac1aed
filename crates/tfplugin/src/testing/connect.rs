use std::sync::Mutex;

use hyper_util::rt::TokioIo;
use tonic::transport::{Channel, Endpoint, Error};

use crate::server::Io;

/// A gRPC channel over this one stream. It cannot be opened again.
pub(super) async fn through(stream: impl Io) -> Result<Channel, Error> {
    let stream = Mutex::new(Some(stream));
    let connector = tower::service_fn(move |_| {
        let stream = stream.lock().ok().and_then(|mut stream| stream.take());
        let once = stream.map(TokioIo::new).ok_or(std::io::ErrorKind::NotConnected.into());
        std::future::ready(once as std::io::Result<_>)
    });
    Endpoint::from_static("http://localhost").connect_with_connector(connector).await
}
