//! The bytecode verifier: checks what the interpreter and the JIT take for granted.
//!
//! - Operand fields are in range, jumps and handlers name instructions, control never leaves at the end.
//! - A temporary is written before it is consumed, consumed once on every path, never overwritten while live, and dead
//!   at `Return`. Paths that meet agree about which temporaries are live.
//! - A call block's scratch words, and all temporaries above its arguments, are dead at the call.
//! - A local that is read as `Src` or `Reg` is bound on every path (`CheckBound` makes it so).
//! - A handler's temporaries below its depth are live at every instruction it covers that can raise.

mod effect;

use crate::code::{CodeData, CodeFlags, Constant, Handler};
use crate::disassemble::{is_unused, print_instruction};
use crate::instruction::{HEADER_WORDS, OPERAND_MAX, Operand};
use crate::opcode::{Kind, Op};
use effect::{Effect, effect};

/// Checks a code block and those nested in it; the error names the block, the instruction and the rule.
pub fn verify(code: &CodeData) -> Result<(), String> {
    let problem = |text: String| format!("code {}: {text}", code.qualified_name);
    check_tables(code).map_err(problem)?;
    for index in 0..code.instructions.len() {
        check_fields(code, index).map_err(|text| problem(at(code, index, &text)))?;
    }
    Dataflow::new(code).run().map(drop).map_err(problem)?;
    for constant in &code.constants {
        // What was not read yet is verified when it is.
        if let Constant::Code(nested) = constant
            && nested.body.is_read()
        {
            verify(nested)?;
        }
    }
    Ok(())
}

/// The registers that hold a value before each instruction, on every path to it; `None` for what is never reached.
pub fn bound_registers(code: &CodeData) -> Vec<Option<Vec<u16>>> {
    let mut flow = Dataflow::new(code);
    flow.trail = Some(vec![None; code.instructions.len()]);
    // Code that runs has been verified; what was found out until an error is right as far as it goes.
    let trail = flow.run().ok().flatten().unwrap_or_default();
    let registers = |state: Registers| (0..code.register_count).filter(|&register| state.has(register)).collect();
    let mut found: Vec<_> = trail.into_iter().map(|state| state.map(registers)).collect();
    found.resize(code.instructions.len(), None);
    found
}

/// The temporaries that hold nothing any more when the instruction at an index is done and control goes on at `next`.
/// `None` if it may have come there by an exception.
pub fn ended_temporaries(code: &CodeData, index: usize, next: usize) -> Option<Vec<u16>> {
    if code.handlers.iter().any(|handler| handler.target as usize == next) {
        return None;
    }
    let Effect { consumes, writes, mut unbinds, unbinds_on_jump, unbinds_on_fall, .. } = effect(code, index);
    let jumps = code.instructions[index].jump_offset().map(|offset| (index as i64 + 1 + offset as i64) as usize);
    let extra = code.instructions.get(index + 1).is_some_and(|following| following.op == Op::Extra);
    let falls = next == index + 1 + extra as usize;
    if falls && jumps != Some(next) {
        unbinds.extend(unbinds_on_fall);
    } else if jumps == Some(next) && !falls {
        unbinds.extend(unbinds_on_jump);
    } else if !falls && jumps != Some(next) {
        return None;
    }
    unbinds.extend(consumes);
    unbinds.retain(|register| *register >= code.local_count && !writes.contains(register));
    Some(unbinds)
}

fn at(code: &CodeData, index: usize, text: &str) -> String {
    format!("instruction {index} `{}`: {text}", print_instruction(code, index))
}

fn ensure(condition: bool, text: impl std::fmt::Display) -> Result<(), String> {
    if condition { Ok(()) } else { Err(text.to_string()) }
}

/// What is taken for granted of code whose body has not been read.
pub(crate) fn check_head(code: &CodeData) -> Result<(), String> {
    ensure(code.local_count <= code.register_count, "locals are registers")?;
    ensure(code.local_count <= OPERAND_MAX && code.register_count <= OPERAND_MAX, "operands can name all registers")?;
    ensure(code.argument_count.max(code.keyword_only_count) <= OPERAND_MAX, "parameters are registers")?;
    ensure(code.parameter_count() <= code.local_count as usize, "parameters are locals")?;
    ensure(code.positional_only_count <= code.argument_count, "positional-only parameters are positional")?;
    let has_any = |mask: u32| code.flags.0 & mask != 0;
    let plain = !has_any(CodeFlags::SUSPENDS | CodeFlags::VARARGS | CodeFlags::VARKEYWORDS);
    let simple = has_any(CodeFlags::SIMPLE);
    ensure(!simple || plain && code.keyword_only_count == 0, "simple code has plain parameters and runs at once")?;
    ensure(!has_any(CodeFlags::NAMESPACE) || code.argument_count > 0, "a namespace is a parameter")
}

