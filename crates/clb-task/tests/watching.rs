//! The watcher on a paused clock: what a wait sees, and what is asked when.
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
    Answer, Event, PollPolicy, RequestRate, StatusSource, Task, TaskId, TaskReport, TaskStatus, Trouble,
    Wait, WaitErrorKind, Watcher, WatcherOptions, async_trait,
};
use futures_util::{FutureExt, StreamExt};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// A source that answers from a list, and goes on with the last.
struct Script {
    answers: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<Instant>>,
    dropped: AtomicUsize,
}

#[derive(Clone)]
enum Said {
    Now(Answer),
    Never,
    Panic,
}

/// Counts questions that were called back.
struct CallBack<'a>(&'a AtomicUsize);

impl Script {
    fn new(answers: impl IntoIterator<Item = Said>) -> Arc<Self> {
        let answers = Mutex::new(answers.into_iter().collect());
        Arc::new(Self { answers, asked: Mutex::default(), dropped: AtomicUsize::new(0) })
    }

    /// When it was asked, in seconds since `start`.
    fn asked(&self, start: Instant) -> Vec<u64> {
        self.asked.lock().unwrap().iter().map(|at| (*at - start).as_secs()).collect()
    }

    fn say(&self) -> Said {
        let mut answers = self.answers.lock().unwrap();
        if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() }
    }
}

#[async_trait]
impl StatusSource for Script {
    async fn ask(&self, _task: &Task) -> Answer {
        self.asked.lock().unwrap().push(Instant::now());
        match self.say() {
            Said::Now(answer) => answer,
            Said::Panic => panic!("as the script says"),
            Said::Never => {
                let _call_back = CallBack(&self.dropped);
                pending().await
            }
        }
    }
}

impl Drop for CallBack<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn report(status: TaskStatus) -> TaskReport {
    let request_id = Some("question".to_owned());
    TaskReport { status, message: None, load_balancer_ids: vec![], request_id }
}

fn says(status: TaskStatus) -> Said {
    Said::Now(Answer::Report(report(status)))
}

fn trouble() -> Trouble {
    Trouble { request_id: Some("troubled".to_owned()), ..Trouble::new("connection reset") }
}

fn no_answer() -> Said {
    Said::Now(Answer::NoAnswer { trouble: trouble(), retry_after: None })
}

fn task() -> Task {
    TaskId::parse("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10").unwrap().into()
}

fn fixed(interval: Duration) -> PollPolicy {
    PollPolicy::fixed(interval).unwrap()
}

fn wait(source: &Arc<Script>, policy: PollPolicy, timeout: Duration) -> Wait {
    Watcher::new(WatcherOptions::default()).watch(source.clone(), task(), policy, timeout)
}

