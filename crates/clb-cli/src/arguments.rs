//! The command line.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts, shown as they are")]

use std::{fmt::Display, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clb_api::{Endpoint, Region, clb_task::RequestRate};

use crate::{duration, role::RoleArguments, sign::SignArguments, snippet::Language};

const EXIT_CODES: &str = "Exit codes: 0 succeeded, 1 a task failed, 2 wrong usage, 3 still running at the timeout, 4 could not poll (credentials, \
     network, rejected), 130 interrupted. With several tasks, the first of 1, 4 and 3 that applies to one of them.\n\n\
     Credentials, region and endpoints come from the options, the TENCENTCLOUD_* variables of the official Terraform provider, and TCCLI's \
     profiles, in this order. Keys are given by variables or files only.";

/// Waits for tasks of the Tencent Cloud load balancer (CLB), and makes the calls that start them.
#[derive(Debug, Parser)]
#[command(name = "clb", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Form of the result on standard output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: Form,
    /// A line of JSON for each event, and the result as the last line; implies `--output json`
    #[arg(long, global = true)]
    pub(crate) events: bool,
    /// No progress on standard error
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Poll tasks once and print their states
    Status(TaskArguments),
    /// Wait until tasks complete
    Wait(TaskArguments),
    /// Make a call, and wait for its task
    Call(CallArguments),
    /// Show every stage of a request's signature, offline
    Sign(Box<SignArguments>),
    /// List the actions of the API and what each starts
    Actions {
        /// Part of the name, in any case
        pattern: Option<String>,
    },
    /// Show the health of a load balancer's targets, or wait until they are healthy
    Health(HealthArguments),
    /// Start a simulator of the API on this machine
    Simulate(Box<clb_sim::Arguments>),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of the command or of a subcommand, or write them all
    Man {
        /// The subcommand, such as status
        subcommand: Option<String>,
        /// Write a page for each: clb.1, clb-status.1, and so on
        #[arg(long, value_name = "DIR", conflicts_with = "subcommand")]
        dir: Option<PathBuf>,
    },
}

/// Where requests go, and who sends them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Region, such as ap-guangzhou [env: TENCENTCLOUD_REGION]
    #[arg(long, global = true, value_parser = checked(Region::parse))]
    pub(crate) region: Option<String>,
    /// Profile of TCCLI [env: TENCENTCLOUD_PROFILE]
    #[arg(long, global = true)]
    pub(crate) profile: Option<String>,
    /// Folder of TCCLI's profiles [env: TENCENTCLOUD_SHARED_CREDENTIALS_DIR]
    #[arg(long, global = true, value_name = "DIR", hide_short_help = true)]
    pub(crate) shared_credentials_dir: Option<String>,
    /// Role of the machine (CVM) that this runs on [env: TENCENTCLOUD_CAM_ROLE_NAME]
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub(crate) cam_role_name: Option<String>,
    /// Root domain, such as intl.tencentcloudapi.com [env: TENCENTCLOUD_DOMAIN]
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) domain: Option<String>,
    /// HTTPS or HTTP [env: TENCENTCLOUD_PROTOCOL]
    #[arg(long, global = true, hide_short_help = true, ignore_case = true, value_parser = ["HTTPS", "HTTP"])]
    pub(crate) protocol: Option<String>,
    /// URL of the API, such as a simulator's [env: TENCENTCLOUD_CLB_ENDPOINT]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true, value_parser = checked(Endpoint::parse))]
    pub(crate) endpoint: Option<String>,
    /// URL of the token service STS [env: TENCENTCLOUD_STS_ENDPOINT]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true, value_parser = checked(Endpoint::parse))]
    pub(crate) sts_endpoint: Option<String>,
    /// Certificates to trust besides the system's, PEM [env: TENCENTCLOUD_CA_FILE]
    // An id of its own: the simulator has a `ca_file`, too.
    #[arg(
        id = "trusted_ca_file",
        long = "ca-file",
        global = true,
        value_name = "FILE",
        hide_short_help = true
    )]
    pub(crate) ca_file: Option<String>,
    /// Polls a second that the service allows, 0.1 to 1000 [env: TENCENTCLOUD_CLB_REQUESTS_PER_SECOND] [default: 20]
    #[arg(long, global = true, value_name = "NUMBER", hide_short_help = true, value_parser = request_rate)]
    pub(crate) requests_per_second: Option<RequestRate>,
    /// The longest that one request may take [default: 10s]
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse, hide_short_help = true)]
    pub(crate) request_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) role: RoleArguments,
}

/// A parser of options that the client is given as text: what it would reject is wrong usage.
fn checked<T: 'static, E: Display + 'static>(
    parse: fn(&str) -> Result<T, E>,
) -> impl Fn(&str) -> Result<String, String> + Clone + Send + Sync + 'static {
    move |text| parse(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn request_rate(text: &str) -> Result<RequestRate, String> {
    let rate = text.parse().map_err(|_| "a request rate is a number".to_owned())?;
    RequestRate::new(rate).map_err(|error| error.to_string())
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct TaskArguments {
    /// Task ids: the `RequestId` of the calls. `-` reads them from standard input
    #[arg(value_name = "ID", required_unless_present_any = ["file", "deal_name"])]
    pub(crate) ids: Vec<String>,
    /// Order names of prepaid calls
    #[arg(long, value_name = "NAME")]
    pub(crate) deal_name: Vec<String>,
    /// File of ids, one a line, or of JSON responses of the API or TCCLI; `-` is standard input
    #[arg(long, short)]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) timing: Timing,
}

#[derive(Debug, Args)]
pub(crate) struct Timing {
    /// For how long to wait; `status` retries transient errors for 30s [default: 20m]
    #[arg(long, short, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) timeout: Option<Duration>,
    /// Poll at this fixed interval, at least 500ms, instead of adaptively
    #[arg(long, short, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) interval: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct CallArguments {
    /// The action, such as CreateListener
    pub(crate) action: String,
    /// The parameters as a JSON object, `@FILE`, or `-` for standard input
    #[arg(long, short, value_name = "JSON", default_value = "{}")]
    pub(crate) parameters: String,
    /// Wait until the task completes
    #[arg(long, short)]
    pub(crate) wait: bool,
    /// Send nothing: print the same call in another language
    #[arg(long = "as", value_enum, value_name = "LANGUAGE")]
    pub(crate) language: Option<Language>,
    #[command(flatten)]
    pub(crate) timing: Timing,
}

#[derive(Debug, Args)]
pub(crate) struct HealthArguments {
    /// The load balancer, such as lb-1a2b3c4d
    pub(crate) load_balancer_id: String,
    /// Only these listeners
    #[arg(long = "listener", value_name = "ID")]
    pub(crate) listener_ids: Vec<String>,
    /// Wait until the targets are healthy
    #[arg(long, short)]
    pub(crate) wait: bool,
    /// How many healthy targets are enough [default: all]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) minimum_healthy: Option<usize>,
    /// For how long to wait [default: 20m]
    #[arg(long, short, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) timeout: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
