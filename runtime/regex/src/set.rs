//! Sets of characters: what one step of a program may match.
//!
//! Below 0x100 a set is a table that is made once, case folded and all. For the rest it keeps its items as they were
//! written and asks them, unless the answer is always the same.

use crate::characters::{Characters, is_word, locale_is_word, locale_lower, locale_upper};
use crate::opcode::{Category, Opcode};
use crate::unit::Unit;

/// What happens to a character before it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fold {
    /// Nothing.
    None,
    /// ASCII letters become lower case.
    Ascii,
    /// The simple lowercase mapping of Unicode.
    Unicode,
    /// Lower and upper case of the C locale are looked up.
    Locale,
    /// So they are, and the character itself.
    LocaleLiteral,
}

impl Fold {
    /// The case-folded character, for comparing two characters of the text.
    #[inline]
    pub(crate) fn apply<C: Characters>(self, characters: &C, point: u32) -> u32 {
        match self {
            Fold::None => point,
            Fold::Ascii if point < 0x80 => u32::from((point as u8).to_ascii_lowercase()),
            Fold::Ascii => point,
            Fold::Unicode => characters.lower(point),
            Fold::Locale | Fold::LocaleLiteral => locale_lower(characters, point),
        }
    }
}

/// A part of a set, in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    /// From here on, being found means not being in the set.
    Negate,
    One(u32),
    Range(u32, u32),
    /// A range that the character or its upper case may lie in.
    RangeFolded(u32, u32),
    /// Bits for the first 256 code points.
    Map([u32; 8]),
    /// For each block of 256 code points below 0x1_0000, the number of its bits.
    Blocks(Box<([u8; 256], Vec<[u32; 8]>)>),
    Category(Category),
}

/// Whether a character is of the kind.
pub(crate) fn is_of<C: Characters>(characters: &C, category: Category, point: u32) -> bool {
    let ascii = u8::try_from(point).ok().filter(u8::is_ascii);
    let is_digit = || ascii.is_some_and(|byte| byte.is_ascii_digit());
    let is_space = || matches!(point, 9..=13 | 32);
    let is_word_ascii = || ascii.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_newline = || point == u32::from(b'\n');
    match category {
        Category::Digit => is_digit(),
        Category::NotDigit => !is_digit(),
        Category::Space => is_space(),
        Category::NotSpace => !is_space(),
        Category::Word => is_word_ascii(),
        Category::NotWord => !is_word_ascii(),
        Category::LineBreak => is_newline(),
        Category::NotLineBreak => !is_newline(),
        Category::LocaleWord => locale_is_word(characters, point),
        Category::LocaleNotWord => !locale_is_word(characters, point),
        Category::UnicodeDigit => characters.is_digit(point),
        Category::UnicodeNotDigit => !characters.is_digit(point),
        Category::UnicodeSpace => characters.is_space(point),
        Category::UnicodeNotSpace => !characters.is_space(point),
        Category::UnicodeWord => is_word(characters, point),
        Category::UnicodeNotWord => !is_word(characters, point),
        Category::UnicodeLineBreak => characters.is_line_break(point),
        Category::UnicodeNotLineBreak => !characters.is_line_break(point),
    }
}

fn has_bit(map: &[u32; 8], byte: u8) -> bool {
    map[usize::from(byte) / 32] >> (byte % 32) & 1 != 0
}

impl Item {
    fn has<C: Characters>(&self, characters: &C, point: u32) -> bool {
        match self {
            Item::Negate => false,
            Item::One(one) => point == *one,
            Item::Range(low, high) => (*low..=*high).contains(&point),
            Item::RangeFolded(low, high) => {
                let range = *low..=*high;
                range.contains(&point) || range.contains(&characters.upper(point))
            }
            Item::Map(map) => u8::try_from(point).is_ok_and(|byte| has_bit(map, byte)),
            Item::Blocks(blocks) => {
                let block = blocks.0.get(point as usize >> 8).and_then(|number| blocks.1.get(usize::from(*number)));
                block.is_some_and(|map| has_bit(map, point as u8))
            }
            Item::Category(category) => is_of(characters, *category, point),
        }
    }

    /// Whether a character from 0x100 on can be found in it, as far as is plain to see.
    fn may_have_wide(&self) -> bool {
        match self {
            Item::Negate | Item::Map(_) => false,
            Item::One(high) | Item::Range(_, high) | Item::RangeFolded(_, high) => *high >= 0x100,
            Item::Blocks(_) => true,
            Item::Category(Category::Digit | Category::Space | Category::Word | Category::LineBreak) => false,
            Item::Category(_) => true,
        }
    }

    fn depends_on_locale(&self) -> bool {
        matches!(self, Item::Category(Category::LocaleWord | Category::LocaleNotWord))
    }
}

/// What is said of the characters from 0x100 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wide {
    Never,
    Always,
    Ask,
}

/// A set of characters.
#[derive(Debug)]
pub(crate) struct Set {
    latin: [bool; 256],
    wide: Wide,
    items: Vec<Item>,
    fold: Fold,
    /// Whether what is found is what does not match.
    inverted: bool,
    /// Whether the answers depend on the C locale at the time of asking. The table is then useless.
    pub(crate) depends_on_locale: bool,
}

