//! The encodings of ISO 2022: character sets in seven bits, which escape sequences select.
//!
//! The state has the set of each of G0, G1 and G2 in a byte, as the last byte of its escape sequence, with the high bit for
//! sets of two bytes; then the flags.

use crate::codec::{State, Step, push};
use crate::table::{Table, Tables, Text};
use sidewinder_runtime::objects::str::StrBuilder;
use std::rc::Rc;

const ESCAPE: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// Where the state has its flags.
const FLAGS: usize = 4;
/// Set G1 is shifted in.
const SHIFTED: u8 = 1;
/// Inside an escape sequence of another kind, which stays as it is.
const THROUGH: u8 = 2;

const ASCII: u8 = b'B';
const TWO_BYTES: u8 = 0x80;
/// Escape sequences are no longer.
const ESCAPE_MAX: usize = 16;

/// Where codes of a set come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The codes of two bytes in that table.
    Two(&'static str),
    /// The codes of three bytes in that table.
    Three(&'static str),
    /// Of the codes of two bytes those for two characters.
    Pairs(&'static str),
    /// Latin letters of JIS X 0201: ASCII with a yen sign and an overline.
    Roman,
    /// Katakana of JIS X 0201.
    Katakana,
    /// Only for G2, from which single characters come, and never written.
    Single,
}

/// A character set that an encoding may select.
struct Designation {
    /// As the state has it.
    mark: u8,
    /// G0, G1 or G2.
    plane: usize,
    source: Source,
}

const fn set(mark: u8, plane: usize, source: Source) -> Designation {
    Designation { mark, plane, source }
}

const JISX0208: Designation = set(b'B' | TWO_BYTES, 0, Source::Two("jis"));
const JISX0208_OLD: Designation = set(b'@' | TWO_BYTES, 0, Source::Two("jis"));
const JISX0212: Designation = set(b'D' | TWO_BYTES, 0, Source::Three("jis"));
const ROMAN: Designation = set(b'J', 0, Source::Roman);
const KATAKANA: Designation = set(b'I', 0, Source::Katakana);

/// An encoding of this kind.
pub struct Variant {
    name: &'static str,
    /// Sets in the order in which a character is looked for.
    sets: &'static [Designation],
    /// Whether G1 is shifted in and out.
    shifts: bool,
    /// Whether G2 is used.
    singles: bool,
}

static VARIANTS: &[Variant] = &[
    Variant {
        name: "iso2022_kr",
        sets: &[set(b'C' | TWO_BYTES, 1, Source::Two("ksx1001"))],
        shifts: true,
        singles: false,
    },
    Variant { name: "iso2022_jp", sets: &[JISX0208, ROMAN, JISX0208_OLD], shifts: false, singles: false },
    Variant { name: "iso2022_jp_1", sets: &[JISX0208, JISX0212, ROMAN, JISX0208_OLD], shifts: false, singles: false },
    Variant {
        name: "iso2022_jp_2",
        sets: &[
            JISX0208,
            JISX0212,
            set(b'C' | TWO_BYTES, 0, Source::Two("ksx1001")),
            set(b'A' | TWO_BYTES, 0, Source::Two("gb2312")),
            ROMAN,
            JISX0208_OLD,
            set(b'A', 2, Source::Single),
            set(b'F', 2, Source::Single),
        ],
        shifts: false,
        singles: true,
    },
    Variant {
        name: "iso2022_jp_2004",
        sets: &[
            set(b'Q' | TWO_BYTES, 0, Source::Pairs("jis_2004")),
            JISX0208,
            set(b'Q' | TWO_BYTES, 0, Source::Two("jis_2004")),
            set(b'P' | TWO_BYTES, 0, Source::Three("jis_2004")),
        ],
        shifts: false,
        singles: false,
    },
    Variant {
        name: "iso2022_jp_3",
        sets: &[
            set(b'O' | TWO_BYTES, 0, Source::Pairs("jis_2000")),
            JISX0208,
            set(b'O' | TWO_BYTES, 0, Source::Two("jis_2000")),
            set(b'P' | TWO_BYTES, 0, Source::Three("jis_2000")),
        ],
        shifts: false,
        singles: false,
    },
    Variant {
        name: "iso2022_jp_ext",
        sets: &[JISX0208, JISX0212, ROMAN, KATAKANA, JISX0208_OLD],
        shifts: false,
        singles: false,
    },
];

impl Variant {
    /// The encoding of that name.
    pub fn find(name: &str) -> Option<&'static Variant> {
        VARIANTS.iter().find(|variant| variant.name == name)
    }
}

/// An encoding with the tables of its sets.
pub struct Sets {
    variant: &'static Variant,
    /// Of each set that has one.
    tables: Vec<Option<Rc<Table>>>,
}

/// The state before the first character.
pub fn start(decodes: bool) -> State {
    let mut state = State::default();
    state.0[..2].fill(ASCII);
    if decodes {
        state.0[2] = ASCII;
    }
    state
}

/// Writes what selects ASCII again.
pub fn end(state: &mut State, output: &mut Vec<u8>) {
    shift_in(state, output);
    if state.0[0] != ASCII {
        output.extend_from_slice(&[ESCAPE, b'(', ASCII]);
        state.0[0] = ASCII;
    }
}

/// Selects ASCII for what is decoded next.
pub fn forget(state: &mut State) {
    state.0[0] = ASCII;
    state.0[FLAGS] &= !SHIFTED;
}

fn shift_in(state: &mut State, output: &mut Vec<u8>) {
    if state.0[FLAGS] & SHIFTED != 0 {
        output.push(SHIFT_IN);
        state.0[FLAGS] &= !SHIFTED;
    }
}

fn ends_escape(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'@'
}

/// The first three bytes are kept by both parts of JIS X 0201.
const YEN: (u32, u8) = (0xA5, 0x5C);
const OVERLINE: (u32, u8) = (0x203E, 0x7E);
/// Half-width katakana, and its first byte in seven bits.
const KANA: std::ops::RangeInclusive<u32> = 0xFF61..=0xFF9F;
const KANA_START: u8 = 0x21;

impl Sets {
    /// An encoding with its tables.
    pub fn new(variant: &'static Variant, tables: &Tables) -> Sets {
        let table = |set: &Designation| match set.source {
            Source::Two(name) | Source::Three(name) | Source::Pairs(name) => Some(tables.get(name)),
            _ => None,
        };
        Sets { variant, tables: variant.sets.iter().map(table).collect() }
    }

    /// The set that has the character, or it and the next one together, its code, and how many characters that is. None
    /// if it depends on the next character, and there may be one.
    fn find(&self, point: u32, next: Option<u32>, flush: bool) -> Option<std::result::Result<Found, usize>> {
        for (set, table) in self.variant.sets.iter().zip(&self.tables) {
            let code = match (set.source, table) {
                (Source::Pairs(_), Some(table)) if table.starts_pair(point) => match next {
                    None if !flush => return None,
                    None => None,
                    Some(next) => match table.pair(point, next) {
                        Some(code) => return Some(Ok(Found { set, code: code & 0x7F7F, length: 2 })),
                        None => None,
                    },
                },
                (Source::Two(_), Some(table)) => {
                    table.code(point).filter(|code| (0x100..0x1_0000).contains(code)).map(|code| code & 0x7F7F)
                }
                (Source::Three(_), Some(table)) => {
                    table.code(point).filter(|code| *code > 0xFFFF).map(|code| code & 0x7F7F)
                }
                (Source::Roman, _) => [YEN, OVERLINE].iter().find(|row| row.0 == point).map(|row| u32::from(row.1)),
                (Source::Katakana, _) if KANA.contains(&point) => Some(point - KANA.start() + u32::from(KANA_START)),
                _ => None,
            };
            if let Some(code) = code {
                return Some(Ok(Found { set, code, length: 1 }));
            }
        }
        Some(Err(1))
    }

    /// Encodes from a position on, as far as it goes.
    pub fn encode(
        &self,
        state: &mut State,
        text: &[u32],
        position: &mut usize,
        output: &mut Vec<u8>,
        flush: bool,
    ) -> Step {
        while let Some(&point) = text.get(*position) {
            if point < 0x80 {
                if state.0[0] != ASCII {
                    output.extend_from_slice(&[ESCAPE, b'(', ASCII]);
                    state.0[0] = ASCII;
                }
                shift_in(state, output);
                output.push(point as u8);
                *position += 1;
                continue;
            }
            match self.find(point, text.get(*position + 1).copied(), flush) {
                None => return Step::TooFew,
                Some(Err(length)) => return Step::Illegal(length),
                Some(Ok(found)) => {
                    select(found.set, state, output);
                    push(output, found.code);
                    *position += found.length;
                }
            }
        }
        Step::Done
    }

    /// Decodes from a position on, as far as it goes.
    pub fn decode(&self, state: &mut State, data: &[u8], position: &mut usize, output: &mut StrBuilder) -> Step {
        while let Some(&first) = data.get(*position) {
            if state.0[FLAGS] & THROUGH != 0 {
                output.push(first as u32);
                *position += 1;
                if ends_escape(first) {
                    state.0[FLAGS] &= !THROUGH;
                }
                continue;
            }
            let step = match first {
                ESCAPE => self.escape(state, &data[*position..], output),
                SHIFT_IN if self.variant.shifts => {
                    state.0[FLAGS] &= !SHIFTED;
                    Ok(1)
                }
                SHIFT_OUT if self.variant.shifts => {
                    state.0[FLAGS] |= SHIFTED;
                    Ok(1)
                }
                b'\n' => {
                    state.0[FLAGS] &= !SHIFTED;
                    output.push(first as u32);
                    Ok(1)
                }
                0x80.. => Err(Step::Illegal(1)),
                _ => {
                    let selected = usize::from(state.0[FLAGS] & SHIFTED != 0);
                    match state.0[selected] {
                        mark if mark != ASCII && first >= 0x20 => self.character(mark, &data[*position..], output),
                        _ => {
                            output.push(first as u32);
                            Ok(1)
                        }
                    }
                }
            };
            match step {
                Ok(length) => *position += length,
                Err(step) => return step,
            }
        }
        Step::Done
    }

    /// Decodes a character of a set; how many bytes it has.
    fn character(&self, mark: u8, data: &[u8], output: &mut StrBuilder) -> std::result::Result<usize, Step> {
        let Some(index) = self.variant.sets.iter().position(|set| set.mark == mark) else {
            return Err(Step::Illegal(1));
        };
        let width = if mark & TWO_BYTES == 0 { 1 } else { 2 };
        let (first, second) = match data {
            [first] if width == 1 => (*first, 0),
            [first, second, ..] => (*first, *second),
            _ => return Err(Step::TooFew),
        };
        let seven = second < 0x80;
        let text = match (self.variant.sets[index].source, &self.tables[index]) {
            (Source::Two(_) | Source::Pairs(_), Some(table)) if seven => table.two(first | 0x80, second | 0x80),
            (Source::Three(_), Some(table)) if seven => table.three(first | 0x80, second | 0x80),
            (Source::Roman, _) => {
                let other = [YEN, OVERLINE].iter().find(|row| row.1 == first);
                Text::One(other.map_or(first as u32, |row| row.0))
            }
            (Source::Katakana, _) => match first.checked_sub(KANA_START).map(|number| KANA.start() + number as u32) {
                Some(point) if KANA.contains(&point) => Text::One(point),
                _ => Text::None,
            },
            _ => Text::None,
        };
        match text {
            Text::None | Text::NoneOfAll => return Err(Step::Illegal(width)),
            Text::One(point) => output.push(point),
            Text::Two(one, other) => {
                output.push(one);
                output.push(other);
            }
        }
        Ok(width)
    }

    /// Reads what starts with an escape; how many bytes that is.
    fn escape(&self, state: &mut State, data: &[u8], output: &mut StrBuilder) -> std::result::Result<usize, Step> {
        match data {
            [_] => Err(Step::TooFew),
            [_, b'(' | b')' | b'$' | b'.' | b'&', ..] => self.designate(state, data),
            [_, b'N', third, ..] if self.variant.singles => {
                let point = single(state.0[2], *third)?;
                output.push(point);
                Ok(3)
            }
            [_, b'N'] if self.variant.singles => Err(Step::TooFew),
            _ => {
                output.push(ESCAPE as u32);
                state.0[FLAGS] |= THROUGH;
                Ok(1)
            }
        }
    }

    /// Selects a set by an escape sequence.
    fn designate(&self, state: &mut State, data: &[u8]) -> std::result::Result<usize, Step> {
        let mut last = 1;
        loop {
            if last >= ESCAPE_MAX {
                return Err(Step::Illegal(1));
            }
            let Some(byte) = data.get(last) else { return Err(Step::TooFew) };
            if ends_escape(*byte) {
                break;
            }
            // A prefix of JIS X 0208-1990, which an escape sequence of its own follows.
            let prefix = !self.variant.shifts && data[last..].starts_with(b"&@");
            last += if prefix { 3 } else { 1 };
        }
        let sequence = &data[1..=last];
        let (plane, mark) = match sequence {
            [b'$', mark] => (0, mark | TWO_BYTES),
            [b'(', mark] => (0, *mark),
            [b')', mark] => (1, *mark),
            [b'.', mark] if self.variant.singles => (2, *mark),
            [b'$', b'(', mark] => (0, mark | TWO_BYTES),
            [b'$', b')', mark] => (1, mark | TWO_BYTES),
            [_, _, ESCAPE, b'$', b'B'] if !self.variant.shifts => (0, ASCII | TWO_BYTES),
            _ => return Err(Step::Illegal(last + 1)),
        };
        if mark != ASCII && !self.variant.sets.iter().any(|set| set.mark == mark) {
            return Err(Step::Illegal(last + 1));
        }
        state.0[plane] = mark;
        Ok(last + 1)
    }
}

/// Where a character was found.
struct Found {
    set: &'static Designation,
    code: u32,
    length: usize,
}

/// Writes what selects a set, if it is not selected.
fn select(set: &Designation, state: &mut State, output: &mut Vec<u8>) {
    if set.plane == 0 {
        shift_in(state, output);
    }
    if state.0[set.plane] != set.mark {
        let bracket = if set.plane == 0 { b'(' } else { b')' };
        let letter = set.mark & !TWO_BYTES;
        match set.mark {
            // The oldest sets of two bytes have shorter sequences; this one is written so.
            mark if mark == JISX0208.mark => output.extend_from_slice(&[ESCAPE, b'$', letter]),
            mark if mark & TWO_BYTES != 0 => output.extend_from_slice(&[ESCAPE, b'$', bracket, letter]),
            _ => output.extend_from_slice(&[ESCAPE, bracket, letter]),
        }
        state.0[set.plane] = set.mark;
    }
    if set.plane == 1 && state.0[FLAGS] & SHIFTED == 0 {
        output.push(SHIFT_OUT);
        state.0[FLAGS] |= SHIFTED;
    }
}

/// A single character of the upper half of a set of one byte: ISO 8859-1, or 8859-7 as of 1987.
fn single(mark: u8, byte: u8) -> std::result::Result<u32, Step> {
    let point = byte as u32;
    match mark {
        b'A' if byte < 0x80 => Ok(point + 0x80),
        b'F' => greek(byte ^ 0x80).ok_or(Step::Illegal(3)),
        ASCII if byte < 0x80 => Ok(point),
        b'A' | ASCII => Err(Step::Illegal(3)),
        _ => Err(Step::Internal),
    }
}

fn greek(byte: u8) -> Option<u32> {
    let point = byte as u32;
    match byte {
        0xA1 => Some(0x2018),
        0xA2 => Some(0x2019),
        0xAF => Some(0x2015),
        0xB4 | 0xB5 | 0xB6 | 0xB8..=0xBA | 0xBC | 0xBE..=0xD1 | 0xD3..=0xFE => Some(point + 0x2D0),
        ..=0xA0 | 0xA3 | 0xA6..=0xA9 | 0xAB..=0xAD | 0xB0..=0xB3 | 0xB7 | 0xBB | 0xBD => Some(point),
        _ => None,
    }
}
