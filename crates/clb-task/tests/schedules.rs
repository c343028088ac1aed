//! Whole schedules of the pure planner, and what happens at their edges.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use clb_task::{
    PollPolicy, RequestRate,
    planner::{Elapsed, Ending, Key, Planner, PlannerOptions, Reply, Step, Watch},
};

const NEVER: Elapsed = Duration::MAX;
/// An adaptive task after five that took 20 s: quick at first, then as they did.
const YOUNG_AFTER_SLOW: [f64; 5] = [60.0, 62.6, 64.3, 66.3, 68.8];
const RUNNING: fn(u32) -> Reply = |_| Reply::Running;

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn planner(per_second: f64) -> Planner {
    let requests_per_second = RequestRate::new(per_second).unwrap();
    Planner::new(PlannerOptions { requests_per_second, ..PlannerOptions::default() })
}

fn fixed(interval: f64) -> PollPolicy {
    PollPolicy::fixed(seconds(interval)).unwrap()
}

/// Every question about one task, in seconds, answered at once by `reply` (from 1), and how it ended.
fn schedule(policy: PollPolicy, timeout: f64, reply: impl Fn(u32) -> Reply) -> (Vec<f64>, (f64, Ending)) {
    let mut planner = planner(20.0);
    let (mut asked, mut now) = (Vec::new(), Elapsed::ZERO);
    planner.add(now, Watch { policy, deadline: seconds(timeout) });
    loop {
        match planner.next(now) {
            Step::Ask { key, attempt, .. } => {
                asked.push((now.as_secs_f64() * 1000.0).round() / 1000.0);
                planner.on_reply(key, attempt, now, reply(attempt));
            }
            Step::Ended { ending, .. } => return (asked, (now.as_secs_f64(), ending)),
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with a task to watch"),
        }
    }
}

/// Takes the next question.
#[track_caller]
fn ask(planner: &mut Planner, now: Elapsed) -> (Key, u32, Elapsed) {
    match planner.next(now) {
        Step::Ask { key, attempt, answer_by } => (key, attempt, answer_by),
        other => panic!("{other:?} at {now:?}"),
    }
}

/// The questions that leave until a time, answered by nobody.
fn asked_until(planner: &mut Planner, end: Elapsed) -> Vec<(Key, Elapsed)> {
    let (mut asked, mut now) = (Vec::new(), Elapsed::ZERO);
    loop {
        match planner.next(now) {
            Step::Ask { key, .. } => asked.push((key, now)),
            Step::WaitUntil(due) if due <= end => now = due,
            _ => return asked,
        }
    }
}

#[test]
fn asks_once_more_at_the_limit() {
    let policy = PollPolicy::exponential(seconds(2.0), seconds(10.0), 2.0).unwrap();
    let expected = vec![0.0, 2.0, 6.0, 14.0, 24.0, 34.0, 44.0, 54.0, 60.0];
    assert_eq!(schedule(policy, 60.0, RUNNING), (expected, (60.0, Ending::TimedOut)));
}

#[test]
fn a_fixed_interval_stays_until_the_limit() {
    let expected = vec![0.0, 3.0, 6.0, 9.0, 10.0];
    assert_eq!(schedule(fixed(3.0), 10.0, RUNNING), (expected, (10.0, Ending::TimedOut)));
}

#[test]
fn an_unknown_task_is_asked_about_less_often_as_it_ages() {
    let expected = vec![
        0.0, 0.879, 1.21, 1.592, 2.025, 2.509, 3.044, 3.629, 4.266, 4.953, 5.69, 6.478, 7.317, 8.206, 9.145,
        10.0,
    ];
    assert_eq!(schedule(PollPolicy::adaptive(), 10.0, RUNNING).0, expected);
}

#[test]
fn the_adaptive_policy_keeps_to_its_longest_interval() {
    let policy = PollPolicy::adaptive().with_max_interval(seconds(0.5)).unwrap();
    assert_eq!(schedule(policy, 3.0, RUNNING).0, [0.0, 0.5, 0.879, 1.21, 1.592, 2.025, 2.509, 3.0]);
}

