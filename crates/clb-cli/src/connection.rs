//! The client that the options describe.

use std::time::Duration;

use clap::CommandFactory;
use clb_api::{
    Client, OptionNames, Options,
    clb_task::{PollPolicy, WaitOptions},
};

use crate::{
    arguments::{Cli, Connection, Timing},
    exit::Failure,
    role,
};

/// Name and version in the header `X-TC-RequestClient`.
const REQUEST_CLIENT: &str = concat!("clb/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(20 * 60);

impl Connection {
    /// The client. Nothing is sent, and of files only those are read that options name for secrets.
    pub(crate) fn client(self) -> Result<Client, Failure> {
        let mut builder = Client::builder().request_client(REQUEST_CLIENT);
        if let Some(rate) = self.requests_per_second {
            builder = builder.request_rate(rate);
        }
        let client = builder.plain_http_advice("give `--protocol HTTP`").options(self.options()?).build();
        client.map_err(|error| Failure::usage(error.to_string()))
    }

    fn options(self) -> Result<Options, Failure> {
        let mut options = Options {
            region: self.region,
            profile: self.profile,
            shared_credentials_dir: self.shared_credentials_dir,
            cam_role_name: self.cam_role_name,
            domain: self.domain,
            protocol: self.protocol,
            endpoint: self.endpoint,
            sts_endpoint: self.sts_endpoint,
            ca_file: self.ca_file,
            request_timeout: self.request_timeout,
            names: OptionNames::of(option_name),
            ..Options::default()
        };
        self.role.set(&mut options)?;
        Ok(options)
    }
}

/// What the command calls an option of the client, if it has it.
fn option_name(option: &str) -> Option<String> {
    let name = role::option_name(option).map_or_else(|| option.replace('_', "-"), str::to_owned);
    let command = Cli::command();
    let is_offered = command.get_arguments().any(|argument| argument.get_long() == Some(&name));
    is_offered.then(|| format!("--{name}"))
}

impl Timing {
    /// How to wait.
    pub(crate) fn options(&self) -> Result<WaitOptions, Failure> {
        let options = WaitOptions::default().with_timeout(self.timeout.unwrap_or(TIMEOUT));
        let Some(interval) = self.interval else { return Ok(options) };
        let policy =
            PollPolicy::fixed(interval).map_err(|error| Failure::usage(format!("--interval: {error}")))?;
        Ok(options.with_policy(policy))
    }
}
