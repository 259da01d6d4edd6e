//! The everyday instructions, executed in one go over what is in memory.
//!
//! **Invariants**: nothing here runs Python code, so the borrows may last; whatever could, and whatever is wrong with the
//! pickle, is left to the instruction's other form, which finds the loader as it was before the instruction.

use super::Loader;
use crate::pickle::opcode::*;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::list::{ListObject, as_values};
use sidewinder_runtime::objects::set::SetObject;
use sidewinder_runtime::objects::str::{STR, StrObject};
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::objects::{float, singleton};
use sidewinder_runtime::{Context, Owned, Value};

/// The first bytes as an array, if there are so many.
#[inline(always)]
fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

/// A text in UTF-8; none if it is not well-formed, as with lone surrogates.
#[inline(always)]
fn text_of(cx: &mut Context, bytes: &[u8]) -> Option<Owned> {
    if bytes.is_ascii() {
        return Some(StrObject::from_latin1_known(cx, bytes, true));
    }
    std::str::from_utf8(bytes).ok().map(|text| StrObject::new(cx, text))
}

/// A number of up to eight bytes in two's complement, if it needs no box.
#[inline(always)]
fn short_number(bytes: &[u8]) -> Option<Value> {
    let mut word = [if bytes.last()? & 0x80 != 0 { 0xFF } else { 0 }; 8];
    word.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Value::try_from_int(i64::from_le_bytes(word))
}

/// Puts keys and values into a new dict, if all keys are texts; whether it did.
fn fill(cx: &mut Context, dict: &DictObject, items: &[Value]) -> bool {
    let texts = items.chunks_exact(2).all(|pair| pair[0].has_type(&STR));
    if !texts || !items.len().is_multiple_of(2) || !dict.is_empty() {
        return false;
    }
    dict.make_room(items.len() / 2);
    items.chunks_exact(2).all(|pair| dict.set_plain(cx, pair[0], pair[1]))
}

