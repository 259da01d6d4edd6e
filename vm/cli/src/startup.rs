//! What happens between the import system's start and the program, and after it.

use crate::arguments::Source;
use crate::interactive;
use crate::program::{self, Failure, Started};
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::exception::{KEYBOARD_INTERRUPT, MODULE_NOT_FOUND_ERROR};
use sidewinder_runtime::objects::module;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Imports what the settings ask for: `warnings` for filters, `site`.
pub fn prepare(cx: &mut Context) -> Result<()> {
    let settings = cx.interpreter().options.settings.clone();
    if let Some(importer) = crate::bootstrap::modules(cx).get_text(cx, "_imp").map(Owned::new)
        && settings.check_hash_based_pycs != "default"
    {
        let text = StrObject::new(cx, &settings.check_hash_based_pycs);
        attribute::set_text(cx, importer.value(), "check_hash_based_pycs", text.value())?;
    }
    let asked = |name: &str| settings.x_options.iter().any(|(word, _)| word == name);
    if asked("faulthandler") {
        start_module(cx, "faulthandler", "enable", None)?;
    }
    if let Some((_, frames)) = settings.x_options.iter().find(|(word, _)| word == "tracemalloc") {
        let frames = frames.as_ref().and_then(|frames| frames.parse().ok()).unwrap_or(1);
        if frames > 0 {
            start_module(cx, "tracemalloc", "start", Some(frames))?;
        }
    }
    if !settings.warn_options.is_empty() {
        import::module(cx, "warnings")?;
    }
    if settings.no_site == 0 {
        import::module(cx, "site")?;
    }
    Ok(())
}

/// Calls a function of a module that may not be there.
fn start_module(cx: &mut Context, name: &str, function: &str, argument: Option<i64>) -> Result<()> {
    match import::module(cx, name) {
        Ok(module) => {
            let argument = argument.map(Value::from_small_int);
            call::call_method(cx, module.value(), function, argument.as_slice()).map(drop)
        }
        Err(_) if cx.swallow(&MODULE_NOT_FOUND_ERROR) => {
            eprintln!("{}: -X {name} is ignored: there is no module {name}", crate::arguments::program());
            Ok(())
        }
        Err(raised) => Err(raised),
    }
}

/// Whether statements are read from standard input one by one.
pub fn is_interactive(cx: &Context) -> bool {
    cx.interpreter().options.settings.interactive != 0 || interactive::has_terminal()
}

/// Goes on interactively after the program, if that was asked for by `-i` or `PYTHONINSPECT`.
pub fn inspect(cx: &mut Context, source: &Source, result: Started<()>) -> Started<()> {
    let settings = &cx.interpreter().options.settings;
    let ignored = settings.ignore_environment != 0;
    let variable = || std::env::var_os("PYTHONINSPECT").is_some_and(|value| !value.is_empty());
    let asked = settings.inspect != 0 || !ignored && variable();
    if matches!(source, Source::Input) || !asked || !is_interactive(cx) || matches!(result, Err(Failure::Status(_))) {
        return result;
    }
    if let Err(Failure::Raised) = result {
        let raised = cx.take_pending();
        sidewinder_builtins::report_uncaught(cx, raised.value());
        if raised.value().type_of().is_subtype(&KEYBOARD_INTERRUPT) {
            sidewinder_builtins::write_error(cx, "\n");
        }
    }
    let main = dict::of(cx.interpreter().modules.value()).get_text(cx, "__main__").map(Owned::new);
    match main {
        Some(main) if main.value().cast::<module::ModuleObject>().is_some() => Ok(interactive::run(cx, main.value())?),
        _ => Ok(()),
    }
}

/// Whether a file is a zip archive: it ends with the record of one.
pub fn is_archive(bytes: &[u8]) -> bool {
    const RECORD: &[u8] = b"PK\x05\x06";
    const RECORD_BYTES: usize = 22;
    const COMMENT_BYTES_MAX: usize = 0xffff;
    let start = bytes.len().saturating_sub(RECORD_BYTES + COMMENT_BYTES_MAX);
    let Some(end) = bytes.len().checked_sub(RECORD_BYTES) else { return false };
    (start..=end).rev().any(|place| bytes[place..].starts_with(RECORD))
}

/// The program of `-c`, without an indentation that all its lines share.
pub fn command_text(text: &OsStr) -> Started<String> {
    let bytes = text.as_bytes();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let position = String::from_utf8_lossy(before).chars().count();
            let byte = bytes[error.valid_up_to()];
            eprintln!(
                "Unable to decode the command from the command line:\nUnicodeEncodeError: 'utf-8' codec can't encode \
                 character '\\udc{byte:02x}' in position {position}: surrogates not allowed"
            );
            return Err(Failure::Status(1));
        }
    };
    Ok(without_indentation(text) + "\n")
}

fn without_indentation(text: &str) -> String {
    let is_space = |character: char| character == ' ' || character == '\t';
    let lines = || text.split('\n').filter(|line| !line.trim_start_matches(is_space).is_empty());
    let margin = |line: &'_ str| line.len() - line.trim_start_matches(is_space).len();
    let Some(first) = lines().next() else { return text.to_string() };
    let mut shared = &first[..margin(first)];
    for line in lines() {
        let own = &line[..margin(line)];
        let same = own.bytes().zip(shared.bytes()).take_while(|(one, other)| one == other).count();
        shared = &shared[..same];
    }
    if shared.is_empty() {
        return text.to_string();
    }
    let stripped = text.split('\n').map(|line| line.strip_prefix(shared).unwrap_or(""));
    stripped.collect::<Vec<_>>().join("\n")
}

/// Runs a compiled file.
pub fn run_compiled(cx: &mut Context, file: &str, safe_path: bool) -> Started<()> {
    if !safe_path {
        let directory = std::path::Path::new(file).parent().unwrap_or(std::path::Path::new(""));
        crate::import::prepend_path(cx, &directory.to_string_lossy())?;
    }
    let main = program::make_main(cx, Some(&file.to_string()))?;
    let namespace = module::of(main.value()).namespace();
    let name = StrObject::new(cx, file);
    namespace.set_text(cx, "__file__", name.value());
    let loader = attribute::get_text(cx, main.value(), "__loader__")?;
    let own = StrObject::new(cx, "__main__");
    let code = call::call_method(cx, loader.value(), "get_code", &[own.value()])?;
    program::run_code(cx, code.value(), namespace, Value::UNBOUND)?;
    Ok(())
}
