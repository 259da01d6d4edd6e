//! The frames that traces have inlined, shown on the value stack to whoever looks at them while a trace makes a call.
//!
//! A trace publishes which of its calls it makes and where its native frame is. From the record of the call the frames
//! are written with references of their own, and the trace's "invalidated" word makes it leave right after the call. What
//! was changed in the meantime (by `f_locals`, or the mark of a frame object) is then kept; the trace's own references
//! are given up in its place.

use sidewinder_ir::Type;
use sidewinder_jit::{CallRecord, ExitRecord, NativeEntry, Source};
use sidewinder_runtime::context::{Activation, ShownFrames, ShownWord};
use sidewinder_runtime::heap::owned::increment;
use sidewinder_runtime::objects::float;
use sidewinder_runtime::{Context, Owned, Value};
use sidewinder_semantics::Pc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bit of a tree's "invalidated" word: its assumptions do not hold any more.
pub const DEAD: u32 = 1;
/// What one activation whose frames were shown adds to that word.
const SHOWN: u32 = 2;

/// The hook that writes the frames of all traces that make a call, unless they were shown already.
pub fn show(cx: &mut Context) {
    let mut at = cx.activation;
    // SAFETY: (jit 5) an activation lives as long as its machine code is on the native stack.
    while let Some(activation) = unsafe { at.as_mut() } {
        if activation.shown.is_some() {
            // Those further out were shown with it.
            return;
        }
        // SAFETY: (jit 5) the machine code that runs is kept until it is left.
        let native = unsafe { &*(activation.native as *const NativeEntry) };
        if let Some(record) = (activation.call as usize).checked_sub(1).and_then(|index| native.calls.get(index)) {
            activation.shown = Some(Box::new(frames(cx, activation, record)));
            // SAFETY: (jit 1) the word lives as long as the engine.
            unsafe { &*native.invalidated }.fetch_add(SHOWN, Ordering::Relaxed);
        }
        at = activation.outer;
    }
}

fn frames(cx: &mut Context, activation: &Activation, record: &CallRecord) -> ShownFrames {
    let mut words = Vec::with_capacity(record.slots.len());
    for &(slot, source) in &record.slots {
        let word = match source {
            Source::Constant(word) => Value::from_word(word),
            Source::Buffer(index, kind) => {
                // SAFETY: (jit 5) the trace has stored the word before it made the call.
                let word = unsafe { *activation.homes.add(index as usize) };
                match kind {
                    Type::Int => Value::from_word(word | 1),
                    Type::Float => float::from_f64(cx, f64::from_bits(word)).into_raw(),
                    _ => Value::from_word(word),
                }
            }
        };
        let is_new = matches!(source, Source::Buffer(_, Type::Float));
        if !is_new {
            increment(word);
        }
        // SAFETY: (jit 4) the slots of a trace's frames lie on the value stack.
        let place = unsafe { activation.base.offset(slot as isize) };
        // SAFETY: (frames 1) as above.
        let before = unsafe { std::mem::replace(&mut *place, word) };
        words.push(ShownWord { place, word, owned: word, before });
    }
    // SAFETY: (jit 4) as above.
    let base = unsafe { activation.base.offset(record.frame.base as isize) };
    ShownFrames { base, instruction: record.frame.instruction as Pc, words, links: Vec::new() }
}

/// A word that was shown, and what the place held when the trace was left: with a reference, unless it is unbound.
struct Held {
    shown: ShownWord,
    held: Value,
}

/// The trace is left at an exit: `write` writes the slots, unless they were by a link.
#[cold]
pub fn leave(
    cx: &mut Context,
    shown: ShownFrames,
    word: &AtomicU32,
    (record, base): (&ExitRecord, *mut Value),
    write: Option<unsafe fn(&mut Context, &ExitRecord, *mut Value)>,
) {
    let links = shown.links.clone();
    let held = hide(shown, word);
    if let Some(write) = write {
        // SAFETY: (jit 4) the exit has written its words.
        unsafe { write(cx, record, base) };
    }
    settle(held, record, base, write.is_none());
    for (place, changed) in links {
        // SAFETY: (frames 1) as above. The word is still there, unless its frame was left.
        unsafe {
            if (*place).0 | KIND == changed.0 | KIND {
                *place = changed;
            }
        }
    }
}

/// The bits of a link word that an observed frame has changed.
const KIND: u64 = sidewinder_semantics::frame::Link::KIND_MASK;

/// Takes what the frames hold now.
fn hide(shown: ShownFrames, word: &AtomicU32) -> Vec<Held> {
    word.fetch_sub(SHOWN, Ordering::Relaxed);
    let words = shown.words.into_iter();
    // SAFETY: (jit 4) the slots of a trace's frames lie on the value stack.
    words.map(|shown| Held { held: unsafe { *shown.place }, shown }).collect()
}

/// Gives up a reference. Finalizers wait: code that they run might give back the exit's record.
fn give_up(value: Value) {
    drop(Owned::from_raw_option(value));
}

/// After the exit has written its slots: keeps what was shown where the trace has not changed it since, and gives up one
/// reference of every word that has two. A link has written its slots itself, before.
fn settle(held: Vec<Held>, record: &ExitRecord, base: *mut Value, linked: bool) {
    for Held { shown: ShownWord { place, word, owned: shown, before }, held } in held {
        // SAFETY: (jit 4) both point to the value stack.
        let slot = unsafe { place.offset_from(base) } as i32;
        // The trace itself took a word that it had lent away from memory; the reference is still there.
        let taken_back = held.is_unbound() && !word.is_unbound();
        let owned = if taken_back { shown } else { held };
        let written = record.written_slots().any(|written| written == slot);
        // SAFETY: (frames 1) as above.
        let place = unsafe { &mut *place };
        if written && linked {
            give_up(shown);
        } else if written && *place == word && !taken_back {
            give_up(std::mem::replace(place, owned));
        } else {
            if !written {
                *place = before;
            }
            give_up(owned);
        }
    }
}
