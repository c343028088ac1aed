//! Roles assumed with the assertion or token of an identity provider, without credentials.

use std::{fmt, path::PathBuf};

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

use super::{
    CredentialContext, CredentialError, Credentials, CredentialsProvider, files,
    required::{ROLE_SECONDS, Required},
    sts,
    variables::{ARN, PRINCIPAL_ARN, SAML_ASSERTION, SESSION_NAME, WEB_IDENTITY_TOKEN},
};
use crate::{
    AssumeRoleWithSaml, AssumeRoleWithWebIdentity, Environment, OptionNames, Region, options::non_empty,
    signing::Signing,
};

/// A role, assumed with the assertion of a SAML identity provider (`AssumeRoleWithSAML`).
pub struct SamlRole {
    purpose: String,
    parameters: SamlParameters,
}

/// A role, assumed with the token of an `OpenID` Connect identity provider (`AssumeRoleWithWebIdentity`). Its files are
/// read at each fetch, because their writer renews the token.
pub struct WebIdentityRole {
    place: &'static str,
    provider_id: String,
    token: ValueOrFile,
    role_arn: ValueOrFile,
    session_name: String,
    seconds: u64,
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SamlParameters {
    #[serde(rename = "SAMLAssertion")]
    saml_assertion: String,
    principal_arn: String,
    role_arn: String,
    role_session_name: String,
    duration_seconds: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WebIdentityParameters<'a> {
    provider_id: &'a str,
    web_identity_token: String,
    role_arn: String,
    role_session_name: &'a str,
    duration_seconds: u64,
}

/// A value, or a file that holds it: as plain text, or as this field of a JSON object.
enum ValueOrFile {
    Value(String),
    File(PathBuf, &'static str),
}

impl SamlRole {
    /// Assumes the role. Everything but the duration is required.
    pub fn new(arguments: &AssumeRoleWithSaml) -> Result<Self, CredentialError> {
        Self::named(arguments, OptionNames::default())
    }

    pub(super) fn named(arguments: &AssumeRoleWithSaml, names: OptionNames) -> Result<Self, CredentialError> {
        let required = Required { block: "assume_role_with_saml", names };
        let parameters = SamlParameters {
            saml_assertion: required.text(
                arguments.saml_assertion.as_deref(),
                "saml_assertion",
                SAML_ASSERTION,
            )?,
            principal_arn: required.text(
                arguments.principal_arn.as_deref(),
                "principal_arn",
                PRINCIPAL_ARN,
            )?,
            role_arn: required.text(arguments.role_arn.as_deref(), "role_arn", ARN)?,
            role_session_name: required.text(
                arguments.session_name.as_deref(),
                "session_name",
                SESSION_NAME,
            )?,
            duration_seconds: required.role_seconds(arguments.session_duration)?,
        };
        let purpose = format!("assuming the role `{}` with SAML", parameters.role_arn);
        Ok(Self { purpose, parameters })
    }
}

impl WebIdentityRole {
    /// Assumes the role. A token, a role and a session name are required, the first two given or in a file; `~` in
    /// a path is the home directory of `environment`.
    pub fn new(
        arguments: &AssumeRoleWithWebIdentity,
        environment: &Environment,
    ) -> Result<Self, CredentialError> {
        Self::named(arguments, environment, OptionNames::default())
    }

    pub(super) fn named(
        arguments: &AssumeRoleWithWebIdentity,
        environment: &Environment,
        names: OptionNames,
    ) -> Result<Self, CredentialError> {
        let required = Required { block: "assume_role_with_web_identity", names };
        let either = |value: &Option<String>, file: &Option<String>, field, variable| match (
            non_empty(value.as_deref()),
            non_empty(file.as_deref()),
        ) {
            (Some(value), _) => Ok(ValueOrFile::Value(value.to_owned())),
            (None, Some(path)) => Ok(ValueOrFile::File(environment.expand(path), field)),
            (None, None) => Err(required.missing(field, variable)),
        };
        let AssumeRoleWithWebIdentity {
            web_identity_token,
            web_identity_token_file,
            role_arn,
            role_arn_file,
            ..
        } = arguments;
        Ok(Self {
            place: required.block,
            token: either(
                web_identity_token,
                web_identity_token_file,
                "web_identity_token",
                WEB_IDENTITY_TOKEN,
            )?,
            role_arn: either(role_arn, role_arn_file, "role_arn", ARN)?,
            session_name: required.text(arguments.session_name.as_deref(), "session_name", SESSION_NAME)?,
            seconds: required.role_seconds(arguments.session_duration)?,
            provider_id: non_empty(arguments.provider_id.as_deref()).unwrap_or("OIDC").to_owned(),
            region: None,
        })
    }

