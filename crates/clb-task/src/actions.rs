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
pub struct Action {
    /// Its name, as in the header `X-TC-Action`.
    pub name: &'static str,
    /// What calling it starts.
    pub kind: Kind,
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

/// The action whose name was probably meant: within two letters added, left out or changed, whatever their case. None for
/// the name of an action itself, and for a name that is as near to two of them.
pub fn nearest(name: &str) -> Option<&'static Action> {
    if lookup(name).is_some() {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let distances =
        ACTIONS.iter().map(|action| (distance(&lower, &action.name.to_ascii_lowercase()), action));
    let near: Vec<_> = distances.filter(|(distance, _)| *distance <= 2).collect();
    let least = near.iter().map(|(distance, _)| *distance).min()?;
    let mut nearest = near.iter().filter(|(distance, _)| *distance == least);
    nearest.next().filter(|_| nearest.next().is_none()).map(|(_, action)| *action)
}

/// The least number of letters to add, leave out or change (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.bytes().enumerate() {
            let change = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
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
            ("CreateListener", None),
            ("CreateSomethingElse", None),
            ("", None),
        ] {
            assert_eq!(nearest(slip).map(|action| action.name), meant, "{slip}");
        }
    }

    #[test]
    fn the_distance_counts_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
