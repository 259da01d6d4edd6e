//! The slots of `object` and of `type`, and `__new__` of builtin types as Python sees it.

use super::Slot;
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::{Arguments, Native};
use crate::objects::type_object::{OBJECT, TypeObject, flags};
use crate::value::Value;

/// Flag of a class with abstract methods left, which cannot be instantiated.
pub const ABSTRACT: u32 = 1 << 30;

/// The row behind `__new__` of every builtin type; the function is bound to the type.
pub static NEW: Native = Native::with_keywords("__new__", new_wrapper, "");

/// `T.__new__(class, …)` for the builtin type `T`, which comes first as the function's receiver.
fn new_wrapper(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let Some(owner) = arguments.values[0].cast::<TypeObject>() else {
        return Err(cx.type_error("__new__() called with a receiver that is no type"));
    };
    let own_name = owner.name();
    let Some(class_value) = arguments.positionals().get(1).copied() else {
        return Err(cx.type_error(format!("{own_name}.__new__(): not enough arguments")));
    };
    let Some(class) = class_value.cast::<TypeObject>() else {
        let actual = class_value.type_of().name();
        return Err(cx.type_error(format!("{own_name}.__new__(X): X is not a type object ({actual})")));
    };
    if !class.is_subtype(owner) {
        let class = class.name();
        let message = format!("{own_name}.__new__({class}): {class} is not a subtype of {own_name}");
        return Err(cx.type_error(message));
    }
    let builtin = builtin_base(class);
    if super::address(builtin.slots(), Slot::New) != super::address(owner.slots(), Slot::New) {
        let (class, safe) = (class.name(), builtin.name());
        let message = format!("{own_name}.__new__({class}) is not safe, use {safe}.__new__()");
        return Err(cx.type_error(message));
    }
    match owner.slots().new {
        Some(new) => new(cx, class, arguments.without_first().without_first()),
        None => Err(cx.type_error(format!("cannot create '{own_name}' instances"))),
    }
}