#[test]
fn tasks_that_ended_teach_when_to_ask_about_the_next() {
    let (mut planner, mut now, mut ended) = (planner(20.0), Elapsed::ZERO, 0);
    for _ in 0..5 {
        planner.add(now, Watch { policy: fixed(1.0), deadline: NEVER });
    }
    while ended < 5 {
        match planner.next(now) {
            Step::Ask { key, attempt, .. } => {
                let reply = if now < seconds(20.0) { Reply::Running } else { Reply::Ended };
                planner.on_reply(key, attempt, now, reply);
            }
            Step::Ended { .. } => ended += 1,
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with tasks to watch"),
        }
    }
    let new = planner.add(seconds(60.0), Watch { policy: PollPolicy::adaptive(), deadline: NEVER });
    let (mut asked, mut now) = (Vec::new(), seconds(60.0));
    while asked.len() < 5 {
        match planner.next(now) {
            Step::Ask { key, attempt, .. } => {
                assert_eq!(key, new);
                planner.on_reply(key, attempt, now, Reply::Running);
                asked.push((now.as_secs_f64() * 10.0).round() / 10.0);
            }
            Step::WaitUntil(due) => now = due,
            other => panic!("{other:?}"),
        }
    }
    // It may be a quick one, so that it is not left alone all the time that the others took.
    assert_eq!(asked, YOUNG_AFTER_SLOW);
}

#[test]
fn trouble_is_tried_again_after_growing_pauses_until_the_limit() {
    let trouble = |_| Reply::NoAnswer { retry_after: None };
    let expected = vec![0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 20.0];
    assert_eq!(schedule(fixed(2.0), 20.0, trouble), (expected, (20.0, Ending::TimedOut)));
}

#[test]
fn an_answer_ends_the_pauses() {
    let reply = |attempt| if attempt == 4 { Reply::Running } else { Reply::NoAnswer { retry_after: None } };
    assert_eq!(schedule(fixed(2.0), 8.0, reply).0, [0.0, 0.5, 1.5, 3.5, 5.5, 6.0, 7.0, 8.0]);
}

#[test]
fn a_service_that_names_a_time_is_left_alone_for_it() {
    let trouble = |_| Reply::NoAnswer { retry_after: Some(Duration::from_secs(3)) };
    assert_eq!(schedule(fixed(2.0), 11.0, trouble).0, [0.0, 3.0, 6.0, 9.0, 11.0]);
}

#[test]
fn a_refusal_is_final_after_as_many_more_questions_as_it_grants() {
    let refused = |again| move |_| Reply::Refused { again };
    assert_eq!(schedule(fixed(2.0), 60.0, refused(0)), (vec![0.0], (0.0, Ending::Refused)));
    assert_eq!(schedule(fixed(2.0), 60.0, refused(3)), (vec![0.0, 0.5, 1.5, 3.5], (3.5, Ending::Refused)));
}

#[test]
fn an_answer_between_refusals_starts_their_count_anew() {
    let reply = |attempt| if attempt == 3 { Reply::Running } else { Reply::Refused { again: 3 } };
    let (asked, ending) = schedule(fixed(2.0), 60.0, reply);
    assert_eq!((asked, ending), (vec![0.0, 0.5, 1.5, 3.5, 4.0, 5.0, 7.0], (7.0, Ending::Refused)));
}

#[test]
fn an_undocumented_status_ends_at_once() {
    let expected = (vec![0.0], (0.0, Ending::Unrecognized));
    assert_eq!(schedule(PollPolicy::adaptive(), 60.0, |_| Reply::Unrecognized), expected);
}

#[test]
fn throttling_holds_the_question_for_a_second_or_as_long_as_it_says() {
    let reply = |attempt| match attempt {
        1 => Reply::Throttled { retry_after: None },
        2 => Reply::Throttled { retry_after: Some(Duration::from_secs(7)) },
        _ => Reply::Ended,
    };
    assert_eq!(schedule(fixed(2.0), 60.0, reply), (vec![0.0, 1.0, 8.0], (8.0, Ending::Done)));
}

#[test]
fn a_wait_without_time_is_one_question() {
    assert_eq!(schedule(fixed(2.0), 0.0, RUNNING), (vec![0.0], (0.0, Ending::TimedOut)));
}

#[test]
fn new_tasks_are_asked_about_one_by_one_at_the_pace() {
    let mut planner = planner(20.0);
    let keys: Vec<Key> = (0..5)
        .map(|_| planner.add(Elapsed::ZERO, Watch { policy: PollPolicy::adaptive(), deadline: NEVER }))
        .collect();
    let step = Duration::from_nanos(52_631_579);
    let expected: Vec<_> = (0..).zip(keys).map(|(place, key)| (key, step * place)).collect();
    assert_eq!(asked_until(&mut planner, seconds(1.0)), expected);
}

