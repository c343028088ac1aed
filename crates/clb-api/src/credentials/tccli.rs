//! Profiles of the vendor's command line: `~/.tccli/NAME.credential` and `NAME.configure`, both JSON.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    AssumedRole, CredentialContext, CredentialError, Credentials, CredentialsProvider, InstanceRole, Lookup,
    StaticCredentials, credential, files,
};
use crate::{AssumeRole, Environment, Options, Region, SetupError, objects_only, options::non_empty};

/// One profile of TCCLI. Its files are read at each fetch, because TCCLI renews some of them.
#[derive(Clone, Debug)]
pub struct TccliProfile {
    directory: PathBuf,
    name: String,
    machine: InstanceRole,
}

/// The credential file. TCCLI writes more, and null for what it does not know.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(rename = "type")]
    kind: Option<String>,
    secret_id: Option<String>,
    secret_key: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
    expires_at: Option<Value>,
    #[serde(rename = "role-arn")]
    role_arn: Option<String>,
    #[serde(rename = "role-session-name")]
    role_session_name: Option<String>,
}

impl TccliProfile {
    /// The profile `name` in `directory`, usually `default` in `~/.tccli`.
    pub fn new(directory: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self { directory: directory.into(), name: name.into(), machine: InstanceRole::of_this_machine() }
    }

    /// The profile that options and environment name; `None` without a home directory.
    pub(crate) fn chosen(options: &Options, environment: &Environment) -> Option<Self> {
        let directory = non_empty(options.shared_credentials_dir.as_deref()).map(str::to_owned);
        let directory = directory.or_else(|| environment.get("TENCENTCLOUD_SHARED_CREDENTIALS_DIR"));
        let directory = match directory {
            Some(directory) => environment.expand(&directory),
            None => environment.home()?.join(".tccli"),
        };
        let name = named(options, environment).unwrap_or_else(|| "default".to_owned());
        Some(Self::new(directory, name))
    }

    /// Whether options or environment name a profile.
    pub(crate) fn is_named(options: &Options, environment: &Environment) -> bool {
        named(options, environment).is_some()
    }

    /// The file that holds the region.
    pub(crate) fn configure_file(&self) -> Option<PathBuf> {
        self.path("configure").ok()
    }

    /// The region of the profile, `None` if it has none.
    pub(crate) async fn region(&self) -> Result<Option<Region>, SetupError> {
        let path = self.path("configure").map_err(|problem| SetupError::invalid("profile", problem))?;
        let invalid = |problem: String| SetupError::invalid(&path.display().to_string(), problem);
        let text = files::text(&path).await.map_err(|error| invalid(format!("cannot be read: {error}")))?;
        let Some(text) = text else { return Ok(None) };
        let file: Value = serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        match file["_sys_param"]["region"].as_str().map(str::trim).filter(|region| !region.is_empty()) {
            Some(region) => Region::parse(region).map(Some).map_err(|error| invalid(error.to_string())),
            None => Ok(None),
        }
    }

    /// Credentials, or the reason why the profile has none.
    pub(super) async fn lookup(
        &self,
        context: &CredentialContext,
    ) -> Result<Lookup<Credentials>, CredentialError> {
        let path =
            self.path("credential").map_err(|problem| CredentialError::unusable("profile", problem))?;
        let unusable = |problem: String| CredentialError::unusable(self.place(&path), problem);
        let text = files::text(&path).await;
        let Some(text) = text.map_err(|error| CredentialError::unreadable(self.place(&path), error))? else {
            return Ok(Lookup::NotFound(format!("{} is not there", self.place(&path))));
        };
        let file: File = objects_only::read(&text).map_err(|error| unusable(shape(&error)))?;
        match plain(file.kind.as_deref()) {
            Some("cvm-role") => self.machine.credentials(context).await.map(Lookup::Found),
            Some(kind @ ("sso" | "oauth")) => self.signed_in(kind, &file, context, &path).map(Lookup::Found),
            _ => self.keys(&file, context, &path).await,
        }
    }