/// The builtin type that decides the layout of a class.
pub fn builtin_base(class: &'static TypeObject) -> &'static TypeObject {
    let mut current = class;
    while current.has_flag(flags::HEAP) {
        match current.base.get() {
            Some(base) => current = base,
            None => return &OBJECT,
        }
    }
    current
}

/// `object`.
pub mod object_slots {
    use super::*;
    use crate::objects::method::address_hash;
    use crate::objects::slots::{CompareOp, Slots};
    use crate::objects::str::{self, StrObject};
    use crate::objects::{instance, singleton};
    use crate::operations::{attribute, convert, iterate};

    pub const SLOTS: Slots = Slots {
        repr: Some(repr),
        str: Some(convert::repr),
        hash: Some(|_, value| Ok(address_hash(value))),
        compare: Some(compare),
        get_attribute: Some(attribute::generic_get),
        set_attribute: Some(attribute::generic_set),
        new: Some(new),
        init: Some(init),
        ..Slots::EMPTY
    };

    /// `<module.Class object at 0x…>`
    fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
        let name = super::type_slots::display_name(cx, value.type_of())?;
        Ok(StrObject::new(cx, &format!("<{name} object at {:#x}>", value.0)))
    }

    /// Identity; `!=` is the opposite of the type's `==`.
    fn compare(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
        match op {
            CompareOp::Equal if a == b => Ok(Owned::new(singleton::true_())),
            CompareOp::NotEqual => {
                let function = a.type_of().slots().compare.unwrap_or(compare);
                let result = function(cx, a, b, CompareOp::Equal)?;
                if result.value() == singleton::not_implemented() {
                    return Ok(result);
                }
                let truth = convert::truth(cx, result.value())?;
                Ok(Owned::new(singleton::boolean(!truth)))
            }
            _ => Ok(Owned::new(singleton::not_implemented())),
        }
    }

    fn is_own_new(kind: &TypeObject) -> bool {
        super::super::address(kind.slots(), Slot::New) == super::super::address(&SLOTS, Slot::New)
    }

    fn is_own_init(kind: &TypeObject) -> bool {
        super::super::address(kind.slots(), Slot::Init) == super::super::address(&SLOTS, Slot::Init)
    }

    fn new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
        if !arguments.values.is_empty() {
            if !is_own_new(kind) {
                return Err(cx.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
            }
            if is_own_init(kind) {
                return Err(cx.type_error(format!("{}() takes no arguments", kind.name())));
            }
        }
        // Builtin types without a constructor of their own must not be filled with nothing.
        let builtin = builtin_base(kind);
        if !std::ptr::eq(builtin, &OBJECT.object) && !is_bare(builtin) {
            let name = kind.name();
            return Err(cx.type_error(format!("cannot create '{name}' instances")));
        }
        if kind.has_flag(ABSTRACT) {
            return Err(abstract_error(cx, kind));
        }
        let header = instance::allocate(cx, kind, 0);
        Ok(Owned::from_raw(Value::from_pointer(header)))
    }

    /// Whether a builtin type's objects are a header and nothing else, as those of `typing.Generic`.
    fn is_bare(builtin: &TypeObject) -> bool {
        builtin.has_flag(flags::BASE)
            && builtin.basic_bytes.get() == OBJECT.object.basic_bytes.get()
            && builtin.slots().size.is_none()
            && is_own_new(builtin)
    }

    #[cold]
    fn abstract_error(cx: &mut Context, kind: &'static TypeObject) -> crate::context::Raised {
        match abstract_message(cx, kind) {
            Ok(message) => cx.type_error(message),
            Err(raised) => raised,
        }
    }

    fn abstract_message(cx: &mut Context, kind: &'static TypeObject) -> Result<String> {
        let methods = attribute::get_text(cx, kind.value(), "__abstractmethods__")?;
        let items = iterate::collect(cx, methods.value())?;
        let mut names: Vec<String> =
            items.iter().filter_map(|item| str::text(item.value()).map(|text| text.into_owned())).collect();
        names.sort();
        let plural = if names.len() > 1 { "s" } else { "" };
        let list: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let (class, list) = (kind.name(), list.join(", "));
        Ok(format!(
            "Can't instantiate abstract class {class} without an implementation for abstract method{plural} {list}"
        ))
    }

    fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
        if arguments.values.is_empty() {
            return Ok(());
        }
        let kind = value.type_of();
        if !is_own_init(kind) {
            return Err(cx.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if is_own_new(kind) {
            let name = kind.name();
            let message = format!("{name}.__init__() takes exactly one argument (the instance to initialize)");
            return Err(cx.type_error(message));
        }
        Ok(())
    }
}

/// `type`. Its `__new__` and `__init__` are installed by the `builtins` crate.
pub mod type_slots {
    use super::*;
    use crate::heap::Header;
    use crate::heap::teardown::Children;
    use crate::hooks::Broken;
    use crate::objects::slots::Slots;
    use crate::objects::str::{self, StrObject};
    use crate::objects::type_object::TYPE;
    use crate::operations::attribute;

    pub const SLOTS: Slots = Slots {
        repr: Some(repr),
        call: Some(call),
        get_attribute: Some(attribute::type_get),
        set_attribute: Some(attribute::type_set),
        traverse: Some(traverse),
        release: Some(release),
        clear: Some(clear),
        ..Slots::EMPTY
    };

    /// The name with its module (unless that is `builtins`), as `repr` shows it.
    pub fn display_name(cx: &mut Context, kind: &'static TypeObject) -> Result<String> {
        let module = module_name(cx, kind);
        let name = qualified_name(cx, kind);
        Ok(match module {
            Some(module) if module != "builtins" => format!("{module}.{name}"),
            _ => name,
        })
    }

    /// The name with its module as messages show it, which leave out `__main__` too.
    pub fn full_name(cx: &mut Context, kind: &'static TypeObject) -> Result<String> {
        let name = display_name(cx, kind)?;
        Ok(name.strip_prefix("__main__.").map(String::from).unwrap_or(name))
    }

    /// `__module__` of a class, if it is a string. Builtin types outside `builtins` have it in their name.
    pub fn module_name(cx: &mut Context, kind: &TypeObject) -> Option<String> {
        let name = cx.interpreter().names.module;
        let found = kind.namespace(cx).get_interned(name);
        match found.filter(|found| kind.has_flag(flags::HEAP) || str::is_str(*found)) {
            Some(found) => str::text(found).map(|text| text.into_owned()),
            None if kind.has_flag(flags::HEAP) => None,
            None => kind.name().rsplit_once('.').map(|(module, _)| module.to_string()),
        }
    }

    /// `__name__` of a type: without the module that a builtin type's name may start with.
    pub fn plain_name(kind: &TypeObject) -> &'static str {
        let name = kind.name();
        if kind.has_flag(flags::HEAP) { name } else { name.rsplit('.').next().unwrap_or(name) }
    }

    /// `__qualname__` of a class.
    pub fn qualified_name(cx: &Context, kind: &TypeObject) -> String {
        let qualified = kind.state(cx).qualified_name.as_ref();
        match qualified.and_then(|name| str::text(name.value())) {
            Some(text) => text.into_owned(),
            None => plain_name(kind).to_string(),
        }
    }

    fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
        let Some(kind) = value.cast::<TypeObject>() else { return Ok(StrObject::new(cx, "<class ?>")) };
        let name = display_name(cx, kind)?;
        Ok(StrObject::new(cx, &format!("<class '{name}'>")))
    }

    /// Makes an instance: `__new__`, then `__init__` if that returned an instance of the class.
    fn call(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
        // SAFETY: (heap 2) the slot is called with types.
        let kind: &'static TypeObject = unsafe { value.cast_unchecked() };
        let _keep = Owned::new(value);
        if std::ptr::eq(kind, &TYPE.object) {
            if let ([single], []) = (arguments.values, arguments.names) {
                return Ok(Owned::new(single.type_of().value()));
            }
            if arguments.positionals().len() != 3 {
                return Err(cx.type_error("type() takes 1 or 3 arguments"));
            }
        }
        let Some(new) = kind.slots().new else {
            return Err(cx.type_error(format!("cannot create '{}' instances", kind.name())));
        };
        let made = new(cx, kind, arguments)?;
        let actual = made.value().type_of();
        if (std::ptr::eq(actual, kind) || actual.is_subtype(kind))
            && let Some(init) = actual.slots().init
        {
            init(cx, made.value(), arguments)?;
        }
        Ok(made)
    }

    unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
        // SAFETY: (heap 2) the slot is called with types.
        let kind = unsafe { &*(header as *const TypeObject) };
        if !kind.has_flag(flags::HEAP) {
            return;
        }
        let state = kind.state(Context::current());
        visit(state.namespace.value());
        state.bases.iter().for_each(|base| visit(base.value()));
        state.mro.iter().filter(|entry| !std::ptr::eq(**entry, kind)).for_each(|entry| visit(entry.value()));
        if let Some(name) = &state.qualified_name {
            visit(name.value());
        }
        state.slot_names.iter().flatten().for_each(|name| visit(name.value()));
        state.metaclass_state.iter().for_each(|held| visit(held.value()));
    }

    unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
        // SAFETY: (heap 2) the slot is called with types.
        let kind = unsafe { &*(header as *const TypeObject) };
        let cx = Context::current();
        if kind.has_flag(flags::WATCHED) {
            (cx.interpreter().hooks.broken)(cx, Broken::TypeVersion(kind.version.get()));
        }
        let Some(state) = kind.detach_state() else { return };
        for base in &state.bases {
            if let Some(base) = base.value().cast::<TypeObject>() {
                base.state(cx).subclasses.retain(|subclass| !std::ptr::eq(*subclass, kind));
            }
        }
        cx.interpreter().shapes.remove(&state.shapes);
        for entry in state.mro.iter().filter(|entry| !std::ptr::eq(**entry, kind)) {
            children.push(entry.value());
        }
        state.bases.into_iter().for_each(|base| children.push(base.into_raw()));
        state.slot_names.into_iter().flatten().for_each(|name| children.push(name.into_raw()));
        if let Some(held) = state.metaclass_state {
            children.push(held.into_raw());
        }
        if let Some(name) = state.qualified_name {
            children.push(name.into_raw());
        }
        children.push(state.namespace.into_raw());
    }

    /// Empties the namespace, through which a class is in cycles with its methods and descriptors.
    unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
        // SAFETY: (heap 2) the slot is called with types.
        let kind = unsafe { &*(header as *const TypeObject) };
        if !kind.has_flag(flags::HEAP) {
            return;
        }
        let cx = Context::current();
        kind.modified(cx);
        let namespace = kind.state(cx).namespace.value();
        if let Some(clear) = namespace.type_of().slots().clear {
            // SAFETY: the namespace is a live dict.
            unsafe { clear(namespace.header(), children) };
        }
    }
}
