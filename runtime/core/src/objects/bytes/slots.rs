//! The type `bytes` and its slots.

use crate::context::{Context, Raised, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::objects::buffer::{self, Buffer, is_exporter};
use crate::objects::bytes::{BytesObject, DATA_OFFSET, iterator, like, new};
use crate::objects::exception::BYTES_WARNING;
use crate::objects::slice::SliceObject;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, CompareOp, Slots};
use crate::objects::str::concat::fill_repeated;
use crate::objects::str::repr::bytes_text;
use crate::objects::str::{self, StrObject, check_bytes, percent};
use crate::objects::tuple::repeat_count;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{int, singleton};
use crate::operations::{convert, warnings};
use crate::value::Value;
use memchr::{memchr, memmem};

pub static BYTES: StaticType = Immortal::new(
    TypeObject::builtin(
        "bytes",
        size_of::<BytesObject>(),
        Slots {
            repr: Some(|cx, value| Ok(StrObject::new(cx, &bytes_text(of(value).as_slice())))),
            str: Some(|cx, value| {
                warn_of_text(cx, "str() on a bytes instance")?;
                Ok(StrObject::new(cx, &bytes_text(of(value).as_slice())))
            }),
            hash: Some(|cx, value| Ok(of(value).hash(cx))),
            compare: Some(compare_bytes),
            iter: Some(|cx, value| Ok(iterator::new(cx, &iterator::BYTES_ITERATOR, value))),
            length: Some(|_, value| Ok(of(value).len())),
            get_item: Some(get_item),
            contains: Some(contains),
            binary: BINARY,
            truth: Some(|_, value| Ok(!of(value).is_empty())),
            new: Some(new::new),
            buffer: Some(buffer::of_bytes),
            size: Some(size),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::BASE)
    .with_doc(
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> bytes\n\
         bytes(int) -> bytes of that many zeros\nbytes() -> no bytes\n\nA sequence of bytes that never changes.",
    ),
);

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Multiply as usize] = Some(multiply);
    table[BinaryOp::Remainder as usize] = Some(remainder);
    table
};

/// The object of a slot call.
fn of<'a>(value: Value) -> &'a BytesObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

/// Rich comparison of two `bytes`; with a `bytearray`, it is the other's business.
fn compare_bytes(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    match (left.cast::<BytesObject>(), right.cast::<BytesObject>()) {
        (Some(_), Some(_)) => compare(cx, left, right, op),
        _ if cx.interpreter().options.settings.bytes_warning != 0 => warn_of_comparison(cx, left, right, op),
        _ => Ok(Owned::new(singleton::not_implemented())),
    }
}

/// Warns of bytes that are taken for text, if the program asked for that by `-b`.
pub fn warn_of_text(cx: &mut Context, message: &str) -> Result<()> {
    match cx.interpreter().options.settings.bytes_warning {
        0 => Ok(()),
        _ => warnings::warn(cx, &BYTES_WARNING, message, 1),
    }
}

/// Warns of a comparison with text or a number, which is never equal.
#[cold]
fn warn_of_comparison(cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    if matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        let either = |is: fn(Value) -> bool| is(left) || is(right);
        if either(str::is_str) {
            warn_of_text(cx, "Comparison between bytes and string")?;
        } else if either(|value| int::as_i64(value).is_some()) {
            warn_of_text(cx, "Comparison between bytes and int")?;
        }
    }
    Ok(Owned::new(singleton::not_implemented()))
}

/// Rich comparison of two bytes-like objects.
pub fn compare(_cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(left), Some(right)) = (like(left), like(right)) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    let holds = match op {
        CompareOp::Equal => left == right,
        CompareOp::NotEqual => left != right,
        _ => op.holds(left.cmp(right)),
    };
    Ok(Owned::new(singleton::boolean(holds)))
}

fn get_item(cx: &mut Context, value: Value, key: Value) -> Result<Owned> {
    let bytes = of(value);
    if let Some(slice) = key.cast_exact::<SliceObject>() {
        let (start, _, step, count) = slice.indices(cx, bytes.len())?;
        if count == bytes.len() && step == 1 && value.has_type(&BYTES) {
            return Ok(Owned::new(value));
        }
        if step == 1 {
            return Ok(BytesObject::new(cx, &bytes.as_slice()[start as usize..start as usize + count]));
        }
        let picked = pick(bytes.as_slice(), start, step, count);
        return Ok(BytesObject::new(cx, &picked));
    }
    let index = byte_index(cx, key, "byte")?;
    match position(index, bytes.len()) {
        Some(position) => Ok(Owned::new(Value::from_small_int(bytes.as_slice()[position] as i64))),
        None => Err(cx.index_error("index out of range")),
    }
}

/// Every `step`th of the bytes from `start`.
pub fn pick(bytes: &[u8], start: isize, step: isize, count: usize) -> Vec<u8> {
    (0..count as isize).map(|index| bytes[(start + index * step) as usize]).collect()
}

/// A subscript that is no slice, as an integer.
pub fn byte_index(cx: &mut Context, key: Value, kind: &str) -> Result<i64> {
    if key.is_int() {
        return Ok(key.int());
    }
    if key.type_of().slots().index.is_none() {
        let found = key.type_of().name();
        return Err(cx.type_error(format!("{kind} indices must be integers or slices, not {found}")));
    }
    convert::index_i64(cx, key)
}

