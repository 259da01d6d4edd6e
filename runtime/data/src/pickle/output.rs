//! The bytes of a pickle while it is written, and the frames of protocol 4.

/// A frame is complete when it has so many bytes; larger strings are written outside of frames.
pub const FRAME_BYTES_TARGET: usize = 64 * 1024;
/// Shorter frames are written without a header.
const FRAME_BYTES_MIN: usize = 4;
const FRAME_HEADER_BYTES: usize = 9;
const FRAME: u8 = 0x95;

/// What was written and not given to a file yet.
#[derive(Default)]
pub struct Output {
    bytes: Vec<u8>,
    /// Where the header of the frame that is open will be.
    frame: Option<usize>,
    pub framing: bool,
}

impl Output {
    #[inline]
    pub fn write(&mut self, data: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.begin_frame();
        }
        self.bytes.extend_from_slice(data);
    }

    /// Writes one byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        if self.framing && self.frame.is_none() {
            self.begin_frame();
        }
        self.bytes.push(byte);
    }

    #[cold]
    fn begin_frame(&mut self) {
        self.frame = Some(self.bytes.len());
        self.bytes.extend([0; FRAME_HEADER_BYTES]);
    }

    /// Ends the open frame.
    pub fn commit(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let header = start..start + FRAME_HEADER_BYTES;
        let length = self.bytes.len() - header.end;
        if length >= FRAME_BYTES_MIN {
            self.bytes[start] = FRAME;
            self.bytes[start + 1..header.end].copy_from_slice(&(length as u64).to_le_bytes());
        } else {
            self.bytes.drain(header);
        }
    }

    /// Whether the open frame is complete, between two instructions.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.frame.is_some_and(|start| self.bytes.len() - start - FRAME_HEADER_BYTES >= FRAME_BYTES_TARGET)
    }

    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Forgets what a pickle that failed has written.
    pub fn reset(&mut self) {
        *self = Output::default();
    }
}
