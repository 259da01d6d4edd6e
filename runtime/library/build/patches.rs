//! Places where the library's source is changed before it is compiled. Each is found exactly once, or the build stops.

/// A change of a file.
pub struct Patch {
    /// Below the library's folder.
    pub file: &'static str,
    /// Text that occurs once in it.
    pub find: &'static str,
    /// If not empty, all that follows up to this text goes, too; of `END`, all.
    pub until: &'static str,
    pub replace: &'static str,
    pub reason: &'static str,
}

impl Patch {
    /// The changed text; none unless the place is there once.
    pub fn apply(&self, text: &str) -> Option<String> {
        let (before, after) = text.split_once(self.find).filter(|(_, after)| !after.contains(self.find))?;
        let kept = match self.until {
            "" => 0,
            END => after.len(),
            until => after.find(until)?,
        };
        Some([before, self.replace, &after[kept..]].concat())
    }
}

/// The end of the file.
pub const END: &str = "\0";

/// A change of one place.
const fn patch(file: &'static str, find: &'static str, replace: &'static str, reason: &'static str) -> Patch {
    Patch { file, find, until: "", replace, reason }
}

/// A part that goes.
const fn cut(file: &'static str, find: &'static str, until: &'static str, reason: &'static str) -> Patch {
    Patch { file, find, until, replace: "", reason }
}

const FOREIGN: &str = "the source was made for RustPython";
const LATE: &str = "most programs start without `_io`; files are read and written whole";
const SOURCE: &str = "the source of embedded modules is known";

/// Changes, by file.
pub const PATCHES: &[Patch] = &[
    patch("_opcode_metadata.py", "RustPython bytecode", "the bytecode", FOREIGN),
    cut("_compat_pickle.py", "# NOTE: RUSTPYTHON", "for excname in PYTHON2", FOREIGN),
    patch(
        "importlib/_bootstrap.py",
        "frozen modules do not have source code.\"\"\"\n        return None",
        "frozen modules may have no source code.\"\"\"\n        return _imp._get_source(fullname)",
        SOURCE,
    ),
    patch("importlib/_bootstrap_external.py", "import _io\nimport sys", "import sys", LATE),
    patch(
        "importlib/_bootstrap_external.py",
        "with _io.open(fd, 'wb') as file:\n            file.write(data)",
        "_imp._write_file(fd, data)",
        LATE,
    ),
    patch(
        "importlib/_bootstrap_external.py",
        "    import tokenize  # To",
        "    import _io\n    import tokenize  # To",
        LATE,
    ),
    Patch {
        file: "importlib/_bootstrap_external.py",
        find: "        if isinstance(self, (SourceLoader, SourcelessFileLoader, ExtensionFileLoader)):\n",
        until: "\n    @_check_name",
        replace: "        return _imp._read_file(path)\n",
        reason: LATE,
    },
    patch(
        "importlib/_bootstrap_external.py",
        "_call_with_frames_removed(compile, data,",
        "_call_with_frames_removed(_imp._compile_file if type(data) is bytes else compile, data,",
        "the code of a module need not be open to other namespaces, as that of `compile` must",
    ),
    patch(
        "importlib/_bootstrap_external.py",
        "_imp._fix_co_filename(code, source_path)",
        "code = _imp._fix_co_filename(code, source_path)",
        "code does not change: its name in another file makes another object",
    ),
    patch("io.py", "open_code, BytesIO", "open_code, FileIO, BytesIO", FOREIGN),
    cut("io.py", "# XXX: RUSTPYTHON; FileIO", "# for seek()", FOREIGN),
    patch("io.py", "if FileIO is not None:  # XXX: RUSTPYTHON; see the try/except above\n    Raw", "Raw", FOREIGN),
    cut("json/decoder.py", "    # RUSTPYTHON SPECIFIC", "    # Note that this exception", FOREIGN),
    patch(
        "linecache.py",
        "if not filename or (filename.startswith('<') and filename.endswith('>')):\n        return None",
        "if _source_unavailable(filename):\n        return None",
        SOURCE,
    ),
    patch(
        "platform.py",
        "if \"RustPython\" in sys_version",
        "if sys.implementation.name == \"sidewinder\"",
        "the name",
    ),
    patch("platform.py", "name = \"RustPython\"", "name = \"Sidewinder\"", "the name"),
    patch("site.py", "return 'RustPython'", "return 'Python'", "folders have the names that tools expect"),
    patch("site.py", "lib/rustpython{", "lib/python{", "folders have the names that tools expect"),
    patch(
        "sysconfig/__init__.py",
        "f'_sysconfigdata_{sys.abiflags}_{sys.platform}_{multiarch}'",
        "'_sysconfigdata'",
        "one description serves every platform",
    ),
    patch(
        "traceback.py",
        "with suppress(SyntaxError, ImportError):",
        "with suppress(SyntaxError, ImportError, NotImplementedError):",
        "`ast.parse` is not there yet",
    ),
    patch(
        "sysconfig/__init__.py",
        "return 'RustPython'",
        "return 'Python'",
        "folders have the names that tools expect",
    ),
    patch(
        "venv/__init__.py",
        "path = os.path.abspath(os.path.dirname(__file__))\n        path = os.path.join(path, 'scripts')\n        self.install_scripts(context, path)",
        "from importlib import resources\n        with resources.as_file(resources.files('venv') / 'scripts') as path:\n            self.install_scripts(context, str(path))",
        "the scripts are in the program",
    ),
    patch(
        "asyncio/tools.py",
        "from _remote_debugging import RemoteUnwinder, FrameInfo\n",
        "try:\n    from _remote_debugging import RemoteUnwinder, FrameInfo\nexcept ModuleNotFoundError:\n    \
         FrameInfo = None\n    def RemoteUnwinder(*_):\n        raise NotImplementedError('_remote_debugging')\n",
        "the interactive loop of `asyncio` comes with tools that look into other processes",
    ),
    cut("unittest/__init__.py", "\n\n\n# XXX: RUSTPYTHON\n# This is", END, FOREIGN),
];
