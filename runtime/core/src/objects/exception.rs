//! Exceptions: their layout, construction, raising and context chaining.
//!
//! Every builtin exception type has the same layout, so that any two of them can be bases of one class unless both
//! have fields of their own (`OSError.errno`, `StopIteration.value`, …), which live in an array beside the object.
//! The types are in `types.rs`; the constructors and `__str__`s that differ from `BaseException`'s in `special.rs`.

pub mod group;
pub mod special;
pub mod types;

pub use types::*;

use crate::context::{Context, Raised, Result};
use crate::heap::allocate::{allocate_bytes, free_bytes};
use crate::heap::teardown::Children;
use crate::heap::{Header, Owned};
use crate::native::Arguments;
use crate::objects::instance::{self, AttributeBlock};
use crate::objects::list::ListObject;
use crate::objects::singleton;
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{TypeObject, flags};
use crate::operations::{attribute, call, convert};
use crate::value::Value;
use std::cell::Cell;

/// An instance of `BaseException` or of a subclass.
#[repr(C)]
pub struct ExceptionObject {
    pub header: Header,
    /// The tuple `args`. Owned.
    arguments: Cell<Value>,
    /// `__traceback__`, or unbound. Owned.
    traceback: Cell<Value>,
    /// `__cause__`, or unbound. Owned.
    cause: Cell<Value>,
    /// `__context__`, or unbound. Owned.
    context: Cell<Value>,
    pub suppress_context: Cell<bool>,
    field_count: Cell<u32>,
    /// Fields of the builtin type, each owned or unbound; `special.rs` numbers them.
    fields: Cell<*mut Value>,
    pub block: AttributeBlock,
}

crate::object_type!(ExceptionObject, BASE_EXCEPTION);

impl ExceptionObject {
    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// The tuple of arguments, borrowed.
    pub fn arguments(&self) -> &'static TupleObject {
        // SAFETY: (heap 2) `arguments` is only ever set to a tuple.
        unsafe { self.arguments.get().cast_unchecked() }
    }

    /// Replaces the arguments by another tuple.
    pub fn set_arguments(&self, arguments: Owned) {
        debug_assert!(arguments.value().type_of().has_flag(flags::TUPLE));
        drop(Owned::from_raw_option(self.arguments.replace(arguments.into_raw())));
    }

    /// The first traceback entry.
    pub fn traceback(&self) -> Option<Value> {
        let traceback = self.traceback.get();
        (!traceback.is_unbound()).then_some(traceback)
    }

    pub fn set_traceback(&self, traceback: Option<Owned>) {
        replace(&self.traceback, traceback);
    }

    /// The exception named by `raise … from`.
    pub fn cause(&self) -> Option<Value> {
        let cause = self.cause.get();
        (!cause.is_unbound()).then_some(cause)
    }

    /// Sets `__cause__`, which also hides the context when the exception is printed.
    pub fn set_cause(&self, cause: Option<Owned>) {
        self.suppress_context.set(true);
        replace(&self.cause, cause);
    }

    /// The exception that was being handled when this one was raised.
    pub fn context(&self) -> Option<Value> {
        let context = self.context.get();
        (!context.is_unbound()).then_some(context)
    }

    pub fn set_context(&self, context: Option<Owned>) {
        replace(&self.context, context);
    }

    /// A field of the builtin type, borrowed.
    pub fn field(&self, index: usize) -> Option<Value> {
        if index >= self.field_count.get() as usize {
            return None;
        }
        // SAFETY: (objects 3) the array has `field_count` entries.
        let value = unsafe { *self.fields.get().add(index) };
        (!value.is_unbound()).then_some(value)
    }

    /// A field of the builtin type, `None` standing for an absent one.
    pub fn field_or_none(&self, index: usize) -> Owned {
        Owned::new(self.field(index).unwrap_or(singleton::none()))
    }

    /// Sets a field of the builtin type.
    pub fn set_field(&self, index: usize, value: Option<Owned>) {
        if index < self.field_count.get() as usize {
            let raw = value.map_or(Value::UNBOUND, Owned::into_raw);
            // SAFETY: (objects 3) the array has `field_count` entries.
            let old = unsafe { std::mem::replace(&mut *self.fields.get().add(index), raw) };
            drop(Owned::from_raw_option(old));
        }
    }
}

