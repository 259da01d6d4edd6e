//! Registers of a code block under construction, and the allocator.
//!
//! The number of locals is known only at the end, because the compiler adds hidden ones while it generates. So
//! temporaries are numbered apart and moved behind the locals by the assembler.

use crate::ast::Name;
use std::collections::HashMap;

const TEMPORARY_BIT: u32 = 0x4000_0000;
const CONSTANT_BIT: u32 = 0x8000_0000;

/// A register: a local or a temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) struct Register(u32);

impl Register {
    pub fn local(index: u32) -> Register {
        Register(index)
    }

    pub fn temporary(index: u32) -> Register {
        Register(index | TEMPORARY_BIT)
    }

    pub fn is_temporary(self) -> bool {
        self.0 & TEMPORARY_BIT != 0
    }

    pub fn index(self) -> u32 {
        self.0 & !TEMPORARY_BIT
    }

    /// The register `distance` after this one.
    pub fn offset(self, distance: u32) -> Register {
        Register(self.0 + distance)
    }
}

/// What an instruction reads: a register or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    Register(Register),
    Constant(u32),
}

impl From<Register> for Source {
    fn from(register: Register) -> Source {
        Source::Register(register)
    }
}

/// An operand field of a draft instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Field(pub u32);

impl From<Register> for Field {
    fn from(register: Register) -> Field {
        Field(register.0)
    }
}

impl From<Source> for Field {
    fn from(source: Source) -> Field {
        match source {
            Source::Register(register) => Field(register.0),
            Source::Constant(index) => Field(index | CONSTANT_BIT),
        }
    }
}

impl From<u32> for Field {
    fn from(number: u32) -> Field {
        Field(number)
    }
}

impl Field {
    /// The constant this field names, if it was made from one.
    pub fn as_constant(self) -> Option<u32> {
        (self.0 & CONSTANT_BIT != 0).then_some(self.0 & !CONSTANT_BIT)
    }

    pub fn as_register(self) -> Register {
        Register(self.0)
    }

    /// The local this field names, if it names one.
    pub fn as_local(self) -> Option<u32> {
        (self.0 & (CONSTANT_BIT | TEMPORARY_BIT) == 0).then_some(self.0)
    }
}

/// Gives out registers.
#[derive(Default)]
pub(crate) struct RegisterAllocator {
    /// Names of the locals; hidden ones are added as they are needed.
    pub local_names: Vec<Name>,
    /// Hidden locals that are free again, by name.
    pool: HashMap<Name, Vec<Register>>,
    /// Runs of hidden locals that are free again, by length.
    runs: HashMap<u32, Vec<Register>>,
    /// Every hidden local handed out, in order; a `try` clears those its body took.
    acquired: Vec<Register>,
    depth: u32,
    depth_max: u32,
}

impl RegisterAllocator {
    pub fn add_local(&mut self, name: Name) -> Register {
        self.local_names.push(name);
        Register::local(self.local_names.len() as u32 - 1)
    }

    /// A hidden local. The caller clears it where its use ends, and releases it.
    pub fn acquire(&mut self, name: &str) -> Register {
        let register = self.acquire_for_handler(name);
        self.acquired.push(register);
        register
    }

    /// A hidden local that is unbound whenever an exception leaves the code that uses it, so that no handler needs to
    /// clear it: those that the handlers themselves work with.
    pub fn acquire_for_handler(&mut self, name: &str) -> Register {
        match self.pool.get_mut(name).and_then(Vec::pop) {
            Some(register) => register,
            None => self.add_local(name.into()),
        }
    }

    /// Consecutive hidden locals, for instructions that write a run.
    pub fn acquire_run(&mut self, count: u32) -> Register {
        let first = match self.runs.get_mut(&count).and_then(Vec::pop) {
            Some(first) => first,
            None => {
                let first = self.local_names.len() as u32;
                (0..count).for_each(|_| {
                    self.add_local(".item".into());
                });
                Register::local(first)
            }
        };
        self.acquired.extend((0..count).map(|index| first.offset(index)));
        first
    }

    pub fn release_run(&mut self, first: Register, count: u32) {
        self.runs.entry(count).or_default().push(first);
    }

    pub fn release(&mut self, register: Register) {
        let name = self.local_names[register.index() as usize].clone();
        self.pool.entry(name).or_default().push(register);
    }

    /// A mark for `acquired_since`.
    pub fn acquired_mark(&self) -> usize {
        self.acquired.len()
    }

    /// The hidden locals handed out since the mark, each once.
    pub fn acquired_since(&self, mark: usize) -> Vec<Register> {
        let mut registers = self.acquired[mark..].to_vec();
        registers.sort_by_key(|register| register.index());
        registers.dedup();
        registers
    }

    /// The number of temporaries in use.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    pub fn set_depth(&mut self, depth: u32) {
        self.depth = depth;
        self.depth_max = self.depth_max.max(depth);
    }

    /// Makes sure that the frame has room for so many temporaries.
    pub fn reserve(&mut self, depth: u32) {
        self.depth_max = self.depth_max.max(depth);
    }

    pub fn depth_max(&self) -> u32 {
        self.depth_max
    }

    /// Takes the next temporary.
    pub fn temporary(&mut self) -> Register {
        let register = Register::temporary(self.depth);
        self.set_depth(self.depth + 1);
        register
    }
}
