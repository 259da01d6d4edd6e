//! Signals that arrived: handlers only set bits, and running code serves them at its next safe point.

use crate::context::{Context, Result, interrupt};
use crate::objects::exception;
use std::sync::atomic::{AtomicU32, Ordering};

/// Signals that arrived and whose handlers have not run; bit n is signal n.
pub static SIGNALS: AtomicU32 = AtomicU32::new(0);

/// Runs what the signals that arrived ask for: SIGINT raises `KeyboardInterrupt`.
pub fn serve(cx: &mut Context) -> Result<()> {
    cx.interrupt.fetch_and(!interrupt::SIGNAL, Ordering::Relaxed);
    if SIGNALS.swap(0, Ordering::Relaxed) & 1 << libc::SIGINT == 0 {
        return Ok(());
    }
    let made = exception::new(cx, &exception::KEYBOARD_INTERRUPT, &[])?;
    Err(cx.raise_value(made))
}

/// Serves signals from inside a native function that waits.
pub fn check(cx: &mut Context) -> Result<()> {
    if cx.interrupt.load(Ordering::Relaxed) & interrupt::SIGNAL == 0 { Ok(()) } else { serve(cx) }
}
