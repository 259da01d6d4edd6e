//! First pass of the symbol table: notes the scopes and how each name is used in them.

use super::{Resolution, Scope, ScopeKind, ScopeTable, Symbol, mangle};
use crate::ast::*;
use crate::error::{Failure, Outcome};
use sidewinder_bytecode::Position;
use std::collections::HashMap;

/// What a statement does to a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Usage {
    Read,
    Bind,
    Parameter,
    /// The target of a comprehension clause.
    Iterate,
    /// Bound by `:=`.
    Rebind,
}

struct Collector {
    table: ScopeTable,
    current: ScopeId,
    /// The last line on which `from __future__ import` may stand.
    future_end_line: u32,
}

/// The line of the last of the future imports that a file starts with, after its docstring.
fn future_end_line(body: &[Statement]) -> u32 {
    let mut line = 0;
    for (index, statement) in body.iter().enumerate() {
        match &statement.kind {
            StatementKind::ImportFrom { module, level: 0, .. } if module.as_deref() == Some("__future__") => {
                line = statement.position.line;
            }
            StatementKind::Expression(expression) if index == 0 && expression.as_constant().is_some() => {}
            _ => break,
        }
    }
    line
}

pub(super) fn collect(tree: &Tree) -> Outcome<ScopeTable> {
    let mut table = ScopeTable { scopes: Vec::with_capacity(tree.scope_count as usize) };
    for _ in 0..tree.scope_count {
        table.scopes.push(new_scope(ScopeKind::Module, None));
    }
    let future_end_line = match &tree.body {
        TreeBody::Module(body) => future_end_line(body),
        TreeBody::Expression(_) => 0,
    };
    let mut collector = Collector { table, current: ScopeId(0), future_end_line };
    match &tree.body {
        TreeBody::Module(body) => collector.statements(body)?,
        TreeBody::Expression(expression) => collector.expression(expression)?,
    }
    Ok(collector.table)
}

fn new_scope(kind: ScopeKind, parent: Option<ScopeId>) -> Scope {
    Scope {
        kind,
        parent,
        symbols: Vec::new(),
        index: HashMap::new(),
        free_names: Vec::new(),
        class_name: None,
        is_generator: false,
        is_coroutine: false,
        is_anonymous: false,
        is_generator_expression: false,
        is_nested: false,
        comprehension: None,
        iterables: 0,
        needs_class_cell: false,
    }
}

impl Collector {
    fn scope(&mut self) -> &mut Scope {
        &mut self.table[self.current]
    }

    /// Visits the inside of a new scope.
    fn enter<T>(
        &mut self,
        id: ScopeId,
        kind: ScopeKind,
        class_name: Option<Name>,
        visit: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        let outer = self.current;
        let parent = &self.table[outer];
        let mut scope = new_scope(kind, Some(outer));
        scope.class_name = class_name.or_else(|| parent.class_name.clone());
        scope.is_nested = parent.is_nested || parent.kind == ScopeKind::Function;
        self.table[id] = scope;
        self.current = id;
        let visited = visit(self);
        self.current = outer;
        visited
    }

    fn note(&mut self, name: &Name, usage: Usage, position: Position) -> Outcome<()> {
        let name = mangle(self.scope().class_name.as_ref(), name);
        if &*name == "__debug__" && usage != Usage::Read {
            return Err(Failure::syntax("cannot assign to __debug__", position));
        }
        let symbol = self.scope().entry(&name, position);
        match usage {
            Usage::Read => symbol.is_used = true,
            Usage::Bind => symbol.is_bound = true,
            Usage::Rebind => {
                symbol.is_bound = true;
                symbol.is_rebound_in_expression = true;
            }
            Usage::Iterate => {
                symbol.is_bound = true;
                symbol.is_iteration_variable = true;
            }
            Usage::Parameter => {
                if symbol.is_parameter {
                    let message = format!("duplicate argument '{name}' in function definition");
                    return Err(Failure::syntax(message, position));
                }
                symbol.is_bound = true;
                symbol.is_parameter = true;
            }
        }
        Ok(())
    }

    fn statements(&mut self, statements: &[Statement]) -> Outcome<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn expressions(&mut self, expressions: &[Expression]) -> Outcome<()> {
        expressions.iter().try_for_each(|expression| self.expression(expression))
    }

