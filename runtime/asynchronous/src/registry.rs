//! Which loop and which task run on a thread, and which tasks there are.

use crate::future::{self, Future};
use crate::python::{self, shown};
use crate::task::Task;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::owned;
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::set::{FROZENSET, SetObject, operations};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::weak::{self, WEAK_REFERENCE};
use sidewinder_runtime::objects::{dict, singleton};
use sidewinder_runtime::operations::{call, import, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// The tasks that there are.
#[derive(Default)]
pub struct Tasks {
    /// Weak references to tasks of the native type, by their numbers, so in the order of their creation.
    own: RefCell<BTreeMap<u64, Owned>>,
    numbers: Cell<u64>,
    /// A `weakref.WeakSet` of other tasks that a loop has scheduled.
    others: Cell<Option<Owned>>,
    /// Those of them that run eagerly, by identity.
    eager: RefCell<Vec<Owned>>,
    /// Numbers that were given to tasks for their names.
    names: Cell<u64>,
}

impl Tasks {
    /// A task of the native type is gone.
    pub fn forget(&self, number: u64) {
        // What is released may be the last of other tasks' references.
        let removed = self.own.borrow_mut().remove(&number);
        drop(removed);
    }

    /// The number for the next task's name.
    pub fn next_name(&self) -> u64 {
        self.names.set(self.names.get() + 1);
        self.names.get()
    }

    fn others(&self, cx: &mut Context) -> Result<Owned> {
        let held = self.others.take();
        let others = match held {
            Some(held) => held,
            None => {
                let module = import::module(cx, "weakref")?;
                call::call_method(cx, module.value(), "WeakSet", &[])?
            }
        };
        self.others.set(Some(others.clone()));
        Ok(others)
    }
}

/// What runs on a thread. It is kept by the thread's dict.
#[native_type("_asyncio._Running")]
#[derive(Traverse, Default)]
pub struct Running {
    event_loop: Field,
    task: Field,
    /// The process in which that was said.
    process: Cell<u32>,
}

#[methods]
impl Running {}

/// What runs on the threads that ever had a loop.
#[derive(Default)]
struct Threads(RefCell<Vec<Owned>>);

/// Where a thread's dict has it.
const KEY: &str = "_asyncio running";

/// What runs on this thread, if it ever had a loop.
fn here(cx: &mut Context) -> Option<Owned> {
    let own = cx.thread_dict();
    dict::of(own.value()).get_text(cx, KEY).map(Owned::new)
}

fn here_or_new(cx: &mut Context) -> Result<Owned> {
    if let Some(found) = here(cx) {
        return Ok(found);
    }
    let made = NativeObject::new(cx, Running::default())?;
    let own = cx.thread_dict();
    dict::of(own.value()).set_text(cx, KEY, made.value());
    let threads = cx.state::<Threads>();
    // Of threads that have ended, nobody else keeps it.
    let ended: Vec<Owned> =
        threads.0.borrow_mut().extract_if(.., |running| owned::count(running.value()) == Some(1)).collect();
    drop(ended);
    threads.0.borrow_mut().push(made.clone());
    Ok(made)
}

fn of(running: &Owned) -> Option<&Running> {
    running.value().cast::<NativeObject<Running>>().map(|running| &**running)
}

/// The loop that runs on this thread.
pub fn running_loop(cx: &mut Context) -> Option<Owned> {
    here(cx).as_ref().and_then(of).and_then(|running| running.event_loop.get())
}

/// As `running_loop`, but there must be one.
pub fn require_running_loop(cx: &mut Context) -> Result<Owned> {
    match running_loop(cx) {
        Some(found) => Ok(found),
        None => Err(cx.raise(&RUNTIME_ERROR, "no running event loop")),
    }
}

/// Says which loop runs on this thread; `None` for no one.
pub fn set_running_loop(cx: &mut Context, event_loop: Value) -> Result<()> {
    let held = here_or_new(cx)?;
    let Some(running) = of(&held) else { return Ok(()) };
    let process = std::process::id();
    if running.process.replace(process) != process {
        // In a copy of the process, the task of the original does not run.
        running.task.set(None);
    }
    running.event_loop.set((event_loop != singleton::none()).then(|| Owned::new(event_loop)));
    Ok(())
}

/// The loop that runs, or what the policy gives.
pub fn event_loop(cx: &mut Context) -> Result<Owned> {
    if let Some(found) = running_loop(cx) {
        return Ok(found);
    }
    let policy = python::call_known(cx, python::Known::GetEventLoopPolicy, &[])?;
    call::call_method(cx, policy.value(), "get_event_loop", &[])
}

/// What runs on this thread, if that is the loop.
fn in_loop(cx: &mut Context, event_loop: Value) -> Result<Owned> {
    if let Some(held) = here(cx)
        && of(&held).and_then(|running| running.event_loop.get()).is_some_and(|own| own.value() == event_loop)
    {
        return Ok(held);
    }
    let event_loop = shown(cx, event_loop)?;
    Err(cx.raise(&RUNTIME_ERROR, format!("loop {event_loop} is not the running loop")))
}

/// From now on the task runs.
pub fn enter_task(cx: &mut Context, event_loop: Value, task: Value) -> Result<()> {
    let held = in_loop(cx, event_loop)?;
    let Some(running) = of(&held) else { return Ok(()) };
    if let Some(current) = running.task.get() {
        let (task, current) = (shown(cx, task)?, shown(cx, current.value())?);
        let message = format!("Cannot enter into task {task} while another task {current} is being executed.");
        return Err(cx.raise(&RUNTIME_ERROR, message));
    }
    running.task.set(Some(Owned::new(task)));
    Ok(())
}

/// The task no longer runs.
pub fn leave_task(cx: &mut Context, event_loop: Value, task: Value) -> Result<()> {
    let held = in_loop(cx, event_loop)?;
    let Some(running) = of(&held) else { return Ok(()) };
    let current = running.task.get();
    if !current.as_ref().is_some_and(|current| current.value() == task) {
        let current = current.unwrap_or_else(python::none);
        let (task, current) = (shown(cx, task)?, shown(cx, current.value())?);
        let message = format!("Invalid attempt to leave task {task} while task {current} is entered.");
        return Err(cx.raise(&RUNTIME_ERROR, message));
    }
    running.task.set(None);
    Ok(())
}

/// Another task runs from now on, or none (`None`); which one ran before.
pub fn swap_task(cx: &mut Context, event_loop: Value, task: Value) -> Result<Owned> {
    let held = in_loop(cx, event_loop)?;
    let Some(running) = of(&held) else { return Ok(python::none()) };
    let old = running.task.replace((task != singleton::none()).then(|| Owned::new(task)));
    Ok(old.unwrap_or_else(python::none))
}

/// The task that runs in a loop; in the one of this thread for `None`.
pub fn current_task(cx: &mut Context, event_loop: Value) -> Result<Owned> {
    let wanted = if event_loop == singleton::none() { require_running_loop(cx)? } else { Owned::new(event_loop) };
    let task_in = |held: &Owned| {
        let running = of(held)?;
        let is_it = running.event_loop.get().is_some_and(|own| own.value() == wanted.value());
        is_it.then(|| running.task.get().unwrap_or_else(python::none))
    };
    if let Some(task) = here(cx).as_ref().and_then(task_in) {
        return Ok(task);
    }
    let threads = cx.state::<Threads>();
    let found = threads.0.borrow().iter().find_map(task_in);
    Ok(found.unwrap_or_else(python::none))
}

/// From now on, the task counts.
pub fn register(cx: &mut Context, task: Value) -> Result<()> {
    let tasks = cx.state::<Tasks>();
    let Some(own) = task.cast::<NativeObject<Task>>() else {
        let others = tasks.others(cx)?;
        return call::call_method(cx, others.value(), "add", &[task]).map(drop);
    };
    if own.number.get() == 0 {
        let reference = weak::new(cx, &WEAK_REFERENCE.object, task, singleton::none())?;
        tasks.numbers.set(tasks.numbers.get() + 1);
        own.number.set(tasks.numbers.get());
        tasks.own.borrow_mut().insert(own.number.get(), reference);
    }
    Ok(())
}

/// The task no longer counts.
pub fn unregister(cx: &mut Context, task: Value) -> Result<()> {
    let tasks = cx.state::<Tasks>();
    let Some(own) = task.cast::<NativeObject<Task>>() else {
        let others = tasks.others(cx)?;
        return call::call_method(cx, others.value(), "discard", &[task]).map(drop);
    };
    let number = own.number.replace(0);
    let reference = tasks.own.borrow_mut().remove(&number);
    drop(reference);
    Ok(())
}

/// The same for a task that runs eagerly, before its loop has scheduled it.
pub fn register_eager(cx: &mut Context, task: Value) -> Result<()> {
    if task.cast::<NativeObject<Task>>().is_some() {
        return register(cx, task);
    }
    let tasks = cx.state::<Tasks>();
    let mut eager = tasks.eager.borrow_mut();
    if eager.iter().all(|known| known.value() != task) {
        eager.push(Owned::new(task));
    }
    Ok(())
}

pub fn unregister_eager(cx: &mut Context, task: Value) -> Result<()> {
    if task.cast::<NativeObject<Task>>().is_some() {
        return unregister(cx, task);
    }
    let tasks = cx.state::<Tasks>();
    let removed = {
        let mut eager = tasks.eager.borrow_mut();
        let place = eager.iter().position(|known| known.value() == task);
        place.map(|place| eager.remove(place))
    };
    drop(removed);
    Ok(())
}

/// A set of the tasks of a loop that are not done.
pub fn all_tasks(cx: &mut Context, event_loop: Value) -> Result<Owned> {
    let wanted = if event_loop == singleton::none() { require_running_loop(cx)? } else { Owned::new(event_loop) };
    let tasks = cx.state::<Tasks>();
    let references: Vec<Owned> = tasks.own.borrow().values().cloned().collect();
    let mut found: Vec<Owned> =
        references.iter().filter_map(|reference| weak::of(reference.value()).referent()).collect();
    found.extend(tasks.eager.borrow().iter().cloned());
    let others = tasks.others(cx)?;
    found.extend(iterate::collect(cx, others.value())?);
    let set = SetObject::new(cx);
    for task in found {
        let done = match task.value().cast_exact::<NativeObject<Task>>() {
            Some(own) => own.base.is_done(),
            None => python::ask(cx, task.value(), "done")?,
        };
        if done {
            continue;
        }
        let own_loop = future::loop_of(cx, task.value())?;
        if own_loop.value() == wanted.value() {
            operations::of(set.value()).add(cx, task.value())?;
        }
    }
    Ok(set)
}

/// Notes that `waiter` waits for a future, for those who ask why something does not go on.
pub fn add_awaited_by(cx: &mut Context, future: Value, waiter: Value) -> Result<()> {
    let (Some(own), true) = (Future::of(future), Future::of(waiter).is_some()) else { return Ok(()) };
    match own.awaited_by.get() {
        None => own.awaited_by.set(Some(Owned::new(waiter))),
        Some(held) => match held.value().cast_exact::<SetObject>() {
            Some(several) => drop(several.add(cx, waiter)?),
            None if held.value() == waiter => {}
            None => {
                let several = SetObject::new(cx);
                for one in [held.value(), waiter] {
                    operations::of(several.value()).add(cx, one)?;
                }
                own.awaited_by.set(Some(several));
            }
        },
    }
    Ok(())
}

/// `waiter` no longer waits for a future.
pub fn discard_awaited_by(cx: &mut Context, future: Value, waiter: Value) -> Result<()> {
    let (Some(own), true) = (Future::of(future), Future::of(waiter).is_some()) else { return Ok(()) };
    let Some(held) = own.awaited_by.get() else { return Ok(()) };
    if held.value() == waiter {
        own.awaited_by.set(None);
    } else if let Some(several) = held.value().cast_exact::<SetObject>() {
        several.discard(cx, waiter)?;
    }
    Ok(())
}

/// The futures that wait for one, as a frozen set; `None` if there are none.
pub fn awaited_by(cx: &mut Context, future: &Future) -> Result<Owned> {
    let Some(held) = future.awaited_by.get() else { return Ok(python::none()) };
    let items = match held.value().cast_exact::<SetObject>() {
        Some(_) => held.clone(),
        None => TupleObject::new(cx, &[held.value()]),
    };
    operations::from_iterable(cx, &FROZENSET.object, items.value())
}
