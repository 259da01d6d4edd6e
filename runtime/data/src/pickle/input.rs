//! The bytes of a pickle while it is read, from memory or from a file.

use super::state::unpickling_error;
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::bytes;
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, Ref, RefCell};

/// Bytes that are looked at ahead in a file that can show them.
const PREFETCH_BYTES: i64 = 128 * 1024;

/// Where bytes come from.
#[derive(Traverse, Default)]
pub struct Input {
    read: Field,
    readline: Field,
    /// Shows bytes without going past them; absent if the file cannot.
    peek: Field,
    #[plain]
    data: RefCell<Vec<u8>>,
    /// The next byte.
    at: Cell<usize>,
    /// Up to here, the file has gone past what is in memory; bytes after it were only looked at.
    passed: Cell<usize>,
    /// Bytes that are left of the frame; nought outside of frames.
    frame: Cell<u64>,
}

/// The error for a pickle that ends too early.
#[cold]
pub fn truncated(cx: &mut Context) -> Raised {
    unpickling_error(cx, "pickle data was truncated")
}

impl Input {
    /// Reads from memory.
    pub fn set_data(&self, data: Vec<u8>) {
        self.passed.set(data.len());
        self.at.set(0);
        *self.data.borrow_mut() = data;
    }

    /// Reads from a file.
    pub fn set_file(&self, cx: &mut Context, file: Value) -> Result<()> {
        let peek = attribute::get_text_optional(cx, file, "peek")?;
        let read = attribute::get_text_optional(cx, file, "read")?;
        let readline = attribute::get_text_optional(cx, file, "readline")?;
        if read.is_none() || readline.is_none() {
            return Err(cx.type_error("file must have 'read' and 'readline' attributes"));
        }
        self.peek.set(peek);
        self.read.set(read);
        self.readline.set(readline);
        self.set_data(Vec::new());
        Ok(())
    }

    /// Whether a file was set.
    pub fn has_file(&self) -> bool {
        !self.read.is_empty()
    }

    /// Goes past, in the file, what was looked at and used.
    pub fn skip_used(&self, cx: &mut Context) -> Result<()> {
        let used = self.at.get().saturating_sub(self.passed.get());
        if used == 0 {
            return Ok(());
        }
        if let Some(read) = self.read.get() {
            call::call(cx, read.value(), &[Value::from_small_int(used as i64)])?;
        }
        self.passed.set(self.at.get());
        Ok(())
    }

    /// Takes over what a method of the file gave.
    fn take_over(&self, cx: &mut Context, given: Value, passed: bool) -> Result<usize> {
        let Some(bytes) = bytes::like(given).map(<[u8]>::to_vec) else {
            let kind = given.type_of().name();
            return Err(cx.type_error(format!("a bytes-like object is required, not '{kind}'")));
        };
        let length = bytes.len();
        self.set_data(bytes);
        self.passed.set(if passed { length } else { 0 });
        Ok(length)
    }

    /// Gets so many bytes from the file, in place of those that were used up.
    fn fill(&self, cx: &mut Context, wanted: usize) -> Result<usize> {
        let Some(read) = self.read.get() else { return Ok(0) };
        self.skip_used(cx)?;
        if let Some(peek) = self.peek.get().filter(|_| (wanted as i64) < PREFETCH_BYTES) {
            match call::call(cx, peek.value(), &[Value::from_small_int(PREFETCH_BYTES)]) {
                Ok(given) => {
                    let length = self.take_over(cx, given.value(), false)?;
                    if length >= wanted {
                        return Ok(length);
                    }
                }
                Err(_) if cx.swallow(&NOT_IMPLEMENTED_ERROR) => self.peek.set(None),
                Err(raised) => return Err(raised),
            }
        }
        let wanted = sidewinder_runtime::objects::int::from_usize(cx, wanted);
        let given = call::call(cx, read.value(), &[wanted.value()])?;
        self.take_over(cx, given.value(), true)
    }

    /// A frame of so many bytes begins; false if another one has not ended.
    pub fn begin_frame(&self, length: u64) -> bool {
        self.frame.replace(length) == 0
    }

    /// No frame is open.
    pub fn leave_frame(&self) {
        self.frame.set(0);
    }

