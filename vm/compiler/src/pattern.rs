//! `match` statements.
//!
//! A pattern is code that falls through when it matches the value in a local and jumps to one label when it does not.
//! Values that patterns take apart are kept in hidden locals, since they are read more than once and since names are
//! bound only when the whole pattern has matched. The failing way clears all of them, bound or not.

use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::exception::NOWHERE;
use crate::fold;
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::unit::Label;
use sidewinder_bytecode::{Constant, Op, Position};

/// What one `case` has collected.
struct Case<'tree> {
    fail: Label,
    /// Names to bind once the pattern has matched.
    captures: Vec<(&'tree Name, Register, Position)>,
    /// Hidden locals in use.
    hidden: Vec<Hidden>,
}

/// One hidden local, or a run of them taken together.
#[derive(Clone, Copy)]
enum Hidden {
    One(Register),
    Run(Register, u32),
}

impl<'tree> Generator<'tree> {
    pub fn match_statement(&mut self, subject: &'tree Expression, cases: &'tree [MatchCase]) -> Outcome<()> {
        let (register, hidden) = self.match_subject(subject, cases)?;
        let end = self.new_label();
        for (index, case) in cases.iter().enumerate() {
            let is_last = index + 1 == cases.len();
            if !is_last && case.guard.is_none() {
                check_reachable(&case.pattern)?;
            }
            let mut state = Case { fail: self.new_label(), captures: Vec::new(), hidden: Vec::new() };
            let next = self.new_label();
            if is_last && index > 0 && is_wildcard(&case.pattern) {
                // There is nothing to test, but its line runs.
                self.emit(Op::Nop, 0, 0, 0, case.pattern.position);
            }
            self.pattern(&case.pattern, register, &mut state)?;
            for &(name, source, position) in &state.captures {
                self.store_name(name, source.into(), position);
            }
            self.clear_hidden(&state.hidden, case.pattern.position);
            if let Some(guard) = &case.guard {
                self.jump_unless(guard, next)?;
            }
            if let Some(hidden) = hidden {
                self.clear(hidden, case.pattern.position);
            }
            self.statements(&case.body)?;
            self.jump(end, case.pattern.position);
            self.place(state.fail);
            self.clear_hidden(&state.hidden, case.pattern.position);
            self.release_hidden(&state.hidden);
            self.place(next);
        }
        if let Some(hidden) = hidden {
            self.clear_and_release(hidden, NOWHERE);
        }
        self.place(end);
        Ok(())
    }

    /// The subject: a plain local that no case rebinds, or a hidden local.
    fn match_subject(
        &mut self,
        subject: &'tree Expression,
        cases: &'tree [MatchCase],
    ) -> Outcome<(Register, Option<Register>)> {
        if let Some(name) = subject.as_name()
            && let Some(register) = self.local_register(name)
            && !self.may_be_rebound(register)
            && !cases.iter().any(|case| captures_name(&case.pattern, name))
        {
            self.operand(subject)?;
            return Ok((register, None));
        }
        let hidden = self.acquire(".subject");
        self.expression_to(subject, hidden)?;
        Ok((hidden, Some(hidden)))
    }

    fn clear_hidden(&mut self, hidden: &[Hidden], position: Position) {
        for hidden in hidden {
            let (first, count) = match *hidden {
                Hidden::One(register) => (register, 1),
                Hidden::Run(first, count) => (first, count),
            };
            (0..count).for_each(|index| self.clear(first.offset(index), position));
        }
    }

    fn release_hidden(&mut self, hidden: &[Hidden]) {
        for hidden in hidden {
            match *hidden {
                Hidden::One(register) => self.release(register),
                Hidden::Run(first, count) => self.unit.registers.release_run(first, count),
            }
        }
    }

