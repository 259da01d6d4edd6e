//! The reader of pickles: its stack and memo, and what each instruction does.

mod build;
mod quick;
pub mod values;

use super::input::{Input, truncated};
use super::opcode::*;
use super::saver::PROTOCOL_MAX;
use super::state::unpickling_error;
use sidewinder_macros::Traverse;
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::exception::EOF_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::{FROZENSET as FROZENSET_TYPE, SetObject};
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::objects::{dict::DictObject, int, singleton};
use sidewinder_runtime::operations::{call, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};

/// Numbers up to this one are places of a list; others, which no pickler gives so few objects, are searched for.
const MEMO_PLACES_MAX: i64 = 1 << 24;

/// Objects by their numbers.
#[derive(Traverse, Default)]
pub struct Memo {
    places: Vec<Option<Owned>>,
    others: Vec<(i64, Owned)>,
    count: usize,
}

impl Memo {
    #[inline]
    pub fn get(&self, number: i64) -> Option<Owned> {
        if (0..MEMO_PLACES_MAX).contains(&number) {
            return self.places.get(number as usize)?.clone();
        }
        self.others.iter().find(|(other, _)| *other == number).map(|(_, object)| object.clone())
    }

    /// What had the number before is given back, to be released by whoever holds no borrow.
    #[must_use]
    pub fn put(&mut self, number: i64, object: Owned) -> Option<Owned> {
        let old = if number < MEMO_PLACES_MAX {
            let place = number as usize;
            if place >= self.places.len() {
                self.places.resize(place + 1, None);
            }
            self.places[place].replace(object)
        } else {
            match self.others.iter_mut().find(|(other, _)| *other == number) {
                Some((_, held)) => Some(std::mem::replace(held, object)),
                None => {
                    self.others.push((number, object));
                    None
                }
            }
        };
        self.count += usize::from(old.is_none());
        old
    }

    /// The number after those of all objects in the list of places.
    pub fn next_number(&self) -> usize {
        self.places.len()
    }

    /// Remembers one more object, if all numbers up to the next one are taken, as is usual. Whether it did.
    #[inline(always)]
    pub fn append(&mut self, object: &Owned) -> bool {
        let usual = self.count == self.places.len() && (self.count as i64) < MEMO_PLACES_MAX;
        if usual {
            self.places.push(Some(object.clone()));
            self.count += 1;
        }
        usual
    }

    /// The objects with their numbers.
    pub fn entries(&self) -> Vec<(i64, Owned)> {
        let places = self.places.iter().enumerate();
        let places = places.filter_map(|(number, object)| object.clone().map(|object| (number as i64, object)));
        places.chain(self.others.iter().cloned()).collect()
    }
}

/// A reader. An `Unpickler` has one for all its life, `loads` for one pickle.
#[derive(Traverse, Default)]
pub struct Loader {
    pub input: Input,
    pub memo: RefCell<Memo>,
    stack: RefCell<Vec<Owned>>,
    #[plain]
    marks: RefCell<Vec<usize>>,
    /// An iterator over buffers that are not in the pickle.
    pub buffers: Field,
    /// Asked for classes and functions, if not `find_class` here.
    pub find_class: Field,
    pub persistent_load: Field,
    pub protocol: Cell<i64>,
    pub fix_imports: Cell<bool>,
    #[plain]
    pub encoding: RefCell<String>,
    #[plain]
    pub errors: RefCell<String>,
}

impl Loader {
    /// Sets what a constructor or function is told.
    pub fn configure(
        &self,
        cx: &mut Context,
        fix_imports: bool,
        encoding: String,
        errors: String,
        buffers: Option<Value>,
    ) -> Result<()> {
        let buffers = match buffers {
            Some(buffers) => Some(iterate::get_iter(cx, buffers)?),
            None => None,
        };
        self.buffers.set(buffers);
        self.fix_imports.set(fix_imports);
        self.encoding.replace(encoding);
        self.errors.replace(errors);
        Ok(())
    }

