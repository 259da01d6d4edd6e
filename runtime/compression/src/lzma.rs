//! The module `_lzma`, over liblzma (Modules/_lzmamodule.c).

mod filters;
mod library;

use crate::guarded::{Guarded, long};
use crate::incremental::Incremental;
use crate::output::Trouble;
use filters::{chain, unsigned, unsigned_32};
use liblzma_sys as sys;
use library::{CHECK_UNKNOWN, Decoding, Encoding, FILTER_DELTA, Options, Stream};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::argument::Place;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{ExceptionClass, FromArgument, Index};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::exception::{EXCEPTION, MEMORY_ERROR};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

const AUTO: i32 = 0;
const XZ: i32 = 1;
const ALONE: i32 = 2;
const RAW: i32 = 3;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
}

/// Raises `LZMAError`.
#[cold]
fn error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().error.raise(cx, message)
}

#[cold]
fn no_preset(cx: &mut Context, number: u32) -> Raised {
    error(cx, format!("Invalid compression preset: {number}"))
}

/// Raises what went wrong.
#[cold]
fn fail(cx: &mut Context, trouble: &Trouble<sys::lzma_ret>) -> Raised {
    let code = match trouble {
        Trouble::NoMemory | Trouble::Failed(sys::LZMA_MEM_ERROR) => return cx.raise(&MEMORY_ERROR, ""),
        Trouble::Failed(code) => *code,
    };
    let message = match code {
        sys::LZMA_UNSUPPORTED_CHECK => "Unsupported integrity check",
        sys::LZMA_MEMLIMIT_ERROR => "Memory usage limit exceeded",
        sys::LZMA_FORMAT_ERROR => "Input format not supported by decoder",
        sys::LZMA_OPTIONS_ERROR => "Invalid or unsupported options",
        sys::LZMA_DATA_ERROR => "Corrupt input data",
        sys::LZMA_BUF_ERROR => "Insufficient buffer space",
        sys::LZMA_PROG_ERROR => "Internal error",
        _ => return error(cx, format!("Unrecognized error from liblzma: {code}")),
    };
    error(cx, message)
}

#[cold]
fn no_format(cx: &mut Context, format: i32) -> Raised {
    cx.value_error(format!("Invalid container format: {format}"))
}

/// A filter from a dict.
struct Filter(library::Filter);

impl FromArgument<'_> for Filter {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Filter> {
        filters::filter(cx, *value).map(Filter)
    }
}

/// A filter's number.
struct FilterId(u64);

impl FromArgument<'_> for FilterId {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<FilterId> {
        filters::filter_id(cx, *value).map(FilterId)
    }
}

// What the module lzma has in native code. No documentation, as in CPython.
#[native_module("_lzma", types(LZMACompressor, LZMADecompressor))]
mod rows {
    use super::*;

    #[constant]
    const FORMAT_AUTO: i32 = AUTO;
    #[constant]
    const FORMAT_XZ: i32 = XZ;
    #[constant]
    const FORMAT_ALONE: i32 = ALONE;
    #[constant]
    const FORMAT_RAW: i32 = RAW;
    #[constant]
    const CHECK_NONE: u32 = sys::LZMA_CHECK_NONE;
    #[constant]
    const CHECK_CRC32: u32 = sys::LZMA_CHECK_CRC32;
    #[constant]
    const CHECK_CRC64: u32 = sys::LZMA_CHECK_CRC64;
    #[constant]
    const CHECK_SHA256: u32 = sys::LZMA_CHECK_SHA256;
    #[constant]
    const CHECK_ID_MAX: u32 = 15;
    #[constant(name = "CHECK_UNKNOWN")]
    const UNKNOWN: i32 = CHECK_UNKNOWN;
    #[constant]
    const FILTER_LZMA1: u64 = sys::LZMA_FILTER_LZMA1;
    #[constant]
    const FILTER_LZMA2: u64 = sys::LZMA_FILTER_LZMA2;
    #[constant(name = "FILTER_DELTA")]
    const DELTA: u64 = FILTER_DELTA;
    #[constant]
    const FILTER_X86: u64 = sys::LZMA_FILTER_X86;
    #[constant]
    const FILTER_POWERPC: u64 = sys::LZMA_FILTER_POWERPC;
    #[constant]
    const FILTER_IA64: u64 = sys::LZMA_FILTER_IA64;
    #[constant]
    const FILTER_ARM: u64 = sys::LZMA_FILTER_ARM;
    #[constant]
    const FILTER_ARMTHUMB: u64 = sys::LZMA_FILTER_ARMTHUMB;
    #[constant]
    const FILTER_SPARC: u64 = sys::LZMA_FILTER_SPARC;
    #[constant]
    const MF_HC3: u32 = sys::LZMA_MF_HC3;
    #[constant]
    const MF_HC4: u32 = sys::LZMA_MF_HC4;
    #[constant]
    const MF_BT2: u32 = sys::LZMA_MF_BT2;
    #[constant]
    const MF_BT3: u32 = sys::LZMA_MF_BT3;
    #[constant]
    const MF_BT4: u32 = sys::LZMA_MF_BT4;
    #[constant]
    const MODE_FAST: u32 = sys::LZMA_MODE_FAST;
    #[constant]
    const MODE_NORMAL: u32 = sys::LZMA_MODE_NORMAL;
    #[constant]
    const PRESET_DEFAULT: u32 = sys::LZMA_PRESET_DEFAULT;
    #[constant]
    const PRESET_EXTREME: u32 = sys::LZMA_PRESET_EXTREME;

