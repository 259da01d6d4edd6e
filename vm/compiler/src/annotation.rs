//! Annotations (PEP 649): the functions `__annotate__` that evaluate them when they are wanted.

use crate::ast::*;
use crate::error::Outcome;
use crate::generator::Generator;
use crate::register::{Register, Source};
use crate::scope::{CLASS_DICT, CONDITIONAL_ANNOTATIONS};
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, Op, Position};
use std::rc::Rc;

/// The largest format that a compiled `__annotate__` knows: `VALUE_WITH_FAKE_GLOBALS` of `annotationlib`.
const FORMAT_MAX: i64 = 2;

/// An annotation as `__annotate__` evaluates it.
struct Annotation<'tree> {
    name: Name,
    expression: &'tree Expression,
    /// Its number, if only running its statement makes it count.
    conditional: Option<u32>,
}

/// The annotations that the statements of a block remember, those in its compound statements included.
fn collect<'tree>(statements: &'tree [Statement], found: &mut Vec<Annotation<'tree>>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::AnnotatedAssign(node) => {
                if let (Some(remembered), Some(name)) = (node.remembered, node.target.as_name()) {
                    let conditional = remembered.conditional;
                    found.push(Annotation { name: name.clone(), expression: &node.annotation, conditional });
                }
            }
            StatementKind::For(node) => [&node.body, &node.orelse].into_iter().for_each(|part| collect(part, found)),
            StatementKind::While { body, orelse, .. } => {
                [body, orelse].into_iter().for_each(|part| collect(part, found));
            }
            StatementKind::If { branches, orelse } => {
                branches.iter().for_each(|branch| collect(&branch.body, found));
                collect(orelse, found);
            }
            StatementKind::With(node) => collect(&node.body, found),
            StatementKind::Match { cases, .. } => cases.iter().for_each(|case| collect(&case.body, found)),
            StatementKind::Try(node) => {
                collect(&node.body, found);
                node.handlers.iter().for_each(|handler| collect(&handler.body, found));
                [&node.orelse, &node.finally].into_iter().for_each(|part| collect(part, found));
            }
            _ => {}
        }
    }
}

impl<'tree> Generator<'tree> {
    /// Gives the function in a temporary its `__annotate__`.
    pub fn function_annotations(
        &mut self,
        node: &'tree FunctionDefinition,
        scope: ScopeId,
        function: Register,
        position: Position,
    ) -> Outcome<()> {
        let mark = self.depth();
        let annotations = node.annotations().into_iter();
        let annotations = annotations.map(|(name, expression)| Annotation { name, expression, conditional: None });
        let outer = self.qualified_name(node.scope, &node.name);
        let qualified_name = format!("{outer}.__annotate__").into();
        let annotate = Register::temporary(mark);
        self.annotate(scope, qualified_name, annotations.collect(), annotate, position)?;
        self.set_depth(mark);
        self.emit(Op::SetFunctionPart, function, annotate, 2, position);
        Ok(())
    }

    /// After an annotated assignment: its text goes into `__annotations__`.
    fn store_annotation_text(&mut self, node: &'tree AnnotatedAssign, text: &Constant) {
        let (Some(name), position, mark) = (node.target.as_name(), node.annotation.position, self.depth()) else {
            return;
        };
        let annotations = self.name_operand(&"__annotations__".into(), position);
        let key = self.constant_operand(&Constant::Str(self.mangled(name)), position);
        let text = self.constant_operand(text, position);
        self.set_depth(mark);
        self.emit(Op::SetItem, annotations, key, text, position);
    }