    fn pattern(&mut self, pattern: &'tree Pattern, subject: Register, case: &mut Case<'tree>) -> Outcome<()> {
        let position = pattern.position;
        let mark = self.depth();
        match &pattern.kind {
            PatternKind::Value(value) => {
                let value = self.operand(value)?;
                self.set_depth(mark);
                self.emit_jump(Op::JumpUnlessEqual, subject, value, case.fail, position);
            }
            PatternKind::Singleton(constant) => {
                if *constant == Constant::None {
                    self.emit_jump(Op::JumpIfNotNone, subject, 0, case.fail, position);
                } else {
                    let constant = self.constant_operand(constant, position);
                    self.set_depth(mark);
                    self.emit_jump(Op::JumpIfIsNot, subject, constant, case.fail, position);
                }
            }
            PatternKind::As { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.pattern(inner, subject, case)?;
                }
                if let Some(name) = name {
                    self.capture(name, subject, position, case)?;
                }
            }
            PatternKind::Star(_) => return Err(Failure::syntax("can't use starred expression here", position)),
            PatternKind::Sequence(patterns) => self.sequence_pattern(patterns, subject, position, case)?,
            PatternKind::Mapping { keys, patterns, rest } => {
                self.mapping_pattern(keys, patterns, rest.as_ref(), subject, position, case)?;
            }
            PatternKind::Class { class, patterns, keywords } => {
                self.class_pattern(class, patterns, keywords, subject, position, case)?;
            }
            PatternKind::Or(alternatives) => self.or_pattern(alternatives, subject, position, case)?,
        }
        Ok(())
    }

    fn capture(
        &mut self,
        name: &'tree Name,
        source: Register,
        position: Position,
        case: &mut Case<'tree>,
    ) -> Outcome<()> {
        if case.captures.iter().any(|(captured, ..)| *captured == name) {
            let message = format!("multiple assignments to name '{name}' in pattern");
            return Err(Failure::syntax(message, position));
        }
        case.captures.push((name, source, position));
        Ok(())
    }

    /// A hidden local that the case clears.
    fn case_local(&mut self, name: &str, case: &mut Case<'tree>) -> Register {
        let register = self.acquire(name);
        case.hidden.push(Hidden::One(register));
        register
    }

    fn case_run(&mut self, count: usize, case: &mut Case<'tree>) -> Register {
        let first = self.unit.registers.acquire_run(count as u32);
        case.hidden.push(Hidden::Run(first, count as u32));
        first
    }

    fn fail_unless(&mut self, op: Op, subject: Register, case: &Case<'tree>, position: Position) {
        let mark = self.depth();
        let matches = self.temporary();
        self.set_depth(mark);
        self.emit(op, matches, subject, 0, position);
        self.emit_jump(Op::JumpIfFalse, matches, 0, case.fail, position);
    }

    /// Compares the length of the subject with a number.
    fn check_length(&mut self, op: Op, subject: Register, length: usize, case: &Case<'tree>, position: Position) {
        let mark = self.depth();
        let actual = self.temporary();
        self.emit(Op::GetLength, actual, subject, 0, position);
        let wanted = self.constant_operand(&Constant::Int(length as i64), position);
        self.set_depth(mark);
        self.emit_jump(op, actual, wanted, case.fail, position);
    }

    fn sequence_pattern(
        &mut self,
        patterns: &'tree [Pattern],
        subject: Register,
        position: Position,
        case: &mut Case<'tree>,
    ) -> Outcome<()> {
        let is_star = |pattern: &Pattern| matches!(pattern.kind, PatternKind::Star(_));
        let star = patterns.iter().position(is_star);
        if let Some(first) = star
            && patterns[first + 1..].iter().any(is_star)
        {
            return Err(Failure::syntax("multiple starred names in sequence pattern", position));
        }
        self.fail_unless(Op::MatchSequence, subject, case, position);
        match star {
            None => self.check_length(Op::JumpUnlessEqual, subject, patterns.len(), case, position),
            Some(_) if patterns.len() > 1 => {
                self.check_length(Op::JumpUnlessGreaterEqual, subject, patterns.len() - 1, case, position);
            }
            Some(_) => {}
        }
        if patterns.iter().all(is_wildcard) {
            return Ok(());
        }
        if let Some(star) = star
            && is_wildcard(&patterns[star])
        {
            return self.sequence_by_index(patterns, star, subject, case);
        }
        let run = self.case_run(patterns.len(), case);
        match star {
            None => self.emit(Op::UnpackSequence, run, subject, patterns.len() as u32, position),
            Some(star) => {
                let after = patterns.len() - star - 1;
                if star > 255 || after > 255 {
                    let message = "too many expressions in star-unpacking sequence pattern";
                    return Err(Failure::syntax(message, position));
                }
                self.emit(Op::UnpackExtended, run, subject, (star | after << 8) as u32, position);
            }
        }
        for (index, pattern) in patterns.iter().enumerate() {
            let item = run.offset(index as u32);
            match &pattern.kind {
                PatternKind::Star(Some(name)) => self.capture(name, item, pattern.position, case)?,
                PatternKind::Star(None) => {}
                _ => self.pattern(pattern, item, case)?,
            }
        }
        Ok(())
    }

    /// A sequence pattern with `*_`: only the items that matter are fetched.
    fn sequence_by_index(
        &mut self,
        patterns: &'tree [Pattern],
        star: usize,
        subject: Register,
        case: &mut Case<'tree>,
    ) -> Outcome<()> {
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) {
                continue;
            }
            let position = pattern.position;
            let mark = self.depth();
            let item = self.case_local(".item", case);
            let number: Source = if index < star {
                self.constant_operand(&Constant::Int(index as i64), position)
            } else {
                let length = self.temporary();
                self.emit(Op::GetLength, length, subject, 0, position);
                let distance = self.constant_operand(&Constant::Int((patterns.len() - index) as i64), position);
                self.emit(Op::Subtract, length, length, distance, position);
                length.into()
            };
            self.set_depth(mark);
            self.emit(Op::GetItem, item, subject, number, position);
            self.pattern(pattern, item, case)?;
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        keys: &'tree [Expression],
        patterns: &'tree [Pattern],
        rest: Option<&'tree Name>,
        subject: Register,
        position: Position,
        case: &mut Case<'tree>,
    ) -> Outcome<()> {
        check_duplicate_keys(keys, position)?;
        self.fail_unless(Op::MatchMapping, subject, case, position);
        if !keys.is_empty() {
            self.check_length(Op::JumpUnlessGreaterEqual, subject, keys.len(), case, position);
        }
        let constants = crate::expression::constant_items(keys);
        let mark = self.depth();
        let keys_source: Source = match &constants {
            Some(constants) => self.constant_operand(&Constant::Tuple(constants.clone()), position),
            None => {
                let local = self.case_local(".keys", case);
                let run = self.run(keys)?;
                self.emit(Op::BuildTuple, local, run, keys.len() as u32, position);
                local.into()
            }
        };
        if !keys.is_empty() {
            let values = self.case_local(".values", case);
            self.emit(Op::MatchKeys, values, subject, keys_source, position);
            self.emit_jump(Op::JumpIfNone, values, 0, case.fail, position);
            self.set_depth(mark);
            let run = self.case_run(keys.len(), case);
            self.emit(Op::UnpackSequence, run, values, keys.len() as u32, position);
            for (index, pattern) in patterns.iter().enumerate() {
                self.pattern(pattern, run.offset(index as u32), case)?;
            }
        }
        self.set_depth(mark);
        let Some(rest) = rest else { return Ok(()) };
        let others = self.case_local(".rest", case);
        self.emit(Op::BuildMap, others, Register::temporary(mark), 0, position);
        self.emit(Op::DictUpdate, others, subject, 0, position);
        for (index, key) in keys.iter().enumerate() {
            let key: Source = match key.as_constant() {
                Some(constant) => self.constant_operand(constant, position),
                None => {
                    let key = self.temporary();
                    let index = self.constant_operand(&Constant::Int(index as i64), position);
                    self.emit(Op::GetItem, key, keys_source, index, position);
                    key.into()
                }
            };
            self.set_depth(mark);
            self.emit(Op::DeleteItem, others, key, 0, position);
        }
        self.capture(rest, others, position, case)
    }

    fn class_pattern(
        &mut self,
        class: &'tree Expression,
        patterns: &'tree [Pattern],
        keywords: &'tree [(Name, Pattern)],
        subject: Register,
        position: Position,
        case: &mut Case<'tree>,
    ) -> Outcome<()> {
        for (index, (name, pattern)) in keywords.iter().enumerate() {
            if keywords[..index].iter().any(|(earlier, _)| earlier == name) {
                let message = format!("attribute name repeated in class pattern: {name}");
                return Err(Failure::syntax(message, pattern.position));
            }
        }
        let mark = self.depth();
        let run = self.temporary();
        self.move_to(run, subject.into(), position);
        self.temporary_operand(class)?;
        let names = keywords.iter().map(|(name, _)| Constant::Str(name.clone())).collect();
        let names_register = self.temporary();
        self.load_constant(names_register, &Constant::Tuple(names), position);
        self.set_depth(mark);
        let values = self.case_local(".values", case);
        self.emit(Op::MatchClass, values, run, patterns.len() as u32, position);
        self.emit_jump(Op::JumpIfNone, values, 0, case.fail, position);
        let count = patterns.len() + keywords.len();
        if count == 0 {
            return Ok(());
        }
        let run = self.case_run(count, case);
        self.emit(Op::UnpackSequence, run, values, count as u32, position);
        let all = patterns.iter().chain(keywords.iter().map(|(_, pattern)| pattern));
        for (index, pattern) in all.enumerate() {
            self.pattern(pattern, run.offset(index as u32), case)?;
        }
        Ok(())
    }

    /// Alternatives bind the same names; each moves its captures to the same hidden locals.
    fn or_pattern(
        &mut self,
        alternatives: &'tree [Pattern],
        subject: Register,
        position: Position,
        case: &mut Case<'tree>,
    ) -> Outcome<()> {
        let matched = self.new_label();
        let mut shared: Vec<(&'tree Name, Register)> = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let is_last = index + 1 == alternatives.len();
            if !is_last {
                check_reachable(alternative)?;
            }
            let mut state = Case { fail: self.new_label(), captures: Vec::new(), hidden: Vec::new() };
            self.pattern(alternative, subject, &mut state)?;
            if index == 0 {
                for (name, ..) in &state.captures {
                    let local = self.case_local(".capture", case);
                    shared.push((name, local));
                }
            }
            if shared.len() != state.captures.len() {
                return Err(Failure::syntax("alternative patterns bind different names", position));
            }
            for (name, source, position) in &state.captures {
                let Some((_, local)) = shared.iter().find(|(shared, _)| shared == name) else {
                    return Err(Failure::syntax("alternative patterns bind different names", *position));
                };
                self.emit(Op::Move, *local, *source, 0, *position);
            }
            self.clear_hidden(&state.hidden, alternative.position);
            self.jump(matched, alternative.position);
            self.place(state.fail);
            self.clear_hidden(&state.hidden, alternative.position);
            self.release_hidden(&state.hidden);
            if is_last {
                self.jump(case.fail, position);
            }
        }
        self.place(matched);
        for (name, local) in shared {
            self.capture(name, local, position, case)?;
        }
        Ok(())
    }
}

