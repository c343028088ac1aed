use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use thiserror::Error;

use super::socket::ListenAddress;
use super::tls::Identity;

/// What the client asks of the plugin it has started, all of it in the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Handshake {
    /// PEM of the one certificate that the client will show; without it the client speaks plaintext.
    pub(super) client_certificate: Option<String>,
    /// Where the socket goes, if not among the temporary files.
    pub(super) socket_directory: Option<PathBuf>,
    /// Name or id of the group that may use the socket as well.
    pub(super) socket_group: Option<String>,
    /// The TCP ports to choose from, where there are no Unix sockets; `(0, 0)` leaves the choice to the system.
    pub(super) ports: (u16, u16),
}

/// The process was not started as a plugin that we could be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum HandshakeError {
    #[error(
        "This program is a Terraform provider. Terraform starts it by itself: name the provider in a `required_providers` \
         block and run `terraform init`. Started by hand, `-debug` lets a running Terraform attach to it."
    )]
    StartedByHand,
    #[error(
        "The provider speaks plugin protocol 6 only; this client offers {0:?}. Use Terraform 1.0 or newer."
    )]
    NoCommonProtocol(String),
    #[error("{0} is {1:?}, which is not a port number.")]
    Port(&'static str, String),
}

pub(crate) const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// The one protocol that we speak.
pub(super) const PROTOCOL: &str = "6";

impl Handshake {
    pub(super) fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Handshake, HandshakeError> {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        if variable(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(HandshakeError::StartedByHand);
        }
        // The versions come in any order. A client from before they were announced speaks 5 at most.
        let offered = variable("PLUGIN_PROTOCOL_VERSIONS").unwrap_or_default();
        if !offered.split(',').any(|version| version.trim() == PROTOCOL) {
            return Err(HandshakeError::NoCommonProtocol(offered));
        }
        Ok(Handshake {
            client_certificate: variable("PLUGIN_CLIENT_CERT"),
            socket_directory: variable("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            socket_group: variable("PLUGIN_UNIX_SOCKET_GROUP"),
            ports: (
                port("PLUGIN_MIN_PORT", variable("PLUGIN_MIN_PORT"))?,
                port("PLUGIN_MAX_PORT", variable("PLUGIN_MAX_PORT"))?,
            ),
        })
    }
}

/// The line that the client waits for: versions, address, and the certificate that it is to expect, base64 without padding.
pub(super) fn line(address: &ListenAddress, identity: Option<&Identity>) -> String {
    let certificate =
        identity.map(|identity| STANDARD_NO_PAD.encode(&identity.certificate)).unwrap_or_default();
    let (network, address) = (ListenAddress::NETWORK, address.to_text());
    format!("1|{PROTOCOL}|{network}|{address}|grpc|{certificate}\n")
}

fn port(name: &'static str, text: Option<String>) -> Result<u16, HandshakeError> {
    text.map_or(Ok(0), |text| text.parse().map_err(|_| HandshakeError::Port(name, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(more: &[(&str, &str)]) -> Result<Handshake, HandshakeError> {
        let variables = [&[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5,6")], more].concat();
        let last = |name: &str| variables.iter().rev().find(|(each, _)| *each == name);
        Handshake::from_environment(|name| last(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn without_the_cookie_it_was_started_by_hand() {
        assert_eq!(handshake(&[(COOKIE.0, "other")]), Err(HandshakeError::StartedByHand));
        assert_eq!(Handshake::from_environment(|_| None), Err(HandshakeError::StartedByHand));
    }

    #[test]
    fn versions_come_in_any_order() {
        for offered in ["6", "5,6", "6,5", "4, 6 ,5"] {
            assert!(handshake(&[("PLUGIN_PROTOCOL_VERSIONS", offered)]).is_ok(), "{offered}");
        }
        for offered in ["5", "16", "", "6.0"] {
            let rejected = handshake(&[("PLUGIN_PROTOCOL_VERSIONS", offered)]);
            assert_eq!(rejected, Err(HandshakeError::NoCommonProtocol(offered.into())));
        }
    }

    #[test]
    fn ports_are_numbers() {
        assert_eq!(
            handshake(&[("PLUGIN_MIN_PORT", "x")]),
            Err(HandshakeError::Port("PLUGIN_MIN_PORT", "x".into()))
        );
        let ports = [("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")];
        assert_eq!(handshake(&ports).unwrap().ports, (10000, 25000));
        assert_eq!(handshake(&[]).unwrap().ports, (0, 0));
    }

    #[test]
    fn an_empty_certificate_is_none() {
        assert_eq!(handshake(&[("PLUGIN_CLIENT_CERT", "")]).unwrap().client_certificate, None);
    }
}
