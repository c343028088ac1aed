//! The credentials file of the vendor's SDKs: an INI file with `secret_id` and `secret_key` under `[default]`.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{
    CredentialContext, CredentialError, Credentials, CredentialsProvider, Lookup, credential, files,
};
use crate::Environment;

const VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";

/// For all users of a machine, as the Python SDK has it.
const OF_THE_MACHINE: &str = "/etc/tencentcloud/credentials";

/// One such file. The SDKs read no token from it; here one is read, so that a session's keys work.
#[derive(Clone, Debug)]
pub struct SdkProfile {
    paths: Vec<PathBuf>,
    named: bool,
}

impl SdkProfile {
    /// The file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { paths: vec![path.into()], named: true }
    }

    /// The file that `TENCENTCLOUD_CREDENTIALS_FILE` names, else `~/.tencentcloud/credentials`, else
    /// `/etc/tencentcloud/credentials`.
    pub fn from_environment(environment: &Environment) -> Self {
        if let Some(path) = environment.get(VARIABLE) {
            return Self::new(environment.expand(&path));
        }
        let home = environment.home().map(|home| home.join(".tencentcloud/credentials"));
        Self { paths: home.into_iter().chain([PathBuf::from(OF_THE_MACHINE)]).collect(), named: false }
    }

    /// Credentials, or the reason why there is no file to read.
    pub(super) async fn lookup(&self) -> Result<Lookup<Credentials>, CredentialError> {
        for path in &self.paths {
            let text = files::text(path).await;
            if let Some(text) = text.map_err(|error| CredentialError::unreadable(place(path), error))? {
                return credentials(&text, path).map(Lookup::Found);
            }
        }
        let tried: Vec<_> = self.paths.iter().map(|path| path.display().to_string()).collect();
        if self.named {
            return Err(CredentialError::unusable(
                "SDK credentials file",
                format!("{} is not there", tried.join("")),
            ));
        }
        Ok(Lookup::NotFound(format!("SDK credentials file: not there at {}", tried.join(" and "))))
    }
}

#[async_trait]
impl CredentialsProvider for SdkProfile {
    async fn credentials(&self, _: &CredentialContext) -> Result<Credentials, CredentialError> {
        self.lookup().await?.required()
    }
}

fn place(path: &Path) -> String {
    format!("SDK credentials file {}", path.display())
}

fn credentials(text: &str, path: &Path) -> Result<Credentials, CredentialError> {
    let value =
        |name| default_section(text).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let missing = |name| CredentialError::unusable(place(path), format!("has no `{name}` under `[default]`"));
    let required = |name| value(name).ok_or_else(|| missing(name));
    let token = value("token").or_else(|| value("security_token"));
    let credential = credential(required("secret_id")?, required("secret_key")?, token);
    credential.map(Credentials::new).map_err(|error| CredentialError::malformed(place(path), error))
}

/// The pairs under `[default]`. Four keys do not make a parser crate worth its own dependencies; comments are whole
/// lines, and quotes around a value, which the SDK's help shows and the SDK then keeps as part of the key, are taken
/// off.
fn default_section(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let section =
        lines.skip_while(|line| *line != "[default]").skip(1).take_while(|line| !line.starts_with('['));
    let pairs = section.filter(|line| !line.starts_with(['#', ';'])).filter_map(|line| line.split_once('='));
    pairs.map(|(key, value)| (key.trim(), unquoted(value.trim()))).filter(|(_, value)| !value.is_empty())
}

fn unquoted(value: &str) -> &str {
    let between = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    between('"').or_else(|| between('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_chain::chain;

    fn check(text: &str, expected: &str) {
        let shown = match credentials(text, Path::new("file")) {
            Ok(credentials) => {
                let keys = credentials.credential();
                format!("{} {}", keys.secret_id(), keys.token().map_or("-", |token| token.as_str()))
            }
            Err(error) => chain(&error).replace("SDK credentials file file: ", ""),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn the_default_section_is_read() {
        check("[default]\nsecret_id = id\nsecret_key = key\n", "id -");
        check(
            "\u{feff}# mine\r\n[other]\r\nsecret_id=x\r\n[default]\r\n; old\r\nSECRET_ID=\"id\"\r\nsecret_key='k=1'\r\n",
            "id -",
        );
        check("[default]\nsecret_id=id\nsecret_key=key\ntoken=t\n[more]\nsecret_id=y\n", "id t");
    }

    #[test]
    fn what_is_missing_is_named() {
        check("", "has no `secret_id` under `[default]`");
        check("secret_id=id\nsecret_key=key\n", "has no `secret_id` under `[default]`");
        check(
            "[default]\nsecret_id=id\nsecret_key=\n[x]\nsecret_key=key",
            "has no `secret_key` under `[default]`",
        );
        check(
            "[default]\nsecret_id=\"\"\"\nsecret_key=k\ntoken=a\u{7}b",
            "malformed: security token contains a control character or a separator",
        );
    }
}
