//! Processes: who this one is, its children, other programs, signals to others.

pub mod identity;
pub mod schedule;
pub mod spawn;
pub mod wait;

use crate::path::{FileName, Path, PathOrFd, Target};
use crate::system::programs::{self, TextList};
use crate::system::{calls, done, plainly, raise_named, text};
use crate::warning::warn;
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::exception::{DEPRECATION_WARNING, RUNTIME_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, finalize, iterate, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value, signals, threads};
use std::ffi::CString;
use std::io;

/// The program's functions around `fork`.
pub fn run_hooks(cx: &mut Context, hooks: Vec<Owned>) {
    for hook in hooks {
        if call::call(cx, hook.value(), &[]).is_err() {
            finalize::report_unraisable(cx, "in fork hook", hook.value());
        }
    }
}

/// What runs before a fork: the last that was registered comes first.
pub fn before_fork(cx: &mut Context) {
    let mut hooks = cx.interpreter().fork_hooks.before.clone();
    hooks.reverse();
    run_hooks(cx, hooks);
}

/// What runs after a fork, in the child or in the parent.
pub fn after_fork(cx: &mut Context, in_child: bool) {
    let hooks = &cx.interpreter().fork_hooks;
    let hooks = if in_child { hooks.after_in_child.clone() } else { hooks.after_in_parent.clone() };
    run_hooks(cx, hooks);
}

/// Warns after a fork with threads, which may leave locks taken for ever in the child.
fn warn_about_threads(cx: &mut Context, threads: usize, name: &str) -> Result<()> {
    if threads == 0 {
        return Ok(());
    }
    let process = calls::getpid();
    let message =
        format!("This process (pid={process}) is multi-threaded, use of {name}() may lead to deadlocks in the child.");
    warn(cx, &DEPRECATION_WARNING, &message, 1)
}

/// `fork`, with the program's functions around it.
pub fn fork_with(
    cx: &mut Context,
    name: &str,
    fork: impl FnOnce(&mut Context) -> io::Result<i32>,
) -> Result<io::Result<i32>> {
    let threads = threads::count(cx);
    before_fork(cx);
    let outcome = fork(cx);
    let in_child = matches!(outcome, Ok(0));
    after_fork(cx, in_child);
    if outcome.is_ok() && !in_child {
        warn_about_threads(cx, threads, name)?;
    }
    Ok(outcome)
}

/// Whether the interpreter may replace the program.
fn check_exec(cx: &mut Context) -> Result<()> {
    if cx.member().config.allow_exec {
        return Ok(());
    }
    Err(cx.raise(&RUNTIME_ERROR, "exec not supported for isolated subinterpreters"))
}

/// The arguments of a program: a tuple or list of names.
pub fn argument_list(cx: &mut Context, function: &str, value: Value) -> Result<TextList> {
    if value.cast::<TupleObject>().is_none() && value.cast::<ListObject>().is_none() {
        return Err(cx.type_error(format!("{function} must be a tuple or list")));
    }
    let items = iterate::collect(cx, value)?;
    if items.is_empty() {
        return Err(cx.value_error(format!("{function} must not be empty")));
    }
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        texts.push(FileName::of(cx, item.value())?.0);
    }
    if texts[0].is_empty() {
        return Err(cx.value_error(format!("{function} first element cannot be empty")));
    }
    Ok(TextList::new(texts))
}

