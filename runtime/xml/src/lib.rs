//! Native modules about XML: `pyexpat`, a parser with the events, positions and errors of expat, and `_elementtree`.
//!
//! The parser (`parser.rs`) knows no objects of Python; `object.rs` calls the program's functions, `elements/` builds trees.

mod characters;
mod dtd;
mod elements;
mod encoding;
mod error;
mod event;
mod module;
mod object;
mod parser;
mod state;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&elements::MODULE, &module::MODULE];
