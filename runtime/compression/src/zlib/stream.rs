//! Streams of the zlib format, over the library's C interface, which alone can copy a stream: safe to use here.

use crate::output::{Decoder, NoMemory, Output, Step, Trouble};
use library::z_stream;
use libz_rs_sys as library;
use std::ffi::{CStr, c_int};
use std::sync::Arc;

/// A code and, if the library has one, a text: what went wrong, and while doing what if that is known here.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    pub code: i32,
    pub text: Option<&'static str>,
    pub doing: Option<&'static str>,
}

impl Failure {
    /// A failure about which the library has no text.
    pub fn plain(code: i32) -> Failure {
        Failure { code, text: None, doing: None }
    }

    /// What the exception says.
    pub fn message(&self, doing: &str) -> String {
        let Failure { code, text, .. } = self;
        let doing = self.doing.unwrap_or(doing);
        let text = text.or(match *code {
            library::Z_BUF_ERROR => Some("incomplete or truncated stream"),
            library::Z_STREAM_ERROR => Some("inconsistent stream state"),
            library::Z_DATA_ERROR => Some("invalid input data"),
            _ => None,
        });
        match text {
            Some(text) => format!("Error {code} {doing}: {text}"),
            None => format!("Error {code} {doing}"),
        }
    }
}

/// Which way a stream goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Deflate,
    Inflate,
}

/// A stream of the library: nothing else leads to its memory.
struct Stream {
    inner: Box<z_stream>,
    direction: Direction,
}

// SAFETY: the stream's memory is its own alone, and nothing in it belongs to a thread.
unsafe impl Send for Stream {}

/// What one call of the library came to.
struct Call {
    code: c_int,
    read: usize,
}

impl Stream {
    /// A stream without a state.
    fn fresh(direction: Direction) -> Stream {
        // With a null pointer for output, a stream could not be copied.
        let inner = z_stream { next_out: std::ptr::dangling_mut(), ..z_stream::default() };
        Stream { inner: Box::new(inner), direction }
    }

    fn failure(&self, code: c_int) -> Failure {
        // SAFETY: the library's texts are static, and end with a zero.
        let text = (!self.inner.msg.is_null()).then(|| unsafe { CStr::from_ptr(self.inner.msg) });
        Failure { code, text: text.and_then(|text| text.to_str().ok()), doing: None }
    }

    /// Goes on with input and output, which has room.
    fn call(&mut self, input: &[u8], output: &mut Output, flush: c_int) -> Result<Call, NoMemory> {
        let Some(room) = output.room()? else { return Ok(Call { code: library::Z_BUF_ERROR, read: 0 }) };
        let (read_max, room_max) = (input.len().min(u32::MAX as usize), room.len().min(u32::MAX as usize));
        let stream = &mut *self.inner;
        (stream.next_in, stream.avail_in) = (input.as_ptr(), read_max as u32);
        (stream.next_out, stream.avail_out) = (room.as_mut_ptr().cast(), room_max as u32);
        // SAFETY: the stream was initialised for this direction, or has ended, which the library sees; input and output
        // are as long as it says.
        let code = unsafe {
            match self.direction {
                Direction::Deflate => library::deflate(stream, flush),
                Direction::Inflate => library::inflate(stream, flush),
            }
        };
        let read = read_max - stream.avail_in as usize;
        let written = room_max - stream.avail_out as usize;
        // No pointer to what is only borrowed stays behind.
        (stream.next_in, stream.avail_in) = (std::ptr::null(), 0);
        (stream.next_out, stream.avail_out) = (std::ptr::dangling_mut(), 0);
        // SAFETY: the library has written that many bytes of the room.
        unsafe { output.advance(written) };
        Ok(Call { code, read })
    }

    /// Frees the stream's memory; every later call fails.
    fn end(&mut self) -> c_int {
        // SAFETY: as for `call`; the library notes that the stream has ended.
        unsafe {
            match self.direction {
                Direction::Deflate => library::deflateEnd(&mut *self.inner),
                Direction::Inflate => library::inflateEnd(&mut *self.inner),
            }
        }
    }

    fn set_dictionary(&mut self, dictionary: &[u8]) -> c_int {
        let length = dictionary.len().min(u32::MAX as usize) as u32;
        // SAFETY: as for `call`; the dictionary is that long.
        unsafe {
            match self.direction {
                Direction::Deflate => library::deflateSetDictionary(&mut *self.inner, dictionary.as_ptr(), length),
                Direction::Inflate => library::inflateSetDictionary(&mut *self.inner, dictionary.as_ptr(), length),
            }
        }
    }

