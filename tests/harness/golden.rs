//! Expected output: the files beside a program, and the normalisation that makes them portable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diff;
use crate::process::{End, Outcome};

/// What a program must print and return.
#[derive(Debug, PartialEq, Eq)]
pub struct Golden {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// Where the three golden files of one program are.
#[derive(Debug)]
pub struct GoldenFiles {
    out: PathBuf,
    err: PathBuf,
    code: PathBuf,
}

/// Replaces what differs between machines and interpreters by placeholders.
#[derive(Debug)]
pub struct Normaliser {
    /// The directory that the programs run in, printed as `{dir}`.
    pub directory: String,
    /// The names by which the interpreter calls itself, printed as `{program}`.
    pub programs: Vec<String>,
}

impl GoldenFiles {
    /// The files beside `directory/name.py`.
    #[must_use]
    pub fn beside(directory: &Path, name: &str) -> Self {
        let file = |extension: &str| directory.join(format!("{name}.{extension}"));
        Self { out: file("out"), err: file("err"), code: file("code") }
    }

    /// Reads what is expected; an absent file means no output, or exit code 0.
    ///
    /// # Errors
    ///
    /// Returns a message if no golden exists at all, or one cannot be read.
    pub fn read(&self) -> Result<Golden, String> {
        let text = |path: &Path| match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read {}: {error}", path.display())),
        };
        let (out, err, code) = (text(&self.out)?, text(&self.err)?, text(&self.code)?);
        if out.is_none() && err.is_none() {
            return Err(format!("{} is missing; run tests/bless", self.out.display()));
        }
        let code = code.unwrap_or_else(|| "0".to_owned());
        Ok(Golden {
            stdout: out.unwrap_or_default(),
            stderr: err.unwrap_or_default(),
            code: code.trim().parse().map_err(|error| format!("{}: {error}", self.code.display()))?,
        })
    }

    /// Writes `golden`; empty streams and exit code 0 leave no file, but one file there is always.
    ///
    /// # Errors
    ///
    /// Returns the error of the file system.
    pub fn write(&self, golden: &Golden) -> io::Result<()> {
        let quiet = golden.stdout.is_empty() && !golden.stderr.is_empty();
        write_or_remove(&self.out, &golden.stdout, quiet)?;
        write_or_remove(&self.err, &golden.stderr, golden.stderr.is_empty())?;
        write_or_remove(&self.code, &format!("{}\n", golden.code), golden.code == 0)
    }
}

fn write_or_remove(path: &Path, text: &str, absent: bool) -> io::Result<()> {
    if !absent {
        return fs::write(path, text);
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Normaliser {
    /// The text of `bytes` with placeholders. Bytes that are no UTF-8 show as U+FFFD.
    #[must_use]
    pub fn text(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let text = text.replace(&format!("{}/", self.directory), "{dir}/");
        let text = text.replace(&self.directory, "{dir}");
        text.split_inclusive('\n').map(|line| self.line(line)).collect()
    }

    /// CPython puts its own name only before `: message` and after `usage: `.
    fn line(&self, line: &str) -> String {
        for program in &self.programs {
            for (before, after) in [("", ":"), ("usage: ", " ")] {
                let start = format!("{before}{program}{after}");
                if let Some(rest) = line.strip_prefix(&start) {
                    return format!("{before}{{program}}{after}{rest}");
                }
            }
        }
        line.to_owned()
    }
}

/// The outcome in the form that goldens have; `Err` for an end that no golden can describe.
///
/// # Errors
///
/// Returns how the process died, with the end of its stderr.
pub fn observe(outcome: &Outcome, normaliser: &Normaliser) -> Result<Golden, String> {
    let (stdout, stderr) = (normaliser.text(&outcome.stdout), normaliser.text(&outcome.stderr));
    match outcome.end {
        End::Exited(code) => Ok(Golden { stdout, stderr, code }),
        end => Err(format!("{end}\n{}", last_lines(&stdout, &stderr))),
    }
}

/// A description of every difference, or `None` if there is none.
#[must_use]
pub fn compare(expected: &Golden, actual: &Golden) -> Option<String> {
    let mut report = String::new();
    if expected.code != actual.code {
        report += &format!("exit code: expected {}, got {}\n", expected.code, actual.code);
    }
    for (stream, expected, actual) in
        [("stdout", &expected.stdout, &actual.stdout), ("stderr", &expected.stderr, &actual.stderr)]
    {
        if let Some(lines) = diff::lines(expected, actual) {
            report += &format!("{stream} (- expected, + actual):\n{lines}");
        }
    }
    (!report.is_empty()).then_some(report)
}

fn last_lines(stdout: &str, stderr: &str) -> String {
    const LINES_MAX: usize = 10;
    let mut report = String::new();
    for (stream, text) in [("stdout", stdout), ("stderr", stderr)] {
        let lines: Vec<&str> = text.lines().collect();
        for line in &lines[lines.len().saturating_sub(LINES_MAX)..] {
            report += &format!("  {stream}: {line}\n");
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::{Golden, Normaliser, compare};

    #[test]
    fn directories_and_program_names_become_placeholders() {
        let normaliser =
            Normaliser { directory: "/home/a".to_owned(), programs: vec!["/bin/side".to_owned(), "side".to_owned()] };
        let text = normaliser.text(b"side: '/home/a' /home/a/x.py\nusage: /bin/side [x]\na side:");
        assert_eq!(text, "{program}: '{dir}' {dir}/x.py\nusage: {program} [x]\na side:");
    }

    #[test]
    fn every_kind_of_difference_is_reported() {
        let golden =
            |stdout: &str, stderr: &str, code| Golden { stdout: stdout.to_owned(), stderr: stderr.to_owned(), code };
        assert_eq!(compare(&golden("a\n", "", 0), &golden("a\n", "", 0)), None);
        let report = compare(&golden("a\n", "", 0), &golden("b\n", "c\n", 1)).unwrap();
        for part in ["expected 0, got 1", "stdout", "- a", "+ b", "stderr", "+ c"] {
            assert!(report.contains(part), "{report}");
        }
    }
}
