//! The compiling half of the tracing JIT: from recorded traces to machine code and exits.
//!
//! ```text
//! Tree of Traces --optimize/--> Region --lower/--> CLIF --backend--> bytes --arena--> running code --exit--> frames
//! ```

pub mod arena;
mod backend;
pub mod compile;
pub mod exit;
pub mod layout;
mod lower;
pub mod optimize;
pub mod region;
mod runs;
pub mod stress;
pub mod tree;
pub mod worker;

pub use arena::{Allocation, Arena};
pub use compile::{CompiledTree, Compiler, Dumps, Entry, Options, Outcome, Statistics, process_time};
pub use exit::{CallRecord, ExitRecord, LINK, RETURNED, Source, materialize};
pub use layout::{DirectCalls, HeapLayout, Layout, NativeEntry};
pub use runs::Runs;
pub use tree::{Bridge, ExitId, Pass, TraceIndex, Tree};
pub use worker::Worker;
