//! Finding modules: builtin ones, then files and packages on `sys.path`.

use crate::bootstrap::modules;
use crate::program::{compile, namespace_of, run_code};
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::exception::{MODULE_NOT_FOUND_ERROR, raise_import_error};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{code, module, singleton};
use sidewinder_runtime::operations::{attribute, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::path::{Path, PathBuf};

/// The hook behind the import statements: the module of an absolute name, parents first.
pub fn import(cx: &mut Context, name: &str) -> Result<Owned> {
    let mut parent: Option<Owned> = None;
    let mut end = 0;
    loop {
        end = name[end..].find('.').map_or(name.len(), |offset| end + offset);
        let prefix = &name[..end];
        let module = import_one(cx, prefix, parent.as_ref().map(Owned::value), name)?;
        if end == name.len() {
            return Ok(module);
        }
        parent = Some(module);
        end += 1;
    }
}

fn import_one(cx: &mut Context, name: &str, parent: Option<Value>, whole: &str) -> Result<Owned> {
    if let Some(found) = modules(cx).get_text(cx, name) {
        if found == singleton::none() {
            let message = format!("import of {name} halted; None in sys.modules");
            return Err(not_found(cx, name, &message));
        }
        return Ok(Owned::new(found));
    }
    let tail = name.rsplit('.').next().unwrap_or(name);
    if parent.is_none()
        && let Some(module) = sidewinder_builtins::import(cx, name)?
    {
        return Ok(module);
    }
    let path = search_path(cx, parent, name, whole)?;
    let found =
        path.iter().find_map(|directory| find(directory, tail)).map(|(file, package)| Found::File(file, package));
    let found = found.or_else(|| sidewinder_library::find(name).map(Found::Library));
    if let Some(found) = found.or_else(|| find_folder(&path, tail)) {
        let module = load(cx, name, found)?;
        if let Some(parent) = parent {
            attribute::set_text(cx, parent, tail, module.value())?;
        }
        return Ok(module);
    }
    let message = format!("No module named '{name}'");
    Err(not_found(cx, name, &message))
}

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

/// Where a module was found.
enum Found {
    /// A file, and the folder of a package.
    File(PathBuf, Option<PathBuf>),
    /// A folder without `__init__.py`.
    Folder(PathBuf),
    Library(sidewinder_library::Module),
}

impl Found {
    /// Its `__file__`, and the folder of a package.
    fn paths(&self) -> (Option<String>, Option<PathBuf>) {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        match self {
            Found::File(file, package) => (Some(text(file)), package.clone()),
            Found::Folder(folder) => (None, Some(folder.clone())),
            Found::Library(module) => {
                let file = Path::new(LIBRARY_FOLDER).join(module.path());
                let package = file.parent().filter(|_| module.is_package()).map(Path::to_path_buf);
                (Some(text(&file)), package)
            }
        }
    }
}

/// Where embedded modules say that they are.
const LIBRARY_FOLDER: &str = "/usr/lib/python3.14";

/// A folder without `__init__.py`: a package when nothing else has the name.
fn find_folder(path: &[PathBuf], name: &str) -> Option<Found> {
    path.iter().map(|directory| directory.join(name)).find(|folder| folder.is_dir()).map(Found::Folder)
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
        package => match import(cx, package) {
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
    if parent.is_none() && sidewinder_builtins::import(cx, name)?.is_some() {
        return Ok(Located::Absent(format!("No code object available for {name}")));
    }
    let path = search_path(cx, parent.as_ref().map(Owned::value), name, name)?;
    match path.iter().find_map(|directory| find(directory, tail)) {
        None => Ok(Located::Absent(format!("No module named {name}"))),
        Some((file, None)) => Ok(Located::File(file, package.to_string())),
        Some((_, Some(folder))) => {
            import(cx, name)?;
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

/// Makes the module, enters it into `sys.modules` and runs its code; a failed one is taken out again.
fn load(cx: &mut Context, name: &str, found: Found) -> Result<Owned> {
    let (file, package) = found.paths();
    let module = module::new(cx, name)?;
    let namespace = namespace_of(module.value());
    let set = |cx: &mut Context, key: &str, text: &str| {
        let value = StrObject::new(cx, text);
        namespace.set_text(cx, key, value.value());
    };
    let parent = name.rsplit_once('.').map_or("", |(parent, _)| parent);
    set(cx, "__package__", if package.is_some() { name } else { parent });
    if let Some(directory) = package {
        let text = StrObject::new(cx, &directory.to_string_lossy());
        let list = ListObject::new(cx, vec![text]);
        namespace.set_text(cx, "__path__", list.value());
    }
    modules(cx).set_text(cx, name, module.value());
    let Some(file_name) = file else { return Ok(module) };
    set(cx, "__file__", &file_name);
    namespace.set_text(cx, "__initializing__", singleton::true_());
    let result = execute(cx, &found, &file_name, namespace);
    let marker = str::intern(cx, "__initializing__");
    let _ = namespace.remove(cx, marker.value());
    if let Err(raised) = result {
        let key = str::intern(cx, name);
        let pending = cx.take_pending();
        let _ = modules(cx).remove(cx, key.value());
        cx.raise_value(pending);
        return Err(raised);
    }
    let found = modules(cx).get_text(cx, name).unwrap_or(module.value());
    Ok(Owned::new(found))
}

fn execute(cx: &mut Context, found: &Found, file_name: &str, namespace: &dict::DictObject) -> Result<()> {
    if let Found::Library(module) = found {
        let code = match module.code(file_name) {
            Some(data) => code::new(cx, data.into()),
            None => compile(cx, &module.source(), file_name, "exec")?,
        };
        run_code(cx, code.value(), namespace, Value::UNBOUND)?;
        return Ok(());
    }
    let bytes = match std::fs::read(file_name) {
        Ok(bytes) => bytes,
        Err(error) => {
            let number = error.raw_os_error().unwrap_or(0);
            return Err(sidewinder_runtime::objects::exception::raise_os_error(cx, number, Some(file_name)));
        }
    };
    let source = crate::source::decode(cx, &bytes, file_name)?;
    let code = compile(cx, &source, file_name, "exec")?;
    run_code(cx, code.value(), namespace, Value::UNBOUND)?;
    Ok(())
}

/// Puts the script's directory first on `sys.path`.
pub fn prepend_path(cx: &mut Context, directory: &str) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    let text = StrObject::new(cx, directory);
    sidewinder_runtime::operations::call::call_method(
        cx,
        list.value(),
        "insert",
        &[Value::from_small_int(0), text.value()],
    )?;
    Ok(())
}

/// Appends the directories of `PYTHONPATH` to `sys.path`; an empty one is the current directory.
pub fn append_path(cx: &mut Context, directories: &str) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    for directory in directories.split(':').filter(|_| !directories.is_empty()) {
        let directory = crate::source::absolute(directory);
        let text = StrObject::new(cx, directory.to_string_lossy().trim_end_matches('/'));
        sidewinder_runtime::operations::call::call_method(cx, list.value(), "append", &[text.value()])?;
    }
    Ok(())
}
