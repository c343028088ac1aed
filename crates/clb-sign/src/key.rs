//! The key that signs one service's requests for one day.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use crate::credential::SecretKey;
use crate::sha256::{Digest, HmacKey};
use crate::time::Date;

/// The last part of every scope.
pub(crate) const TERMINATOR: &str = "tc3_request";

/// What a secret key becomes for one day (in UTC) and one service: 12 of the 21 compressions of a signature, and two more
/// since the HMAC's states are kept. Shows nothing in `Debug` and is wiped when dropped.
#[derive(Clone)]
pub struct DayKey {
    date: Date,
    service: String,
    key: HmacKey,
}

impl DayKey {
    /// Derives the key. `service` is the one of the requests, e.g. `clb`.
    pub fn derive(secret_key: &SecretKey, date: Date, service: &str) -> Self {
        Self { date, service: service.into(), key: derive(secret_key, date, service) }
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

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayKey")
            .field("date", &self.date)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

pub(crate) fn derive(secret_key: &SecretKey, date: Date, service: &str) -> HmacKey {
    let by_date = step(secret_key.prefixed(), date.text().as_str().as_bytes());
    let by_service = step(&*by_date, service.as_bytes());
    HmacKey::new(&*step(&*by_service, TERMINATOR.as_bytes()))
}

fn step(key: &[u8], message: &[u8]) -> Zeroizing<Digest> {
    Zeroizing::new(HmacKey::new(key).mac(message))
}
