//! How long compiling takes: `cargo test --test timing -- --ignored --nocapture`.

mod common;

use common::random::{Random, Recorder, random_world};
use common::*;
use sidewinder_jit::compile::thread_time;
use sidewinder_jit::{Arena, Compiler, Options, Tree};

/// Big straight loops with the mix of the random recorder.
#[test]
#[ignore = "prints compile times and asserts nothing: run by hand, as the head of the file says"]
fn compile_times() {
    let mut arena = Arena::new(1 << 22).unwrap();
    let options = Options { dump: false, verify: false, ..Options::default() };
    let mut compiler = Compiler::new(helpers(), layout(), options, &mut arena).unwrap();
    for (seed, steps) in [(11, 8), (12, 8), (21, 35), (22, 35), (31, 100), (32, 100)] {
        let mut random = Random::new(seed);
        let world = random_world(&mut random);
        let tree = Tree::new(Recorder::new(&mut random, &world).root(steps));
        let mut times = Vec::new();
        let mut statistics = Default::default();
        for _ in 0..15 {
            let start = thread_time();
            statistics = compiler.compile(&tree).unwrap().statistics;
            times.push((thread_time() - start, statistics.optimize_time, statistics.lower_time));
        }
        times.sort();
        let (total, optimize, lower) = times[0];
        println!(
            "{:5} recorded {:5} optimized {:4} exits {:6} bytes: {:?} in all, {:?} optimize, {:?} lower",
            statistics.recorded_instructions,
            statistics.optimized_instructions,
            statistics.exits,
            statistics.code_bytes,
            total,
            optimize,
            lower
        );
    }
}
