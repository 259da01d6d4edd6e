//! Which characters a match can start with, for each place of a program: what lets the engine pass over places and
//! alternatives without trying them.
//!
//! Everything here may say too much, never too little.

use crate::characters::Characters;
use crate::opcode::At;
use crate::program::{Branch, Instruction, Program, Single};
use crate::set::Fold;
use crate::unit::Unit;

/// What may come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct First {
    /// Bits of the characters below 0x100.
    pub(crate) latin: [u64; 4],
    /// Whether it can be any from 0x100 on.
    pub(crate) wide: bool,
    /// Whether it can be the end of the text.
    pub(crate) end: bool,
}

impl First {
    pub(crate) const NOTHING: First = First { latin: [0; 4], wide: false, end: false };
    pub(crate) const ANYTHING: First = First { latin: [u64::MAX; 4], wide: true, end: true };

    /// That one character.
    fn one(point: u32) -> First {
        let mut first = First { wide: point >= 0x100, ..First::NOTHING };
        if let Ok(byte) = u8::try_from(point) {
            first.latin[usize::from(byte) / 64] |= 1 << (byte % 64);
        }
        first
    }

    /// All characters that match.
    pub(crate) fn of(single: Single, program: &Program) -> First {
        let not = |byte: u8| {
            let mut first = First { end: false, ..First::ANYTHING };
            first.latin[usize::from(byte) / 64] &= !(1 << (byte % 64));
            first
        };
        match single {
            Single::Any => not(b'\n'),
            Single::Literal(point) => First::one(point),
            Single::NotLiteral(point) if point < 0x100 => not(point as u8),
            Single::AnyAll | Single::NotLiteral(_) | Single::LocaleSet(_) => First { end: false, ..First::ANYTHING },
            Single::Set(set) => {
                let set = &program.sets[set as usize];
                let mut first = First { wide: set.may_have_wide(), ..First::NOTHING };
                for byte in (0..=255).filter(|byte| set.has_latin(*byte)) {
                    first.latin[usize::from(byte) / 64] |= 1 << (byte % 64);
                }
                first
            }
        }
    }

    pub(crate) fn has(&self, byte: u8) -> bool {
        self.latin[usize::from(byte) / 64] >> (byte % 64) & 1 != 0
    }

    pub(crate) fn or(mut self, other: First) -> First {
        self.latin.iter_mut().zip(other.latin).for_each(|(bits, others)| *bits |= others);
        First { wide: self.wide | other.wide, end: self.end | other.end, ..self }
    }

    fn and(mut self, other: First) -> First {
        self.latin.iter_mut().zip(other.latin).for_each(|(bits, others)| *bits &= others);
        First { wide: self.wide & other.wide, end: self.end & other.end, ..self }
    }

    /// Whether no character is in both; the end is not one.
    pub(crate) fn is_disjoint(&self, other: &First) -> bool {
        let both = self.and(*other);
        both.latin == [0; 4] && !both.wide
    }

    /// The characters below 0x100.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|byte| self.has(*byte))
    }
}

/// `First` in the form in which it is asked often.
#[derive(Debug)]
pub(crate) struct Filter {
    latin: [bool; 256],
    wide: bool,
    /// Whether the end of the text passes.
    pub(crate) end: bool,
    /// Whether everything passes.
    pub(crate) all: bool,
    /// The only character that passes.
    pub(crate) literal: Option<u32>,
}

impl Filter {
    /// `literal` is the character that what follows begins with, if that is known.
    pub(crate) fn new(first: &First, literal: Option<u32>) -> Filter {
        let mut latin = [false; 256];
        first.bytes().for_each(|byte| latin[usize::from(byte)] = true);
        Filter { latin, wide: first.wide, end: first.end, all: *first == First::ANYTHING, literal }
    }

    /// Whether a match can start with the character.
    #[inline(always)]
    pub(crate) fn passes<U: Unit>(&self, unit: U) -> bool {
        unit.latin().map_or(self.wide, |byte| self.latin[usize::from(byte)])
    }

    /// Whether a match can start at the position.
    #[inline(always)]
    pub(crate) fn passes_at<U: Unit>(&self, text: &[U], position: usize) -> bool {
        text.get(position).map_or(self.end, |unit| self.passes(*unit))
    }
}

/// What may come first at each place of the code: the least solution of what each instruction says of the next ones.
pub(crate) fn solve(program: &Program) -> Vec<First> {
    let mut firsts = vec![First::NOTHING; program.code.len()];
    loop {
        let mut changed = false;
        for pc in (0..firsts.len()).rev() {
            let first = transfer(program, &firsts, pc);
            changed |= first != firsts[pc];
            firsts[pc] = first;
        }
        if !changed {
            return firsts;
        }
    }
}