fn replace(place: &Cell<Value>, value: Option<Owned>) {
    let raw = value.map_or(Value::UNBOUND, Owned::into_raw);
    drop(Owned::from_raw_option(place.replace(raw)));
}

/// The exception of a value known to be one.
#[inline(always)]
pub fn of(value: Value) -> &'static ExceptionObject {
    debug_assert!(value.type_of().has_flag(flags::EXCEPTION));
    // SAFETY: (heap 2) callers have checked the type.
    unsafe { value.cast_unchecked() }
}

/// Whether the value is an instance of `BaseException`.
#[inline]
pub fn is_exception(value: Value) -> bool {
    value.type_of().has_flag(flags::EXCEPTION)
}

/// The class of a value that is an exception class.
pub fn as_exception_class(value: Value) -> Option<&'static TypeObject> {
    value.cast::<TypeObject>().filter(|class| class.has_flag(flags::EXCEPTION))
}

/// Slots of `BaseException`.
pub(crate) const BASE_SLOTS: Slots = Slots {
    repr: Some(base_repr),
    str: Some(base_str),
    new: Some(new_with_fields::<0>),
    init: Some(base_init),
    traverse: Some(traverse),
    release: Some(release),
    clear: Some(clear),
    ..Slots::EMPTY
};

/// `__new__` of the exception types with `FIELDS` fields: the arguments are remembered whatever `__init__` does.
pub(crate) fn new_with_fields<const FIELDS: u32>(
    cx: &mut Context,
    kind: &'static TypeObject,
    arguments: Arguments<'_>,
) -> Result<Owned> {
    Ok(allocate(cx, kind, FIELDS, arguments.positionals()))
}

/// An exception with these arguments whose fields are still absent.
pub(crate) fn allocate(cx: &mut Context, kind: &'static TypeObject, field_count: u32, arguments: &[Value]) -> Owned {
    let tuple = TupleObject::new(cx, arguments);
    let header = instance::allocate(cx, kind, 0);
    let exception = header as *mut ExceptionObject;
    let mut fields = std::ptr::null_mut();
    if field_count > 0 {
        fields = allocate_bytes(field_count as usize * size_of::<Value>()) as *mut Value;
        for index in 0..field_count as usize {
            // SAFETY: (objects 3) just allocated.
            unsafe { fields.add(index).write(Value::UNBOUND) };
        }
    }
    // SAFETY: (heap 3) fresh memory of an ExceptionObject; header and block are already written.
    unsafe {
        (&raw mut (*exception).arguments).write(Cell::new(tuple.into_raw()));
        (&raw mut (*exception).traceback).write(Cell::new(Value::UNBOUND));
        (&raw mut (*exception).cause).write(Cell::new(Value::UNBOUND));
        (&raw mut (*exception).context).write(Cell::new(Value::UNBOUND));
        (&raw mut (*exception).suppress_context).write(Cell::new(false));
        (&raw mut (*exception).field_count).write(Cell::new(field_count));
        (&raw mut (*exception).fields).write(Cell::new(fields));
    }
    Owned::from_raw(Value::from_pointer(header))
}

/// `BaseException.__init__`: no keywords; the arguments are `args`.
pub(crate) fn base_init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    if !arguments.names.is_empty() {
        let name = value.type_of().name();
        return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
    }
    set_positionals(cx, of(value), arguments.positionals());
    Ok(())
}

/// Makes `args` of positional arguments, unless `__new__` has already done so.
pub(crate) fn set_positionals(cx: &mut Context, exception: &ExceptionObject, positionals: &[Value]) {
    if exception.arguments().as_slice() != positionals {
        let tuple = TupleObject::new(cx, positionals);
        exception.set_arguments(tuple);
    }
}

