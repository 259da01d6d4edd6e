//! What the command line and the environment say about the language and its start. `sys.flags` shows most of it.

use std::path::PathBuf;

/// The settings, as CPython names them.
#[derive(Clone, Debug)]
pub struct Settings {
    pub debug: i64,
    pub inspect: i64,
    pub interactive: i64,
    pub dont_write_bytecode: i64,
    pub no_user_site: i64,
    pub no_site: i64,
    pub ignore_environment: i64,
    pub verbose: i64,
    /// 1 warns of bytes that are taken for text, 2 makes errors of it.
    pub bytes_warning: i64,
    pub quiet: i64,
    pub hash_randomization: i64,
    pub isolated: i64,
    pub dev_mode: bool,
    pub utf8_mode: i64,
    /// The UTF-8 mode was refused: the C locale then means ASCII.
    pub utf8_refused: bool,
    pub warn_default_encoding: i64,
    pub safe_path: bool,
    pub int_max_str_digits: i64,
    pub thread_inherit_context: i64,
    pub context_aware_warnings: i64,
    /// How many processors `os.cpu_count` tells of, or -1 for those that there are.
    pub cpu_count: i64,
    /// 1 prints how long imports take, 2 also tells of modules that were there already.
    pub import_time: i64,
    /// How many frames `tracemalloc` remembers of each allocation from the start; 0 if it is not started.
    pub tracemalloc: i64,
    /// `faulthandler` is enabled from the start.
    pub faulthandler: bool,
    /// Tracebacks show which part of a line failed.
    pub debug_ranges: bool,
    pub pycache_prefix: Option<String>,
    /// When compiled files that carry a hash of their source are checked: `always`, `default` or `never`.
    pub check_hash_based_pycs: String,
    /// `sys.platlibdir`: the name of the folder that has the library's folder, below the prefix.
    pub library_folder: String,
    /// The name that `sys.implementation` has: our own, or `cpython` for tools with a closed list of names.
    pub implementation: String,
    /// Words of `-X` in their order, with their values.
    pub x_options: Vec<(String, Option<String>)>,
    /// Filters for `warnings`, from the weakest.
    pub warn_options: Vec<String>,
    /// `sys.argv`, as the system gave it.
    pub arguments: Vec<Vec<u8>>,
    /// What the program's start has put first on `sys.path`.
    pub program_folder: Option<PathBuf>,
    pub places: Places,
}

/// Where the program and its library are.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub executable: String,
    pub base_executable: String,
    pub prefix: String,
    pub exec_prefix: String,
    pub base_prefix: String,
    pub base_exec_prefix: String,
    /// The folder of the library's modules.
    pub library: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            debug: 0,
            inspect: 0,
            interactive: 0,
            dont_write_bytecode: 0,
            no_user_site: 0,
            no_site: 0,
            ignore_environment: 0,
            verbose: 0,
            bytes_warning: 0,
            quiet: 0,
            hash_randomization: 1,
            isolated: 0,
            dev_mode: false,
            utf8_mode: 0,
            utf8_refused: false,
            warn_default_encoding: 0,
            safe_path: false,
            int_max_str_digits: crate::objects::int::text::DIGITS_MAX_DEFAULT as i64,
            thread_inherit_context: 0,
            context_aware_warnings: 0,
            cpu_count: -1,
            import_time: 0,
            tracemalloc: 0,
            faulthandler: false,
            debug_ranges: true,
            pycache_prefix: None,
            check_hash_based_pycs: "default".to_string(),
            library_folder: "lib".to_string(),
            implementation: "sidewinder".to_string(),
            x_options: Vec::new(),
            warn_options: Vec::new(),
            arguments: Vec::new(),
            program_folder: None,
            places: Places::default(),
        }
    }
}
