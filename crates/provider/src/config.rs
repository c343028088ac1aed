//! The provider block: its schema, its checks, and the options of the API client that result from it.

use clb_api::clb_task::RequestRate;
use clb_api::{Domain, Endpoint, Environment, OptionNames, Options, Protocol, Region};
use serde::Deserialize;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Attr, Context, Diagnostic, Diagnostics, Type, duration};

use crate::argument;

mod roles;

use roles::{AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, MfaCertification};

const RATE_VARIABLE: &str = "TENCENTCLOUD_CLB_REQUESTS_PER_SECOND";

/// The provider block as it is written. It holds secrets, so it has no `Debug`.
#[derive(Default, Deserialize)]
pub struct ProviderConfig {
    secret_id: Attr<String>,
    secret_key: Attr<String>,
    security_token: Attr<String>,
    region: Attr<String>,
    profile: Attr<String>,
    shared_credentials_dir: Attr<String>,
    cam_role_name: Attr<String>,
    enable_pod_oidc: Attr<bool>,
    allowed_account_ids: Attr<Vec<Attr<String>>>,
    forbidden_account_ids: Attr<Vec<Attr<String>>>,
    domain: Attr<String>,
    protocol: Attr<String>,
    cos_domain: Attr<String>,
    endpoint: Attr<String>,
    sts_endpoint: Attr<String>,
    ca_file: Attr<String>,
    requests_per_second: Attr<f64>,
    request_timeout: Attr<String>,
    assume_role: Attr<AssumeRole>,
    assume_role_with_saml: Attr<AssumeRoleWithSaml>,
    assume_role_with_web_identity: Attr<AssumeRoleWithWebIdentity>,
    mfa_certification: Attr<MfaCertification>,
}

/// The settings from the block and the environment, which the first request uses.
pub(crate) struct Settings {
    pub(crate) options: Options,
    pub(crate) requests_per_second: Result<RequestRate, Diagnostics>,
    /// Names of arguments that are unknown.
    pub(crate) unknown: Vec<&'static str>,
}

/// The schema of the provider block.
pub(crate) fn schema() -> Schema {
    let schema = Schema::new(
        "Makes asynchronous calls of Tencent Cloud's load balancer (CLB) and waits for their tasks, so that Terraform creates \
         resources only after the tasks have succeeded. Argument names and environment variables are those of the `tencentcloud` provider. Every \
         argument is optional, and the provider resolves credentials and region at its first request.",
    );
    let schema = schema.attributes(credentials()).attributes(endpoints()).attributes(requests());
    roles::blocks().into_iter().fold(schema, Schema::block)
}

fn credentials() -> [Attribute; 10] {
    [
        string("secret_id", "Id of the API key. Also `TENCENTCLOUD_SECRET_ID`.").sensitive(),
        string("secret_key", "Secret of the API key. Also `TENCENTCLOUD_SECRET_KEY`.").sensitive(),
        string(
            "security_token",
            "Token of temporary credentials. Also `TENCENTCLOUD_SECURITY_TOKEN`, then `TENCENTCLOUD_TOKEN`; the provider reads \
             them only if id and key come from the environment, too.",
        )
        .sensitive(),
        string(
            "profile",
            "Profile in TCCLI's files. Also `TENCENTCLOUD_PROFILE`; default `default`. As an argument it takes precedence over \
             keys in the environment.",
        ),
        string(
            "shared_credentials_dir",
            "Directory of TCCLI's files. Also `TENCENTCLOUD_SHARED_CREDENTIALS_DIR`; default `~/.tccli`.",
        ),
        string("cam_role_name", "Role of the CVM instance that Terraform runs on. Also `TENCENTCLOUD_CAM_ROLE_NAME`."),
        Attribute::bool("enable_pod_oidc")
            .optional()
            .description("Whether to use the identity of the TKE pod that Terraform runs in. Default `false`."),
        string(
            "region",
            "Region of the load balancers, such as `ap-guangzhou`. Also `TENCENTCLOUD_REGION`, then the profile's region. There \
             is no default, so that requests never go to the wrong region.",
        ),
        accounts("allowed_account_ids", "Ids of the only accounts that may be used. Conflicts with `forbidden_account_ids`."),
        accounts("forbidden_account_ids", "Ids of accounts that must not be used. Conflicts with `allowed_account_ids`."),
    ]
}

