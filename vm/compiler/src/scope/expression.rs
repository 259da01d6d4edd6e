//! First pass of the symbol table, expressions.

use super::ScopeKind;
use super::collect::{Collector, Usage};
use crate::ast::*;
use crate::error::{Failure, Outcome};
use sidewinder_bytecode::Position;

impl Collector {
    pub(super) fn expression(&mut self, expression: &Expression) -> Outcome<()> {
        let position = expression.position;
        match &expression.kind {
            ExpressionKind::Constant(_) => Ok(()),
            ExpressionKind::Name(name) => {
                self.note(name, Usage::Read, position)?;
                if &**name == "super" {
                    self.note_class_cell(position)?;
                }
                Ok(())
            }
            ExpressionKind::Binary { .. } => self.operator_chain(expression),
            ExpressionKind::Boolean { values, .. } => self.expressions(values),
            ExpressionKind::Set(items) | ExpressionKind::List(items) | ExpressionKind::Tuple(items) => {
                self.expressions(items)
            }
            ExpressionKind::Named { target, value } => {
                if self.scope().iterables > 0 {
                    let message = "assignment expression cannot be used in a comprehension iterable expression";
                    return Err(Failure::syntax(message, position));
                }
                if matches!(self.scope().kind, ScopeKind::Annotation | ScopeKind::TypeParameters) {
                    let message = format!("named expression cannot be used within {}", self.scope().place);
                    return Err(Failure::syntax(message, position));
                }
                self.expression(value)?;
                self.named(target)
            }
            ExpressionKind::Unary { operand: inner, .. }
            | ExpressionKind::Attribute { value: inner, .. }
            | ExpressionKind::Starred(inner) => self.expression(inner),
            ExpressionKind::Conditional { test, body, orelse } => {
                self.expression(test)?;
                self.expression(body)?;
                self.expression(orelse)
            }
            ExpressionKind::Dict(items) => items.iter().try_for_each(|(key, value)| {
                self.optional(key)?;
                self.expression(value)
            }),
            ExpressionKind::Compare { left, rest } => {
                self.expression(left)?;
                rest.iter().try_for_each(|(_, operand)| self.expression(operand))
            }
            ExpressionKind::Call { function, arguments } => {
                self.expression(function)?;
                self.arguments(arguments)
            }
            ExpressionKind::Subscript { value, index } => {
                self.expression(value)?;
                self.expression(index)
            }
            ExpressionKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.expression(part))
            }
            ExpressionKind::FormatString(parts) | ExpressionKind::TemplateString(parts) => self.format_parts(parts),
            ExpressionKind::Lambda(lambda) => self.lambda(lambda),
            ExpressionKind::Comprehension(comprehension) => self.comprehension(comprehension, position),
            ExpressionKind::Await(inner) => self.awaiting(inner, position),
            ExpressionKind::YieldFrom(inner) => {
                self.note_yield(position)?;
                self.expression(inner)
            }
            ExpressionKind::Yield(inner) => {
                self.note_yield(position)?;
                inner.iter().try_for_each(|inner| self.expression(inner))
            }
        }
    }

    /// Chains of operators may be thousands of nodes deep on the left.
    fn operator_chain(&mut self, expression: &Expression) -> Outcome<()> {
        let mut rights = Vec::new();
        let mut current = expression;
        while let ExpressionKind::Binary { left, right, .. } = &current.kind {
            rights.push(right);
            current = left;
        }
        self.expression(current)?;
        rights.into_iter().rev().try_for_each(|right| self.expression(right))
    }

    fn format_parts(&mut self, parts: &[FormatPart]) -> Outcome<()> {
        for part in parts {
            if let FormatPart::Field(field) = part {
                self.expression(&field.value)?;
                if let Some(specification) = &field.specification {
                    self.format_parts(specification)?;
                }
            }
        }
        Ok(())
    }

    fn lambda(&mut self, lambda: &Lambda) -> Outcome<()> {
        self.defaults(&lambda.parameters)?;
        self.enter(lambda.scope, ScopeKind::Function, None, |collector| {
            collector.scope().is_anonymous = true;
            collector.parameters(&lambda.parameters)?;
            collector.expression(&lambda.body)
        })
    }

    fn comprehension(&mut self, node: &Comprehension, position: Position) -> Outcome<()> {
        let Some((first, rest)) = node.clauses.split_first() else { return Ok(()) };
        self.iterable(&first.iterable)?;
        let is_generator = node.kind == ComprehensionKind::Generator;
        let kind = if is_generator { ScopeKind::Function } else { ScopeKind::Comprehension };
        self.enter(node.scope, kind, None, |collector| {
            collector.scope().is_anonymous = true;
            collector.scope().comprehension = Some(node.kind);
            if is_generator {
                collector.scope().is_generator_expression = true;
                collector.scope().is_generator = true;
                collector.note(&".0".into(), Usage::Parameter, position)?;
            }
            collector.target(&first.target, Usage::Iterate)?;
            collector.expressions(&first.conditions)?;
            for clause in rest {
                collector.target(&clause.target, Usage::Iterate)?;
                collector.iterable(&clause.iterable)?;
                collector.expressions(&clause.conditions)?;
            }
            collector.scope().is_coroutine |= node.clauses.iter().any(|clause| clause.is_async);
            collector.expression(&node.element)?;
            node.value.iter().try_for_each(|value| collector.expression(value))
        })?;
        if self.table[node.scope].is_coroutine && !is_generator { self.waiting_comprehension(position) } else { Ok(()) }
    }

    /// A comprehension that waits makes the comprehension around it wait, too, and a generator expression asynchronous.
    fn waiting_comprehension(&mut self, position: Position) -> Outcome<()> {
        let top_level = self.top_level_await;
        let scope = self.scope();
        let allowed =
            scope.is_coroutine || scope.comprehension.is_some() || scope.kind == ScopeKind::Module && top_level;
        if !allowed {
            let message = "asynchronous comprehension outside of an asynchronous function";
            return Err(Failure::syntax(message, position));
        }
        scope.is_coroutine = true;
        Ok(())
    }

    fn iterable(&mut self, iterable: &Expression) -> Outcome<()> {
        self.scope().iterables += 1;
        self.expression(iterable)?;
        self.scope().iterables -= 1;
        Ok(())
    }

    /// A walrus in a comprehension binds in the scope around all comprehensions.
    fn named(&mut self, target: &Expression) -> Outcome<()> {
        let Some(name) = target.as_name() else { return self.target(target, Usage::Bind) };
        let mangled = self.scope().mangled(name);
        let inner = self.current;
        while self.scope().kind == ScopeKind::Comprehension || self.scope().is_generator_expression {
            if self.scope().symbol(&mangled).is_some_and(|symbol| symbol.is_iteration_variable) {
                let message = format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                return Err(Failure::syntax(message, target.position));
            }
            match self.scope().parent {
                Some(parent) => self.current = parent,
                None => break,
            }
        }
        let outer = self.current;
        let (kind, place) = (self.scope().kind, self.scope().place);
        let place = match kind {
            _ if inner == outer => None,
            ScopeKind::Class => Some("in a class body".to_string()),
            ScopeKind::TypeParameters => Some(format!("within {place}")),
            ScopeKind::Annotation if place != "an annotation" => Some(format!("in {place}")),
            _ => None,
        };
        if let Some(place) = place {
            let message = format!("assignment expression within a comprehension cannot be used {place}");
            return Err(Failure::syntax(message, target.position));
        }
        let noted = self.note(name, Usage::Rebind, target.position);
        let in_module = self.scope().kind == ScopeKind::Module;
        let is_global = in_module || self.scope().symbol(&mangled).is_some_and(|symbol| symbol.is_global);
        self.current = inner;
        if inner != outer {
            // Every scope between sees the name from outside.
            let mut between = inner;
            while between != outer {
                let symbol = self.table[between].entry(&mangled, target.position);
                symbol.is_used = true;
                symbol.is_named_outside = true;
                symbol.is_global |= is_global;
                match self.table[between].parent {
                    Some(parent) => between = parent,
                    None => break,
                }
            }
        }
        noted
    }

    /// An error if the current code block is that of annotations.
    fn refuse_in_annotation(&mut self, what: &str, position: Position) -> Outcome<()> {
        if matches!(self.scope().kind, ScopeKind::Annotation | ScopeKind::TypeParameters) {
            let message = format!("{what} cannot be used within {}", self.scope().place);
            return Err(Failure::syntax(message, position));
        }
        Ok(())
    }

    fn awaiting(&mut self, inner: &Expression, position: Position) -> Outcome<()> {
        self.refuse_in_annotation("await expression", position)?;
        let top_level = self.top_level_await;
        let scope = self.scope();
        let message = match scope.kind {
            ScopeKind::Module if top_level => {
                scope.is_coroutine = true;
                None
            }
            ScopeKind::Module | ScopeKind::Class => Some("'await' outside function"),
            ScopeKind::Function if !scope.is_coroutine && scope.comprehension.is_none() => {
                Some("'await' outside async function")
            }
            _ => None,
        };
        if let Some(message) = message {
            return Err(Failure::syntax(message, position));
        }
        let scope = self.scope();
        scope.is_coroutine |= scope.comprehension.is_some();
        self.expression(inner)
    }

    fn note_yield(&mut self, position: Position) -> Outcome<()> {
        self.refuse_in_annotation("yield expression", position)?;
        let scope = self.scope();
        let place = match scope.comprehension {
            Some(ComprehensionKind::List) => "inside list comprehension",
            Some(ComprehensionKind::Set) => "inside set comprehension",
            Some(ComprehensionKind::Dict) => "inside dict comprehension",
            Some(ComprehensionKind::Generator) => "inside generator expression",
            None => {
                // Outside a function it is an error, which the generator reports.
                scope.is_generator = scope.kind == ScopeKind::Function;
                return Ok(());
            }
        };
        Err(Failure::syntax(format!("'yield' {place}"), position))
    }
    /// `super` in a function uses the cell `__class__`.
    fn note_class_cell(&mut self, position: Position) -> Outcome<()> {
        let mut scope = self.current;
        while self.table[scope].kind == ScopeKind::Comprehension {
            match self.table[scope].parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        if self.table[scope].kind == ScopeKind::Function {
            self.table[scope].entry(&"__class__".into(), position).is_used = true;
            self.note(&"__class__".into(), Usage::Read, position)?;
        }
        Ok(())
    }
}
