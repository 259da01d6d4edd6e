//! Where a search tries to match: the positions that the start of the pattern does not rule out.

use crate::first::{Filter, First};
use crate::opcode::At;
use crate::program::{Instruction, Program, Single};
use crate::unit::Unit;
use memchr::memmem::Finder;

/// How a search finds the next position to try.
#[derive(Debug)]
pub(crate) enum Scan {
    /// Every position.
    Everywhere,
    /// The beginning of the text alone.
    Beginning,
    /// The beginnings of lines.
    Lines,
    /// Where a literal is.
    Literal { points: Vec<u32>, finder: Option<Box<Finder<'static>>> },
    /// Where one of up to three characters is.
    Few(Vec<u8>),
    /// Where a character is that can come first.
    Filter(Box<Filter>),
    /// Where the first few characters are such as the pattern allows.
    Window(Box<Window>),
}

/// Sequences of sets of characters of one length, found together: each bit of a word says that a sequence has matched
/// up to one of its characters (the Shift-And algorithm of Baeza-Yates and Gonnet).
#[derive(Debug)]
pub(crate) struct Window {
    /// For each character the bits whose sets it is in.
    latin: [u64; 256],
    wide: u64,
    starts: u64,
    ends: u64,
    length: usize,
}

/// The characters looked at in a window, at most.
const LENGTH_MAXIMUM: usize = 8;
/// The sequences in a window, at most: they share the bits of a word.
const SEQUENCES_MAXIMUM: usize = 32;
/// The instructions looked at for the sequences.
const STEPS_MAXIMUM: usize = 400;

impl Scan {
    /// The best way to search for the program.
    pub(crate) fn new(program: &Program, firsts: &[First]) -> Scan {
        match start(program) {
            Some(Instruction::At(At::Beginning | At::BeginningString)) => return Scan::Beginning,
            Some(Instruction::At(At::BeginningLine)) => return Scan::Lines,
            _ => {}
        }
        let points = prefix(program);
        if !points.is_empty() {
            let bytes: Option<Vec<u8>> = points.iter().map(|point| u8::try_from(*point).ok()).collect();
            let finder = bytes.map(|bytes| Box::new(Finder::new(&bytes).into_owned()));
            return Scan::Literal { points, finder };
        }
        let first = firsts[0];
        if first.end || first == First::ANYTHING {
            return Scan::Everywhere;
        }
        if let Some(window) = is_frequent(&first).then(|| Window::new(program)).flatten() {
            return Scan::Window(Box::new(window));
        }
        let bytes: Vec<u8> = first.bytes().collect();
        if !first.wide && (1..=3).contains(&bytes.len()) {
            return Scan::Few(bytes);
        }
        Scan::Filter(Box::new(Filter::new(&first, None)))
    }

    /// The first position from `from` on that is worth a try.
    #[inline]
    pub(crate) fn next<U: Unit>(&self, text: &[U], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let found = match self {
            Scan::Everywhere => Some(0),
            Scan::Beginning => (from == 0).then_some(0),
            Scan::Lines if from == 0 => Some(0),
            Scan::Lines => U::find(&text[from - 1..], b'\n'.into()),
            Scan::Literal { points, finder } => match points[..] {
                [point] => U::find(rest, point),
                _ => U::find_string(rest, points, finder.as_deref()),
            },
            Scan::Few(bytes) => U::find_any(rest, bytes),
            Scan::Filter(filter) => rest.iter().position(|unit| filter.passes(*unit)),
            Scan::Window(window) => window.find(rest),
        };
        found.map(|index| from + index)
    }
}

/// Whether text has such characters often: letters and spaces, which most text is made of.
fn is_frequent(first: &First) -> bool {
    first.wide || first.bytes().filter(|byte| byte.is_ascii_alphabetic() || *byte == b' ').count() > 1
}

/// The first instruction that does more than to write a mark.
pub(crate) fn start(program: &Program) -> Option<&Instruction> {
    program.code.iter().find(|instruction| !matches!(instruction, Instruction::Mark(_)))
}

/// The characters that every match starts with.
fn prefix(program: &Program) -> Vec<u32> {
    let mut points = Vec::new();
    let mut pc = 0;
    while let Some(instruction) = program.code.get(pc) {
        match *instruction {
            Instruction::Mark(_) | Instruction::AtomicEnter { .. } | Instruction::AtomicLeave { .. } => {}
            Instruction::Jump { pc: target } if target as usize == pc + 1 => {}
            Instruction::Single(Single::Literal(point)) => points.push(point),
            Instruction::String(text) => points.extend_from_slice(&program.texts[text as usize].points),
            Instruction::Greedy(repeat) | Instruction::Possessive(repeat) | Instruction::Lazy(repeat) => {
                let repeat = &program.repeats[repeat as usize];
                if let (Single::Literal(point), true) = (repeat.single, repeat.minimum > 0) {
                    points.push(point);
                }
                break;
            }
            _ => break,
        }
        pc += 1;
    }
    points
}

impl Window {
    fn new(program: &Program) -> Option<Window> {
        let mut collector = Collector { program, sequences: Vec::new(), steps: 0 };
        collector.collect(0, Vec::new())?;
        let mut sequences = collector.sequences;
        let shortest = sequences.iter().map(Vec::len).min()?;
        let length = shortest.min(64 / sequences.len());
        if length < 2 {
            return None;
        }
        sequences.iter_mut().for_each(|sequence| sequence.truncate(length));
        let mut window = Window { latin: [0; 256], wide: 0, starts: 0, ends: 0, length };
        for (index, sequence) in sequences.iter().enumerate() {
            window.starts |= 1 << (index * length);
            window.ends |= 1 << (index * length + length - 1);
            for (offset, first) in sequence.iter().enumerate() {
                let bit = 1 << (index * length + offset);
                first.bytes().for_each(|byte| window.latin[usize::from(byte)] |= bit);
                window.wide |= if first.wide { bit } else { 0 };
            }
        }
        Some(window)
    }

