//! From code words to a program.
//!
//! The words come from Python, so nothing is believed of them: what `re._compiler` would not write is `Invalid`.

use std::collections::HashMap;

use crate::characters::Characters;
use crate::first::{self, Filter, First};
use crate::opcode::{At, Category, INFO_CHARSET, INFO_LITERAL, INFO_PREFIX, MAX_REPEAT, Opcode};
use crate::program::{Branch, Instruction, Look, Loop, Program, Repeat, Single, Text};
use crate::scan::{self, Scan};
use crate::set::{Fold, Set};

/// The words are not what `re._compiler` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// Groups, loops and the like may lie in one another this deep: far deeper than the parser of `re` can go.
const DEPTH_MAXIMUM: usize = 1000;
/// The alternatives of one `Branch`; of more, the last is a branch of the rest.
const ALTERNATIVES_MAXIMUM: usize = 64;

impl Program {
    /// Compiles the words of a pattern with so many groups.
    pub fn new<C: Characters>(words: &[u32], groups: usize, characters: &C) -> Result<Program, Invalid> {
        let mut compiler = Compiler {
            words,
            groups,
            characters,
            program: Program {
                code: Vec::new(),
                sets: Vec::new(),
                texts: Vec::new(),
                branches: Vec::new(),
                repeats: Vec::new(),
                loops: Vec::new(),
                looks: Vec::new(),
                marks: 0,
                cuts: 0,
                width_minimum: 0,
                scan: Scan::Everywhere,
                condition: None,
                leading: None,
                forgetful: false,
            },
            sets: HashMap::new(),
            label: 0,
            depth: 0,
        };
        let end = words.len().checked_sub(1).ok_or(Invalid)?;
        compiler.block(0, end)?;
        compiler.operation(end, Opcode::Success)?;
        compiler.emit(Instruction::Accept);
        let mut program = compiler.program;
        if words[0] == Opcode::Info as u32 {
            program.width_minimum = words[3] as usize;
        }
        let firsts = first::solve(&program);
        first::fill(&mut program, &firsts, characters);
        program.scan = Scan::new(&program, &firsts);
        program.leading = leading(&program);
        program.condition = match scan::start(&program) {
            Some(Instruction::At(condition)) => Some(*condition),
            _ => None,
        };
        program.forgetful = program.cuts + program.loops.len() == 0 && !program.code.iter().any(depends_on_groups);
        Ok(program)
    }
}

fn depends_on_groups(instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Reference { .. } | Instruction::Unless { .. })
}

/// The repeat that the program starts with, if it may pass over the run that it matched when an attempt fails: what
/// follows was tried at each place of the run, and does not depend on where the match began.
fn leading(program: &Program) -> Option<u32> {
    let mut code = program.code.iter().skip_while(|instruction| matches!(instruction, Instruction::Mark(_)));
    let (Instruction::Greedy(repeat) | Instruction::Possessive(repeat) | Instruction::Lazy(repeat)) = *code.next()?
    else {
        return None;
    };
    let unbounded = program.repeats[repeat as usize].maximum == usize::MAX;
    (unbounded && !program.code.iter().any(depends_on_groups)).then_some(repeat)
}

/// What a run of words compiled to.
struct Block {
    /// No match is shorter.
    width: usize,
    /// Whether it ends with a jump, which its caller then reads.
    jumps: bool,
}

struct Compiler<'a, C> {
    words: &'a [u32],
    groups: usize,
    characters: &'a C,
    program: Program,
    /// The sets made so far, by the words and the fold.
    sets: HashMap<(Opcode, &'a [u32]), u32>,
    /// The last place of the code that a jump may lead to; literals are not merged across it.
    label: usize,
    depth: usize,
}

impl<'a, C: Characters> Compiler<'a, C> {
    fn word(&self, at: usize) -> Result<u32, Invalid> {
        self.words.get(at).copied().ok_or(Invalid)
    }

    fn operation(&self, at: usize, opcode: Opcode) -> Result<(), Invalid> {
        if Opcode::of(self.word(at)?) == Some(opcode) { Ok(()) } else { Err(Invalid) }
    }

    /// Where the distance written at `at` leads, which is not past `end`.
    fn target(&self, at: usize, end: usize) -> Result<usize, Invalid> {
        let target = at + self.word(at)? as usize;
        if target <= end { Ok(target) } else { Err(Invalid) }
    }

