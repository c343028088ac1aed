//! HTTP by hand, so that tests see what is on the connection.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::Call;

/// A connection to a simulator.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) address: SocketAddr,
}

impl Connection {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, address }
    }

    /// Sends a call to the host that the connection is to.
    pub(crate) async fn send(&mut self, call: &Call) {
        let request = bytes(&Call { host: self.address.to_string(), ..call.clone() });
        self.stream.write_all(&request).await.unwrap();
    }

    /// Sends a GET request for a path.
    pub(crate) async fn get(&mut self, path: &str) {
        self.stream
            .write_all(format!("GET {path} HTTP/1.1\r\nhost: metadata\r\n\r\n").as_bytes())
            .await
            .unwrap();
    }

    /// Reads one response with a `Content-Length`: head and body.
    pub(crate) async fn response(&mut self) -> (String, Vec<u8>) {
        let head = self.head().await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).await.unwrap();
        (head, body)
    }

    /// Reads the head of a response.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }
}

/// A signed request as it is sent.
pub(crate) fn bytes(call: &Call) -> Vec<u8> {
    let request = call.request();
    let mut head = format!("POST / HTTP/1.1\r\ncontent-length: {}\r\n", request.body().len());
    for (name, value) in request.headers() {
        head.extend([name.as_str(), ": ", value.to_str().unwrap(), "\r\n"]);
    }
    [format!("{head}\r\n").as_bytes(), request.body()].concat()
}
