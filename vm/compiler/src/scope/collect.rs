//! First pass of the symbol table: notes the scopes and how each name is used in them. Statements here, expressions in
//! `scope/expression.rs`.

use super::{
    CLASS_CELLS, CLASS_DICT, CONDITIONAL_ANNOTATIONS, GENERIC_BASE, Resolution, Scope, ScopeKind, ScopeTable, Symbol,
    TYPE_PARAMETERS,
};
use crate::Options;
use crate::ast::*;
use crate::error::{Failure, Outcome};
use sidewinder_bytecode::{Constant, Position};
use std::collections::HashMap;

/// What a statement does to a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    Read,
    Bind,
    Parameter,
    /// The target of a comprehension clause.
    Iterate,
    /// Bound by `:=`.
    Rebind,
    TypeParameter,
}

pub(super) struct Collector {
    pub(super) table: ScopeTable,
    pub(super) current: ScopeId,
    /// Where the last `from __future__ import` may stand: line and column.
    future_end: (u32, u32),
    /// `await` may stand outside of functions.
    pub(super) top_level_await: bool,
    /// In an annotation that is never evaluated: the scopes in it so far.
    unevaluated: Option<Vec<ScopeId>>,
}

/// Where the last of the future imports is that a file starts with, after its docstring.
fn future_end(body: &[Statement]) -> (u32, u32) {
    let mut end = (0, 0);
    for (index, statement) in body.iter().enumerate() {
        match &statement.kind {
            StatementKind::ImportFrom { module, level: 0, .. } if module.as_deref() == Some("__future__") => {
                end = (statement.position.line, statement.position.column);
            }
            StatementKind::Expression(expression) if index == 0 && expression.as_constant().is_some() => {}
            _ => break,
        }
    }
    end
}

pub(super) fn collect(tree: &Tree, options: Options) -> Outcome<ScopeTable> {
    let mut table = ScopeTable { scopes: Vec::with_capacity(tree.scope_count as usize) };
    for _ in 0..tree.scope_count {
        table.scopes.push(new_scope(ScopeKind::Module, None));
    }
    let future_end = match &tree.body {
        TreeBody::Module { body, .. } => future_end(body),
        TreeBody::Expression(_) => (0, 0),
    };
    let mut collector = Collector {
        table,
        current: ScopeId(0),
        future_end,
        top_level_await: options.top_level_await,
        unevaluated: None,
    };
    match &tree.body {
        TreeBody::Module { body, .. } => collector.statements(body)?,
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
        private_names: None,
        place: "an annotation",
        is_generator: false,
        is_coroutine: false,
        is_anonymous: false,
        is_generator_expression: false,
        is_nested: false,
        comprehension: None,
        iterables: 0,
        class_cells: [false; CLASS_CELLS.len()],
    }
}

impl Collector {
    pub(super) fn scope(&mut self) -> &mut Scope {
        &mut self.table[self.current]
    }

    /// Visits the inside of a new scope.
    pub(super) fn enter<T>(
        &mut self,
        id: ScopeId,
        kind: ScopeKind,
        class_name: Option<Name>,
        visit: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        let outer = self.current;
        let parent = &self.table[outer];
        let mut scope = new_scope(kind, Some(outer));
        scope.private_names = if class_name.is_some() { None } else { parent.private_names.clone() };
        scope.class_name = class_name.or_else(|| parent.class_name.clone());
        scope.iterables = parent.iterables;
        scope.is_nested = parent.is_nested || !matches!(parent.kind, ScopeKind::Module | ScopeKind::Class);
        self.table[id] = scope;
        self.current = id;
        if let Some(entered) = &mut self.unevaluated {
            entered.push(id);
        }
        let visited = visit(self);
        self.current = outer;
        visited
    }

