//! The metadata of the instance that a client may run on.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use crate::response::ApiResponse;
use crate::temporary_key::{TemporaryKey, TemporaryKeys};

/// Path prefix of instance metadata.
pub(crate) const ROOT: &str = "/latest/meta-data/";

const ROLES: &str = "/latest/meta-data/cam/security-credentials/";

/// Lifetime of the keys of an instance role; the vendor does not document it.
const LIFETIME: Duration = Duration::from_secs(7200);

/// Responds to a metadata request of an instance that has this role, or none.
pub(crate) fn respond(path: &str, role: Option<&str>, keys: TemporaryKeys<'_>) -> ApiResponse {
    match (path.strip_prefix(ROLES), role) {
        (Some(""), Some(role)) => ApiResponse::http(StatusCode::OK, "text/plain", role.to_owned()),
        (Some(name), Some(role)) if name == role => credentials(&keys.create(LIFETIME, Some(role))),
        _ => ApiResponse::page(StatusCode::NOT_FOUND),
    }
}

fn credentials(temporary: &TemporaryKey) -> ApiResponse {
    let body = json!({
        "TmpSecretId": temporary.key.secret_id,
        "TmpSecretKey": temporary.key.secret_key,
        "Token": temporary.key.token,
        "ExpiredTime": temporary.expires_unix,
        "Expiration": temporary.expiration(),
        "Code": "Success",
    });
    ApiResponse::http(StatusCode::OK, "application/json", body.to_string())
}
