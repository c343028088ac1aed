//! Key pairs of options and environment.

use async_trait::async_trait;
use clb_sign::{Credential, InvalidCredentialError};

use super::{CredentialContext, CredentialError, Credentials, CredentialsProvider, Lookup, credential};
use crate::{Environment, Options, options::non_empty};

const ID: &str = "TENCENTCLOUD_SECRET_ID";
const KEY: &str = "TENCENTCLOUD_SECRET_KEY";

/// A fixed key pair, with a token if it is temporary.
#[derive(Clone, Debug)]
pub struct StaticCredentials(Credential);

/// The key pair of the environment: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`, with
/// `TENCENTCLOUD_SECURITY_TOKEN`, or else `TENCENTCLOUD_TOKEN`.
#[derive(Clone, Debug)]
pub struct EnvironmentCredentials(Environment);

impl StaticCredentials {
    /// These credentials.
    pub fn new(credential: Credential) -> Self {
        Self(credential)
    }

    /// A key pair as text.
    ///
    /// ```
    /// let keys = clb_api::StaticCredentials::parse("AKIDEXAMPLE", "EXAMPLEKEY", None)?;
    /// assert!(!format!("{keys:?}").contains("EXAMPLEKEY"));
    /// # Ok::<_, clb_sign::InvalidCredentialError>(())
    /// ```
    pub fn parse(
        secret_id: &str,
        secret_key: &str,
        token: Option<&str>,
    ) -> Result<Self, InvalidCredentialError> {
        credential(secret_id, secret_key, token).map(Self)
    }
}

impl EnvironmentCredentials {
    /// Reads the variables at each fetch.
    pub fn new(environment: Environment) -> Self {
        Self(environment)
    }
}

#[async_trait]
impl CredentialsProvider for StaticCredentials {
    async fn credentials(&self, _: &CredentialContext) -> Result<Credentials, CredentialError> {
        Ok(Credentials::new(self.0.clone()))
    }
}

#[async_trait]
impl CredentialsProvider for EnvironmentCredentials {
    async fn credentials(&self, _: &CredentialContext) -> Result<Credentials, CredentialError> {
        given_keys(&Options::default(), &self.0)?.required()
    }
}

/// Keys of options and environment, value by value, or the reason why there are none.
///
/// The environment's token belongs to the environment's keys: it is used only with both of them. With an explicit
/// profile the environment is not read.
pub(super) fn given_keys(
    options: &Options,
    environment: &Environment,
) -> Result<Lookup<Credentials>, CredentialError> {
    let profile = non_empty(options.profile.as_deref()).is_some();
    let variable = |name| if profile { None } else { environment.get(name) };
    let (own_id, own_key) =
        (non_empty(options.secret_id.as_deref()), non_empty(options.secret_key.as_deref()));
    let from_environment = own_id.is_none() && own_key.is_none();
    let id = own_id.map(str::to_owned).or_else(|| variable(ID));
    let key = own_key.map(str::to_owned).or_else(|| variable(KEY));
    let token = non_empty(options.security_token.as_deref()).map(str::to_owned);
    let token = token.or_else(|| from_environment.then(|| environment_token(environment)).flatten());
    match (id, key) {
        (Some(id), Some(key)) => credential(&id, &key, token.as_deref())
            .map(|credential| Lookup::Found(Credentials::new(credential)))
            .map_err(|error| CredentialError::malformed(origin(options, from_environment), error)),
        (id, key) if from_environment => {
            Ok(Lookup::NotFound(reason(options, profile, id.is_some(), key.is_some())))
        }
        (id, _) => Err(half(options, id.is_some(), profile)),
    }
}

fn origin(Options { names, .. }: &Options, from_environment: bool) -> String {
    if from_environment {
        "keys of the environment".to_owned()
    } else {
        format!("{} and {}", names.given("secret_id"), names.given("secret_key"))
    }
}

fn reason(Options { names, .. }: &Options, profile: bool, id: bool, key: bool) -> String {
    let options = names.offered("secret_id").zip(names.offered("secret_key"));
    let variables = match (id, key) {
        _ if profile => {
            format!("the environment is not read, because {} is set", names.given("profile"))
        }
        (true, _) => format!("`{ID}` is set, but `{KEY}` is not"),
        (_, true) => format!("`{KEY}` is set, but `{ID}` is not"),
        _ if options.is_some() => format!("nor are `{ID}` and `{KEY}`"),
        _ => format!("`{ID}` and `{KEY}` are not set"),
    };
    let options = options.map(|(id, key)| format!("{id} and {key} are not set, ")).unwrap_or_default();
    format!("keys: {options}{variables}")
}

