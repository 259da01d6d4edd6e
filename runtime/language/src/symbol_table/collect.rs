//! First pass: the blocks of a tree, and what each does with its names, in the order in which CPython comes by them.

use super::{Block, BlockKind, Comprehension, Table, flag};
use sidewinder_compiler::tree::{Class, Field, Node};
use std::rc::Rc;

/// A name, as trees have them.
type Name = Rc<str>;

/// Names of a class's own cells, and of what type parameters hand on.
const CLASS: &str = "__class__";
const CLASS_DICT: &str = "__classdict__";
const CONDITIONAL: &str = "__conditional_annotations__";
const TYPE_PARAMETERS: &str = ".type_params";
const GENERIC_BASE: &str = ".generic_base";

pub(super) struct Collector {
    pub table: Table,
    /// The blocks around the current one, which is the last, from outside.
    open: Vec<usize>,
    /// The class whose name private names get.
    private: Option<Name>,
    /// `from __future__ import annotations`
    future_annotations: bool,
}

/// The blocks of a tree, whose symbols belong to no scope yet.
pub(super) fn collect(tree: &Node, future_annotations: bool) -> Table {
    let mut collector = Collector { table: Table::default(), open: Vec::new(), private: None, future_annotations };
    collector.enter("top".into(), BlockKind::Module, 0);
    match tree.class {
        Class::Expression => collector.expression(&tree.fields[0]),
        _ => collector.statements(&tree.fields[0]),
    }
    collector.table
}

impl Collector {
    fn block(&mut self) -> &mut Block {
        let current = self.open.last().copied().unwrap_or_default();
        &mut self.table.blocks[current]
    }

