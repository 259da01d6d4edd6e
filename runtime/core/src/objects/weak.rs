//! Weak references: objects that do not keep their referent alive and learn of its death.
//!
//! The interpreter maps the address of each weakly referenced object to its references, oldest first. Objects with an
//! attribute block (and functions, generators, types) carry a flag, so that the death of others costs no map lookup.

use crate::context::{Context, Raised, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::native::Arguments;
use crate::numbers::NumberSet;
use crate::objects::function::FunctionObject;
use crate::objects::generator;
use crate::objects::method::METHOD;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{instance, singleton};
use crate::operations::{call, compare, convert, finalize};
use crate::value::Value;
use std::cell::Cell;

/// A weak reference or proxy.
#[repr(C)]
pub struct WeakReference {
    pub header: Header,
    /// The object referred to, not counted; unbound once it is dead.
    referent: Cell<Value>,
    /// What to call at the referent's death, owned; or unbound.
    callback: Cell<Value>,
    /// The referent's hash, or `NO_HASH`.
    hash: Cell<i64>,
}

const NO_HASH: i64 = -1;

pub static WEAK_REFERENCE: StaticType = Immortal::new(
    TypeObject::builtin(
        "weakref.ReferenceType",
        size_of::<WeakReference>(),
        Slots {
            repr: Some(repr),
            hash: Some(hash),
            compare: Some(compare_references),
            call: Some(dereference),
            new: Some(new_reference),
            init: Some(init_reference),
            traverse: Some(traverse),
            release: Some(release),
            clear: Some(clear),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE | flags::COLLECTED | flags::GENERIC),
);

crate::object_type!(WeakReference, WEAK_REFERENCE);

/// Slots that other types of weak references (proxies) need too.
pub const SHARED_SLOTS: Slots =
    Slots { traverse: Some(traverse), release: Some(release), clear: Some(clear), ..Slots::EMPTY };

impl WeakReference {
    /// The referent, if it is alive.
    pub fn referent(&self) -> Option<Owned> {
        let referent = self.referent.get();
        (!referent.is_unbound()).then(|| Owned::new(referent))
    }

    /// The callback, borrowed.
    pub fn callback(&self) -> Option<Value> {
        let callback = self.callback.get();
        (!callback.is_unbound()).then_some(callback)
    }
}

/// The weak reference of a value known to be one (of any type with that layout).
pub fn of(value: Value) -> &'static WeakReference {
    // SAFETY: (heap 2) callers have checked the type.
    unsafe { value.cast_unchecked() }
}

/// The flag that says whether an object has weak references, for those that carry one.
enum Flag {
    Block(&'static Cell<u32>),
    Own(&'static Cell<bool>),
    None,
}

fn flag_of(cx: &Context, value: Value) -> Flag {
    if let Some(word) = instance::weak_flag(cx, value) {
        Flag::Block(word)
    } else if let Some(function) = value.cast_exact::<FunctionObject>() {
        Flag::Own(&function.weakly_referenced)
    } else if let Some(generator) = generator::cast(value) {
        Flag::Own(&generator.weakly_referenced)
    } else if let Some(kind) = value.cast::<TypeObject>().filter(|kind| kind.has_flag(flags::HEAP)) {
        // A builtin type is shared by all interpreters, and its references are not.
        Flag::Own(&kind.weakly_referenced)
    } else {
        Flag::None
    }
}

fn set_flag(cx: &Context, value: Value, referenced: bool) {
    match flag_of(cx, value) {
        Flag::Block(word) => {
            let other = word.get() & !instance::WEAKLY_REFERENCED;
            word.set(if referenced { other | instance::WEAKLY_REFERENCED } else { other });
        }
        Flag::Own(flag) => flag.set(referenced),
        Flag::None => {}
    }
}

/// Whether weak references to the object exist.
#[inline]
pub fn is_referenced(cx: &Context, value: Value) -> bool {
    if cx.interpreter().weak_references.is_empty() {
        return false;
    }
    let in_table = || {
        let interpreter = cx.interpreter();
        interpreter.weak_unflagged != 0 && interpreter.weak_references.contains_key(&value.0)
    };
    // Bound methods die all the time.
    if value.has_type(&METHOD) {
        return in_table();
    }
    match flag_of(cx, value) {
        Flag::Block(word) => word.get() & instance::WEAKLY_REFERENCED != 0,
        Flag::Own(flag) => flag.get(),
        Flag::None if is_builtin_type(value) => cx.interpreter().weak_references.contains_key(&value.0),
        Flag::None => in_table(),
    }
}

fn is_builtin_type(value: Value) -> bool {
    value.cast::<TypeObject>().is_some_and(|kind| !kind.has_flag(flags::HEAP))
}

/// Notes that an object has got its first weak reference, or has lost its last one.
fn count_referenced(cx: &mut Context, value: Value, referenced: bool) {
    if matches!(flag_of(cx, value), Flag::None) && !is_builtin_type(value) {
        let count = &mut cx.interpreter().weak_unflagged;
        *count = if referenced { *count + 1 } else { *count - 1 };
    }
}

/// The object's weak references and proxies, oldest first.
pub fn references(cx: &Context, value: Value) -> Vec<Owned> {
    let list = cx.interpreter().weak_references.get(&value.0);
    list.map_or(Vec::new(), |list| list.iter().map(|reference| Owned::new(*reference)).collect())
}

/// Whether the object's death must call Python code.
pub fn has_callbacks(cx: &mut Context, value: Value) -> bool {
    is_referenced(cx, value)
        && cx
            .interpreter()
            .weak_references
            .get(&value.0)
            .is_some_and(|list| list.iter().any(|reference| of(*reference).callback().is_some()))
}

/// Makes all references to a dying object dead, then calls their callbacks, the newest first.
pub fn clear_references(cx: &mut Context, value: Value) {
    if !is_referenced(cx, value) {
        return;
    }
    let mut dead = Vec::new();
    detach(cx, value, &mut dead);
    dead.retain(|reference| of(reference.value()).callback().is_some());
    call_back(cx, dead, "while calling weakref callback");
}

/// Makes all references to garbage dead, then calls the callbacks of those that are no garbage themselves. The others'
/// would see what is about to be taken apart.
pub fn clear_references_to_garbage(cx: &mut Context, garbage: &[Owned]) {
    if cx.interpreter().weak_references.is_empty() {
        return;
    }
    let mut dead = detach_all(cx, garbage);
    dead.retain(|reference| of(reference.value()).callback().is_some());
    if !dead.is_empty() {
        let garbage: NumberSet<u64> = garbage.iter().map(|object| object.value().0).collect();
        dead.retain(|reference| !garbage.contains(&reference.value().0));
    }
    call_back(cx, dead, "on calling weakref callback");
}

/// Makes all references to garbage dead without telling anybody.
pub fn forget_references_to_garbage(cx: &mut Context, garbage: &[Owned]) {
    if !cx.interpreter().weak_references.is_empty() {
        drop(detach_all(cx, garbage));
    }
}

/// Makes all references to several objects dead, and gives them.
fn detach_all(cx: &mut Context, objects: &[Owned]) -> Vec<Owned> {
    let mut dead = Vec::new();
    for object in objects {
        if object.value().heap_type().has_flag(flags::HAS_WEAK) {
            detach(cx, object.value(), &mut dead);
        }
    }
    dead
}

/// Makes all references to an object dead and adds them to a list, the newest first.
fn detach(cx: &mut Context, value: Value, dead: &mut Vec<Owned>) {
    if !is_referenced(cx, value) {
        return;
    }
    set_flag(cx, value, false);
    let Some(list) = cx.interpreter().weak_references.remove(&value.0) else { return };
    count_referenced(cx, value, false);
    for reference in list.iter().rev() {
        of(*reference).referent.set(Value::UNBOUND);
        dead.push(Owned::new(*reference));
    }
}

/// Calls the callbacks of dead references, which give them up.
fn call_back(cx: &mut Context, dead: Vec<Owned>, doing: &str) {
    if dead.is_empty() {
        return;
    }
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    for reference in dead {
        let callback = of(reference.value()).callback.replace(Value::UNBOUND);
        let Some(callback) = Owned::from_raw_option(callback) else { continue };
        if call::call(cx, callback.value(), &[reference.value()]).is_err() {
            finalize::report_unraisable_call(cx, doing, callback.value());
        }
    }
    cx.pending = pending;
}

/// A new weak reference of type `kind` (which has this layout) to an object.
pub fn new(cx: &mut Context, kind: &'static TypeObject, referent: Value, callback: Value) -> Result<Owned> {
    if !referent.type_of().has_flag(flags::HAS_WEAK) {
        return Err(unsupported(cx, referent));
    }
    let callback = if callback == singleton::none() { Value::UNBOUND } else { callback };
    if callback.is_unbound()
        && !kind.has_flag(flags::HEAP)
        && let Some(existing) = shared_reference(cx, kind, referent)
    {
        return Ok(existing);
    }
    let header = instance::allocate(cx, kind, 0);
    let reference = header as *mut WeakReference;
    crate::heap::owned::increment(callback);
    // SAFETY: (heap 3) fresh memory of a WeakReference; the header is kept.
    unsafe {
        (&raw mut (*reference).referent).write(Cell::new(referent));
        (&raw mut (*reference).callback).write(Cell::new(callback));
        (&raw mut (*reference).hash).write(Cell::new(NO_HASH));
    }
    let made = Owned::from_raw(Value::from_pointer(header));
    // The one that is shared comes first, then a proxy that is.
    let is_shared = callback.is_unbound() && !kind.has_flag(flags::HEAP);
    let list = cx.interpreter().weak_references.entry(referent.0).or_default();
    match is_shared && std::ptr::eq(kind, &WEAK_REFERENCE.object) {
        true => list.insert(0, made.value()),
        false => list.push(made.value()),
    }
    if list.len() == 1 {
        count_referenced(cx, referent, true);
    }
    set_flag(cx, referent, true);
    Ok(made)
}

#[cold]
fn unsupported(cx: &mut Context, referent: Value) -> Raised {
    let kind = referent.type_of().name();
    cx.type_error(format!("cannot create weak reference to '{kind}' object"))
}

/// An existing reference of the exact type without a callback: those are interchangeable.
fn shared_reference(cx: &Context, kind: &'static TypeObject, referent: Value) -> Option<Owned> {
    if !is_referenced(cx, referent) {
        return None;
    }
    let list = cx.interpreter().weak_references.get(&referent.0)?;
    let shared = list.iter().find(|one| one.has_type(kind) && of(**one).callback().is_none())?;
    Some(Owned::new(*shared))
}

fn reference_arguments(cx: &mut Context, arguments: Arguments<'_>, name: &str) -> Result<(Value, Value)> {
    match *arguments.positionals() {
        [referent] => Ok((referent, Value::UNBOUND)),
        [referent, callback] => Ok((referent, callback)),
        [] => Err(cx.type_error(format!("{name} expected at least 1 argument, got 0"))),
        ref many => Err(cx.type_error(format!("{name} expected at most 2 arguments, got {}", many.len()))),
    }
}

fn new_reference(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() && std::ptr::eq(kind, &WEAK_REFERENCE.object) {
        return Err(cx.type_error("ref() takes no keyword arguments"));
    }
    let (referent, callback) = reference_arguments(cx, arguments, "__new__")?;
    new(cx, kind, referent, callback)
}

fn init_reference(cx: &mut Context, _value: Value, arguments: Arguments<'_>) -> Result<()> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("ref() takes no keyword arguments"));
    }
    reference_arguments(cx, arguments, "__init__").map(drop)
}

fn dereference(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.values.is_empty() {
        let count = arguments.values.len();
        return Err(cx.type_error(format!("weakref expected 0 arguments, got {count}")));
    }
    Ok(of(value).referent().unwrap_or_else(|| Owned::new(singleton::none())))
}

fn hash(cx: &mut Context, value: Value) -> Result<i64> {
    let reference = of(value);
    if reference.hash.get() != NO_HASH {
        return Ok(reference.hash.get());
    }
    let Some(referent) = reference.referent() else {
        return Err(cx.type_error("weak object has gone away"));
    };
    let hash = convert::hash(cx, referent.value())?;
    reference.hash.set(hash);
    Ok(hash)
}

/// Live references compare as their referents, dead ones by identity.
fn compare_references(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
    let (Some(left), Some(right)) = (a.cast::<WeakReference>(), b.cast::<WeakReference>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    if !equality {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    match (left.referent(), right.referent()) {
        (Some(left), Some(right)) => compare::compare(cx, op, left.value(), right.value()),
        _ => Ok(Owned::new(singleton::boolean((a == b) == (op == CompareOp::Equal)))),
    }
}

fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let Some(referent) = of(value).referent() else {
        return Ok(StrObject::new(cx, &format!("<weakref at {:#x}; dead>", value.0)));
    };
    let kind = referent.value().type_of().name();
    let name = cx.interpreter().names.name;
    let name = call::lookup_special(cx, referent.value(), name)?;
    let name = name.and_then(|name| str::text(name.value()).map(|text| format!(" ({text})"))).unwrap_or_default();
    let text = format!("<weakref at {:#x}; to '{kind}' at {:#x}{name}>", value.0, referent.value().0);
    Ok(StrObject::new(cx, &text))
}

/// Takes a dying reference off its referent's list.
fn unregister(cx: &mut Context, value: Value) {
    let referent = of(value).referent.replace(Value::UNBOUND);
    if referent.is_unbound() {
        return;
    }
    let map = &mut cx.interpreter().weak_references;
    let Some(list) = map.get_mut(&referent.0) else { return };
    list.retain(|reference| *reference != value);
    if list.is_empty() {
        map.remove(&referent.0);
        count_referenced(cx, referent, false);
        set_flag(cx, referent, false);
    }
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of types with this layout.
    if let Some(callback) = unsafe { &*(header as *const WeakReference) }.callback() {
        visit(callback);
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    unregister(Context::current(), Value::from_pointer(header));
    // SAFETY: (heap 2) the slot of types with this layout.
    unsafe { clear(header, children) };
}

unsafe fn clear(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of types with this layout.
    children.push(unsafe { &*(header as *const WeakReference) }.callback.replace(Value::UNBOUND));
}
