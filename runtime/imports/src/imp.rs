//! The module `_imp`: what `importlib` asks of the program. Frozen modules and those of the embedded library, modules
//! written in Rust, the import lock, and the marks of compiled files.
//!
//! The names that CPython freezes are found by `FrozenImporter` here, too, before any folder. All others of the library
//! are in the folder that `sys._stdlib_dir` names, which `_library.py` of the overlay finds on `sys.path`.

use sidewinder_bytecode::serialise;
use sidewinder_macros::native_module;
use sidewinder_os::path::Path;
use sidewinder_runtime::hooks::CompileRequest;
use sidewinder_runtime::native::argument::BytesLike;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::code::{self, CodeObject};
use sidewinder_runtime::objects::exception::{IMPORT_ERROR, RUNTIME_ERROR, raise_import_error, raise_os_error};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{dict, singleton};
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::borrow::Cow;
use std::io::Write;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::OsStringExt;
use std::rc::Rc;

/// The modules that are frozen: their names, and those that they have in the library.
const FROZEN: &[(&str, &str)] = &[
    ("_frozen_importlib", "importlib._bootstrap"),
    ("_frozen_importlib_external", "importlib._bootstrap_external"),
    ("_sidewinder_library", "_sidewinder_library"),
    ("zipimport", "zipimport"),
    ("abc", "abc"),
    ("codecs", "codecs"),
    ("io", "io"),
    ("_collections_abc", "_collections_abc"),
    ("_sitebuiltins", "_sitebuiltins"),
    ("genericpath", "genericpath"),
    ("ntpath", "ntpath"),
    ("posixpath", "posixpath"),
    ("os", "os"),
    ("site", "site"),
    ("stat", "stat"),
    ("importlib.util", "importlib.util"),
    ("importlib.machinery", "importlib.machinery"),
    ("runpy", "runpy"),
    ("__hello__", "__hello__"),
    ("__hello_alias__", "__hello__"),
    ("__phello_alias__", "__hello__"),
    ("__phello_alias__.spam", "__hello__"),
    ("__phello__", "__phello__"),
    ("__phello__.__init__", "<__phello__"),
    ("__phello__.ham", "__phello__.ham"),
    ("__phello__.ham.__init__", "<__phello__.ham"),
    ("__phello__.ham.eggs", "__phello__.ham.eggs"),
    ("__phello__.spam", "__phello__.spam"),
];

/// Frozen names that are packages although what they stand for is none.
const ALIAS_PACKAGES: &[&str] = &["__phello_alias__"];

/// The mark at the start of compiled files: a part of the hash of the opcodes, then what no text file has.
const MAGIC: i64 = (serialise::MAGIC & 0xffff) as i64 | (b'\r' as i64) << 16 | (b'\n' as i64) << 24;

/// The first bytes of a compiled file.
pub fn magic_number() -> [u8; 4] {
    (MAGIC as u32).to_le_bytes()
}

/// A frozen module.
struct Frozen {
    module: sidewinder_library::Module,
    /// The name in the library, with a mark in front of that of a package's own module.
    origin: &'static str,
    is_package: bool,
}

/// What tests have told about frozen modules: those that are not needed to start may be off.
#[derive(Default)]
struct FrozenUse(std::cell::Cell<i32>);

/// Frozen modules that cannot be turned off.
const ALWAYS: &[&str] = &["_frozen_importlib", "_frozen_importlib_external", "_sidewinder_library", "zipimport"];

/// A frozen module that is not turned off.
fn enabled(cx: &mut Context, name: &str) -> Option<Frozen> {
    let is_off = cx.state::<FrozenUse>().0.get() < 0 && !ALWAYS.contains(&name);
    if is_off { None } else { frozen(name) }
}

fn frozen(name: &str) -> Option<Frozen> {
    let (name, origin) = *FROZEN.iter().find(|(frozen, _)| *frozen == name)?;
    let module = sidewinder_library::find(origin.trim_start_matches('<'))?;
    let is_own = origin.starts_with('<');
    let is_package = module.is_package() && !is_own || ALIAS_PACKAGES.contains(&name);
    Some(Frozen { module, origin, is_package })
}

fn no_frozen(cx: &mut Context, name: &str) -> Raised {
    let own = StrObject::new(cx, name);
    let message = format!("No such frozen object named {name}");
    raise_import_error(cx, &IMPORT_ERROR, own.value(), &message)
}

/// The code of a module of the library, as of a file of that name.
pub fn code_of(cx: &mut Context, module: &sidewinder_library::Module, file_name: &str) -> Result<Owned> {
    match module.code(file_name) {
        Some(data) => Ok(code::new(cx, Rc::new(data))),
        None => (cx.interpreter().hooks.compile)(cx, &CompileRequest::new(&module.source(), file_name, "exec")),
    }
}

