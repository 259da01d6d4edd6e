//! `super`: attribute lookup behind a class in the linearisation of an object's type.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::objects::cell::CellObject;
use crate::objects::code::CodeObject;
use crate::objects::function::FunctionObject;
use crate::objects::slots::Slots;
use crate::objects::str::StrObject;
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, frame, instance, singleton};
use crate::operations::attribute;
use crate::value::Value;
use sidewinder_bytecode::CodeFlags;
use std::cell::Cell;

/// A `super` object. All fields are owned; unbound ones are absent.
#[repr(C)]
pub struct SuperObject {
    pub header: Header,
    /// The class behind which lookups start.
    pub class: Cell<Value>,
    /// The instance or class to bind to.
    pub object: Cell<Value>,
    /// The type whose linearisation is searched.
    pub object_type: Cell<Value>,
}

pub static SUPER: StaticType = Immortal::new(
    TypeObject::builtin(
        "super",
        size_of::<SuperObject>(),
        Slots {
            repr: Some(repr),
            get_attribute: Some(get_attribute),
            descriptor_get: Some(bind),
            new: Some(|cx, kind, _| Ok(allocate(cx, kind))),
            init: Some(init),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED),
);

crate::object_type!(SuperObject, SUPER);

fn of(value: Value) -> &'static SuperObject {
    // SAFETY: (heap 2) callers have checked the type.
    unsafe { value.cast_unchecked() }
}

fn allocate(cx: &mut Context, kind: &'static TypeObject) -> Owned {
    let header = instance::allocate(cx, kind, 0);
    let object = header as *mut SuperObject;
    // SAFETY: (heap 3) fresh memory of a SuperObject; the header is kept.
    unsafe {
        (&raw mut (*object).class).write(Cell::new(Value::UNBOUND));
        (&raw mut (*object).object).write(Cell::new(Value::UNBOUND));
        (&raw mut (*object).object_type).write(Cell::new(Value::UNBOUND));
    }
    Owned::from_raw(Value::from_pointer(header))
}

/// `super(class, object)`, as the compiler's `super()` does it.
pub fn new(cx: &mut Context, class: Value, object: Value) -> Result<Owned> {
    let made = allocate(cx, &SUPER);
    fill(cx, of(made.value()), class, object)?;
    Ok(made)
}

fn fill(cx: &mut Context, object: &SuperObject, class: Value, bound: Value) -> Result<()> {
    let Some(start) = class.cast::<TypeObject>() else {
        let actual = class.type_of().name();
        return Err(cx.type_error(format!("super() argument 1 must be a type, not {actual}")));
    };
    let mut fields = [class, Value::UNBOUND, Value::UNBOUND];
    let searched;
    if !bound.is_unbound() && bound != singleton::none() {
        searched = searched_type(cx, start, bound)?;
        fields[1] = bound;
        fields[2] = searched.value();
    }
    for (place, value) in [&object.class, &object.object, &object.object_type].into_iter().zip(fields) {
        crate::heap::owned::increment(value);
        drop(Owned::from_raw_option(place.replace(value)));
    }
    Ok(())
}

/// The type whose linearisation `super(class, object)` searches.
fn searched_type(cx: &mut Context, class: &'static TypeObject, object: Value) -> Result<Owned> {
    if let Some(own) = object.cast::<TypeObject>()
        && own.is_subtype(class)
    {
        return Ok(Owned::new(object));
    }
    let kind = object.type_of();
    if kind.is_subtype(class) {
        return Ok(Owned::new(kind.value()));
    }
    // A proxy may pretend to be an instance of another class.
    let name = cx.interpreter().names.class_;
    if let Some(claimed) = attribute::get_optional(cx, object, name)?
        && let Some(claimed_type) = claimed.value().cast::<TypeObject>()
        && claimed.value() != kind.value()
        && claimed_type.is_subtype(class)
    {
        return Ok(claimed);
    }
    let what = match object.cast::<TypeObject>() {
        Some(own) => format!("type {}", own.name()),
        None => format!("instance of {}", kind.name()),
    };
    let class = class.name();
    let message = format!("super(type, obj): obj ({what}) is not an instance or subtype of type ({class}).");
    Err(cx.type_error(message))
}

fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("super() takes no keyword arguments"));
    }
    match *arguments.values {
        [] => {
            let (class, object) = from_frame(cx)?;
            fill(cx, of(value), class.value(), object.value())
        }
        [class] => fill(cx, of(value), class, Value::UNBOUND),
        [class, object] => fill(cx, of(value), class, object),
        ref many => {
            let count = many.len();
            Err(cx.type_error(format!("super() expected at most 2 arguments, got {count}")))
        }
    }
}