#[tokio::test(start_paused = true)]
async fn asks_once_more_at_the_limit() {
    let (source, start) = (Script::new([says(TaskStatus::Running)]), Instant::now());
    let policy = PollPolicy::exponential(SECOND * 2, SECOND * 10, 2.0).unwrap();
    let error = wait(&source, policy, SECOND * 60).await.unwrap_err();
    assert_eq!(source.asked(start), [0, 2, 6, 14, 24, 34, 44, 54, 60]);
    assert_eq!((error.kind, error.polls, error.elapsed.as_secs()), (WaitErrorKind::TimedOut, 9, 60));
    assert_eq!((error.task, error.last_status), (task(), Some(TaskStatus::Running)));
    assert_eq!((error.last_request_id.as_deref(), error.last_trouble), (Some("question"), None));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ends_is_reported_whichever_way() {
    for status in [TaskStatus::Succeeded, TaskStatus::Failed] {
        let source = Script::new([says(TaskStatus::Running), says(status)]);
        let waited = wait(&source, fixed(SECOND * 3), SECOND * 60).await.unwrap();
        assert_eq!((waited.report, waited.polls, waited.elapsed.as_secs()), (report(status), 2, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn the_events_tell_the_whole_story() {
    let source = Script::new([says(TaskStatus::Running), no_answer(), says(TaskStatus::Succeeded)]);
    let events: Vec<Event> = wait(&source, fixed(SECOND), SECOND * 60).collect().await;
    let [asked, running, again, troubled, third, ended] = &events[..] else { panic!("{events:?}") };
    assert_eq!((asked, again, third), (&Event::Asked(1), &Event::Asked(2), &Event::Asked(3)));
    assert_eq!(running, &Event::Running(report(TaskStatus::Running)));
    assert_eq!(troubled, &Event::Trouble(trouble()));
    assert!(matches!(ended, Event::Ended(Ok(waited)) if waited.polls == 3));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_falls_behind_misses_old_events_but_not_the_end() {
    let source = Script::new([says(TaskStatus::Running)]);
    let mut wait = wait(&source, fixed(SECOND), SECOND * 100);
    tokio::time::sleep(SECOND * 200).await;
    let mut events = 0;
    while let Some(event) = wait.next_event().await {
        events += 1;
        assert_eq!(matches!(event, Event::Ended(_)), events == 16);
    }
    assert_eq!(events, 16);
    assert_eq!(wait.await.unwrap_err().kind, WaitErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn one_answered_question_is_enough_if_asked_for() {
    let (source, start) = (Script::new([no_answer(), says(TaskStatus::Running)]), Instant::now());
    let waited = wait(&source, fixed(SECOND), SECOND * 60).until_answered().await.unwrap();
    assert_eq!((waited.report, waited.polls), (report(TaskStatus::Running), 2));
    tokio::time::sleep(SECOND * 60).await;
    assert_eq!(source.asked(start).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn odd_statuses_and_refusals_end_with_what_was_said() {
    let odd = Said::Now(Answer::Unrecognized { value: "7".to_owned(), request_id: None });
    let error = wait(&Script::new([odd]), fixed(SECOND), SECOND * 60).await.unwrap_err();
    assert_eq!(error.kind, WaitErrorKind::Unrecognized { value: "7".to_owned() });
    let refused = Said::Now(Answer::Refused { trouble: trouble(), again: 1 });
    let error = wait(&Script::new([refused]), fixed(SECOND), SECOND * 60).await.unwrap_err();
    assert_eq!((error.kind, error.polls), (WaitErrorKind::Refused(trouble()), 2));
    assert_eq!(error.last_request_id.as_deref(), Some("troubled"));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_question_is_given_up_and_asked_again() {
    let (source, start) = (Script::new([Said::Never, says(TaskStatus::Succeeded)]), Instant::now());
    let waited = wait(&source, fixed(SECOND), SECOND * 60).await.unwrap();
    assert_eq!((waited.polls, source.asked(start)), (2, vec![0, 10]));
    assert_eq!(source.dropped.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_question_under_way_outlives_the_deadline_by_two_seconds() {
    let error = wait(&Script::new([Said::Never]), fixed(SECOND), SECOND * 5).await.unwrap_err();
    assert_eq!((error.kind, error.elapsed), (WaitErrorKind::TimedOut, SECOND * 7));
    assert_eq!(error.last_trouble, Some(Trouble::new("no answer within 7.0s")));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_wait_calls_its_question_back() {
    let source = Script::new([Said::Never]);
    let wait = wait(&source, fixed(SECOND), SECOND * 60);
    tokio::time::sleep(SECOND).await;
    drop(wait);
    tokio::task::yield_now().await;
    assert_eq!(source.dropped.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_source_ends_its_wait_and_no_other() {
    let watcher = Watcher::new(WatcherOptions::default());
    let (broken, sound) = (Script::new([Said::Panic]), Script::new([says(TaskStatus::Succeeded)]));
    let broken = watcher.watch(broken, task(), fixed(SECOND), SECOND * 60);
    let sound = watcher.watch(sound, task(), fixed(SECOND), SECOND * 60);
    let error = broken.await.unwrap_err();
    assert_eq!(error.kind, WaitErrorKind::Refused(Trouble::new("the status source panicked")));
    assert!(sound.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn many_waits_share_one_pace() {
    let requests_per_second = RequestRate::new(20.0).unwrap();
    let watcher = Watcher::new(WatcherOptions { requests_per_second, ..WatcherOptions::default() });
    let (source, start) = (Script::new([says(TaskStatus::Succeeded)]), Instant::now());
    let watch = |_| watcher.watch(source.clone(), task(), fixed(SECOND), SECOND * 60);
    let waits: Vec<Wait> = (0..191).map(watch).collect();
    for wait in waits {
        assert_eq!(wait.await.unwrap().polls, 1);
    }
    assert!(start.elapsed() >= SECOND * 10);
    assert!(start.elapsed() < Duration::from_millis(10_500));
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_after_its_watcher_is_dropped() {
    let watcher = Watcher::new(WatcherOptions::default());
    let source = Script::new([says(TaskStatus::Running), says(TaskStatus::Succeeded)]);
    let wait = watcher.watch(source.clone(), task(), fixed(SECOND), SECOND * 60);
    drop(watcher);
    assert!(wait.await.is_ok());
    // The driver has ended with the last wait, and let go of everything.
    tokio::task::yield_now().await;
    assert_eq!(Arc::strong_count(&source), 1);
}

#[test]
fn a_watcher_outlives_its_runtime_and_starts_again_in_the_next() {
    let watcher = Watcher::new(WatcherOptions::default());
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let source = Script::new([says(TaskStatus::Succeeded)]);
    let hanging = Script::new([Said::Never]);
    let first = runtime();
    let mut left = None;
    first.block_on(async {
        assert!(watcher.watch(source.clone(), task(), fixed(SECOND), SECOND).await.is_ok());
        left = Some(watcher.watch(hanging, task(), fixed(SECOND), SECOND));
        tokio::task::yield_now().await;
    });
    drop(first);
    assert_eq!(left.unwrap().now_or_never().unwrap().unwrap_err().kind, WaitErrorKind::DriverGone);
    assert!(runtime().block_on(watcher.watch(source.clone(), task(), fixed(SECOND), SECOND)).is_err());
    let waited = runtime().block_on(async { watcher.watch(source, task(), fixed(SECOND), SECOND).await });
    assert!(waited.is_ok());
}

#[test]
fn without_a_runtime_a_wait_ends_at_once() {
    let source = Script::new([says(TaskStatus::Succeeded)]);
    let error = wait(&source, fixed(SECOND), SECOND).now_or_never().unwrap().unwrap_err();
    assert_eq!((error.kind, error.polls), (WaitErrorKind::DriverGone, 0));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_has_ended_gives_its_outcome_again() {
    let mut wait = wait(&Script::new([says(TaskStatus::Succeeded)]), fixed(SECOND), SECOND);
    let first = (&mut wait).await;
    assert_eq!(first, wait.await);
}
