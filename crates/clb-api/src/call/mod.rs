//! Asynchronous calls: in order, at the service's rate, sent again only where that is safe, and waited for.
//!
//! All decisions are plain values: which action may be called ([`action`]), which resources a call names
//! ([`resources`]), what follows a failed attempt ([`retry`]). [`PreparedCall`] and [`AcceptedCall`] await them.

mod accepted;
mod action;
mod error;
mod event;
mod order;
mod prepared;
mod progress;
mod resources;
mod retry;

pub use accepted::{AcceptedCall, CompletedCall};
pub use action::{ActionError, Outcome};
pub use error::CallError;
pub use event::CallEvent;
pub use prepared::PreparedCall;

pub(crate) use action::is_query;
pub(crate) use order::CallOrder;
pub(crate) use progress::Progress;
pub(crate) use retry::QueryRetry;
