//! The cycle collector: trial deletion over the objects of collected memory, as in CPython's `gc`.
//!
//! References inside the collected set are subtracted from copies of the counts; whatever keeps a positive remainder
//! is reachable from outside (a register, a static, a native call), and so is all it leads to. The rest is garbage:
//! weak references to it are cleared, finalizers run, and what was not resurrected is cleared.

use crate::context::Context;
use crate::heap::Owned;
use crate::heap::allocate::{CHUNK_HEADER_BYTES, Chunk, chunk_of};
use crate::heap::{Header, allocate};
use crate::numbers::NumberSet;
use crate::objects::dict::{self, DICT, DictObject};
use crate::objects::instance;
use crate::objects::list::{LIST, ListObject};
use crate::objects::module;
use crate::objects::str::StrObject;
use crate::objects::tuple::{TUPLE, TupleObject};
use crate::objects::type_object::flags;
use crate::operations::{call, finalize};
use crate::value::Value;

/// State of the collector of one interpreter.
pub struct Collector {
    pub enabled: bool,
    /// The thread that collects, or null. Meanwhile requests are ignored: it may run Python.
    pub(crate) running: *const Context,
    /// Collections in the name of each generation, and objects that went in them.
    pub collections: [u64; 3],
    pub collected: [u64; 3],
    /// `gc.get_threshold()`; that the first is not zero is all that matters.
    pub thresholds: [i64; 3],
    /// `gc.get_debug()`
    pub debug: i64,
    /// How often the growth that a collection waits for is doubled, as the last ones found little.
    patience: u32,
    /// Addresses of the objects that `gc.freeze` took out of collections: they count as reachable. One that dies leaves
    /// its address behind, which keeps whoever gets it from being collected, too.
    pub frozen: NumberSet<u64>,
}

/// Bytes that an unreachable object is taken to have, on the average.
const GARBAGE_BYTES: usize = 64;
/// A collection that finds less than this part of what is alive has found little.
const GARBAGE_SHARE: usize = 16;
const PATIENCE_MAX: u32 = 2;

/// Flags of `gc.set_debug`.
pub mod debug {
    pub const STATISTICS: i64 = 1;
    pub const COLLECTABLE: i64 = 2;
    pub const SAVE_ALL: i64 = 32;
}

impl Collector {
    /// Whether collections start by themselves.
    pub fn is_automatic(&self) -> bool {
        self.enabled && self.thresholds[0] != 0
    }
}

impl Default for Collector {
    fn default() -> Collector {
        Collector {
            enabled: true,
            running: std::ptr::null(),
            collections: [0; 3],
            collected: [0; 3],
            thresholds: [2000, 10, 10],
            debug: 0,
            patience: 0,
            frozen: NumberSet::default(),
        }
    }
}

/// Set in a scratch count once the object is known to be reachable.
const REACHABLE: u32 = u32::MAX;

/// Collects all cycles. Returns the number of unreachable objects found. Runs finalizers and weak reference callbacks.
pub fn collect(cx: &mut Context) -> usize {
    collect_generation(cx, 2)
}

/// The same in the name of a generation. There is only one: the name is for `gc.callbacks`.
pub fn collect_generation(cx: &mut Context, generation: i64) -> usize {
    let interpreter = cx.interpreter();
    if !interpreter.collector.running.is_null() {
        return 0;
    }
    interpreter.collector.running = cx;
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    announce(cx, generation, "start", 0);
    let statistics = cx.interpreter().collector.debug & debug::STATISTICS != 0;
    if statistics {
        let (tracked, frozen) = (live_objects(cx).len(), cx.interpreter().collector.frozen.len());
        eprintln!("gc: collecting generation {generation}...");
        eprintln!("gc: objects in each generation: 0 0 {}", tracked.saturating_sub(frozen));
        eprintln!("gc: objects in permanent generation: {frozen}");
    }
    let start = std::time::Instant::now();
    let (garbage, live_bytes) = find_garbage(cx);
    let found = if garbage.is_empty() { 0 } else { dispose(cx, garbage) };
    if statistics {
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("gc: done, {found} unreachable, 0 uncollectable, {seconds:.4}s elapsed");
    }
    announce(cx, generation, "stop", found);
    cx.pending = pending;
    let collector = &mut cx.interpreter().collector;
    collector.running = std::ptr::null();
    let place = generation.clamp(0, 2) as usize;
    collector.collections[place] += 1;
    collector.collected[place] += found as u64;
    // What grows without garbage need not be looked at so often.
    let much = found * GARBAGE_BYTES > live_bytes / GARBAGE_SHARE;
    collector.patience = if much { 0 } else { (collector.patience + 1).min(PATIENCE_MAX) };
    let patience = collector.patience;
    cx.heap.set_threshold(live_bytes, patience);
    found
}

