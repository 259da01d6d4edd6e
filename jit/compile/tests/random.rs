//! Random trees: the machine code must leave what the reference executor leaves, whatever bridges are added.

mod common;

use common::random::{Random, Recorder, random_world, recount};
use common::*;
use sidewinder_jit::{Bridge, ExitId, Tree};

fn grow_tree(seed: u64, runner: &mut Runner) {
    let mut random = Random::new(seed);
    let start = random_world(&mut random);
    let steps = 2 + random.below(12);
    let root = Recorder::new(&mut random, &start).root(steps);
    let mut tree = Tree::new(root);
    for _ in 0..6 {
        let compiled = runner.compile(&tree);
        runner.check_compiled(&tree, &compiled, &start);
        let mut visitor = start.clone();
        for _ in 0..4 {
            let mut other = random_world(&mut random);
            // Half of the slots as they were when the trace was recorded.
            for (slot, word) in &mut other.slots {
                if random.below(3) != 0 {
                    *word = start.slots[slot];
                }
            }
            if random.below(2) == 0 {
                other.objects = start.objects.clone();
            }
            recount(&mut other);
            runner.check_compiled(&tree, &compiled, &other);
            if random.below(3) == 0 {
                visitor = other;
            }
        }
        // A bridge at the exit that the machine code takes.
        let (id, world) = runner.leave(&compiled, &visitor);
        let taken = tree.bridges.iter().any(|bridge| bridge.parent_exit == id);
        if id.guard == ExitId::END || taken || !tree.may_have_bridge(id) {
            break;
        }
        let trace = match continuation(&tree, id.trace, id.guard) {
            Some(bridge) => tree.trace(bridge).clone(),
            None => {
                let steps = 1 + random.below(6);
                Recorder::new(&mut random, &world).bridge(steps)
            }
        };
        tree.bridges.push(Bridge { parent_exit: id, trace });
    }
}

#[test]
fn random_trees_agree() {
    let first: u64 = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let count: u64 = std::env::var("COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(1000);
    let mut runner = Runner::new();
    for seed in first..first + count {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| grow_tree(seed, &mut runner)));
        if let Err(error) = result {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(error);
        }
    }
}
