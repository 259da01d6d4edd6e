//! Executes a program: one attempt from one position, and the search for the first that succeeds.

use crate::at;
use crate::characters::Characters;
use crate::first::Filter;
use crate::program::{Instruction, Program, Repeat, Single};
use crate::run::Stop;
use crate::set::Fold;
use crate::state::{Counter, Cut, Frame, NONE, State};
use crate::unit::Unit;

/// Steps backwards, or attempts, between two questions whether to stop.
const STEPS_UNASKED: u32 = 1 << 14;
/// Questions for so many characters until it is worth while to remember which ways were tried.
const CHARACTERS_ASKED: usize = STEPS_UNASKED as usize / 8;
/// Characters that are looked at one by one rather than by a search for one of them.
const SHORT: usize = 16;
/// Words for remembering them, at most: 64 MiB.
const TRIED_MAXIMUM: usize = 1 << 23;

/// A run in progress.
pub(crate) struct Machine<'r, U, C> {
    program: &'r Program,
    characters: &'r C,
    /// The text up to the end of the range.
    text: &'r [U],
    state: &'r mut State,
    interrupted: &'r mut dyn FnMut() -> bool,
    /// A match must not end here.
    forbidden: usize,
    /// Whether a match must end at the end of the text.
    whole: bool,
    steps: u32,
    /// How often it was asked whether to stop.
    asked: usize,
}

/// Where to go on, if anywhere.
type Next = Result<Option<(usize, usize)>, Stop>;

impl<'r, U: Unit, C: Characters> Machine<'r, U, C> {
    pub(crate) fn new(
        program: &'r Program,
        characters: &'r C,
        text: &'r [U],
        state: &'r mut State,
        interrupted: &'r mut dyn FnMut() -> bool,
        forbidden: usize,
        whole: bool,
    ) -> Self {
        Machine { program, characters, text, state, interrupted, forbidden, whole, steps: STEPS_UNASKED, asked: 0 }
    }

    /// Finds the first match that begins at `from` or later.
    pub(crate) fn search(&mut self, from: usize) -> Result<bool, Stop> {
        let last = self.text.len() - self.program.width_minimum;
        let mut position = from;
        while let Some(start) = self.program.scan.next(self.text, position).filter(|start| *start <= last) {
            let condition = self.program.condition;
            if condition.is_some_and(|condition| !at::holds(self.characters, condition, self.text, start)) {
                position = start + 1;
                continue;
            }
            if self.attempt(start)? {
                return Ok(true);
            }
            self.tick()?;
            let passed = match self.program.leading {
                Some(repeat) => self.run(self.program.repeats[repeat as usize].single, start, self.text.len()),
                None => start,
            };
            position = passed + 1;
        }
        Ok(false)
    }

    /// Tries to match at the position.
    pub(crate) fn attempt(&mut self, start: usize) -> Result<bool, Stop> {
        let end = self.execute(start)?;
        if let Some(end) = end {
            (self.state.start, self.state.end) = (start, end);
        } else {
            // What was written while nothing was stacked up was not taken back.
            self.state.marks.fill(NONE);
            self.state.last_group = 0;
        }
        Ok(end.is_some())
    }

    /// Counts what takes time, and asks now and then whether to stop.
    #[inline(always)]
    fn tick(&mut self) -> Result<(), Stop> {
        self.steps -= 1;
        if self.steps == 0 { self.ask() } else { Ok(()) }
    }

