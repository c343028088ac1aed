//! Where calls go: scheme, host, port, and which hosts may be spoken to in the clear.

use std::{fmt, net::IpAddr, str::FromStr};

use http::uri::{Authority, Scheme, Uri};
use url::Url;

use crate::{Region, from_text::from_text, redact::quotable};

/// `tencentcloudapi.com`, under which every service of the public cloud has its host.
pub const DEFAULT_DOMAIN: &str = "tencentcloudapi.com";

/// One address of one service.
///
/// ```
/// let endpoint = clb_api::Endpoint::parse("http://[::1]:8080")?;
/// assert_eq!(endpoint.host(), "[::1]:8080");
/// assert!(endpoint.is_loopback() && endpoint.is_plain_http());
/// # Ok::<_, clb_api::InvalidEndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    protocol: Protocol,
    host: String,
    path: String,
}

/// HTTPS, or HTTP in the clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP in the clear: for loopback, and where the user explicitly says so.
    Http,
    /// HTTP over TLS.
    #[default]
    Https,
}

/// A root domain: `tencentcloudapi.com`, `intl.tencentcloudapi.com`, `internal.tencentcloudapi.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Domain(String);

/// A text that is no address of a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an endpoint is a URL such as `https://clb.ap-guangzhou.tencentcloudapi.com` or `http://127.0.0.1:8080`, {problem}: {text:?}"
)]
pub struct InvalidEndpointError {
    text: String,
    problem: &'static str,
}

/// A text that is no root domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a domain is a bare host name such as `tencentcloudapi.com`, without scheme, port or path, not {0:?}"
)]
pub struct InvalidDomainError(String);

/// A text that is neither `HTTP` nor `HTTPS`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a protocol is `HTTP` or `HTTPS`, not {0:?}")]
pub struct InvalidProtocolError(String);

impl Endpoint {
    /// Reads a full URL. A path is kept for the request and, as the vendor does, left out of the signature.
    pub fn parse(text: &str) -> Result<Self, InvalidEndpointError> {
        let invalid = |problem| InvalidEndpointError { text: quotable(text), problem };
        let uri = Uri::from_str(text).map_err(|_| invalid("which this is not"))?;
        let protocol = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => Protocol::Http,
            Some(scheme) if *scheme == Scheme::HTTPS => Protocol::Https,
            _ => return Err(invalid("beginning with `https://` or `http://`")),
        };
        check(uri.authority().ok_or_else(|| invalid("with a host"))?).map_err(invalid)?;
        if uri.query().is_some() || text.contains('#') {
            return Err(invalid("without query or fragment"));
        }
        let url = Url::parse(text).map_err(|_| invalid("with a host"))?;
        let host = host(&url).ok_or_else(|| invalid("with a host"))?;
        Ok(Self { protocol, host, path: url.path().to_owned() })
    }

    /// The host of `service` (`clb`, `sts`) under `domain`.
    ///
    /// The region changes nothing, except that the finance zones are isolated: with the default domain their host has
    /// the region in it.
    pub fn of(service: &str, domain: &Domain, region: &Region, protocol: Protocol) -> Self {
        let host = if region.is_finance() && domain.0 == DEFAULT_DOMAIN {
            format!("{service}.{region}.{domain}")
        } else {
            format!("{service}.{domain}")
        };
        Self { protocol, host, path: "/".to_owned() }
    }

    /// Host as it is sent and signed: lowercase, with the port where it is not the scheme's own.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The URL that requests go to.
    pub fn url(&self) -> String {
        self.to_string()
    }

    /// Whether what is sent can be read on the way.
    pub fn is_plain_http(&self) -> bool {
        self.protocol == Protocol::Http
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `::1`. A name under `localhost` is not: a DNS
    /// server may resolve it to any address.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host_name())
    }

    /// The host without its port, and without the brackets of an IPv6 address.
    fn host_name(&self) -> &str {
        let end = match self.host.rfind(']') {
            Some(bracket) => bracket + 1,
            None => self.host.find(':').unwrap_or(self.host.len()),
        };
        self.host[..end].trim_start_matches('[').trim_end_matches(']')
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.url()
    }
}

from_text!(Endpoint, InvalidEndpointError);

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_plain_http() { "http" } else { "https" };
        write!(f, "{scheme}://{}{}", self.host, self.path)
    }
}

from_text!(Protocol, InvalidProtocolError);

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        })
    }
}

impl Protocol {
    /// Reads `HTTP` or `HTTPS`, in either case as the vendor's SDKs do.
    pub fn parse(text: &str) -> Result<Self, InvalidProtocolError> {
        match text.to_ascii_uppercase().as_str() {
            "HTTP" => Ok(Self::Http),
            "HTTPS" => Ok(Self::Https),
            _ => Err(InvalidProtocolError(quotable(text))),
        }
    }
}

