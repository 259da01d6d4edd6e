//! The native stack of the calling thread: which files' code its return addresses lie in.

use super::report::Output;
use std::ffi::{CStr, c_char, c_int, c_void};

/// Return addresses that are shown at most.
const FRAMES_MAX: usize = 32;

unsafe extern "C" {
    fn backtrace(buffer: *mut *mut c_void, size: c_int) -> c_int;
}

/// Finds the return addresses on the stack. The first call loads what unwinds stacks, and so allocates.
fn addresses(buffer: &mut [*mut c_void]) -> &[*mut c_void] {
    // SAFETY: (system 1) a buffer with its length.
    let count = unsafe { backtrace(buffer.as_mut_ptr(), buffer.len() as c_int) };
    &buffer[..(count.max(0) as usize).min(buffer.len())]
}

/// Loads what unwinds stacks, so that handlers of signals find it loaded.
pub fn prepare() {
    addresses(&mut [std::ptr::null_mut(); 1]);
}

/// Writes where the calling thread is in native code.
pub fn write(output: &mut Output) {
    output.text("Current thread's C stack trace (most recent call first):\n");
    let mut buffer = [std::ptr::null_mut(); FRAMES_MAX];
    let found = addresses(&mut buffer);
    if found.is_empty() {
        return output.text("  <no C frames>\n");
    }
    for &address in found {
        frame(output, address);
    }
    if found.len() == FRAMES_MAX {
        output.text("  <truncated rest of calls>\n");
    }
}

fn frame(output: &mut Output, address: *mut c_void) {
    // SAFETY: (system 1) all fields may be zero; the texts belong to files that are loaded.
    let (found, place) = unsafe {
        let mut found: libc::Dl_info = std::mem::zeroed();
        (libc::dladdr(address, &mut found) != 0, found)
    };
    let text = |name: *const c_char| {
        // SAFETY: (system 1) as above.
        (found && !name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_bytes()).filter(|name| !name.is_empty())
    };
    output.text("  Binary file \"");
    output.bytes(text(place.dli_fname).unwrap_or(b"<unknown>"));
    output.text("\"");
    let symbol = text(place.dli_sname);
    let start = if symbol.is_some() { place.dli_saddr } else { place.dli_fbase };
    if found && !start.is_null() {
        output.text(", at ");
        output.bytes(symbol.unwrap_or_default());
        let distance = (address as u64).wrapping_sub(start as u64) as i64;
        output.text(if distance < 0 { "-0x" } else { "+0x" });
        output.hexadecimal(distance.unsigned_abs(), 1);
    }
    output.text(" [0x");
    output.hexadecimal(address as u64, 1);
    output.text("]\n");
}
