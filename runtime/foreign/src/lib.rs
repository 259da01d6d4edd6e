//! The module `_ctypes`: objects of C, functions of libraries, and functions that libraries call.
//!
//! **Map**: `info.rs` has what is known of a type, `metaclass.rs` the metaclass of all; `value.rs` is what numbers and strings
//! look like in memory; `data.rs` are objects, of which `simple.rs`, `array.rs`, `pointer.rs`, `structure.rs` (with `field.rs`)
//! and `function.rs` are the kinds; `argument.rs` converts arguments, `call.rs` calls, `callback.rs` is called; `library.rs`
//! loads libraries; `native.rs` has the functions in C's form that the library calls.

mod argument;
mod array;
mod call;
mod callback;
mod data;
mod field;
mod function;
mod info;
mod library;
mod metaclass;
mod module;
mod native;
mod number;
mod pointer;
mod simple;
mod state;
mod structure;
mod value;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
