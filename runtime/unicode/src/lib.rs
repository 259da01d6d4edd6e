//! The Unicode character database, as `unicodedata` shows it: properties, decompositions, normal forms, names.
//!
//! Pure: knows no Python object. Most tables are made by the build script (`build.rs`), a few small ones by `generate.py`;
//! all are constants, of which only what is asked for is ever read from the file. Code points need not be characters:
//! surrogates have properties, too. The names are those of the crate `unicode_names2`, which the parser needs anyway.
//!
//! Not here: what the methods of `str` ask (`sidewinder-runtime`, `objects/str/unicode`).

mod kinds;
pub mod names;
pub mod normalize;
mod old;
mod sequences;
mod tables;

/// The tables of the build script.
mod data {
    include!(concat!(env!("OUT_DIR"), "/data.rs"));
}

use kinds::{
    CATEGORIES, COMBINING_SHIFT, DIRECTION_SHIFT, DIRECTIONS, HAS_DECOMPOSITION, MIRRORED as MIRRORED_BIT, TAGS,
};

/// The version of the data.
pub const VERSION: &str = "16.0.0";
/// The version of the old data.
pub const OLD_VERSION: &str = "3.2.0";

/// Widths in East Asian text.
const WIDTHS: [&str; 6] = ["N", "A", "H", "W", "F", "Na"];
/// Code points in a block of the trie.
const BLOCK: usize = 128;

/// Which data are asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Database {
    Current,
    /// Unicode 3.2, which internationalised domain names are defined by.
    Old,
}

/// What is packed of a code point; beyond the last one there is nothing assigned.
#[inline]
fn record(point: u32) -> u32 {
    let Some(leaf) = data::INDEX.get(point as usize / BLOCK) else { return 0 };
    data::RECORDS[data::LEAVES[*leaf as usize * BLOCK + point as usize % BLOCK] as usize]
}

fn category_number(point: u32) -> u8 {
    (record(point) & 31) as u8
}

/// Whether the code point was assigned after the old version.
fn is_newer(point: u32) -> bool {
    category_number(point) != 0 && !old::is_assigned(point)
}

impl Database {
    fn is_newer(self, point: u32) -> bool {
        self == Database::Old && is_newer(point)
    }

    /// The value of a property: nothing for what is newer, else what was changed, or what is the case now.
    fn choose(self, point: u32, changes: &[(u32, u32, u8)], now: u8) -> u8 {
        match self {
            Database::Current => now,
            Database::Old if is_newer(point) => 0,
            Database::Old => old::changed(changes, point).unwrap_or(now),
        }
    }

