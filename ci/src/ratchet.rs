//! Numbers that may only fall: `ci/ratchet.toml`.

use crate::{Outcome, steps, tidy};
use std::path::Path;

const FILE: &str = "ci/ratchet.toml";

/// Fails when `measured` items are more than the row `name` tolerates. `items` are shown then.
pub fn check(root: &Path, name: &str, items: &[String]) -> Outcome {
    let text = std::fs::read_to_string(root.join(FILE)).map_err(|error| vec![format!("{FILE}: {error}")])?;
    let Some(allowed) = text.lines().find_map(|line| value(line, name)) else {
        return Err(vec![format!("{FILE}: no number {name}")]);
    };
    let measured = items.len();
    if measured > allowed {
        let mut problems = items.to_vec();
        problems.push(format!("{name}: {measured}, and {FILE} tolerates {allowed} (it may only fall)"));
        return Err(problems);
    }
    let advice = if measured < allowed { "; run `cargo ci ratchet` to keep the gain" } else { "" };
    println!("  {name}: {measured} of {allowed} tolerated{advice}");
    Ok(())
}

/// Lowers every number to what is measured now.
pub fn lower(root: &Path) -> Outcome {
    let measured = [
        ("clippy_warnings", steps::clippy_warnings(root)?.len()),
        ("long_files", tidy::long_files(&tidy::files(root)?).len()),
        ("unformatted_files", steps::unformatted_files(root)?.len()),
    ];
    let path = root.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(|error| vec![format!("{FILE}: {error}")])?;
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    for (name, count) in measured {
        for line in &mut lines {
            if let Some(allowed) = value(line, name) {
                println!("  {name}: {allowed} -> {}", allowed.min(count));
                *line = format!("{name} = {}", allowed.min(count));
            }
        }
    }
    std::fs::write(&path, lines.join("\n") + "\n").map_err(|error| vec![format!("{FILE}: {error}")])
}

/// The number in a line `name = number`.
fn value(line: &str, name: &str) -> Option<usize> {
    let (key, number) = line.split_once('=')?;
    if key.trim() == name { number.trim().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn rows_are_read() {
        assert_eq!(value("long_files = 12", "long_files"), Some(12));
        assert_eq!(value("# long_files = 12", "long_files"), None);
        assert_eq!(value("long_files = many", "long_files"), None);
    }
}