    fn optional(&mut self, expression: &Option<Expression>) -> Outcome<()> {
        expression.iter().try_for_each(|expression| self.expression(expression))
    }

    fn statement(&mut self, statement: &Statement) -> Outcome<()> {
        match &statement.kind {
            StatementKind::Function(function) => self.function(function, statement.position),
            StatementKind::Class(class) => self.class(class, statement.position),
            StatementKind::Return(value) => self.optional(value),
            StatementKind::Delete(targets) => targets.iter().try_for_each(|target| self.target(target, Usage::Bind)),
            StatementKind::Assign { targets, value } => {
                self.expression(value)?;
                targets.iter().try_for_each(|target| self.target(target, Usage::Bind))
            }
            StatementKind::AugmentedAssign { target, value, .. } => {
                if target.as_name().is_some() {
                    self.expression(target)?;
                }
                self.target(target, Usage::Bind)?;
                self.expression(value)
            }
            StatementKind::AnnotatedAssign(node) => self.annotated_assign(node),
            StatementKind::For(node) => {
                self.target(&node.target, Usage::Bind)?;
                self.expression(&node.iterable)?;
                self.statements(&node.body)?;
                self.statements(&node.orelse)
            }
            StatementKind::While { test, body, orelse } => {
                self.expression(test)?;
                self.statements(body)?;
                self.statements(orelse)
            }
            StatementKind::If { branches, orelse } => {
                for branch in branches {
                    self.expression(&branch.test)?;
                    self.statements(&branch.body)?;
                }
                self.statements(orelse)
            }
            StatementKind::With(node) => {
                for item in &node.items {
                    self.expression(&item.context)?;
                    if let Some(target) = &item.target {
                        self.target(target, Usage::Bind)?;
                    }
                }
                self.statements(&node.body)
            }
            StatementKind::Match { subject, cases } => {
                self.expression(subject)?;
                for case in cases {
                    self.pattern(&case.pattern)?;
                    self.optional(&case.guard)?;
                    self.statements(&case.body)?;
                }
                Ok(())
            }
            StatementKind::Raise { exception, cause } => {
                self.optional(exception)?;
                self.optional(cause)
            }
            StatementKind::Try(node) => self.try_statement(node),
            StatementKind::Assert { test, message } => {
                self.expression(test)?;
                self.optional(message)
            }
            StatementKind::Import(aliases) => self.import(aliases, true),
            StatementKind::ImportFrom { module, names, level } => {
                if *level == 0 && module.as_deref() == Some("__future__") {
                    self.future_import(names, statement.position)?;
                }
                self.import(names, false)
            }
            StatementKind::Global(names) => self.declare(names, true, statement.position),
            StatementKind::Nonlocal(names) => self.declare(names, false, statement.position),
            StatementKind::Expression(expression) => self.expression(expression),
            StatementKind::Pass | StatementKind::Break | StatementKind::Continue => Ok(()),
        }
    }

    fn annotated_assign(&mut self, node: &AnnotatedAssign) -> Outcome<()> {
        if let Some(name) = node.target.as_name() {
            let mangled = mangle(self.scope().class_name.as_ref(), name);
            let in_module = self.current == ScopeId(0);
            if let Some(symbol) = self.scope().symbol(&mangled)
                && (symbol.is_global || symbol.is_nonlocal)
                && node.simple
                && !in_module
            {
                let declared = if symbol.is_global { "global" } else { "nonlocal" };
                let message = format!("annotated name '{name}' can't be {declared}");
                return Err(Failure::syntax(message, node.target.position));
            }
            if node.simple {
                self.scope().entry(&mangled, node.target.position).is_annotated = true;
            }
            if node.simple || node.value.is_some() {
                self.target(&node.target, Usage::Bind)?;
            }
        } else {
            self.target(&node.target, Usage::Bind)?;
        }
        self.optional(&node.value)
    }

    fn try_statement(&mut self, node: &Try) -> Outcome<()> {
        self.statements(&node.body)?;
        for handler in &node.handlers {
            self.optional(&handler.class)?;
            if let Some(name) = &handler.name {
                self.note(name, Usage::Bind, handler.position)?;
            }
            self.statements(&handler.body)?;
        }
        self.statements(&node.orelse)?;
        self.statements(&node.finally)
    }

