//! "Did you mean": the known name that is closest to a wrong one.

use sidewinder_runtime::objects::exception::{self, special as field, types};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::traceback::TracebackObject;
use sidewinder_runtime::operations::suggestion::closest;
use sidewinder_runtime::operations::{call, iterate};
use sidewinder_runtime::{Context, Owned, Value};

/// What to add to the message of an `AttributeError` or `NameError`.
pub fn suggest(cx: &mut Context, exception: Value) -> Option<String> {
    let kind = exception.type_of();
    let own = exception::of(exception);
    if kind.is_subtype(&types::ATTRIBUTE_ERROR) {
        let name = str::text(own.field(field::ATTRIBUTE_NAME)?)?.into_owned();
        let object = Owned::new(own.field(field::ATTRIBUTE_OBJECT)?);
        let hides_private = !name.starts_with('_');
        let mut names = directory(cx, object.value())?;
        names.retain(|candidate| !hides_private || !candidate.starts_with('_'));
        return closest(&name, names.iter().map(String::as_str)).map(|found| format!(". Did you mean: '{found}'?"));
    }
    if kind.is_subtype(&types::NAME_ERROR) {
        let name = str::text(own.field(field::NAME_NAME)?)?.into_owned();
        let mut names = frame_names(exception);
        let builtins = cx.builtins();
        for index in 0..builtins.entry_count() {
            if let Some((key, _)) = builtins.entry(index) {
                names.extend(str::text(key).map(|text| text.into_owned()));
            }
        }
        return closest(&name, names.iter().map(String::as_str)).map(|found| format!(". Did you mean: '{found}'?"));
    }
    None
}

/// The names in `dir(object)`; nothing if that fails.
fn directory(cx: &mut Context, object: Value) -> Option<Vec<String>> {
    let listed = call::call_method(cx, object, "__dir__", &[]).and_then(|names| iterate::collect(cx, names.value()));
    match listed {
        Ok(items) => {
            let mut names: Vec<String> =
                items.iter().filter_map(|item| str::text(item.value()).map(|text| text.into_owned())).collect();
            names.sort();
            Some(names)
        }
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    }
}

/// Names of the locals and globals of the innermost frame.
fn frame_names(exception: Value) -> Vec<String> {
    let mut last = exception::of(exception).traceback().and_then(|first| first.cast_exact::<TracebackObject>());
    while let Some(next) = last.and_then(TracebackObject::next) {
        last = Some(next);
    }
    let Some(entry) = last else { return Vec::new() };
    let data = &entry.code().data;
    let locals = data.local_names.iter().filter(|name| !name.starts_with('.'));
    let mut names: Vec<String> = locals.chain(data.free_names.iter()).map(|name| name.to_string()).collect();
    if let Some(function) = entry.function.cast_exact::<FunctionObject>() {
        let globals = function.globals();
        let keys = (0..globals.entry_count()).filter_map(|index| globals.entry(index));
        names.extend(keys.filter_map(|(key, _)| str::text(key).map(|text| text.into_owned())));
    }
    names
}
