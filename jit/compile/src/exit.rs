//! Exits: how the words that machine code leaves behind become the interpreter's frame again.

use crate::tree::ExitId;
use sidewinder_ir::snapshot::RELEASED_SLOT;
use sidewinder_ir::{FrameState, Type};

/// The most words an exit may write to the exit buffer.
pub const EXIT_WORDS_MAX: usize = 4096;

/// Set in the number that machine code returns when the state is in memory already, for the tree that starts there.
pub const LINK: u64 = 1 << 63;

/// The number that machine code returns when its function has returned; the result comes with it.
pub const RETURNED: u64 = 1 << 62;

/// Where the word of a slot comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A word of the exit buffer: a tagged value, an integer (multiplied by four) or a double.
    Buffer(u32, Type),
    /// A word that is always the same.
    Constant(u64),
}

/// What one exit does. Its number is what the machine code returns.
#[derive(Clone, PartialEq, Debug)]
pub struct ExitRecord {
    pub id: ExitId,
    pub frame: FrameState,
    /// Slots to write, in order.
    pub slots: Vec<(i32, Source)>,
    /// Slots whose value gets one more reference after they were written (a slot may be listed more than once), and
    /// words of objects.
    pub increments: Vec<i32>,
    /// Whether the state is still that in which the tree was entered.
    pub stands_still: bool,
    /// Objects to make, parts first.
    pub objects: Vec<ObjectRecord>,
}

impl ExitRecord {
    /// The slots that it writes, on the stack or released.
    pub fn written_slots(&self) -> impl Iterator<Item = i32> {
        let objects = self.objects.iter().flat_map(|object| &object.slots);
        self.slots.iter().map(|(slot, _)| slot).chain(objects).copied()
    }
}

/// An object that an exit makes.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectRecord {
    /// Its type, and the bytes of its cell.
    pub class: u64,
    pub bytes: u64,
    /// Words of its fields: the offset, a name for `increments`, and where the word comes from. Owned.
    pub words: Vec<(i32, i32, Source)>,
    /// Fields that hold objects made before.
    pub parts: Vec<(i32, usize)>,
    /// Slots that hold it.
    pub slots: Vec<i32>,
}

/// What the frames of a trace hold while it makes a call that may run Python. The number that it publishes is the
/// record's position, counted from one. In place of the exit buffer it has its native frame, whose words come first in
/// that buffer.
#[derive(Clone, PartialEq, Debug)]
pub struct CallRecord {
    pub frame: FrameState,
    pub slots: Vec<(i32, Source)>,
}

/// What an exit needs of the runtime.
pub trait Heap {
    /// The value of a double.
    fn box_float(&mut self, value: f64) -> u64;
    /// Adds a reference to a value if it is counted.
    fn increment(&mut self, word: u64);
    /// Gives up a reference.
    fn release(&mut self, word: u64);
    /// A cell of so many bytes for an object of a type, with its header, and zeros after it. The reference to the type
    /// is not counted.
    fn allocate(&mut self, class: u64, bytes: u64) -> *mut u64;
}

/// The word of a slot or field.
///
/// # Safety
/// The exit wrote the buffer.
unsafe fn read(heap: &mut impl Heap, buffer: *const u64, source: Source) -> u64 {
    match source {
        Source::Constant(word) => word,
        Source::Buffer(index, kind) => {
            // SAFETY: the exit wrote this word.
            let word = unsafe { *buffer.add(index as usize) };
            match kind {
                Type::Int => word | 1,
                Type::Float => heap.box_float(f64::from_bits(word)),
                _ => word,
            }
        }
    }
}

/// Writes the slots of an exit to the value stack.
///
/// # Safety
/// `buffer` is what the exit's machine code filled; `base` is the base that it was entered with, and the slots around
/// it belong to the stack. What the slots held before is not given up: the trace owned it.
pub unsafe fn materialize(record: &ExitRecord, buffer: *const u64, base: *mut u64, heap: &mut impl Heap) {
    let mut released = [(0, 0); 2];
    let mut released_count = 0;
    let mut put = |slot: i32, word: u64| {
        if slot >= RELEASED_SLOT {
            released[released_count] = (slot, word);
            released_count += 1;
        } else {
            // SAFETY: the slot is on the stack, as the caller promises.
            unsafe { *base.offset(slot as isize) = word };
        }
    };
    let mut words = Vec::new();
    if !record.objects.is_empty() {
        // SAFETY: the caller's promise.
        unsafe { make_objects(record, buffer, heap, &mut words, &mut put) };
    }
    for &(slot, source) in &record.slots {
        // SAFETY: the caller's promise.
        put(slot, unsafe { read(heap, buffer, source) });
    }
    for &slot in &record.increments {
        let elsewhere = released[..released_count].iter().chain(&words).find(|(other, _)| *other == slot);
        match elsewhere {
            Some((_, word)) => heap.increment(*word),
            // SAFETY: as above.
            None => heap.increment(unsafe { *base.offset(slot as isize) }),
        }
    }
    released[..released_count].iter().for_each(|&(_, word)| heap.release(word));
}

/// Makes the objects of an exit and puts them into their slots. `words` gets the names and words of their fields.
///
/// # Safety
/// As for `materialize`.
unsafe fn make_objects(
    record: &ExitRecord,
    buffer: *const u64,
    heap: &mut impl Heap,
    words: &mut Vec<(i32, u64)>,
    put: &mut impl FnMut(i32, u64),
) {
    let mut made: Vec<*mut u64> = Vec::with_capacity(record.objects.len());
    for object in &record.objects {
        let cell = heap.allocate(object.class, object.bytes);
        // SAFETY: the cell is so long; the count is the first word of an object.
        unsafe {
            for &(offset, name, source) in &object.words {
                let word = read(heap, buffer, source);
                *cell.byte_offset(offset as isize) = word;
                words.push((name, word));
            }
            for &(offset, part) in &object.parts {
                *cell.byte_offset(offset as isize) = made[part] as u64;
                *made[part] += 1;
            }
            *cell = object.slots.len() as u64;
        }
        made.push(cell);
        object.slots.iter().for_each(|&slot| put(slot, cell as u64));
    }
}
