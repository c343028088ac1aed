//! The credential cache: fetches once for all who wait, renews before expiry.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use clb_sign::SecurityToken;
use tokio::sync::Mutex as AsyncMutex;
use tracing::{debug, warn};

use super::{CredentialContext, CredentialError, Credentials, CredentialsProvider};
use crate::{ApiError, SetupError, error_chain::chain, signing::Signing};

/// Caches what one provider gives, for programs that sign something else than a [`Client`](crate::Client)'s calls. Cheap to
/// clone; clones share the credentials.
///
/// Credentials are fetched once for all callers that wait, and renewed in the background before they expire: 300 s
/// before, or at half of a shorter lifetime. It needs a Tokio runtime.
#[derive(Clone)]
pub struct CredentialCache(Arc<Inner>);

/// Credentials with the signer that belongs to them, so that id, key and token are always used together.
#[derive(Debug)]
pub(crate) struct CachedCredentials {
    pub(crate) credentials: Credentials,
    fetched_at: u64,
    pub(crate) signing: Signing,
}

struct Inner {
    provider: Arc<dyn CredentialsProvider>,
    context: CredentialContext,
    state: Mutex<State>,
    /// Held by the one fetch that is under way.
    fetching: AsyncMutex<()>,
}

#[derive(Default)]
struct State {
    cached: Option<Arc<CachedCredentials>>,
    /// How many fetches have finished, and how the last one failed.
    fetches: u64,
    failure: Option<CredentialError>,
    failed_at: u64,
}

/// What to do about the cached credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freshness {
    /// Use them.
    Fresh,
    /// Use them, and renew them in the background.
    Renewable,
    /// There are none, or they have expired.
    Expired,
}

/// Credentials are renewed this long before they expire, as the vendor's SDKs do for an instance role.
const RENEWAL_SECONDS: u64 = 300;

/// After a failed renewal the cached credentials are used for this long before the next attempt.
const RETRY_SECONDS: u64 = 10;

/// Credentials that have expired when they are fetched are used for this long: the clock may be off, as the service will
/// say, and to fetch for every call would not help.
const REFETCH_SECONDS: u64 = 60;

impl CredentialCache {
    /// Fetches from `provider` when credentials are needed.
    pub fn new(provider: impl CredentialsProvider + 'static, context: CredentialContext) -> Self {
        let (state, fetching) = (Mutex::default(), AsyncMutex::new(()));
        Self(Arc::new(Inner { provider: Arc::new(provider), context, state, fetching }))
    }

    /// Credentials that have not expired.
    pub async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Ok(self.fresh().await?.credentials.clone())
    }

    /// The same for a call.
    pub(crate) async fn current(&self) -> Result<Arc<CachedCredentials>, ApiError> {
        self.fresh().await.map_err(into_api_error)
    }

    async fn fresh(&self) -> Result<Arc<CachedCredentials>, CredentialError> {
        let (cached, fetches, freshness) = self.0.cached();
        match (cached, freshness) {
            (Some(cached), Freshness::Fresh) => Ok(cached),
            (Some(cached), Freshness::Renewable) => {
                if self.0.fetching.try_lock().is_ok() {
                    drop(tokio::spawn(self.clone().fetch_unless_done(fetches)));
                }
                Ok(cached)
            }
            _ => self.fetch(fetches).await,
        }
    }

    /// Other credentials than `rejected`, or `None` if the provider has no others.
    pub(crate) async fn replacement(
        &self,
        rejected: &CachedCredentials,
    ) -> Result<Option<Arc<CachedCredentials>>, ApiError> {
        let (cached, fetches, _) = self.0.cached();
        let cached = match cached {
            Some(cached) if !cached.is_same(rejected) => cached,
            _ => self.fetch(fetches).await.map_err(into_api_error)?,
        };
        Ok(Some(cached).filter(|cached| !cached.is_same(rejected)))
    }

    /// Fetches in a task of its own, so that a caller who is dropped does not cancel what others wait for.
    async fn fetch(&self, seen: u64) -> Result<Arc<CachedCredentials>, CredentialError> {
        let fetched = tokio::spawn(self.clone().fetch_unless_done(seen)).await;
        fetched.unwrap_or_else(|_| Err(interrupted()))
    }

    /// Fetches, unless a fetch has finished since `seen`: then its outcome is used.
    async fn fetch_unless_done(self, seen: u64) -> Result<Arc<CachedCredentials>, CredentialError> {
        let _fetching = self.0.fetching.lock().await;
        if let Some(outcome) = self.0.outcome_since(seen) {
            return outcome;
        }
        let outcome = self.0.provider.credentials(&self.0.context).await;
        self.0.store(outcome)
    }
}

