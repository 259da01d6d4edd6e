//! Pickles of arrays: their bytes with the machine's format, which another machine converts.

use super::element::{self, ELEMENTS};
use super::object::{self, ARRAY, ArrayObject};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, import};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// What items of a format are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unsigned,
    Signed,
    Float,
    Text,
}

/// The formats in the order of their numbers: bytes and kind. Those of several bytes come twice: the lowest byte first,
/// then the highest.
const FORMATS: [(usize, Kind); 12] = [
    (1, Kind::Unsigned),
    (1, Kind::Signed),
    (2, Kind::Unsigned),
    (2, Kind::Signed),
    (4, Kind::Unsigned),
    (4, Kind::Signed),
    (8, Kind::Unsigned),
    (8, Kind::Signed),
    (4, Kind::Float),
    (8, Kind::Float),
    (2, Kind::Text),
    (4, Kind::Text),
];
/// Formats of one byte, which have one number each.
const SINGLE: usize = 2;

/// Bytes, kind, and whether the highest byte comes first, of a format's number.
fn format(number: i64) -> Option<(usize, Kind, bool)> {
    let number = usize::try_from(number).ok()?;
    let (row, is_big) = match number.checked_sub(SINGLE) {
        None => (number, cfg!(target_endian = "big")),
        Some(rest) => (SINGLE + rest / 2, rest % 2 == 1),
    };
    FORMATS.get(row).map(|&(size, kind)| (size, kind, is_big))
}

fn kind_of(code: char) -> Kind {
    match code {
        'u' | 'w' => Kind::Text,
        'f' | 'd' => Kind::Float,
        code if code.is_ascii_uppercase() => Kind::Unsigned,
        _ => Kind::Signed,
    }
}

/// The number of the format that an array's items have here.
fn own_format(array: &ArrayObject) -> usize {
    let own = (array.element.size, kind_of(array.element.code));
    let row = FORMATS.iter().position(|format| *format == own).unwrap_or_default();
    match row.checked_sub(SINGLE) {
        None => row,
        Some(rest) => SINGLE + 2 * rest + usize::from(cfg!(target_endian = "big")),
    }
}

/// `array.__reduce_ex__(protocol)`: from protocol 3 on as bytes, before as a list of items.
pub fn reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let value = arguments[0];
    let protocol = convert::index_i64(cx, arguments[1])?;
    let state = attribute::get_text_optional(cx, value, "__dict__")?;
    let state = state.unwrap_or_else(|| Owned::new(singleton::none()));
    let array = object::of(value);
    let code = StrObject::new(cx, &array.element.code.to_string());
    let class = Owned::new(value.type_of().value());
    let (function, inner) = if protocol < 3 {
        let items = object::to_list(cx, array);
        (class, vec![code, items])
    } else {
        let own = import::module(cx, "array")?;
        let function = attribute::get_text(cx, own.value(), "_array_reconstructor")?;
        let format = int::from_usize(cx, own_format(array));
        let bytes = BytesObject::new(cx, array.bytes());
        (function, vec![class, code, format, bytes])
    };
    let inner = TupleObject::from_owned(cx, inner);
    Ok(TupleObject::new(cx, &[function.value(), inner.value(), state.value()]))
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`
pub fn reconstruct(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let [class, code, number, items] = [arguments[0], arguments[1], arguments[2], arguments[3]];
    let Some(class) = class.cast::<TypeObject>() else {
        let found = class.type_of().name();
        return Err(cx.type_error(format!("first argument must be a type object, not {found}")));
    };
    if !class.is_subtype(&ARRAY.object) {
        return Err(cx.type_error(format!("{} is not a subtype of array.array", class.name())));
    }
    let Some(text) = str::cast(code) else {
        let found = code.type_of().name();
        let message = format!("_array_reconstructor() argument 2 must be a unicode character, not {found}");
        return Err(cx.type_error(message));
    };
    if text.len() != 1 {
        let message = "_array_reconstructor(): argument 2 must be a unicode character, not a string of length";
        return Err(cx.type_error(format!("{message} {}", text.len())));
    }
    let Some(element) = char::from_u32(text.code_point(0)).and_then(element::of_code) else {
        return Err(cx.value_error("second argument must be a valid type code"));
    };
    let number = convert::index_i64(cx, number)?;
    let Some((size, kind, is_big)) = format(number) else {
        return Err(cx.value_error("third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()) else {
        let found = items.type_of().name();
        return Err(cx.type_error(format!("fourth argument should be bytes, not {found}")));
    };
    let is_native = is_big == cfg!(target_endian = "big");
    if is_native && (size, kind) == (element.size, kind_of(element.code)) {
        return call::call(cx, class.value(), &[code, items]);
    }
    if !bytes.len().is_multiple_of(size) {
        return Err(cx.value_error("string length not a multiple of item size"));
    }
    let mut native = bytes;
    if !is_native {
        native.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    if kind == Kind::Text {
        let points: Vec<u32> = match size {
            2 => {
                let units = native.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
                let decoded = char::decode_utf16(units);
                decoded.map(|point| point.map_or_else(|lone| lone.unpaired_surrogate().into(), u32::from)).collect()
            }
            _ => native.chunks_exact(4).map(|unit| u32::from_ne_bytes([unit[0], unit[1], unit[2], unit[3]])).collect(),
        };
        if points.iter().any(|point| *point > 0x10ffff) {
            return Err(cx.value_error("code point not in range(0x110000)"));
        }
        let text = StrObject::from_code_points(cx, &points);
        return call::call(cx, class.value(), &[code, text.value()]);
    }
    // Integers of another machine get the type code that has their size here, the last of several.
    let loads = ELEMENTS.iter().rev().find(|other| (other.size, kind_of(other.code)) == (size, kind));
    let Some(loads) = loads else { return Err(cx.value_error("third argument must be a valid machine format code.")) };
    let values = native.chunks_exact(size).map(|item| (loads.load)(cx, item)).collect();
    let values = ListObject::new(cx, values);
    let code = match kind {
        Kind::Float => Owned::new(code),
        _ => StrObject::new(cx, &loads.code.to_string()),
    };
    call::call(cx, class.value(), &[code.value(), values.value()])
}

/// Arrays are mutable sequences to `collections.abc`.
pub fn register(cx: &mut Context) -> Result<()> {
    let library = import::module(cx, "collections.abc")?;
    let class = attribute::get_text(cx, library.value(), "MutableSequence")?;
    call::call_method(cx, class.value(), "register", &[ARRAY.value()]).map(drop)
}
