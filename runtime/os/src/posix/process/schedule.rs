//! How processes share the processors.

use crate::system::{Zeroed, calls, check, done, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::set::SetObject;
use sidewinder_runtime::objects::{float, int, str, struct_sequence};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value, struct_sequence};
use std::io;

struct_sequence! {
    /// A scheduling parameter: its one field is the priority.
    SCHED_PARAM = "posix.sched_param" shows 1 by new_parameter { 0 "sched_priority" "the scheduling priority" }
}

/// `sched_param(sched_priority)`
fn new_parameter(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    static SIGNATURE: sidewinder_runtime::objects::iterator::arguments::Signature<1> =
        sidewinder_runtime::objects::iterator::arguments::Signature {
            function: "sched_param",
            names: ["sched_priority"],
            positional_only: 0,
            positional: 1,
            required: 1,
            rest: false,
            open: false,
        };
    let [priority] = SIGNATURE.bind(cx, arguments)?;
    let items = priority.map(Owned::new).into_iter().collect();
    SCHED_PARAM.make(cx, items)
}

/// An argument that must be a `sched_param`.
struct Parameter(libc::sched_param);

impl Parameter {
    fn of(cx: &mut Context, value: Value) -> Result<Parameter> {
        let Some(items) = struct_sequence::owned_items(value, &SCHED_PARAM) else {
            return Err(cx.type_error("must have a sched_param object"));
        };
        let priority = convert::index(cx, items[0].value())?;
        match int::as_i64(priority.value()).map(i32::try_from) {
            Some(Ok(priority)) => Ok(Parameter(libc::sched_param { sched_priority: priority })),
            _ => Err(cx.overflow_error("sched_priority out of range")),
        }
    }
}

impl FromArgument<'_> for Parameter {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<Parameter> {
        Parameter::of(cx, *value)
    }
}

/// Most processors that a set of them can name.
const PROCESSORS_MAX: usize = libc::CPU_SETSIZE as usize;

#[native_functions]
pub mod rows {
    use super::*;

    /// Makes the process give way more: adds to its niceness. The niceness after.
    #[function]
    fn nice(increment: i32) -> io::Result<i32> {
        calls::with_errno(|| calls::nice(increment))
    }

    /// The niceness of a process, a process group or a user's processes.
    #[function]
    fn getpriority(#[named] which: i32, who: i32) -> io::Result<i32> {
        calls::with_errno(|| calls::getpriority(which, who as u32))
    }

    /// Sets the niceness of a process, a process group or a user's processes.
    #[function]
    fn setpriority(#[named] which: i32, who: i32, priority: i32) -> io::Result<()> {
        done(calls::setpriority(which, who as u32, priority))
    }

    /// The highest priority of a scheduling policy.
    #[function]
    fn sched_get_priority_max(#[named] policy: i32) -> io::Result<i32> {
        check(calls::sched_get_priority_max(policy))
    }

    /// The lowest priority of a scheduling policy.
    #[function]
    fn sched_get_priority_min(#[named] policy: i32) -> io::Result<i32> {
        check(calls::sched_get_priority_min(policy))
    }

    /// The scheduling policy of a process; 0 is this one.
    #[function]
    fn sched_getscheduler(pid: i32) -> io::Result<i32> {
        check(calls::sched_getscheduler(pid))
    }

    /// Sets the scheduling policy of a process.
    #[function]
    fn sched_setscheduler(pid: i32, policy: i32, param: Parameter) -> io::Result<()> {
        done(calls::sched_setscheduler(pid, policy, &param.0))
    }

    /// The scheduling parameter of a process.
    #[function]
    fn sched_getparam(cx: &mut Context, pid: i32) -> Result<Owned> {
        let mut found = libc::sched_param::zeroed();
        plainly(cx, Ok(done(calls::sched_getparam(pid, &mut found))))?;
        let items = vec![int::from_i64(cx, found.sched_priority as i64)];
        SCHED_PARAM.make(cx, items)
    }

    /// Sets the scheduling parameter of a process.
    #[function]
    fn sched_setparam(pid: i32, param: Parameter) -> io::Result<()> {
        done(calls::sched_setparam(pid, &param.0))
    }

    /// How long a process may run at a time under SCHED_RR, in seconds.
    #[function]
    fn sched_rr_get_interval(cx: &mut Context, pid: i32) -> Result<Owned> {
        let mut found = libc::timespec::zeroed();
        plainly(cx, Ok(done(calls::sched_rr_get_interval(pid, &mut found))))?;
        Ok(float::from_f64(cx, found.tv_sec as f64 + 1e-9 * found.tv_nsec as f64))
    }

    /// The processors that a process may run on.
    #[function]
    fn sched_getaffinity(cx: &mut Context, pid: i32) -> Result<Owned> {
        let mut found = libc::cpu_set_t::zeroed();
        // SAFETY: (system 1) the structure has the size said.
        let status = unsafe { libc::sched_getaffinity(pid, size_of::<libc::cpu_set_t>(), &mut found) };
        plainly(cx, Ok(done(status)))?;
        let made = SetObject::new(cx);
        let Some(set) = made.value().cast::<SetObject>() else { return Ok(made) };
        for processor in 0..PROCESSORS_MAX {
            // SAFETY: (system 1) the number is within the set.
            if unsafe { libc::CPU_ISSET(processor, &found) } {
                set.add(cx, Value::from_small_int(processor as i64))?;
            }
        }
        Ok(made)
    }

    /// Sets the processors that a process may run on.
    #[function]
    fn sched_setaffinity(cx: &mut Context, pid: i32, mask: Value) -> Result<()> {
        let mut wanted = libc::cpu_set_t::zeroed();
        for item in iterate::collect(cx, mask)? {
            if !int::is_int_like(item.value()) {
                let found = convert::repr(cx, item.value().type_of().value())?;
                let found = str::text(found.value()).unwrap_or_default();
                return Err(cx.type_error(format!("expected an iterator of ints, but iterator yielded {found}")));
            }
            match int::as_i64(item.value()) {
                Some(number) if number < 0 => return Err(cx.value_error("negative CPU number")),
                Some(number) if (number as usize) < PROCESSORS_MAX => {
                    // SAFETY: (system 1) the number is within the set.
                    unsafe { libc::CPU_SET(number as usize, &mut wanted) };
                }
                Some(number) if number < i32::MAX as i64 => {}
                _ => return Err(cx.overflow_error("CPU number too large")),
            }
        }
        // SAFETY: (system 1) the structure has the size said.
        let status = unsafe { libc::sched_setaffinity(pid, size_of::<libc::cpu_set_t>(), &wanted) };
        plainly(cx, Ok(done(status)))
    }
}