fn check_tables(code: &CodeData) -> Result<(), String> {
    check_head(code)?;
    let count = code.instructions.len();
    ensure(count > 0, "no instructions")?;
    ensure(code.positions.len() == count, "one position for each instruction")?;
    ensure(code.local_names.len() == code.local_count as usize, "one name for each local")?;
    let yields = code.instructions.iter().any(|instruction| instruction.op == Op::Yield);
    ensure(!yields || code.flags.0 & CodeFlags::SUSPENDS != 0, "only generators yield")?;
    ensure(code.positional_only_count <= code.argument_count, "positional-only parameters are positional")?;
    ensure(code.sites.iter().all(|&name| (name as usize) < code.names.len()), "a site names a name")?;
    ensure(code.cell_registers.iter().all(|&register| register < code.local_count), "cells are locals")?;
    let last = code.instructions[count - 1].op;
    ensure(last.ends_block(), "control leaves at the end")?;
    for handler in &code.handlers {
        let Handler { start, end, target, exception_register, temporary_depth } = *handler;
        ensure(start < end && end as usize <= count, "a handler covers instructions")?;
        ensure((target as usize) < count, "a handler's target is an instruction")?;
        ensure(exception_register < code.local_count, "a handler's exception goes into a local")?;
        let depths = code.local_count..=code.register_count;
        ensure(depths.contains(&temporary_depth), "a handler's depth is among the temporaries")?;
    }
    Ok(())
}

fn check_fields(code: &CodeData, index: usize) -> Result<(), String> {
    let instruction = code.instructions[index];
    let fields = [instruction.a, instruction.b, instruction.c];
    let registers = code.register_count as usize;
    for (position, kind) in instruction.op.kinds().into_iter().enumerate() {
        let field = fields[position] as usize;
        if is_unused(instruction, position) {
            continue;
        }
        match kind {
            Kind::None => ensure(field == 0 || has_wide(instruction.op, position), "an unused field is zero")?,
            Kind::Dst | Kind::Reg => ensure(field < registers, "a register exists")?,
            Kind::Src => match Operand::decode(fields[position]) {
                Operand::Register(register) => ensure((register as usize) < registers, "a register exists")?,
                Operand::Constant(constant) => {
                    ensure((constant as usize) < code.constants.len(), "a constant exists")?;
                }
            },
            Kind::Run | Kind::DstRun => {
                let length = instruction.op.run_length(instruction.c);
                ensure(field + length <= registers, "the registers of a run exist")?;
                let is_run = kind == Kind::Run && length > 0;
                ensure(!is_run || field >= code.local_count as usize, "a run is temporaries")?;
            }
            Kind::Block => {
                ensure(field >= code.local_count as usize, "a call block is temporaries")?;
                let words = HEADER_WORDS + block_arguments(code, index);
                ensure(field + words <= registers, "a call block has room for its header and arguments")?;
            }
            Kind::Name => ensure(field < code.names.len(), "a name exists")?,
            Kind::Site => ensure(field < code.sites.len(), "a site exists")?,
            Kind::Constant => ensure(field < code.constants.len(), "a constant exists")?,
            Kind::Number | Kind::Jump16 | Kind::Wide => {}
        }
    }
    check_numbers(code, index)?;
    if let Some(offset) = instruction.jump_offset() {
        let target = index as i64 + 1 + offset as i64;
        let inside = target >= 0 && (target as usize) < code.instructions.len();
        ensure(inside && code.instructions[target as usize].op != Op::Extra, "a jump goes to an instruction")?;
    }
    Ok(())
}

