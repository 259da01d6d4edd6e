//! The command line: which interpreters, which modes, how often.
//!
//! **Invariant:** the first interpreter is the subject; every other one is a peer it is compared with.

use std::path::{Path, PathBuf};
use std::time::Duration;

pub const HELP: &str = "\
bench: runs programs in turn under several Python interpreters and compares them

  --interpreter NAME=COMMAND   an interpreter with its arguments; the first is the subject (default:
                               target/release/sidewinder, then every known peer on PATH)
  --reference NAME             whose output is right (default: cpython3.14, or any CPython, or the second)
  --mode MODE                  whole, steady, startup, both (whole and steady) or pyperformance; repeatable
                               (default: both)
  --runs N                     processes per program and interpreter (default: 5, steady 3, startup 15)
  --iterations N               iterations in a steady process (default: 20)
  --filter SUBSTRING           only programs whose name contains it; repeatable
  --group first-six            nbody, spectral_norm, fannkuch, mandelbrot, sieve, matrix_product
  --cores 1|2                  pin everything to so many cores (default: not pinned)
  --baseline-wrapper COMMAND   put these words before the subject's command, to start it as peers are started
  --timeout SECONDS            kill a process after so long (default: 120)
  --folder PATH                where programs/ and pyperformance/ are (default: this crate's)
  --json FILE                  write every measurement there too

Ratios are peer / subject: above 1 the subject is faster, or needs less memory.
Exit code: 0 all agreed, 1 something failed or disagreed, 2 it could not start.
";

/// The six kernels that the foundation is measured by.
pub const FIRST_SIX: [&str; 6] = ["nbody", "spectral_norm", "fannkuch", "mandelbrot", "sieve", "matrix_product"];

/// Peers that are used by default where they are on PATH, by the name of their command.
const PEERS: [&str; 4] = ["cpython3.14", "cpython3.15", "cpython3.15-jit", "pypy"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Whole processes, from start to exit.
    Whole,
    /// Iterations inside one process; the last half of them count.
    Steady,
    /// Processes that do next to nothing.
    Startup,
    /// Unchanged pyperformance files under the stand-in for pyperf; counted as `Steady` is.
    PyPerformance,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Whole => "whole",
            Mode::Steady => "steady",
            Mode::Startup => "startup",
            Mode::PyPerformance => "pyperformance",
        }
    }

    /// Whether the times come from the program's own lines, not from the process.
    pub fn has_iterations(self) -> bool {
        matches!(self, Mode::Steady | Mode::PyPerformance)
    }
}

#[derive(Debug)]
pub struct Arguments {
    pub interpreters: Vec<(String, Vec<String>)>,
    pub reference: Option<String>,
    pub modes: Vec<Mode>,
    runs: Option<usize>,
    pub iterations: usize,
    pub filters: Vec<String>,
    pub first_six: bool,
    pub cores: Option<usize>,
    pub timeout: Duration,
    pub folder: PathBuf,
    pub json: Option<PathBuf>,
}

impl Arguments {
    pub fn runs(&self, mode: Mode) -> usize {
        self.runs.unwrap_or(match mode {
            Mode::Whole => 5,
            Mode::Steady | Mode::PyPerformance => 3,
            Mode::Startup => 15,
        })
    }

    /// The place of the interpreter whose output counts as right.
    pub fn reference_index(&self) -> usize {
        let position = |wanted: &dyn Fn(&str) -> bool| self.interpreters.iter().position(|(name, _)| wanted(name));
        if let Some(reference) = &self.reference {
            return position(&|name| name == reference).expect("parse checked the reference");
        }
        position(&|name| name.contains("cpython3.14"))
            .or_else(|| position(&|name| name.contains("cpython")))
            .unwrap_or(1.min(self.interpreters.len() - 1))
    }
}

#[derive(Debug)]
pub enum Request {
    Run(Box<Arguments>),
    Help,
}

pub fn parse(words: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut words = words;
    let mut arguments = Arguments {
        interpreters: Vec::new(),
        reference: None,
        modes: Vec::new(),
        runs: None,
        iterations: 20,
        filters: Vec::new(),
        first_six: false,
        cores: None,
        timeout: Duration::from_secs(120),
        folder: default_folder(),
        json: None,
    };
    let mut wrapper: Vec<String> = Vec::new();
    while let Some(word) = words.next() {
        if word == "--help" || word == "-h" {
            return Ok(Request::Help);
        }
        // Both `--runs 3` and `--runs=3` are accepted.
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        let mut value = || attached.clone().or_else(|| words.next()).ok_or_else(|| format!("{option} needs a value"));
        match option.as_str() {
            "--interpreter" => arguments.interpreters.push(parse_interpreter(&value()?)?),
            "--reference" => arguments.reference = Some(value()?),
            "--mode" => parse_mode(&value()?, &mut arguments.modes)?,
            "--runs" => arguments.runs = Some(parse_count(&option, &value()?)?),
            "--iterations" => arguments.iterations = parse_count(&option, &value()?)?,
            "--filter" => arguments.filters.push(value()?),
            "--group" => match value()?.as_str() {
                "first-six" => arguments.first_six = true,
                other => return Err(format!("unknown group {other:?}")),
            },
            "--cores" => arguments.cores = Some(parse_count(&option, &value()?)?),
            "--baseline-wrapper" => wrapper = split_words(&value()?),
            "--timeout" => {
                arguments.timeout = Duration::from_secs(parse_count(&option, &value()?)? as u64);
            }
            "--folder" => arguments.folder = PathBuf::from(value()?),
            "--json" => arguments.json = Some(PathBuf::from(value()?)),
            other => return Err(format!("unknown option {other:?} (see --help)")),
        }
    }
    if arguments.interpreters.is_empty() {
        arguments.interpreters = default_interpreters();
    }
    if arguments.modes.is_empty() {
        arguments.modes = vec![Mode::Whole, Mode::Steady];
    }
    arguments.interpreters[0].1.splice(0..0, wrapper);
    check(arguments).map(|arguments| Request::Run(Box::new(arguments)))
}

