//! `typing.Union` (also `types.UnionType`), what `int | str` gives, and the `|` of types.

use crate::generic_alias::{GenericAlias, push_type};
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::iterator::{release_fields, traverse_fields};
use sidewinder_runtime::objects::set::SetObject;
use sidewinder_runtime::objects::singleton::{self, NONE_TYPE};
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use sidewinder_runtime::objects::str::StrBuilder;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, TYPE, flags};
use sidewinder_runtime::operations::{compare, instance};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// A union of types.
#[repr(C)]
pub struct UnionObject {
    pub header: Header,
    /// A tuple of at least two types.
    members: Cell<Value>,
}

pub static UNION: StaticType = Immortal::new(
    TypeObject::builtin(
        "typing.Union",
        size_of::<UnionObject>(),
        Slots {
            repr: Some(union_repr),
            hash: Some(union_hash),
            compare: Some(union_compare),
            binary: BINARY,
            traverse: Some(traverse_fields::<1>),
            release: Some(release_fields::<1>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(METHODS)
    .with_getset(GETSET)
    .with_doc("Represent a union type\n\nE.g. for int | str"),
);

sidewinder_runtime::object_type!(UnionObject, UNION);

static METHODS: &[Native] = &[
    Native::new("__instancecheck__", 1, 1, instance_check, ""),
    Native::new("__subclasscheck__", 1, 1, subclass_check, ""),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "__args__", get: |_, it| Ok(Owned::new(union(it).members.get())), set: None, doc: "" },
    GetSet { name: "__origin__", get: |_, _| Ok(Owned::new(UNION.value())), set: None, doc: "" },
    GetSet { name: "__parameters__", get: |cx, _| Ok(TupleObject::new(cx, &[])), set: None, doc: "" },
];

/// What `type` gets besides its own methods: `|`, which makes unions.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&TYPE, TYPE_METHODS, &[])];

static TYPE_METHODS: &[Native] = &[
    Native::new("__or__", 1, 1, |cx, arguments| or(cx, arguments[0], arguments[1]), "Return self|value."),
    Native::new("__ror__", 1, 1, |cx, arguments| or(cx, arguments[1], arguments[0]), "Return value|self."),
];

/// Gives `type` its `|`; called once, after the builtin types were completed.
pub fn install() {
    let mut slots = *TYPE.slots();
    slots.binary[BinaryOp::Or as usize] = Some(or);
    TYPE.set_slots(slots);
}

impl UnionObject {
    /// The types, in the order in which they were named.
    pub fn members(&self) -> &'static [Value] {
        // SAFETY: (iterators 1) the field is a tuple, alive as long as the union.
        unsafe { self.members.get().cast_unchecked::<TupleObject>() }.as_slice()
    }
}

/// The object of a value that is known to be a union.
fn union(value: Value) -> &'static UnionObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

/// Whether a value may be a member of a union made by `|`.
fn is_member(value: Value) -> bool {
    value == singleton::none()
        || value.cast::<TypeObject>().is_some()
        || value.cast::<GenericAlias>().is_some()
        || value.cast::<UnionObject>().is_some()
}

/// `left | right` for types.
pub fn or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if !is_member(left) || !is_member(right) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    make(cx, &[left, right])
}

/// The union of types: nested unions are spread out, duplicates left out; a single type is no union.
pub fn make(cx: &mut Context, types: &[Value]) -> Result<Owned> {
    let mut members: Vec<Value> = Vec::new();
    for &given in types {
        let single = [if given == singleton::none() { NONE_TYPE.value() } else { given }];
        let spread = given.cast::<UnionObject>().map_or(&single[..], |union| union.members());
        for &candidate in spread {
            if !contains(cx, &members, candidate)? {
                members.push(candidate);
            }
        }
    }
    if let [only] = *members {
        return Ok(Owned::new(only));
    }
    let members = TupleObject::new(cx, &members);
    let header = cx.heap.allocate(&raw const UNION.object, size_of::<UnionObject>(), true) as *mut UnionObject;
    // SAFETY: (heap 3) fresh memory of the union's size.
    unsafe { (&raw mut (*header).members).write(Cell::new(members.into_raw())) };
    Ok(Owned::from_raw(Value::from_pointer(header)))
}

fn contains(cx: &mut Context, members: &[Value], candidate: Value) -> Result<bool> {
    for &member in members {
        if compare::equals(cx, member, candidate)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn union_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let mut result = StrBuilder::new();
    for (index, &member) in union(value).members().iter().enumerate() {
        if index > 0 {
            result.push_text(" | ");
        }
        if member == NONE_TYPE.value() {
            result.push_text("None");
        } else {
            push_type(cx, &mut result, member)?;
        }
    }
    Ok(result.finish(cx))
}

/// A set of the members, which decides about equality.
fn member_set(cx: &mut Context, value: Value) -> Result<Owned> {
    let set = SetObject::new(cx);
    for &member in union(value).members() {
        sidewinder_runtime::objects::set::operations::of(set.value()).add(cx, member)?;
    }
    Ok(set)
}

fn union_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let set = member_set(cx, value)?;
    Ok(sidewinder_runtime::objects::set::operations::of(set.value()).elements_hash())
}

fn union_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let both = left.cast::<UnionObject>().is_some() && right.cast::<UnionObject>().is_some();
    if !both || !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let (left, right) = (member_set(cx, left)?, member_set(cx, right)?);
    compare::compare(cx, op, left.value(), right.value())
}

/// Whether `check` holds for some member; parameterised ones, when reached, cannot be checked.
fn any_member(
    cx: &mut Context,
    arguments: &[Value],
    check: fn(&mut Context, Value, Value) -> Result<bool>,
) -> Result<Owned> {
    let members = union(arguments[0]).members();
    for &member in members {
        if check(cx, arguments[1], member)? {
            return Ok(Owned::new(singleton::true_()));
        }
    }
    Ok(Owned::new(singleton::false_()))
}

fn instance_check(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    any_member(cx, arguments, instance::is_instance)
}

fn subclass_check(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    any_member(cx, arguments, instance::is_subclass)
}

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Or as usize] = Some(or);
    table
};