    /// Keys of a browser login, which TCCLI renews itself.
    fn signed_in(
        &self,
        kind: &str,
        file: &File,
        context: &CredentialContext,
        path: &Path,
    ) -> Result<Credentials, CredentialError> {
        let unusable = |problem: String| CredentialError::unusable(self.place(path), problem);
        let expires_at = file.expires_at.as_ref().and_then(seconds).ok_or_else(|| {
            unusable(format!("the `{kind}` login has no `expiresAt`: sign in again with TCCLI"))
        })?;
        if expires_at <= context.unix() {
            let login = if kind == "sso" { "tccli sso login" } else { "tccli auth login" };
            let profile =
                if self.name == "default" { String::new() } else { format!(" --profile {}", self.name) };
            return Err(unusable(format!(
                "the `{kind}` login has expired, and only TCCLI can renew it: run `{login}{profile}`"
            )));
        }
        let keys =
            self.pair(file, path)?.ok_or_else(|| unusable(format!("the `{kind}` login holds no keys")))?;
        Ok(Credentials::expiring(keys, expires_at))
    }

    async fn keys(
        &self,
        file: &File,
        context: &CredentialContext,
        path: &Path,
    ) -> Result<Lookup<Credentials>, CredentialError> {
        let Some(keys) = self.pair(file, path)? else {
            return Ok(Lookup::NotFound(format!("{} holds no `secretId` and `secretKey`", self.place(path))));
        };
        let Some(role_arn) = plain(file.role_arn.as_deref()) else {
            return Ok(Lookup::Found(Credentials::new(keys)));
        };
        let unnamed =
            || CredentialError::unusable(self.place(path), "has `role-arn`, but no `role-session-name`");
        let session_name = plain(file.role_session_name.as_deref()).ok_or_else(unnamed)?;
        let arguments = AssumeRole {
            role_arn: Some(role_arn.to_owned()),
            session_name: Some(session_name.to_owned()),
            ..AssumeRole::default()
        };
        let role = AssumedRole::new(StaticCredentials::new(keys), &arguments)?;
        role.credentials(context).await.map(Lookup::Found)
    }

    fn pair(&self, file: &File, path: &Path) -> Result<Option<clb_sign::Credential>, CredentialError> {
        let [id, key, token] = [
            file.secret_id.as_deref(),
            file.secret_key.as_ref().map(|key| key.as_str()),
            file.token.as_ref().map(|token| token.as_str()),
        ]
        .map(plain);
        let (Some(id), Some(key)) = (id, key) else { return Ok(None) };
        credential(id, key, token)
            .map(Some)
            .map_err(|error| CredentialError::malformed(self.place(path), error))
    }

    /// The name becomes a part of a path, so it must not lead out of the directory.
    fn path(&self, extension: &str) -> Result<PathBuf, String> {
        if self.name.contains(['/', '\\', '\0']) || self.name.starts_with('.') {
            return Err(format!("{:?} cannot be the name of a profile", self.name));
        }
        Ok(self.directory.join(format!("{}.{extension}", self.name)))
    }

    fn place(&self, path: &Path) -> String {
        format!("profile `{}`: {}", self.name, path.display())
    }
}

#[async_trait]
impl CredentialsProvider for TccliProfile {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        self.lookup(context).await?.required()
    }
}

/// The name of the profile, if options or environment name one.
pub(super) fn named(options: &Options, environment: &Environment) -> Option<String> {
    non_empty(options.profile.as_deref())
        .map(str::to_owned)
        .or_else(|| environment.get("TENCENTCLOUD_PROFILE"))
}

/// Where the JSON is malformed, without its content.
fn shape(error: &serde_json::Error) -> String {
    format!("is not a JSON object (line {}, column {})", error.line(), error.column())
}

fn plain(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|text| !text.is_empty())
}

/// Unix seconds, as a number or as text.
fn seconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| plain(value.as_str())?.parse().ok())
}
