//! What can be run: the programs of `programs/`, the start-up cases, the pyperformance files.
//!
//! Not here: how a job is run and judged (`turns`).

use std::path::Path;

use crate::arguments::{Arguments, FIRST_SIX, Mode};

/// One thing that every interpreter runs in turn.
#[derive(Debug)]
pub struct Job {
    pub mode: Mode,
    pub name: String,
    /// What follows the interpreter's command.
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    /// The line that the output has to contain, where the program's file records it.
    pub checksum: Option<String>,
    /// Run once, not timed; its output has to agree as well.
    pub check: Option<Vec<String>>,
}

/// Arguments that every interpreter understands, from nothing at all to a good part of the library.
const STARTUP_CASES: [(&str, &[&str]); 5] = [
    ("pass", &["-c", "pass"]),
    ("isolated_pass", &["-I", "-S", "-c", "pass"]),
    ("print", &["-c", "print('hello')"]),
    ("import_asyncio", &["-c", "import asyncio"]),
    ("import_common", &["-c", "import typing, dataclasses, json, re"]),
];

/// A benchmark file of pyperformance. The loops make one value take about 50-300 ms on CPython.
struct PyPerformanceRow {
    name: &'static str,
    folder: &'static str,
    arguments: &'static [&'static str],
    loops: usize,
}

const fn row(name: &'static str, folder: &'static str, loops: usize) -> PyPerformanceRow {
    PyPerformanceRow { name, folder, arguments: &[], loops }
}

const fn scimark(name: &'static str, arguments: &'static [&'static str], loops: usize) -> PyPerformanceRow {
    PyPerformanceRow { name, folder: "bm_scimark", arguments, loops }
}

const PYPERFORMANCE: [PyPerformanceRow; 15] = [
    row("nbody", "bm_nbody", 1),
    row("fannkuch", "bm_fannkuch", 1),
    row("richards", "bm_richards", 2),
    row("deltablue", "bm_deltablue", 25),
    row("nqueens", "bm_nqueens", 1),
    row("spectral_norm", "bm_spectral_norm", 1),
    row("raytrace", "bm_raytrace", 1),
    row("float", "bm_float", 1),
    scimark("scimark_fft", &["fft"], 1),
    scimark("scimark_lu", &["lu"], 1),
    scimark("scimark_monte_carlo", &["monte_carlo"], 2),
    scimark("scimark_sor", &["sor"], 1),
    scimark("scimark_sparse_mat_mult", &["sparse_mat_mult"], 20),
    row("meteor_contest", "bm_meteor_contest", 1),
    row("unpack_sequence", "bm_unpack_sequence", 2000),
];

pub fn list(mode: Mode, arguments: &Arguments) -> Result<Vec<Job>, String> {
    let mut jobs = match mode {
        Mode::Whole | Mode::Steady => program_jobs(mode, arguments)?,
        Mode::Startup => startup_jobs(),
        Mode::PyPerformance => pyperformance_jobs(arguments)?,
    };
    if !arguments.filters.is_empty() {
        jobs.retain(|job| arguments.filters.iter().any(|filter| job.name.contains(filter.as_str())));
    }
    if arguments.first_six {
        jobs.retain(|job| FIRST_SIX.contains(&job.name.as_str()));
    }
    Ok(jobs)
}

fn program_jobs(mode: Mode, arguments: &Arguments) -> Result<Vec<Job>, String> {
    let folder = arguments.folder.join("programs");
    let describe = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut jobs = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(describe)? {
        let path = entry.map_err(describe)?.path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let source = std::fs::read_to_string(&path).map_err(describe)?;
        let mut words = vec![absolute(&path)?];
        if mode == Mode::Steady {
            words.extend(["steady".to_owned(), arguments.iterations.to_string()]);
        }
        jobs.push(Job {
            mode,
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            arguments: words,
            environment: no_caches(),
            checksum: recorded_checksum(&source),
            check: None,
        });
    }
    jobs.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(jobs)
}

fn startup_jobs() -> Vec<Job> {
    STARTUP_CASES
        .iter()
        .map(|(name, words)| Job {
            mode: Mode::Startup,
            name: (*name).to_owned(),
            arguments: words.iter().map(|word| (*word).to_owned()).collect(),
            environment: no_caches(),
            checksum: None,
            check: None,
        })
        .collect()
}

fn pyperformance_jobs(arguments: &Arguments) -> Result<Vec<Job>, String> {
    let folder = arguments.folder.join("pyperformance");
    let benchmarks = folder.join(".cache/pyperformance/data-files/benchmarks");
    if !benchmarks.is_dir() {
        return Err(format!("run {}/fetch first", folder.display()));
    }
    let mut environment = no_caches();
    environment.push(("PYTHONPATH".to_owned(), absolute(&folder.join("stand_in"))?));
    let values = absolute(&folder.join("values.py"))?;
    PYPERFORMANCE
        .iter()
        .map(|row| {
            let home = benchmarks.join(row.folder);
            let mut words = vec![absolute(&home.join("run_benchmark.py"))?];
            words.extend(row.arguments.iter().map(|word| (*word).to_owned()));
            for (option, count) in [("--loops", row.loops), ("--values", arguments.iterations)] {
                words.extend([option.to_owned(), count.to_string()]);
            }
            Ok(Job {
                mode: Mode::PyPerformance,
                name: row.name.to_owned(),
                arguments: words,
                environment: environment.clone(),
                checksum: None,
                check: Some(vec![values.clone(), absolute(&home)?, row.name.to_owned()]),
            })
        })
        .collect()
}

/// Nothing may leave compiled files in the tree, which another interpreter could then find.
fn no_caches() -> Vec<(String, String)> {
    vec![("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned())]
}

/// The `# checksum:` comment of a program's file, as the line that the program prints.
fn recorded_checksum(source: &str) -> Option<String> {
    source
        .lines()
        .find_map(|line| line.strip_prefix("# ").filter(|rest| rest.starts_with("checksum: ")))
        .map(str::to_owned)
}

fn absolute(path: &Path) -> Result<String, String> {
    std::path::absolute(path)
        .map(|path| path.to_string_lossy().into_owned())
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_read_from_its_comment() {
        let source = "\"\"\"Head.\"\"\"\n\n# checksum: 12 34\n\nprint(\"checksum:\", 0)\n";
        assert_eq!(recorded_checksum(source).as_deref(), Some("checksum: 12 34"));
        assert_eq!(recorded_checksum("print(\"checksum: 1\")\n"), None);
    }
}
