//! Comparing what a session printed with what the documentation shows of it.

/// A line without what changes from run to run: every word that holds a digit counts as the same, and so does any number
/// of spaces.
pub fn normalized(line: &str) -> String {
    let words = line
        .split_whitespace()
        .map(|word| if word.contains(|c: char| c.is_ascii_digit()) { "#" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The first shown line that was not printed, in the order in which the lines are shown. `...` and empty lines stand for
/// anything.
pub fn missing<'a>(shown: &'a str, printed: &str) -> Option<&'a str> {
    let mut printed = printed.lines().map(normalized);
    shown
        .lines()
        .filter(|line| !matches!(line.trim(), "" | "..."))
        .find(|line| !printed.any(|other| other == normalized(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shown: &str, printed: &str, missing_line: Option<&str>) {
        assert_eq!(missing(shown, printed), missing_line);
    }

    #[test]
    fn what_changes_from_run_to_run_does_not_matter() {
        check("Elapsed:  2.8s\n", "before\n  Elapsed: 3.1s\nafter", None);
        check("a\n...\nc\n", "a\nb\nc\n", None);
    }

    #[test]
    fn a_line_that_was_not_printed_is_named_and_so_is_one_in_another_order() {
        check("Questions: 7", "Polls: 7", Some("Questions: 7"));
        check("a\nc\nb", "a\nb\nc\n", Some("b"));
        check("a\na", "a\n", Some("a"));
    }
}
