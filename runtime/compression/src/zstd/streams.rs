//! Objects that compress and decompress piece by piece.

use super::dictionary::{not_loaded, to_compress, to_decompress};
use super::library::{Compressor, Decompressor, LEVEL, Mode, Refused, SIZE_END, SIZE_UNKNOWN, WORKERS, levels};
use super::{c_int, error, fail, is_parameter};
use crate::guarded::{Guarded, long};
use crate::incremental::Incremental;
use crate::output::Trouble;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{FromArgument, Index, Place};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

/// Raises that a parameter cannot be set.
#[cold]
fn refused(cx: &mut Context, refused: &Refused, direction: &str, (key, value): (i32, i32)) -> Raised {
    let (Refused::Unknown(name) | Refused::OutOfRange(name, _)) = refused;
    let name = name.map_or_else(|| format!("unknown parameter (key {key})"), str::to_string);
    cx.value_error(match refused {
        Refused::Unknown(_) => format!("invalid {direction} parameter '{name}'"),
        Refused::OutOfRange(_, (least, most)) => {
            format!(
                "{direction} parameter '{name}' received an illegal value {value}; the valid range is [{least}, {most}]"
            )
        }
    })
}

/// The parameters of a dict, of the direction whose class is not refused.
fn options(cx: &mut Context, options: Value, class: &str, compresses: bool) -> Result<Vec<(i32, i32)>> {
    if options.cast::<DictObject>().is_none() {
        let found = options.type_of().name();
        return Err(cx.type_error(format!("{class}() argument 'options' must be dict, not {found}")));
    }
    let dict = dict::of(options);
    let items = (0..dict.entry_count()).filter_map(|place| dict.entry(place));
    let items: Vec<(Owned, Owned)> = items.map(|(key, value)| (Owned::new(key), Owned::new(value))).collect();
    let mut found = Vec::with_capacity(items.len());
    for (key, value) in items {
        if is_parameter(cx, key.value(), compresses) {
            let (this, other) =
                if compresses { ("compression", "a Decompression") } else { ("decompression", "a Compression") };
            return Err(cx.type_error(format!("{this} options dictionary key must not be {other}Parameter attribute")));
        }
        found.push((c_int(cx, key.value())?, c_int(cx, value.value())?));
    }
    Ok(found)
}

/// What a stream does after the input, as an argument.
#[derive(Clone, Copy)]
struct ModeArgument(i32);

impl FromArgument<'_> for ModeArgument {
    fn from_argument(cx: &mut Context, value: &Value, place: &'static Place) -> Result<ModeArgument> {
        i32::from_argument(cx, value, place).map(ModeArgument)
    }
}

impl ModeArgument {
    fn mode(self) -> Option<Mode> {
        [Mode::Continue, Mode::FlushBlock, Mode::FlushFrame].get(usize::try_from(self.0).ok()?).copied()
    }
}

/// A stream and what was done with it last.
struct Packer {
    stream: Compressor,
    last: Mode,
    /// The library's threads compress.
    has_workers: bool,
}

impl Packer {
    fn run(&mut self, input: &[u8], mode: Mode) -> std::result::Result<Vec<u8>, Trouble<super::Code>> {
        let waits = !self.has_workers || mode != Mode::Continue;
        let made = self.stream.compress(input, mode, waits);
        self.last = if made.is_ok() { mode } else { Mode::FlushFrame };
        if made.is_err() {
            self.stream.reset();
        }
        made
    }
}

/// ZstdCompressor(level=None, options=None, zstd_dict=None)
/// --
///
/// An object that compresses piece by piece.
#[native_type("compression.zstd.ZstdCompressor")]
#[derive(Traverse)]
pub struct ZstdCompressor {
    #[plain]
    packer: Guarded<Packer>,
    last: Cell<i32>,
    /// What was given, as it is.
    dictionary: Option<Owned>,
}

