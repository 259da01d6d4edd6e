//! Functions and lambdas: the code block of the body, and the instructions that make the function object.

use crate::assemble::assemble;
use crate::ast::*;
use crate::error::Outcome;
use crate::exception::NOWHERE;
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::scope::{CLASS_CELLS, ScopeKind};
use crate::unit::Unit;
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, HEADER_WORDS, Op, Position};
use std::collections::HashMap;
use std::rc::Rc;

/// What a new unit is made from.
pub(crate) struct FunctionParts<'tree> {
    pub scope: ScopeId,
    pub name: Name,
    pub position: Position,
    pub first_line: u32,
    /// None for a generator expression, whose only parameter is `.0`.
    pub parameters: Option<&'tree Parameters>,
    pub extra_flags: u32,
}

impl<'tree> Generator<'tree> {
    pub fn function_definition(&mut self, node: &'tree FunctionDefinition, position: Position) -> Outcome<()> {
        self.decorated(&node.decorators, &node.name, position, |generator, destination| {
            if let Some(parameters) = &node.type_parameters {
                return generator.generic_function(node, parameters, destination, position);
            }
            let code = generator.function_code(node, position)?;
            generator.function_object(code, &node.parameters, Some(node), destination, position)
        })
    }

    /// The code of a function's body.
    pub fn function_code(&mut self, node: &'tree FunctionDefinition, position: Position) -> Outcome<Rc<CodeData>> {
        let parts = FunctionParts {
            scope: node.scope,
            name: node.name.clone(),
            position,
            first_line: node.first_line,
            parameters: Some(&node.parameters),
            extra_flags: 0,
        };
        let (docstring, body) = split_docstring(&node.body);
        self.function_unit(parts, |generator| {
            if let Some(docstring) = docstring.filter(|_| generator.options.optimize < 2) {
                generator.unit.flags |= CodeFlags::HAS_DOCSTRING;
                generator.unit.constants.add_unshared(clean_docstring(docstring));
            }
            generator.statements(body)?;
            generator.return_none(position)
        })
    }

    /// Evaluates decorators, then `make` into a register, applies the decorators and binds the name.
    pub fn decorated(
        &mut self,
        decorators: &'tree [Expression],
        name: &Name,
        position: Position,
        make: impl FnOnce(&mut Self, Register) -> Outcome<()>,
    ) -> Outcome<()> {
        let mark = self.depth();
        if decorators.is_empty() {
            if let Some(register) = self.local_register(name) {
                return make(self, register);
            }
            let made = Register::temporary(mark);
            make(self, made)?;
            self.store_name(name, made.into(), position);
            return Ok(());
        }
        let mut blocks = Vec::with_capacity(decorators.len());
        for decorator in decorators {
            blocks.push((self.temporary_operand(decorator)?, decorator.position));
            self.set_depth(self.depth() + HEADER_WORDS as u32 - 1);
        }
        make(self, Register::temporary(self.depth()))?;
        self.set_depth(self.depth() + 1);
        while let Some((block, position)) = blocks.pop() {
            self.set_depth(block.index());
            let result = match blocks.last() {
                Some((outer, _)) => outer.offset(HEADER_WORDS as u32),
                None => block,
            };
            self.emit(Op::Call, result, block, 1, position);
        }
        self.store_name(name, Register::temporary(mark).into(), position);
        Ok(())
    }

    pub fn lambda(&mut self, node: &'tree Lambda, destination: Register, position: Position) -> Outcome<()> {
        let parts = FunctionParts {
            scope: node.scope,
            name: "<lambda>".into(),
            position,
            first_line: position.line,
            parameters: Some(&node.parameters),
            extra_flags: 0,
        };
        let code = self.function_unit(parts, |generator| {
            let mark = generator.depth();
            let source = generator.operand(&node.body)?;
            generator.set_depth(mark);
            generator.emit(Op::Return, source, 0, 0, node.body.position);
            Ok(())
        })?;
        self.function_object(code, &node.parameters, None, destination, position)
    }