    /// At the start of a module: the set of annotations whose statements have run, and `__annotate__`.
    pub fn module_annotations(
        &mut self,
        scope: ScopeId,
        statements: &'tree [Statement],
        position: Position,
    ) -> Outcome<()> {
        let mark = self.depth();
        let made = Register::temporary(mark);
        self.emit(Op::BuildSet, made, made, 0, position);
        self.temporary();
        self.store_name(&CONDITIONAL_ANNOTATIONS.into(), made.into(), position);
        self.set_depth(mark);
        let mut annotations = Vec::new();
        collect(statements, &mut annotations);
        self.annotate(scope, "__annotate__".into(), annotations, made, position)?;
        self.temporary();
        self.store_name(&"__annotate__".into(), made.into(), position);
        self.set_depth(mark);
        Ok(())
    }

    /// At the end of a class body: `__annotate_func__`, which `type.__annotate__` shows.
    pub fn class_annotations(
        &mut self,
        scope: ScopeId,
        node: &'tree ClassDefinition,
        position: Position,
    ) -> Outcome<()> {
        let mark = self.depth();
        let made = Register::temporary(mark);
        let mut annotations = Vec::new();
        collect(&node.body, &mut annotations);
        let qualified_name = format!("{}.__annotate__", self.unit.qualified_name).into();
        self.annotate(scope, qualified_name, annotations, made, position)?;
        self.set_depth(mark);
        let site = self.site(&"__annotate_func__".into());
        self.emit(Op::StoreName, site, made, 0, position);
        Ok(())
    }

    /// Fills the cells through which annotations see a class body that has just begun.
    pub fn fill_annotation_cells(&mut self, position: Position) {
        if let Some(cell) = self.unit.variables.get(CLASS_DICT).copied() {
            let namespace = Register::local(0);
            self.emit(Op::StoreCell, cell, namespace, 0, position);
        }
        if let Some(cell) = self.unit.variables.get(CONDITIONAL_ANNOTATIONS).copied() {
            let made = Register::temporary(self.depth());
            self.emit(Op::BuildSet, made, made, 0, position);
            self.emit(Op::StoreCell, cell, made, 0, position);
        }
    }

    /// After an annotated assignment: its annotation counts from now on.
    pub fn count_annotation(&mut self, node: &'tree AnnotatedAssign) {
        if let Some(text) = &node.text {
            return self.store_annotation_text(node, text);
        }
        let Some(number) = node.remembered.and_then(|remembered| remembered.conditional) else { return };
        let (mark, position) = (self.depth(), node.annotation.position);
        let set = Register::temporary(mark);
        match self.unit.variables.get(CONDITIONAL_ANNOTATIONS).copied() {
            Some(cell) => self.emit(Op::LoadCell, set, cell, 0, position),
            None => self.load_name(&CONDITIONAL_ANNOTATIONS.into(), set, position),
        }
        self.temporary();
        let number = self.constant_operand(&Constant::Int(number as i64), position);
        self.emit(Op::SetAdd, set, number, 0, position);
        self.clear(set, position);
        self.set_depth(mark);
    }

    /// Makes a function that evaluates annotations into a dict.
    fn annotate(
        &mut self,
        scope: ScopeId,
        qualified_name: Name,
        annotations: Vec<Annotation<'tree>>,
        destination: Register,
        position: Position,
    ) -> Outcome<()> {
        let name = "__annotate__".into();
        let code = self.evaluator_code(scope, name, qualified_name, position, |generator| {
            generator.annotation_dict(annotations, position)
        })?;
        self.make_function(code, destination, position)
    }

    /// Makes a function in a temporary that evaluates an expression: the bound of a type parameter, the value of an
    /// alias. Its only parameter, the format, is 1 unless given.
    pub fn evaluator(&mut self, node: &'tree Evaluated, name: &Name, destination: Register) -> Outcome<()> {
        let position = node.expression.position;
        let qualified_name = self.qualified_name(node.scope, name);
        let code = self.evaluator_code(node.scope, name.clone(), qualified_name, position, |generator| {
            let source = generator.maybe_starred(&node.expression)?;
            generator.set_depth(0);
            generator.emit(Op::Return, source, 0, 0, position);
            Ok(())
        })?;
        let mark = self.depth();
        self.make_function(code, destination, position)?;
        self.set_depth(mark + 1);
        let defaults = self.constant_operand(&Constant::Tuple(vec![Constant::Int(1)]), position);
        self.set_depth(mark);
        self.emit(Op::SetFunctionPart, destination, defaults, 0, position);
        Ok(())
    }

