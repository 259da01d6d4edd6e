//! Waiting for children, and what their status says.

use crate::path::Uid;
use crate::system::{Zeroed, calls, check, done, plainly};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::IntoObject;
use sidewinder_runtime::objects::exception::IMPORT_ERROR;
use sidewinder_runtime::objects::{float, int};
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Result, struct_sequence};
use std::io;

struct_sequence! {
    /// What waitid() knows of a child.
    WAITID_RESULT = "posix.waitid_result" shows 5 {
        0 "si_pid", 1 "si_uid", 2 "si_signo", 3 "si_status", 4 "si_code"
    }
}

/// What the system says of the resources that a process has used: an object of the module `resource`.
fn resource_usage(cx: &mut Context, usage: &libc::rusage) -> Result<Owned> {
    let module = sidewinder_runtime::operations::import::module(cx, "resource")?;
    let Some(kind) = attribute::get_text_optional(cx, module.value(), "struct_rusage")? else {
        return Err(cx.raise(&IMPORT_ERROR, "resource has no struct_rusage"));
    };
    let items = usage_items(cx, usage);
    let items = sidewinder_runtime::objects::tuple::TupleObject::from_owned(cx, items);
    call::call(cx, kind.value(), &[items.value()])
}

/// The items of a `struct_rusage`.
pub fn usage_items(cx: &mut Context, usage: &libc::rusage) -> Vec<Owned> {
    let mut items = Vec::new();
    for time in [usage.ru_utime, usage.ru_stime] {
        items.push(float::from_f64(cx, time.tv_sec as f64 + time.tv_usec as f64 * 0.000001));
    }
    let counts = [
        usage.ru_maxrss,
        usage.ru_ixrss,
        usage.ru_idrss,
        usage.ru_isrss,
        usage.ru_minflt,
        usage.ru_majflt,
        usage.ru_nswap,
        usage.ru_inblock,
        usage.ru_oublock,
        usage.ru_msgsnd,
        usage.ru_msgrcv,
        usage.ru_nsignals,
        usage.ru_nvcsw,
        usage.ru_nivcsw,
    ];
    items.extend(counts.map(|count| int::from_i64(cx, count)));
    items
}

/// `wait4`, made again after signals.
fn wait_with_usage(cx: &mut Context, process: i32, options: i32) -> Result<(i32, i32, Owned)> {
    let outcome = cx.interruptible(|_| {
        let (mut status, mut usage) = (0, libc::rusage::zeroed());
        check(calls::wait4(process, &mut status, options, &mut usage)).map(|process| (process, status, usage))
    });
    let (process, status, usage) = plainly(cx, outcome)?;
    let usage = resource_usage(cx, &usage)?;
    Ok((process, status, usage))
}

fn wait_for(cx: &mut Context, process: i32, options: i32) -> Result<io::Result<(i32, i32)>> {
    cx.interruptible(|_| {
        let mut status = 0;
        check(calls::waitpid(process, &mut status, options)).map(|process| (process, status))
    })
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Waits for a child to end: its number and its status.
    #[function]
    fn wait(cx: &mut Context) -> Result<io::Result<(i32, i32)>> {
        wait_for(cx, -1, 0)
    }

    /// Waits for a certain child, or for any: its number and its status. With WNOHANG, the number is 0 if none has ended.
    #[function]
    fn waitpid(cx: &mut Context, pid: i32, options: i32) -> Result<io::Result<(i32, i32)>> {
        wait_for(cx, pid, options)
    }

    /// Waits for any child: its number, its status, and what it has used.
    #[function]
    fn wait3(cx: &mut Context, #[named] options: i32) -> Result<(i32, i32, Owned)> {
        wait_with_usage(cx, -1, options)
    }

    /// Waits for a certain child: its number, its status, and what it has used.
    #[function]
    fn wait4(cx: &mut Context, #[named] pid: i32, options: i32) -> Result<(i32, i32, Owned)> {
        wait_with_usage(cx, pid, options)
    }

    /// Waits for a change of a child or of children in a group; what has changed, or None if nothing has with WNOHANG.
    #[function]
    fn waitid(cx: &mut Context, idtype: i32, id: i32, options: i32) -> Result<Option<Owned>> {
        let outcome = cx.interruptible(|_| {
            let mut found = libc::siginfo_t::zeroed();
            let status = calls::waitid(idtype as libc::idtype_t, id as libc::id_t, &mut found, options);
            // SAFETY: (system 1) for a change of a child, the structure holds these.
            done(status)
                .map(|()| unsafe { (found.si_pid(), found.si_uid(), found.si_signo, found.si_status(), found.si_code) })
        });
        let (process, user, signal, status, code) = plainly(cx, outcome)?;
        if process == 0 {
            return Ok(None);
        }
        let items = vec![
            process.into_object(cx),
            Uid(user).into_object(cx),
            signal.into_object(cx),
            status.into_object(cx),
            code.into_object(cx),
        ];
        WAITID_RESULT.make(cx, items).map(Some)
    }

    /// Whether the child that ended has left a core dump.
    #[function(name = "WCOREDUMP")]
    fn dumped_core(status: i32) -> bool {
        libc::WCOREDUMP(status)
    }

    /// Whether the child goes on after a stop.
    #[function(name = "WIFCONTINUED")]
    fn continued(#[named] status: i32) -> bool {
        libc::WIFCONTINUED(status)
    }

    /// Whether the child was stopped.
    #[function(name = "WIFSTOPPED")]
    fn stopped(#[named] status: i32) -> bool {
        libc::WIFSTOPPED(status)
    }

    /// Whether a signal has ended the child.
    #[function(name = "WIFSIGNALED")]
    fn signaled(#[named] status: i32) -> bool {
        libc::WIFSIGNALED(status)
    }

    /// Whether the child has ended by itself.
    #[function(name = "WIFEXITED")]
    fn exited(#[named] status: i32) -> bool {
        libc::WIFEXITED(status)
    }

    /// The number with which the child has ended.
    #[function(name = "WEXITSTATUS")]
    fn exit_status(#[named] status: i32) -> i32 {
        libc::WEXITSTATUS(status)
    }

    /// The signal that has ended the child.
    #[function(name = "WTERMSIG")]
    fn ending_signal(#[named] status: i32) -> i32 {
        libc::WTERMSIG(status)
    }

    /// The signal that has stopped the child.
    #[function(name = "WSTOPSIG")]
    fn stopping_signal(#[named] status: i32) -> i32 {
        libc::WSTOPSIG(status)
    }

    /// The exit code of a status: what the child has ended with, or minus the signal that has ended it.
    #[function]
    fn waitstatus_to_exitcode(cx: &mut Context, #[named] status: i32) -> Result<i32> {
        if libc::WIFEXITED(status) {
            return Ok(libc::WEXITSTATUS(status));
        }
        if libc::WIFSIGNALED(status) {
            return Ok(-libc::WTERMSIG(status));
        }
        if libc::WIFSTOPPED(status) {
            let signal = libc::WSTOPSIG(status);
            return Err(cx.value_error(format!("process stopped by delivery of signal {signal}")));
        }
        Err(cx.value_error(format!("invalid wait status: {status}")))
    }
}
