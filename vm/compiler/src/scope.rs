//! The symbol table: which scope each name of each scope belongs to, in two passes as in CPython's `symtable.c`.
//!
//! The first pass (`scope/collect.rs`) notes how every name is used in every scope; the second, here, finds the scope
//! that each used name belongs to, and marks the variables that another code block captures as cells.
//!
//! List, set and dict comprehensions are scopes of their own here but compiled into the code block around them (PEP
//! 709): a name found without leaving the code block needs no cell. A *unit* is a scope with its own code block.
//!
//! **Invariants**: an enclosing scope has a smaller id than the scopes in it. Names are mangled.

mod collect;
mod expression;

use crate::Options;
use crate::ast::{ComprehensionKind, Name, ScopeId, Tree};
use crate::error::{Failure, Outcome};
use sidewinder_bytecode::{CodeFlags, Position};
use std::collections::HashMap;

/// The flag of a future feature (0 for those that every program has by now), or what is wrong with its name.
pub(crate) fn future_feature(name: &str) -> Result<u32, String> {
    match name {
        "annotations" => Ok(CodeFlags::FUTURE_ANNOTATIONS),
        "barry_as_FLUFL" => Ok(CodeFlags::FUTURE_BARRY),
        "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement" | "print_function"
        | "unicode_literals" | "generator_stop" => Ok(0),
        "braces" => Err("not a chance".to_string()),
        name => Err(format!("future feature {name} is not defined")),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    /// A function, a lambda or a generator expression.
    Function,
    /// A list, set or dict comprehension, compiled into the unit around it.
    Comprehension,
    /// The annotations of a function, class or module: the body of an `__annotate__`. Also what a type parameter or
    /// alias evaluates on demand.
    Annotation,
    /// Type parameters: a code block around what has them.
    TypeParameters,
}

/// Variables of the code block of a class's type parameters: the tuple of them, and the base that they make.
pub(crate) const TYPE_PARAMETERS: &str = ".type_params";
pub(crate) const GENERIC_BASE: &str = ".generic_base";

/// Names of a class's own cells: the class, its namespace, and the set of annotations whose statements have run.
pub(crate) const CLASS_CELLS: [&str; 3] = ["__class__", CLASS_DICT, CONDITIONAL_ANNOTATIONS];
pub(crate) const CLASS_DICT: &str = "__classdict__";
pub(crate) const CONDITIONAL_ANNOTATIONS: &str = "__conditional_annotations__";

/// How a name is used in one scope.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub name: Name,
    /// Where the name was seen first, for errors.
    pub position: Position,
    pub is_parameter: bool,
    /// Bound here, as a parameter or by any statement or expression that binds.
    pub is_bound: bool,
    pub is_used: bool,
    /// Bound by `:=`, maybe in the middle of an expression that has read it.
    pub is_rebound_in_expression: bool,
    pub is_global: bool,
    pub is_nonlocal: bool,
    /// Has an annotation here.
    pub is_annotated: bool,
    /// The target of a comprehension clause.
    pub is_iteration_variable: bool,
    /// Bound by a `:=` in this comprehension, for the scope around all comprehensions.
    pub is_named_outside: bool,
    pub is_type_parameter: bool,
    /// Captured by another unit: it lives in a cell.
    pub is_cell: bool,
    pub resolution: Resolution,
}

/// The scope a name belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resolution {
    /// This scope. In a class or module: its namespace.
    Own,
    /// An enclosing scope of the same unit.
    Outer(ScopeId),
    /// A free variable of this unit.
    Free,
    /// The module, by declaration.
    GlobalExplicit,
    /// The module or builtins.
    GlobalImplicit,
}

pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    pub symbols: Vec<Symbol>,
    index: HashMap<Name, u32>,
    /// The names of a unit's free variables, sorted.
    pub free_names: Vec<Name>,
    /// The name of the innermost class, for private names.
    pub class_name: Option<Name>,
    /// The only names that are private here: around a class, those of its type parameters.
    pub private_names: Option<Vec<Name>>,
    /// What errors call a place where some expressions are not allowed.
    pub place: &'static str,
    pub is_generator: bool,
    pub is_coroutine: bool,
    /// A lambda or generator expression.
    pub is_anonymous: bool,
    /// A generator expression.
    pub is_generator_expression: bool,
    /// Inside a function.
    pub is_nested: bool,
    /// What kind of comprehension this is.
    pub comprehension: Option<ComprehensionKind>,
    /// How many iterables of comprehensions the first pass is in, those around the scope included: `:=` may not occur there.
    iterables: u32,
    /// Which of the `CLASS_CELLS` something in the class uses, which it must make and fill.
    pub class_cells: [bool; CLASS_CELLS.len()],
}

impl Scope {
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.index.get(name).map(|&index| &self.symbols[index as usize])
    }

    fn symbol_mut(&mut self, name: &str) -> Option<&mut Symbol> {
        self.index.get(name).map(|&index| &mut self.symbols[index as usize])
    }

    /// Whether the scope has its own code block.
    pub fn is_unit(&self) -> bool {
        self.kind != ScopeKind::Comprehension
    }

    fn entry(&mut self, name: &Name, position: Position) -> &mut Symbol {
        let index = match self.index.get(name) {
            Some(&index) => index as usize,
            None => {
                self.index.insert(name.clone(), self.symbols.len() as u32);
                self.symbols.push(Symbol {
                    name: name.clone(),
                    position,
                    is_parameter: false,
                    is_bound: false,
                    is_used: false,
                    is_rebound_in_expression: false,
                    is_global: false,
                    is_nonlocal: false,
                    is_annotated: false,
                    is_iteration_variable: false,
                    is_named_outside: false,
                    is_type_parameter: false,
                    is_cell: false,
                    resolution: Resolution::GlobalImplicit,
                });
                self.symbols.len() - 1
            }
        };
        &mut self.symbols[index]
    }
}

/// All scopes of a source text.
pub(crate) struct ScopeTable {
    scopes: Vec<Scope>,
}

impl std::ops::Index<ScopeId> for ScopeTable {
    type Output = Scope;

    fn index(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }
}

impl std::ops::IndexMut<ScopeId> for ScopeTable {
    fn index_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }
}

/// Builds the symbol table of a tree.
pub(crate) fn analyze(tree: &Tree, options: Options) -> Outcome<ScopeTable> {
    let mut table = collect::collect(tree, options)?;
    for id in 0..table.scopes.len() as u32 {
        table.resolve_scope(ScopeId(id))?;
    }
    for scope in &mut table.scopes {
        scope.free_names.sort();
    }
    Ok(table)
}

impl ScopeTable {
    fn resolve_scope(&mut self, id: ScopeId) -> Outcome<()> {
        for index in 0..self[id].symbols.len() {
            let resolution = self.resolve_symbol(id, index)?;
            self[id].symbols[index].resolution = resolution;
        }
        Ok(())
    }

    fn resolve_symbol(&mut self, id: ScopeId, index: usize) -> Outcome<Resolution> {
        let symbol = &self[id].symbols[index];
        let (name, position) = (symbol.name.clone(), symbol.position);
        if symbol.is_global {
            return Ok(Resolution::GlobalExplicit);
        }
        if symbol.is_nonlocal {
            if self.is_type_parameter_outside(id, &name) {
                let message = format!("nonlocal binding not allowed for type parameter '{name}'");
                return Err(Failure::syntax(message, position));
            }
            return match self.resolve_outside(id, &name) {
                Some(resolution) => Ok(resolution),
                None => {
                    let message = format!("no binding for nonlocal '{name}' found");
                    Err(Failure::syntax(message, position))
                }
            };
        }
        if symbol.is_bound {
            let in_module = self[id].kind == ScopeKind::Module;
            return Ok(if in_module { Resolution::GlobalImplicit } else { Resolution::Own });
        }
        if let Some(symbol) = self.class_seen(id).and_then(|class| self[class].symbol(&name))
            && !CLASS_CELLS.contains(&&*name)
        {
            // Found in the class's namespace when it is wanted, else among the globals.
            if symbol.is_global {
                return Ok(Resolution::GlobalExplicit);
            }
            if symbol.is_bound && !symbol.is_nonlocal {
                return Ok(Resolution::GlobalImplicit);
            }
        }
        Ok(self.resolve_outside(id, &name).unwrap_or(Resolution::GlobalImplicit))
    }

