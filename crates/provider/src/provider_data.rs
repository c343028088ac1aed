//! The configured provider: one client, whose rate limits all requests of the process share.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use clb_api::clb_task::{self, RequestRate, TaskRef, Wait};
use clb_api::{BuildError, Client, ConfigWarning, Environment, Region};
use tfplugin::{Context, Diagnostic, Diagnostics};

use crate::config::{ProviderConfig, Settings};
use crate::wait_options::WaitOptions;

/// What the header `X-TC-RequestClient` tells the service's operators about the sender, unless the variable says otherwise.
const REQUEST_CLIENT: &str = concat!("terraform-provider-clb/", env!("CARGO_PKG_VERSION"));
const REQUEST_CLIENT_VARIABLE: &str = "TENCENTCLOUD_API_REQUEST_CLIENT";

/// A configured provider.
#[derive(Debug)]
pub struct ProviderData {
    client: Client,
    /// The error of the rate that the environment sets.
    invalid_rate: Option<Diagnostics>,
    /// Arguments of the provider block that were unknown when it was configured.
    unknown: Vec<&'static str>,
    /// Summaries of the warnings that were shown.
    shown: Mutex<BTreeSet<String>>,
}

impl ProviderData {
    /// Takes the provider block without network or files: what is wrong or missing is the error of the first request.
    pub(crate) fn new(config: ProviderConfig, environment: &Environment) -> Result<Self, Diagnostics> {
        let Settings { options, requests_per_second, unknown } = config.settings(environment);
        let (rate, invalid_rate) = match requests_per_second {
            Ok(rate) => (rate, None),
            Err(error) => (RequestRate::default(), Some(error)),
        };
        let client = Client::builder()
            .options(options)
            .environment(environment.clone())
            .request_rate(rate)
            .plain_http_advice("set `protocol = \"HTTP\"` in the provider block itself")
            .request_client(environment.get(REQUEST_CLIENT_VARIABLE).unwrap_or(REQUEST_CLIENT.to_owned()))
            .build()
            .map_err(invalid_setting)?;
        Ok(Self { client, invalid_rate, unknown, shown: Mutex::default() })
    }

    /// Starts to wait for a task, or for the report of a single poll.
    pub(crate) fn wait(
        &self,
        task: TaskRef,
        options: &WaitOptions,
        until_completed: bool,
    ) -> Result<Wait, Diagnostics> {
        let wait_options = clb_task::WaitOptions::default()
            .with_policy(options.policy)
            .with_timeout(options.timeout)
            .with_wait_for_completion(until_completed);
        Ok(self.known_client(options.region.clone())?.wait_for_report(task, wait_options))
    }

    /// The client in `region` or the provider's own.
    pub(crate) fn client(&self, region: Option<Region>) -> Client {
        match region {
            Some(region) => self.client.with_region(region),
            None => self.client.clone(),
        }
    }

    /// The client for a request that is sent now, for which the whole provider block must be known.
    pub(crate) fn known_client(&self, region: Option<Region>) -> Result<Client, Diagnostics> {
        let required = |name: &&&str| **name != "region" || region.is_none();
        let unknown: Vec<_> = self.unknown.iter().filter(required).map(|name| format!("`{name}`")).collect();
        if !unknown.is_empty() {
            return Err(not_known_yet(&unknown.join(", ")).into());
        }
        match &self.invalid_rate {
            Some(error) => Err(error.clone()),
            None => Ok(self.client(region)),
        }
    }

    /// Shows what the requests so far have found odd, each once in the process: a clock that had to be corrected, a
    /// setting that is not used, a region that no setting names.
    pub(crate) fn warn<C>(&self, context: &Context<C>) {
        let clock = self.client.clock_correction().map(clock_is_off);
        let settings = self.client.warnings().into_iter().map(|warning| setting(&warning));
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in clock.into_iter().chain(settings) {
            if shown.insert(warning.summary().to_owned()) {
                context.warn(warning);
            }
        }
    }
}

/// Region and host of the client's requests, for diagnostics: ` in ap-guangzhou at clb.tencentcloudapi.com`. Empty if
/// there is no region or endpoint, which is then the error itself.
pub(crate) async fn location(client: &Client) -> String {
    match (client.region().await, client.endpoint().await) {
        (Ok(region), Ok(endpoint)) => format!(" in {region} at {}", endpoint.host()),
        _ => String::new(),
    }
}

fn invalid_setting(error: BuildError) -> Diagnostic {
    match error {
        BuildError::RequestClient(_) => {
            Diagnostic::error(format!("invalid `{REQUEST_CLIENT_VARIABLE}`"), format!("{error}."))
        }
        error => Diagnostic::error("invalid provider configuration", format!("{error}.")),
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

fn setting(warning: &ConfigWarning) -> Diagnostic {
    match warning {
        ConfigWarning::UnusedCredentials { setting, used } => Diagnostic::warning(
            format!("{setting} is not used"),
            format!("The credentials are those of {used}, which take precedence. Remove one of the two."),
        ),
        ConfigWarning::DefaultProfileRegion { region, file } => Diagnostic::warning(
            format!("region `{region}` is from TCCLI's default profile"),
            format!(
                "Requests go to the region in {}. TCCLI writes a region into its default profile when it starts for the first \
                 time. Set `region` in the provider block or `TENCENTCLOUD_REGION` to choose one.",
                file.display()
            ),
        ),
        other => Diagnostic::warning("provider configuration", format!("{other}.")),
    }
}
