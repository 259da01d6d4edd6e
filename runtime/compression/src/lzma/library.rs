//! The library liblzma, safe to use: streams, and filters with their options.

use crate::output::{Decoder, NoMemory, Output, Step, Trouble};
use liblzma_sys as library;
use library::{lzma_filter, lzma_options_bcj, lzma_options_lzma, lzma_ret, lzma_stream};
use std::ffi::c_void;

/// Filters in a chain at most.
pub const FILTERS_MAX: usize = 4;
/// The filter that replaces bytes by differences, which the library's bindings lack.
pub const FILTER_DELTA: u64 = 3;
/// The check of a stream whose header was not read yet.
pub const CHECK_UNKNOWN: i32 = 16;

/// Options of that filter.
#[repr(C)]
struct DeltaOptions {
    kind: u32,
    distance: u32,
    reserved_numbers: [u32; 4],
    reserved_pointers: [*mut c_void; 2],
}

/// Options of a filter.
pub enum Options {
    None,
    Lzma(Box<lzma_options_lzma>),
    /// The distance of bytes whose difference is taken.
    Delta(u32),
    /// Where the code starts whose jumps are translated.
    Branches(u32),
}

/// A filter with its options.
pub struct Filter {
    pub id: u64,
    pub options: Options,
}

/// Options of the filters LZMA1 and LZMA2 by a preset; none if there is no such preset.
pub fn preset(number: u32) -> Option<Box<lzma_options_lzma>> {
    // SAFETY: the options are numbers and pointers, of which zero and null are valid.
    let mut options: Box<lzma_options_lzma> = Box::new(unsafe { std::mem::zeroed() });
    // SAFETY: the library fills in options.
    let refused = unsafe { library::lzma_lzma_preset(&mut *options, number) };
    (refused == 0).then_some(options)
}

/// Calls `work` with the filters as the library has them, which lie there only meanwhile.
fn with_chain<R>(filters: &[Filter], work: impl FnOnce(*const lzma_filter) -> R) -> R {
    let mut held: Vec<Box<dyn std::any::Any>> = Vec::new();
    let mut chain: Vec<lzma_filter> = Vec::new();
    for filter in filters {
        let options = match &filter.options {
            Options::None => std::ptr::null_mut(),
            Options::Lzma(options) => &raw const **options as *mut c_void,
            Options::Delta(distance) => {
                let (reserved_numbers, reserved_pointers) = ([0; 4], [std::ptr::null_mut(); 2]);
                let mut made =
                    Box::new(DeltaOptions { kind: 0, distance: *distance, reserved_numbers, reserved_pointers });
                let pointer = &raw mut *made;
                held.push(made);
                pointer.cast()
            }
            Options::Branches(start) => {
                let mut made = Box::new(lzma_options_bcj { start_offset: *start });
                let pointer = &raw mut *made;
                held.push(made);
                pointer.cast()
            }
        };
        chain.push(lzma_filter { id: filter.id, options });
    }
    chain.push(lzma_filter { id: library::LZMA_VLI_UNKNOWN, options: std::ptr::null_mut() });
    let result = work(chain.as_ptr());
    drop(held);
    result
}

/// The bytes that say in a file how a filter is set.
pub fn encode_properties(filter: &Filter) -> Result<Vec<u8>, lzma_ret> {
    with_chain(std::slice::from_ref(filter), |chain| {
        let mut size = 0;
        // SAFETY: the chain has a filter, whose options are of the type that its number asks for.
        let code = unsafe { library::lzma_properties_size(&mut size, chain) };
        if code != library::LZMA_OK {
            return Err(code);
        }
        let mut bytes = vec![0; size as usize];
        // SAFETY: as above; there is room for as many bytes as the library said.
        let code = unsafe { library::lzma_properties_encode(chain, bytes.as_mut_ptr()) };
        if code == library::LZMA_OK { Ok(bytes) } else { Err(code) }
    })
}