    /// `from __future__ import …` must come first, and name a feature that exists.
    fn future_import(&mut self, names: &[Alias], position: Position) -> Outcome<()> {
        if position.line > self.future_end_line {
            let message = "from __future__ imports must occur at the beginning of the file";
            return Err(Failure::syntax(message, position));
        }
        for alias in names {
            let message = match &*alias.name {
                "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
                | "print_function" | "unicode_literals" | "barry_as_FLUFL" | "generator_stop" | "annotations" => {
                    continue;
                }
                "braces" => "not a chance".to_string(),
                name => format!("future feature {name} is not defined"),
            };
            return Err(Failure::syntax(message, alias.position));
        }
        Ok(())
    }

    fn import(&mut self, aliases: &[Alias], first_part: bool) -> Outcome<()> {
        for alias in aliases {
            let name = match &alias.as_name {
                Some(name) => name.clone(),
                None if &*alias.name == "*" => {
                    if self.current != ScopeId(0) {
                        let message = "import * only allowed at module level";
                        return Err(Failure::syntax(message, alias.position));
                    }
                    continue;
                }
                None if first_part => alias.name.split('.').next().unwrap_or("").into(),
                None => alias.name.clone(),
            };
            self.note(&name, Usage::Bind, alias.position)?;
        }
        Ok(())
    }

    /// `global` and `nonlocal` must come before any use in the scope.
    fn declare(&mut self, names: &[Name], global: bool, position: Position) -> Outcome<()> {
        let keyword = if global { "global" } else { "nonlocal" };
        if !global && self.scope().kind == ScopeKind::Module {
            return Err(Failure::syntax("nonlocal declaration not allowed at module level", position));
        }
        for name in names {
            let mangled = mangle(self.scope().class_name.as_ref(), name);
            let symbol = self.scope().entry(&mangled, position);
            if symbol.is_annotated && !symbol.is_parameter {
                let message = format!("annotated name '{name}' can't be {keyword}");
                return Err(Failure::syntax(message, position));
            }
            if let Some(problem) = declaration_problem(symbol, keyword, global) {
                return Err(Failure::syntax(format!("name '{name}' {problem}"), position));
            }
            symbol.is_global |= global;
            symbol.is_nonlocal |= !global;
            symbol.position = position;
        }
        Ok(())
    }

    fn function(&mut self, function: &FunctionDefinition, position: Position) -> Outcome<()> {
        self.note(&function.name, Usage::Bind, position)?;
        self.expressions(&function.decorators)?;
        self.defaults(&function.parameters)?;
        self.enter(function.scope, ScopeKind::Function, None, |collector| {
            collector.scope().is_coroutine = function.is_async;
            collector.parameters(&function.parameters)?;
            collector.statements(&function.body)
        })
    }

    fn class(&mut self, class: &ClassDefinition, position: Position) -> Outcome<()> {
        self.note(&class.name, Usage::Bind, position)?;
        self.expressions(&class.decorators)?;
        self.arguments(&class.arguments)?;
        self.enter(class.scope, ScopeKind::Class, Some(class.name.clone()), |collector| {
            collector.statements(&class.body)
        })
    }

    fn defaults(&mut self, parameters: &Parameters) -> Outcome<()> {
        for parameter in parameters.all_positional().chain(&parameters.keyword_only) {
            self.optional(&parameter.default)?;
        }
        Ok(())
    }

    fn parameters(&mut self, parameters: &Parameters) -> Outcome<()> {
        for parameter in parameters.in_register_order() {
            self.note(&parameter.name, Usage::Parameter, parameter.position)?;
        }
        Ok(())
    }

    fn arguments(&mut self, arguments: &Arguments) -> Outcome<()> {
        self.expressions(&arguments.positional)?;
        arguments.keywords.iter().try_for_each(|keyword| self.expression(&keyword.value))
    }

