//! What encodings do with characters and bytes, without objects: step by step, up to what cannot be converted.

use crate::iso2022::{self, Variant};
use crate::table::{Lead, Run, Table, Tables, Text};
use sidewinder_runtime::objects::str::StrBuilder;
use std::rc::Rc;

/// How far a conversion came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// All was converted.
    Done,
    /// What is left may be the start of something.
    TooFew,
    /// So many bytes or characters cannot be converted.
    Illegal(usize),
    /// The state is one that conversions do not come to; a program has set it.
    Internal,
}

/// What a codec remembers from one piece of data to the next, as programs see it in `getstate()`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct State(pub [u8; 8]);

/// The rules of an encoding beyond its table.
enum Scheme {
    Plain,
    /// All other code points have codes of four bytes.
    Gb18030(Vec<Run>),
    /// Syllables without a code are written as their letters, in eight bytes.
    EucKr,
    /// GB 2312 in seven bits, between `~{` and `~}`.
    Hz,
    Iso2022(iso2022::Sets),
}

/// An encoding.
pub struct Codec {
    pub name: &'static str,
    table: Rc<Table>,
    scheme: Scheme,
}

/// Where in the state hz keeps whether it is between `~{` and `~}`.
const HZ: usize = 0;
/// What starts the eight bytes of a syllable in EUC-KR, and each pair of them.
const JAMO: u8 = 0xA4;
const FILLER: u8 = 0xD4;
/// The first syllable, and what follows the last one.
const SYLLABLES: std::ops::Range<u32> = 0xAC00..0xD7A4;
/// The letters of syllables, as second bytes: initial, medial and final ones, and that there is no final one.
const INITIALS: [u8; 19] = letters(0b11_1111_1111_0111_0000_0001_1100_1011, 0xA1);
const FINALS: [u8; 28] = final_letters();
const MEDIAL: u8 = 0xBF;
const MEDIALS: u32 = 21;

/// The bytes from `start` on whose bits are set.
const fn letters<const COUNT: usize>(bits: u64, start: u8) -> [u8; COUNT] {
    let mut found = [0; COUNT];
    let (mut index, mut bit) = (0, 0);
    while index < COUNT {
        if bits >> bit & 1 != 0 {
            found[index] = start + bit;
            index += 1;
        }
        bit += 1;
    }
    found
}

const fn final_letters() -> [u8; 28] {
    let some: [u8; 27] = letters(0b0011_1110_1111_1011_1111_1111_0111_1111, 0xA1);
    let mut all = [FILLER; 28];
    let mut index = 0;
    while index < 27 {
        all[index + 1] = some[index];
        index += 1;
    }
    all
}

impl Codec {
    /// The codec of that name, which is a table's or one of the others'.
    pub fn new(name: &'static str, tables: &Tables) -> Codec {
        let (table, scheme) = match name {
            "gb18030" => (name, Scheme::Gb18030(tables.runs())),
            "euc_kr" => (name, Scheme::EucKr),
            "hz" => ("gb2312", Scheme::Hz),
            _ => match Variant::find(name) {
                Some(variant) => ("gb2312", Scheme::Iso2022(iso2022::Sets::new(variant, tables))),
                None => (name, Scheme::Plain),
            },
        };
        Codec { name, table: tables.get(table), scheme }
    }

    /// The state before the first character.
    pub fn start(&self, decodes: bool) -> State {
        match self.scheme {
            Scheme::Iso2022(_) => iso2022::start(decodes),
            _ => State::default(),
        }
    }

    /// Encodes from a position on, as far as it goes. With `flush` nothing follows the text.
    pub fn encode(
        &self,
        state: &mut State,
        text: &[u32],
        position: &mut usize,
        output: &mut Vec<u8>,
        flush: bool,
    ) -> Step {
        match &self.scheme {
            Scheme::Hz => self.encode_hz(state, text, position, output),
            Scheme::Iso2022(sets) => sets.encode(state, text, position, output, flush),
            _ => self.encode_plain(text, position, output, flush),
        }
    }

    /// Writes what ends an encoded text.
    pub fn end(&self, state: &mut State, output: &mut Vec<u8>) {
        match &self.scheme {
            Scheme::Hz => leave_hz(state, output),
            Scheme::Iso2022(_) => iso2022::end(state, output),
            _ => {}
        }
    }

