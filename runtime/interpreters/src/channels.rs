//! The module `_interpchannels`: channels between interpreters, which have a sending and a receiving end.

mod identifier;
mod table;

use crate::module::identifier as number_of;
use crate::parcel::{self, Parcel};
use crate::queues::{Item, Unbound, fallback_of};
pub use identifier::ChannelParcel;
use identifier::{ChannelID, end_of};
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{ExceptionClass, Field, Given, NativeObject};
use sidewinder_runtime::objects::exception::{RUNTIME_ERROR, TIMEOUT_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use sidewinder_threads::thread::lock::deadline;
use std::sync::Arc;
use table::{Channels, End, Fault, Information, Waiting};

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
    not_found: ExceptionClass,
    closed: ExceptionClass,
    empty: ExceptionClass,
    not_empty: ExceptionClass,
    send: Field,
    receive: Field,
}

sidewinder_runtime::struct_sequence! {
    /// ChannelInfo
    ///
    /// A named tuple of a channel's state.
    CHANNEL_INFO = "_interpchannels.ChannelInfo" shows 8 {
        0 "open" "both ends are open",
        1 "closing" "send is closed, recv is non-empty",
        2 "closed" "both ends are closed",
        3 "count" "queued objects",
        4 "num_interp_send" "interpreters bound to the send end",
        5 "num_interp_send_released" "interpreters bound to the send end and released",
        6 "num_interp_recv" "interpreters bound to the send end",
        7 "num_interp_recv_released" "interpreters bound to the send end and released",
        8 "num_interp_both" "interpreters bound to both ends",
        9 "num_interp_both_recv_released" "interpreters bound to both ends and released_from_the recv end",
        10 "num_interp_both_send_released" "interpreters bound to both ends and released_from_the send end",
        11 "num_interp_both_released" "interpreters bound to both ends and released_from_both",
        12 "send_associated" "current interpreter is bound to the send end",
        13 "send_released" "current interpreter *was* bound to the send end",
        14 "recv_associated" "current interpreter is bound to the recv end",
        15 "recv_released" "current interpreter *was* bound to the recv end",
    }
}

/// The channels of this interpreter's family.
fn channels(cx: &Context) -> Arc<Channels> {
    cx.family().shared::<Channels>()
}

/// Raises what says why something cannot be done with a channel.
#[cold]
fn raise(cx: &mut Context, fault: Fault, id: i64) -> Raised {
    let state = cx.state::<State>();
    match fault {
        Fault::NotFound => state.not_found.raise(cx, format!("channel {id} not found")),
        Fault::Closed => state.closed.raise(cx, format!("channel {id} is closed")),
        Fault::Empty => state.empty.raise(cx, format!("channel {id} is empty")),
        Fault::NotEmpty => {
            state.not_empty.raise(cx, format!("channel {id} may not be closed if not empty (try force=True)"))
        }
    }
}

fn answer<T>(cx: &mut Context, id: i64, outcome: std::result::Result<T, Fault>) -> Result<T> {
    outcome.map_err(|fault| raise(cx, fault, id))
}

/// The channel that an argument names: a number or a `ChannelID`.
fn channel_id(cx: &mut Context, value: Value) -> Result<i64> {
    match value.cast::<NativeObject<ChannelID>>() {
        Some(own) => Ok(own.number()),
        None => number_of(cx, "channel", value),
    }
}

/// Whether an object names a channel: a `ChannelID`, or an object of the library for an end.
pub fn is_end(cx: &mut Context, value: Value) -> bool {
    value.cast::<NativeObject<ChannelID>>().is_some() || end_class(cx, value).is_some()
}

/// The end that an object of the library is for.
fn end_class(cx: &mut Context, value: Value) -> Option<End> {
    let state = cx.state::<State>();
    let kind = value.type_of().value();
    let is = |field: &Field| field.get().is_some_and(|known| known.value() == kind);
    match () {
        () if is(&state.send) => Some(End::Send),
        () if is(&state.receive) => Some(End::Receive),
        () => None,
    }
}