/// The code of a frozen module; its file's name is not that of a file.
pub fn frozen_code(cx: &mut Context, name: &str) -> Result<Owned> {
    let Some(Frozen { module, .. }) = frozen(name) else { return Err(no_frozen(cx, name)) };
    let file_name = format!("<frozen {}>", module.name());
    code_of(cx, &module, &file_name)
}

fn library_module(cx: &mut Context, name: &str) -> Result<sidewinder_library::Module> {
    match sidewinder_library::find(name) {
        Some(module) => Ok(module),
        None => {
            let own = StrObject::new(cx, name);
            let message = format!("no library module named {name}");
            Err(raise_import_error(cx, &IMPORT_ERROR, own.value(), &message))
        }
    }
}

/// What the import system asks of the interpreter.
#[native_module("_imp")]
mod rows {
    use super::*;

    #[constant(name = "pyc_magic_number_token")]
    const MAGIC_TOKEN: i64 = MAGIC;

    #[constant(name = "check_hash_based_pycs")]
    const CHECKED: &str = "default";

    /// Whether a thread holds the import lock.
    #[function]
    fn lock_held(cx: &mut Context) -> bool {
        cx.interpreter().import_lock.is_held()
    }

    /// Waits for the import lock and takes it; a thread that has it may take it again.
    #[function]
    fn acquire_lock(cx: &mut Context) {
        let own = cx.thread_key();
        while !cx.interpreter().import_lock.try_acquire(own) {
            cx.detached(|_| std::thread::yield_now());
        }
    }

    /// Gives the import lock back.
    #[function]
    fn release_lock(cx: &mut Context) -> Result<()> {
        let own = cx.thread_key();
        if cx.interpreter().import_lock.release(own) {
            return Ok(());
        }
        Err(cx.raise(&RUNTIME_ERROR, "not holding the import lock"))
    }

    /// The endings of files with modules in machine code, of which there are none.
    #[function]
    fn extension_suffixes() -> Vec<Owned> {
        Vec::new()
    }

    /// Whether a module is written in Rust: -1 if it cannot be made again.
    #[function]
    fn is_builtin(cx: &mut Context, name: Cow<'_, str>) -> i32 {
        match &*name {
            "sys" | "builtins" => -1,
            name => sidewinder_builtins::is_native(cx, name) as i32,
        }
    }

    /// Makes the module of a spec, or gives the one that there is.
    #[function]
    fn create_builtin(cx: &mut Context, spec: Value) -> Result<Owned> {
        let name = attribute::get_text(cx, spec, "name")?;
        let Some(text) = str::text(name.value()) else {
            let kind = name.value().type_of().name();
            return Err(cx.type_error(format!("name must be string, not {kind}")));
        };
        let modules = dict::of(cx.interpreter().modules.value());
        if let Some(found) = modules.get(cx, name.value())? {
            return Ok(Owned::new(found));
        }
        match sidewinder_builtins::import(cx, &text)? {
            Some(module) => Ok(module),
            None => Ok(Owned::new(singleton::none())),
        }
    }

    /// Finishes a module that `create_builtin` has made.
    #[function]
    fn exec_builtin(_module: Value) -> i32 {
        0
    }

    /// What is known of a frozen module: its data if asked for, whether it is a package, and its name in the library.
    #[function]
    fn find_frozen(
        cx: &mut Context,
        name: Cow<'_, str>,
        #[keyword]
        #[default(false, "False")]
        withdata: bool,
    ) -> Result<Option<Owned>> {
        let Some(found) = enabled(cx, &name) else { return Ok(None) };
        let data = if withdata {
            let code = frozen_code(cx, &name)?;
            let bytes = code.value().cast::<CodeObject>().map(|code| serialise::write(&code.data));
            sidewinder_runtime::objects::bytes::BytesObject::new(cx, &bytes.unwrap_or_default())
        } else {
            Owned::new(singleton::none())
        };
        let (package, origin) = (singleton::boolean(found.is_package), str::intern(cx, found.origin));
        Ok(Some(TupleObject::from_owned(cx, vec![data, Owned::new(package), origin])))
    }

    /// The code of a frozen module.
    #[function]
    fn get_frozen_object(
        cx: &mut Context,
        name: Cow<'_, str>,
        #[default(None)] data: Option<BytesLike>,
    ) -> Result<Owned> {
        let Some(BytesLike(bytes)) = data else { return frozen_code(cx, &name) };
        let read = serialise::read(&bytes).map_err(|error| error.to_string());
        let checked = read.and_then(|(data, _)| sidewinder_bytecode::verify::verify(&data).map(|()| data));
        match checked {
            Ok(data) => Ok(code::new(cx, Rc::new(data))),
            Err(_) => {
                let own = StrObject::new(cx, &name);
                let message = format!("Frozen object named '{name}' is invalid");
                Err(raise_import_error(cx, &IMPORT_ERROR, own.value(), &message))
            }
        }
    }

    #[function]
    fn is_frozen(cx: &mut Context, name: Cow<'_, str>) -> bool {
        enabled(cx, &name).is_some()
    }