impl Loader {
    /// Executes instructions up to one that is not meant for here.
    pub(super) fn run_quickly(&self, cx: &mut Context) {
        let data = self.input.data();
        let start = self.input.position();
        let mut at = start;
        let data = &data[..data.len().min(self.input.end_of_frame())];
        let mut stack = self.stack.borrow_mut();
        let mut memo = self.memo.borrow_mut();
        let mut marks = self.marks.borrow_mut();
        let mut fence = marks.last().copied().unwrap_or(0);
        while let Some((&opcode, rest)) = data.get(at..).and_then(<[u8]>::split_first) {
            let used = match opcode {
                NONE => {
                    stack.push(Owned::new(singleton::none()));
                    0
                }
                NEWTRUE => {
                    stack.push(Owned::new(singleton::true_()));
                    0
                }
                NEWFALSE => {
                    stack.push(Owned::new(singleton::false_()));
                    0
                }
                BININT1 => {
                    let Some([number]) = array(rest) else { break };
                    stack.push(Owned::new(Value::from_small_int(i64::from(number))));
                    1
                }
                BININT2 => {
                    let Some(number) = array(rest) else { break };
                    stack.push(Owned::new(Value::from_small_int(i64::from(u16::from_le_bytes(number)))));
                    2
                }
                BININT => {
                    let Some(number) = array(rest) else { break };
                    stack.push(Owned::new(Value::from_small_int(i64::from(i32::from_le_bytes(number)))));
                    4
                }
                LONG1 => {
                    let Some([length]) = array(rest) else { break };
                    let Some(bytes) = rest[1..].get(..usize::from(length)) else { break };
                    let Some(number) = short_number(bytes) else { break };
                    stack.push(Owned::new(number));
                    1 + usize::from(length)
                }
                BINFLOAT => {
                    let Some(number) = array(rest) else { break };
                    stack.push(float::from_f64(cx, f64::from_be_bytes(number)));
                    8
                }
                SHORT_BINUNICODE => {
                    let Some([length]) = array(rest) else { break };
                    let Some(bytes) = rest[1..].get(..usize::from(length)) else { break };
                    let Some(text) = text_of(cx, bytes) else { break };
                    stack.push(text);
                    1 + usize::from(length)
                }
                BINUNICODE => {
                    let Some(length) = array(rest).map(u32::from_le_bytes) else { break };
                    let Some(bytes) = rest[4..].get(..length as usize) else { break };
                    let Some(text) = text_of(cx, bytes) else { break };
                    stack.push(text);
                    4 + length as usize
                }
                SHORT_BINBYTES => {
                    let Some([length]) = array(rest) else { break };
                    let Some(bytes) = rest[1..].get(..usize::from(length)) else { break };
                    stack.push(BytesObject::new(cx, bytes));
                    1 + usize::from(length)
                }
                MEMOIZE => {
                    if stack.len() <= fence {
                        break;
                    }
                    let Some(top) = stack.last() else { break };
                    if !memo.append(top) {
                        break;
                    }
                    0
                }
                BINPUT => {
                    let Some([number]) = array(rest) else { break };
                    if stack.len() <= fence || usize::from(number) != memo.next_number() {
                        break;
                    }
                    let Some(top) = stack.last() else { break };
                    if !memo.append(top) {
                        break;
                    }
                    1
                }
                LONG_BINPUT => {
                    let Some(number) = array(rest).map(u32::from_le_bytes) else { break };
                    if stack.len() <= fence || number as usize != memo.next_number() {
                        break;
                    }
                    let Some(top) = stack.last() else { break };
                    if !memo.append(top) {
                        break;
                    }
                    4
                }
                BINGET => {
                    let Some([number]) = array(rest) else { break };
                    let Some(object) = memo.get(i64::from(number)) else { break };
                    stack.push(object);
                    1
                }
                LONG_BINGET => {
                    let Some(number) = array(rest).map(u32::from_le_bytes) else { break };
                    let Some(object) = memo.get(i64::from(number)) else { break };
                    stack.push(object);
                    4
                }
                MARK => {
                    fence = stack.len();
                    marks.push(fence);
                    0
                }
                EMPTY_TUPLE => {
                    stack.push(Owned::new(tuple::empty()));
                    0
                }
                EMPTY_LIST => {
                    stack.push(ListObject::new(cx, Vec::new()));
                    0
                }
                EMPTY_DICT => {
                    stack.push(DictObject::new(cx));
                    0
                }
                EMPTY_SET => {
                    stack.push(SetObject::new(cx));
                    0
                }
                TUPLE1 | TUPLE2 | TUPLE3 => {
                    let Some(first) = stack.len().checked_sub(usize::from(opcode - TUPLE1) + 1) else { break };
                    if first < fence {
                        break;
                    }
                    let tuple = TupleObject::from_end_of(cx, &mut stack, first);
                    stack.push(tuple);
                    0
                }
                TUPLE => {
                    if marks.pop().is_none() {
                        break;
                    }
                    let tuple = TupleObject::from_end_of(cx, &mut stack, fence);
                    stack.push(tuple);
                    fence = marks.last().copied().unwrap_or(0);
                    0
                }
                APPEND => {
                    let [.., target, _] = as_values(&stack)[fence..] else { break };
                    let Some(list) = target.cast_exact::<ListObject>() else { break };
                    if let Some(item) = stack.pop() {
                        list.push(item);
                    }
                    0
                }
                APPENDS | SETITEMS => {
                    let below = marks.len().checked_sub(2).map_or(0, |place| marks[place]);
                    if marks.is_empty() || fence <= below {
                        break;
                    }
                    let target = stack[fence - 1].value();
                    if opcode == APPENDS {
                        let Some(list) = target.cast_exact::<ListObject>() else { break };
                        list.extend_from_end_of(&mut stack, fence);
                    } else {
                        let filled = target.has_type(&DICT) && fill(cx, dict::of(target), &as_values(&stack)[fence..]);
                        if !filled {
                            break;
                        }
                        stack.truncate(fence);
                    }
                    marks.pop();
                    fence = below;
                    0
                }
                SETITEM => {
                    let place = stack.len().saturating_sub(2);
                    if place <= fence {
                        break;
                    }
                    let target = stack[place - 1].value();
                    if !target.has_type(&DICT) || !fill(cx, dict::of(target), &as_values(&stack)[place..]) {
                        break;
                    }
                    stack.truncate(place);
                    0
                }
                _ => break,
            };
            at += 1 + used;
        }
        self.input.advance(at - start);
    }
}
