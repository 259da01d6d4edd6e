//! The end of an interpreter: all that it has is given back.

use crate::context::{Context, Interpreter};
use crate::heap::Owned;
use crate::heap::collect;
use crate::heap::teardown::Children;
use crate::objects::dict;
use crate::objects::instance;
use crate::objects::shape::ShapeTable;
use crate::objects::type_object::{TYPE, TypeObject, flags};
use crate::threads;
use crate::value::Value;
use std::sync::atomic::Ordering;

/// Added to the count of an object whose contents are released while others may still hold references to it: more than
/// there can be.
const HELD: u64 = 1 << 48;

/// Frees an interpreter in which no Python will run any more. Where threads of it are left, or others use its memory, it
/// stays.
pub(super) fn finish(mut guest: Box<Context>, interpreter: *mut Interpreter) {
    let left = threads::count(&guest);
    if left > 0 {
        return threads::leave(&mut guest);
    }
    guest.family().interpreter_ends(guest.member().id);
    take_apart(&mut guest);
    guest.read_letters();
    if guest.member().lent.load(Ordering::Acquire) > 0 {
        return threads::leave(&mut guest);
    }
    release_all(&mut guest);
    guest.heap.free_chunks();
    guest.drop_gil();
    Context::enter(std::ptr::null_mut());
    drop(guest);
    // SAFETY: (threads 2) it was made from a box, and so were the contexts; its threads have ended, and nobody can find it
    // any more.
    unsafe {
        let own: *mut Context = (&(*interpreter).threads)[0];
        drop(Box::from_raw(own));
        drop(Box::from_raw(interpreter));
    }
}

/// Gives up what the interpreter itself holds, and collects what only that has kept alive.
fn take_apart(cx: &mut Context) {
    let interpreter = cx.interpreter();
    for (_, object) in std::mem::take(&mut interpreter.native_objects) {
        cx.release(object.into_raw());
    }
    let handlers = std::mem::take(&mut interpreter.signals);
    let fork_hooks = std::mem::take(&mut interpreter.fork_hooks);
    let monitoring = std::mem::take(&mut interpreter.monitoring);
    drop((handlers, fork_hooks, monitoring));
    for namespace in [interpreter.modules.clone(), interpreter.builtins.clone()] {
        dict::of(namespace.value()).clear(cx);
    }
    cx.run_pending_finalizers();
    collect::collect(cx);
    // Last, since finalizers need it: whatever is asked for again meanwhile is made again, and goes in the next round.
    for _ in 0..ROUNDS {
        drop(interpreter.native_state.take());
        cx.run_pending_finalizers();
        if collect::collect(cx) == 0 {
            break;
        }
    }
    if !cx.pending.is_unbound() {
        drop(cx.take_pending());
    }
}

/// Linearisations longer than this count as long.
const LINEAR_MAX: usize = 1 << 16;

/// How often what finalizers make is given up again.
const ROUNDS: usize = 3;

/// Releases the contents of all objects, whoever refers to them, and all that the interpreter keeps beside objects: after
/// that, cells of memory are all that is left.
fn release_all(cx: &mut Context) {
    let interpreter = cx.interpreter();
    let nothing = || Owned::new(crate::objects::singleton::none());
    drop(interpreter.interned.forget_recent());
    drop(std::mem::take(&mut interpreter.keyword_names));
    for field in [&mut interpreter.modules, &mut interpreter.builtins, &mut interpreter.importlib] {
        drop(std::mem::replace(field, nothing()));
    }
    drop(std::mem::take(&mut interpreter.weak_references));
    let mut objects = Vec::new();
    for header in collect::live_objects(cx) {
        // SAFETY: (heap 1) a live object; counts only keep objects alive.
        unsafe { (*header).count += HELD };
        let value = Value::from_pointer(header);
        // A class says how its instances are released, a base lists its subclasses: the others first, then derived classes
        // before their bases, those of classes last.
        let rank = value.cast::<TypeObject>().map_or(0, |class| {
            let derived = (LINEAR_MAX - class.mro().len().min(LINEAR_MAX)) + 1;
            if class.is_subtype(&TYPE) { derived + LINEAR_MAX } else { derived }
        });
        objects.push((rank, header, value.heap_type().slots().release));
    }
    objects.sort_by_key(|(rank, ..)| *rank);
    let mut children = Vec::new();
    for (_, header, release) in objects {
        let value = Value::from_pointer(header);
        if value.heap_type().has_flag(flags::EXTERNAL_BLOCK) {
            instance::release_external(cx, value);
        }
        if let Some(release) = release {
            // SAFETY: (heap 5) the object is not used any more, and its contents are released once.
            unsafe { release(header, &mut Children::into(&mut children)) };
        }
        for child in children.drain(..) {
            give_up(child);
        }
    }
    drop(std::mem::take(&mut interpreter.builtin_types));
    drop(std::mem::take::<ShapeTable>(&mut interpreter.shapes));
    drop(std::mem::take(&mut interpreter.external_slots));
    drop(std::mem::take(&mut interpreter.hidden_slots));
    cx.teardown.clear();
}

/// Gives up a reference. One to an object that is released by itself counts no more.
fn give_up(child: Value) {
    if child.is_counted() && !child.heap_type().has_flag(flags::COLLECTED) {
        drop(Owned::from_raw(child));
    }
}
