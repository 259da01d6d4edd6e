//! The module `_operator`: Python's operators as functions, and objects that fetch attributes, items and methods.

mod fetchers;

pub use fetchers::{AttributeGetter, ItemGetter, MethodCaller};
use sidewinder_macros::{native_functions, native_module};
use sidewinder_runtime::native::Index;
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::{bytes, int, singleton, str};
use sidewinder_runtime::operations::{arithmetic, call, compare, convert, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The operators of arithmetic.
#[native_functions]
pub mod operators {
    use super::*;

    /// a + b
    #[function(name = "add")]
    fn add(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Add, a, b)
    }

    /// a - b
    #[function(name = "sub")]
    fn sub(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Subtract, a, b)
    }

    /// a * b
    #[function(name = "mul")]
    fn mul(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Multiply, a, b)
    }

    /// a @ b
    #[function(name = "matmul")]
    fn matmul(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::MatrixMultiply, a, b)
    }

    /// a / b
    #[function(name = "truediv")]
    fn truediv(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::TrueDivide, a, b)
    }

    /// a // b
    #[function(name = "floordiv")]
    fn floordiv(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::FloorDivide, a, b)
    }

    /// a % b
    #[function(name = "mod")]
    fn mod_(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Remainder, a, b)
    }

    /// a ** b
    #[function(name = "pow")]
    fn pow(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Power, a, b)
    }

    /// a << b
    #[function(name = "lshift")]
    fn lshift(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::LeftShift, a, b)
    }

    /// a >> b
    #[function(name = "rshift")]
    fn rshift(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::RightShift, a, b)
    }

    /// a & b
    #[function(name = "and_")]
    fn and_(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::And, a, b)
    }

    /// a | b
    #[function(name = "or_")]
    fn or_(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Or, a, b)
    }

    /// a ^ b
    #[function(name = "xor")]
    fn xor(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::binary(cx, BinaryOp::Xor, a, b)
    }

    /// a += b
    #[function]
    fn iadd(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Add, a, b)
    }

    /// a -= b
    #[function]
    fn isub(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Subtract, a, b)
    }

    /// a *= b
    #[function]
    fn imul(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Multiply, a, b)
    }

    /// a @= b
    #[function]
    fn imatmul(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::MatrixMultiply, a, b)
    }

    /// a /= b
    #[function]
    fn itruediv(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::TrueDivide, a, b)
    }

    /// a //= b
    #[function]
    fn ifloordiv(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::FloorDivide, a, b)
    }

    /// a %= b
    #[function]
    fn imod(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Remainder, a, b)
    }

    /// a **= b
    #[function]
    fn ipow(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Power, a, b)
    }

    /// a <<= b
    #[function]
    fn ilshift(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::LeftShift, a, b)
    }

    /// a >>= b
    #[function]
    fn irshift(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::RightShift, a, b)
    }

    /// a &= b
    #[function]
    fn iand(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::And, a, b)
    }

    /// a |= b
    #[function]
    fn ior(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Or, a, b)
    }

    /// a ^= b
    #[function]
    fn ixor(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        arithmetic::inplace(cx, BinaryOp::Xor, a, b)
    }

    /// a < b
    #[function]
    fn lt(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        compare::compare(cx, CompareOp::Less, a, b)
    }

    /// a <= b
    #[function]
    fn le(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        compare::compare(cx, CompareOp::LessEqual, a, b)
    }

    /// a == b
    #[function]
    fn eq(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        compare::compare(cx, CompareOp::Equal, a, b)
    }

    /// a != b
    #[function]
    fn ne(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        compare::compare(cx, CompareOp::NotEqual, a, b)
    }

    /// a > b
    #[function]
    fn gt(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        compare::compare(cx, CompareOp::Greater, a, b)
    }

    /// a >= b
    #[function]
    fn ge(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        compare::compare(cx, CompareOp::GreaterEqual, a, b)
    }

    /// -a
    #[function]
    fn neg(cx: &mut Context, a: Value) -> Result<Owned> {
        arithmetic::negative(cx, a)
    }

    /// +a
    #[function]
    fn pos(cx: &mut Context, a: Value) -> Result<Owned> {
        arithmetic::positive(cx, a)
    }

    /// The absolute value of a.
    #[function]
    fn abs(cx: &mut Context, a: Value) -> Result<Owned> {
        arithmetic::absolute(cx, a)
    }

    /// ~a
    #[function(also = "invert")]
    fn inv(cx: &mut Context, a: Value) -> Result<Owned> {
        arithmetic::invert(cx, a)
    }
}

/// Operators as functions.
#[native_module("_operator", include(operators), types(AttributeGetter, ItemGetter, MethodCaller))]
mod rows {
    use super::*;

    /// The truth of a.
    #[function]
    fn truth(a: bool) -> bool {
        a
    }

    /// not a
    #[function(name = "not_")]
    fn not_(a: bool) -> bool {
        !a
    }

    /// a is b
    #[function(pure, name = "is_")]
    fn is_(a: Value, b: Value) -> bool {
        compare::is_same(a, b)
    }

    /// a is not b
    #[function(pure)]
    fn is_not(a: Value, b: Value) -> bool {
        !compare::is_same(a, b)
    }

    /// a is None
    #[function(pure)]
    fn is_none(a: Value) -> bool {
        a == singleton::none()
    }

    /// a is not None
    #[function(pure)]
    fn is_not_none(a: Value) -> bool {
        a != singleton::none()
    }

