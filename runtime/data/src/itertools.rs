//! The module `itertools`, one file for each family of iterators.
//!
//! An iterator never holds a borrow of its own state while it asks another one for an item: that may run Python code,
//! which may come back.

mod combinatoric;
mod combining;
mod endless;
mod grouping;
mod selecting;
mod tee;

use combinatoric::{Combinations, CombinationsWithReplacement, Permutations, Product};
use combining::{Accumulate, Batched, Chain, Pairwise, Starmap, ZipLongest};
use endless::{Count, Cycle, Repeat};
use grouping::{Group, GroupBy};
use selecting::{Compress, DropWhile, FilterFalse, Islice, TakeWhile};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::Index;
use sidewinder_runtime::{Context, Owned, Result, Value};
use tee::{Tee, TeeData};

/// Iterators for efficient loops: endless ones, ones that combine or select, and those of combinatorics.
#[native_module(
    "itertools",
    types(
        Accumulate,
        Batched,
        Chain,
        Combinations,
        CombinationsWithReplacement,
        Compress,
        Count,
        Cycle,
        DropWhile,
        FilterFalse,
        Group,
        GroupBy,
        Islice,
        Pairwise,
        Permutations,
        Product,
        Repeat,
        Starmap,
        TakeWhile,
        Tee,
        TeeData,
        ZipLongest
    )
)]
mod rows {
    use super::*;

    /// A tuple of n independent iterators over the same items.
    #[function]
    fn tee(cx: &mut Context, iterable: Value, #[default(Index(2), "2")] n: Index) -> Result<Owned> {
        super::tee::tee(cx, iterable, n.0)
    }
}
