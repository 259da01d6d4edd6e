//! Channels as plain data: what is queued, and which interpreters use which end.

use crate::parcel::{Fallback, Parcel};
use crate::queues::{Item, Unbound, unbind};
use sidewinder_runtime::interpreters::Common;
use sidewinder_runtime::threads::wait::Event;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One end of a channel, or both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Both,
    Send,
    Receive,
}

/// Why something cannot be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    NotFound,
    Closed,
    Empty,
    NotEmpty,
}

/// Somebody who waits until an item is received, or can be received no more.
#[derive(Default)]
pub struct Waiting {
    pub over: Event,
    received: AtomicBool,
}

impl Waiting {
    pub fn was_received(&self) -> bool {
        self.received.load(Ordering::Acquire)
    }
}

/// The interpreters that have used an end, and whether they still may.
type Users = BTreeMap<i64, bool>;

pub struct Channel {
    items: VecDeque<(Item, Option<Arc<Waiting>>)>,
    senders: Users,
    receivers: Users,
    /// Nothing can be sent any more, and it closes when the last item was received.
    closing: bool,
    pub unbound: Unbound,
    pub fallback: Fallback,
}

/// A channel's place: what refers to it, and the channel unless that is closed.
struct Place {
    channel: Option<Channel>,
    objects: usize,
}

/// All channels of a family.
#[derive(Default)]
pub struct Channels(Mutex<Table>);

#[derive(Default)]
struct Table {
    places: BTreeMap<i64, Place>,
    count: i64,
}

/// What a channel says of itself, in the order of `ChannelInfo`.
#[derive(Default)]
pub struct Information {
    pub open: bool,
    pub closing: bool,
    pub closed: bool,
    pub count: usize,
    /// Interpreters at one end alone: at the sending one, released from it, at the receiving one, released; at both; at both
    /// but released from the receiving one, from the sending one, from both.
    pub interpreters: [usize; 8],
    /// Whether the one that asks is at the sending end, was there, is at the receiving end, was there.
    pub own: [bool; 4],
}

impl Channel {
    /// Notes that an interpreter uses an end.
    fn associate(users: &mut Users, interpreter: i64) -> Result<(), Fault> {
        if *users.entry(interpreter).or_insert(true) { Ok(()) } else { Err(Fault::Closed) }
    }

    /// Whether nobody has used it yet, or somebody still may.
    fn is_open(&self) -> bool {
        let mut users = self.senders.values().chain(self.receivers.values()).peekable();
        users.peek().is_none() || users.any(|open| *open)
    }

    /// Wakes all who wait for their items to be received.
    fn end(self) -> Vec<Parcel> {
        let mut gone = Vec::new();
        for (item, waiting) in self.items {
            gone.extend(item.data);
            waiting.iter().for_each(|waiting| waiting.over.set());
        }
        gone
    }

    fn information(&self, interpreter: i64) -> Information {
        let mut interpreters = [0; 8];
        for (id, sends) in &self.senders {
            let place = match (sends, self.receivers.get(id)) {
                (true, None) => 0,
                (false, None) => 1,
                (true, Some(true)) => 4,
                (true, Some(false)) => 5,
                (false, Some(true)) => 6,
                (false, Some(false)) => 7,
            };
            interpreters[place] += 1;
        }
        for (_, receives) in self.receivers.iter().filter(|(id, _)| !self.senders.contains_key(id)) {
            interpreters[if *receives { 2 } else { 3 }] += 1;
        }
        let own = |users: &Users| users.get(&interpreter).map_or([false; 2], |open| [*open, !*open]);
        let ([sends, sent], [receives, received]) = (own(&self.senders), own(&self.receivers));
        Information {
            open: !self.closing,
            closing: self.closing,
            closed: false,
            count: self.items.len(),
            interpreters,
            own: [sends, sent, receives, received],
        }
    }
}