    /// a.__index__()
    #[function]
    fn index(cx: &mut Context, a: Value) -> Result<Owned> {
        let number = convert::index(cx, a)?;
        Ok(if int::is_exact(number.value()) { number } else { int::exact(cx, number.value()) })
    }

    /// a + b, of sequences.
    #[function]
    fn concat(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        check_sequence(cx, a)?;
        arithmetic::binary(cx, BinaryOp::Add, a, b)
    }

    /// a += b, of sequences.
    #[function]
    fn iconcat(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        check_sequence(cx, a)?;
        arithmetic::inplace(cx, BinaryOp::Add, a, b)
    }

    /// b in a
    #[function]
    fn contains(cx: &mut Context, a: Value, b: Value) -> Result<bool> {
        subscript::contains(cx, a, b)
    }

    /// The position of the first item of a that equals b.
    #[function(name = "indexOf")]
    fn index_of(cx: &mut Context, a: Value, b: Value) -> Result<i64> {
        let iterator = iterate::get_iter(cx, a)?;
        let mut position = 0;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            if compare::is_same(item.value(), b) || compare::equals(cx, item.value(), b)? {
                return Ok(position);
            }
            position += 1;
        }
        Err(cx.value_error("sequence.index(x): x not in sequence"))
    }

    /// How many items of a equal b.
    #[function(name = "countOf")]
    fn count_of(cx: &mut Context, a: Value, b: Value) -> Result<i64> {
        let iterator = iterate::get_iter(cx, a)?;
        let mut count = 0;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            count += i64::from(compare::is_same(item.value(), b) || compare::equals(cx, item.value(), b)?);
        }
        Ok(count)
    }

    /// a[b]
    #[function]
    fn getitem(cx: &mut Context, a: Value, b: Value) -> Result<Owned> {
        subscript::get_item(cx, a, b)
    }

    /// a[b] = c
    #[function]
    fn setitem(cx: &mut Context, a: Value, b: Value, c: Value) -> Result<()> {
        subscript::set_item(cx, a, b, c)
    }

    /// del a[b]
    #[function]
    fn delitem(cx: &mut Context, a: Value, b: Value) -> Result<()> {
        subscript::delete_item(cx, a, b)
    }

    /// An estimate of the number of items: the length, what __length_hint__ says, or the default.
    #[function]
    fn length_hint(cx: &mut Context, obj: Value, #[default(0)] default: Index) -> Result<i64> {
        if obj.type_of().slots().length.is_some() {
            match subscript::length(cx, obj) {
                Ok(length) => return Ok(length as i64),
                Err(raised) if !cx.swallow(&sidewinder_runtime::objects::exception::TYPE_ERROR) => return Err(raised),
                Err(_) => {}
            }
        }
        let name = str::intern(cx, "__length_hint__");
        let Some(method) = call::lookup_special(cx, obj, name.value())? else { return Ok(default.0) };
        let found = match call::call(cx, method.value(), &[]) {
            Ok(found) => found,
            Err(_) if cx.swallow(&sidewinder_runtime::objects::exception::TYPE_ERROR) => return Ok(default.0),
            Err(raised) => return Err(raised),
        };
        if found.value() == singleton::not_implemented() {
            return Ok(default.0);
        }
        if !sidewinder_runtime::objects::int::is_int_like(found.value()) {
            let actual = found.value().type_of().name();
            return Err(cx.type_error(format!("__length_hint__ must be an integer, not {actual}")));
        }
        let hint = convert::index_i64(cx, found.value())?;
        if hint < 0 { Err(cx.value_error("__length_hint__() should return >= 0")) } else { Ok(hint) }
    }

    /// Calls obj with the other arguments.
    #[function]
    fn call(cx: &mut Context, arguments: sidewinder_runtime::Arguments<'_>) -> Result<Owned> {
        let Some(callable) = arguments.positionals().first().copied() else {
            return Err(cx.type_error("call expected at least 1 argument, got 0"));
        };
        super::call::call_with(cx, callable, arguments.without_first())
    }

    /// Whether a equals b, in a time that does not depend on where they differ: for secrets.
    #[function]
    fn _compare_digest(cx: &mut Context, a: Value, b: Value) -> Result<bool> {
        let texts = (str::cast(a), str::cast(b));
        if let (Some(left), Some(right)) = texts {
            let (Some(left), Some(right)) = (left.as_ascii(), right.as_ascii()) else {
                return Err(cx.type_error("comparing strings with non-ASCII characters is not supported"));
            };
            return Ok(bytes::same_in_constant_time(left.as_bytes(), right.as_bytes()));
        }
        match (bytes::like(a), bytes::like(b)) {
            (Some(left), Some(right)) => Ok(bytes::same_in_constant_time(left, right)),
            _ => {
                let (left, right) = (a.type_of().name(), b.type_of().name());
                Err(cx.type_error(format!(
                    "unsupported operand types(s) or combination of types: '{left}' and '{right}'"
                )))
            }
        }
    }
}

/// An error unless the object has items by position.
fn check_sequence(cx: &mut Context, value: Value) -> Result<()> {
    if value.type_of().slots().get_item.is_some()
        && !value.type_of().has_flag(sidewinder_runtime::objects::type_object::flags::DICT)
    {
        return Ok(());
    }
    let actual = value.type_of().name();
    Err(cx.type_error(format!("'{actual}' object can't be concatenated")))
}
