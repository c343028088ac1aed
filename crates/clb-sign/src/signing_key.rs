//! The key that signs one service's requests for one day.

use alloc::string::String;
use core::fmt;

use crate::credential::SecretKey;
use crate::scope;
use crate::sha256::HmacKey;
use crate::time::Date;

/// What a secret key becomes for one day (in UTC) and one service. With it a signature takes 7 compressions of SHA-256
/// instead of 21. Shows nothing of itself in `Debug` and is wiped when dropped.
#[derive(Clone)]
pub struct SigningKey {
    date: Date,
    service: String,
    key: HmacKey,
}

impl SigningKey {
    /// Derives the key. `service` is the one of the requests, e.g. `clb`.
    pub fn derive(secret_key: &SecretKey, date: Date, service: &str) -> Self {
        let mut scope = String::new();
        scope::write(&mut scope, date, service);
        Self { date, service: service.into(), key: derive(secret_key, &scope) }
    }

    /// The day that the key is for.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The service that the key is for.
    pub fn service(&self) -> &str {
        &self.service
    }

    pub(crate) fn hmac(&self) -> &HmacKey {
        &self.key
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("date", &self.date)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// The key alone, for one use.
pub(crate) fn derive(secret_key: &SecretKey, scope: &str) -> HmacKey {
    HmacKey::derive(secret_key.prefixed(), scope::parts(scope).map(str::as_bytes))
}
