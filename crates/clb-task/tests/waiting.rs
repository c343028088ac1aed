//! The waiter on a paused clock: what a wait reports, and what is polled when.
#![cfg(feature = "tokio")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    collections::VecDeque,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use clb_task::{
    PollError, PollOutcome, PollPolicy, RequestRate, StatusSource, TaskId, TaskRef, TaskReport, TaskStatus,
    Wait, WaitErrorKind, WaitEvent, WaitOptions, Waiter, WaiterOptions, async_trait,
};
use futures_util::{FutureExt, StreamExt};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// A source that gives outcomes from a list, and repeats the last.
struct Script {
    outcomes: Mutex<VecDeque<Scripted>>,
    polled: Mutex<Vec<Instant>>,
    dropped: AtomicUsize,
}

#[derive(Clone)]
enum Scripted {
    Now(PollOutcome),
    Never,
    Panic,
}

/// Counts polls that were aborted.
struct Aborted<'a>(&'a AtomicUsize);

impl Script {
    fn new(outcomes: impl IntoIterator<Item = Scripted>) -> Arc<Self> {
        let outcomes = Mutex::new(outcomes.into_iter().collect());
        Arc::new(Self { outcomes, polled: Mutex::default(), dropped: AtomicUsize::new(0) })
    }

    /// When it was polled, in seconds since `start`.
    fn polled(&self, start: Instant) -> Vec<u64> {
        self.polled.lock().unwrap().iter().map(|at| (*at - start).as_secs()).collect()
    }

    fn next_outcome(&self) -> Scripted {
        let mut outcomes = self.outcomes.lock().unwrap();
        if outcomes.len() > 1 { outcomes.pop_front().unwrap() } else { outcomes[0].clone() }
    }
}

#[async_trait]
impl StatusSource for Script {
    async fn poll_once(&self, _task: &TaskRef) -> PollOutcome {
        self.polled.lock().unwrap().push(Instant::now());
        match self.next_outcome() {
            Scripted::Now(outcome) => outcome,
            Scripted::Panic => panic!("as the script says"),
            Scripted::Never => {
                let _aborted = Aborted(&self.dropped);
                pending().await
            }
        }
    }
}

impl Drop for Aborted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn report(status: TaskStatus) -> TaskReport {
    let request_id = Some("poll".to_owned());
    TaskReport { status, message: None, load_balancer_ids: vec![], request_id }
}

fn reports(status: TaskStatus) -> Scripted {
    Scripted::Now(PollOutcome::Report(report(status)))
}

fn transient_error() -> PollError {
    PollError { request_id: Some("failed poll".to_owned()), ..PollError::new("connection reset") }
}

fn transient() -> Scripted {
    Scripted::Now(PollOutcome::Transient { error: transient_error(), retry_after: None })
}

fn task() -> TaskRef {
    TaskId::parse("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10").unwrap().into()
}

fn fixed(interval: Duration) -> PollPolicy {
    PollPolicy::fixed(interval).unwrap()
}

/// Polls at a fixed interval.
fn options(interval: Duration, timeout: Duration) -> WaitOptions {
    WaitOptions::default().with_policy(fixed(interval)).with_timeout(timeout)
}

fn wait(source: &Arc<Script>, policy: PollPolicy, timeout: Duration) -> Wait {
    let options = WaitOptions::default().with_policy(policy).with_timeout(timeout);
    Waiter::new(WaiterOptions::default()).wait(source.clone(), task(), options)
}

#[tokio::test(start_paused = true)]
async fn polls_once_more_at_the_timeout() {
    let (source, start) = (Script::new([reports(TaskStatus::Running)]), Instant::now());
    let policy = PollPolicy::exponential(SECOND * 2, SECOND * 10, 2.0).unwrap();
    let error = wait(&source, policy, SECOND * 60).await.unwrap_err();
    assert_eq!(source.polled(start), [0, 2, 6, 14, 24, 34, 44, 54, 60]);
    assert_eq!((error.kind, error.polls, error.elapsed.as_secs()), (WaitErrorKind::TimedOut, 9, 60));
    assert_eq!((error.task, error.last_status), (task(), Some(TaskStatus::Running)));
    assert_eq!((error.last_request_id.as_deref(), error.last_error), (Some("poll"), None));
}

