//! The library libzstd, safe to use: streams in both directions, dictionaries, parameters.

use crate::output::{Decoder, NoMemory, Output, Step, Trouble};
use std::ffi::CStr;
use std::ptr::NonNull;
use std::sync::Arc;
use zstd_sys as library;
use zstd_sys::{ZSTD_EndDirective as Directive, ZSTD_ResetDirective as Reset, ZSTD_cParameter as CParameter};
use zstd_sys::{ZSTD_bounds, ZSTD_dParameter as DParameter, ZSTD_inBuffer, ZSTD_outBuffer};

/// Why the library refuses; `name` says it in words.
#[derive(Clone, Copy, Debug)]
pub struct Code(usize);

impl Code {
    /// What is wrong.
    pub fn name(self) -> &'static str {
        // SAFETY: the library gives a text that stays as it is, for any code.
        unsafe { CStr::from_ptr(library::ZSTD_getErrorName(self.0)) }.to_str().unwrap_or_default()
    }
}

/// What a call gives, unless that is an error's code.
fn check(result: usize) -> Result<usize, Code> {
    // SAFETY: a number alone.
    if unsafe { library::ZSTD_isError(result) } != 0 { Err(Code(result)) } else { Ok(result) }
}

/// What is passed to say that nobody knows the size.
pub const SIZE_UNKNOWN: u64 = u64::MAX;
/// Sizes are below this one.
pub const SIZE_END: u64 = u64::MAX - 1;
/// The number that stands for the compression level among parameters.
pub const LEVEL: i32 = CParameter::ZSTD_c_compressionLevel as i32;
/// The number that stands for how many threads compress.
pub const WORKERS: i32 = CParameter::ZSTD_c_nbWorkers as i32;

/// Parameters of compression with the names that `compression.zstd` has for them.
pub static COMPRESSION: &[(CParameter, &str, &str)] = &[
    (CParameter::ZSTD_c_compressionLevel, "ZSTD_c_compressionLevel", "compression_level"),
    (CParameter::ZSTD_c_windowLog, "ZSTD_c_windowLog", "window_log"),
    (CParameter::ZSTD_c_hashLog, "ZSTD_c_hashLog", "hash_log"),
    (CParameter::ZSTD_c_chainLog, "ZSTD_c_chainLog", "chain_log"),
    (CParameter::ZSTD_c_searchLog, "ZSTD_c_searchLog", "search_log"),
    (CParameter::ZSTD_c_minMatch, "ZSTD_c_minMatch", "min_match"),
    (CParameter::ZSTD_c_targetLength, "ZSTD_c_targetLength", "target_length"),
    (CParameter::ZSTD_c_strategy, "ZSTD_c_strategy", "strategy"),
    (
        CParameter::ZSTD_c_enableLongDistanceMatching,
        "ZSTD_c_enableLongDistanceMatching",
        "enable_long_distance_matching",
    ),
    (CParameter::ZSTD_c_ldmHashLog, "ZSTD_c_ldmHashLog", "ldm_hash_log"),
    (CParameter::ZSTD_c_ldmMinMatch, "ZSTD_c_ldmMinMatch", "ldm_min_match"),
    (CParameter::ZSTD_c_ldmBucketSizeLog, "ZSTD_c_ldmBucketSizeLog", "ldm_bucket_size_log"),
    (CParameter::ZSTD_c_ldmHashRateLog, "ZSTD_c_ldmHashRateLog", "ldm_hash_rate_log"),
    (CParameter::ZSTD_c_contentSizeFlag, "ZSTD_c_contentSizeFlag", "content_size_flag"),
    (CParameter::ZSTD_c_checksumFlag, "ZSTD_c_checksumFlag", "checksum_flag"),
    (CParameter::ZSTD_c_dictIDFlag, "ZSTD_c_dictIDFlag", "dict_id_flag"),
    (CParameter::ZSTD_c_nbWorkers, "ZSTD_c_nbWorkers", "nb_workers"),
    (CParameter::ZSTD_c_jobSize, "ZSTD_c_jobSize", "job_size"),
    (CParameter::ZSTD_c_overlapLog, "ZSTD_c_overlapLog", "overlap_log"),
];

