//! What the engine must know of characters, which the caller says.

/// Properties and case mappings, as CPython's `str` methods have them; and those of the C locale, for patterns that
/// were compiled with `re.LOCALE`.
pub trait Characters {
    /// Whether `str.isdecimal` holds: what `\d` matches.
    fn is_digit(&self, point: u32) -> bool;
    /// Whether `str.isspace` holds: `\s`.
    fn is_space(&self, point: u32) -> bool;
    /// Whether `str.isalnum` holds: with `_`, this is `\w`.
    fn is_alphanumeric(&self, point: u32) -> bool;
    /// Whether `str.splitlines` breaks there.
    fn is_line_break(&self, point: u32) -> bool;
    /// The first character of the lowercase mapping.
    fn lower(&self, point: u32) -> u32;
    /// The first character of the uppercase mapping.
    fn upper(&self, point: u32) -> u32;
    /// `isalnum` of the current C locale.
    fn locale_is_alphanumeric(&self, byte: u8) -> bool;
    /// `tolower` of the current C locale.
    fn locale_lower(&self, byte: u8) -> u8;
    /// `toupper` of the current C locale.
    fn locale_upper(&self, byte: u8) -> u8;
}

/// ASCII alone, and the locale "C".
pub struct Ascii;

/// The byte, if the code point is an ASCII one.
fn ascii(point: u32) -> Option<u8> {
    u8::try_from(point).ok().filter(u8::is_ascii)
}

impl Characters for Ascii {
    fn is_digit(&self, point: u32) -> bool {
        ascii(point).is_some_and(|byte| byte.is_ascii_digit())
    }

    fn is_space(&self, point: u32) -> bool {
        matches!(point, 9..=13 | 32)
    }

    fn is_alphanumeric(&self, point: u32) -> bool {
        ascii(point).is_some_and(|byte| byte.is_ascii_alphanumeric())
    }

    fn is_line_break(&self, point: u32) -> bool {
        point == u32::from(b'\n')
    }

    fn lower(&self, point: u32) -> u32 {
        ascii(point).map_or(point, |byte| byte.to_ascii_lowercase().into())
    }

    fn upper(&self, point: u32) -> u32 {
        ascii(point).map_or(point, |byte| byte.to_ascii_uppercase().into())
    }

    fn locale_is_alphanumeric(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
    }

    fn locale_lower(&self, byte: u8) -> u8 {
        byte.to_ascii_lowercase()
    }

    fn locale_upper(&self, byte: u8) -> u8 {
        byte.to_ascii_uppercase()
    }
}

/// Whether `\w` matches, with the properties of Unicode.
#[inline]
pub(crate) fn is_word<C: Characters>(characters: &C, point: u32) -> bool {
    characters.is_alphanumeric(point) || point == u32::from(b'_')
}

/// Whether `\w` matches, in the C locale.
pub(crate) fn locale_is_word<C: Characters>(characters: &C, point: u32) -> bool {
    u8::try_from(point).is_ok_and(|byte| characters.locale_is_alphanumeric(byte)) || point == u32::from(b'_')
}

/// The lower case in the C locale, in which only bytes have one.
pub(crate) fn locale_lower<C: Characters>(characters: &C, point: u32) -> u32 {
    u8::try_from(point).map_or(point, |byte| characters.locale_lower(byte).into())
}

/// The upper case in the C locale.
pub(crate) fn locale_upper<C: Characters>(characters: &C, point: u32) -> u32 {
    u8::try_from(point).map_or(point, |byte| characters.locale_upper(byte).into())
}