/// The arguments in the call block of an instruction, with that of the method's object.
fn block_arguments(code: &CodeData, index: usize) -> usize {
    let instruction = code.instructions[index];
    match instruction.op {
        Op::Call => instruction.c as usize,
        Op::CallMethod => instruction.c as usize + 1,
        Op::CallExpanded => Op::expanded_length(instruction.c) as usize,
        Op::CallKeywords => {
            let extra = code.instructions.get(index + 1);
            instruction.c as usize + extra.is_some_and(|extra| extra.b == 1) as usize
        }
        _ => 1,
    }
}

/// Whether a field belongs to the 32-bit value before it.
fn has_wide(op: Op, position: usize) -> bool {
    position > 0 && op.kinds()[position - 1] == Kind::Wide
}

fn check_numbers(code: &CodeData, index: usize) -> Result<(), String> {
    let instruction = code.instructions[index];
    let is_free = |number: u16| ensure((number as usize) < code.free_names.len(), "a free variable exists");
    match instruction.op {
        Op::LoadConst => ensure((instruction.wide_value() as usize) < code.constants.len(), "a constant exists"),
        Op::LoadFree | Op::LoadClassFree => is_free(instruction.b),
        Op::StoreFree | Op::DeleteFree => is_free(instruction.a),
        Op::LoadClosure if instruction.c == 1 => is_free(instruction.b),
        Op::LoadClosure => ensure(instruction.b < code.local_count, "a captured cell is a local"),
        Op::JumpBack => {
            ensure(instruction.a < code.loop_count, "a back jump counts a loop of the block")?;
            ensure(instruction.wide_value() < 0, "a back jump goes back")
        }
        Op::MakeFunction => {
            let is_code = matches!(code.constants[instruction.b as usize], Constant::Code(_));
            ensure(is_code, "a function is made of a code constant")
        }
        Op::CallKeywords => {
            let extra = code.instructions.get(index + 1).filter(|next| next.op == Op::Extra);
            let Some(extra) = extra else { return Err("an Extra follows".to_string()) };
            match code.constants.get(extra.a as usize) {
                Some(Constant::Tuple(names)) => {
                    ensure(names.len() <= instruction.c as usize, "keyword names are arguments")
                }
                _ => Err("keyword names are a tuple".to_string()),
            }
        }
        Op::Extra => {
            let follows = index > 0 && code.instructions[index - 1].op == Op::CallKeywords;
            ensure(follows, "an Extra follows a call with keywords")
        }
        Op::ForIter | Op::PopHandled | Op::Reraise => ensure_local(code, instruction),
        _ => Ok(()),
    }
}

fn ensure_local(code: &CodeData, instruction: crate::Instruction) -> Result<(), String> {
    let register = if instruction.op == Op::ForIter { instruction.b } else { instruction.a };
    ensure(register < code.local_count, "iterators and exceptions are kept in locals")
}

/// A set of registers: live temporaries and bound locals.
#[derive(Clone, PartialEq)]
struct Registers(Vec<u64>);

impl Registers {
    fn has(&self, register: u16) -> bool {
        self.0[register as usize / 64] >> (register % 64) & 1 == 1
    }

    fn set(&mut self, register: u16, member: bool) {
        let mask = 1u64 << (register % 64);
        if member { self.0[register as usize / 64] |= mask } else { self.0[register as usize / 64] &= !mask }
    }
}

/// A forward analysis to a fixed point, from the entry and along jumps and exceptions.
struct Dataflow<'a> {
    code: &'a CodeData,
    /// The state before each instruction that is jumped to or starts a handler.
    states: Vec<Option<Registers>>,
    joins: Vec<bool>,
    pending: Vec<usize>,
    /// The innermost handler of each instruction, plus one.
    handler_of: Vec<u32>,
    /// If wanted, the state before each instruction.
    trail: Option<Vec<Option<Registers>>>,
}