    /// Makes a function of a code block, with its defaults and annotations.
    fn function_object(
        &mut self,
        code: Rc<CodeData>,
        parameters: &'tree Parameters,
        definition: Option<&'tree FunctionDefinition>,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let annotated = definition.and_then(|node| Some((node, node.annotation_scope?)));
        let (has_defaults, has_keyword_defaults) = (parameters.has_defaults(), parameters.has_keyword_defaults());
        if !has_defaults && !has_keyword_defaults && annotated.is_none() {
            return self.make_function(code, destination, position);
        }
        self.in_temporary(destination, position, |generator, function| {
            let mark = generator.depth();
            generator.set_depth(function.index());
            generator.make_function(code, function, position)?;
            generator.set_depth(mark);
            if has_defaults {
                let defaults = generator.defaults(parameters, position)?;
                generator.set_depth(mark);
                generator.emit(Op::SetFunctionPart, function, defaults, 0, position);
            }
            if has_keyword_defaults {
                let defaults = generator.keyword_defaults(parameters, position)?;
                generator.set_depth(mark);
                generator.emit(Op::SetFunctionPart, function, defaults, 1, position);
            }
            if let Some((node, scope)) = annotated {
                generator.function_annotations(node, scope, function, position)?;
            }
            Ok(())
        })
    }

    /// The tuple of the defaults of positional parameters: a constant, or in the next temporary.
    pub fn defaults(&mut self, parameters: &'tree Parameters, position: Position) -> Outcome<Source> {
        let mark = self.depth();
        let defaults: Vec<&Expression> =
            parameters.all_positional().filter_map(|parameter| parameter.default.as_ref()).collect();
        let constants: Option<Vec<Constant>> = defaults.iter().map(|default| default.as_constant().cloned()).collect();
        if let Some(constants) = constants {
            return Ok(self.constant_operand(&Constant::Tuple(constants), position));
        }
        let run = Register::temporary(mark);
        for default in &defaults {
            self.temporary_operand(default)?;
        }
        self.emit(Op::BuildTuple, run, run, defaults.len() as u32, position);
        self.set_depth(mark + 1);
        Ok(run.into())
    }

    /// The dict of the defaults of keyword-only parameters, in the next temporary.
    pub fn keyword_defaults(&mut self, parameters: &'tree Parameters, position: Position) -> Outcome<Register> {
        let mark = self.depth();
        let run = Register::temporary(mark);
        let mut count = 0;
        for parameter in &parameters.keyword_only {
            if let Some(default) = &parameter.default {
                let key = self.temporary();
                let name = self.mangled(&parameter.name);
                self.load_constant(key, &Constant::Str(name), position);
                self.temporary_operand(default)?;
                count += 1;
            }
        }
        self.emit(Op::BuildMap, run, run, count, position);
        self.set_depth(mark + 1);
        Ok(run)
    }

    /// Makes a function of a code block and gives it its closure. The destination may be a local when the function has
    /// no closure; else the next temporary.
    pub fn make_function(&mut self, code: Rc<CodeData>, destination: Register, position: Position) -> Outcome<()> {
        let free_names = code.free_names.clone();
        let constant = self.unit.constants.add_unshared(Constant::Code(code));
        if free_names.is_empty() {
            self.emit(Op::MakeFunction, destination, constant, 0, position);
            return Ok(());
        }
        self.in_temporary(destination, position, |generator, function| {
            generator.emit(Op::MakeFunction, function, constant, 0, position);
            let mark = generator.depth();
            let run = Register::temporary(mark);
            for name in &free_names {
                let cell = generator.temporary();
                let (index, is_free) = generator.closure_cell(name);
                generator.emit(Op::LoadClosure, cell, index, is_free as u32, position);
            }
            generator.emit(Op::BuildTuple, run, run, free_names.len() as u32, position);
            generator.set_depth(mark);
            generator.emit(Op::SetFunctionPart, function, run, 3, position);
            Ok(())
        })
    }

    /// Where the cell of a name that an inner unit captures is: a local, or (true) a free variable of this unit.
    fn closure_cell(&self, name: &Name) -> (u32, bool) {
        let free = || (self.unit.free[name], true);
        for comprehension in self.unit.comprehensions.iter().rev() {
            if let Some(register) = comprehension.registers.get(name) {
                return (register.index(), false);
            }
        }
        match self.scopes[self.unit.scope].kind {
            // A class body's own names are in its namespace; only these few are cells.
            ScopeKind::Class if !CLASS_CELLS.contains(&&**name) => free(),
            _ => match self.unit.variables.get(name) {
                Some(register) => (register.index(), false),
                None => free(),
            },
        }
    }

