//! Native modules about containers, iterators and functions of functions. Each is one file (or folder), and a row in
//! `MODULES`.

pub mod bisect;
pub mod collections;
pub mod functools;
pub mod heap_queue;
pub mod itertools;
pub mod operator;
pub mod pickle;
pub mod structure;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &bisect::MODULE,
    &collections::MODULE,
    &heap_queue::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &operator::MODULE,
    &pickle::MODULE,
    &structure::MODULE,
];
