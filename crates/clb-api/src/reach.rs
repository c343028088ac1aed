//! What a source of credentials may use to get them.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde::Serialize;

use crate::{
    ApiError, Clock, CredentialError, Region,
    envelope::Accepted,
    settings::{Service, Settings},
    signing::Signing,
    wire::{Call, Wire},
};

/// The region that STS is asked in when none is known; the vendor's SDKs ask there always.
const STS_REGION: &str = "ap-guangzhou";

/// The client's clock and connections, lent to a [`CredentialSource`](crate::CredentialSource) while it fetches.
#[derive(Clone)]
pub struct Reach {
    pub(crate) wire: Arc<Wire>,
    pub(crate) settings: Settings,
}

impl Reach {
    /// The time by the client's clock, corrected if the service found it off. Seconds since 1970.
    pub fn unix(&self) -> u64 {
        self.wire.clock.unix()
    }

    /// Calls STS; `purpose` says in errors what for.
    pub(crate) async fn sts(
        &self,
        purpose: &str,
        action: &str,
        parameters: &(impl Serialize + Sync),
        signing: &Signing,
        region: Option<&Region>,
    ) -> Result<Accepted, CredentialError> {
        let failed = |error| CredentialError::Service { purpose: purpose.to_owned(), error };
        let body = serde_json::to_vec(parameters)
            .map_err(|error| CredentialError::unusable(purpose, error.to_string()))?;
        let region =
            region.or(self.settings.region.as_ref()).cloned().map_or_else(|| Region::parse(STS_REGION), Ok);
        let region = region.map_err(|error| CredentialError::unusable(purpose, error.to_string()))?;
        let endpoint =
            self.settings.endpoint(Service::Sts, &region).map_err(|error| failed(ApiError::setup(error)))?;
        let call = Call {
            service: Service::Sts,
            action,
            region: &region,
            endpoint: &endpoint,
            body: Bytes::from(body),
        };
        self.wire.call(&call, signing).await.map_err(failed)
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reach")
    }
}
