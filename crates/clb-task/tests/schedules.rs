//! Whole schedules of the pure planner, and their edge cases.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use clb_task::{
    PollPolicy, RequestRate,
    planner::{Elapsed, Key, PlannedWait, Planner, PlannerOptions, PollResponse, Step, WaitOutcome},
};

const NEVER: Elapsed = Duration::MAX;
/// An adaptive task after five that took 20 s: quick at first, then as they did.
const YOUNG_AFTER_SLOW: [f64; 5] = [60.0, 62.6, 64.3, 66.3, 68.8];
const RUNNING: fn(u32) -> PollResponse = |_| PollResponse::Running;

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

/// Every poll of one task, in seconds, responded to at once by `response` (from 1), and the outcome.
fn schedule(
    policy: PollPolicy,
    timeout: f64,
    response: impl Fn(u32) -> PollResponse,
) -> (Vec<f64>, (f64, WaitOutcome)) {
    let mut planner = planner(20.0);
    let (mut polled, mut now) = (Vec::new(), Elapsed::ZERO);
    planner.add(now, PlannedWait { policy, deadline: seconds(timeout) });
    loop {
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                polled.push((now.as_secs_f64() * 1000.0).round() / 1000.0);
                planner.on_response(key, attempt, now, response(attempt));
            }
            Step::Completed { outcome, .. } => return (polled, (now.as_secs_f64(), outcome)),
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with a wait"),
        }
    }
}

/// Sends the next poll.
#[track_caller]
fn poll(planner: &mut Planner, now: Elapsed) -> (Key, u32, Elapsed) {
    match planner.next(now) {
        Step::Poll { key, attempt, deadline } => (key, attempt, deadline),
        other => panic!("{other:?} at {now:?}"),
    }
}

/// The polls until a time, each responded to at once: the task is running.
fn running_until(planner: &mut Planner, end: Elapsed) -> Vec<(Key, Elapsed)> {
    let (mut polled, mut now) = (Vec::new(), Elapsed::ZERO);
    loop {
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                polled.push((key, now));
                planner.on_response(key, attempt, now, PollResponse::Running);
            }
            Step::WaitUntil(due) if due <= end => now = due,
            _ => return polled,
        }
    }
}

/// The polls until a time, without responses.
fn polls_until(planner: &mut Planner, end: Elapsed) -> Vec<(Key, Elapsed)> {
    let (mut polled, mut now) = (Vec::new(), Elapsed::ZERO);
    loop {
        match planner.next(now) {
            Step::Poll { key, .. } => polled.push((key, now)),
            Step::WaitUntil(due) if due <= end => now = due,
            _ => return polled,
        }
    }
}

#[test]
fn polls_once_more_at_the_timeout() {
    let policy = PollPolicy::exponential(seconds(2.0), seconds(10.0), 2.0).unwrap();
    let expected = vec![0.0, 2.0, 6.0, 14.0, 24.0, 34.0, 44.0, 54.0, 60.0];
    assert_eq!(schedule(policy, 60.0, RUNNING), (expected, (60.0, WaitOutcome::TimedOut)));
}

#[test]
fn a_fixed_interval_stays_until_the_timeout() {
    let expected = vec![0.0, 3.0, 6.0, 9.0, 10.0];
    assert_eq!(schedule(fixed(3.0), 10.0, RUNNING), (expected, (10.0, WaitOutcome::TimedOut)));
}

