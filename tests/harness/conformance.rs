//! Runs every program of `conformance/` and every case of `bad_input/` in every mode.
//!
//! One program is one test; a report names the modes that failed. With `SIDEWINDER_BLESS` set to
//! a CPython 3.14 the goldens are rewritten instead (see `bless`).

#![forbid(unsafe_code)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use sidewinder_tests::expected_failures::{self, ExpectedFailure};
use sidewinder_tests::golden::{self, Golden, GoldenFiles, Normaliser};
use sidewinder_tests::modes::{self, Mode};
use sidewinder_tests::{binary, process};

/// One command line to run and the place of what it must print.
struct Case {
    /// `folder::name`, the name of the test.
    name: String,
    /// The short name, used in `expected_failures.txt`.
    program: String,
    directory: PathBuf,
    arguments: Vec<String>,
}

/// What every test shares.
struct Session {
    binary: PathBuf,
    modes: Vec<&'static Mode>,
    expected_failures: Vec<ExpectedFailure>,
    bless: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases = conformance_cases(&root.join("conformance"))?;
    cases.extend(bad_input_cases(&root.join("bad_input"))?);
    let session = Arc::new(Session::from_environment(root, &cases)?);
    Ok(cases
        .into_iter()
        .map(|case| {
            let session = Arc::clone(&session);
            Trial::test(case.name.clone(), move || session.run(&case).map_err(Failed::from))
        })
        .collect())
}

/// Every `*.py` directly in the folder; helpers lie in subfolders.
fn conformance_cases(directory: &Path) -> Result<Vec<Case>, String> {
    let mut names = Vec::new();
    let entries = fs::read_dir(directory).map_err(|error| error.to_string())?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "py") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names
        .into_iter()
        .map(|name| Case {
            name: format!("conformance::{name}"),
            arguments: vec![format!("{name}.py")],
            program: name,
            directory: directory.to_owned(),
        })
        .collect())
}

/// Every row `name arguments…` of `cases.txt`.
fn bad_input_cases(directory: &Path) -> Result<Vec<Case>, String> {
    let table = directory.join("cases.txt");
    let text = fs::read_to_string(&table).map_err(|error| format!("{}: {error}", table.display()))?;
    let rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(rows
        .map(|row| {
            let mut words = row.split_whitespace().map(str::to_owned);
            let program = words.next().unwrap_or_default();
            Case {
                name: format!("bad_input::{program}"),
                program,
                directory: directory.to_owned(),
                arguments: words.collect(),
            }
        })
        .collect())
}

/// The modes that a program names in a line `# modes: …`: as it starts others, to which the options do not come, or would
/// run too long in some.
fn modes_named_by(case: &Case) -> Option<Vec<String>> {
    let source = fs::read_to_string(case.directory.join(format!("{}.py", case.program))).ok()?;
    let line = source.lines().find_map(|line| line.strip_prefix("# modes: "))?;
    Some(modes::named(line))
}

impl Session {
    fn from_environment(root: &Path, cases: &[Case]) -> Result<Self, String> {
        let bless = env::var_os("SIDEWINDER_BLESS");
        let selection = env::var("SIDEWINDER_MODES").ok();
        let programs: Vec<String> = cases.iter().map(|case| case.program.clone()).collect();
        let text = fs::read_to_string(root.join("expected_failures.txt"))
            .map_err(|error| format!("expected_failures.txt: {error}"))?;
        Ok(Self {
            binary: match bless.clone() {
                Some(binary) => binary::resolve(PathBuf::from(binary))?,
                None => binary::under_test()?,
            },
            modes: modes::select(selection.as_deref())
                .map_err(|name| format!("SIDEWINDER_MODES: there is no mode `{name}`"))?,
            expected_failures: expected_failures::parse(&text, &programs)?,
            bless: bless.is_some(),
        })
    }

    fn run(&self, case: &Case) -> Result<(), String> {
        let files = GoldenFiles::beside(&case.directory, &case.program);
        if self.bless {
            let golden = self.observe(case, &self.binary, &[])?;
            return files.write(&golden).map_err(|error| error.to_string());
        }
        let expected = files.read()?;
        let mut reports = Vec::new();
        let only = modes_named_by(case);
        let is_wanted = |mode: &Mode| only.as_ref().is_none_or(|only| only.iter().any(|name| name == mode.name));
        for mode in self.modes.iter().filter(|mode| is_wanted(mode)) {
            let failure = self.run_mode(case, mode, &expected);
            reports.extend(self.judge(case, mode, failure).map(|report| (*mode, report)));
        }
        if reports.is_empty() { Ok(()) } else { Err(describe(&reports)) }
    }

    /// What went wrong in one mode, if anything.
    fn run_mode(&self, case: &Case, mode: &Mode, expected: &Golden) -> Option<String> {
        match self.observe(case, &binary::of_mode(&self.binary, mode), mode.options) {
            Ok(actual) => golden::compare(expected, &actual),
            Err(message) => Some(message),
        }
    }

    /// Turns a failure round where one is expected.
    fn judge(&self, case: &Case, mode: &Mode, failure: Option<String>) -> Option<String> {
        let row = self.expected_failures.iter().find(|row| row.covers(&case.program, mode.name));
        match (row, failure) {
            (None, failure) => failure,
            (Some(_), Some(_)) => None,
            (Some(row), None) => {
                Some(format!("passes, but expected_failures.txt says `{}`: remove that row\n", row.reason))
            }
        }
    }

    fn observe(&self, case: &Case, binary: &Path, options: &[&str]) -> Result<Golden, String> {
        if binary.components().count() > 1 && !binary.exists() {
            let path = binary.display();
            return Err(format!("{path} does not exist: build it, or set SIDEWINDER_BINARY or SIDEWINDER_MODES"));
        }
        let mut arguments: Vec<&str> = options.iter().flat_map(|option| ["-X", option]).collect();
        arguments.extend(case.arguments.iter().map(String::as_str));
        let normaliser = normaliser(binary, &case.directory)?;
        golden::observe(&process::run(binary, &arguments, &case.directory)?, &normaliser)
    }
}

/// The names are those that `sys.executable` and the command line can give to the program.
fn normaliser(binary: &Path, directory: &Path) -> Result<Normaliser, String> {
    let question = ["-c", "import sys; print(sys.executable)"];
    let answer = process::run(binary, &question, directory)?;
    let mut programs = vec![binary.to_string_lossy().into_owned()];
    programs.extend(binary.file_name().map(|name| name.to_string_lossy().into_owned()));
    let executable = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    programs.extend((!executable.is_empty()).then_some(executable));
    Ok(Normaliser { directory: directory.to_string_lossy().into_owned(), programs })
}

/// Modes that fail alike share one report.
fn describe(reports: &[(&Mode, String)]) -> String {
    let mut text = String::new();
    for (index, (mode, report)) in reports.iter().enumerate() {
        if reports[..index].iter().any(|(_, earlier)| earlier == report) {
            continue;
        }
        let alike: Vec<&str> =
            reports[index..].iter().filter(|(_, later)| later == report).map(|(mode, _)| mode.name).collect();
        let options: Vec<String> = mode.options.iter().map(|name| format!("-X {name}")).collect();
        text += &format!("mode {}:\n  options: {}\n", alike.join(", "), options.join(" "));
        text += &format!("  suspect: {}\n{report}", mode.suspect);
    }
    text
}
