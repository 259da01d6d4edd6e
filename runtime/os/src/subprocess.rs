//! The module `_posixsubprocess`: starting programs in a new process.
//!
//! Between `fork` and `exec` the child calls nothing but the system, unless the program wants a function to run there: other
//! threads may have held any lock.

use crate::path::{FileName, Gid, Uid};
use crate::posix::process::{after_fork, before_fork};
use crate::system::programs::{self, TextList};
use crate::system::{calls, check, done, plainly, text};
use sidewinder_macros::native_module;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{PYTHON_FINALIZATION_ERROR, RUNTIME_ERROR};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value, threads};
use std::ffi::CString;
use std::io;

/// What the child does before it becomes another program.
struct Plan {
    /// Paths to try, in order.
    programs: Vec<CString>,
    arguments: TextList,
    /// The parent's, if there is none.
    environment: Option<TextList>,
    folder: Option<CString>,
    /// Files that become standard input, output and error; -1 for those that stay.
    standard: [i32; 3],
    /// The parent's ends of the pipes.
    foreign: [i32; 4],
    /// Where errors are written to.
    report: i32,
    /// The files that stay open beside the standard ones, in ascending order, if others are closed.
    kept: Vec<i32>,
    close_others: bool,
    restore_signals: bool,
    new_session: bool,
    group_leader: i32,
    groups: Option<Vec<u32>>,
    group: Option<u32>,
    user: Option<u32>,
    mask: i32,
}

/// How far the child came, in the words that `subprocess` knows.
const BEFORE_PROGRAM: &str = "noexec";
const CHANGING_FOLDER: &str = "noexec:chdir";

impl Plan {
    /// Sets the child up. Calls nothing but the system.
    fn prepare(&self) -> std::result::Result<(), (io::Error, &'static str)> {
        let before = |error| (error, BEFORE_PROGRAM);
        for fd in self.kept.iter().filter(|fd| **fd != self.report) {
            inherit(*fd).map_err(before)?;
        }
        for fd in self.foreign.iter().filter(|fd| **fd != -1) {
            done(calls::close(*fd)).map_err(before)?;
        }
        let [input, mut output, mut error] = self.standard;
        // None may be overwritten before it is in its place.
        if output == 0 {
            output = check(calls::dup(output)).map_err(before)?;
        }
        while error == 0 || error == 1 {
            error = check(calls::dup(error)).map_err(before)?;
        }
        for (place, fd) in [(0, input), (1, output), (2, error)] {
            if fd == place {
                inherit(fd).map_err(before)?;
            } else if fd != -1 {
                done(calls::dup2(fd, place)).map_err(before)?;
            }
        }
        if let Some(folder) = &self.folder {
            done(calls::chdir(text(folder))).map_err(|error| (error, CHANGING_FOLDER))?;
        }
        if self.mask >= 0 {
            calls::umask(self.mask as libc::mode_t);
        }
        if self.restore_signals {
            for number in [libc::SIGPIPE, libc::SIGXFSZ] {
                // SAFETY: (system 1) numbers; the default is always allowed.
                unsafe { libc::signal(number, libc::SIG_DFL) };
            }
        }
        if self.new_session {
            done(calls::setsid()).map_err(before)?;
        }
        if self.group_leader >= 0 {
            done(calls::setpgid(0, self.group_leader)).map_err(before)?;
        }
        if let Some(groups) = &self.groups {
            programs::set_groups(groups).map_err(before)?;
        }
        if let Some(group) = self.group {
            done(calls::setregid(group, group)).map_err(before)?;
        }
        if let Some(user) = self.user {
            done(calls::setreuid(user, user)).map_err(before)?;
        }
        Ok(())
    }

