//! The filters of warnings, and the registries that remember what was shown.

use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{
    self, DEPRECATION_WARNING, IMPORT_WARNING, PENDING_DEPRECATION_WARNING, RESOURCE_WARNING,
};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, compare, convert, instance};
use sidewinder_runtime::threads::wait::Lock;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use sidewinder_threads::context_variables::ContextVariable;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What the module keeps for an interpreter.
pub struct State {
    /// Changes with the filters; registries are emptied that know another one.
    pub version: Cell<i64>,
    lock: Lock,
    /// The thread that has the lock, and how many times.
    holder: Cell<(u64, u32)>,
    objects: RefCell<Option<Rc<Objects>>>,
}

/// Filters and registries. The library's `warnings` names them, too, and may put others in their place; those that were
/// seen there last count when the names are gone.
pub struct Objects {
    pub filters: RefCell<Owned>,
    pub once: RefCell<Owned>,
    pub default_action: RefCell<Owned>,
    pub context: Owned,
}

impl Default for State {
    fn default() -> State {
        State { version: Cell::new(1), lock: Lock::default(), holder: Cell::new((0, 0)), objects: RefCell::new(None) }
    }
}

impl State {
    /// Whether the calling thread has the lock.
    pub fn is_locked_here(&self, cx: &Context) -> bool {
        let (thread, times) = self.holder.get();
        times > 0 && thread == cx.thread_identifier()
    }

    /// Takes the lock.
    pub fn lock(&self, cx: &mut Context) -> Result<()> {
        if self.is_locked_here(cx) {
            let (thread, times) = self.holder.get();
            self.holder.set((thread, times + 1));
            return Ok(());
        }
        self.lock.acquire(cx, None)?;
        self.holder.set((cx.thread_identifier(), 1));
        Ok(())
    }

    /// Gives back the lock, which the calling thread has.
    pub fn unlock(&self) {
        let (thread, times) = self.holder.get();
        self.holder.set((thread, times - 1));
        if times == 1 {
            self.lock.release();
        }
    }
}