/// Parameters of compression that have no names, as they may go again.
static OTHER_COMPRESSION: &[CParameter] = &[
    CParameter::ZSTD_c_experimentalParam1,
    CParameter::ZSTD_c_experimentalParam2,
    CParameter::ZSTD_c_experimentalParam3,
    CParameter::ZSTD_c_experimentalParam4,
    CParameter::ZSTD_c_experimentalParam5,
    CParameter::ZSTD_c_experimentalParam7,
    CParameter::ZSTD_c_experimentalParam8,
    CParameter::ZSTD_c_experimentalParam11,
    CParameter::ZSTD_c_experimentalParam12,
    CParameter::ZSTD_c_experimentalParam13,
    CParameter::ZSTD_c_experimentalParam14,
    CParameter::ZSTD_c_experimentalParam15,
    CParameter::ZSTD_c_experimentalParam16,
    CParameter::ZSTD_c_experimentalParam17,
    CParameter::ZSTD_c_experimentalParam18,
    CParameter::ZSTD_c_experimentalParam19,
    CParameter::ZSTD_c_experimentalParam20,
];

/// The parameter of a number, with its name if it has one. Those by which the library would keep pointers into the caller's
/// data are not there.
fn compression_parameter(key: i32) -> Option<(CParameter, Option<&'static str>)> {
    let named = COMPRESSION.iter().find(|row| row.0 as i32 == key).map(|row| (row.0, Some(row.2)));
    named.or_else(|| OTHER_COMPRESSION.iter().find(|other| **other as i32 == key).map(|other| (*other, None)))
}

fn decompression_parameter(key: i32) -> Option<(DParameter, Option<&'static str>)> {
    DECOMPRESSION.iter().find(|row| row.0 as i32 == key).map(|row| (row.0, Some(row.2)))
}

/// Parameters of decompression.
pub static DECOMPRESSION: &[(DParameter, &str, &str)] =
    &[(DParameter::ZSTD_d_windowLogMax, "ZSTD_d_windowLogMax", "window_log_max")];

/// Strategies of compression, by their numbers from 1.
pub static STRATEGIES: &[&str] = &[
    "ZSTD_fast",
    "ZSTD_dfast",
    "ZSTD_greedy",
    "ZSTD_lazy",
    "ZSTD_lazy2",
    "ZSTD_btlazy2",
    "ZSTD_btopt",
    "ZSTD_btultra",
    "ZSTD_btultra2",
];

/// Why a parameter cannot be set: no such parameter, with its name if it has one; or the name and the range of values.
pub enum Refused {
    Unknown(Option<&'static str>),
    OutOfRange(Option<&'static str>, (i32, i32)),
}

fn range(bounds: ZSTD_bounds) -> Result<(i32, i32), Code> {
    check(bounds.error).map(|_| (bounds.lowerBound, bounds.upperBound))
}

/// The least and the greatest value of a parameter. Without a code, there is no such parameter.
pub fn compression_range(key: i32) -> Result<(i32, i32), Option<Code>> {
    let row = compression_parameter(key).ok_or(None)?;
    // SAFETY: numbers alone.
    range(unsafe { library::ZSTD_cParam_getBounds(row.0) }).map_err(Some)
}

/// The same for parameters of decompression.
pub fn decompression_range(key: i32) -> Result<(i32, i32), Option<Code>> {
    let row = decompression_parameter(key).ok_or(None)?;
    // SAFETY: numbers alone.
    range(unsafe { library::ZSTD_dParam_getBounds(row.0) }).map_err(Some)
}

/// The range of compression levels.
pub fn levels() -> (i32, i32) {
    // SAFETY: no arguments.
    unsafe { (library::ZSTD_minCLevel(), library::ZSTD_maxCLevel()) }
}

/// The library's version.
pub fn version() -> &'static str {
    // SAFETY: the library gives a text that stays as it is.
    unsafe { CStr::from_ptr(library::ZSTD_versionString()) }.to_str().unwrap_or_default()
}

/// The number of a dictionary, 0 for one that is any text.
pub fn dictionary_id(content: &[u8]) -> u32 {
    // SAFETY: the content has the length said.
    unsafe { library::ZSTD_getDictID_fromDict(content.as_ptr().cast(), content.len()) }
}

/// Bytes of the frame with which data starts.
pub fn frame_size(data: &[u8]) -> Result<usize, Code> {
    // SAFETY: the data has the length said.
    check(unsafe { library::ZSTD_findFrameCompressedSize(data.as_ptr().cast(), data.len()) })
}

/// What the header says with which data starts: the size (or `SIZE_UNKNOWN`) and the dictionary. None if there is no header.
pub fn frame_info(data: &[u8]) -> Option<(u64, u32)> {
    // SAFETY: the data has the length said.
    let (size, dictionary) = unsafe {
        let data = (data.as_ptr().cast(), data.len());
        (library::ZSTD_getFrameContentSize(data.0, data.1), library::ZSTD_getDictID_fromFrame(data.0, data.1))
    };
    (size != SIZE_END).then_some((size, dictionary))
}

/// What a dictionary is made of.
pub struct Samples<'a> {
    pub bytes: &'a [u8],
    /// How long each is; together, as long as the bytes.
    pub sizes: &'a [usize],
}