    #[cold]
    fn ask(&mut self) -> Result<(), Stop> {
        self.steps = STEPS_UNASKED;
        self.asked += 1;
        if self.program.forgetful && self.asked == 2 + self.text.len() / CHARACTERS_ASKED {
            let bits = self.program.code.len().saturating_mul(self.text.len() + 1);
            let words = bits / 64 + 1;
            if words <= TRIED_MAXIMUM && self.state.tried.try_reserve_exact(words).is_ok() {
                self.state.tried.resize(words, 0);
            }
        }
        if (self.interrupted)() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    #[inline(always)]
    fn push(&mut self, frame: Frame) -> Result<(), Stop> {
        if self.state.stack.len() == self.state.stack.capacity() {
            self.grow()?;
        }
        self.state.stack.push(frame);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), Stop> {
        let stack = &mut self.state.stack;
        let more = stack.len().max(64).min(self.state.frames_maximum.saturating_sub(stack.len()));
        if more == 0 || stack.try_reserve_exact(more).is_err() {
            return Err(Stop::Exhausted);
        }
        Ok(())
    }

    /// Stacks up a frame that takes something back; on an empty stack there is nothing to go back to.
    #[inline(always)]
    fn push_old(&mut self, frame: Frame) -> Result<(), Stop> {
        if self.state.stack.is_empty() { Ok(()) } else { self.push(frame) }
    }

    /// Runs the code from `start`; where the match ends, if there is one.
    fn execute(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        self.state.stack.clear();
        let (mut pc, mut position) = (0, start);
        loop {
            let next = self.advance(pc, position)?;
            match next {
                Step::Accept(end) => return Ok(Some(end)),
                Step::Fail => match self.backtrack()? {
                    Some(next) => (pc, position) = next,
                    None => return Ok(None),
                },
            }
        }
    }

    /// Runs the code until the way ends.
    #[inline(always)]
    fn advance(&mut self, mut pc: usize, mut position: usize) -> Result<Step, Stop> {
        let program = self.program;
        let text = self.text;
        loop {
            match program.code[pc] {
                Instruction::Single(single) => {
                    let Some(unit) = text.get(position) else { return Ok(Step::Fail) };
                    if !self.matches(single, *unit) {
                        return Ok(Step::Fail);
                    }
                    position += 1;
                    pc += 1;
                }
                Instruction::String(index) => {
                    let points = &program.texts[index as usize].points;
                    let Some(units) = text.get(position..position + points.len()) else { return Ok(Step::Fail) };
                    if !units.iter().zip(points).all(|(unit, point)| unit.point() == *point) {
                        return Ok(Step::Fail);
                    }
                    position += points.len();
                    pc += 1;
                }
                Instruction::Branch(index) => {
                    let branch = &program.branches[index as usize];
                    let mask = match text.get(position).map(|unit| unit.latin()) {
                        Some(Ok(byte)) => branch.masks[usize::from(branch.classes[usize::from(byte)])],
                        Some(Err(_)) => branch.wide,
                        None => branch.end,
                    };
                    if mask == 0 {
                        return Ok(Step::Fail);
                    }
                    let rest = mask & (mask - 1);
                    if rest != 0 {
                        self.push(Frame::Branch { branch: index, rest, position })?;
                    }
                    pc = branch.alternatives[mask.trailing_zeros() as usize] as usize;
                }
                Instruction::Possessive(index) => {
                    let repeat = &program.repeats[index as usize];
                    let end = self.run(repeat.single, position, self.limit(position, repeat.maximum));
                    if end - position < repeat.minimum {
                        return Ok(Step::Fail);
                    }
                    position = end;
                    pc += 1;
                }
                Instruction::Greedy(index) => {
                    let repeat = &program.repeats[index as usize];
                    let end = self.run(repeat.single, position, self.limit(position, repeat.maximum));
                    if end - position < repeat.minimum {
                        return Ok(Step::Fail);
                    }
                    let low = position + repeat.minimum;
                    let Some(high) = self.last_start(repeat, low, end) else { return Ok(Step::Fail) };
                    if high > low {
                        self.push(Frame::Greedy { repeat: index, low, high })?;
                    }
                    position = high;
                    pc += 1;
                }
                Instruction::Lazy(index) => {
                    let repeat = &program.repeats[index as usize];
                    let limit = self.limit(position, repeat.maximum);
                    let low = self.run(repeat.single, position, self.limit(position, repeat.minimum));
                    if low - position < repeat.minimum {
                        return Ok(Step::Fail);
                    }
                    let Some(end) = self.first_start(index, low, limit) else { return Ok(Step::Fail) };
                    if end < limit {
                        self.push(Frame::Lazy { repeat: index, position: end, limit })?;
                    }
                    position = end;
                    pc += 1;
                }
                Instruction::Mark(mark) => {
                    let old = self.state.marks[mark as usize];
                    self.push_old(Frame::Mark { mark, last_group: self.state.last_group, old })?;
                    self.state.marks[mark as usize] = position;
                    if mark % 2 == 1 {
                        self.state.last_group = mark / 2 + 1;
                    }
                    pc += 1;
                }
                Instruction::At(condition) => {
                    if !at::holds(self.characters, condition, text, position) {
                        return Ok(Step::Fail);
                    }
                    pc += 1;
                }
                Instruction::Jump { pc: target } => pc = target as usize,
                Instruction::Accept => {
                    if self.whole && position != text.len() || position == self.forbidden {
                        return Ok(Step::Fail);
                    }
                    return Ok(Step::Accept(position));
                }
                Instruction::Fail => return Ok(Step::Fail),
                _ => match self.complex(pc, position)? {
                    Some(next) => (pc, position) = next,
                    None => return Ok(Step::Fail),
                },
            }
        }
    }

    /// Runs one of the rarer instructions.
    fn complex(&mut self, pc: usize, position: usize) -> Next {
        // Loops of nothing at all count up without ever going back.
        self.tick()?;
        let program = self.program;
        Ok(match program.code[pc] {
            Instruction::LoopEnter(index) => {
                self.count(index, Counter { count: 0, last: NONE })?;
                self.test_loop(index, position)?
            }
            Instruction::LoopTest(index) => self.test_loop(index, position)?,
            Instruction::LoopAgain(index) => {
                let info = &program.loops[index as usize];
                let Counter { count, last } = self.state.counters[index as usize];
                if count >= info.maximum || position == last || !info.body_filter.passes_at(self.text, position) {
                    return Ok(None);
                }
                self.count(index, Counter { count: count.saturating_add(1), last: position })?;
                Some((info.body as usize, position))
            }
            Instruction::PossessiveEnter(index) => {
                self.state.counters[index as usize] = Counter { count: 0, last: NONE };
                Some(self.test_possessive(index, position)?)
            }
            Instruction::PossessiveTest(index) => {
                self.cut(self.state.cuts[program.loops[index as usize].cut as usize].height);
                let counter = &mut self.state.counters[index as usize];
                counter.count = counter.count.saturating_add(1);
                Some(self.test_possessive(index, position)?)
            }
            Instruction::AtomicEnter { cut } => {
                self.state.cuts[cut as usize] = Cut { height: self.state.stack.len(), position };
                Some((pc + 1, position))
            }
            Instruction::AtomicLeave { cut } => {
                self.cut(self.state.cuts[cut as usize].height);
                Some((pc + 1, position))
            }
            Instruction::LookEnter { look } => {
                let look = &program.looks[look as usize];
                self.state.cuts[look.cut as usize] = Cut { height: self.state.stack.len(), position };
                position.checked_sub(look.back).map(|position| (pc + 1, position))
            }
            Instruction::LookLeave { cut } => {
                let Cut { height, position } = self.state.cuts[cut as usize];
                self.cut(height);
                Some((pc + 1, position))
            }
            Instruction::NotEnter { look } => {
                let look = &program.looks[look as usize];
                let Some(before) = position.checked_sub(look.back) else {
                    return Ok(Some((look.tail as usize, position)));
                };
                self.state.cuts[look.cut as usize] = Cut { height: self.state.stack.len(), position };
                self.push(Frame::Resume { pc: look.tail, position })?;
                Some((pc + 1, before))
            }
            Instruction::NotLeave { cut } => {
                self.cut(self.state.cuts[cut as usize].height);
                None
            }
            Instruction::Reference { group, fold } => self.reference(group, fold, position).map(|end| (pc + 1, end)),
            Instruction::Unless { group, pc: target } => match self.group(group) {
                Some(_) => Some((pc + 1, position)),
                None => Some((target as usize, position)),
            },
            _ => None,
        })
    }

    /// Goes back to the last other way that was not tried yet.
    #[inline(always)]
    fn backtrack(&mut self) -> Next {
        loop {
            self.tick()?;
            match self.pop()? {
                Some((pc, position)) if !self.state.tried.is_empty() && self.was_tried(pc, position) => {}
                next => return Ok(next),
            }
        }
    }

    /// Whether the way from the place and position was tried before, and so has failed; from now on it was.
    fn was_tried(&mut self, pc: usize, position: usize) -> bool {
        let index = pc * (self.text.len() + 1) + position;
        let (word, bit) = (&mut self.state.tried[index / 64], 1 << (index % 64));
        let before = *word & bit != 0;
        *word |= bit;
        before
    }

    /// Goes back to the last other way, and takes back what was written since.
    #[inline(always)]
    fn pop(&mut self) -> Next {
        while let Some(frame) = self.state.stack.last_mut() {
            match *frame {
                Frame::Branch { branch, rest, position } => {
                    let left = rest & (rest - 1);
                    if left == 0 {
                        self.state.stack.pop();
                    } else {
                        *frame = Frame::Branch { branch, rest: left, position };
                    }
                    let alternatives = &self.program.branches[branch as usize].alternatives;
                    return Ok(Some((alternatives[rest.trailing_zeros() as usize] as usize, position)));
                }
                Frame::Greedy { repeat, low, high } => {
                    let info = &self.program.repeats[repeat as usize];
                    let found = self.last_start(info, low, high - 1);
                    match (found, self.state.stack.last_mut()) {
                        (Some(high), Some(frame)) if high > low => *frame = Frame::Greedy { repeat, low, high },
                        _ => {
                            self.state.stack.pop();
                        }
                    }
                    if let Some(position) = found {
                        return Ok(Some((info.tail as usize, position)));
                    }
                }
                Frame::Lazy { repeat, position, limit } => {
                    let info = &self.program.repeats[repeat as usize];
                    // A position before the limit is one of the text.
                    let found = match self.matches(info.single, self.text[position]) {
                        true => self.first_start(repeat, position + 1, limit),
                        false => None,
                    };
                    match (found, self.state.stack.last_mut()) {
                        (Some(position), Some(frame)) if position < limit => {
                            *frame = Frame::Lazy { repeat, position, limit };
                        }
                        _ => {
                            self.state.stack.pop();
                        }
                    }
                    if let Some(position) = found {
                        return Ok(Some((info.tail as usize, position)));
                    }
                }
                Frame::Resume { pc, position } => {
                    self.state.stack.pop();
                    return Ok(Some((pc as usize, position)));
                }
                Frame::Mark { mark, last_group, old } => {
                    self.state.stack.pop();
                    self.state.marks[mark as usize] = old;
                    self.state.last_group = last_group;
                }
                Frame::Counter { index, count, last } => {
                    self.state.stack.pop();
                    self.state.counters[index as usize] = Counter { count, last };
                }
            }
        }
        Ok(None)
    }

    /// Whether the character matches.
    #[inline(always)]
    fn matches(&self, single: Single, unit: U) -> bool {
        match single {
            Single::Any => unit.point() != u32::from(b'\n'),
            Single::AnyAll => true,
            Single::Literal(point) => unit.point() == point,
            Single::NotLiteral(point) => unit.point() != point,
            Single::Set(set) => self.program.sets[set as usize].has(self.characters, unit),
            Single::LocaleSet(set) => self.program.sets[set as usize].ask(self.characters, unit.point()),
        }
    }

    /// Where at most so many characters from the position on end.
    #[inline(always)]
    fn limit(&self, position: usize, count: usize) -> usize {
        position.saturating_add(count).min(self.text.len())
    }

    /// Where the characters that match end, from the position on up to the limit.
    #[inline]
    fn run(&self, single: Single, position: usize, limit: usize) -> usize {
        let units = &self.text[position..limit];
        let length = match single {
            Single::Any => U::find(units, b'\n'.into()),
            Single::AnyAll => None,
            Single::Literal(point) => units.iter().position(|unit| unit.point() != point),
            Single::NotLiteral(point) => U::find(units, point),
            Single::Set(set) => {
                let set = &self.program.sets[set as usize];
                units.iter().position(|unit| !set.has(self.characters, *unit))
            }
            Single::LocaleSet(_) => units.iter().position(|unit| !self.matches(single, *unit)),
        };
        length.map_or(limit, |length| position + length)
    }

    /// The first position from `position` up to `limit` that a lazy repeat gets to and where what follows can match.
    fn first_start(&self, repeat: u32, position: usize, limit: usize) -> Option<usize> {
        let repeat = &self.program.repeats[repeat as usize];
        let filter = &repeat.filter;
        if filter.all {
            return Some(position);
        }
        let text = self.text;
        // Up to where the repeat gets; it may end at the limit, too, so that what is there counts as well.
        let found = match (repeat.single, filter.literal) {
            (Single::AnyAll, Some(point)) => U::find(&text[position..text.len().min(limit + 1)], point),
            _ => {
                let mut end = position;
                while !filter.passes_at(text, end) {
                    if end == limit || !self.matches(repeat.single, text[end]) {
                        return None;
                    }
                    end += 1;
                }
                return Some(end);
            }
        };
        found.map(|index| position + index)
    }

    /// The last position from `low` to `high` where what follows a greedy repeat can match.
    #[inline(always)]
    fn last_start(&self, repeat: &Repeat, low: usize, high: usize) -> Option<usize> {
        match repeat.reference {
            None => last_start(&repeat.filter, self.text, low, high),
            Some(group) => self.last_reference(group, low, high),
        }
    }

    /// The last position from `low` to `high` where the text of a group can begin.
    fn last_reference(&self, group: u32, low: usize, high: usize) -> Option<usize> {
        let Some(first) = self.group(group)?.first() else { return Some(high) };
        let units = &self.text[low..self.text.len().min(high + 1)];
        units.iter().rposition(|unit| unit == first).map(|index| low + index)
    }

    /// What a group has matched.
    fn group(&self, group: u32) -> Option<&'r [U]> {
        let first = 2 * group as usize;
        let (start, end) = (*self.state.marks.get(first)?, *self.state.marks.get(first + 1)?);
        // A position that is not set is past every end.
        self.text.get(start..end)
    }

