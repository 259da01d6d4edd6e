//! The attributes of `sys` that are no functions.

use super::simple_namespace;
use sidewinder_io::standard::{self, Encoding, Standard};
use sidewinder_runtime::native::GetSet;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::int::text::{DIGITS_MAX_DEFAULT, DIGITS_MAX_SMALLEST};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set;
use sidewinder_runtime::objects::str::{self, StrObject, codec};
use sidewinder_runtime::objects::struct_sequence::{StructSequence, refuse};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{dict, float, int, module, singleton};
use sidewinder_runtime::operations::finalize::{UNRAISABLE, UnraisableObject};
use sidewinder_runtime::operations::{attribute, dunder};
use sidewinder_runtime::{Context, Owned, Result, Value, struct_sequence};
use std::os::unix::ffi::OsStrExt;

/// The version of the language: major, minor, micro.
const VERSION: [i64; 3] = [3, 14, 8];
/// The version as text.
pub const LANGUAGE_VERSION: &str = "3.14.8";

/// The version as one number, with the release level "final".
const HEX_VERSION: i64 = VERSION[0] << 24 | VERSION[1] << 16 | VERSION[2] << 8 | 0xf0;

struct_sequence! {
    /// The version of the language, as a named tuple.
    VERSION_INFO = "sys.version_info" shows 5 by refuse {
        0 "major" "Major release number", 1 "minor" "Minor release number", 2 "micro" "Patch release number",
        3 "releaselevel" "'alpha', 'beta', 'candidate', or 'final'", 4 "serial" "Serial release number"
    }
    /// What floats can hold and how exactly.
    FLOAT_INFO = "sys.float_info" shows 11 {
        0 "max", 1 "max_exp", 2 "max_10_exp", 3 "min", 4 "min_exp", 5 "min_10_exp", 6 "dig", 7 "mant_dig", 8 "epsilon",
        9 "radix", 10 "rounds"
    }
    /// How integers are represented, and limits of their conversion.
    INT_INFO = "sys.int_info" shows 4 {
        0 "bits_per_digit", 1 "sizeof_digit", 2 "default_max_str_digits", 3 "str_digits_check_threshold"
    }
    /// The parameters of the hashes of numbers and texts.
    HASH_INFO = "sys.hash_info" shows 9 {
        0 "width", 1 "modulus", 2 "inf", 3 "nan", 4 "imag", 5 "algorithm", 6 "hash_bits", 7 "seed_bits", 8 "cutoff"
    }
    /// How threads and locks are made.
    THREAD_INFO = "sys.thread_info" shows 3 { 0 "name", 1 "lock", 2 "version" }
    /// What the command line and the environment have set.
    FLAGS = "sys.flags" shows 18 by refuse {
        0 "debug", 1 "inspect", 2 "interactive", 3 "optimize", 4 "dont_write_bytecode", 5 "no_user_site", 6 "no_site",
        7 "ignore_environment", 8 "verbose", 9 "bytes_warning", 10 "quiet", 11 "hash_randomization", 12 "isolated",
        13 "dev_mode", 14 "utf8_mode", 15 "warn_default_encoding", 16 "safe_path", 17 "int_max_str_digits",
        18 "gil", 19 "thread_inherit_context", 20 "context_aware_warnings"
    }
}

macro_rules! unraisable_field {
    ($name:literal, $place:literal) => {
        GetSet {
            name: $name,
            get: |_, value| {
                // SAFETY: (heap 2) the descriptor has checked the type.
                let own = unsafe { value.cast_unchecked::<UnraisableObject>() };
                Ok(Owned::new(own.fields[$place]))
            },
            set: None,
            doc: "",
        }
    };
}

static UNRAISABLE_GETSET: &[GetSet] = &[
    unraisable_field!("exc_type", 0),
    unraisable_field!("exc_value", 1),
    unraisable_field!("exc_traceback", 2),
    unraisable_field!("err_msg", 3),
    unraisable_field!("object", 4),
];

