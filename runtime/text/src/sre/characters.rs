//! Characters as the engine asks for them: by the tables of Unicode that `str` has, and by the C library's locale.

use sidewinder_regex::Characters;
use sidewinder_runtime::objects::str::unicode::{self, ALPHA, DECIMAL, DIGIT, NUMERIC};

mod c {
    // SAFETY: the signatures are those of C99; every value of an unsigned char may be asked.
    unsafe extern "C" {
        pub safe fn isalnum(character: i32) -> i32;
        pub safe fn tolower(character: i32) -> i32;
        pub safe fn toupper(character: i32) -> i32;
    }
}

/// The Unicode Character Database, and the current C locale.
pub struct Unicode;

impl Characters for Unicode {
    fn is_digit(&self, point: u32) -> bool {
        unicode::has(point, DECIMAL)
    }

    fn is_space(&self, point: u32) -> bool {
        unicode::is_space(point)
    }

    fn is_alphanumeric(&self, point: u32) -> bool {
        unicode::has(point, ALPHA | DECIMAL | DIGIT | NUMERIC)
    }

    fn is_line_break(&self, point: u32) -> bool {
        unicode::is_line_break(point)
    }

    fn lower(&self, point: u32) -> u32 {
        unicode::to_lower(point)[0]
    }

    fn upper(&self, point: u32) -> u32 {
        unicode::to_upper(point)[0]
    }

    fn locale_is_alphanumeric(&self, byte: u8) -> bool {
        c::isalnum(byte.into()) != 0
    }

    fn locale_lower(&self, byte: u8) -> u8 {
        c::tolower(byte.into()) as u8
    }

    fn locale_upper(&self, byte: u8) -> u8 {
        c::toupper(byte.into()) as u8
    }
}
