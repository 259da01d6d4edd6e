//! Modules: a namespace with attributes.

use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::dict::{self, DictObject};
use crate::objects::iterator::arguments::bad_argument;
use crate::objects::iterator::arguments::unexpected_keyword;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, instance, set, singleton};
use crate::operations::{attribute, call, convert, subscript};
use crate::value::Value;
use std::cell::Cell;

/// A module.
#[repr(C)]
pub struct ModuleObject {
    pub header: Header,
    /// The namespace, owned. Compiled code reads it by offset.
    pub dict: Cell<Value>,
    /// Whether the module is written in Rust, which its `repr` tells.
    pub builtin: Cell<bool>,
}

const _: () = assert!(std::mem::offset_of!(ModuleObject, dict) == 16);

pub static MODULE: StaticType = Immortal::new(
    TypeObject::builtin(
        "module",
        size_of::<ModuleObject>(),
        Slots {
            repr: Some(repr),
            get_attribute: Some(get_attribute),
            set_attribute: Some(set_attribute),
            new: Some(new_empty),
            init: Some(init),
            traverse: Some(traverse),
            release: Some(release),
            // What is in cycles through a module is in cycles through its namespace, which may outlive it.
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::HAS_WEAK | flags::HAS_DICT)
    .with_doc("Create a module object.\n\nThe name must be a string; the optional docstring can have any type."),
);

crate::object_type!(ModuleObject, MODULE);

impl ModuleObject {
    /// The module's namespace.
    #[inline(always)]
    pub fn namespace(&self) -> &'static DictObject {
        dict::of(self.dict.get())
    }

    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }
}

fn allocate(cx: &mut Context, kind: &'static TypeObject) -> Owned {
    let namespace = DictObject::new(cx);
    let header = instance::allocate(cx, kind, 0);
    let module = header as *mut ModuleObject;
    // SAFETY: (heap 3) fresh memory of a ModuleObject; the header is kept.
    unsafe {
        (&raw mut (*module).dict).write(Cell::new(namespace.into_raw()));
        (&raw mut (*module).builtin).write(Cell::new(false));
    }
    Owned::from_raw(Value::from_pointer(header))
}

/// A module with the usual names set (`__name__`, `__doc__`, `__package__`, `__loader__`, `__spec__`).
pub fn new(cx: &mut Context, name: &str) -> Result<Owned> {
    let module = allocate(cx, &MODULE);
    let name = str::intern(cx, name);
    fill(cx, of(module.value()), name.value(), singleton::none())?;
    Ok(module)
}

/// A module written in Rust.
pub fn new_builtin(cx: &mut Context, name: &str) -> Result<Owned> {
    let module = new(cx, name)?;
    of(module.value()).builtin.set(true);
    Ok(module)
}

fn fill(cx: &mut Context, module: &ModuleObject, name: Value, doc: Value) -> Result<()> {
    let none = singleton::none();
    let names = &cx.interpreter().names;
    let rows = [(names.name, name), (names.doc, doc), (names.package, none), (names.loader, none), (names.spec, none)];
    for (key, value) in rows {
        module.namespace().set(cx, key, value)?;
    }
    Ok(())
}

/// The module of a value known to be one.
pub fn of(value: Value) -> &'static ModuleObject {
    // SAFETY: (heap 2) callers have checked the type.
    unsafe { value.cast_unchecked() }
}

fn new_empty(cx: &mut Context, kind: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
    Ok(allocate(cx, kind))
}

fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    let positionals = arguments.positionals();
    let mut name = positionals.first().copied();
    let mut doc = positionals.get(1).copied();
    for (key, given) in arguments.keywords() {
        match str::text(key).as_deref() {
            Some("name") => name = Some(given),
            Some("doc") => doc = Some(given),
            _ => return Err(unexpected_keyword(cx, "module", key, ["name", "doc"])),
        }
    }
    if positionals.len() > 2 {
        let count = positionals.len();
        return Err(cx.type_error(format!("module() takes at most 2 arguments ({count} given)")));
    }
    let Some(name) = name else {
        return Err(cx.type_error("module() missing required argument 'name' (pos 1)"));
    };
    if !str::is_str(name) {
        return Err(bad_argument(cx, "module() argument 'name'", "str", name));
    }
    fill(cx, of(value), name, doc.unwrap_or(singleton::none()))
}

