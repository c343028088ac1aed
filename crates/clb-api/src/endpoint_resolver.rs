//! Resolves the region and the endpoint of calls.

use tokio::sync::OnceCell;

use crate::{
    ConfigWarning, Domain, Endpoint, Environment, OptionNames, Options, Protocol, Region, SetupError,
    TccliProfile, options::non_empty, service::Service,
};

/// Region and endpoints from options and environment, which need no IO. If neither names a region, the region of the profile is read
/// from its file.
#[derive(Debug)]
pub(crate) struct EndpointResolver {
    region: Option<Region>,
    domain: Domain,
    protocol: Protocol,
    plain_http_allowed: bool,
    plain_http_advice: String,
    clb: Option<Endpoint>,
    sts: Option<Endpoint>,
    profile: Option<TccliProfile>,
    /// Whether options or environment name the profile.
    profile_is_named: bool,
    profile_region: OnceCell<Option<Region>>,
    environment: Environment,
}

impl EndpointResolver {
    pub(crate) fn new(options: &Options, environment: &Environment) -> Result<Self, SetupError> {
        let text = |argument: &Option<String>, name, variable| {
            Setting::find(
                argument.as_deref(),
                Named { option: name, names: options.names },
                variable,
                environment,
            )
        };
        Ok(Self {
            region: text(&options.region, "region", "TENCENTCLOUD_REGION").parse(Region::parse)?,
            domain: text(&options.domain, "domain", "TENCENTCLOUD_DOMAIN")
                .parse(Domain::parse)?
                .unwrap_or_default(),
            protocol: text(&options.protocol, "protocol", "TENCENTCLOUD_PROTOCOL")
                .parse(Protocol::parse)?
                .unwrap_or_default(),
            plain_http_allowed: argument_is_http(options),
            plain_http_advice: String::new(),
            clb: text(&options.endpoint, "endpoint", "TENCENTCLOUD_CLB_ENDPOINT").parse(Endpoint::parse)?,
            sts: text(&options.sts_endpoint, "sts_endpoint", "TENCENTCLOUD_STS_ENDPOINT")
                .parse(Endpoint::parse)?,
            profile: TccliProfile::chosen(options, environment),
            profile_is_named: TccliProfile::is_named(options, environment),
            profile_region: OnceCell::new(),
            environment: environment.clone(),
        })
    }

    /// `advice` completes the error about plain HTTP: how it can be permitted.
    pub(crate) fn with_plain_http(self, allowed: bool, advice: &str) -> Self {
        let allowed = self.plain_http_allowed || allowed;
        Self { plain_http_allowed: allowed, plain_http_advice: advice.to_owned(), ..self }
    }

    /// The region from options or environment; without one, the region of the profile.
    pub(crate) async fn region(&self) -> Result<Option<Region>, SetupError> {
        match (&self.region, &self.profile) {
            (Some(region), _) => Ok(Some(region.clone())),
            (None, Some(profile)) => self.profile_region.get_or_try_init(|| profile.region()).await.cloned(),
            (None, None) => Ok(None),
        }
    }

    /// A warning if the region was read from the default profile and no setting names that profile.
    pub(crate) fn warnings(&self) -> Vec<ConfigWarning> {
        let region = self.profile_region.get().cloned().flatten().filter(|_| !self.profile_is_named);
        let file = self.profile.as_ref().and_then(TccliProfile::configure_file);
        let warning =
            region.zip(file).map(|(region, file)| ConfigWarning::DefaultProfileRegion { region, file });
        warning.into_iter().collect()
    }

    /// The endpoint of `service`; an error if it needs plain HTTP, which is not permitted.
    pub(crate) fn endpoint(&self, service: &Service, region: &Region) -> Result<Endpoint, SetupError> {
        let endpoint = match self.explicit(service)? {
            Some(endpoint) => endpoint,
            None => Endpoint::of(service.name(), &self.domain, region, self.protocol),
        };
        if endpoint.is_plain_http() && !endpoint.is_loopback() && !self.plain_http_allowed {
            return Err(SetupError::PlainHttp {
                host: endpoint.host().to_owned(),
                advice: self.plain_http_advice.clone(),
            });
        }
        Ok(endpoint)
    }
}

impl EndpointResolver {
    /// The endpoint that is set for a service. Options exist for CLB and STS; other services have only their variable.
    fn explicit(&self, service: &Service) -> Result<Option<Endpoint>, SetupError> {
        match service.name() {
            "clb" => Ok(self.clb.clone()),
            "sts" => Ok(self.sts.clone()),
            name => {
                let variable = format!("TENCENTCLOUD_{}_ENDPOINT", name.to_ascii_uppercase());
                Setting::variable(&variable, &self.environment).parse(Endpoint::parse)
            }
        }
    }
}

