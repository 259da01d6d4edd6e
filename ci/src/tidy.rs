//! Checks of the text of the project: crate layers, file lengths, forbidden text, documented rows and rules.

use crate::{Outcome, ratchet};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines above which a source file counts as long.
const LINES_MAX: usize = 1000;

/// Text that no file may have, written in two halves so that this one has none either. The root of the
/// machine it was written on, or the host of a package registry: neither works elsewhere.
const FORBIDDEN: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("npmjs", ".org"),
    concat!("proxy.go", "lang.org"),
];

/// Macros that end a program because something is not written yet.
const UNFINISHED: &[&str] = &[concat!("to", "do!("), concat!("unimple", "mented!(")];

/// Tables whose rows must each have a line of documentation: file and macro.
const TABLES: &[(&str, &str)] = &[
    ("runtime/bytecode/src/opcode.rs", "opcodes! {"),
    ("jit/ir/src/op.rs", "ir_ops! {"),
    ("runtime/core/src/options.rs", "options! {"),
];

/// Where the rules are that `SAFETY:` comments cite.
const RULES: &str = "docs/ARCHITECTURE.md";

/// A file of the project: its path from the root, and its text.
pub struct File {
    path: String,
    text: String,
}

pub fn run(root: &Path) -> Outcome {
    let files = files(root)?;
    println!("  {} text files", files.len());
    let checks: [(&str, Vec<String>); 5] = [
        ("layers", layers(&files)),
        ("forbidden text", forbidden_text(&files)),
        ("unfinished code", unfinished_code(&files)),
        ("documented rows", documented_rows(&files)),
        ("rules for unsafe", cited_rules(&files)),
    ];
    let mut problems = Vec::new();
    for (name, found) in checks {
        println!("  {name}: {}", if found.is_empty() { "ok".to_string() } else { format!("{} problems", found.len()) });
        problems.extend(found);
    }
    if let Err(found) = ratchet::check(root, "long_files", &long_files(&files)) {
        problems.extend(found);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Every text file that belongs to the project, in order.
pub fn files(root: &Path) -> Result<Vec<File>, Vec<String>> {
    let mut paths = tracked(root).unwrap_or_else(|| walk(root));
    paths.sort();
    if paths.is_empty() {
        return Err(vec![format!("{}: no files", root.display())]);
    }
    let read = |path: PathBuf| {
        let text = String::from_utf8(std::fs::read(root.join(&path)).ok()?).ok()?;
        Some(File { path: path.to_string_lossy().into_owned(), text })
    };
    Ok(paths.into_iter().filter_map(read).collect())
}

/// The files that git tracks or would track; none when this is no git checkout.
fn tracked(root: &Path) -> Option<Vec<PathBuf>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").current_dir(root).args(arguments).output().ok()?;
    if !output.status.success() || output.stdout.is_empty() {
        return None;
    }
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect())
}

/// The files below the root without git: all but what builds and runs leave behind.
fn walk(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if ["target", ".git", ".cache", "__pycache__"].iter().any(|left| name == *left) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    found.extend(entry.path().strip_prefix(root).map(Path::to_path_buf));
                }
                _ => {}
            }
        }
    }
    found
}

/// Source files above the limit.
pub fn long_files(files: &[File]) -> Vec<String> {
    let is_source = |path: &str| [".rs", ".py", ".md", ".toml"].iter().any(|end| path.ends_with(end));
    let long = files.iter().filter(|file| is_source(&file.path));
    let long = long.map(|file| (file, file.text.lines().count())).filter(|&(_, lines)| lines > LINES_MAX);
    long.map(|(file, lines)| format!("{}: {lines} lines, more than {LINES_MAX}", file.path)).collect()
}

/// Places with one of the texts: file, line, what it is.
fn places(file: &File, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for text in texts.iter().filter(|text| line.contains(**text)) {
            found.push(format!("{}:{}: '{text}' must not be here", file.path, number + 1));
        }
    }
    found
}