fn check(arguments: Arguments) -> Result<Arguments, String> {
    for (index, (name, _)) in arguments.interpreters.iter().enumerate() {
        if arguments.interpreters[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(format!("two interpreters are called {name:?}"));
        }
    }
    if let Some(reference) = &arguments.reference
        && !arguments.interpreters.iter().any(|(name, _)| name == reference)
    {
        return Err(format!("--reference: no interpreter is called {reference:?}"));
    }
    Ok(arguments)
}

fn parse_interpreter(text: &str) -> Result<(String, Vec<String>), String> {
    let form = || format!("--interpreter {text:?} is not of the form NAME=COMMAND");
    let (name, command) = text.split_once('=').ok_or_else(form)?;
    let command = split_words(command);
    if name.is_empty() || command.is_empty() {
        return Err(form());
    }
    Ok((name.to_owned(), command))
}

fn parse_mode(text: &str, modes: &mut Vec<Mode>) -> Result<(), String> {
    let added: &[Mode] = match text {
        "whole" => &[Mode::Whole],
        "steady" => &[Mode::Steady],
        "startup" => &[Mode::Startup],
        "both" => &[Mode::Whole, Mode::Steady],
        "pyperformance" => &[Mode::PyPerformance],
        other => return Err(format!("unknown mode {other:?}")),
    };
    for mode in added {
        if !modes.contains(mode) {
            modes.push(*mode);
        }
    }
    Ok(())
}

fn parse_count(option: &str, text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("{option} needs a whole number above 0, not {text:?}")),
    }
}

fn split_words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The checkout that is worked in wins over the one this binary was built from.
fn default_folder() -> PathBuf {
    let here = Path::new("benches");
    if here.join("programs").is_dir() {
        return here.to_owned();
    }
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn default_interpreters() -> Vec<(String, Vec<String>)> {
    let mut interpreters = vec![("sidewinder".to_owned(), vec!["target/release/sidewinder".to_owned()])];
    let path = std::env::var_os("PATH").unwrap_or_default();
    for peer in PEERS {
        let command = format!("peer-{peer}");
        if std::env::split_paths(&path).any(|folder| folder.join(&command).is_file()) {
            interpreters.push((peer.to_owned(), vec![command]));
        }
    }
    interpreters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Arguments, String> {
        match parse(words.iter().map(|word| (*word).to_owned()))? {
            Request::Run(arguments) => Ok(*arguments),
            Request::Help => Err("help".to_owned()),
        }
    }

    #[test]
    fn interpreters_keep_their_order_and_words() {
        let arguments = parsed(&["--interpreter", "a=first -X x=1", "--interpreter=cpython=second"]).unwrap();
        assert_eq!(arguments.interpreters[0].1, ["first", "-X", "x=1"]);
        assert_eq!(arguments.interpreters[1].0, "cpython");
        assert_eq!(arguments.reference_index(), 1);
    }

    #[test]
    fn the_wrapper_goes_before_the_subject_only() {
        let arguments =
            parsed(&["--baseline-wrapper", "env -C .", "--interpreter", "a=first", "--interpreter", "b=second"])
                .unwrap();
        assert_eq!(arguments.interpreters[0].1, ["env", "-C", ".", "first"]);
        assert_eq!(arguments.interpreters[1].1, ["second"]);
    }

    #[test]
    fn both_means_whole_and_steady_once() {
        let arguments = parsed(&["--interpreter", "a=b", "--mode", "steady", "--mode=both"]).unwrap();
        assert_eq!(arguments.modes, [Mode::Steady, Mode::Whole]);
    }

    #[test]
    fn mistakes_are_refused() {
        for words in [
            &["--interpreter", "nothing"][..],
            &["--interpreter", "a=b", "--interpreter", "a=c"],
            &["--runs", "0"],
            &["--runs"],
            &["--mode", "fast"],
            &["--group", "all"],
            &["--interpreter", "a=b", "--reference", "c"],
            &["--whole"],
        ] {
            assert!(parsed(words).is_err(), "{words:?}");
        }
    }
}
