//! Settings from the options of the command line and from the environment, as `Python/initconfig.c` reads them.

use crate::arguments::Exit;
use sidewinder_runtime::objects::int::text::DIGITS_MAX_SMALLEST;
use sidewinder_runtime::options::{Options, jit_mode};
use sidewinder_runtime::settings::Settings;

/// What the command line said.
#[derive(Default)]
pub struct Given {
    /// How often each of `LETTERS` was there.
    counts: [i64; LETTERS.len()],
    /// Values of `-X`.
    pub settings: Vec<String>,
    /// Values of `-W`.
    pub filters: Vec<String>,
    pub check_hash_based_pycs: Option<String>,
}

/// Letters that stand alone.
const LETTERS: &[u8] = b"bBdEiIOPqRsSuv";

impl Given {
    /// Counts a letter; false if it is none of those that stand alone.
    pub fn count(&mut self, letter: u8) -> bool {
        let place = LETTERS.iter().position(|known| *known == letter);
        if let Some(place) = place {
            self.counts[place] += 1;
        }
        place.is_some()
    }

    /// How often one of `LETTERS` was there.
    fn times(&self, letter: u8) -> i64 {
        LETTERS.iter().position(|known| *known == letter).map_or(0, |place| self.counts[place])
    }
}

/// The environment, unless it is to be ignored.
struct Environment {
    ignored: bool,
}

impl Environment {
    /// A variable that is there and not empty.
    fn get(&self, name: &str) -> Option<String> {
        if self.ignored {
            return None;
        }
        std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
    }

    /// A variable as a level: what is no number counts as 1.
    fn level(&self, name: &str) -> i64 {
        let Some(value) = self.get(name) else { return 0 };
        value.trim().parse().ok().filter(|level| *level >= 0).unwrap_or(1)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

fn fatal<T>(function: &'static str, message: impl Into<String>) -> Result<T, Exit> {
    Err(Exit::Fatal { function, message: message.into(), state: "preinitialized" })
}

/// Reads all settings; the seed of hashes, if there is one.
pub fn apply(given: &Given, options: &mut Options) -> Result<Option<u32>, Exit> {
    let isolated = given.times(b'I') > 0;
    let environment = Environment { ignored: isolated || given.times(b'E') > 0 };
    let mut words: Vec<String> = Vec::new();
    if let Some(list) = environment.get("SIDEWINDER_OPTIONS") {
        words.extend(list.split(',').filter(|item| !item.is_empty()).map(String::from));
    }
    words.extend(given.settings.iter().cloned());
    if environment.get("PYTHON_JIT").as_deref() == Some("0") {
        options.jit = jit_mode::OFF;
    }
    let own: Vec<&str> = Options::table().iter().map(|(name, ..)| *name).chain(["dump"]).collect();
    for word in &words {
        let (name, value) = split(word);
        if name == "implementation" {
            match value {
                Some("cpython" | "sidewinder") => {
                    options.settings.implementation = value.unwrap_or_default().to_string()
                }
                _ => return Err(Exit::Usage("-X implementation must be cpython or sidewinder".to_string())),
            }
        }
        if own.contains(&name)
            && let Err(message) = options.set(name, value.unwrap_or(""))
        {
            return Err(Exit::Usage(message));
        }
    }
    options.optimize = options.optimize.max(given.times(b'O').max(environment.level("PYTHONOPTIMIZE")) as u64);
    if given.times(b'u') > 0 || environment.level("PYTHONUNBUFFERED") > 0 {
        options.unbuffered = 1;
    }
    let settings = &mut options.settings;
    settings.x_options = given
        .settings
        .iter()
        .map(|word| split(word))
        .map(|(name, value)| (name.into(), value.map(Into::into)))
        .collect();
    let either = |letter: u8, name: &str| given.times(letter).max(environment.level(name));
    settings.debug = either(b'd', "PYTHONDEBUG").min(1);
    settings.verbose = either(b'v', "PYTHONVERBOSE");
    settings.inspect = (given.times(b'i') > 0 || environment.has("PYTHONINSPECT")) as i64;
    settings.interactive = given.times(b'i').min(1);
    settings.dont_write_bytecode = either(b'B', "PYTHONDONTWRITEBYTECODE").min(1);
    settings.no_user_site = either(b's', "PYTHONNOUSERSITE").max(isolated as i64).min(1);
    settings.no_site = given.times(b'S').min(1);
    settings.ignore_environment = environment.ignored as i64;
    settings.bytes_warning = given.times(b'b');
    settings.quiet = given.times(b'q').min(1);
    settings.isolated = isolated as i64;
    settings.safe_path = isolated || given.times(b'P') > 0 || environment.has("PYTHONSAFEPATH");
    if let Some(check) = &given.check_hash_based_pycs {
        settings.check_hash_based_pycs = check.clone();
    }
    let words = Words { words: settings.x_options.clone() };
    settings.dev_mode = words.has("dev") || environment.has("PYTHONDEVMODE");
    settings.warn_default_encoding =
        (words.has("warn_default_encoding") || environment.has("PYTHONWARNDEFAULTENCODING")) as i64;
    settings.debug_ranges = !words.has("no_debug_ranges") && !environment.has("PYTHONNODEBUGRANGES");
    settings.library_folder = environment.get("PYTHONPLATLIBDIR").unwrap_or_else(|| "lib".to_string());
    settings.pycache_prefix = match words.get("pycache_prefix") {
        Some(value) => value.map(String::from).filter(|value| !value.is_empty()),
        None => environment.get("PYTHONPYCACHEPREFIX"),
    };
    settings.faulthandler = settings.dev_mode || words.has("faulthandler") || environment.has("PYTHONFAULTHANDLER");
    numbers(&Sources { words: &words, environment: &environment }, settings)?;
    utf8_mode(&words, &environment, settings)?;
    add_filters(given, &environment, settings);
    match given.times(b'R') {
        0 => hash_seed(&environment, settings),
        _ => Ok(None),
    }
}

fn split(word: &str) -> (&str, Option<&str>) {
    word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)))
}

