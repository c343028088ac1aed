//! What to do about a connection that will fail the next time, too.

use rustls::{CertificateError, Error as TlsError};

use crate::{TransportError, error_chain::chain, reqwest_failure::find};

/// What to do about a connection that will fail the next time, too. `ca_file` says how certificates to trust are given.
pub(super) fn advice(error: &TransportError, ca_file: impl Fn() -> String) -> Option<String> {
    match certificate_error(error) {
        Some(error) => Some(advice_about(error, ca_file)),
        // The library has no type for this.
        None => chain(error)
            .contains("proxy authorization required")
            .then(|| "the proxy asks for a login".to_owned()),
    }
}

fn certificate_error(error: &TransportError) -> Option<&CertificateError> {
    find(error, |error| match error.downcast_ref()? {
        TlsError::InvalidCertificate(error) => Some(error),
        _ => None,
    })
}

fn advice_about(error: &CertificateError, ca_file: impl Fn() -> String) -> String {
    let advice = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired: renew it, or set this machine's clock"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet: set this machine's clock"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is another host's: check the endpoint"
        }
        _ => return format!("the certificate is not trusted: {} adds certificates to trust", ca_file()),
    };
    advice.to_owned()
}
