//! The module `zlib`, over the zlib library in Rust (Modules/zlibmodule.c).

mod decompressor;
mod objects;
mod stream;

use crate::guarded::long;
use crate::output::{Trouble, decode_all};
use decompressor::ZlibDecompressor;
use libz_rs_sys as library;
use objects::{Compress, Decompress};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{ExceptionClass, Given, Index, LowWord};
use sidewinder_runtime::objects::buffer::{Buffer, is_exporter};
use sidewinder_runtime::objects::exception::{EXCEPTION, MEMORY_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::sync::Arc;
use stream::{Deflater, Failure, Inflater, Settings};

/// Bytes of output for which memory is there from the start.
const BUFFER_SIZE: i64 = 16 * 1024;
/// The level of memory use that is the default.
const MEMORY_LEVEL: i32 = 8;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
}

/// Raises `zlib.error`.
#[cold]
fn error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().error.raise(cx, message)
}

/// Raises what went wrong: `zlib.error`, or a `MemoryError` that says while doing what there was no memory.
#[cold]
fn fail(cx: &mut Context, trouble: Trouble<Failure>, doing: &str, memory: &str) -> Raised {
    match trouble {
        Trouble::NoMemory => cx.raise(&MEMORY_ERROR, memory),
        Trouble::Failed(failure) if failure.code == library::Z_MEM_ERROR => cx.raise(&MEMORY_ERROR, memory),
        Trouble::Failed(failure) => error(cx, failure.message(doing)),
    }
}

/// The dictionary that an argument gives.
fn dictionary(cx: &mut Context, zdict: Given<Value>) -> Result<Option<Arc<[u8]>>> {
    let Some(zdict) = zdict.0 else { return Ok(None) };
    if !is_exporter(zdict) {
        return Err(cx.type_error("zdict argument must support the buffer protocol"));
    }
    let buffer = Buffer::read(cx, zdict)?;
    check_dictionary(cx, &buffer)?;
    Ok(Some(Arc::from(buffer.as_slice())))
}

fn check_dictionary(cx: &mut Context, dictionary: &Buffer) -> Result<()> {
    if dictionary.len() > u32::MAX as usize {
        return Err(cx.overflow_error("zdict length does not fit in an unsigned int"));
    }
    Ok(())
}

/// A stream for an object that decompresses.
fn inflater(cx: &mut Context, wbits: i32, zdict: Given<Value>) -> Result<Inflater> {
    let zdict = dictionary(cx, zdict)?;
    Inflater::new(wbits, zdict).map_err(|failure| match failure.code {
        library::Z_STREAM_ERROR => cx.value_error("Invalid initialization option"),
        _ => {
            let memory = "Can't allocate memory for decompression object";
            fail(cx, Trouble::Failed(failure), "while creating decompression object", memory)
        }
    })
}

/// Compression and decompression with the zlib library; checksums.
///
/// adler32(string[, start]), crc32(string[, start]) -- checksums
/// compress(data[, level]), decompress(string, [wbits], [bufsize]) -- all at once
/// compressobj([level[, ...]]), decompressobj([wbits[, zdict]]) -- piece by piece
///
/// 'wbits' is the binary logarithm of the window's size, and says which header and trailer there are.
#[allow(non_snake_case)]
#[native_module("zlib", types(hidden Compress, hidden Decompress, ZlibDecompressor))]
mod rows {
    use super::*;

    #[constant]
    const MAX_WBITS: i32 = 15;
    #[constant]
    const DEFLATED: i32 = library::Z_DEFLATED;
    #[constant]
    const DEF_MEM_LEVEL: i32 = MEMORY_LEVEL;
    #[constant]
    const DEF_BUF_SIZE: i64 = BUFFER_SIZE;
    #[constant]
    const Z_BEST_SPEED: i32 = library::Z_BEST_SPEED;
    #[constant]
    const Z_BEST_COMPRESSION: i32 = library::Z_BEST_COMPRESSION;
    #[constant]
    const Z_DEFAULT_COMPRESSION: i32 = library::Z_DEFAULT_COMPRESSION;
    #[constant]
    const Z_NO_COMPRESSION: i32 = library::Z_NO_COMPRESSION;
    #[constant]
    const Z_FILTERED: i32 = library::Z_FILTERED;
    #[constant]
    const Z_HUFFMAN_ONLY: i32 = library::Z_HUFFMAN_ONLY;
    #[constant]
    const Z_RLE: i32 = library::Z_RLE;
    #[constant]
    const Z_FIXED: i32 = library::Z_FIXED;
    #[constant]
    const Z_DEFAULT_STRATEGY: i32 = library::Z_DEFAULT_STRATEGY;
    #[constant]
    const Z_NO_FLUSH: i32 = library::Z_NO_FLUSH;
    #[constant]
    const Z_PARTIAL_FLUSH: i32 = library::Z_PARTIAL_FLUSH;
    #[constant]
    const Z_SYNC_FLUSH: i32 = library::Z_SYNC_FLUSH;
    #[constant]
    const Z_FULL_FLUSH: i32 = library::Z_FULL_FLUSH;
    #[constant]
    const Z_FINISH: i32 = library::Z_FINISH;
    #[constant]
    const Z_BLOCK: i32 = library::Z_BLOCK;
    #[constant]
    const Z_TREES: i32 = library::Z_TREES;
    #[constant(name = "__version__")]
    const VERSION: &str = "1.0";

