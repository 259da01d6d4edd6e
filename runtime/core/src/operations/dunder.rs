//! The one table that ties dunder names to slots, in both directions.
//!
//! A builtin type's slot appears in its namespace as a slot wrapper (`fill_namespace`); a dunder method of a class
//! fills the class's slot (`update_slots`): with the native function itself where the method is a wrapper of it,
//! otherwise with a *Python slot* (`python.rs`), which looks the method up and calls it.

mod base_slots;
pub mod class_check;
pub mod layout;
pub(super) mod python;
mod wrappers;

pub use base_slots::{ABSTRACT, NEW, builtin_base, object_slots, type_slots};
pub use python::{call_dunder, call_optional, is_generic_get_attribute, length_of};

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::{Arguments, GetSet, Native};
use crate::objects::method::{self, NativeFunctionObject, WrapperDescriptor};
use crate::objects::reshape::{self, Descriptors};
use crate::objects::singleton;
use crate::objects::slots::{BinaryOp, CompareOp, Slots};
use crate::objects::str::names::Names;
use crate::objects::str::{self, StrObject};
use crate::objects::type_object::{TypeObject, flags, is_plain_data};
use crate::value::Value;

/// Which field of `Slots` a dunder belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    Repr,
    Str,
    Hash,
    Call,
    GetAttribute,
    SetAttribute,
    Compare,
    Iter,
    Next,
    Length,
    GetItem,
    SetItem,
    Contains,
    Binary(BinaryOp),
    Inplace(BinaryOp),
    Negative,
    Positive,
    Invert,
    Absolute,
    Int,
    Float,
    Index,
    Truth,
    DescriptorGet,
    DescriptorSet,
    New,
    Init,
    Buffer,
    Finalize,
}

