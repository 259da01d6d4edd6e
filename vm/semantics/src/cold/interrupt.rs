//! What running code does when the interrupt word is set.

use crate::semantics::Pc;
use sidewinder_runtime::context::interrupt;
use sidewinder_runtime::heap::collect;
use sidewinder_runtime::Context;
use std::sync::atomic::{AtomicU32, Ordering};

/// Signals that arrived and whose handlers have not run; bit n is signal n.
pub static SIGNALS: AtomicU32 = AtomicU32::new(0);

/// Serves the interrupt word at the safe point `pc`. False when an exception is pending.
#[cold]
#[inline(never)]
pub fn serve(cx: &mut Context, pc: Pc) -> bool {
    cx.instruction = pc;
    let reasons = cx.interrupt.swap(0, Ordering::Relaxed);
    if reasons & interrupt::FINALIZERS != 0 && cx.finalizers_pending.get() != 0 {
        cx.run_pending_finalizers();
    }
    if reasons & interrupt::COLLECT != 0 || cx.heap.collect_wanted {
        if cx.interpreter().collector.enabled {
            collect::collect(cx);
        } else {
            cx.heap.set_threshold(0);
        }
    }
    if reasons & interrupt::SIGNAL != 0 && SIGNALS.swap(0, Ordering::Relaxed) & 1 << libc_sigint() != 0 {
        let kind = &sidewinder_runtime::objects::exception::KEYBOARD_INTERRUPT;
        if let Ok(exception) = sidewinder_runtime::objects::exception::new(cx, kind, &[]) {
            cx.raise_value(exception);
        }
        return false;
    }
    true
}

const fn libc_sigint() -> u32 {
    2
}