#[test]
fn an_unknown_task_is_polled_less_often_as_it_ages() {
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
fn completed_tasks_teach_when_to_poll_the_next() {
    let (mut planner, mut now, mut completed) = (planner(20.0), Elapsed::ZERO, 0);
    for _ in 0..5 {
        planner.add(now, PlannedWait { policy: fixed(1.0), deadline: NEVER });
    }
    while completed < 5 {
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                let response =
                    if now < seconds(20.0) { PollResponse::Running } else { PollResponse::Completed };
                planner.on_response(key, attempt, now, response);
            }
            Step::Completed { .. } => completed += 1,
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with waits"),
        }
    }
    let new = planner.add(seconds(60.0), PlannedWait { policy: PollPolicy::adaptive(), deadline: NEVER });
    let (mut polled, mut now) = (Vec::new(), seconds(60.0));
    while polled.len() < 5 {
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                assert_eq!(key, new);
                planner.on_response(key, attempt, now, PollResponse::Running);
                polled.push((now.as_secs_f64() * 10.0).round() / 10.0);
            }
            Step::WaitUntil(due) => now = due,
            other => panic!("{other:?}"),
        }
    }
    // It may be a quick one, so that it is polled long before the time that the others took.
    assert_eq!(polled, YOUNG_AFTER_SLOW);
}

#[test]
fn transient_errors_are_polled_again_after_growing_pauses_until_the_timeout() {
    let transient = |_| PollResponse::Transient { retry_after: None };
    let expected = vec![0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 20.0];
    assert_eq!(schedule(fixed(2.0), 20.0, transient), (expected, (20.0, WaitOutcome::TimedOut)));
}

#[test]
fn a_response_ends_the_pauses() {
    let response = |attempt| {
        if attempt == 4 { PollResponse::Running } else { PollResponse::Transient { retry_after: None } }
    };
    assert_eq!(schedule(fixed(2.0), 8.0, response).0, [0.0, 0.5, 1.5, 3.5, 5.5, 6.0, 7.0, 8.0]);
}

#[test]
fn retry_after_is_kept() {
    let transient = |_| PollResponse::Transient { retry_after: Some(Duration::from_secs(3)) };
    assert_eq!(schedule(fixed(2.0), 11.0, transient).0, [0.0, 3.0, 6.0, 9.0, 11.0]);
}

#[test]
fn a_rejection_is_final_after_its_retries() {
    let rejected = |retries| move |_| PollResponse::Rejected { retries };
    assert_eq!(schedule(fixed(2.0), 60.0, rejected(0)), (vec![0.0], (0.0, WaitOutcome::Rejected)));
    assert_eq!(
        schedule(fixed(2.0), 60.0, rejected(3)),
        (vec![0.0, 0.5, 1.5, 3.5], (3.5, WaitOutcome::Rejected))
    );
}

#[test]
fn a_response_between_rejections_starts_their_count_anew() {
    let response =
        |attempt| if attempt == 3 { PollResponse::Running } else { PollResponse::Rejected { retries: 3 } };
    let (polled, outcome) = schedule(fixed(2.0), 60.0, response);
    assert_eq!((polled, outcome), (vec![0.0, 0.5, 1.5, 3.5, 4.0, 5.0, 7.0], (7.0, WaitOutcome::Rejected)));
}

#[test]
fn an_undocumented_status_ends_at_once() {
    let expected = (vec![0.0], (0.0, WaitOutcome::Unrecognized));
    assert_eq!(schedule(PollPolicy::adaptive(), 60.0, |_| PollResponse::Unrecognized), expected);
}

#[test]
fn throttling_holds_the_poll_for_a_second_or_retry_after() {
    let response = |attempt| match attempt {
        1 => PollResponse::Throttled { retry_after: None },
        2 => PollResponse::Throttled { retry_after: Some(Duration::from_secs(7)) },
        _ => PollResponse::Completed,
    };
    assert_eq!(schedule(fixed(2.0), 60.0, response), (vec![0.0, 1.0, 8.0], (8.0, WaitOutcome::Completed)));
}

#[test]
fn a_wait_without_time_is_one_poll() {
    assert_eq!(schedule(fixed(2.0), 0.0, RUNNING), (vec![0.0], (0.0, WaitOutcome::TimedOut)));
}