    fn here(&mut self) -> u32 {
        self.label = self.program.code.len();
        self.label as u32
    }

    fn emit(&mut self, instruction: Instruction) -> usize {
        self.program.code.push(instruction);
        self.program.code.len() - 1
    }

    /// Compiles the words up to `end`.
    fn block(&mut self, mut at: usize, end: usize) -> Result<Block, Invalid> {
        self.depth += 1;
        if self.depth > DEPTH_MAXIMUM || at > end {
            return Err(Invalid);
        }
        let mut width = 0usize;
        let mut jumps = false;
        while at < end {
            if Opcode::of(self.words[at]) == Some(Opcode::Jump) {
                if at + 2 != end {
                    return Err(Invalid);
                }
                jumps = true;
                break;
            }
            let (next, size) = self.one(at, end)?;
            if next > end {
                return Err(Invalid);
            }
            width = width.saturating_add(size);
            at = next;
        }
        self.depth -= 1;
        Ok(Block { width, jumps })
    }

    /// A block that something else than a jump follows.
    fn body(&mut self, at: usize, end: usize) -> Result<usize, Invalid> {
        let block = self.block(at, end)?;
        if block.jumps { Err(Invalid) } else { Ok(block.width) }
    }

    /// Compiles one operation; where the next one is, and the least number of characters that it matches.
    fn one(&mut self, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let opcode = Opcode::of(self.words[at]).ok_or(Invalid)?;
        if let Some((single, next)) = self.single(at, end)? {
            if opcode == Opcode::Failure {
                self.emit(Instruction::Fail);
            } else {
                self.emit_single(single);
            }
            return Ok((next, 1));
        }
        match opcode {
            Opcode::Mark => {
                let mark = self.word(at + 1)?;
                if mark as usize >= 2 * self.groups {
                    return Err(Invalid);
                }
                self.program.marks = self.program.marks.max(mark as usize + 1);
                self.emit(Instruction::Mark(mark));
                Ok((at + 2, 0))
            }
            Opcode::At => {
                let condition = At::of(self.word(at + 1)?).ok_or(Invalid)?;
                self.emit(Instruction::At(condition));
                Ok((at + 2, 0))
            }
            Opcode::Info => Ok((self.info(at, end)?, 0)),
            Opcode::Branch => self.branch(at, end),
            Opcode::RepeatOne | Opcode::MinRepeatOne | Opcode::PossessiveRepeatOne => self.repeat_one(opcode, at, end),
            Opcode::Repeat => self.repeat(at, end),
            Opcode::PossessiveRepeat => self.possessive_repeat(at, end),
            Opcode::AtomicGroup => {
                let target = self.target(at + 1, end)?;
                let cut = self.cut();
                self.emit(Instruction::AtomicEnter { cut });
                let width = self.body(at + 2, target.wrapping_sub(1))?;
                self.operation(target - 1, Opcode::Success)?;
                self.emit(Instruction::AtomicLeave { cut });
                Ok((target, width))
            }
            Opcode::Assert | Opcode::AssertNot => self.look(opcode, at, end),
            Opcode::GroupReference => self.reference(at, Fold::None),
            Opcode::GroupReferenceIgnore => self.reference(at, Fold::Ascii),
            Opcode::GroupReferenceUnicodeIgnore => self.reference(at, Fold::Unicode),
            Opcode::GroupReferenceLocaleIgnore => self.reference(at, Fold::Locale),
            Opcode::GroupReferenceExists => self.conditional(at, end),
            _ => Err(Invalid),
        }
    }