    /// Reads one pickle.
    pub fn load(&self, cx: &mut Context) -> Result<Owned> {
        self.protocol.set(0);
        self.input.leave_frame();
        self.marks.borrow_mut().clear();
        let old = std::mem::take(&mut *self.stack.borrow_mut());
        drop(old);
        let result = self.run(cx);
        let left = std::mem::take(&mut *self.stack.borrow_mut());
        drop(left);
        let result = result?;
        self.input.skip_used(cx)?;
        Ok(result)
    }

    fn run(&self, cx: &mut Context) -> Result<Owned> {
        loop {
            self.run_quickly(cx);
            let Some(opcode) = self.input.byte(cx)? else {
                return Err(cx.raise(&EOF_ERROR, "Ran out of input"));
            };
            if opcode == STOP {
                return self.pop(cx);
            }
            self.step(cx, opcode)?;
        }
    }

    // The stack.

    /// Objects below this place are behind a mark.
    fn fence(&self) -> usize {
        self.marks.borrow().last().copied().unwrap_or(0)
    }

    fn depth(&self) -> usize {
        self.stack.borrow().len()
    }

    #[cold]
    fn underflow(&self, cx: &mut Context) -> Raised {
        let message =
            if self.marks.borrow().is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(cx, message)
    }

    #[inline]
    fn push(&self, object: Owned) {
        self.stack.borrow_mut().push(object);
    }

    fn pop(&self, cx: &mut Context) -> Result<Owned> {
        if self.depth() <= self.fence() {
            return Err(self.underflow(cx));
        }
        let top = self.stack.borrow_mut().pop();
        top.ok_or_else(|| self.underflow(cx))
    }

    /// The object on top, which stays there.
    fn top(&self, cx: &mut Context) -> Result<Owned> {
        if self.depth() <= self.fence() {
            return Err(self.underflow(cx));
        }
        let top = self.stack.borrow().last().cloned();
        top.ok_or_else(|| self.underflow(cx))
    }

    /// Takes away the last mark; gives the place where it was.
    fn pop_mark(&self, cx: &mut Context) -> Result<usize> {
        let mark = self.marks.borrow_mut().pop();
        match mark {
            Some(mark) => Ok(mark),
            None => Err(unpickling_error(cx, "could not find MARK")),
        }
    }

    /// Takes away the objects from a place on.
    fn pop_from(&self, place: usize) -> Vec<Owned> {
        let mut stack = self.stack.borrow_mut();
        let place = place.min(stack.len());
        stack.split_off(place)
    }

    /// Takes away so many objects.
    fn pop_some(&self, cx: &mut Context, count: usize) -> Result<Vec<Owned>> {
        if self.depth() < self.fence() + count {
            return Err(self.underflow(cx));
        }
        Ok(self.pop_from(self.depth() - count))
    }

    fn remember(&self, number: i64, object: Owned) {
        let old = self.memo.borrow_mut().put(number, object);
        drop(old);
    }

    fn push_remembered(&self, cx: &mut Context, number: i64) -> Result<()> {
        let found = self.memo.borrow().get(number);
        match found {
            Some(object) => {
                self.push(object);
                Ok(())
            }
            None => Err(unpickling_error(cx, format!("Memo value not found at index {number}"))),
        }
    }

    // Reading.

    fn bytes<const N: usize>(&self, cx: &mut Context) -> Result<[u8; N]> {
        self.input.read(cx, N, |bytes| {
            let mut array = [0; N];
            array.copy_from_slice(bytes);
            array
        })
    }

    fn unsigned_byte(&self, cx: &mut Context) -> Result<u64> {
        Ok(u64::from(self.bytes::<1>(cx)?[0]))
    }

    fn unsigned_word(&self, cx: &mut Context) -> Result<u64> {
        Ok(u64::from(u32::from_le_bytes(self.bytes(cx)?)))
    }

    fn signed_word(&self, cx: &mut Context) -> Result<i64> {
        Ok(i64::from(i32::from_le_bytes(self.bytes(cx)?)))
    }

    fn push_number(&self, cx: &mut Context, number: i64) -> Result<()> {
        let number = int::from_i64(cx, number);
        self.push(number);
        Ok(())
    }

