//! What the decompressors of `bz2`, `lzma` and `gzip` have in common: data is given in pieces, output may be limited, and
//! input that is not needed yet is kept.

use crate::guarded::{Guarded, long};
use crate::output::{Decoder, Trouble, decode_all};
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::EOF_ERROR;
use sidewinder_runtime::{Context, Owned, Result};
use std::cell::Cell;

/// A decoder and the input that it has not taken yet.
struct Pending<D> {
    decoder: D,
    input: Vec<u8>,
}

/// The state of a decompressor.
#[derive(Traverse)]
pub struct Incremental<D: Decoder + 'static> {
    #[plain]
    pending: Guarded<Pending<D>>,
    unused_data: Field,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    /// What the exception says that is raised after the end.
    ended: &'static str,
    /// After an error no input is of use any more.
    sticks: bool,
}

/// What was decoded, or what went wrong.
pub type Outcome<F> = std::result::Result<Vec<u8>, Trouble<F>>;

impl<D: Decoder + 'static> Incremental<D> {
    pub fn new(cx: &mut Context, decoder: D, ended: &'static str, sticks: bool) -> Incremental<D> {
        let unused = BytesObject::new(cx, b"");
        Incremental {
            pending: Guarded::new(Pending { decoder, input: Vec::new() }),
            unused_data: Field::new(unused),
            eof: Cell::new(false),
            needs_input: Cell::new(true),
            ended,
            sticks,
        }
    }

    pub fn eof(&self) -> bool {
        self.eof.get()
    }

    pub fn needs_input(&self) -> bool {
        self.needs_input.get()
    }

    /// Takes what comes for the start of new data, after an error.
    pub fn restart(&self) {
        self.needs_input.set(true);
    }

    pub fn unused_data(&self) -> Owned {
        self.unused_data.get_or_none()
    }

    /// Decodes what is there and then `data`, at most so many bytes unless the number is negative. `keeps_output` says
    /// that the decoder may hold back output that it has no room for when it has taken all input. `look` sees the decoder
    /// afterwards.
    pub fn decompress(
        &self,
        cx: &mut Context,
        data: &[u8],
        max_length: i64,
        keeps_output: bool,
        look: impl FnOnce(&D),
    ) -> Result<Outcome<D::Failure>> {
        let limit = usize::try_from(max_length).unwrap_or(isize::MAX as usize);
        self.pending.with(cx, |cx, pending| {
            if self.eof.get() {
                return Err(cx.raise(&EOF_ERROR, self.ended));
            }
            let Pending { decoder, input } = pending;
            let kept = !input.is_empty();
            if kept {
                if input.try_reserve(data.len()).is_err() {
                    return Ok(Err(Trouble::NoMemory));
                }
                input.extend_from_slice(data);
            }
            let all: &[u8] = if kept { input } else { data };
            let length = all.len();
            let decoded = long(cx, length, || decode_all(&mut *decoder, all, limit));
            look(decoder);
            let end = match decoded.outcome {
                Ok(end) => end,
                Err(trouble) => {
                    input.clear();
                    self.needs_input.set(self.needs_input.get() && !self.sticks);
                    return Ok(Err(trouble));
                }
            };
            if end {
                self.eof.set(true);
                self.needs_input.set(false);
                let rest = BytesObject::new(cx, &all[decoded.read..]);
                let old = self.unused_data.replace(Some(rest));
                input.clear();
                drop(old);
                return Ok(Ok(decoded.bytes));
            }
            self.needs_input.set(decoded.read == length && !(keeps_output && decoded.full));
            if kept {
                input.drain(..decoded.read);
            } else {
                input.extend_from_slice(&data[decoded.read..]);
            }
            Ok(Ok(decoded.bytes))
        })?
    }
}
