//! What is known of the machine and of the time the process has taken.

use crate::path::c_text;
use crate::system::{Zeroed, calls, check, done, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::objects::exception::special;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::{exception, float};
use sidewinder_runtime::{Context, Owned, Result, struct_sequence};

struct_sequence! {
    /// Names of the system and of the machine.
    UNAME_RESULT = "posix.uname_result" shows 5 {
        0 "sysname" "operating system name",
        1 "nodename" "name of machine on network (implementation-defined)",
        2 "release" "operating system release",
        3 "version" "operating system version",
        4 "machine" "hardware identifier",
    }
    /// The time that the process and its children have taken.
    TIMES_RESULT = "posix.times_result" shows 5 {
        0 "user" "user time",
        1 "system" "system time",
        2 "children_user" "user time of children",
        3 "children_system" "system time of children",
        4 "elapsed" "elapsed time since an arbitrary point in the past",
    }
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Names of the system and of the machine.
    #[function]
    fn uname(cx: &mut Context) -> Result<Owned> {
        let mut found = libc::utsname::zeroed();
        plainly(cx, Ok(done(calls::uname(&mut found))))?;
        let texts = [found.sysname, found.nodename, found.release, found.version, found.machine];
        let items = texts.iter().map(|text| c_text(cx, text)).collect::<Result<Vec<Owned>>>()?;
        UNAME_RESULT.make(cx, items)
    }

    /// The time that the process and its children have taken, in seconds.
    #[function]
    fn times(cx: &mut Context) -> Result<Owned> {
        let mut found = libc::tms::zeroed();
        let elapsed = calls::with_errno(|| calls::times(&mut found));
        let elapsed = plainly(cx, Ok(elapsed))?;
        let ticks = calls::sysconf(libc::_SC_CLK_TCK).max(1) as f64;
        let counts = [found.tms_utime, found.tms_stime, found.tms_cutime, found.tms_cstime, elapsed];
        let items = counts.map(|count| float::from_f64(cx, count as f64 / ticks)).into();
        TIMES_RESULT.make(cx, items)
    }

    /// How many processes were ready to run on average, in the last 1, 5 and 15 minutes.
    #[function]
    fn getloadavg(cx: &mut Context) -> Result<(f64, f64, f64)> {
        let mut loads = [0.0; 3];
        if calls::getloadavg(&mut loads, 3) != 3 {
            return Err(cx.raise(&exception::OS_ERROR, "Load averages are unobtainable"));
        }
        Ok((loads[0], loads[1], loads[2]))
    }

    /// How many processors there are; None if nobody knows.
    #[function]
    fn cpu_count(cx: &mut Context) -> Option<i64> {
        let said = cx.interpreter().options.settings.cpu_count;
        if said > 0 {
            return Some(said);
        }
        Some(calls::sysconf(libc::_SC_NPROCESSORS_ONLN)).filter(|count| *count > 0)
    }

    /// The text for the number of an error.
    #[function]
    fn strerror(cx: &mut Context, code: i32) -> Owned {
        StrObject::new(cx, &special::system_error_text(code))
    }

    /// Gives way to other processes.
    #[function]
    fn sched_yield(cx: &mut Context) -> std::io::Result<()> {
        cx.detached(|_| check(calls::sched_yield()).map(drop))
    }
}
