//! What a credentials provider may use to fetch.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde::Serialize;

use crate::{
    ApiError, Clock, CredentialError, Endpoint, Region, ResponseLimit, SetupError,
    dispatch::{Call, Dispatch},
    endpoint_resolver::EndpointResolver,
    envelope::RawResponse,
    redact::Secrets,
    service::Service,
    signing::Signing,
};

/// The region of STS calls when none is known; the vendor's SDKs always use it.
const STS_REGION: &str = "ap-guangzhou";

/// Parameters that are as good as a key while they last.
const SECRET_PARAMETERS: [&str; 4] = ["SAMLAssertion", "WebIdentityToken", "TokenCode", "ExternalId"];

/// The client's clock and connections, lent to a [`CredentialsProvider`](crate::CredentialsProvider) while it fetches.
#[derive(Clone)]
pub struct CredentialContext {
    pub(crate) dispatch: Arc<Dispatch>,
    pub(crate) endpoints: Arc<EndpointResolver>,
}

impl CredentialContext {
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
            service: &Service::sts(),
            action,
            region: &region,
            endpoint: &endpoint,
            body: Bytes::from(parameters.to_string()),
            response_limit: ResponseLimit::SHORT,
            secrets: Secrets::new(SECRET_PARAMETERS.iter().filter_map(|name| parameters[*name].as_str())),
        };
        self.dispatch.call(&call, signing).await.map_err(failed)
    }

    async fn sts_at(&self, region: Option<&Region>) -> Result<(Region, Endpoint), SetupError> {
        let region = match region {
            Some(region) => region.clone(),
            None => match self.endpoints.region().await? {
                Some(region) => region,
                None => Region::parse(STS_REGION)
                    .map_err(|error| SetupError::invalid("region", error.to_string()))?,
            },
        };
        let endpoint = self.endpoints.endpoint(&Service::sts(), &region)?;
        Ok((region, endpoint))
    }
}

impl fmt::Debug for CredentialContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialContext").finish_non_exhaustive()
    }
}