    /// One instruction.
    fn step(&self, cx: &mut Context, opcode: u8) -> Result<()> {
        match opcode {
            NONE => self.push(Owned::new(singleton::none())),
            NEWTRUE => self.push(Owned::new(singleton::true_())),
            NEWFALSE => self.push(Owned::new(singleton::false_())),
            BININT1 => {
                let number = self.unsigned_byte(cx)?;
                return self.push_number(cx, number as i64);
            }
            BININT2 => {
                let number = u16::from_le_bytes(self.bytes(cx)?);
                return self.push_number(cx, i64::from(number));
            }
            BININT => {
                let number = self.signed_word(cx)?;
                return self.push_number(cx, number);
            }
            MEMOIZE => {
                let number = self.memo.borrow().count as i64;
                let top = self.top(cx)?;
                self.remember(number, top);
            }
            BINGET => {
                let number = self.unsigned_byte(cx)?;
                return self.push_remembered(cx, number as i64);
            }
            LONG_BINGET => {
                let number = self.unsigned_word(cx)?;
                return self.push_remembered(cx, number as i64);
            }
            BINPUT => {
                let top = self.top(cx)?;
                let number = self.unsigned_byte(cx)?;
                self.remember(number as i64, top);
            }
            LONG_BINPUT => {
                let top = self.top(cx)?;
                let number = self.unsigned_word(cx)?;
                self.remember(number as i64, top);
            }
            MARK => self.marks.borrow_mut().push(self.depth()),
            EMPTY_TUPLE => self.push(Owned::new(tuple::empty())),
            EMPTY_LIST => {
                let list = ListObject::new(cx, Vec::new());
                self.push(list);
            }
            EMPTY_DICT => {
                let dict = DictObject::new(cx);
                self.push(dict);
            }
            EMPTY_SET => {
                let set = SetObject::new(cx);
                self.push(set);
            }
            TUPLE1 => return self.push_tuple(cx, 1),
            TUPLE2 => return self.push_tuple(cx, 2),
            TUPLE3 => return self.push_tuple(cx, 3),
            TUPLE => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                let tuple = TupleObject::from_owned(cx, items);
                self.push(tuple);
            }
            LIST => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                let list = ListObject::new(cx, items);
                self.push(list);
            }
            POP => {
                // A mark on top is taken away like an object.
                if self.marks.borrow().last() == Some(&self.depth()) {
                    self.marks.borrow_mut().pop();
                } else {
                    drop(self.pop(cx)?);
                }
            }
            POP_MARK => {
                let mark = self.pop_mark(cx)?;
                drop(self.pop_from(mark));
            }
            DUP => {
                let top = self.top(cx)?;
                self.push(top);
            }
            PROTO => {
                let protocol = self.unsigned_byte(cx)? as i64;
                if protocol > PROTOCOL_MAX {
                    return Err(cx.value_error(format!("unsupported pickle protocol: {protocol}")));
                }
                self.protocol.set(protocol);
            }
            FRAME => {
                let length = u64::from_le_bytes(self.bytes(cx)?);
                let Ok(length) = isize::try_from(length) else {
                    let most = isize::MAX;
                    return Err(cx.overflow_error(format!("FRAME length exceeds system's maximum of {most} bytes")));
                };
                if !self.input.may_have(length as u64) {
                    return Err(truncated(cx));
                }
                self.input.ensure(cx, length as usize)?;
                if !self.input.begin_frame(length as u64) {
                    return Err(unpickling_error(cx, "beginning of a new frame before end of current frame"));
                }
            }
            FROZENSET => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                let items = ListObject::new(cx, items);
                let set = call::call(cx, FROZENSET_TYPE.value(), &[items.value()])?;
                self.push(set);
            }
            _ => return self.step_values(cx, opcode),
        }
        Ok(())
    }

    fn push_tuple(&self, cx: &mut Context, count: usize) -> Result<()> {
        let items = self.pop_some(cx, count)?;
        let tuple = TupleObject::from_owned(cx, items);
        self.push(tuple);
        Ok(())
    }
}