/// Packs what names a channel; `None` for any other object.
pub fn pack(cx: &mut Context, value: Value) -> Result<Option<Parcel>> {
    if let Some(own) = value.cast::<NativeObject<ChannelID>>() {
        return Ok(Some(Parcel::Channel(own.parcel(None))));
    }
    let Some(end) = end_class(cx, value) else { return Ok(None) };
    let held = attribute::get_text(cx, value, "_id")?;
    match held.value().cast::<NativeObject<ChannelID>>() {
        Some(own) => Ok(Some(Parcel::Channel(own.parcel(Some(end))))),
        None => Err(cx.type_error("a channel's end has no ChannelID")),
    }
}

/// What names a channel, as an object of this interpreter.
pub fn unpack(cx: &mut Context, parcel: &ChannelParcel) -> Result<Owned> {
    import::module(cx, "_interpchannels")?;
    let made = parcel.object(cx)?;
    let Some(end) = parcel.wrapper else { return Ok(made) };
    let class = |cx: &mut Context| {
        let state = cx.state::<State>();
        if end == End::Send { state.send.get() } else { state.receive.get() }
    };
    if class(cx).is_none() {
        import::module(cx, "test.support.channels")?;
    }
    match class(cx) {
        Some(class) => call::call(cx, class.value(), &[made.value()]),
        None => Ok(made),
    }
}

/// Sends a parcel, and waits until it is received if `until` says so.
fn send_parcel(cx: &mut Context, id: i64, item: Item, wait: Option<Option<Value>>) -> Result<()> {
    let Some(timeout) = wait else {
        let outcome = channels(cx).send(id, item, None);
        return answer(cx, id, outcome);
    };
    let until = match timeout {
        Some(timeout) => deadline(cx, timeout, Some("timeout value must be a non-negative number"))?,
        None => None,
    };
    let waiting = Arc::<Waiting>::default();
    let outcome = channels(cx).send(id, item, Some(waiting.clone()));
    answer(cx, id, outcome)?;
    let waited = waiting.over.wait(cx, until);
    let is_over = matches!(waited, Ok(true));
    if !is_over && !channels(cx).take_back(id, &waiting) && waiting.was_received() {
        return waited.map(drop);
    }
    match waited? {
        true if waiting.was_received() => Ok(()),
        true => Err(raise(cx, Fault::Closed, id)),
        false => Err(cx.raise(&TIMEOUT_ERROR, "timed out")),
    }
}

/// How a sender waits, by its arguments.
fn patience(cx: &mut Context, blocking: bool, timeout: Option<Value>) -> Result<Option<Option<Value>>> {
    if blocking {
        return Ok(Some(timeout));
    }
    match timeout {
        Some(_) => Err(cx.value_error("can't specify a timeout for a non-blocking call")),
        None => Ok(None),
    }
}

/// The item of an argument, as the channel usually has them.
fn item(cx: &mut Context, id: i64, object: Value, as_buffer: bool, unboundop: i64, fallback: i64) -> Result<Item> {
    let unbound = Unbound::of(cx, unboundop)?;
    let fallback = fallback_of(cx, fallback)?;
    let outcome = channels(cx).defaults(id);
    let usual = answer(cx, id, outcome)?;
    let data = match as_buffer {
        true => parcel::lend(cx, object)?,
        false => parcel::pack(cx, object, fallback.unwrap_or(usual.1))?,
    };
    Ok(Item { interpreter: cx.member().id, data: Some(data), unbound: unbound.unwrap_or(usual.0) })
}

/// Channels that pass data between interpreters.
#[native_module("_interpchannels", types(ChannelID))]
mod rows {
    use super::*;

