//! The native module `pyexpat`: a parser of XML with the events, positions and errors of expat.
//!
//! The parser (`parser.rs`) knows no objects of Python; `object.rs` calls the program's functions.

mod characters;
mod dtd;
mod encoding;
mod error;
mod event;
mod module;
mod object;
mod parser;
mod state;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
