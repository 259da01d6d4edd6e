//! The tables of `bytes` and `bytearray` methods, and those that fit nowhere else.

use crate::bytes_arguments::{Receiver, bytes_like};
use crate::str_arguments::Signature;
use crate::str_methods::option;
use crate::{bytearray_methods as array, bytes_case as case, bytes_search as search, bytes_split as split};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::{Arguments, Native};
use sidewinder_runtime::objects::bytes::{BYTEARRAY, BYTES, ByteArrayObject, BytesObject, like};
use sidewinder_runtime::objects::str::{self as text, StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, subscript};
use sidewinder_runtime::value::Value;

/// The rows that both types have, and those given.
macro_rules! rows {
    ($($own:expr),* $(,)?) => {
        &[
            Native::new("capitalize", 0, 0, case::capitalize, "Return a copy with only its first character capitalized."),
            Native::new("center", 1, 2, split::center, "Return a centered copy of length width."),
            Native::new("count", 1, 3, search::count, "Return the number of non-overlapping occurrences of sub."),
            Native::with_keywords("decode", decode, "Decode the bytes using the codec registered for encoding."),
            Native::new("endswith", 1, 3, search::endswith, "Return True if the bytes end with the specified suffix."),
            Native::with_keywords("expandtabs", split::expandtabs, "Return a copy where tabs are expanded using spaces."),
            Native::new("find", 1, 3, search::find, "Return the lowest index where sub is found, or -1."),
            Native::new("fromhex", 1, 1, fromhex, "Create an object from a string of hexadecimal numbers.").class_method(),
            Native::with_keywords("hex", hex, "Create a string of hexadecimal numbers."),
            Native::new("index", 1, 3, search::index, "Return the lowest index where sub is found, or raise ValueError."),
            Native::new("isalnum", 0, 0, case::isalnum, "Return True if all bytes are alphanumeric."),
            Native::new("isalpha", 0, 0, case::isalpha, "Return True if all bytes are alphabetic."),
            Native::new("isascii", 0, 0, case::isascii, "Return True if all bytes are ASCII."),
            Native::new("isdigit", 0, 0, case::isdigit, "Return True if all bytes are digits."),
            Native::new("islower", 0, 0, case::islower, "Return True if all cased bytes are lowercase."),
            Native::new("isspace", 0, 0, case::isspace, "Return True if all bytes are whitespace."),
            Native::new("istitle", 0, 0, case::istitle, "Return True if the bytes are title-cased."),
            Native::new("isupper", 0, 0, case::isupper, "Return True if all cased bytes are uppercase."),
            Native::new("join", 1, 1, split::join, "Concatenate any number of bytes objects."),
            Native::new("ljust", 1, 2, split::ljust, "Return a left-justified copy of length width."),
            Native::new("lower", 0, 0, case::lower, "Return a copy with all ASCII letters in lowercase."),
            Native::new("lstrip", 0, 1, split::lstrip, "Strip leading bytes contained in the argument."),
            Native::new("maketrans", 2, 2, maketrans, "Return a translation table for translate().").static_method(),
            Native::new("partition", 1, 1, split::partition, "Partition into three parts using the given separator."),
            Native::new("removeprefix", 1, 1, search::removeprefix, "Return a copy without the given prefix."),
            Native::new("removesuffix", 1, 1, search::removesuffix, "Return a copy without the given suffix."),
            Native::new("replace", 2, 3, search::replace, "Return a copy with occurrences of old replaced by new."),
            Native::new("rfind", 1, 3, search::rfind, "Return the highest index where sub is found, or -1."),
            Native::new("rindex", 1, 3, search::rindex, "Return the highest index where sub is found, or raise ValueError."),
            Native::new("rjust", 1, 2, split::rjust, "Return a right-justified copy of length width."),
            Native::new("rpartition", 1, 1, split::rpartition, "Partition into three parts at the last separator."),
            Native::with_keywords("rsplit", split::rsplit, "Return a list of the sections, split from the right."),
            Native::new("rstrip", 0, 1, split::rstrip, "Strip trailing bytes contained in the argument."),
            Native::with_keywords("split", split::split, "Return a list of the sections, using sep as the delimiter."),
            Native::with_keywords("splitlines", split::splitlines, "Return a list of the lines."),
            Native::new("startswith", 1, 3, search::startswith, "Return True if the bytes start with the specified prefix."),
            Native::new("strip", 0, 1, split::strip, "Strip leading and trailing bytes contained in the argument."),
            Native::new("swapcase", 0, 0, case::swapcase, "Return a copy with ASCII case swapped."),
            Native::new("title", 0, 0, case::title, "Return a title-cased copy."),
            Native::with_keywords("translate", translate, "Return a copy with each character mapped by the given table."),
            Native::new("upper", 0, 0, case::upper, "Return a copy with all ASCII letters in uppercase."),
            Native::new("zfill", 1, 1, split::zfill, "Pad a numeric string with zeros on the left."),
            $($own),*
        ]
    };
}