/// A value with the name of the option or variable that it comes from.
pub(crate) struct Setting<'a> {
    origin: Origin<'a>,
    value: Option<String>,
}

enum Origin<'a> {
    Option(Named<'a>),
    Variable(&'a str),
}

/// An option of a program.
struct Named<'a> {
    option: &'a str,
    names: OptionNames,
}

impl<'a> Setting<'a> {
    /// The value of the option; without one, the value of the variable.
    fn find(value: Option<&str>, named: Named<'a>, variable: &'a str, environment: &Environment) -> Self {
        match non_empty(value) {
            Some(text) => Self { origin: Origin::Option(named), value: Some(text.to_owned()) },
            None => Self::variable(variable, environment),
        }
    }

    /// The value of the variable.
    pub(crate) fn variable(name: &'a str, environment: &Environment) -> Self {
        Self { origin: Origin::Variable(name), value: environment.get(name) }
    }

    /// The parsed value; the error names the option or variable of a malformed one.
    pub(crate) fn parse<T, E: ToString>(
        self,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SetupError> {
        let parsed = self.value.map(|text| parse(&text)).transpose();
        parsed.map_err(|error| SetupError::Invalid {
            name: match self.origin {
                Origin::Option(Named { option, names }) => names.given(option),
                Origin::Variable(variable) => format!("`{variable}`"),
            },
            problem: error.to_string(),
        })
    }
}

fn argument_is_http(options: &Options) -> bool {
    options.protocol.as_deref().is_some_and(|text| Protocol::parse(text) == Ok(Protocol::Http))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(options: &Options, environment: &Environment) -> Result<String, String> {
        let region = Region::parse("ap-guangzhou").unwrap();
        EndpointResolver::new(options, environment)
            .map(|endpoints| endpoints.with_plain_http(false, "say so"))
            .and_then(|endpoints| endpoints.endpoint(&Service::clb(), &region))
            .map(|endpoint| endpoint.url())
            .map_err(|error| error.to_string())
    }

    #[expect(clippy::unnecessary_wraps, reason = "arguments are optional")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn an_argument_wins_over_its_variable() {
        let environment = Environment::of([
            ("TENCENTCLOUD_DOMAIN", "intl.tencentcloudapi.com"),
            ("TENCENTCLOUD_PROTOCOL", "HTTP"),
        ]);
        let options = Options {
            domain: some("internal.tencentcloudapi.com"),
            protocol: some("HTTPS"),
            ..Options::default()
        };
        assert_eq!(endpoint(&options, &environment).unwrap(), "https://clb.internal.tencentcloudapi.com/");
        let options = Options { protocol: some("HTTP"), ..Options::default() };
        assert_eq!(endpoint(&options, &environment).unwrap(), "http://clb.intl.tencentcloudapi.com/");
    }

    #[test]
    fn an_endpoint_wins_over_domain_and_protocol() {
        let environment = Environment::of([("TENCENTCLOUD_CLB_ENDPOINT", "http://127.0.0.1:1234")]);
        let options = Options { domain: some("x.com"), ..Options::default() };
        assert_eq!(endpoint(&options, &environment).unwrap(), "http://127.0.0.1:1234/");
    }

    #[test]
    fn plain_http_needs_loopback_or_the_argument_itself() {
        let http = Environment::of([("TENCENTCLOUD_PROTOCOL", "HTTP")]);
        let error = endpoint(&Options::default(), &http).unwrap_err();
        assert!(error.contains("`clb.tencentcloudapi.com`") && error.contains("or say so"), "{error}");

        let far = Options { endpoint: some("http://10.0.0.1:80"), ..Options::default() };
        assert!(endpoint(&far, &Environment::empty()).is_err());
        assert!(endpoint(&far, &http).is_err());
        let allowed = Options { protocol: some("HTTP"), ..far };
        assert_eq!(endpoint(&allowed, &Environment::empty()).unwrap(), "http://10.0.0.1/");
    }

    #[test]
    fn an_error_names_where_the_value_came_from() {
        let ftp = Environment::of([("TENCENTCLOUD_PROTOCOL", "FTP")]);
        let error = endpoint(&Options::default(), &ftp).unwrap_err();
        assert_eq!(error, "`TENCENTCLOUD_PROTOCOL`: a protocol is `HTTP` or `HTTPS`, not \"FTP\"");
        let capital = Options { region: some("AP"), ..Options::default() };
        let error = endpoint(&capital, &Environment::empty()).unwrap_err();
        assert!(error.starts_with("`region`: a region is"), "{error}");
    }
}
