//! Classifies the errors of the HTTP library.

use std::{error::Error, io};

use crate::{TransportError, error_chain::causes};

/// Converts the error of a request. The request was not sent if the connection failed, or if an HTTP/2 server reports that it did
/// not process the stream.
pub(crate) fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let steps = steps_to_cause(&error);
    if error.is_connect() {
        return TransportError::not_sent("could not connect").with_cause(error, steps);
    }
    let text = causes(&error).nth(steps).map_or_else(String::new, ToString::to_string);
    let made = if is_unprocessed(&error) {
        TransportError::not_sent(text)
    } else {
        TransportError::maybe_sent(text)
    };
    made.with_cause(error, steps + 1)
}

/// How many steps below the error the first one is that says more than the library's own words.
fn steps_to_cause(error: &reqwest::Error) -> usize {
    let own = |error: &(dyn Error + 'static)| {
        let text = error.to_string();
        ["error sending request", "client error ("].iter().any(|own| text.starts_with(own))
    };
    let skipped = causes(error).take_while(|error| own(*error)).count();
    skipped.min(causes(error).count() - 1)
}

/// Whether the server said that it did not process the request: it refused the stream, or went away before it.
fn is_unprocessed(error: &reqwest::Error) -> bool {
    let refused = |error: &h2::Error| {
        error.is_remote()
            && (error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
                || error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR))
    };
    find(error, |error| error.downcast_ref().filter(|error| refused(error))).is_some()
}

/// The first of an error and its causes, those inside an [`io::Error`] included, that `pick` picks.
pub(crate) fn find<'a, T: ?Sized>(
    error: &'a (dyn Error + 'static),
    pick: impl Fn(&'a (dyn Error + 'static)) -> Option<&'a T>,
) -> Option<&'a T> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = pick(error) {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|inner| inner as _);
        cause = inner.or_else(|| error.source());
    }
    None
}
