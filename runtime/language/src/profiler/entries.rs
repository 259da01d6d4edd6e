//! What a profiler has counted and measured: the functions by keys, and the calls that have not ended.

use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{IntoObject, Traverse};
use sidewinder_runtime::{Context, Owned, Value};
use std::collections::HashMap;

/// What is counted and measured of a function, or of its calls from one other.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    total: i64,
    /// Without what it has called.
    inline: i64,
    calls: i64,
    /// Calls while another one had not ended.
    recursive: i64,
    /// Calls that have not ended.
    level: i64,
}

impl Counts {
    /// A call has ended that took so long, and so long without what it has called.
    fn ended(&mut self, total: i64, inline: i64) {
        self.level -= 1;
        if self.level == 0 {
            self.total += total;
        } else {
            self.recursive += 1;
        }
        self.inline += inline;
        self.calls += 1;
    }

    /// The items that rows start with.
    pub fn items(&self, cx: &mut Context, shown: Owned, factor: f64) -> Vec<Owned> {
        vec![
            shown,
            self.calls.into_object(cx),
            self.recursive.into_object(cx),
            (factor * self.total as f64).into_object(cx),
            (factor * self.inline as f64).into_object(cx),
        ]
    }
}

/// A function.
struct Entry {
    /// The code object, or what is shown of native code. A code object is kept: its address is the key.
    shown: Owned,
    counts: Counts,
    /// The functions that it has called, in the order in which it first did.
    calls: Vec<(usize, Counts)>,
    /// Their places in that list.
    places: HashMap<usize, usize>,
}

impl Entry {
    fn call_of(&mut self, entry: usize) -> &mut Counts {
        let next = self.calls.len();
        let place = *self.places.entry(entry).or_insert(next);
        if place == next {
            self.calls.push((entry, Counts::default()));
        }
        &mut self.calls[place].1
    }
}

/// A call that has not ended.
struct Call {
    entry: usize,
    start: i64,
    /// How long the calls took that it has made.
    inside: i64,
}

/// A function with what is known of it and of the functions that it has called.
pub type Row = (Owned, Counts, Vec<(Owned, Counts)>);

/// All functions in the order in which they were first called.
#[derive(Default)]
pub struct Entries {
    keys: HashMap<usize, usize>,
    entries: Vec<Entry>,
    running: Vec<Call>,
}

impl Traverse for Entries {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        self.entries.iter().for_each(|entry| visit(entry.shown.value()));
    }

    fn release(&mut self, children: &mut Children<'_>) {
        let mut entries = std::mem::take(self).entries;
        entries.iter_mut().rev().for_each(|entry| entry.shown.release(children));
    }
}

impl Entries {
    /// The number of a function.
    pub fn find(&self, key: usize) -> Option<usize> {
        self.keys.get(&key).copied()
    }

    /// Adds a function; its number.
    pub fn add(&mut self, key: usize, shown: Owned) -> usize {
        let entry = self.entries.len();
        self.entries.push(Entry { shown, counts: Counts::default(), calls: Vec::new(), places: HashMap::new() });
        self.keys.insert(key, entry);
        entry
    }

    /// A function is called. When, is told by `started`.
    pub fn enter(&mut self, entry: usize, subcalls: bool) {
        let caller = self.innermost();
        self.running.push(Call { entry, start: 0, inside: 0 });
        let Some(called) = self.entries.get_mut(entry) else { return };
        called.counts.level += 1;
        if subcalls && let Some(caller) = caller {
            self.entries[caller].call_of(entry).level += 1;
        }
    }

    /// The innermost call starts now.
    pub fn started(&mut self, now: i64) {
        if let Some(call) = self.running.last_mut() {
            call.start = now;
        }
    }

    /// Whether no call runs.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// The function whose call is the innermost.
    pub fn innermost(&self) -> Option<usize> {
        self.running.last().map(|call| call.entry)
    }

    /// The innermost call ends, which was of a function that nobody knows.
    pub fn forget_innermost(&mut self) {
        self.running.pop();
    }

    /// The innermost call ends, as one of this function.
    pub fn leave(&mut self, entry: usize, now: i64, subcalls: bool) {
        let Some(call) = self.running.pop() else { return };
        let total = now.wrapping_sub(call.start);
        let inline = total.wrapping_sub(call.inside);
        let caller = self.running.last_mut().map(|caller| {
            caller.inside = caller.inside.wrapping_add(total);
            caller.entry
        });
        let Some(called) = self.entries.get_mut(entry) else { return };
        called.counts.ended(total, inline);
        if subcalls
            && let Some(caller) = caller.and_then(|caller| self.entries.get_mut(caller))
            && let Some(place) = caller.places.get(&entry)
        {
            caller.calls[*place].1.ended(total, inline);
        }
    }

    /// What is known of all functions that were called to their ends.
    pub fn snapshot(&self) -> Vec<Row> {
        let shown = |entry: usize| self.entries[entry].shown.clone();
        let called = self.entries.iter().filter(|entry| entry.counts.calls != 0);
        called
            .map(|entry| {
                let calls = entry.calls.iter().map(|(callee, counts)| (shown(*callee), *counts)).collect();
                (entry.shown.clone(), entry.counts, calls)
            })
            .collect()
    }
}
