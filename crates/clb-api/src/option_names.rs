//! What a program calls its options, for errors and warnings.

use std::fmt;

/// How the users of a program give its options, so that errors and warnings speak of these and not of [`Options`](crate::Options).
///
/// By default, options are named as the methods of [`ClientBuilder`](crate::ClientBuilder), and keys by their variables alone.
///
/// ```
/// use clb_api::{Client, Environment, OptionNames, Options};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // A command with two options; all else can be given by variables only.
/// let names = OptionNames::of(|option| match option {
///     "region" | "profile" => Some(format!("--{option}")),
///     _ => None,
/// });
/// let options = Options { names, ..Options::default() };
/// let client = Client::builder().environment(Environment::empty()).options(options).build()?;
/// let error = client.call("DescribeLoadBalancers", &()).await.unwrap_err();
/// assert!(error.to_string().starts_with("no region is known: set `--region`, or `TENCENTCLOUD_REGION`"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct OptionNames(fn(&str) -> Option<String>);

impl OptionNames {
    /// Names that `name` gives: it is called with the name of a field of [`Options`](crate::Options), or of one in a role's, such
    /// as `assume_role.role_arn`, and returns `None` for an option that the program does not offer.
    pub fn of(name: fn(&str) -> Option<String>) -> Self {
        Self(name)
    }

    /// Each option by its own name, keys included.
    pub fn as_fields() -> Self {
        Self(|option| Some(option.rsplit('.').next().unwrap_or(option).to_owned()))
    }

    /// The option in backticks, if the program offers it.
    pub(crate) fn offered(self, option: &str) -> Option<String> {
        (self.0)(option).map(|name| format!("`{name}`"))
    }

    /// An option that was given, in backticks.
    pub(crate) fn given(self, option: &str) -> String {
        self.offered(option).unwrap_or_else(|| format!("`{option}`"))
    }

    /// "`option` is not set, and neither is `VARIABLE`", or of the variable alone.
    pub(crate) fn unset(self, option: &str, variable: &str) -> String {
        match self.offered(option) {
            Some(option) => format!("{option} is not set, and neither is `{variable}`"),
            None => format!("`{variable}` is not set"),
        }
    }
}

impl Default for OptionNames {
    fn default() -> Self {
        Self(|option| match option {
            "secret_id" | "secret_key" | "security_token" => None,
            _ => (Self::as_fields().0)(option),
        })
    }
}

impl fmt::Debug for OptionNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OptionNames")
    }
}
