//! Allocation: cells of a size class are carved from 64 KiB chunks and recycled through free lists.
//!
//! Chunks of *collected* cells hold objects that the cycle collector visits; it finds them by walking the chunks, so
//! no object carries a collector header. A free cell has a null type pointer. Larger collected objects get a chunk of
//! their own; larger plain ones come straight from mimalloc.

use crate::heap::Header;
use crate::objects::type_object::TypeObject;
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of a chunk, and its alignment: an object's chunk is found by masking its address.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of a chunk before its first cell.
pub const CHUNK_HEADER_BYTES: usize = 64;
/// Bytes between size classes.
pub const CELL_GRAIN: usize = 16;
/// Largest cell of a shared chunk.
pub const CELL_BYTES_MAX: usize = 1024;
const CLASS_COUNT: usize = CELL_BYTES_MAX / CELL_GRAIN + 1;
/// Bytes carved into cells at a time, so that a sparsely used class touches few pages.
const CARVE_BYTES: usize = 4096;
/// Growth of the living objects in bytes below which the cycle collector is never asked for.
const COLLECT_BYTES_MIN: isize = 2 << 20;

/// The start of a chunk of collected cells.
#[repr(C)]
pub struct Chunk {
    pub cell_bytes: usize,
    /// Offset of the first byte not yet carved.
    pub carved: usize,
    /// Offset of the end.
    pub end: usize,
    /// Scratch counts of the running collection, one for each cell.
    pub scratch: *mut u32,
    /// Index in `Heap::collected_chunks`.
    pub index: usize,
    /// What division by `cell_bytes` is multiplication by, and a shift; zero for a cell of its own.
    inverse: u64,
}

/// Bits behind the point of `Chunk::inverse`.
const INVERSE_BITS: u32 = 32;

impl Chunk {
    /// The number of the cell at an offset from the first one.
    #[inline(always)]
    pub fn cell_at(&self, offset: usize) -> usize {
        // The inverse is too large by less than 2^-32, offsets are below 2^16: never enough for the next number.
        ((offset as u64 * self.inverse) >> INVERSE_BITS) as usize
    }
}

/// A free cell: the type pointer's place is null.
#[repr(C)]
struct FreeCell {
    next: *mut FreeCell,
    type_pointer: *const TypeObject,
}

/// Free lists of one kind of cell.
#[repr(C)]
struct Classes {
    free: [*mut FreeCell; CLASS_COUNT],
    current: [*mut Chunk; CLASS_COUNT],
}

impl Classes {
    const EMPTY: Classes =
        Classes { free: [std::ptr::null_mut(); CLASS_COUNT], current: [std::ptr::null_mut(); CLASS_COUNT] };
}

/// The allocator of one interpreter.
#[repr(C)]
pub struct Heap {
    plain: Classes,
    collected: Classes,
    pub collected_chunks: Vec<*mut Chunk>,
    plain_chunks: Vec<*mut Chunk>,
    /// Bytes by which the living collected objects may still grow before a collection is wanted.
    budget: isize,
    /// What `budget` was after the last collection.
    budget_start: isize,
    /// Set when the budget was used up; the interpreter looks at safe points.
    pub collect_wanted: bool,
    /// The interrupt word of the context that the heap belongs to.
    pub interrupt: *const AtomicU32,
}

impl Default for Heap {
    fn default() -> Heap {
        Heap::new()
    }
}

impl Heap {
    /// Where compiled traces find the budget, and the free lists of cells by size class.
    pub const BUDGET_OFFSET: usize = std::mem::offset_of!(Heap, budget);
    pub const PLAIN_FREE_OFFSET: usize = std::mem::offset_of!(Heap, plain) + std::mem::offset_of!(Classes, free);
    pub const COLLECTED_FREE_OFFSET: usize =
        std::mem::offset_of!(Heap, collected) + std::mem::offset_of!(Classes, free);

    pub fn new() -> Heap {
        Heap {
            plain: Classes::EMPTY,
            collected: Classes::EMPTY,
            collected_chunks: Vec::new(),
            plain_chunks: Vec::new(),
            budget: COLLECT_BYTES_MIN,
            budget_start: COLLECT_BYTES_MIN,
            collect_wanted: false,
            interrupt: std::ptr::null(),
        }
    }

    /// Sets the growth after which the next collection is wanted: half of the bytes that are alive now, doubled so often.
    pub fn set_threshold(&mut self, live_bytes: usize, doublings: u32) {
        self.collect_wanted = false;
        self.budget = COLLECT_BYTES_MIN.max((live_bytes as isize / 2) << doublings);
        self.budget_start = self.budget;
    }

    /// Bytes by which the living collected objects have grown since the last collection.
    pub fn grown_bytes(&self) -> isize {
        self.budget_start - self.budget
    }

