//! Trace IR as plain data: the table of operations, traces with snapshots, and their text form.
//!
//! **Invariants**: SSA; operands come before their users; every guard names a snapshot; a snapshot says how to rebuild
//! the interpreter's frames. Nothing here allocates on the Python heap or runs Python code.

pub mod eval;
pub mod helper;
pub mod op;
pub mod snapshot;
pub mod tagging;
pub mod text;
pub mod trace;
pub mod verify;

pub use helper::{Helper, HelperEffects, HelperId};
pub use op::{Effect, Op, Type};
pub use snapshot::{FrameState, SlotValue, Snapshot, SnapshotId};
pub use trace::{DECISIVE, Instruction, Ref, Trace, TraceEnd};