/// A dictionary for data like the samples, of at most so many bytes; with what it must contain and the compression level it is
/// for, if that is given.
pub fn make_dictionary(
    samples: &Samples<'_>,
    size: usize,
    content: Option<(&[u8], i32)>,
) -> Result<Vec<u8>, Trouble<Code>> {
    debug_assert_eq!(samples.sizes.iter().sum::<usize>(), samples.bytes.len());
    let mut made: Vec<u8> = Vec::new();
    made.try_reserve_exact(size).map_err(|_| Trouble::NoMemory)?;
    let (bytes, sizes) = (samples.bytes.as_ptr().cast(), samples.sizes.as_ptr());
    let count = samples.sizes.len() as u32;
    let room = made.as_mut_ptr().cast();
    // SAFETY: room, samples and content have the lengths said; the sizes add up to that of the samples.
    let result = unsafe {
        match content {
            None => library::ZDICT_trainFromBuffer(room, size, bytes, sizes, count),
            Some((content, level)) => {
                let options = library::ZDICT_params_t { compressionLevel: level, notificationLevel: 0, dictID: 0 };
                let (start, length) = (content.as_ptr().cast(), content.len());
                library::ZDICT_finalizeDictionary(room, size, start, length, bytes, sizes, count, options)
            }
        }
    };
    let length = check(result).map_err(Trouble::Failed)?;
    // SAFETY: the library has written that many bytes.
    unsafe { made.set_len(length.min(size)) };
    Ok(made)
}

macro_rules! prepared {
    ($( $( #[doc = $doc:literal] )* $name:ident $structure:ident $free:ident )*) => { $(
        $( #[doc = $doc] )*
        pub struct $name(NonNull<library::$structure>);

        // SAFETY: streams of any thread may use it, several at once: it does not change.
        unsafe impl Send for $name {}
        // SAFETY: as above.
        unsafe impl Sync for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: the library has made it, and nobody else has it.
                unsafe { library::$free(self.0.as_ptr()) };
            }
        }
    )* };
}

prepared! {
    /// A dictionary that is prepared for a compression level.
    CompressionDictionary ZSTD_CDict_s ZSTD_freeCDict
    /// A dictionary that is prepared to decompress.
    DecompressionDictionary ZSTD_DDict_s ZSTD_freeDDict
}

impl CompressionDictionary {
    pub fn new(content: &[u8], level: i32) -> Option<CompressionDictionary> {
        // SAFETY: the content has the length said; the library copies it.
        let made = unsafe { library::ZSTD_createCDict(content.as_ptr().cast(), content.len(), level) };
        NonNull::new(made).map(CompressionDictionary)
    }
}

