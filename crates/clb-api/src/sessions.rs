//! The session in use: fetched once for all who wait, renewed before it expires.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clb_sign::SecurityToken;
use tokio::sync::Mutex as Turn;
use tracing::{debug, warn};

use crate::{
    ApiError, CredentialError, CredentialSource, SetupError, credentials::Session, reach::Reach,
    signing::Signing,
};

/// Sessions of one source. Cheap to clone; clones share the session.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Inner>);

/// A session with the signer that belongs to it, so that id, key and token are always taken together.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) session: Session,
    fetched_at: u64,
    pub(crate) signing: Signing,
}

struct Inner {
    source: Arc<dyn CredentialSource>,
    reach: Reach,
    state: Mutex<State>,
    turn: Turn<()>,
}

#[derive(Default)]
struct State {
    held: Option<Arc<Held>>,
    /// How many fetches have ended, and how the last one did.
    fetches: u64,
    failure: Option<CredentialError>,
    failed_at: u64,
}

/// What to do about the session at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Nothing: it lasts.
    Nothing,
    /// Renew it while it still serves.
    Renewal,
    /// Wait for another one.
    Another,
}

/// A session is renewed this long before it expires, as the vendor's SDKs do for an instance's role.
const RENEWAL_SECONDS: u64 = 300;

/// After a renewal that failed, the old session goes on for this long before the next try.
const PAUSE_SECONDS: u64 = 10;

impl Sessions {
    pub(crate) fn new(source: Arc<dyn CredentialSource>, reach: Reach) -> Self {
        Self(Arc::new(Inner { source, reach, state: Mutex::default(), turn: Turn::new(()) }))
    }

    /// A session that serves now.
    pub(crate) async fn current(&self) -> Result<Arc<Held>, ApiError> {
        let (held, fetches, need) = self.0.look();
        match (held, need) {
            (Some(held), Need::Nothing) => Ok(held),
            (Some(held), Need::Renewal) => {
                if self.0.turn.try_lock().is_ok() {
                    drop(tokio::spawn(self.clone().fetched(fetches)));
                }
                Ok(held)
            }
            _ => self.fetch(fetches).await,
        }
    }

    /// Another session than `refused`, or `None` if the source has no other.
    pub(crate) async fn fresher(&self, refused: &Held) -> Result<Option<Arc<Held>>, ApiError> {
        let (held, fetches, _) = self.0.look();
        let held = match held {
            Some(held) if !held.is_same(refused) => held,
            _ => self.fetch(fetches).await?,
        };
        Ok(Some(held).filter(|held| !held.is_same(refused)))
    }

    /// Fetches in a task of its own: a caller that goes away does not stop what others wait for.
    async fn fetch(&self, seen: u64) -> Result<Arc<Held>, ApiError> {
        let fetched = tokio::spawn(self.clone().fetched(seen)).await;
        fetched.unwrap_or_else(|_| Err(broken())).map_err(into_api_error)
    }

    /// Fetches unless somebody else has done so since `seen`: then theirs is the outcome.
    async fn fetched(self, seen: u64) -> Result<Arc<Held>, CredentialError> {
        let _turn = self.0.turn.lock().await;
        if let Some(outcome) = self.0.outcome_since(seen) {
            return outcome;
        }
        let outcome = self.0.source.session(&self.0.reach).await;
        self.0.keep(outcome)
    }
}

impl Held {
    fn new(session: Session, fetched_at: u64) -> Self {
        let signing = Signing::with(session.credential().clone());
        Self { session, fetched_at, signing }
    }

    fn need(&self, now: u64) -> Need {
        let Some(expires_at) = self.session.expires_at() else { return Need::Nothing };
        let lifetime = expires_at.saturating_sub(self.fetched_at);
        match expires_at.saturating_sub(now) {
            0 => Need::Another,
            left if left <= RENEWAL_SECONDS.min(lifetime / 2) => Need::Renewal,
            _ => Need::Nothing,
        }
    }

    /// Sessions are told apart by id and token; a key changes only together with its id.
    fn is_same(&self, other: &Self) -> bool {
        self.names() == other.names()
    }

    fn names(&self) -> (&str, Option<&str>) {
        let credential = self.session.credential();
        (credential.secret_id().as_str(), credential.token().map(SecurityToken::as_str))
    }
}

impl Inner {
    fn look(&self) -> (Option<Arc<Held>>, u64, Need) {
        let now = self.reach.unix();
        let state = self.state();
        let need = match state.held.as_ref().map_or(Need::Another, |held| held.need(now)) {
            Need::Renewal if now < state.failed_at.saturating_add(PAUSE_SECONDS) => Need::Nothing,
            need => need,
        };
        (state.held.clone(), state.fetches, need)
    }

    fn outcome_since(&self, seen: u64) -> Option<Result<Arc<Held>, CredentialError>> {
        let state = self.state();
        if state.fetches == seen {
            return None;
        }
        state.failure.clone().map(Err).or_else(|| state.held.clone().map(Ok))
    }

    fn keep(&self, outcome: Result<Session, CredentialError>) -> Result<Arc<Held>, CredentialError> {
        let now = self.reach.unix();
        let mut state = self.state();
        state.fetches += 1;
        match outcome {
            Ok(session) => {
                debug!(expires_at = session.expires_at(), "credentials fetched");
                state.failure = None;
                state.failed_at = 0;
                Ok(state.held.insert(Arc::new(Held::new(session, now))).clone())
            }
            Err(error) => {
                warn!(%error, "credentials not fetched");
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

/// The trouble of a service that gives out credentials keeps its class, so that a wait outlives it.
fn into_api_error(error: CredentialError) -> ApiError {
    match &error {
        CredentialError::Service { purpose, error } => error.as_prerequisite(purpose),
        _ => ApiError::setup(SetupError::Credentials(error)),
    }
}

fn broken() -> CredentialError {
    CredentialError::unusable("credentials", "fetching them was broken off")
}
