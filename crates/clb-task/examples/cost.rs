//! What waiting costs: memory and processor time of the planner alone, and of the waiter with everything around it.
//!
//! `cargo run --release -p clb-task --example cost`. Time is virtual (ten minutes of it), processor time is real. Reads
//! `/proc`, so Linux only.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs,
    io::{self, Write},
    process::Command,
    sync::Arc,
    time::Duration,
};

use clb_task::{
    PollOutcome, PollPolicy, StatusSource, TaskId, TaskRef, TaskReport, TaskStatus, WaitOptions, WaitResult,
    Waiter, WaiterOptions, async_trait,
    planner::{Elapsed, Key, PlannedWait, Planner, PlannerOptions, PollResponse, Step},
};

const MINUTES: Duration = Duration::from_secs(600);
const TRIP: Duration = Duration::from_millis(50);

/// What a process has used so far.
#[derive(Clone, Copy)]
struct Used {
    memory_kib: u64,
    cpu: Duration,
}

/// Reports every task as running.
struct Service;

/// Each row in a process of its own, so that none finds memory that another left behind.
fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, what, tasks] = &arguments[..] {
        return measure(&mut out, what, tasks.parse().map_err(io::Error::other)?);
    }
    writeln!(out, "| | tasks | polls | memory MB | of a core % | us a poll |\n|---|---|---|---|---|---|")?;
    for tasks in ["100", "1000", "10000", "100000"] {
        for what in ["planner", "waiter"] {
            Command::new(std::env::current_exe()?).args([what, tasks]).status()?;
        }
    }
    Ok(())
}

fn measure(out: &mut impl Write, what: &str, tasks: u32) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let before = Used::so_far()?;
    let (polls, after) = if what == "planner" { plan(tasks)? } else { runtime.block_on(wait(tasks))? };
    row(out, what, tasks, polls, before, after)
}

/// Drives a planner for ten minutes; every task ends at an age of its own.
fn plan(tasks: u32) -> io::Result<(u32, Used)> {
    let mut planner = Planner::new(PlannerOptions::default());
    let wait = PlannedWait { policy: PollPolicy::adaptive(), deadline: MINUTES * 3 };
    let first = (0..tasks).map(|_| planner.add(Elapsed::ZERO, wait)).min();
    let mut responses: BinaryHeap<Reverse<(Elapsed, Key, u32)>> = BinaryHeap::new();
    let (mut now, mut polls) = (Elapsed::ZERO, 0);
    while now < MINUTES {
        while let Some(Reverse((at, key, attempt))) = responses.peek().copied()
            && at <= now
        {
            responses.pop();
            let completed = Some(key) != first && attempt % 8 == 7;
            planner.on_response(
                key,
                attempt,
                now,
                if completed { PollResponse::Completed } else { PollResponse::Running },
            );
        }
        match planner.next(now) {
            Step::Poll { key, attempt, .. } => {
                polls += 1;
                responses.push(Reverse((now + TRIP, key, attempt)));
            }
            Step::Completed { .. } => {}
            Step::WaitUntil(due) => now = responses.peek().map_or(due, |Reverse((at, ..))| due.min(*at)),
            Step::Idle => now = responses.peek().map_or(MINUTES, |Reverse((at, ..))| *at),
        }
    }
    Ok((polls, Used::so_far()?))
}

/// Waits for many tasks for ten minutes, on a paused clock.
async fn wait(tasks: u32) -> io::Result<(u32, Used)> {
    let waiter = Waiter::new(WaiterOptions::default());
    let source: Arc<dyn StatusSource> = Arc::new(Service);
    let task = |number: u32| {
        TaskRef::Id(
            TaskId::parse(&format!("4a1d3c8e-0c6f-4f7b-9d55-{number:012}"))
                .unwrap_or_else(|_| unreachable!()),
        )
    };
    let options = WaitOptions::default().with_timeout(MINUTES);
    let wait = |number| waiter.wait(source.clone(), task(number), options);
    let waits = futures_util::future::join_all((0..tasks).map(wait));
    let halfway = async {
        tokio::time::sleep(MINUTES / 2).await;
        Used::so_far()
    };
    let (results, used) = tokio::join!(waits, halfway);
    let polls = |result: WaitResult| result.map_or_else(|error| error.polls, |done| done.polls);
    let polls = results.into_iter().map(polls).sum();
    Ok((polls, Used { memory_kib: used?.memory_kib, ..Used::so_far()? }))
}

fn row(
    out: &mut impl Write,
    what: &str,
    tasks: u32,
    polls: u32,
    before: Used,
    after: Used,
) -> io::Result<()> {
    let cpu = after.cpu.saturating_sub(before.cpu);
    let memory =
        f64::from(u32::try_from(after.memory_kib.saturating_sub(before.memory_kib)).unwrap_or(u32::MAX))
            / 1000.0;
    let share = 100.0 * cpu.as_secs_f64() / MINUTES.as_secs_f64();
    let each = cpu.as_secs_f64() * 1e6 / f64::from(polls);
    writeln!(out, "| {what} | {tasks} | {polls} | {memory:.1} | {share:.3} | {each:.0} |")
}

impl Used {
    /// Resident memory and processor time, from `/proc`.
    fn so_far() -> io::Result<Self> {
        let pages = number(&fs::read_to_string("/proc/self/statm")?, 1);
        let times = fs::read_to_string("/proc/self/stat")?;
        let after_name = times.rsplit(')').next().unwrap_or_default();
        let ticks = number(after_name, 11) + number(after_name, 12);
        Ok(Self { memory_kib: pages * 4, cpu: Duration::from_millis(ticks * 10) })
    }
}

/// A number by its place among words.
fn number(text: &str, place: usize) -> u64 {
    text.split_whitespace().nth(place).and_then(|word| word.parse().ok()).unwrap_or_default()
}

#[async_trait]
impl StatusSource for Service {
    async fn poll_once(&self, _task: &TaskRef) -> PollOutcome {
        tokio::time::sleep(TRIP).await;
        let status = TaskStatus::Running;
        PollOutcome::Report(TaskReport { status, message: None, load_balancer_ids: vec![], request_id: None })
    }
}
