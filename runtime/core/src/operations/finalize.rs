//! Finalizers (`__del__`), and the reporting of errors that nobody can catch.

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::objects::slots::Slots;
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{exception, generator, singleton, traceback};
use crate::operations::{attribute, call, convert};
use crate::value::Value;

/// A finalizer slot.
pub type Finalizer = fn(&mut Context, Value) -> Result<()>;

/// Runs the finalizer of an object whose last reference went (the caller holds the only count) or that is in a garbage
/// cycle, unless it has run before. An object that goes on living is remembered, so that its death, if it comes, does
/// not finalize it again.
pub fn run(cx: &mut Context, value: Value, finalize: Finalizer) {
    // SAFETY: (heap 5) the caller holds a count.
    let count = || unsafe { (*value.header()).count };
    if count() > 1 {
        if !is_finalized(cx, value) {
            remember(cx, value);
            call_finalizer(cx, value, finalize);
        }
        return;
    }
    if cx.interpreter().finalized.remove(&value.0) {
        return;
    }
    call_finalizer(cx, value, finalize);
    if count() > 1 {
        remember(cx, value);
    }
}

/// Runs the finalizer of an object in a garbage cycle, unless it has run before. The object's death, even if the finalizer
/// of another has made the collector's reference the last one, does not finalize it again.
pub fn run_of_garbage(cx: &mut Context, value: Value, finalize: Finalizer) {
    if !is_finalized(cx, value) {
        remember(cx, value);
        call_finalizer(cx, value, finalize);
    }
}

/// Whether the object has been finalized and lives on.
pub fn is_finalized(cx: &Context, value: Value) -> bool {
    cx.interpreter().finalized.contains(&value.0)
}

fn remember(cx: &mut Context, value: Value) {
    // Native finalizers (generators, files) know themselves whether they have run.
    if value.type_of().has_flag(flags::HAS_FINALIZER) {
        cx.interpreter().finalized.insert(value.0);
    }
}

fn call_finalizer(cx: &mut Context, value: Value, finalize: Finalizer) {
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    if finalize(cx, value).is_err() {
        let name = cx.interpreter().names.del;
        let function = value.type_of().lookup(cx, name).map(Owned::new);
        match function {
            Some(function) => report_unraisable_call(cx, "while calling deallocator", function.value()),
            None if generator::cast(value).is_some() => report_unraisable_call(cx, "while closing generator", value),
            None => report_unraisable(cx, "while finalizing", value),
        }
    }
    debug_assert!(cx.pending.is_unbound());
    cx.pending = pending;
}

/// What `sys.unraisablehook` gets.
#[repr(C)]
pub struct UnraisableObject {
    pub header: Header,
    /// Type, value and traceback of the exception, message, object; `None` where there is none.
    pub fields: [Value; 5],
}

/// Names of the fields, in order.
pub const UNRAISABLE_FIELDS: [&str; 5] = ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"];

pub static UNRAISABLE: StaticType = Immortal::new(
    TypeObject::builtin(
        "UnraisableHookArgs",
        size_of::<UnraisableObject>(),
        Slots { traverse: Some(traverse), release: Some(release), ..Slots::EMPTY },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(UnraisableObject, UNRAISABLE);

/// Takes the pending exception and gives it to `sys.unraisablehook`. The report starts with "Exception ignored" and
/// `doing`, then the object's representation (unless it is unbound).
#[cold]
pub fn report_unraisable(cx: &mut Context, doing: &str, object: Value) {
    let exception = cx.take_pending();
    traceback::add_running_frame(cx, exception.value());
    let handled = std::mem::replace(&mut cx.handled, Value::UNBOUND);
    let outside = std::mem::replace(&mut cx.handled_outside, Value::UNBOUND);
    if call_hook(cx, &exception, doing, object).is_err() {
        drop(cx.take_pending());
    }
    cx.handled = handled;
    cx.handled_outside = outside;
}

/// The same for what a function has raised that somebody had to call: the message names it.
#[cold]
pub fn report_unraisable_call(cx: &mut Context, doing: &str, function: Value) {
    let exception = cx.take_pending();
    let shown = convert::repr(cx, function).ok().and_then(|text| Some(str::text(text.value())?.into_owned()));
    if shown.is_none() {
        drop(Owned::from_raw_option(std::mem::replace(&mut cx.pending, Value::UNBOUND)));
    }
    cx.raise_value(exception);
    report_unraisable(cx, &format!("{doing} {}", shown.as_deref().unwrap_or("<object>")), Value::UNBOUND);
}

fn call_hook(cx: &mut Context, exception: &Owned, doing: &str, object: Value) -> Result<()> {
    let modules = Owned::new(cx.interpreter().modules.value());
    let Some(system) = crate::objects::dict::of(modules.value()).get_text(cx, "sys").map(Owned::new) else {
        return plain_report(cx, exception, doing, object);
    };
    let Some(hook) = attribute::get_text_optional(cx, system.value(), "unraisablehook")? else {
        return plain_report(cx, exception, doing, object);
    };
    let message = StrObject::new(cx, &format!("Exception ignored {doing}"));
    let none = singleton::none();
    let fields = [
        exception.value().type_of().value(),
        exception.value(),
        exception::of(exception.value()).traceback().unwrap_or(none),
        message.value(),
        if object.is_unbound() { none } else { object },
    ];
    let made = cx.heap.allocate(&UNRAISABLE.object, size_of::<UnraisableObject>(), true) as *mut UnraisableObject;
    for value in fields {
        crate::heap::owned::increment(value);
    }
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe { (&raw mut (*made).fields).write(fields) };
    let argument = Owned::from_raw(Value::from_pointer(made));
    call::call(cx, hook.value(), &[argument.value()]).map(drop)
}

/// What can be said before `sys` exists.
fn plain_report(cx: &mut Context, exception: &Owned, doing: &str, object: Value) -> Result<()> {
    let object = if object.is_unbound() { StrObject::new(cx, "") } else { convert::repr(cx, object)? };
    let text = convert::repr(cx, exception.value())?;
    let (object, text) = (str::text(object.value()).unwrap_or_default(), str::text(text.value()).unwrap_or_default());
    // Nobody is left to be told that this failed.
    let _ = std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("Exception ignored {doing} {object}: {text}\n").as_bytes(),
    );
    Ok(())
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    unsafe { &*(header as *const UnraisableObject) }.fields.iter().for_each(|value| visit(*value));
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type.
    unsafe { &*(header as *const UnraisableObject) }.fields.iter().for_each(|value| children.push(*value));
}