/// Calls each of `gc.callbacks` with a phase, if the program has imported `gc`.
fn announce(cx: &mut Context, generation: i64, phase: &str, found: usize) {
    let Some(callbacks) = list_of_module(cx, "callbacks") else { return };
    if callbacks.value().cast::<ListObject>().is_none_or(ListObject::is_empty) {
        return;
    }
    let details = DictObject::new(cx);
    for (name, number) in [("generation", generation), ("collected", found as i64), ("uncollectable", 0)] {
        dict::of(details.value()).set_text(cx, name, Value::from_small_int(number));
    }
    let phase = StrObject::new(cx, phase);
    let mut position = 0;
    while let Some(callback) =
        callbacks.value().cast::<ListObject>().and_then(|list| list.get(position)).map(Owned::new)
    {
        if call::call(cx, callback.value(), &[phase.value(), details.value()]).is_err() {
            finalize::report_unraisable_call(cx, "while calling GC callback", callback.value());
        }
        position += 1;
    }
}

/// A list of the module `gc`, if the program has imported that.
fn list_of_module(cx: &mut Context, name: &str) -> Option<Owned> {
    let modules = dict::of(cx.interpreter().modules.value());
    let module = modules.get_text(cx, "gc").filter(|module| module.has_type(&module::MODULE))?;
    let list = module::of(module).namespace().get_text(cx, name)?;
    list.cast::<ListObject>().map(|_| Owned::new(list))
}

/// The live objects of collected memory, as raw headers.
fn each_object(chunk: *mut Chunk, mut visit: impl FnMut(*mut Header)) {
    // SAFETY: (heap 4) chunks of the heap; free cells have a null type.
    unsafe {
        let mut offset = CHUNK_HEADER_BYTES;
        while offset + (*chunk).cell_bytes <= (*chunk).carved {
            let header = (chunk as *mut u8).add(offset) as *mut Header;
            if !(*header).type_pointer.is_null() {
                visit(header);
            }
            offset += (*chunk).cell_bytes;
        }
    }
}

/// The live objects of collected memory.
pub fn live_objects(cx: &Context) -> Vec<*mut Header> {
    let mut found = Vec::new();
    for &chunk in &cx.heap.collected_chunks {
        each_object(chunk, |header| found.push(header));
    }
    found
}

/// The scratch count of an object.
#[inline(always)]
fn scratch(header: *const Header) -> *mut u32 {
    let chunk = chunk_of(header);
    // SAFETY: (heap 4) collected objects lie in chunks, whose scratch array has one word for each cell.
    unsafe {
        let offset = header as usize - chunk as usize - CHUNK_HEADER_BYTES;
        (*chunk).scratch.add((*chunk).cell_at(offset))
    }
}

#[inline(always)]
fn is_collected(value: Value) -> bool {
    value.is_counted() && value.heap_type().has_flag(flags::COLLECTED)
}

#[inline(always)]
fn traverse(header: *mut Header, mut visit: impl FnMut(Value)) {
    // SAFETY: (heap 1) a live object with its type; (heap 4) it lies in a chunk.
    unsafe {
        let kind = &*(*header).type_pointer;
        if kind.has_flag(flags::PLAIN) && instance::plain_block(header).overflow.get().is_null() {
            for slot in instance::plain_slots(header, (*chunk_of(header)).cell_bytes) {
                if slot.is_counted() {
                    visit(*slot);
                }
            }
            return visit(kind.value());
        }
        // Most references are in containers of the builtin types, whose items need no call each.
        let object = Value::from_pointer(header);
        if std::ptr::eq(kind, &LIST.object) {
            return object.cast_unchecked::<ListObject>().as_slice().iter().copied().for_each(visit);
        }
        if std::ptr::eq(kind, &TUPLE.object) {
            return object.cast_unchecked::<TupleObject>().as_slice().iter().copied().for_each(visit);
        }
        if std::ptr::eq(kind, &DICT.object) {
            return dict::of(object).each_reference(visit);
        }
        if let Some(function) = kind.slots().traverse {
            function(header, &mut visit);
        }
        if kind.has_flag(flags::HEAP) {
            visit(kind.value());
        }
        if kind.has_flag(flags::EXTERNAL_BLOCK)
            && let Some(block) = Context::current().interpreter().external_slots.get(&(header as u64))
        {
            instance::traverse_block(block, &mut visit);
        }
    }
}

