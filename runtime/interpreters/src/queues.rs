//! The module `_interpqueues`: queues between interpreters. The items are parcels; one whose interpreter has ended is as
//! its sender wanted: gone, an error, or a mark.

use crate::module::identifier;
use crate::parcel::{self, Fallback, Parcel};
use sidewinder_macros::native_module;
use sidewinder_runtime::interpreters::Common;
use sidewinder_runtime::native::{ExceptionClass, Field};
use sidewinder_runtime::objects::exception::{self, RUNTIME_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::{call, convert, import};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What becomes of an item whose interpreter has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unbound {
    Remove = 1,
    Error = 2,
    Replace = 3,
}

impl Unbound {
    /// What a number asks for; `None` for the usual.
    pub fn of(cx: &mut Context, number: i64) -> Result<Option<Unbound>> {
        match number {
            -1 => Ok(None),
            1 => Ok(Some(Unbound::Remove)),
            2 => Ok(Some(Unbound::Error)),
            3 => Ok(Some(Unbound::Replace)),
            _ => Err(cx.value_error(format!("unsupported unboundop {number}"))),
        }
    }
}

/// Something that was put. Its data is gone once its interpreter has ended.
pub struct Item {
    pub interpreter: i64,
    pub data: Option<Parcel>,
    pub unbound: Unbound,
}

/// Takes away what an interpreter that ends has put, and gives it: to be dropped without a lock.
pub fn unbind(items: &mut VecDeque<Item>, interpreter: i64) -> Vec<Parcel> {
    let mut gone = Vec::new();
    items.retain_mut(|item| {
        if item.interpreter != interpreter {
            return true;
        }
        gone.extend(item.data.take());
        item.unbound != Unbound::Remove
    });
    gone
}

struct Queue {
    items: VecDeque<Item>,
    /// At most so many items, if it is positive.
    limit: i64,
    fallback: Fallback,
    unbound: Unbound,
    /// How often it is bound to an object; it goes with the last.
    references: usize,
}

/// All queues of a family.
#[derive(Default)]
pub struct Queues(Mutex<Table>);

#[derive(Default)]
struct Table {
    rows: BTreeMap<i64, Queue>,
    count: i64,
}

impl Queues {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a reference back. What went with the last one, and whether there was one; `None` if there is no such queue.
    fn release(&self, id: i64) -> Option<(bool, Option<Queue>)> {
        let mut table = self.lock();
        let queue = table.rows.get_mut(&id)?;
        if queue.references == 0 {
            return Some((false, None));
        }
        queue.references -= 1;
        let is_last = queue.references == 0;
        Some((true, if is_last { table.rows.remove(&id) } else { None }))
    }
}

impl Common for Queues {
    fn interpreter_ends(&self, id: i64) {
        let gone: Vec<Parcel> = self.lock().rows.values_mut().flat_map(|queue| unbind(&mut queue.items, id)).collect();
        drop(gone);
    }
}

/// A queue in a parcel, which keeps it.
pub struct QueueReference {
    queues: Arc<Queues>,
    id: i64,
}

impl Drop for QueueReference {
    fn drop(&mut self) {
        drop(self.queues.release(self.id));
    }
}

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
    not_found: ExceptionClass,
    queue: Field,
    empty: Field,
    full: Field,
}

/// Whether an object is a queue of `concurrent.interpreters`.
pub fn is_queue(cx: &mut Context, value: Value) -> bool {
    let known = cx.state::<State>().queue.get();
    known.is_some_and(|known| known.value() == value.type_of().value())
}

/// Packs a queue; `None` for any other object.
pub fn pack(cx: &mut Context, value: Value) -> Result<Option<Parcel>> {
    if !is_queue(cx, value) {
        return Ok(None);
    }
    let id = sidewinder_runtime::operations::attribute::get_text(cx, value, "_id")?;
    let id = identifier(cx, "queue", id.value())?;
    let queues = cx.family().shared::<Queues>();
    with_queue(cx, id, |queue| queue.references += 1)?;
    Ok(Some(Parcel::Queue(QueueReference { queues, id })))
}

/// The queue of a parcel as an object of this interpreter.
pub fn unpack(cx: &mut Context, reference: &QueueReference) -> Result<Owned> {
    let kind = kind_of(cx, |state| &state.queue)?;
    let Some(kind) = kind else { return Err(cx.raise(&RUNTIME_ERROR, "queue type is not registered")) };
    call::call(cx, kind.value(), &[Value::from_small_int(reference.id)])
}