/// The position that an index, negative ones from the end, means; `None` when out of range.
pub fn position(index: i64, length: usize) -> Option<usize> {
    let position = if index < 0 { index.wrapping_add(length as i64) } else { index };
    (position as u64 >= length as u64).then_some(()).map_or(Some(position as usize), |_| None)
}

/// `item in value` for bytes-like objects: a byte or a run of bytes.
pub fn contains(cx: &mut Context, value: Value, item: Value) -> Result<bool> {
    if let Some(needle) = Buffer::read_optional(cx, item)? {
        return Ok(like(value).is_some_and(|bytes| memmem::find(bytes, needle.as_slice()).is_some()));
    }
    if !int::is_int_like(item) && item.type_of().slots().index.is_none() {
        return Err(bytes_like_required(cx, item));
    }
    let byte = byte_value(cx, item)?;
    Ok(like(value).is_some_and(|bytes| memchr(byte, bytes).is_some()))
}

/// An integer below 256, or the error of bytes methods.
pub fn byte_value(cx: &mut Context, item: Value) -> Result<u8> {
    let number = convert::index(cx, item)?;
    match int::as_i64(number.value()) {
        Some(byte @ 0..256) => Ok(byte as u8),
        _ => Err(cx.value_error("byte must be in range(0, 256)")),
    }
}

/// The error for an argument that should be bytes-like.
#[cold]
pub fn bytes_like_required(cx: &mut Context, value: Value) -> Raised {
    let found = value.type_of().name();
    cx.type_error(format!("a bytes-like object is required, not '{found}'"))
}

/// What the class of the right operand says to `left op right`; CPython's `bytes` has `+` and `*` only as a sequence.
pub fn ask_class_of_right(cx: &mut Context, left: Value, right: Value, op: BinaryOp) -> Result<Option<Owned>> {
    if !right.type_of().has_flag(flags::HEAP) || is_exporter(right) {
        return Ok(None);
    }
    let Some(function) = right.type_of().slots().binary[op as usize] else { return Ok(None) };
    let result = function(cx, left, right)?;
    Ok((result.value() != singleton::not_implemented()).then_some(result))
}

fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    if left.cast::<BytesObject>().is_none() {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let (Some(first), Some(lent)) = (like(left), Buffer::read_optional(cx, right)?) else {
        if let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Add)? {
            return Ok(result);
        }
        let (left, right) = (left.type_of().name(), right.type_of().name());
        return Err(cx.type_error(format!("can't concat {right} to {left}")));
    };
    let second = lent.as_slice();
    if second.is_empty() && left.has_type(&BYTES) {
        return Ok(Owned::new(left));
    }
    if first.is_empty() && right.has_type(&BYTES) {
        return Ok(Owned::new(right));
    }
    check_bytes(cx, first.len() + second.len())?;
    Ok(BytesObject::with_length(cx, first.len() + second.len(), |target| {
        // SAFETY: the target has room for both.
        unsafe {
            std::ptr::copy_nonoverlapping(first.as_ptr(), target, first.len());
            std::ptr::copy_nonoverlapping(second.as_ptr(), target.add(first.len()), second.len());
        }
    }))
}

fn multiply(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let (value, count) = if left.cast::<BytesObject>().is_some() { (left, right) } else { (right, left) };
    if value == left
        && let Some(result) = ask_class_of_right(cx, left, right, BinaryOp::Multiply)?
    {
        return Ok(result);
    }
    let count = repeat_times(cx, count)?;
    let bytes = of(value).as_slice();
    if count == 1 && value.has_type(&BYTES) {
        return Ok(Owned::new(value));
    }
    let total = repeated_bytes(cx, bytes.len(), count)?;
    Ok(BytesObject::with_length(cx, total, |target| {
        if total > 0 {
            // SAFETY: the target has room for `total` bytes, a multiple of the pattern's.
            unsafe { fill_repeated(target, bytes, total) };
        }
    }))
}

/// The right operand of a repetition.
pub fn repeat_times(cx: &mut Context, count: Value) -> Result<usize> {
    match repeat_count(cx, count)? {
        Some(count) => Ok(count),
        None => {
            let found = count.type_of().name();
            Err(cx.type_error(format!("can't multiply sequence by non-int of type '{found}'")))
        }
    }
}

/// Bytes of a repetition.
pub fn repeated_bytes(cx: &mut Context, length: usize, count: usize) -> Result<usize> {
    match length.checked_mul(count).filter(|total| *total <= isize::MAX as usize) {
        Some(total) => check_bytes(cx, total).map(|()| total),
        None => Err(cx.overflow_error("repeated bytes are too long")),
    }
}

fn remainder(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let Some(format) = left.cast::<BytesObject>() else { return Ok(Owned::new(singleton::not_implemented())) };
    let result = percent::format_bytes(cx, format.as_slice(), right)?;
    Ok(BytesObject::new(cx, &result))
}

unsafe fn size(header: *mut Header) -> usize {
    // SAFETY: (slots 1) the slot is called with a `bytes`.
    let object = unsafe { &*(header as *const BytesObject) };
    let basic = Value::from_pointer(object).heap_type().basic_bytes.get() as usize;
    (DATA_OFFSET + object.length + 1).max(basic)
}