    pub(super) fn note(&mut self, name: &Name, usage: Usage, position: Position) -> Outcome<()> {
        let name = self.scope().mangled(name);
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
                if symbol.is_named_outside {
                    let message =
                        format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                    return Err(Failure::syntax(message, position));
                }
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
            Usage::TypeParameter => {
                if symbol.is_type_parameter {
                    return Err(Failure::syntax(format!("duplicate type parameter '{name}'"), position));
                }
                symbol.is_bound = true;
                symbol.is_type_parameter = true;
            }
        }
        Ok(())
    }

    fn statements(&mut self, statements: &[Statement]) -> Outcome<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    pub(super) fn expressions(&mut self, expressions: &[Expression]) -> Outcome<()> {
        expressions.iter().try_for_each(|expression| self.expression(expression))
    }

    pub(super) fn optional(&mut self, expression: &Option<Expression>) -> Outcome<()> {
        expression.iter().try_for_each(|expression| self.expression(expression))
    }

    fn statement(&mut self, statement: &Statement) -> Outcome<()> {
        match &statement.kind {
            StatementKind::Function(function) => self.function(function, statement.position),
            StatementKind::Class(class) => self.class(class, statement.position),
            StatementKind::TypeAlias(alias) => self.type_alias(alias),
            StatementKind::Return(value) => self.optional(value),
            StatementKind::Delete(targets) => {
                let visited = targets.iter().try_for_each(|target| self.target(target, Usage::Bind));
                visited.map_err(|mut failure| {
                    if failure.message == "cannot assign to __debug__" {
                        failure.message = "cannot delete __debug__".to_string();
                    }
                    failure
                })
            }
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
                self.note_asynchronous(node.is_async);
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
                self.note_asynchronous(node.is_async);
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

    /// A module that waits is a coroutine, where that is allowed.
    fn note_asynchronous(&mut self, is_async: bool) {
        if is_async && self.top_level_await && self.scope().kind == ScopeKind::Module {
            self.scope().is_coroutine = true;
        }
    }

    fn annotated_assign(&mut self, node: &AnnotatedAssign) -> Outcome<()> {
        if let Some(name) = node.target.as_name() {
            let mangled = self.scope().mangled(name);
            let in_module = self.current == ScopeId(0);
            if let Some(symbol) = self.scope().symbol(&mangled)
                && (symbol.is_global || symbol.is_nonlocal)
                && node.simple
                && !in_module
            {
                let declared = if symbol.is_global { "global" } else { "nonlocal" };
                let message = format!("annotated name '{name}' can't be {declared}");
                let end = node.value.as_ref().unwrap_or(&node.annotation).position;
                let position = Position { end_line: end.end_line, end_column: end.end_column, ..node.target.position };
                return Err(Failure::syntax(message, position));
            }
            if node.simple {
                self.scope().entry(&mangled, node.target.position).is_annotated = true;
            }
            if node.simple || node.value.is_some() {
                self.target(&node.target, Usage::Bind)?;
            }
            match node.remembered {
                Some(remembered) => self.annotation(remembered, &node.annotation)?,
                None => self.unevaluated_annotation(&node.annotation)?,
            }
        } else {
            self.target(&node.target, Usage::Bind)?;
            self.unevaluated_annotation(&node.annotation)?;
        }
        self.optional(&node.value)
    }

    /// Checks an annotation that nobody will evaluate. Its names mean nothing to the scopes around it.
    fn unevaluated_annotation(&mut self, annotation: &Expression) -> Outcome<()> {
        let own = ScopeId(self.table.scopes.len() as u32);
        self.table.scopes.push(new_scope(ScopeKind::Module, None));
        let outer = self.unevaluated.replace(Vec::new());
        let visited = self.enter(own, ScopeKind::Annotation, None, |collector| collector.expression(annotation));
        for entered in std::mem::replace(&mut self.unevaluated, outer).into_iter().flatten() {
            self.table[entered] = new_scope(ScopeKind::Module, None);
        }
        self.table.scopes.pop();
        visited
    }

    /// Visits a variable's annotation, in the scope that all of the module or class share.
    fn annotation(&mut self, remembered: RememberedAnnotation, annotation: &Expression) -> Outcome<()> {
        let position = annotation.position;
        let outer = self.current;
        if self.table[remembered.scope].parent.is_none() {
            self.enter(remembered.scope, ScopeKind::Annotation, None, |collector| collector.class_namespace(position))?;
        }
        self.current = remembered.scope;
        if remembered.conditional.is_some() {
            self.scope().entry(&CONDITIONAL_ANNOTATIONS.into(), position).is_used = true;
        }
        let visited = self.expression(annotation);
        self.current = outer;
        visited
    }

    /// Annotations in a class see its namespace.
    fn class_namespace(&mut self, position: Position) -> Outcome<()> {
        if self.table.sees_class(self.current) {
            self.scope().entry(&CLASS_DICT.into(), position).is_used = true;
        }
        Ok(())
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
        if (position.line, position.column) > self.future_end {
            let message = "from __future__ imports must occur at the beginning of the file";
            return Err(Failure::syntax(message, position));
        }
        for alias in names {
            if let Err(message) = super::future_feature(&alias.name) {
                return Err(Failure::syntax(message, alias.position));
            }
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
            let mangled = self.scope().mangled(name);
            let symbol = self.scope().entry(&mangled, position);
            if symbol.is_annotated && !symbol.is_parameter {
                let message = format!("annotated name '{name}' can't be {keyword}");
                return Err(Failure::syntax(message, position));
            }
            if let Some(problem) = declaration_problem(symbol, keyword, global) {
                // A contradiction is reported where it began.
                let position = if symbol.is_global || symbol.is_nonlocal { symbol.position } else { position };
                return Err(Failure::syntax(format!("name '{name}' {problem}"), position));
            }
            symbol.is_global |= global;
            symbol.is_nonlocal |= !global;
            symbol.position = position;
            // The module's own stores go to the globals then, too, even if its namespace is another.
            if global && self.table[ScopeId(0)].kind == ScopeKind::Module {
                self.table[ScopeId(0)].entry(&mangled, position).is_global = true;
            }
        }
        Ok(())
    }

    fn function(&mut self, function: &FunctionDefinition, position: Position) -> Outcome<()> {
        self.note(&function.name, Usage::Bind, position)?;
        self.expressions(&function.decorators)?;
        self.defaults(&function.parameters)?;
        self.in_type_parameters(function.type_parameters.as_ref(), None, |collector| {
            if let Some(scope) = function.annotation_scope {
                collector.enter(scope, ScopeKind::Annotation, None, |collector| {
                    collector.class_namespace(position)?;
                    let annotations = function.annotations().into_iter();
                    annotations
                        .map(|(_, annotation)| annotation)
                        .try_for_each(|annotation| collector.expression(annotation))
                })?;
            }
            collector.enter(function.scope, ScopeKind::Function, None, |collector| {
                collector.scope().is_coroutine = function.is_async;
                collector.parameters(&function.parameters)?;
                collector.statements(&function.body)
            })
        })
    }

    /// Visits what has type parameters, in their scope if there are any.
    fn in_type_parameters(
        &mut self,
        parameters: Option<&TypeParameters>,
        class_name: Option<&Name>,
        visit: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<()> {
        let Some(node) = parameters else { return visit(self) };
        self.enter(node.scope, ScopeKind::TypeParameters, class_name.cloned(), |collector| {
            let scope = collector.scope();
            scope.place = "the definition of a generic";
            if class_name.is_some() {
                scope.private_names = Some(node.parameters.iter().map(|parameter| parameter.name.clone()).collect());
            }
            for parameter in &node.parameters {
                collector.note(&parameter.name, Usage::TypeParameter, parameter.position)?;
                let (bound_place, default_place) = match parameter.kind {
                    TypeParameterKind::Variable => ("a TypeVar bound", "a TypeVar default"),
                    TypeParameterKind::VariableTuple => ("", "a TypeVarTuple default"),
                    TypeParameterKind::ParameterSpecification => ("", "a ParamSpec default"),
                };
                if let Some(bound) = &parameter.bound {
                    let constrained = matches!(bound.expression.kind, ExpressionKind::Tuple(_))
                        || matches!(bound.expression.as_constant(), Some(Constant::Tuple(_)));
                    collector.evaluated(bound, if constrained { "a TypeVar constraint" } else { bound_place })?;
                }
                if let Some(default) = &parameter.default {
                    collector.evaluated(default, default_place)?;
                }
            }
            visit(collector)
        })
    }

    fn evaluated(&mut self, node: &Evaluated, place: &'static str) -> Outcome<()> {
        let position = node.expression.position;
        self.enter(node.scope, ScopeKind::Annotation, None, |collector| {
            collector.scope().place = place;
            collector.class_namespace(position)?;
            collector.expression(&node.expression)
        })
    }

    fn type_alias(&mut self, node: &TypeAlias) -> Outcome<()> {
        self.note(&node.name, Usage::Bind, node.name_position)?;
        self.in_type_parameters(node.type_parameters.as_ref(), None, |collector| {
            collector.evaluated(&node.value, "a type alias")
        })
    }

    fn class(&mut self, class: &ClassDefinition, position: Position) -> Outcome<()> {
        self.note(&class.name, Usage::Bind, position)?;
        self.expressions(&class.decorators)?;
        let is_generic = class.type_parameters.is_some();
        self.in_type_parameters(class.type_parameters.as_ref(), Some(&class.name), |collector| {
            if is_generic {
                for name in [TYPE_PARAMETERS, GENERIC_BASE] {
                    collector.note(&name.into(), Usage::Bind, position)?;
                }
            }
            collector.arguments(&class.arguments)?;
            collector.enter(class.scope, ScopeKind::Class, Some(class.name.clone()), |collector| {
                if is_generic {
                    collector.note(&TYPE_PARAMETERS.into(), Usage::Read, position)?;
                }
                collector.statements(&class.body)
            })
        })
    }

    pub(super) fn defaults(&mut self, parameters: &Parameters) -> Outcome<()> {
        for parameter in parameters.all_positional().chain(&parameters.keyword_only) {
            self.optional(&parameter.default)?;
        }
        Ok(())
    }

    pub(super) fn parameters(&mut self, parameters: &Parameters) -> Outcome<()> {
        for parameter in parameters.in_register_order() {
            self.note(&parameter.name, Usage::Parameter, parameter.position)?;
        }
        Ok(())
    }

    pub(super) fn arguments(&mut self, arguments: &Arguments) -> Outcome<()> {
        self.expressions(&arguments.positional)?;
        arguments.keywords.iter().try_for_each(|keyword| {
            self.refuse_debug(keyword.name.as_deref().unwrap_or_default(), keyword.position)?;
            self.expression(&keyword.value)
        })
    }

    pub(super) fn target(&mut self, target: &Expression, usage: Usage) -> Outcome<()> {
        match &target.kind {
            ExpressionKind::Name(name) => self.note(name, usage, target.position),
            ExpressionKind::Tuple(items) | ExpressionKind::List(items) => {
                items.iter().try_for_each(|item| self.target(item, usage))
            }
            ExpressionKind::Starred(inner) => self.target(inner, usage),
            ExpressionKind::Attribute { value, name } => {
                self.refuse_debug(name, target.position)?;
                self.expression(value)
            }
            _ => self.expression(target),
        }
    }

    /// `__debug__` cannot be assigned, not even where it would be another's attribute or a keyword.
    pub(super) fn refuse_debug(&self, name: &str, position: Position) -> Outcome<()> {
        if name == "__debug__" { Err(Failure::syntax("cannot assign to __debug__", position)) } else { Ok(()) }
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
                keywords.iter().try_for_each(|(name, pattern)| {
                    self.refuse_debug(name, pattern.position)?;
                    self.pattern(pattern)
                })
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
