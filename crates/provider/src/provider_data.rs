//! The configured provider: one client, and one waiter whose rate limit all polls of the process share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clb_api::clb_task::{self, TaskRef, Wait, Waiter, WaiterOptions};
use clb_api::{Client, Environment, Region};
use tfplugin::{Context, Diagnostic, Diagnostics};

use crate::config::{ProviderConfig, Settings};
use crate::wait_options::WaitOptions;

/// Name and version in the header `X-TC-RequestClient`, which tells the service's operators where a request comes from.
const REQUEST_CLIENT: &str = concat!("terraform-provider-clb/", env!("CARGO_PKG_VERSION"));

/// A configured provider.
#[derive(Debug)]
pub(crate) struct ProviderData {
    client: Client,
    waiter: Result<Waiter, Diagnostics>,
    /// Arguments of the provider block that were unknown when it was configured.
    unknown: Vec<&'static str>,
    warned_of_clock: AtomicBool,
}

impl ProviderData {
    /// Takes the provider block without network or files: what is wrong or missing is the error of the first request.
    pub(crate) fn new(config: ProviderConfig, environment: &Environment) -> Result<Self, Diagnostics> {
        let Settings { options, requests_per_second, unknown } = config.settings(environment);
        let request_timeout = options.request_timeout.unwrap_or(clb_api::REQUEST_TIMEOUT);
        let builder = Client::builder().options(options).environment(environment.clone());
        let client = builder.request_client(REQUEST_CLIENT).build()?;
        let waiter = requests_per_second
            .map(|requests_per_second| Waiter::new(WaiterOptions { requests_per_second, request_timeout }));
        Ok(Self { client, waiter, unknown, warned_of_clock: AtomicBool::new(false) })
    }

    /// Starts to wait for a task, or for the report of a single poll.
    pub(crate) fn wait(
        &self,
        task: TaskRef,
        options: &WaitOptions,
        until_completed: bool,
    ) -> Result<Wait, Diagnostics> {
        let waiter = self.waiter.as_ref().map_err(Clone::clone)?;
        let wait_options = clb_task::WaitOptions::default()
            .with_policy(options.policy)
            .with_timeout(options.timeout)
            .with_wait_for_completion(until_completed);
        Ok(waiter.wait(self.client(options.region.clone())?, task, wait_options))
    }

    /// The client in `region` or the provider's own.
    fn client(&self, region: Option<Region>) -> Result<Arc<Client>, Diagnostics> {
        let required = |name: &&&str| **name != "region" || region.is_none();
        let unknown: Vec<_> = self.unknown.iter().filter(required).map(|name| format!("`{name}`")).collect();
        if !unknown.is_empty() {
            return Err(not_known_yet(&unknown.join(", ")).into());
        }
        Ok(Arc::new(match region {
            Some(region) => self.client.with_region(region),
            None => self.client.clone(),
        }))
    }

    /// Warns once in the process if this machine's clock had to be corrected.
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
            "A request has to be sent now, but these arguments of the provider block are known only after apply: {arguments}. \
             Use values that are known during plan, or add what they depend on to `depends_on`, so that Terraform reads later."
        ),
    )
}

fn clock_is_off(ahead: i64) -> Diagnostic {
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let seconds = ahead.unsigned_abs();
    Diagnostic::warning(
        "clock of this machine is off",
        format!(
            "It is {seconds} s {direction} the clock of the service, which rejects requests that are more than 300 s off. The \
             provider corrects the difference for this run; set the clock of this machine."
        ),
    )
}