    /// The value of an expression, or the only item of a starred one: `*Ts = *default`, `*args: *Ts`.
    fn maybe_starred(&mut self, expression: &'tree Expression) -> Outcome<Source> {
        let ExpressionKind::Starred(inner) = &expression.kind else { return self.operand(expression) };
        let mark = self.depth();
        let source = self.operand(inner)?;
        self.set_depth(mark);
        let only = self.temporary();
        self.emit(Op::UnpackSequence, only, source, 1, expression.position);
        Ok(only.into())
    }

    /// The code of a function whose only parameter is a format, and that evaluates something in the formats which
    /// compiled code knows.
    fn evaluator_code(
        &mut self,
        scope: ScopeId,
        name: Name,
        qualified_name: Name,
        position: Position,
        evaluate: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<Rc<CodeData>> {
        let mut unit = self.new_unit(scope, &name, position.line);
        unit.qualified_name = qualified_name;
        unit.flags |= CodeFlags::FUNCTION | CodeFlags::SIMPLE;
        if self.scopes[scope].is_nested {
            unit.flags |= CodeFlags::NESTED;
        }
        unit.argument_count = 1;
        unit.positional_only_count = 1;
        let format = unit.registers.add_local("format".into());
        self.add_variables(&mut unit, scope);
        self.in_unit(unit, position, |generator| {
            generator.prologue(position);
            let unknown = generator.new_label();
            let most = generator.constant_operand(&Constant::Int(FORMAT_MAX), position);
            generator.emit_jump(Op::JumpIfGreater, format, most, unknown, position);
            if let Some(&namespace) = generator.unit.free.get(CLASS_DICT) {
                // Names are looked up in register 0 first, as in a class body; the format has had its use.
                generator.emit(Op::LoadFree, format, namespace, 0, position);
            }
            evaluate(generator)?;
            generator.place(unknown);
            let error = generator.temporary();
            generator.emit(Op::LoadExceptionType, error, 1, 0, position);
            generator.set_depth(0);
            generator.emit(Op::Raise, error, 0, 1, position);
            Ok(())
        })
    }

    fn annotation_dict(&mut self, annotations: Vec<Annotation<'tree>>, position: Position) -> Outcome<()> {
        let made = self.acquire(".annotations");
        self.emit(Op::BuildMap, made, Register::temporary(0), 0, position);
        for annotation in annotations {
            let position = annotation.expression.position;
            let skipped = self.new_label();
            if let Some(number) = annotation.conditional {
                let set = Register::temporary(0);
                match self.unit.free.get(CONDITIONAL_ANNOTATIONS).copied() {
                    Some(index) => self.emit(Op::LoadFree, set, index, 0, position),
                    None => {
                        let site = self.site(&CONDITIONAL_ANNOTATIONS.into());
                        self.emit(Op::LoadGlobal, set, site, 0, position);
                    }
                }
                self.temporary();
                let number = self.constant_operand(&Constant::Int(number as i64), position);
                self.set_depth(0);
                self.emit(Op::Contains, set, number, set, position);
                self.emit_jump(Op::JumpIfFalse, set, 0, skipped, position);
            }
            let name = self.mangled(&annotation.name);
            let key = self.constant_operand(&Constant::Str(name), position);
            let value = self.maybe_starred(annotation.expression)?;
            self.set_depth(0);
            self.emit(Op::MapAdd, made, key, value, position);
            self.place(skipped);
        }
        self.emit(Op::Return, made, 0, 0, position);
        self.release(made);
        Ok(())
    }
}
