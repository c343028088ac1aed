//! The actions of the load balancer API (CLB, version 2018-03-17), as data: which of them start a task, and which action
//! to poll for it.
//!
//! ```
//! use clb_task::actions::{Kind, lookup, nearest};
//!
//! assert_eq!(lookup("CreateListener").map(|action| action.kind), Some(Kind::Polled));
//! assert_eq!(lookup("CreateUserGroup").map(|action| action.kind), Some(Kind::OtherPoller("DescribeAsyncJobs")));
//! assert_eq!(nearest("CreateListner").map(|action| action.name), Some("CreateListener"));
//! ```

mod table;

use self::table::ACTIONS;

/// One action of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Action {
    /// Its name, as in the header `X-TC-Action`.
    pub name: &'static str,
    /// What calling it starts.
    pub kind: Kind,
    /// Whether it takes a `ClientToken`: a string of the caller's by which the service recognises a call that it gets
    /// again, so that it carries the call out once.
    pub takes_client_token: bool,
}

/// What calling an action starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A task that `DescribeTaskStatus` reports on, by the `RequestId` of the response.
    Polled,
    /// Something whose outcome only the named action reports.
    OtherPoller(&'static str),
    /// Nothing: the response is the outcome.
    Synchronous,
    /// Nothing: the action only reads.
    Query,
    /// Unknown: the documentation does not say whether the work is done when the response comes, nor how to learn of it.
    Undocumented,
}

/// The action with exactly this name.
pub fn lookup(name: &str) -> Option<&'static Action> {
    ACTIONS.binary_search_by(|action| action.name.cmp(name)).ok().map(|index| &ACTIONS[index])
}

/// All actions, in alphabetical order.
pub fn all() -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter()
}

/// The known action whose name is nearest to `name`: within two letters added, left out or changed, whatever their case.
/// The first of those that are equally near; none for the name of an action itself.
pub fn nearest(name: &str) -> Option<&'static Action> {
    if lookup(name).is_some() {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let distance = |action: &Action| strsim::levenshtein(&lower, &action.name.to_ascii_lowercase());
    let near = ACTIONS.iter().map(|action| (distance(action), action)).filter(|(distance, _)| *distance <= 2);
    near.min_by_key(|(distance, _)| *distance).map(|(_, action)| action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_name_is_found() {
        assert!(ACTIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(all().all(|action| lookup(action.name) == Some(action)));
        assert_eq!(lookup("createlistener"), None);
    }

    #[test]
    fn queries_are_known_by_their_names() {
        for action in all() {
            let reads = action.name.starts_with("Describe") || action.name.starts_with("Inquir");
            assert_eq!(reads, action.kind == Kind::Query, "{}", action.name);
        }
    }

    #[test]
    fn every_other_poller_is_a_query() {
        for action in all() {
            if let Kind::OtherPoller(poller) = action.kind {
                assert_eq!(lookup(poller).map(|action| action.kind), Some(Kind::Query), "{}", action.name);
            }
        }
    }

    #[test]
    fn the_kinds_of_the_documentation_are_kept() {
        let count = |kind| all().filter(|action| action.kind == kind).count();
        assert_eq!(count(Kind::Polled), 46);
        assert_eq!(count(Kind::OtherPoller("DescribeAsyncJobs")), 8);
        for name in
            ["RegisterTargets", "CreateLoadBalancer", "ModifyLoadBalancerAttributes", "SetLoadBalancerClsLog"]
        {
            assert_eq!(lookup(name).map(|action| action.kind), Some(Kind::Polled), "{name}");
        }
    }

    #[test]
    fn a_misspelt_name_finds_the_name_that_was_meant() {
        for (slip, meant) in [
            ("CreateListner", Some("CreateListener")),
            ("createlistener", Some("CreateListener")),
            ("RegisterTarget", Some("RegisterTargets")),
            ("DescribeTaskStats", Some("DescribeTaskStatus")),
            ("CreateKeyz", Some("CreateKey")),
            ("CreateListener", None),
            ("CreateSomethingElse", None),
            ("", None),
        ] {
            assert_eq!(nearest(slip).map(|action| action.name), meant, "{slip}");
        }
    }
}