    /// The identity of a pod in the vendor's Kubernetes service (TKE), from the four variables that it sets:
    /// `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE`, `TKE_ROLE_ARN`.
    pub fn of_this_pod(environment: &Environment) -> Result<Self, CredentialError> {
        let place = "pod identity";
        let variable = |name| {
            environment
                .get(name)
                .ok_or_else(|| CredentialError::unusable(place, format!("`{name}` is not set")))
        };
        let region = Region::parse(&variable("TKE_REGION")?)
            .map_err(|error| CredentialError::unusable(place, format!("`TKE_REGION`: {error}")))?;
        Ok(Self {
            place,
            provider_id: variable("TKE_PROVIDER_ID")?,
            token: ValueOrFile::File(
                PathBuf::from(variable("TKE_WEB_IDENTITY_TOKEN_FILE")?),
                "web_identity_token",
            ),
            role_arn: ValueOrFile::Value(variable("TKE_ROLE_ARN")?),
            session_name: "clb-api".to_owned(),
            seconds: ROLE_SECONDS,
            region: Some(region),
        })
    }
}

#[async_trait]
impl CredentialsProvider for SamlRole {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let request = sts::Request { purpose: &self.purpose, action: "AssumeRoleWithSAML", region: None };
        sts::credentials(&request, &self.parameters, &Signing::Skip, context).await
    }
}

#[async_trait]
impl CredentialsProvider for WebIdentityRole {
    async fn credentials(&self, context: &CredentialContext) -> Result<Credentials, CredentialError> {
        let role_arn = self.role_arn.read(self.place).await?;
        let purpose = format!("assuming the role `{role_arn}` with a web identity");
        let parameters = WebIdentityParameters {
            provider_id: &self.provider_id,
            web_identity_token: self.token.read(self.place).await?,
            role_arn,
            role_session_name: &self.session_name,
            duration_seconds: self.seconds,
        };
        let request = sts::Request {
            purpose: &purpose,
            action: "AssumeRoleWithWebIdentity",
            region: self.region.as_ref(),
        };
        sts::credentials(&request, &parameters, &Signing::Skip, context).await
    }
}

impl fmt::Debug for SamlRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlRole").field("role_arn", &self.parameters.role_arn).finish_non_exhaustive()
    }
}

impl fmt::Debug for WebIdentityRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIdentityRole").field("provider_id", &self.provider_id).finish_non_exhaustive()
    }
}

impl ValueOrFile {
    async fn read(&self, place: &str) -> Result<String, CredentialError> {
        let (path, field) = match self {
            Self::Value(value) => return Ok(value.clone()),
            Self::File(path, field) => (path, field),
        };
        let origin = || format!("{place}: {}", path.display());
        let unusable = |problem: &str| CredentialError::unusable(origin(), problem);
        let text = files::text(path).await;
        let text = text.map_err(|error| CredentialError::unreadable(origin(), error))?;
        let text = text.ok_or_else(|| unusable("is not there"))?;
        plain_or_json(text.trim(), field).map_err(|problem| unusable(&problem))
    }
}

/// Some tools write the value itself, the official provider wants a JSON object around it.
fn plain_or_json(text: &str, field: &str) -> Result<String, String> {
    let value = match serde_json::from_str(text) {
        Ok(Value::Object(object)) => {
            object.get(field).and_then(Value::as_str).map(|text| text.trim().to_owned())
        }
        Ok(Value::String(text)) => Some(text),
        _ => Some(text.to_owned()),
    };
    value.filter(|value| !value.is_empty()).ok_or_else(|| format!("holds no `{field}`"))
}