/// Fills in the module's namespace.
pub fn fill(cx: &mut Context, module: Value) -> Result<()> {
    let namespace = module::of(module).namespace();
    if UNRAISABLE.namespace(cx).get_text(cx, "exc_type").is_none() {
        dunder::add_getset(cx, &UNRAISABLE, UNRAISABLE_GETSET)?;
    }
    add_texts(cx, namespace);
    add_numbers(cx, namespace);
    add_collections(cx, namespace);
    add_sequences(cx, namespace)?;
    let jit = super::jit::MODULE.make(cx)?;
    namespace.set_text(cx, "_jit", jit.value());
    let monitoring = super::monitoring::make(cx)?;
    namespace.set_text(cx, "monitoring", monitoring.value());
    for hook in ["displayhook", "excepthook", "unraisablehook", "breakpointhook"] {
        if let Some(function) = namespace.get_text(cx, hook) {
            namespace.set_text(cx, &format!("__{hook}__"), function);
        }
    }
    Ok(())
}

/// Opens the standard streams, and makes `open` the one of `_io`.
pub fn open_streams(cx: &mut Context, namespace: &DictObject, module: Value) -> Result<()> {
    let unbuffered = cx.interpreter().options.unbuffered != 0;
    let mut encoding = Encoding::from_environment(&cx.interpreter().options.settings);
    // The library's encodings are there later: see `registry::reopen_streams`.
    if cx.interpreter().importlib.value() == singleton::none() && !encoding.is_builtin() {
        encoding = Encoding::preliminary();
    }
    for stream in Standard::ALL {
        let made = standard::open(cx, stream, &encoding, unbuffered)?;
        namespace.set_text(cx, stream.name(), made.value());
        namespace.set_text(cx, &format!("__{}__", stream.name()), made.value());
    }
    let function = attribute::get_text(cx, module, "open")?;
    cx.builtins().set_text(cx, "open", function.value());
    Ok(())
}

fn add_texts(cx: &mut Context, namespace: &DictObject) {
    let settings = cx.interpreter().options.settings.clone();
    let places = &settings.places;
    let [major, minor, micro] = VERSION;
    let version = format!("{major}.{minor}.{micro} (Sidewinder {}) [Rust]", env!("CARGO_PKG_VERSION"));
    let rows = [
        ("_stdlib_dir", &*places.library),
        ("version", &version),
        ("executable", &places.executable),
        ("_base_executable", &places.base_executable),
        ("prefix", &places.prefix),
        ("exec_prefix", &places.exec_prefix),
        ("base_prefix", &places.base_prefix),
        ("base_exec_prefix", &places.base_exec_prefix),
        ("platform", "linux"),
        ("byteorder", if cfg!(target_endian = "big") { "big" } else { "little" }),
        ("copyright", "Sidewinder is dual-licensed under the MIT and Apache 2.0 licenses."),
        ("abiflags", ""),
        ("platlibdir", &settings.library_folder),
        ("float_repr_style", "short"),
        ("_framework", ""),
    ];
    for (name, text) in rows {
        let text = StrObject::new(cx, text);
        namespace.set_text(cx, name, text.value());
    }
    let git = ["Sidewinder", "", ""].map(|text| StrObject::new(cx, text));
    let git = TupleObject::from_owned(cx, git.into());
    namespace.set_text(cx, "_git", git.value());
    let prefix = settings.pycache_prefix.as_deref().map(|prefix| StrObject::new(cx, prefix));
    namespace.set_text(cx, "pycache_prefix", prefix.as_ref().map_or(singleton::none(), Owned::value));
    namespace.set_text(cx, "dont_write_bytecode", singleton::boolean(settings.dont_write_bytecode != 0));
}

fn add_numbers(cx: &mut Context, namespace: &DictObject) {
    let rows = [("maxsize", i64::MAX), ("maxunicode", 0x10ffff), ("hexversion", HEX_VERSION), ("api_version", 1013)];
    for (name, number) in rows {
        let number = int::from_i64(cx, number);
        namespace.set_text(cx, name, number.value());
    }
}

fn texts(cx: &mut Context, items: &[String]) -> Vec<Owned> {
    items.iter().map(|item| StrObject::new(cx, item)).collect()
}

/// A text of the system's; its bytes that are no UTF-8 become lone surrogates.
fn system_text(cx: &mut Context, bytes: &[u8]) -> Owned {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return StrObject::new(cx, text);
    }
    let encoded = BytesObject::new(cx, bytes);
    codec::decode(cx, encoded.value(), "utf-8", "surrogateescape").unwrap_or_else(|_| {
        drop(cx.take_pending());
        StrObject::new(cx, &String::from_utf8_lossy(bytes))
    })
}

