//! The module `_warnings`: issues warnings. What they look like is the business of the library's `warnings`, which need
//! not be loaded before a warning is shown; filters and registries are those that its functions change.

mod filters;
mod issue;

use filters::State;
use issue::{Details, Place};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, singleton, str};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Warnings, and the filters that decide about them.
#[native_module("_warnings")]
mod rows {
    use super::*;

    /// Issues a warning, or maybe ignores it or raises it as an exception.
    #[function]
    fn warn(
        cx: &mut Context,
        #[named] message: Value,
        #[default(None)] category: Option<Value>,
        #[default(1)] stacklevel: i64,
        #[default(None)] source: Option<Value>,
        #[keyword]
        #[default(None, "()")]
        skip_file_prefixes: Option<&TupleObject>,
    ) -> Result<()> {
        let category = issue::category_of(cx, message, category)?;
        let prefixes = skip_file_prefixes.map(TupleObject::as_slice).unwrap_or_default();
        let mut skipped = Vec::new();
        for prefix in prefixes {
            match str::text(*prefix) {
                Some(prefix) => skipped.push(prefix.into_owned()),
                None => {
                    let message = format!("Found non-str '{}' in skip_file_prefixes.", prefix.type_of().name());
                    return Err(cx.type_error(message));
                }
            }
        }
        let level = if skipped.is_empty() { stacklevel } else { stacklevel.max(2) };
        let place = Place::of_caller(cx, level, &skipped)?;
        issue::issue(cx, &Details { message, category: category.value(), place: &place, source_line: None, source })
    }

    /// Issues a warning about a place in a file.
    #[function]
    #[allow(clippy::too_many_arguments, reason = "those of the function in Python")]
    fn warn_explicit(
        cx: &mut Context,
        #[named] message: Value,
        category: Value,
        filename: &StrObject,
        lineno: i64,
        #[default(Given(None), "<unrepresentable>")] module: Given<Value>,
        #[default(None)] registry: Option<Value>,
        #[default(None)] module_globals: Option<Value>,
        #[default(None)] source: Option<Value>,
    ) -> Result<()> {
        let source_line = match module_globals {
            None => None,
            Some(globals) => match globals.cast::<DictObject>() {
                Some(globals) => issue::source_line(cx, globals, lineno)?,
                None => {
                    let name = globals.type_of().name();
                    return Err(cx.type_error(format!("module_globals must be a dict, not '{name}'")));
                }
            },
        };
        let module = match module.0 {
            Some(module) => Owned::new(module),
            None => issue::module_of_file(cx, filename),
        };
        let registry = Owned::new(registry.unwrap_or(singleton::none()));
        let place = Place { file: Owned::new(Value::from_pointer(filename)), line: lineno, module, registry };
        issue::issue(cx, &Details { message, category, place: &place, source_line, source })
    }

    /// Notes that the filters have changed, so that nothing that was decided by them counts any more. The lock is held.
    #[function]
    fn _filters_mutated_lock_held(cx: &mut Context) -> Result<()> {
        let state = cx.state::<State>();
        if !state.is_locked_here(cx) {
            return Err(cx.raise(&exception::RUNTIME_ERROR, "warnings lock is not held"));
        }
        state.version.set(state.version.get() + 1);
        Ok(())
    }

    /// Takes the lock of filters and registries, once more if the thread has it.
    #[function]
    fn _acquire_lock(cx: &mut Context) -> Result<()> {
        cx.state::<State>().lock(cx)
    }

    /// Gives the lock back.
    #[function]
    fn _release_lock(cx: &mut Context) -> Result<()> {
        let state = cx.state::<State>();
        if !state.is_locked_here(cx) {
            return Err(cx.raise(&exception::RUNTIME_ERROR, "cannot release un-acquired lock"));
        }
        state.unlock();
        Ok(())
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let namespace = module.namespace();
        let objects = filters::objects(cx)?;
        let rows = [
            ("filters", objects.filters.borrow().clone()),
            ("_onceregistry", objects.once.borrow().clone()),
            ("_defaultaction", objects.default_action.borrow().clone()),
            ("_warnings_context", objects.context.clone()),
        ];
        for (name, object) in rows {
            namespace.set_text(cx, name, object.value());
        }
        Ok(())
    }
}