    /// The data compressed, all at once.
    #[function]
    fn compress(
        cx: &mut Context,
        data: Buffer,
        #[named]
        #[default(Z_DEFAULT_COMPRESSION, "Z_DEFAULT_COMPRESSION")]
        level: i32,
        #[default(MAX_WBITS, "MAX_WBITS")] wbits: i32,
    ) -> Result<Bytes> {
        let memory = "Out of memory while compressing data";
        let settings = Settings {
            level,
            method: DEFLATED,
            window_bits: wbits,
            memory_level: MEMORY_LEVEL,
            strategy: Z_DEFAULT_STRATEGY,
        };
        let mut deflater = Deflater::new(settings).map_err(|failure| match failure.code {
            library::Z_STREAM_ERROR => error(cx, "Bad compression level"),
            _ => fail(cx, Trouble::Failed(failure), "while compressing data", memory),
        })?;
        let input = data.as_slice();
        match long(cx, input.len(), || deflater.run(input, Z_FINISH)) {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(trouble) => Err(fail(cx, trouble, "while compressing data", memory)),
        }
    }

    /// What compressed data was made of, all at once. Anything behind its end is ignored.
    #[function]
    fn decompress(
        cx: &mut Context,
        data: Buffer,
        #[named]
        #[default(MAX_WBITS, "MAX_WBITS")]
        wbits: i32,
        #[default(Index(BUFFER_SIZE), "DEF_BUF_SIZE")] bufsize: Index,
    ) -> Result<Bytes> {
        if bufsize.0 < 0 {
            return Err(cx.value_error("bufsize must be non-negative"));
        }
        let memory = "Out of memory while decompressing data";
        let mut inflater = Inflater::new(wbits, None)
            .map_err(|failure| fail(cx, Trouble::Failed(failure), "while preparing to decompress data", memory))?;
        let input = data.as_slice();
        let decoded = long(cx, input.len(), || decode_all(&mut inflater, input, isize::MAX as usize));
        match decoded.outcome {
            Ok(true) => Ok(Bytes(decoded.bytes)),
            Ok(false) => {
                let cut = Trouble::Failed(Failure::plain(library::Z_BUF_ERROR));
                Err(fail(cx, cut, "while decompressing data", memory))
            }
            Err(trouble) => Err(fail(cx, trouble, "while decompressing data", memory)),
        }
    }

    /// An object that compresses piece by piece.
    #[function]
    fn compressobj(
        cx: &mut Context,
        #[named]
        #[default(Z_DEFAULT_COMPRESSION, "Z_DEFAULT_COMPRESSION")]
        level: i32,
        #[default(DEFLATED, "DEFLATED")] method: i32,
        #[default(MAX_WBITS, "MAX_WBITS")] wbits: i32,
        #[default(MEMORY_LEVEL, "DEF_MEM_LEVEL")] memLevel: i32,
        #[default(Z_DEFAULT_STRATEGY, "Z_DEFAULT_STRATEGY")] strategy: i32,
        #[default(Given(None), "<unrepresentable>")] zdict: Given<Buffer>,
    ) -> Result<Owned> {
        if let Some(zdict) = &zdict.0 {
            check_dictionary(cx, zdict)?;
        }
        let settings = Settings { level, method, window_bits: wbits, memory_level: memLevel, strategy };
        let mut deflater = Deflater::new(settings).map_err(|failure| match failure.code {
            library::Z_STREAM_ERROR => cx.value_error("Invalid initialization option"),
            _ => {
                let memory = "Can't allocate memory for compression object";
                fail(cx, Trouble::Failed(failure), "while creating compression object", memory)
            }
        })?;
        if let Some(zdict) = &zdict.0 {
            deflater.set_dictionary(zdict.as_slice()).map_err(|failure| match failure.code {
                library::Z_STREAM_ERROR => cx.value_error("Invalid dictionary"),
                _ => cx.value_error("deflateSetDictionary()"),
            })?;
        }
        Compress::make(cx, deflater)
    }

    /// An object that decompresses piece by piece.
    #[function]
    fn decompressobj(
        cx: &mut Context,
        #[named]
        #[default(MAX_WBITS, "MAX_WBITS")]
        wbits: i32,
        #[default(Given(None), "b''")] zdict: Given<Value>,
    ) -> Result<Owned> {
        let inflater = inflater(cx, wbits, zdict)?;
        Decompress::make(cx, inflater)
    }

    /// The checksum Adler-32, going on from value.
    #[function]
    fn adler32(cx: &mut Context, data: Buffer, #[default(LowWord(1), "1")] value: LowWord) -> u32 {
        let bytes = data.as_slice();
        // Two sums, each below the greatest prime of 16 bits.
        let start = (((value.0 >> 16) % 65521) << 16) | ((value.0 & 0xffff) % 65521);
        long(cx, bytes.len(), || zlib_rs::adler32::adler32(start, bytes))
    }

    /// The checksum CRC-32, going on from value.
    #[function]
    fn crc32(cx: &mut Context, data: Buffer, #[default(LowWord(0), "0")] value: LowWord) -> u32 {
        let bytes = data.as_slice();
        long(cx, bytes.len(), || zlib_rs::crc32::crc32(value.0, bytes))
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
            let version = StrObject::new(cx, stream::version());
            module.namespace().set_text(cx, name, version.value());
        }
        cx.state::<State>().error.define(cx, module, ["zlib", "error"], &EXCEPTION, None)
    }
}
