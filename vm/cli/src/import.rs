//! `sys.path` at the start.

use sidewinder_os::path;
use sidewinder_runtime::objects::module::PROGRAM_FOLDER;
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Result, Value};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Puts the script's directory first on `sys.path`.
pub fn prepend_path(cx: &mut Context, directory: &Path) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    let text = path::decode(cx, directory.as_os_str().as_bytes())?;
    call::call_method(cx, list.value(), "insert", &[Value::from_small_int(0), text.value()])?;
    cx.interpreter().native_objects.insert(PROGRAM_FOLDER, text);
    cx.interpreter().options.settings.program_folder = Some(directory.into());
    Ok(())
}

/// Appends the directories of `PYTHONPATH` to `sys.path`, of which an empty one is the current directory, and that of
/// the library.
pub fn append_path(cx: &mut Context, directories: &OsStr) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    for directory in std::env::split_paths(directories).filter(|_| !directories.is_empty()) {
        let directory: PathBuf = crate::source::absolute(directory.as_os_str()).components().collect();
        let text = path::decode(cx, directory.as_os_str().as_bytes())?;
        call::call_method(cx, list.value(), "append", &[text.value()])?;
    }
    let system = import::loaded(cx, "sys")?;
    let library = attribute::get_text(cx, system.value(), "_stdlib_dir")?;
    call::call_method(cx, list.value(), "append", &[library.value()])?;
    Ok(())
}