/// What `super()` stands for in the function that calls it: the class in whose body it was defined, and its first
/// argument.
fn from_frame(cx: &mut Context) -> Result<(Owned, Owned)> {
    let mut running = None;
    frame::walk(cx, |frame| {
        running = Some(*frame);
        false
    });
    let error = |cx: &mut Context, problem: &str| cx.raise(&exception::RUNTIME_ERROR, format!("super(): {problem}"));
    let Some(frame) = running else { return Err(error(cx, "no current frame")) };
    // SAFETY: (heap 2) a frame's function and code.
    let (function, code) =
        unsafe { (frame.function.cast_unchecked::<FunctionObject>(), frame.code.cast_unchecked::<CodeObject>()) };
    if !code.has_flag(CodeFlags::FUNCTION) || code.argument_count == 0 {
        return Err(error(cx, "no arguments"));
    }
    // SAFETY: (frames 1) the frame has a word for its first argument.
    let first = unsafe { *frame.base };
    let is_cell = code.data.cell_registers.contains(&0);
    let content = |cell: Value| cell.cast_exact::<CellObject>().map_or(Value::UNBOUND, |cell| cell.content.get());
    let first = if is_cell { content(first) } else { first };
    if first.is_unbound() {
        return Err(error(cx, "arg[0] deleted"));
    }
    let cells = function.closure.get().cast_exact::<TupleObject>().map_or(&[][..], |cells| cells.as_slice());
    let names = &code.data.free_names;
    let Some(cell) = names.iter().position(|name| **name == *"__class__").and_then(|place| cells.get(place)) else {
        return Err(error(cx, "__class__ cell not found"));
    };
    let class = content(*cell);
    if class.is_unbound() {
        return Err(error(cx, "empty __class__ cell"));
    }
    if class.cast::<TypeObject>().is_none() {
        let kind = class.type_of().name();
        return Err(error(cx, &format!("__class__ is not a type ({kind})")));
    }
    Ok((Owned::new(class), Owned::new(first)))
}

/// The namespace entry for `name` behind `class` in the linearisation of `searched`.
fn find(cx: &Context, class: &TypeObject, searched: &TypeObject, name: Value) -> Option<Owned> {
    let mut rest = searched.mro().iter().skip_while(|entry| !std::ptr::eq(**entry, class));
    rest.next();
    rest.find_map(|entry| entry.namespace(cx).get_interned(name)).map(Owned::new)
}

/// `super(class, object).name`, without making the `super` object.
pub fn lookup(cx: &mut Context, class: Value, object: Value, name: Value) -> Result<Owned> {
    let start = class.cast::<TypeObject>();
    if let Some(start) = start
        && name != cx.interpreter().names.class_
    {
        let searched = searched_type(cx, start, object)?;
        if let Some(searched_class) = searched.value().cast::<TypeObject>()
            && let Some(entry) = find(cx, start, searched_class, name)
        {
            return bind_entry(cx, entry, object, searched_class);
        }
    }
    let made = new(cx, class, object)?;
    attribute::generic_get(cx, made.value(), name)
}

/// `super(class, object).name` for an immediate call: a function to call with `object` first and true, or the
/// attribute's value and false.
pub fn lookup_method(cx: &mut Context, class: Value, object: Value, name: Value) -> Result<(Owned, bool)> {
    if let Some(start) = class.cast::<TypeObject>() {
        let searched = searched_type(cx, start, object)?;
        if let Some(searched_class) = searched.value().cast::<TypeObject>()
            && searched.value() != object
            && let Some(entry) = find(cx, start, searched_class, name)
            && attribute::is_method_like(entry.value())
        {
            return Ok((entry, true));
        }
    }
    Ok((lookup(cx, class, object, name)?, false))
}

fn bind_entry(cx: &mut Context, entry: Owned, object: Value, searched: &TypeObject) -> Result<Owned> {
    match entry.value().type_of().slots().descriptor_get {
        Some(bind) => {
            let instance = if object == searched.value() { Value::UNBOUND } else { object };
            bind(cx, entry.value(), instance, searched)
        }
        None => Ok(entry),
    }
}

fn get_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    let own = of(value);
    let start = own.class.get().cast::<TypeObject>();
    let searched = own.object_type.get().cast::<TypeObject>();
    if let (Some(start), Some(searched)) = (start, searched)
        && name != cx.interpreter().names.class_
        && let Some(entry) = find(cx, start, searched, name)
    {
        let object = Owned::new(own.object.get());
        let _keep = Owned::new(searched.value());
        return bind_entry(cx, entry, object.value(), searched);
    }
    attribute::generic_get(cx, value, name)
}

/// An unbound `super` object in a class namespace binds to the instance.
fn bind(cx: &mut Context, value: Value, instance: Value, _owner: &TypeObject) -> Result<Owned> {
    let own = of(value);
    if instance.is_unbound() || instance == singleton::none() || !own.object.get().is_unbound() {
        return Ok(Owned::new(value));
    }
    let class = own.class.get();
    if class.is_unbound() {
        return Ok(Owned::new(value));
    }
    if std::ptr::eq(value.type_of(), &SUPER.object) {
        return new(cx, class, instance);
    }
    crate::operations::call::call(cx, value.type_of().value(), &[class, instance])
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = of(value);
    let class = own.class.get().cast::<TypeObject>().map_or("NULL", TypeObject::name);
    let text = match own.object_type.get().cast::<TypeObject>() {
        Some(searched) => format!("<super: <class '{class}'>, <{} object>>", searched.name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    Ok(StrObject::new(cx, &text))
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    let own = of(Value::from_pointer(header));
    for value in [own.class.get(), own.object.get(), own.object_type.get()] {
        if !value.is_unbound() {
            visit(value);
        }
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    let own = of(Value::from_pointer(header));
    for place in [&own.object_type, &own.object, &own.class] {
        children.push(place.replace(Value::UNBOUND));
    }
}