    fn find<U: Unit>(&self, text: &[U]) -> Option<usize> {
        let mut state = 0;
        for (index, unit) in text.iter().enumerate() {
            let bits = unit.latin().map_or(self.wide, |byte| self.latin[usize::from(byte)]);
            // What a shift carries from one sequence into the next is a start, and that is set anyway.
            state = (state << 1 | self.starts) & bits;
            if state & self.ends != 0 {
                return Some(index + 1 - self.length);
            }
        }
        None
    }
}

/// Finds the sequences that matches start with.
struct Collector<'a> {
    program: &'a Program,
    sequences: Vec<Vec<First>>,
    steps: usize,
}

impl Collector<'_> {
    /// Follows the code from `pc` on; `None` if there are too many sequences.
    fn collect(&mut self, mut pc: usize, mut sequence: Vec<First>) -> Option<()> {
        while sequence.len() < LENGTH_MAXIMUM {
            self.steps += 1;
            if self.steps > STEPS_MAXIMUM {
                return None;
            }
            match self.program.code[pc] {
                Instruction::Mark(_) | Instruction::At(_) => pc += 1,
                Instruction::AtomicEnter { .. } | Instruction::AtomicLeave { .. } => pc += 1,
                Instruction::Jump { pc: target } => pc = target as usize,
                Instruction::LookEnter { look } | Instruction::NotEnter { look } => {
                    pc = self.program.looks[look as usize].tail as usize;
                }
                Instruction::Single(single) => {
                    sequence.push(First::of(single, self.program));
                    pc += 1;
                }
                Instruction::String(text) => {
                    let points = &self.program.texts[text as usize].points;
                    let singles = points.iter().map(|point| First::of(Single::Literal(*point), self.program));
                    sequence.extend(singles.take(LENGTH_MAXIMUM));
                    pc += 1;
                }
                Instruction::Greedy(repeat) | Instruction::Possessive(repeat) | Instruction::Lazy(repeat) => {
                    let repeat = &self.program.repeats[repeat as usize];
                    let first = First::of(repeat.single, self.program);
                    sequence.extend(std::iter::repeat_n(first, repeat.minimum.min(LENGTH_MAXIMUM)));
                    if repeat.minimum != repeat.maximum {
                        break;
                    }
                    pc = repeat.tail as usize;
                }
                Instruction::Branch(branch) => {
                    for alternative in &self.program.branches[branch as usize].alternatives {
                        self.collect(*alternative as usize, sequence.clone())?;
                    }
                    return Some(());
                }
                Instruction::Fail => return Some(()),
                _ => break,
            }
        }
        if !self.sequences.contains(&sequence) {
            self.sequences.push(sequence);
        }
        (self.sequences.len() <= SEQUENCES_MAXIMUM).then_some(())
    }
}