/// Calls the owner's slot for a slot wrapper.
pub type Wrapper = fn(&mut Context, &'static Dunder, &'static TypeObject, Value, Arguments<'_>) -> Result<Owned>;

/// One dunder method.
pub struct Dunder {
    pub name: &'static str,
    /// The interned name.
    pub pick: fn(&Names) -> Value,
    pub slot: Slot,
    /// The comparison, for those.
    pub compare: CompareOp,
    /// Absent where no builtin type shows the slot under this name.
    pub wrapper: Option<Wrapper>,
    /// Bounds of the number of arguments besides `self`; not checked for wrappers that take keywords.
    pub minimum: u8,
    pub maximum: u8,
    pub keywords: bool,
}

const fn row(name: &'static str, pick: fn(&Names) -> Value, slot: Slot, count: u8, wrapper: Wrapper) -> Dunder {
    Dunder {
        name,
        pick,
        slot,
        compare: CompareOp::Equal,
        wrapper: Some(wrapper),
        minimum: count,
        maximum: count,
        keywords: false,
    }
}

const fn compare_row(name: &'static str, pick: fn(&Names) -> Value, compare: CompareOp) -> Dunder {
    let mut made = row(name, pick, Slot::Compare, 1, wrappers::compare);
    made.compare = compare;
    made
}

const fn with_maximum(mut made: Dunder, maximum: u8) -> Dunder {
    made.maximum = maximum;
    made
}

/// A binary operator's row; a power takes a modulus too.
const fn binary_row(name: &'static str, pick: fn(&Names) -> Value, op: BinaryOp, wrapper: Wrapper) -> Dunder {
    let made = row(name, pick, Slot::Binary(op), 1, wrapper);
    if matches!(op, BinaryOp::Power) { with_maximum(made, 2) } else { made }
}

const fn with_keywords(mut made: Dunder) -> Dunder {
    made.keywords = true;
    made
}

const fn without_wrapper(mut made: Dunder) -> Dunder {
    made.wrapper = None;
    made
}

macro_rules! unary_rows {
    ($( $name:literal $field:ident $slot:ident ),* $(,)?) => {
        [ $( row($name, |names| names.$field, Slot::$slot, 0, wrappers::unary) ),* ]
    };
}

static UNARY: &[Dunder] = &unary_rows!(
    "__neg__" neg Negative, "__pos__" pos Positive, "__abs__" abs Absolute, "__invert__" invert Invert,
    "__int__" int Int, "__float__" float Float, "__index__" index Index,
);

macro_rules! binary_rows {
    ($( $op:ident $name:literal $field:ident $reflected_name:literal $reflected:ident $inplace_name:literal
        $inplace:ident ),* $(,)?) => {
        static BINARY: &[Dunder] =
            &[ $( binary_row($name, |names| names.$field, BinaryOp::$op, wrappers::binary) ),* ];
        static REFLECTED: &[Dunder] =
            &[ $( binary_row($reflected_name, |names| names.$reflected, BinaryOp::$op, wrappers::reflected) ),* ];
        static INPLACE: &[Dunder] =
            &[ $( row($inplace_name, |names| names.$inplace, Slot::Inplace(BinaryOp::$op), 1, wrappers::inplace) ),* ];
    };
}

binary_rows!(
    Add "__add__" add "__radd__" radd "__iadd__" iadd,
    Subtract "__sub__" sub "__rsub__" rsub "__isub__" isub,
    Multiply "__mul__" mul "__rmul__" rmul "__imul__" imul,
    TrueDivide "__truediv__" truediv "__rtruediv__" rtruediv "__itruediv__" itruediv,
    FloorDivide "__floordiv__" floordiv "__rfloordiv__" rfloordiv "__ifloordiv__" ifloordiv,
    Remainder "__mod__" mod_ "__rmod__" rmod "__imod__" imod,
    Power "__pow__" pow "__rpow__" rpow "__ipow__" ipow,
    MatrixMultiply "__matmul__" matmul "__rmatmul__" rmatmul "__imatmul__" imatmul,
    LeftShift "__lshift__" lshift "__rlshift__" rlshift "__ilshift__" ilshift,
    RightShift "__rshift__" rshift "__rrshift__" rrshift "__irshift__" irshift,
    And "__and__" and "__rand__" rand "__iand__" iand,
    Or "__or__" or "__ror__" ror "__ior__" ior,
    Xor "__xor__" xor "__rxor__" rxor "__ixor__" ixor,
);

static BASIC: &[Dunder] = &[
    without_wrapper(row("__new__", |names| names.new, Slot::New, 0, wrappers::unary)),
    row("__repr__", |names| names.repr, Slot::Repr, 0, wrappers::unary),
    row("__hash__", |names| names.hash, Slot::Hash, 0, wrappers::hash),
    with_keywords(row("__call__", |names| names.call, Slot::Call, 0, wrappers::call)),
    row("__str__", |names| names.str, Slot::Str, 0, wrappers::unary),
    row("__getattribute__", |names| names.getattribute, Slot::GetAttribute, 1, wrappers::get_attribute),
    without_wrapper(row("__getattr__", |names| names.getattr, Slot::GetAttribute, 1, wrappers::get_attribute)),
    row("__setattr__", |names| names.setattr, Slot::SetAttribute, 2, wrappers::set_attribute),
    row("__delattr__", |names| names.delattr, Slot::SetAttribute, 1, wrappers::set_attribute),
    compare_row("__lt__", |names| names.lt, CompareOp::Less),
    compare_row("__le__", |names| names.le, CompareOp::LessEqual),
    compare_row("__eq__", |names| names.eq, CompareOp::Equal),
    compare_row("__ne__", |names| names.ne, CompareOp::NotEqual),
    compare_row("__gt__", |names| names.gt, CompareOp::Greater),
    compare_row("__ge__", |names| names.ge, CompareOp::GreaterEqual),
    row("__iter__", |names| names.iter, Slot::Iter, 0, wrappers::unary),
    row("__next__", |names| names.next, Slot::Next, 0, wrappers::next),
    with_maximum(row("__get__", |names| names.get, Slot::DescriptorGet, 1, wrappers::descriptor_get), 2),
    row("__set__", |names| names.set, Slot::DescriptorSet, 2, wrappers::descriptor_set),
    row("__delete__", |names| names.delete, Slot::DescriptorSet, 1, wrappers::descriptor_set),
    with_keywords(row("__init__", |names| names.init, Slot::Init, 0, wrappers::init)),
    row("__buffer__", |names| names.buffer, Slot::Buffer, 1, wrappers::buffer),
    row("__release_buffer__", |names| names.release_buffer, Slot::Buffer, 1, wrappers::release_buffer),
    row("__del__", |names| names.del, Slot::Finalize, 0, wrappers::finalize),
];

static CONTAINER: &[Dunder] = &[
    row("__bool__", |names| names.bool, Slot::Truth, 0, wrappers::truth),
    row("__len__", |names| names.len, Slot::Length, 0, wrappers::length),
    row("__getitem__", |names| names.getitem, Slot::GetItem, 1, wrappers::get_item),
    row("__setitem__", |names| names.setitem, Slot::SetItem, 2, wrappers::set_item),
    row("__delitem__", |names| names.delitem, Slot::SetItem, 1, wrappers::set_item),
    row("__contains__", |names| names.contains, Slot::Contains, 1, wrappers::contains),
];

/// Every dunder method that has to do with a slot, those of one slot together.
pub fn rows() -> impl Iterator<Item = &'static Dunder> {
    [BASIC, BINARY, REFLECTED, INPLACE, UNARY, CONTAINER].into_iter().flatten()
}