    /// What is in memory.
    pub fn data(&self) -> Ref<'_, Vec<u8>> {
        self.data.borrow()
    }

    /// Where the next byte is in memory.
    pub fn position(&self) -> usize {
        self.at.get()
    }

    /// Where in memory the open frame ends, if one is open.
    pub fn end_of_frame(&self) -> usize {
        match self.frame.get() {
            0 => usize::MAX,
            left => self.at.get().saturating_add(left as usize),
        }
    }

    /// Goes past bytes in memory, no more than the frame has.
    pub fn advance(&self, length: usize) {
        self.at.set(self.at.get() + length);
        self.frame.set(self.frame.get().saturating_sub(length as u64));
    }

    /// Counts bytes of the frame, which no instruction may go beyond.
    #[inline]
    fn count(&self, cx: &mut Context, length: usize) -> Result<()> {
        let left = self.frame.get();
        if left == 0 {
            return Ok(());
        }
        match left.checked_sub(length as u64) {
            Some(left) => {
                self.frame.set(left);
                Ok(())
            }
            None => Err(unpickling_error(cx, "pickle exhausted before end of frame")),
        }
    }

    /// So many bytes, which are used up.
    pub fn read<R>(&self, cx: &mut Context, length: usize, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        self.count(cx, length)?;
        {
            let (data, at) = (self.data.borrow(), self.at.get());
            if let Some(bytes) = at.checked_add(length).and_then(|end| data.get(at..end)) {
                self.at.set(at + length);
                return Ok(take(bytes));
            }
        }
        self.read_on(cx, length, take)
    }

    /// An object of so many bytes, which are used up. Making it runs no Python.
    pub fn read_object(
        &self,
        cx: &mut Context,
        length: usize,
        make: impl Fn(&mut Context, &[u8]) -> Owned,
    ) -> Result<Owned> {
        self.count(cx, length)?;
        {
            let (data, at) = (self.data.borrow(), self.at.get());
            if let Some(bytes) = at.checked_add(length).and_then(|end| data.get(at..end)) {
                self.at.set(at + length);
                return Ok(make(cx, bytes));
            }
        }
        let bytes = self.read_on(cx, length, <[u8]>::to_vec)?;
        Ok(make(cx, &bytes))
    }

    /// The same, whatever the frame.
    fn read_on<R>(&self, cx: &mut Context, length: usize, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        if let Some(found) = self.take(length, |bytes| Some(bytes.len())) {
            self.at.set(self.at.get() - found);
        } else {
            // What is left in memory belongs to the file's position only if it was merely looked at.
            let rest = self.rest();
            let given = if rest.is_empty() || self.passed.get() <= self.at.get() {
                self.fill(cx, length)?
            } else {
                self.fill_after(cx, rest, length)?
            };
            if given < length {
                return Err(truncated(cx));
            }
        }
        match self.take(length, |bytes| Some(take(bytes))) {
            Some(result) => Ok(result),
            None => Err(truncated(cx)),
        }
    }

    /// Bytes in memory that were not used.
    fn rest(&self) -> Vec<u8> {
        self.data.borrow().get(self.at.get()..).unwrap_or_default().to_vec()
    }

    /// Gets more bytes behind those that the file has gone past already.
    fn fill_after(&self, cx: &mut Context, mut rest: Vec<u8>, length: usize) -> Result<usize> {
        let Some(read) = self.read.get() else { return Ok(0) };
        let wanted = sidewinder_runtime::objects::int::from_usize(cx, length - rest.len());
        let given = call::call(cx, read.value(), &[wanted.value()])?;
        rest.extend_from_slice(bytes::like(given.value()).unwrap_or_default());
        let length = rest.len();
        self.set_data(rest);
        Ok(length)
    }

    fn take<R>(&self, length: usize, take: impl FnOnce(&[u8]) -> Option<R>) -> Option<R> {
        let data = self.data.borrow();
        let end = self.at.get().checked_add(length)?;
        let result = take(data.get(self.at.get()..end)?);
        self.at.set(end);
        result
    }

    /// An error unless so many bytes are there, which stay to be read.
    pub fn ensure(&self, cx: &mut Context, length: usize) -> Result<()> {
        self.read_on(cx, length, |_| ())?;
        self.at.set(self.at.get() - length);
        Ok(())
    }

    /// Whether so many bytes can be there at all.
    pub fn may_have(&self, length: u64) -> bool {
        self.has_file() || length <= (self.data.borrow().len() - self.at.get()) as u64
    }

    /// The next byte; none at the end.
    #[inline]
    pub fn byte(&self, cx: &mut Context) -> Result<Option<u8>> {
        if let Some(byte) = self.data.borrow().get(self.at.get()).copied() {
            self.at.set(self.at.get() + 1);
            self.count(cx, 1)?;
            return Ok(Some(byte));
        }
        if self.fill(cx, 1)? == 0 {
            return Ok(None);
        }
        Ok(self.take(1, |bytes| bytes.first().copied()))
    }

    /// A line with its end, which it must have.
    pub fn line(&self, cx: &mut Context) -> Result<Vec<u8>> {
        let found = {
            let data = self.data.borrow();
            let rest = data.get(self.at.get()..).unwrap_or_default();
            rest.iter().position(|byte| *byte == b'\n').map(|end| rest[..=end].to_vec())
        };
        if let Some(line) = found {
            self.at.set(self.at.get() + line.len());
            self.count(cx, line.len())?;
            return Ok(line);
        }
        let Some(readline) = self.readline.get() else { return Err(truncated(cx)) };
        let mut line = Vec::new();
        if self.passed.get() > self.at.get() {
            line = self.rest();
            self.at.set(self.data.borrow().len());
        }
        self.skip_used(cx)?;
        let given = call::call(cx, readline.value(), &[])?;
        self.take_over(cx, given.value(), true)?;
        line.extend(self.rest());
        self.at.set(self.data.borrow().len());
        if line.last() == Some(&b'\n') { Ok(line) } else { Err(truncated(cx)) }
    }
}
