//! Where calls go, worked out from arguments and environment without IO.

use crate::{Domain, Endpoint, Environment, Options, Protocol, Region, SetupError, options::given};

/// The resolved addresses; the region may still have to come from a profile.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) region: Option<Region>,
    domain: Domain,
    protocol: Protocol,
    plain_http_allowed: bool,
    clb: Option<Endpoint>,
    sts: Option<Endpoint>,
}

/// The services that this crate calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Clb,
    Sts,
}

impl Settings {
    pub(crate) fn resolve(options: &Options, environment: &Environment) -> Result<Self, SetupError> {
        let sought = Sought { environment };
        Ok(Self {
            region: sought.parsed(
                options.region.as_deref(),
                "region",
                "TENCENTCLOUD_REGION",
                Region::parse,
            )?,
            domain: sought
                .parsed(options.domain.as_deref(), "domain", "TENCENTCLOUD_DOMAIN", Domain::parse)?
                .unwrap_or_default(),
            protocol: sought
                .parsed(options.protocol.as_deref(), "protocol", "TENCENTCLOUD_PROTOCOL", Protocol::parse)?
                .unwrap_or_default(),
            plain_http_allowed: argument_is_http(options),
            clb: sought.parsed(
                options.endpoint.as_deref(),
                "endpoint",
                "TENCENTCLOUD_CLB_ENDPOINT",
                Endpoint::parse,
            )?,
            sts: sought.parsed(
                options.sts_endpoint.as_deref(),
                "sts_endpoint",
                "TENCENTCLOUD_STS_ENDPOINT",
                Endpoint::parse,
            )?,
        })
    }

    pub(crate) fn with_plain_http(self, allowed: bool) -> Self {
        Self { plain_http_allowed: self.plain_http_allowed || allowed, ..self }
    }

    /// The address of `service`, if it may be used.
    pub(crate) fn endpoint(&self, service: Service, region: &Region) -> Result<Endpoint, SetupError> {
        let explicit = match service {
            Service::Clb => &self.clb,
            Service::Sts => &self.sts,
        };
        let endpoint = match explicit {
            Some(endpoint) => endpoint.clone(),
            None => Endpoint::of(service.name(), &self.domain, region, self.protocol),
        };
        self.permitted(endpoint)
    }

    /// `endpoint`, unless it would be spoken to in the clear without leave.
    fn permitted(&self, endpoint: Endpoint) -> Result<Endpoint, SetupError> {
        if endpoint.is_plain_http() && !endpoint.is_loopback() && !self.plain_http_allowed {
            return Err(SetupError::PlainHttp { host: endpoint.host().to_owned() });
        }
        Ok(endpoint)
    }
}

impl Service {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clb => "clb",
            Self::Sts => "sts",
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Clb => "2018-03-17",
            Self::Sts => "2018-08-13",
        }
    }
}

struct Sought<'a> {
    environment: &'a Environment,
}

impl Sought<'_> {
    /// The argument, else the variable; an error names the one that is malformed.
    fn parsed<T, E: ToString>(
        &self,
        argument: Option<&str>,
        name: &str,
        variable: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, SetupError> {
        let (name, value) = match given(argument) {
            Some(text) => (name, Some(text.to_owned())),
            None => (variable, self.environment.get(variable)),
        };
        value
            .map(|text| parse(&text).map_err(|error| SetupError::invalid(name, error.to_string())))
            .transpose()
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
        Settings::resolve(options, environment)
            .and_then(|settings| settings.endpoint(Service::Clb, &region))
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
        assert!(
            error.contains("`clb.tencentcloudapi.com`") && error.contains("`protocol = \"HTTP\"`"),
            "{error}"
        );

        let far = Options { endpoint: some("http://10.0.0.1:80"), ..Options::default() };
        assert!(endpoint(&far, &Environment::default()).is_err());
        assert!(endpoint(&far, &http).is_err());
        let allowed = Options { protocol: some("HTTP"), ..far };
        assert_eq!(endpoint(&allowed, &Environment::default()).unwrap(), "http://10.0.0.1/");
    }

    #[test]
    fn an_error_names_where_the_value_came_from() {
        let ftp = Environment::of([("TENCENTCLOUD_PROTOCOL", "FTP")]);
        let error = endpoint(&Options::default(), &ftp).unwrap_err();
        assert_eq!(error, "`TENCENTCLOUD_PROTOCOL`: a protocol is `HTTP` or `HTTPS`, not \"FTP\"");
        let capital = Options { region: some("AP"), ..Options::default() };
        let error = endpoint(&capital, &Environment::default()).unwrap_err();
        assert!(error.starts_with("`region`: a region is"), "{error}");
    }
}
