//! Builtin functions about numbers and order: `abs`, `bin`, `divmod`, `hex`, `max`, `min`, `oct`, `pow`, `round`,
//! `sum`.

use crate::functions_iteration::Cursor;
use sidewinder_runtime::native::{Effects, Intrinsic, Native};
use sidewinder_runtime::objects::float::complex::{self, COMPLEX, Complex};
use sidewinder_runtime::objects::float::{self, FLOAT};
use sidewinder_runtime::objects::int::text::with_prefix;
use sidewinder_runtime::objects::int::{self, Integer};
use sidewinder_runtime::objects::iterator::arguments::{Signature, unexpected_keyword};
use sidewinder_runtime::objects::method::WRAPPER_DESCRIPTOR;
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::objects::str::{self as text, StrObject};
use sidewinder_runtime::objects::{bytes, singleton};
use sidewinder_runtime::operations::{arithmetic, call, compare, convert, dunder};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

const PURE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;

pub static FUNCTIONS: &[Native] = &[
    Native::new(
        "abs",
        1,
        1,
        abs,
        "abs($module, number, /)\n--\n\nReturn the absolute value of the \
         argument.",
    )
    .intrinsic(Intrinsic::Absolute)
    .effects(PURE),
    Native::new(
        "bin",
        1,
        1,
        bin,
        "bin($module, number, /)\n--\n\nReturn the binary representation of an \
         integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'",
    )
    .effects(PURE),
    Native::new(
        "divmod",
        2,
        2,
        divmod,
        "divmod($module, x, y, /)\n--\n\nReturn the tuple (x//y, x%y).  Invariant: \
         div*y + mod == x.",
    )
    .effects(PURE),
    Native::new(
        "hex",
        1,
        1,
        hex,
        "hex($module, number, /)\n--\n\nReturn the hexadecimal representation of an \
         integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'",
    )
    .effects(PURE),
    Native::with_keywords(
        "max",
        max,
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a \
         single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object to \
         return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest \
         argument.",
    )
    .intrinsic(Intrinsic::Maximum),
    Native::with_keywords(
        "min",
        min,
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a \
         single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object to \
         return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest \
         argument.",
    )
    .intrinsic(Intrinsic::Minimum),
    Native::new(
        "oct",
        1,
        1,
        oct,
        "oct($module, number, /)\n--\n\nReturn the octal representation of an \
         integer.\n\n   >>> oct(342391)\n   '0o1234567'",
    )
    .effects(PURE),
    Native::with_keywords(
        "pow",
        pow,
        "pow($module, /, base, exp, mod=None)\n--\n\nEquivalent to base**exp with 2 arguments or base**exp % mod \
         with 3 arguments.\n\nSome types, such as ints, are able to use a more efficient algorithm when\ninvoked \
         using the three argument form.",
    ),
    Native::with_keywords(
        "round",
        round,
        "round($module, /, number, ndigits=None)\n--\n\nRound a number to a given precision in decimal digits.\n\nThe \
         return value is an integer if ndigits is omitted or None.  Otherwise\nthe return value has the same type as \
         the number.  ndigits may be negative.",
    ),
    Native::with_keywords(
        "sum",
        sum,
        "sum($module, iterable, /, start=0)\n--\n\nReturn the sum of a 'start' value (default: 0) plus an iterable of \
         numbers\n\nWhen the iterable is empty, return the start value.\nThis function is intended specifically for \
         use with numeric values and may\nreject non-numeric types.",
    )
    .intrinsic(Intrinsic::Sum),
];

fn abs(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    arithmetic::absolute(cx, arguments[0])
}

/// The text of an integer in a radix, with the prefix of that.
fn in_radix(cx: &mut Context, value: Value, radix: u32) -> Result<Owned> {
    let index = convert::index(cx, value)?;
    let integer = Integer::of(index.value()).expect("an index is an int");
    Ok(StrObject::new(cx, &with_prefix(&integer, radix)))
}

fn bin(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    in_radix(cx, arguments[0], 2)
}

fn oct(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    in_radix(cx, arguments[0], 8)
}

fn hex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    in_radix(cx, arguments[0], 16)
}

