//! Native modules about networks: `_socket`.
//!
//! `socket.rs` has the type, `address.rs` what stands for addresses, `names.rs` the search for hosts and services. Every call
//! of the system that may wait is made without the GIL (`socket/calls.rs`).

#![allow(clippy::unnecessary_cast, reason = "fields of the system's structs have other types elsewhere")]

mod address;
mod arguments;
mod constants;
mod errors;
mod interfaces;
mod module;
mod names;
mod numbers;
mod socket;

pub use socket::{Socket, calls};

use sidewinder_os::system;
use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
