//! Code generation: the shared state, emission, and access to names.
//!
//! The generator walks our tree once and appends draft instructions to the current unit. **Rules of registers**:
//! - An expression is either wanted as an *operand* (any register or constant that holds it) or *in* a given register.
//!   A temporary that is given as destination is always the next free one.
//! - Temporaries form a stack; each is written once and consumed once.
//! - A value that is used twice lives in a local, named or hidden.
//! - Hidden locals are cleared where their use ends; after an exception, by the handler that continues.

use crate::assemble::assemble;
use crate::ast::*;
use crate::error::{Failure, Outcome};
use crate::function::{clean_docstring, split_docstring};
use crate::register::{Field, Register, Source};
use crate::scope::{Resolution, Scope, ScopeKind, ScopeTable};
use crate::unit::{Label, Unit};
use crate::{Mode, Options};
use sidewinder_bytecode::instruction::OPERAND_MAX;
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, NAMESPACE_LOCAL, Op, Position};
use std::rc::Rc;

/// The most temporaries, locals and arguments a code block may have, well inside the operand fields.
pub(crate) const REGISTERS_MAX: u32 = 30_000;

/// How a name is read and written here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Local(Register),
    Cell(Register),
    Free(u32),
    /// A free variable read in a class body, whose namespace comes first.
    ClassFree(u32),
    Global,
    Namespace,
}

pub(crate) struct Generator<'tree> {
    pub options: Options,
    /// `CodeFlags::FUTURES` of every code block.
    pub futures: u32,
    pub scopes: &'tree ScopeTable,
    pub file_name: Rc<str>,
    pub unit: Unit<'tree>,
    /// The units around the current one.
    pub outer: Vec<Unit<'tree>>,
}

impl<'tree> Generator<'tree> {
    /// Appends an instruction.
    pub fn emit(&mut self, op: Op, a: impl Into<Field>, b: impl Into<Field>, c: impl Into<Field>, position: Position) {
        self.unit.push(op, [a.into(), b.into(), c.into()], None, position);
    }

    /// Appends an instruction that jumps to a label.
    pub fn emit_jump(&mut self, op: Op, a: impl Into<Field>, b: impl Into<Field>, label: Label, position: Position) {
        self.unit.push(op, [a.into(), b.into(), Field(0)], Some(label), position);
    }

    pub fn jump(&mut self, label: Label, position: Position) {
        self.emit_jump(Op::Jump, 0, 0, label, position);
    }

    pub fn clear(&mut self, register: Register, position: Position) {
        self.emit(Op::Clear, register, 0, 0, position);
    }

    pub fn new_label(&mut self) -> Label {
        self.unit.new_label()
    }

    pub fn place(&mut self, label: Label) {
        self.unit.place(label);
    }

    pub fn depth(&self) -> u32 {
        self.unit.registers.depth()
    }

    pub fn set_depth(&mut self, depth: u32) {
        self.unit.registers.set_depth(depth);
    }

    /// Takes the next temporary.
    pub fn temporary(&mut self) -> Register {
        self.unit.registers.temporary()
    }

    pub fn acquire(&mut self, name: &str) -> Register {
        self.unit.registers.acquire(name)
    }

    pub fn release(&mut self, register: Register) {
        self.unit.registers.release(register);
    }

    /// Ends the use of a hidden local: clears it and gives it back.
    pub fn clear_and_release(&mut self, register: Register, position: Position) {
        self.clear(register, position);
        self.release(register);
    }

    /// Runs `generate` with a temporary for its result and moves that to `destination` when it is another register.
    pub fn in_temporary(
        &mut self,
        destination: Register,
        position: Position,
        generate: impl FnOnce(&mut Self, Register) -> Outcome<()>,
    ) -> Outcome<()> {
        let mark = self.depth();
        let temporary = self.temporary();
        generate(self, temporary)?;
        self.set_depth(mark);
        if destination != temporary {
            self.emit(Op::Move, destination, temporary, 0, position);
        }
        Ok(())
    }

    /// Loads a constant into a register.
    pub fn load_constant(&mut self, destination: Register, constant: &Constant, position: Position) {
        let index = self.unit.constants.add(constant);
        self.emit(Op::LoadConst, destination, index, 0, position);
    }

    /// A constant as an operand; through a temporary when its index does not fit an operand field.
    pub fn constant_operand(&mut self, constant: &Constant, position: Position) -> Source {
        let index = self.unit.constants.add(constant);
        if index <= OPERAND_MAX as u32 {
            return Source::Constant(index);
        }
        let temporary = self.temporary();
        self.emit(Op::LoadConst, temporary, index, 0, position);
        temporary.into()
    }

    /// Puts an operand into a register.
    pub fn move_to(&mut self, destination: Register, source: Source, position: Position) {
        match source {
            Source::Register(register) if register == destination => {}
            Source::Constant(index) => self.emit(Op::LoadConst, destination, index, 0, position),
            Source::Register(_) => self.emit(Op::Move, destination, source, 0, position),
        }
    }

