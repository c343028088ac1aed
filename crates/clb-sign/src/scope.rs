//! Where and when a signature holds: `DATE/SERVICE/tc3_request`.

use crate::time::Date;
use crate::validate;

/// The last part of every scope.
pub(crate) const TERMINATOR: &str = "tc3_request";

/// The scope of a day and a service.
pub(crate) fn scope(date: Date, service: &str) -> String {
    format!("{date}/{service}/{TERMINATOR}")
}

/// Day and service of a scope that somebody else wrote.
pub(crate) fn parse(scope: &str) -> Option<(Date, &str)> {
    let (date, rest) = scope.split_once('/')?;
    let service = rest.strip_suffix(TERMINATOR)?.strip_suffix('/')?;
    validate::is_scope_part(service).then_some((Date::parse(date)?, service))
}
