//! The metadata of the instance that a client may run on.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use crate::answer::Answer;
use crate::session::{Session, Sessions};

/// Where instance metadata is looked up.
pub(crate) const ROOT: &str = "/latest/meta-data/";

const ROLES: &str = "/latest/meta-data/cam/security-credentials/";

/// How long an instance's keys live; the vendor does not document it.
const LIFETIME: Duration = Duration::from_secs(7200);

/// Answers a look at the metadata of an instance that has this role, or none.
pub(crate) fn answer(path: &str, role: Option<&str>, sessions: Sessions<'_>) -> Answer {
    match (path.strip_prefix(ROLES), role) {
        (Some(""), Some(role)) => Answer::http(StatusCode::OK, "text/plain", role.to_owned()),
        (Some(asked), Some(role)) if asked == role => keys(&sessions.open(LIFETIME, Some(role))),
        _ => Answer::page(StatusCode::NOT_FOUND),
    }
}

fn keys(session: &Session) -> Answer {
    let keys = json!({
        "TmpSecretId": session.key.secret_id,
        "TmpSecretKey": session.key.secret_key,
        "Token": session.key.token,
        "ExpiredTime": session.expires_unix,
        "Expiration": session.expiration(),
        "Code": "Success",
    });
    Answer::http(StatusCode::OK, "application/json", keys.to_string())
}
