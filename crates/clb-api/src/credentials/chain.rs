//! The order in which sources are tried.

use async_trait::async_trait;

use super::{CredentialError, CredentialSource, Session, credential, environment_token};
use crate::{Environment, Options, reach::Reach};

/// Whatever the options and the environment have, in the order of precedence.
#[derive(Clone, Debug)]
pub struct DefaultCredentials {
    options: Options,
    environment: Environment,
}

impl DefaultCredentials {
    /// Nothing is read before credentials are needed.
    pub fn new(options: Options, environment: Environment) -> Self {
        Self { options, environment }
    }
}

#[async_trait]
impl CredentialSource for DefaultCredentials {
    async fn session(&self, _: &Reach) -> Result<Session, CredentialError> {
        let argument = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let id = argument(&self.options.secret_id);
        let key = argument(&self.options.secret_key);
        let token = argument(&self.options.security_token).or_else(|| {
            (id.is_none() && key.is_none()).then(|| environment_token(&self.environment)).flatten()
        });
        let id = id.or_else(|| self.environment.get("TENCENTCLOUD_SECRET_ID"));
        let key = key.or_else(|| self.environment.get("TENCENTCLOUD_SECRET_KEY"));
        match (id, key) {
            (Some(id), Some(key)) => credential(&id, &key, token.as_deref())
                .map(Session::lasting)
                .map_err(|error| CredentialError::unusable("keys", error)),
            _ => Err(CredentialError::NotFound {
                tried: vec!["keys: `secret_id` and `secret_key` are not both set, as arguments or as `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`".into()],
            }),
        }
    }
}
