//! The module `_zstd`, over libzstd (Modules/_zstd).

mod dictionary;
mod library;
mod streams;

use crate::guarded::long;
use crate::output::Trouble;
use dictionary::ZstdDict;
use library::{COMPRESSION, Code, DECOMPRESSION, STRATEGIES, Samples};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{ExceptionClass, Field, FromArgument, Index, Place};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{EXCEPTION, MEMORY_ERROR};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::{Context, Raised, Result, Value};
use streams::{ZSTD_COMPRESSOR, ZstdCompressor, ZstdDecompressor};

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
    /// The classes `CompressionParameter` and `DecompressionParameter`, of which each is refused in place of the other.
    parameters: [Field; 2],
}

/// Raises `ZstdError`.
#[cold]
fn error(cx: &mut Context, message: impl AsRef<str>) -> Raised {
    cx.state::<State>().error.raise(cx, message)
}

/// Raises that something is impossible, and why.
#[cold]
fn fail(cx: &mut Context, doing: &str, trouble: &Trouble<Code>) -> Raised {
    match trouble {
        Trouble::NoMemory => cx.raise(&MEMORY_ERROR, ""),
        Trouble::Failed(code) => error(cx, format!("Unable to {doing}: {}", code.name())),
    }
}

/// An integer as C has it.
fn c_int(cx: &mut Context, value: Value) -> Result<i32> {
    static PLACE: Place = Place { function: "zstd", argument: "argument", name: "number" };
    i32::from_argument(cx, &value, &PLACE)
}

/// Whether a value is of the class of the other direction's parameters.
fn is_parameter(cx: &mut Context, value: Value, of_decompression: bool) -> bool {
    let class = cx.state::<State>().parameters[usize::from(of_decompression)].get();
    class.is_some_and(|class| class.value() == value.type_of().value())
}

/// The sizes of samples, which add up to how many bytes there are.
fn sizes(cx: &mut Context, bytes: &BytesObject, sizes: &TupleObject, size: i64) -> Result<(Vec<usize>, usize)> {
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(cx.value_error("dict_size argument should be positive number."));
    };
    if u32::try_from(sizes.len()).is_err() {
        return Err(cx.value_error(format!("The number of samples should be <= {}.", u32::MAX)));
    }
    let mut found = Vec::with_capacity(sizes.len());
    for size in sizes.as_slice() {
        if !int::is_int_like(*size) {
            return Err(cx.type_error("an integer is required"));
        }
        // What is no size makes the sum wrong.
        found.push(int::as_u64(*size).unwrap_or(u64::MAX) as usize);
    }
    let sum = found.iter().try_fold(0usize, |sum, size| sum.checked_add(*size));
    if sum != Some(bytes.as_slice().len()) {
        return Err(cx.value_error("The samples size tuple doesn't match the concatenation's size."));
    }
    Ok((found, size))
}

/// Implementation module for Zstandard compression.
#[native_module("_zstd", types(ZstdDict, ZstdCompressor, ZstdDecompressor))]
mod rows {
    use super::*;

    #[constant(name = "zstd_version")]
    const VERSION: Version = Version;
    #[constant(name = "zstd_version_number")]
    const VERSION_NUMBER: u32 = zstd_sys::ZSTD_VERSION_NUMBER;
    #[constant(name = "ZSTD_CLEVEL_DEFAULT")]
    const LEVEL_DEFAULT: u32 = zstd_sys::ZSTD_CLEVEL_DEFAULT;
    #[constant(name = "ZSTD_DStreamOutSize")]
    const STREAM_OUT_SIZE: u32 = zstd_sys::ZSTD_BLOCKSIZE_MAX;

    /// Makes a dictionary for data like the samples.
    #[function]
    fn train_dict(
        cx: &mut Context,
        samples_bytes: &BytesObject,
        samples_sizes: &TupleObject,
        dict_size: Index,
    ) -> Result<Bytes> {
        let (sizes, size) = sizes(cx, samples_bytes, samples_sizes, dict_size.0)?;
        let bytes = samples_bytes.as_slice();
        let samples = Samples { bytes, sizes: &sizes };
        let made = long(cx, bytes.len(), || library::make_dictionary(&samples, size, None));
        made.map(Bytes).map_err(|trouble| fail(cx, "train the Zstandard dictionary", &trouble))
    }

