//! The four normal forms (UAX #15).

use crate::kinds::{HAS_DECOMPOSITION, NFC_MAYBE, NFC_NO, NFKC_MAYBE, NFKC_NO};
use crate::{Database, combining, data, old, record};

/// A normal form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Nfc,
    Nfkc,
    Nfd,
    Nfkd,
}

/// Whether a text is in a normal form, as far as that is seen without normalizing it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    Yes,
    No,
    Maybe,
}

const SYLLABLE_FIRST: u32 = 0xAC00;
const LEADING_FIRST: u32 = 0x1100;
const VOWEL_FIRST: u32 = 0x1161;
/// One before the first: there may be no trailing consonant.
const TRAILING_BASE: u32 = 0x11A7;
const LEADING_COUNT: u32 = 19;
const VOWEL_COUNT: u32 = 21;
const TRAILING_COUNT: u32 = 28;
const SYLLABLE_COUNT: u32 = LEADING_COUNT * VOWEL_COUNT * TRAILING_COUNT;

fn is_syllable(point: u32) -> bool {
    (SYLLABLE_FIRST..SYLLABLE_FIRST + SYLLABLE_COUNT).contains(&point)
}

impl Form {
    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFKC" => Form::Nfkc,
            "NFD" => Form::Nfd,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn is_compatible(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }

    /// The bits of records that say "no" and "maybe"; the decomposed forms have no bits of their own.
    fn bits(self) -> (u32, u32) {
        match self {
            Form::Nfc => (NFC_NO, NFC_MAYBE),
            Form::Nfkc => (NFKC_NO, NFKC_MAYBE),
            Form::Nfd | Form::Nfkd => (0, 0),
        }
    }

    /// Whether the code point is changed by decomposition.
    fn decomposes(self, point: u32, record: u32) -> bool {
        if is_syllable(point) {
            return true;
        }
        record & HAS_DECOMPOSITION != 0
            && (self == Form::Nfkd || matches!(Database::Current.decomposition(point), Some(("", _))))
    }

    /// A quick look at whether the text is in this form, by the current data.
    pub fn check(self, text: impl Iterator<Item = u32>) -> Check {
        let (no, maybe) = self.bits();
        let mut result = Check::Yes;
        let mut class = 0;
        for point in text.filter(|point| *point >= 0xA0) {
            let record = record(point);
            let own = combining(point);
            let bad = record & no != 0 || matches!(self, Form::Nfd | Form::Nfkd) && self.decomposes(point, record);
            if bad || own != 0 && own < class {
                return Check::No;
            }
            if record & maybe != 0 {
                result = Check::Maybe;
            }
            class = own;
        }
        result
    }

    /// The text in this form.
    pub fn normalize(self, text: impl Iterator<Item = u32>, database: Database) -> Vec<u32> {
        let mut output = Vec::with_capacity(text.size_hint().0);
        for point in text {
            decompose(point, self.is_compatible(), database, &mut output);
        }
        order(&mut output);
        if matches!(self, Form::Nfc | Form::Nfkc) {
            compose(&mut output);
        }
        output
    }
}

/// The letters of a Hangul syllable, two or three.
pub fn syllable(point: u32) -> Option<([u32; 3], usize)> {
    let number = point.wrapping_sub(SYLLABLE_FIRST);
    let trailing = number % TRAILING_COUNT;
    let leading = LEADING_FIRST + number / (VOWEL_COUNT * TRAILING_COUNT);
    let vowel = VOWEL_FIRST + number / TRAILING_COUNT % VOWEL_COUNT;
    let letters = [leading, vowel, TRAILING_BASE + trailing];
    is_syllable(point).then_some((letters, if trailing == 0 { 2 } else { 3 }))
}

/// Appends the full decomposition of a code point.
fn decompose(point: u32, is_compatible: bool, database: Database, output: &mut Vec<u32>) {
    if point < 0xA0 {
        return output.push(point);
    }
    if let Some((letters, count)) = syllable(point) {
        return output.extend_from_slice(&letters[..count]);
    }
    if database == Database::Old
        && let Some(other) = old::decomposition(point)
    {
        return output.push(other);
    }
    match database.decomposition(point) {
        // No decomposition contains itself, so this ends; the deepest is three steps long.
        Some((tag, parts)) if is_compatible || tag.is_empty() => {
            parts.iter().for_each(|part| decompose(*part, is_compatible, database, output));
        }
        _ => output.push(point),
    }
}