/// The environment of a program: a mapping of names.
pub fn environment_list(cx: &mut Context, function: &str, value: Value) -> Result<TextList> {
    if value.type_of().slots().get_item.is_none() {
        let or_none = if function.starts_with("posix_spawn") { " or None" } else { "" };
        return Err(cx.type_error(format!("{function}: environment must be a mapping object{or_none}")));
    }
    let keys = call::call_method(cx, value, "keys", &[])?;
    let mut texts = Vec::new();
    for key in iterate::collect(cx, keys.value())? {
        let item = subscript::get_item(cx, value, key.value())?;
        let name = FileName::of(cx, key.value())?.0.into_bytes();
        let item = FileName::of(cx, item.value())?.0.into_bytes();
        if name.is_empty() || name[1..].contains(&b'=') {
            return Err(cx.value_error("illegal environment variable name"));
        }
        let whole = [name, item].join(&b'=');
        texts.push(CString::new(whole).map_err(|_| cx.value_error("embedded null byte"))?);
    }
    Ok(TextList::new(texts))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Ends the process at once: nothing is flushed, no function at exit runs.
    #[function(name = "_exit")]
    fn exit(#[named] status: i32) {
        programs::exit(status)
    }

    /// Ends the process by SIGABRT.
    #[function]
    fn abort() {
        std::process::abort()
    }

    /// Replaces the program by that of a path, with these arguments.
    #[function]
    fn execv(cx: &mut Context, path: Path, argv: Value) -> Result<()> {
        check_exec(cx)?;
        let arguments = argument_list(cx, "execv() arg 2", argv)?;
        let error = programs::execv(&path.name, &arguments);
        Err(crate::system::raise(cx, &error))
    }

    /// Replaces the program by that of a path or a descriptor, with these arguments and this environment.
    #[function]
    fn execve(cx: &mut Context, #[named] path: PathOrFd, argv: Value, env: Value) -> Result<()> {
        check_exec(cx)?;
        let arguments = argument_list(cx, "execve: argv", argv)?;
        let environment = environment_list(cx, "execve", env)?;
        let error = match &path.target {
            Target::Name(name) => programs::execve(name, &arguments, &environment),
            Target::Fd(fd) => programs::fexecve(*fd, &arguments, &environment),
        };
        Err(raise_named(cx, &error, path.value()))
    }

    /// Copies the process: the child's number in the parent, 0 in the child.
    #[function]
    fn fork(cx: &mut Context) -> Result<io::Result<i32>> {
        if !cx.member().config.allow_fork {
            return Err(cx.raise(&RUNTIME_ERROR, "fork not supported for isolated subinterpreters"));
        }
        fork_with(cx, "fork", threads::fork)
    }

    /// As fork(), in a child that has a new pseudo-terminal: the child's number and the terminal's controlling end.
    #[function]
    fn forkpty(cx: &mut Context) -> Result<(i32, i32)> {
        if cx.member().id != 0 {
            return Err(cx.raise(&RUNTIME_ERROR, "fork not supported for subinterpreters"));
        }
        let pair = super::super::terminal::open_pair();
        let (master, slave) = plainly(cx, Ok(pair))?;
        let outcome = fork_with(cx, "forkpty", threads::fork)?;
        let process = match outcome {
            Ok(process) => process,
            Err(error) => {
                calls::close(master);
                calls::close(slave);
                return plainly(cx, Ok(Err(error)));
            }
        };
        if process == 0 {
            calls::close(master);
            calls::login_tty(slave);
            return Ok((0, -1));
        }
        calls::close(slave);
        Ok((process, master))
    }

    /// Registers functions that run around fork(): before it (the last registered first), and after it in the child and
    /// in the parent.
    #[function]
    fn register_at_fork(
        cx: &mut Context,
        #[keyword]
        #[default(Given(None), "<unrepresentable>")]
        before: Given<Value>,
        #[default(Given(None), "<unrepresentable>")] after_in_child: Given<Value>,
        #[default(Given(None), "<unrepresentable>")] after_in_parent: Given<Value>,
    ) -> Result<()> {
        let given =
            [("before", before.0), ("after_in_child", after_in_child.0), ("after_in_parent", after_in_parent.0)];
        if given.iter().all(|(_, hook)| hook.is_none()) {
            return Err(cx.type_error("At least one argument is required."));
        }
        for (name, hook) in given {
            if let Some(hook) = hook.filter(|hook| hook.type_of().slots().call.is_none()) {
                let found = hook.type_of().name();
                return Err(cx.type_error(format!("'{name}' must be callable, not {found}")));
            }
        }
        let hooks = &mut cx.interpreter().fork_hooks;
        let lists = [&mut hooks.before, &mut hooks.after_in_child, &mut hooks.after_in_parent];
        for (list, (_, hook)) in lists.into_iter().zip(given) {
            list.extend(hook.map(Owned::new));
        }
        Ok(())
    }

    /// Sends a signal to a process.
    #[function]
    fn kill(cx: &mut Context, pid: i32, signal: i32) -> Result<io::Result<()>> {
        let outcome = done(calls::kill(pid, signal));
        // One to this process runs its handler now.
        signals::check(cx)?;
        Ok(outcome)
    }

    /// Sends a signal to a process group.
    #[function]
    fn killpg(cx: &mut Context, pgid: i32, signal: i32) -> Result<io::Result<()>> {
        let outcome = done(calls::killpg(pgid, signal));
        signals::check(cx)?;
        Ok(outcome)
    }

    /// Runs a command in the shell and waits; the status in which it ended, as wait() gives it.
    #[function]
    fn system(cx: &mut Context, #[named] command: FileName) -> i32 {
        let command = &command.0;
        cx.detached(|_| calls::system(text(command)))
    }

    /// A descriptor that stands for a process.
    #[function]
    fn pidfd_open(#[named] pid: i32, #[default(0)] flags: u32) -> io::Result<i32> {
        calls::pidfd_open(pid, flags)
    }

    /// Leaves namespaces that the process shares with others: CLONE_* flags.
    #[function]
    fn unshare(#[named] flags: i32) -> io::Result<()> {
        done(calls::unshare(flags))
    }

    /// Enters a namespace, which an open file stands for.
    #[function]
    fn setns(#[named] fd: crate::path::Fd, #[default(0)] nstype: i32) -> io::Result<()> {
        done(calls::setns(fd.0, nstype))
    }
}
