//! What running code does when the interrupt word is set.

use crate::semantics::Pc;
use sidewinder_runtime::Context;
use sidewinder_runtime::context::interrupt;
use sidewinder_runtime::heap::collect;
use sidewinder_runtime::signals;
use std::sync::atomic::Ordering;

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
    reasons & interrupt::SIGNAL == 0 || signals::serve(cx).is_ok()
}
