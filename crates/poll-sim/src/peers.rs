//! The peers of the comparison: what others do, and what cannot be beaten.

use std::{cmp::Ordering, collections::BinaryHeap};

use crate::{
    draws::{Chance, Run, Service, World},
    lognormal::LogNormal,
    outcome::{Outcome, Response},
};

/// A task's next turn; the greatest of a heap is the earliest, ties in random order.
struct Timer {
    due: f64,
    lot: u64,
    task: usize,
    polled: i32,
}

/// A timer for each task: first at its start, then `interval(n)` after the response to poll n (from 0). Through an even
/// limiter, or straight at the service.
pub(crate) fn timers(run: &Run, service: &Service, interval: impl Fn(i32) -> f64, limited: bool) -> Outcome {
    let (mut outcome, mut chance) = (Outcome::default(), Chance::new(99));
    let first = |(task, drawn): (usize, &crate::draws::Task)| (task, drawn.start);
    let mut timers: BinaryHeap<Timer> = run
        .iter()
        .enumerate()
        .map(first)
        .map(|(task, due)| Timer { due, lot: chance.next(), task, polled: 0 })
        .collect();
    let mut available_at: f64 = 0.0;
    while let Some(Timer { due, task, polled, .. }) = timers.pop() {
        let sent = if limited { due.max(available_at) } else { due };
        available_at = sent + 1.0 / service.rate;
        if outcome.poll(service, task, &run[task], sent) != Response::Completed {
            let due = sent + service.rtt + interval(polled);
            timers.push(Timer { due, lot: chance.next(), task, polled: polled + 1 });
        }
    }
    outcome
}

/// The waits of the Go plugin SDK's `Retry`: 0.5, 1, 2, 4, 8, then 10 seconds.
pub(crate) fn go_sdk(polled: i32) -> f64 {
    (0.5 * libm::exp2(f64::from(polled))).min(10.0)
}

/// Knows when tasks complete, and polls each once: no policy at this rate has a lower mean.
pub(crate) fn clairvoyant(run: &Run, service: &Service) -> Outcome {
    let mut outcome = Outcome::default();
    let mut order: Vec<usize> = (0..run.len()).collect();
    order.sort_by(|a, b| run[*a].end.total_cmp(&run[*b].end));
    let mut available_at: f64 = 0.0;
    for task in order {
        let sent = (run[task].end - service.rtt / 2.0).max(available_at);
        available_at = sent + 1.0 / service.rate;
        outcome.poll(service, task, &run[task], sent);
    }
    outcome
}

/// For tasks that start together, the mean that no policy can beat that polls: a poll at t finds its task
/// completed with probability F(t) at most, so that by t at most the sum of F over the slots so far has been noticed.
pub(crate) fn blind_bound(world: &World) -> f64 {
    let (durations, tasks) = (LogNormal::new(world.median, world.sigma), world.size as f64);
    let step = 1.0 / world.rate;
    let (mut t, mut noticed, mut waiting) = (0.0, 0.0_f64, 0.0);
    loop {
        let completed = durations.cdf(t + world.rtt / 2.0);
        noticed = (tasks * completed).min(noticed + completed);
        waiting += (tasks * completed - noticed) * step;
        t += step;
        if t > 10.0 * world.median && tasks * completed - noticed < 1e-9 {
            return waiting / tasks + world.rtt / 2.0;
        }
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        other.due.total_cmp(&self.due).then(other.lot.cmp(&self.lot))
    }
}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Timer {}