    /// Gives an operand its own temporary when `:=` further on in the expression might change its register.
    pub fn protect(&mut self, source: Source, position: Position) -> Source {
        match source {
            Source::Register(register) if !register.is_temporary() && self.may_be_rebound(register) => {
                let temporary = self.temporary();
                self.emit(Op::Move, temporary, source, 0, position);
                temporary.into()
            }
            _ => source,
        }
    }

    pub fn may_be_rebound(&self, register: Register) -> bool {
        self.unit.rebound.get(register.index() as usize).copied().unwrap_or(false)
    }

    /// Drops an operand that nobody wants.
    pub fn discard(&mut self, source: Source, position: Position) {
        if let Source::Register(register) = source
            && register.is_temporary()
        {
            self.clear(register, position);
        }
    }

    /// A name as it is stored: private names of a class are mangled.
    pub fn mangled(&self, name: &Name) -> Name {
        self.scope().mangled(name)
    }

    /// The scope that names are looked up in: that of the innermost inlined comprehension, or of the unit.
    pub fn scope_id(&self) -> ScopeId {
        self.unit.comprehensions.last().map_or(self.unit.scope, |comprehension| comprehension.scope)
    }

    pub fn scope(&self) -> &'tree Scope {
        &self.scopes[self.scope_id()]
    }

    /// The site of a name in the current unit.
    pub fn site(&mut self, name: &Name) -> u32 {
        self.unit.names.add_site(name)
    }

    /// How a mangled name is accessed in the current scope.
    pub fn access(&self, name: &Name) -> Access {
        let Some(symbol) = self.scope().symbol(name) else { return self.global_access() };
        match symbol.resolution {
            Resolution::GlobalExplicit => Access::Global,
            Resolution::GlobalImplicit => self.global_access(),
            Resolution::Own if self.scope().kind == ScopeKind::Class => Access::Namespace,
            Resolution::Own => self.local_access(self.scope_id(), name),
            Resolution::Outer(owner) => self.local_access(owner, name),
            Resolution::Free => match self.unit.free.get(name) {
                Some(&index) if self.scopes.sees_class(self.scope_id()) => Access::ClassFree(index),
                Some(&index) => Access::Free(index),
                None => unreachable!("the symbol table lists every free variable of a unit"),
            },
        }
    }

    fn global_access(&self) -> Access {
        let in_class = self.scopes.sees_class(self.unit.scope);
        let has_namespace = in_class || self.unit.flags & CodeFlags::NAMESPACE != 0;
        let in_class_comprehension = in_class && !self.unit.comprehensions.is_empty();
        if has_namespace && !in_class_comprehension { Access::Namespace } else { Access::Global }
    }

    /// A variable of this unit, owned by the unit's own scope or by an inlined comprehension.
    fn local_access(&self, owner: ScopeId, name: &Name) -> Access {
        let registers = if owner == self.unit.scope {
            &self.unit.variables
        } else {
            match self.unit.comprehensions.iter().find(|comprehension| comprehension.scope == owner) {
                Some(comprehension) => &comprehension.registers,
                None => unreachable!("an inlined comprehension is active while its names are used"),
            }
        };
        let register = registers[name];
        // Only its cells are owned by a class and found through registers.
        let in_class = self.scopes[owner].kind == ScopeKind::Class;
        let is_cell = in_class || self.scopes[owner].symbol(name).is_some_and(|symbol| symbol.is_cell);
        if is_cell { Access::Cell(register) } else { Access::Local(register) }
    }

    /// Reads a name into a register.
    pub fn load_name(&mut self, name: &Name, destination: Register, position: Position) {
        let name = self.mangled(name);
        match self.access(&name) {
            Access::Local(register) => {
                self.emit(Op::CheckBound, register, 0, 0, position);
                if register != destination {
                    self.emit(Op::Move, destination, register, 0, position);
                }
            }
            Access::Cell(register) => self.emit(Op::LoadCell, destination, register, 0, position),
            Access::Free(index) => self.emit(Op::LoadFree, destination, index, 0, position),
            Access::ClassFree(index) => self.emit(Op::LoadClassFree, destination, index, 0, position),
            Access::Global => {
                let site = self.site(&name);
                self.emit(Op::LoadGlobal, destination, site, self.is_declared_global(&name), position);
            }
            Access::Namespace => {
                let site = self.site(&name);
                self.emit(Op::LoadName, destination, site, 0, position);
            }
        }
    }

    /// Reads a name as an operand: a plain local as it is.
    pub fn name_operand(&mut self, name: &Name, position: Position) -> Source {
        if let Access::Local(register) = self.access(&self.mangled(name)) {
            self.emit(Op::CheckBound, register, 0, 0, position);
            return register.into();
        }
        let destination = Register::temporary(self.depth());
        self.load_name(name, destination, position);
        self.temporary().into()
    }

    /// The register of a name that is a plain local.
    pub fn local_register(&self, name: &Name) -> Option<Register> {
        match self.access(&self.mangled(name)) {
            Access::Local(register) => Some(register),
            _ => None,
        }
    }

    /// Binds a name to an operand, consuming it.
    pub fn store_name(&mut self, name: &Name, source: Source, position: Position) {
        let name = self.mangled(name);
        match self.access(&name) {
            Access::Local(register) => self.move_to(register, source, position),
            Access::Cell(register) => self.emit(Op::StoreCell, register, source, 0, position),
            Access::Free(index) | Access::ClassFree(index) => self.emit(Op::StoreFree, index, source, 0, position),
            Access::Global => {
                let site = self.site(&name);
                self.emit(Op::StoreGlobal, site, source, self.is_declared_global(&name), position);
            }
            Access::Namespace => {
                let site = self.site(&name);
                self.emit(Op::StoreName, site, source, 0, position);
            }
        }
    }

    pub fn delete_name(&mut self, name: &Name, position: Position) {
        let name = self.mangled(name);
        match self.access(&name) {
            Access::Local(register) => self.emit(Op::DeleteLocal, register, 0, 0, position),
            Access::Cell(register) => self.emit(Op::DeleteCell, register, 0, 0, position),
            Access::Free(index) | Access::ClassFree(index) => self.emit(Op::DeleteFree, index, 0, 0, position),
            Access::Global => {
                let site = self.site(&name);
                self.emit(Op::DeleteGlobal, site, 0, self.is_declared_global(&name), position);
            }
            Access::Namespace => {
                let site = self.site(&name);
                self.emit(Op::DeleteName, site, 0, 0, position);
            }
        }
    }

    /// Whether a name of a module is declared global, so that it stays one when the code gets a namespace.
    fn is_declared_global(&self, name: &Name) -> u32 {
        let is_module = self.scopes[self.unit.scope].kind == ScopeKind::Module;
        (is_module && self.scope().symbol(name).is_some_and(|symbol| symbol.is_global)) as u32
    }

    /// Fails when the block needs more registers than operand fields can name.
    pub fn check_registers(&self, position: Position) -> Outcome<()> {
        let registers = &self.unit.registers;
        if registers.depth_max() + registers.local_names.len() as u32 > REGISTERS_MAX {
            return Err(Failure::too_large("registers", position));
        }
        Ok(())
    }
}

