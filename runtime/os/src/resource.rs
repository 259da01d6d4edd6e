//! The module `resource`: what the process has used and may use.

use crate::posix::process::wait::usage_items;
use crate::system::{Zeroed, add_constants, calls, done, raise};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::OS_ERROR;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value, struct_sequence};
use std::io;

struct_sequence! {
    /// What a process has used.
    STRUCT_RUSAGE = "resource.struct_rusage" shows 16 {
        0 "ru_utime" "user time used",
        1 "ru_stime" "system time used",
        2 "ru_maxrss" "max. resident set size",
        3 "ru_ixrss" "shared memory size",
        4 "ru_idrss" "unshared data size",
        5 "ru_isrss" "unshared stack size",
        6 "ru_minflt" "page faults not requiring I/O",
        7 "ru_majflt" "page faults requiring I/O",
        8 "ru_nswap" "number of swap outs",
        9 "ru_inblock" "block input operations",
        10 "ru_oublock" "block output operations",
        11 "ru_msgsnd" "IPC messages sent",
        12 "ru_msgrcv" "IPC messages received",
        13 "ru_nsignals" "signals received",
        14 "ru_nvcsw" "voluntary context switches",
        15 "ru_nivcsw" "involuntary context switches",
    }
}

static NUMBERS: &[(&str, i64)] = crate::constants! {
    RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_NOFILE RLIMIT_AS RLIMIT_RSS RLIMIT_NPROC
    RLIMIT_MEMLOCK RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME RLIMIT_SIGPENDING RLIM_INFINITY RUSAGE_SELF
    RUSAGE_CHILDREN RUSAGE_THREAD
};

/// Kinds of limits that there are.
const LIMITS: i32 = 16;

/// One half of a pair of limits.
fn limit(cx: &mut Context, value: Value) -> Result<libc::rlim_t> {
    let number = convert::index(cx, value)?;
    match int::as_i64(number.value()) {
        Some(-1) => return Ok(libc::RLIM_INFINITY),
        Some(number) if number >= 0 => return Ok(number as libc::rlim_t),
        _ => {}
    }
    if int::is_negative(number.value()) {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    int::as_u64(number.value()).ok_or_else(|| cx.overflow_error("Python int too large to convert to C rlim_t"))
}

/// A pair of limits: what counts now, and how high that may be set.
fn pair(cx: &mut Context, value: Value) -> Result<libc::rlimit> {
    let items = iterate::collect(cx, value)?;
    let [current, most] = &items[..] else { return Err(cx.value_error("expected a tuple of 2 integers")) };
    Ok(libc::rlimit { rlim_cur: limit(cx, current.value())?, rlim_max: limit(cx, most.value())? })
}

fn pair_object(cx: &mut Context, limits: &libc::rlimit) -> (Owned, Owned) {
    let number = |cx: &mut Context, limit: libc::rlim_t| {
        if limit == libc::RLIM_INFINITY { int::from_i64(cx, -1) } else { int::from_u64(cx, limit as u64) }
    };
    (number(cx, limits.rlim_cur), number(cx, limits.rlim_max))
}

fn check_kind(cx: &mut Context, resource: i32) -> Result<()> {
    if (0..LIMITS).contains(&resource) { Ok(()) } else { Err(cx.value_error("invalid resource specified")) }
}

#[cold]
fn refused(cx: &mut Context, error: &io::Error) -> Raised {
    match error.raw_os_error() {
        Some(libc::EINVAL) => cx.value_error("current limit exceeds maximum limit"),
        Some(libc::EPERM) => cx.value_error("not allowed to raise maximum limit"),
        _ => raise(cx, error),
    }
}

/// What the process has used of the machine, and what it may use.
#[native_module("resource")]
mod rows {
    use super::*;

    /// What has been used: by the process, by its children or by the thread.
    #[function]
    fn getrusage(cx: &mut Context, who: i32) -> Result<Owned> {
        let mut usage = libc::rusage::zeroed();
        // SAFETY: (system 1) the structure is whole.
        if let Err(error) = done(unsafe { libc::getrusage(who, &mut usage) }) {
            return Err(match error.raw_os_error() {
                Some(libc::EINVAL) => cx.value_error("invalid who parameter"),
                _ => raise(cx, &error),
            });
        }
        let items = usage_items(cx, &usage);
        STRUCT_RUSAGE.make(cx, items)
    }

    /// A limit: what counts now, and how high that may be set.
    #[function]
    fn getrlimit(cx: &mut Context, resource: i32) -> Result<(Owned, Owned)> {
        check_kind(cx, resource)?;
        let mut limits = libc::rlimit::zeroed();
        // SAFETY: (system 1) the structure is whole.
        match done(unsafe { libc::getrlimit(resource as _, &mut limits) }) {
            Ok(()) => Ok(pair_object(cx, &limits)),
            Err(error) => Err(raise(cx, &error)),
        }
    }

    /// Sets a limit: what counts now, and how high that may be set.
    #[function]
    fn setrlimit(cx: &mut Context, resource: i32, limits: Value) -> Result<()> {
        check_kind(cx, resource)?;
        let limits = pair(cx, limits)?;
        // SAFETY: (system 1) the structure is whole.
        done(unsafe { libc::setrlimit(resource as _, &limits) }).map_err(|error| refused(cx, &error))
    }

    /// Sets a limit of a process, if one is given; the limit before.
    #[function]
    fn prlimit(
        cx: &mut Context,
        pid: i32,
        resource: i32,
        #[default(singleton::none(), "None")] limits: Value,
    ) -> Result<(Owned, Owned)> {
        check_kind(cx, resource)?;
        let new = if limits == singleton::none() { None } else { Some(pair(cx, limits)?) };
        let new = new.as_ref().map_or(std::ptr::null(), |limits| &raw const *limits);
        let mut before = libc::rlimit::zeroed();
        // SAFETY: (system 1) null or a whole structure, and another.
        match done(unsafe { libc::prlimit(pid, resource as _, new, &mut before) }) {
            Ok(()) => Ok(pair_object(cx, &before)),
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => Err(refused(cx, &error)),
            Err(error) => Err(raise(cx, &error)),
        }
    }

    /// Bytes of a page of memory.
    #[function]
    fn getpagesize() -> i64 {
        calls::sysconf(libc::_SC_PAGESIZE)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        add_constants(cx, module, NUMBERS);
        add_constants(cx, module, &[("RLIMIT_OFILE", libc::RLIMIT_NOFILE as i64), ("RLIM_INFINITY", -1)]);
        module.namespace().set_text(cx, "error", OS_ERROR.value());
        STRUCT_RUSAGE.add_to(cx, module)
    }
}