/// Whether a pattern matches everything and binds nothing.
fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::As { pattern: None, name: None } | PatternKind::Star(None))
}

fn unreachable_reason(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::As { name: Some(name), .. } => format!("name capture '{name}'"),
        _ => "wildcard".to_string(),
    }
}

/// Patterns after one that matches everything are an error.
fn check_reachable(pattern: &Pattern) -> Outcome<()> {
    match &pattern.kind {
        PatternKind::As { pattern: None, .. } => {
            let message = format!("{} makes remaining patterns unreachable", unreachable_reason(pattern));
            Err(Failure::syntax(message, pattern.position))
        }
        PatternKind::As { pattern: Some(inner), .. } => check_reachable(inner),
        PatternKind::Or(alternatives) => alternatives.last().map_or(Ok(()), check_reachable),
        _ => Ok(()),
    }
}

fn check_duplicate_keys(keys: &[Expression], position: Position) -> Outcome<()> {
    for (index, key) in keys.iter().enumerate() {
        let Some(constant) = key.as_constant() else { continue };
        let mut earlier = keys[..index].iter().filter_map(Expression::as_constant);
        if earlier.any(|earlier| fold::is_equal(earlier, constant)) {
            let shown = crate::syntax::repr(constant);
            let message = format!("mapping pattern checks duplicate key ({shown})");
            return Err(Failure::syntax(message, position));
        }
    }
    Ok(())
}

/// Whether a pattern binds a name.
fn captures_name(pattern: &Pattern, name: &Name) -> bool {
    let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| captures_name(pattern, name));
    match &pattern.kind {
        PatternKind::Value(_) | PatternKind::Singleton(_) => false,
        PatternKind::Sequence(patterns) | PatternKind::Or(patterns) => any(patterns),
        PatternKind::Mapping { patterns, rest, .. } => any(patterns) || rest.as_ref() == Some(name),
        PatternKind::Class { patterns, keywords, .. } => {
            any(patterns) || keywords.iter().any(|(_, pattern)| captures_name(pattern, name))
        }
        PatternKind::Star(captured) => captured.as_ref() == Some(name),
        PatternKind::As { pattern, name: captured } => {
            captured.as_ref() == Some(name) || pattern.as_ref().is_some_and(|pattern| captures_name(pattern, name))
        }
    }
}