/// Generates the code of a whole tree.
pub(crate) fn generate(tree: &Tree, scopes: &ScopeTable, file_name: &str, options: Options) -> Outcome<CodeData> {
    let mode = options.mode;
    let name: Name = "<module>".into();
    let file_name: Rc<str> = file_name.into();
    let mut unit = Unit::new(ScopeId(0), name.clone(), name, 1);
    if !matches!(mode, Mode::Module | Mode::Eval) {
        unit.registers.add_local(NAMESPACE_LOCAL.into());
    }
    if matches!(mode, Mode::NamespaceModule | Mode::NamespaceEval) {
        unit.flags |= CodeFlags::NAMESPACE;
        unit.argument_count = 1;
    }
    if scopes[ScopeId(0)].is_coroutine {
        unit.flags |= CodeFlags::COROUTINE;
    }
    let mut generator =
        Generator { options, futures: tree.futures, scopes, file_name: file_name.clone(), unit, outer: Vec::new() };
    let start = Position { line: 1, end_line: 1, column: 0, end_column: 0 };
    match &tree.body {
        TreeBody::Module { body, annotation_scope, has_annotation_texts } => {
            if *has_annotation_texts {
                generator.emit(Op::SetupAnnotations, 0, 0, 0, start);
            }
            generator.module(body, *annotation_scope, start)?;
        }
        TreeBody::Expression(expression) => {
            let source = generator.operand(expression)?;
            generator.emit(Op::Return, source, 0, 0, expression.position);
        }
    }
    generator.check_registers(start)?;
    generator.unit.flags |= generator.futures;
    assemble(generator.unit, scopes, &file_name, start)
}

impl<'tree> Generator<'tree> {
    fn module(&mut self, body: &'tree [Statement], annotation_scope: Option<ScopeId>, start: Position) -> Outcome<()> {
        let is_single = self.options.mode == Mode::OpenSingle;
        let (docstring, statements) = if is_single { (None, body) } else { split_docstring(body) };
        if let Some(docstring) = docstring.filter(|_| self.options.optimize < 2) {
            let position = body[0].position;
            let source = self.constant_operand(&clean_docstring(docstring), position);
            self.store_name(&"__doc__".into(), source, position);
            self.set_depth(0);
        }
        if let Some(scope) = annotation_scope {
            self.module_annotations(scope, statements, start)?;
        }
        self.statements(statements)?;
        self.return_none(start)
    }
}
