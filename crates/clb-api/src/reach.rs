//! What a source of credentials may use to get them.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde::Serialize;

use crate::{
    ApiError, Clock, CredentialError, Endpoint, Region, ResponseLimit, SetupError,
    dispatch::{Call, Dispatch},
    envelope::RawResponse,
    settings::Service,
    signing::Signing,
    whereabouts::Whereabouts,
};

/// The region that STS is asked in when none is known; the vendor's SDKs ask there always.
const STS_REGION: &str = "ap-guangzhou";

/// Parameters that are as good as a key while they last.
const SECRET_PARAMETERS: [&str; 4] = ["SAMLAssertion", "WebIdentityToken", "TokenCode", "ExternalId"];

/// The client's clock and connections, lent to a [`CredentialSource`](crate::CredentialSource) while it fetches.
#[derive(Clone)]
pub struct Reach {
    pub(crate) dispatch: Arc<Dispatch>,
    pub(crate) whereabouts: Arc<Whereabouts>,
}

impl Reach {
    /// The time by the client's clock, corrected if the service found it off. Seconds since 1970.
    pub fn unix(&self) -> u64 {
        self.dispatch.clock.unix()
    }

    /// Calls STS; `purpose` says in errors what for.
    pub(crate) async fn sts(
        &self,
        purpose: &str,
        action: &str,
        parameters: &(impl Serialize + Sync),
        signing: &Signing,
        region: Option<&Region>,
    ) -> Result<RawResponse, CredentialError> {
        let failed = |error| CredentialError::Service { purpose: purpose.to_owned(), error };
        let parameters = serde_json::to_value(parameters)
            .map_err(|error| CredentialError::unusable(purpose, error.to_string()))?;
        let (region, endpoint) = self.sts_at(region).await.map_err(|error| failed(ApiError::setup(error)))?;
        let call = Call {
            service: Service::Sts,
            action,
            region: &region,
            endpoint: &endpoint,
            body: Bytes::from(parameters.to_string()),
            response_limit: ResponseLimit::SHORT,
        };
        let answer = self.dispatch.call(&call, signing).await;
        let secrets: Vec<_> =
            SECRET_PARAMETERS.iter().filter_map(|name| parameters[*name].as_str()).collect();
        answer.map_err(|error| failed(error.scrubbed(&secrets)))
    }

    async fn sts_at(&self, region: Option<&Region>) -> Result<(Region, Endpoint), SetupError> {
        let region = match region {
            Some(region) => region.clone(),
            None => match self.whereabouts.region().await? {
                Some(region) => region,
                None => Region::parse(STS_REGION)
                    .map_err(|error| SetupError::invalid("region", error.to_string()))?,
            },
        };
        let endpoint = self.whereabouts.endpoint(Service::Sts, &region)?;
        Ok((region, endpoint))
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reach")
    }
}
