//! What running code does at a safe point when its interrupt word is set.

use crate::context::{Context, Result, interrupt};
use crate::heap::collect;
use crate::options::jit_mode;
use crate::signals;
use std::sync::atomic::Ordering;

/// Serves the interrupt word at a safe point: the running instruction is published. Errors: what a signal's handler or
/// another thread raises.
#[cold]
#[inline(never)]
pub fn serve(cx: &mut Context) -> Result<()> {
    let reasons = cx.interrupt.swap(0, Ordering::Acquire);
    if reasons & interrupt::FINALIZERS != 0 && cx.finalizers_pending.get() != 0 {
        cx.run_pending_finalizers();
    }
    if reasons & interrupt::COLLECT != 0 || cx.heap.collect_wanted {
        if cx.interpreter().collector.is_automatic() {
            collect::collect(cx);
        } else {
            cx.heap.set_threshold(0, 0);
        }
    }
    if reasons & interrupt::GIL != 0 {
        let options = &cx.interpreter().options;
        if options.switch != 0 && options.jit == jit_mode::OFF {
            // Without JIT every safe point is a chance.
            cx.switch_chance();
            cx.request(interrupt::GIL);
        } else {
            cx.hand_over_gil();
        }
    }
    if reasons & interrupt::LETTERS != 0 {
        cx.read_letters();
    }
    if reasons & interrupt::SIGNAL != 0
        && let Err(raised) = signals::serve(cx)
    {
        cx.request(reasons & (interrupt::EXCEPTION | interrupt::TRACED));
        return Err(raised);
    }
    if reasons & interrupt::TRACED != 0 {
        // It stays while something watches.
        cx.update_tracing();
    }
    if reasons & interrupt::EXCEPTION != 0 { cx.raise_sent() } else { Ok(()) }
}
