//! What `--help` and its like print.

use crate::arguments::program;
use sidewinder_runtime::options::Options;
use std::io::Write;

/// A part of the help.
pub enum Part {
    Options,
    Environment,
    Settings,
    All,
}

/// What to write, and what it does.
type Rows = &'static [(&'static str, &'static str)];

const OPTIONS: Rows = &[
    ("-b", "warn when bytes are taken for text; -bb makes errors of that"),
    ("-B", "write no compiled files for imports (PYTHONDONTWRITEBYTECODE)"),
    ("-c cmd", "run a text as the program; ends the options"),
    ("-d", "set sys.flags.debug (PYTHONDEBUG)"),
    ("-E", "look at no PYTHON* variables of the environment"),
    ("-h", "print this help (-?, --help)"),
    ("-i", "go on interactively when the program has ended (PYTHONINSPECT)"),
    ("-I", "isolate the program from its user's settings: -E, -P and -s"),
    ("-m mod", "run a module of the library or the path as the program; ends the options"),
    ("-O", "without assertions (PYTHONOPTIMIZE)"),
    ("-OO", "also without docstrings"),
    ("-P", "do not put the program's folder on sys.path (PYTHONSAFEPATH)"),
    ("-q", "no greeting when interactive"),
    ("-s", "without the user's site-packages (PYTHONNOUSERSITE)"),
    ("-S", "do not import the module site at the start"),
    ("-u", "write standard output and standard error at once (PYTHONUNBUFFERED)"),
    ("-v", "tell of every import; more of it if given twice (PYTHONVERBOSE)"),
    ("-V", "print the version (--version); -VV says more"),
    ("-W arg", "a filter of warnings: action:message:category:module:line (PYTHONWARNINGS)"),
    ("-x", "skip the first line of the program"),
    ("-X opt", "set an option of this implementation: see --help-xoptions"),
    ("--check-hash-based-pycs always|default|never", "when to check compiled files that carry a hash of their source"),
    ("--help-env", "print the variables of the environment"),
    ("--help-xoptions", "print the options of -X"),
    ("--help-all", "print all of the help"),
];

const ENVIRONMENT: Rows = &[
    ("PYTHONBREAKPOINT", "the function that breakpoint() calls; 0 for none"),
    ("PYTHONCOERCECLOCALE", "0 keeps the C locale as it is"),
    ("PYTHONDEVMODE", "as -X dev"),
    ("PYTHONHASHSEED", "the seed of the hashes of texts, or 'random'"),
    ("PYTHONHOME", "the prefix, or prefix:exec_prefix"),
    ("PYTHONINTMAXSTRDIGITS", "as -X int_max_str_digits"),
    ("PYTHONIOENCODING", "encoding[:errors] of the standard streams"),
    ("PYTHONNODEBUGRANGES", "as -X no_debug_ranges"),
    ("PYTHONPATH", "folders in front of the library on sys.path, separated by colons"),
    ("PYTHONPROFILEIMPORTTIME", "as -X importtime"),
    ("PYTHONPYCACHEPREFIX", "as -X pycache_prefix"),
    ("PYTHONSTARTUP", "a file to run before the first prompt"),
    ("PYTHONUSERBASE", "the folder of the user's packages"),
    ("PYTHONUTF8", "as -X utf8"),
    ("PYTHONWARNDEFAULTENCODING", "as -X warn_default_encoding"),
    ("PYTHON_CONTEXT_AWARE_WARNINGS", "as -X context_aware_warnings"),
    ("PYTHON_CPU_COUNT", "as -X cpu_count"),
    ("PYTHON_JIT", "0 does without machine code, unless -X jit says otherwise"),
    ("PYTHON_THREAD_INHERIT_CONTEXT", "as -X thread_inherit_context"),
    ("SIDEWINDER_OPTIONS", "options of -X that are Sidewinder's own, separated by commas"),
];

const SETTINGS: Rows = &[
    ("context_aware_warnings=0|1", "filters of warnings belong to a context"),
    ("cpu_count=N", "what os.cpu_count() says; 'default' for the truth"),
    ("dev", "development mode: all warnings are shown, and tracebacks at fatal errors"),
    ("faulthandler", "print a traceback at fatal errors"),
    ("frozen_modules=on|off", "accepted"),
    ("importtime[=2]", "print how long imports take; 2 also tells of what was there already"),
    ("int_max_str_digits=N", "most digits in conversions between int and str; 0 for no limit"),
    ("no_debug_ranges", "tracebacks do not mark the part of a line that failed"),
    ("pycache_prefix=PATH", "the folder for compiled files"),
    ("thread_inherit_context=0|1", "threads start with a copy of their starter's context"),
    ("tracemalloc[=N]", "trace memory, where the module tracemalloc is there"),
    ("utf8[=0|1]", "UTF-8 mode"),
    ("warn_default_encoding", "warn where the encoding is left to the locale"),
];

/// How the program is called.
pub fn usage() -> String {
    format!("usage: {} [option] ... [-c cmd | -m mod | file | -] [arg] ...", program())
}

fn table(title: &str, rows: Rows) -> String {
    let lines = rows.iter().map(|(name, text)| format!("  {name}\n      {text}\n"));
    format!("{title}\n{}", lines.collect::<String>())
}

fn options() -> String {
    let rest = "Arguments:\n  file\n      a script, or a folder or zip file with a __main__ in it\n  -\n      standard input\n  \
                arg ...\n      the rest of sys.argv\n";
    format!("{}\n{}{rest}", usage(), table("Options (and variables of the environment that do the same):", OPTIONS))
}

fn settings() -> String {
    let own = Options::table();
    let own = own.iter().map(|(name, default, text)| format!("  -X {name} (default {default})\n      {text}\n"));
    format!(
        "{}Sidewinder's own:\n{}  -X dump\n      stages to print, separated by +: bytecode, trace, opt, clif\n",
        table("Options of -X that are CPython's:", SETTINGS),
        own.collect::<String>()
    )
}

impl Part {
    /// The text of the part.
    pub fn text(&self) -> String {
        let environment = || table("Variables of the environment:", ENVIRONMENT);
        match self {
            Part::Options => options(),
            Part::Environment => environment(),
            Part::Settings => settings(),
            Part::All => format!("{}\n{}\n{}", options(), environment(), settings()),
        }
    }
}

/// Prints to standard output, and does not mind if nobody can read it; the exit status.
pub fn print(text: &str) -> i32 {
    let mut output = std::io::stdout();
    _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    0
}
