//! Calls: blocks of callable and arguments, method calls, keywords, unpacked arguments, and `super`.
//!
//! A call block starts at the next free temporary: the callable, then `HEADER_WORDS - 1` words that the call itself
//! fills, then the arguments.

use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::expression::attribute_position;
use crate::generator::{Access, Generator};
use crate::register::Register;
use crate::scope::ScopeKind;
use sidewinder_bytecode::{Constant, HEADER_WORDS, Op, Position};

/// Calls with more arguments pass them in a list.
const ARGUMENTS_DIRECT_MAX: usize = 200;

const HEADER: u32 = HEADER_WORDS as u32;

impl<'tree> Generator<'tree> {
    pub fn call(
        &mut self,
        function: &'tree Expression,
        arguments: &'tree Arguments,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        check_keywords(&arguments.keywords)?;
        let block = Register::temporary(self.depth());
        let expanded = needs_expansion(arguments);
        if !expanded && let ExpressionKind::Attribute { value, name } = &function.kind {
            let position = method_position(function.position, position, name);
            if !self.super_method(value, name, block, function.position)? {
                let mark = self.depth();
                let source = self.operand(value)?;
                self.set_depth(mark);
                let name = self.mangled(name);
                let site = self.site(&name);
                let attribute = attribute_position(function.position, &name);
                self.emit(Op::LoadMethod, block, source, site, attribute);
            }
            self.set_depth(block.index() + HEADER + 1);
            return self.call_block(block, arguments, &[], true, destination, position);
        }
        self.expression_to(function, block)?;
        self.set_depth(block.index() + HEADER);
        if expanded {
            return self.call_expanded(block, &[], arguments, destination, position);
        }
        self.call_block(block, arguments, &[], false, destination, position)
    }