#[test]
fn new_tasks_are_polled_one_by_one_at_the_rate() {
    let mut planner = planner(20.0);
    let keys: Vec<Key> = (0..5)
        .map(|_| planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(5.0), deadline: NEVER }))
        .collect();
    let step = Duration::from_nanos(52_631_579);
    let expected: Vec<_> = (0..).zip(keys).map(|(place, key)| (key, step * place)).collect();
    assert_eq!(running_until(&mut planner, seconds(1.0)), expected);
}

#[test]
fn a_new_task_yields_to_one_that_is_overdue() {
    let mut planner = planner(20.0);
    let old = planner.add(Elapsed::ZERO, PlannedWait { policy: PollPolicy::adaptive(), deadline: NEVER });
    poll(&mut planner, Elapsed::ZERO);
    planner.on_response(old, 1, seconds(0.1), PollResponse::Running);
    let new = planner.add(seconds(1.0), PlannedWait { policy: PollPolicy::adaptive(), deadline: NEVER });
    assert_eq!(poll(&mut planner, seconds(1.0)).0, old);
    assert_eq!(poll(&mut planner, seconds(1.1)).0, new);
}

#[test]
fn a_new_task_goes_before_one_that_is_not_due_yet() {
    let mut planner = planner(20.0);
    let old = planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(5.0), deadline: NEVER });
    poll(&mut planner, Elapsed::ZERO);
    planner.on_response(old, 1, seconds(0.1), PollResponse::Running);
    let new = planner.add(seconds(1.0), PlannedWait { policy: PollPolicy::adaptive(), deadline: NEVER });
    assert_eq!(poll(&mut planner, seconds(1.0)).0, new);
    assert_eq!(planner.next(seconds(1.1)), Step::WaitUntil(seconds(5.1)));
}

#[test]
fn many_with_one_deadline_begin_their_final_polls_early_enough() {
    let mut planner = planner(20.0);
    let deadline = seconds(60.0);
    for _ in 0..40 {
        planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(45.0), deadline });
    }
    let (mut final_polls, mut completed, mut now) = (Vec::new(), 0, Elapsed::ZERO);
    while completed < 40 {
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                planner.on_response(key, attempt, now, PollResponse::Running);
                if attempt == 3 {
                    final_polls.push(now);
                }
            }
            Step::Completed { outcome, .. } => {
                assert_eq!((now, outcome), (deadline, WaitOutcome::TimedOut));
                completed += 1;
            }
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with waits"),
        }
    }
    let step = Duration::from_nanos(52_631_579);
    let first = Duration::from_nanos(60_000_000_000 - 39 * 52_631_579);
    let expected: Vec<Elapsed> = (0..40).map(|place| first + step * place).collect();
    assert_eq!(final_polls, expected);
}

#[test]
fn a_final_poll_moves_to_the_time_that_others_leave() {
    let mut planner = planner(20.0);
    let wait = PlannedWait { policy: fixed(90.0), deadline: seconds(60.0) };
    let keys: Vec<Key> = (0..40).map(|_| planner.add(Elapsed::ZERO, wait)).collect();
    running_until(&mut planner, seconds(3.0));
    // The last one's final poll is 39 spacings early by now.
    for key in &keys[..39] {
        planner.cancel(*key);
    }
    assert_eq!(planner.next(seconds(59.0)), Step::WaitUntil(seconds(60.0)));
    assert_eq!(poll(&mut planner, seconds(60.0)).0, keys[39]);
}

#[test]
fn a_final_poll_goes_before_a_poll_that_would_delay_it() {
    let mut planner = planner(20.0);
    let final_poll = planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(90.0), deadline: seconds(60.0) });
    poll(&mut planner, Elapsed::ZERO);
    planner.on_response(final_poll, 1, Elapsed::ZERO, PollResponse::Running);
    let due = planner.add(seconds(59.97), PlannedWait { policy: fixed(5.0), deadline: NEVER });
    assert_eq!(poll(&mut planner, seconds(59.97)).0, final_poll);
    // That poll failed, and there is time for another.
    planner.on_response(final_poll, 2, seconds(59.98), PollResponse::Transient { retry_after: None });
    assert_eq!(poll(&mut planner, seconds(60.03)).0, final_poll);
    planner.on_response(final_poll, 3, seconds(60.04), PollResponse::Running);
    assert_eq!(
        planner.next(seconds(60.04)),
        Step::Completed { key: final_poll, outcome: WaitOutcome::TimedOut }
    );
    assert_eq!(poll(&mut planner, seconds(60.09)).0, due);
}