    /// Where the same as a group has matched ends.
    fn reference(&self, group: u32, fold: Fold, position: usize) -> Option<usize> {
        let matched = self.group(group)?;
        let end = position + matched.len();
        let units = self.text.get(position..end)?;
        let same = match fold {
            Fold::None => units == matched,
            fold => units.iter().zip(matched).all(|(unit, other)| {
                fold.apply(self.characters, unit.point()) == fold.apply(self.characters, other.point())
            }),
        };
        same.then_some(end)
    }

    /// Writes a loop's counter.
    fn count(&mut self, index: u32, counter: Counter) -> Result<(), Stop> {
        let Counter { count, last } = self.state.counters[index as usize];
        // What a frame right below takes back is older.
        if !matches!(self.state.stack.last(), Some(Frame::Counter { index: other, .. }) if *other == index) {
            self.push_old(Frame::Counter { index, count, last })?;
        }
        self.state.counters[index as usize] = counter;
        Ok(())
    }

    /// After an iteration of a counted loop, or before the first.
    fn test_loop(&mut self, index: u32, position: usize) -> Next {
        let info = &self.program.loops[index as usize];
        let Counter { count, last } = self.state.counters[index as usize];
        let (body, tail) = (Some((info.body as usize, position)), Some((info.tail as usize, position)));
        if count < info.minimum {
            self.count(index, Counter { count: count + 1, last })?;
            return Ok(body);
        }
        let body_can = (info.maximum == u32::MAX || count < info.maximum)
            && position != last
            && info.body_filter.passes_at(self.text, position);
        let tail_can = info.tail_filter.passes_at(self.text, position);
        Ok(match (body_can, tail_can) {
            (false, false) => None,
            (false, true) => tail,
            (true, true) if info.lazy => {
                // `LoopAgain` stands right before what follows.
                self.push(Frame::Resume { pc: info.tail - 1, position })?;
                tail
            }
            (true, tail_can) => {
                if tail_can {
                    self.push(Frame::Resume { pc: info.tail, position })?;
                }
                self.count(index, Counter { count: count.saturating_add(1), last: position })?;
                body
            }
        })
    }

