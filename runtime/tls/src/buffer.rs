//! `MemoryBIO`: bytes on their way between a program and a connection.

use crate::error;
use crate::queue::Queue;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::iterator::arguments::refuse_keywords;
use sidewinder_runtime::{Arguments, Context, Result};
use std::cell::{Cell, RefCell};

// No documentation, as in CPython.
#[native_type("_ssl.MemoryBIO", base, uncollected)]
#[derive(Traverse)]
pub struct MemoryBIO {
    #[plain]
    bytes: RefCell<Queue>,
    ended: Cell<bool>,
}

impl MemoryBIO {
    /// Takes up to so many bytes.
    pub fn take(&self, most: usize) -> Vec<u8> {
        self.bytes.borrow_mut().take(most)
    }

    pub fn put(&self, new: &[u8]) {
        self.bytes.borrow_mut().put(new);
    }

    pub fn put_all(&self, new: Vec<u8>) {
        self.bytes.borrow_mut().put_all(new);
    }

    /// Whether nothing will come any more.
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }
}

#[methods]
impl MemoryBIO {
    #[new(name = "MemoryBIO")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<MemoryBIO> {
        if !arguments.positionals().is_empty() {
            return Err(cx.type_error("MemoryBIO() takes no positional arguments"));
        }
        refuse_keywords(cx, "MemoryBIO", arguments)?;
        Ok(MemoryBIO { bytes: RefCell::default(), ended: Cell::new(false) })
    }

    /// Reads up to so many bytes, or all that there are.
    fn read(&self, #[default(-1)] size: i32) -> Bytes {
        Bytes(self.take(usize::try_from(size).unwrap_or(usize::MAX)))
    }

    /// Writes bytes, and tells how many.
    fn write(&self, cx: &mut Context, b: Buffer) -> Result<usize> {
        if b.len() > i32::MAX as usize {
            return Err(cx.overflow_error(format!("string longer than {} bytes", i32::MAX)));
        }
        if self.ended.get() {
            return Err(error::plain(cx, "cannot write() after write_eof()"));
        }
        self.put(b.as_slice());
        Ok(b.len())
    }

    /// Says that nothing follows.
    fn write_eof(&self) {
        self.ended.set(true);
    }

    /// How many bytes there are.
    #[get]
    fn pending(&self) -> usize {
        self.bytes.borrow().len()
    }

    /// Whether all was read and nothing follows.
    #[get]
    fn eof(&self) -> bool {
        self.ended.get() && self.bytes.borrow().is_empty()
    }
}