    /// A stream in the same state.
    fn copy(&mut self) -> Result<Stream, Failure> {
        let mut copy = Stream::fresh(self.direction);
        // SAFETY: as for `call`; the copy is a stream without a state.
        let code = unsafe {
            match self.direction {
                Direction::Deflate => library::deflateCopy(&mut *copy.inner, &mut *self.inner),
                Direction::Inflate => library::inflateCopy(&mut *copy.inner, &*self.inner),
            }
        };
        if code == library::Z_OK {
            return Ok(copy);
        }
        // The library may have copied the pointer to the state, but not the state.
        copy.inner.state = std::ptr::null_mut();
        Err(self.failure(code))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

/// How to compress.
#[derive(Clone, Copy)]
pub struct Settings {
    pub level: i32,
    pub method: i32,
    pub window_bits: i32,
    pub memory_level: i32,
    pub strategy: i32,
}

/// A stream that compresses.
pub struct Deflater(Stream);

impl Deflater {
    pub fn new(settings: Settings) -> Result<Deflater, Failure> {
        let Settings { level, method, window_bits, memory_level, strategy } = settings;
        if !(-15..=31).contains(&window_bits) {
            return Err(Failure::plain(library::Z_STREAM_ERROR));
        }
        let mut stream = Stream::fresh(Direction::Deflate);
        // SAFETY: the stream is a fresh one, and the version and size are the library's own.
        let code = unsafe {
            library::deflateInit2_(
                &mut *stream.inner,
                level,
                method,
                window_bits,
                memory_level,
                strategy,
                library::zlibVersion(),
                size_of::<z_stream>() as c_int,
            )
        };
        if code == library::Z_OK { Ok(Deflater(stream)) } else { Err(stream.failure(code)) }
    }

    /// Sets the dictionary, which is possible only at the start.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> Result<(), Failure> {
        match self.0.set_dictionary(dictionary) {
            library::Z_OK => Ok(()),
            code => Err(self.0.failure(code)),
        }
    }

    /// Takes all of the input, and gives what comes out.
    pub fn run(&mut self, input: &[u8], flush: i32) -> Result<Vec<u8>, Trouble<Failure>> {
        let mut output = Output::unlimited();
        let mut read = 0;
        let code = loop {
            let rest = &input[read..];
            // The last piece alone is flushed.
            let mode = if rest.len() > u32::MAX as usize { library::Z_NO_FLUSH } else { flush };
            let call = self.0.call(rest, &mut output, mode)?;
            read += call.read;
            if call.code == library::Z_STREAM_ERROR {
                return Err(Trouble::Failed(self.0.failure(call.code)));
            }
            if read == input.len() && !output.is_full() {
                break call.code;
            }
            if call.code == library::Z_STREAM_END || call.code == library::Z_BUF_ERROR && !output.is_full() {
                break call.code;
            }
        };
        match code {
            library::Z_STREAM_END if flush == library::Z_FINISH => {
                self.0.end();
                Ok(output.into_bytes())
            }
            library::Z_OK | library::Z_BUF_ERROR | library::Z_STREAM_END => Ok(output.into_bytes()),
            code => Err(Trouble::Failed(self.0.failure(code))),
        }
    }

    pub fn copy(&mut self) -> Result<Deflater, Failure> {
        self.0.copy().map(Deflater)
    }
}

/// A stream that decompresses, with the dictionary that it may ask for.
pub struct Inflater {
    stream: Stream,
    dictionary: Option<Arc<[u8]>>,
    /// What was wrong with the data, which stays wrong.
    failure: Option<Failure>,
}

impl Inflater {
    /// A stream; one without a header needs its dictionary at once.
    pub fn new(window_bits: i32, dictionary: Option<Arc<[u8]>>) -> Result<Inflater, Failure> {
        if !(-15..=47).contains(&window_bits) {
            return Err(Failure::plain(library::Z_STREAM_ERROR));
        }
        let mut stream = Stream::fresh(Direction::Inflate);
        // SAFETY: the stream is a fresh one, and the version and size are the library's own.
        let code = unsafe {
            library::inflateInit2_(
                &mut *stream.inner,
                window_bits,
                library::zlibVersion(),
                size_of::<z_stream>() as c_int,
            )
        };
        if code != library::Z_OK {
            return Err(stream.failure(code));
        }
        let mut made = Inflater { stream, dictionary, failure: None };
        if window_bits < 0 && made.dictionary.is_some() {
            made.give_dictionary()?;
        }
        Ok(made)
    }

    fn give_dictionary(&mut self) -> Result<(), Failure> {
        let Some(dictionary) = &self.dictionary else { return Err(self.stream.failure(library::Z_NEED_DICT)) };
        match self.stream.set_dictionary(dictionary) {
            library::Z_OK => Ok(()),
            code => Err(Failure { doing: Some("while setting zdict"), ..self.stream.failure(code) }),
        }
    }

    /// Frees the stream's memory; it cannot be used any more.
    pub fn end(&mut self) {
        self.stream.end();
    }

    pub fn copy(&mut self) -> Result<Inflater, Failure> {
        Ok(Inflater { stream: self.stream.copy()?, dictionary: self.dictionary.clone(), failure: self.failure })
    }
}

impl Decoder for Inflater {
    type Failure = Failure;

    fn decode(&mut self, input: &[u8], output: &mut Output) -> Step<Failure> {
        let (code, read) = match self.stream.call(input, output, library::Z_SYNC_FLUSH) {
            Ok(Call { code, read }) => (code, read),
            Err(NoMemory) => return Step { read: 0, outcome: Err(Trouble::NoMemory) },
        };
        let outcome = match code {
            library::Z_OK | library::Z_BUF_ERROR => Ok(false),
            library::Z_STREAM_END => Ok(true),
            library::Z_MEM_ERROR => Err(Trouble::NoMemory),
            library::Z_NEED_DICT if self.dictionary.is_some() => {
                self.give_dictionary().map(|()| false).map_err(Trouble::Failed)
            }
            code => {
                let failure = self.stream.failure(code);
                let failure =
                    if code == library::Z_DATA_ERROR { *self.failure.get_or_insert(failure) } else { failure };
                Err(Trouble::Failed(failure))
            }
        };
        Step { read, outcome }
    }
}

/// The version of the library.
pub fn version() -> &'static str {
    // SAFETY: the library's version is a static text that ends with a zero.
    unsafe { CStr::from_ptr(library::zlibVersion()) }.to_str().unwrap_or_default()
}