    /// The general category.
    pub fn category(self, point: u32) -> &'static str {
        CATEGORIES[self.choose(point, tables::OLD_CATEGORIES, category_number(point)) as usize]
    }

    /// The bidirectional class; nothing if the code point is not assigned.
    pub fn bidirectional(self, point: u32) -> &'static str {
        let now = (record(point) >> DIRECTION_SHIFT & 31) as u8;
        DIRECTIONS[self.choose(point, tables::OLD_DIRECTIONS, now) as usize]
    }

    /// The canonical combining class.
    pub fn combining(self, point: u32) -> u8 {
        self.choose(point, &[], combining(point))
    }

    /// Whether the character is mirrored in bidirectional text.
    pub fn mirrored(self, point: u32) -> bool {
        let now = (record(point) & MIRRORED_BIT != 0) as u8;
        self.choose(point, tables::OLD_MIRRORED, now) != 0
    }

    /// The width in East Asian text.
    pub fn east_asian_width(self, point: u32) -> &'static str {
        let after = tables::WIDTHS.partition_point(|run| run >> 3 <= point);
        let now = (tables::WIDTHS[after.saturating_sub(1)] & 7) as u8;
        WIDTHS[self.choose(point, tables::OLD_WIDTHS, now) as usize]
    }

    /// The value of a decimal digit.
    pub fn decimal(self, point: u32) -> Option<u8> {
        if self == Database::Old {
            if is_newer(point) {
                return None;
            }
            if let Ok(row) = tables::OLD_DECIMALS.binary_search_by_key(&point, |row| row.0) {
                return Some(tables::OLD_DECIMALS[row].1);
            }
        }
        number(point).filter(|number| number.1 == 2).map(|number| number.0 as u8)
    }

    /// The value of a digit. The old data do not tell it apart.
    pub fn digit(self, point: u32) -> Option<u8> {
        number(point).filter(|number| number.1 >= 1).map(|number| number.0 as u8)
    }

    /// The value of a number.
    pub fn numeric(self, point: u32) -> Option<f64> {
        if self == Database::Old {
            if is_newer(point) {
                return None;
            }
            if let Ok(row) = tables::OLD_NUMBERS.binary_search_by_key(&point, |row| row.0) {
                return Some(tables::OLD_NUMBERS[row].1).filter(|value| !value.is_nan());
            }
        }
        if let Some((value, _)) = number(point) {
            return Some(value);
        }
        let row = tables::IDEOGRAPH_NUMBERS.binary_search_by_key(&point, |row| row.0).ok()?;
        Some(tables::IDEOGRAPH_NUMBERS[row].1)
    }

    /// What the code point decomposes to in one step, with the kind of the decomposition: nothing if it is canonical, a
    /// word in angle brackets otherwise.
    pub fn decomposition(self, point: u32) -> Option<(&'static str, &'static [u32])> {
        if record(point) & HAS_DECOMPOSITION == 0 || self.is_newer(point) {
            return None;
        }
        let place = data::PLACES[data::DECOMPOSED.binary_search(&point).ok()?];
        let start = (place >> 16) as usize;
        let length = (place >> 8 & 0xFF) as usize;
        Some((TAGS[(place & 0xFF) as usize], &data::PARTS[start..start + length]))
    }
}

/// The canonical combining class.
fn combining(point: u32) -> u8 {
    (record(point) >> COMBINING_SHIFT) as u8
}

/// The value of a number, with 2 if it is a decimal digit and 1 if it is a digit.
fn number(point: u32) -> Option<(f64, u8)> {
    let after = data::NUMBERS.partition_point(|run| run.0 <= point);
    let (first, last, kind, value) = *data::NUMBERS.get(after.checked_sub(1)?)?;
    (point <= last).then(|| (value + (point - first) as f64, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples() {
        let current = Database::Current;
        assert_eq!(current.category('A' as u32), "Lu");
        assert_eq!(current.category(0xD800), "Cs");
        assert_eq!(current.category(0x10FFFF), "Cn");
        assert_eq!(current.category(u32::MAX), "Cn");
        assert_eq!(current.bidirectional('א' as u32), "R");
        assert_eq!(current.combining(0x301), 230);
        assert!(current.mirrored('(' as u32) && !current.mirrored('a' as u32));
        assert_eq!(current.east_asian_width('가' as u32), "W");
        assert_eq!(current.decimal('٣' as u32), Some(3));
        assert_eq!((current.decimal('²' as u32), current.digit('²' as u32)), (None, Some(2)));
        assert_eq!(current.numeric('½' as u32), Some(0.5));
        assert_eq!(current.numeric('億' as u32), Some(1e8));
        assert_eq!(current.decomposition('Å' as u32), Some(("", &[0x41, 0x30A][..])));
        assert_eq!(current.decomposition('ﬁ' as u32), Some(("<compat>", &[0x66, 0x69][..])));
        assert_eq!(current.decomposition('a' as u32), None);
    }

    #[test]
    fn old_data_differ() {
        assert_eq!(Database::Old.category(0x221), "Cn");
        assert_eq!(Database::Old.category(0xAD), "Pd");
        assert_eq!(Database::Old.decimal('²' as u32), Some(2));
        assert_eq!(Database::Old.numeric(0x5793), Some(1e20));
        assert_eq!(Database::Old.numeric(0x9F8), None);
    }
}
