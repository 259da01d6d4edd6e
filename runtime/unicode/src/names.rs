//! Names of characters, their aliases, and named sequences.

use crate::{Database, is_newer, sequences};

/// Names longer than this are not looked up.
pub const NAME_LENGTH_MAX: usize = 256;

/// Prefixes of names that end in the code point, of characters that the tables have no rows for.
const NUMBERED: &[(&str, u32, u32)] =
    &[("TANGUT IDEOGRAPH-", 0x17000, 0x187F7), ("TANGUT IDEOGRAPH-", 0x18D00, 0x18D08)];

/// What a name names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    Character(char),
    Sequence(&'static str),
}

/// The name of a code point.
pub fn name(point: u32, database: Database) -> Option<String> {
    if database == Database::Old && is_newer(point) {
        return None;
    }
    char::from_u32(point).and_then(unicode_names2::name).map(|name| name.to_string())
}

/// The character of that name or alias, in letters of any case.
pub fn character(name: &str) -> Option<char> {
    let name = name.to_ascii_uppercase();
    if name.len() > NAME_LENGTH_MAX || !name.is_ascii() {
        return None;
    }
    if let Some((_, digits)) = NUMBERED.iter().find_map(|row| Some((row, name.strip_prefix(row.0)?))) {
        let point = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 5)?;
        let is_known = NUMBERED.iter().any(|row| (row.1..=row.2).contains(&point));
        return char::from_u32(point).filter(|_| is_known);
    }
    // The crate would take leading zeros.
    if name.strip_prefix("CJK UNIFIED IDEOGRAPH-").is_some_and(|digits| digits.starts_with('0')) {
        return None;
    }
    unicode_names2::character(&name)
}

/// What a name names. The old data have no aliases and no sequences, but know, as in CPython, the newer characters.
pub fn lookup(name: &str, database: Database) -> Option<Named> {
    let found = character(name);
    if database == Database::Old {
        let is_own = |found: &char| match self::name(*found as u32, Database::Current) {
            Some(own) => own.eq_ignore_ascii_case(name),
            None => NUMBERED.iter().any(|row| (row.1..=row.2).contains(&(*found as u32))),
        };
        return found.filter(is_own).map(Named::Character);
    }
    found.map(Named::Character).or_else(|| sequences::find(name).map(Named::Sequence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples() {
        assert_eq!(name('a' as u32, Database::Current).as_deref(), Some("LATIN SMALL LETTER A"));
        assert_eq!(name(0, Database::Current), None);
        assert_eq!(character("latin small letter GHA"), Some('ƣ'));
        assert_eq!(character("tangut ideograph-17000"), Some('\u{17000}'));
        assert_eq!(character("TANGUT IDEOGRAPH-+7000"), None);
        assert_eq!(character("CJK UNIFIED IDEOGRAPH-04E00"), None);
        assert_eq!(lookup("LATIN SMALL LETTER GHA", Database::Old), None);
        assert_eq!(lookup("keycap number sign", Database::Current), Some(Named::Sequence("#\u{FE0F}\u{20E3}")));
        assert_eq!(lookup("no such name", Database::Current), None);
    }
}