macro_rules! slot_fields {
    ($( $slot:ident => $field:ident ),* $(,)?) => {
        /// The address of a slot's function; zero for none. Two types share a slot if the addresses are equal.
        fn address(slots: &Slots, slot: Slot) -> usize {
            match slot {
                $( Slot::$slot => slots.$field.map_or(0, |function| function as usize), )*
                Slot::Binary(op) => slots.binary[op as usize].map_or(0, |function| function as usize),
                Slot::Inplace(op) => slots.inplace[op as usize].map_or(0, |function| function as usize),
            }
        }

        /// Copies one slot.
        fn copy(into: &mut Slots, from: &Slots, slot: Slot) {
            match slot {
                $( Slot::$slot => into.$field = from.$field, )*
                Slot::Binary(op) => into.binary[op as usize] = from.binary[op as usize],
                Slot::Inplace(op) => into.inplace[op as usize] = from.inplace[op as usize],
            }
        }
    };
}

slot_fields! {
    Repr => repr, Str => str, Hash => hash, Call => call, GetAttribute => get_attribute, SetAttribute => set_attribute,
    Compare => compare, Iter => iter, Next => next, Length => length, GetItem => get_item, SetItem => set_item,
    Contains => contains, Negative => negative, Positive => positive, Invert => invert, Absolute => absolute,
    Int => int, Float => float, Index => index, Truth => truth, DescriptorGet => descriptor_get,
    DescriptorSet => descriptor_set, New => new, Init => init, Buffer => buffer, Finalize => finalize,
}

/// Whether a builtin type has a slot that its base has not, or another one.
fn has_own(kind: &TypeObject, slot: Slot) -> bool {
    let own = address(kind.slots(), slot);
    own != 0 && kind.base.get().is_none_or(|base| own != address(base.slots(), slot))
}

/// Whether `+` and `*` of a builtin type are those of sequences, which have no reflected addition.
fn is_sequence(kind: &TypeObject) -> bool {
    kind.slots().get_item.is_some() && kind.slots().length.is_some()
}

/// Puts the wrappers of a builtin type's own slots, its methods and its computed attributes into its namespace.
pub fn fill_namespace(cx: &mut Context, kind: &'static TypeObject) -> Result<()> {
    let namespace = kind.namespace(cx);
    if let Some((module, _)) = kind.name().rsplit_once('.')
        && !is_static_elsewhere(kind)
    {
        let (name, module) = (cx.interpreter().names.module, str::intern(cx, module));
        namespace.set(cx, name, module.value())?;
    }
    if has_own(kind, Slot::New) {
        add_new(cx, kind)?;
    }
    for row in rows() {
        let name = (row.pick)(&cx.interpreter().names);
        if row.wrapper.is_none() || !has_own(kind, row.slot) {
            continue;
        }
        let reflected =
            row.wrapper.is_some_and(|wrapper| std::ptr::fn_addr_eq(wrapper, wrappers::reflected as Wrapper));
        if reflected && row.slot == Slot::Binary(BinaryOp::Add) && is_sequence(kind) {
            continue;
        }
        if row.name == "__release_buffer__" && std::ptr::eq(kind, &crate::objects::bytes::BYTES.object) {
            continue;
        }
        let value = if row.slot == Slot::Hash && is_unhashable(kind) {
            Owned::new(singleton::none())
        } else {
            method::wrapper::new(cx, row, kind)
        };
        namespace.set(cx, name, value.value())?;
    }
    let names = &cx.interpreter().names;
    let (hash, doc) = (names.hash, names.doc);
    if kind.slots().hash.is_none() {
        namespace.set(cx, hash, singleton::none())?;
    }
    add_methods(cx, kind, kind.methods)?;
    add_getset(cx, kind, kind.getset)?;
    if kind.has_flag(flags::HAS_DICT) && kind.base.get().is_some_and(|base| !base.has_flag(flags::HAS_DICT)) {
        add_getset(cx, kind, OWN_DICT)?;
    }
    if kind.has_flag(flags::GENERIC) {
        add_methods(cx, kind, CLASS_GETITEM)?;
    }
    let text = if kind.doc.is_empty() { Owned::new(singleton::none()) } else { StrObject::new(cx, kind.doc) };
    if namespace.get_interned(doc).is_none() {
        namespace.set(cx, doc, text.value())?;
    }
    Ok(())
}

