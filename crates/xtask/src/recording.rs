//! A terminal session as a picture: an SVG in which the lines appear as they did when it was recorded.

use std::fmt::Write as _;
use std::time::Duration;

use crate::transcript::normalized;

/// Height of a line and width of a character, in the units of the picture.
const LINE: usize = 18;
const CHARACTER: f64 = 7.82;

/// Space around the text, and what the title bar takes at the top.
const MARGIN: usize = 16;
const TITLE: usize = 34;

/// The longest pause that the picture shows: longer ones, such as those of a build, are cut.
const LONGEST_PAUSE: Duration = Duration::from_secs(7);

/// What a session printed, line by line, with the time since its start.
#[derive(Debug, Default)]
pub struct Recording(Vec<(Duration, String)>);

impl Recording {
    /// Adds a line.
    pub fn push(&mut self, at: Duration, line: impl Into<String>) {
        self.0.push((at, line.into()));
    }

    /// Leaves out the lines from the first that starts with `from` up to, and without, the next that starts with `to`.
    pub fn without(&mut self, from: &str, to: &str) {
        while let Some(start) = self.0.iter().position(|(_, line)| line.starts_with(from)) {
            let rest = self.0[start..].iter().position(|(_, line)| line.starts_with(to));
            self.0.drain(start..rest.map_or(self.0.len(), |length| start + length));
        }
    }

    /// The same session as Terraform shows it, of one that OpenTofu ran: they differ in their names.
    #[must_use]
    pub fn with_terraforms_names(self) -> Self {
        let renamed = |line: String| line.replace("$ tofu ", "$ terraform ").replace("OpenTofu", "Terraform");
        Self(self.0.into_iter().map(|(at, line)| (at, renamed(line))).collect())
    }

    /// The picture, with a title in its bar.
    pub fn svg(&self, title: &str) -> String {
        let columns = self.0.iter().map(|(_, line)| line.chars().count()).max().unwrap_or(0);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a width"
        )]
        let width = (columns as f64 * CHARACTER) as usize + 2 * MARGIN;
        let height = TITLE + MARGIN + LINE * self.0.len();
        let mut svg = head(width, height, title);
        for (row, (at, line)) in self.shown_times().into_iter().enumerate() {
            let y = TITLE + MARGIN + LINE * row;
            let style = class(line).map(|class| format!(" class=\"{class}\"")).unwrap_or_default();
            let _ = writeln!(
                svg,
                "<text{style} x=\"{MARGIN}\" y=\"{y}\" style=\"animation-delay:{:.1}s\">{}</text>",
                at.as_secs_f64(),
                escaped(line)
            );
        }
        svg.push_str("</svg>\n");
        svg
    }

    /// Each line with the time at which the picture shows it.
    fn shown_times(&self) -> Vec<(Duration, &str)> {
        let mut shown = Duration::ZERO;
        let mut last = self.0.first().map_or(Duration::ZERO, |(at, _)| *at);
        let mut times = Vec::new();
        for (at, line) in &self.0 {
            shown += at.saturating_sub(last).min(LONGEST_PAUSE);
            last = *at;
            times.push((shown, line.as_str()));
        }
        times
    }

    /// The first line of this session that a picture does not show, apart from what changes from run to run.
    pub fn difference(&self, svg: &str) -> Option<&str> {
        let mut shown = svg.lines().filter_map(text_of).map(|text| normalized(&text));
        self.0.iter().map(|(_, line)| line.as_str()).find(|line| shown.next() != Some(normalized(line)))
    }
}

fn head(width: usize, height: usize, title: &str) -> String {
    let (middle, title) = (width / 2, escaped(title));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{title}\">\n\
         <style>\n\
         text {{ font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d8dee9; white-space: pre; }}\n\
         text {{ animation: appear .01s both; }}\n\
         .title {{ animation: none; fill: #8f9bb3; text-anchor: middle; }}\n\
         .command {{ fill: #ffffff; font-weight: bold; }}\n\
         .error {{ fill: #ff7b85; font-weight: bold; }}\n\
         .success {{ fill: #8ddb8c; }}\n\
         @keyframes appear {{ from {{ opacity: 0; }} to {{ opacity: 1; }} }}\n\
         @media (prefers-reduced-motion: reduce) {{ text {{ animation: none; }} }}\n\
         </style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1f2a\"/>\n\
         <circle cx=\"18\" cy=\"17\" r=\"5\" fill=\"#ff5f57\"/><circle cx=\"36\" cy=\"17\" r=\"5\" fill=\"#febc2e\"/>\
         <circle cx=\"54\" cy=\"17\" r=\"5\" fill=\"#28c840\"/>\n\
         <g><text class=\"title\" x=\"{middle}\" y=\"21\">{title}</text></g>\n"
    )
}

/// How a line is coloured.
fn class(line: &str) -> Option<&'static str> {
    let starts = [
        ("$ ", "command"),
        ("Error:", "error"),
        ("Apply complete!", "success"),
        ("  a task that", "success"),
        ("  throttled requests", "success"),
    ];
    starts.into_iter().find(|(start, _)| line.starts_with(start)).map(|(_, class)| class)
}

/// Text as it stands in a picture.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The text of a line of the picture that shows a line of the session.
fn text_of(line: &str) -> Option<String> {
    let rest = line.strip_prefix("<text")?.strip_suffix("</text>")?;
    let text = rest.split_once('>')?.1;
    Some(text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(lines: &[(u64, &str)]) -> Recording {
        let mut recording = Recording::default();
        for (at, line) in lines {
            recording.push(Duration::from_secs(*at), *line);
        }
        recording
    }

    #[test]
    fn lines_appear_at_their_times_and_long_pauses_are_cut() {
        let svg = recording(&[(60, "$ a <b>"), (61, "Error: no"), (200, "end")]).svg("demo");
        assert!(svg.contains(
            "<text class=\"command\" x=\"16\" y=\"50\" style=\"animation-delay:0.0s\">$ a &lt;b&gt;</text>"
        ));
        assert!(
            svg.contains("animation-delay:1.0s\">Error: no<") && svg.contains("animation-delay:8.0s\">end<")
        );
    }

    #[test]
    fn the_same_session_at_another_time_makes_no_difference_and_another_one_does() {
        let svg = recording(&[(1, "$ terraform apply"), (2, "complete after 6s [id=1]")]).svg("demo");
        assert_eq!(
            recording(&[(5, "$ terraform apply"), (9, "complete after 7s [id=2]")]).difference(&svg),
            None
        );
        let other = recording(&[(5, "$ terraform apply"), (9, "failed after 7s [id=2]")]);
        assert_eq!(other.difference(&svg), Some("failed after 7s [id=2]"));
    }

    #[test]
    fn a_session_with_opentofu_makes_no_difference() {
        let svg = recording(&[(1, "$ terraform init"), (2, "seen with Terraform v1.11.4")]).svg("demo");
        let other = || recording(&[(1, "$ tofu init"), (2, "seen with OpenTofu v1.12.6")]);
        assert_eq!(other().difference(&svg), Some("$ tofu init"));
        assert_eq!(other().with_terraforms_names().difference(&svg), None);
    }

    #[test]
    fn what_is_left_out_ends_before_the_next_line_that_matters() {
        let mut recording =
            recording(&[(0, "a"), (0, "Terraform used"), (0, "  + x"), (0, "Plan: 1"), (0, "b")]);
        recording.without("Terraform used", "Plan:");
        assert_eq!(
            recording.0.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>(),
            ["a", "Plan: 1", "b"]
        );
    }
}