    /// Forgets what was decoded.
    pub fn forget(&self, state: &mut State) {
        match &self.scheme {
            Scheme::Hz => state.0[HZ] = 0,
            Scheme::Iso2022(_) => iso2022::forget(state),
            _ => {}
        }
    }

    /// Decodes from a position on, as far as it goes.
    pub fn decode(&self, state: &mut State, data: &[u8], position: &mut usize, output: &mut StrBuilder) -> Step {
        match &self.scheme {
            Scheme::Hz => self.decode_hz(state, data, position, output),
            Scheme::Iso2022(sets) => sets.decode(state, data, position, output),
            _ => self.decode_plain(data, position, output),
        }
    }

    fn encode_plain(&self, text: &[u32], position: &mut usize, output: &mut Vec<u8>, flush: bool) -> Step {
        while let Some(&point) = text.get(*position) {
            let mut code = self.table.code(point);
            let mut length = 1;
            if self.table.starts_pair(point) {
                match text.get(*position + 1) {
                    Some(next) => {
                        if let Some(both) = self.table.pair(point, *next) {
                            (code, length) = (Some(both), 2);
                        }
                    }
                    None if !flush => return Step::TooFew,
                    None => {}
                }
            }
            match (code, &self.scheme) {
                (Some(code), _) => push(output, code),
                (None, Scheme::Gb18030(runs)) if push_four(runs, point, output) => {}
                (None, Scheme::EucKr) if SYLLABLES.contains(&point) => push_syllable(point - SYLLABLES.start, output),
                _ => return Step::Illegal(1),
            }
            *position += length;
        }
        Step::Done
    }

    fn decode_plain(&self, data: &[u8], position: &mut usize, output: &mut StrBuilder) -> Step {
        while let Some(&first) = data.get(*position) {
            let rest = &data[*position + 1..];
            let (text, length) = match self.table.lead(first) {
                Lead::Point(point) => (Text::One(point), 1),
                Lead::Illegal => return Step::Illegal(1),
                Lead::Two => match (rest, &self.scheme) {
                    ([], _) => return Step::TooFew,
                    ([b'0'..=b'9', ..], Scheme::Gb18030(runs)) => match rest {
                        [second, third, fourth, ..] => (four(runs, [first, *second, *third, *fourth]), 4),
                        _ => return Step::TooFew,
                    },
                    ([FILLER, ..], Scheme::EucKr) if first == JAMO => match rest.get(1..7) {
                        Some(letters) => (syllable(letters), 8),
                        None => return Step::TooFew,
                    },
                    ([second, ..], _) => (self.table.two(first, *second), 2),
                },
                Lead::Three => match rest {
                    [second, third, ..] => (self.table.three(*second, *third), 3),
                    _ => return Step::TooFew,
                },
            };
            match text {
                Text::None => return Step::Illegal(1),
                Text::NoneOfAll => return Step::Illegal(length),
                Text::One(point) => output.push(point),
                Text::Two(one, other) => {
                    output.push(one);
                    output.push(other);
                }
            }
            *position += length;
        }
        Step::Done
    }

    fn encode_hz(&self, state: &mut State, text: &[u32], position: &mut usize, output: &mut Vec<u8>) -> Step {
        while let Some(&point) = text.get(*position) {
            if point < 0x80 {
                leave_hz(state, output);
                output.push(point as u8);
                if point == b'~' as u32 {
                    output.push(b'~');
                }
            } else {
                let Some(code) = self.table.code(point) else { return Step::Illegal(1) };
                if state.0[HZ] == 0 {
                    output.extend_from_slice(b"~{");
                    state.0[HZ] = 1;
                }
                push(output, code & 0x7F7F);
            }
            *position += 1;
        }
        Step::Done
    }

