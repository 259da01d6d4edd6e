//! Memory for machine code: one file in memory mapped twice, writable here and executable there, so that no page is
//! ever both (safety 9).
//!
//! The program's thread owns the arena; compile threads only produce bytes.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// Code starts at multiples of this: a cache line, which also suits constants in the code.
const ALIGNMENT: usize = 64;

/// A piece of the arena, by offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allocation {
    offset: usize,
    length: usize,
}

/// Executable memory.
#[derive(Debug)]
pub struct Arena {
    writable: *mut u8,
    executable: *const u8,
    capacity: usize,
    /// Free pieces: length by offset; no two adjoin.
    free: BTreeMap<usize, usize>,
    /// Another process writes to the same memory.
    sealed: bool,
}

// SAFETY: the mappings belong to the arena alone; only `install` and `free` write, through `&mut`.
unsafe impl Send for Arena {}

impl Arena {
    /// Maps an arena of `capacity` bytes. None where the system refuses: then the JIT stays off.
    pub fn new(capacity: usize) -> Option<Arena> {
        let capacity = capacity.next_multiple_of(1 << 16);
        let file = memory_file(capacity)?;
        // SAFETY: fresh mappings.
        let [writable, executable] = unsafe { map(&file, capacity, [std::ptr::null_mut(); 2]) }?;
        let free = BTreeMap::from([(0, capacity)]);
        Some(Arena { writable, executable, capacity, free, sealed: false })
    }

    /// A file with what the arena holds, for a child of `fork` to map in its place: both would write to the same memory
    /// otherwise. None if the system refuses.
    pub fn copy(&self) -> Option<OwnedFd> {
        let file = memory_file(self.capacity)?;
        let used = match self.free.last_key_value() {
            Some((&offset, &length)) if offset + length == self.capacity => offset,
            _ => self.capacity,
        };
        let mut written = 0;
        while written < used {
            // SAFETY: the bytes are inside the mapping.
            let count = unsafe {
                let bytes = self.writable.add(written) as *const libc::c_void;
                libc::pwrite(file.as_raw_fd(), bytes, used - written, written as libc::off_t)
            };
            written += usize::try_from(count).ok().filter(|count| *count > 0)?;
        }
        Some(file)
    }

    /// After `fork`: the child goes on with the copy, at the same addresses. Without one, nothing is written any more.
    pub fn part(&mut self, copy: Option<OwnedFd>, is_child: bool) {
        let places = [self.writable, self.executable as *mut u8];
        self.sealed |= match &copy {
            // SAFETY: (safety 9) the file has the arena's length and content; its mappings replace these.
            Some(file) if is_child => unsafe { map(file, self.capacity, places) }.is_none(),
            copy => copy.is_none(),
        };
    }

    /// Copies code into the arena. None if there is no room.
    pub fn install(&mut self, code: &[u8]) -> Option<Allocation> {
        if self.sealed {
            return None;
        }
        let length = code.len().next_multiple_of(ALIGNMENT).max(ALIGNMENT);
        let (&offset, &available) = self.free.iter().find(|&(_, &available)| available >= length)?;
        self.free.remove(&offset);
        if available > length {
            self.free.insert(offset + length, available - length);
        }
        // SAFETY: the piece is inside the mapping and was free, so nothing runs there.
        unsafe {
            std::ptr::copy_nonoverlapping(code.as_ptr(), self.writable.add(offset), code.len());
            synchronize(self.writable.add(offset), self.executable.add(offset), length);
        }
        Some(Allocation { offset, length })
    }

    /// The executable address of an allocation.
    pub fn address(&self, allocation: Allocation) -> *const u8 {
        // SAFETY: inside the mapping.
        unsafe { self.executable.add(allocation.offset) }
    }

    /// Whether an address lies in this arena's code.
    pub fn contains(&self, address: usize) -> bool {
        (self.executable as usize..self.executable as usize + self.capacity).contains(&address)
    }

    /// Gives a piece back. Nothing may run there any more.
    pub fn free(&mut self, allocation: Allocation) {
        let Allocation { mut offset, mut length } = allocation;
        if let Some((&before, &before_length)) = self.free.range(..offset).next_back()
            && before + before_length == offset
        {
            self.free.remove(&before);
            (offset, length) = (before, before_length + length);
        }
        if let Some(after_length) = self.free.remove(&(offset + length)) {
            length += after_length;
        }
        self.free.insert(offset, length);
    }

