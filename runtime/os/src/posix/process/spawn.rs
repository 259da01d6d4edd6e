//! `posix_spawn`: starting a program by one call of the system.

use super::{argument_list, environment_list};
use crate::path::{FileName, Path};
use crate::signal::sets::SignalSet;
use crate::system::programs::TextList;
use crate::system::{Zeroed, numbered, raise_named};
use sidewinder_macros::native_functions;
use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton, struct_sequence, tuple};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Context, Result, Value};
use std::ffi::CString;
use std::io;

/// What happens to a file in the child.
enum Action {
    Open { fd: i32, path: CString, flags: i32, mode: u32 },
    Close { fd: i32 },
    Copy { fd: i32, to: i32 },
    CloseFrom { fd: i32 },
}

/// Their numbers in Python.
const OPEN: i64 = 0;
const CLOSE: i64 = 1;
const COPY: i64 = 2;
const CLOSE_FROM: i64 = 3;

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        first: libc::c_int,
    ) -> libc::c_int;
}

fn number(cx: &mut Context, value: Value) -> Result<i32> {
    let number = convert::index(cx, value)?;
    match int::as_i64(number.value()).map(i32::try_from) {
        Some(Ok(number)) => Ok(number),
        _ => Err(cx.overflow_error("Python int too large to convert to C int")),
    }
}

impl Action {
    fn of(cx: &mut Context, value: Value) -> Result<Action> {
        let parts = value.cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
        let Some((tag, rest)) = parts.split_first() else {
            return Err(cx.type_error("Each file_actions element must be a non-empty tuple"));
        };
        let tag = number(cx, *tag)? as i64;
        match (tag, rest) {
            (OPEN, [fd, path, flags, mode]) => Ok(Action::Open {
                fd: number(cx, *fd)?,
                path: FileName::of(cx, *path)?.0,
                flags: number(cx, *flags)?,
                mode: number(cx, *mode)? as u32,
            }),
            (OPEN, _) => Err(cx.type_error("A open file_action tuple must have 5 elements")),
            (CLOSE, [fd]) => Ok(Action::Close { fd: number(cx, *fd)? }),
            (CLOSE, _) => Err(cx.type_error("A close file_action tuple must have 2 elements")),
            (COPY, [fd, to]) => Ok(Action::Copy { fd: number(cx, *fd)?, to: number(cx, *to)? }),
            (COPY, _) => Err(cx.type_error("A dup2 file_action tuple must have 3 elements")),
            (CLOSE_FROM, [fd]) => Ok(Action::CloseFrom { fd: number(cx, *fd)? }),
            (CLOSE_FROM, _) => Err(cx.type_error("A closefrom file_action tuple must have 2 elements")),
            _ => Err(cx.type_error("Unknown file_actions identifier")),
        }
    }
}

/// What the child is started with.
struct Request {
    arguments: TextList,
    environment: Option<TextList>,
    actions: Vec<Action>,
    group: Option<i32>,
    reset_ids: bool,
    new_session: bool,
    mask: Option<libc::sigset_t>,
    defaults: Option<libc::sigset_t>,
    scheduler: Option<(Option<i32>, libc::sched_param)>,
}

impl Request {
    fn run(&self, path: &CString, search: bool) -> io::Result<i32> {
        let mut actions = libc::posix_spawn_file_actions_t::zeroed();
        let mut attributes = libc::posix_spawnattr_t::zeroed();
        let mut process = 0;
        // SAFETY: (system 1) the structures are made before and destroyed after; texts and lists live through the call.
        unsafe {
            numbered(libc::posix_spawn_file_actions_init(&mut actions))?;
            numbered(libc::posix_spawnattr_init(&mut attributes))?;
            let outcome = self.fill(&mut actions, &mut attributes).and_then(|()| {
                let spawn = if search { libc::posix_spawnp } else { libc::posix_spawn };
                let environment = self.environment.as_ref().map_or(own_environment(), TextList::as_ptr);
                numbered(spawn(
                    &mut process,
                    path.as_ptr(),
                    &actions,
                    &attributes,
                    self.arguments.as_ptr().cast(),
                    environment.cast(),
                ))
            });
            libc::posix_spawn_file_actions_destroy(&mut actions);
            libc::posix_spawnattr_destroy(&mut attributes);
            outcome.map(|()| process)
        }
    }

    fn fill(
        &self,
        actions: &mut libc::posix_spawn_file_actions_t,
        attributes: &mut libc::posix_spawnattr_t,
    ) -> io::Result<()> {
        let mut flags = 0;
        // SAFETY: (system 1) both structures were made; what is passed lives through the calls.
        unsafe {
            for action in &self.actions {
                numbered(match action {
                    Action::Open { fd, path, flags, mode } => {
                        libc::posix_spawn_file_actions_addopen(actions, *fd, path.as_ptr(), *flags, *mode)
                    }
                    Action::Close { fd } => libc::posix_spawn_file_actions_addclose(actions, *fd),
                    Action::Copy { fd, to } => libc::posix_spawn_file_actions_adddup2(actions, *fd, *to),
                    Action::CloseFrom { fd } => posix_spawn_file_actions_addclosefrom_np(actions, *fd),
                })?;
            }
            if let Some(group) = self.group {
                numbered(libc::posix_spawnattr_setpgroup(attributes, group))?;
                flags |= libc::POSIX_SPAWN_SETPGROUP;
            }
            if self.reset_ids {
                flags |= libc::POSIX_SPAWN_RESETIDS;
            }
            if self.new_session {
                flags |= libc::POSIX_SPAWN_SETSID as i32;
            }
            if let Some(mask) = &self.mask {
                numbered(libc::posix_spawnattr_setsigmask(attributes, mask))?;
                flags |= libc::POSIX_SPAWN_SETSIGMASK;
            }
            if let Some(defaults) = &self.defaults {
                numbered(libc::posix_spawnattr_setsigdefault(attributes, defaults))?;
                flags |= libc::POSIX_SPAWN_SETSIGDEF;
            }
            if let Some((policy, parameter)) = &self.scheduler {
                if let Some(policy) = policy {
                    numbered(libc::posix_spawnattr_setschedpolicy(attributes, *policy))?;
                    flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                }
                numbered(libc::posix_spawnattr_setschedparam(attributes, parameter))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            }
            numbered(libc::posix_spawnattr_setflags(attributes, flags as libc::c_short))
        }
    }
}