    /// Makes the next collection come after so many bytes of growth at the latest.
    pub fn hasten_collection(&mut self, bytes: isize) {
        if !self.collect_wanted {
            self.budget = self.budget.min(bytes);
            self.budget_start = self.budget;
        }
    }

    /// Asks for a collection at the next safe point, and not again before it.
    #[cold]
    #[inline(never)]
    fn want_collection(&mut self) {
        self.budget_start = self.grown_bytes() + isize::MAX / 2;
        self.budget = isize::MAX / 2;
        self.collect_wanted = true;
        if !self.interrupt.is_null() {
            // SAFETY: (jit 2) the word lives as long as the context.
            unsafe { &*self.interrupt }.fetch_or(crate::context::interrupt::COLLECT, Ordering::Relaxed);
        }
    }

    /// Memory for an object of `bytes`, with its header written (count one). Aborts the process only when the
    /// operating system refuses memory for a small object.
    #[inline(always)]
    pub fn allocate(&mut self, type_pointer: *const TypeObject, bytes: usize, collected: bool) -> *mut Header {
        debug_assert!(
            // SAFETY: (heap 2) callers pass a live type.
            unsafe { (*type_pointer).has_flag(crate::objects::type_object::flags::COLLECTED) } == collected,
            "{} allocated in the wrong memory",
            unsafe { (*type_pointer).name() }
        );
        let class = bytes.div_ceil(CELL_GRAIN);
        if collected {
            // Whole cells: who frees one may know nothing but its chunk.
            self.budget -= (class * CELL_GRAIN) as isize;
            if self.budget < 0 {
                self.want_collection();
            }
        }
        let cell = if bytes <= CELL_BYTES_MAX {
            let classes = if collected { &mut self.collected } else { &mut self.plain };
            let head = classes.free[class];
            if head.is_null() {
                self.allocate_slow(class, collected)
            } else {
                // SAFETY: (heap 3) a cell on a free list is unused memory of its class's size.
                classes.free[class] = unsafe { (*head).next };
                head
            }
        } else {
            self.allocate_large(bytes, collected)
        };
        let header = cell as *mut Header;
        // SAFETY: (heap 3) the cell is ours and large enough for a header.
        unsafe { header.write(Header::new(type_pointer)) };
        header
    }

    /// Gives back the memory of an object that `allocate` returned for the same size and kind.
    ///
    /// # Safety
    /// The object is dead and its contents were released.
    #[inline]
    pub unsafe fn free(&mut self, object: *mut Header, bytes: usize, collected: bool) {
        if collected {
            self.budget += bytes.next_multiple_of(CELL_GRAIN) as isize;
        }
        if bytes <= CELL_BYTES_MAX {
            let classes = if collected { &mut self.collected } else { &mut self.plain };
            let class = bytes.div_ceil(CELL_GRAIN);
            let cell = object as *mut FreeCell;
            // SAFETY: (heap 3) the dead object's memory is a cell of this class.
            unsafe { cell.write(FreeCell { next: classes.free[class], type_pointer: std::ptr::null() }) };
            classes.free[class] = cell;
        } else {
            // SAFETY: as above, for memory from `allocate_large`.
            unsafe { self.free_large(object, bytes, collected) };
        }
    }

    /// Sees to it that the next object of so many bytes, a small one, can be taken from its free list without asking for
    /// a collection.
    pub fn refill(&mut self, bytes: usize, collected: bool) {
        if collected && self.budget < bytes as isize {
            self.want_collection();
        }
        let class = bytes.div_ceil(CELL_GRAIN);
        if self.classes(collected).free[class].is_null() {
            let cell = self.allocate_slow(class, collected);
            let classes = self.classes(collected);
            // SAFETY: (heap 3) a fresh cell of this class.
            unsafe { cell.write(FreeCell { next: classes.free[class], type_pointer: std::ptr::null() }) };
            classes.free[class] = cell;
        }
    }

    /// Gives back all cells, at the end of an interpreter. What larger objects outside of chunks have left stays.
    pub(crate) fn free_chunks(&mut self) {
        let chunks =
            std::mem::take(&mut self.collected_chunks).into_iter().chain(std::mem::take(&mut self.plain_chunks));
        for chunk in chunks {
            // SAFETY: (heap 4) a chunk of this heap, in which no object is used any more.
            unsafe {
                let layout = Layout::from_size_align_unchecked((*chunk).end, CHUNK_BYTES);
                MiMalloc.dealloc(chunk as *mut u8, layout);
            }
        }
        *self = Heap::new();
    }

    fn classes(&mut self, collected: bool) -> &mut Classes {
        if collected { &mut self.collected } else { &mut self.plain }
    }

