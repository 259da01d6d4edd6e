//! A look at an interpreter's threads from outside: from a thread that is not among them, or from a handler of signals.
//! For those who tell where a program hangs or dies; nobody else may do with less than the GIL.

use crate::context::{Context, Interpreter};
use crate::heap::Header;
use crate::objects::code::{CODE, CodeObject};
use crate::objects::frame::LiveFrame;
use crate::value::Value;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// An interpreter, for a thread that is not one of its own.
#[derive(Clone, Copy)]
pub struct Outside(*mut Interpreter);

// SAFETY: (threads 2) an interpreter is not freed before `faulthandler` forgets it; what is read of one without the GIL
// is said at each place.
unsafe impl Send for Outside {}
// SAFETY: as above.
unsafe impl Sync for Outside {}

impl Outside {
    /// The interpreter of a thread.
    pub fn of(cx: &Context) -> Outside {
        Outside(cx.interpreter)
    }

    /// As an address, for a place that handlers of signals read.
    pub fn address(self) -> *mut () {
        self.0.cast()
    }

    /// # Safety
    /// The address comes from `address`.
    pub unsafe fn from_address(address: *mut ()) -> Outside {
        Outside(address.cast())
    }

    /// Waits for the GIL, at most so long, and lets `look` see the interpreter in its main thread's place. `look` runs no
    /// Python and makes no object. `None` where whoever has the GIL does not let go of it.
    pub fn look<R>(self, limit: Duration, look: impl FnOnce(&mut Context) -> R) -> Option<R> {
        let word = AtomicU32::new(0);
        // SAFETY: (threads 2) an interpreter is not freed before `faulthandler` forgets it; the lock is made for several
        // threads.
        let gil = unsafe { (*self.0).gil.clone() };
        if !gil.take_for(&word, limit) {
            return None;
        }
        // SAFETY: (threads 2) this thread has the GIL, the main context lives as long as the interpreter.
        let main = unsafe {
            let first: *mut Context = (&(*self.0).threads)[0];
            &mut *first
        };
        main.take_heap();
        // Whoever records meanwhile begins anew: frames may be shown.
        main.interpreter().hand_overs += 1;
        Context::enter(main);
        let seen = look(main);
        Context::enter(std::ptr::null_mut());
        gil.drop_lock();
        Some(seen)
    }

    /// The contexts of the interpreter's threads as they are in memory, without the GIL: the newest first.
    pub fn peek_threads(self, visit: &mut dyn FnMut(&Context) -> bool) {
        // SAFETY: (threads 2) an interpreter is not freed before `faulthandler` forgets it. The list may be changing: its
        // entries are read as words, and a context whose words cannot be read any more is passed over.
        let (first, count) = unsafe { (&raw const (*self.0).threads).as_ref() }
            .map_or((std::ptr::null(), 0), |threads| (threads.as_ptr(), threads.len()));
        for index in (0..count.min(1 << 16)).rev() {
            let Some(context) = read_word(first.wrapping_add(index).cast()) else { continue };
            let context = context as *const Context;
            // SAFETY: as above.
            let own = read_word(context.wrapping_byte_add(std::mem::offset_of!(Context, interpreter)).cast());
            if own != Some(self.0 as u64) {
                continue;
            }
            // SAFETY: (threads 2) a context of this interpreter, a moment ago.
            if !visit(unsafe { &*context }) {
                return;
            }
        }
    }

    /// Whether the cycle collector runs.
    pub fn is_collecting(self) -> bool {
        // SAFETY: (threads 2) an interpreter is not freed before `faulthandler` forgets it; a word is read.
        unsafe { !(*self.0).collector.running.is_null() }
    }

    /// The frames of a thread as they are in memory, the running one first: those of a trace that runs are not there, and
    /// the instruction of the running one is the last that was published.
    pub fn peek_frames(self, context: &Context, visit: &mut dyn FnMut(&LiveFrame) -> bool) {
        // SAFETY: (threads 2) an interpreter is not freed before `faulthandler` forgets it; its hooks do not change.
        let hook = unsafe { (*self.0).hooks.peek_frames };
        hook(context, visit);
    }
}

/// Whether a code object lies at an address, as far as the memory there can be read at all.
pub fn is_code(place: *const CodeObject) -> bool {
    let field = place.wrapping_byte_add(std::mem::offset_of!(Header, type_pointer));
    place.is_aligned() && read_word(field.cast()) == Some(&raw const CODE.object as u64)
}

/// A word of memory, which need not be there.
pub fn read_word(place: *const u64) -> Option<u64> {
    let mut word = 0u64;
    let local = libc::iovec { iov_base: (&raw mut word).cast(), iov_len: size_of::<u64>() };
    let remote = libc::iovec { iov_base: place.cast_mut().cast(), iov_len: size_of::<u64>() };
    // SAFETY: the system copies into a local word, and says so where it cannot read. It may be called from handlers.
    let count = unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) };
    (count == size_of::<u64>() as isize).then_some(word)
}

/// A word of a value stack as it is in memory.
pub fn read_value(place: *const Value) -> Option<Value> {
    read_word(place.cast()).map(Value::from_word)
}