/// Whether a type with a module in its name shows that to its instances no more than `int` does: so do the static types
/// of CPython.
fn is_static_elsewhere(kind: &TypeObject) -> bool {
    let name = kind.name();
    name.starts_with("types.") || name.starts_with("string.templatelib.") || name == "typing.Union"
}

/// What makes `class[object]` a generic alias (PEP 585).
static CLASS_GETITEM: &[Native] = &[Native::new(
    "__class_getitem__",
    1,
    1,
    |cx, arguments| Ok((cx.interpreter().hooks.generic_alias)(cx, arguments[0], arguments[1])),
    "See PEP 585",
)
.class_method()];

/// The attribute that shows the attributes of an object.
static OWN_DICT: &[GetSet] = &[GetSet {
    name: "__dict__",
    get: crate::operations::attribute::own_dict,
    set: Some(crate::operations::attribute::replace_own_dict),
    doc: "",
}];

/// Builtin types whose `hash` slot only raises; `__hash__` is `None` there.
fn is_unhashable(kind: &TypeObject) -> bool {
    const MUTABLE: [&str; 6] = ["list", "dict", "set", "bytearray", "dict_keys", "dict_items"];
    let unhashable: fn(&mut Context, Value) -> Result<i64> = crate::operations::convert::unhashable_slot;
    let marked = kind.slots().hash.is_some_and(|hash| std::ptr::fn_addr_eq(hash, unhashable));
    marked || MUTABLE.contains(&kind.name())
}

/// Adds `__new__` to a builtin type's namespace.
pub fn add_new(cx: &mut Context, kind: &'static TypeObject) -> Result<()> {
    let name = cx.interpreter().names.new;
    let function = method::native::new_bound(cx, &NEW, kind.value());
    kind.namespace(cx).set(cx, name, function.value())?;
    kind.modified(cx);
    Ok(())
}

/// Adds methods to a builtin type's namespace.
pub fn add_methods(cx: &mut Context, kind: &'static TypeObject, methods: &'static [Native]) -> Result<()> {
    for definition in methods {
        let name = str::intern(cx, definition.name);
        let descriptor = method::native::new_descriptor(cx, definition, kind);
        kind.namespace(cx).set(cx, name.value(), descriptor.value())?;
    }
    kind.modified(cx);
    Ok(())
}

/// Adds computed attributes to a builtin type's namespace.
pub fn add_getset(cx: &mut Context, kind: &'static TypeObject, getset: &'static [GetSet]) -> Result<()> {
    for definition in getset {
        let name = str::intern(cx, definition.name);
        let descriptor = method::getset::new_getset(cx, definition, kind);
        kind.namespace(cx).set(cx, name.value(), descriptor.value())?;
    }
    kind.modified(cx);
    Ok(())
}