/// Sets the compression level.
fn set_level(cx: &mut Context, packer: &mut Packer, level: i32) -> Result<i32> {
    let (least, most) = levels();
    if !(least..=most).contains(&level) {
        return Err(cx.value_error(format!("illegal compression level {level}; the valid range is [{least}, {most}]")));
    }
    packer.stream.set(LEVEL, level).map_err(|reason| refused(cx, &reason, "compression", (LEVEL, level)))?;
    Ok(level)
}

impl ZstdCompressor {
    fn run(&self, cx: &mut Context, input: &[u8], mode: Mode) -> Result<Bytes> {
        let made = self.packer.with(cx, |cx, packer| {
            // What is left inside comes out at the end of a frame.
            let length = if mode == Mode::Continue { input.len() } else { usize::MAX };
            let made = long(cx, length, || packer.run(input, mode));
            self.last.set(packer.last as i32);
            made
        })?;
        made.map(Bytes).map_err(|trouble| fail(cx, "compress Zstandard data", &trouble))
    }
}

/// The size that the next frame's data is said to have.
struct Pledged(u64);

impl FromArgument<'_> for Pledged {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Pledged> {
        if *value == singleton::none() {
            return Ok(Pledged(SIZE_UNKNOWN));
        }
        if !int::is_int_like(*value) {
            return Err(cx.type_error("an integer is required"));
        }
        match int::as_u64(*value) {
            Some(size) if size < SIZE_END => Ok(Pledged(size)),
            _ => Err(cx.value_error(format!("size argument should be a positive int less than {SIZE_END}"))),
        }
    }
}

#[methods]
impl ZstdCompressor {
    #[new(name = "ZstdCompressor")]
    fn new(
        cx: &mut Context,
        #[named]
        #[default(None)]
        level: Option<Value>,
        #[default(None)] options: Option<Value>,
        #[default(None)] zstd_dict: Option<Value>,
    ) -> Result<ZstdCompressor> {
        let Some(stream) = Compressor::new() else {
            return Err(error(cx, "Unable to create ZSTD_CCtx instance."));
        };
        let mut packer = Packer { stream, last: Mode::FlushFrame, has_workers: false };
        if level.is_some() && options.is_some() {
            return Err(cx.type_error("Only one of level or options should be used."));
        }
        let mut prepared_level = 0;
        if let Some(level) = level {
            if !int::is_int_like(level) {
                return Err(cx.type_error("invalid type for level, expected int"));
            }
            let Some(level) = int::as_i64(level).and_then(|level| i32::try_from(level).ok()) else {
                let (least, most) = levels();
                let message = format!("illegal compression level; the valid range is [{least}, {most}]");
                return Err(cx.value_error(message));
            };
            prepared_level = set_level(cx, &mut packer, level)?;
        }
        if let Some(options) = options {
            for (key, value) in self::options(cx, options, "ZstdCompressor", true)? {
                if key == LEVEL {
                    prepared_level = set_level(cx, &mut packer, value)?;
                    continue;
                }
                packer.has_workers |= key == WORKERS && value != 0;
                let set = packer.stream.set(key, value);
                set.map_err(|reason| refused(cx, &reason, "compression", (key, value)))?;
            }
        }
        if let Some(dictionary) = zstd_dict {
            let dictionary = to_compress(cx, dictionary, prepared_level)?;
            packer.stream.load(dictionary).map_err(|code| not_loaded(cx, "compression", code))?;
        }
        let dictionary = zstd_dict.map(Owned::new);
        Ok(ZstdCompressor { packer: Guarded::new(packer), last: Cell::new(Mode::FlushFrame as i32), dictionary })
    }

    /// Takes more data, and gives what is compressed so far. The mode may say that a block or a frame is to end.
    fn compress(
        &self,
        cx: &mut Context,
        #[named] data: Buffer,
        #[default(ModeArgument(0), "ZstdCompressor.CONTINUE")] mode: ModeArgument,
    ) -> Result<Bytes> {
        let _ = &self.dictionary;
        match mode.mode() {
            Some(mode) => self.run(cx, data.as_slice(), mode),
            None => Err(cx.value_error(
                "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, \
                 ZstdCompressor.FLUSH_FRAME.",
            )),
        }
    }

