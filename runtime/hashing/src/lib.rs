//! Native modules about digests of data. One table (`algorithm.rs`) says what the algorithms are; the modules differ in
//! the names and types under which they show them.

pub mod algorithm;
mod arguments;
pub mod blake2;
mod digests;
mod hash;
pub mod hashlib;
pub mod hmac;
pub mod sha3;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &digests::md5::MODULE,
    &digests::sha1::MODULE,
    &digests::sha2::MODULE,
    &sha3::MODULE,
    &blake2::MODULE,
    &hmac::MODULE,
    &hashlib::MODULE,
];