/// One half as an argument and the other nowhere is an error: the search must not continue to another identity.
fn half(Options { names, .. }: &Options, id: bool, profile: bool) -> CredentialError {
    let (set, missing, variable) =
        if id { ("secret_id", "secret_key", KEY) } else { ("secret_key", "secret_id", ID) };
    let nor = if profile { String::new() } else { format!(", and neither is `{variable}`") };
    let missing = names.given(missing);
    CredentialError::unusable(names.given(set), format!("is set, but {missing} is not{nor}"))
}

fn environment_token(environment: &Environment) -> Option<String> {
    environment.get("TENCENTCLOUD_SECURITY_TOKEN").or_else(|| environment.get("TENCENTCLOUD_TOKEN"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OptionNames, error_chain::chain};

    fn check(arguments: [&str; 4], variables: [(&str, &str); 4], expected: &str) {
        let some = |text: &str| Some(text.to_owned());
        let [id, key, token, profile] = arguments.map(some);
        let options =
            Options { secret_id: id, secret_key: key, security_token: token, profile, ..Options::default() };
        let options = Options { names: OptionNames::as_fields(), ..options };
        let shown = match given_keys(&options, &Environment::of(variables)) {
            Ok(Lookup::Found(credentials)) => {
                let credential = credentials.credential();
                let token = credential.token().map_or("-", |token| token.as_str());
                format!("{} {token}", credential.secret_id())
            }
            Ok(Lookup::NotFound(reason)) => reason,
            Err(error) => chain(&error),
        };
        assert_eq!(shown, expected, "{arguments:?} {variables:?}");
    }

    #[test]
    fn keys_are_taken_value_by_value_and_the_token_with_its_keys() {
        let environment = [
            (ID, "env-id"),
            (KEY, "env-key"),
            ("TENCENTCLOUD_SECURITY_TOKEN", "env-token"),
            ("TENCENTCLOUD_TOKEN", "t2"),
        ];
        check(["", "", "", ""], environment, "env-id env-token");
        check(["", "", "token", ""], environment, "env-id token");
        check(["id", "key", "", ""], environment, "id -");
        check(["id", "key", "token", ""], environment, "id token");
        check(["id", "", "", ""], environment, "id -");
        check(["", "key", "", ""], environment, "env-id -");
        check(["id", "key", "", "p"], environment, "id -");
        let second_name = [
            (ID, "env-id"),
            (KEY, "env-key"),
            ("TENCENTCLOUD_SECURITY_TOKEN", ""),
            ("TENCENTCLOUD_TOKEN", "t2"),
        ];
        check(["", "", "", ""], second_name, "env-id t2");
    }

    #[test]
    fn a_program_without_options_for_keys_speaks_of_the_variables() {
        let reason = |options: &Options, variables: [(&str, &str); 1]| match given_keys(
            options,
            &Environment::of(variables),
        ) {
            Ok(Lookup::NotFound(reason)) => reason,
            _ => unreachable!("there is no pair"),
        };
        let options = Options::default();
        assert_eq!(reason(&options, [("A", "")]), format!("keys: `{ID}` and `{KEY}` are not set"));
        assert_eq!(reason(&options, [(ID, "id")]), format!("keys: `{ID}` is set, but `{KEY}` is not"));
        let names = OptionNames::of(|option| Some(format!("--{option}")));
        let options = Options { profile: Some("p".to_owned()), names, ..options };
        let unset = "keys: `--secret_id` and `--secret_key` are not set, ";
        let profile = format!("{unset}the environment is not read, because `--profile` is set");
        assert_eq!(reason(&options, [("A", "")]), profile);
    }

    #[test]
    fn what_is_missing_is_named() {
        let none = [(ID, ""), (KEY, ""), ("A", ""), ("B", "")];
        let id_only = [(ID, "env-id"), (KEY, ""), ("A", ""), ("B", "")];
        let both = [(ID, "env-id"), (KEY, "env-key"), ("A", ""), ("B", "")];
        let unset = "keys: `secret_id` and `secret_key` are not set, ";
        check(["", "", "", ""], none, &format!("{unset}nor are `{ID}` and `{KEY}`"));
        check(["", "", "", ""], id_only, &format!("{unset}`{ID}` is set, but `{KEY}` is not"));
        check(
            ["", "", "", "p"],
            both,
            &format!("{unset}the environment is not read, because `profile` is set"),
        );
        check(
            ["id", "", "", ""],
            none,
            &format!("`secret_id`: is set, but `secret_key` is not, and neither is `{KEY}`"),
        );
        check(["", "key", "", "p"], both, "`secret_key`: is set, but `secret_id` is not");
        check(
            [" id", "key", "", ""],
            none,
            "`secret_id` and `secret_key`: malformed: secret id has white space around it",
        );
    }
}