    /// Whether the binding that a name has in the enclosing scopes is that of a type parameter.
    fn is_type_parameter_outside(&self, from: ScopeId, name: &Name) -> bool {
        let mut scope = self[from].parent;
        while let Some(id) = scope {
            let found = self[id].symbol(name).filter(|symbol| symbol.is_bound && !symbol.is_nonlocal);
            if let (Some(symbol), false) = (found, self[id].kind == ScopeKind::Class) {
                return symbol.is_type_parameter;
            }
            scope = self[id].parent;
        }
        false
    }

    /// Looks a name up in the enclosing scopes. When it belongs to another unit, marks it as a cell there and as free
    /// in every unit on the way.
    fn resolve_outside(&mut self, from: ScopeId, name: &Name) -> Option<Resolution> {
        let mut crossed: Vec<ScopeId> = Vec::new();
        let mut current = from;
        let owner = loop {
            if self[current].is_unit() {
                crossed.push(current);
            }
            current = self[current].parent?;
            let scope = &self[current];
            match scope.kind {
                ScopeKind::Module => return None,
                ScopeKind::Class => {
                    if CLASS_CELLS.contains(&&**name) {
                        break current;
                    }
                }
                _ => match scope.symbol(name) {
                    Some(symbol) if symbol.is_global => return None,
                    Some(symbol) if symbol.is_bound && !symbol.is_nonlocal => break current,
                    _ => {}
                },
            }
        };
        if crossed.is_empty() && self[owner].kind == ScopeKind::Class {
            // An inlined comprehension sees the class's own cells no more than the class body itself does.
            return None;
        }
        if self[owner].kind == ScopeKind::Class {
            for (cell, used) in CLASS_CELLS.iter().zip(&mut self[owner].class_cells) {
                *used |= **name == **cell;
            }
        }
        if crossed.is_empty() {
            return Some(Resolution::Outer(owner));
        }
        if let Some(symbol) = self[owner].symbol_mut(name) {
            symbol.is_cell = true;
        }
        for &unit in &crossed {
            // A unit sees few free names; `free_seen` would cost more than it saves.
            if !self[unit].free_names.contains(name) {
                self[unit].free_names.push(name.clone());
            }
        }
        Some(Resolution::Free)
    }
}

impl ScopeTable {
    /// Whether names in the unit of that scope are looked up in a class's namespace first.
    pub fn sees_class(&self, id: ScopeId) -> bool {
        self[id].kind == ScopeKind::Class || self.class_seen(id).is_some()
    }

    /// The class around annotations or type parameters, whose namespace they see.
    fn class_seen(&self, id: ScopeId) -> Option<ScopeId> {
        if !matches!(self[id].kind, ScopeKind::Annotation | ScopeKind::TypeParameters) {
            return None;
        }
        let parent = self[id].parent?;
        if self[parent].kind == ScopeKind::Class { Some(parent) } else { self.class_seen(parent) }
    }
}

impl Scope {
    /// A name as it is stored here: private names of a class are mangled.
    pub fn mangled(&self, name: &Name) -> Name {
        match &self.private_names {
            Some(private) if !private.contains(name) => name.clone(),
            _ => mangle(self.class_name.as_ref(), name),
        }
    }
}

/// A private name in a class body gets the class's name in front (`__x` in class `C` is `_C__x`).
pub(crate) fn mangle(class_name: Option<&Name>, name: &Name) -> Name {
    let Some(class_name) = class_name else { return name.clone() };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    let stripped = class_name.trim_start_matches('_');
    if stripped.is_empty() { name.clone() } else { format!("_{stripped}{name}").into() }
}