    /// A new channel, with what is usual for its items.
    #[function]
    fn create(
        cx: &mut Context,
        #[named]
        #[default(-1)]
        unboundop: i64,
        #[default(-1)] fallback: i64,
    ) -> Result<Owned> {
        let unbound = Unbound::of(cx, unboundop)?.unwrap_or(Unbound::Replace);
        let fallback = fallback_of(cx, fallback)?.unwrap_or(parcel::Fallback::Pickle);
        let id = channels(cx).create(unbound, fallback);
        ChannelID::object(cx, id, End::Both)
    }

    /// Ends a channel.
    #[function]
    fn destroy(cx: &mut Context, #[named] cid: Value) -> Result<()> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).destroy(id);
        answer(cx, id, outcome)
    }

    /// All channels, and what is usual for their items.
    #[function]
    fn list_all(cx: &mut Context) -> Result<Owned> {
        let mut items = Vec::new();
        for (id, usual) in channels(cx).list() {
            let (unbound, fallback) = usual.map_or((0, 0), |(unbound, fallback)| (unbound as i64, fallback as i64));
            let made = ChannelID::object(cx, id, End::Both)?;
            let numbers = [unbound, fallback].map(|number| Owned::new(Value::from_small_int(number)));
            items.push(TupleObject::from_owned(cx, [made].into_iter().chain(numbers).collect()));
        }
        Ok(ListObject::new(cx, items))
    }

    /// The interpreters that use an end of a channel.
    #[function]
    fn list_interpreters(cx: &mut Context, #[named] cid: Value, #[keyword] send: bool) -> Result<Owned> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).users(id, send);
        let users = answer(cx, id, outcome)?;
        let items = users.into_iter().map(|id| Owned::new(Value::from_small_int(id))).collect();
        Ok(ListObject::new(cx, items))
    }

    /// Sends an object's data, and waits until it is received.
    #[function]
    fn send(
        cx: &mut Context,
        #[named] cid: Value,
        obj: Value,
        #[default(-1)] unboundop: i64,
        #[default(-1)] fallback: i64,
        #[keyword]
        #[default(true)]
        blocking: bool,
        #[default(None)] timeout: Option<Value>,
    ) -> Result<()> {
        let id = channel_id(cx, cid)?;
        let patience = patience(cx, blocking, timeout)?;
        let item = item(cx, id, obj, false, unboundop, fallback)?;
        send_parcel(cx, id, item, patience)
    }

    /// Sends the memory of an object, and waits until it is received: a memoryview.
    #[function]
    fn send_buffer(
        cx: &mut Context,
        #[named] cid: Value,
        obj: Value,
        #[default(-1)] unboundop: i64,
        #[default(-1)] fallback: i64,
        #[keyword]
        #[default(true)]
        blocking: bool,
        #[default(None)] timeout: Option<Value>,
    ) -> Result<()> {
        let id = channel_id(cx, cid)?;
        let patience = patience(cx, blocking, timeout)?;
        let item = item(cx, id, obj, true, unboundop, fallback)?;
        send_parcel(cx, id, item, patience)
    }

    /// Receives what was sent first: the object and None, or None and what becomes of it because its interpreter has ended.
    #[function]
    fn recv(cx: &mut Context, #[named] cid: Value, default: Given<Owned>) -> Result<(Owned, Option<i64>)> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).receive(id, cx.member().id);
        if let (Err(Fault::Empty), Some(default)) = (&outcome, default.0) {
            return Ok((default, None));
        }
        let item = answer(cx, id, outcome)?;
        match &item.data {
            Some(data) => Ok((parcel::unpack(cx, data)?, None)),
            None => Ok((Owned::new(singleton::none()), Some(item.unbound as i64))),
        }
    }