    /// What matches one character, and where the next operation is; `None` if this is something else.
    fn single(&mut self, at: usize, end: usize) -> Result<Option<(Single, usize)>, Invalid> {
        let opcode = Opcode::of(self.word(at)?).ok_or(Invalid)?;
        let (fold, inverted) = match opcode {
            Opcode::Any => return Ok(Some((Single::Any, at + 1))),
            Opcode::AnyAll => return Ok(Some((Single::AnyAll, at + 1))),
            Opcode::Literal => return Ok(Some((Single::Literal(self.word(at + 1)?), at + 2))),
            Opcode::NotLiteral => return Ok(Some((Single::NotLiteral(self.word(at + 1)?), at + 2))),
            Opcode::In | Opcode::InIgnore | Opcode::InUnicodeIgnore | Opcode::InLocaleIgnore => {
                let target = self.target(at + 1, end)?;
                self.operation(target.checked_sub(1).ok_or(Invalid)?, Opcode::Failure)?;
                let words = self.words.get(at + 2..target - 1).ok_or(Invalid)?;
                let fold = match opcode {
                    Opcode::InIgnore => Fold::Ascii,
                    Opcode::InUnicodeIgnore => Fold::Unicode,
                    Opcode::InLocaleIgnore => Fold::Locale,
                    _ => Fold::None,
                };
                let single = self.set(opcode, words, |characters| Set::parse(characters, words, fold))?;
                return Ok(Some((single, target)));
            }
            // A set that the compiler saw to be empty.
            Opcode::Failure => {
                let single = self.set(opcode, &[], |characters| Set::parse(characters, &[], Fold::None))?;
                return Ok(Some((single, at + 1)));
            }
            Opcode::Category => {
                let category = Category::of(self.word(at + 1)?).ok_or(Invalid)?;
                let words = &self.words[at + 1..at + 2];
                let single = self.set(opcode, words, |characters| Some(Set::category(characters, category)))?;
                return Ok(Some((single, at + 2)));
            }
            Opcode::LiteralIgnore => (Fold::Ascii, false),
            Opcode::NotLiteralIgnore => (Fold::Ascii, true),
            Opcode::LiteralUnicodeIgnore => (Fold::Unicode, false),
            Opcode::NotLiteralUnicodeIgnore => (Fold::Unicode, true),
            Opcode::LiteralLocaleIgnore => (Fold::LocaleLiteral, false),
            Opcode::NotLiteralLocaleIgnore => (Fold::LocaleLiteral, true),
            _ => return Ok(None),
        };
        let point = self.word(at + 1)?;
        let words = &self.words[at + 1..at + 2];
        let single = self.set(opcode, words, |characters| Some(Set::literal(characters, point, fold, inverted)))?;
        Ok(Some((single, at + 2)))
    }

    /// The set that `make` makes of the words, made once.
    fn set(
        &mut self,
        opcode: Opcode,
        words: &'a [u32],
        make: impl FnOnce(&C) -> Option<Set>,
    ) -> Result<Single, Invalid> {
        let index = match self.sets.get(&(opcode, words)) {
            Some(index) => *index,
            None => {
                let index = self.program.sets.len() as u32;
                self.program.sets.push(make(self.characters).ok_or(Invalid)?);
                self.sets.insert((opcode, words), index);
                index
            }
        };
        let depends = self.program.sets[index as usize].depends_on_locale;
        Ok(if depends { Single::LocaleSet(index) } else { Single::Set(index) })
    }

    /// One character; literals that follow one another become a string.
    fn emit_single(&mut self, single: Single) {
        let last = self.program.code.len().checked_sub(1).filter(|last| *last >= self.label);
        let last = last.map(|last| &mut self.program.code[last]);
        match (single, last) {
            (Single::Literal(point), Some(Instruction::String(text))) => {
                let text = &mut self.program.texts[*text as usize];
                text.points.push(point);
            }
            (Single::Literal(second), Some(last @ Instruction::Single(Single::Literal(_)))) => {
                let Instruction::Single(Single::Literal(first)) = *last else { return };
                *last = Instruction::String(self.program.texts.len() as u32);
                self.program.texts.push(Text { points: vec![first, second] });
            }
            (single, _) => {
                self.emit(Instruction::Single(single));
            }
        }
    }

    /// An `Info` block says nothing that the program needs: it is looked at and passed over.
    fn info(&self, at: usize, end: usize) -> Result<usize, Invalid> {
        let target = self.target(at + 1, end)?;
        let flags = self.word(at + 2)?;
        let known = INFO_PREFIX | INFO_LITERAL | INFO_CHARSET;
        let size = match flags {
            _ if flags & !known != 0 || flags & (INFO_LITERAL | INFO_PREFIX) == INFO_LITERAL => return Err(Invalid),
            0 => 5,
            INFO_CHARSET => (target - at).max(6),
            _ if flags & INFO_CHARSET != 0 => return Err(Invalid),
            _ => 7 + 2 * self.word(at + 5)? as usize,
        };
        if at + size == target { Ok(target) } else { Err(Invalid) }
    }

