//! A line diff that is short enough to read in a test report.

const CONTEXT_LINES_MAX: usize = 3;
const CHANGED_LINES_MAX: usize = 20;

/// The region in which the texts differ, with a few equal lines before and after it, or `None`
/// if they are equal.
#[must_use]
pub fn lines(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (old, new) = (split(expected), split(actual));
    let same_start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[same_start..], &new[same_start..]);
    let same_end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();

    let mut report = format!("  @@ line {} @@\n", same_start + 1);
    push(&mut report, ' ', &old[same_start.saturating_sub(CONTEXT_LINES_MAX)..same_start]);
    push(&mut report, '-', &old_rest[..old_rest.len() - same_end]);
    push(&mut report, '+', &new_rest[..new_rest.len() - same_end]);
    let after = &old[old.len() - same_end..];
    push(&mut report, ' ', &after[..after.len().min(CONTEXT_LINES_MAX)]);
    Some(report)
}

/// The lines of a text, in which a missing newline at the end shows.
fn split(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if !text.is_empty() && !text.ends_with('\n') {
        lines.push("(no newline at the end)".to_owned());
    }
    lines
}

fn push(report: &mut String, mark: char, lines: &[String]) {
    for line in lines.iter().take(CHANGED_LINES_MAX) {
        *report += &format!("  {mark} {line}\n");
    }
    if lines.len() > CHANGED_LINES_MAX {
        *report += &format!("  {mark} ({} more lines)\n", lines.len() - CHANGED_LINES_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(lines("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn only_the_changed_region_shows() {
        let report = lines("1\n2\n3\n4\nold\n5\n", "1\n2\n3\n4\nnew\nnewer\n5\n").unwrap();
        assert_eq!(report, "  @@ line 5 @@\n    2\n    3\n    4\n  - old\n  + new\n  + newer\n    5\n");
    }

    #[test]
    fn a_missing_final_newline_shows() {
        assert!(lines("a\n", "a").unwrap().contains("+ (no newline at the end)"));
    }
}
