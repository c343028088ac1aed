use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::server::Connected;

use super::socket::Listener;

/// A byte stream in both directions.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// A client that has passed the handshake, or that needs none.
pub(crate) struct Connection {
    stream: Box<dyn Io>,
    open: Arc<OpenConnections>,
}

/// How many connections are open.
#[derive(Debug, Default)]
pub(crate) struct OpenConnections(AtomicUsize);

impl OpenConnections {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long a peer may take for its TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// How many peers may be at it at once.
const MAX_HANDSHAKES: usize = 32;

/// Accepts for as long as the result is read. Every handshake has a task of its own, and only those that succeed show up: a
/// silent or wrong peer neither holds up the next one nor ends the server.
pub(super) fn accept(
    listener: Listener,
    tls: Option<TlsAcceptor>,
    open: Arc<OpenConnections>,
) -> impl Stream<Item = io::Result<Connection>> {
    let (accepted, connections) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut pending = PendingHandshakes::default();
        while !accepted.is_closed() {
            let Ok(stream) = listener.accept().await else {
                // Out of file descriptors, most likely: some will be free later.
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            let (accepted, tls, open) = (accepted.clone(), tls.clone(), Arc::clone(&open));
            let handshake = tokio::spawn(async move {
                if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIMEOUT, shake_hands(stream, tls)).await {
                    let _ = accepted.send(Ok(Connection::new(stream, open)));
                }
            });
            pending.add(handshake.abort_handle());
        }
    });
    UnboundedReceiverStream::new(connections)
}

/// The handshakes under way, oldest first.
#[derive(Debug, Default)]
struct PendingHandshakes(VecDeque<AbortHandle>);

impl PendingHandshakes {
    /// Adds a connection. If there are too many, the oldest is closed: the client needs milliseconds, a silent peer never finishes.
    fn add(&mut self, handshake: AbortHandle) {
        self.0.retain(|pending| !pending.is_finished());
        if self.0.len() == MAX_HANDSHAKES
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
        }
        self.0.push_back(handshake);
    }
}

async fn shake_hands(stream: impl Io, tls: Option<TlsAcceptor>) -> io::Result<Box<dyn Io>> {
    match tls {
        Some(tls) => Ok(Box::new(tls.accept(stream).await?)),
        None => Ok(Box::new(stream)),
    }
}

impl Connection {
    fn new(stream: Box<dyn Io>, open: Arc<OpenConnections>) -> Self {
        open.0.fetch_add(1, Ordering::Relaxed);
        Connection { stream, open }
    }
}

#[cfg(feature = "testing")]
impl Connection {
    /// One connection, and none after it.
    pub(crate) fn only(stream: impl Io) -> impl Stream<Item = io::Result<Connection>> {
        use futures_util::{StreamExt as _, stream};
        let connection = Connection::new(Box::new(stream), Arc::default());
        stream::iter([Ok(connection)]).chain(stream::pending())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