    /// Becomes the program; comes back only with an error.
    fn become_program(&self) -> io::Error {
        if self.close_others {
            self.close_unkept();
        }
        let mut first = None;
        let mut last = io::Error::from_raw_os_error(libc::ENOENT);
        for program in &self.programs {
            last = match &self.environment {
                Some(environment) => programs::execve(program, &self.arguments, environment),
                None => programs::execv(program, &self.arguments),
            };
            let missing = matches!(last.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR));
            if !missing && first.is_none() {
                first = last.raw_os_error();
            }
        }
        first.map_or(last, io::Error::from_raw_os_error)
    }

    fn close_unkept(&self) {
        let mut next = 3;
        for fd in self.kept.iter().copied().filter(|fd| *fd >= 3) {
            close_from(next, fd as i64 - 1);
            next = fd as i64 + 1;
        }
        close_from(next, u32::MAX as i64);
    }
}

/// Closes the files from `first` to `last`.
fn close_from(first: i64, last: i64) {
    if first > last {
        return;
    }
    // SAFETY: (system 1) numbers.
    let status = unsafe { libc::syscall(libc::SYS_close_range, first as u32, last as u32, 0) };
    if status != 0 {
        let open = calls::sysconf(libc::_SC_OPEN_MAX).max(256);
        (first..=last.min(open)).for_each(|fd| drop(done(calls::close(fd as i32))));
    }
}

/// Lets the program that the child becomes have a file.
fn inherit(fd: i32) -> io::Result<()> {
    let flags = calls::control(fd, libc::F_GETFD, 0)?;
    calls::control(fd, libc::F_SETFD, (flags & !libc::FD_CLOEXEC) as i64).map(drop)
}

/// Tells the parent what went wrong: `kind:number in hexadecimal:words`.
fn tell(report: i32, kind: &str, number: i32, words: &str) -> ! {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut line = [0u8; 80];
    let mut length = 0;
    let mut push = |bytes: &[u8]| {
        let room = &mut line[length..];
        let count = bytes.len().min(room.len());
        room[..count].copy_from_slice(&bytes[..count]);
        length += count;
    };
    push(kind.as_bytes());
    push(b":");
    let digits = (u32::BITS - (number as u32 | 1).leading_zeros()).div_ceil(4);
    for place in (0..digits).rev() {
        push(&[DIGITS[(number as u32 >> (4 * place)) as usize & 15]]);
    }
    push(b":");
    push(words.as_bytes());
    // Nobody is left to be told of an error here.
    let _ = calls::write(report, &line[..length]);
    programs::exit(255)
}

/// Bytes in a sequence of them.
fn bytes_list(cx: &mut Context, value: Value) -> Result<Vec<CString>> {
    subscript::length(cx, value)?;
    let mut texts = Vec::new();
    for item in iterate::collect(cx, value)? {
        let Some(bytes) = item.value().cast::<BytesObject>() else {
            let found = item.value().type_of().name();
            return Err(cx.type_error(format!("expected bytes, {found} found")));
        };
        texts.push(CString::new(bytes.as_slice()).map_err(|_| cx.value_error("embedded null byte"))?);
    }
    Ok(texts)
}

/// Descriptors in a tuple, which must be in ascending order.
fn descriptors(cx: &mut Context, value: &TupleObject) -> Result<Vec<i32>> {
    let mut fds: Vec<i32> = Vec::new();
    for item in value.as_slice() {
        match int::as_i64(*item).map(i32::try_from) {
            Some(Ok(fd)) if fd >= 0 && fds.last().is_none_or(|last| *last < fd) => fds.push(fd),
            _ => return Err(cx.value_error("bad value(s) in fds_to_keep")),
        }
    }
    Ok(fds)
}

fn group_numbers(cx: &mut Context, value: Value) -> Result<Option<Vec<u32>>> {
    if value == singleton::none() {
        return Ok(None);
    }
    if value.type_of().slots().get_item.is_none() {
        return Err(cx.type_error("setgroups argument must be a sequence"));
    }
    let mut groups = Vec::new();
    for item in iterate::collect(cx, value)? {
        if !int::is_int_like(item.value()) {
            return Err(cx.type_error("extra_groups must be integers"));
        }
        match Gid::of(cx, item.value()) {
            Ok(group) => groups.push(group.0),
            Err(_) => {
                drop(cx.take_pending());
                return Err(cx.value_error("invalid group id"));
            }
        }
    }
    Ok(Some(groups))
}

