//! The objects that compress and decompress piece by piece.

use super::stream::{Deflater, Failure, Inflater};
use super::{BUFFER_SIZE, fail};
use crate::guarded::{Guarded, long};
use crate::output::{Trouble, decode_all};
use libz_rs_sys as library;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Field, Index, NativeObject};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::Cell;

/// Raises what went wrong while a stream was copied.
#[cold]
fn copy_failed(cx: &mut Context, failure: Failure, object: &str) -> Raised {
    if failure.code == library::Z_STREAM_ERROR {
        return cx.value_error("Inconsistent stream state");
    }
    let memory = format!("Can't allocate memory for {object} object");
    fail(cx, Trouble::Failed(failure), &format!("while copying {object} object"), &memory)
}

/// What zlib.compressobj gives.
#[native_type("zlib.Compress", uncollected)]
#[derive(Traverse)]
pub struct Compress {
    #[plain]
    deflater: Guarded<Deflater>,
}

impl Compress {
    pub fn make(cx: &mut Context, deflater: Deflater) -> Result<Owned> {
        NativeObject::new(cx, Compress { deflater: Guarded::new(deflater) })
    }

    fn copied(&self, cx: &mut Context) -> Result<Owned> {
        match self.deflater.with(cx, |_, deflater| deflater.copy())? {
            Ok(copy) => Compress::make(cx, copy),
            Err(failure) => Err(copy_failed(cx, failure, "compression")),
        }
    }
}

#[methods]
impl Compress {
    /// Takes more data, and gives what is compressed so far.
    fn compress(&self, cx: &mut Context, data: Buffer) -> Result<Bytes> {
        let input = data.as_slice();
        let made = self
            .deflater
            .with(cx, |cx, deflater| long(cx, input.len(), || deflater.run(input, library::Z_NO_FLUSH)))?;
        let memory = "Out of memory while compressing data";
        made.map(Bytes).map_err(|trouble| fail(cx, trouble, "while compressing data", memory))
    }

    /// Gives what is left to give. After the mode Z_FINISH the object cannot compress any more.
    fn flush(&self, cx: &mut Context, #[default(library::Z_FINISH, "zlib.Z_FINISH")] mode: i32) -> Result<Bytes> {
        if mode == library::Z_NO_FLUSH {
            return Ok(Bytes(Vec::new()));
        }
        let made = self.deflater.with(cx, |_, deflater| deflater.run(&[], mode))?;
        let memory = "Out of memory while compressing data";
        made.map(Bytes).map_err(|trouble| fail(cx, trouble, "while flushing", memory))
    }

    /// A copy of the object in its state.
    #[method(also = "__copy__")]
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        self.copied(cx)
    }

    fn __deepcopy__(&self, cx: &mut Context, memo: Value) -> Result<Owned> {
        let _ = memo;
        self.copied(cx)
    }
}

/// What zlib.decompressobj gives.
#[native_type("zlib.Decompress")]
#[derive(Traverse)]
pub struct Decompress {
    #[plain]
    inflater: Guarded<Inflater>,
    unused_data: Field,
    unconsumed_tail: Field,
    eof: Cell<bool>,
}

impl Decompress {
    pub fn make(cx: &mut Context, inflater: Inflater) -> Result<Owned> {
        let nothing = BytesObject::new(cx, b"");
        let state = Decompress {
            inflater: Guarded::new(inflater),
            unused_data: Field::new(nothing.clone()),
            unconsumed_tail: Field::new(nothing),
            eof: Cell::new(false),
        };
        NativeObject::new(cx, state)
    }

    fn copied(&self, cx: &mut Context) -> Result<Owned> {
        match self.inflater.with(cx, |_, inflater| inflater.copy())? {
            Ok(copy) => {
                let state = Decompress {
                    inflater: Guarded::new(copy),
                    unused_data: Field::new(self.unused_data.get_or_none()),
                    unconsumed_tail: Field::new(self.unconsumed_tail.get_or_none()),
                    eof: Cell::new(self.eof.get()),
                };
                NativeObject::new(cx, state)
            }
            Err(failure) => Err(copy_failed(cx, failure, "decompression")),
        }
    }