fn add_collections(cx: &mut Context, namespace: &DictObject) {
    let settings = cx.interpreter().options.settings.clone();
    let items = settings.arguments.iter().map(|argument| system_text(cx, argument)).collect();
    let arguments = ListObject::new(cx, items);
    namespace.set_text(cx, "argv", arguments.value());
    let items = std::env::args_os().map(|argument| system_text(cx, argument.as_bytes())).collect();
    let original = ListObject::new(cx, items);
    namespace.set_text(cx, "orig_argv", original.value());
    let items = texts(cx, &settings.warn_options);
    let filters = ListObject::new(cx, items);
    namespace.set_text(cx, "warnoptions", filters.value());
    let words = DictObject::new(cx);
    for (name, value) in &settings.x_options {
        let value = match value {
            Some(value) => StrObject::new(cx, value),
            None => Owned::new(singleton::true_()),
        };
        dict::of(words.value()).set_text(cx, name, value.value());
    }
    namespace.set_text(cx, "_xoptions", words.value());
    for name in ["path", "path_hooks", "meta_path"] {
        let list = ListObject::new(cx, Vec::new());
        namespace.set_text(cx, name, list.value());
    }
    let importers = DictObject::new(cx);
    namespace.set_text(cx, "path_importer_cache", importers.value());
    let mut names: Vec<String> = crate::registry::native_names(cx).map(ToString::to_string).collect();
    names.sort();
    let items = texts(cx, &names);
    let names = TupleObject::from_owned(cx, items);
    namespace.set_text(cx, "builtin_module_names", names.value());
    let library: Vec<Owned> = super::library_names::NAMES.split(' ').map(|name| str::intern(cx, name)).collect();
    let library = set::frozen_from_constants(cx, &library);
    namespace.set_text(cx, "stdlib_module_names", library.value());
    let modules = Owned::new(cx.interpreter().modules.value());
    namespace.set_text(cx, "modules", modules.value());
}