/// Calls a binary dunder method of `left`, then the reflected one of `right` (the other way round if the type of
/// `right` is a proper subtype); `None` when neither knows the operation.
fn binary_dunder(
    cx: &mut Context,
    left: Value,
    right: Value,
    name: Value,
    reflected: Value,
    third: Option<Value>,
) -> Result<Option<Owned>> {
    let (left_type, right_type) = (left.type_of(), right.type_of());
    let same = std::ptr::eq(left_type, right_type);
    let right_first = !same && right_type.is_subtype(left_type);
    for turn in 0..if same { 1 } else { 2 } {
        let (receiver, argument, method) =
            if (turn == 0) == right_first { (right, left, reflected) } else { (left, right, name) };
        let result = match third {
            // The slots of builtin types know no third operand.
            Some(_) if is_slot_wrapper(cx, receiver, method) => None,
            Some(third) => dunder::call_optional(cx, receiver, method, &[argument, third])?,
            None => dunder::call_optional(cx, receiver, method, &[argument])?,
        };
        if let Some(result) = result
            && result.value() != singleton::not_implemented()
        {
            return Ok(Some(result));
        }
    }
    Ok(None)
}

/// Whether the method is that of a builtin type's slot.
fn is_slot_wrapper(cx: &Context, receiver: Value, method: Value) -> bool {
    receiver.type_of().lookup(cx, method).is_some_and(|found| found.has_type(&WRAPPER_DESCRIPTOR))
}

fn divmod(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (left, right) = (arguments[0], arguments[1]);
    if int::is_exact(left) && int::is_exact(right) {
        return int::divmod(cx, left, right);
    }
    let names = &cx.interpreter().names;
    let (name, reflected) = (names.divmod, names.rdivmod);
    match binary_dunder(cx, left, right, name, reflected, None)? {
        Some(result) => Ok(result),
        None => {
            let (left, right) = (left.type_of().name(), right.type_of().name());
            Err(cx.type_error(format!("unsupported operand type(s) for divmod(): '{left}' and '{right}'")))
        }
    }
}

