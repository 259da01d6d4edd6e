//! The optimizer: from a tree of recorded traces to a region.
//!
//! One forward pass rebuilds every trace (`forward.rs` with `fold.rs`, `memory.rs`, `guards.rs`); `looping.rs` runs the
//! root through it twice, which peels the loop, and the bridges from the state at their exits. `virtuals.rs`, `float_words.rs`, `reference_counts.rs`,
//! `parameters.rs` and `dead_code.rs` then work on the region.

pub mod balance;
pub mod dead_code;
mod facts;
mod float_words;
mod fold;
mod forward;
mod guards;
mod hash;
mod looping;
mod memory;
mod parameters;
mod plan;
mod reference_counts;
mod replay;
mod rules;
mod state;
mod virtuals;

use crate::layout::Layout;
use crate::region::Region;
use crate::tree::Tree;
use hash::Set;
use sidewinder_ir::{Helper, Op};

/// What the passes read besides the region.
pub struct Environment<'a> {
    pub tree: &'a Tree,
    pub helpers: &'a [Helper],
    pub layout: &'a Layout,
    /// Check the passes' results.
    pub verify: bool,
    /// Slots that a trace of the tree spills words to: memory does not keep what they held.
    rewritten_slots: Set<i32>,
    /// Slots that the root reads.
    root_slots: Set<i32>,
}

impl<'a> Environment<'a> {
    pub fn new(tree: &'a Tree, helpers: &'a [Helper], layout: &'a Layout, verify: bool) -> Environment<'a> {
        let spilled = tree
            .traces()
            .flat_map(|(_, trace)| &trace.instructions)
            .filter(|instruction| instruction.op.writes_slot())
            .map(|instruction| instruction.immediate as i32);
        let read = tree.root.instructions.iter().filter(|instruction| instruction.op == Op::LoadSlot);
        let root_slots = read.map(|instruction| instruction.immediate as i32).collect();
        Environment { tree, helpers, layout, verify, rewritten_slots: spilled.collect(), root_slots }
    }
}

/// Optimizes a tree. An error is a bug of the optimizer that `verify` found.
pub fn optimize(environment: &Environment) -> Result<Region, String> {
    let (mut region, anchors) = looping::run(environment);
    virtuals::run(&mut region, environment);
    float_words::run(&mut region);
    reference_counts::run(&mut region, &anchors, environment)?;
    parameters::run(&mut region);
    dead_code::run(&mut region, environment.helpers);
    Ok(region)
}