impl DecompressionDictionary {
    pub fn new(content: &[u8]) -> Option<DecompressionDictionary> {
        // SAFETY: the content has the length said; the library copies it.
        let made = unsafe { library::ZSTD_createDDict(content.as_ptr().cast(), content.len()) };
        NonNull::new(made).map(DecompressionDictionary)
    }
}

/// A dictionary as a stream uses it.
pub enum Loaded<T> {
    Prepared(Arc<T>),
    Content(Arc<[u8]>),
    /// Data that precedes the first frame, so to speak.
    Prefix(Arc<[u8]>),
}

/// A stream that compresses.
pub struct Compressor {
    context: NonNull<library::ZSTD_CCtx>,
    /// What the library refers to.
    dictionary: Option<Loaded<CompressionDictionary>>,
}

// SAFETY: any thread may use it, one after the other.
unsafe impl Send for Compressor {}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: the library has made it, and nobody else has it. It goes before the dictionary.
        unsafe { library::ZSTD_freeCCtx(self.context.as_ptr()) };
    }
}

impl Compressor {
    pub fn new() -> Option<Compressor> {
        // SAFETY: no arguments.
        let context = NonNull::new(unsafe { library::ZSTD_createCCtx() })?;
        Some(Compressor { context, dictionary: None })
    }

    /// Sets a parameter.
    pub fn set(&mut self, key: i32, value: i32) -> Result<(), Refused> {
        let Some((parameter, name)) = compression_parameter(key) else { return Err(Refused::Unknown(None)) };
        // SAFETY: the stream is one of the library's.
        let result = check(unsafe { library::ZSTD_CCtx_setParameter(self.context.as_ptr(), parameter, value) });
        result.map(drop).map_err(|_| match compression_range(key) {
            Ok(range) => Refused::OutOfRange(name, range),
            Err(_) => Refused::Unknown(name),
        })
    }

    /// Uses a dictionary.
    pub fn load(&mut self, dictionary: Loaded<CompressionDictionary>) -> Result<(), Code> {
        let context = self.context.as_ptr();
        // SAFETY: contents have the lengths said; what the library keeps pointers to, this keeps alive.
        let result = check(unsafe {
            match &dictionary {
                Loaded::Prepared(prepared) => library::ZSTD_CCtx_refCDict(context, prepared.0.as_ptr()),
                Loaded::Content(content) => {
                    library::ZSTD_CCtx_loadDictionary(context, content.as_ptr().cast(), content.len())
                }
                Loaded::Prefix(content) => {
                    library::ZSTD_CCtx_refPrefix(context, content.as_ptr().cast(), content.len())
                }
            }
        });
        self.dictionary = Some(dictionary);
        result.map(drop)
    }

    /// Says how large the data of the next frame is.
    pub fn pledge(&mut self, size: u64) -> Result<(), Code> {
        // SAFETY: the stream is one of the library's.
        check(unsafe { library::ZSTD_CCtx_setPledgedSrcSize(self.context.as_ptr(), size) }).map(drop)
    }

    /// Gives up the frame that is not complete.
    pub fn reset(&mut self) {
        // SAFETY: the stream is one of the library's.
        unsafe { library::ZSTD_CCtx_reset(self.context.as_ptr(), Reset::ZSTD_reset_session_only) };
    }

    /// Takes all of the input, and gives what comes out: with `Mode::Continue` what is complete, with the others all. Where
    /// threads compress, `Mode::Continue` does not wait for them.
    pub fn compress(&mut self, input: &[u8], mode: Mode, waits: bool) -> Result<Vec<u8>, Trouble<Code>> {
        let directive = match mode {
            Mode::Continue => Directive::ZSTD_e_continue,
            Mode::FlushBlock => Directive::ZSTD_e_flush,
            Mode::FlushFrame => Directive::ZSTD_e_end,
        };
        let mut from = ZSTD_inBuffer { src: input.as_ptr().cast(), size: input.len(), pos: 0 };
        let mut output = Output::unlimited();
        loop {
            let Some(room) = output.room()? else { return Err(NoMemory.into()) };
            let (start, size) = (room.as_mut_ptr().cast(), room.len());
            let mut into = ZSTD_outBuffer { dst: start, size, pos: 0 };
            // SAFETY: input and room have the lengths said.
            let left = check(unsafe {
                library::ZSTD_compressStream2(self.context.as_ptr(), &raw mut into, &raw mut from, directive)
            });
            // SAFETY: the library has written that many bytes of the room.
            unsafe { output.advance(into.pos) };
            let left = left.map_err(Trouble::Failed)?;
            let is_done = if waits { left == 0 } else { from.pos == from.size && into.pos < into.size };
            if is_done {
                return Ok(output.into_bytes());
            }
        }
    }
}

