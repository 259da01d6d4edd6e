//! Streams: the module `_io`, and the process's standard streams over it.
//!
//! A stream that is built on another one (`TextIOWrapper` on `BufferedReader` on `FileIO`) talks to it in Rust where that
//! is exactly ours, and through its methods where it is anything else. Whatever may run Python may come back to the
//! stream: no borrow of its state lives across such a call.

pub mod base;
pub mod buffered;
pub mod bytes_io;
pub mod calls;
pub mod file;
pub mod module;
pub mod newline;
pub mod path;
pub mod standard;
pub mod string_io;
pub mod text;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
