//! A code block under construction: draft instructions, labels, tables, and the stack of enclosing statements.

use crate::ast::{Name, ScopeId, Statement};
use crate::register::{Field, Register, RegisterAllocator};
use sidewinder_bytecode::{Constant, Op, Position};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// A place in the code that jumps name before it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Label(pub u32);

/// Index of a handler of the unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HandlerId(pub u32);

/// An instruction before its registers and jumps are final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub op: Op,
    pub fields: [Field; 3],
    /// Where the instruction jumps, for the kinds that do.
    pub label: Option<Label>,
    /// The handler that an exception raised here goes to.
    pub handler: Option<HandlerId>,
    pub position: Position,
}

/// Where exceptions go.
pub(crate) struct HandlerDraft {
    pub label: Label,
    pub exception: Register,
    /// Temporaries below stay.
    pub depth: u32,
}

/// A statement around the current one that `return`, `break` or `continue` must leave properly.
#[derive(Clone)]
pub(crate) enum Block<'tree> {
    Loop {
        continue_label: Label,
        break_label: Label,
        /// The number that `JumpBack` counts.
        number: u32,
        /// The iterator to clear on `break`.
        iterator: Option<Register>,
        /// Where a jump back is, if that stands for the test of the loop.
        back: Option<Position>,
    },
    /// The body of a `try` with `finally`; exceptions in the `finally` body go to `outer`.
    Finally { body: &'tree [Statement], outer: Option<HandlerId> },
    /// The body of a plain `try`.
    Try { outer: Option<HandlerId> },
    /// A handler's body: the exception handled before is in `saved`.
    Handling {
        saved: Register,
        /// The exception, where the code still needs it at the end.
        exception: Option<Register>,
        outer: Option<HandlerId>,
    },
    /// A clause of `except*`, which no jump may leave.
    StarClause,
    /// The part of a handler in which its `as` name exists.
    BoundName { name: Name, position: Position, outer: Option<HandlerId> },
    /// The body of a `with`.
    With { exit: Register, is_async: bool, position: Position, outer: Option<HandlerId> },
    /// A value on its way out of the function while `finally` bodies run.
    Value(Register),
}

/// A comprehension that is being compiled into its unit.
pub(crate) struct ActiveComprehension {
    pub scope: ScopeId,
    pub registers: HashMap<Name, Register>,
}

/// Hashable form of a constant: equal only for the same type and the same bits.
#[derive(PartialEq, Eq, Hash)]
enum ConstantKey {
    Int(i64),
    Str(Rc<str>),
    Other(Vec<u8>),
}

/// The constants of a unit.
#[derive(Default)]
pub(crate) struct ConstantTable {
    pub constants: Vec<Constant>,
    index: HashMap<ConstantKey, u32>,
}

impl ConstantTable {
    /// The index of a constant, shared with equal ones of the same type.
    pub fn add(&mut self, constant: &Constant) -> u32 {
        let key = match constant {
            Constant::Int(value) => ConstantKey::Int(*value),
            Constant::Str(text) => ConstantKey::Str(text.clone()),
            _ => {
                let mut bytes = Vec::new();
                write_key(constant, &mut bytes);
                ConstantKey::Other(bytes)
            }
        };
        let next = self.constants.len() as u32;
        let index = *self.index.entry(key).or_insert(next);
        if index == next {
            self.constants.push(constant.clone());
        }
        index
    }

    /// A constant that is never shared.
    pub fn add_unshared(&mut self, constant: Constant) -> u32 {
        self.constants.push(constant);
        self.constants.len() as u32 - 1
    }
}

/// Writes an unambiguous byte form: a tag, then the content behind its length.
fn write_key(constant: &Constant, bytes: &mut Vec<u8>) {
    fn sized(tag: u8, content: &[u8], bytes: &mut Vec<u8>) {
        bytes.push(tag);
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(content);
    }
    match constant {
        Constant::None => bytes.push(0),
        Constant::True => bytes.push(1),
        Constant::False => bytes.push(2),
        Constant::Ellipsis => bytes.push(3),
        Constant::Int(value) => sized(4, &value.to_le_bytes(), bytes),
        Constant::BigInt(digits) => sized(5, digits.as_bytes(), bytes),
        Constant::Float(value) => sized(6, &value.to_bits().to_le_bytes(), bytes),
        Constant::Complex(real, imaginary) => {
            sized(7, &[real.to_bits().to_le_bytes(), imaginary.to_bits().to_le_bytes()].concat(), bytes)
        }
        Constant::Str(text) => sized(8, text.as_bytes(), bytes),
        Constant::StrSurrogates(points) => {
            sized(9, &points.iter().flat_map(|point| point.to_le_bytes()).collect::<Vec<u8>>(), bytes)
        }
        Constant::Bytes(content) => sized(10, content, bytes),
        Constant::Tuple(items) | Constant::FrozenSet(items) => {
            bytes.push(if matches!(constant, Constant::Tuple(_)) { 11 } else { 12 });
            bytes.extend((items.len() as u32).to_le_bytes());
            items.iter().for_each(|item| write_key(item, bytes));
        }
        Constant::Code(code) => sized(13, &(Rc::as_ptr(code) as usize).to_le_bytes(), bytes),
    }
}

