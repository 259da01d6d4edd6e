//! Encodings of East Asia: the module `_multibytecodec`, and `_codecs_cn`, `_codecs_hk`, `_codecs_iso2022`, `_codecs_jp`,
//! `_codecs_kr` and `_codecs_tw`, which have the codecs.
//!
//! **Map**: `table.rs` reads the characters and codes of each encoding, `codec.rs` and `iso2022.rs` convert, knowing no
//! objects; `convert.rs` asks error handlers; `objects.rs` has the codecs that programs see, `streams.rs` those over streams.

mod codec;
mod convert;
mod iso2022;
mod objects;
mod streams;
mod table;

use sidewinder_runtime::native::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &objects::MODULE,
    &objects::chinese::MODULE,
    &objects::hong_kong::MODULE,
    &objects::iso2022::MODULE,
    &objects::japanese::MODULE,
    &objects::korean::MODULE,
    &objects::taiwan::MODULE,
];
