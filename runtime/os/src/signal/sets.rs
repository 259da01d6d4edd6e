//! Sets of signals.

use crate::system::Zeroed;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::set::SetObject;
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::signals::SIGNALS_MAX;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Signals in an iterable of their numbers.
pub struct SignalSet(pub libc::sigset_t);

impl SignalSet {
    pub fn of(cx: &mut Context, value: Value) -> Result<SignalSet> {
        let mut set = libc::sigset_t::zeroed();
        for item in iterate::collect(cx, value)? {
            let number = convert::index(cx, item.value())?;
            let number = match int::as_i64(number.value()) {
                Some(number) if (1..SIGNALS_MAX as i64).contains(&number) => number as i32,
                found => {
                    let number = found.unwrap_or(if int::is_negative(number.value()) { i64::MIN } else { i64::MAX });
                    let most = SIGNALS_MAX - 1;
                    return Err(cx.value_error(format!("signal number {number} out of range [1; {most}]")));
                }
            };
            // Signals that the C library keeps for itself are left out.
            // SAFETY: (system 1) the structure is whole.
            unsafe { libc::sigaddset(&mut set, number) };
        }
        Ok(SignalSet(set))
    }
}

impl FromArgument<'_> for SignalSet {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<SignalSet> {
        SignalSet::of(cx, *value)
    }
}

/// A set of the numbers of signals.
pub fn set_object(cx: &mut Context, set: &libc::sigset_t) -> Result<Owned> {
    let made = SetObject::new(cx);
    if let Some(object) = made.value().cast::<SetObject>() {
        for number in 1..SIGNALS_MAX {
            // SAFETY: (system 1) the structure is whole.
            if unsafe { libc::sigismember(set, number) } == 1 {
                object.add(cx, Value::from_small_int(number as i64))?;
            }
        }
    }
    Ok(made)
}