    /// Evaluates the arguments of a prepared block and calls it. `leading` arguments are in the block already, and the
    /// next temporary is that of the first argument.
    pub fn call_block(
        &mut self,
        block: Register,
        arguments: &'tree Arguments,
        leading: &[Register],
        is_method: bool,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        self.run(&arguments.positional)?;
        let count = (leading.len() + arguments.positional.len() + arguments.keywords.len()) as u32;
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            self.temporary_operand(&keyword.value)?;
            names.extend(keyword.name.clone());
        }
        self.check_registers(position)?;
        self.set_depth(block.index());
        if names.is_empty() {
            let op = if is_method { Op::CallMethod } else { Op::Call };
            self.emit(op, destination, block, count, position);
            return Ok(());
        }
        let names = Constant::Tuple(names.into_iter().map(Constant::Str).collect());
        let names = self.unit.constants.add(&names);
        self.emit(Op::CallKeywords, destination, block, count, position);
        self.emit(Op::Extra, names, is_method as u32, 0, position);
        Ok(())
    }

    /// Calls a block with its arguments in a list and a dict. The callable is in the block; `leading` are temporaries
    /// that hold the first arguments, already where a list built from them starts.
    pub fn call_expanded(
        &mut self,
        block: Register,
        leading: &[Register],
        arguments: &'tree Arguments,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let list = block.offset(HEADER);
        let mut direct = 0;
        if let Some((plain, starred)) = direct_arguments(arguments).filter(|_| leading.is_empty()) {
            // The call iterates over it, after the keyword arguments were evaluated.
            self.set_depth(list.index());
            for argument in plain {
                self.temporary_operand(argument)?;
            }
            match starred {
                Some(value) => {
                    self.temporary_operand(value)?;
                }
                None => {
                    let empty = self.temporary();
                    self.load_constant(empty, &Constant::Tuple(Vec::new()), position);
                }
            }
            direct = plain.len() as u32;
        } else if leading.is_empty() {
            self.set_depth(list.index() + 1);
            self.fill_list(&arguments.positional, list, position)?;
        } else {
            self.emit(Op::BuildList, list, list, leading.len() as u32, position);
            self.set_depth(list.index() + 1);
            for item in &arguments.positional {
                let mark = self.depth();
                let (op, value) = match &item.kind {
                    ExpressionKind::Starred(value) => (Op::ListExtend, &**value),
                    _ => (Op::ListAppend, item),
                };
                let source = self.operand(value)?;
                self.set_depth(mark);
                self.emit(op, list, source, 0, item.position);
            }
        }
        let has_keywords = !arguments.keywords.is_empty();
        if has_keywords {
            self.keyword_dict(block, &arguments.keywords, position)?;
        }
        self.set_depth(block.index());
        self.check_registers(position)?;
        self.emit(Op::CallExpanded, destination, block, direct << 1 | has_keywords as u32, position);
        Ok(())
    }

    /// The keyword arguments of an expanded call, in the next temporary.
    fn keyword_dict(&mut self, block: Register, keywords: &'tree [Keyword], position: Position) -> Outcome<()> {
        if let [Keyword { name: None, value, .. }] = keywords {
            return self.temporary_operand(value).map(|_| ());
        }
        let dict = self.temporary();
        let mark = self.depth();
        let plain = keywords.iter().take(ARGUMENTS_DIRECT_MAX / 2).take_while(|keyword| keyword.name.is_some()).count();
        self.set_depth(dict.index());
        self.keyword_pairs(&keywords[..plain])?;
        self.set_depth(mark);
        self.emit(Op::BuildMap, dict, dict, plain as u32, position);
        let mut rest = &keywords[plain..];
        while let Some((first, others)) = rest.split_first() {
            if first.name.is_none() {
                let mapping = self.operand(&first.value)?;
                self.set_depth(mark);
                self.emit(Op::DictMerge, dict, mapping, block, position);
                rest = others;
                continue;
            }
            // Names after a `**mapping` are merged too, since they may repeat one of its keys.
            let plain = rest.iter().take(ARGUMENTS_DIRECT_MAX / 2).take_while(|keyword| keyword.name.is_some()).count();
            let pairs = Register::temporary(mark);
            self.keyword_pairs(&rest[..plain])?;
            self.emit(Op::BuildMap, pairs, pairs, plain as u32, position);
            self.set_depth(mark);
            self.emit(Op::DictMerge, dict, pairs, block, position);
            rest = &rest[plain..];
        }
        Ok(())
    }

    fn keyword_pairs(&mut self, keywords: &'tree [Keyword]) -> Outcome<()> {
        for keyword in keywords {
            if let Some(name) = &keyword.name {
                let key = self.temporary();
                self.load_constant(key, &Constant::Str(name.clone()), keyword.position);
            }
            self.temporary_operand(&keyword.value)?;
        }
        Ok(())
    }

    /// `super().name` and `super(class, self).name`; false when this is something else.
    pub fn super_attribute(
        &mut self,
        value: &'tree Expression,
        name: &Name,
        destination: Register,
        position: Position,
    ) -> Outcome<bool> {
        let mark = self.depth();
        let Some(run) = self.super_run(value)? else { return Ok(false) };
        self.set_depth(mark);
        let name = self.mangled(name);
        let site = self.site(&name);
        let position = attribute_position(position, &name);
        self.emit(Op::LoadSuperAttr, destination, run, site, position);
        Ok(true)
    }

    fn super_method(
        &mut self,
        value: &'tree Expression,
        name: &Name,
        block: Register,
        position: Position,
    ) -> Outcome<bool> {
        let Some(run) = self.super_run(value)? else { return Ok(false) };
        let name = self.mangled(name);
        let site = self.site(&name);
        let position = attribute_position(position, &name);
        self.emit(Op::LoadSuperMethod, block, run, site, position);
        Ok(true)
    }

    /// The operands of `super`: the global `super`, the class and self, in three temporaries. None when `value` is no
    /// call of `super` that the instruction covers.
    fn super_run(&mut self, value: &'tree Expression) -> Outcome<Option<Register>> {
        let ExpressionKind::Call { function, arguments } = &value.kind else { return Ok(None) };
        let Some(name) = function.as_name() else { return Ok(None) };
        let in_function = self.scopes[self.unit.scope].kind == ScopeKind::Function;
        if &**name != "super"
            || !in_function
            || !arguments.keywords.is_empty()
            || arguments.positional.iter().any(Expression::is_starred)
            || self.access(name) != Access::Global
        {
            return Ok(None);
        }
        let run = Register::temporary(self.depth());
        match &arguments.positional[..] {
            [] => {
                let Some(first) = self.first_parameter() else { return Ok(None) };
                let class: Name = "__class__".into();
                let Access::Free(class) = self.access(&class) else { return Ok(None) };
                self.load_name(name, run, function.position);
                self.emit(Op::LoadFree, run.offset(1), class, 0, value.position);
                let is_cell = self.scopes[self.unit.scope].symbol(&first).is_some_and(|symbol| symbol.is_cell);
                let register = self.unit.variables[&first];
                if is_cell {
                    self.emit(Op::LoadCell, run.offset(2), register, 0, value.position);
                } else {
                    self.emit(Op::CheckBound, register, 0, 0, value.position);
                    self.emit(Op::Move, run.offset(2), register, 0, value.position);
                }
                self.unit.registers.reserve(run.index() + 3);
            }
            [_, _] => {
                self.expression_to(function, run)?;
                self.set_depth(run.index() + 1);
                self.run(&arguments.positional)?;
            }
            _ => return Ok(None),
        }
        self.set_depth(run.index());
        Ok(Some(run))
    }

    /// The name of the unit's first positional parameter.
    fn first_parameter(&self) -> Option<Name> {
        (self.unit.argument_count > 0).then(|| self.unit.registers.local_names[0].clone())
    }
}

