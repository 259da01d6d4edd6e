//! `sys.path`, and the module that `-m` names.

use sidewinder_runtime::objects::exception::{MODULE_NOT_FOUND_ERROR, raise_import_error};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::{attribute, call, import, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::path::{Path, PathBuf};

fn not_found(cx: &mut Context, name: &str, message: &str) -> Raised {
    let name = StrObject::new(cx, name);
    raise_import_error(cx, &MODULE_NOT_FOUND_ERROR, name.value(), message)
}

/// Directories to search: `sys.path`, or the package's `__path__`.
fn search_path(cx: &mut Context, parent: Option<Value>, name: &str, whole: &str) -> Result<Vec<PathBuf>> {
    let list = match parent {
        None => sidewinder_builtins::system_path(cx)?,
        Some(parent) => match attribute::get_text_optional(cx, parent, "__path__")? {
            Some(list) => list,
            None => {
                let package = name.rsplit_once('.').map_or("", |(package, _)| package);
                let message = format!("No module named '{whole}'; '{package}' is not a package");
                return Err(not_found(cx, name, &message));
            }
        },
    };
    let mut directories = Vec::new();
    for entry in iterate::collect(cx, list.value())? {
        if let Some(text) = str::text(entry.value()) {
            directories.push(PathBuf::from(if text.is_empty() { "." } else { &*text }));
        }
    }
    Ok(directories)
}

/// The file of a module in a directory, and the package's directory if it is a package.
fn find(directory: &Path, name: &str) -> Option<(PathBuf, Option<PathBuf>)> {
    let package = directory.join(name);
    let file = package.join("__init__.py");
    if file.is_file() {
        return Some((file, Some(package)));
    }
    let file = directory.join(format!("{name}.py"));
    file.is_file().then_some((file, None))
}

/// A module to run as the program.
pub enum Located {
    /// Its file, and the package it is in.
    File(PathBuf, String),
    /// What is wrong instead.
    Absent(String),
}

/// The file of the module that `-m` names; packages on the way are imported.
pub fn locate(cx: &mut Context, name: &str) -> Result<Located> {
    let (package, tail) = name.rsplit_once('.').unwrap_or(("", name));
    let parent = match package {
        "" => None,
        package => match import::module(cx, package) {
            Ok(parent) => Some(parent),
            Err(raised) if !cx.swallow(&MODULE_NOT_FOUND_ERROR) => return Err(raised),
            Err(_) => {
                let message = format!(
                    "Error while finding module specification for '{name}' (ModuleNotFoundError: No module named '{package}')"
                );
                return Ok(Located::Absent(message));
            }
        },
    };
    if parent.is_none() && sidewinder_builtins::is_native(cx, name) {
        return Ok(Located::Absent(format!("No code object available for {name}")));
    }
    let path = search_path(cx, parent.as_ref().map(Owned::value), name, name)?;
    match path.iter().find_map(|directory| find(directory, tail)) {
        None => Ok(Located::Absent(format!("No module named {name}"))),
        Some((file, None)) => Ok(Located::File(file, package.to_string())),
        Some((_, Some(folder))) => {
            import::module(cx, name)?;
            let file = folder.join("__main__.py");
            if file.is_file() {
                return Ok(Located::File(file, name.to_string()));
            }
            let message =
                format!("No module named {name}.__main__; '{name}' is a package and cannot be directly executed");
            Ok(Located::Absent(message))
        }
    }
}

/// Puts the script's directory first on `sys.path`.
pub fn prepend_path(cx: &mut Context, directory: &str) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    let text = StrObject::new(cx, directory);
    call::call_method(cx, list.value(), "insert", &[Value::from_small_int(0), text.value()])?;
    Ok(())
}

/// Appends the directories of `PYTHONPATH` to `sys.path`, of which an empty one is the current directory, and that of
/// the library.
pub fn append_path(cx: &mut Context, directories: &str) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    for directory in directories.split(':').filter(|_| !directories.is_empty()) {
        let directory = crate::source::absolute(directory);
        let text = StrObject::new(cx, directory.to_string_lossy().trim_end_matches('/'));
        call::call_method(cx, list.value(), "append", &[text.value()])?;
    }
    let system = import::loaded(cx, "sys")?;
    let library = attribute::get_text(cx, system.value(), "_stdlib_dir")?;
    call::call_method(cx, list.value(), "append", &[library.value()])?;
    Ok(())
}
