//! What holds for every world: any tasks, policies, deadlines, round trips and faults.
#![expect(clippy::unwrap_used, reason = "tests")]

mod world;

use std::{collections::BTreeMap, time::Duration};

use clb_task::{
    PollPolicy,
    planner::{Ending, Reply},
};
use proptest::prelude::*;
use world::{Fault, Question, REQUEST_TIMEOUT, Story, Task, World};

/// How late a last look may start, how long it may run on, and what sums of rounded times may differ by.
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
    use Fault::{NoAnswer, None, Refused, Silence, Throttled};
    let fault = prop_oneof![6 => Just(None), 1 => Just(Throttled), 1 => Just(NoAnswer), 1 => Just(Refused), 1 => Just(Silence)];
    prop::collection::vec(fault, 1..40)
}

/// Worlds in which anything may happen.
fn worlds() -> impl Strategy<Value = World> {
    (tasks(milliseconds(0..90_000)), faults(), milliseconds(0..3000), 1.0..200.0)
        .prop_map(|(tasks, faults, trip, rate)| World { tasks, faults, trip, rate })
}

/// Worlds in which every question is answered, and nobody gives up.
fn calm_worlds() -> impl Strategy<Value = World> {
    let patient = Just(Duration::from_secs(1_000_000));
    (tasks(patient), milliseconds(0..500), 1.0..200.0).prop_map(|(tasks, trip, rate)| World {
        tasks,
        faults: vec![],
        trip,
        rate,
    })
}

/// The questions about each task.
fn by_task(story: &Story) -> BTreeMap<usize, Vec<Question>> {
    let mut by_task: BTreeMap<usize, Vec<Question>> = BTreeMap::new();
    for question in &story.questions {
        by_task.entry(question.task).or_default().push(*question);
    }
    by_task
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_pace_is_never_exceeded(world in worlds()) {
        let story = world.play();
        for pair in story.questions.windows(2) {
            prop_assert!(pair[1].sent + ROUNDING >= pair[0].sent + world.spacing());
        }
    }

    #[test]
    fn a_task_has_one_question_in_flight_and_all_have_64(world in worlds()) {
        let story = world.play();
        prop_assert!(story.in_flight <= 64);
        for questions in by_task(&story).values() {
            for (number, pair) in (1..).zip(questions.windows(2)) {
                prop_assert_eq!((pair[0].attempt, pair[1].attempt), (number, number + 1));
                prop_assert!(pair[0].answered <= pair[1].sent);
            }
        }
    }

    #[test]
    fn every_task_ends_once_and_nothing_is_asked_afterwards(world in worlds()) {
        let story = world.play();
        let endings: BTreeMap<usize, _> = story.endings.iter().map(|(task, at, ending)| (*task, (*at, *ending))).collect();
        prop_assert_eq!(endings.len(), world.tasks.len());
        prop_assert_eq!(story.endings.len(), world.tasks.len());
        for (task, questions) in by_task(&story) {
            let (at, ending) = endings[&task];
            prop_assert!(questions.iter().all(|question| question.answered <= at));
            let last = questions[questions.len() - 1].reply;
            prop_assert_eq!(ending == Ending::Done, last == Reply::Ended);
        }
    }

    #[test]
    fn a_deadline_ends_the_wait_in_time(world in worlds()) {
        let story = world.play();
        for (task, at, ending) in &story.endings {
            let deadline = world.tasks[*task].start + world.tasks[*task].timeout;
            prop_assert!(*at <= deadline + OVERTIME, "{:?} at {:?}, deadline {:?}", ending, at, deadline);
            prop_assert!(*ending != Ending::TimedOut || *at >= deadline);
        }
        for question in &story.questions {
            let deadline = world.tasks[question.task].start + world.tasks[question.task].timeout;
            prop_assert!(question.sent <= deadline + LATE);
            prop_assert_eq!(question.answer_by, (question.sent + REQUEST_TIMEOUT).min(deadline + OVERTIME));
        }
    }

    #[test]
    fn the_same_world_gives_the_same_story(world in worlds()) {
        prop_assert_eq!(world.play(), world.play());
    }

    #[test]
    fn no_question_comes_before_its_time(world in calm_worlds(), interval in milliseconds(500..8000)) {
        let policy = PollPolicy::fixed(interval).unwrap();
        let tasks = world.tasks.iter().map(|task| Task { policy, ..*task }).collect();
        for questions in by_task(&World { tasks, ..world }.play()).values() {
            for pair in questions.windows(2) {
                prop_assert!(pair[1].sent >= pair[0].answered + interval);
            }
        }
    }

    #[test]
    fn no_due_task_waits_longer_than_a_round(world in calm_worlds(), longest in milliseconds(500..8000)) {
        let policy = PollPolicy::adaptive().with_max_interval(longest).unwrap();
        let tasks: Vec<Task> = world.tasks.iter().map(|task| Task { policy, ..*task }).collect();
        let round = world.spacing() * u32::try_from(tasks.len()).unwrap() + ROUNDING * 100;
        let world = World { tasks, ..world };
        for questions in by_task(&world.play()).values() {
            let task = world.tasks[questions[0].task];
            prop_assert!(questions[0].sent <= task.start + longest + round);
            for pair in questions.windows(2) {
                prop_assert!(pair[1].sent <= pair[0].answered + longest + round);
            }
        }
    }

    #[test]
    fn throttling_never_ends_a_wait_and_passes(world in calm_worlds(), refusals in 1_usize..40) {
        let mut faults = vec![Fault::Throttled; refusals];
        faults.resize(100_000, Fault::None);
        let world = World { faults, ..world };
        let story = world.play();
        prop_assert!(story.endings.iter().all(|(_, _, ending)| *ending == Ending::Done));
    }
}