/// The child of a fork without a function of the program's.
fn fork_plainly(plan: &Plan) -> io::Result<i32> {
    // SAFETY: (system 1) the child calls nothing but the system until it becomes another program or ends.
    let process = check(unsafe { libc::fork() })?;
    if process == 0 {
        if let Err((error, words)) = plan.prepare() {
            tell(plan.report, "OSError", error.raw_os_error().unwrap_or_default(), words);
        }
        let error = plan.become_program();
        tell(plan.report, "OSError", error.raw_os_error().unwrap_or_default(), "");
    }
    Ok(process)
}

/// The child of a fork that calls a function of the program's.
fn fork_with_function(cx: &mut Context, plan: &Plan, function: Value) -> io::Result<i32> {
    before_fork(cx);
    let outcome = threads::fork(cx);
    if !matches!(outcome, Ok(0)) {
        after_fork(cx, false);
        return outcome;
    }
    after_fork(cx, true);
    if let Err((error, words)) = plan.prepare() {
        tell(plan.report, "OSError", error.raw_os_error().unwrap_or_default(), words);
    }
    if call::call(cx, function, &[]).is_err() {
        tell(plan.report, "SubprocessError", 0, "Exception occurred in preexec_fn.");
    }
    let error = plan.become_program();
    tell(plan.report, "OSError", error.raw_os_error().unwrap_or_default(), "");
}

/// Starting programs in a new process. Programs use the module `subprocess`.
#[native_module("_posixsubprocess")]
mod rows {
    use super::*;

    /// Starts a program in a new process, whose number it returns. What goes wrong in the child is written to a pipe.
    #[function]
    #[allow(clippy::too_many_arguments)]
    fn fork_exec(
        cx: &mut Context,
        args: Value,
        executable_list: Value,
        close_fds: bool,
        pass_fds: &TupleObject,
        cwd: Value,
        env: Value,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: Value,
        extra_groups: Value,
        uid: Value,
        child_umask: i32,
        preexec_fn: Value,
    ) -> Result<i32> {
        let none = singleton::none();
        if close_fds && errpipe_write < 3 {
            return Err(cx.value_error("errpipe_write must be >= 3"));
        }
        if preexec_fn != none && cx.interpreter().ending {
            return Err(cx.raise(&PYTHON_FINALIZATION_ERROR, "preexec_fn not supported at interpreter shutdown"));
        }
        if preexec_fn != none && cx.member().id != 0 {
            return Err(cx.raise(&RUNTIME_ERROR, "preexec_fn not supported within subinterpreters"));
        }
        let kept = descriptors(cx, pass_fds)?;
        let programs = bytes_list(cx, executable_list)?;
        if args.type_of().slots().iter.is_none() && args.type_of().slots().get_item.is_none() {
            return Err(cx.type_error("argv must be a tuple"));
        }
        let mut arguments = Vec::new();
        for item in iterate::collect(cx, args)? {
            arguments.push(FileName::of(cx, item.value())?.0);
        }
        let environment = if env == none { None } else { Some(TextList::new(bytes_list(cx, env)?)) };
        let folder = if cwd == none { None } else { Some(FileName::of(cx, cwd)?.0) };
        let groups = group_numbers(cx, extra_groups)?;
        let group = if gid == none { None } else { Some(Gid::of(cx, gid)?.0) };
        let user = if uid == none { None } else { Some(Uid::of(cx, uid)?.0) };
        let plan = Plan {
            programs,
            arguments: TextList::new(arguments),
            environment,
            folder,
            standard: [p2cread, c2pwrite, errwrite],
            foreign: [p2cwrite, c2pread, errread, errpipe_read],
            report: errpipe_write,
            kept,
            close_others: close_fds,
            restore_signals,
            new_session: call_setsid,
            group_leader: pgid_to_set,
            groups,
            group,
            user,
            mask: child_umask,
        };
        let outcome = if preexec_fn == none {
            fork_plainly(&plan)
        } else {
            let function = Owned::new(preexec_fn);
            fork_with_function(cx, &plan, function.value())
        };
        plainly(cx, Ok(outcome))
    }
}
