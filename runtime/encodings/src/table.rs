//! Tables of characters and their codes, out of `tables.bin`, which `generate.py` writes and describes.
//!
//! **Invariants**: a code is the bytes of a character as a number: at most three, the first of which says how many. Tables
//! are made when they are first asked for, and never change.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use zlib_rs::{Inflate, InflateFlush};

/// The tables with those that they are made of, in the order of the file.
const ROWS: &[(&str, Option<&str>)] = &[
    ("gb18030", None),
    ("gbk", Some("gb18030")),
    ("gb2312", Some("gbk")),
    ("big5", None),
    ("cp950", Some("big5")),
    ("big5hkscs", Some("big5")),
    ("shift_jis", None),
    ("cp932", Some("shift_jis")),
    ("shift_jis_2004", Some("shift_jis")),
    ("shift_jisx0213", Some("shift_jis_2004")),
    ("euc_jp", None),
    ("euc_jis_2004", Some("euc_jp")),
    ("euc_jisx0213", Some("euc_jis_2004")),
    ("cp949", None),
    ("euc_kr", Some("cp949")),
    ("ksx1001", Some("euc_kr")),
    ("johab", Some("cp949")),
    ("jis", Some("euc_jp")),
    ("jis_2004", Some("euc_jis_2004")),
    ("jis_2000", Some("euc_jisx0213")),
];

static DATA: &[u8] = include_bytes!("tables.bin");

/// 256 numbers for what the first bytes of a code, or the high bits of a code point, lead to.
type Leaves = Vec<Option<Box<[u32; 256]>>>;

/// Marks an entry of the leaves of codes that stands for two characters, in `Table::pairs`.
const PAIR: u32 = 1 << 31;
/// The entry of codes that are an error as a whole, not by their first byte alone.
const WHOLE: u32 = PAIR - 1;
/// Marks entries of the leaves of code points: there is a code, and the character may be the first one of a pair.
const KNOWN: u32 = 1 << 31;
const FIRST: u32 = 1 << 30;
const CODE: u32 = FIRST - 1;
/// Code points above have no codes in tables.
const POINTS: usize = 0x3_0000;

/// What a first byte is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    Illegal,
    Two,
    Three,
    /// The byte is a character.
    Point(u32),
}

/// What a code stands for.
pub enum Text {
    None,
    /// Nothing, and all bytes of the code are the error.
    NoneOfAll,
    One(u32),
    Two(u32, u32),
}

/// The characters of an encoding.
#[derive(Clone)]
pub struct Table {
    leads: Vec<Lead>,
    /// By the first byte of two.
    two: Leaves,
    /// By the second byte of three; the first one is always the same.
    three: Leaves,
    /// What starts the codes of three bytes.
    prefix: u32,
    pairs: Vec<(u32, u32)>,
    /// By the high bits of the code point.
    codes: Leaves,
    /// Codes of two characters, sorted by them.
    composed: Vec<(u32, u32, u32)>,
}

impl Table {
    /// What a code starts with.
    #[inline]
    pub fn lead(&self, byte: u8) -> Lead {
        self.leads[byte as usize]
    }

    /// What two bytes stand for.
    #[inline]
    pub fn two(&self, first: u8, second: u8) -> Text {
        self.text(&self.two, first, second)
    }

    /// What the last two of three bytes stand for.
    #[inline]
    pub fn three(&self, second: u8, third: u8) -> Text {
        self.text(&self.three, second, third)
    }

    #[inline]
    fn text(&self, leaves: &Leaves, high: u8, low: u8) -> Text {
        match leaves[high as usize].as_ref().map_or(0, |leaf| leaf[low as usize]) {
            0 => Text::None,
            WHOLE => Text::NoneOfAll,
            entry if entry & PAIR != 0 => {
                let (first, second) = self.pairs[(entry & !PAIR) as usize];
                Text::Two(first, second)
            }
            point => Text::One(point),
        }
    }

    /// The code of a character.
    #[inline]
    pub fn code(&self, point: u32) -> Option<u32> {
        let entry = self.entry(point);
        (entry & KNOWN != 0).then_some(entry & CODE)
    }

    /// Whether the character and one that follows may have a code together.
    #[inline]
    pub fn starts_pair(&self, point: u32) -> bool {
        self.entry(point) & FIRST != 0
    }

    /// The code of two characters together.
    pub fn pair(&self, first: u32, second: u32) -> Option<u32> {
        let found = self.composed.binary_search_by_key(&(first, second), |row| (row.0, row.1)).ok()?;
        Some(self.composed[found].2)
    }

    #[inline]
    fn entry(&self, point: u32) -> u32 {
        match self.codes.get((point >> 8) as usize) {
            Some(Some(leaf)) => leaf[(point & 0xFF) as usize],
            _ => 0,
        }
    }

    fn empty() -> Table {
        Table {
            leads: vec![Lead::Illegal; 256],
            two: vec![None; 256],
            three: vec![None; 256],
            prefix: 0,
            pairs: Vec::new(),
            codes: Vec::new(),
            composed: Vec::new(),
        }
    }

    fn set(&mut self, code: u32, entry: u32) {
        let leaves = if code > 0xFFFF { &mut self.three } else { &mut self.two };
        put(leaves, code & 0xFFFF, entry);
    }

    fn set_code(&mut self, point: u32, entry: u32) {
        if (point as usize) < POINTS {
            put(&mut self.codes, point, entry);
        }
    }

