//! Output that grows as it is written, and decoders that write it.

use std::mem::MaybeUninit;

/// Bytes of the first piece of memory for output.
const FIRST: usize = 16 * 1024;
/// Bytes by which memory grows at most.
const GROWTH_MAX: usize = 256 << 20;

/// There is no memory for the output.
#[derive(Debug)]
pub struct NoMemory;

/// Bytes that were written, of which there are not more than a limit.
pub struct Output {
    bytes: Vec<u8>,
    limit: usize,
}

impl Output {
    pub fn new(limit: usize) -> Output {
        Output { bytes: Vec::new(), limit }
    }

    /// Output without a limit.
    pub fn unlimited() -> Output {
        Output::new(isize::MAX as usize)
    }

    /// Room to write to, more if there was none; none at the limit.
    pub fn room(&mut self) -> Result<Option<&mut [MaybeUninit<u8>]>, NoMemory> {
        let length = self.bytes.len();
        if length >= self.limit {
            return Ok(None);
        }
        if self.is_full() {
            let more = length.clamp(FIRST, GROWTH_MAX).min(self.limit - length);
            self.bytes.try_reserve_exact(more).map_err(|_| NoMemory)?;
        }
        let end = self.bytes.capacity().min(self.limit) - length;
        Ok(Some(&mut self.bytes.spare_capacity_mut()[..end]))
    }

    /// Whether all room was used.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= self.bytes.capacity().min(self.limit)
    }

    /// Says that the first bytes of the room are written.
    ///
    /// # Safety
    /// They are.
    pub unsafe fn advance(&mut self, written: usize) {
        debug_assert!(self.bytes.len() + written <= self.bytes.capacity());
        // SAFETY: the caller's promise.
        unsafe { self.bytes.set_len(self.bytes.len() + written) };
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// What one step of a decoder came to.
#[derive(Debug)]
pub struct Step<F> {
    /// Bytes of input that it took.
    pub read: usize,
    /// Whether the data's end was reached.
    pub outcome: Result<bool, Trouble<F>>,
}

/// Why decoding stopped.
#[derive(Debug)]
pub enum Trouble<F> {
    NoMemory,
    Failed(F),
}

impl<F> From<NoMemory> for Trouble<F> {
    fn from(_: NoMemory) -> Trouble<F> {
        Trouble::NoMemory
    }
}

/// What makes data of compressed data.
pub trait Decoder: Send {
    type Failure: Send;

    /// Takes some of the input and writes to the output, which has room but where none is allowed.
    fn decode(&mut self, input: &[u8], output: &mut Output) -> Step<Self::Failure>;
}

/// What was decoded, how much of the input that took, and whether the end was reached or what went wrong.
pub struct Decoded<F> {
    pub bytes: Vec<u8>,
    pub read: usize,
    /// The output was full when decoding stopped.
    pub full: bool,
    pub outcome: Result<bool, Trouble<F>>,
}

/// Decodes until the input or the data ends, or as many bytes as the limit says have come out.
pub fn decode_all<D: Decoder>(decoder: &mut D, input: &[u8], limit: usize) -> Decoded<D::Failure> {
    let mut output = Output::new(limit);
    let mut read = 0;
    let mut asked = false;
    let outcome = loop {
        match output.room() {
            Ok(Some(_)) => {}
            // Whoever gives no room may be told of the end.
            Ok(None) if !asked => {}
            Ok(None) => break Ok(false),
            Err(NoMemory) => break Err(Trouble::NoMemory),
        }
        asked = true;
        let before = output.bytes.len();
        let step = decoder.decode(&input[read..], &mut output);
        read += step.read;
        if !matches!(step.outcome, Ok(false)) {
            break step.outcome;
        }
        // What is left inside comes out when there is room.
        let stuck = step.read == 0 && output.bytes.len() == before;
        if !output.is_full() && (read == input.len() || stuck) {
            break Ok(false);
        }
    };
    let full = output.is_full();
    Decoded { bytes: output.into_bytes(), read, full, outcome }
}