#[test]
fn a_new_task_yields_to_one_that_is_overdue() {
    let mut planner = planner(20.0);
    let old = planner.add(Elapsed::ZERO, Watch { policy: PollPolicy::adaptive(), deadline: NEVER });
    ask(&mut planner, Elapsed::ZERO);
    planner.on_reply(old, 1, seconds(0.1), Reply::Running);
    let new = planner.add(seconds(1.0), Watch { policy: PollPolicy::adaptive(), deadline: NEVER });
    assert_eq!(ask(&mut planner, seconds(1.0)).0, old);
    assert_eq!(ask(&mut planner, seconds(1.1)).0, new);
}

#[test]
fn a_new_task_goes_before_one_that_is_not_due_yet() {
    let mut planner = planner(20.0);
    let old = planner.add(Elapsed::ZERO, Watch { policy: fixed(5.0), deadline: NEVER });
    ask(&mut planner, Elapsed::ZERO);
    planner.on_reply(old, 1, seconds(0.1), Reply::Running);
    let new = planner.add(seconds(1.0), Watch { policy: PollPolicy::adaptive(), deadline: NEVER });
    assert_eq!(ask(&mut planner, seconds(1.0)).0, new);
    assert_eq!(planner.next(seconds(1.1)), Step::WaitUntil(seconds(5.1)));
}

#[test]
fn many_with_one_deadline_begin_their_last_round_early_enough() {
    let mut planner = planner(20.0);
    let deadline = seconds(60.0);
    for _ in 0..40 {
        planner.add(Elapsed::ZERO, Watch { policy: fixed(45.0), deadline });
    }
    let (mut looks, mut ended, mut now) = (Vec::new(), 0, Elapsed::ZERO);
    while ended < 40 {
        match planner.next(now) {
            Step::Ask { key, attempt, .. } => {
                planner.on_reply(key, attempt, now, Reply::Running);
                if attempt == 3 {
                    looks.push(now);
                }
            }
            Step::Ended { ending, .. } => {
                assert_eq!((now, ending), (deadline, Ending::TimedOut));
                ended += 1;
            }
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with tasks to watch"),
        }
    }
    let step = Duration::from_nanos(52_631_579);
    let first = Duration::from_nanos(60_000_000_000 - 39 * 52_631_579);
    let expected: Vec<Elapsed> = (0..40).map(|place| first + step * place).collect();
    assert_eq!(looks, expected);
}

#[test]
fn a_look_moves_to_the_room_that_others_leave() {
    let mut planner = planner(20.0);
    let watch = Watch { policy: fixed(90.0), deadline: seconds(60.0) };
    let keys: Vec<Key> = (0..40).map(|_| planner.add(Elapsed::ZERO, watch)).collect();
    for (key, sent) in asked_until(&mut planner, seconds(3.0)) {
        planner.on_reply(key, 1, sent, Reply::Running);
    }
    // The last one's look is 39 spacings early by now.
    for key in &keys[..39] {
        planner.cancel(*key);
    }
    assert_eq!(planner.next(seconds(59.0)), Step::WaitUntil(seconds(60.0)));
    assert_eq!(ask(&mut planner, seconds(60.0)).0, keys[39]);
}

#[test]
fn a_last_look_goes_before_a_question_that_would_put_it_off() {
    let mut planner = planner(20.0);
    let looked = planner.add(Elapsed::ZERO, Watch { policy: fixed(90.0), deadline: seconds(60.0) });
    ask(&mut planner, Elapsed::ZERO);
    planner.on_reply(looked, 1, Elapsed::ZERO, Reply::Running);
    let due = planner.add(seconds(59.97), Watch { policy: fixed(5.0), deadline: NEVER });
    assert_eq!(ask(&mut planner, seconds(59.97)).0, looked);
    // That look came to nothing, and there is room for another.
    planner.on_reply(looked, 2, seconds(59.98), Reply::NoAnswer { retry_after: None });
    assert_eq!(ask(&mut planner, seconds(60.03)).0, looked);
    planner.on_reply(looked, 3, seconds(60.04), Reply::Running);
    assert_eq!(planner.next(seconds(60.04)), Step::Ended { key: looked, ending: Ending::TimedOut });
    assert_eq!(ask(&mut planner, seconds(60.09)).0, due);
}

#[test]
fn a_question_is_given_up_after_its_time_or_soon_after_the_deadline() {
    let mut planner = planner(20.0);
    planner.add(Elapsed::ZERO, Watch { policy: fixed(2.0), deadline: seconds(9.0) });
    planner.add(Elapsed::ZERO, Watch { policy: fixed(2.0), deadline: seconds(90.0) });
    assert_eq!(ask(&mut planner, Elapsed::ZERO).2, seconds(10.0));
    assert_eq!(ask(&mut planner, seconds(1.0)).2, seconds(11.0));
    planner.add(seconds(5.0), Watch { policy: fixed(2.0), deadline: seconds(6.0) });
    assert_eq!(ask(&mut planner, seconds(5.0)).2, seconds(8.0));
}

