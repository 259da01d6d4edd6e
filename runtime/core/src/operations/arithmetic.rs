//! Unary and binary operators (CPython's Objects/abstract.c).

use crate::context::{Context, Result};
use crate::heap::Owned;
use crate::objects::slots::{BinaryOp, UnaryFunction};
use crate::objects::{int, singleton};
use crate::operations::dunder;
use crate::value::Value;

/// `a op b`. Errors: `TypeError` when neither operand supports it, or what they raise.
pub fn binary(cx: &mut Context, op: BinaryOp, a: Value, b: Value) -> Result<Owned> {
    if let Some(result) = int::short::binary(cx, op, a, b) {
        return Ok(result);
    }
    let result = dispatch(cx, op, a, b)?;
    if result.value() == singleton::not_implemented() {
        return Err(unsupported(cx, op, a, b, ""));
    }
    Ok(result)
}

/// `a op= b`.
pub fn inplace(cx: &mut Context, op: BinaryOp, a: Value, b: Value) -> Result<Owned> {
    if let Some(result) = int::short::binary(cx, op, a, b) {
        return Ok(result);
    }
    if let Some(function) = a.type_of().slots().inplace[op as usize] {
        let result = function(cx, a, b)?;
        if result.value() != singleton::not_implemented() {
            return Ok(result);
        }
    }
    let result = dispatch(cx, op, a, b)?;
    if result.value() == singleton::not_implemented() {
        return Err(unsupported(cx, op, a, b, "="));
    }
    Ok(result)
}

/// `a op b` after the method of `a`, which is in Python, answered `NotImplemented`, where the type of `b` is no proper
/// subtype of that of `a`: what is left to ask is `b`.
pub fn binary_declined(cx: &mut Context, op: BinaryOp, a: Value, b: Value) -> Result<Owned> {
    let (left_type, right_type) = (a.type_of(), b.type_of());
    if !std::ptr::eq(left_type, right_type) {
        let result = dunder::python::right_binary(cx, op, a, b)?;
        if result.value() != singleton::not_implemented() {
            return Ok(result);
        }
    }
    Err(unsupported(cx, op, a, b, ""))
}

/// Tries the operands' slots in CPython's order; the right operand first when its type is a proper subtype. A function
/// that is the slot of both is asked once.
fn dispatch(cx: &mut Context, op: BinaryOp, a: Value, b: Value) -> Result<Owned> {
    cx.check_native_stack("")?;
    let (left_type, right_type) = (a.type_of(), b.type_of());
    let left = left_type.slots().binary[op as usize];
    let mut right = right_type.slots().binary[op as usize];
    if let (Some(l), Some(r)) = (left, right)
        && std::ptr::fn_addr_eq(l, r)
    {
        right = None;
    }
    let not_implemented = singleton::not_implemented();
    if let Some(function) = left {
        if let Some(reflected) = right
            && right_type.is_subtype(left_type)
        {
            let result = reflected(cx, a, b)?;
            if result.value() != not_implemented {
                return Ok(result);
            }
            right = None;
        }
        let result = function(cx, a, b)?;
        if result.value() != not_implemented {
            return Ok(result);
        }
    }
    if let Some(function) = right {
        return function(cx, a, b);
    }
    Ok(Owned::new(not_implemented))
}

#[cold]
fn unsupported(cx: &mut Context, op: BinaryOp, a: Value, b: Value, suffix: &str) -> crate::context::Raised {
    let symbol = if suffix.is_empty() { op.symbol() } else { op.symbol().split(' ').next().unwrap_or("") };
    let (left, right) = (a.type_of().name(), b.type_of().name());
    cx.type_error(format!("unsupported operand type(s) for {symbol}{suffix}: '{left}' and '{right}'"))
}

fn unary(cx: &mut Context, value: Value, slot: Option<UnaryFunction>, sign: &str) -> Result<Owned> {
    match slot {
        Some(function) => function(cx, value),
        None => {
            let name = value.type_of().name();
            Err(cx.type_error(format!("bad operand type for {sign}: '{name}'")))
        }
    }
}

/// `-value`
pub fn negative(cx: &mut Context, value: Value) -> Result<Owned> {
    unary(cx, value, value.type_of().slots().negative, "unary -")
}

/// `+value`
pub fn positive(cx: &mut Context, value: Value) -> Result<Owned> {
    unary(cx, value, value.type_of().slots().positive, "unary +")
}

/// `~value`
pub fn invert(cx: &mut Context, value: Value) -> Result<Owned> {
    unary(cx, value, value.type_of().slots().invert, "unary ~")
}

/// `abs(value)`
pub fn absolute(cx: &mut Context, value: Value) -> Result<Owned> {
    unary(cx, value, value.type_of().slots().absolute, "abs()")
}
