//! Native modules about databases: `_sqlite3`, over SQLite.
//!
//! `library.rs` makes the C library safe to use, and has all unsafe code. `connection.rs` and `cursor.rs` have the types that
//! programs work with; `execute.rs` runs statements and `fetch.rs` makes objects of rows, `functions.rs` and `watch.rs` call the
//! program's functions for the library.

mod adapt;
mod arguments;
mod bind;
mod blob;
mod cache;
mod codes;
mod connection;
mod cursor;
mod error;
mod execute;
mod fetch;
mod functions;
mod library;
mod module;
mod row;
mod state;
mod statement;
mod transfer;
mod watch;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