fn pow(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<3> = Signature {
        function: "pow",
        names: ["base", "exp", "mod"],
        positional_only: 0,
        positional: 3,
        required: 2,
        rest: false,
        open: false,
    };
    let [base, exponent, modulus] = SIGNATURE.bind(cx, arguments)?;
    let (Some(base), Some(exponent)) = (base, exponent) else {
        return Err(cx.type_error("pow() takes at least 2 arguments"));
    };
    let Some(modulus) = modulus.filter(|modulus| *modulus != singleton::none()) else {
        return arithmetic::binary(cx, BinaryOp::Power, base, exponent);
    };
    if int::is_exact(base) && int::is_exact(exponent) && int::is_exact(modulus) {
        return int::power_modular(cx, base, exponent, modulus);
    }
    let names = &cx.interpreter().names;
    let (name, reflected) = (names.pow, names.rpow);
    if let Some(result) = binary_dunder(cx, base, exponent, name, reflected, Some(modulus))? {
        return Ok(result);
    }
    let operands = [base, exponent, modulus];
    if operands.iter().all(|operand| int::is_int_like(*operand)) {
        return int::power_modular(cx, base, exponent, modulus);
    }
    if operands.iter().any(|operand| operand.type_of().is_subtype(&COMPLEX)) {
        return Err(cx.value_error("complex modulo"));
    }
    if float::as_f64(base).is_some() || float::as_f64(exponent).is_some() || float::as_f64(modulus).is_some() {
        return Err(cx.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let [base, exponent, modulus] = operands.map(|operand| operand.type_of().name());
    Err(cx.type_error(format!("unsupported operand type(s) for ** or pow(): '{base}', '{exponent}', '{modulus}'")))
}

fn round(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<2> = Signature {
        function: "round",
        names: ["number", "ndigits"],
        positional_only: 0,
        positional: 2,
        required: 1,
        rest: false,
        open: false,
    };
    let [number, digits] = SIGNATURE.bind(cx, arguments)?;
    let Some(number) = number else { return Err(cx.type_error("round() takes at least 1 argument")) };
    let digits = digits.filter(|digits| *digits != singleton::none());
    if digits.is_none() {
        if number.is_int() {
            return Ok(Owned::new(number));
        }
        if number.is_float() && number.float().is_finite() {
            return Ok(int::from_f64_truncated(cx, number.float().round_ties_even()));
        }
    }
    let name = cx.interpreter().names.round;
    let result = match digits {
        Some(digits) => dunder::call_optional(cx, number, name, &[digits])?,
        None => dunder::call_optional(cx, number, name, &[])?,
    };
    match result {
        Some(result) => Ok(result),
        None => {
            let kind = number.type_of().name();
            Err(cx.type_error(format!("type {kind} doesn't define __round__ method")))
        }
    }
}

fn max(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    extreme(cx, "max", CompareOp::Greater, arguments)
}

fn min(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    extreme(cx, "min", CompareOp::Less, arguments)
}

/// Whether `a` stands in relation `op` to `b`, quickly for numbers.
#[inline]
fn wins(cx: &mut Context, op: CompareOp, a: Value, b: Value) -> Result<bool> {
    if a.is_int() && b.is_int() {
        return Ok(op.holds(a.int().cmp(&b.int())));
    }
    if a.is_float() && b.is_float() {
        return Ok(a.float().partial_cmp(&b.float()).is_some_and(|order| op.holds(order)));
    }
    compare::truth(cx, op, a, b)
}

/// The best candidate so far, with its key.
struct Best {
    op: CompareOp,
    key_function: Option<Value>,
    best: Option<(Owned, Owned)>,
}

impl Best {
    #[inline]
    fn offer(&mut self, cx: &mut Context, item: Owned) -> Result<()> {
        let key = match self.key_function {
            Some(function) => call::call(cx, function, &[item.value()])?,
            None => item.clone(),
        };
        let better = match &self.best {
            Some((best_key, _)) => wins(cx, self.op, key.value(), best_key.value())?,
            None => true,
        };
        if better {
            self.best = Some((key, item));
        }
        Ok(())
    }
}

fn extreme(cx: &mut Context, name: &'static str, op: CompareOp, arguments: Arguments<'_>) -> Result<Owned> {
    let values = arguments.positionals();
    let Some(&first) = values.first() else {
        return Err(cx.type_error(format!("{name} expected at least 1 argument, got 0")));
    };
    let (mut key, mut default) = (None, None);
    for (keyword, value) in arguments.keywords() {
        if text::equals_text(keyword, "key") {
            key = Some(value);
        } else if text::equals_text(keyword, "default") {
            default = Some(value);
        } else {
            return Err(unexpected_keyword(cx, name, keyword, ["key", "default"]));
        }
    }
    let key_function = key.filter(|key| *key != singleton::none());
    let mut best = Best { op, key_function, best: None };
    if values.len() > 1 {
        if default.is_some() {
            return Err(
                cx.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments"))
            );
        }
        for &item in values {
            best.offer(cx, Owned::new(item))?;
        }
    } else {
        let mut cursor = Cursor::new(cx, first)?;
        while let Some(item) = cursor.next(cx)? {
            best.offer(cx, item)?;
        }
    }
    match (best.best, default) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(Owned::new(default)),
        (None, None) => Err(cx.value_error(format!("{name}() iterable argument is empty"))),
    }
}

fn sum(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<2> = Signature {
        function: "sum",
        names: ["iterable", "start"],
        positional_only: 1,
        positional: 2,
        required: 1,
        rest: false,
        open: false,
    };
    let [iterable, start] = SIGNATURE.bind(cx, arguments)?;
    let Some(iterable) = iterable else { return Err(cx.type_error("sum() takes at least 1 positional argument")) };
    let mut cursor = Cursor::new(cx, iterable)?;
    let mut total = Owned::new(start.unwrap_or(Value::from_small_int(0)));
    refuse_texts(cx, total.value())?;
    loop {
        // Each loop adds items of one kind and gives the first of another kind back.
        let kind = total.value().type_of();
        let rest = if total.value().is_int() {
            sum_ints(cx, &mut total, &mut cursor)?
        } else if std::ptr::eq(kind, &FLOAT.object) {
            sum_floats(cx, &mut total, &mut cursor)?
        } else if std::ptr::eq(kind, &COMPLEX.object) {
            sum_complexes(cx, &mut total, &mut cursor)?
        } else {
            cursor.next(cx)?
        };
        let Some(item) = rest else { return Ok(total) };
        total = arithmetic::binary(cx, BinaryOp::Add, total.value(), item.value())?;
    }
}

/// Strings have better ways to be joined.
fn refuse_texts(cx: &mut Context, start: Value) -> Result<()> {
    let message = if text::is_str(start) {
        "sum() can't sum strings [use ''.join(seq) instead]"
    } else if start.cast::<bytes::BytesObject>().is_some() {
        "sum() can't sum bytes [use b''.join(seq) instead]"
    } else if start.cast::<bytes::bytearray::ByteArrayObject>().is_some() {
        "sum() can't sum bytearray [use b''.join(seq) instead]"
    } else {
        return Ok(());
    };
    Err(cx.type_error(message))
}

/// Adds ints while the sum is a machine integer; gives the first item that is not one.
fn sum_ints(cx: &mut Context, total: &mut Owned, cursor: &mut Cursor) -> Result<Option<Owned>> {
    let mut sum = total.value().int();
    let rest = loop {
        let Some(item) = cursor.next(cx)? else { break None };
        let value = item.value();
        let number = if value.is_int() {
            value.int()
        } else if let Some(truth) = singleton::as_bool(value) {
            truth.into()
        } else {
            break Some(item);
        };
        match sum.checked_add(number) {
            Some(next) => sum = next,
            None => break Some(item),
        }
    };
    *total = int::from_i64(cx, sum);
    Ok(rest)
}

/// A sum of floats that carries what rounding lost (Neumaier), as CPython's does.
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn new(start: f64) -> Compensated {
        Compensated { high: start, low: 0.0 }
    }

    #[inline(always)]
    fn add(&mut self, term: f64) {
        let sum = self.high + term;
        let lost = if self.high.abs() >= term.abs() { (self.high - sum) + term } else { (term - sum) + self.high };
        self.low += lost;
        self.high = sum;
    }

    fn result(&self) -> f64 {
        // A zero correction must not change the sign of a zero, nor an infinite one make NaN of an infinity.
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

/// An int that may be added to a float without a detour.
fn small_integer(value: Value) -> Option<f64> {
    int::as_i64(value).map(|number| number as f64)
}

/// Adds floats and ints; gives the first item that is neither.
fn sum_floats(cx: &mut Context, total: &mut Owned, cursor: &mut Cursor) -> Result<Option<Owned>> {
    let mut sum = Compensated::new(float::as_f64(total.value()).unwrap_or(0.0));
    let rest = loop {
        let Some(item) = cursor.next(cx)? else { break None };
        let value = item.value();
        if value.is_float() {
            sum.add(value.float());
        } else if value.has_type(&FLOAT) {
            sum.add(float::as_f64(value).unwrap_or(0.0));
        } else if let Some(number) = small_integer(value) {
            sum.add(number);
        } else {
            break Some(item);
        }
    };
    *total = float::from_f64(cx, sum.result());
    Ok(rest)
}

/// Adds complex numbers, floats and ints; gives the first item that is none of them.
fn sum_complexes(cx: &mut Context, total: &mut Owned, cursor: &mut Cursor) -> Result<Option<Owned>> {
    let start = complex::as_complex(total.value()).unwrap_or(Complex { real: 0.0, imaginary: 0.0 });
    let (mut real, mut imaginary) = (Compensated::new(start.real), Compensated::new(start.imaginary));
    let rest = loop {
        let Some(item) = cursor.next(cx)? else { break None };
        let value = item.value();
        if value.has_type(&COMPLEX)
            && let Some(number) = complex::as_complex(value)
        {
            real.add(number.real);
            imaginary.add(number.imaginary);
        } else if let Some(number) = small_integer(value) {
            real.add(number);
        } else if let Some(number) = float::as_f64(value) {
            real.add(number);
        } else {
            break Some(item);
        }
    };
    *total = complex::from_complex(cx, Complex { real: real.result(), imaginary: imaginary.result() });
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::Compensated;

    fn sum(terms: &[f64]) -> f64 {
        let mut sum = Compensated::new(0.0);
        terms.iter().for_each(|term| sum.add(*term));
        sum.result()
    }

    #[test]
    fn float_sums_are_compensated() {
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
        assert_eq!(sum(&[1e308, 1e308]), f64::INFINITY);
        assert!(sum(&[-0.0]) == 0.0);
    }
}