    /// Reads a row; `self` is what it is made of.
    fn read(&mut self, reader: &mut Reader<'_>) {
        let mut kind = 0;
        for byte in 0..256 {
            kind += reader.signed();
            self.leads[byte] = match kind {
                0 => Lead::Illegal,
                1 => Lead::Two,
                2 => {
                    self.prefix = (byte as u32) << 16;
                    Lead::Three
                }
                point => Lead::Point(point as u32 - 3),
            };
        }
        for code in reader.differences() {
            self.set(code, 0);
        }
        let mut point = 0;
        for code in reader.differences() {
            point += reader.signed();
            self.set(code, point as u32);
            point += 1;
        }
        for code in reader.differences() {
            self.set(code, WHOLE);
        }
        for _ in 0..reader.number() {
            let (code, pair) = (reader.number(), (reader.number(), reader.number()));
            self.set(code, PAIR | self.pairs.len() as u32);
            self.pairs.push(pair);
        }
        self.set_codes();
        let mut point = 0;
        for _ in 0..reader.number() {
            point += reader.number();
            let code = reader.number();
            self.set_code(point, if code == 0 { 0 } else { KNOWN | code });
        }
        for index in 0..self.composed.len() {
            let first = self.composed[index].0;
            let entry = self.entry(first);
            self.set_code(first, entry | FIRST);
        }
    }

    /// Finds the codes of the characters: the first that has it.
    fn set_codes(&mut self) {
        self.codes = vec![None; POINTS >> 8];
        self.composed.clear();
        for byte in 0..256 {
            if let Lead::Point(point) = self.leads[byte]
                && self.code(point).is_none()
            {
                self.set_code(point, KNOWN | byte as u32);
            }
        }
        for (three, prefix) in [(false, 0), (true, self.prefix)] {
            for number in 0..=0xFFFF_u32 {
                let (high, low) = ((number >> 8) as u8, number as u8);
                let text = if three { self.three(high, low) } else { self.two(high, low) };
                match text {
                    Text::One(point) if self.code(point).is_none() => self.set_code(point, KNOWN | prefix | number),
                    Text::Two(first, second) => self.composed.push((first, second, prefix | number)),
                    _ => {}
                }
            }
        }
        self.composed.sort_unstable();
    }
}

fn put(leaves: &mut Leaves, number: u32, entry: u32) {
    let leaf = &mut leaves[(number >> 8) as usize];
    if leaf.is_some() || entry != 0 {
        leaf.get_or_insert_with(|| Box::new([0; 256]))[(number & 0xFF) as usize] = entry;
    }
}

/// Code points that gb18030 writes in four bytes: the first one, its place in the order of these codes, how many follow.
#[derive(Clone, Copy)]
pub struct Run {
    pub first: u32,
    pub place: u32,
    pub count: u32,
}

/// The tables that an interpreter's programs have asked for.
#[derive(Default)]
pub struct Tables {
    data: OnceCell<Vec<u8>>,
    made: RefCell<Vec<(&'static str, Rc<Table>)>>,
}

impl Tables {
    /// The table of that name, which is one of `ROWS`.
    pub fn get(&self, name: &'static str) -> Rc<Table> {
        let known = self.made.borrow().iter().find(|row| row.0 == name).map(|row| row.1.clone());
        known.unwrap_or_else(|| {
            let table = Rc::new(self.make(name));
            self.made.borrow_mut().push((name, table.clone()));
            table
        })
    }

    fn make(&self, name: &'static str) -> Table {
        let Some(index) = ROWS.iter().position(|row| row.0 == name) else { return Table::empty() };
        let mut table = match ROWS[index].1 {
            Some(base) => Table::clone(&self.get(base)),
            None => Table::empty(),
        };
        table.read(&mut self.row(index));
        table
    }

    /// The runs of gb18030.
    pub fn runs(&self) -> Vec<Run> {
        let mut reader = self.row(ROWS.len());
        let count = reader.number();
        let run =
            |reader: &mut Reader<'_>| Run { first: reader.number(), place: reader.number(), count: reader.number() };
        (0..count).map(|_| run(&mut reader)).collect()
    }

    /// A reader of a row, or, behind the last one, of the runs.
    fn row(&self, index: usize) -> Reader<'_> {
        let mut reader = Reader(self.data.get_or_init(decompress));
        for _ in 0..index {
            let length = reader.number() as usize;
            reader.0 = reader.0.get(length..).unwrap_or_default();
        }
        if index < ROWS.len() {
            reader.number();
        }
        reader
    }
}

fn decompress() -> Vec<u8> {
    let (length, packed) = DATA.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
    let mut bytes = vec![0; u32::from_le_bytes(*length) as usize];
    let status = Inflate::new(true, 15).decompress(packed, &mut bytes, InflateFlush::Finish);
    debug_assert!(status.is_ok());
    bytes
}

/// Reads the numbers of a row; behind its end all are zero.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> u32 {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u32::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    fn signed(&mut self) -> i32 {
        let number = self.number();
        let half = (number >> 1) as i32;
        if number & 1 == 0 { half } else { !half }
    }

    fn differences(&mut self) -> Vec<u32> {
        let mut value = 0;
        let mut next = |reader: &mut Self| {
            value += reader.number();
            value
        };
        (0..self.number()).map(|_| next(self)).collect()
    }
}
