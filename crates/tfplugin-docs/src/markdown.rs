//! Markdown for places that show none.

/// The text without code marks and without the targets of links.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = markdown.trim().replace('`', "");
    while let Some((before, label, after)) = first_link(&text) {
        text = format!("{before}{label}{after}");
    }
    text
}

/// The text with each line moved in.
pub(super) fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// What comes before the first `[label](target)`, its label, and what comes after.
fn first_link(text: &str) -> Option<(&str, &str, &str)> {
    let middle = text.find("](")?;
    let start = text[..middle].rfind('[')?;
    let end = middle + text[middle..].find(')')?;
    Some((&text[..start], &text[start + 1..middle], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_marks_and_no_targets() {
        assert_eq!(
            plain("Set `a` as in [the guide](guides/a.md), or [b](c).\n"),
            "Set a as in the guide, or b."
        );
        assert_eq!(plain("[a] (b) ](c"), "[a] (b) ](c");
    }

    #[test]
    fn empty_lines_stay_empty() {
        assert_eq!(indented("a\n\nb", "  "), "  a\n\n  b");
    }
}