    #[function]
    fn is_frozen_package(cx: &mut Context, name: Cow<'_, str>) -> Result<bool> {
        match enabled(cx, &name) {
            Some(found) => Ok(found.is_package),
            None => Err(no_frozen(cx, &name)),
        }
    }

    /// The names of the frozen modules.
    #[function]
    fn _frozen_module_names(cx: &mut Context) -> Vec<Owned> {
        FROZEN.iter().map(|(name, _)| str::intern(cx, name)).collect()
    }

    /// Turns frozen modules off (below nought), on, or back to what is usual (nought).
    #[function]
    fn _override_frozen_modules_for_tests(cx: &mut Context, r#override: i32) {
        cx.state::<FrozenUse>().0.set(r#override);
    }

    /// Accepted from tests: there is nothing to check.
    #[function]
    fn _override_multi_interp_extensions_check(_override: i32) -> i32 {
        0
    }

    /// The code with another file's name, in it and in the code inside of it.
    #[function]
    fn _fix_co_filename(cx: &mut Context, code: Value, path: Cow<'_, str>) -> Result<Owned> {
        let Some(object) = code.cast_exact::<CodeObject>() else {
            let kind = code.type_of().name();
            return Err(cx.type_error(format!("_fix_co_filename() argument 1 must be code, not {kind}")));
        };
        if *object.data.file_name == *path {
            return Ok(Owned::new(code));
        }
        let moved = object.data.moved(&path);
        Ok(code::new(cx, Rc::new(moved)))
    }

    /// Compiles the bytes of a source file as a module; the arguments are those of `compile`.
    #[function]
    fn _compile_file(
        cx: &mut Context,
        source: BytesLike,
        filename: Cow<'_, str>,
        _mode: Value,
        #[named]
        #[default(None)]
        dont_inherit: Option<Value>,
        #[default(None)] optimize: Option<Value>,
    ) -> Result<Owned> {
        let _ = (dont_inherit, optimize);
        (cx.interpreter().hooks.compile_file)(cx, &source.0, &filename)
    }

    /// The hash of a source text that compiled files are marked with.
    #[function]
    fn source_hash(#[named] key: i64, #[named] source: BytesLike) -> Bytes {
        let hash = sidewinder_runtime::objects::str::hash::keyed_hash((key as u64, 0), &source.0);
        Bytes(hash.to_le_bytes().to_vec())
    }

    /// The whole content of a file.
    #[function]
    fn _read_file(cx: &mut Context, path: Path) -> Result<Bytes> {
        let name = std::ffi::OsString::from_vec(path.name.to_bytes().to_vec());
        match cx.detached(|_| std::fs::read(name)) {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(error) => {
                let name = str::text(path.value()).unwrap_or_default();
                Err(raise_os_error(cx, error.raw_os_error().unwrap_or(0), Some(&name)))
            }
        }
    }

    /// Writes all bytes to a file descriptor, and closes that.
    #[function]
    fn _write_file(fd: i32, data: BytesLike) -> std::io::Result<()> {
        // SAFETY: the descriptor was opened by the caller for this, and is the caller's no more.
        let mut file = unsafe { std::fs::File::from_raw_fd(fd) };
        file.write_all(&data.0)
    }

    /// The source of a frozen or library module.
    #[function]
    fn _get_source(name: Cow<'_, str>) -> Option<String> {
        let module = frozen(&name).map(|found| found.module).or_else(|| sidewinder_library::find(&name));
        module.map(|module| module.source())
    }

    /// Whether a module of the library is a package; None if there is no such module.
    #[function]
    fn _find_library(name: Cow<'_, str>) -> Option<bool> {
        sidewinder_library::find(&name).map(|module| module.is_package())
    }

    /// The bytes of a file of the library, by its place in the library's folder; None if there is no such file.
    #[function]
    fn _library_file(path: Cow<'_, str>) -> Option<Bytes> {
        sidewinder_library::file(&path).map(|bytes| Bytes(bytes.into_owned()))
    }

    /// The places of all files of the library in its folder.
    #[function]
    fn _library_files(cx: &mut Context) -> Vec<Owned> {
        sidewinder_library::files().map(|path| StrObject::new(cx, &path)).collect()
    }

    /// The code of a module of the library.
    #[function]
    fn _library_code(cx: &mut Context, name: Cow<'_, str>, path: Cow<'_, str>) -> Result<Owned> {
        let module = library_module(cx, &name)?;
        code_of(cx, &module, &path)
    }

    /// The names of the library's modules in a package, or of those in none.
    #[function]
    fn _library_names(cx: &mut Context, package: Cow<'_, str>) -> Vec<Owned> {
        let prefix = if package.is_empty() { String::new() } else { format!("{package}.") };
        let tails = sidewinder_library::modules().filter_map(|module| module.name().strip_prefix(prefix.as_str()));
        tails.filter(|tail| !tail.contains('.')).map(|tail| str::intern(cx, tail)).collect()
    }
}
