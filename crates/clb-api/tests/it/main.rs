//! The client against the simulator: in process under a paused clock, and over a real socket.

mod calls;
mod defects;
mod support;
