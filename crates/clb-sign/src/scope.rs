//! Where and when a signature holds: `DATE/SERVICE/tc3_request`.

use alloc::string::String;

use crate::time::Date;
use crate::validate;

/// The last part of every scope.
const TERMINATOR: &str = "tc3_request";

/// Appends the scope of a day and a service.
pub(crate) fn write(text: &mut String, date: Date, service: &str) {
    date.write(text);
    text.push('/');
    text.push_str(service);
    text.push('/');
    text.push_str(TERMINATOR);
}

/// Date, service and terminator of a scope that was [written](write).
pub(crate) fn parts(scope: &str) -> [&str; 3] {
    const DATE: usize = "YYYY-MM-DD".len();
    let end = scope.len() - TERMINATOR.len();
    [&scope[..DATE], &scope[DATE + 1..end - 1], &scope[end..]]
}

/// Day and service of a scope that somebody else wrote.
pub(crate) fn parse(scope: &str) -> Option<(Date, &str)> {
    let (date, rest) = scope.split_once('/')?;
    let service = rest.strip_suffix(TERMINATOR)?.strip_suffix('/')?;
    validate::is_scope_part(service).then_some((Date::parse(date)?, service))
}