pub(crate) fn base_str(cx: &mut Context, value: Value) -> Result<Owned> {
    let arguments = Owned::new(of(value).arguments.get());
    let items = of(value).arguments().as_slice();
    match *items {
        [] => Ok(StrObject::new(cx, "")),
        [single] => {
            let single = Owned::new(single);
            convert::str(cx, single.value())
        }
        _ => convert::str(cx, arguments.value()),
    }
}

fn base_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let arguments = Owned::new(of(value).arguments.get());
    let name = value.type_of().name();
    let items = of(value).arguments().as_slice();
    if let [single] = *items {
        let single = Owned::new(single);
        let text = convert::repr(cx, single.value())?;
        let opening = StrObject::new(cx, &format!("{name}("));
        let joined = str::concat(cx, opening.value(), text.value())?;
        let closing = StrObject::new(cx, ")");
        return str::concat(cx, joined.value(), closing.value());
    }
    let text = convert::repr(cx, arguments.value())?;
    let prefix = StrObject::new(cx, name);
    str::concat(cx, prefix.value(), text.value())
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot is called with an exception.
    let exception = unsafe { &*(header as *const ExceptionObject) };
    for place in [&exception.arguments, &exception.traceback, &exception.cause, &exception.context] {
        if !place.get().is_unbound() {
            visit(place.get());
        }
    }
    for index in 0..exception.field_count.get() as usize {
        if let Some(value) = exception.field(index) {
            visit(value);
        }
    }
    // SAFETY: (objects 1) the block belongs to this live object.
    unsafe { instance::traverse_block(&exception.block, visit) };
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: the caller's promise; the array was allocated with `field_count` entries.
    unsafe {
        clear(header, children);
        let exception = &*(header as *const ExceptionObject);
        children.push(exception.arguments.replace(Value::UNBOUND));
        let bytes = exception.field_count.replace(0) as usize * size_of::<Value>();
        free_bytes(exception.fields.replace(std::ptr::null_mut()) as *mut u8, bytes);
        instance::release_block(&exception.block, children);
    }
}

/// Gives up what an exception may be in cycles with, but not `args`, which must stay a tuple.
unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot is called with an exception.
    let exception = unsafe { &*(header as *const ExceptionObject) };
    for place in [&exception.context, &exception.cause, &exception.traceback] {
        children.push(place.replace(Value::UNBOUND));
    }
    for index in 0..exception.field_count.get() as usize {
        // SAFETY: (objects 3) the array has `field_count` entries.
        children.push(unsafe { std::mem::replace(&mut *exception.fields.get().add(index), Value::UNBOUND) });
    }
}

/// A new exception of a builtin type or of a class, initialised by the type's own `__init__`.
pub fn new(cx: &mut Context, kind: &'static TypeObject, arguments: &[Value]) -> Result<Owned> {
    if kind.has_flag(flags::HEAP) {
        return call::call(cx, kind.value(), arguments);
    }
    let arguments = Arguments::positional(arguments);
    let exception = match kind.slots().new {
        Some(new) => new(cx, kind, arguments)?,
        None => allocate(cx, kind, 0, arguments.values),
    };
    if let Some(init) = kind.slots().init {
        init(cx, exception.value(), arguments)?;
    }
    Ok(exception)
}

/// Raises a new exception with these arguments.
#[cold]
pub fn raise_arguments(cx: &mut Context, kind: &'static TypeObject, arguments: &[Value]) -> Raised {
    match new(cx, kind, arguments) {
        Ok(exception) => raise(cx, exception),
        Err(raised) => raised,
    }
}

/// Raises a new exception with one text argument.
#[cold]
pub fn raise_message(cx: &mut Context, kind: &'static TypeObject, message: &str) -> Raised {
    let text = StrObject::new(cx, message);
    raise_arguments(cx, kind, &[text.value()])
}

/// Raises a new exception with one argument.
#[cold]
pub fn raise_with(cx: &mut Context, kind: &'static TypeObject, argument: Value) -> Raised {
    let argument = Owned::new(argument);
    raise_arguments(cx, kind, &[argument.value()])
}

