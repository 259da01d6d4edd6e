//! Searching code points for code points. Pure: works on `Units`.

use crate::objects::str::units::Units;
use memchr::memmem;

/// A needle in the unit of its haystack: borrowed if it has it already, else widened.
enum Needle<'a> {
    Borrowed(Units<'a>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl<'a> Needle<'a> {
    /// `None` when the needle holds code points that the haystack's unit cannot.
    fn new(needle: Units<'a>, kind: u8) -> Option<Needle<'a>> {
        if needle.kind() == kind {
            return Some(Needle::Borrowed(needle));
        }
        if needle.kind() > kind {
            // A string is stored in its narrowest form, but a slice of one may be wider than it needs to be.
            let fits = needle.code_points().all(|point| kind == 2 && point < 0x1_0000 || point < 0x100);
            return match (fits, kind) {
                (false, _) => None,
                (true, 2) => Some(Needle::Two(needle.code_points().map(|point| point as u16).collect())),
                (true, _) => None,
            };
        }
        Some(match kind {
            2 => Needle::Two(needle.code_points().map(|point| point as u16).collect()),
            _ => Needle::Four(needle.code_points().collect()),
        })
    }

    fn units(&self) -> Units<'_> {
        match self {
            Needle::Borrowed(units) => *units,
            Needle::Two(units) => Units::Two(units),
            Needle::Four(units) => Units::Four(units),
        }
    }
}

/// Length up to which a plain loop finds a byte soonest.
const SHORT_BYTES: usize = 24;

/// The first position of `needle` in `haystack`.
pub fn find(haystack: Units<'_>, needle: Units<'_>) -> Option<usize> {
    if needle.len() > haystack.len() {
        return None;
    }
    if let (Units::One(bytes), Units::One(pattern)) = (haystack, needle) {
        return match pattern {
            [byte] => find_byte(bytes, *byte),
            _ => memmem::find(bytes, pattern),
        };
    }
    if needle.len() == 1 {
        return find_point(haystack, needle.get(0));
    }
    let needle = Needle::new(needle, haystack.kind())?;
    find_bytes(haystack.bytes(), needle.units().bytes(), haystack.kind() as usize)
}

/// The first position of a byte. Short texts are searched by a loop: the library's search pays from some length on.
#[inline]
pub fn find_byte(bytes: &[u8], wanted: u8) -> Option<usize> {
    if bytes.len() <= SHORT_BYTES {
        bytes.iter().position(|byte| *byte == wanted)
    } else {
        memchr::memchr(wanted, bytes)
    }
}

/// The first position of one code point.
pub fn find_point(haystack: Units<'_>, point: u32) -> Option<usize> {
    match haystack {
        Units::One(bytes) => memchr::memchr(u8::try_from(point).ok()?, bytes),
        Units::Two(units) => find_unit(units, u16::try_from(point).ok()?),
        Units::Four(units) => units.iter().position(|unit| *unit == point),
    }
}

/// Looks for the low byte of a two-byte unit first, since memchr is faster than any loop here.
fn find_unit(units: &[u16], wanted: u16) -> Option<usize> {
    let bytes = Units::Two(units).bytes();
    let low = wanted.to_le_bytes()[0];
    if low == 0 {
        return units.iter().position(|unit| *unit == wanted);
    }
    let mut misses = 0;
    for position in memchr::memchr_iter(low, bytes) {
        if units[position / 2] == wanted {
            return Some(position / 2);
        }
        misses += 1;
        if misses > 32 {
            // The byte is common here: memchr stops too often to pay.
            let start = position / 2 + 1;
            return units[start..].iter().position(|unit| *unit == wanted).map(|found| found + start);
        }
    }
    None
}

/// Finds bytes at a multiple of `grain`; the result counts in grains.
fn find_bytes(haystack: &[u8], needle: &[u8], grain: usize) -> Option<usize> {
    let finder = memmem::Finder::new(needle);
    let mut start = 0;
    while let Some(found) = finder.find(&haystack[start..]) {
        let position = start + found;
        if position % grain == 0 {
            return Some(position / grain);
        }
        start = position + 1;
    }
    None
}

