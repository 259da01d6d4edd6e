//! The pickles of tuples, lists, dicts and sets, and of the items that objects like them hold.

use super::Saver;
use crate::pickle::opcode::*;
use crate::pickle::state::{note, shown, type_text};
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::{FROZENSET, SET, SetObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// So many items are put into a container by one instruction.
const BATCH: usize = 1000;

impl Saver {
    /// Writes an item; an error says which one it was.
    fn save_item(&self, cx: &mut Context, container: Value, item: Value, index: usize) -> Result<()> {
        self.save(cx, item, true).map_err(|_| {
            let kind = type_text(cx, container);
            note(cx, &format!("when serializing {kind} item {index}"))
        })
    }

    /// Writes a key and its value; an error says which one it was.
    fn save_pair(&self, cx: &mut Context, container: Value, key: Value, value: Value) -> Result<()> {
        self.save(cx, key, true)?;
        self.save(cx, value, true).map_err(|_| note_key(cx, container, key))
    }

    pub fn save_tuple(&self, cx: &mut Context, object: Value) -> Result<()> {
        let items = object.cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
        if items.is_empty() {
            match self.is_binary() {
                true => self.op(EMPTY_TUPLE),
                false => self.put(&[MARK, TUPLE]),
            }
            return Ok(());
        }
        let short = items.len() <= 3 && self.protocol.get() >= 2;
        if !short {
            self.op(MARK);
        }
        for (index, item) in items.iter().enumerate() {
            self.save_item(cx, object, *item, index)?;
        }
        // A tuple that holds itself was written with its items: those are thrown away.
        if let Some(number) = self.remembered(object) {
            match (short, self.is_binary()) {
                (true, _) => self.put(&[POP; 3][..items.len()]),
                (false, true) => self.op(POP_MARK),
                (false, false) => self.put(&vec![POP; items.len() + 1]),
            }
            self.put_get(number);
            return Ok(());
        }
        self.op(if short { [TUPLE1, TUPLE2, TUPLE3][items.len() - 1] } else { TUPLE });
        self.memoize(object);
        Ok(())
    }

    pub fn save_list(&self, cx: &mut Context, object: Value) -> Result<()> {
        let entered = self.enter_fast(cx, object)?;
        let done = self.save_list_parts(cx, object);
        self.leave_fast(object, entered);
        done
    }

    fn save_list_parts(&self, cx: &mut Context, object: Value) -> Result<()> {
        match self.is_binary() {
            true => self.op(EMPTY_LIST),
            false => self.put(&[MARK, LIST]),
        }
        self.memoize(object);
        let Some(list) = object.cast::<ListObject>() else { return Ok(()) };
        if list.is_empty() {
            return Ok(());
        }
        if !self.is_binary() {
            let iterator = iterate::get_iter(cx, object)?;
            return self.save_items(cx, object, &iterator);
        }
        if list.len() == 1 {
            let Some(item) = list.get(0).map(Owned::new) else { return Ok(()) };
            self.save_item(cx, object, item.value(), 0)?;
            self.op(APPEND);
            return Ok(());
        }
        let mut index = 0;
        while index < list.len() {
            self.op(MARK);
            let end = index + BATCH;
            while index < end {
                let Some(item) = list.get(index).map(Owned::new) else { break };
                self.save_item(cx, object, item.value(), index)?;
                index += 1;
            }
            self.op(APPENDS);
        }
        Ok(())
    }

    /// Writes the items of an iterator, which are appended to an object.
    pub fn save_items(&self, cx: &mut Context, object: Value, iterator: &Owned) -> Result<()> {
        let mut index = 0;
        if !self.is_binary() {
            while let Some(item) = iterate::next(cx, iterator.value())? {
                self.save_item(cx, object, item.value(), index)?;
                index += 1;
                self.op(APPEND);
            }
            return Ok(());
        }
        while let Some(first) = iterate::next(cx, iterator.value())? {
            let mut next = iterate::next(cx, iterator.value())?;
            if next.is_none() {
                self.save_item(cx, object, first.value(), index)?;
                self.op(APPEND);
                return Ok(());
            }
            self.op(MARK);
            self.save_item(cx, object, first.value(), index)?;
            index += 1;
            let mut count = 1;
            while let Some(item) = next.take() {
                self.save_item(cx, object, item.value(), index)?;
                index += 1;
                count += 1;
                if count == BATCH {
                    break;
                }
                next = iterate::next(cx, iterator.value())?;
            }
            self.op(APPENDS);
            if count < BATCH {
                return Ok(());
            }
        }
        Ok(())
    }

    pub fn save_dict(&self, cx: &mut Context, object: Value) -> Result<()> {
        let entered = self.enter_fast(cx, object)?;
        let done = self.save_dict_parts(cx, object);
        self.leave_fast(object, entered);
        done
    }

    fn save_dict_parts(&self, cx: &mut Context, object: Value) -> Result<()> {
        match self.is_binary() {
            true => self.op(EMPTY_DICT),
            false => self.put(&[MARK, DICT]),
        }
        self.memoize(object);
        let dict = dict::of(object);
        let size = dict.len();
        if size == 0 {
            return Ok(());
        }
        if !self.is_binary() {
            let items = call::call_method(cx, object, "items", &[])?;
            let iterator = iterate::get_iter(cx, items.value())?;
            return self.save_pairs(cx, object, &iterator);
        }
        let mut at = 0;
        if size == 1 {
            if let Some((key, value)) = next_entry(object, &mut at) {
                self.save_pair(cx, object, key.value(), value.value())?;
                self.op(SETITEM);
            }
            return Ok(());
        }
        loop {
            let mut count = 0;
            self.op(MARK);
            while let Some((key, value)) = next_entry(object, &mut at) {
                self.save_pair(cx, object, key.value(), value.value())?;
                if dict.len() != size {
                    return Err(cx.raise(&RUNTIME_ERROR, "dictionary changed size during iteration"));
                }
                count += 1;
                if count == BATCH {
                    break;
                }
            }
            self.op(SETITEMS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// Writes the pairs of an iterator, which become items of an object.
    pub fn save_pairs(&self, cx: &mut Context, object: Value, iterator: &Owned) -> Result<()> {
        if !self.is_binary() {
            while let Some(pair) = iterate::next(cx, iterator.value())? {
                self.save_pair_of(cx, object, &pair)?;
                self.op(SETITEM);
            }
            return Ok(());
        }
        while let Some(first) = iterate::next(cx, iterator.value())? {
            pair_of(cx, &first)?;
            let mut next = iterate::next(cx, iterator.value())?;
            if next.is_none() {
                self.save_pair_of(cx, object, &first)?;
                self.op(SETITEM);
                return Ok(());
            }
            self.op(MARK);
            self.save_pair_of(cx, object, &first)?;
            let mut count = 1;
            while let Some(pair) = next.take() {
                self.save_pair_of(cx, object, &pair)?;
                count += 1;
                if count == BATCH {
                    break;
                }
                next = iterate::next(cx, iterator.value())?;
            }
            self.op(SETITEMS);
            if count < BATCH {
                return Ok(());
            }
        }
        Ok(())
    }

    fn save_pair_of(&self, cx: &mut Context, object: Value, pair: &Owned) -> Result<()> {
        let (key, value) = pair_of(cx, pair)?;
        self.save_pair(cx, object, key, value)
    }

    pub fn save_set(&self, cx: &mut Context, object: Value) -> Result<()> {
        if self.protocol.get() < 4 {
            return self.save_set_as_list(cx, object, SET.value());
        }
        self.op(EMPTY_SET);
        self.memoize(object);
        let Some(set) = object.cast::<SetObject>() else { return Ok(()) };
        let size = set.len();
        let mut at = 0;
        if size == 0 {
            return Ok(());
        }
        loop {
            let mut count = 0;
            self.op(MARK);
            while let Some((entry, after)) = set.next_entry(at) {
                at = after;
                let item = Owned::new(entry.key);
                self.save(cx, item.value(), true).map_err(|_| note_element(cx, object))?;
                if set.len() != size {
                    return Err(cx.raise(&RUNTIME_ERROR, "set changed size during iteration"));
                }
                count += 1;
                if count == BATCH {
                    break;
                }
            }
            self.op(ADDITEMS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// Sets before protocol 4 are what their class makes of a list.
    fn save_set_as_list(&self, cx: &mut Context, object: Value, class: Value) -> Result<()> {
        let items = iterate::collect(cx, object)?;
        let items = ListObject::new(cx, items);
        let arguments = TupleObject::from_owned(cx, vec![items]);
        self.save_parts(cx, object, vec![Owned::new(class), arguments])
    }

    pub fn save_frozenset(&self, cx: &mut Context, object: Value) -> Result<()> {
        if self.protocol.get() < 4 {
            return self.save_set_as_list(cx, object, FROZENSET.value());
        }
        self.op(MARK);
        for item in iterate::collect(cx, object)? {
            self.save(cx, item.value(), true).map_err(|_| note_element(cx, object))?;
        }
        if let Some(number) = self.remembered(object) {
            self.op(POP_MARK);
            self.put_get(number);
            return Ok(());
        }
        self.op(FROZENSET_OPCODE);
        self.memoize(object);
        Ok(())
    }
}

const FROZENSET_OPCODE: u8 = crate::pickle::opcode::FROZENSET;

#[cold]
fn note_key(cx: &mut Context, container: Value, key: Value) -> Raised {
    let pending = cx.take_pending();
    let kind = type_text(cx, container);
    let key = shown(cx, key).unwrap_or_else(|_| {
        drop(cx.take_pending());
        "?".into()
    });
    cx.raise_value(pending);
    note(cx, &format!("when serializing {kind} item {key}"))
}

#[cold]
fn note_element(cx: &mut Context, container: Value) -> Raised {
    let kind = type_text(cx, container);
    note(cx, &format!("when serializing {kind} element"))
}

/// The entry of a dict at or after a place, which moves behind it.
fn next_entry(object: Value, at: &mut usize) -> Option<(Owned, Owned)> {
    let dict = dict::of(object);
    while *at < dict.entry_count() {
        let found = dict.entry(*at);
        *at += 1;
        if let Some((key, value)) = found {
            return Some((Owned::new(key), Owned::new(value)));
        }
    }
    None
}

fn pair_of(cx: &mut Context, pair: &Owned) -> Result<(Value, Value)> {
    match pair.value().cast::<TupleObject>().map(TupleObject::as_slice) {
        Some(&[key, value]) => Ok((key, value)),
        _ => Err(cx.type_error("dict items iterator must return 2-tuples")),
    }
}
