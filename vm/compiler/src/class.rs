//! Class statements: the body is a code block that fills a namespace (its register 0); `__build_class__` does the rest.

use crate::ast::*;
use crate::call::{check_keywords, needs_expansion};
use crate::error::Outcome;
use crate::exception::NOWHERE;
use crate::function::{clean_docstring, split_docstring};
use crate::generator::Generator;
use crate::register::Register;
use crate::scope::{CLASS_CELLS, CLASS_DICT, TYPE_PARAMETERS};
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, HEADER_WORDS, NAMESPACE_LOCAL, Op, Position};
use std::rc::Rc;

impl<'tree> Generator<'tree> {
    pub fn class_definition(&mut self, node: &'tree ClassDefinition, position: Position) -> Outcome<()> {
        check_keywords(&node.arguments.keywords)?;
        self.decorated(&node.decorators, &node.name, position, |generator, destination| match &node.type_parameters {
            Some(parameters) => generator.generic_class(node, parameters, destination, position),
            None => generator.class_object(node, destination, position),
        })
    }

    /// Makes a class without looking at its decorators and type parameters.
    pub fn class_object(
        &mut self,
        node: &'tree ClassDefinition,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let code = self.class_body(node, position)?;
        let mark = self.depth();
        let block = Register::temporary(mark);
        self.emit(Op::LoadBuildClass, block, 0, 0, position);
        self.set_depth(mark + HEADER_WORDS as u32);
        let function = Register::temporary(self.depth());
        self.make_function(code, function, position)?;
        self.temporary();
        let name = self.temporary();
        self.load_constant(name, &Constant::Str(node.name.clone()), position);
        if needs_expansion(&node.arguments) {
            self.call_expanded(block, &[function, name], &node.arguments, destination, position)?;
        } else {
            self.call_block(block, &node.arguments, &[function, name], false, destination, position)?;
        }
        self.set_depth(mark);
        Ok(())
    }

    fn class_body(&mut self, node: &'tree ClassDefinition, position: Position) -> Outcome<Rc<CodeData>> {
        let mut unit = self.new_unit(node.scope, &node.name, node.first_line);
        unit.flags |= CodeFlags::NAMESPACE;
        unit.argument_count = 1;
        unit.registers.add_local(NAMESPACE_LOCAL.into());
        let used = self.scopes[node.scope].class_cells;
        let mut cells = Vec::new();
        for (name, _) in CLASS_CELLS.iter().zip(used).filter(|(_, used)| *used) {
            let name: Name = (*name).into();
            let register = unit.registers.add_local(name.clone());
            unit.cell_registers.push(register.index() as u16);
            unit.variables.insert(name, register);
            cells.push(register);
        }
        let qualified_name = unit.qualified_name.clone();
        self.in_unit(unit, position, |generator| {
            let first_line = node.first_line;
            let start = Position { line: first_line, end_line: first_line, column: 0, end_column: 0 };
            // What the end of every class does belongs to no line.
            let end = NOWHERE;
            for cell in cells {
                generator.emit(Op::MakeCell, cell, 0, 0, start);
            }
            generator.fill_annotation_cells(start);
            let module = Register::temporary(0);
            generator.load_name(&"__name__".into(), module, start);
            generator.temporary();
            generator.store_name(&"__module__".into(), module.into(), start);
            generator.set_depth(0);
            generator.store_in_class("__qualname__", &Constant::Str(qualified_name), start);
            generator.store_in_class("__firstlineno__", &Constant::Int(node.first_line as i64), start);
            if node.type_parameters.is_some() {
                let parameters = generator.temporary();
                let index = generator.unit.free[TYPE_PARAMETERS];
                generator.emit(Op::LoadFree, parameters, index, 0, start);
                generator.set_depth(0);
                let site = generator.site(&"__type_params__".into());
                generator.emit(Op::StoreName, site, parameters, 0, start);
            }
            let (docstring, body) = split_docstring(&node.body);
            if let Some(docstring) = docstring.filter(|_| generator.options.optimize < 2) {
                let position = node.body[0].position;
                generator.store_in_class("__doc__", &clean_docstring(docstring), position);
            }
            if node.has_annotation_texts {
                generator.emit(Op::SetupAnnotations, 0, 0, 0, start);
            }
            generator.statements(body)?;
            if let Some(scope) = node.annotation_scope {
                generator.class_annotations(scope, node, end)?;
            }
            let attributes = std::mem::take(&mut generator.unit.static_attributes);
            let attributes = Constant::Tuple(attributes.into_iter().map(Constant::Str).collect());
            generator.store_in_class("__static_attributes__", &attributes, end);
            for (cell, stored) in [("__class__", "__classcell__"), (CLASS_DICT, "__classdictcell__")] {
                if let Some(register) = generator.unit.variables.get(cell).copied() {
                    let loaded = generator.temporary();
                    generator.emit(Op::LoadClosure, loaded, register.index(), 0, end);
                    generator.set_depth(0);
                    let site = generator.site(&stored.into());
                    generator.emit(Op::StoreName, site, loaded, 0, end);
                }
            }
            generator.return_none(end)
        })
    }

    /// Stores a constant under a name that is not mangled.
    fn store_in_class(&mut self, name: &str, value: &Constant, position: Position) {
        let mark = self.depth();
        let source = self.constant_operand(value, position);
        self.set_depth(mark);
        let site = self.site(&name.into());
        self.emit(Op::StoreName, site, source, 0, position);
    }

    /// Notes `self.name = …` in a method for the class's `__static_attributes__`.
    pub fn note_static_attribute(&mut self, value: &Expression, name: &Name) {
        if value.as_name().is_none_or(|name| &**name != "self") {
            return;
        }
        let mangled = self.mangled(name);
        let scopes = self.scopes;
        let is_class = |scope: ScopeId| scopes[scope].kind == crate::scope::ScopeKind::Class;
        if is_class(self.unit.scope) {
            self.unit.static_attributes.insert(mangled);
        } else if let Some(unit) = self.outer.iter_mut().rev().find(|unit| is_class(unit.scope)) {
            unit.static_attributes.insert(mangled);
        }
    }
}
