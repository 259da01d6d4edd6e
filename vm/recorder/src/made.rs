//! Objects of builtin types that traces make themselves, field by field: the optimizer sees what they hold, and may leave
//! them out.

use crate::helper_table::Special;
use crate::instance::Number;
use crate::recorder::Recorder;
use sidewinder_ir::op::Alias;
use sidewinder_ir::{Ref, Type};
use sidewinder_runtime::TypeObject;
use sidewinder_runtime::heap::allocate::CELL_GRAIN;
use sidewinder_runtime::objects::iterator::SequenceIterator;
use sidewinder_runtime::objects::range::{RANGE_ITERATOR, RangeIterator};
use sidewinder_runtime::objects::tuple::{ITEMS_OFFSET, TUPLE, TupleObject};
use sidewinder_semantics::interp::Small;
use sidewinder_semantics::{Numbers, Semantics};
use std::mem::offset_of;

/// In the bytes of an object's cell: it is a plain one.
const PLAIN_CELL: usize = 1;

impl Recorder<'_> {
    /// A new object of a builtin type, whose fields are still zero.
    fn new_object(&mut self, kind: &'static TypeObject, bytes: usize, plain: usize) -> Ref {
        let helper = self.special(Special::NewInstance);
        let class = self.raw(&raw const *kind as u64);
        let bytes = self.raw((bytes.next_multiple_of(CELL_GRAIN) | plain) as u64);
        let no_shape = self.raw(0);
        self.call(helper, &[class, bytes, no_shape], Type::Value)
    }

    /// A tuple of the values of a run of registers, which move into it.
    pub fn make_tuple(&mut self, first: u16, count: u16) -> Ref {
        for position in 0..count {
            let value = self.register(first + position);
            self.settle(value.ir);
        }
        let tuple = self.new_object(&TUPLE.object, ITEMS_OFFSET + 8 * count as usize, 0);
        let length = self.raw(count as u64);
        self.fill_word(tuple, offset_of!(TupleObject, length), length, Alias::Immutable);
        for position in 0..count {
            let slot = self.slot_of((first + position) as i32);
            let value = self.read_slot(slot);
            self.store_value(tuple, ITEMS_OFFSET + 8 * position as usize, value, Alias::Immutable);
            self.end_slot(slot);
        }
        tuple
    }

    /// An iterator that counts so many numbers.
    pub fn make_range_iterator(&mut self, start: Number<Small>, length: Number<Small>) -> Ref {
        let [current, remaining, step] = [self.int_to_raw(start).ir, self.int_to_raw(length).ir, self.raw(1)];
        let iterator = self.new_object(&RANGE_ITERATOR.object, size_of::<RangeIterator>(), PLAIN_CELL);
        self.fill_word(iterator, offset_of!(RangeIterator, current), current, Alias::Iterator);
        self.fill_word(iterator, offset_of!(RangeIterator, remaining), remaining, Alias::Iterator);
        self.fill_word(iterator, offset_of!(RangeIterator, step), step, Alias::Immutable);
        iterator
    }

    /// An iterator that walks a sequence, which it takes over, by index.
    pub fn make_sequence_iterator(&mut self, kind: &'static TypeObject, sequence: Ref) -> Ref {
        let iterator = self.new_object(kind, size_of::<SequenceIterator>(), 0);
        self.store_value(iterator, offset_of!(SequenceIterator, sequence), sequence, Alias::Iterator);
        let zero = self.raw(0);
        self.fill_word(iterator, offset_of!(SequenceIterator, index), zero, Alias::Iterator);
        iterator
    }
}
