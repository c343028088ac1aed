use std::{
    fmt::Write as _,
    io::{self, Write},
};

use serde_json::{Map, Value, json};

use crate::{
    draws::{Draws, World},
    outcome::Summary,
    peers::blind_bound,
    policies::POLICIES,
};

type Results = [(&'static str, Summary)];

/// The table of the published comparison.
pub(crate) fn table(out: &mut impl Write, draws: &Draws, results: &Results) -> io::Result<()> {
    writeln!(out, "\n### {}\n", title(draws))?;
    writeln!(
        out,
        "| policy | mean s | p50 s | p95 s | max s | finish lag s | requests/task | peak req/s | throttled | mean / clairvoyant | mean / round robin |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|---|")?;
    if let Some(world) = draws.world.filter(|world| world.arrival == 0.0) {
        writeln!(out, "| blind bound (computed) | {:.3} | | | | | >= 1 | | | | |", blind_bound(&world))?;
    }
    let mean = |name| results.iter().find(|(other, _)| *other == name).map(|(_, summary)| summary.mean);
    for (name, s) in results {
        let ratio = |peer| mean(peer).map_or(String::new(), |mean| format!("{:.3}", s.mean / mean));
        write!(
            out,
            "| {name} | {:.3} | {:.3} | {:.3} | {:.2} | {:.3} ",
            s.mean, s.p50, s.p95, s.max, s.finish_lag
        )?;
        write!(out, "| {:.2} | {} | {:.0} ", s.requests_per_task, s.peak, s.throttled)?;
        writeln!(out, "| {} | {} |", ratio("clairvoyant"), ratio("round-robin"))?;
    }
    writeln!(
        out,
        "\nLatency: from a task's end to the response that shows it. The planner's fixed and exponential policies poll at once;\npeers elsewhere that first wait for one interval save one poll per task."
    )
}

/// The same as one JSON object.
pub(crate) fn json(out: &mut impl Write, results: &Results) -> io::Result<()> {
    let object: Map<String, Value> =
        results.iter().map(|(name, s)| ((*name).to_owned(), summary_json(s))).collect();
    writeln!(out, "{}", Value::Object(object))
}

/// Every poll of the adaptive policy, a line each.
pub(crate) fn trace(all_draws: &[Draws]) -> String {
    let mut text = String::new();
    for draws in all_draws {
        for (run, outcome) in POLICIES[0].play(draws).iter().enumerate() {
            for (task, sent) in &outcome.polls {
                let _ = writeln!(text, "[{run}, {task}, {sent:.9}]");
            }
        }
    }
    text
}

fn title(draws: &Draws) -> String {
    let service = format!("rtt {:.0} ms, {} requests/s", draws.service.rtt * 1e3, draws.service.rate);
    let Some(World { size, runs, median, sigma, arrival, .. }) = draws.world else {
        return format!("{} given runs, {service}", draws.runs.len());
    };
    let start = if arrival > 0.0 { format!("{arrival} starts/s") } else { "burst start".to_owned() };
    format!("N = {size} (median {median} s, sigma {sigma}, {service}, {start}, {runs} runs)")
}

fn summary_json(s: &Summary) -> Value {
    json!({
        "mean_s": s.mean, "p50_s": s.p50, "p95_s": s.p95, "max_s": s.max, "finish_lag_s": s.finish_lag,
        "requests_per_task": s.requests_per_task, "throttled": s.throttled, "peak_per_s": s.peak,
    })
}
