//! Python slots: what a class's slots hold where the class (or a base) defines the dunder in Python. Each looks the
//! method up on the type and calls it. The interpreter avoids most of these by pushing frames itself.

use super::Slot;
use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::native::Arguments;
use crate::objects::exception;
use crate::objects::function::FunctionObject;
use crate::objects::method::{self, WrapperDescriptor};
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::names::Names;
use crate::objects::type_object::{OBJECT, TypeObject};
use crate::objects::{int, singleton};
use crate::operations::{attribute, call, convert};
use crate::value::Value;

/// All Python slots together; a class copies the ones that it needs.
pub(super) static SLOTS: Slots = Slots {
    repr: Some(|cx, value| required(cx, value, |names| names.repr, &[])),
    str: Some(|cx, value| required(cx, value, |names| names.str, &[])),
    hash: Some(hash),
    call: Some(call_slot),
    get_attribute: Some(get_attribute),
    set_attribute: Some(set_attribute),
    compare: Some(compare),
    iter: Some(iter),
    next: Some(next),
    length: Some(length),
    get_item: Some(|cx, container, key| required(cx, container, |names| names.getitem, &[key])),
    set_item: Some(set_item),
    contains: Some(contains),
    binary: BINARY,
    inplace: INPLACE,
    negative: Some(|cx, value| required(cx, value, |names| names.neg, &[])),
    positive: Some(|cx, value| required(cx, value, |names| names.pos, &[])),
    invert: Some(|cx, value| required(cx, value, |names| names.invert, &[])),
    absolute: Some(|cx, value| required(cx, value, |names| names.abs, &[])),
    int: Some(|cx, value| required(cx, value, |names| names.int, &[])),
    float: Some(|cx, value| required(cx, value, |names| names.float, &[])),
    index: Some(|cx, value| required(cx, value, |names| names.index, &[])),
    truth: Some(truth),
    descriptor_get: Some(descriptor_get),
    descriptor_set: Some(descriptor_set),
    new: Some(new),
    init: Some(init),
    buffer: Some(|cx, value, request| (cx.interpreter().hooks.python_buffer)(cx, value, request)),
    finalize: Some(finalize),
    ..Slots::EMPTY
};

/// Calls the method `name` (interned) found on the receiver's type; `None` if there is none.
pub fn call_dunder(cx: &mut Context, receiver: Value, name: Value, arguments: &[Value]) -> Result<Option<Owned>> {
    call_dunder_with(cx, receiver, name, Arguments::positional(arguments))
}