/// The names of a unit and its inline-cache sites.
#[derive(Default)]
pub(crate) struct NameTable {
    pub names: Vec<Name>,
    pub sites: Vec<u16>,
    index: HashMap<Name, u32>,
    /// Shared sites, used only when a unit has too many of its own.
    shared: HashMap<u32, u32>,
}

/// From here on, one site serves all uses of a name.
const OWN_SITES_MAX: usize = 50_000;

impl NameTable {
    pub fn add(&mut self, name: &Name) -> u32 {
        if let Some(&index) = self.index.get(name) {
            return index;
        }
        let index = self.names.len() as u32;
        self.names.push(name.clone());
        self.index.insert(name.clone(), index);
        index
    }

    /// A new inline-cache site for a name.
    pub fn add_site(&mut self, name: &Name) -> u32 {
        let index = self.add(name);
        if self.sites.len() >= OWN_SITES_MAX {
            if let Some(&site) = self.shared.get(&index) {
                return site;
            }
            self.shared.insert(index, self.sites.len() as u32);
        }
        self.sites.push(index as u16);
        self.sites.len() as u32 - 1
    }
}

/// A code block under construction.
pub(crate) struct Unit<'tree> {
    pub scope: ScopeId,
    pub name: Name,
    pub qualified_name: Name,
    pub first_line: u32,
    pub flags: u32,
    pub argument_count: u32,
    pub positional_only_count: u32,
    pub keyword_only_count: u32,
    pub instructions: Vec<Draft>,
    /// The instruction index of each label, once placed.
    pub labels: Vec<Option<u32>>,
    pub handlers: Vec<HandlerDraft>,
    /// The handler that covers what is emitted now.
    pub handler: Option<HandlerId>,
    pub constants: ConstantTable,
    pub names: NameTable,
    pub registers: RegisterAllocator,
    pub variables: HashMap<Name, Register>,
    pub free: HashMap<Name, u32>,
    pub cell_registers: Vec<u16>,
    /// Locals that `:=` may rebind in the middle of an expression, by index.
    pub rebound: Vec<bool>,
    pub comprehensions: Vec<ActiveComprehension>,
    pub blocks: Vec<Block<'tree>>,
    pub loop_count: u32,
    /// For a class: attributes that its methods assign on `self`.
    pub static_attributes: BTreeSet<Name>,
}

impl Unit<'_> {
    /// An empty unit.
    pub fn new(scope: ScopeId, name: Name, qualified_name: Name, first_line: u32) -> Self {
        Unit {
            scope,
            name,
            qualified_name,
            first_line,
            flags: 0,
            argument_count: 0,
            positional_only_count: 0,
            keyword_only_count: 0,
            instructions: Vec::new(),
            labels: Vec::new(),
            handlers: Vec::new(),
            handler: None,
            constants: ConstantTable::default(),
            names: NameTable::default(),
            registers: RegisterAllocator::default(),
            variables: HashMap::new(),
            free: HashMap::new(),
            cell_registers: Vec::new(),
            rebound: Vec::new(),
            comprehensions: Vec::new(),
            blocks: Vec::new(),
            loop_count: 0,
            static_attributes: BTreeSet::new(),
        }
    }

    pub fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label stands for the next instruction.
    pub fn place(&mut self, label: Label) {
        debug_assert!(self.labels[label.0 as usize].is_none(), "a label is placed once");
        self.labels[label.0 as usize] = Some(self.instructions.len() as u32);
    }

    pub fn push(&mut self, op: Op, fields: [Field; 3], label: Option<Label>, position: Position) {
        for field in fields {
            if field.as_constant().is_none() && field.as_register().is_temporary() {
                self.registers.reserve(field.as_register().index() + 1);
            }
        }
        self.instructions.push(Draft { op, fields, label, handler: self.handler, position });
    }
}