/// The words of `-X`.
struct Words {
    words: Vec<(String, Option<String>)>,
}

impl Words {
    /// The value of a word that is there.
    fn get(&self, name: &str) -> Option<Option<&str>> {
        self.words.iter().rev().find(|(word, _)| word == name).map(|(_, value)| value.as_deref())
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// Where a setting is looked for: a word of `-X` goes before the variable.
struct Sources<'a> {
    words: &'a Words,
    environment: &'a Environment,
}

impl Sources<'_> {
    /// The value of a word or a variable, read by `parse`, which gives none for what is wrong; then `function` refuses it by
    /// the message for a word or that for a variable.
    fn read<T>(
        &self,
        (word, variable): (&str, &str),
        parse: impl Fn(Option<&str>) -> Option<T>,
        function: &'static str,
        messages: [String; 2],
    ) -> Result<Option<T>, Exit> {
        let [of_word, of_variable] = messages;
        if let Some(value) = self.words.get(word) {
            return parse(value).map_or_else(|| fatal(function, of_word), |value| Ok(Some(value)));
        }
        match self.environment.get(variable) {
            Some(value) => parse(Some(&value)).map_or_else(|| fatal(function, of_variable), |value| Ok(Some(value))),
            None => Ok(None),
        }
    }

    /// A setting that is 0 or 1.
    fn switch(&self, names: (&str, &str), function: &'static str) -> Result<Option<i64>, Exit> {
        let (word, variable) = names;
        let parse = |value: Option<&str>| ["0", "1"].iter().position(|known| value == Some(*known));
        let messages =
            [format!("-X {word}=n: n is missing or invalid"), format!("{variable}=N: N is missing or invalid")];
        Ok(self.read(names, parse, function, messages)?.map(|number| number as i64))
    }
}