    /// Whether a check is supported.
    #[function]
    fn is_check_supported(_cx: &mut Context, check_id: i32) -> bool {
        library::has_check(check_id as u32)
    }

    /// The bytes that describe a filter's options in a file.
    #[function]
    fn _encode_filter_properties(cx: &mut Context, filter: Filter) -> Result<Bytes> {
        match library::encode_properties(&filter.0) {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(code) => Err(fail(cx, &Trouble::Failed(code))),
        }
    }

    /// The filter that such bytes describe.
    #[function]
    fn _decode_filter_properties(cx: &mut Context, filter_id: FilterId, encoded_props: Buffer) -> Result<Owned> {
        let filter = filters::decode(cx, filter_id.0, encoded_props.as_slice())?;
        filters::describe(cx, &filter)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let documentation = "What the library for LZMA could not do.";
        let state = cx.state::<State>();
        state.error.define(cx, module, ["_lzma", "LZMAError"], &EXCEPTION, Some(documentation))
    }
}

/// A stream for an object that compresses.
fn encoder(
    cx: &mut Context,
    format: i32,
    check: i32,
    preset: Option<Value>,
    specifiers: Option<Value>,
) -> Result<Stream> {
    if preset.is_some() && specifiers.is_some() {
        return Err(cx.value_error("Cannot specify both preset and filter chain"));
    }
    let preset = match preset {
        Some(preset) => unsigned_32(cx, preset)?,
        None => sys::LZMA_PRESET_DEFAULT,
    };
    if format != XZ && check != -1 && check != 0 {
        return Err(cx.value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let check = if check == -1 { sys::LZMA_CHECK_CRC64 } else { check as u32 };
    let filters = match specifiers {
        Some(specifiers) if matches!(format, XZ | ALONE | RAW) => Some(chain(cx, specifiers)?),
        _ => None,
    };
    let made = match (format, &filters) {
        (XZ, None) => Stream::encoder(Encoding::Preset { preset, check }),
        (XZ, Some(filters)) => Stream::encoder(Encoding::Filters { filters, check }),
        (ALONE, None) => match library::preset(preset) {
            Some(options) => Stream::encoder(Encoding::Alone(&options)),
            None => return Err(no_preset(cx, preset)),
        },
        (ALONE, Some(filters)) => match &filters[..] {
            [library::Filter { id: sys::LZMA_FILTER_LZMA1, options: Options::Lzma(options) }] => {
                Stream::encoder(Encoding::Alone(options))
            }
            _ => {
                let message = "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter";
                return Err(cx.value_error(message));
            }
        },
        (RAW, None) => return Err(cx.value_error("Must specify filters for FORMAT_RAW")),
        (RAW, Some(filters)) => Stream::encoder(Encoding::Raw(filters)),
        _ => return Err(no_format(cx, format)),
    };
    made.map_err(|code| fail(cx, &Trouble::Failed(code)))
}

/// A stream for an object that decompresses.
fn decoder(cx: &mut Context, format: i32, memlimit: Option<Value>, specifiers: Option<Value>) -> Result<Stream> {
    let memory = match memlimit {
        Some(_) if format == RAW => return Err(cx.value_error("Cannot specify memory limit with FORMAT_RAW")),
        Some(memlimit) => unsigned(cx, memlimit, u64::MAX, "uint64_t")?,
        None => u64::MAX,
    };
    let made = match (format, specifiers) {
        (RAW, None) => return Err(cx.value_error("Must specify filters for FORMAT_RAW")),
        (RAW, Some(specifiers)) => {
            let filters = chain(cx, specifiers)?;
            Stream::decoder(Decoding::Raw(&filters))
        }
        (_, Some(_)) => return Err(cx.value_error("Cannot specify filters except with FORMAT_RAW")),
        (AUTO, _) => Stream::decoder(Decoding::Any(memory)),
        (XZ, _) => Stream::decoder(Decoding::Xz(memory)),
        (ALONE, _) => Stream::decoder(Decoding::Alone(memory)),
        _ => return Err(no_format(cx, format)),
    };
    made.map_err(|code| fail(cx, &Trouble::Failed(code)))
}

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// An object that compresses piece by piece: into the format xz, the older format (FORMAT_ALONE), or nothing but the data
/// (FORMAT_RAW). How well is said by a preset from 0 to 9, or by a list of filters.
#[native_type("_lzma.LZMACompressor", uncollected)]
#[derive(Traverse)]
pub struct LZMACompressor {
    /// The stream, until it was flushed.
    #[plain]
    stream: Guarded<Option<Stream>>,
}

#[methods]
impl LZMACompressor {
    #[new(name = "LZMACompressor")]
    fn new(
        cx: &mut Context,
        #[named]
        #[default(XZ, "FORMAT_XZ")]
        format: i32,
        #[default(-1)] check: i32,
        #[default(None)] preset: Option<Value>,
        #[default(None)] filters: Option<Value>,
    ) -> Result<LZMACompressor> {
        let stream = encoder(cx, format, check, preset, filters)?;
        Ok(LZMACompressor { stream: Guarded::new(Some(stream)) })
    }

    /// Takes more data, and gives what is compressed so far.
    fn compress(&self, cx: &mut Context, data: Buffer) -> Result<Bytes> {
        let input = data.as_slice();
        let made = self.stream.with(cx, |cx, stream| {
            let stream = stream.as_mut()?;
            Some(long(cx, input.len(), || stream.encode(input, false)))
        })?;
        match made {
            Some(Ok(bytes)) => Ok(Bytes(bytes)),
            Some(Err(trouble)) => Err(fail(cx, &trouble)),
            None => Err(cx.value_error("Compressor has been flushed")),
        }
    }

    /// Gives what is left to give. The object cannot compress any more.
    fn flush(&self, cx: &mut Context) -> Result<Bytes> {
        let made = self.stream.with(cx, |cx, stream| {
            let mut stream = stream.take()?;
            Some(cx.detached(|_| stream.encode(&[], true)))
        })?;
        match made {
            Some(Ok(bytes)) => Ok(Bytes(bytes)),
            Some(Err(trouble)) => Err(fail(cx, &trouble)),
            None => Err(cx.value_error("Repeated call to flush()")),
        }
    }
}

/// LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)
/// --
///
/// An object that decompresses piece by piece, data of either format, or of one that is named; nothing but data needs the
/// filters that made it.
#[native_type("_lzma.LZMADecompressor")]
#[derive(Traverse)]
pub struct LZMADecompressor {
    state: Incremental<Stream>,
    check: Cell<i32>,
}

#[methods]
impl LZMADecompressor {
    #[new(name = "LZMADecompressor")]
    fn new(
        cx: &mut Context,
        #[named]
        #[default(AUTO, "FORMAT_AUTO")]
        format: i32,
        #[default(None)] memlimit: Option<Value>,
        #[default(None)] filters: Option<Value>,
    ) -> Result<LZMADecompressor> {
        let stream = decoder(cx, format, memlimit, filters)?;
        let check = Cell::new(stream.check());
        Ok(LZMADecompressor { state: Incremental::new(cx, stream, "Already at end of stream", false), check })
    }

    /// Takes more compressed data, and gives what it was made of, at most so many bytes unless the number is negative.
    fn decompress(&self, cx: &mut Context, #[named] data: Buffer, #[default(-1)] max_length: Index) -> Result<Bytes> {
        let look = |stream: &Stream| self.check.set(stream.check());
        match self.state.decompress(cx, data.as_slice(), max_length.0, true, look)? {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(trouble) => Err(fail(cx, &trouble)),
        }
    }

    /// The number of the integrity check of the data.
    #[get(member)]
    fn check(&self) -> i32 {
        self.check.get()
    }

    /// Whether the end of the compressed data was reached.
    #[get(member)]
    fn eof(&self) -> bool {
        self.state.eof()
    }

    /// Whether more input is needed before more comes out.
    #[get(member)]
    fn needs_input(&self) -> bool {
        self.state.needs_input()
    }

    /// What came behind the end of the compressed data.
    #[get(member)]
    fn unused_data(&self) -> Owned {
        self.state.unused_data()
    }
}
