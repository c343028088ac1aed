//! Which actions can be called and waited for.

use clb_task::actions::{self, Kind};

use crate::Service;

/// How the outcome of an action is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// By polling the task whose id is the `RequestId` of the response.
    Task,
    /// It is not documented: by polling if the service knows the id, else the response is the outcome.
    Undocumented,
    /// The action is not in the table of known ones: taken for one that starts a task.
    Unknown,
}

/// An action that cannot be called and waited for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The text cannot be the name of an action.
    #[error("an action is named by 1 to 64 ASCII letters and digits, such as `CreateListener`, not {0:?}")]
    Malformed(String),
    /// The name is within two letters of a known one.
    #[error("there is no action `{name}`; `{similar}` is one")]
    Misspelt {
        /// The name as given.
        name: String,
        /// The known action.
        similar: &'static str,
    },
    /// The action changes nothing, so that there is no task.
    #[error("`{0}` is a query and starts no task")]
    Query(String),
    /// The work is done when the response arrives.
    #[error("`{0}` starts no task: its response is the outcome")]
    Synchronous(String),
    /// Another action tells about the outcome.
    #[error("the outcome of `{name}` is reported by `{poller}`, not by `DescribeTaskStatus`")]
    OtherPoller {
        /// The action.
        name: String,
        /// What to call in place of `DescribeTaskStatus`.
        poller: &'static str,
    },
}

/// The longest name that is accepted; the longest of the known ones has 49 characters.
const LONGEST_NAME: usize = 64;

impl Outcome {
    /// How the outcome of `action` is known, or why it cannot be waited for. Actions of other services than CLB are
    /// not in the table; their names are only checked for their form.
    ///
    /// ```
    /// use clb_api::{ActionError, Outcome, Service};
    ///
    /// let clb = Service::clb();
    /// assert_eq!(Outcome::of(&clb, "CreateListener"), Ok(Outcome::Task));
    /// assert_eq!(Outcome::of(&clb, "BatchRegisterTargets"), Ok(Outcome::Undocumented));
    /// assert!(matches!(Outcome::of(&clb, "DescribeListeners"), Err(ActionError::Query(_))));
    /// assert!(matches!(Outcome::of(&clb, "CreateListner"), Err(ActionError::Misspelt { similar: "CreateListener", .. })));
    /// ```
    pub fn of(service: &Service, action: &str) -> Result<Self, ActionError> {
        if !is_well_formed(action) {
            return Err(ActionError::Malformed(action.to_owned()));
        }
        let known = if service.is_clb() { actions::lookup(action) } else { None };
        match known.map(|known| known.kind) {
            Some(Kind::Polled) => Ok(Self::Task),
            Some(Kind::Query) => Err(ActionError::Query(action.to_owned())),
            Some(Kind::Synchronous) => Err(ActionError::Synchronous(action.to_owned())),
            Some(Kind::OtherPoller(poller)) => {
                Err(ActionError::OtherPoller { name: action.to_owned(), poller })
            }
            Some(_) => Ok(Self::Undocumented),
            None => Self::of_unknown(service, action),
        }
    }

    fn of_unknown(service: &Service, action: &str) -> Result<Self, ActionError> {
        match actions::nearest(action).filter(|_| service.is_clb()) {
            Some(similar) => Err(ActionError::Misspelt { name: action.to_owned(), similar: similar.name }),
            None => Ok(Self::Unknown),
        }
    }
}

/// Whether `action` changes nothing, so that it may be repeated. Unknown ones are judged by their name.
pub(crate) fn is_query(service: &Service, action: &str) -> bool {
    match actions::lookup(action).filter(|_| service.is_clb()) {
        Some(known) => known.kind == Kind::Query,
        None => ["Describe", "Inquir", "List"].iter().any(|prefix| action.starts_with(prefix)),
    }
}

/// Whether the action takes a `ClientToken`, by which the service recognises a call that it gets again.
pub(crate) fn takes_client_token(service: &Service, action: &str) -> bool {
    service.is_clb() && actions::lookup(action).is_some_and(|known| known.takes_client_token)
}

fn is_well_formed(action: &str) -> bool {
    (1..=LONGEST_NAME).contains(&action.len()) && action.bytes().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(action: &str, expected: Result<Outcome, &str>) {
        let outcome = Outcome::of(&Service::clb(), action);
        assert_eq!(outcome.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn what_starts_no_task_is_rejected_with_the_alternative() {
        check("DescribeListeners", Err("`DescribeListeners` is a query and starts no task"));
        check("CreateTargetGroup", Err("`CreateTargetGroup` starts no task: its response is the outcome"));
        let other = "the outcome of `CreateUserGroup` is reported by `DescribeAsyncJobs`, not by `DescribeTaskStatus`";
        check("CreateUserGroup", Err(other));
    }

    #[test]
    fn a_name_within_two_letters_of_a_known_one_is_misspelt() {
        for (name, similar) in [
            ("CreateListner", "CreateListener"),
            ("createlistener", "CreateListener"),
            ("CreateKeyz", "CreateKey"), // as near to `CreateKeys`
        ] {
            check(name, Err(&format!("there is no action `{name}`; `{similar}` is one")));
        }
        check("CreateSomethingElse", Ok(Outcome::Unknown));
    }

    #[test]
    fn a_name_is_made_of_letters_and_digits() {
        for name in ["", "Create Listener", "Löschen", "A-B", &"x".repeat(65)] {
            let error = Outcome::of(&Service::clb(), name);
            assert_eq!(error, Err(ActionError::Malformed(name.to_owned())));
        }
    }

    #[test]
    fn the_table_is_about_one_service() {
        let gwlb = Service::new("gwlb", "2024-09-06").unwrap();
        assert_eq!(Outcome::of(&gwlb, "CreateGatewayLoadBalancer"), Ok(Outcome::Unknown));
        assert!(
            is_query(&gwlb, "DescribeGatewayLoadBalancers") && !is_query(&gwlb, "CreateGatewayLoadBalancer")
        );
        assert!(is_query(&Service::clb(), "InquiryPriceCreateLoadBalancer"));
    }
}
