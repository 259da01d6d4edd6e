//! The tables of `bytes` and `bytearray` methods, and those that fit nowhere else.

use crate::bytes_arguments::Receiver;
use crate::str_arguments::{Signature, methods};
use crate::str_methods::option;
use crate::{bytearray_methods as array, bytes_case as case, bytes_search as search, bytes_split as split};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::buffer::{self, Buffer};
use sidewinder_runtime::objects::bytes::hexadecimal;
use sidewinder_runtime::objects::bytes::{BYTEARRAY, BYTES, ByteArrayObject, BytesObject, like};
use sidewinder_runtime::objects::str::{self as text, StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, subscript};
use sidewinder_runtime::value::Value;

/// Methods that may do anything.
const ANY: u32 = 0;

/// The rows that both types have, and those of one of them.
macro_rules! bytes_methods {
    ($name:ident: $($own:tt)*) => {
        methods! {
            $name:
            positional "capitalize" (0, 0) case::capitalize, ANY, "($self, /)";
                "B.capitalize() -> copy of B"
            positional "center" (1, 2) split::center, ANY, "($self, width, fillchar=b' ', /)";
                "Return a centered string of length width."
            positional "count" (1, 3) search::count, ANY, "($self, sub[, start[, end]], /)";
                "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end]."
            keywords "decode" () decode, ANY, "($self, /, encoding='utf-8', errors='strict')";
                "Decode the bytes using the codec registered for encoding."
            positional "endswith" (1, 3) search::endswith, ANY, "($self, suffix[, start[, end]], /)";
                "Return True if the bytes ends with the specified suffix, False otherwise."
            keywords "expandtabs" () split::expandtabs, ANY, "($self, /, tabsize=8)";
                "Return a copy where all tab characters are expanded using spaces."
            positional "find" (1, 3) search::find, ANY, "($self, sub[, start[, end]], /)";
                "Return the lowest index in B where subsection 'sub' is found."
            class "fromhex" (1, 1) fromhex, ANY, "($type, string, /)";
                "Create a bytes object from a string of hexadecimal numbers."
            keywords "hex" () hex, ANY, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)";
                "Create a string of hexadecimal numbers from a bytes object."
            positional "index" (1, 3) search::index, ANY, "($self, sub[, start[, end]], /)";
                "Return the lowest index in B where subsection 'sub' is found."
            positional "isalnum" (0, 0) case::isalnum, ANY, "($self, /)";
                "B.isalnum() -> bool"
            positional "isalpha" (0, 0) case::isalpha, ANY, "($self, /)";
                "B.isalpha() -> bool"
            positional "isascii" (0, 0) case::isascii, ANY, "($self, /)";
                "B.isascii() -> bool"
            positional "isdigit" (0, 0) case::isdigit, ANY, "($self, /)";
                "B.isdigit() -> bool"
            positional "islower" (0, 0) case::islower, ANY, "($self, /)";
                "B.islower() -> bool"
            positional "isspace" (0, 0) case::isspace, ANY, "($self, /)";
                "B.isspace() -> bool"
            positional "istitle" (0, 0) case::istitle, ANY, "($self, /)";
                "B.istitle() -> bool"
            positional "isupper" (0, 0) case::isupper, ANY, "($self, /)";
                "B.isupper() -> bool"
            positional "join" (1, 1) split::join, ANY, "($self, iterable_of_bytes, /)";
                "Concatenate any number of bytes objects."
            positional "ljust" (1, 2) split::ljust, ANY, "($self, width, fillchar=b' ', /)";
                "Return a left-justified string of length width."
            positional "lower" (0, 0) case::lower, ANY, "($self, /)";
                "B.lower() -> copy of B"
            positional "lstrip" (0, 1) split::lstrip, ANY, "($self, bytes=None, /)";
                "Strip leading bytes contained in the argument."
            fixed "maketrans" (2, 2) maketrans, ANY, "(frm, to, /)";
                "Return a translation table usable for the bytes or bytearray translate method."
            positional "partition" (1, 1) split::partition, ANY, "($self, sep, /)";
                "Partition the bytes into three parts using the given separator."
            positional "removeprefix" (1, 1) search::removeprefix, ANY, "($self, prefix, /)";
                "Return a bytes object with the given prefix string removed if present."
            positional "removesuffix" (1, 1) search::removesuffix, ANY, "($self, suffix, /)";
                "Return a bytes object with the given suffix string removed if present."
            positional "replace" (2, 3) search::replace, ANY, "($self, old, new, count=-1, /)";
                "Return a copy with all occurrences of substring old replaced by new."
            positional "rfind" (1, 3) search::rfind, ANY, "($self, sub[, start[, end]], /)";
                "Return the highest index in B where subsection 'sub' is found."
            positional "rindex" (1, 3) search::rindex, ANY, "($self, sub[, start[, end]], /)";
                "Return the highest index in B where subsection 'sub' is found."
            positional "rjust" (1, 2) split::rjust, ANY, "($self, width, fillchar=b' ', /)";
                "Return a right-justified string of length width."
            positional "rpartition" (1, 1) split::rpartition, ANY, "($self, sep, /)";
                "Partition the bytes into three parts using the given separator."
            keywords "rsplit" () split::rsplit, ANY, "($self, /, sep=None, maxsplit=-1)";
                "Return a list of the sections in the bytes, using sep as the delimiter."
            positional "rstrip" (0, 1) split::rstrip, ANY, "($self, bytes=None, /)";
                "Strip trailing bytes contained in the argument."
            keywords "split" () split::split, ANY, "($self, /, sep=None, maxsplit=-1)";
                "Return a list of the sections in the bytes, using sep as the delimiter."
            keywords "splitlines" () split::splitlines, ANY, "($self, /, keepends=False)";
                "Return a list of the lines in the bytes, breaking at line boundaries."
            positional "startswith" (1, 3) search::startswith, ANY, "($self, prefix[, start[, end]], /)";
                "Return True if the bytes starts with the specified prefix, False otherwise."
            positional "strip" (0, 1) split::strip, ANY, "($self, bytes=None, /)";
                "Strip leading and trailing bytes contained in the argument."
            positional "swapcase" (0, 0) case::swapcase, ANY, "($self, /)";
                "B.swapcase() -> copy of B"
            positional "title" (0, 0) case::title, ANY, "($self, /)";
                "B.title() -> copy of B"
            keywords "translate" () translate, ANY, "($self, table, /, delete=b'')";
                "Return a copy with each character mapped by the given translation table."
            positional "upper" (0, 0) case::upper, ANY, "($self, /)";
                "B.upper() -> copy of B"
            positional "zfill" (1, 1) split::zfill, ANY, "($self, width, /)";
                "Pad a numeric string with zeros on the left, to fill a field of the given width."
            $($own)*
        }
    };
}