/// Raises an exception; the one being handled becomes its context.
#[cold]
pub fn raise(cx: &mut Context, exception: Owned) -> Raised {
    chain(cx, exception.value());
    cx.raise_value(exception)
}

/// Makes the exception being handled the context of `exception`. Cuts the chain where that would close a ring, and
/// bears rings that are already there (CPython's `_PyErr_SetObject`).
pub fn chain(cx: &Context, exception: Value) {
    if let Some(handled) = cx.handled_exception() {
        chain_to(handled, exception);
    }
}

fn chain_to(handled: Value, exception: Value) {
    if handled == exception {
        return;
    }
    let mut current = of(handled);
    let mut slow = current;
    let mut move_slow = false;
    while let Some(context) = current.context() {
        if context == exception {
            current.set_context(None);
            break;
        }
        current = of(context);
        if std::ptr::eq(current, slow) {
            break;
        }
        if move_slow && let Some(next) = slow.context() {
            slow = of(next);
        }
        move_slow = !move_slow;
    }
    of(exception).set_context(Some(Owned::new(handled)));
}

/// The exception that `raise value` raises: the value itself, or a new instance of the class.
pub fn prepare(cx: &mut Context, value: Value) -> Result<Owned> {
    if is_exception(value) {
        return Ok(Owned::new(value));
    }
    if as_exception_class(value).is_none() {
        return Err(cx.type_error("exceptions must derive from BaseException"));
    }
    call_class(cx, value)
}

/// An exception made by calling its class.
fn call_class(cx: &mut Context, class: Value) -> Result<Owned> {
    let exception = call::call(cx, class, &[])?;
    if is_exception(exception.value()) {
        return Ok(exception);
    }
    let class = convert::repr(cx, class)?;
    let actual = convert::repr(cx, exception.value().type_of().value())?;
    let (class, actual) = (str::text(class.value()).unwrap_or_default(), str::text(actual.value()).unwrap_or_default());
    let message = format!("calling {class} should have returned an instance of BaseException, not {actual}");
    Err(cx.type_error(message))
}

/// The cause that `raise … from value` sets: an exception, a new instance of a class, or none.
pub fn prepare_cause(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    if value == singleton::none() {
        return Ok(None);
    }
    if is_exception(value) {
        return Ok(Some(Owned::new(value)));
    }
    if as_exception_class(value).is_none() {
        return Err(cx.type_error("exception causes must derive from BaseException"));
    }
    call_class(cx, value).map(Some)
}

/// Whether `except target` catches an exception: by the linearisation, without `__instancecheck__`.
pub fn matches(cx: &mut Context, exception: Value, target: Value) -> Result<bool> {
    const WRONG: &str = "catching classes that do not inherit from BaseException is not allowed";
    if let Some(tuple) = target.cast::<TupleObject>() {
        for item in tuple.as_slice() {
            if as_exception_class(*item).is_none() {
                return Err(cx.type_error(WRONG));
            }
        }
        return Ok(matches_any(exception, target));
    }
    if as_exception_class(target).is_none() {
        return Err(cx.type_error(WRONG));
    }
    Ok(matches_any(exception, target))
}

fn matches_any(exception: Value, target: Value) -> bool {
    match target.cast::<TupleObject>() {
        Some(tuple) => tuple.as_slice().iter().any(|item| matches_any(exception, *item)),
        None => target.cast::<TypeObject>().is_some_and(|class| exception.type_of().is_subtype(class)),
    }
}

/// Raises `AttributeError` with its `name` and `obj` set.
#[cold]
pub fn raise_attribute_error(cx: &mut Context, object: Value, name: Value, message: &str) -> Raised {
    let object = Owned::new(object);
    let text = StrObject::new(cx, message);
    match new(cx, &ATTRIBUTE_ERROR.object, &[text.value()]) {
        Ok(exception) => {
            of(exception.value()).set_field(special::ATTRIBUTE_NAME, Some(Owned::new(name)));
            of(exception.value()).set_field(special::ATTRIBUTE_OBJECT, Some(object));
            raise(cx, exception)
        }
        Err(raised) => raised,
    }
}