#[test]
fn a_question_that_outlives_the_deadline_is_the_last() {
    let mut planner = planner(20.0);
    let key = planner.add(Elapsed::ZERO, Watch { policy: fixed(2.0), deadline: seconds(1.0) });
    ask(&mut planner, Elapsed::ZERO);
    planner.on_reply(key, 1, seconds(1.5), Reply::Running);
    assert_eq!(planner.next(seconds(1.5)), Step::Ended { key, ending: Ending::TimedOut });
    assert_eq!(planner.next(seconds(1.5)), Step::Idle);
}

#[test]
fn no_more_than_64_questions_are_in_flight() {
    let mut planner = planner(1000.0);
    for _ in 0..100 {
        planner.add(Elapsed::ZERO, Watch { policy: PollPolicy::adaptive(), deadline: seconds(1000.0) });
    }
    let asked = asked_until(&mut planner, seconds(100.0));
    assert_eq!(asked.len(), 64);
    assert_eq!(planner.next(seconds(100.0)), Step::WaitUntil(seconds(1000.0)));
    planner.on_reply(asked[7].0, 1, seconds(100.0), Reply::Ended);
    assert_eq!(planner.next(seconds(100.0)), Step::Ended { key: asked[7].0, ending: Ending::Done });
    ask(&mut planner, seconds(100.0));
}

#[test]
fn a_cancelled_task_makes_room_and_has_no_ending() {
    let mut planner = planner(1000.0);
    let keys: Vec<Key> = (0..66)
        .map(|_| planner.add(Elapsed::ZERO, Watch { policy: fixed(2.0), deadline: seconds(5.0) }))
        .collect();
    let asked = asked_until(&mut planner, seconds(1.0));
    planner.cancel(asked[0].0);
    planner.cancel(asked[0].0);
    assert_eq!(ask(&mut planner, seconds(1.0)).0, keys[64]);
    assert!(matches!(planner.next(seconds(1.1)), Step::WaitUntil(_)));
    // Ended, but cancelled before anybody was told.
    planner.on_reply(keys[1], 1, seconds(1.2), Reply::Ended);
    planner.cancel(keys[1]);
    assert_eq!(ask(&mut planner, seconds(1.2)).0, keys[65]);
    for key in keys {
        planner.cancel(key);
    }
    assert_eq!(planner.next(seconds(60.0)), Step::Idle);
}

#[test]
fn replies_that_nobody_waits_for_only_inform_the_pace() {
    let mut planner = planner(20.0);
    let key = planner.add(Elapsed::ZERO, Watch { policy: fixed(2.0), deadline: NEVER });
    ask(&mut planner, Elapsed::ZERO);
    planner.on_reply(key, 2, seconds(0.5), Reply::Ended);
    planner.on_reply(key, 1, seconds(1.0), Reply::Running);
    planner.on_reply(key, 1, seconds(1.0), Reply::Ended);
    assert_eq!(planner.next(seconds(1.0)), Step::WaitUntil(seconds(3.0)));
    planner.cancel(key);
    planner.on_reply(key, 1, seconds(20.0), Reply::Throttled { retry_after: None });
    assert_eq!(planner.pace().free(), seconds(21.0));
    assert!(planner.pace().rate(seconds(20.0)) < 14.0);
}

#[test]
fn years_pass_without_overflow() {
    let mut planner = planner(0.1);
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    let policies =
        [PollPolicy::adaptive(), fixed(1e18), PollPolicy::exponential(seconds(1.0), NEVER, 1e300).unwrap()];
    for policy in policies {
        planner.add(century, Watch { policy, deadline: NEVER });
    }
    for round in 0..300 {
        let now = century * round;
        for _ in 0..3 {
            if let Step::Ask { key, attempt, .. } = planner.next(now) {
                planner.on_reply(
                    key,
                    attempt,
                    now + seconds(1.0),
                    Reply::NoAnswer { retry_after: Some(NEVER) },
                );
                planner.on_reply(
                    key,
                    attempt,
                    now + seconds(1.0),
                    Reply::Throttled { retry_after: Some(NEVER) },
                );
            }
        }
    }
    planner.add(NEVER, Watch { policy: fixed(1.0), deadline: NEVER });
    planner.next(NEVER);
    planner.next(NEVER);
}