impl Domain {
    /// Checks `text`; capital letters become small ones.
    pub fn parse(text: &str) -> Result<Self, InvalidDomainError> {
        let domain = text.to_ascii_lowercase();
        let is_kept =
            |name: &str| Url::parse(&format!("https://{name}")).is_ok_and(|url| url.host_str() == Some(name));
        if domain.split('.').all(is_label) && domain.len() <= 200 && is_kept(&format!("clb.{domain}")) {
            Ok(Self(domain))
        } else {
            Err(InvalidDomainError(quotable(text)))
        }
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

impl Default for Domain {
    fn default() -> Self {
        Self(DEFAULT_DOMAIN.to_owned())
    }
}

from_text!(Domain, InvalidDomainError);

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `host`, without port and brackets, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn check(authority: &Authority) -> Result<(), &'static str> {
    if authority.as_str().contains('@') {
        return Err("without user and password");
    }
    let has_port = authority.as_str().len() > authority.host().len();
    match authority.port_u16() {
        None if has_port => Err("with a port from 1 to 65535"),
        Some(0) => Err("with a port from 1 to 65535"),
        _ => Ok(()),
    }
}

/// Host and port in the one spelling that the HTTP library sends (`127.1` is `127.0.0.1`), since that is what has to be
/// signed.
fn host(url: &Url) -> Option<String> {
    let name = url.host_str().filter(|name| is_host(name))?;
    Some(url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")))
}

fn is_host(name: &str) -> bool {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => name.trim_end_matches('.').split('.').all(is_label) && name.len() <= 253,
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str, url: &str, host: &str, loopback: bool) {
        let endpoint = Endpoint::parse(text).unwrap();
        assert_eq!((endpoint.url().as_str(), endpoint.host()), (url, host), "{text}");
        assert_eq!(endpoint.is_loopback(), loopback, "{text}");
    }

    fn service_host(service: &str, domain: &str, region: &str) -> String {
        let (domain, region) = (Domain::parse(domain).unwrap(), Region::parse(region).unwrap());
        Endpoint::of(service, &domain, &region, Protocol::Https).host().to_owned()
    }

    #[test]
    fn a_full_url_names_an_endpoint() {
        is("http://127.0.0.1:8080", "http://127.0.0.1:8080/", "127.0.0.1:8080", true);
        is("http://127.9.9.9", "http://127.9.9.9/", "127.9.9.9", true);
        is("http://[::1]:8080/", "http://[::1]:8080/", "[::1]:8080", true);
        is("https://[2001:DB8::1]", "https://[2001:db8::1]/", "[2001:db8::1]", false);
        is("http://localhost:80", "http://localhost/", "localhost", true);
        is("https://CLB.Example.com:443/v3", "https://clb.example.com/v3", "clb.example.com", false);
        is("http://sim.localhost:1", "http://sim.localhost:1/", "sim.localhost:1", false);
        is("http://[::ffff:127.0.0.1]:5", "http://[::ffff:7f00:1]:5/", "[::ffff:7f00:1]:5", true);
        is("http://[0:0:0:0:0:0:0:1]:5", "http://[::1]:5/", "[::1]:5", true);
        is("http://127.1:5", "http://127.0.0.1:5/", "127.0.0.1:5", true);
    }

    #[test]
    fn anything_else_is_rejected() {
        for bad in [
            "",
            "127.0.0.1:8080",
            "clb.tencentcloudapi.com",
            "ftp://host",
            "http://",
            "http://host:0",
            "http://host:70000",
            "http://host:",
            "http://host?x=1",
            "http://host/#f",
            "http://[::1",
            "http://[zz]:1",
            "https://a b",
            "http://-a.com",
            "http://1.2.3.4.5",
            "http://256.0.0.1",
        ] {
            assert!(Endpoint::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_rejected_and_not_repeated() {
        let error = Endpoint::parse("https://user:hunter2@host").unwrap_err().to_string();
        assert!(error.contains("without user and password") && !error.contains("hunter2"), "{error}");
        for text in [
            "user:hunter2@host",
            "https://host/?token=hunter2",
            "https://host/#hunter2",
            "https://host?hunter2@x",
            "https://user:hunter2%40host",
            "ftp://user:hunter2@host",
        ] {
            let error = Endpoint::parse(text).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
            let error = Domain::parse(text).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
            let error = Protocol::parse(text).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn loopback_look_alikes_are_not_loopback() {
        for far in [
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://foo.localhost",
            "http://localhost..",
            "http://128.0.0.1",
            "http://[::2]",
        ] {
            assert!(!Endpoint::parse(far).unwrap().is_loopback(), "{far}");
        }
    }

    #[test]
    fn the_region_is_part_of_the_host_in_finance_zones_of_the_default_domain_only() {
        let cases = [
            ("clb", DEFAULT_DOMAIN, "ap-guangzhou", "clb.tencentcloudapi.com"),
            (
                "clb",
                "ap-guangzhou.tencentcloudapi.com",
                "ap-guangzhou",
                "clb.ap-guangzhou.tencentcloudapi.com",
            ),
            ("clb", DEFAULT_DOMAIN, "ap-shanghai-fsi", "clb.ap-shanghai-fsi.tencentcloudapi.com"),
            ("sts", DEFAULT_DOMAIN, "ap-shenzhen-fsi", "sts.ap-shenzhen-fsi.tencentcloudapi.com"),
            ("clb", "intl.tencentcloudapi.com", "ap-singapore", "clb.intl.tencentcloudapi.com"),
            ("clb", "intl.tencentcloudapi.com", "ap-shanghai-fsi", "clb.intl.tencentcloudapi.com"),
            ("sts", "Internal.TencentCloudAPI.com", "ap-guangzhou", "sts.internal.tencentcloudapi.com"),
        ];
        for (service, domain, region, host) in cases {
            assert_eq!(service_host(service, domain, region), host);
        }
    }

    #[test]
    fn a_domain_is_a_host_name() {
        for bad in
            ["", "https://x.com", "x.com:80", "x.com/", ".com", "x..com", "x com", "-x.com", "1.2", "xn--a"]
        {
            assert!(Domain::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_protocol_is_one_of_two_words() {
        assert_eq!(Protocol::parse("http").unwrap(), Protocol::Http);
        assert_eq!(Protocol::parse("HTTPS").unwrap(), Protocol::Https);
        assert!(Protocol::parse("https://").is_err());
    }
}