fn endpoints() -> [Attribute; 6] {
    [
        string(
            "domain",
            "Root domain of the service. Also `TENCENTCLOUD_DOMAIN`; default `tencentcloudapi.com`. International accounts use \
             `intl.tencentcloudapi.com`; machines inside Tencent Cloud can use `internal.tencentcloudapi.com`. With the default, \
             finance regions (`*-fsi`) use their own hosts, such as `clb.ap-shanghai-fsi.tencentcloudapi.com`.",
        ),
        string(
            "protocol",
            "`HTTPS` (default) or `HTTP`. Also `TENCENTCLOUD_PROTOCOL`. Plain HTTP to another machine is an error \
             unless this argument allows it.",
        ),
        string(
            "cos_domain",
            "Ignored with a warning. The argument exists because the `tencentcloud` provider has it.",
        ),
        string(
            "endpoint",
            "URL of the service, such as `http://127.0.0.1:8080`. Overrides `domain` and `protocol`. Also \
             `TENCENTCLOUD_CLB_ENDPOINT`.",
        ),
        string(
            "sts_endpoint",
            "URL of STS, the service for temporary credentials. Also `TENCENTCLOUD_STS_ENDPOINT`.",
        ),
        string(
            "ca_file",
            "File with PEM certificates to trust in addition to the platform's. Also `TENCENTCLOUD_CA_FILE`.",
        ),
    ]
}

fn requests() -> [Attribute; 2] {
    [
        Attribute::number("requests_per_second").optional().description(
            "Requests per second that the service allows, 0.1 to 1000. Also `TENCENTCLOUD_CLB_REQUESTS_PER_SECOND`; default \
             `20`, the documented limit. The provider spaces requests evenly at 0.95 of it. All polls of one provider \
             configuration share it; an alias is another process with a rate limit of its own.",
        ),
        string("request_timeout", "How long one request may take, which includes connecting, such as `10s`. Default `10s`."),
    ]
}

fn string(name: &str, description: &str) -> Attribute {
    Attribute::string(name).optional().description(description)
}

fn accounts(name: &str, description: &str) -> Attribute {
    Attribute::set(name, Type::String).optional().description(description)
}