/// The namespace entry, a data descriptor of the module's type first, then the module's own `__getattr__`.
fn get_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    let kind = value.type_of();
    let module = of(value);
    let entry = kind.lookup(cx, name);
    if let Some(entry) = entry {
        let slots = entry.type_of().slots();
        if let Some(bind) = slots.descriptor_get
            && slots.descriptor_set.is_some()
        {
            let entry = Owned::new(entry);
            return match bind(cx, entry.value(), value, kind) {
                Err(_) if cx.swallow(&exception::ATTRIBUTE_ERROR) => ask_module(cx, value, name),
                found => found,
            };
        }
    }
    if let Some(found) = module.namespace().get_interned(name) {
        return Ok(Owned::new(found));
    }
    if let Some(entry) = entry {
        let entry = Owned::new(entry);
        return match entry.value().type_of().slots().descriptor_get {
            Some(bind) => bind(cx, entry.value(), value, kind),
            None => Ok(entry),
        };
    }
    ask_module(cx, value, name)
}

/// What the module's own `__getattr__` says, or the error for an attribute that is not there.
fn ask_module(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    let module = of(value);
    let getattr = cx.interpreter().names.getattr;
    if let Some(function) = module.namespace().get_interned(getattr).map(Owned::new) {
        return call::call(cx, function.value(), &[name]);
    }
    Err(missing(cx, value, name))
}

#[cold]
fn missing(cx: &mut Context, value: Value, name: Value) -> Raised {
    match missing_message(cx, value, name) {
        Ok(message) => exception::raise_attribute_error(cx, value, name, &message),
        Err(raised) => raised,
    }
}

/// What the error says of an attribute that is not there, with what may be the reason.
fn missing_message(cx: &mut Context, value: Value, name: Value) -> Result<String> {
    let text = str::text(name).unwrap_or_default().into_owned();
    let (own, spec) = (cx.interpreter().names.name, cx.interpreter().names.spec);
    let own = of(value).namespace().get_interned(own).filter(|own| str::is_str(*own)).map(Owned::new);
    let Some(own) = own else { return Ok(format!("module has no attribute '{text}'")) };
    let module = str::text(own.value()).unwrap_or_default().into_owned();
    let plain = format!("module '{module}' has no attribute '{text}'");
    let Some(spec) = of(value).namespace().get_interned(spec).map(Owned::new) else { return Ok(plain) };
    let origin = origin(cx, spec.value())?;
    let place = origin.as_ref().and_then(|origin| str::text(origin.value())).unwrap_or_default().into_owned();
    let why = hindrance(cx, Some(own.value()), Some(spec.value()), origin.as_ref().map(|origin| origin.value()))?;
    Ok(match why {
        Hindrance::ShadowsLibrary => format!(
            "{plain} (consider renaming '{place}' since it has the same name as the standard library module named \
             '{module}' and prevents importing that standard library module)"
        ),
        Hindrance::MayShadow => {
            format!("{plain} (consider renaming '{place}' if it has the same name as a library you intended to import)")
        }
        Hindrance::Circular => {
            let place = if origin.is_some() { format!(" from '{place}'") } else { String::new() };
            format!(
                "partially initialized module '{module}'{place} has no attribute '{text}' \
                 (most likely due to a circular import)"
            )
        }
        Hindrance::None if is_uninitialized_submodule(cx, spec.value(), name)? => {
            format!("cannot access submodule '{text}' of module '{module}' (most likely due to a circular import)")
        }
        Hindrance::None => plain,
    })
}

/// Why a module may not have a name that it should.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    None,
    /// It lies beside the program and hides a module of the library.
    ShadowsLibrary,
    /// It lies beside the program, and is still being run.
    MayShadow,
    /// It is still being run: somebody imports it in a circle.
    Circular,
}

/// Why a module with this name, `__spec__` and origin may not have something.
pub fn hindrance(
    cx: &mut Context,
    own: Option<Value>,
    spec: Option<Value>,
    origin: Option<Value>,
) -> Result<Hindrance> {
    let may_shadow = origin.and_then(str::text).is_some_and(|origin| lies_beside_program(cx, &origin));
    if may_shadow && let Some(own) = own {
        let system = cx.interpreter().native_objects.get("sys").map(|system| system.value());
        let names = match system {
            Some(system) => attribute::get_text_optional(cx, system, "stdlib_module_names")?,
            None => None,
        };
        if let Some(names) = names
            && set::operations::cast(names.value()).is_some()
            && subscript::contains(cx, names.value(), own)?
        {
            return Ok(Hindrance::ShadowsLibrary);
        }
    }
    let Some(spec) = spec else { return Ok(Hindrance::None) };
    Ok(match crate::operations::import::is_spec_initializing(cx, spec)? {
        true if may_shadow => Hindrance::MayShadow,
        true => Hindrance::Circular,
        false => Hindrance::None,
    })
}