fn transfer(program: &Program, firsts: &[First], pc: usize) -> First {
    let at = |pc: u32| firsts[pc as usize];
    let next = || firsts.get(pc + 1).copied().unwrap_or(First::ANYTHING);
    match program.code[pc] {
        Instruction::Single(single) => First::of(single, program),
        Instruction::String(text) => First::one(program.texts[text as usize].points[0]),
        Instruction::Fail => First::NOTHING,
        Instruction::Accept | Instruction::Reference { .. } => First::ANYTHING,
        // What matches at most once does so without regard to what follows: that must not steer it.
        Instruction::AtomicLeave { .. } | Instruction::PossessiveTest(_) => First::ANYTHING,
        Instruction::LookLeave { .. } | Instruction::NotLeave { .. } => First::ANYTHING,
        Instruction::Mark(_) | Instruction::AtomicEnter { .. } => next(),
        Instruction::At(At::EndString) => First { end: next().end, ..First::NOTHING },
        Instruction::At(At::End | At::EndLine) => First { end: true, ..First::one(b'\n'.into()) }.and(next()),
        Instruction::At(_) => next(),
        Instruction::Jump { pc } => at(pc),
        Instruction::Branch(branch) => {
            let alternatives = &program.branches[branch as usize].alternatives;
            alternatives.iter().fold(First::NOTHING, |first, pc| first.or(at(*pc)))
        }
        Instruction::Greedy(repeat) | Instruction::Possessive(repeat) | Instruction::Lazy(repeat) => {
            let repeat = &program.repeats[repeat as usize];
            let single = if repeat.maximum == 0 { First::NOTHING } else { First::of(repeat.single, program) };
            if repeat.minimum == 0 { single.or(at(repeat.tail)) } else { single }
        }
        Instruction::LoopEnter(index) | Instruction::PossessiveEnter(index) => {
            let info = &program.loops[index as usize];
            if info.minimum == 0 { at(info.body).or(at(info.tail)) } else { at(info.body) }
        }
        Instruction::LoopTest(index) | Instruction::LoopAgain(index) => {
            let info = &program.loops[index as usize];
            at(info.body).or(at(info.tail))
        }
        Instruction::LookEnter { look } => {
            let look = &program.looks[look as usize];
            if look.back == 0 { at(look.tail).and(next()) } else { at(look.tail) }
        }
        Instruction::NotEnter { look } => at(program.looks[look as usize].tail),
        Instruction::Unless { pc, .. } => at(pc).or(next()),
    }
}

/// The character that every match from `pc` on begins with, if that is plain to see.
fn literal_at(program: &Program, mut pc: u32) -> Option<u32> {
    // A jump of a program leads backwards only after something was matched, so this ends; the bound is for the rest.
    for _ in 0..program.code.len() {
        match program.code[pc as usize] {
            Instruction::Mark(_) => pc += 1,
            Instruction::Jump { pc: target } => pc = target,
            Instruction::Single(Single::Literal(point)) => return Some(point),
            Instruction::String(text) => return program.texts[text as usize].points.first().copied(),
            _ => return None,
        }
    }
    None
}

/// The group whose text every match from `pc` on begins with, if no mark on the way there is one of its own.
fn reference_at(program: &Program, pc: u32) -> Option<u32> {
    let code = program.code.get(pc as usize..)?;
    let marks = code.iter().take_while(|instruction| matches!(instruction, Instruction::Mark(_)));
    let count = marks.clone().count();
    let Some(Instruction::Reference { group, fold: Fold::None }) = code.get(count) else { return None };
    let own = |instruction: &Instruction| matches!(instruction, Instruction::Mark(mark) if mark / 2 == *group);
    let touched = marks.clone().any(own);
    (!touched).then_some(*group)
}

/// Writes what was found into the tables of the program.
pub(crate) fn fill<C: Characters>(program: &mut Program, firsts: &[First], characters: &C) {
    let filter = |program: &Program, pc: u32| Filter::new(&firsts[pc as usize], literal_at(program, pc));
    for index in 0..program.repeats.len() {
        let tail = program.repeats[index].tail;
        program.repeats[index].filter = filter(program, tail);
        program.repeats[index].reference = reference_at(program, tail);
    }
    for index in 0..program.loops.len() {
        program.loops[index].body_filter = filter(program, program.loops[index].body);
        program.loops[index].tail_filter = filter(program, program.loops[index].tail);
    }
    for branch in &mut program.branches {
        classify(branch, firsts);
    }
    for pc in 0..program.code.len() {
        if let Instruction::Greedy(repeat) = program.code[pc]
            && never_gives_back(program, repeat, firsts, characters)
        {
            program.code[pc] = Instruction::Possessive(repeat);
        }
    }
}

fn classify(branch: &mut Branch, firsts: &[First]) {
    let mask = |is: &dyn Fn(&First) -> bool| {
        let starts = branch.alternatives.iter().map(|pc| is(&firsts[*pc as usize]));
        starts.enumerate().fold(0, |mask, (index, starts)| mask | u64::from(starts) << index)
    };
    (branch.wide, branch.end) = (mask(&|first| first.wide), mask(&|first| first.end));
    for byte in 0..=255u8 {
        let mask = mask(&|first| first.has(byte));
        let class = branch.masks.iter().position(|other| *other == mask).unwrap_or_else(|| {
            branch.masks.push(mask);
            branch.masks.len() - 1
        });
        // There are 256 classes at the most.
        branch.classes[usize::from(byte)] = class as u8;
    }
}

/// Whether what follows a greedy repeat can match nowhere inside its run: neither of its characters can begin it.
fn never_gives_back<C: Characters>(program: &Program, repeat: u32, firsts: &[First], characters: &C) -> bool {
    let repeat = &program.repeats[repeat as usize];
    let run = First::of(repeat.single, program);
    if run.is_disjoint(&firsts[repeat.tail as usize]) {
        return true;
    }
    // Or it must begin at the boundary of a word, and the run is a word.
    let mut pc = repeat.tail as usize;
    while let Instruction::Mark(_) = program.code[pc] {
        pc += 1;
    }
    let (Instruction::At(at), true, Single::Set(set)) = (program.code[pc], repeat.minimum > 0, repeat.single) else {
        return false;
    };
    let set = &program.sets[set as usize];
    match at {
        At::UnicodeBoundary => {
            set.wide_are_words() && run.bytes().all(|byte| crate::characters::is_word(characters, byte.into()))
        }
        At::Boundary => !run.wide && run.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        _ => false,
    }
}