/// The lock file is cargo's own, and names its registry.
fn forbidden_text(files: &[File]) -> Vec<String> {
    files.iter().filter(|file| file.path != "Cargo.lock").flat_map(|file| places(file, FORBIDDEN)).collect()
}

fn unfinished_code(files: &[File]) -> Vec<String> {
    files.iter().filter(|file| file.path.ends_with(".rs")).flat_map(|file| places(file, UNFINISHED)).collect()
}

fn documented_rows(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for &(path, head) in TABLES {
        let table = files.iter().find(|file| file.path == path).map(|file| undocumented(&file.text, head));
        match table {
            Some(Some(rows)) => problems.extend(rows.iter().map(|row| format!("{path}: no documentation: {row}"))),
            _ => problems.push(format!("{path}: the table '{head}' is not there; tell ci/src/tidy.rs where it went")),
        }
    }
    problems
}

/// The rows of a table that have no line of documentation right above. None if there is no such table.
fn undocumented(text: &str, head: &str) -> Option<Vec<String>> {
    let mut lines = text.lines().skip_while(|line| *line != head);
    lines.next()?;
    let (mut rows, mut documented, mut inside) = (Vec::new(), false, false);
    for line in lines.take_while(|line| *line != "}").map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            documented |= !doc.trim().is_empty();
        } else if !line.is_empty() && !line.starts_with("//") {
            if !documented && !inside {
                rows.push(line.to_string());
            }
            inside = !line.ends_with(';');
            documented = false;
        }
    }
    Some(rows)
}

/// Rules that comments cite and that are not written down.
fn cited_rules(files: &[File]) -> Vec<String> {
    let Some(document) = files.iter().find(|file| file.path == RULES) else {
        return vec![format!("{RULES} is not there")];
    };
    let mut unknown = BTreeSet::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        for line in file.text.lines() {
            if let Some(tag) = cited_rule(line)
                && !document.text.contains(tag)
            {
                unknown.insert(format!("{}: SAFETY cites {tag}, which {RULES} does not have", file.path));
            }
        }
    }
    unknown.into_iter().collect()
}

/// The rule `(name number)` that a line's comment cites.
fn cited_rule(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(concat!("SAFE", "TY: "))?;
    let end = rest.find(')')?;
    let (name, number) = rest[..end].strip_prefix('(')?.split_once(' ')?;
    let is_rule = name.chars().all(|letter| letter.is_ascii_lowercase()) && number.parse::<u32>().is_ok();
    is_rule.then(|| &rest[..=end])
}

