//! Conditions on a position: anchors and word boundaries.

use crate::characters::{Characters, is_word, locale_is_word};
use crate::opcode::{At, Category};
use crate::set::is_of;
use crate::unit::Unit;

const NEWLINE: u32 = b'\n' as u32;

/// Whether the condition holds at the position. `text` ends where the search does, but starts with the whole string.
#[inline]
pub(crate) fn holds<U: Unit, C: Characters>(characters: &C, at: At, text: &[U], position: usize) -> bool {
    let before = || position.checked_sub(1).and_then(|index| text.get(index)).map(|unit| unit.point());
    let after = || text.get(position).map(|unit| unit.point());
    let differ = |is_word: &dyn Fn(u32) -> bool| before().is_some_and(is_word) != after().is_some_and(is_word);
    match at {
        At::Beginning | At::BeginningString => position == 0,
        At::BeginningLine => before().is_none_or(|point| point == NEWLINE),
        At::End => after().is_none_or(|point| point == NEWLINE && position + 1 == text.len()),
        At::EndLine => after().is_none_or(|point| point == NEWLINE),
        At::EndString => position == text.len(),
        At::Boundary => differ(&|point| is_of(characters, Category::Word, point)),
        At::LocaleBoundary => differ(&|point| locale_is_word(characters, point)),
        At::UnicodeBoundary => {
            before().is_some_and(|point| is_word(characters, point))
                != after().is_some_and(|point| is_word(characters, point))
        }
        At::NotBoundary => !holds(characters, At::Boundary, text, position),
        At::LocaleNotBoundary => !holds(characters, At::LocaleBoundary, text, position),
        At::UnicodeNotBoundary => !holds(characters, At::UnicodeBoundary, text, position),
    }
}