#[test]
fn a_poll_is_given_up_after_its_timeout_or_soon_after_the_deadline() {
    let mut planner = planner(20.0);
    planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: seconds(9.0) });
    planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: seconds(90.0) });
    assert_eq!(poll(&mut planner, Elapsed::ZERO).2, seconds(10.0));
    assert_eq!(poll(&mut planner, seconds(2.0)).2, seconds(12.0));
    planner.add(seconds(5.0), PlannedWait { policy: fixed(2.0), deadline: seconds(6.0) });
    assert_eq!(poll(&mut planner, seconds(5.0)).2, seconds(8.0));
}

#[test]
fn a_poll_that_outlives_the_deadline_is_the_final_one() {
    let mut planner = planner(20.0);
    let key = planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: seconds(1.0) });
    poll(&mut planner, Elapsed::ZERO);
    planner.on_response(key, 1, seconds(1.5), PollResponse::Running);
    assert_eq!(planner.next(seconds(1.5)), Step::Completed { key, outcome: WaitOutcome::TimedOut });
    assert_eq!(planner.next(seconds(1.5)), Step::Idle);
}

#[test]
fn no_more_than_64_polls_are_in_flight() {
    let mut planner = planner(1000.0);
    for _ in 0..100 {
        planner.add(Elapsed::ZERO, PlannedWait { policy: PollPolicy::adaptive(), deadline: seconds(1000.0) });
    }
    let polled = polls_until(&mut planner, seconds(100.0));
    assert_eq!(polled.len(), 64);
    assert_eq!(planner.next(seconds(100.0)), Step::WaitUntil(seconds(1000.0)));
    planner.on_response(polled[7].0, 1, seconds(100.0), PollResponse::Completed);
    assert_eq!(
        planner.next(seconds(100.0)),
        Step::Completed { key: polled[7].0, outcome: WaitOutcome::Completed }
    );
    poll(&mut planner, seconds(100.0));
}

#[test]
fn a_cancelled_wait_makes_room_and_has_no_outcome() {
    let mut planner = planner(1000.0);
    let keys: Vec<Key> = (0..66)
        .map(|_| planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: seconds(5.0) }))
        .collect();
    let polled = polls_until(&mut planner, seconds(3.0));
    planner.cancel(polled[0].0);
    planner.cancel(polled[0].0);
    assert_eq!(poll(&mut planner, seconds(3.0)).0, keys[64]);
    assert!(matches!(planner.next(seconds(3.1)), Step::WaitUntil(_)));
    // Completed, but cancelled before `next` said so.
    planner.on_response(keys[1], 1, seconds(3.2), PollResponse::Completed);
    planner.cancel(keys[1]);
    assert_eq!(poll(&mut planner, seconds(3.2)).0, keys[65]);
    for key in keys {
        planner.cancel(key);
    }
    assert_eq!(planner.next(seconds(60.0)), Step::Idle);
}

#[test]
fn late_responses_only_inform_the_rate_limiter() {
    let mut planner = planner(20.0);
    let key = planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: NEVER });
    poll(&mut planner, Elapsed::ZERO);
    planner.on_response(key, 2, seconds(0.5), PollResponse::Completed);
    planner.on_response(key, 1, seconds(1.0), PollResponse::Running);
    planner.on_response(key, 1, seconds(1.0), PollResponse::Completed);
    assert_eq!(planner.next(seconds(1.0)), Step::WaitUntil(seconds(3.0)));
    planner.cancel(key);
    planner.on_response(key, 1, seconds(20.0), PollResponse::Throttled { retry_after: None });
    assert_eq!(planner.rate_limiter().available_at(), seconds(21.0));
    assert!(planner.rate_limiter().rate(seconds(20.0)) < 14.0);
}