    /// Bytes that are free in all.
    pub fn available(&self) -> usize {
        self.free.values().sum()
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: both mappings were made by `new`.
        unsafe {
            libc::munmap(self.writable as *mut libc::c_void, self.capacity);
            libc::munmap(self.executable as *mut libc::c_void, self.capacity);
        }
    }
}

/// A file in memory, not for programs that are executed.
fn memory_file(bytes: usize) -> Option<OwnedFd> {
    // SAFETY: a fresh file descriptor, which the result owns.
    unsafe {
        let file = libc::memfd_create(c"sidewinder-jit".as_ptr(), libc::MFD_CLOEXEC);
        let file = (file >= 0).then(|| OwnedFd::from_raw_fd(file))?;
        (libc::ftruncate(file.as_raw_fd(), bytes as libc::off_t) == 0).then_some(file)
    }
}

/// Maps a file writable and executable, anywhere or in place of the mappings at `places`.
///
/// # Safety
/// Nobody relies on the content of mappings at `places`, or the file has the same.
unsafe fn map(file: &OwnedFd, bytes: usize, places: [*mut u8; 2]) -> Option<[*mut u8; 2]> {
    let [writable, executable] = [libc::PROT_READ | libc::PROT_WRITE, libc::PROT_READ | libc::PROT_EXEC];
    let map = |place: *mut u8, protection| {
        let flags = if place.is_null() { libc::MAP_SHARED } else { libc::MAP_SHARED | libc::MAP_FIXED };
        // SAFETY: the caller's promise.
        unsafe { libc::mmap(place.cast(), bytes, protection, flags, file.as_raw_fd(), 0) }
    };
    let mappings = [map(places[0], writable), map(places[1], executable)];
    if !mappings.contains(&libc::MAP_FAILED) {
        return Some(mappings.map(|mapping| mapping as *mut u8));
    }
    for mapping in mappings.into_iter().filter(|mapping| places[0].is_null() && *mapping != libc::MAP_FAILED) {
        // SAFETY: just made.
        unsafe { libc::munmap(mapping, bytes) };
    }
    None
}

/// Makes code that was written at one address visible to instruction fetch at the other.
#[cfg(target_arch = "x86_64")]
unsafe fn synchronize(_written: *const u8, _executed: *const u8, _length: usize) {}

/// Cleans the data cache and invalidates the instruction cache, line by line.
#[cfg(target_arch = "aarch64")]
unsafe fn synchronize(written: *const u8, executed: *const u8, length: usize) {
    let sizes: u64;
    // SAFETY: cache maintenance by address is allowed in user mode on Linux; the ranges are mapped.
    unsafe {
        std::arch::asm!("mrs {}, ctr_el0", out(reg) sizes);
        let data_line = 4usize << (sizes >> 16 & 15);
        let instruction_line = 4usize << (sizes & 15);
        for offset in (0..length).step_by(data_line) {
            std::arch::asm!("dc cvau, {}", in(reg) written.add(offset));
        }
        std::arch::asm!("dsb ish");
        for offset in (0..length).step_by(instruction_line) {
            std::arch::asm!("ic ivau, {}", in(reg) executed.add(offset));
        }
        std::arch::asm!("dsb ish", "isb");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_reused_and_merge() {
        let mut arena = Arena::new(1 << 16).unwrap();
        let all = arena.available();
        let pieces: Vec<Allocation> = (1..6).map(|n| arena.install(&vec![0x90; n * 50]).unwrap()).collect();
        assert!(pieces.iter().all(|&piece| (arena.address(piece) as usize).is_multiple_of(ALIGNMENT)));
        for index in [1, 3, 2, 0, 4] {
            arena.free(pieces[index]);
        }
        assert_eq!(arena.available(), all);
        assert_eq!(arena.free.len(), 1);
        assert!(arena.install(&vec![0; all + 1]).is_none());
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn installed_code_runs() {
        let mut arena = Arena::new(1 << 16).unwrap();
        // mov eax, 42; ret
        let code = arena.install(&[0xb8, 42, 0, 0, 0, 0xc3]).unwrap();
        // SAFETY: the bytes are a function of that type.
        let function: extern "C" fn() -> u32 = unsafe { std::mem::transmute(arena.address(code)) };
        assert_eq!(function(), 42);
    }
}
