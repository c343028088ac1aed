//! `curl` commands, to read and to write.

use clb_sign::Method;

use crate::exit::Failure;

/// A request as a `curl` command gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Curl {
    pub(crate) method: Method,
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Options without a value that do not change what is signed.
const IGNORED: [&str; 14] = [
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-v",
    "--verbose",
    "-i",
    "--include",
    "-k",
    "--insecure",
    "--compressed",
    "-L",
    "--location",
    "-sS",
];

impl Curl {
    /// Reads a command, with continuation lines as it is pasted.
    pub(crate) fn parse(command: &str) -> Result<Self, Failure> {
        let joined = command.replace("\\\r\n", " ").replace("\\\n", " ");
        let words = shell_words::split(&joined).map_err(|error| usage(&error.to_string()))?;
        let mut words = words.into_iter().skip_while(|word| word == "curl");
        let (mut method, mut url, mut headers, mut data, mut get) =
            (None, None, Vec::new(), Vec::new(), false);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| usage(&format!("{word} has no value")));
            match word.as_str() {
                "-X" | "--request" => method = Some(value()?),
                "-H" | "--header" => headers.push(header(&value()?)?),
                "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" => data.push(value()?),
                "-G" | "--get" => get = true,
                "--url" => url = Some(value()?),
                option if IGNORED.contains(&option) => {}
                option if option.starts_with('-') && option.len() > 1 => {
                    return Err(usage(&format!("the option {option} is not known")));
                }
                _ => url = Some(word),
            }
        }
        let url = url.ok_or_else(|| usage("it has no URL"))?;
        Self::assemble(method, &url, headers, &data.join("&"), get)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    fn assemble(
        method: Option<String>,
        url: &str,
        headers: Vec<(String, String)>,
        data: &str,
        get: bool,
    ) -> Result<Self, Failure> {
        let method = match method.map(|method| method.to_ascii_uppercase()).as_deref() {
            None if data.is_empty() || get => Method::Get,
            Some("GET") => Method::Get,
            Some("POST") | None => Method::Post,
            Some(other) => return Err(usage(&format!("its method {other} is neither GET nor POST"))),
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let (target, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = target.split_once('/').unwrap_or((target, ""));
        if !path.is_empty() {
            return Err(usage(&format!("its path /{path} is not the `/` of API 3.0")));
        }
        let host = authority.rsplit('@').next().unwrap_or(authority).to_owned();
        let (query, body) = match method {
            Method::Get if query.is_empty() => (data, ""),
            Method::Get => (query, ""),
            Method::Post => (query, data),
        };
        Ok(Self {
            method,
            scheme: scheme.to_owned(),
            host,
            query: query.to_owned(),
            headers,
            body: body.to_owned(),
        })
    }
}

/// Quotes a word for a POSIX shell.
pub(crate) fn quoted(word: &str) -> String {
    shell_words::quote(word).into_owned()
}

fn header(text: &str) -> Result<(String, String), Failure> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| usage(&format!("the header `{text}` has no colon")))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn usage(why: &str) -> Failure {
    Failure::usage(format!("the curl command cannot be read: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_command_is_read() {
        let command = "curl -sS -X POST 'https://user@clb.tencentcloudapi.com:8443/' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"a\": \"b c\"}'";
        let curl = Curl::parse(command).unwrap();
        assert_eq!((curl.method, curl.host.as_str()), (Method::Post, "clb.tencentcloudapi.com:8443"));
        assert_eq!(
            (curl.header("content-type"), curl.body.as_str()),
            (Some("application/json"), "{\"a\": \"b c\"}")
        );
        let curl = Curl::parse("curl https://cvm.tencentcloudapi.com?Limit=1").unwrap();
        assert_eq!((curl.method, curl.query.as_str()), (Method::Get, "Limit=1"));
        let curl = Curl::parse("curl -G https://cvm.tencentcloudapi.com/ -d Limit=1 -d Offset=2").unwrap();
        assert_eq!((curl.method, curl.query.as_str()), (Method::Get, "Limit=1&Offset=2"));
    }

    #[test]
    fn what_cannot_be_signed_is_an_error() {
        for command in [
            "curl",
            "curl -X PUT https://h/",
            "curl https://h/path",
            "curl --proxy x https://h",
            "curl 'https://h",
        ] {
            assert!(Curl::parse(command).is_err(), "{command}");
        }
    }
}