/// The objects of the interpreter, made when they are first asked for.
pub fn objects(cx: &mut Context) -> Result<Rc<Objects>> {
    let state = cx.state::<State>();
    if let Some(objects) = &*state.objects.borrow() {
        return Ok(objects.clone());
    }
    let rows: [(&str, &'static TypeObject, Option<&str>); 5] = [
        ("default", &DEPRECATION_WARNING, Some("__main__")),
        ("ignore", &DEPRECATION_WARNING, None),
        ("ignore", &PENDING_DEPRECATION_WARNING, None),
        ("ignore", &IMPORT_WARNING, None),
        ("ignore", &RESOURCE_WARNING, None),
    ];
    let none = || Owned::new(singleton::none());
    let mut filters = Vec::new();
    for (action, category, module) in rows {
        let action = str::intern(cx, action);
        let module = module.map_or_else(none, |module| str::intern(cx, module));
        let line = Owned::new(Value::from_small_int(0));
        filters.push(TupleObject::from_owned(cx, vec![action, none(), Owned::new(category.value()), module, line]));
    }
    let objects = Rc::new(Objects {
        filters: RefCell::new(ListObject::new(cx, filters)),
        once: RefCell::new(DictObject::new(cx)),
        default_action: RefCell::new(str::intern(cx, "default")),
        context: ContextVariable::named(cx, "_warnings_context")?,
    });
    *state.objects.borrow_mut() = Some(objects.clone());
    Ok(objects)
}

/// An attribute of the library's `warnings`, if that was loaded.
pub fn library_attribute(cx: &mut Context, name: &str) -> Result<Option<Owned>> {
    let modules = Owned::new(cx.interpreter().modules.value());
    let Some(modules) = modules.value().cast::<DictObject>() else { return Ok(None) };
    match modules.get_text(cx, "warnings").map(Owned::new) {
        Some(module) => attribute::get_text_optional(cx, module.value(), name),
        None => Ok(None),
    }
}

/// What the library's `warnings` has under a name, or what it had last.
fn current(cx: &mut Context, name: &str, last: &RefCell<Owned>) -> Result<Owned> {
    if let Some(found) = library_attribute(cx, name)? {
        drop(last.replace(found));
    }
    Ok(last.borrow().clone())
}

/// The filters that are in force: those of the context, if contexts have their own, or those of the module.
fn filters(cx: &mut Context) -> Result<Owned> {
    let own = objects(cx)?;
    if cx.interpreter().options.settings.context_aware_warnings != 0 {
        let found = call::call_method(cx, own.context.value(), "get", &[singleton::none()])?;
        if found.value() != singleton::none() {
            return attribute::get_text(cx, found.value(), "_filters");
        }
    }
    current(cx, "filters", &own.filters)
}

/// What the first filter that matches says, and the filter.
pub fn action_for(
    cx: &mut Context,
    category: Value,
    text: Value,
    line: i64,
    module: Value,
) -> Result<(Owned, Option<Owned>)> {
    let list = filters(cx)?;
    let Some(list) = list.value().cast::<ListObject>() else {
        return Err(cx.value_error("_warnings.filters must be a list"));
    };
    let mut index = 0;
    // The comparisons run Python, which may change the list.
    while let Some(item) = list.as_slice().get(index).copied().map(Owned::new) {
        let fields = item.value().cast::<TupleObject>().map(TupleObject::as_slice);
        let Some(&[action, message, class, name, number]) = fields else {
            return Err(cx.value_error(format!("warnings.filters item {index} isn't a 5-tuple")));
        };
        if !str::is_str(action) {
            let kind = action.type_of().name();
            return Err(cx.type_error(format!("action must be a string, not '{kind}'")));
        }
        let number = convert::index_i64(cx, number)?;
        if instance::is_subclass(cx, category, class)?
            && matches(cx, message, text)?
            && matches(cx, name, module)?
            && (number == 0 || number == line)
        {
            return Ok((Owned::new(action), Some(item)));
        }
        index += 1;
    }
    let own = objects(cx)?;
    let action = current(cx, "defaultaction", &own.default_action)?;
    if !str::is_str(action.value()) {
        let kind = action.value().type_of().name();
        return Err(cx.type_error(format!("_warnings.defaultaction must be a string, not '{kind}'")));
    }
    Ok((action, None))
}

/// Whether a part of a filter lets a text pass: `None` does, a text must be the same, a pattern must match.
fn matches(cx: &mut Context, pattern: Value, text: Value) -> Result<bool> {
    if pattern == singleton::none() {
        return Ok(true);
    }
    if str::cast(pattern).is_some_and(StrObject::is_exact) {
        if !str::is_str(text) {
            let kind = text.type_of().name();
            return Err(cx.type_error(format!("Can't compare str and {kind}")));
        }
        return compare::equals(cx, pattern, text);
    }
    let found = call::call_method(cx, pattern, "match", &[text])?;
    convert::truth(cx, found.value())
}

/// The registry of warnings that are shown once in the whole program.
pub fn once_registry(cx: &mut Context) -> Result<Owned> {
    let own = objects(cx)?;
    let registry = current(cx, "onceregistry", &own.once)?;
    if registry.value().cast::<DictObject>().is_none() {
        let kind = registry.value().type_of().name();
        return Err(cx.type_error(format!("_warnings.onceregistry must be a dict, not '{kind}'")));
    }
    Ok(registry)
}

/// Whether a registry knows a warning. One that was written under other filters is emptied, and then knows nothing.
pub fn is_known(cx: &mut Context, registry: Value, key: Value) -> Result<bool> {
    let version = cx.state::<State>().version.get();
    let registry = dict::of(registry);
    if registry.get_text(cx, "version").and_then(int::as_i64) != Some(version) {
        registry.clear(cx);
        let version = int::from_i64(cx, version);
        registry.set_text(cx, "version", version.value());
        return Ok(false);
    }
    match registry.get(cx, key)? {
        Some(known) => {
            let known = Owned::new(known);
            convert::truth(cx, known.value())
        }
        None => Ok(false),
    }
}

/// The same; notes the warning.
pub fn note(cx: &mut Context, registry: Value, key: Value) -> Result<bool> {
    let known = is_known(cx, registry, key)?;
    if !known {
        dict::of(registry).set(cx, key, singleton::true_())?;
    }
    Ok(known)
}

/// The error of a filter with an action that nobody knows.
pub fn refuse_action(cx: &mut Context, action: Value, item: Option<&Owned>) -> Result<()> {
    let action = convert::repr(cx, action)?;
    let item = convert::repr(cx, item.map_or(singleton::none(), Owned::value))?;
    let (action, item) = (str::text(action.value()).unwrap_or_default(), str::text(item.value()).unwrap_or_default());
    let message = format!("Unrecognized action ({action}) in warnings.filters:\n {item}");
    Err(cx.raise(&exception::RUNTIME_ERROR, message))
}