    /// After an iteration of a possessive loop, or before the first.
    fn test_possessive(&mut self, index: u32, position: usize) -> Result<(usize, usize), Stop> {
        let info = &self.program.loops[index as usize];
        let Counter { count, last } = self.state.counters[index as usize];
        let compulsory = count < info.minimum;
        if !compulsory && (position == last || count >= info.maximum && info.maximum != u32::MAX) {
            return Ok((info.tail as usize, position));
        }
        self.state.cuts[info.cut as usize] = Cut { height: self.state.stack.len(), position };
        if !compulsory {
            self.state.counters[index as usize].last = position;
            self.push(Frame::Resume { pc: info.tail, position })?;
        }
        Ok((info.body as usize, position))
    }

    /// Forgets the other ways above the height, but not what is to be taken back when going further back.
    fn cut(&mut self, height: usize) {
        let stack = &mut self.state.stack;
        if height == 0 {
            stack.clear();
            return;
        }
        let mut kept = height;
        for index in height..stack.len() {
            if stack[index].takes_back() {
                stack[kept] = stack[index];
                kept += 1;
            }
        }
        stack.truncate(kept);
    }
}

/// How a way through the code ends.
enum Step {
    Accept(usize),
    Fail,
}

/// The last position from `low` to `high` where a match can start.
#[inline]
fn last_start<U: Unit>(filter: &Filter, text: &[U], low: usize, high: usize) -> Option<usize> {
    if filter.all || filter.passes_at(text, high) {
        return Some(high);
    }
    let units = &text[low..high];
    let found = match filter.literal {
        Some(point) if units.len() > SHORT => U::find_last(units, point),
        _ => units.iter().rposition(|unit| filter.passes(*unit)),
    };
    found.map(|index| low + index)
}