    fn branch(&mut self, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let mut alternative = at + 1;
        let mut target = None;
        let mut width = usize::MAX;
        let mut jumps = Vec::new();
        let mut branch = self.new_branch();
        loop {
            let next = self.target(alternative, end)?;
            if next == alternative {
                break;
            }
            if self.program.branches[branch].alternatives.len() == ALTERNATIVES_MAXIMUM - 1 {
                let here = self.here();
                self.program.branches[branch].alternatives.push(here);
                branch = self.new_branch();
            }
            let here = self.here();
            self.program.branches[branch].alternatives.push(here);
            let jump = next.checked_sub(2).ok_or(Invalid)?;
            width = width.min(self.body(alternative + 1, jump)?);
            self.operation(jump, Opcode::Jump)?;
            jumps.push(self.emit(Instruction::Fail));
            let jumped = self.target(jump + 1, end)?;
            if *target.get_or_insert(jumped) != jumped {
                return Err(Invalid);
            }
            alternative = next;
        }
        if target != Some(alternative + 1) {
            return Err(Invalid);
        }
        let pc = self.here();
        jumps.into_iter().for_each(|jump| self.program.code[jump] = Instruction::Jump { pc });
        Ok((alternative + 1, width))
    }

    /// Emits a branch whose alternatives follow.
    fn new_branch(&mut self) -> usize {
        let index = self.program.branches.len();
        self.emit(Instruction::Branch(index as u32));
        let classes = Box::new([0; 256]);
        self.program.branches.push(Branch { alternatives: Vec::new(), classes, masks: Vec::new(), wide: 0, end: 0 });
        index
    }

    /// The bounds of a repeat at `at`.
    fn bounds(&self, at: usize) -> Result<(u32, u32), Invalid> {
        let (minimum, maximum) = (self.word(at)?, self.word(at + 1)?);
        if minimum <= maximum { Ok((minimum, maximum)) } else { Err(Invalid) }
    }

    fn repeat_one(&mut self, opcode: Opcode, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let target = self.target(at + 1, end)?;
        let (minimum, maximum) = self.bounds(at + 2)?;
        let item_end = target.checked_sub(1).ok_or(Invalid)?;
        self.operation(item_end, Opcode::Success)?;
        let (single, next) = self.single(at + 4, item_end)?.ok_or(Invalid)?;
        if next != item_end {
            return Err(Invalid);
        }
        let index = self.program.repeats.len() as u32;
        let pc = self.emit(match opcode {
            // What has no choice has nothing to give back.
            _ if minimum == maximum => Instruction::Possessive(index),
            Opcode::RepeatOne => Instruction::Greedy(index),
            Opcode::MinRepeatOne => Instruction::Lazy(index),
            _ => Instruction::Possessive(index),
        });
        self.program.repeats.push(Repeat {
            single,
            minimum: minimum as usize,
            maximum: if maximum == MAX_REPEAT { usize::MAX } else { maximum as usize },
            tail: pc as u32 + 1,
            filter: Filter::new(&First::NOTHING, None),
            reference: None,
        });
        Ok((target, minimum as usize))
    }

    fn repeat(&mut self, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let until = self.target(at + 1, end)?;
        let (minimum, maximum) = self.bounds(at + 2)?;
        let lazy = match Opcode::of(self.word(until)?) {
            Some(Opcode::MaxUntil) => false,
            Some(Opcode::MinUntil) => true,
            _ => return Err(Invalid),
        };
        let head = self.emit(Instruction::Fail);
        let body = self.here();
        let width = self.body(at + 4, until)?;
        let next = Instruction::Jump { pc: body };
        match (minimum, maximum) {
            (_, 0) => {
                let pc = self.here();
                self.program.code[head] = Instruction::Jump { pc };
            }
            (1, 1) => self.program.code[head] = next,
            (0, 1) => {
                let tail = self.here();
                self.program.code[head] = self.choice(body, tail, lazy);
            }
            // Every iteration matches something, so there is nothing to count and no empty one to watch for.
            (0 | 1, MAX_REPEAT) if width > 0 => {
                let tail = self.program.code.len() as u32 + 1;
                let again = self.choice(body, tail, lazy);
                self.emit(again);
                self.program.code[head] = if minimum == 0 { again } else { next };
            }
            _ => {
                let index = self.new_loop(minimum, maximum, lazy, body);
                self.program.code[head] = Instruction::LoopEnter(index);
                self.emit(Instruction::LoopTest(index));
                if lazy {
                    self.emit(Instruction::LoopAgain(index));
                }
                self.program.loops[index as usize].tail = self.program.code.len() as u32;
            }
        }
        self.here();
        Ok((until + 1, width.saturating_mul(minimum as usize)))
    }