impl Channels {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, id: i64, look: impl FnOnce(&mut Channel) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut table = self.lock();
        let place = table.places.get_mut(&id).ok_or(Fault::NotFound)?;
        place.channel.as_mut().ok_or(Fault::Closed).and_then(look)
    }

    pub fn create(&self, unbound: Unbound, fallback: Fallback) -> i64 {
        let mut table = self.lock();
        let id = table.count;
        table.count += 1;
        let channel = Channel {
            items: VecDeque::new(),
            senders: Users::new(),
            receivers: Users::new(),
            closing: false,
            unbound,
            fallback,
        };
        table.places.insert(id, Place { channel: Some(channel), objects: 0 });
        id
    }

    pub fn destroy(&self, id: i64) -> Result<(), Fault> {
        let gone = self.lock().places.remove(&id).ok_or(Fault::NotFound)?;
        drop(gone.channel.map(Channel::end));
        Ok(())
    }

    /// The identifiers of all channels, with what is usual for them: the newest first.
    pub fn list(&self) -> Vec<(i64, Option<(Unbound, Fallback)>)> {
        let table = self.lock();
        let rows = table.places.iter().rev();
        rows.map(|(id, place)| (*id, place.channel.as_ref().map(|own| (own.unbound, own.fallback)))).collect()
    }

    pub fn defaults(&self, id: i64) -> Result<(Unbound, Fallback), Fault> {
        self.with(id, |channel| Ok((channel.unbound, channel.fallback)))
    }

    pub fn send(&self, id: i64, item: Item, waiting: Option<Arc<Waiting>>) -> Result<(), Fault> {
        // What is not taken is dropped without the lock, which its data may need.
        let mut item = Some(item);
        self.with(id, |channel| {
            let Some(sender) = item.as_ref().map(|item| item.interpreter).filter(|_| !channel.closing) else {
                return Err(Fault::Closed);
            };
            Channel::associate(&mut channel.senders, sender)?;
            channel.items.extend(item.take().map(|item| (item, waiting)));
            Ok(())
        })
    }

    /// Takes back an item whose sender waits no more. Whether it was still there.
    pub fn take_back(&self, id: i64, waiting: &Arc<Waiting>) -> bool {
        let taken = self.with(id, |channel| {
            let is_it = |own: &Option<Arc<Waiting>>| own.as_ref().is_some_and(|own| Arc::ptr_eq(own, waiting));
            let place = channel.items.iter().position(|(_, own)| is_it(own));
            Ok(place.and_then(|place| channel.items.remove(place)))
        });
        matches!(taken, Ok(Some(_)))
    }

    pub fn receive(&self, id: i64, interpreter: i64) -> Result<Item, Fault> {
        let mut table = self.lock();
        let place = table.places.get_mut(&id).ok_or(Fault::NotFound)?;
        let channel = place.channel.as_mut().ok_or(Fault::Closed)?;
        Channel::associate(&mut channel.receivers, interpreter)?;
        let (item, waiting) = channel.items.pop_front().ok_or(Fault::Empty)?;
        if channel.closing && channel.items.is_empty() {
            place.channel = None;
        }
        if let Some(waiting) = waiting {
            waiting.received.store(true, Ordering::Release);
            waiting.over.set();
        }
        Ok(item)
    }

    pub fn count(&self, id: i64) -> Result<usize, Fault> {
        self.with(id, |channel| Ok(channel.items.len()))
    }

    pub fn close(&self, id: i64, end: End, force: bool) -> Result<(), Fault> {
        let mut table = self.lock();
        let place = table.places.get_mut(&id).ok_or(Fault::NotFound)?;
        let channel = place.channel.as_mut().ok_or(Fault::Closed)?;
        if !force && end == End::Send && channel.closing {
            return Err(Fault::Closed);
        }
        if !force && !channel.items.is_empty() {
            if end != End::Send {
                return Err(Fault::NotEmpty);
            }
            channel.closing = true;
            return Ok(());
        }
        let gone = place.channel.take();
        drop(table);
        drop(gone.map(Channel::end));
        Ok(())
    }

    /// An interpreter uses an end no more.
    pub fn release(&self, id: i64, interpreter: i64, end: End) -> Result<(), Fault> {
        let mut table = self.lock();
        let place = table.places.get_mut(&id).ok_or(Fault::NotFound)?;
        let channel = place.channel.as_mut().ok_or(Fault::Closed)?;
        if end != End::Receive {
            channel.senders.insert(interpreter, false);
        }
        if end != End::Send {
            channel.receivers.insert(interpreter, false);
        }
        let gone = if channel.is_open() { None } else { place.channel.take() };
        drop(table);
        drop(gone.map(Channel::end));
        Ok(())
    }

    /// The interpreters that use an end.
    pub fn users(&self, id: i64, sends: bool) -> Result<Vec<i64>, Fault> {
        self.with(id, |channel| {
            if sends && channel.closing {
                return Err(Fault::Closed);
            }
            let users = if sends { &channel.senders } else { &channel.receivers };
            Ok(users.iter().filter(|(_, open)| **open).map(|(id, _)| *id).collect())
        })
    }

    pub fn information(&self, id: i64, interpreter: i64) -> Result<Information, Fault> {
        match self.with(id, |channel| Ok(channel.information(interpreter))) {
            Err(Fault::Closed) => Ok(Information { closed: true, ..Information::default() }),
            found => found,
        }
    }

    /// Counts an object that stands for a channel; false if there is none.
    pub fn add_object(&self, id: i64) -> bool {
        let mut table = self.lock();
        let place = table.places.get_mut(&id);
        place.map(|place| place.objects += 1).is_some()
    }

    /// The reverse: the channel goes with the last object.
    pub fn remove_object(&self, id: i64) {
        let mut table = self.lock();
        let Some(place) = table.places.get_mut(&id) else { return };
        place.objects = place.objects.saturating_sub(1);
        if place.objects == 0 {
            let gone = table.places.remove(&id);
            drop(table);
            drop(gone.and_then(|place| place.channel).map(Channel::end));
        }
    }
}

impl Common for Channels {
    fn interpreter_ends(&self, id: i64) {
        let mut gone = Vec::new();
        let mut table = self.lock();
        for place in table.places.values_mut() {
            let Some(channel) = &mut place.channel else { continue };
            let mut kept = VecDeque::new();
            for (item, waiting) in std::mem::take(&mut channel.items) {
                let mut one = VecDeque::from([item]);
                gone.extend(unbind(&mut one, id));
                kept.extend(one.pop_front().map(|item| (item, waiting)));
            }
            channel.items = kept;
            for users in [&mut channel.senders, &mut channel.receivers] {
                users.get_mut(&id).into_iter().for_each(|open| *open = false);
            }
            if !channel.is_open() {
                gone.extend(place.channel.take().map(Channel::end).into_iter().flatten());
            }
        }
        drop(table);
        drop(gone);
    }
}