/// The filter that such bytes describe.
pub fn decode_properties(id: u64, bytes: &[u8]) -> Result<Filter, lzma_ret> {
    let mut filter = lzma_filter { id, options: std::ptr::null_mut() };
    // SAFETY: the bytes are that many; the library makes options of the type that the filter's number asks for.
    let code = unsafe { library::lzma_properties_decode(&mut filter, std::ptr::null(), bytes.as_ptr(), bytes.len()) };
    if code != library::LZMA_OK {
        return Err(code);
    }
    let made = filter.options;
    let options = match id {
        _ if made.is_null() => Options::None,
        library::LZMA_FILTER_LZMA1 | library::LZMA_FILTER_LZMA2 => {
            // SAFETY: these filters' options are of that type.
            Options::Lzma(Box::new(unsafe { *made.cast::<lzma_options_lzma>() }))
        }
        // SAFETY: this filter's options are of that type.
        FILTER_DELTA => Options::Delta(unsafe { (*made.cast::<DeltaOptions>()).distance }),
        // SAFETY: the options of all other filters are of that type.
        _ => Options::Branches(unsafe { (*made.cast::<lzma_options_bcj>()).start_offset }),
    };
    // SAFETY: the library has allocated the options with the C library, and nobody uses them any more.
    unsafe { libc::free(made) };
    Ok(Filter { id, options })
}

/// Whether the library has a check.
pub fn has_check(check: u32) -> bool {
    // SAFETY: a plain question.
    unsafe { library::lzma_check_is_supported(check) != 0 }
}

