use std::fmt::Write;

use crate::{
    draws::{Draws, World},
    policies::simulate_all,
};

/// One colour a policy, in the order of the table; the adaptive policy's stands out.
const COLOURS: [&str; 10] = [
    "#d62728", "#9ecae1", "#4292c6", "#08519c", "#74c476", "#ff9933", "#8c564b", "#7f7f7f", "#9467bd",
    "#111111",
];
/// A panel's place: its left edge is a multiple of the first, its width and height are the others.
const PANEL: (f64, f64, f64) = (320.0, 250.0, 260.0);
/// Both axes are logarithmic: polls per task, and mean latency in seconds.
const POLLS: (f64, f64) = (0.8, 100.0);
const LATENCY: (f64, f64) = (0.02, 400.0);

/// Mean latency against polls per task, for each policy, with 10, 100 and 1000 tasks that start together.
pub(crate) fn draw(seed: u64) -> String {
    let mut svg = String::new();
    let style = "font-family=\"sans-serif\" font-size=\"12\"";
    let _ = writeln!(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 980 400\" {style}>");
    let _ = writeln!(svg, "<rect width=\"980\" height=\"400\" fill=\"#ffffff\"/>");
    let mut names = Vec::new();
    for (place, (size, runs)) in [(0.0, (10, 200)), (1.0, (100, 30)), (2.0, (1000, 16))] {
        let world = World { size, runs, ..World::default() };
        let results = simulate_all(&Draws::make(&world, seed), "");
        panel(&mut svg, place, size);
        // The adaptive policy comes first in the table, so last here: on top.
        for ((_, s), colour) in results.iter().zip(COLOURS).rev() {
            dot(&mut svg, x(place, s.requests_per_task), y(s.mean), colour);
        }
        names = results.iter().map(|(name, _)| *name).collect();
    }
    legend(&mut svg, &names);
    svg + "</svg>\n"
}

/// The frame of a panel, with its marks and titles.
fn panel(svg: &mut String, place: f64, size: usize) {
    let (left, top, width, height) = (place * PANEL.0 + 55.0, 40.0, PANEL.1, PANEL.2);
    let frame = format!("x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"");
    let _ = writeln!(svg, "<rect {frame} fill=\"none\" stroke=\"#999999\"/>");
    text(svg, left + width / 2.0, 25.0, "middle", &format!("{size} tasks"));
    text(svg, left + width / 2.0, top + height + 35.0, "middle", "polls per task");
    if place == 0.0 {
        text(svg, 5.0, 25.0, "start", "mean latency, s");
    }
    for mark in [1.0, 3.0, 10.0, 30.0, 100.0] {
        text(svg, x(place, mark), top + height + 16.0, "middle", &mark.to_string());
    }
    for mark in [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0] {
        text(svg, left - 6.0, y(mark) + 4.0, "end", &mark.to_string());
        let (from, to, at) = (left, left + width, y(mark));
        let _ = writeln!(svg, "<path d=\"M{from} {at:.1}H{to}\" stroke=\"#eeeeee\"/>");
    }
}

/// A ring, or a full dot for the adaptive policy.
fn dot(svg: &mut String, x: f64, y: f64, colour: &str) {
    let fill = if colour == COLOURS[0] { colour } else { "none" };
    let paint = format!("fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"2\"");
    let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" {paint}/>");
}

fn legend(svg: &mut String, names: &[&str]) {
    for (place, (name, colour)) in names.iter().zip(COLOURS).enumerate() {
        let (x, y) = (60.0 + 185.0 * (place % 5) as f64, 360.0 + 22.0 * (place / 5) as f64);
        dot(svg, x, y, colour);
        text(svg, x + 10.0, y + 4.0, "start", name);
    }
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

fn x(place: f64, polls: f64) -> f64 {
    place * PANEL.0 + 55.0 + PANEL.1 * share(polls, POLLS)
}

fn y(latency: f64) -> f64 {
    40.0 + PANEL.2 * (1.0 - share(latency, LATENCY))
}

/// How far along a logarithmic axis a value is.
fn share(value: f64, (from, to): (f64, f64)) -> f64 {
    libm::log(value / from) / libm::log(to / from)
}