impl ProviderConfig {
    /// Checks the known values of the block. Whether credentials and region are there shows at the first request.
    pub(crate) fn validate(&self) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        problems.take(argument::parse(&self.region, "region", Region::parse));
        problems.take(argument::parse(&self.domain, "domain", Domain::parse));
        problems.take(argument::parse(&self.protocol, "protocol", Protocol::parse));
        problems.take(argument::parse(&self.endpoint, "endpoint", Endpoint::parse));
        problems.take(argument::parse(&self.sts_endpoint, "sts_endpoint", Endpoint::parse));
        problems.take(argument::parse(&self.request_timeout, "request_timeout", duration::parse));
        problems.take(self.rate());
        problems.take(self.accounts());
        problems.take(self.roles());
        problems.into_result()
    }

    /// Warns of an argument that has no effect.
    pub(crate) fn warn(&self, context: &Context) {
        if self.cos_domain.is_known() {
            context.warn(cos_domain_is_ignored());
        }
    }

    /// The settings that result from the block and the environment.
    pub(crate) fn settings(self, environment: &Environment) -> Settings {
        let requests_per_second = self.rate().and_then(|rate| rate.map_or_else(|| rate_of(environment), Ok));
        let mut unknown = Unknown::default();
        let options = self.options(&mut unknown);
        Settings { options, requests_per_second, unknown: unknown.0 }
    }

    fn options(self, unknown: &mut Unknown) -> Options {
        Options {
            secret_id: unknown.or_known("secret_id", self.secret_id),
            secret_key: unknown.or_known("secret_key", self.secret_key),
            security_token: unknown.or_known("security_token", self.security_token),
            region: unknown.or_known("region", self.region),
            profile: unknown.or_known("profile", self.profile),
            shared_credentials_dir: unknown.or_known("shared_credentials_dir", self.shared_credentials_dir),
            cam_role_name: unknown.or_known("cam_role_name", self.cam_role_name),
            enable_pod_oidc: unknown.or_known("enable_pod_oidc", self.enable_pod_oidc),
            allowed_account_ids: unknown.or_all_known("allowed_account_ids", self.allowed_account_ids),
            forbidden_account_ids: unknown.or_all_known("forbidden_account_ids", self.forbidden_account_ids),
            domain: unknown.or_known("domain", self.domain),
            protocol: unknown.or_known("protocol", self.protocol),
            endpoint: unknown.or_known("endpoint", self.endpoint),
            sts_endpoint: unknown.or_known("sts_endpoint", self.sts_endpoint),
            ca_file: unknown.or_known("ca_file", self.ca_file),
            request_timeout: unknown
                .or_known("request_timeout", self.request_timeout)
                .and_then(|text| duration::parse(&text).ok()),
            assume_role: unknown.or_known("assume_role", self.assume_role).map(|role| role.options(unknown)),
            assume_role_with_saml: unknown
                .or_known("assume_role_with_saml", self.assume_role_with_saml)
                .map(|role| role.options(unknown)),
            assume_role_with_web_identity: unknown
                .or_known("assume_role_with_web_identity", self.assume_role_with_web_identity)
                .map(|role| role.options(unknown)),
            mfa_certification: unknown
                .or_known("mfa_certification", self.mfa_certification)
                .map(|mfa| mfa.options(unknown)),
            connect_timeout: None,
            names: OptionNames::as_fields(),
        }
    }

    /// The rate of the block, if it has one.
    fn rate(&self) -> Result<Option<RequestRate>, Diagnostics> {
        let Attr::Known(rate) = self.requests_per_second else { return Ok(None) };
        RequestRate::new(rate)
            .map(Some)
            .map_err(|error| argument::invalid("requests_per_second", error).into())
    }

    fn accounts(&self) -> Result<(), Diagnostics> {
        if self.allowed_account_ids.is_known() && self.forbidden_account_ids.is_known() {
            let problem = "it cannot be given together with `allowed_account_ids`; leave one of them out";
            return Err(argument::invalid("forbidden_account_ids", problem).into());
        }
        Ok(())
    }

    fn roles(&self) -> Result<(), Diagnostics> {
        let mut problems = Diagnostics::new();
        let (role, saml) = (self.assume_role.as_ref(), self.assume_role_with_saml.as_ref());
        let (web, mfa) = (self.assume_role_with_web_identity.as_ref(), self.mfa_certification.as_ref());
        problems.take(role.known().map_or(Ok(()), AssumeRole::validate));
        problems.take(saml.known().map_or(Ok(()), AssumeRoleWithSaml::validate));
        problems.take(web.known().map_or(Ok(()), AssumeRoleWithWebIdentity::validate));
        problems.take(mfa.known().map_or(Ok(()), MfaCertification::validate));
        problems.into_result()
    }
}

