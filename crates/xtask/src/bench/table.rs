//! Figures as Markdown: the limits for the front page, and everything on a page of its own.

use std::fmt::Write as _;

use super::figures::{Figures, Measure, Value};
use super::limits::{LIMITS, Limit, Line, with_unit};

/// Lines between which the front page has the figures.
pub(super) const BEGIN: &str = "<!-- figures: `cargo xtask bench` writes these lines -->";
pub(super) const END: &str = "<!-- end of figures -->";

/// A page with the figures in their place. Nothing if it has no place for them.
pub(super) fn inserted(page: &str, figures: &Figures) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}{END}{after}", short(figures)))
}

/// The limits, with what was found, and why some are missed.
pub(super) fn short(figures: &Figures) -> String {
    let lines: Vec<_> = LIMITS.iter().filter_map(|limit| limit.apply(figures)).collect();
    let mut text = "| measure | here | beside | ratio | at most |\n|---|---|---|---|---|\n".to_owned();
    for line in &lines {
        let (Line { limit, ours, beside, .. }, at_most) = (line, line.at_most());
        let missed = if line.is_met() { "" } else { ", **missed**" };
        let found = line.found() + missed;
        let _ = writeln!(text, "| {} | {ours} | {beside} | {found} | {at_most} |", limit.what);
    }
    let _ = writeln!(text, "\nMeasured on {}, with {}.", figures.machine, versions(figures));
    for line in lines.iter().filter(|line| !line.is_met()) {
        let Limit { what, reason, .. } = line.limit;
        let _ = writeln!(text, "\nMissed: {what}. {}", reason.unwrap_or("The reason is not known yet."));
    }
    if !figures.missing.is_empty() {
        let _ = writeln!(text, "\nNot there, and so not measured:\n\n- {}", figures.missing.join("\n- "));
    }
    text
}

/// Every value that was measured.
pub(super) fn page(figures: &Figures) -> String {
    let mut text = format!("# Figures\n\n{}", short(figures));
    text += "\n## Everything that was measured\n\nMedian, range in brackets, and number of values.\n";
    text += "\n| measure | subject | median | range | n |\n|---|---|---|---|---|\n";
    for measure in &figures.measures {
        let mut title = measure.title.as_str();
        for value in &measure.values {
            let _ = writeln!(text, "| {title} | {} |", row(measure, value));
            title = "";
        }
    }
    text
}

fn row(measure: &Measure, value: &Value) -> String {
    let Value { subject, spread } = value;
    let number = |value| with_unit(value, measure.unit);
    let bounds = format!("[{}, {}]", bare(spread.least), bare(spread.greatest));
    format!("{subject} | {} | {bounds} | {}", number(spread.median), spread.n)
}

fn bare(value: f64) -> String {
    with_unit(value, super::Unit::Count)
}

fn versions(figures: &Figures) -> String {
    let named: Vec<_> = figures.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::figures::example;
    use super::*;

    #[test]
    fn the_page_has_limits_reasons_and_everything_that_was_measured() {
        insta::assert_snapshot!(page(&example()));
    }

    #[test]
    fn the_figures_go_between_the_lines_that_are_there_for_them() {
        let page = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let written = inserted(&page, &example()).unwrap();
        assert!(written.starts_with(&format!("before\n{BEGIN}\n| measure |")) && !written.contains("old"));
        assert!(written.ends_with(&format!("\n{END}\nafter\n")));
        assert_eq!(inserted(&written, &example()), Some(written.clone()));
        assert_eq!(inserted("no place", &example()), None);
    }
}