#[test]
fn years_pass_without_overflow() {
    let mut planner = planner(0.1);
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    let policies =
        [PollPolicy::adaptive(), fixed(1e18), PollPolicy::exponential(seconds(1.0), NEVER, 1e300).unwrap()];
    for policy in policies {
        planner.add(century, PlannedWait { policy, deadline: NEVER });
    }
    for round in 0..300 {
        let now = century * round;
        for _ in 0..3 {
            if let Step::Poll { key, attempt, .. } = planner.next(now) {
                planner.on_response(
                    key,
                    attempt,
                    now + seconds(1.0),
                    PollResponse::Transient { retry_after: Some(NEVER) },
                );
                planner.on_response(
                    key,
                    attempt,
                    now + seconds(1.0),
                    PollResponse::Throttled { retry_after: Some(NEVER) },
                );
            }
        }
    }
    planner.add(NEVER, PlannedWait { policy: fixed(1.0), deadline: NEVER });
    planner.next(NEVER);
    planner.next(NEVER);
}

#[test]
fn polls_in_flight_grow_one_by_one_until_connections_are_warm() {
    let mut planner = planner(20.0);
    for _ in 0..9 {
        planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(60.0), deadline: NEVER });
    }
    // Every response takes 300 ms. The polls that leave before the next response, round by round.
    let mut rounds = Vec::new();
    let mut now = Elapsed::ZERO;
    while rounds.iter().sum::<usize>() < 9 {
        let (mut sent, end) = (Vec::new(), now + seconds(0.3));
        loop {
            match planner.next(now) {
                Step::Poll { key, attempt, .. } => sent.push((key, attempt)),
                Step::WaitUntil(due) if due < end => now = due,
                _ => break,
            }
        }
        now = end;
        rounds.push(sent.len());
        for (key, attempt) in sent {
            planner.on_response(key, attempt, now, PollResponse::Running);
        }
    }
    assert_eq!(rounds, [1, 2, 3, 3]);
}

/// One task, two waits: every poll serves both, and each ends at its own deadline.
#[test]
fn waits_for_the_same_task_share_their_polls() {
    let mut planner = planner(20.0);
    let first = planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: seconds(60.0) });
    let wait = PlannedWait { policy: fixed(3.0), deadline: seconds(5.0) };
    let second = planner.add_for_same_task(Elapsed::ZERO, wait, first);
    let (mut polled, mut completed, mut now) = (Vec::new(), Vec::new(), Elapsed::ZERO);
    while completed.len() < 2 {
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                polled.push((now.as_secs(), planner.sharing(key).len()));
                let response =
                    if now < seconds(8.0) { PollResponse::Running } else { PollResponse::Completed };
                planner.on_response(key, attempt, now, response);
            }
            Step::Completed { key, outcome } => completed.push((key, outcome, now.as_secs())),
            Step::WaitUntil(due) => now = due,
            Step::Idle => panic!("idle with waits"),
        }
    }
    assert_eq!(polled, [(0, 2), (2, 2), (4, 2), (5, 2), (7, 1), (9, 1)]);
    assert_eq!(completed, [(second, WaitOutcome::TimedOut, 5), (first, WaitOutcome::Completed, 9)]);
}

#[test]
fn a_wait_joins_the_poll_in_flight_and_goes_on_when_its_leader_is_cancelled() {
    let mut planner = planner(20.0);
    let wait = PlannedWait { policy: fixed(2.0), deadline: seconds(60.0) };
    let first = planner.add(Elapsed::ZERO, wait);
    poll(&mut planner, Elapsed::ZERO);
    let second = planner.add_for_same_task(seconds(1.0), wait, first);
    assert_eq!(planner.sharing(first), [first, second]);
    planner.cancel(first);
    assert_eq!(poll(&mut planner, seconds(1.0)).0, second);
    planner.on_response(second, 2, seconds(1.5), PollResponse::Completed);
    let outcome = WaitOutcome::Completed;
    assert_eq!(planner.next(seconds(1.5)), Step::Completed { key: second, outcome });
    assert_eq!(planner.next(seconds(1.5)), Step::Idle);
}