    /// Generates a function-like unit inside the current one, cells first, and returns its code.
    pub fn function_unit(
        &mut self,
        parts: FunctionParts<'tree>,
        generate: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<Rc<CodeData>> {
        let unit = self.new_function_unit(&parts);
        let position = parts.position;
        self.in_unit(unit, position, |generator| {
            generator.prologue(position);
            generate(generator)
        })
    }

    /// Generates a unit and assembles it; then the current unit is current again.
    pub fn in_unit(
        &mut self,
        unit: Unit<'tree>,
        position: Position,
        generate: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<Rc<CodeData>> {
        self.outer.push(std::mem::replace(&mut self.unit, unit));
        generate(self)?;
        self.check_registers(position)?;
        self.unit.flags |= self.futures;
        let Some(outer) = self.outer.pop() else { unreachable!("pushed above") };
        let unit = std::mem::replace(&mut self.unit, outer);
        Ok(Rc::new(assemble(unit, self.scopes, &self.file_name, position)?))
    }

    fn new_function_unit(&self, parts: &FunctionParts<'tree>) -> Unit<'tree> {
        let scope = &self.scopes[parts.scope];
        let mut unit = self.new_unit(parts.scope, &parts.name, parts.first_line);
        unit.flags |= CodeFlags::FUNCTION | parts.extra_flags;
        if scope.is_nested {
            unit.flags |= CodeFlags::NESTED;
        }
        unit.flags |= match (scope.is_coroutine, scope.is_generator) {
            (false, false) => 0,
            (false, true) => CodeFlags::GENERATOR,
            (true, false) => CodeFlags::COROUTINE,
            (true, true) => CodeFlags::ASYNC_GENERATOR,
        };
        match parts.parameters {
            Some(parameters) => self.add_parameters(&mut unit, parts.scope, parameters),
            None => {
                unit.argument_count = 1;
                let name: Name = ".0".into();
                let register = unit.registers.add_local(name.clone());
                unit.variables.insert(name, register);
            }
        }
        self.add_variables(&mut unit, parts.scope);
        unit
    }

    /// Gives the variables that are no parameters their registers, the captured ones last.
    pub fn add_variables(&self, unit: &mut Unit<'tree>, scope: ScopeId) {
        let scope = &self.scopes[scope];
        for cells in [false, true] {
            for symbol in &scope.symbols {
                let own = symbol.is_bound && !symbol.is_global && !symbol.is_nonlocal && !symbol.is_parameter;
                if own && symbol.is_cell == cells {
                    let register = unit.registers.add_local(symbol.name.clone());
                    unit.variables.insert(symbol.name.clone(), register);
                }
            }
        }
        unit.rebound = vec![false; unit.registers.local_names.len()];
        for symbol in &scope.symbols {
            if let (true, Some(register)) = (symbol.is_rebound_in_expression, unit.variables.get(&symbol.name)) {
                unit.rebound[register.index() as usize] = true;
            }
        }
    }

    fn add_parameters(&self, unit: &mut Unit<'tree>, scope: ScopeId, parameters: &Parameters) {
        unit.argument_count = parameters.all_positional().count() as u32;
        unit.positional_only_count = parameters.positional_only.len() as u32;
        unit.keyword_only_count = parameters.keyword_only.len() as u32;
        let variadic = parameters.variadic.is_some();
        let variadic_keywords = parameters.variadic_keywords.is_some();
        if variadic {
            unit.flags |= CodeFlags::VARARGS;
        }
        if variadic_keywords {
            unit.flags |= CodeFlags::VARKEYWORDS;
        }
        let runs_at_once = unit.flags & CodeFlags::SUSPENDS == 0;
        if runs_at_once && !variadic && !variadic_keywords && parameters.keyword_only.is_empty() {
            unit.flags |= CodeFlags::SIMPLE;
        }
        let class_name = self.scopes[scope].class_name.as_ref();
        for parameter in parameters.in_register_order() {
            let name = crate::scope::mangle(class_name, &parameter.name);
            let register = unit.registers.add_local(name.clone());
            unit.variables.insert(name, register);
        }
    }

    /// Puts every captured variable into a cell.
    pub fn prologue(&mut self, position: Position) {
        let scopes = self.scopes;
        let mut cells: Vec<Register> = Vec::new();
        for symbol in &scopes[self.unit.scope].symbols {
            if symbol.is_cell
                && let Some(&register) = self.unit.variables.get(&symbol.name)
            {
                cells.push(register);
            }
        }
        cells.sort_by_key(|register| register.index());
        let position = Position { end_line: position.line, end_column: position.column, ..position };
        for register in cells {
            self.emit(Op::MakeCell, register, 0, 0, position);
            self.unit.cell_registers.push(register.index() as u16);
        }
    }

    pub fn return_none(&mut self, position: Position) -> Outcome<()> {
        let mark = self.depth();
        let none = self.constant_operand(&Constant::None, position);
        self.set_depth(mark);
        // The flow passes give it the place of what comes before, and every jump to it a copy of its own.
        let place = if self.unit.instructions.is_empty() { position } else { NOWHERE };
        self.emit(Op::Return, none, 0, 0, place);
        Ok(())
    }

    /// An empty unit inside the current one.
    pub fn new_unit(&self, scope: ScopeId, name: &Name, first_line: u32) -> Unit<'tree> {
        let mut free = HashMap::new();
        for (index, free_name) in self.scopes[scope].free_names.iter().enumerate() {
            free.insert(free_name.clone(), index as u32);
        }
        let mut unit = Unit::new(scope, name.clone(), self.qualified_name(scope, name), first_line);
        unit.free = free;
        unit
    }

    /// The dotted path to a definition inside the current unit.
    pub fn qualified_name(&self, scope: ScopeId, name: &Name) -> Name {
        let Some(mut parent) = self.scopes[scope].parent else { return name.clone() };
        let mut unit = &self.unit;
        if self.scopes[unit.scope].kind == ScopeKind::TypeParameters
            && let (Some(outer), Some(grandparent)) = (self.outer.last(), self.scopes[parent].parent)
        {
            // Type parameters are no level of their own.
            (unit, parent) = (outer, grandparent);
        }
        let is_definition = !self.scopes[scope].is_anonymous;
        let mangled = self.mangled(name);
        let global = is_definition && self.scopes[parent].symbol(&mangled).is_some_and(|symbol| symbol.is_global);
        let outer_name = &unit.qualified_name;
        match self.scopes[unit.scope].kind {
            _ if global => name.clone(),
            // What a generator expression defines is not among its `<locals>`: another of CPython's habits.
            ScopeKind::Function if self.scopes[unit.scope].is_generator_expression => {
                format!("{outer_name}.{name}").into()
            }
            ScopeKind::Function | ScopeKind::Annotation => format!("{outer_name}.<locals>.{name}").into(),
            ScopeKind::Class => format!("{outer_name}.{name}").into(),
            _ => name.clone(),
        }
    }
}

/// The docstring of a body, and the statements after it.
pub(crate) fn split_docstring(body: &[Statement]) -> (Option<&Constant>, &[Statement]) {
    if let Some((first, rest)) = body.split_first()
        && let StatementKind::Expression(expression) = &first.kind
        && let Some(constant @ (Constant::Str(_) | Constant::StrSurrogates(_))) = expression.as_constant()
    {
        return (Some(constant), rest);
    }
    (None, body)
}

/// A docstring without its common indentation, as CPython stores it (`_PyCompile_CleanDoc`).
pub(crate) fn clean_docstring(docstring: &Constant) -> Constant {
    let Constant::Str(text) = docstring else { return docstring.clone() };
    let text = expand_tabs(text);
    let text = text.trim_start_matches(' ');
    let margin = text
        .split('\n')
        .skip(1)
        .filter(|line| !line.trim_start_matches(' ').is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut cleaned = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index == 0 {
            cleaned.push_str(line);
            continue;
        }
        cleaned.push('\n');
        let indentation = line.len() - line.trim_start_matches(' ').len();
        cleaned.push_str(&line[margin.min(indentation)..]);
    }
    Constant::Str(cleaned.into())
}

/// Tabs to spaces up to the next multiple of eight columns.
fn expand_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_string();
    }
    let mut expanded = String::with_capacity(text.len() + 16);
    let mut column = 0;
    for character in text.chars() {
        match character {
            '\t' => {
                let width = 8 - column % 8;
                expanded.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                expanded.push(character);
                column = 0;
            }
            _ => {
                expanded.push(character);
                column += 1;
            }
        }
    }
    expanded
}