    #[cold]
    #[inline(never)]
    fn allocate_slow(&mut self, class: usize, collected: bool) -> *mut FreeCell {
        let cell_bytes = class * CELL_GRAIN;
        let classes = if collected { &mut self.collected } else { &mut self.plain };
        let mut chunk = classes.current[class];
        // SAFETY: (heap 4) `current` is null or a live chunk of this heap.
        unsafe {
            if chunk.is_null() || (*chunk).carved + cell_bytes > (*chunk).end {
                chunk = new_chunk(CHUNK_BYTES);
                (*chunk).cell_bytes = cell_bytes;
                (*chunk).inverse = (1u64 << INVERSE_BITS).div_ceil(cell_bytes as u64);
                (*chunk).carved = CHUNK_HEADER_BYTES;
                (*chunk).end = CHUNK_BYTES;
                let list = if collected { &mut self.collected_chunks } else { &mut self.plain_chunks };
                (*chunk).index = list.len();
                list.push(chunk);
                classes.current[class] = chunk;
            }
            let first = (*chunk).carved;
            let count = (CARVE_BYTES / cell_bytes).max(1).min(((*chunk).end - first) / cell_bytes);
            let base = chunk as *mut u8;
            let mut next: *mut FreeCell = std::ptr::null_mut();
            for position in (1..count).rev() {
                let cell = base.add(first + position * cell_bytes) as *mut FreeCell;
                cell.write(FreeCell { next, type_pointer: std::ptr::null() });
                next = cell;
            }
            classes.free[class] = next;
            (*chunk).carved = first + count * cell_bytes;
            base.add(first) as *mut FreeCell
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_large(&mut self, bytes: usize, collected: bool) -> *mut FreeCell {
        if !collected {
            return allocate_bytes(bytes) as *mut FreeCell;
        }
        let total = CHUNK_HEADER_BYTES + bytes;
        let chunk = new_chunk(total);
        // SAFETY: (heap 4) a fresh chunk.
        unsafe {
            (*chunk).cell_bytes = bytes;
            (*chunk).carved = total;
            (*chunk).end = total;
            (*chunk).index = self.collected_chunks.len();
            self.collected_chunks.push(chunk);
            (chunk as *mut u8).add(CHUNK_HEADER_BYTES) as *mut FreeCell
        }
    }

    #[cold]
    unsafe fn free_large(&mut self, object: *mut Header, bytes: usize, collected: bool) {
        if !collected {
            // SAFETY: the caller's promise.
            return unsafe { free_bytes(object as *mut u8, bytes) };
        }
        let chunk = chunk_of(object);
        // SAFETY: (heap 4) a large object's chunk is its own.
        unsafe {
            let index = (*chunk).index;
            self.collected_chunks.swap_remove(index);
            if let Some(&moved) = self.collected_chunks.get(index) {
                (*moved).index = index;
            }
            let layout = Layout::from_size_align_unchecked((*chunk).end, CHUNK_BYTES);
            MiMalloc.dealloc(chunk as *mut u8, layout);
        }
    }
}

/// The chunk of an object in collected memory.
#[inline(always)]
pub fn chunk_of(object: *const Header) -> *mut Chunk {
    (object as usize & !(CHUNK_BYTES - 1)) as *mut Chunk
}

fn new_chunk(bytes: usize) -> *mut Chunk {
    let layout = Layout::from_size_align(bytes, CHUNK_BYTES).expect("chunk sizes are small");
    // SAFETY: the layout is not empty.
    let chunk = unsafe { MiMalloc.alloc(layout) } as *mut Chunk;
    if chunk.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    // Only the header: cells are written when they are carved, so the rest is not touched before.
    // SAFETY: fresh memory of at least a header.
    unsafe { chunk.write_bytes(0, 1) };
    chunk
}

/// Plain memory, 16-byte aligned, from mimalloc.
pub fn allocate_bytes(bytes: usize) -> *mut u8 {
    let layout = Layout::from_size_align(bytes.max(1), CELL_GRAIN).expect("sizes are checked by callers");
    // SAFETY: the layout is not empty.
    let memory = unsafe { MiMalloc.alloc(layout) };
    if memory.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    memory
}

/// Changes the size of memory from `allocate_bytes`.
///
/// # Safety
/// `memory` came from `allocate_bytes(old)` or is null with `old` zero.
pub unsafe fn reallocate_bytes(memory: *mut u8, old: usize, new: usize) -> *mut u8 {
    if memory.is_null() {
        return allocate_bytes(new);
    }
    let layout = Layout::from_size_align(old.max(1), CELL_GRAIN).expect("sizes are checked by callers");
    // SAFETY: the caller's promise.
    let grown = unsafe { MiMalloc.realloc(memory, layout, new.max(1)) };
    if grown.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    grown
}

/// Frees memory from `allocate_bytes`.
///
/// # Safety
/// `memory` came from `allocate_bytes(bytes)` or is null.
pub unsafe fn free_bytes(memory: *mut u8, bytes: usize) {
    if !memory.is_null() {
        let layout = Layout::from_size_align(bytes.max(1), CELL_GRAIN).expect("sizes are checked by callers");
        // SAFETY: the caller's promise.
        unsafe { MiMalloc.dealloc(memory, layout) };
    }
}