    /// Decodes, and keeps what is left of the input. `finish` frees the stream's memory at the end of the data.
    fn run(
        &self,
        cx: &mut Context,
        input: &[u8],
        limit: usize,
        finish: bool,
    ) -> Result<(Vec<u8>, std::result::Result<(), Trouble<Failure>>)> {
        self.inflater.with(cx, |cx, inflater| {
            let decoded = long(cx, input.len(), || decode_all(&mut *inflater, input, limit));
            let ended = matches!(decoded.outcome, Ok(true));
            let left = &input[decoded.read..];
            if ended {
                if !left.is_empty() {
                    append(cx, &self.unused_data, left);
                }
                self.eof.set(true);
                if finish {
                    inflater.end();
                }
            }
            let left = if ended { &[][..] } else { left };
            let tail = self.unconsumed_tail.get_or_none();
            let had_tail = tail.value().cast::<BytesObject>().is_some_and(|tail| !tail.is_empty());
            if had_tail || !left.is_empty() {
                let left = BytesObject::new(cx, left);
                self.unconsumed_tail.set(Some(left));
            }
            (decoded.bytes, decoded.outcome.map(drop))
        })
    }
}

/// Adds bytes to those of a field.
fn append(cx: &mut Context, field: &Field, more: &[u8]) {
    let old = field.get_or_none();
    let old = old.value().cast::<BytesObject>().map(BytesObject::as_slice).unwrap_or_default();
    let joined = BytesObject::new(cx, &[old, more].concat());
    field.set(Some(joined));
}

const MEMORY: &str = "Out of memory while decompressing data";

#[methods]
impl Decompress {
    /// Takes more compressed data, and gives what it was made of. With a greatest length, the input that was not needed is
    /// in unconsumed_tail then.
    fn decompress(
        &self,
        cx: &mut Context,
        data: Buffer,
        #[named]
        #[default(0)]
        max_length: Index,
    ) -> Result<Bytes> {
        let limit = match max_length.0 {
            0 => isize::MAX as usize,
            length if length < 0 => return Err(cx.value_error("max_length must be non-negative")),
            length => length as usize,
        };
        let (bytes, outcome) = self.run(cx, data.as_slice(), limit, false)?;
        match outcome {
            Ok(()) => Ok(Bytes(bytes)),
            Err(trouble) => Err(fail(cx, trouble, "while decompressing data", MEMORY)),
        }
    }

    /// Gives what is left to give, of what unconsumed_tail holds, too.
    fn flush(
        &self,
        cx: &mut Context,
        #[default(Index(BUFFER_SIZE), "zlib.DEF_BUF_SIZE")] length: Index,
    ) -> Result<Bytes> {
        if length.0 <= 0 {
            return Err(cx.value_error("length must be greater than zero"));
        }
        let tail = self.unconsumed_tail.get_or_none();
        let input = tail.value().cast::<BytesObject>().map(BytesObject::as_slice).unwrap_or_default();
        let (bytes, outcome) = self.run(cx, input, isize::MAX as usize, true)?;
        match outcome {
            Ok(()) => Ok(Bytes(bytes)),
            // Of a stream that has ended there is nothing left to give.
            Err(Trouble::Failed(_)) if self.eof.get() => Ok(Bytes(bytes)),
            Err(trouble) => Err(fail(cx, trouble, "while decompressing data", MEMORY)),
        }
    }

    /// A copy of the object in its state.
    #[method(also = "__copy__")]
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        self.copied(cx)
    }

    fn __deepcopy__(&self, cx: &mut Context, memo: Value) -> Result<Owned> {
        let _ = memo;
        self.copied(cx)
    }

    /// What came behind the end of the compressed data.
    #[get(member)]
    fn unused_data(&self) -> Owned {
        self.unused_data.get_or_none()
    }

    /// What was not needed for the greatest length of the output.
    #[get(member)]
    fn unconsumed_tail(&self) -> Owned {
        self.unconsumed_tail.get_or_none()
    }

    /// Whether the end of the compressed data was reached.
    #[get(member)]
    fn eof(&self) -> bool {
        self.eof.get()
    }
}
