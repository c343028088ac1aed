//! The reference for the adaptive policy: for each permit the task with the greatest expected latency since it
//! was last seen running, among all tasks, if that is at least 0.05 s; under a scale-free prior until a censored fit.

use crate::{
    draws::{Chance, Run, Service},
    lognormal::LogNormal,
    outcome::{Outcome, Response},
};

const PRICE: f64 = 0.05;
const SCALE_FLOOR: f64 = 0.5;

#[derive(Clone, Copy)]
enum Prior {
    ScaleFree,
    Fitted(LogNormal),
}

/// A task that was seen running: its start, its age then, and P(T <= age), E[T; T <= age].
#[derive(Clone, Copy)]
struct Seen {
    task: usize,
    start: f64,
    age: f64,
    parts: (f64, f64),
}

/// Simulates one run.
pub(crate) fn play(run: &Run, service: &Service) -> Outcome {
    let mut play = Play {
        run,
        service,
        outcome: Outcome::default(),
        prior: Prior::ScaleFree,
        to_come: (0..run.len()).collect(),
        fresh: Vec::new(),
        pool: Vec::new(),
        flight: Vec::new(),
        completed: Vec::new(),
        next_fit: 1.0,
        left: run.len(),
        chance: Chance::new(99),
    };
    play.to_come.sort_by(|a, b| run[*b].start.total_cmp(&run[*a].start).then(b.cmp(a)));
    let mut slot = 0;
    while play.left > 0 {
        play.slot(f64::from(slot) / service.rate);
        slot += 1;
    }
    play.outcome
}

struct Play<'a> {
    run: &'a Run,
    service: &'a Service,
    outcome: Outcome,
    prior: Prior,
    to_come: Vec<usize>,
    fresh: Vec<usize>,
    pool: Vec<Seen>,
    flight: Vec<(f64, Seen)>,
    completed: Vec<(f64, f64)>,
    next_fit: f64,
    left: usize,
    chance: Chance,
}

impl Play<'_> {
    fn slot(&mut self, now: f64) {
        while let Some(task) = self.to_come.pop_if(|task| self.run[*task].start <= now) {
            self.fresh.push(task);
        }
        let pool = &mut self.pool;
        self.flight.retain(|(at, seen)| {
            if *at <= now + 1e-12 {
                pool.push(*seen);
                false
            } else {
                true
            }
        });
        if now >= self.next_fit {
            self.next_fit = now * 1.3;
            self.refit();
        }
        if let Some((seen, was_fresh)) = self.best(now + self.service.rtt / 2.0) {
            self.poll(now, seen, was_fresh);
        }
    }

    /// The task with the greatest index, if that is worth a poll; and whether it is polled for the first time.
    fn best(&self, at: f64) -> Option<(Seen, bool)> {
        let new =
            |task: &usize| Seen { task: *task, start: self.run[*task].start, age: 0.0, parts: (0.0, 0.0) };
        let fresh = self.fresh.iter().map(|task| (new(task), true));
        let all = fresh.chain(self.pool.iter().map(|seen| (*seen, false)));
        let indexed = all.map(|(seen, fresh)| (self.index(&seen, at), seen, fresh));
        let best = indexed.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.filter(|(index, ..)| *index >= PRICE).map(|(_, seen, fresh)| (seen, fresh))
    }

    /// E[(u - T)+ | T > a].
    fn index(&self, seen: &Seen, at: f64) -> f64 {
        let age = at - seen.start;
        match self.prior {
            Prior::ScaleFree => {
                let a = seen.age.max(SCALE_FLOOR);
                if age <= a { 0.0 } else { age - a - a * libm::log(age / a) }
            }
            Prior::Fitted(fitted) => {
                let survivors = 1.0 - seen.parts.0;
                let parts = fitted.parts(age);
                if survivors < 1e-12 {
                    return 1e9;
                }
                (age * (parts.0 - seen.parts.0) - (parts.1 - seen.parts.1)) / survivors
            }
        }
    }

    fn poll(&mut self, now: f64, seen: Seen, was_fresh: bool) {
        if was_fresh {
            self.fresh.retain(|task| *task != seen.task);
        } else {
            self.pool.retain(|other| other.task != seen.task);
        }
        let age = now + self.service.rtt / 2.0 - seen.start;
        match self.outcome.poll(self.service, seen.task, &self.run[seen.task], now) {
            Response::Completed => {
                self.left -= 1;
                self.completed.push((seen.age, age));
            }
            Response::Running => {
                let parts = self.parts(age);
                self.flight.push((now + self.service.rtt, Seen { age, parts, ..seen }));
            }
            Response::Throttled => self.flight.push((now + self.service.rtt, seen)),
        }
    }

    fn parts(&self, age: f64) -> (f64, f64) {
        match self.prior {
            Prior::ScaleFree => (0.0, 0.0),
            Prior::Fitted(fitted) => fitted.parts(age),
        }
    }

    fn refit(&mut self) {
        if self.completed.len() < 5 {
            return;
        }
        let completed = self.sample(&self.completed.clone(), 60);
        let share = completed.len() as f64 / self.completed.len() as f64;
        let ages: Vec<f64> = self.pool.iter().map(|seen| seen.age).collect();
        let count = ((ages.len() as f64 * share) as usize).max(1).min(ages.len()).min(60);
        let running = self.sample(&ages, count);
        let fitted = fit(&completed, &running);
        self.prior = Prior::Fitted(fitted);
        for seen in &mut self.pool {
            seen.parts = fitted.parts(seen.age);
        }
    }

    /// Some of the items, drawn by lot; all if there are no more.
    fn sample<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut items = items.to_vec();
        while items.len() > count {
            let lot = self.chance.next() as usize % items.len();
            items.swap_remove(lot);
        }
        items
    }
}

/// Censored maximum likelihood on a grid.
fn fit(completed: &[(f64, f64)], running: &[f64]) -> LogNormal {
    let medians = (0..25).map(|power| 0.5 * libm::pow(1.35, f64::from(power)));
    let candidates =
        medians.flat_map(|median| [0.3, 0.5, 0.7, 0.9, 1.2, 1.6].map(|sigma| LogNormal::new(median, sigma)));
    let likelihood = |fitted: &LogNormal| {
        let log = |probability: f64| libm::log(probability.max(1e-12));
        let completed: f64 = completed.iter().map(|(a, b)| log(fitted.cdf(*b) - fitted.cdf(*a))).sum();
        completed + running.iter().map(|a| log(1.0 - fitted.cdf(*a))).sum::<f64>()
    };
    let scored = candidates.map(|candidate| (likelihood(&candidate), candidate));
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or(LogNormal::new(8.0, 0.8), |(_, fitted)| fitted)
}
