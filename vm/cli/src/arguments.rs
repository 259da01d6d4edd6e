//! Command-line options, as CPython's (`Python/initconfig.c`).

use sidewinder_runtime::options::Options;
use std::ffi::OsString;

/// What is to be run.
pub enum Source {
    /// `-c`
    Text(String),
    /// A script file.
    File(String),
    /// `-m`
    Module(String),
    /// Standard input.
    Input,
}

/// A parsed command line.
pub struct Command {
    pub source: Source,
    /// `sys.argv`
    pub arguments: Vec<String>,
    pub options: Options,
    /// `-I` or `-P`: the script's directory is not on the path.
    pub safe_path: bool,
    /// `-B`, `-S`, `-u` … are accepted; `-E` and `-I` ignore the environment.
    pub ignore_environment: bool,
}

/// A reason to end before anything runs.
pub enum Exit {
    Version,
    Help,
    Usage(String),
}

/// Values of `-W` after which nothing is shown; the others are accepted without a meaning.
const IGNORING_FILTERS: &[&str] = &["ignore", "ignore::SyntaxWarning"];

/// Words of `-X` that only CPython has a use for.
const FOREIGN_SETTINGS: &[&str] = &[
    "context_aware_warnings",
    "cpu_count",
    "dev",
    "faulthandler",
    "frozen_modules",
    "gil",
    "importtime",
    "int_max_str_digits",
    "no_debug_ranges",
    "perf",
    "perf_jit",
    "pycache_prefix",
    "showrefcount",
    "thread_inherit_context",
    "tlbc",
    "tracemalloc",
    "utf8",
    "warn_default_encoding",
];

/// The name under which the program was started.
pub fn program() -> String {
    std::env::args_os().next().map_or_else(|| "sidewinder".to_string(), |name| name.to_string_lossy().into_owned())
}

fn usage() -> String {
    format!("usage: {} [option] ... [-c cmd | -m mod | file | -] [arg] ...", program())
}

impl Exit {
    /// Prints, and gives the exit status.
    pub fn report(&self) -> i32 {
        match self {
            Exit::Version => {
                println!("Python 3.14.0 (Sidewinder {})", env!("CARGO_PKG_VERSION"));
                0
            }
            Exit::Help => {
                print_help();
                0
            }
            Exit::Usage(message) => {
                eprintln!("{message}\n{}\nTry `python -h' for more information.", usage());
                2
            }
        }
    }
}

fn print_help() {
    println!("{}\nOptions (and -X name=value):", usage());
    println!("-c cmd : program passed in as string (terminates option list)");
    println!("-m mod : run a module of the path as a program (terminates option list)");
    println!("-h     : print this help message and exit (also -? or --help)");
    println!("-V     : print the Python version number and exit (also --version)");
    println!("-X opt : set implementation-specific option:");
    for (name, default, doc) in Options::table() {
        println!("         {name} (default {default}): {doc}");
    }
    println!("         dump: stages to print, separated by +: bytecode, trace, opt, clif");
}

/// Parses the arguments; the first is the program's name.
pub fn parse(raw: Vec<OsString>) -> Result<Command, Exit> {
    let arguments: Vec<String> = raw.into_iter().map(|text| text.to_string_lossy().into_owned()).collect();
    let mut options = Options::default();
    let mut rest = arguments.into_iter().skip(1).peekable();
    let (mut safe_path, mut ignore_environment) = (false, false);
    let mut optimize = 0;
    let mut settings: Vec<String> = Vec::new();
    let (source, name) = loop {
        let Some(argument) = rest.next() else { break (Source::Input, String::new()) };
        if argument == "-" || !argument.starts_with('-') {
            break if argument == "-" { (Source::Input, argument) } else { (Source::File(argument.clone()), argument) };
        }
        if let Some(long) = argument.strip_prefix("--") {
            match long {
                "version" => return Err(Exit::Version),
                "help" | "help-all" => return Err(Exit::Help),
                _ => return Err(Exit::Usage(format!("Unknown option: --{long}"))),
            }
        }
        let (mut text, mut module) = (None, None);
        let mut letters = argument[1..].chars();
        while let Some(letter) = letters.next() {
            let mut value = |letters: std::str::Chars<'_>| {
                let attached = letters.as_str();
                if attached.is_empty() { rest.next() } else { Some(attached.to_string()) }
            };
            match letter {
                'c' => {
                    text = value(letters.clone());
                    if text.is_none() {
                        return Err(Exit::Usage("Argument expected for the -c option".into()));
                    }
                    break;
                }
                'X' => {
                    match value(letters.clone()) {
                        Some(setting) => settings.push(setting),
                        None => return Err(Exit::Usage("Argument expected for the -X option".into())),
                    }
                    break;
                }
                'W' => {
                    if value(letters.clone()).is_some_and(|filter| IGNORING_FILTERS.contains(&filter.as_str())) {
                        settings.push("warnings=off".into());
                    }
                    break;
                }
                'V' => return Err(Exit::Version),
                'h' | '?' => return Err(Exit::Help),
                'I' => (safe_path, ignore_environment) = (true, true),
                'P' => safe_path = true,
                'E' => ignore_environment = true,
                'u' => options.unbuffered = 1,
                'O' => optimize += 1,
                'b' | 'B' | 'd' | 'i' | 'q' | 'R' | 's' | 'S' | 'v' | 'x' => {}
                'm' => {
                    module = value(letters.clone());
                    if module.is_none() {
                        return Err(Exit::Usage("Argument expected for the -m option".into()));
                    }
                    break;
                }
                other => return Err(Exit::Usage(format!("Unknown option: -{other}"))),
            }
        }
        if let Some(text) = text {
            break (Source::Text(text), "-c".to_string());
        }
        if let Some(module) = module {
            break (Source::Module(module), "-m".to_string());
        }
    };
    if optimize > 0 {
        settings.push(format!("optimize={optimize}"));
    }
    if !ignore_environment && let Ok(list) = std::env::var("SIDEWINDER_OPTIONS") {
        settings.splice(0..0, list.split(',').filter(|item| !item.is_empty()).map(String::from));
    }
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap_or((&setting, ""));
        if FOREIGN_SETTINGS.contains(&name) {
            continue;
        }
        if let Err(message) = options.set(name, value) {
            return Err(Exit::Usage(message));
        }
    }
    let mut arguments = vec![name];
    arguments.extend(rest);
    Ok(Command { source, arguments, options, safe_path, ignore_environment })
}