#[tokio::test(start_paused = true)]
async fn a_completed_task_is_reported_succeeded_or_failed() {
    for status in [TaskStatus::Succeeded, TaskStatus::Failed] {
        let source = Script::new([reports(TaskStatus::Running), reports(status)]);
        let done = wait(&source, fixed(SECOND * 3), SECOND * 60).await.unwrap();
        assert_eq!((done.report, done.polls, done.elapsed.as_secs()), (report(status), 2, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn the_events_tell_the_whole_story() {
    let source = Script::new([reports(TaskStatus::Running), transient(), reports(TaskStatus::Succeeded)]);
    let mut wait = wait(&source, fixed(SECOND), SECOND * 60);
    let events: Vec<WaitEvent> = wait.events().collect().await;
    let [first, running, next, second, failed, retry, third, completed] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!([next, retry], [&WaitEvent::NextPoll(SECOND), &WaitEvent::NextPoll(SECOND / 2)]);
    let polls = [first, second, third];
    assert_eq!(polls, [&WaitEvent::Polled(1), &WaitEvent::Polled(2), &WaitEvent::Polled(3)]);
    assert_eq!(running, &WaitEvent::Running(report(TaskStatus::Running)));
    assert_eq!(failed, &WaitEvent::Transient(transient_error()));
    assert!(matches!(completed, WaitEvent::Completed(Ok(done)) if done.polls == 3));
    assert_eq!(wait.events().next().await, None, "events are taken once");
    assert_eq!(wait.await.unwrap().polls, 3);
}

#[tokio::test(start_paused = true)]
async fn throttled_and_rejected_polls_are_events_of_their_own() {
    let retry_after = Some(SECOND * 3);
    let throttled = Scripted::Now(PollOutcome::Throttled { error: transient_error(), retry_after });
    let rejected = Scripted::Now(PollOutcome::Rejected { error: transient_error(), retries: 0 });
    let mut wait = wait(&Script::new([throttled, rejected]), fixed(SECOND), SECOND * 60);
    let events: Vec<WaitEvent> = wait.events().collect().await;
    assert_eq!(events[1], WaitEvent::Throttled { error: transient_error(), retry_after });
    assert!(events.contains(&WaitEvent::Rejected(transient_error())), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_falls_behind_misses_events_but_not_the_last() {
    let source = Script::new([reports(TaskStatus::Running)]);
    let mut wait = wait(&source, fixed(SECOND), SECOND * 100);
    let mut events = wait.events();
    tokio::time::sleep(SECOND * 200).await;
    let mut count = 0;
    while let Some(event) = events.next().await {
        count += 1;
        assert_eq!(matches!(event, WaitEvent::Completed(_)), count == 17);
    }
    assert_eq!(count, 17);
    assert_eq!(wait.await.unwrap_err().kind, WaitErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn the_first_report_is_enough_if_that_is_wanted() {
    let (source, start) = (Script::new([transient(), reports(TaskStatus::Running)]), Instant::now());
    let options = options(SECOND, SECOND * 60).with_wait_for_completion(false);
    let done = Waiter::new(WaiterOptions::default()).wait(source.clone(), task(), options).await.unwrap();
    assert_eq!((done.report, done.polls), (report(TaskStatus::Running), 2));
    tokio::time::sleep(SECOND * 60).await;
    assert_eq!(source.polled(start).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn undocumented_statuses_and_rejections_end_the_wait() {
    let odd = Scripted::Now(PollOutcome::Unrecognized { value: "7".to_owned(), request_id: None });
    let error = wait(&Script::new([odd]), fixed(SECOND), SECOND * 60).await.unwrap_err();
    assert_eq!(error.kind, WaitErrorKind::Unrecognized { value: "7".to_owned() });
    let rejected = Scripted::Now(PollOutcome::Rejected { error: transient_error(), retries: 1 });
    let error = wait(&Script::new([rejected]), fixed(SECOND), SECOND * 60).await.unwrap_err();
    assert_eq!((error.kind, error.polls), (WaitErrorKind::Rejected(transient_error()), 2));
    assert_eq!(error.last_request_id.as_deref(), Some("failed poll"));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_poll_is_given_up_and_repeated() {
    let (source, start) = (Script::new([Scripted::Never, reports(TaskStatus::Succeeded)]), Instant::now());
    let done = wait(&source, fixed(SECOND), SECOND * 60).await.unwrap();
    assert_eq!((done.polls, source.polled(start)), (2, vec![0, 10]));
    assert_eq!(source.dropped.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_sent_is_no_poll() {
    let not_sent = Scripted::Now(PollOutcome::NotSent { error: PollError::new("no region is known") });
    let error = wait(&Script::new([not_sent]), fixed(SECOND), SECOND * 60).await.unwrap_err();
    assert_eq!(
        (error.polls, error.to_string().as_str()),
        (0, "no poll of task 4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10 could be sent")
    );
    assert_eq!(error.kind, WaitErrorKind::Rejected(PollError::new("no region is known")));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_reported_as_it_was_set() {
    for (timeout, text) in [(Duration::ZERO, "0ns"), (SECOND / 1000, "1ms"), (SECOND * 90, "90s")] {
        let error = wait(&Script::new([Scripted::Never]), fixed(SECOND), timeout).await.unwrap_err();
        assert_eq!(error.timeout, timeout);
        assert!(error.to_string().contains(&format!("did not complete within {text} (")), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poll_in_flight_outlives_the_deadline_by_two_seconds() {
    let error = wait(&Script::new([Scripted::Never]), fixed(SECOND), SECOND * 5).await.unwrap_err();
    assert_eq!((error.kind, error.elapsed), (WaitErrorKind::TimedOut, SECOND * 7));
    assert_eq!(error.last_error, Some(PollError::new("no response within 7.0s")));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_wait_aborts_its_poll() {
    let source = Script::new([Scripted::Never]);
    let wait = wait(&source, fixed(SECOND), SECOND * 60);
    tokio::time::sleep(SECOND).await;
    drop(wait);
    tokio::task::yield_now().await;
    assert_eq!(source.dropped.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_source_ends_its_wait_and_no_other() {
    let waiter = Waiter::new(WaiterOptions::default());
    let (broken, sound) = (Script::new([Scripted::Panic]), Script::new([reports(TaskStatus::Succeeded)]));
    let broken = waiter.wait(broken, task(), options(SECOND, SECOND * 60));
    let sound = waiter.wait(sound, task(), options(SECOND, SECOND * 60));
    let error = broken.await.unwrap_err();
    assert_eq!(error.kind, WaitErrorKind::Rejected(PollError::new("the status source panicked")));
    assert!(sound.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn many_waits_share_one_rate_limit() {
    let requests_per_second = RequestRate::new(20.0).unwrap();
    let waiter = Waiter::new(WaiterOptions { requests_per_second, ..WaiterOptions::default() });
    let (source, start) = (Script::new([reports(TaskStatus::Succeeded)]), Instant::now());
    let id = |number: i32| TaskId::parse(&format!("t-{number}")).unwrap();
    let wait = |number| waiter.wait(source.clone(), id(number), options(SECOND, SECOND * 60));
    let waits: Vec<Wait> = (0..191).map(wait).collect();
    for wait in waits {
        assert_eq!(wait.await.unwrap().polls, 1);
    }
    assert!(start.elapsed() >= SECOND * 10);
    assert!(start.elapsed() < Duration::from_millis(10_500));
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_after_its_watcher_is_dropped() {
    let waiter = Waiter::new(WaiterOptions::default());
    let source = Script::new([reports(TaskStatus::Running), reports(TaskStatus::Succeeded)]);
    let wait = waiter.wait(source.clone(), task(), options(SECOND, SECOND * 60));
    drop(waiter);
    assert!(wait.await.is_ok());
    // The driver has ended with the last wait, and let go of everything.
    tokio::task::yield_now().await;
    assert_eq!(Arc::strong_count(&source), 1);
}

#[test]
fn a_watcher_outlives_its_runtime_and_starts_again_in_the_next() {
    let waiter = Waiter::new(WaiterOptions::default());
    let source = Script::new([reports(TaskStatus::Succeeded)]);
    let hanging = Script::new([Scripted::Never]);
    let first = runtime();
    let mut left = None;
    first.block_on(async {
        assert!(waiter.wait(source.clone(), task(), options(SECOND, SECOND)).await.is_ok());
        left = Some(waiter.wait(hanging, task(), options(SECOND, SECOND)));
        tokio::task::yield_now().await;
    });
    drop(first);
    assert_eq!(left.unwrap().now_or_never().unwrap().unwrap_err().kind, WaitErrorKind::DriverGone);
    assert!(runtime().block_on(waiter.wait(source.clone(), task(), options(SECOND, SECOND))).is_err());
    let done = runtime().block_on(async { waiter.wait(source, task(), options(SECOND, SECOND)).await });
    assert!(done.is_ok());
}

#[test]
fn without_a_runtime_a_wait_ends_at_once() {
    let source = Script::new([reports(TaskStatus::Succeeded)]);
    let error = wait(&source, fixed(SECOND), SECOND).now_or_never().unwrap().unwrap_err();
    assert_eq!((error.kind, error.polls), (WaitErrorKind::DriverGone, 0));
}

/// A runtime of its own, on a thread that can be blocked.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

/// The first wait's runtime is not driven any more, as when its thread is blocked.
#[test]
fn a_blocked_runtime_stalls_no_waits_of_another() {
    let waiter = Waiter::new(WaiterOptions::default());
    let running = Script::new([reports(TaskStatus::Running)]);
    let succeeded = Script::new([reports(TaskStatus::Succeeded)]);
    let blocked = runtime();
    let mut stalled = None;
    blocked.block_on(async {
        stalled = Some(waiter.wait(running, task(), options(SECOND, SECOND * 60)));
        tokio::task::yield_now().await;
    });
    let other = runtime();
    let done = other.block_on(async {
        let wait = waiter.wait(succeeded, task(), options(SECOND, SECOND * 60));
        tokio::time::timeout(SECOND * 5, wait).await
    });
    assert_eq!(done.unwrap().unwrap().polls, 1);
    drop((stalled, blocked));
}

#[tokio::test(start_paused = true)]
async fn waits_for_one_task_are_polled_once() {
    let waiter = Waiter::new(WaiterOptions::default());
    let source = Script::new([
        reports(TaskStatus::Running),
        reports(TaskStatus::Running),
        reports(TaskStatus::Succeeded),
    ]);
    let start = Instant::now();
    let waits: Vec<Wait> =
        (0..5).map(|_| waiter.wait(source.clone(), task(), options(SECOND * 2, SECOND * 60))).collect();
    for wait in waits {
        let done = wait.await.unwrap();
        assert_eq!((done.polls, done.elapsed.as_secs()), (3, 4));
    }
    assert_eq!(source.polled(start), [0, 2, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_the_first_report_does_not_end_the_others() {
    let waiter = Waiter::new(WaiterOptions::default());
    let source = Script::new([reports(TaskStatus::Running), reports(TaskStatus::Succeeded)]);
    let first =
        waiter.wait(source.clone(), task(), options(SECOND, SECOND * 60).with_wait_for_completion(false));
    let other = waiter.wait(source, task(), options(SECOND, SECOND * 60));
    assert_eq!(first.await.unwrap().report.status, TaskStatus::Running);
    assert_eq!(other.await.unwrap().report.status, TaskStatus::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn the_poll_goes_on_for_others_when_the_wait_that_sent_it_is_dropped() {
    let waiter = Waiter::new(WaiterOptions::default());
    let source = Script::new([Scripted::Never, reports(TaskStatus::Succeeded)]);
    let first = waiter.wait(source.clone(), task(), options(SECOND, SECOND * 60));
    let other = waiter.wait(source.clone(), task(), options(SECOND, SECOND * 60));
    tokio::time::sleep(SECOND).await;
    drop(first);
    assert!(other.await.is_ok());
    assert_eq!(source.dropped.load(Ordering::Relaxed), 1);
}

/// A source that is made anew for each wait, as a client in a region.
struct Regional(Arc<Script>, &'static str);

#[async_trait]
impl StatusSource for Regional {
    async fn poll_once(&self, task: &TaskRef) -> PollOutcome {
        self.0.poll_once(task).await
    }

    fn identity(&self) -> Option<Arc<str>> {
        Some(self.1.into())
    }
}

#[tokio::test(start_paused = true)]
async fn the_identity_of_the_source_decides_what_is_the_same_task() {
    let waiter = Waiter::new(WaiterOptions::default());
    let (script, start) = (Script::new([reports(TaskStatus::Succeeded)]), Instant::now());
    let wait = |region| {
        waiter.wait(Arc::new(Regional(script.clone(), region)), task(), options(SECOND, SECOND * 60))
    };
    let waits = [wait("ap-guangzhou"), wait("ap-guangzhou"), wait("ap-beijing")];
    for wait in waits {
        wait.await.unwrap();
    }
    assert_eq!(script.polled(start).len(), 2);
}

/// One task is throttled, and the other is not polled in time for that.
#[tokio::test(start_paused = true)]
async fn a_timeout_names_the_hold_that_kept_the_task_from_being_polled() {
    let waiter = Waiter::new(WaiterOptions::default());
    let throttled = PollOutcome::Throttled { error: transient_error(), retry_after: Some(SECOND * 40) };
    let first = waiter.wait(Script::new([Scripted::Now(throttled)]), task(), options(SECOND, SECOND * 30));
    tokio::time::sleep(SECOND).await;
    let other = TaskId::parse("other").unwrap();
    let other = waiter.wait(Script::new([reports(TaskStatus::Running)]), other, options(SECOND, SECOND * 20));
    let (first, other) = (first.await.unwrap_err(), other.await.unwrap_err());
    assert_eq!((first.polls, other.polls), (1, 0));
    let hold = other.hold.as_ref().unwrap();
    assert_eq!((hold.duration, hold.error.as_ref()), (SECOND * 20, Some(&transient_error())));
    let source = std::error::Error::source(&first).unwrap().to_string();
    assert_eq!(source, "connection reset");
    assert!(!first.to_string().contains(&source), "said once, by the source: {first}");
    assert_eq!(first.hold.unwrap().duration, SECOND * 30);
    assert_eq!(
        other.to_string(),
        "task other did not complete within 20s (0 polls); throttled responses held all polls back for 20.0s, the last: \
         connection reset"
    );
}

#[tokio::test(start_paused = true)]
async fn requests_of_other_kinds_share_the_rate_limit() {
    let waiter = Waiter::new(WaiterOptions::default());
    let start = Instant::now();
    for _ in 0..19 {
        waiter.rate_limiter().acquire().await;
    }
    let source = Script::new([reports(TaskStatus::Succeeded)]);
    let waits: Vec<Wait> = (0..20)
        .map(|number| {
            let task = TaskId::parse(&format!("t-{number}")).unwrap();
            waiter.wait(source.clone(), task, options(SECOND, SECOND * 60))
        })
        .collect();
    for wait in waits {
        wait.await.unwrap();
    }
    assert_eq!(start.elapsed().as_secs(), 2);
}