impl Set {
    fn new<C: Characters>(characters: &C, items: Vec<Item>, fold: Fold, inverted: bool) -> Set {
        let depends_on_locale =
            matches!(fold, Fold::Locale | Fold::LocaleLiteral) || items.iter().any(Item::depends_on_locale);
        let mut set = Set { latin: [false; 256], wide: Wide::Ask, items, fold, inverted, depends_on_locale };
        if !depends_on_locale {
            for byte in 0..=255u8 {
                set.latin[usize::from(byte)] = set.ask(characters, byte.into());
            }
            if fold != Fold::Unicode && !set.items.iter().any(Item::may_have_wide) {
                set.wide = if set.ask(characters, 0x100) { Wide::Always } else { Wide::Never };
            }
        }
        set
    }

    /// The set of one character, or of all others.
    pub(crate) fn literal<C: Characters>(characters: &C, point: u32, fold: Fold, inverted: bool) -> Set {
        Set::new(characters, vec![Item::One(point)], fold, inverted)
    }

    /// The set of a kind of characters.
    pub(crate) fn category<C: Characters>(characters: &C, category: Category) -> Set {
        Set::new(characters, vec![Item::Category(category)], Fold::None, false)
    }

    /// The set that the words of an `In` operation describe, without the `Failure` at their end; `None` if they are
    /// not what the compiler would write.
    pub(crate) fn parse<C: Characters>(characters: &C, words: &[u32], fold: Fold) -> Option<Set> {
        Some(Set::new(characters, parse_items(words)?, fold, false))
    }

    /// Whether the character is in the set. Not for sets that depend on the locale.
    #[inline(always)]
    pub(crate) fn has<U: Unit, C: Characters>(&self, characters: &C, unit: U) -> bool {
        match unit.latin() {
            Ok(byte) => self.latin[usize::from(byte)],
            Err(point) => match self.wide {
                Wide::Never => false,
                Wide::Always => true,
                Wide::Ask => self.ask(characters, point),
            },
        }
    }

    /// Whether the byte is in the set.
    pub(crate) fn has_latin(&self, byte: u8) -> bool {
        self.latin[usize::from(byte)]
    }

    /// Whether there may be characters from 0x100 on in the set.
    pub(crate) fn may_have_wide(&self) -> bool {
        self.wide != Wide::Never
    }

    /// Whether all characters from 0x100 on that are in the set match `\w`, as far as is plain to see.
    pub(crate) fn wide_are_words(&self) -> bool {
        let words = [Category::UnicodeWord, Category::UnicodeDigit];
        self.wide == Wide::Never
            || !self.inverted
                && self.fold == Fold::None
                && self.items.iter().all(|item| match item {
                    Item::Category(category) => words.contains(category),
                    item => *item != Item::Negate && !item.may_have_wide(),
                })
    }

    /// Whether the character is in the set, from its items.
    pub(crate) fn ask<C: Characters>(&self, characters: &C, point: u32) -> bool {
        let cases = || [locale_lower(characters, point), locale_upper(characters, point), point];
        let found = match self.fold {
            Fold::None => self.find(characters, &[point]),
            Fold::Ascii | Fold::Unicode => self.find(characters, &[self.fold.apply(characters, point)]),
            Fold::Locale => self.find(characters, &cases()[..2]),
            Fold::LocaleLiteral => self.find(characters, &cases()),
        };
        found != self.inverted
    }

    /// Whether one of the points, which are cases of one character, is found.
    fn find<C: Characters>(&self, characters: &C, points: &[u32]) -> bool {
        let mut found = true;
        for item in &self.items {
            if *item == Item::Negate {
                found = !found;
            } else if points.iter().any(|point| item.has(characters, *point)) {
                return found;
            }
        }
        !found
    }
}

fn parse_items(mut words: &[u32]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    while let Some((word, rest)) = words.split_first() {
        let (item, size) = match Opcode::of(*word)? {
            Opcode::Negate => (Item::Negate, 0),
            Opcode::Literal => (Item::One(*rest.first()?), 1),
            Opcode::Range => (Item::Range(*rest.first()?, *rest.get(1)?), 2),
            Opcode::RangeUnicodeIgnore => (Item::RangeFolded(*rest.first()?, *rest.get(1)?), 2),
            Opcode::Charset => (Item::Map(*rest.first_chunk()?), 8),
            Opcode::BigCharset => parse_blocks(rest)?,
            Opcode::Category => (Item::Category(Category::of(*rest.first()?)?), 1),
            _ => return None,
        };
        items.push(item);
        words = rest.get(size..)?;
    }
    Some(items)
}

/// The blocks of a `BigCharset`: their count, the numbers as bytes in words, the bits. And how many words these were.
fn parse_blocks(words: &[u32]) -> Option<(Item, usize)> {
    let count = *words.first()? as usize;
    let numbers = words.get(1..65)?;
    let bits = words.get(65..65 + count.min(256).checked_mul(8)?)?;
    let mut index = [0; 256];
    for (number, byte) in index.iter_mut().zip(numbers.iter().flat_map(|word| word.to_ne_bytes())) {
        *number = byte;
    }
    if count > 256 || index.iter().any(|number| usize::from(*number) >= count) {
        return None;
    }
    let blocks = bits.as_chunks().0.to_vec();
    Some((Item::Blocks(Box::new((index, blocks))), 65 + bits.len()))
}