/// Settings that are numbers, and those whose values are checked.
fn numbers(sources: &Sources<'_>, settings: &mut Settings) -> Result<(), Exit> {
    let smallest = DIGITS_MAX_SMALLEST as i32;
    let digits = |text: Option<&str>| {
        text.and_then(|text| text.parse::<i32>().ok()).filter(|number| *number == 0 || *number >= smallest)
    };
    let messages = ["-X int_max_str_digits", "PYTHONINTMAXSTRDIGITS"]
        .map(|name| format!("{name}: invalid limit; must be >= {smallest} or 0 for unlimited."));
    let names = ("int_max_str_digits", "PYTHONINTMAXSTRDIGITS");
    if let Some(number) = sources.read(names, digits, "config_init_int_max_str_digits", messages)? {
        settings.int_max_str_digits = number as i64;
    }
    let processors = |value: Option<&str>| match value {
        Some("default") => Some(-1),
        value => value.and_then(|text| text.parse::<i32>().ok()).filter(|number| *number > 0),
    };
    let messages = [(); 2]
        .map(|()| "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0".to_string());
    let names = ("cpu_count", "PYTHON_CPU_COUNT");
    if let Some(number) = sources.read(names, processors, "config_init_cpu_count", messages)? {
        settings.cpu_count = number as i64;
    }
    let names = ("thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT");
    if let Some(switch) = sources.switch(names, "config_init_thread_inherit_context")? {
        settings.thread_inherit_context = switch;
    }
    let names = ("context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS");
    if let Some(switch) = sources.switch(names, "config_init_context_aware_warnings")? {
        settings.context_aware_warnings = switch;
    }
    // What is no number means the same as 1.
    let level = |value: Option<&str>| match value.and_then(|text| text.parse::<i32>().ok()) {
        None => Some(1),
        Some(level @ 0..=2) => Some(level as i64),
        Some(_) => None,
    };
    let messages = ["-X importtime:", "PYTHONPROFILEIMPORTTIME: numeric"]
        .map(|name| format!("{name} values other than 1 and 2 are reserved for future use."));
    let names = ("importtime", "PYTHONPROFILEIMPORTTIME");
    if let Some(level) = sources.read(names, level, "config_init_import_time", messages)? {
        settings.import_time = level;
    }
    let frames =
        |value: Option<&str>| value.map_or(Some(1), |text| text.parse::<i32>().ok()).filter(|number| *number >= 0);
    let messages =
        ["-X tracemalloc=NFRAME", "PYTHONTRACEMALLOC"].map(|name| format!("{name}: invalid number of frames"));
    let names = ("tracemalloc", "PYTHONTRACEMALLOC");
    if let Some(frames) = sources.read(names, frames, "config_init_tracemalloc", messages)? {
        settings.tracemalloc = frames as i64;
    }
    if let Some(value) = sources.words.get("frozen_modules")
        && !matches!(value, None | Some("" | "on" | "off"))
    {
        return fatal("", "bad value for option -X frozen_modules (expected \"on\" or \"off\")");
    }
    let lock = |value: Option<&str>| match value {
        Some("0") => Some(false),
        Some("1") => Some(true),
        _ => None,
    };
    let messages = [(); 2].map(|()| "PYTHON_GIL / -X gil must be \"0\" or \"1\"".to_string());
    match sources.read(("gil", "PYTHON_GIL"), lock, "config_read_gil", messages)? {
        Some(false) => fatal("config_read_gil", "Disabling the GIL is not supported by this build"),
        Some(true) | None => Ok(()),
    }
}

/// The UTF-8 mode, which the C locale switches on; where it can, the C locale gives way to one with UTF-8 before.
fn utf8_mode(words: &Words, environment: &Environment, settings: &mut Settings) -> Result<(), Exit> {
    let refuse = |message: &str| {
        let message = message.to_string();
        Err(Exit::Fatal { function: "preconfig_init_utf8_mode", message, state: "preinitializing" })
    };
    let variable = environment.get("PYTHONUTF8");
    let asked = match (words.get("utf8"), variable.as_deref()) {
        (Some(None | Some("1")), _) => Some(true),
        (Some(Some("0")), _) => Some(false),
        (Some(_), _) => return refuse("invalid -X utf8 option value"),
        (None, None) => None,
        (None, Some("1")) => Some(true),
        (None, Some("0")) => Some(false),
        (None, Some(_)) => return refuse("invalid PYTHONUTF8 environment variable value"),
    };
    let locale = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let is_plain = |name: &str| matches!(name, "C" | "POSIX");
    let coerces = environment.get("PYTHONCOERCECLOCALE").is_none_or(|value| value != "0");
    let all = locale("LC_ALL");
    let characters = all.clone().or_else(|| locale("LC_CTYPE")).or_else(|| locale("LANG")).unwrap_or("C".to_string());
    let in_c_locale = is_plain(&characters);
    if in_c_locale && all.is_none() && coerces {
        // SAFETY: the texts end with a null, and no other thread runs yet.
        unsafe { libc::setenv(c"LC_CTYPE".as_ptr(), c"C.UTF-8".as_ptr(), 1) };
    }
    settings.utf8_mode = asked.unwrap_or(in_c_locale) as i64;
    settings.utf8_refused = asked == Some(false);
    Ok(())
}

/// Filters of warnings, from the weakest; each is there once.
fn add_filters(given: &Given, environment: &Environment, settings: &mut Settings) {
    let mut filters: Vec<String> = Vec::new();
    if settings.dev_mode {
        filters.push("default".into());
    }
    if let Some(list) = environment.get("PYTHONWARNINGS") {
        filters.extend(list.split(',').filter(|filter| !filter.is_empty()).map(String::from));
    }
    filters.extend(given.filters.iter().cloned());
    match settings.bytes_warning {
        0 => {}
        1 => filters.push("default::BytesWarning".into()),
        _ => filters.push("error::BytesWarning".into()),
    }
    for filter in filters {
        if !settings.warn_options.contains(&filter) {
            settings.warn_options.push(filter);
        }
    }
}

fn hash_seed(environment: &Environment, settings: &mut Settings) -> Result<Option<u32>, Exit> {
    match environment.get("PYTHONHASHSEED").as_deref() {
        None | Some("random") => Ok(None),
        Some(text) => match text.parse::<u32>() {
            Ok(seed) => {
                settings.hash_randomization = (seed != 0) as i64;
                Ok(Some(seed))
            }
            Err(_) => fatal(
                "config_init_hash_seed",
                "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
            ),
        },
    }
}
