//! The last step of a unit: temporaries move behind the locals, jumps get their offsets (far ones through a second
//! instruction), and the exception table is made from the handler of each instruction.

use crate::ast::Name;
use crate::error::{Failure, Outcome};
use crate::flow::{self, Flow, NO_TARGET};
use crate::register::Field;
use crate::scope::ScopeTable;
use crate::unit::{Draft, Unit};
use sidewinder_bytecode::instruction::{CONSTANT_BIT, OPERAND_MAX};
use sidewinder_bytecode::{CodeBody, CodeData, CodeFlags, Handler, Instruction, Kind, Op, Position};
use std::rc::Rc;

/// Makes the code of a finished unit.
pub(crate) fn assemble(
    mut unit: Unit,
    scopes: &ScopeTable,
    file_name: &Rc<str>,
    position: Position,
) -> Outcome<CodeData> {
    let flow = flow::run(&mut unit);
    let local_count = unit.registers.local_names.len() as u32;
    let register_count = local_count + unit.registers.depth_max();
    if register_count > OPERAND_MAX as u32 {
        return Err(Failure::too_large("registers", position));
    }
    if unit.constants.constants.len() > u16::MAX as usize || unit.names.names.len() > u16::MAX as usize {
        let fits = flow.drafts.iter().all(|draft| draft.fits());
        if !fits || unit.names.names.len() > u16::MAX as usize {
            return Err(Failure::too_large("names or constants", position));
        }
    }
    let mut encoder = Encoder { flow: &flow, local_count, offsets: Vec::new(), long: Vec::new() };
    encoder.lay_out();
    let (instructions, positions) = encoder.encode();
    let handlers = encoder.handlers(&unit);
    let free_names: Vec<Name> = scopes[unit.scope].free_names.clone();
    let body = CodeBody {
        local_names: unit.registers.local_names,
        cell_registers: unit.cell_registers,
        constants: unit.constants.constants,
        names: unit.names.names,
        sites: unit.names.sites,
        loop_count: u16::try_from(unit.loop_count).map_err(|_| Failure::too_large("loops", position))?,
        instructions,
        positions: positions.into(),
        handlers,
    };
    Ok(CodeData {
        name: unit.name,
        qualified_name: unit.qualified_name,
        file_name: file_name.clone(),
        first_line: unit.first_line,
        flags: CodeFlags(unit.flags),
        argument_count: unit.argument_count as u16,
        positional_only_count: unit.positional_only_count as u16,
        keyword_only_count: unit.keyword_only_count as u16,
        local_count: local_count as u16,
        register_count: register_count as u16,
        free_names,
        body: body.into(),
    })
}

impl Draft {
    /// Whether constant indices fit the fields they are in.
    fn fits(&self) -> bool {
        match self.op {
            Op::MakeFunction => self.fields[1].0 <= u16::MAX as u32,
            Op::Extra => self.fields[0].0 <= u16::MAX as u32,
            _ => true,
        }
    }
}

struct Encoder<'a> {
    flow: &'a Flow,
    local_count: u32,
    /// The index of each draft's first instruction, and the end.
    offsets: Vec<u32>,
    /// Drafts whose 16-bit jump does not reach and goes through a second instruction.
    long: Vec<bool>,
}