/// What is done after the input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Continue,
    FlushBlock,
    FlushFrame,
}

/// A stream that decompresses.
pub struct Decompressor {
    context: NonNull<library::ZSTD_DCtx>,
    /// What the library refers to.
    dictionary: Option<Loaded<DecompressionDictionary>>,
}

// SAFETY: any thread may use it, one after the other.
unsafe impl Send for Decompressor {}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: the library has made it, and nobody else has it. It goes before the dictionary.
        unsafe { library::ZSTD_freeDCtx(self.context.as_ptr()) };
    }
}

impl Decompressor {
    pub fn new() -> Option<Decompressor> {
        // SAFETY: no arguments.
        let context = NonNull::new(unsafe { library::ZSTD_createDCtx() })?;
        Some(Decompressor { context, dictionary: None })
    }

    /// Sets a parameter.
    pub fn set(&mut self, key: i32, value: i32) -> Result<(), Refused> {
        let Some((parameter, name)) = decompression_parameter(key) else { return Err(Refused::Unknown(None)) };
        // SAFETY: the stream is one of the library's.
        let result = check(unsafe { library::ZSTD_DCtx_setParameter(self.context.as_ptr(), parameter, value) });
        result.map(drop).map_err(|_| match decompression_range(key) {
            Ok(range) => Refused::OutOfRange(name, range),
            Err(_) => Refused::Unknown(name),
        })
    }

    /// Uses a dictionary.
    pub fn load(&mut self, dictionary: Loaded<DecompressionDictionary>) -> Result<(), Code> {
        let context = self.context.as_ptr();
        // SAFETY: contents have the lengths said; what the library keeps pointers to, this keeps alive.
        let result = check(unsafe {
            match &dictionary {
                Loaded::Prepared(prepared) => library::ZSTD_DCtx_refDDict(context, prepared.0.as_ptr()),
                Loaded::Content(content) => {
                    library::ZSTD_DCtx_loadDictionary(context, content.as_ptr().cast(), content.len())
                }
                Loaded::Prefix(content) => {
                    library::ZSTD_DCtx_refPrefix(context, content.as_ptr().cast(), content.len())
                }
            }
        });
        self.dictionary = Some(dictionary);
        result.map(drop)
    }
}

impl Decoder for Decompressor {
    type Failure = Code;

    fn decode(&mut self, input: &[u8], output: &mut Output) -> Step<Code> {
        let room = match output.room() {
            Ok(room) => room.unwrap_or_default(),
            Err(NoMemory) => return Step { read: 0, outcome: Err(Trouble::NoMemory) },
        };
        let mut from = ZSTD_inBuffer { src: input.as_ptr().cast(), size: input.len(), pos: 0 };
        let mut into = ZSTD_outBuffer { dst: room.as_mut_ptr().cast(), size: room.len(), pos: 0 };
        // SAFETY: input and room have the lengths said.
        let left =
            check(unsafe { library::ZSTD_decompressStream(self.context.as_ptr(), &raw mut into, &raw mut from) });
        // SAFETY: the library has written that many bytes of the room.
        unsafe { output.advance(into.pos) };
        let outcome = left.map(|left| left == 0).map_err(|code| {
            // What comes next is taken for a new frame.
            // SAFETY: the stream is one of the library's.
            unsafe { library::ZSTD_DCtx_reset(self.context.as_ptr(), Reset::ZSTD_reset_session_only) };
            Trouble::Failed(code)
        });
        Step { read: from.pos, outcome }
    }
}
