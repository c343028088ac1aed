//! Where and when a signature holds: `DATE/SERVICE/tc3_request`.

use crate::time::Date;
use crate::validate;

/// The last part of every scope.
pub(crate) const TERMINATOR: &str = "tc3_request";

/// The scope of a day and a service.
pub(crate) fn scope(date: Date, service: &str) -> String {
    let mut scope = String::with_capacity(Date::LENGTH + service.len() + TERMINATOR.len() + 2);
    date.write(&mut scope);
    for piece in ["/", service, "/", TERMINATOR] {
        scope.push_str(piece);
    }
    scope
}

/// Day and service of a scope that somebody else wrote.
pub(crate) fn parse(scope: &str) -> Option<(Date, &str)> {
    let (date, rest) = scope.split_once('/')?;
    let service = rest.strip_suffix(TERMINATOR)?.strip_suffix('/')?;
    validate::is_scope_part(service).then_some((Date::parse(date)?, service))
}
