//! The module `_bz2`, over the bzip2 library in Rust (Modules/_bz2module.c).

use crate::guarded::{Guarded, long};
use crate::incremental::Incremental;
use crate::output::{Decoder, NoMemory, Output, Step, Trouble};
use bzip2::{Action, Compression, Decompress, Error, Status};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::Index;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::exception::{MEMORY_ERROR, OS_ERROR, RUNTIME_ERROR};
use sidewinder_runtime::objects::iterator::arguments::refuse_keywords;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result};

// What the module bz2 has in native code. No documentation, as in CPython.
#[native_module("_bz2", types(BZ2Compressor, BZ2Decompressor))]
mod rows {
    use super::*;
}

/// Raises what went wrong.
#[cold]
fn fail(cx: &mut Context, trouble: &Trouble<Error>) -> Raised {
    match trouble {
        Trouble::NoMemory => cx.raise(&MEMORY_ERROR, ""),
        Trouble::Failed(Error::Data | Error::DataMagic) => cx.raise(&OS_ERROR, "Invalid data stream"),
        Trouble::Failed(Error::Param) => cx.value_error("Internal error - invalid parameters passed to libbzip2"),
        Trouble::Failed(Error::Sequence) => {
            cx.raise(&RUNTIME_ERROR, "Internal error - Invalid sequence of commands sent to libbzip2")
        }
    }
}

/// A stream that compresses, until it was flushed.
struct Packer(Option<bzip2::Compress>);

impl Packer {
    /// Takes all of the input, and gives what comes out; nothing if the stream was flushed before.
    fn run(&mut self, input: &[u8], action: Action) -> Option<std::result::Result<Vec<u8>, Trouble<Error>>> {
        let stream = self.0.as_mut()?;
        let made = run(stream, input, action);
        if action == Action::Finish {
            self.0 = None;
        }
        Some(made)
    }
}

fn run(stream: &mut bzip2::Compress, input: &[u8], action: Action) -> std::result::Result<Vec<u8>, Trouble<Error>> {
    let mut output = Output::unlimited();
    let start = stream.total_in();
    loop {
        let read = (stream.total_in() - start) as usize;
        if action == Action::Run && read == input.len() {
            return Ok(output.into_bytes());
        }
        let before = stream.total_out();
        let Some(room) = output.room()? else { return Err(NoMemory.into()) };
        let status = stream.compress_uninit(&input[read..], room, action).map_err(Trouble::Failed)?;
        // SAFETY: the stream has written that many bytes of the room.
        unsafe { output.advance((stream.total_out() - before) as usize) };
        if status == Status::StreamEnd {
            return Ok(output.into_bytes());
        }
    }
}

/// BZ2Compressor(compresslevel=9, /)
/// --
///
/// An object that compresses piece by piece.
#[native_type("_bz2.BZ2Compressor", uncollected)]
#[derive(Traverse)]
pub struct BZ2Compressor {
    #[plain]
    packer: Guarded<Packer>,
}

#[methods]
impl BZ2Compressor {
    #[new(name = "BZ2Compressor")]
    fn new(cx: &mut Context, #[default(9)] compresslevel: i32) -> Result<BZ2Compressor> {
        if !(1..=9).contains(&compresslevel) {
            return Err(cx.value_error("compresslevel must be between 1 and 9"));
        }
        let stream = bzip2::Compress::new(Compression::new(compresslevel as u32), 0);
        Ok(BZ2Compressor { packer: Guarded::new(Packer(Some(stream))) })
    }

    /// Takes more data, and gives what is compressed so far.
    fn compress(&self, cx: &mut Context, data: Buffer) -> Result<Bytes> {
        let input = data.as_slice();
        let made = self.packer.with(cx, |cx, packer| long(cx, input.len(), || packer.run(input, Action::Run)))?;
        match made {
            Some(Ok(bytes)) => Ok(Bytes(bytes)),
            Some(Err(trouble)) => Err(fail(cx, &trouble)),
            None => Err(cx.value_error("Compressor has been flushed")),
        }
    }

    /// Gives what is left to give. The object cannot compress any more.
    fn flush(&self, cx: &mut Context) -> Result<Bytes> {
        let made = self.packer.with(cx, |cx, packer| cx.detached(|_| packer.run(&[], Action::Finish)))?;
        match made {
            Some(Ok(bytes)) => Ok(Bytes(bytes)),
            Some(Err(trouble)) => Err(fail(cx, &trouble)),
            None => Err(cx.value_error("Repeated call to flush()")),
        }
    }
}

/// A stream that decompresses, until something went wrong.
struct Unpacker {
    stream: Decompress,
    failed: bool,
}

/// Why there is no more data.
enum Failure {
    Library(Error),
    /// Something went wrong before.
    Unusable,
}

impl Decoder for Unpacker {
    type Failure = Failure;

    fn decode(&mut self, input: &[u8], output: &mut Output) -> Step<Failure> {
        let stopped = |trouble| Step { read: 0, outcome: Err(trouble) };
        if self.failed {
            return stopped(Trouble::Failed(Failure::Unusable));
        }
        let (read, written) = (self.stream.total_in(), self.stream.total_out());
        let room = match output.room() {
            Ok(Some(room)) => room,
            Ok(None) => return Step { read: 0, outcome: Ok(false) },
            Err(NoMemory) => return stopped(Trouble::NoMemory),
        };
        let outcome = self.stream.decompress_uninit(input, room);
        // SAFETY: the stream has written that many bytes of the room.
        unsafe { output.advance((self.stream.total_out() - written) as usize) };
        let read = (self.stream.total_in() - read) as usize;
        let outcome = match outcome {
            Ok(Status::MemNeeded) => Err(Trouble::NoMemory),
            Ok(status) => Ok(status == Status::StreamEnd),
            Err(error) => {
                self.failed = true;
                Err(Trouble::Failed(Failure::Library(error)))
            }
        };
        Step { read, outcome }
    }
}

/// BZ2Decompressor()
/// --
///
/// An object that decompresses piece by piece.
#[native_type("_bz2.BZ2Decompressor")]
#[derive(Traverse)]
pub struct BZ2Decompressor {
    state: Incremental<Unpacker>,
}

#[methods]
impl BZ2Decompressor {
    #[new(name = "BZ2Decompressor")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<BZ2Decompressor> {
        if !arguments.positionals().is_empty() {
            return Err(cx.type_error("BZ2Decompressor() takes no positional arguments"));
        }
        refuse_keywords(cx, "BZ2Decompressor", arguments)?;
        let unpacker = Unpacker { stream: Decompress::new(false), failed: false };
        Ok(BZ2Decompressor { state: Incremental::new(cx, unpacker, "End of stream already reached", true) })
    }

    /// Takes more compressed data, and gives what it was made of, at most so many bytes unless the number is negative.
    fn decompress(&self, cx: &mut Context, #[named] data: Buffer, #[default(-1)] max_length: Index) -> Result<Bytes> {
        match self.state.decompress(cx, data.as_slice(), max_length.0, false, |_| {})? {
            Ok(bytes) => Ok(Bytes(bytes)),
            Err(Trouble::NoMemory) => Err(fail(cx, &Trouble::NoMemory)),
            Err(Trouble::Failed(Failure::Library(error))) => Err(fail(cx, &Trouble::Failed(error))),
            Err(Trouble::Failed(Failure::Unusable)) => {
                Err(cx.value_error("Decompressor is unusable after a previous error"))
            }
        }
    }

    /// What came behind the end of the compressed data.
    #[get(member)]
    fn unused_data(&self) -> Owned {
        self.state.unused_data()
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
}