bytes_methods! {
    METHODS:
    positional "__bytes__" (0, 0) bytes, ANY, "($self, /)";
        "Convert this value to exact type bytes."
    positional "__getnewargs__" (0, 0) getnewargs, ANY, "($self, /)";
        ""
}

bytes_methods! {
    BYTEARRAY_METHODS:
    positional "append" (1, 1) array::append, ANY, "($self, item, /)";
        "Append a single item to the end of the bytearray."
    positional "clear" (0, 0) array::clear, ANY, "($self, /)";
        "Remove all items from the bytearray."
    positional "copy" (0, 0) array::copy, ANY, "($self, /)";
        "Return a copy of B."
    positional "extend" (1, 1) array::extend, ANY, "($self, iterable_of_ints, /)";
        "Append all the items from the iterator or sequence to the end of the bytearray."
    positional "insert" (2, 2) array::insert, ANY, "($self, index, item, /)";
        "Insert a single item into the bytearray before the given index."
    positional "pop" (0, 1) array::pop, ANY, "($self, index=-1, /)";
        "Remove and return a single item from B."
    positional "remove" (1, 1) array::remove, ANY, "($self, value, /)";
        "Remove the first occurrence of a value in the bytearray."
    positional "resize" (1, 1) array::resize, ANY, "($self, size, /)";
        "Resize the internal buffer of bytearray to len."
    positional "reverse" (0, 0) array::reverse, ANY, "($self, /)";
        "Reverse the order of the values in B in place."
    positional "__alloc__" (0, 0) array::alloc, ANY, "($self, /)";
        "B.__alloc__() -> int"
    positional "__reduce__" (0, 0) array::reduce, ANY, "($self, /)";
        "Return state information for pickling."
    positional "__reduce_ex__" (0, 1) array::reduce_ex, ANY, "($self, proto=0, /)";
        "Return state information for pickling."
}

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
    let _held = receiver.hold(cx)?;
    let group = crate::str_arguments::integer(cx, group, 1)?;
    let mark = separator(cx, mark)?;
    let result =
        hexadecimal::encode(receiver.content(), mark, group.clamp(-i64::from(i32::MAX), i64::from(i32::MAX)) as i32);
    Ok(StrObject::from_latin1_known(cx, &result, true))
}

fn fromhex(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let source = arguments[1];
    // Digits without spaces are the usual case; what else there may be is told apart below.
    if arguments[0] == BYTES.value()
        && let Some(digits) = text::cast(source).and_then(StrObject::as_ascii)
        && let Ok(content) = hexadecimal::decode(digits.as_bytes())
    {
        return Ok(BytesObject::new(cx, &content));
    }
    let digits: Vec<u32> = match text::cast(source) {
        Some(string) => string.code_points().collect(),
        None if buffer::is_exporter(source) => {
            Buffer::read(cx, source)?.as_slice().iter().map(|byte| *byte as u32).collect()
        }
        None => {
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
    let (from, to) = (Buffer::read(cx, arguments[0])?, Buffer::read(cx, arguments[1])?);
    if from.len() != to.len() {
        return Err(cx.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (from, to) in from.as_slice().iter().zip(to.as_slice()) {
        table[*from as usize] = *to;
    }
    Ok(BytesObject::new(cx, &table))
}

fn translate(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = Receiver::new(cx, arguments.values, "translate")?;
    let [table, delete] = TRANSLATE.bind(cx, arguments)?;
    let table = match table {
        table if table == singleton::none() => None,
        table => Some(Buffer::read(cx, table)?.as_slice().to_vec()),
    };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(cx.value_error("translation table must be 256 characters long"));
    }
    let mut deleted = [false; 256];
    if !delete.is_unbound() {
        Buffer::read(cx, delete)?.as_slice().iter().for_each(|byte| deleted[*byte as usize] = true);
    }
    let kept = receiver.content().iter().filter(|byte| !deleted[**byte as usize]);
    let result: Vec<u8> = kept.map(|byte| table.as_ref().map_or(*byte, |table| table[*byte as usize])).collect();
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