impl Encoder<'_> {
    /// Finds the offsets; a jump once made long stays so, which ends the search.
    fn lay_out(&mut self) {
        let count = self.flow.drafts.len();
        self.long = vec![false; count];
        loop {
            self.offsets.clear();
            let mut offset = 0;
            for (draft, &long) in self.flow.drafts.iter().zip(&self.long) {
                self.offsets.push(offset);
                offset += 1 + if long { extra_length(draft.op) } else { 0 };
            }
            self.offsets.push(offset);
            let mut changed = false;
            for (index, draft) in self.flow.drafts.iter().enumerate() {
                let target = self.flow.targets[index];
                if target == NO_TARGET || self.long[index] || draft.op.kinds()[2] != Kind::Jump16 {
                    continue;
                }
                let distance = self.offsets[target as usize] as i64 - self.offsets[index] as i64 - 1;
                if i16::try_from(distance).is_err() {
                    self.long[index] = true;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn encode(&self) -> (Vec<Instruction>, Vec<Position>) {
        let total = self.offsets[self.flow.drafts.len()] as usize;
        let mut instructions = Vec::with_capacity(total);
        let mut positions = Vec::with_capacity(total);
        for (index, draft) in self.flow.drafts.iter().enumerate() {
            let fields = self.fields(draft);
            let target = self.flow.targets[index];
            if target == NO_TARGET {
                let instruction = match draft.op {
                    Op::LoadConst => Instruction::wide(draft.op, fields[0], draft.fields[1].0 as i32),
                    _ => Instruction::new(draft.op, fields[0], fields[1], fields[2]),
                };
                instructions.push(instruction);
            } else {
                self.encode_jump(draft, fields, self.offsets[target as usize], &mut instructions, self.long[index]);
            }
            positions.resize(instructions.len(), draft.position);
        }
        (instructions, positions)
    }

    fn encode_jump(
        &self,
        draft: &Draft,
        fields: [u16; 3],
        target: u32,
        instructions: &mut Vec<Instruction>,
        long: bool,
    ) {
        let offset_from = |index: usize| target as i32 - index as i32 - 1;
        let here = instructions.len();
        if draft.op.kinds()[2] != Kind::Jump16 {
            instructions.push(Instruction::wide(draft.op, fields[0], offset_from(here)));
        } else if !long {
            let offset = offset_from(here) as i16 as u16;
            instructions.push(Instruction::new(draft.op, fields[0], fields[1], offset));
        } else if let Some(inverse) = inverse(draft.op) {
            instructions.push(Instruction::new(inverse, fields[0], fields[1], 1));
            instructions.push(Instruction::wide(Op::Jump, 0, offset_from(here + 1)));
        } else {
            // `ForIter` and `Send` have no inverse: they jump over the jump that is taken otherwise.
            instructions.push(Instruction::new(draft.op, fields[0], fields[1], 1));
            instructions.push(Instruction::wide(Op::Jump, 0, 1));
            instructions.push(Instruction::wide(Op::Jump, 0, offset_from(here + 2)));
        }
    }

    /// The operand fields with final register numbers.
    fn fields(&self, draft: &Draft) -> [u16; 3] {
        let kinds = draft.op.kinds();
        std::array::from_fn(|index| {
            let field: Field = draft.fields[index];
            match kinds[index] {
                Kind::Dst | Kind::Src | Kind::Reg | Kind::Run | Kind::DstRun | Kind::Block => {
                    if let Some(constant) = field.as_constant() {
                        return constant as u16 | CONSTANT_BIT;
                    }
                    let register = field.as_register();
                    let base = if register.is_temporary() { self.local_count } else { 0 };
                    (base + register.index()) as u16
                }
                _ => field.0 as u16,
            }
        })
    }

    /// One row for every stretch of instructions with the same handler. Rows do not overlap.
    fn handlers(&self, unit: &Unit) -> Vec<Handler> {
        let mut rows: Vec<Handler> = Vec::new();
        for (index, draft) in self.flow.drafts.iter().enumerate() {
            let Some(id) = draft.handler else { continue };
            let handler = &unit.handlers[id.0 as usize];
            let row = Handler {
                start: self.offsets[index],
                end: self.offsets[index + 1],
                target: self.offsets[self.flow.handler_targets[id.0 as usize] as usize],
                exception_register: handler.exception.index() as u16,
                temporary_depth: (self.local_count + handler.depth) as u16,
            };
            match rows.last_mut() {
                Some(last)
                    if last.end == row.start
                        && last.target == row.target
                        && last.exception_register == row.exception_register
                        && last.temporary_depth == row.temporary_depth =>
                {
                    last.end = row.end;
                }
                _ => rows.push(row),
            }
        }
        rows
    }
}

/// How many instructions a jump that goes too far needs besides itself.
fn extra_length(op: Op) -> u32 {
    if inverse(op).is_some() { 1 } else { 2 }
}

/// The jump that is taken when this one is not.
fn inverse(op: Op) -> Option<Op> {
    Some(match op {
        Op::JumpIfLess => Op::JumpUnlessLess,
        Op::JumpIfLessEqual => Op::JumpUnlessLessEqual,
        Op::JumpIfEqual => Op::JumpUnlessEqual,
        Op::JumpIfNotEqual => Op::JumpUnlessNotEqual,
        Op::JumpIfGreater => Op::JumpUnlessGreater,
        Op::JumpIfGreaterEqual => Op::JumpUnlessGreaterEqual,
        Op::JumpUnlessLess => Op::JumpIfLess,
        Op::JumpUnlessLessEqual => Op::JumpIfLessEqual,
        Op::JumpUnlessEqual => Op::JumpIfEqual,
        Op::JumpUnlessNotEqual => Op::JumpIfNotEqual,
        Op::JumpUnlessGreater => Op::JumpIfGreater,
        Op::JumpUnlessGreaterEqual => Op::JumpIfGreaterEqual,
        Op::JumpIfIs => Op::JumpIfIsNot,
        Op::JumpIfIsNot => Op::JumpIfIs,
        Op::JumpIfContains => Op::JumpUnlessContains,
        Op::JumpUnlessContains => Op::JumpIfContains,
        _ => return None,
    })
}
