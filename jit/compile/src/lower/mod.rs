//! From a region to Cranelift's IR: one function `(context, base) -> exit number` for the whole tree.
//!
//! An `Int` is kept multiplied by four, so that boxing sets a bit and an overflow of 62 bits is one of 64.

mod arithmetic;
mod call_records;
mod calls;
mod calls_direct;
mod exits;
mod guards;
mod homes;
mod memory;
pub mod objects;
mod values;

use crate::exit::{CallRecord, ExitRecord};
use crate::layout::Layout;
use crate::region::{Region, SegmentEnd, SegmentId};
use crate::stress::StressWords;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, InstBuilder, MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind, Value,
    types,
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::FunctionBuilder;
use homes::{Home, Homes};
use sidewinder_ir::op::{Effect, Type};
use sidewinder_ir::{Helper, Op, Ref};
use std::collections::HashMap;

/// What lowering reads besides the region.
pub struct Target<'a> {
    pub helpers: &'a [Helper],
    pub layout: &'a Layout,
    /// Address of the tree's "invalidated" word, or 0.
    pub invalidated: u64,
    /// Address of the thunk around `Layout::drop_last`, which preserves all registers.
    pub drop_thunk: usize,
    /// Address of the thunk around `HeapLayout::refill`, likewise.
    pub refill_thunk: usize,
    pub stress: StressWords,
}

/// The signature of a compiled tree: see `compile::Entry`.
pub fn signature() -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
    signature.returns.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
    signature
}

/// Lowers a region into the function under construction. The result has one record for each exit number, and one for
/// each call that others may look at.
pub fn lower(
    region: &Region,
    target: &Target,
    frontend: TargetFrontendConfig,
    builder: FunctionBuilder,
) -> (Vec<ExitRecord>, Vec<CallRecord>) {
    let mut lowering = Lowering::new(region, target, builder);
    lowering.run();
    let Lowering { mut builder, records, call_records, .. } = lowering;
    builder.seal_all_blocks();
    builder.finalize(frontend);
    (records, call_records)
}

struct Lowering<'a, 'f> {
    region: &'a Region,
    target: &'a Target<'a>,
    builder: FunctionBuilder<'f>,
    context: Value,
    base: Value,
    values: Vec<Option<Value>>,
    /// Pure instructions that only exits need.
    sunk: Vec<bool>,
    uses: Vec<u32>,
    /// The start of each segment.
    starts: Vec<Block>,
    segment: SegmentId,
    /// Sums, differences and products that came with their overflow test, by (operation, operands), in this segment.
    with_overflow: HashMap<(Op, Ref, Ref), Value>,
    /// Tagged words of doubles, in this segment.
    float_words: HashMap<Ref, Value>,
    /// Exit blocks still to be filled, each for one snapshot.
    pending_exits: Vec<exits::PendingExit>,
    /// Values computed in the exit block being filled.
    in_exit: Option<HashMap<Ref, Value>>,
    homes: Homes,
    /// Slots that were given to the next call.
    spilled: Vec<i32>,
    /// Where directly called functions publish their calls.
    callee_activation: Option<StackSlot>,
    /// Some record of a call names a home.
    shows_frames: bool,
    /// The native frame's words.
    frame: Option<StackSlot>,
    /// Returns the exit number.
    leave: Block,
    /// Copies the native frame's words to the exit buffer first.
    leave_with_homes: Block,
    records: Vec<ExitRecord>,
    call_records: Vec<CallRecord>,
}

/// Memory that traces read is always mapped and aligned.
fn trusted() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// The machine type of values of an IR type.
fn machine_type(kind: Type) -> types::Type {
    match kind {
        Type::Float => types::F64,
        Type::Bool => types::I8,
        _ => types::I64,
    }
}