#[test]
fn a_poll_that_may_outlive_a_wait_does_not_serve_it() {
    let mut planner = planner(20.0);
    let first = planner.add(Elapsed::ZERO, PlannedWait { policy: fixed(2.0), deadline: seconds(60.0) });
    poll(&mut planner, Elapsed::ZERO);
    let short = PlannedWait { policy: fixed(2.0), deadline: seconds(4.0) };
    let second = planner.add_for_same_task(seconds(3.0), short, first);
    assert_eq!(poll(&mut planner, seconds(3.0)), (second, 1, seconds(6.0)));
}

#[test]
fn a_response_holds_one_task_for_at_most_a_minute() {
    let day = Some(Duration::from_secs(86_400));
    let polled = schedule(fixed(2.0), 150.0, |_| PollResponse::Transient { retry_after: day }).0;
    assert_eq!(polled, [0.0, 60.0, 120.0, 150.0]);
    let polled = schedule(fixed(2.0), 150.0, |_| PollResponse::Throttled { retry_after: day }).0;
    assert_eq!(polled, [0.0, 60.0, 120.0]);
}

/// When requests arrive at a service 0.2 s away, each on a connection of its own while it lasts (HTTP/1.1): one that finds
/// none idle opens a new one first, which takes two round trips more. Those idle for 30 s are closed. Until all waits have timed out.
fn arrivals_over_slow_connections(planner: &mut Planner) -> Vec<(Elapsed, Key)> {
    let (mut arrivals, mut in_flight) = (Vec::new(), Vec::<(Elapsed, Key, u32)>::new());
    let (mut connections, mut now, mut last) = (0, Elapsed::ZERO, Elapsed::ZERO);
    loop {
        in_flight.sort();
        while in_flight.first().is_some_and(|(at, ..)| *at <= now) {
            let (_, key, attempt) = in_flight.remove(0);
            planner.on_response(key, attempt, now, PollResponse::Running);
        }
        let response = in_flight.first().map(|(at, ..)| *at);
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                if now > last + seconds(30.0) {
                    connections = 0;
                }
                last = now;
                let is_new = in_flight.len() >= connections;
                connections = connections.max(in_flight.len() + 1);
                let arrives = now + seconds(if is_new { 1.0 } else { 0.2 });
                arrivals.push((arrives, key));
                in_flight.push((arrives + seconds(0.2), key, attempt));
            }
            Step::Completed { .. } => {}
            Step::WaitUntil(due) => now = response.map_or(due, |response| response.min(due)),
            Step::Idle => match response {
                Some(response) => now = response,
                None => return arrivals,
            },
        }
    }
}

#[test]
fn final_polls_over_new_connections_keep_to_the_limit_and_none_is_left_out() {
    let mut planner = planner(20.0);
    let wait = PlannedWait { policy: fixed(300.0), deadline: seconds(60.0) };
    // Each is polled once at the start, and for the last time by the deadline.
    let keys: Vec<Key> = (0..40).map(|_| planner.add(Elapsed::ZERO, wait)).collect();
    let mut arrivals = arrivals_over_slow_connections(&mut planner);
    arrivals.sort();
    let in_a_second = |(first, _): &(Elapsed, Key)| {
        arrivals.iter().filter(|(at, _)| (*first..*first + seconds(1.0)).contains(at)).count()
    };
    assert!(arrivals.iter().map(in_a_second).max() <= Some(20));
    for key in keys {
        assert!(arrivals.iter().any(|(at, other)| *other == key && *at > seconds(50.0)), "{key:?}");
    }
}
