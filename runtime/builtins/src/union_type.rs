//! `typing.Union` (also `types.UnionType`), what `int | str` gives, and the `|` of types.

use crate::generic_alias::{GenericAlias, push_type, substitution};
use sidewinder_runtime::heap::{Header, Immortal};
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::iterator::{release_fields, traverse_fields};
use sidewinder_runtime::objects::set::{SetObject, operations};
use sidewinder_runtime::objects::singleton::{self, NONE_TYPE};
use sidewinder_runtime::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{OBJECT, StaticType, TYPE, flags};
use sidewinder_runtime::objects::typing::{self, alias, parameter};
use sidewinder_runtime::operations::{attribute, compare, convert, dunder, instance};
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// A union of types.
#[repr(C)]
pub struct UnionObject {
    pub header: Header,
    /// A tuple of at least two types.
    members: Cell<Value>,
    /// How many of them had no hash when the union was made.
    unhashable: usize,
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
            get_item: Some(subscribe),
            get_attribute: Some(get_attribute),
            traverse: Some(traverse_fields::<1>),
            release: Some(release_fields::<1>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::HAS_WEAK)
    .with_methods(METHODS)
    .with_getset(GETSET)
    .with_doc("Represent a union type\n\nE.g. for int | str"),
);

sidewinder_runtime::object_type!(UnionObject, UNION);

static METHODS: &[Native] = &[
    Native::new("__mro_entries__", 1, 1, mro_entries, ""),
    Native::new("__class_getitem__", 1, 1, class_getitem, "").class_method(),
    Native::new("__instancecheck__", 1, 1, instance_check, ""),
    Native::new("__subclasscheck__", 1, 1, subclass_check, ""),
];

static GETSET: &[GetSet] = &[
    GetSet { name: "__args__", get: |_, it| Ok(Owned::new(union(it).members.get())), set: None, doc: "" },
    GetSet { name: "__origin__", get: |_, _| Ok(Owned::new(UNION.value())), set: None, doc: "" },
    GetSet { name: "__parameters__", get: get_parameters, set: None, doc: "" },
    GetSet { name: "__name__", get: |cx, _| Ok(str::intern(cx, "Union")), set: None, doc: "" },
    GetSet { name: "__qualname__", get: |cx, _| Ok(str::intern(cx, "Union")), set: None, doc: "" },
];

/// A union's module is that of its class, which is no attribute of the class's namespace.
fn get_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    let of_class = name == cx.interpreter().names.module;
    if of_class { attribute::get(cx, UNION.value(), name) } else { attribute::generic_get(cx, value, name) }
}

fn get_parameters(cx: &mut Context, value: Value) -> Result<Owned> {
    let found = substitution::parameters(cx, union(value).members())?;
    Ok(TupleObject::from_owned(cx, found))
}

/// Replaces the type parameters of the members.
fn subscribe(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let (_kept, members) = (Owned::new(value), union(value).members());
    let parameters = substitution::parameters(cx, members)?;
    let replaced = substitution::substitute(cx, value, members, &parameters, key)?;
    let replaced: Vec<Value> = replaced.iter().map(Owned::value).collect();
    make(cx, &replaced)
}

/// `Union[int, str]`
fn class_getitem(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let single = [arguments[1]];
    let given = arguments[1].cast::<TupleObject>().map_or(&single[..], TupleObject::as_slice);
    if given.is_empty() {
        return Err(cx.type_error("Cannot take a Union of no types."));
    }
    checked(cx, given)
}

/// The union of what `typing` takes for types: strings, for example, are references to them.
fn checked(cx: &mut Context, given: &[Value]) -> Result<Owned> {
    let mut types = Vec::with_capacity(given.len());
    for &given in given {
        if is_member(given) {
            types.push(Owned::new(given));
        } else {
            let message = StrObject::new(cx, "Union[arg, ...]: each arg must be a type.");
            types.push(typing::call_typing(cx, "_type_check", &[given, message.value()])?);
        }
    }
    let types: Vec<Value> = types.iter().map(Owned::value).collect();
    make(cx, &types)
}

fn mro_entries(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let shown = convert::repr(cx, arguments[0])?;
    let shown = str::text(shown.value()).unwrap_or_default();
    Err(cx.type_error(format!("Cannot subclass {shown}")))
}

/// What `type` gets besides its own methods: `|`, which makes unions.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&TYPE, TYPE_METHODS, &[])];

static TYPE_METHODS: &[Native] = &[
    Native::new("__or__", 1, 1, |cx, arguments| or(cx, arguments[0], arguments[1]), "Return self|value."),
    Native::new("__ror__", 1, 1, |cx, arguments| or(cx, arguments[1], arguments[0]), "Return value|self."),
];

static PARAMETER_METHODS: &[Native] = &[
    Native::new("__or__", 1, 1, |cx, arguments| or_checked(cx, arguments[0], arguments[1]), "Return self|value."),
    Native::new("__ror__", 1, 1, |cx, arguments| or_checked(cx, arguments[1], arguments[0]), "Return value|self."),
];

