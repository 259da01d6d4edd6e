//! The iterator of `*list[int]`: it gives the unpacked alias, once.

use super::{GENERIC_ALIAS, GenericAlias, alias};
use crate::iterator_methods::builtin;
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::iterator::{iterator_slots, release_fields, traverse_fields};
use sidewinder_runtime::objects::slots::Slots;
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, flags};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

#[repr(C)]
pub struct AliasIterator {
    header: Header,
    /// The alias that is to be unpacked, or unbound once it was.
    alias: Cell<Value>,
}

pub static ALIAS_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "generic_alias_iterator",
        size_of::<AliasIterator>(),
        Slots { traverse: Some(traverse_fields::<1>), release: Some(release_fields::<1>), ..iterator_slots(next) },
    )
    .with_base(&OBJECT.object)
    .with_methods(METHODS)
    .with_flags(flags::COLLECTED),
);

sidewinder_runtime::object_type!(AliasIterator, ALIAS_ITERATOR);

static METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, reduce, "Return state information for pickling.")];

/// The iterator of an alias.
pub fn new(cx: &mut Context, alias: Value) -> Owned {
    let header = cx.heap.allocate(&raw const ALIAS_ITERATOR.object, size_of::<AliasIterator>(), true);
    let iterator = header as *mut AliasIterator;
    // SAFETY: (heap 3) fresh memory of the iterator's size.
    unsafe { (&raw mut (*iterator).alias).write(Cell::new(Owned::new(alias).into_raw())) };
    Owned::from_raw(Value::from_pointer(iterator))
}

fn next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &AliasIterator = unsafe { value.cast_unchecked() };
    let Some(plain) = Owned::from_raw_option(iterator.alias.replace(Value::UNBOUND)) else { return Ok(None) };
    let own = alias(plain.value());
    Ok(Some(GenericAlias::make(cx, &GENERIC_ALIAS, own.origin, own.arguments, true)))
}

fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let iter = builtin(cx, "iter")?;
    // SAFETY: (methods 1) the descriptor checked the receiver's type.
    let iterator: &AliasIterator = unsafe { arguments[0].cast_unchecked() };
    let source = match iterator.alias.get() {
        alias if alias.is_unbound() => tuple::empty(),
        alias => alias,
    };
    let parts = TupleObject::new(cx, &[source]);
    Ok(TupleObject::new(cx, &[iter.value(), parts.value()]))
}
