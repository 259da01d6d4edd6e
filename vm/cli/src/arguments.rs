//! Command-line options, as CPython's (`Python/getopt.c`, `Python/initconfig.c`).

use crate::help;
use crate::settings::{self, Given};
use sidewinder_runtime::options::Options;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What is to be run.
pub enum Source {
    /// `-c`
    Text(OsString),
    /// A script file, a folder or a zip file.
    File(OsString),
    /// `-m`
    Module(String),
    /// Standard input.
    Input,
}

/// A parsed command line.
pub struct Command {
    pub source: Source,
    pub options: Options,
    /// `-x`: the first line of the script is none of Python's.
    pub skips_first_line: bool,
    pub hash_seed: Option<u32>,
}

/// A reason to end before anything runs.
pub enum Exit {
    /// `-V`; given twice, with what made the program.
    Version(u32),
    Help(help::Part),
    /// The command line cannot be understood.
    Usage(String),
    /// A setting that nothing can start with: the function of CPython's that says so, and what it says.
    Fatal {
        function: &'static str,
        message: String,
        state: &'static str,
    },
}

/// The name under which the program was started.
pub fn program() -> String {
    std::env::args_os().next().map_or_else(|| "sidewinder".to_string(), |name| name.to_string_lossy().into_owned())
}

impl Exit {
    /// Prints, and gives the exit status.
    pub fn report(&self) -> i32 {
        match self {
            Exit::Version(times) => {
                let more = if *times > 1 {
                    format!(" (Sidewinder {}) [Rust]", env!("CARGO_PKG_VERSION"))
                } else {
                    String::new()
                };
                help::print(&format!("Python {}{more}\n", sidewinder_builtins::LANGUAGE_VERSION))
            }
            Exit::Help(part) => help::print(&part.text()),
            Exit::Usage(message) => {
                eprintln!("{message}\n{}\nTry `python -h' for more information.", help::usage());
                2
            }
            Exit::Fatal { .. } => self.report_with("\n"),
        }
    }

    /// The same, with more to say after the first lines of a fatal error.
    pub fn report_with(&self, more: &str) -> i32 {
        let Exit::Fatal { function, message, state } = self else { return self.report() };
        let function = if function.is_empty() { String::new() } else { format!("{function}: ") };
        eprint!("Fatal Python error: {function}{message}\nPython runtime state: {state}\n{more}");
        1
    }
}

/// Parses the arguments; the first is the program's name.
pub fn parse(raw: Vec<OsString>) -> Result<Command, Exit> {
    let mut words = raw.into_iter().skip(1);
    let mut given = Given::default();
    let (mut version, mut help, mut skips_first_line) = (0, None, false);
    let (source, name) = loop {
        let Some(word) = words.next() else { break (Source::Input, OsString::new()) };
        let bytes = word.as_bytes();
        if bytes == b"-" {
            break (Source::Input, word);
        }
        if !bytes.starts_with(b"-") {
            break (Source::File(word.clone()), word);
        }
        if bytes == b"--" {
            match words.next() {
                Some(word) if word == "-" => break (Source::Input, word),
                Some(word) => break (Source::File(word.clone()), word),
                None => break (Source::Input, OsString::new()),
            }
        }
        if let Some(long) = bytes.strip_prefix(b"--") {
            match long {
                b"version" => version += 1,
                b"help" => help = Some(help::Part::Options),
                b"help-env" => help = Some(help::Part::Environment),
                b"help-xoptions" => help = Some(help::Part::Settings),
                b"help-all" => help = Some(help::Part::All),
                b"check-hash-based-pycs" => {
                    let Some(value) = words.next() else {
                        return Err(missing("--check-hash-based-pycs options"));
                    };
                    match value.to_str() {
                        Some(value @ ("always" | "default" | "never")) => {
                            given.check_hash_based_pycs = Some(value.into())
                        }
                        _ => {
                            let message = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'";
                            return Err(Exit::Usage(message.into()));
                        }
                    }
                }
                _ => return Err(Exit::Usage(format!("Unknown option: {}", word.to_string_lossy()))),
            }
            continue;
        }
        let mut found = None;
        for (index, letter) in bytes.iter().enumerate().skip(1) {
            let mut value = |name: &str| match &bytes[index + 1..] {
                [] => words.next().ok_or_else(|| missing(&format!("{name} option"))),
                attached => Ok(OsString::from_vec(attached.to_vec())),
            };
            match letter {
                b'c' => found = Some((Source::Text(value("-c")?), "-c")),
                b'm' => found = Some((Source::Module(value("-m")?.to_string_lossy().into_owned()), "-m")),
                b'X' => given.settings.push(value("-X")?.to_string_lossy().into_owned()),
                b'W' => given.filters.push(value("-W")?.to_string_lossy().into_owned()),
                b'V' => version += 1,
                b'h' | b'?' => help = Some(help::Part::Options),
                b'x' => skips_first_line = true,
                // What it once meant is always so.
                b't' => {}
                letter if given.count(*letter) => {}
                other => {
                    return Err(Exit::Usage(format!("Unknown option: -{}", char::from(*other))));
                }
            }
            if matches!(letter, b'c' | b'm' | b'X' | b'W') {
                break;
            }
        }
        if let Some((source, name)) = found {
            break (source, name.into());
        }
    };
    if let Some(part) = help {
        return Err(Exit::Help(part));
    }
    if version > 0 {
        return Err(Exit::Version(version));
    }
    let mut options = Options::default();
    let hash_seed = settings::apply(&given, &mut options)?;
    let arguments = std::iter::once(name).chain(words);
    options.settings.arguments = arguments.map(OsStringExt::into_vec).collect();
    Ok(Command { source, options, skips_first_line, hash_seed })
}

fn missing(what: &str) -> Exit {
    Exit::Usage(format!("Argument expected for the {what}"))
}