/// Unreachable objects, each with a count added, and the bytes of the reachable ones.
fn find_garbage(cx: &mut Context) -> (Vec<Owned>, usize) {
    let chunks = cx.heap.collected_chunks.clone();
    for &chunk in &chunks {
        // SAFETY: (heap 4) chunks of the heap.
        unsafe {
            let cells = ((*chunk).end - CHUNK_HEADER_BYTES) / (*chunk).cell_bytes;
            (*chunk).scratch = allocate::allocate_bytes(cells * size_of::<u32>()) as *mut u32;
        }
        let frozen = &cx.interpreter().collector.frozen;
        each_object(chunk, |header| {
            // SAFETY: as above.
            unsafe {
                let is_frozen = !frozen.is_empty() && frozen.contains(&Value::from_pointer(header).0);
                // For a frozen object more than all references to it.
                let count = if is_frozen { u64::MAX } else { (*header).count };
                *scratch(header) = count.min(REACHABLE as u64 - 1) as u32;
            }
        });
    }
    for &chunk in &chunks {
        each_object(chunk, |header| {
            traverse(header, |child| {
                if is_collected(child) {
                    // SAFETY: as above.
                    unsafe {
                        let count = scratch(child.header());
                        debug_assert!(*count > 0, "more references than counts to {child:?}");
                        *count = (*count).saturating_sub(1);
                    }
                }
            });
        });
    }
    let mut work = Vec::new();
    let mut live_bytes = 0;
    for &chunk in &chunks {
        each_object(chunk, |header| {
            // SAFETY: as above.
            unsafe {
                let count = scratch(header);
                if *count > 0 && *count != REACHABLE {
                    *count = REACHABLE;
                    work.push(header);
                }
            }
        });
        while let Some(header) = work.pop() {
            // SAFETY: as above.
            live_bytes += unsafe { (*chunk_of(header)).cell_bytes };
            traverse(header, |child| {
                if is_collected(child) {
                    // SAFETY: as above.
                    unsafe {
                        let count = scratch(child.header());
                        if *count != REACHABLE {
                            *count = REACHABLE;
                            work.push(child.header());
                        }
                    }
                }
            });
        }
    }
    let mut garbage = Vec::new();
    for &chunk in &chunks {
        each_object(chunk, |header| {
            // SAFETY: as above.
            if unsafe { *scratch(header) } != REACHABLE {
                garbage.push(Owned::new(Value::from_pointer(header)));
            }
        });
    }
    for &chunk in &chunks {
        // SAFETY: allocated above with that size.
        unsafe {
            let cells = ((*chunk).end - CHUNK_HEADER_BYTES) / (*chunk).cell_bytes;
            allocate::free_bytes((*chunk).scratch as *mut u8, cells * size_of::<u32>());
            (*chunk).scratch = std::ptr::null_mut();
        }
    }
    (garbage, live_bytes)
}

/// Clears weak references, runs finalizers, and clears what they did not bring back to life: so many objects.
fn dispose(cx: &mut Context, garbage: Vec<Owned>) -> usize {
    let debug = cx.interpreter().collector.debug;
    if debug & debug::COLLECTABLE != 0 {
        for object in &garbage {
            let value = object.value();
            eprintln!("gc: collectable <{} {:#x}>", value.heap_type().name(), value.0);
        }
    }
    crate::objects::weak::clear_references_to_garbage(cx, &garbage);
    let mut finalized = false;
    // Those written in Python come first: they may use files and sockets, whose own finalizers close them.
    for in_python in [true, false] {
        for object in &garbage {
            let kind = object.value().heap_type();
            if let Some(finalize) = kind.slots().finalize.filter(|_| kind.has_flag(flags::HAS_FINALIZER) == in_python) {
                finalize::run_of_garbage(cx, object.value(), finalize);
                finalized = true;
            }
        }
    }
    let garbage = if finalized { without_resurrected(cx, garbage) } else { garbage };
    if finalized {
        // Finalizers may have made new references, which must not lead to what is being taken apart.
        crate::objects::weak::forget_references_to_garbage(cx, &garbage);
    }
    let count = garbage.len();
    if debug & debug::SAVE_ALL != 0
        && let Some(saved) = list_of_module(cx, "garbage")
    {
        let saved: &ListObject = saved.value().cast().expect("a list");
        garbage.into_iter().for_each(|object| saved.push(object));
        return count;
    }
    for object in &garbage {
        let header = object.value().header();
        if let Some(clear) = object.value().heap_type().slots().clear {
            // SAFETY: (heap 1) the object is alive, as `garbage` holds a count.
            cx.clear_and_release(|children| unsafe { clear(header, children) }, true);
        }
    }
    for object in garbage {
        cx.release(object.into_raw());
    }
    count
}

/// If a finalizer made any garbage reachable, keeps all of it this time unless it is unreachable still.
fn without_resurrected(cx: &mut Context, garbage: Vec<Owned>) -> Vec<Owned> {
    let addresses: Vec<u64> = garbage.iter().map(|object| object.value().0).collect();
    drop(garbage);
    let (again, _) = find_garbage(cx);
    let known: NumberSet<u64> = addresses.into_iter().collect();
    again.into_iter().filter(|object| known.contains(&object.value().0)).collect()
}