impl<'a> Dataflow<'a> {
    fn new(code: &'a CodeData) -> Dataflow<'a> {
        let count = code.instructions.len();
        let mut joins = vec![false; count];
        joins[0] = true;
        for (index, instruction) in code.instructions.iter().enumerate() {
            if let Some(offset) = instruction.jump_offset() {
                joins[(index as i64 + 1 + offset as i64) as usize] = true;
            }
        }
        let mut handler_of = vec![0; count];
        // The first row that covers an instruction is the innermost, so later rows are painted first.
        for (number, handler) in code.handlers.iter().enumerate().rev() {
            joins[handler.target as usize] = true;
            handler_of[handler.start as usize..handler.end as usize].fill(number as u32 + 1);
        }
        Dataflow { code, states: vec![None; count], joins, pending: Vec::new(), handler_of, trail: None }
    }

    fn run(mut self) -> Result<Option<Vec<Option<Registers>>>, String> {
        let mut entry = Registers(vec![0; (self.code.register_count as usize).div_ceil(64).max(1)]);
        for parameter in 0..self.code.parameter_count() as u16 {
            entry.set(parameter, true);
        }
        self.states[0] = Some(entry);
        self.pending.push(0);
        while let Some(start) = self.pending.pop() {
            let Some(mut state) = self.states[start].clone() else { continue };
            let mut index = start;
            loop {
                if let Some(trail) = &mut self.trail {
                    trail[index] = Some(state.clone());
                }
                self.step(index, &mut state).map_err(|text| at(self.code, index, &text))?;
                if self.code.instructions[index].op.ends_block() {
                    break;
                }
                index += 1;
                if self.joins[index] {
                    self.join(index, &state).map_err(|text| at(self.code, index, &text))?;
                    break;
                }
            }
        }
        Ok(self.trail)
    }

    /// Runs one instruction on the state before it, and sends states to where it may jump or raise.
    fn step(&mut self, index: usize, state: &mut Registers) -> Result<(), String> {
        let instruction = self.code.instructions[index];
        let effect = effect(self.code, index);
        for &register in &effect.reads {
            ensure(state.has(register), format_args!("register {register} is bound or live"))?;
        }
        for &register in &effect.dead {
            let is_dead = !self.is_temporary(register) || !state.has(register);
            ensure(is_dead, format_args!("scratch register {register} is dead"))?;
        }
        if let Some(above) = effect.dead_above {
            for register in above..self.code.register_count {
                ensure(!state.has(register), format_args!("register {register} above the arguments is dead"))?;
            }
        }
        if effect.may_raise {
            self.raise(index, state, &effect)?;
        }
        for &register in &effect.consumes {
            if self.is_temporary(register) {
                ensure(state.has(register), format_args!("temporary {register} is consumed once"))?;
                state.set(register, false);
            }
        }
        for &register in &effect.unbinds {
            state.set(register, false);
        }
        if let Some(offset) = instruction.jump_offset() {
            let mut taken = state.clone();
            for &register in &effect.unbinds_on_jump {
                taken.set(register, false);
            }
            self.join((index as i64 + 1 + offset as i64) as usize, &taken)?;
        }
        for &register in &effect.unbinds_on_fall {
            state.set(register, false);
        }
        for &register in &effect.writes {
            let overwrites = self.is_temporary(register) && state.has(register);
            ensure(!overwrites, format_args!("temporary {register} is not overwritten"))?;
            state.set(register, true);
        }
        if instruction.op == Op::Return {
            let dead = (self.code.local_count..self.code.register_count).all(|register| !state.has(register));
            ensure(dead, "no temporary is live")?;
        }
        Ok(())
    }

    fn is_temporary(&self, register: u16) -> bool {
        register >= self.code.local_count
    }

    /// Sends the state at an exception to the handler.
    fn raise(&mut self, index: usize, state: &Registers, effect: &Effect) -> Result<(), String> {
        let Some(number) = self.handler_of[index].checked_sub(1) else { return Ok(()) };
        let handler = self.code.handlers[number as usize];
        let mut state = state.clone();
        for register in handler.temporary_depth..self.code.register_count {
            state.set(register, false);
        }
        for &register in &effect.unbinds {
            state.set(register, false);
        }
        state.set(handler.exception_register, true);
        self.join(handler.target as usize, &state)
    }

    /// Merges a state into that before an instruction: temporaries must agree, locals are bound when bound in both.
    fn join(&mut self, target: usize, state: &Registers) -> Result<(), String> {
        let Some(known) = &mut self.states[target] else {
            self.states[target] = Some(state.clone());
            self.pending.push(target);
            return Ok(());
        };
        for register in self.code.local_count..self.code.register_count {
            if known.has(register) != state.has(register) {
                return Err(format!("paths to instruction {target} disagree about temporary {register}"));
            }
        }
        let mut changed = false;
        for (old, new) in known.0.iter_mut().zip(&state.0) {
            changed |= *old & !new != 0;
            *old &= new;
        }
        if changed {
            self.pending.push(target);
        }
        Ok(())
    }
}
