//! The machine types of items, one row each: their codes, sizes and conversions.

use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{float, int};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The bytes of the largest item.
pub const ITEM_BYTES_MAX: usize = 8;

/// An item as bytes; only the first `size` count.
pub type Item = [u8; ITEM_BYTES_MAX];

/// One type code.
pub struct Element {
    pub code: char,
    /// Bytes of an item.
    pub size: usize,
    /// Makes an object of an item.
    pub load: fn(&mut Context, &[u8]) -> Owned,
    /// Makes an item of an object. May run Python code.
    pub store: fn(&mut Context, Value) -> Result<Item>,
    /// Whether items are characters.
    pub text: bool,
}

/// The type codes.
const CODES: &str = "bBuwhHiIlLqQfd";

impl Element {
    /// The format of an item in a buffer.
    pub fn format(&self) -> &'static str {
        let code = if self.code == 'u' { 'w' } else { self.code };
        CODES.find(code).map_or("B", |place| &CODES[place..=place])
    }
}

macro_rules! elements {
    ($( $code:literal $kind:ty, $text:literal, $load:expr, $store:expr; )*) => {
        /// All type codes, in the order of `array.typecodes`.
        pub static ELEMENTS: &[Element] = &[ $( Element {
            code: $code,
            size: size_of::<$kind>(),
            load: |cx, bytes| {
                let mut own = [0; size_of::<$kind>()];
                own.copy_from_slice(&bytes[..size_of::<$kind>()]);
                let load: fn(&mut Context, $kind) -> Owned = $load;
                load(cx, <$kind>::from_ne_bytes(own))
            },
            store: |cx, value| {
                let store: fn(&mut Context, Value) -> Result<$kind> = $store;
                let mut item = [0; ITEM_BYTES_MAX];
                item[..size_of::<$kind>()].copy_from_slice(&store(cx, value)?.to_ne_bytes());
                Ok(item)
            },
            text: $text,
        } ),* ];
    };
}

elements! {
    'b' i8, false, |cx, item| int::from_i64(cx, item as i64), |cx, value| {
        let number: i16 = within(cx, value, i16::MIN, "signed short integer")?;
        between(cx, number as i64, i8::MIN, "signed char")
    };
    'B' u8, false, |cx, item| int::from_i64(cx, item as i64), |cx, value| within(cx, value, u8::MIN, "unsigned byte integer");
    'u' u32, true, character, code_point;
    'w' u32, true, character, code_point;
    'h' i16, false, |cx, item| int::from_i64(cx, item as i64), |cx, value| within(cx, value, i16::MIN, "signed short integer");
    'H' u16, false, |cx, item| int::from_i64(cx, item as i64), |cx, value| {
        let number: i32 = within(cx, value, i32::MIN, "signed integer")?;
        between(cx, number as i64, u16::MIN, "unsigned short")
    };
    'i' i32, false, |cx, item| int::from_i64(cx, item as i64), |cx, value| within(cx, value, i32::MIN, "signed integer");
    'I' u32, false, |cx, item| int::from_i64(cx, item as i64), |cx, value| {
        let number = unsigned_long(cx, value)?;
        u32::try_from(number).map_err(|_| cx.overflow_error("unsigned int is greater than maximum"))
    };
    'l' i64, false, int::from_i64, convert::c_long;
    'L' u64, false, int::from_u64, unsigned_long;
    'q' i64, false, int::from_i64, |cx, value| {
        let number = convert::index(cx, value)?;
        int::as_i64(number.value()).ok_or_else(|| cx.overflow_error("int too big to convert"))
    };
    'Q' u64, false, int::from_u64, |cx, value| {
        let number = convert::index(cx, value)?;
        if int::is_negative(number.value()) {
            return Err(cx.overflow_error("can't convert negative int to unsigned"));
        }
        int::as_u64(number.value()).ok_or_else(|| cx.overflow_error("int too big to convert"))
    };
    'f' f32, false, |cx, item| float::from_f64(cx, item as f64), |cx, value| Ok(float::from_value(cx, value)? as f32);
    'd' f64, false, float::from_f64, float::from_value;
}

/// The row of a type code.
pub fn of_code(code: char) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.code == code)
}

fn unsigned_long(cx: &mut Context, value: Value) -> Result<u64> {
    let number = convert::index(cx, value)?;
    if int::is_negative(number.value()) {
        return Err(cx.overflow_error("can't convert negative value to unsigned int"));
    }
    int::as_u64(number.value()).ok_or_else(|| cx.overflow_error("Python int too large to convert to C unsigned long"))
}

/// An integer of a smaller type, called `name` in messages.
fn within<T: TryFrom<i64> + Into<i64>>(cx: &mut Context, value: Value, least: T, name: &str) -> Result<T> {
    let number = convert::c_long(cx, value)?;
    between(cx, number, least, name)
}

fn between<T: TryFrom<i64> + Into<i64>>(cx: &mut Context, number: i64, least: T, name: &str) -> Result<T> {
    match T::try_from(number) {
        Ok(number) => Ok(number),
        Err(_) if number < least.into() => Err(cx.overflow_error(format!("{name} is less than minimum"))),
        Err(_) => Err(cx.overflow_error(format!("{name} is greater than maximum"))),
    }
}

fn character(cx: &mut Context, item: u32) -> Owned {
    StrObject::from_code_points(cx, &[item])
}

fn code_point(cx: &mut Context, value: Value) -> Result<u32> {
    let Some(text) = str::cast(value) else {
        let actual = value.type_of().name();
        return Err(cx.type_error(format!("array item must be a unicode character, not {actual}")));
    };
    if text.len() != 1 {
        let length = text.len();
        return Err(cx.type_error(format!("array item must be a unicode character, not a string of length {length}")));
    }
    Ok(text.code_point(0))
}