pub static METHODS: &[Native] = rows![
    Native::new("__bytes__", 0, 0, bytes, "Convert this value to exact type bytes."),
    Native::new("__getnewargs__", 0, 0, getnewargs, ""),
];

pub static BYTEARRAY_METHODS: &[Native] = rows![
    Native::new("append", 1, 1, array::append, "Append a single item to the end of the bytearray."),
    Native::new("clear", 0, 0, array::clear, "Remove all items from the bytearray."),
    Native::new("copy", 0, 0, array::copy, "Return a copy of B."),
    Native::new("extend", 1, 1, array::extend, "Append all the items from the iterator or sequence to the end of the bytearray."),
    Native::new("insert", 2, 2, array::insert, "Insert a single item into the bytearray before the given index."),
    Native::new("pop", 0, 1, array::pop, "Remove and return a single item from B."),
    Native::new("remove", 1, 1, array::remove, "Remove the first occurrence of a value in the bytearray."),
    Native::new("resize", 1, 1, array::resize, "Resize the internal buffer of bytearray to len."),
    Native::new("reverse", 0, 0, array::reverse, "Reverse the order of the values in B in place."),
    Native::new("__alloc__", 0, 0, array::alloc, "Return the number of bytes actually allocated."),
];

const DECODE: Signature<2> = Signature::new("decode", ["encoding", "errors"]);
const HEX: Signature<2> = Signature::new("hex", ["sep", "bytes_per_sep"]);
const TRANSLATE: Signature<2> = Signature::new("translate", ["table", "delete"]).positional_only(1).required(1);

fn decode(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "decode")?;
    let [encoding, errors] = DECODE.bind(cx, arguments)?;
    let encoding = option(cx, encoding, "decode() argument 'encoding'", "utf-8")?;
    let errors = option(cx, errors, "decode() argument 'errors'", "strict")?;
    codec::decode(cx, receiver.value, &encoding, &errors)
}

fn bytes(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(Receiver::new(cx, arguments, "__bytes__")?.same(cx))
}

fn getnewargs(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let copy = Receiver::new(cx, arguments, "__getnewargs__")?.same(cx);
    Ok(TupleObject::from_owned(cx, vec![copy]))
}

/// The separator of `hex`: one ASCII character.
fn separator(cx: &mut Context, value: Value) -> Result<Option<u8>> {
    if value.is_unbound() {
        return Ok(None);
    }
    if subscript::length(cx, value)? != 1 {
        return Err(cx.value_error("sep must be length 1."));
    }
    let point = match (text::cast(value), like(value)) {
        (Some(string), _) => string.code_point(0),
        (_, Some([byte])) => *byte as u32,
        _ => return Err(cx.type_error("sep must be str or bytes.")),
    };
    if point >= 0x80 {
        return Err(cx.value_error("sep must be ASCII."));
    }
    Ok(Some(point as u8))
}

fn hex(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "hex")?;
    let [mark, group] = HEX.bind(cx, arguments)?;
    let group = crate::str_arguments::integer(cx, group, 1)?;
    let mark = separator(cx, mark)?;
    let content = receiver.content();
    let mut result = Vec::with_capacity(content.len() * 3);
    let size = group.unsigned_abs() as usize;
    for (index, byte) in content.iter().enumerate() {
        // Positive groups are counted from the end.
        let counted = if group > 0 { content.len() - index } else { index };
        if let Some(mark) = mark
            && size > 0
            && index > 0
            && counted.is_multiple_of(size)
        {
            result.push(mark);
        }
        result.push(b"0123456789abcdef"[*byte as usize >> 4]);
        result.push(b"0123456789abcdef"[*byte as usize & 15]);
    }
    Ok(StrObject::from_latin1_known(cx, &result, true))
}

