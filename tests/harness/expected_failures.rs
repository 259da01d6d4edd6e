//! `expected_failures.txt`: which programs are known to fail in which mode, and why.
//!
//! **Invariants.** Every row names a program and a mode that exist; a row whose program passes is
//! itself a failure, so the file can only tell the truth.

use crate::modes;

/// The word that stands for every mode.
const EVERY_MODE: &str = "*";

/// One row: a program, a mode and why it fails.
#[derive(Debug, PartialEq, Eq)]
pub struct ExpectedFailure {
    pub program: String,
    pub mode: String,
    pub reason: String,
}

impl ExpectedFailure {
    /// Whether the row speaks of this program in this mode.
    #[must_use]
    pub fn covers(&self, program: &str, mode: &str) -> bool {
        self.program == program && (self.mode == EVERY_MODE || self.mode == mode)
    }
}

/// Parses `name mode reason` lines; `#` starts a comment line.
///
/// # Errors
///
/// Returns a message with the line number for a row without a reason, an unknown mode, a program
/// that is not among `programs`, or a second row for the same program and mode.
pub fn parse(text: &str, programs: &[String]) -> Result<Vec<ExpectedFailure>, String> {
    let mut rows: Vec<ExpectedFailure> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let row = parse_row(line, programs)
            .and_then(|row| match rows.iter().any(|old| old.covers(&row.program, &row.mode)) {
                true => Err("the row repeats an earlier one".to_owned()),
                false => Ok(row),
            })
            .map_err(|message| format!("expected_failures.txt:{}: {message}", index + 1))?;
        rows.push(row);
    }
    Ok(rows)
}

fn parse_row(line: &str, programs: &[String]) -> Result<ExpectedFailure, String> {
    let mut words = line.splitn(3, char::is_whitespace).map(str::trim);
    let (Some(program), Some(mode), Some(reason)) = (words.next(), words.next(), words.next()) else {
        return Err("expected `name mode reason`".to_owned());
    };
    if !programs.iter().any(|known| known == program) {
        return Err(format!("there is no program `{program}`"));
    }
    if mode != EVERY_MODE && modes::find(mode).is_none() {
        return Err(format!("there is no mode `{mode}`"));
    }
    Ok(ExpectedFailure { program: program.to_owned(), mode: mode.to_owned(), reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn programs() -> Vec<String> {
        vec!["int_add".to_owned(), "int_sub".to_owned()]
    }

    #[test]
    fn rows_cover_one_mode_or_all() {
        let text = "# comment\n\nint_add sync wrong sum\nint_sub * no subtraction yet\n";
        let rows = parse(text, &programs()).unwrap();
        assert!(rows[0].covers("int_add", "sync") && !rows[0].covers("int_add", "off"));
        assert!(rows[1].covers("int_sub", "off"));
        assert_eq!(rows[1].reason, "no subtraction yet");
    }

    #[test]
    fn wrong_rows_are_errors_with_their_line() {
        for (text, part) in [
            ("int_add sync", ":1: expected"),
            ("\nint_mul sync x", ":2: there is no program"),
            ("int_add fast x", "no mode `fast`"),
            ("int_add * x\nint_add on y", ":2: the row repeats"),
        ] {
            let message = parse(text, &programs()).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }
}
