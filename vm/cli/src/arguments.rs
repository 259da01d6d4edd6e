//! Command-line options, as CPython's (`Python/initconfig.c`).

use sidewinder_runtime::options::Options;
use std::ffi::OsString;

/// What is to be run.
pub enum Source {
    /// `-c`
    Text(String),
    /// A script file.
    File(String),
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

const USAGE: &str = "usage: sidewinder [option] ... [-c cmd | -m mod | file | -] [arg] ...";

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
                eprintln!("{message}\n{USAGE}\nTry `sidewinder -h' for more information.");
                2
            }
        }
    }
}

fn print_help() {
    println!("{USAGE}\nOptions (and -X name=value):");
    println!("-c cmd : program passed in as string (terminates option list)");
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
                _ => return Err(Exit::Usage(format!("unknown option --{long}"))),
            }
        }
        let mut text = None;
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
                    let _ = value(letters.clone());
                    break;
                }
                'V' => return Err(Exit::Version),
                'h' | '?' => return Err(Exit::Help),
                'I' => (safe_path, ignore_environment) = (true, true),
                'P' => safe_path = true,
                'E' => ignore_environment = true,
                'b' | 'B' | 'd' | 'i' | 'O' | 'q' | 'R' | 's' | 'S' | 'u' | 'v' | 'x' => {}
                'm' => return Err(Exit::Usage("-m needs the standard library, which is not there yet".into())),
                other => return Err(Exit::Usage(format!("unknown option -{other}"))),
            }
        }
        if let Some(text) = text {
            break (Source::Text(text), "-c".to_string());
        }
    };
    if !ignore_environment && let Ok(list) = std::env::var("SIDEWINDER_OPTIONS") {
        settings.splice(0..0, list.split(',').filter(|item| !item.is_empty()).map(String::from));
    }
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap_or((&setting, ""));
        if let Err(message) = options.set(name, value) {
            return Err(Exit::Usage(message));
        }
    }
    let mut arguments = vec![name];
    arguments.extend(rest);
    Ok(Command { source, arguments, options, safe_path, ignore_environment })
}