/// Dependencies that `ci/layers.toml` does not allow, and rows that are not layered.
fn layers(files: &[File]) -> Vec<String> {
    const LAYERS: &str = "ci/layers.toml";
    let Some(file) = files.iter().find(|file| file.path == LAYERS) else {
        return vec![format!("{LAYERS} is not there")];
    };
    let rows: Vec<(&str, Vec<&str>)> = file.text.lines().filter_map(row).collect();
    let mut problems = Vec::new();
    for (index, (name, allowed)) in rows.iter().enumerate() {
        for dependency in allowed {
            let layer = rows.iter().position(|(other, _)| other == dependency);
            if dependency.starts_with("sidewinder") && layer.is_none_or(|layer| layer >= index) {
                problems.push(format!("{LAYERS}: {name} allows {dependency}, which has no row above it"));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for manifest in files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let (name, dependencies) = read_manifest(&manifest.text);
        let Some((_, allowed)) = rows.iter().find(|(row, _)| *row == name) else {
            problems.push(format!("{}: {name} has no row in {LAYERS}", manifest.path));
            continue;
        };
        seen.insert(name);
        for dependency in dependencies.iter().filter(|dependency| !allowed.contains(dependency)) {
            problems.push(format!("{}: {name} must not depend on {dependency} ({LAYERS})", manifest.path));
        }
    }
    let gone = rows.iter().filter(|(name, _)| !seen.contains(name));
    problems.extend(gone.map(|(name, _)| format!("{LAYERS}: there is no crate {name}")));
    problems
}

/// A row `name = ["a", "b"]`, on one line.
fn row(line: &str) -> Option<(&str, Vec<&str>)> {
    let (name, list) = line.split_once(" = [")?;
    if line.starts_with('#') {
        return None;
    }
    let names = list.trim_end().strip_suffix(']')?.split(',').map(|name| name.trim().trim_matches('"'));
    Some((name, names.filter(|name| !name.is_empty()).collect()))
}

/// The name of a manifest's package and of all it depends on.
fn read_manifest(text: &str) -> (&str, BTreeSet<&str>) {
    let (mut section, mut name, mut dependencies) = ("", "", BTreeSet::new());
    for line in text.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[') {
            section = head.trim_end_matches(']');
            // A dependency with a table of its own.
            if let Some((_, dependency)) = section.split_once("dependencies.") {
                dependencies.insert(dependency);
            }
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            let key = key.trim();
            if section == "package" && key == "name" {
                name = value.trim().trim_matches('"');
            } else if section.ends_with("dependencies") {
                dependencies.insert(key.split('.').next().unwrap_or(key).trim_matches('"'));
            }
        }
    }
    (name, dependencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    const LAYERS: &str = "low = []\nsidewinder-a = [\"libc\"]\nsidewinder-b = [\"sidewinder-a\"]\n";

    #[test]
    fn upward_dependency_is_found() {
        let low = file("low/Cargo.toml", "[package]\nname = \"low\"\n");
        let a =
            file("a/Cargo.toml", "[package]\nname = \"sidewinder-a\"\n[dependencies]\nsidewinder-b.workspace = true\n");
        let b = file("b/Cargo.toml", "[package]\nname = \"sidewinder-b\"\n[dev-dependencies]\nsidewinder-a = \"1\"\n");
        let problems = layers(&[file("ci/layers.toml", LAYERS), low, a, b]);
        assert_eq!(problems, ["a/Cargo.toml: sidewinder-a must not depend on sidewinder-b (ci/layers.toml)"]);
    }

    #[test]
    fn a_row_may_only_name_rows_above() {
        let problems = layers(&[file("ci/layers.toml", "sidewinder-a = [\"sidewinder-b\"]\nsidewinder-b = []\n")]);
        assert!(problems[0].contains("no row above it"), "{problems:?}");
    }

    #[test]
    fn undocumented_row_is_found() {
        let table = "x! {\n    /// One.\n    One(A,\n        B);\n    Two(A);\n    ///\n    Three(A);\n}\nFour;\n";
        assert_eq!(undocumented(table, "x! {"), Some(vec!["Two(A);".to_string(), "Three(A);".to_string()]));
        assert_eq!(undocumented(table, "y! {"), None);
    }

    #[test]
    fn cited_rules_are_read() {
        let line = |text: &str| format!("    // {}{text}", concat!("SAFE", "TY: "));
        assert_eq!(cited_rule(&line("(heap 12) alive.")), Some("(heap 12)"));
        assert_eq!(cited_rule(&line("plain (see above) words.")), None);
    }

    #[test]
    fn forbidden_text_is_found() {
        let text = format!("fine\nsee {}x\n", FORBIDDEN[0]);
        assert_eq!(forbidden_text(&[file("a.md", &text)]).len(), 1);
        assert_eq!(unfinished_code(&[file("a.rs", &format!("{})", UNFINISHED[0]))]).len(), 1);
    }

    #[test]
    fn long_file_is_found() {
        let text = "\n".repeat(LINES_MAX + 1);
        assert_eq!(long_files(&[file("a.rs", &text), file("a.out", &text)]).len(), 1);
    }
}
