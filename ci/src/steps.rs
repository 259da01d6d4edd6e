//! The steps that run cargo.

use crate::{Outcome, ratchet};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

pub fn format(root: &Path) -> Outcome {
    ratchet::check(root, "unformatted_files", &unformatted_files(root)?)
}

pub fn build(root: &Path) -> Outcome {
    visible(root, &["build", "--release", "--package", "sidewinder", "--package", "sidewinder-checked"])
}

pub fn tests(root: &Path) -> Outcome {
    let mut nextest = cargo(root, &["nextest", "--version"]);
    let installed = nextest.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if installed {
        visible(root, &["nextest", "run", "--release", "--workspace", "--no-fail-fast", "--status-level", "fail"])
    } else {
        visible(root, &["test", "--release", "--workspace", "--no-fail-fast"])
    }
}

pub fn clippy(root: &Path) -> Outcome {
    ratchet::check(root, "clippy_warnings", &clippy_warnings(root)?)
}

/// The files that rustfmt would change.
pub fn unformatted_files(root: &Path) -> Result<Vec<String>, Vec<String>> {
    let (success, out, err) = captured(root, &["fmt", "--all", "--check", "--", "-l"])?;
    let files: BTreeSet<String> =
        out.lines().filter(|line| line.ends_with(".rs")).map(|line| below(root, line)).collect();
    // Differences make it fail too; failing without a file means that it could not run or parse.
    if !success && files.is_empty() {
        return Err(vec![err, "cargo fmt could not run (rustup component add rustfmt?)".into()]);
    }
    Ok(files.into_iter().collect())
}

/// The warnings of clippy, each place once although a crate is checked with and without its tests.
pub fn clippy_warnings(root: &Path) -> Result<Vec<String>, Vec<String>> {
    // What makes a Python object is called `new`, too, and gives a reference that is owned.
    let arguments = "clippy --release --workspace --all-targets --message-format short -- -W clippy::all -A clippy::new_ret_no_self";
    // Lints that are errors by default count as warnings here, or the crates above would go unchecked.
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let (success, _, err) = captured(root, &arguments)?;
    if !success {
        return Err(vec![err, "cargo clippy could not check the code (rustup component add clippy?)".into()]);
    }
    let warnings: BTreeSet<&str> = err.lines().filter(|line| is_warning(line)).collect();
    Ok(warnings.into_iter().map(String::from).collect())
}

/// Whether a line has the form `file:line:column: warning: …`; cargo's own summaries start with `warning`.
fn is_warning(line: &str) -> bool {
    line.split_once(": warning: ").is_some_and(|(place, _)| place.contains(".rs:"))
}

/// A path without the root in front.
fn below(root: &Path, path: &str) -> String {
    Path::new(path).strip_prefix(root).unwrap_or(Path::new(path)).display().to_string()
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(arguments);
    command
}

/// Runs cargo with its output on the terminal.
fn visible(root: &Path, arguments: &[&str]) -> Outcome {
    match cargo(root, arguments).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(vec![format!("cargo {}: {status}", arguments.join(" "))]),
        Err(error) => Err(vec![format!("cargo {}: {error}", arguments.join(" "))]),
    }
}

/// Runs cargo and gives whether it succeeded, its output and its messages.
fn captured(root: &Path, arguments: &[&str]) -> Result<(bool, String, String), Vec<String>> {
    let output = cargo(root, arguments).output().map_err(|error| vec![format!("cargo {}: {error}", arguments[0])])?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::is_warning;

    #[test]
    fn only_placed_warnings_count() {
        assert!(is_warning("jit/ir/src/op.rs:3:1: warning: unused"));
        assert!(!is_warning("warning: `sidewinder-ir` (lib) generated 2 warnings"));
        assert!(!is_warning("    Checking sidewinder-ir v0.1.0"));
    }
}