    /// A branch between an iteration and what follows.
    fn choice(&mut self, body: u32, tail: u32, lazy: bool) -> Instruction {
        let index = self.program.branches.len();
        let alternatives = if lazy { vec![tail, body] } else { vec![body, tail] };
        let classes = Box::new([0; 256]);
        self.program.branches.push(Branch { alternatives, classes, masks: Vec::new(), wide: 0, end: 0 });
        Instruction::Branch(index as u32)
    }

    fn new_loop(&mut self, minimum: u32, maximum: u32, lazy: bool, body: u32) -> u32 {
        let filter = || Filter::new(&First::NOTHING, None);
        let (body_filter, tail_filter) = (filter(), filter());
        let info = Loop { minimum, maximum, lazy, cut: 0, body, tail: 0, body_filter, tail_filter };
        self.program.loops.push(info);
        self.program.loops.len() as u32 - 1
    }

    fn possessive_repeat(&mut self, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let success = self.target(at + 1, end)?;
        let (minimum, maximum) = self.bounds(at + 2)?;
        let body = self.program.code.len() as u32 + 1;
        let index = self.new_loop(minimum, maximum, false, body);
        self.program.loops[index as usize].cut = self.cut();
        self.emit(Instruction::PossessiveEnter(index));
        self.here();
        let width = self.body(at + 4, success)?;
        self.operation(success, Opcode::Success)?;
        self.emit(Instruction::PossessiveTest(index));
        self.program.loops[index as usize].tail = self.here();
        Ok((success + 1, width.saturating_mul(minimum as usize)))
    }

    fn cut(&mut self) -> u32 {
        self.program.cuts += 1;
        self.program.cuts as u32 - 1
    }

    fn look(&mut self, opcode: Opcode, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let target = self.target(at + 1, end)?;
        let back = self.word(at + 2)? as usize;
        let cut = self.cut();
        let look = self.program.looks.len() as u32;
        self.program.looks.push(Look { cut, back, tail: 0 });
        let positive = opcode == Opcode::Assert;
        self.emit(if positive { Instruction::LookEnter { look } } else { Instruction::NotEnter { look } });
        self.body(at + 3, target.wrapping_sub(1))?;
        self.operation(target - 1, Opcode::Success)?;
        self.emit(if positive { Instruction::LookLeave { cut } } else { Instruction::NotLeave { cut } });
        self.program.looks[look as usize].tail = self.here();
        Ok((target, 0))
    }

    fn group(&self, at: usize) -> Result<u32, Invalid> {
        let group = self.word(at)?;
        if (group as usize) < self.groups { Ok(group) } else { Err(Invalid) }
    }

    fn reference(&mut self, at: usize, fold: Fold) -> Result<(usize, usize), Invalid> {
        let group = self.group(at + 1)?;
        self.emit(Instruction::Reference { group, fold });
        Ok((at + 2, 0))
    }

    fn conditional(&mut self, at: usize, end: usize) -> Result<(usize, usize), Invalid> {
        let group = self.group(at + 1)?;
        // The distance is counted from the word before it.
        let target = at + 1 + self.word(at + 2)? as usize;
        if target > end {
            return Err(Invalid);
        }
        let unless = self.emit(Instruction::Unless { group, pc: 0 });
        let yes = self.block(at + 3, target)?;
        if !yes.jumps {
            self.program.code[unless] = Instruction::Unless { group, pc: self.here() };
            return Ok((target, 0));
        }
        let jump = self.emit(Instruction::Fail);
        self.program.code[unless] = Instruction::Unless { group, pc: self.here() };
        let no_end = self.target(target - 1, end)?;
        let no = self.body(target, no_end)?;
        self.program.code[jump] = Instruction::Jump { pc: self.here() };
        Ok((no_end, yes.width.min(no)))
    }
}