    /// Closes a channel for all interpreters.
    #[function]
    fn close(
        cx: &mut Context,
        #[named] cid: Value,
        #[keyword]
        #[default(false)]
        send: bool,
        #[default(false)] recv: bool,
        #[default(false)] force: bool,
    ) -> Result<()> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).close(id, end_of(send, recv), force);
        answer(cx, id, outcome)
    }

    /// Says that this interpreter uses an end of a channel no more; both, unless one is named.
    #[function]
    fn release(
        cx: &mut Context,
        #[named] cid: Value,
        #[keyword]
        #[default(false)]
        send: bool,
        #[default(false)] recv: bool,
        #[default(false)] force: bool,
    ) -> Result<()> {
        let _ = force;
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).release(id, cx.member().id, end_of(send, recv));
        answer(cx, id, outcome)
    }

    /// How many items were sent and not received.
    #[function]
    fn get_count(cx: &mut Context, #[named] cid: Value) -> Result<usize> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).count(id);
        answer(cx, id, outcome)
    }

    /// What there is to know of a channel.
    #[function]
    fn get_info(cx: &mut Context, #[named] cid: Value) -> Result<Owned> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).information(id, cx.member().id);
        let Information { open, closing, closed, count, interpreters, own } = answer(cx, id, outcome)?;
        let truth = |on: bool| Owned::new(singleton::boolean(on));
        let number = |count: usize| Owned::new(Value::from_small_int(count as i64));
        let first = [open, closing, closed].into_iter().map(truth);
        let counts = [count].into_iter().chain(interpreters).map(number);
        let items = first.chain(counts).chain(own.into_iter().map(truth)).collect();
        CHANNEL_INFO.make(cx, items)
    }

    /// What is usual for the items of a channel.
    #[function]
    fn get_channel_defaults(cx: &mut Context, #[named] cid: Value) -> Result<(i64, i64)> {
        let id = channel_id(cx, cid)?;
        let outcome = channels(cx).defaults(id);
        let (unbound, fallback) = answer(cx, id, outcome)?;
        Ok((unbound as i64, fallback as i64))
    }

    /// What names a channel, or an end of it, by its number.
    #[function]
    fn _channel_id(
        cx: &mut Context,
        id: Given<Value>,
        #[keyword] send: Given<bool>,
        recv: Given<bool>,
        #[default(false)] force: bool,
        #[default(false)] _resolve: bool,
    ) -> Result<Owned> {
        let Some(id) = id.0 else {
            return Err(cx.type_error("ChannelID.__new__() missing required argument 'id' (pos 1)"));
        };
        let _ = _resolve;
        let end = match (send.0, recv.0) {
            (Some(false), Some(false)) => return Err(cx.value_error("'send' and 'recv' cannot both be False")),
            (Some(true), Some(true)) => End::Both,
            (Some(true), _) => End::Send,
            (_, Some(true)) => End::Receive,
            _ => id.cast::<NativeObject<ChannelID>>().map_or(End::Both, |own| own.end()),
        };
        let number = channel_id(cx, id)?;
        ChannelID::object_of(cx, number, end, force)
    }

    /// Tells of the classes that the library has for the ends of channels.
    #[function]
    fn _register_end_types(cx: &mut Context, #[named] send: Owned, recv: Owned) -> Result<()> {
        for (name, kind) in [("send", &send), ("recv", &recv)] {
            if kind.value().cast::<TypeObject>().is_none() {
                return Err(cx.type_error(format!("expected a type for '{name}'")));
            }
        }
        let state = cx.state::<State>();
        state.send.set(Some(send));
        state.receive.set(Some(recv));
        Ok(())
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        // Its exceptions say why something cannot be sent.
        import::module(cx, "_interpreters")?;
        CHANNEL_INFO.add_to(cx, module)?;
        let state = cx.state::<State>();
        let home = "_interpchannels";
        state.error.define(cx, module, [home, "ChannelError"], &RUNTIME_ERROR, None)?;
        let error = state.error.class();
        let rows = [
            (&state.not_found, "ChannelNotFoundError"),
            (&state.closed, "ChannelClosedError"),
            (&state.empty, "ChannelEmptyError"),
            (&state.not_empty, "ChannelNotEmptyError"),
        ];
        for (class, name) in rows {
            class.define_under(cx, module, [home, name], &[error.value()], None)?;
        }
        Ok(())
    }
}
