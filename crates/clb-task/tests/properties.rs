//! Properties of the planner, for any tasks, policies, deadlines, round trips and faults.
#![expect(clippy::unwrap_used, reason = "tests")]

mod world;

use std::{collections::BTreeMap, time::Duration};

use clb_task::{
    PollPolicy,
    planner::{PollResponse, WaitOutcome},
};
use proptest::prelude::*;
use world::{Fault, History, Poll, REQUEST_TIMEOUT, Task, World};

/// How late a final poll may start, how long it may run on, and what sums of rounded times may differ by.
const LATE: Duration = Duration::from_millis(250);
const OVERTIME: Duration = Duration::from_secs(2);
const ROUNDING: Duration = Duration::from_nanos(10);

fn milliseconds(range: std::ops::Range<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_millis)
}

fn policy() -> impl Strategy<Value = PollPolicy> {
    let interval = || milliseconds(500..8000);
    prop_oneof![
        Just(PollPolicy::adaptive()),
        interval().prop_map(|longest| PollPolicy::adaptive().with_max_interval(longest).unwrap()),
        interval().prop_map(|interval| PollPolicy::fixed(interval).unwrap()),
        (interval(), 1.0..3.0).prop_map(|(first, growth)| {
            PollPolicy::exponential(first, first + Duration::from_secs(10), growth).unwrap()
        }),
    ]
}

fn tasks(timeout: impl Strategy<Value = Duration>) -> impl Strategy<Value = Vec<Task>> {
    let task = (policy(), milliseconds(0..20_000), milliseconds(0..60_000), timeout)
        .prop_map(|(policy, start, duration, timeout)| Task { policy, start, duration, timeout });
    prop::collection::vec(task, 1..60)
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    use Fault::{None, Rejected, Silence, Throttled, Transient};
    let fault = prop_oneof![6 => Just(None), 1 => Just(Throttled), 1 => Just(Transient), 1 => Just(Rejected), 1 => Just(Silence)];
    prop::collection::vec(fault, 1..40)
}

/// Worlds in which anything may happen.
fn worlds() -> impl Strategy<Value = World> {
    (tasks(milliseconds(0..90_000)), faults(), milliseconds(0..3000), 1.0..200.0)
        .prop_map(|(tasks, faults, trip, rate)| World { tasks, faults, trip, rate })
}

/// Worlds in which every poll gets a response, and no wait times out.
fn calm_worlds() -> impl Strategy<Value = World> {
    let never = Just(Duration::from_secs(1_000_000));
    (tasks(never), milliseconds(0..500), 1.0..200.0).prop_map(|(tasks, trip, rate)| World {
        tasks,
        faults: vec![],
        trip,
        rate,
    })
}

/// The polls of each task.
fn by_task(history: &History) -> BTreeMap<usize, Vec<Poll>> {
    let mut by_task: BTreeMap<usize, Vec<Poll>> = BTreeMap::new();
    for poll in &history.polls {
        by_task.entry(poll.task).or_default().push(*poll);
    }
    by_task
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rate_limit_is_never_exceeded(world in worlds()) {
        let history = world.play();
        for pair in history.polls.windows(2) {
            prop_assert!(pair[1].sent + ROUNDING >= pair[0].sent + world.spacing());
        }
    }

    #[test]
    fn a_task_has_one_poll_in_flight_and_all_have_64(world in worlds()) {
        let history = world.play();
        prop_assert!(history.in_flight <= 64);
        for polls in by_task(&history).values() {
            for (number, pair) in (1..).zip(polls.windows(2)) {
                prop_assert_eq!((pair[0].attempt, pair[1].attempt), (number, number + 1));
                prop_assert!(pair[0].responded <= pair[1].sent);
            }
        }
    }

    #[test]
    fn every_wait_completes_once_and_is_not_polled_afterwards(world in worlds()) {
        let history = world.play();
        let outcomes: BTreeMap<usize, _> = history.outcomes.iter().map(|(task, at, outcome)| (*task, (*at, *outcome))).collect();
        prop_assert_eq!(outcomes.len(), world.tasks.len());
        prop_assert_eq!(history.outcomes.len(), world.tasks.len());
        for (task, polls) in by_task(&history) {
            let (at, outcome) = outcomes[&task];
            prop_assert!(polls.iter().all(|poll| poll.responded <= at));
            let last = polls[polls.len() - 1].response;
            prop_assert_eq!(outcome == WaitOutcome::Completed, last == PollResponse::Completed);
        }
    }

    #[test]
    fn a_deadline_ends_the_wait_in_time(world in worlds()) {
        let history = world.play();
        for (task, at, outcome) in &history.outcomes {
            let deadline = world.tasks[*task].start + world.tasks[*task].timeout;
            prop_assert!(*at <= deadline + OVERTIME, "{:?} at {:?}, deadline {:?}", outcome, at, deadline);
            prop_assert!(*outcome != WaitOutcome::TimedOut || *at >= deadline);
        }
        for poll in &history.polls {
            let deadline = world.tasks[poll.task].start + world.tasks[poll.task].timeout;
            prop_assert!(poll.sent <= deadline + LATE);
            prop_assert_eq!(poll.deadline, (poll.sent + REQUEST_TIMEOUT).min(deadline + OVERTIME));
        }
    }

    #[test]
    fn no_poll_comes_before_its_time(world in calm_worlds(), interval in milliseconds(500..8000)) {
        let policy = PollPolicy::fixed(interval).unwrap();
        let tasks = world.tasks.iter().map(|task| Task { policy, ..*task }).collect();
        for polls in by_task(&World { tasks, ..world }.play()).values() {
            for pair in polls.windows(2) {
                prop_assert!(pair[1].sent >= pair[0].responded + interval);
            }
        }
    }

    #[test]
    fn no_due_task_waits_longer_than_a_round(world in calm_worlds(), longest in milliseconds(500..8000)) {
        let policy = PollPolicy::adaptive().with_max_interval(longest).unwrap();
        let tasks: Vec<Task> = world.tasks.iter().map(|task| Task { policy, ..*task }).collect();
        // A round trip more for each task, while connections are not warm.
        let round = (world.spacing() + world.trip) * u32::try_from(tasks.len()).unwrap() + ROUNDING * 100;
        let world = World { tasks, ..world };
        for polls in by_task(&world.play()).values() {
            let task = world.tasks[polls[0].task];
            prop_assert!(polls[0].sent <= task.start + longest + round);
            for pair in polls.windows(2) {
                prop_assert!(pair[1].sent <= pair[0].responded + longest + round);
            }
        }
    }

    #[test]
    fn throttling_never_ends_a_wait_and_passes(world in calm_worlds(), throttled in 1_usize..40) {
        let mut faults = vec![Fault::Throttled; throttled];
        faults.resize(100_000, Fault::None);
        let world = World { faults, ..world };
        let history = world.play();
        prop_assert!(history.outcomes.iter().all(|(_, _, outcome)| *outcome == WaitOutcome::Completed));
    }
}