/// The process's own environment.
fn own_environment() -> *const *const libc::c_char {
    unsafe extern "C" {
        static environ: *const *const libc::c_char;
    }
    // SAFETY: (system 1) the C library's variable; the GIL is held, as by all who change the environment.
    unsafe { environ }
}

/// A set of signals, unless there are none.
fn signals(cx: &mut Context, value: Option<Value>) -> Result<Option<libc::sigset_t>> {
    match value {
        Some(value) => SignalSet::of(cx, value).map(|set| Some(set.0)),
        None => Ok(None),
    }
}

fn scheduler(cx: &mut Context, value: Option<Value>) -> Result<Option<(Option<i32>, libc::sched_param)>> {
    let Some(value) = value.filter(|value| *value != singleton::none()) else { return Ok(None) };
    let parts = value.cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
    let [policy, parameter] = *parts else {
        return Err(cx.type_error("A scheduler tuple must have two elements"));
    };
    let policy = if policy == singleton::none() { None } else { Some(number(cx, policy)?) };
    let Some(items) = struct_sequence::owned_items(parameter, &super::schedule::SCHED_PARAM) else {
        return Err(cx.type_error("must have a sched_param object"));
    };
    let priority = number(cx, items[0].value())?;
    Ok(Some((policy, libc::sched_param { sched_priority: priority })))
}

#[allow(clippy::too_many_arguments)]
fn spawn(
    cx: &mut Context,
    search: bool,
    path: Path,
    argv: Value,
    env: Value,
    file_actions: Value,
    setpgroup: Option<i32>,
    resetids: bool,
    setsid: bool,
    setsigmask: Option<Value>,
    setsigdef: Option<Value>,
    scheduler_: Option<Value>,
) -> Result<i32> {
    let function = if search { "posix_spawnp" } else { "posix_spawn" };
    let arguments = argument_list(cx, &format!("{function}: argv"), argv)?;
    let environment = if env == singleton::none() { None } else { Some(environment_list(cx, function, env)?) };
    let mut actions = Vec::new();
    if file_actions != singleton::none() {
        if file_actions.type_of().slots().get_item.is_none() {
            return Err(cx.type_error("file_actions must be a sequence or None"));
        }
        for item in iterate::collect(cx, file_actions)? {
            actions.push(Action::of(cx, item.value())?);
        }
    }
    let request = Request {
        arguments,
        environment,
        actions,
        group: setpgroup,
        reset_ids: resetids,
        new_session: setsid,
        mask: signals(cx, setsigmask)?,
        defaults: signals(cx, setsigdef)?,
        scheduler: scheduler(cx, scheduler_)?,
    };
    request.run(&path.name, search).map_err(|error| raise_named(cx, &error, path.value()))
}

#[native_functions]
pub mod rows {
    use super::*;

    /// Starts a program in a new process, whose number it returns. file_actions says what happens to files: tuples of
    /// POSIX_SPAWN_OPEN, POSIX_SPAWN_CLOSE, POSIX_SPAWN_DUP2 or POSIX_SPAWN_CLOSEFROM with their arguments.
    #[function]
    #[allow(clippy::too_many_arguments)]
    fn posix_spawn(
        cx: &mut Context,
        path: Path,
        argv: Value,
        env: Value,
        #[keyword]
        #[default(tuple::empty(), "()")]
        file_actions: Value,
        #[default(None)] setpgroup: Option<i32>,
        #[default(false)] resetids: bool,
        #[default(false)] setsid: bool,
        #[default(Given(None), "()")] setsigmask: Given<Value>,
        #[default(Given(None), "()")] setsigdef: Given<Value>,
        #[default(None)] scheduler: Option<Value>,
    ) -> Result<i32> {
        let (mask, defaults) = (setsigmask.0, setsigdef.0);
        spawn(cx, false, path, argv, env, file_actions, setpgroup, resetids, setsid, mask, defaults, scheduler)
    }

    /// Starts a program as posix_spawn() does; it is looked for in the folders of the variable PATH.
    #[function]
    #[allow(clippy::too_many_arguments)]
    fn posix_spawnp(
        cx: &mut Context,
        path: Path,
        argv: Value,
        env: Value,
        #[keyword]
        #[default(tuple::empty(), "()")]
        file_actions: Value,
        #[default(None)] setpgroup: Option<i32>,
        #[default(false)] resetids: bool,
        #[default(false)] setsid: bool,
        #[default(Given(None), "()")] setsigmask: Given<Value>,
        #[default(Given(None), "()")] setsigdef: Given<Value>,
        #[default(None)] scheduler: Option<Value>,
    ) -> Result<i32> {
        let (mask, defaults) = (setsigmask.0, setsigdef.0);
        spawn(cx, true, path, argv, env, file_actions, setpgroup, resetids, setsid, mask, defaults, scheduler)
    }
}
