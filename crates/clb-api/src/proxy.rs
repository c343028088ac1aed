//! The proxies that the environment names. A malformed one is an error: to connect directly instead would bypass what
//! the user asked for.

use std::fmt;

use http::Uri;
use url::Url;

use crate::Environment;

/// The proxy variables, checked.
#[derive(Default)]
pub(crate) struct Proxies {
    /// For `http://` and for `https://` endpoints.
    pub(crate) http: Option<ProxyUrl>,
    pub(crate) https: Option<ProxyUrl>,
    /// The hosts of `NO_PROXY`, which are reached directly.
    pub(crate) excepted: Option<String>,
}

/// An `http://` or `https://` URL, perhaps with user and password, so that `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct ProxyUrl(String);

/// A proxy variable whose value is not the URL of a proxy. The value may hold a password, so it is not quoted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proxy is a URL such as `http://proxy.example.com:8080`, {problem}")]
pub(crate) struct InvalidProxyError {
    pub(crate) variable: &'static str,
    problem: &'static str,
}

/// Upper case first, as the HTTP library and the vendor's Go SDK read them.
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const EXCEPTED: [&str; 2] = ["NO_PROXY", "no_proxy"];

impl Proxies {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or their lower-case names.
    ///
    /// In a CGI program, which has `REQUEST_METHOD`, a client of the web server can set `HTTP_PROXY`: there is no proxy
    /// then.
    pub(crate) fn of(environment: &Environment) -> Result<Self, InvalidProxyError> {
        if environment.get("REQUEST_METHOD").is_some() {
            return Ok(Self::default());
        }
        let all = proxy(ALL, environment)?;
        Ok(Self {
            http: proxy(HTTP, environment)?.or_else(|| all.clone()),
            https: proxy(HTTPS, environment)?.or(all),
            excepted: first(EXCEPTED, environment).map(|(_, value)| value),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }
}

impl ProxyUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A URL, or `host:port` alone, which means `http://`, as for curl.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let uri: Uri = text.parse().map_err(|_| "which this is not")?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some("socks4" | "socks4a" | "socks5" | "socks5h") => return Err("and SOCKS is not supported"),
            _ => return Err("which begins with `http://` or `https://`"),
        }
        let authority = uri.authority().ok_or("which has a host")?;
        if authority.host().is_empty() || authority.as_str().ends_with(':') {
            return Err("which has a host, and a port if there is a colon");
        }
        // The HTTP library reads the URL in this spelling, and connects directly if it cannot.
        let url = Url::parse(&text).map_err(|_| "with a valid host and port")?;
        let is_read = url.as_str().parse::<Uri>().is_ok();
        if is_read { Ok(Self(url.into())) } else { Err("which this is not") }
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyUrl")
    }
}

fn proxy(names: [&'static str; 2], environment: &Environment) -> Result<Option<ProxyUrl>, InvalidProxyError> {
    let Some((variable, value)) = first(names, environment) else { return Ok(None) };
    ProxyUrl::parse(value.trim()).map(Some).map_err(|problem| InvalidProxyError { variable, problem })
}

fn first(names: [&'static str; 2], environment: &Environment) -> Option<(&'static str, String)> {
    names.into_iter().find_map(|name| Some((name, environment.get(name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http_proxy(value: &str) -> Result<Option<String>, String> {
        Proxies::of(&Environment::of([("HTTP_PROXY", value)]))
            .map(|proxies| proxies.http.map(|url| url.as_str().to_owned()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_proxy_is_a_url_or_a_host_with_a_port() {
        for (value, url) in [
            ("http://proxy.example.com:3128", "http://proxy.example.com:3128/"),
            (" https://user:p%40ss@10.0.0.1 ", "https://user:p%40ss@10.0.0.1/"),
            ("proxy.example.com:3128", "http://proxy.example.com:3128/"),
            ("localhost", "http://localhost/"),
            ("http://[::1]:8080", "http://[::1]:8080/"),
        ] {
            assert_eq!(http_proxy(value), Ok(Some(url.to_owned())));
        }
        assert_eq!(http_proxy(""), Ok(None));
    }

    #[test]
    fn a_malformed_proxy_is_an_error_that_does_not_quote_it() {
        for value in [
            "http://[::",
            "htp://user:hunter2@x",
            "ftp://hunter2",
            "socks5://hunter2:1080",
            "http://",
            "http://user:hunter2@",
            "http://hunter2:99999",
            "http://host:",
            "hunter2 hunter2",
            "://hunter2",
            "http://256.0.0.1",
        ] {
            let error = http_proxy(value).expect_err("malformed");
            assert!(error.starts_with("a proxy is a URL such as") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_error_names_the_variable_that_is_malformed() {
        for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let error = Proxies::of(&Environment::of([(name, "ftp://x")])).map(|_| ()).unwrap_err();
            assert_eq!(error.variable, name);
        }
    }

    #[test]
    fn the_proxy_of_all_fills_in_and_a_cgi_program_has_none() {
        let variables = [("all_proxy", "http://all"), ("HTTPS_PROXY", "http://https"), ("no_proxy", "a,b")];
        let proxies = Proxies::of(&Environment::of(variables)).unwrap();
        let urls = [&proxies.http, &proxies.https].map(|url| url.as_ref().unwrap().as_str());
        assert_eq!((urls, proxies.excepted.as_deref()), (["http://all/", "http://https/"], Some("a,b")));
        let cgi = Environment::of([("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://evil")]);
        assert!(Proxies::of(&cgi).unwrap().is_empty());
    }
}