/// Raises `NameError` (or a subclass) with its `name` set.
#[cold]
pub fn raise_name_error(cx: &mut Context, kind: &'static TypeObject, name: Value, message: &str) -> Raised {
    let text = StrObject::new(cx, message);
    match new(cx, kind, &[text.value()]) {
        Ok(exception) => {
            of(exception.value()).set_field(special::NAME_NAME, Some(Owned::new(name)));
            raise(cx, exception)
        }
        Err(raised) => raised,
    }
}

/// Raises `ImportError` (or a subclass) with its `name` set.
#[cold]
pub fn raise_import_error(cx: &mut Context, kind: &'static TypeObject, name: Value, message: &str) -> Raised {
    let text = StrObject::new(cx, message);
    match new(cx, kind, &[text.value()]) {
        Ok(exception) => {
            of(exception.value()).set_field(special::IMPORT_NAME, Some(Owned::new(name)));
            raise(cx, exception)
        }
        Err(raised) => raised,
    }
}

/// Raises `StopIteration`, carrying a generator's result unless that is `None`.
#[cold]
pub fn raise_stop_iteration(cx: &mut Context, result: Value) -> Raised {
    if result == singleton::none() {
        return raise_arguments(cx, &STOP_ITERATION.object, &[]);
    }
    raise_with(cx, &STOP_ITERATION.object, result)
}

/// The value that a `StopIteration` carries.
pub fn stop_iteration_value(exception: Value) -> Owned {
    of(exception).field_or_none(special::STOP_VALUE)
}

/// Raises the subclass of `OSError` that stands for a system error number.
#[cold]
pub fn raise_os_error(cx: &mut Context, number: i32, file_name: Option<&str>) -> Raised {
    let text = StrObject::new(cx, &special::system_error_text(number));
    let number = Value::from_small_int(number as i64);
    match file_name {
        Some(name) => {
            let name = StrObject::new(cx, name);
            raise_arguments(cx, &OS_ERROR.object, &[number, text.value(), name.value()])
        }
        None => raise_arguments(cx, &OS_ERROR.object, &[number, text.value()]),
    }
}

/// The pending exception is thrown into the running generator: its context is what that generator handles, and nothing
/// that its resumers do.
pub fn set_thrown_context(cx: &mut Context) {
    if !cx.handled.is_unbound() {
        chain_to(cx.handled, cx.pending);
    }
    cx.thrown = cx.pending;
}

/// Gives the pending exception its context, if nobody has yet: for errors that did not go through `raise`. An
/// exception with a context or a traceback was raised before and only passes through.
pub fn set_context(cx: &mut Context) {
    let thrown = std::mem::replace(&mut cx.thrown, Value::UNBOUND);
    if thrown == cx.pending {
        return;
    }
    if !cx.pending.is_unbound() && of(cx.pending).context().is_none() && of(cx.pending).traceback().is_none() {
        chain(cx, cx.pending);
    }
}

/// Makes `cause` cause and context of the pending exception.
pub fn set_cause(cx: &mut Context, cause: Owned) {
    if !cx.pending.is_unbound() {
        of(cx.pending).set_context(Some(cause.clone()));
        of(cx.pending).set_cause(Some(cause));
    }
}

/// Adds a note to an exception, as `add_note` does.
pub fn add_note(cx: &mut Context, exception: Value, note: Value) -> Result<()> {
    let name = cx.interpreter().names.notes;
    if let Some(notes) = attribute::get_optional(cx, exception, name)? {
        let Some(list) = notes.value().cast::<ListObject>() else {
            return Err(cx.type_error("Cannot add note: __notes__ is not a list"));
        };
        list.push(Owned::new(note));
        return Ok(());
    }
    let list = ListObject::from_values(cx, &[note]);
    attribute::set(cx, exception, name, list.value())
}
