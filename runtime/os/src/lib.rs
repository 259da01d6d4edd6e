//! Native modules about the operating system. Each is one file (or folder), and a row in `MODULES`.
//!
//! `system.rs` has what the system offers, `path.rs` the arguments that name files.

#![allow(clippy::unnecessary_cast, reason = "fields of the system's structs have other types elsewhere")]
#![allow(clippy::excessive_precision, reason = "the number is meant as it is written")]

pub mod accounts;
pub mod atexit;
pub mod clock;
pub mod errno;
pub mod faulthandler;
pub mod fcntl;
pub mod mmap;
pub mod multiprocessing;
pub mod path;
pub mod posix;
pub mod resource;
pub mod select;
pub mod shared_memory;
pub mod signal;
pub mod stat_module;
pub mod subprocess;
pub mod syslog;
pub mod system;
pub mod termios;
pub mod time;
pub mod uuid;
mod warning;

use warning::generic_alias;
pub use warning::warn_resource;

use sidewinder_runtime::native::NativeModule;
use sidewinder_runtime::{Context, Result};
use std::ffi::CString;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &accounts::grp::MODULE,
    &accounts::pwd::MODULE,
    &atexit::MODULE,
    &errno::MODULE,
    &faulthandler::MODULE,
    &fcntl::MODULE,
    &mmap::MODULE,
    &multiprocessing::MODULE,
    &posix::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &shared_memory::MODULE,
    &signal::MODULE,
    &stat_module::MODULE,
    &subprocess::MODULE,
    &syslog::MODULE,
    &termios::MODULE,
    &time::MODULE,
    &uuid::MODULE,
];

/// A text for the system, without a null byte.
fn c_name(cx: &mut Context, text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| cx.value_error("embedded null character"))
}