    fn enter(&mut self, name: Name, kind: BlockKind, line: i32) {
        let outer = self.open.last().copied();
        let nested = outer.is_some_and(|outer| {
            let outer = &self.table.blocks[outer];
            outer.is_nested || outer.kind.is_function_like()
        });
        let id = self.table.blocks.len();
        self.table.blocks.push(Block::new(name, kind, line, nested));
        if let Some(outer) = outer {
            self.table.blocks[outer].children.push(id);
        }
        self.open.push(id);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias) {
            self.add(".format", flag::PARAMETER);
            self.add(".format", flag::USE);
        }
    }

    fn leave(&mut self) {
        self.open.pop();
    }

    /// A name as it is stored: private names of a class are mangled.
    fn mangled(&mut self, name: &str) -> Name {
        let private = self.private.clone();
        if self.block().private_names.as_ref().is_some_and(|names| !names.iter().any(|own| **own == *name)) {
            return name.into();
        }
        let Some(class) = private else { return name.into() };
        if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
            return name.into();
        }
        match class.trim_start_matches('_') {
            "" => name.into(),
            stripped => format!("_{stripped}{name}").into(),
        }
    }

    /// Notes what the current block does with a name.
    fn add(&mut self, name: &str, flags: i64) {
        let name = self.mangled(name);
        let iterates = self.block().in_target && flags & (flag::GLOBAL | flag::NONLOCAL) == 0;
        let block = self.block();
        block.note(&name, flags | if iterates { flag::ITERATION } else { 0 });
        if flags & flag::PARAMETER != 0 {
            block.variables.push(name);
        } else if flags & flag::GLOBAL != 0 {
            self.table.blocks[0].note(&name, flags);
        }
    }

    fn see_class(&mut self, sees: bool) {
        if sees {
            self.block().sees_class = true;
            self.add(CLASS_DICT, flag::USE);
        }
    }

    fn statements(&mut self, list: &Field) {
        list.nodes().for_each(|statement| self.statement(statement));
    }

    fn expressions(&mut self, list: &Field) {
        list.nodes().for_each(|expression| self.node(expression));
    }

    fn expression(&mut self, field: &Field) {
        if let Some(node) = field.node() {
            self.node(node);
        }
    }

    /// Visits what may not run: in a class, annotations in it are remembered one by one.
    fn conditionally(&mut self, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.block().is_conditional, true);
        visit(self);
        self.block().is_conditional = before;
    }

    fn statement(&mut self, node: &Node) {
        let line = node.span.line;
        match node.class {
            Class::FunctionDef | Class::AsyncFunctionDef => self.function(node),
            Class::ClassDef => self.class(node),
            Class::TypeAlias => self.type_alias(node),
            Class::Return | Class::Expr => self.expression(&node.fields[0]),
            Class::Delete => self.expressions(&node.fields[0]),
            Class::Assign => {
                self.expressions(&node.fields[0]);
                self.expression(&node.fields[1]);
            }
            Class::AugAssign => {
                self.expression(&node.fields[0]);
                self.expression(&node.fields[2]);
            }
            Class::AnnAssign => self.annotated(node, line),
            Class::For | Class::AsyncFor => {
                let [target, iterable, body, orelse, _] = node.all();
                self.expression(target);
                self.expression(iterable);
                self.conditionally(|collector| {
                    collector.statements(body);
                    collector.statements(orelse);
                });
            }
            Class::While | Class::If => {
                let [test, body, orelse] = node.all();
                self.expression(test);
                self.conditionally(|collector| {
                    collector.statements(body);
                    collector.statements(orelse);
                });
            }
            Class::With | Class::AsyncWith => self.conditionally(|collector| {
                let [items, body, _] = node.all();
                for item in items.nodes() {
                    collector.expression(&item.fields[0]);
                    collector.expression(&item.fields[1]);
                }
                collector.statements(body);
            }),
            Class::Match => {
                let [subject, cases] = node.all();
                self.expression(subject);
                self.conditionally(|collector| {
                    for case in cases.nodes() {
                        let [pattern, guard, body] = case.all();
                        collector.pattern(pattern);
                        collector.expression(guard);
                        collector.statements(body);
                    }
                });
            }
            Class::Raise | Class::Assert => {
                self.expression(&node.fields[0]);
                self.expression(&node.fields[1]);
            }
            Class::Try | Class::TryStar => self.conditionally(|collector| {
                let [body, handlers, orelse, finalbody] = node.all();
                collector.statements(body);
                for handler in handlers.nodes() {
                    let [class, name, body] = handler.all();
                    collector.expression(class);
                    if let Some(name) = name.text() {
                        collector.add(name, flag::LOCAL);
                    }
                    collector.statements(body);
                }
                collector.statements(orelse);
                collector.statements(finalbody);
            }),
            Class::Import => self.aliases(&node.fields[0], true),
            Class::ImportFrom => self.aliases(&node.fields[1], false),
            Class::Global | Class::Nonlocal => {
                let flag = if node.class == Class::Global { flag::GLOBAL } else { flag::NONLOCAL };
                for name in node.fields[0].list().iter().filter_map(Field::text) {
                    self.add(name, flag);
                }
            }
            _ => {}
        }
    }

    fn aliases(&mut self, aliases: &Field, first_part: bool) {
        for alias in aliases.nodes() {
            let [name, as_name] = alias.all();
            let bound = match (as_name.text(), name.text()) {
                (Some(name), _) => name,
                (None, Some(name)) => name,
                (None, None) => continue,
            };
            let plain = as_name.is_absent() && first_part;
            let bound = if plain { bound.split('.').next().unwrap_or(bound) } else { bound };
            if bound != "*" {
                self.add(bound, flag::IMPORT);
            }
        }
    }

    fn function(&mut self, node: &Node) {
        let [name, arguments, body, decorators, returns, _, type_parameters] = node.all();
        let (Some(name), Some(arguments)) = (name.text(), arguments.node()) else { return };
        let line = node.span.line;
        self.add(name, flag::LOCAL);
        self.defaults(arguments);
        self.expressions(decorators);
        let is_generic = !type_parameters.list().is_empty();
        if is_generic {
            let [_, _, _, _, keyword_defaults, _, _] = arguments.all();
            self.enter_type_parameters(name, line);
            // There is a list of defaults, if only an empty one.
            self.add(".defaults", flag::PARAMETER);
            if keyword_defaults.nodes().next().is_some() {
                self.add(".kwdefaults", flag::PARAMETER);
            }
            self.type_parameters(type_parameters);
        }
        self.signature(arguments, returns, line);
        self.enter(name.clone(), BlockKind::Function, line);
        self.parameters(arguments);
        self.statements(body);
        self.leave();
        if is_generic {
            self.leave();
        }
    }

    fn defaults(&mut self, arguments: &Node) {
        let [_, _, _, _, keyword_defaults, _, defaults] = arguments.all();
        self.expressions(defaults);
        self.expressions(keyword_defaults);
    }

    /// The annotations of a function are a block of their own, even where it has none.
    fn signature(&mut self, arguments: &Node, returns: &Field, line: i32) {
        let sees_class = self.block().sees_class || self.block().kind == BlockKind::Class;
        self.enter("__annotate__".into(), BlockKind::Annotation, line);
        self.see_class(sees_class);
        let [positional_only, plain, rest, keyword_only, _, keywords, _] = arguments.all();
        for list in [positional_only, plain] {
            list.nodes().for_each(|argument| self.expression(&argument.fields[1]));
        }
        for argument in [rest, keywords].into_iter().filter_map(Field::node) {
            self.expression(&argument.fields[1]);
        }
        keyword_only.nodes().for_each(|argument| self.expression(&argument.fields[1]));
        self.expression(returns);
        self.leave();
    }

    fn parameters(&mut self, arguments: &Node) {
        let [positional_only, plain, rest, keyword_only, _, keywords, _] = arguments.all();
        let lists = [positional_only, plain, keyword_only].into_iter().flat_map(Field::nodes);
        for argument in lists.chain([rest, keywords].into_iter().filter_map(Field::node)) {
            if let Some(name) = argument.fields[0].text() {
                self.add(name, flag::PARAMETER);
            }
        }
    }

    fn class(&mut self, node: &Node) {
        let [name, bases, keywords, body, decorators, type_parameters] = node.all();
        let Some(name) = name.text() else { return };
        let line = node.span.line;
        self.add(name, flag::LOCAL);
        self.expressions(decorators);
        let outer = self.private.clone();
        let is_generic = !type_parameters.list().is_empty();
        if is_generic {
            self.enter_type_parameters(name, line);
            for own in [TYPE_PARAMETERS, GENERIC_BASE] {
                self.add(own, flag::LOCAL);
                self.add(own, flag::USE);
            }
            self.private = Some(name.clone());
            self.block().private_names = Some(Vec::new());
            self.type_parameters(type_parameters);
        }
        self.expressions(bases);
        keywords.nodes().for_each(|keyword| self.expression(&keyword.fields[1]));
        self.enter(name.clone(), BlockKind::Class, line);
        self.private = Some(name.clone());
        if is_generic {
            self.add("__type_params__", flag::LOCAL);
            self.add(TYPE_PARAMETERS, flag::USE);
        }
        self.statements(body);
        self.leave();
        if is_generic {
            self.leave();
        }
        self.private = outer;
    }

    fn enter_type_parameters(&mut self, name: &Name, line: i32) {
        let in_class = self.block().kind == BlockKind::Class;
        self.enter(name.clone(), BlockKind::TypeParameters, line);
        self.see_class(in_class);
    }

    fn type_parameters(&mut self, list: &Field) {
        for parameter in list.nodes() {
            let Some(name) = parameter.fields[0].text() else { continue };
            if let Some(names) = &mut self.block().private_names {
                names.push(name.clone());
            }
            self.add(name, flag::TYPE_PARAMETER | flag::LOCAL);
            for evaluated in parameter.fields[1..].iter().filter_map(Field::node) {
                let sees_class = self.block().sees_class;
                self.enter(name.clone(), BlockKind::TypeVariable, evaluated.span.line);
                self.see_class(sees_class);
                self.node(evaluated);
                self.leave();
            }
        }
    }

    fn type_alias(&mut self, node: &Node) {
        let [target, type_parameters, value] = node.all();
        self.expression(target);
        let Some(name) = target.node().and_then(|target| target.fields[0].text()) else { return };
        let in_class = self.block().kind == BlockKind::Class;
        let is_generic = !type_parameters.list().is_empty();
        if is_generic {
            self.enter_type_parameters(name, node.span.line);
            self.type_parameters(type_parameters);
        }
        self.enter(name.clone(), BlockKind::TypeAlias, node.span.line);
        self.see_class(in_class);
        self.expression(value);
        self.leave();
        if is_generic {
            self.leave();
        }
    }

    fn annotated(&mut self, node: &Node, line: i32) {
        let [target, annotation, value, simple] = node.all();
        let Some(target) = target.node() else { return };
        match target.fields[0].text().filter(|_| target.class == Class::Name) {
            Some(name) if simple.number() != 0 => self.add(name, flag::ANNOTATED | flag::LOCAL),
            Some(name) if !value.is_absent() => self.add(name, flag::LOCAL),
            Some(_) => {}
            None => self.node(target),
        }
        self.annotation(annotation, line);
        self.expression(value);
    }

    /// The annotations of a block's variables share a block. In functions they are never evaluated.
    fn annotation(&mut self, annotation: &Field, line: i32) {
        let line = annotation.node().map_or(line, |node| node.span.line);
        let outer = self.block();
        let kind = outer.kind;
        let remembers = kind == BlockKind::Module || kind == BlockKind::Class && outer.is_conditional;
        if remembers && !outer.has_conditional {
            outer.has_conditional = true;
            self.add(CONDITIONAL, flag::USE);
        }
        match self.block().annotations {
            Some(own) => self.open.push(own),
            None => {
                self.enter("__annotate__".into(), BlockKind::Annotation, line);
                let own = self.open[self.open.len() - 1];
                let outer = self.open[self.open.len() - 2];
                self.table.blocks[outer].annotations = Some(own);
                self.see_class(kind == BlockKind::Class && !self.future_annotations);
            }
        }
        self.block().is_unevaluated = kind == BlockKind::Function;
        self.expression(annotation);
        self.block().is_unevaluated = false;
        self.leave();
    }

    fn pattern(&mut self, field: &Field) {
        let Some(node) = field.node() else { return };
        match node.class {
            Class::MatchValue => self.expression(&node.fields[0]),
            Class::MatchStar => self.capture(&node.fields[0]),
            Class::MatchAs => {
                self.pattern(&node.fields[0]);
                self.capture(&node.fields[1]);
            }
            Class::MatchMapping => {
                self.expressions(&node.fields[0]);
                self.patterns(&node.fields[1]);
                self.capture(&node.fields[2]);
            }
            Class::MatchClass => {
                self.expression(&node.fields[0]);
                self.patterns(&node.fields[1]);
                self.patterns(&node.fields[3]);
            }
            Class::MatchSequence | Class::MatchOr => self.patterns(&node.fields[0]),
            _ => {}
        }
    }

    fn patterns(&mut self, list: &Field) {
        list.list().iter().for_each(|pattern| self.pattern(pattern));
    }

    fn capture(&mut self, name: &Field) {
        if let Some(name) = name.text() {
            self.add(name, flag::LOCAL);
        }
    }

    fn node(&mut self, node: &Node) {
        match node.class {
            Class::Name => self.name(node),
            Class::Lambda => {
                let [arguments, body] = node.all();
                let Some(arguments) = arguments.node() else { return };
                self.defaults(arguments);
                self.enter("lambda".into(), BlockKind::Function, node.span.line);
                self.parameters(arguments);
                self.expression(body);
                self.leave();
            }
            Class::NamedExpr => {
                let [target, value] = node.all();
                if self.block().comprehension.is_some()
                    && let Some(name) = target.node().and_then(|target| target.fields[0].text())
                {
                    self.bind_outside(name);
                }
                self.expression(value);
                self.expression(target);
            }
            Class::ListComp => self.comprehension(node, Comprehension::Inlined, "listcomp"),
            Class::SetComp => self.comprehension(node, Comprehension::Inlined, "setcomp"),
            Class::DictComp => self.comprehension(node, Comprehension::Inlined, "dictcomp"),
            Class::GeneratorExp => self.comprehension(node, Comprehension::Generator, "genexpr"),
            Class::Dict => {
                self.expressions(&node.fields[0]);
                self.expressions(&node.fields[1]);
            }
            Class::BinOp => self.chain(node),
            // All others have nothing but expressions in them, in the order in which they are visited.
            _ => {
                for field in &node.fields {
                    match field {
                        Field::Node(inner) if inner.class == Class::Keyword => self.expression(&inner.fields[1]),
                        Field::Node(inner) => self.node(inner),
                        Field::List(items) => {
                            for inner in items.iter().filter_map(Field::node) {
                                match inner.class {
                                    Class::Keyword => self.expression(&inner.fields[1]),
                                    _ => self.node(inner),
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Chains of operators may be thousands of nodes deep on the left.
    fn chain(&mut self, node: &Node) {
        let (mut current, mut rights) = (node, Vec::new());
        while current.class == Class::BinOp
            && let Some(left) = current.fields[0].node()
        {
            rights.push(&current.fields[2]);
            current = left;
        }
        self.node(current);
        rights.into_iter().rev().for_each(|right| self.expression(right));
    }

    fn name(&mut self, node: &Node) {
        let [name, context] = node.all();
        let (Some(name), false) = (name.text(), self.block().is_unevaluated) else { return };
        let is_read = context.plain() == Some(Class::Load);
        self.add(name, if is_read { flag::USE } else { flag::LOCAL });
        if is_read && &**name == "super" && self.block().kind.is_function_like() {
            self.add(CLASS, flag::USE);
        }
    }

    /// A walrus in a comprehension binds in the block around all comprehensions.
    fn bind_outside(&mut self, name: &Name) {
        let outer = self.open.iter().rev().copied().find(|&id| self.table.blocks[id].comprehension.is_none());
        let Some(outer) = outer else { return };
        let mangled = self.mangled(name);
        let block = &mut self.table.blocks[outer];
        let is_global = block.kind == BlockKind::Module || block.flags_of(&mangled) & flag::GLOBAL != 0;
        let in_module = block.kind == BlockKind::Module;
        block.note(&mangled, if in_module { flag::GLOBAL } else { flag::LOCAL });
        self.add(name, if is_global { flag::GLOBAL } else { flag::NONLOCAL });
    }

    fn comprehension(&mut self, node: &Node, kind: Comprehension, name: &str) {
        let (values, clauses) = match node.class {
            Class::DictComp => (&node.fields[..2], &node.fields[2]),
            _ => (&node.fields[..1], &node.fields[1]),
        };
        let mut clauses = clauses.nodes();
        let Some(first) = clauses.next() else { return };
        self.expression(&first.fields[1]);
        self.enter(name.into(), BlockKind::Function, node.span.line);
        self.block().comprehension = Some(kind);
        self.add(".0", flag::PARAMETER);
        self.target(&first.fields[0]);
        self.expressions(&first.fields[2]);
        for clause in clauses {
            self.target(&clause.fields[0]);
            self.expression(&clause.fields[1]);
            self.expressions(&clause.fields[2]);
        }
        values.iter().for_each(|value| self.expression(value));
        self.leave();
    }

    fn target(&mut self, target: &Field) {
        self.block().in_target = true;
        self.expression(target);
        self.block().in_target = false;
    }
}