/// Collects the names of unknown arguments.
#[derive(Default)]
struct Unknown(Vec<&'static str>);

impl Unknown {
    fn or_known<T>(&mut self, name: &'static str, value: Attr<T>) -> Option<T> {
        if value.is_unknown() {
            self.0.push(name);
        }
        value.known()
    }

    fn or_all_known<T>(&mut self, name: &'static str, values: Attr<Vec<Attr<T>>>) -> Vec<T> {
        let values = self.or_known(name, values).unwrap_or_default();
        values.into_iter().filter_map(|value| self.or_known(name, value)).collect()
    }
}

fn rate_of(environment: &Environment) -> Result<RequestRate, Diagnostics> {
    let Some(text) = environment.get(RATE_VARIABLE) else { return Ok(RequestRate::default()) };
    let rate =
        text.trim().parse().map_err(|_| format!("a request rate is a number such as `20`, not {text:?}"));
    rate.and_then(|rate| RequestRate::new(rate).map_err(|error| error.to_string())).map_err(|problem| {
        Diagnostic::error(format!("invalid `{RATE_VARIABLE}`"), format!("`{RATE_VARIABLE}`: {problem}."))
            .into()
    })
}

fn cos_domain_is_ignored() -> Diagnostic {
    let text = "The argument exists because the `tencentcloud` provider has it. This provider never calls object storage.";
    Diagnostic::warning("`cos_domain` is ignored", text).at("cos_domain")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    #[track_caller]
    fn check_error(config: &ProviderConfig, expected: &str) {
        let errors = config.validate().unwrap_err();
        assert_eq!(errors.iter().map(|error| error.path().to_string()).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn the_schema_is_one_that_terraform_accepts() {
        schema().check().unwrap();
    }

    #[test]
    fn every_argument_is_optional() {
        assert_eq!(ProviderConfig::default().validate(), Ok(()));
    }

    #[test]
    fn malformed_values_are_errors_at_their_argument() {
        check_error(&ProviderConfig { region: known("Guangzhou!"), ..ProviderConfig::default() }, "region");
        check_error(&ProviderConfig { domain: known("https://x"), ..ProviderConfig::default() }, "domain");
        check_error(&ProviderConfig { protocol: known("ftp"), ..ProviderConfig::default() }, "protocol");
        check_error(
            &ProviderConfig { endpoint: known("127.0.0.1"), ..ProviderConfig::default() },
            "endpoint",
        );
        check_error(
            &ProviderConfig { request_timeout: known("10"), ..ProviderConfig::default() },
            "request_timeout",
        );
        for rate in [0.0, 0.09, 1000.5, -1.0] {
            let config =
                ProviderConfig { requests_per_second: Attr::Known(rate), ..ProviderConfig::default() };
            check_error(&config, "requests_per_second");
        }
        let both = ProviderConfig {
            allowed_account_ids: Attr::Known(Vec::new()),
            forbidden_account_ids: Attr::Known(Vec::new()),
            ..ProviderConfig::default()
        };
        check_error(&both, "forbidden_account_ids");
    }

    #[test]
    fn unknown_arguments_are_named() {
        let config = ProviderConfig {
            region: Attr::Unknown,
            allowed_account_ids: Attr::Known(vec![Attr::Unknown]),
            ..ProviderConfig::default()
        };
        let settings = config.settings(&Environment::empty());
        assert_eq!(settings.unknown, ["region", "allowed_account_ids"]);
    }

    #[test]
    fn the_rate_is_the_argument_or_the_variable_or_the_default() {
        let rate = |config: ProviderConfig, variable: &str| {
            config.settings(&Environment::of([(RATE_VARIABLE, variable)])).requests_per_second
        };
        let written =
            || ProviderConfig { requests_per_second: Attr::Known(5.0), ..ProviderConfig::default() };
        assert_eq!(rate(written(), "7"), Ok(RequestRate::new(5.0).unwrap()));
        assert_eq!(rate(ProviderConfig::default(), "7"), Ok(RequestRate::new(7.0).unwrap()));
        assert_eq!(rate(ProviderConfig::default(), ""), Ok(RequestRate::default()));
        for malformed in ["fast", "0", "1001"] {
            assert!(rate(ProviderConfig::default(), malformed).is_err());
        }
    }

    #[test]
    fn an_ignored_argument_is_a_warning() {
        let context = Context::default();
        let config =
            ProviderConfig { cos_domain: known("https://cos.example.com"), ..ProviderConfig::default() };
        config.warn(&context);
        assert_eq!(context.take_warnings().len(), 1);
    }
}