/// A class that the library registers, which it does when it is imported.
fn kind_of(cx: &mut Context, field: impl Fn(&State) -> &Field) -> Result<Option<Owned>> {
    let state = cx.state::<State>();
    if field(&state).is_empty() {
        import::module(cx, "concurrent.interpreters._queues")?;
    }
    Ok(field(&state).get())
}

#[cold]
fn not_found(cx: &mut Context, id: i64) -> Raised {
    cx.state::<State>().not_found.raise(cx, format!("queue {id} not found"))
}

/// Looks at a queue. Errors: `QueueNotFoundError`.
fn with_queue<T>(cx: &mut Context, id: i64, look: impl FnOnce(&mut Queue) -> T) -> Result<T> {
    let queues = cx.family().shared::<Queues>();
    let mut table = queues.lock();
    let found = table.rows.get_mut(&id).map(look);
    drop(table);
    found.ok_or_else(|| not_found(cx, id))
}

/// Raises an exception of a class of the library.
#[cold]
fn raise_registered(cx: &mut Context, field: impl Fn(&State) -> &Field, message: String) -> Raised {
    match kind_of(cx, field) {
        Ok(Some(kind)) => {
            let text = StrObject::new(cx, &message);
            match call::call(cx, kind.value(), &[text.value()]) {
                Ok(made) => exception::raise(cx, made),
                Err(raised) => raised,
            }
        }
        Ok(None) => cx.state::<State>().error.raise(cx, message),
        Err(raised) => raised,
    }
}

/// The identifier of a queue, as an argument.
fn queue_id(cx: &mut Context, value: Value) -> Result<i64> {
    if sidewinder_runtime::objects::int::is_int_like(value) && sidewinder_runtime::objects::int::as_i64(value).is_none()
    {
        let shown = convert::repr(cx, value)?;
        let shown = sidewinder_runtime::objects::str::text(shown.value()).unwrap_or_default().into_owned();
        return Err(cx.overflow_error(format!("max queue ID is {}, got {shown}", i64::MAX)));
    }
    identifier(cx, "queue", value)
}

pub fn fallback_of(cx: &mut Context, number: i64) -> Result<Option<Fallback>> {
    match number {
        -1 => Ok(None),
        0 => Ok(Some(Fallback::Refuse)),
        1 => Ok(Some(Fallback::Pickle)),
        _ => Err(cx.value_error(format!("unsupported fallback {number}"))),
    }
}

/// Queues that pass data between interpreters. Programs use the module `concurrent.interpreters`.
#[native_module("_interpqueues")]
mod rows {
    use super::*;

    /// A new queue for so many items (any number, unless positive), with what is usual for them: the identifier.
    #[function]
    fn create(
        cx: &mut Context,
        #[named] maxsize: i64,
        #[default(-1)] unboundop: i64,
        #[default(-1)] fallback: i64,
    ) -> Result<i64> {
        let unbound = Unbound::of(cx, unboundop)?.unwrap_or(Unbound::Replace);
        let fallback = fallback_of(cx, fallback)?.unwrap_or(Fallback::Pickle);
        let queue = Queue { items: VecDeque::new(), limit: maxsize, fallback, unbound, references: 0 };
        let queues = cx.family().shared::<Queues>();
        let mut table = queues.lock();
        table.count += 1;
        let id = table.count;
        table.rows.insert(id, queue);
        Ok(id)
    }

    /// Ends a queue.
    #[function]
    fn destroy(cx: &mut Context, #[named] qid: Value) -> Result<()> {
        let id = queue_id(cx, qid)?;
        let queues = cx.family().shared::<Queues>();
        let gone = queues.lock().rows.remove(&id);
        if gone.is_some() { Ok(()) } else { Err(not_found(cx, id)) }
    }

    /// All queues: their identifiers, and what is usual for their items.
    #[function]
    fn list_all(cx: &mut Context) -> Owned {
        let queues = cx.family().shared::<Queues>();
        let rows: Vec<_> = queues.lock().rows.iter().map(|(id, queue)| (*id, queue.unbound, queue.fallback)).collect();
        let items = rows.into_iter().rev().map(|(id, unbound, fallback)| {
            let numbers = [id, unbound as i64, fallback as i64].map(Value::from_small_int);
            TupleObject::new(cx, &numbers)
        });
        let items = items.collect();
        ListObject::new(cx, items)
    }