    fn decode_hz(&self, state: &mut State, data: &[u8], position: &mut usize, output: &mut StrBuilder) -> Step {
        while let Some(&first) = data.get(*position) {
            let second = data.get(*position + 1).copied();
            if first == b'~' {
                match (second, state.0[HZ]) {
                    (None, _) => return Step::TooFew,
                    (Some(b'~'), 0) => output.push(b'~' as u32),
                    (Some(b'{'), 0) => state.0[HZ] = 1,
                    (Some(b'}'), 1) => state.0[HZ] = 0,
                    // The line goes on.
                    (Some(b'\n'), 0) => {}
                    _ => return Step::Illegal(1),
                }
                *position += 2;
            } else if first >= 0x80 {
                return Step::Illegal(1);
            } else if state.0[HZ] == 0 {
                output.push(first as u32);
                *position += 1;
            } else {
                let Some(second) = second else { return Step::TooFew };
                // Bytes with the high bit are none of seven bits.
                let text = if second < 0x80 { self.table.two(first | 0x80, second | 0x80) } else { Text::None };
                let Text::One(point) = text else { return Step::Illegal(1) };
                output.push(point);
                *position += 2;
            }
        }
        Step::Done
    }
}

fn leave_hz(state: &mut State, output: &mut Vec<u8>) {
    if state.0[HZ] != 0 {
        output.extend_from_slice(b"~}");
        state.0[HZ] = 0;
    }
}

/// Writes the bytes of a code.
#[inline]
pub fn push(output: &mut Vec<u8>, code: u32) {
    let bytes = code.to_be_bytes();
    let length = match code {
        0..=0xFF => 1,
        0x100..=0xFFFF => 2,
        _ => 3,
    };
    output.extend_from_slice(&bytes[4 - length..]);
}

/// The first byte, the least second byte, the least third byte and the least fourth byte of codes of four bytes; the second
/// and the fourth one are digits.
const FOUR: [u32; 4] = [0x81, 0x30, 0x81, 0x30];
/// Codes of the basic plane come before this place, and what is above it has a first byte of at least 0x90.
const BASIC_END: u32 = 39420;
const ABOVE: u32 = 189_000;

/// Writes the four bytes of a code point of a run; whether it is in one.
fn push_four(runs: &[Run], point: u32, output: &mut Vec<u8>) -> bool {
    let after = runs.partition_point(|run| run.first <= point);
    let Some(run) = after.checked_sub(1).map(|index| runs[index]) else { return false };
    if point - run.first >= run.count {
        return false;
    }
    let place = run.place + point - run.first;
    let digits = [place / 12600, place / 1260 % 10, place / 10 % 126, place % 10];
    output.extend(digits.iter().zip(FOUR).map(|(digit, least)| (digit + least) as u8));
    true
}

/// What four bytes, of which the second one is a digit, stand for.
fn four(runs: &[Run], bytes: [u8; 4]) -> Text {
    let [first, _, third, fourth] = bytes;
    if first < 0x81 || !(0x81..=0xFE).contains(&third) || !fourth.is_ascii_digit() {
        return Text::None;
    }
    let digit = |index: usize| u32::from(bytes[index]) - FOUR[index];
    let place = (digit(0) * 10 + digit(1)) * 1260 + digit(2) * 10 + digit(3);
    if (digit(0) >= 4 || place >= BASIC_END) && digit(0) < ABOVE / 12600 {
        return Text::None;
    }
    let after = runs.partition_point(|run| run.place <= place);
    let Some(run) = after.checked_sub(1).map(|index| runs[index]) else { return Text::None };
    match place - run.place {
        offset if offset < run.count => Text::One(run.first + offset),
        _ => Text::None,
    }
}

/// Writes a syllable by its letters.
fn push_syllable(number: u32, output: &mut Vec<u8>) {
    let finals = FINALS.len() as u32;
    let initial = INITIALS[(number / (MEDIALS * finals)) as usize];
    let medial = MEDIAL + (number / finals % MEDIALS) as u8;
    let last = FINALS[(number % finals) as usize];
    output.extend_from_slice(&[JAMO, FILLER, JAMO, initial, JAMO, medial, JAMO, last]);
}

/// The syllable of three letters, each of two bytes.
fn syllable(bytes: &[u8]) -> Text {
    let &[JAMO, initial, JAMO, medial, JAMO, last] = bytes else { return Text::None };
    let initial = INITIALS.iter().position(|letter| *letter == initial);
    let medial = medial.checked_sub(MEDIAL).filter(|number| u32::from(*number) < MEDIALS);
    let last = FINALS.iter().position(|letter| *letter == last);
    match (initial, medial, last) {
        (Some(initial), Some(medial), Some(last)) => {
            let number = (initial as u32 * MEDIALS + u32::from(medial)) * FINALS.len() as u32 + last as u32;
            Text::One(SYLLABLES.start + number)
        }
        _ => Text::None,
    }
}
