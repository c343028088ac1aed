use std::io;
use std::net::Ipv4Addr;

use tokio::net::TcpListener;

use crate::server::connection::Io;
use crate::server::handshake::Handshake;

/// A listening TCP port on the loopback interface.
pub(in super::super) struct Listener(TcpListener);

/// Which port it is.
pub(in super::super) struct ListenAddress {
    address: String,
}

impl Listener {
    pub(in super::super) fn bind(handshake: &Handshake) -> io::Result<(Listener, ListenAddress)> {
        let (first, last) = handshake.ports;
        let free =
            (first..=last).find_map(|port| std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
        let listener = free.ok_or(io::ErrorKind::AddrInUse)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?.to_string();
        Ok((Listener(TcpListener::from_std(listener)?), ListenAddress { address }))
    }

    pub(in super::super) async fn accept(&self) -> io::Result<impl Io + use<>> {
        let (stream, _) = self.0.accept().await?;
        // Small messages go back and forth: waiting to fill a packet costs 40 ms at a time.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl ListenAddress {
    pub(in super::super) const NETWORK: &str = "tcp";

    pub(in super::super) fn to_text(&self) -> String {
        self.address.clone()
    }
}