/// Whether a file lies in the folder that was put first on `sys.path` at the start, or is the package of a module there.
fn lies_beside_program(cx: &Context, origin: &str) -> bool {
    let Some(first) = cx.interpreter().native_objects.get(PROGRAM_FOLDER) else { return false };
    let Some((mut folder, file)) = origin.rsplit_once('/') else { return false };
    if file == "__init__.py" {
        folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
    }
    let first = str::text(first.value()).unwrap_or_default();
    if !first.is_empty() {
        return *first == *folder;
    }
    std::env::current_dir().is_ok_and(|current| current.as_os_str() == folder)
}

/// Under which name the interpreter keeps what the start of the program put first on `sys.path`.
pub const PROGRAM_FOLDER: &str = "folder of the program";

/// The origin in a `__spec__`, if that is a place.
fn origin(cx: &mut Context, spec: Value) -> Result<Option<Owned>> {
    if let Some(placed) = attribute::get_text_optional(cx, spec, "has_location")?
        && convert::truth(cx, placed.value())?
        && let Some(origin) = attribute::get_text_optional(cx, spec, "origin")?
        && str::is_str(origin.value())
    {
        return Ok(Some(origin));
    }
    Ok(None)
}

/// Whether a submodule of that name is being imported and no attribute yet.
fn is_uninitialized_submodule(cx: &mut Context, spec: Value, name: Value) -> Result<bool> {
    match attribute::get_text_optional(cx, spec, "_uninitialized_submodules")? {
        Some(names) => subscript::contains(cx, names.value(), name),
        None => Ok(false),
    }
}

/// `__name__`, if it is a string.
pub fn name_of(cx: &Context, value: Value) -> Option<String> {
    let name = of(value).namespace().get_interned(cx.interpreter().names.name)?;
    str::text(name).map(|text| text.into_owned())
}

fn set_attribute(cx: &mut Context, value: Value, name: Value, new: Value) -> Result<()> {
    let kind = value.type_of();
    if let Some(entry) = kind.lookup(cx, name)
        && let Some(set) = entry.type_of().slots().descriptor_set
    {
        let entry = Owned::new(entry);
        return set(cx, entry.value(), value, new);
    }
    let namespace = of(value).namespace();
    if !new.is_unbound() {
        return namespace.set(cx, name, new);
    }
    match namespace.remove(cx, name)? {
        Some(_) => Ok(()),
        None => {
            let text = str::text(name).unwrap_or_default().into_owned();
            let message = format!("'{}' object has no attribute '{text}'", kind.name());
            Err(exception::raise_attribute_error(cx, value, name, &message))
        }
    }
}

/// `<module 'name' from 'file'>`, or what is known instead of the file.
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let importlib = cx.interpreter().importlib.clone();
    if importlib.value() != singleton::none() {
        return call::call_method(cx, importlib.value(), "_module_repr", &[value]);
    }
    let module = of(value);
    let name = module.namespace().get_interned(cx.interpreter().names.name).map(Owned::new);
    let name = match name {
        Some(name) => convert::repr(cx, name.value())?,
        None => StrObject::new(cx, "'?'"),
    };
    let name = str::text(name.value()).unwrap_or_default().into_owned();
    let file = module.namespace().get_interned(cx.interpreter().names.file).map(Owned::new);
    let text = match file {
        Some(file) if str::is_str(file.value()) => {
            let file = convert::repr(cx, file.value())?;
            format!("<module {name} from {}>", str::text(file.value()).unwrap_or_default())
        }
        _ if module.builtin.get() => format!("<module {name} (built-in)>"),
        _ => format!("<module {name}>"),
    };
    Ok(StrObject::new(cx, &text))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let namespace = unsafe { &*(header as *const ModuleObject) }.dict.get();
    if !namespace.is_unbound() {
        visit(namespace);
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    children.push(unsafe { &*(header as *const ModuleObject) }.dict.replace(Value::UNBOUND));
}