/// How a stream is made.
pub enum Encoding<'a> {
    /// A file of the format xz, by a preset.
    Preset { preset: u32, check: u32 },
    /// A file of the format xz.
    Filters { filters: &'a [Filter], check: u32 },
    /// A file of the older format.
    Alone(&'a lzma_options_lzma),
    /// Nothing but the data.
    Raw(&'a [Filter]),
}

/// How a stream is read.
pub enum Decoding<'a> {
    /// Either format, within so many bytes of memory.
    Any(u64),
    /// The format xz.
    Xz(u64),
    /// The older format.
    Alone(u64),
    /// Nothing but the data.
    Raw(&'a [Filter]),
}

/// A stream of the library: nothing else leads to its memory.
pub struct Stream {
    inner: Box<lzma_stream>,
    check: i32,
}

// SAFETY: the stream's memory is its own alone, and nothing in it belongs to a thread.
unsafe impl Send for Stream {}

impl Stream {
    fn make(check: i32, initialise: impl FnOnce(*mut lzma_stream) -> lzma_ret) -> Result<Stream, lzma_ret> {
        // SAFETY: a stream of zeros and null pointers is one that was not initialised yet.
        let inner: Box<lzma_stream> = Box::new(unsafe { std::mem::zeroed() });
        let mut stream = Stream { inner, check };
        match initialise(&mut *stream.inner) {
            library::LZMA_OK => Ok(stream),
            code => Err(code),
        }
    }

    pub fn encoder(encoding: Encoding<'_>) -> Result<Stream, lzma_ret> {
        // SAFETY: the stream is a fresh one; the library copies the options.
        Stream::make(CHECK_UNKNOWN, |stream| unsafe {
            match encoding {
                Encoding::Preset { preset, check } => library::lzma_easy_encoder(stream, preset, check),
                Encoding::Filters { filters, check } => {
                    with_chain(filters, |chain| library::lzma_stream_encoder(stream, chain, check))
                }
                Encoding::Alone(options) => library::lzma_alone_encoder(stream, options),
                Encoding::Raw(filters) => with_chain(filters, |chain| library::lzma_raw_encoder(stream, chain)),
            }
        })
    }

    pub fn decoder(decoding: Decoding<'_>) -> Result<Stream, lzma_ret> {
        let flags = library::LZMA_TELL_ANY_CHECK | library::LZMA_TELL_NO_CHECK;
        let check = match decoding {
            Decoding::Any(_) | Decoding::Xz(_) => CHECK_UNKNOWN,
            Decoding::Alone(_) | Decoding::Raw(_) => 0,
        };
        // SAFETY: the stream is a fresh one; the library copies the options.
        Stream::make(check, |stream| unsafe {
            match decoding {
                Decoding::Any(memory) => library::lzma_auto_decoder(stream, memory, flags),
                Decoding::Xz(memory) => library::lzma_stream_decoder(stream, memory, flags),
                Decoding::Alone(memory) => library::lzma_alone_decoder(stream, memory),
                Decoding::Raw(filters) => with_chain(filters, |chain| library::lzma_raw_decoder(stream, chain)),
            }
        })
    }

    /// The check of the data, by its number.
    pub fn check(&self) -> i32 {
        self.check
    }

    /// Goes on with input and output, which has room. Bytes that were read, and the library's answer.
    fn call(
        &mut self,
        input: &[u8],
        output: &mut Output,
        action: library::lzma_action,
    ) -> Result<(usize, lzma_ret), NoMemory> {
        let Some(room) = output.room()? else { return Ok((0, library::LZMA_OK)) };
        let size = room.len();
        let stream = &mut *self.inner;
        (stream.next_in, stream.avail_in) = (input.as_ptr(), input.len());
        (stream.next_out, stream.avail_out) = (room.as_mut_ptr().cast(), size);
        // SAFETY: the stream was initialised; input and output are as long as it says.
        let mut code = unsafe { library::lzma_code(stream, action) };
        if code == library::LZMA_BUF_ERROR && stream.avail_in == 0 && stream.avail_out > 0 {
            // That more input is needed is no error.
            code = library::LZMA_OK;
        }
        let (read, written) = (input.len() - stream.avail_in, size - stream.avail_out);
        // No pointer to what is only borrowed stays behind.
        (stream.next_in, stream.avail_in) = (std::ptr::null(), 0);
        (stream.next_out, stream.avail_out) = (std::ptr::null_mut(), 0);
        // SAFETY: the library has written that many bytes of the room.
        unsafe { output.advance(written) };
        Ok((read, code))
    }

    /// Takes all of the input, and gives what comes out; with `finish`, all that is left as well.
    pub fn encode(&mut self, input: &[u8], finish: bool) -> Result<Vec<u8>, Trouble<lzma_ret>> {
        let action = if finish { library::LZMA_FINISH } else { library::LZMA_RUN };
        let mut output = Output::unlimited();
        let mut at = 0;
        loop {
            if !finish && at == input.len() {
                return Ok(output.into_bytes());
            }
            let (read, code) = self.call(&input[at..], &mut output, action)?;
            at += read;
            match code {
                library::LZMA_OK | library::LZMA_GET_CHECK | library::LZMA_NO_CHECK => {}
                library::LZMA_STREAM_END => return Ok(output.into_bytes()),
                code => return Err(Trouble::Failed(code)),
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream is not used any more.
        unsafe { library::lzma_end(&mut *self.inner) };
    }
}

impl Decoder for Stream {
    type Failure = lzma_ret;

    fn decode(&mut self, input: &[u8], output: &mut Output) -> Step<lzma_ret> {
        let mut read = 0;
        loop {
            let code = match self.call(&input[read..], output, library::LZMA_RUN) {
                Ok((more, code)) => {
                    read += more;
                    code
                }
                Err(NoMemory) => return Step { read, outcome: Err(Trouble::NoMemory) },
            };
            let outcome = match code {
                library::LZMA_OK => Ok(false),
                library::LZMA_STREAM_END => Ok(true),
                library::LZMA_GET_CHECK | library::LZMA_NO_CHECK => {
                    // SAFETY: the stream was initialised, and has just said that it knows the check.
                    self.check = unsafe { library::lzma_get_check(&*self.inner) } as i32;
                    continue;
                }
                code => Err(Trouble::Failed(code)),
            };
            return Step { read, outcome };
        }
    }
}