pub(crate) fn check_keywords(keywords: &[Keyword]) -> Outcome<()> {
    for (index, keyword) in keywords.iter().enumerate() {
        let Some(name) = &keyword.name else { continue };
        if &**name == "__debug__" {
            return Err(Failure::syntax("cannot assign to __debug__", keyword.position));
        }
        if keywords[..index].iter().any(|earlier| earlier.name.as_ref() == Some(name)) {
            let message = format!("keyword argument repeated: {name}");
            return Err(Failure::syntax(message, keyword.position));
        }
    }
    Ok(())
}

/// The arguments before one with a star, or all of them, if a call may take them as they are: then it iterates over the
/// starred one itself. That is after the keyword arguments were evaluated, which must not be seen where others come before it.
fn direct_arguments(arguments: &Arguments) -> Option<(&[Expression], Option<&Expression>)> {
    let count = arguments.positional.iter().take_while(|argument| !argument.is_starred()).count();
    let (plain, rest) = arguments.positional.split_at(count);
    let unseen = match &arguments.keywords[..] {
        [] => true,
        [Keyword { name: None, value, .. }] => value.as_name().is_some(),
        _ => false,
    };
    match rest {
        _ if count > ARGUMENTS_DIRECT_MAX => None,
        [] => Some((plain, None)),
        [Expression { kind: ExpressionKind::Starred(value), .. }] if count == 0 || unseen => Some((plain, Some(value))),
        _ => None,
    }
}

/// Whether the arguments cannot be put one by one into a call block.
pub(crate) fn needs_expansion(arguments: &Arguments) -> bool {
    arguments.positional.iter().any(Expression::is_starred)
        || arguments.keywords.iter().any(|keyword| keyword.name.is_none())
        || arguments.positional.len() + arguments.keywords.len() > ARGUMENTS_DIRECT_MAX
}

/// A method call over several lines is reported at the line of the method's name, as CPython does.
fn method_position(attribute: Position, call: Position, name: &str) -> Position {
    if call.line == attribute.end_line {
        return call;
    }
    let length = name.chars().count() as u32;
    Position { line: attribute.end_line, column: attribute.end_column.saturating_sub(length), ..call }
}