impl<'a, 'f> Lowering<'a, 'f> {
    fn new(region: &'a Region, target: &'a Target<'a>, mut builder: FunctionBuilder<'f>) -> Lowering<'a, 'f> {
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        let (context, base) = (builder.block_params(entry)[0], builder.block_params(entry)[1]);
        let [leave, leave_with_homes] = [(); 2].map(|()| {
            let block = builder.create_block();
            builder.append_block_param(block, types::I64);
            builder.set_cold_block(block);
            block
        });
        let shown = call_records::shown_values(region, target);
        let (needed, uses) = main_path(region, &shown);
        let sunk: Vec<bool> = region
            .instructions
            .iter()
            .enumerate()
            .map(|(index, instruction)| instruction.op.effect() == Effect::Pure && !needed[index])
            .collect();
        let homes = Homes::find(region, &sunk, &shown, &uses);
        let mut starts = vec![entry];
        for segment in &region.segments[1..] {
            let block = builder.create_block();
            for &parameter in segment.parameters.iter().filter(|&&parameter| !homes.keeps(parameter)) {
                builder.append_block_param(block, machine_type(region.type_of(parameter)));
            }
            starts.push(block);
        }
        let frame = (homes.words > 0).then(|| {
            let bytes = homes.words * 8;
            builder.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, bytes, 3))
        });
        Lowering {
            region,
            target,
            builder,
            context,
            base,
            values: vec![None; region.instructions.len()],
            sunk,
            uses,
            starts,
            segment: SegmentId(0),
            with_overflow: HashMap::new(),
            float_words: HashMap::new(),
            pending_exits: Vec::new(),
            in_exit: None,
            homes,
            spilled: Vec::new(),
            callee_activation: None,
            shows_frames: shown.contains(&true),
            frame,
            leave,
            leave_with_homes,
            records: Vec::new(),
            call_records: Vec::new(),
        }
    }

    fn run(&mut self) {
        for index in 0..self.region.segments.len() {
            self.segment(SegmentId(index as u32));
        }
        self.fill_exits();
        self.fill_leave();
    }

    fn segment(&mut self, id: SegmentId) {
        let region = self.region;
        let segment = region.segment(id);
        let start = self.starts[id.0 as usize];
        self.segment = id;
        self.with_overflow.clear();
        self.float_words.clear();
        self.builder.switch_to_block(start);
        if id.0 == 0 {
            self.publish_homes();
        } else {
            // Whoever jumps here stores those that have homes.
            let passed = segment.parameters.iter().filter(|&&parameter| !self.homes.keeps(parameter));
            for (position, &parameter) in passed.enumerate() {
                self.values[parameter.0 as usize] = Some(self.builder.block_params(start)[position]);
            }
        }
        for (position, &value) in segment.body.iter().enumerate() {
            self.instruction(value, &segment.body[position + 1..]);
        }
        match &segment.end {
            SegmentEnd::Jump(target, arguments) => self.jump(*target, arguments),
            SegmentEnd::Exit(exit) => {
                let block = self.exit_block(*exit);
                self.builder.ins().jump(block, &[]);
            }
        }
    }

    /// Goes on at the start of a segment. Parameters that have homes are stored there, unless they stay what they are.
    fn jump(&mut self, target: SegmentId, arguments: &[Ref]) {
        let parameters = &self.region.segment(target).parameters;
        let mut passed: Vec<BlockArg> = Vec::with_capacity(arguments.len());
        let mut stored = Vec::new();
        for (&parameter, &argument) in parameters.iter().zip(arguments) {
            let keeps = self.homes.keeps(parameter);
            if keeps && argument == parameter {
                continue;
            }
            let machine = self.value(argument);
            if argument != parameter && self.homes.get(argument) != self.homes.get(parameter) {
                stored.push((parameter, machine));
            }
            if !keeps {
                passed.push(machine.into());
            }
        }
        stored.into_iter().for_each(|(parameter, machine)| self.store_home(parameter, machine));
        self.builder.ins().jump(self.starts[target.0 as usize], &passed);
    }

    fn instruction(&mut self, value: Ref, following: &[Ref]) {
        let instruction = self.region.get(value);
        let result = match instruction.op.effect() {
            Effect::Pure => {
                if self.sunk[value.0 as usize] {
                    // A sum that came with its overflow test costs nothing.
                    self.found_with_overflow(instruction)
                } else {
                    Some(self.pure(instruction))
                }
            }
            Effect::Load if instruction.op == Op::HasType => {
                self.has_type(value, instruction, following.first().copied())
            }
            Effect::Load | Effect::Store => self.memory(instruction),
            Effect::Guard => {
                self.guard(instruction);
                None
            }
            Effect::Dup => {
                self.dup(value, instruction);
                None
            }
            Effect::Drop => {
                self.drop(value, instruction);
                None
            }
            Effect::Call => {
                self.publish_call(value, following);
                match &self.target.layout.direct_calls {
                    Some(calls) if instruction.immediate == calls.helper as u64 => {
                        Some(self.call_direct(instruction, calls))
                    }
                    _ => self.call(instruction),
                }
            }
            Effect::Other => self.stack(instruction),
        };
        if let Some(result) = result {
            self.define(value, result);
        }
    }

    /// Gives a value its machine value, and stores it if it has a home.
    fn define(&mut self, value: Ref, machine: Value) {
        self.values[value.0 as usize] = Some(machine);
        self.store_home(value, machine);
    }

    /// Stores a value in its home, if it has one in the native frame.
    fn store_home(&mut self, value: Ref, machine: Value) {
        if let (Some(Home::Frame(word)), Some(frame)) = (self.homes.get(value), self.frame) {
            self.builder.ins().stack_store(types::I64, machine, frame, word as i32 * 8);
        }
    }
}

/// Which values the main path needs, and how often each is used there. Records of calls need those that are `shown`.
fn main_path(region: &Region, shown: &[bool]) -> (Vec<bool>, Vec<u32>) {
    let mut needed = vec![false; region.instructions.len()];
    let mut uses = vec![0; region.instructions.len()];
    let mut work = Vec::new();
    let mut need = |value: Ref, work: &mut Vec<Ref>, uses: &mut Vec<u32>| {
        uses[value.0 as usize] += 1;
        if !std::mem::replace(&mut needed[value.0 as usize], true) {
            work.push(value);
        }
    };
    for (index, _) in shown.iter().enumerate().filter(|(_, shown)| **shown) {
        need(Ref(index as u32), &mut work, &mut uses);
    }
    for segment in &region.segments {
        for &value in &segment.body {
            let instruction = region.get(value);
            if instruction.op.effect() != Effect::Pure {
                for &operand in region.operands(instruction) {
                    need(operand, &mut work, &mut uses);
                }
            }
        }
        if let SegmentEnd::Jump(_, arguments) = &segment.end {
            arguments.iter().for_each(|&argument| need(argument, &mut work, &mut uses));
        }
    }
    while let Some(value) = work.pop() {
        let instruction = region.get(value);
        if instruction.op.effect() == Effect::Pure {
            for &operand in region.operands(instruction) {
                need(operand, &mut work, &mut uses);
            }
        }
    }
    (needed, uses)
}