/// Like `call_dunder`, where an `AttributeError` of the method's descriptor counts as absence: for operations that do
/// something else without the method.
pub fn call_optional(cx: &mut Context, receiver: Value, name: Value, arguments: &[Value]) -> Result<Option<Owned>> {
    let kind = receiver.type_of();
    let Some(found) = kind.lookup(cx, name) else { return Ok(None) };
    if found.cast_exact::<FunctionObject>().is_some() {
        return call_dunder(cx, receiver, name, arguments);
    }
    let found = Owned::new(found);
    let Some(bind) = found.value().type_of().slots().descriptor_get else {
        return call::call(cx, found.value(), arguments).map(Some);
    };
    match bind(cx, found.value(), receiver, kind) {
        Ok(bound) => call::call(cx, bound.value(), arguments).map(Some),
        Err(_) if cx.swallow(&exception::ATTRIBUTE_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}

fn call_dunder_with(cx: &mut Context, receiver: Value, name: Value, arguments: Arguments<'_>) -> Result<Option<Owned>> {
    let kind = receiver.type_of();
    let Some(found) = kind.lookup(cx, name) else { return Ok(None) };
    let found = Owned::new(found);
    let function = found.value();
    if function.cast_exact::<FunctionObject>().is_some() {
        return method::prepend(receiver, arguments, |arguments| call::call_with(cx, function, arguments)).map(Some);
    }
    match function.type_of().slots().descriptor_get {
        Some(bind) => {
            let bound = bind(cx, function, receiver, kind)?;
            call::call_with(cx, bound.value(), arguments).map(Some)
        }
        None => call::call_with(cx, function, arguments).map(Some),
    }
}

/// Like `call_dunder`; an error if the method has gone.
fn required(cx: &mut Context, receiver: Value, pick: fn(&Names) -> Value, arguments: &[Value]) -> Result<Owned> {
    let name = pick(&cx.interpreter().names);
    match call_dunder(cx, receiver, name, arguments)? {
        Some(result) => Ok(result),
        None => Err(attribute::missing(cx, receiver, name)),
    }
}

fn is_not_implemented(value: &Owned) -> bool {
    value.value() == singleton::not_implemented()
}

fn hash(cx: &mut Context, value: Value) -> Result<i64> {
    let name = cx.interpreter().names.hash;
    match value.type_of().lookup(cx, name) {
        Some(found) if found != singleton::none() => {}
        _ => return Err(convert::unhashable(cx, value)),
    }
    let Some(result) = call_optional(cx, value, name, &[])? else { return Err(convert::unhashable(cx, value)) };
    if !int::is_int_like(result.value()) {
        return Err(cx.type_error("__hash__ method should return an integer"));
    }
    match int::as_i64(result.value()) {
        Some(-1) => Ok(-2),
        Some(hash) => Ok(hash),
        None => convert::hash(cx, result.value()),
    }
}

fn call_slot(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<Owned> {
    let name = cx.interpreter().names.call;
    match call_dunder_with(cx, value, name, arguments)? {
        Some(result) => Ok(result),
        None => {
            let kind = value.type_of().name();
            Err(cx.type_error(format!("'{kind}' object is not callable")))
        }
    }
}

/// Whether a namespace entry is `object.__getattribute__` itself.
pub fn is_generic_get_attribute(found: Value) -> bool {
    found
        .cast_exact::<WrapperDescriptor>()
        .is_some_and(|wrapper| wrapper.row.slot == Slot::GetAttribute && std::ptr::eq(wrapper.owner, &OBJECT.object))
}

/// `__getattribute__`, then `__getattr__` if that raised `AttributeError`.
fn get_attribute(cx: &mut Context, value: Value, name: Value) -> Result<Owned> {
    let kind = value.type_of();
    let names = &cx.interpreter().names;
    let (getattribute, getattr) = (names.getattribute, names.getattr);
    let has_fallback = kind.lookup(cx, getattr).is_some();
    let generic = kind.lookup(cx, getattribute).is_none_or(is_generic_get_attribute);
    let result = if generic && has_fallback {
        match attribute::generic_get_optional(cx, value, name) {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(raised) => Some(raised),
        }
    } else {
        match call_dunder(cx, value, getattribute, &[name]) {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => return attribute::generic_get(cx, value, name),
            Err(raised) => Some(raised),
        }
    };
    if let Some(raised) = result
        && (!has_fallback || !cx.swallow(&exception::ATTRIBUTE_ERROR))
    {
        return Err(raised);
    }
    match call_dunder(cx, value, getattr, &[name])? {
        Some(found) => Ok(found),
        None => Err(attribute::missing(cx, value, name)),
    }
}

fn set_attribute(cx: &mut Context, object: Value, name: Value, value: Value) -> Result<()> {
    if value.is_unbound() {
        required(cx, object, |names| names.delattr, &[name])?;
    } else {
        required(cx, object, |names| names.setattr, &[name, value])?;
    }
    Ok(())
}

fn compare_name(names: &Names, op: CompareOp) -> Value {
    match op {
        CompareOp::Less => names.lt,
        CompareOp::LessEqual => names.le,
        CompareOp::Equal => names.eq,
        CompareOp::NotEqual => names.ne,
        CompareOp::Greater => names.gt,
        CompareOp::GreaterEqual => names.ge,
    }
}

fn compare(cx: &mut Context, a: Value, b: Value, op: CompareOp) -> Result<Owned> {
    let name = compare_name(&cx.interpreter().names, op);
    let result = call_optional(cx, a, name, &[b])?;
    Ok(result.unwrap_or_else(|| Owned::new(singleton::not_implemented())))
}

/// Whether the receiver's type says `name = None`, which forbids the operation.
fn forbidden(cx: &mut Context, value: Value, name: Value) -> bool {
    value.type_of().lookup(cx, name) == Some(singleton::none())
}

fn iter(cx: &mut Context, value: Value) -> Result<Owned> {
    let name = cx.interpreter().names.iter;
    if !forbidden(cx, value, name)
        && let Some(iterator) = call_optional(cx, value, name, &[])?
    {
        return Ok(iterator);
    }
    let kind = value.type_of().name();
    Err(cx.type_error(format!("'{kind}' object is not iterable")))
}

fn next(cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    required(cx, value, |names| names.next, &[]).map(Some)
}

fn length(cx: &mut Context, value: Value) -> Result<usize> {
    let result = required(cx, value, |names| names.len, &[])?;
    Ok(length_of(cx, result.value())? as usize)
}

/// The length that a `__len__` has returned.
pub fn length_of(cx: &mut Context, result: Value) -> Result<i64> {
    let number = convert::index(cx, result)?;
    if int::is_negative(number.value()) {
        return Err(cx.value_error("__len__() should return >= 0"));
    }
    int::as_i64(number.value()).ok_or_else(|| {
        let kind = result.type_of().name();
        cx.overflow_error(format!("cannot fit '{kind}' into an index-sized integer"))
    })
}

fn set_item(cx: &mut Context, container: Value, key: Value, value: Value) -> Result<()> {
    let name = if value.is_unbound() { cx.interpreter().names.delitem } else { cx.interpreter().names.setitem };
    let result = if value.is_unbound() {
        call_dunder(cx, container, name, &[key])?
    } else {
        call_dunder(cx, container, name, &[key, value])?
    };
    if result.is_none() {
        let kind = container.type_of().name();
        let what = if value.is_unbound() { "deletion" } else { "assignment" };
        return Err(cx.type_error(format!("'{kind}' object does not support item {what}")));
    }
    Ok(())
}

fn contains(cx: &mut Context, container: Value, item: Value) -> Result<bool> {
    let name = cx.interpreter().names.contains;
    if forbidden(cx, container, name) {
        let kind = container.type_of().name();
        return Err(cx.type_error(format!("'{kind}' object is not a container")));
    }
    let result = required(cx, container, |names| names.contains, &[item])?;
    convert::truth(cx, result.value())
}

fn truth(cx: &mut Context, value: Value) -> Result<bool> {
    let name = cx.interpreter().names.bool;
    let Some(result) = call_optional(cx, value, name, &[])? else { return Ok(true) };
    match singleton::as_bool(result.value()) {
        Some(truth) => Ok(truth),
        None => {
            let kind = result.value().type_of().name();
            Err(cx.type_error(format!("__bool__ should return bool, returned {kind}")))
        }
    }
}

fn descriptor_get(cx: &mut Context, descriptor: Value, instance: Value, owner: &TypeObject) -> Result<Owned> {
    let instance = if instance.is_unbound() { singleton::none() } else { instance };
    let name = cx.interpreter().names.get;
    match call_optional(cx, descriptor, name, &[instance, owner.value()])? {
        Some(result) => Ok(result),
        None => Ok(Owned::new(descriptor)),
    }
}

fn descriptor_set(cx: &mut Context, descriptor: Value, instance: Value, value: Value) -> Result<()> {
    let names = &cx.interpreter().names;
    let (name, result) = if value.is_unbound() {
        (names.delete, call_dunder(cx, descriptor, names.delete, &[instance])?)
    } else {
        (names.set, call_dunder(cx, descriptor, names.set, &[instance, value])?)
    };
    match result {
        Some(_) => Ok(()),
        None => Err(cx.raise(&exception::ATTRIBUTE_ERROR, crate::objects::str::text(name).unwrap_or_default())),
    }
}

fn new(cx: &mut Context, kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let name = cx.interpreter().names.new;
    let function = attribute::get(cx, kind.value(), name)?;
    method::prepend(kind.value(), arguments, |arguments| call::call_with(cx, function.value(), arguments))
}

fn init(cx: &mut Context, value: Value, arguments: Arguments<'_>) -> Result<()> {
    let name = cx.interpreter().names.init;
    let Some(result) = call_dunder_with(cx, value, name, arguments)? else {
        return Err(attribute::missing(cx, value, name));
    };
    if result.value() != singleton::none() {
        let kind = result.value().type_of().name();
        return Err(cx.type_error(format!("__init__() should return None, not '{kind}'")));
    }
    Ok(())
}

fn finalize(cx: &mut Context, value: Value) -> Result<()> {
    let name = cx.interpreter().names.del;
    call_dunder(cx, value, name, &[]).map(drop)
}

macro_rules! python_binary {
    ($( $op:ident $function:ident $inplace:ident $name:ident $reflected:ident $inplace_name:ident ),* $(,)?) => {
        $(
            fn $function(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
                let names = &cx.interpreter().names;
                binary(cx, BinaryOp::$op, a, b, $function, names.$name, names.$reflected)
            }

            fn $inplace(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
                required(cx, a, |names| names.$inplace_name, &[b])
            }
        )*

        const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
            let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
            $( table[BinaryOp::$op as usize] = Some($function); )*
            table
        };

        const INPLACE: [Option<BinaryFunction>; BINARY_COUNT] = {
            let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
            $( table[BinaryOp::$op as usize] = Some($inplace); )*
            table
        };
    };
}

python_binary!(
    Add add iadd add radd iadd,
    Subtract subtract isubtract sub rsub isub,
    Multiply multiply imultiply mul rmul imul,
    TrueDivide true_divide itrue_divide truediv rtruediv itruediv,
    FloorDivide floor_divide ifloor_divide floordiv rfloordiv ifloordiv,
    Remainder remainder iremainder mod_ rmod imod,
    Power power ipower pow rpow ipow,
    MatrixMultiply matrix_multiply imatrix_multiply matmul rmatmul imatmul,
    LeftShift left_shift ileft_shift lshift rlshift ilshift,
    RightShift right_shift iright_shift rshift rrshift irshift,
    And and_ iand_ and rand iand,
    Or or_ ior_ or ror ior,
    Xor xor_ ixor_ xor rxor ixor,
);

/// What the right operand has to say to `a op b` when the left one has declined.
pub fn right_binary(cx: &mut Context, op: BinaryOp, a: Value, b: Value) -> Result<Owned> {
    let slot = b.type_of().slots().binary[op as usize];
    let own = SLOTS.binary[op as usize];
    let result = match (slot, own) {
        (Some(function), Some(own)) if std::ptr::fn_addr_eq(function, own) => {
            let row = super::REFLECTED.iter().find(|row| row.slot == Slot::Binary(op));
            let name = row.map(|row| (row.pick)(&cx.interpreter().names));
            name.map_or(Ok(None), |name| call_optional(cx, b, name, &[a]))?
        }
        (Some(function), _) => Some(function(cx, a, b)?),
        (None, _) => None,
    };
    Ok(result.unwrap_or_else(|| Owned::new(singleton::not_implemented())))
}

fn has_slot(kind: &TypeObject, op: BinaryOp, own: BinaryFunction) -> bool {
    kind.slots().binary[op as usize].is_some_and(|function| std::ptr::fn_addr_eq(function, own))
}

/// `a op b` where at least one operand's slot is `own` (CPython's `SLOT1BINFULL`): the left operand's method, then the
/// right one's reflected method, which goes first if its type is a subtype that overrides it.
fn binary(
    cx: &mut Context,
    op: BinaryOp,
    a: Value,
    b: Value,
    own: BinaryFunction,
    name: Value,
    reflected: Value,
) -> Result<Owned> {
    let (left, right) = (a.type_of(), b.type_of());
    let mut try_right = !std::ptr::eq(left, right) && has_slot(right, op, own);
    if has_slot(left, op, own) {
        if try_right && right.is_subtype(left) && overrides(cx, left, right, reflected) {
            if let Some(result) = call_optional(cx, b, reflected, &[a])?
                && !is_not_implemented(&result)
            {
                return Ok(result);
            }
            try_right = false;
        }
        if let Some(result) = call_optional(cx, a, name, &[b])?
            && !is_not_implemented(&result)
        {
            return Ok(result);
        }
        if std::ptr::eq(left, right) {
            return Ok(Owned::new(singleton::not_implemented()));
        }
    }
    if try_right && let Some(result) = call_optional(cx, b, reflected, &[a])? {
        return Ok(result);
    }
    Ok(Owned::new(singleton::not_implemented()))
}

/// Whether the right operand's type has another method `name` than the left one's.
fn overrides(cx: &Context, left: &TypeObject, right: &TypeObject, name: Value) -> bool {
    match (left.lookup(cx, name), right.lookup(cx, name)) {
        (_, None) => false,
        (own, other) => own != other,
    }
}
