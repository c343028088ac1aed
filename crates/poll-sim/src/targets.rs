//! The project's targets, tried over sizes, medians, spreads, arrivals and seeds.

use std::{
    io::{self, Write},
    ops::Range,
    panic::resume_unwind,
    thread,
};

use crate::{
    draws::{Draws, World},
    outcome::Summary,
    peers::blind_bound,
    policies::simulate_one,
};

/// One figure that is to stay within a bound.
struct Target {
    what: &'static str,
    value: f64,
    at_most: f64,
}

/// Prints a line for each target in each world and says whether all are reached.
pub(crate) fn check(out: &mut impl Write, seeds: Range<u64>) -> io::Result<bool> {
    writeln!(out, "| world | seed | target | value | at most | |\n|---|---|---|---|---|---|")?;
    let mut all = true;
    for ((world, seed), targets) in in_parallel(&seeds) {
        for Target { what, value, at_most } in targets {
            let reached = value <= at_most;
            all &= reached;
            let verdict = if reached { "reached" } else { "MISSED" };
            let name = name(&world);
            writeln!(out, "| {name} | {seed} | {what} | {value:.3} | {at_most:.3} | {verdict} |")?;
        }
    }
    Ok(all)
}

type Case = (World, u64);

/// The targets of all worlds and seeds, in order, computed by a thread for each world.
fn in_parallel(seeds: &Range<u64>) -> Vec<(Case, Vec<Target>)> {
    let one_world =
        |world: World| seeds.clone().map(|seed| ((world, seed), targets(&world, seed))).collect::<Vec<_>>();
    thread::scope(|scope| {
        let threads: Vec<_> =
            worlds().into_iter().map(|world| scope.spawn(move || one_world(world))).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

fn worlds() -> Vec<World> {
    let size = |size, runs| World { size, runs, ..World::default() };
    let sizes = [size(10, 200), size(100, 30), size(1000, 16)];
    let tempers = [(1.0, 0.8), (2.0, 0.5), (8.0, 0.5), (8.0, 1.2), (30.0, 0.8), (120.0, 0.8), (120.0, 1.2)];
    let others = [size(10, 100), size(100, 20), size(1000, 3)];
    let tempered =
        tempers.into_iter().flat_map(|(median, sigma)| others.map(|world| World { median, sigma, ..world }));
    let steady = [2.0, 5.0, 10.0].map(|arrival| World { arrival, ..size(1000, 3) });
    let sparse = [(1.0, 8.0), (0.3, 30.0), (0.1, 120.0), (5.0, 30.0)].map(|(arrival, median)| World {
        median,
        arrival,
        ..size(200, 5)
    });
    sizes.into_iter().chain(tempered).chain(steady).chain(sparse).collect()
}

fn targets(world: &World, seed: u64) -> Vec<Target> {
    let draws = Draws::make(world, seed);
    let play = |name: &'static str| simulate_one(&draws, name);
    let (Some(ours), Some(index)) = (play("adaptive"), play("index-learned")) else { return Vec::new() };
    let mut targets = vec![Target { what: "throttled", value: ours.throttled, at_most: 0.0 }];
    targets.extend(against_index(&ours, &index));
    let of = |peer: &'static str, what: &'static str, at_most: f64, figure: fn(&Summary) -> f64| {
        play(peer).map(|peer| Target { what, value: figure(&ours) / figure(&peer), at_most })
    };
    if world.arrival >= 5.0 && world.size == 1000 {
        targets.extend(of("round-robin", "mean / round robin", 0.98, |s| s.mean));
    } else if (world.median, world.sigma, world.arrival) == (8.0, 0.8, 0.0) {
        match world.size {
            10 => targets.extend(of("go-sdk", "mean / Go SDK", 0.20, |s| s.mean)),
            100 => {
                targets.extend(of("round-robin", "mean / round robin", 1.10, |s| s.mean));
                targets.extend(of("round-robin", "requests / round robin", 0.55, |s| s.requests_per_task));
            }
            _ => {
                let value = ours.mean / blind_bound(world);
                targets.push(Target { what: "mean / blind bound", value, at_most: 1.03 });
                targets.push(Target { what: "requests a task", value: ours.requests_per_task, at_most: 1.3 });
            }
        }
    }
    targets
}

fn against_index(ours: &Summary, index: &Summary) -> [Target; 2] {
    let requests = Target {
        what: "requests a task (1.10 x index + 1)",
        value: ours.requests_per_task,
        at_most: 1.10 * index.requests_per_task + 1.0,
    };
    [Target { what: "mean / index", value: ours.mean / index.mean, at_most: 1.05 }, requests]
}

fn name(world: &World) -> String {
    let World { size, median, sigma, arrival, .. } = world;
    let start = if *arrival > 0.0 { format!(", {arrival} starts/s") } else { String::new() };
    format!("N = {size}, median {median} s, sigma {sigma}{start}")
}
