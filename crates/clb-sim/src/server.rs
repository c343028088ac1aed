//! The HTTP server.

use std::error::Error;
use std::future::{Future, pending};
use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use http::header::CONTENT_LENGTH;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;
#[cfg(feature = "tls")]
use tokio::time::timeout;

use crate::delivery::{Delivery, OutgoingResponse};
use crate::simulator::Simulator;

/// The server reads at most so much of a body. The limit of the service is lower; the gateway checks it.
const MAX_BODY: usize = 32 << 20;

/// A client that does not complete the TLS handshake in this time is disconnected.
#[cfg(feature = "tls")]
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

type Body = BoxBody<Bytes, io::Error>;

/// Serves the simulator over HTTP/1.1 until `shutdown` is ready, then closes all connections.
///
/// Listens on loopback only: another address is rejected with [`io::ErrorKind::InvalidInput`].
pub async fn run(listener: TcpListener, simulator: Simulator, shutdown: impl Future) -> io::Result<()> {
    serve_on(listener, Transport::Plain, simulator, shutdown).await
}

/// How connections are secured.
#[derive(Clone)]
pub(crate) enum Transport {
    Plain,
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

/// Serves the simulator until `shutdown` is ready, then closes all connections.
pub(crate) async fn serve_on(
    listener: TcpListener,
    transport: Transport,
    simulator: Simulator,
    shutdown: impl Future,
) -> io::Result<()> {
    if !listener.local_addr()?.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the simulator listens on loopback only"));
    }
    let mut shutdown = pin!(shutdown);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut shutdown => return Ok(()),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream, transport.clone(), simulator.clone()))),
                // Out of descriptors, or the peer has closed the connection already: continue in both cases.
                Err(_) => sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn serve(mut stream: TcpStream, transport: Transport, simulator: Simulator) {
    // Without it a response can wait 40 ms for the acknowledgement of the previous one.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match transport {
        Transport::Plain => {
            let is_reset = serve_requests(&mut stream, &simulator).await;
            close(&stream, is_reset);
        }
        #[cfg(feature = "tls")]
        Transport::Tls(acceptor) => {
            if let Ok(Ok(mut secured)) = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                let is_reset = serve_requests(&mut secured, &simulator).await;
                close(secured.get_ref().0, is_reset);
            }
        }
    }
}

/// Serves the requests of one connection; whether a fault resets it.
async fn serve_requests(stream: impl AsyncRead + AsyncWrite + Unpin, simulator: &Simulator) -> bool {
    let service = service_fn(|request| respond(simulator, request));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    served.is_err_and(|error| is_reset(&error))
}

/// Makes closing a reset where a fault wants one. If that fails, the connection closes without one.
fn close(stream: &TcpStream, is_reset: bool) {
    if is_reset {
        stream.set_zero_linger().ok();
    }
}

async fn respond(
    simulator: &Simulator,
    request: http::Request<Incoming>,
) -> io::Result<http::Response<Body>> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        Err(error) => return Err(io::Error::other(error)),
    };
    deliver(simulator.respond(&http::Request::from_parts(head, body))).await
}

/// Turns a response into what hyper sends. An error here closes the connection before the first byte of it.
async fn deliver(outgoing: OutgoingResponse) -> io::Result<http::Response<Body>> {
    match outgoing.delivery {
        Delivery::Delayed(delay) => sleep(delay).await,
        Delivery::Hang => pending().await,
        Delivery::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
        Delivery::Whole | Delivery::Truncated(_) | Delivery::Slow(_) | Delivery::Endless => {}
    }
    let (mut head, body) = outgoing.response.into_parts();
    if outgoing.delivery != Delivery::Endless {
        head.headers.insert(CONTENT_LENGTH, body.len().into());
    }
    Ok(http::Response::from_parts(head, body_of(outgoing.delivery, body)))
}

fn body_of(delivery: Delivery, body: Bytes) -> Body {
    match delivery {
        Delivery::Truncated(bytes) => truncated(body, bytes),
        Delivery::Slow(pause) => slow(body, pause),
        Delivery::Endless => endless(),
        Delivery::Whole | Delivery::Delayed(_) | Delivery::Reset | Delivery::Hang => whole(body),
    }
}

fn whole(body: Bytes) -> Body {
    Full::new(body).map_err(|never| match never {}).boxed()
}

/// The first bytes of the body, then the connection closes.
fn truncated(mut body: Bytes, bytes: usize) -> Body {
    body.truncate(bytes.min(body.len().saturating_sub(1)));
    let end = stream::once(async {
        yield_now().await; // hyper sends what it has when the body pauses
        Err(io::ErrorKind::UnexpectedEof.into())
    });
    streamed(stream::iter([Ok(body)]).chain(end))
}

fn slow(body: Bytes, pause: Duration) -> Body {
    streamed(stream::iter(0..body.len()).then(move |at| {
        let byte = body.slice(at..=at);
        async move {
            sleep(pause).await;
            Ok(byte)
        }
    }))
}

fn endless() -> Body {
    let start = Bytes::from_static(br#"{"Response":{"Status":0,"Padding":""#);
    let more = Bytes::from_static(&[b'.'; 16 * 1024]);
    streamed(stream::iter([Ok(start)]).chain(stream::repeat_with(move || Ok(more.clone()))))
}

fn streamed(chunks: impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static) -> Body {
    BodyExt::boxed(StreamBody::new(chunks.map_ok(Frame::data)))
}

fn too_large() -> http::Response<Body> {
    let mut response = http::Response::new(whole(Bytes::new()));
    *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
    response
}

fn is_reset(error: &hyper::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
}
