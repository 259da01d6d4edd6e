//! Everything a running program touches: values, heap, collector, object model, types and the operations on them.
//!
//! **Invariants**: see `docs/ARCHITECTURE.md`. A `cx: &mut Context` parameter means "may run Python code or raise".
//! Not here: the compiler, the op handlers, the interpreter loop, the JIT; they hang themselves into `Hooks`.

pub mod context;
pub mod gil;
pub mod heap;
pub mod hooks;
pub mod interpreters;
pub mod interrupts;
pub mod monitoring;
pub mod native;
pub mod numbers;
pub mod objects;
pub mod operations;
pub mod options;
pub mod settings;
pub mod signals;
pub mod threads;
pub mod value;

pub use context::{Context, Interpreter, Raised, Result};
pub use gil::Detached;
pub use heap::{Header, Immortal, Owned};
pub use native::{Arguments, Native};
pub use objects::Object;
pub use objects::type_object::TypeObject;
pub use value::Value;

/// The allocator of all Rust data.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
