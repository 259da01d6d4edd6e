//! Properties and case mappings of code points, as CPython 3.14 has them. Pure.
//!
//! The tables are runs of code points with equal properties; a small index leads to the few runs of a block of 256.

pub mod tables;

pub use tables::{ALPHA, CONTINUE, DECIMAL, DIGIT, IGNORABLE, LOWER, NUMERIC, PRINTABLE, SPACE, START, TITLE, UPPER};
use tables::{RUNS, TO_FOLD, TO_FOLD_SPECIAL, TO_LOWER, TO_LOWER_SPECIAL, TO_TITLE, TO_TITLE_SPECIAL};
use tables::{TO_UPPER, TO_UPPER_SPECIAL};

/// Code points in a block of the index.
const BLOCK: usize = 256;
const BLOCKS: usize = 0x11_0000 / BLOCK;

/// For each block, the run that its first code point is in; and one more entry, the last run.
static INDEX: [u16; BLOCKS + 1] = index(RUNS);
/// Properties below 0x100, where most questions are.
static LATIN1: [u16; 256] = latin1(RUNS);

const fn index(runs: &[(u32, u16)]) -> [u16; BLOCKS + 1] {
    let mut result = [0; BLOCKS + 1];
    let mut run = 0;
    let mut block = 0;
    while block <= BLOCKS {
        while run + 1 < runs.len() && runs[run + 1].0 as usize <= block * BLOCK {
            run += 1;
        }
        result[block] = run as u16;
        block += 1;
    }
    result
}

const fn latin1(runs: &[(u32, u16)]) -> [u16; 256] {
    let mut result = [0; 256];
    let mut run = 0;
    let mut point = 0;
    while point < 256 {
        if run + 1 < runs.len() && runs[run + 1].0 as usize <= point {
            run += 1;
        }
        result[point] = runs[run].1;
        point += 1;
    }
    result
}

/// The run that holds `point`.
fn run_of(point: u32) -> (u32, u16) {
    let block = (point as usize / BLOCK).min(BLOCKS - 1);
    let first = INDEX[block] as usize;
    let last = INDEX[block + 1] as usize;
    let later = RUNS[first + 1..=last.max(first)].partition_point(|run| run.0 <= point);
    RUNS[first + later]
}

/// The properties of a code point: bits such as `ALPHA`.
#[inline]
pub fn properties(point: u32) -> u16 {
    if point < 256 { LATIN1[point as usize] } else { run_of(point).1 }
}

/// Whether the code point has any of the properties in `mask`.
#[inline]
pub fn has(point: u32, mask: u16) -> bool {
    properties(point) & mask != 0
}

#[inline]
pub fn is_space(point: u32) -> bool {
    has(point, SPACE)
}

#[inline]
pub fn is_printable(point: u32) -> bool {
    has(point, PRINTABLE)
}

/// Whether `str.splitlines` breaks at the code point.
#[inline]
pub fn is_line_break(point: u32) -> bool {
    matches!(point, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// The value of a decimal digit of any script, as `int()` reads it.
pub fn decimal_value(point: u32) -> Option<u32> {
    if point < 0x80 {
        return (0x30..0x3A).contains(&point).then(|| point - 0x30);
    }
    // Decimal digits come in runs of ten, from zero up.
    let (start, flags) = run_of(point);
    (flags & DECIMAL != 0).then(|| (point - start) % 10)
}

/// One to three code points that a case mapping yields.
pub type Mapped = [u32; 3];

fn map(point: u32, runs: &[(u32, u32, u8, i32)], special: &[(u32, Mapped)]) -> Mapped {
    let after = runs.partition_point(|run| run.0 <= point);
    if after > 0 {
        let (first, last, stride, delta) = runs[after - 1];
        if point <= last && (point - first).is_multiple_of(stride as u32) {
            return [point.wrapping_add_signed(delta), 0, 0];
        }
    }
    match special.binary_search_by_key(&point, |row| row.0) {
        Ok(row) => special[row].1,
        Err(_) => [point, 0, 0],
    }
}

/// The full lowercase mapping, without regard to neighbours (`str.lower` treats a final sigma itself).
pub fn to_lower(point: u32) -> Mapped {
    if point < 0x80 {
        return [(point as u8).to_ascii_lowercase() as u32, 0, 0];
    }
    map(point, TO_LOWER, TO_LOWER_SPECIAL)
}

/// The full uppercase mapping.
pub fn to_upper(point: u32) -> Mapped {
    if point < 0x80 {
        return [(point as u8).to_ascii_uppercase() as u32, 0, 0];
    }
    map(point, TO_UPPER, TO_UPPER_SPECIAL)
}

/// The full titlecase mapping.
pub fn to_title(point: u32) -> Mapped {
    if point < 0x80 {
        return [(point as u8).to_ascii_uppercase() as u32, 0, 0];
    }
    map(point, TO_TITLE, TO_TITLE_SPECIAL)
}

/// The full case folding.
pub fn to_fold(point: u32) -> Mapped {
    if point < 0x80 {
        return [(point as u8).to_ascii_lowercase() as u32, 0, 0];
    }
    map(point, TO_FOLD, TO_FOLD_SPECIAL)
}

/// The code points of a mapping.
pub fn mapped(mapping: Mapped) -> impl Iterator<Item = u32> {
    mapping.into_iter().enumerate().filter(|(index, point)| *index == 0 || *point != 0).map(|(_, point)| point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_in_every_block() {
        let mut run = 0;
        for point in 0..0x11_0000u32 {
            while run + 1 < RUNS.len() && RUNS[run + 1].0 <= point {
                run += 1;
            }
            assert_eq!(properties(point), RUNS[run].1, "{point:#x}");
        }
    }

    #[test]
    fn samples() {
        assert!(has('ª' as u32, LOWER) && has('ª' as u32, ALPHA));
        assert!(has('²' as u32, DIGIT) && !has('²' as u32, DECIMAL));
        assert!(has('½' as u32, NUMERIC) && !has('½' as u32, DIGIT));
        assert!(is_space(0x3000) && is_space(0x1F) && !is_space(0x200B));
        assert!(!is_printable(0xAD) && is_printable(0x20) && !is_printable(0xD800) && !is_printable(0x378));
        assert_eq!(decimal_value('٣' as u32), Some(3));
        assert_eq!(decimal_value(0x1D7FF), Some(9));
        assert_eq!(decimal_value('²' as u32), None);
    }

    #[test]
    fn case_mappings() {
        let text = |mapping| mapped(mapping).map(|point| char::from_u32(point).unwrap()).collect::<String>();
        assert_eq!(text(to_upper('ß' as u32)), "SS");
        assert_eq!(text(to_title('ß' as u32)), "Ss");
        assert_eq!(text(to_fold('ß' as u32)), "ss");
        assert_eq!(text(to_lower('İ' as u32)), "i̇");
        assert_eq!(text(to_title('ǆ' as u32)), "ǅ");
        assert_eq!(text(to_upper('ǆ' as u32)), "Ǆ");
        assert_eq!(text(to_lower('Ä' as u32)), "ä");
        assert_eq!(text(to_upper('ā' as u32)), "Ā");
        assert_eq!(text(to_upper('Ā' as u32)), "Ā");
        assert_eq!(text(to_lower(0x1E900)), "\u{1E922}");
        assert_eq!(text(to_upper('x' as u32)), "X");
    }
}
