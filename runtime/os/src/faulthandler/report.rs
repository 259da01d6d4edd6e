//! What is written of threads and their frames, in the form that CPython has. Nothing here allocates where frames are
//! peeked at: that happens in handlers of signals.

use sidewinder_runtime::Context;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::frame::{self, LiveFrame};
use sidewinder_runtime::threads::outside::Outside;

/// Frames of a thread, threads, and characters of a name that are shown at most.
const FRAMES_MAX: usize = 100;
const THREADS_MAX: usize = 100;
const CHARACTERS_MAX: usize = 500;

/// Text on its way to a file, without memory beyond its own.
pub struct Output {
    file: i32,
    buffer: [u8; 256],
    length: usize,
}

impl Output {
    pub fn new(file: i32) -> Output {
        Output { file, buffer: [0; 256], length: 0 }
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.length == self.buffer.len() {
                self.flush();
            }
            self.buffer[self.length] = *byte;
            self.length += 1;
        }
    }

    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub fn decimal(&mut self, mut number: u64) {
        let mut digits = [0u8; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.bytes(&digits[first..]);
    }

    /// Hexadecimal digits, at least so many.
    pub fn hexadecimal(&mut self, number: u64, least: u32) {
        let digits = least.max((64 - number.leading_zeros()).div_ceil(4)).max(1);
        for place in (0..digits).rev() {
            self.bytes(&[b"0123456789abcdef"[(number >> (4 * place)) as usize & 15]]);
        }
    }

    /// A name, with escapes for what is not printable ASCII, cut where it is very long.
    fn name(&mut self, name: &str) {
        for (index, character) in name.chars().enumerate() {
            if index == CHARACTERS_MAX {
                return self.text("...");
            }
            match character as u32 {
                code @ 0x20..0x7f => self.bytes(&[code as u8]),
                code @ ..0x100 => self.escape("\\x", code, 2),
                code @ ..0x10000 => self.escape("\\u", code, 4),
                code => self.escape("\\U", code, 8),
            }
        }
    }

    fn escape(&mut self, start: &str, code: u32, digits: u32) {
        self.text(start);
        self.hexadecimal(code as u64, digits);
    }

    pub fn flush(&mut self) {
        let mut rest = &self.buffer[..self.length];
        while !rest.is_empty() {
            // SAFETY: (system 1) a slice of that length. `write` may be called from handlers of signals.
            let count = unsafe { libc::write(self.file, rest.as_ptr().cast(), rest.len()) };
            if count < 0 && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted {
                continue;
            }
            if count <= 0 {
                break;
            }
            rest = &rest[count as usize..];
        }
        self.length = 0;
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Writes frames one after the other.
struct Frames<'a> {
    output: &'a mut Output,
    count: usize,
}

impl Frames<'_> {
    fn write(output: &mut Output, walk: impl FnOnce(&mut dyn FnMut(&LiveFrame) -> bool)) {
        let mut frames = Frames { output, count: 0 };
        walk(&mut |frame| frames.frame(frame));
        if frames.count == 0 {
            frames.output.text("  <no Python frame>\n");
        }
    }

    fn frame(&mut self, frame: &LiveFrame) -> bool {
        if self.count == FRAMES_MAX {
            return false;
        }
        self.count += 1;
        let Some(code) = frame.code.cast_exact::<CodeObject>() else { return false };
        self.output.text("  File \"");
        self.output.name(&code.data.file_name);
        self.output.text("\", line ");
        self.output.decimal(code.peek_line(frame.instruction as usize) as u64);
        self.output.text(" in ");
        self.output.name(&code.data.name);
        self.output.text("\n");
        true
    }
}

const RECENT_FIRST: &str = " (most recent call first):\n";

/// The line above a thread's frames, and what is known besides.
fn thread_head(output: &mut Output, identifier: u64, is_current: bool, is_first: bool, named: bool) {
    let start = if is_current { "Current thread 0x" } else { "Thread 0x" };
    output.text(if is_first { "" } else { "\n" });
    output.text(start);
    output.hexadecimal(identifier, 16);
    if named {
        let mut name = [0u8; 64];
        // SAFETY: (system 1) a buffer with its length, and a thread that runs.
        let status =
            unsafe { libc::pthread_getname_np(identifier as libc::pthread_t, name.as_mut_ptr().cast(), name.len()) };
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        if status == 0 && length > 0 {
            output.text(" [");
            output.bytes(&name[..length]);
            output.text("]");
        }
    }
    output.text(RECENT_FIRST);
}

const COLLECTING: &str = "  Garbage-collecting\n";

/// Writes the frames of the calling thread, or of all threads of its interpreter, under the GIL.
pub fn write(cx: &mut Context, file: i32, all_threads: bool) {
    let mut output = Output::new(file);
    if all_threads {
        let own: *mut Context = cx;
        return write_all(cx, &mut output, own);
    }
    output.text("Stack");
    output.text(RECENT_FIRST);
    Frames::write(&mut output, |visit| frame::walk(cx, visit));
}

/// Writes the frames of all threads, the newest first, under the GIL. One of them may be the current one.
pub fn write_all(cx: &mut Context, output: &mut Output, current: *const Context) {
    let threads = cx.interpreter().threads.clone();
    let mut count = 0;
    for &thread in threads.iter().rev() {
        if count == THREADS_MAX {
            return output.text("...\n");
        }
        let is_current = std::ptr::eq(thread, current);
        cx.in_thread(thread, |cx| {
            // One that is being started has none yet, and no frames.
            let identifier = cx.thread_identifier();
            if identifier == 0 {
                return;
            }
            thread_head(output, identifier, is_current, count == 0, true);
            count += 1;
            if is_current && Outside::of(cx).is_collecting() {
                output.text(COLLECTING);
            }
            Frames::write(output, |visit| frame::walk(cx, visit));
        });
    }
}

/// How far a look at threads may go that is made without the GIL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Frames are taken as they are in memory, and nothing is changed.
    Outside,
    /// The same where somebody keeps the GIL, so that no thread ends meanwhile.
    Stuck,
    /// The process is about to end by a fault of the calling thread: if that was in native code that a trace has called, the
    /// trace writes its frames to memory first.
    Dying,
}

/// Writes the frames of one thread or of all without the GIL: where it cannot be had, and in handlers of signals.
pub fn peek(output: &mut Output, interpreter: Outside, all_threads: bool, look: Look) {
    let own = Context::of_thread().map(|own| &*own);
    let write = |output: &mut Output, thread: &Context| {
        let is_own = own.is_some_and(|own| std::ptr::eq(own, thread));
        Frames::write(output, |visit| match is_own && look == Look::Dying && !thread.trace_top.is_null() {
            true => frame::walk(Context::current(), visit),
            false => interpreter.peek_frames(thread, visit),
        });
    };
    if !all_threads {
        let Some(own) = own else { return };
        output.text("Stack");
        output.text(RECENT_FIRST);
        output.flush();
        return write(output, own);
    }
    let mut count = 0;
    interpreter.peek_threads(&mut |thread| {
        if count == THREADS_MAX {
            output.text("...\n");
            return false;
        }
        if thread.thread_identifier() == 0 {
            return true;
        }
        let is_current = own.is_some_and(|own| std::ptr::eq(own, thread));
        thread_head(output, thread.thread_identifier(), is_current, count == 0, is_current || look != Look::Outside);
        if is_current && interpreter.is_collecting() {
            output.text(COLLECTING);
        }
        output.flush();
        write(output, thread);
        count += 1;
        true
    });
}