/// Types of the runtime whose objects may be members of a union, too, and what their `|` does.
static MEMBERS: &[(&StaticType, BinaryFunction, &[Native])] = &[
    (&parameter::TYPE_VARIABLE, or_checked, PARAMETER_METHODS),
    (&parameter::PARAMETER_SPECIFICATION, or_checked, PARAMETER_METHODS),
    (&alias::TYPE_ALIAS, or, TYPE_METHODS),
];

/// Gives `type` and the types of `MEMBERS` their `|`, before they are completed.
pub fn prepare() {
    TYPE.amend_slots(|slots| slots.binary[BinaryOp::Or as usize] = Some(or));
    for (kind, function, _) in MEMBERS {
        kind.amend_slots(|slots| slots.binary[BinaryOp::Or as usize] = Some(*function));
    }
}

/// Gives the types of `MEMBERS` their methods for that; called once, after the builtin types were completed.
pub fn install(cx: &mut Context) -> Result<()> {
    for (kind, _, methods) in MEMBERS {
        dunder::add_methods(cx, &kind.object, methods)?;
    }
    Ok(())
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
        || MEMBERS.iter().any(|(kind, ..)| value.has_type(kind))
}

/// `left | right` for types.
pub fn or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if !is_member(left) || !is_member(right) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    make(cx, &[left, right])
}

/// `left | right` where one of them is a union or a type parameter: the other may be whatever `Union[…]` takes.
fn or_checked(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    checked(cx, &[left, right])
}

/// The union of types: nested unions are spread out, duplicates left out; a single type is no union.
pub fn make(cx: &mut Context, types: &[Value]) -> Result<Owned> {
    let mut members: Vec<Value> = Vec::new();
    let hashed = SetObject::new(cx);
    let mut unhashable: Vec<Value> = Vec::new();
    for &given in types {
        let single = [if given == singleton::none() { NONE_TYPE.value() } else { given }];
        let spread = given.cast::<UnionObject>().map_or(&single[..], |union| union.members());
        for &candidate in spread {
            let is_new = match hash_if_any(cx, candidate) {
                Some(hash) => operations::of(hashed.value()).add_with_hash(cx, candidate, hash)?,
                None => {
                    let is_new = !contains(cx, &unhashable, candidate)?;
                    unhashable.extend(is_new.then_some(candidate));
                    is_new
                }
            };
            members.extend(is_new.then_some(candidate));
        }
    }
    if let [only] = *members {
        return Ok(Owned::new(only));
    }
    let members = TupleObject::new(cx, &members);
    let header = cx.heap.allocate(&raw const UNION.object, size_of::<UnionObject>(), true) as *mut UnionObject;
    // SAFETY: (heap 3) fresh memory of the union's size.
    unsafe {
        (&raw mut (*header).members).write(Cell::new(members.into_raw()));
        (&raw mut (*header).unhashable).write(unhashable.len());
    }
    Ok(Owned::from_raw(Value::from_pointer(header)))
}

/// The hash of a member; some have none, as `Annotated[int, []]`.
fn hash_if_any(cx: &mut Context, member: Value) -> Option<i64> {
    let hash = convert::hash(cx, member).ok();
    if hash.is_none() {
        drop(cx.take_pending());
    }
    hash
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

/// The members that have a hash, as a set, and the others.
fn parts(cx: &mut Context, value: Value) -> Result<(Owned, Vec<Value>)> {
    let (set, mut unhashable) = (SetObject::new(cx), Vec::new());
    let own = union(value);
    for &member in own.members() {
        if own.unhashable == 0 {
            operations::of(set.value()).add(cx, member)?;
        } else if let Some(hash) = hash_if_any(cx, member) {
            operations::of(set.value()).add_with_hash(cx, member, hash)?;
        } else {
            unhashable.push(member);
        }
    }
    Ok((set, unhashable))
}

/// A union that was made with unhashable members has no hash, even if they have one now.
fn union_hash(cx: &mut Context, value: Value) -> Result<i64> {
    let own = union(value);
    if own.unhashable > 0 {
        for &member in own.members() {
            convert::hash(cx, member)?;
        }
        return Err(cx.type_error(format!("union contains {} unhashable elements", own.unhashable)));
    }
    let (set, _) = parts(cx, value)?;
    Ok(operations::of(set.value()).elements_hash())
}

fn union_compare(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let both = left.cast::<UnionObject>().is_some() && right.cast::<UnionObject>().is_some();
    if !both || !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let ((left, left_rest), (right, right_rest)) = (parts(cx, left)?, parts(cx, right)?);
    let mut equal = compare::equals(cx, left.value(), right.value())? && left_rest.len() == right_rest.len();
    for (some, others) in [(&left_rest, &right_rest), (&right_rest, &left_rest)] {
        for &member in some {
            equal = equal && contains(cx, others, member)?;
        }
    }
    Ok(Owned::new(singleton::boolean(equal == (op == CompareOp::Equal))))
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
    table[BinaryOp::Or as usize] = Some(or_checked);
    table
};
