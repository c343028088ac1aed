//! The client against the simulator: in process under a paused clock, and over a real socket.
#![allow(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod call_and_wait;
mod calls;
mod clock_skew;
mod comparison;
mod credential_cache;
mod credentials;
mod defects;
mod error_chains;
#[cfg(feature = "rustls")]
mod examples;
mod garbage;
mod models;
mod queries;
mod service;
#[cfg(feature = "rustls")]
mod sockets;
mod support;
mod task_pollers;
#[cfg(feature = "rustls")]
mod tls;
mod tls_server;
mod waits;
