//! `sys.path` at the start.

use sidewinder_runtime::objects::module::PROGRAM_FOLDER;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Result, Value};

/// Puts the script's directory first on `sys.path`.
pub fn prepend_path(cx: &mut Context, directory: &str) -> Result<()> {
    let list = sidewinder_builtins::system_path(cx)?;
    let text = StrObject::new(cx, directory);
    call::call_method(cx, list.value(), "insert", &[Value::from_small_int(0), text.value()])?;
    cx.interpreter().native_objects.insert(PROGRAM_FOLDER, text);
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