/// An item of a named tuple.
enum Item {
    Int(i64),
    Float(f64),
    Text(&'static str),
    Bool(bool),
}

fn add_sequence(
    cx: &mut Context,
    namespace: &DictObject,
    name: &str,
    kind: &'static StructSequence,
    items: &[Item],
) -> Result<Owned> {
    let items = items
        .iter()
        .map(|item| match item {
            Item::Int(number) => int::from_i64(cx, *number),
            Item::Float(number) => float::from_f64(cx, *number),
            Item::Text(text) => StrObject::new(cx, text),
            Item::Bool(truth) => Owned::new(singleton::boolean(*truth)),
        })
        .collect();
    let made = kind.make(cx, items)?;
    namespace.set_text(cx, name, made.value());
    Ok(made)
}

fn add_sequences(cx: &mut Context, namespace: &DictObject) -> Result<()> {
    use Item::{Bool, Float, Int, Text};
    let [major, minor, micro] = VERSION.map(Int);
    add_sequence(cx, namespace, "version_info", &VERSION_INFO, &[major, minor, micro, Text("final"), Int(0)])?;
    let floats = [
        Float(f64::MAX),
        Int(f64::MAX_EXP as i64),
        Int(f64::MAX_10_EXP as i64),
        Float(f64::MIN_POSITIVE),
        Int(f64::MIN_EXP as i64),
        Int(f64::MIN_10_EXP as i64),
        Int(f64::DIGITS as i64),
        Int(f64::MANTISSA_DIGITS as i64),
        Float(f64::EPSILON),
        Int(2),
        Int(1),
    ];
    add_sequence(cx, namespace, "float_info", &FLOAT_INFO, &floats)?;
    add_sequence(
        cx,
        namespace,
        "int_info",
        &INT_INFO,
        &[Int(30), Int(4), Int(DIGITS_MAX_DEFAULT as i64), Int(DIGITS_MAX_SMALLEST as i64)],
    )?;
    let hashes =
        [Int(64), Int((1 << 61) - 1), Int(314159), Int(0), Int(1000003), Text("siphash13"), Int(64), Int(128), Int(0)];
    add_sequence(cx, namespace, "hash_info", &HASH_INFO, &hashes)?;
    let threads = [StrObject::new(cx, "pthread"), StrObject::new(cx, "semaphore"), thread_library(cx)];
    let threads = THREAD_INFO.make(cx, threads.into())?;
    namespace.set_text(cx, "thread_info", threads.value());
    let optimize = cx.interpreter().options.optimize as i64;
    let settings = &cx.interpreter().options.settings;
    let flags = [
        Int(settings.debug),
        Int(settings.inspect),
        Int(settings.interactive),
        Int(optimize),
        Int(settings.dont_write_bytecode),
        Int(settings.no_user_site),
        Int(settings.no_site),
        Int(settings.ignore_environment),
        Int(settings.verbose),
        Int(settings.bytes_warning),
        Int(settings.quiet),
        Int(settings.hash_randomization),
        Int(settings.isolated),
        Bool(settings.dev_mode),
        Int(settings.utf8_mode),
        Int(settings.warn_default_encoding),
        Bool(settings.safe_path),
        Int(settings.int_max_str_digits),
        Int(1),
        Int(settings.thread_inherit_context),
        Int(settings.context_aware_warnings),
    ];
    add_sequence(cx, namespace, "flags", &FLAGS, &flags)?;
    add_implementation(cx, namespace)
}

/// The place of `int_max_str_digits` in `sys.flags`.
const DIGITS_FLAG: usize = 17;

/// Shows a new limit in `sys.flags`, if the program has left that there.
pub fn set_digits_flag(cx: &mut Context, digits: i32) -> Result<()> {
    let Some(system) = dict::of(cx.interpreter().modules.value()).get_text(cx, "sys") else { return Ok(()) };
    let Some(system) = system.cast::<module::ModuleObject>() else { return Ok(()) };
    let namespace = system.namespace();
    let Some(flags) = namespace.get_text(cx, "flags").filter(|flags| flags.has_type(&FLAGS.kind)) else {
        return Ok(());
    };
    let values = flags.cast::<TupleObject>().map_or(&[][..], TupleObject::as_slice);
    let mut items: Vec<Owned> = values.iter().map(|value| Owned::new(*value)).collect();
    items[DIGITS_FLAG] = int::from_i64(cx, digits as i64);
    for hidden in ["gil", "thread_inherit_context", "context_aware_warnings"] {
        items.push(attribute::get_text(cx, flags, hidden)?);
    }
    let flags = FLAGS.make(cx, items)?;
    namespace.set_text(cx, "flags", flags.value());
    Ok(())
}

/// Name and version of the C library's threads.
fn thread_library(cx: &mut Context) -> Owned {
    let mut buffer = [0u8; 64];
    // SAFETY: the buffer is as long as said.
    let length = unsafe { libc::confstr(libc::_CS_GNU_LIBPTHREAD_VERSION, buffer.as_mut_ptr().cast(), buffer.len()) };
    let text = &buffer[..length.saturating_sub(1).min(buffer.len())];
    StrObject::new(cx, &String::from_utf8_lossy(text))
}

fn add_implementation(cx: &mut Context, namespace: &DictObject) -> Result<()> {
    let name = cx.interpreter().options.settings.implementation.clone();
    let numbers = env!("CARGO_PKG_VERSION").split('.').map(|part| part.parse().unwrap_or(0));
    let numbers: Vec<i64> = numbers.take(3).collect();
    let hex_version = numbers.iter().fold(0, |number, part| number << 8 | part) << 8 | 0xf0;
    let mut items: Vec<Item> = numbers.into_iter().map(Item::Int).collect();
    items.extend([Item::Text("final"), Item::Int(0)]);
    let scratch_dict = DictObject::new(cx);
    let scratch = sidewinder_runtime::objects::dict::of(scratch_dict.value());
    let version = add_sequence(cx, scratch, "version", &VERSION_INFO, &items)?;
    let attributes = [
        ("name", StrObject::new(cx, &name)),
        ("cache_tag", StrObject::new(cx, "sidewinder-314")),
        ("version", version),
        ("hexversion", int::from_i64(cx, hex_version)),
        ("supports_isolated_interpreters", Owned::new(singleton::false_())),
        ("_multiarch", StrObject::new(cx, &format!("{}-linux-gnu", std::env::consts::ARCH))),
    ];
    let made = simple_namespace::make(cx, &attributes)?;
    namespace.set_text(cx, "implementation", made.value());
    Ok(())
}