    /// Puts an object's data into a queue. Raises QueueFull if there is no room.
    #[function]
    fn put(
        cx: &mut Context,
        #[named] qid: Value,
        obj: Value,
        #[default(-1)] unboundop: i64,
        #[default(-1)] fallback: i64,
    ) -> Result<()> {
        let id = queue_id(cx, qid)?;
        let unbound = Unbound::of(cx, unboundop)?;
        let fallback = fallback_of(cx, fallback)?;
        let usual = with_queue(cx, id, |queue| (queue.unbound, queue.fallback))?;
        let data = Some(parcel::pack(cx, obj, fallback.unwrap_or(usual.1))?);
        // What is not taken is dropped without the lock, which its data may need.
        let mut item = Some(Item { interpreter: cx.member().id, data, unbound: unbound.unwrap_or(usual.0) });
        with_queue(cx, id, |queue| {
            if queue.limit <= 0 || (queue.items.len() as i64) < queue.limit {
                queue.items.extend(item.take());
            }
        })?;
        match item {
            None => Ok(()),
            Some(_) => Err(raise_registered(cx, |state| &state.full, format!("queue {id} is full"))),
        }
    }

    /// Takes the first item of a queue: the object and None, or None and what becomes of it because its interpreter has
    /// ended. Raises QueueEmpty if there is none.
    #[function]
    fn get(cx: &mut Context, #[named] qid: Value) -> Result<(Owned, Option<i64>)> {
        let id = queue_id(cx, qid)?;
        match with_queue(cx, id, |queue| queue.items.pop_front())? {
            None => Err(raise_registered(cx, |state| &state.empty, format!("queue {id} is empty"))),
            Some(item) => match &item.data {
                Some(data) => Ok((parcel::unpack(cx, data)?, None)),
                None => Ok((parcel::unpack(cx, &Parcel::None)?, Some(item.unbound as i64))),
            },
        }
    }

    /// Counts an object that stands for a queue.
    #[function]
    fn bind(cx: &mut Context, #[named] qid: Value) -> Result<()> {
        let id = queue_id(cx, qid)?;
        with_queue(cx, id, |queue| queue.references += 1)
    }

    /// The reverse of bind(): the queue goes with the last object.
    #[function]
    fn release(cx: &mut Context, #[named] qid: Value) -> Result<()> {
        let id = queue_id(cx, qid)?;
        let queues = cx.family().shared::<Queues>();
        match queues.release(id) {
            None => Err(not_found(cx, id)),
            Some((false, _)) => Err(cx.state::<State>().error.raise(cx, format!("queue {id} never bound"))),
            Some((true, _)) => Ok(()),
        }
    }

    /// How many items a queue has room for.
    #[function]
    fn get_maxsize(cx: &mut Context, #[named] qid: Value) -> Result<i64> {
        let id = queue_id(cx, qid)?;
        with_queue(cx, id, |queue| queue.limit)
    }

    /// What is usual for the items of a queue.
    #[function]
    fn get_queue_defaults(cx: &mut Context, #[named] qid: Value) -> Result<(i64, i64)> {
        let id = queue_id(cx, qid)?;
        with_queue(cx, id, |queue| (queue.unbound as i64, queue.fallback as i64))
    }

    /// Whether there is no room in a queue.
    #[function]
    fn is_full(cx: &mut Context, #[named] qid: Value) -> Result<bool> {
        let id = queue_id(cx, qid)?;
        with_queue(cx, id, |queue| queue.limit > 0 && queue.items.len() as i64 >= queue.limit)
    }

    /// How many items are in a queue.
    #[function]
    fn get_count(cx: &mut Context, #[named] qid: Value) -> Result<usize> {
        let id = queue_id(cx, qid)?;
        with_queue(cx, id, |queue| queue.items.len())
    }

    /// Tells of the classes that the library has for queues and for what is raised.
    #[function]
    fn _register_heap_types(
        cx: &mut Context,
        #[named] queuetype: Owned,
        emptyerror: Owned,
        fullerror: Owned,
    ) -> Result<()> {
        let state = cx.state::<State>();
        let kinds = [("queuetype", &queuetype), ("emptyerror", &emptyerror), ("fullerror", &fullerror)];
        for (name, kind) in kinds {
            if kind.value().cast::<TypeObject>().is_none() {
                return Err(cx.type_error(format!("expected a type for '{name}'")));
            }
        }
        state.queue.set(Some(queuetype));
        state.empty.set(Some(emptyerror));
        state.full.set(Some(fullerror));
        Ok(())
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        // Its exceptions say why something cannot be put.
        import::module(cx, "_interpreters")?;
        let state = cx.state::<State>();
        let home = "concurrent.interpreters";
        let documentation = "Indicates that a queue-related error happened.";
        state.error.define(cx, module, [home, "QueueError"], &RUNTIME_ERROR, Some(documentation))?;
        let error = state.error.class();
        state.not_found.define_under(cx, module, [home, "QueueNotFoundError"], &[error.value()], None)
    }
}
