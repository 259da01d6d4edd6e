//! Native modules about several interpreters in one process: `_interpreters`, and what passes data between them,
//! `_interpqueues` and `_interpchannels`.
//!
//! Objects never cross. `parcel.rs` packs one as plain data, which the other interpreter makes an object of its own of;
//! `session.rs` runs code there; `capture.rs` brings back what an exception says.

mod capture;
pub mod channels;
mod config;
mod lent;
mod module;
mod parcel;
pub mod queues;
mod session;
mod stateless;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE, &queues::MODULE, &channels::MODULE];
