//! Code as tools see it that know CPython's bytecode (`co_code`, `dis`): a view, which nothing executes.
//!
//! Each instruction becomes those of CPython's that do the same with a stack: what it reads is loaded, its result stored,
//! and temporaries are the stack. Names, constants and jumps are exact; where registers serve for what CPython does with
//! copies on its stack, nothing is shown. Offsets in the view are what Python knows of places in code: `f_lasti`, `co_lines`,
//! monitoring.

pub mod locations;
mod opcodes;
mod translate;

use crate::code::CodeData;

/// Bytes of an opcode with its argument.
pub const UNIT_BYTES: usize = 2;
/// Stands for the instruction of the units before the first.
pub const NO_INSTRUCTION: u32 = u32::MAX;

/// The view of a code block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Opcodes and their arguments, byte by byte.
    pub bytes: Vec<u8>,
    /// For each unit of two bytes: the instruction that it belongs to.
    pub owners: Vec<u32>,
    /// For each instruction: its first unit, and the one that stands for it. One entry more says where all end.
    starts: Vec<u32>,
    mains: Vec<u32>,
    /// Of each instruction that jumps, the unit that comes next if it does not.
    falls: Vec<u32>,
}

impl Shown {
    /// Makes the view of a code block.
    pub fn new(code: &CodeData) -> Shown {
        layout(code.instructions.len(), &translate::translate(code))
    }

    /// Where an instruction is said to be while it runs.
    pub fn offset_of(&self, index: usize) -> usize {
        UNIT_BYTES * self.mains.get(index).copied().unwrap_or_default() as usize
    }

    /// Where it goes on after a branch at an instruction that is not taken.
    pub fn fall_of(&self, index: usize) -> usize {
        UNIT_BYTES * self.falls.get(index).copied().unwrap_or_default() as usize
    }

    /// Where the units of an instruction start; of one past the last, where all end.
    pub fn start_of(&self, index: usize) -> usize {
        UNIT_BYTES * self.starts.get(index).copied().unwrap_or_default() as usize
    }
}

/// An opcode with its argument, whatever that takes.
#[derive(Clone, Copy, Debug)]
struct Unit {
    opcode: u8,
    argument: u32,
    /// The instruction to whose start it jumps.
    target: Option<u32>,
    owner: u32,
    /// It stands for its instruction.
    is_main: bool,
}

impl Unit {
    /// Units that it takes: prefixes for a wide argument, itself, and what CPython caches behind it.
    fn length(&self) -> u32 {
        prefixes(self.argument) + 1 + opcodes::caches(self.opcode)
    }
}

fn prefixes(argument: u32) -> u32 {
    (32 - argument.leading_zeros()).saturating_sub(1) / 8
}

/// Lays the units out: jumps say how far, and how far depends on how long their arguments are.
fn layout(count: usize, units: &[Unit]) -> Shown {
    let mut units = units.to_vec();
    let mut starts = vec![0u32; count + 1];
    loop {
        let (mut place, mut next) = (0, 0);
        let mut ends = Vec::with_capacity(units.len());
        for unit in &units {
            while unit.owner != NO_INSTRUCTION && next <= unit.owner {
                starts[next as usize] = place;
                next += 1;
            }
            place += unit.length();
            ends.push(place);
        }
        starts[next as usize..].fill(place);
        let mut grown = false;
        for (unit, end) in units.iter_mut().zip(ends) {
            let Some(target) = unit.target else { continue };
            let distance = starts[target as usize].abs_diff(end);
            grown |= prefixes(distance) > prefixes(unit.argument);
            // An argument keeps its width once it has it, so that this comes to an end.
            unit.argument = distance;
        }
        if !grown {
            break;
        }
    }
    write(units, starts, count)
}

fn write(units: Vec<Unit>, starts: Vec<u32>, count: usize) -> Shown {
    let (mut bytes, mut owners) = (Vec::new(), Vec::new());
    let mut mains = starts.clone();
    let mut falls = starts[1.min(count)..].to_vec();
    for unit in units {
        for prefix in (1..=prefixes(unit.argument)).rev() {
            bytes.extend([opcodes::EXTENDED_ARG, (unit.argument >> (8 * prefix)) as u8]);
        }
        if unit.is_main && (unit.owner as usize) < count {
            mains[unit.owner as usize] = (bytes.len() / UNIT_BYTES) as u32;
        }
        bytes.extend([unit.opcode, unit.argument as u8]);
        for _ in 0..opcodes::caches(unit.opcode) {
            bytes.extend([opcodes::CACHE, 0]);
        }
        owners.resize(bytes.len() / UNIT_BYTES, unit.owner);
        if unit.target.is_some() {
            falls[unit.owner as usize] = owners.len() as u32;
        }
    }
    Shown { bytes, owners, starts, mains, falls }
}