impl fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialCache")
    }
}

impl CachedCredentials {
    fn new(credentials: Credentials, fetched_at: u64) -> Self {
        let signing = Signing::with(credentials.credential().clone());
        Self { credentials, fetched_at, signing }
    }

    fn freshness(&self, now: u64) -> Freshness {
        let Some(expires_at) = self.credentials.expires_at() else { return Freshness::Fresh };
        let lifetime = expires_at.saturating_sub(self.fetched_at);
        if lifetime == 0 && now < self.fetched_at.saturating_add(REFETCH_SECONDS) {
            return Freshness::Fresh;
        }
        match expires_at.saturating_sub(now) {
            0 => Freshness::Expired,
            left if left <= RENEWAL_SECONDS.min(lifetime / 2) => Freshness::Renewable,
            _ => Freshness::Fresh,
        }
    }

    /// Compares id and token; a key changes only together with its id.
    fn is_same(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }

    fn identity(&self) -> (&str, Option<&str>) {
        let credential = self.credentials.credential();
        (credential.secret_id().as_str(), credential.token().map(SecurityToken::as_str))
    }
}

impl Inner {
    fn cached(&self) -> (Option<Arc<CachedCredentials>>, u64, Freshness) {
        let now = self.context.unix();
        let state = self.state();
        let freshness = state.cached.as_ref().map_or(Freshness::Expired, |cached| cached.freshness(now));
        let freshness = match freshness {
            Freshness::Renewable if now < state.failed_at.saturating_add(RETRY_SECONDS) => Freshness::Fresh,
            freshness => freshness,
        };
        (state.cached.clone(), state.fetches, freshness)
    }

    fn outcome_since(&self, seen: u64) -> Option<Result<Arc<CachedCredentials>, CredentialError>> {
        let state = self.state();
        if state.fetches == seen {
            return None;
        }
        state.failure.clone().map(Err).or_else(|| state.cached.clone().map(Ok))
    }

    fn store(
        &self,
        outcome: Result<Credentials, CredentialError>,
    ) -> Result<Arc<CachedCredentials>, CredentialError> {
        let now = self.context.unix();
        let mut state = self.state();
        state.fetches += 1;
        match outcome {
            Ok(credentials) => {
                debug!(expires_at = credentials.expires_at(), "credentials fetched");
                state.failure = None;
                state.failed_at = 0;
                Ok(state.cached.insert(Arc::new(CachedCredentials::new(credentials, now))).clone())
            }
            Err(error) => {
                warn!(error = chain(&error), "credentials not fetched");
                state.failure = Some(error.clone());
                state.failed_at = now;
                Err(error)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A failure of the service that issues credentials keeps its class, so that a wait outlives a transient one.
fn into_api_error(error: CredentialError) -> ApiError {
    match &error {
        CredentialError::Service { purpose, error } => error.as_prerequisite(purpose),
        _ => ApiError::setup(SetupError::Credentials(error)),
    }
}

fn interrupted() -> CredentialError {
    CredentialError::unusable("credentials", "fetching them was interrupted")
}
