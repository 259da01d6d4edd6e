//! Stress switches of machine code: guards that hold are taken as failed, so that exits, what they rebuild and what is
//! recorded at them are exercised. Without a switch the machine code is the same as without this file.
//!
//! Only guards at whose exit the instruction starts over are taken so (see `DECISIVE` in the IR).

use crate::region::Region;
use crate::tree::{ExitId, Tree};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU32};

/// The switches, and the words that machine code keeps for them: these live as long as the compiler.
#[derive(Default)]
pub struct Stress {
    /// Every guard-fail'th guard fails; 0 for none.
    period: u32,
    countdown: Box<AtomicU32>,
    /// The first visit of each guard fails.
    exit_all: bool,
    /// Whether an exit was taken so already, by tree and exit: a tree's next compilation goes on from there.
    taken: HashMap<(u64, u64, ExitId), Box<AtomicU8>>,
}

/// Addresses of the words for one tree.
#[derive(Default)]
pub struct StressWords {
    /// A 32-bit word that counts guards down, and where it starts.
    pub countdown: Option<(u64, u32)>,
    /// A byte for each exit; empty if not asked for.
    pub taken: Vec<u64>,
}

impl Stress {
    pub fn new(period: u32, exit_all: bool) -> Stress {
        Stress { period, countdown: Box::new(AtomicU32::new(period)), exit_all, taken: HashMap::new() }
    }

    pub fn words(&mut self, tree: &Tree, region: &Region) -> StressWords {
        let countdown = (self.period != 0).then_some((&raw const *self.countdown as u64, self.period));
        let exits = if self.exit_all { &region.exits[..] } else { &[] };
        let taken = exits.iter().map(|exit| {
            let byte = self.taken.entry((tree.root.start, tree.invalidated, exit.id)).or_default();
            &raw const **byte as u64
        });
        StressWords { countdown, taken: taken.collect() }
    }
}