/// Puts the marks that follow each other in the order of their classes; those of one class stay in theirs.
fn order(text: &mut [u32]) {
    let mut start = 0;
    while start < text.len() {
        if combining(text[start]) == 0 {
            start += 1;
            continue;
        }
        let length = text[start..].iter().take_while(|point| combining(**point) != 0).count();
        text[start..start + length].sort_by_key(|point| combining(*point));
        start += length;
    }
}

/// Composes what can be, in place.
fn compose(text: &mut Vec<u32>) {
    // Where the last starter went, the class of the last mark kept behind it, and how much is written.
    let mut starter: Option<usize> = None;
    let mut class = None;
    let mut written = 0;
    for read in 0..text.len() {
        let point = text[read];
        let own = combining(point);
        if let Some(place) = starter
            && class.is_none_or(|class| class < own && class != 0)
            && let Some(whole) = pair(text[place], point)
        {
            text[place] = whole;
            continue;
        }
        if own == 0 {
            starter = Some(written);
            class = None;
        } else {
            class = Some(own);
        }
        text[written] = point;
        written += 1;
    }
    text.truncate(written);
}

/// What two code points compose to.
fn pair(first: u32, second: u32) -> Option<u32> {
    let (leading, vowel) = (first.wrapping_sub(LEADING_FIRST), second.wrapping_sub(VOWEL_FIRST));
    if leading < LEADING_COUNT && vowel < VOWEL_COUNT {
        return Some(SYLLABLE_FIRST + (leading * VOWEL_COUNT + vowel) * TRAILING_COUNT);
    }
    let trailing = second.wrapping_sub(TRAILING_BASE);
    if is_syllable(first)
        && (first - SYLLABLE_FIRST).is_multiple_of(TRAILING_COUNT)
        && (1..TRAILING_COUNT).contains(&trailing)
    {
        return Some(first + trailing);
    }
    let row = data::COMPOSITIONS.binary_search_by_key(&(first, second), |row| (row.0, row.1)).ok()?;
    Some(data::COMPOSITIONS[row].2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(form: Form, text: &str) -> String {
        let points = form.normalize(text.chars().map(u32::from), Database::Current);
        points.into_iter().filter_map(char::from_u32).collect()
    }

    #[test]
    fn forms() {
        assert_eq!(normal(Form::Nfd, "é"), "e\u{301}");
        assert_eq!(normal(Form::Nfc, "e\u{301}"), "é");
        assert_eq!(normal(Form::Nfkc, "ﬁ"), "fi");
        assert_eq!(normal(Form::Nfc, "ﬁ"), "ﬁ");
        assert_eq!(normal(Form::Nfd, "각"), "\u{1100}\u{1161}\u{11A8}");
        assert_eq!(normal(Form::Nfc, "\u{1100}\u{1161}\u{11A8}"), "각");
        // Marks are put in order, and a mark that is blocked does not compose.
        assert_eq!(normal(Form::Nfd, "a\u{301}\u{323}"), "a\u{323}\u{301}");
        assert_eq!(normal(Form::Nfc, "a\u{302}\u{301}"), "\u{1EA5}");
        assert_eq!(normal(Form::Nfc, "\u{1100}\u{300}\u{1161}"), "\u{1100}\u{300}\u{1161}");
    }

    #[test]
    fn checks() {
        assert_eq!(Form::Nfc.check("é".chars().map(u32::from)), Check::Yes);
        assert_eq!(Form::Nfd.check("é".chars().map(u32::from)), Check::No);
        assert_eq!(Form::Nfc.check("e\u{301}".chars().map(u32::from)), Check::Maybe);
        assert_eq!(Form::Nfc.check("a\u{301}\u{323}".chars().map(u32::from)), Check::No);
    }
}