    /// Makes a dictionary of a content and of what data like the samples looks like, for a compression level.
    #[function]
    fn finalize_dict(
        cx: &mut Context,
        custom_dict_bytes: &BytesObject,
        samples_bytes: &BytesObject,
        samples_sizes: &TupleObject,
        dict_size: Index,
        compression_level: i32,
    ) -> Result<Bytes> {
        let (sizes, size) = sizes(cx, samples_bytes, samples_sizes, dict_size.0)?;
        let (bytes, content) = (samples_bytes.as_slice(), custom_dict_bytes.as_slice());
        let samples = Samples { bytes, sizes: &sizes };
        let content = Some((content, compression_level));
        let made = long(cx, bytes.len(), || library::make_dictionary(&samples, size, content));
        made.map(Bytes).map_err(|trouble| fail(cx, "finalize the Zstandard dictionary", &trouble))
    }

    /// The least and the greatest value of a parameter of compression or of decompression.
    #[function]
    fn get_param_bounds(cx: &mut Context, #[named] parameter: i32, is_compress: bool) -> Result<(i32, i32)> {
        let (found, direction) = match is_compress {
            true => (library::compression_range(parameter), "compression"),
            false => (library::decompression_range(parameter), "decompression"),
        };
        found.map_err(|code| {
            let reason = code.map_or("Unsupported parameter", Code::name);
            error(cx, format!("Unable to get zstd {direction} parameter bounds: {reason}"))
        })
    }

    /// How many bytes the frame has with which data starts.
    #[function]
    fn get_frame_size(cx: &mut Context, #[named] frame_buffer: Buffer) -> Result<usize> {
        library::frame_size(frame_buffer.as_slice()).map_err(|code| {
            let reason = code.name();
            error(
                cx,
                format!(
                    "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument starts \
                     from the beginning of a frame, and its length is not less than this complete frame. Zstd error \
                     message: {reason}."
                ),
            )
        })
    }

    /// How large the data is that the frame was made of with which data starts, or None, and the number of its dictionary.
    #[function]
    fn get_frame_info(cx: &mut Context, #[named] frame_buffer: Buffer) -> Result<(Option<u64>, u32)> {
        match library::frame_info(frame_buffer.as_slice()) {
            Some((size, dictionary)) => Ok((Some(size).filter(|size| *size != library::SIZE_UNKNOWN), dictionary)),
            None => Err(error(
                cx,
                "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer argument \
                 starts from the beginning of a frame, and its length is not less than the frame header (6~18 bytes).",
            )),
        }
    }

    /// Says which classes have the parameters of compression and of decompression: one is refused in place of the other.
    #[function]
    fn set_parameter_types(
        cx: &mut Context,
        #[named] c_parameter_type: &TypeObject,
        d_parameter_type: &TypeObject,
    ) -> Result<()> {
        let state = cx.state::<State>();
        for (place, class) in state.parameters.iter().zip([c_parameter_type, d_parameter_type]) {
            place.set(Some(sidewinder_runtime::Owned::new(class.value())));
        }
        Ok(())
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let documentation = "An error occurred in the zstd library.";
        let state = cx.state::<State>();
        state.error.define(cx, module, ["compression.zstd", "ZstdError"], &EXCEPTION, Some(documentation))?;
        let compression = COMPRESSION.iter().map(|row| (row.1, row.0 as i64));
        let decompression = DECOMPRESSION.iter().map(|row| (row.1, row.0 as i64));
        let strategies = STRATEGIES.iter().zip(1..).map(|(name, number)| (*name, number));
        for (name, number) in compression.chain(decompression).chain(strategies) {
            module.namespace().set_text(cx, name, Value::from_small_int(number));
        }
        let namespace = ZSTD_COMPRESSOR.object.namespace(cx);
        for (name, mode) in [("CONTINUE", 0), ("FLUSH_BLOCK", 1), ("FLUSH_FRAME", 2)] {
            namespace.set_text(cx, name, Value::from_small_int(mode));
        }
        ZSTD_COMPRESSOR.object.modified(cx);
        Ok(())
    }
}

/// The library's version as a text.
struct Version;

impl sidewinder_runtime::native::IntoObject for Version {
    fn into_object(self, cx: &mut Context) -> sidewinder_runtime::Owned {
        library::version().into_object(cx)
    }
}
