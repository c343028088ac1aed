//! What to do about a connection that will fail the next time, too.

use rustls::{CertificateError, Error as TlsError};

use crate::{TransportError, error_chain::chain, reqwest_failure::find};

/// What to do about a connection that will fail the next time, too.
pub(super) fn advice(error: &TransportError) -> Option<&'static str> {
    match certificate_error(error) {
        Some(error) => Some(advice_about(error)),
        // The library has no type for this.
        None => chain(error).contains("proxy authorization required").then_some("the proxy asks for a login"),
    }
}

fn certificate_error(error: &TransportError) -> Option<&CertificateError> {
    find(error, |error| match error.downcast_ref()? {
        TlsError::InvalidCertificate(error) => Some(error),
        _ => None,
    })
}

fn advice_about(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired: renew it, or set this machine's clock"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet: set this machine's clock"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is another host's: check the endpoint"
        }
        _ => "the certificate is not trusted: `ca_file` adds certificates to trust",
    }
}
