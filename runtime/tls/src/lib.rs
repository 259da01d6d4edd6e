//! Native modules about secure connections: `_ssl`, over rustls.
//!
//! The protocol is rustls', which works on memory: `engine.rs` has a connection without objects, `socket.rs` moves its bytes to
//! and from sockets or buffers (`buffer.rs`). `context.rs` has what connections are made from, `verify.rs` how certificates are
//! judged, `der.rs` and `certificate.rs` what is in one. What rustls does not do is refused by name.

mod buffer;
mod certificate;
mod ciphers;
mod constants;
mod context;
mod der;
mod encrypted;
mod engine;
mod error;
mod hostname;
mod key_log;
mod module;
mod objects;
mod pem;
mod queue;
mod session;
mod socket;
mod verify;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&module::MODULE];