/// How a class gets one of its slots.
enum Source {
    Absent,
    Native(&'static TypeObject),
    Python,
    Unhashable,
}

/// Decides where the slot of a class comes from, by looking up all the dunder names that belong to it.
fn resolve(cx: &mut Context, kind: &TypeObject, slot: Slot) -> Source {
    let mut source = Source::Absent;
    for row in rows().filter(|row| row.slot == slot) {
        let name = (row.pick)(&cx.interpreter().names);
        let Some(found) = kind.lookup(cx, name) else { continue };
        if slot == Slot::Hash && found == singleton::none() {
            return Source::Unhashable;
        }
        let Some(owner) = native_owner(row, found).filter(|owner| kind.is_subtype(owner)) else {
            return Source::Python;
        };
        source = match source {
            Source::Native(other) if address(other.slots(), slot) != address(owner.slots(), slot) => {
                return Source::Python;
            }
            Source::Native(other) => Source::Native(other),
            _ => Source::Native(owner),
        };
    }
    source
}

/// The builtin type whose slot a namespace entry stands for.
fn native_owner(row: &'static Dunder, found: Value) -> Option<&'static TypeObject> {
    if row.slot == Slot::New {
        let function = found.cast_exact::<NativeFunctionObject>()?;
        return if std::ptr::eq(function.definition, &NEW) { function.owner() } else { None };
    }
    let wrapper = found.cast_exact::<WrapperDescriptor>()?;
    std::ptr::eq(wrapper.row, row).then_some(wrapper.owner)
}

/// Recomputes one slot of a class.
fn update_slot(cx: &mut Context, kind: &TypeObject, slot: Slot) {
    let mut slots = *kind.slots();
    match resolve(cx, kind, slot) {
        Source::Absent => copy(&mut slots, &Slots::EMPTY, slot),
        Source::Native(owner) => copy(&mut slots, owner.slots(), slot),
        Source::Python => copy(&mut slots, &python::SLOTS, slot),
        Source::Unhashable => slots.hash = Some(|cx, value| Err(crate::operations::convert::unhashable(cx, value))),
    }
    kind.set_slots(slots);
    let custom = match slot {
        Slot::GetAttribute => flags::CUSTOM_GETATTR,
        Slot::SetAttribute => flags::CUSTOM_SETATTR,
        Slot::Finalize => flags::HAS_FINALIZER,
        _ => return,
    };
    let is_python = address(&slots, slot) == address(&python::SLOTS, slot);
    let cleared = kind.flags.get() & !custom;
    kind.flags.set(if is_python { cleared | custom } else { cleared });
}

/// Recomputes every slot of a class from its linearisation. A class with one base instead inherits the base's slots
/// and calls `update_own_slots`.
pub fn update_slots(cx: &mut Context, kind: &TypeObject) {
    let mut previous = None;
    for row in rows() {
        if previous != Some(row.slot) {
            update_slot(cx, kind, row.slot);
            previous = Some(row.slot);
        }
    }
}

/// Recomputes the slots whose dunder names are in the class's own namespace.
pub fn update_own_slots(cx: &mut Context, kind: &TypeObject) {
    let namespace = kind.namespace(cx);
    for index in 0..namespace.entry_count() {
        let Some((name, _)) = namespace.entry(index) else { continue };
        if !is_dunder(name) {
            continue;
        }
        let name = str::intern_value(cx, name).value();
        if let Some(row) = rows().find(|row| (row.pick)(&cx.interpreter().names) == name) {
            update_slot(cx, kind, row.slot);
        }
    }
}

/// Whether a name has the form `__x__`.
pub fn is_dunder(name: Value) -> bool {
    str::text(name).is_some_and(|text| text.len() > 4 && text.starts_with("__") && text.ends_with("__"))
}

/// Sets `name` (interned) in the namespace of a class, or deletes it where `value` is unbound; then caches, and the slots
/// of the class and its subclasses, are told. False if there was nothing to delete.
pub fn change_attribute(cx: &mut Context, kind: &TypeObject, name: Value, value: Value) -> Result<bool> {
    let namespace = kind.namespace(cx);
    if let Some(old) = namespace.get_interned(name)
        && !value.is_unbound()
        && is_plain_data(old)
        && is_plain_data(value)
        && !is_dunder(name)
    {
        // How attributes are found stays as it is, and caches of plain data know the entry, not the value.
        let old = Owned::new(old);
        namespace.set(cx, name, value)?;
        drop(old);
        return Ok(true);
    }
    let before = Descriptors::find(cx, kind, name);
    // The old value must outlive the caches that may hold it.
    let old = if value.is_unbound() {
        let Some(removed) = namespace.remove(cx, name)? else { return Ok(false) };
        Some(removed)
    } else {
        let old = namespace.get_interned(name).map(Owned::new);
        namespace.set(cx, name, value)?;
        old
    };
    attribute_changed(cx, kind, name, before);
    drop(old);
    Ok(true)
}

/// New versions and slots, in subclasses too.
fn attribute_changed(cx: &mut Context, kind: &TypeObject, name: Value, before: Descriptors) {
    kind.modified(cx);
    reshape::attribute_changed(cx, kind, name, before);
    if !is_dunder(name) {
        return;
    }
    let name = str::intern_value(cx, name).value();
    if let Some(row) = rows().find(|row| (row.pick)(&cx.interpreter().names) == name) {
        update_slot_below(cx, kind, row.slot);
    }
}

fn update_slot_below(cx: &mut Context, kind: &TypeObject, slot: Slot) {
    if kind.has_flag(flags::HEAP) {
        update_slot(cx, kind, slot);
    }
    for subclass in kind.state(cx).subclasses.clone() {
        // SAFETY: (types 2) a subclass removes itself from the list before it dies.
        update_slot_below(cx, unsafe { &*subclass }, slot);
    }
}