fn fromhex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let source = arguments[1];
    let digits: Vec<u32> = match (text::cast(source), like(source)) {
        (Some(string), _) => string.code_points().collect(),
        (_, Some(bytes)) => bytes.iter().map(|byte| *byte as u32).collect(),
        _ => {
            let found = source.type_of().name();
            return Err(cx.type_error(format!("fromhex() argument must be str or bytes-like, not {found}")));
        }
    };
    let content = match parse_hex(&digits) {
        Ok(content) => content,
        Err(Some(position)) => {
            let message = format!("non-hexadecimal number found in fromhex() arg at position {position}");
            return Err(cx.value_error(message));
        }
        Err(None) => {
            return Err(cx.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
        }
    };
    let class = arguments[0];
    if class == BYTES.value() {
        return Ok(BytesObject::new(cx, &content));
    }
    if class == BYTEARRAY.value() {
        return Ok(ByteArrayObject::new(cx, &content));
    }
    let bytes = BytesObject::new(cx, &content);
    call::call(cx, class, &[bytes.value()])
}

/// Bytes from pairs of digits with spaces between pairs. Errors: where a digit is missing; `None` at the end.
fn parse_hex(digits: &[u32]) -> std::result::Result<Vec<u8>, Option<usize>> {
    let digit = |position: usize| match digits.get(position) {
        None => Err(None),
        Some(point) => {
            char::from_u32(*point).and_then(|letter| letter.to_digit(16)).map(|digit| digit as u8).ok_or(Some(position))
        }
    };
    let mut result = Vec::with_capacity(digits.len() / 2);
    let mut position = 0;
    while position < digits.len() {
        if matches!(digits[position], 9..=13 | 32) {
            position += 1;
            continue;
        }
        result.push(digit(position)? << 4 | digit(position + 1)?);
        position += 2;
    }
    Ok(result)
}

fn maketrans(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let (from, to) = (bytes_like(cx, arguments[0])?, bytes_like(cx, arguments[1])?);
    if from.len() != to.len() {
        return Err(cx.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (from, to) in from.iter().zip(to) {
        table[*from as usize] = *to;
    }
    Ok(BytesObject::new(cx, &table))
}

fn translate(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "translate")?;
    let [table, delete] = TRANSLATE.bind(cx, arguments)?;
    let table = match table {
        table if table == singleton::none() => None,
        table => Some(bytes_like(cx, table)?),
    };
    if table.is_some_and(|table| table.len() != 256) {
        return Err(cx.value_error("translation table must be 256 characters long"));
    }
    let mut deleted = [false; 256];
    if !delete.is_unbound() {
        bytes_like(cx, delete)?.iter().for_each(|byte| deleted[*byte as usize] = true);
    }
    let kept = receiver.content().iter().filter(|byte| !deleted[**byte as usize]);
    let result: Vec<u8> = kept.map(|byte| table.map_or(*byte, |table| table[*byte as usize])).collect();
    if result == receiver.content() {
        return Ok(receiver.same(cx));
    }
    Ok(receiver.make(cx, &result))
}

/// `None` as the result of a method.
pub fn nothing() -> Result<Owned> {
    Ok(Owned::new(singleton::none()))
}

/// A byte as an integer object.
pub fn byte_object(byte: u8) -> Owned {
    Owned::new(Value::from_small_int(byte as i64))
}

/// A length as an integer object.
pub fn length_object(cx: &mut Context, length: usize) -> Owned {
    int::from_usize(cx, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> std::result::Result<Vec<u8>, Option<usize>> {
        parse_hex(&text.chars().map(|point| point as u32).collect::<Vec<_>>())
    }

    #[test]
    fn hexadecimal_digits() {
        assert_eq!(parse(" ab\tCD "), Ok(vec![0xAB, 0xCD]));
        assert_eq!(parse("ab c d"), Err(Some(4)));
        assert_eq!(parse("abc"), Err(None));
        assert_eq!(parse("aé"), Err(Some(1)));
    }
}