/// The last position of `needle` in `haystack`.
pub fn find_last(haystack: Units<'_>, needle: Units<'_>) -> Option<usize> {
    if needle.len() > haystack.len() {
        return None;
    }
    if needle.is_empty() {
        return Some(haystack.len());
    }
    if let (Units::One(bytes), Units::One(pattern)) = (haystack, needle) {
        return match pattern {
            [byte] => memchr::memrchr(*byte, bytes),
            _ => memmem::rfind(bytes, pattern),
        };
    }
    let needle = Needle::new(needle, haystack.kind())?;
    let (bytes, pattern, grain) = (haystack.bytes(), needle.units().bytes().to_vec(), haystack.kind() as usize);
    let finder = memmem::FinderRev::new(&pattern);
    let mut end = bytes.len();
    while let Some(position) = finder.rfind(&bytes[..end]) {
        if position % grain == 0 {
            return Some(position / grain);
        }
        end = position + pattern.len() - 1;
    }
    None
}

/// Calls `visit` with the position of each occurrence, from the left and without overlaps, until it returns false.
/// An empty needle occurs before each code point and at the end.
pub fn for_each_match(haystack: Units<'_>, needle: Units<'_>, mut visit: impl FnMut(usize) -> bool) {
    if needle.is_empty() {
        for position in 0..=haystack.len() {
            if !visit(position) {
                return;
            }
        }
        return;
    }
    match (haystack, needle) {
        (Units::One(bytes), Units::One([wanted])) if bytes.len() <= 2 * SHORT_BYTES => {
            for (position, byte) in bytes.iter().enumerate() {
                if byte == wanted && !visit(position) {
                    return;
                }
            }
        }
        (Units::One(bytes), Units::One([byte])) => {
            for position in memchr::memchr_iter(*byte, bytes) {
                if !visit(position) {
                    return;
                }
            }
        }
        (Units::One(bytes), Units::One(pattern)) => {
            for position in memmem::find_iter(bytes, pattern) {
                if !visit(position) {
                    return;
                }
            }
        }
        _ => {
            let mut start = 0;
            while let Some(found) = find(haystack.from(start), needle) {
                if !visit(start + found) {
                    return;
                }
                start += found + needle.len();
            }
        }
    }
}

/// How many times `needle` occurs, without overlaps, at most `limit`.
pub fn count(haystack: Units<'_>, needle: Units<'_>, limit: usize) -> usize {
    if limit == 0 {
        return 0;
    }
    if needle.is_empty() {
        return (haystack.len() + 1).min(limit);
    }
    if let (Units::One(bytes), Units::One([byte])) = (haystack, needle) {
        return memchr::memchr_iter(*byte, bytes).count().min(limit);
    }
    let mut total = 0;
    for_each_match(haystack, needle, |_| {
        total += 1;
        total < limit
    });
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn widest(text: &str) -> Vec<u32> {
        text.chars().map(|point| point as u32).collect()
    }

    #[test]
    fn finds_in_all_kinds() {
        let hay = "abc€abc€d";
        let (two, four) = (wide(hay), widest(hay));
        for haystack in [Units::Two(&two), Units::Four(&four)] {
            assert_eq!(find(haystack, Units::One(b"abc")), Some(0));
            assert_eq!(find_last(haystack, Units::One(b"abc")), Some(4));
            assert_eq!(find(haystack, Units::Two(&[0x20AC, 0x64])), Some(7));
            assert_eq!(find(haystack, Units::Two(&[0x20AC])), Some(3));
            assert_eq!(find_last(haystack, Units::Two(&[0x20AC])), Some(7));
            assert_eq!(find(haystack, Units::One(b"x")), None);
            assert_eq!(count(haystack, Units::One(b"abc"), usize::MAX), 2);
            assert_eq!(count(haystack, Units::One(b""), usize::MAX), 10);
        }
        assert_eq!(find(Units::One(b"abc"), Units::Two(&[0x20AC])), None);
        assert_eq!(find(Units::One(b"abc"), Units::Two(&[0x20AC, 0x64])), None);
    }

    #[test]
    fn ignores_matches_across_units() {
        // The bytes 01 00 01 00 hold 00 01 at an odd offset.
        let haystack = [0x0001u16, 0x0001, 0x0100, 0x0200];
        assert_eq!(find(Units::Two(&haystack), Units::Two(&[0x0100, 0x0200])), Some(2));
        assert_eq!(find_last(Units::Two(&haystack), Units::Two(&[0x0100])), Some(2));
        assert_eq!(find(Units::Two(&haystack), Units::Two(&[0x0100])), Some(2));
    }

    #[test]
    fn empty_needles() {
        assert_eq!(find(Units::One(b"ab"), Units::One(b"")), Some(0));
        assert_eq!(find_last(Units::One(b"ab"), Units::One(b"")), Some(2));
        assert_eq!(count(Units::One(b"aaa"), Units::One(b"aa"), usize::MAX), 1);
        assert_eq!(count(Units::One(b"aaa"), Units::One(b"a"), 2), 2);
    }
}