    /// Ends a frame, or a block of it, and gives what is left to give.
    fn flush(
        &self,
        cx: &mut Context,
        #[named]
        #[default(ModeArgument(2), "ZstdCompressor.FLUSH_FRAME")]
        mode: ModeArgument,
    ) -> Result<Bytes> {
        match mode.mode() {
            Some(mode @ (Mode::FlushBlock | Mode::FlushFrame)) => self.run(cx, &[], mode),
            _ => Err(cx.value_error(
                "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK.",
            )),
        }
    }

    /// Says how large the data of the next frame is, or by None that nobody knows. What comes then must be as large.
    fn set_pledged_input_size(&self, cx: &mut Context, size: Pledged) -> Result<()> {
        self.packer.with(cx, |cx, packer| {
            if packer.last != Mode::FlushFrame {
                let message = "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME";
                return Err(cx.value_error(message));
            }
            let doing = "set pledged uncompressed content size";
            packer.stream.pledge(size.0).map_err(|code| fail(cx, doing, &Trouble::Failed(code)))
        })?
    }

    /// What was done after the last data: CONTINUE, FLUSH_BLOCK or, as before the first, FLUSH_FRAME.
    #[get(member)]
    fn last_mode(&self) -> i32 {
        self.last.get()
    }
}

/// ZstdDecompressor(zstd_dict=None, options=None)
/// --
///
/// An object that decompresses one frame piece by piece.
#[native_type("compression.zstd.ZstdDecompressor")]
#[derive(Traverse)]
pub struct ZstdDecompressor {
    state: Incremental<Decompressor>,
    /// What was given, as it is.
    dictionary: Option<Owned>,
}

#[methods]
impl ZstdDecompressor {
    #[new(name = "ZstdDecompressor")]
    fn new(
        cx: &mut Context,
        #[named]
        #[default(None)]
        zstd_dict: Option<Value>,
        #[default(None)] options: Option<Value>,
    ) -> Result<ZstdDecompressor> {
        let Some(mut stream) = Decompressor::new() else {
            return Err(error(cx, "Unable to create ZSTD_DCtx instance."));
        };
        if let Some(dictionary) = zstd_dict {
            let dictionary = to_decompress(cx, dictionary)?;
            stream.load(dictionary).map_err(|code| not_loaded(cx, "decompression", code))?;
        }
        if let Some(options) = options {
            for (key, value) in self::options(cx, options, "ZstdDecompressor", false)? {
                let set = stream.set(key, value);
                set.map_err(|reason| refused(cx, &reason, "decompression", (key, value)))?;
            }
        }
        let state = Incremental::new(cx, stream, "Already at the end of a Zstandard frame.", false);
        Ok(ZstdDecompressor { state, dictionary: zstd_dict.map(Owned::new) })
    }

    /// Takes more compressed data, and gives what it was made of, at most so many bytes unless the number is negative.
    fn decompress(&self, cx: &mut Context, #[named] data: Buffer, #[default(-1)] max_length: Index) -> Result<Bytes> {
        let _ = &self.dictionary;
        match self.state.decompress(cx, data.as_slice(), max_length.0, true, |_| {})? {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(trouble) => {
                self.state.restart();
                Err(fail(cx, "decompress Zstandard data", &trouble))
            }
        }
    }

    /// What came behind the end of the frame.
    #[get]
    fn unused_data(&self) -> Owned {
        self.state.unused_data()
    }

    /// Whether the end of the frame was reached.
    #[get(member)]
    fn eof(&self) -> bool {
        self.state.eof()
    }

    /// Whether more input is needed before more comes out.
    #[get(member)]
    fn needs_input(&self) -> bool {
        self.state.needs_input()
    }
}
