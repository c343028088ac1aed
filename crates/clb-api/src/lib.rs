#![doc = include_str!("../README.md")]

mod attempt;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod call;
mod client;
mod clock;
mod credentials;
mod dispatch;
mod endpoint;
mod endpoint_resolver;
mod envelope;
mod environment;
mod error;
mod error_chain;
mod from_text;
#[cfg(feature = "rustls")]
mod http_transport;
mod object;
mod objects_only;
mod option_names;
mod options;
mod pages;
mod parameters;
mod percent_encode;
#[cfg(feature = "rustls")]
mod proxy;
mod rate_limits;
mod redact;
mod region;
#[cfg(feature = "reqwest")]
mod reqwest_failure;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod service;
mod setup;
mod signing;
mod status;
mod task_poller;
mod transport;
mod wait;
mod warning;

pub mod error_table;
pub mod models;

#[doc = include_str!("../docs/comparison.md")]
pub mod _comparison {}

/// For implementations of [`CredentialsProvider`] and [`Transport`].
pub use async_trait::async_trait;
/// Bodies of a [`Transport`]'s requests and responses.
pub use bytes;

/// Signing keys and signatures, for requests that are not made by a [`Client`].
pub use clb_sign;
/// Tasks, policies and the waiter, for which [`Client`] is a status source.
pub use clb_task;
pub use clb_task::WaitOptions;
/// Requests and responses of a [`Transport`].
pub use http;

pub use builder::{BuildError, ClientBuilder};
pub use call::{AcceptedCall, ActionError, CallError, CallEvent, CompletedCall, Outcome, PreparedCall};
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use credentials::{
    AssumedRole, CredentialCache, CredentialContext, CredentialError, Credentials, CredentialsProvider,
    CredentialsProviderKind, DefaultCredentialsChain, EnvironmentCredentials, InstanceRole, MfaSession,
    PRECEDENCE, SamlRole, SdkProfile, StaticCredentials, TccliProfile, WebIdentityRole, precedence,
};
pub use endpoint::{
    DEFAULT_DOMAIN, Domain, Endpoint, InvalidDomainError, InvalidEndpointError, InvalidProtocolError,
    Protocol,
};
pub use envelope::Response;
pub use environment::Environment;
pub use error::ApiError;
pub use error_table::{ErrorClass, ErrorScope};
#[cfg(feature = "rustls")]
pub use http_transport::HttpTransport;
pub use option_names::OptionNames;
pub use options::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, CONNECT_TIMEOUT, LONGEST_MFA_SESSION,
    LONGEST_ROLE_SESSION, Language, MfaCertification, Options, REQUEST_TIMEOUT,
};
pub use pages::{Pages, Paging};
pub use region::{InvalidRegionError, Region};
#[cfg(feature = "reqwest")]
pub use reqwest_transport::ReqwestTransport;
pub use service::{InvalidServiceError, Service};
pub use setup::SetupError;
pub use task_poller::TaskPoller;
pub use transport::{NoProxy, ResponseLimit, Transport, TransportError};
pub use wait::TaskWait;
pub use warning::ConfigWarning;
