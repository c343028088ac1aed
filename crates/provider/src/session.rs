//! What a configured provider asks with: one client and one watcher, whose budget all questions of the process share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clb_api::clb_task::{Task, Wait, Watcher, WatcherOptions};
use clb_api::{Client, Environment, Region};
use tfplugin::{Context, Diagnostic, Diagnostics};

use crate::config::{ProviderConfig, Settings};
use crate::terms::Terms;

/// Name and version in `X-TC-RequestClient`, by which the service's operators know us.
const REQUEST_CLIENT: &str = concat!("terraform-provider-clb/", env!("CARGO_PKG_VERSION"));

/// A configured provider.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    watcher: Result<Watcher, Diagnostics>,
    /// Arguments of the provider block that were not known when it was configured.
    unknown: Vec<&'static str>,
    warned_of_clock: AtomicBool,
}

impl Session {
    /// Takes the provider block, without network or files: whatever is wrong or missing is the error of the first call.
    pub(crate) fn new(config: ProviderConfig, environment: &Environment) -> Result<Self, Diagnostics> {
        let Settings { options, requests_per_second, unknown } = config.settings(environment);
        let request_timeout = options.request_timeout.unwrap_or(clb_api::REQUEST_TIMEOUT);
        let builder = Client::builder().options(options).environment(environment.clone());
        let client = builder.request_client(REQUEST_CLIENT).build()?;
        let watcher = requests_per_second
            .map(|requests_per_second| Watcher::new(WatcherOptions { requests_per_second, request_timeout }));
        Ok(Self { client, watcher, unknown, warned_of_clock: AtomicBool::new(false) })
    }

    /// Begins to wait for a task, or for the first answer about it.
    pub(crate) fn wait(&self, task: Task, terms: &Terms, until_ended: bool) -> Result<Wait, Diagnostics> {
        let watcher = self.watcher.as_ref().map_err(Clone::clone)?;
        let wait = watcher.watch(self.client(terms.region.clone())?, task, terms.policy, terms.timeout);
        Ok(if until_ended { wait } else { wait.until_answered() })
    }

    /// Whom to ask, in `region` or the provider's own.
    fn client(&self, region: Option<Region>) -> Result<Arc<Client>, Diagnostics> {
        let needed = |name: &&&str| **name != "region" || region.is_none();
        let unknown: Vec<_> = self.unknown.iter().filter(needed).map(|name| format!("`{name}`")).collect();
        if !unknown.is_empty() {
            return Err(not_known_yet(&unknown.join(", ")).into());
        }
        Ok(Arc::new(match region {
            Some(region) => self.client.with_region(region),
            None => self.client.clone(),
        }))
    }

    /// Says once in the process if this machine's clock had to be corrected.
    pub(crate) fn warn_of_clock(&self, context: &Context) {
        if let Some(ahead) = self.client.clock_correction()
            && !self.warned_of_clock.swap(true, Ordering::Relaxed)
        {
            context.warn(clock_is_off(ahead));
        }
    }
}

fn not_known_yet(arguments: &str) -> Diagnostic {
    Diagnostic::error(
        "provider configuration is not known yet",
        format!(
            "The service must be asked now, but of the provider block these are only known after apply: {arguments}. Use \
             values that are known while planning, or let the gate depend on what they depend on, so that it is read later."
        ),
    )
}

fn clock_is_off(ahead: i64) -> Diagnostic {
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let seconds = ahead.unsigned_abs();
    Diagnostic::warning(
        "clock of this machine is off",
        format!(
            "It is {seconds} s {direction} the service's, which refuses requests that are more than 300 s off. The difference \
             was measured from the service's answer and corrected for this run; set the clock."
        ),
    )
}
