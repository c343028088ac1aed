//! Figures as a picture: bars, a panel for each measure. It brings its own background, light or dark as the reader has it.

use std::fmt::Write as _;

use super::figures::{Figures, Measure, Unit, Value};
use super::limits::with_unit;
use super::peers::{ALONE, OURS, SHELL};
use crate::recording::escaped;

/// Measures and their titles, from left to right and from top to bottom.
const PANELS: [(&str, &str); 6] = [
    ("handshake", "Start to handshake, mutual TLS"),
    ("validate", "terraform validate"),
    ("plan-1000", "terraform plan, 1000 resources"),
    ("size", "Stripped binary"),
    ("plan-memory", "Peak memory, plan of 1000 resources"),
    ("status-https", "One poll over HTTPS, whole process"),
];

const COLUMNS: usize = 2;
/// Width and height of a panel, and the space around it.
const PANEL: (f64, f64) = (430.0, 150.0);
const GAP: f64 = 20.0;
const HEADER: f64 = 44.0;
/// Where bars begin within a panel, how long the longest is, how far apart they are and how thick.
const BARS: f64 = 112.0;
const LONGEST: f64 = 240.0;
const STEP: f64 = 26.0;
const THICK: f64 = 16.0;

/// The picture.
pub(super) fn draw(figures: &Figures) -> String {
    let panels: Vec<_> =
        PANELS.into_iter().filter_map(|(id, title)| Some((title, figures.measure(id)?))).collect();
    let rows = panels.len().div_ceil(COLUMNS);
    let (width, height) = (along(COLUMNS, PANEL.0), HEADER - GAP + along(rows, PANEL.1));
    let mut svg = head(width, height);
    for (place, (title, measure)) in panels.into_iter().enumerate() {
        let x = along(place % COLUMNS, PANEL.0);
        let y = HEADER - GAP + along(place / COLUMNS, PANEL.1);
        let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">");
        panel(&mut svg, title, measure);
        svg.push_str("</g>\n");
    }
    svg + "</svg>\n"
}

/// Where a panel of this place begins.
#[expect(clippy::cast_precision_loss, reason = "a few panels")]
fn along(place: usize, size: f64) -> f64 {
    GAP + place as f64 * (size + GAP)
}

fn panel(svg: &mut String, title: &str, measure: &Measure) {
    let (width, height) = PANEL;
    let _ = writeln!(svg, "<rect class=\"panel\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
    let _ = writeln!(svg, "<text class=\"title\" x=\"14\" y=\"25\">{}</text>", escaped(title));
    let greatest = measure.values.iter().map(|value| value.spread.median).fold(0.0, f64::max);
    let mut y = 40.0;
    for value in &measure.values {
        bar(svg, y, value, greatest, measure.unit);
        y += STEP;
    }
}

fn bar(svg: &mut String, y: f64, value: &Value, greatest: f64, unit: Unit) {
    let Value { subject, spread } = value;
    let class = match subject.as_str() {
        OURS => "ours",
        ALONE | SHELL => "floor",
        _ => "peer",
    };
    let (length, middle) = (LONGEST * spread.median / greatest, y + THICK / 2.0 + 4.0);
    let _ = writeln!(svg, "<text class=\"name\" x=\"{:.1}\" y=\"{middle:.1}\">{subject}</text>", BARS - 8.0);
    let bar = format!("x=\"{BARS}\" y=\"{y}\" width=\"{:.1}\" height=\"{THICK}\" rx=\"2\"", length.max(1.0));
    let _ = writeln!(svg, "<rect class=\"{class}\" {bar}/>");
    let shown = with_unit(spread.median, unit);
    let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{middle:.1}\">{shown}</text>", BARS + length.max(1.0) + 7.0);
}

fn head(width: f64, height: f64) -> String {
    let label = "Medians of this project and of what is used instead";
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{label}\">\n\
         <style>\n\
         text {{ font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }}\n\
         .title {{ font-weight: 600; font-size: 13px; }}\n\
         .name {{ text-anchor: end; fill: #59636e; }}\n\
         .page {{ fill: #ffffff; stroke: #d1d9e0; }}\n\
         .panel {{ fill: #f6f8fa; }}\n\
         .ours {{ fill: #0969da; }}\n\
         .peer {{ fill: #8c959f; }}\n\
         .floor {{ fill: #c8d1da; }}\n\
         @media (prefers-color-scheme: dark) {{\n\
         text {{ fill: #e6edf3; }}\n\
         .name {{ fill: #9198a1; }}\n\
         .page {{ fill: #0d1117; stroke: #3d444d; }}\n\
         .panel {{ fill: #151b23; }}\n\
         .ours {{ fill: #4493f8; }}\n\
         .peer {{ fill: #7d8590; }}\n\
         .floor {{ fill: #3d444d; }}\n\
         }}\n\
         </style>\n\
         <rect class=\"page\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n\
         <text class=\"title\" x=\"{GAP}\" y=\"28\">{label}: shorter is better</text>\n",
        width - 1.0,
        height - 1.0
    )
}

#[cfg(test)]
mod tests {
    use super::super::figures::example;
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_medians() {
        insta::assert_snapshot!(draw(&example()));
    }
}
