//! What running code does when the interrupt word is set.

use crate::semantics::Pc;
use sidewinder_runtime::{Context, interrupts};

/// Serves the interrupt word at the safe point `pc`. False when an exception is pending.
#[cold]
#[inline(never)]
pub fn serve(cx: &mut Context, pc: Pc) -> bool {
    cx.instruction = pc;
    interrupts::serve(cx).is_ok()
}