    fn target(&mut self, target: &Expression, usage: Usage) -> Outcome<()> {
        match &target.kind {
            ExpressionKind::Name(name) => self.note(name, usage, target.position),
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
                items.iter().try_for_each(|item| self.target(item, usage))
            }
            ExpressionKind::Starred(inner) => self.target(inner, usage),
            _ => self.expression(target),
        }
    }

    fn expression(&mut self, expression: &Expression) -> Outcome<()> {
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
            ExpressionKind::FormatString(parts) => self.format_parts(parts),
            ExpressionKind::Lambda(lambda) => self.lambda(lambda),
            ExpressionKind::Comprehension(comprehension) => self.comprehension(comprehension, position),
            ExpressionKind::Await(inner) => self.awaiting(inner),
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
            if node.clauses.iter().any(|clause| clause.is_async) {
                collector.note_waiting();
            }
            if let Some(value) = &node.value {
                collector.expression(&node.element)?;
                return collector.expression(value);
            }
            collector.expression(&node.element)
        })
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
        let mangled = mangle(self.scope().class_name.as_ref(), name);
        let inner = self.current;
        while self.scope().kind == ScopeKind::Comprehension || self.scope().is_generator_expression {
            if self.scope().symbol(&mangled).is_some_and(|symbol| symbol.is_iteration_variable) {
                let message =
                    format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                return Err(Failure::syntax(message, target.position));
            }
            match self.scope().parent {
                Some(parent) => self.current = parent,
                None => break,
            }
        }
        let outer = self.current;
        if inner != outer && self.scope().kind == ScopeKind::Class {
            let message = "assignment expression within a comprehension cannot be used in a class body";
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
                symbol.is_global |= is_global;
                match self.table[between].parent {
                    Some(parent) => between = parent,
                    None => break,
                }
            }
        }
        noted
    }

    fn awaiting(&mut self, inner: &Expression) -> Outcome<()> {
        self.note_waiting();
        self.expression(inner)
    }

    /// A generator expression that waits, itself or in a comprehension inside, is an asynchronous generator.
    fn note_waiting(&mut self) {
        let mut scope = self.current;
        while self.table[scope].kind == ScopeKind::Comprehension {
            match self.table[scope].parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        if self.table[scope].is_generator_expression {
            self.table[scope].is_coroutine = true;
        }
    }

    fn note_yield(&mut self, position: Position) -> Outcome<()> {
        let scope = self.scope();
        let place = match scope.comprehension {
            Some(ComprehensionKind::List) => "inside list comprehension",
            Some(ComprehensionKind::Set) => "inside set comprehension",
            Some(ComprehensionKind::Dict) => "inside dict comprehension",
            Some(ComprehensionKind::Generator) => "inside generator expression",
            None if scope.kind != ScopeKind::Function => "outside function",
            None => {
                scope.is_generator = true;
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

    fn pattern(&mut self, pattern: &Pattern) -> Outcome<()> {
        let position = pattern.position;
        match &pattern.kind {
            PatternKind::Value(expression) => self.expression(expression),
            PatternKind::Singleton(_) => Ok(()),
            PatternKind::Sequence(patterns) | PatternKind::Or(patterns) => {
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))
            }
            PatternKind::Mapping { keys, patterns, rest } => {
                self.expressions(keys)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                rest.iter().try_for_each(|name| self.note(name, Usage::Bind, position))
            }
            PatternKind::Class { class, patterns, keywords } => {
                self.expression(class)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                keywords.iter().try_for_each(|(_, pattern)| self.pattern(pattern))
            }
            PatternKind::Star(name) => name.iter().try_for_each(|name| self.note(name, Usage::Bind, position)),
            PatternKind::As { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern)?;
                }
                name.iter().try_for_each(|name| self.note(name, Usage::Bind, position))
            }
        }
    }
}

/// Why a name can no longer be declared global or nonlocal.
fn declaration_problem(symbol: &Symbol, keyword: &str, global: bool) -> Option<String> {
    debug_assert_eq!(symbol.resolution, Resolution::GlobalImplicit);
    if symbol.is_parameter {
        return Some(format!("is parameter and {keyword}"));
    }
    if (global && symbol.is_nonlocal) || (!global && symbol.is_global) {
        return Some("is nonlocal and global".to_string());
    }
    if symbol.is_used {
        return Some(format!("is used prior to {keyword} declaration"));
    }
    if symbol.is_bound {
        return Some(format!("is assigned to before {keyword} declaration"));
    }
    None
}
