//! The primitives from which handlers are built; those on numbers are in `numbers.rs`.
//!
//! `Value`, `Int`, `Float` and `Raw` are opaque, so a handler can branch only through a primitive that answers with a
//! Rust `bool` or `Option`: the recorder appends the guard of the answer it saw. Forgetting a guard is a type error.
//! An `Owned` token must be consumed exactly once on every path; the `Checked` instance counts them.

use sidewinder_bytecode::Instruction;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::site::{Access, Site};
use sidewinder_runtime::objects::slots::{BinaryOp, CompareOp};
use sidewinder_runtime::{Context, TypeObject, Value};

use crate::frame::Continuation;
use crate::helpers::{Helper1, Helper2, Helper3, Helper4};
use crate::numbers::Numbers;

/// The address of an instruction; null when the run has been left, by a result or by an exception.
pub type Pc = *const Instruction;

/// What a part of a handler answers that may decline: where to go on, or `None` when nothing has happened and another
/// way must be taken. A run that was left is `Some`: the two must not be mixed up, so no handler tests a `Pc` for null.
pub type Attempt = Option<Pc>;

/// A handler that is not followed by traces.
pub type ColdHandler = fn(&mut Context, Pc) -> Pc;

/// The primitives. See the module's head.
pub trait Semantics: Numbers {
    /// The thread's state, for cold code and for filling caches; never to branch on values.
    fn context(&mut self) -> &mut Context;
    /// Called before each instruction; true stops the run.
    fn begin(&mut self, _pc: Pc) -> bool {
        false
    }
    /// Called at a back-edge to `target`. Returns where to go on: usually `target`.
    fn back_edge(&mut self, pc: Pc, target: Pc, loop_index: u16) -> Pc;
    /// Says which instruction is running before anything in it can be observed: a call that may run Python or warn, or
    /// the death of an object. Cold handlers and last acts say it themselves; traces know it from their records.
    fn publish(&mut self, pc: Pc) {
        self.context().instruction = pc;
    }
    /// Runs a handler that traces do not follow.
    fn cold(&mut self, pc: Pc, handler: ColdHandler) -> Pc;
    /// Unwinds from the exception that `pc` raised. Returns where to go on.
    fn raise(&mut self, pc: Pc) -> Pc;

    // Registers.
    /// The value of a `Src` field, borrowed.
    fn operand(&mut self, field: u16) -> Self::Value;
    /// The value of a register, borrowed.
    fn register(&mut self, register: u16) -> Self::Value;
    /// The value of a `Src` field, owned: moved out of a temporary, duplicated otherwise.
    fn take(&mut self, field: u16) -> Self::Owned;
    /// Ends the use of a `Src` field: a temporary gives up its value.
    fn release(&mut self, field: u16);
    /// Like `release`, for a field known to hold nothing counted.
    fn release_simple(&mut self, field: u16);
    /// Stores into a register and releases its old value.
    fn set(&mut self, register: u16, value: Self::Owned);
    /// Stores into a register that holds nothing counted.
    fn set_fresh(&mut self, register: u16, value: Self::Owned);
    /// The last act of a handler: `set`, then on to `next`. A temporary must hold nothing.
    fn set_then(&mut self, register: u16, value: Self::Owned, next: Pc) -> Pc {
        self.set(register, value);
        next
    }
    /// The last act of the handler of the instruction at `pc`: `release`, then on to `next`.
    fn release_then(&mut self, _pc: Pc, field: u16, next: Pc) -> Pc {
        self.release(field);
        next
    }
    /// The last act of a handler: `clear`, then on to `next`.
    fn clear_then(&mut self, register: u16, next: Pc) -> Pc {
        self.clear(register);
        next
    }
    /// The last acts of a handler: `release`, `set_then`.
    fn release_set_then(&mut self, field: u16, register: u16, value: Self::Owned, next: Pc) -> Pc {
        self.release(field);
        self.set_then(register, value, next)
    }
    /// The last acts of a handler: `box_float`, `set_then`.
    fn set_float_then(&mut self, register: u16, value: Self::Float, next: Pc) -> Pc {
        let value = self.box_float(value);
        self.set_then(register, value, next)
    }
    /// Makes a register unbound and releases its value.
    fn clear(&mut self, register: u16);
    /// Clears a local of a frame that is about to be left: finalizers wait until `frame_left`, as they see the caller.
    fn clear_dying(&mut self, register: u16) {
        self.clear(register);
    }
    /// After a frame was left: its caller is at the instruction at `pc` again, and the finalizers of what died with the
    /// frame run.
    fn frame_left(&mut self, pc: Pc);
    /// Takes the value out of a register, which becomes unbound.
    fn move_out(&mut self, register: u16) -> Self::Owned;
    /// Whether a register is unbound.
    fn is_unbound(&mut self, value: Self::Value) -> bool;

    // Ownership.
    fn dup(&mut self, value: Self::Value) -> Self::Owned;
    fn drop(&mut self, value: Self::Owned);
    fn view(&mut self, value: &Self::Owned) -> Self::Value;
    /// Before values are duplicated: a number among them needs no counting, which traces can test while the instruction
    /// has no effect yet.
    fn expect_number(&mut self, _value: Self::Value) {}
    /// A value that is constant under assumptions which the caller has tested or declared.
    fn constant(&mut self, value: Value) -> Self::Value;
    /// What the value is, for filling caches and choosing cold paths that end a recording.
    fn peek(&self, value: Self::Value) -> Value;

    // Tests of types.
    fn as_int(&mut self, value: Self::Value) -> Option<Self::Int>;
    fn as_float(&mut self, value: Self::Value) -> Option<Self::Float>;
    fn has_type(&mut self, value: Self::Value, kind: &'static TypeObject) -> bool;
    fn same(&mut self, a: Self::Value, b: Self::Value) -> bool;
    /// Whether the value is the object True, for a value of type bool.
    fn is_true(&mut self, value: Self::Value) -> bool;

    // Sequences.
    /// An index into a sequence of `length` items, negative ones counted from the end; `None` when out of range.
    fn index(&mut self, index: Self::Int, length: Self::Raw) -> Option<Self::Raw>;
    fn list_length(&mut self, list: Self::Value) -> Self::Raw;
    fn list_item(&mut self, list: Self::Value, index: Self::Raw) -> Self::Value;
    /// Replaces an item and releases the old one.
    fn list_set_item(&mut self, list: Self::Value, index: Self::Raw, value: Self::Owned);
    /// The last acts of a handler: `list_set_item`, `release_then`.
    fn list_set_item_then(
        &mut self,
        list: Self::Value,
        index: Self::Raw,
        value: Self::Owned,
        field: u16,
        next: Pc,
    ) -> Pc {
        self.list_set_item(list, index, value);
        self.release(field);
        next
    }
    fn list_append(&mut self, list: Self::Value, value: Self::Owned);
    /// Takes the last item off a list that is not empty.
    fn list_pop(&mut self, list: Self::Value) -> Self::Owned;
    fn tuple_length(&mut self, tuple: Self::Value) -> Self::Raw;
    fn tuple_item(&mut self, tuple: Self::Value, index: Self::Raw) -> Self::Value;

    // Fields at a fixed offset of an object; `class` says which memory for alias analysis.
    fn load_field(&mut self, object: Self::Value, offset: usize, class: sidewinder_ir::op::Alias) -> Self::Value;
    fn load_raw(&mut self, object: Self::Value, offset: usize, class: sidewinder_ir::op::Alias) -> Self::Raw;
    fn store_raw(&mut self, object: Self::Value, offset: usize, value: Self::Raw, class: sidewinder_ir::op::Alias);
    /// Replaces a field and releases its old value (if bound).
    fn replace_field(
        &mut self,
        object: Self::Value,
        offset: usize,
        value: Self::Owned,
        class: sidewinder_ir::op::Alias,
    );
    /// The last act of a handler: `replace_field`, then on to `next`.
    fn replace_field_then(
        &mut self,
        object: Self::Value,
        offset: usize,
        value: Self::Owned,
        class: sidewinder_ir::op::Alias,
        next: Pc,
    ) -> Pc {
        self.replace_field(object, offset, value, class);
        next
    }

    // Instances.
    /// Whether the object is of type `kind` and has this shape.
    fn has_shape(&mut self, object: Self::Value, kind: &'static TypeObject, shape: u32) -> bool;
    /// The attribute in a slot of an object whose shape was tested; `inline` says where it lies.
    fn load_attribute(
        &mut self,
        object: Self::Value,
        kind: &'static TypeObject,
        slot: u32,
        inline: bool,
    ) -> Self::Value;
    /// Replaces the attribute in a slot and releases the old value.
    fn store_attribute(
        &mut self,
        object: Self::Value,
        kind: &'static TypeObject,
        slot: u32,
        inline: bool,
        value: Self::Owned,
    );
    /// The last acts of a handler: `store_attribute`, `release`.
    fn store_attribute_then(
        &mut self,
        object: Self::Value,
        (kind, slot, inline): (&'static TypeObject, u32, bool),
        value: Self::Owned,
        field: u16,
        next: Pc,
    ) -> Pc {
        self.store_attribute(object, kind, slot, inline, value);
        self.release(field);
        next
    }
    /// Adds an inline attribute: the new shape, and a value into the slot.
    fn add_attribute(
        &mut self,
        object: Self::Value,
        kind: &'static TypeObject,
        shape: u32,
        slot: u32,
        value: Self::Owned,
    );
    /// A fresh instance of `kind` without attributes.
    fn new_instance(&mut self, kind: &'static TypeObject) -> Self::Owned;
    /// An iterator that counts from `start` to before `stop`; `None` if there are too many numbers.
    fn counting_iterator(&mut self, start: Self::Int, stop: Self::Int) -> Option<Self::Owned>;
    /// An iterator of type `kind`, one of those that walk by index, over a sequence.
    fn sequence_iterator(&mut self, kind: &'static TypeObject, sequence: Self::Owned) -> Self::Owned;
    /// Whether the type still has this version. (For the recorder: an assumption, no code.)
    fn type_version_is(&mut self, kind: &'static TypeObject, version: u64) -> bool;

    // Globals.
    /// Whether the dict's keys still have this version. (For the recorder: an assumption.)
    fn keys_version_is(&mut self, dict: &'static DictObject, version: u64) -> bool;
    /// The value of entry `index` of a dict whose keys version was tested.
    fn dict_entry(&mut self, dict: &'static DictObject, index: u32) -> Self::Value;

    // Calls.
    /// The Python function that the value is, if it is one: the recorder guards its code and globals.
    fn as_function(&mut self, value: Self::Value) -> Option<&'static FunctionObject>;
    /// Whether two values known at run time are the same object as a known one.
    fn is_object(&mut self, value: Self::Value, object: Value) -> bool;
    /// Makes the call block at `block` a frame: writes the header and switches to it. The callable is in place and the
    /// parameters, `code.parameter_count` of them, have their values; other locals become unbound. `kept` goes into the header's last word.
    fn push_frame(
        &mut self,
        block: u16,
        code: &'static CodeObject,
        return_to: Pc,
        continuation: Continuation,
        destination: u16,
        kept: Option<Self::Owned>,
    );
    /// Leaves the running frame, whose registers are released: gives up its function and switches to the caller.
    /// Returns the kept word (unbound if none), and where the caller goes on.
    fn pop_frame(&mut self) -> (Self::Owned, Pc);
    /// Number of locals of the running frame.
    fn local_count(&mut self) -> u16;
    /// Continuation and destination of the running frame.
    fn link(&mut self) -> (Continuation, u16);
    /// Whether a call of a Python function shall not enter a frame of this run: the recorder's way with calls that it does
    /// not inline. Asked before the first effect.
    fn calls_through(&mut self, _code: &'static CodeObject) -> bool {
        false
    }
    /// Makes such a call: runs the function in the call block at `block`, all of whose parameters have their values, to
    /// its end. `None` when it raised.
    fn call_through(&mut self, block: u16, code: &'static CodeObject) -> Option<Self::Owned>;
    /// The keys of a dict of keyword arguments, if they can be known; the recorder guards them.
    fn keyword_names(&mut self, keywords: Self::Value) -> Option<&'static [Value]>;
    /// Whether another frame may be entered (recursion and stack limits).
    fn may_enter(&mut self, code: &'static CodeObject) -> bool;
    /// Calls the native function whose arguments lie in registers `first..first+count`.
    fn call_native(&mut self, callable: Value, first: u16, count: u16, receiver: bool, pc: Pc) -> Option<Self::Owned>;
    /// The inline cache of a site.
    fn site(&mut self, index: u16) -> &'static Site;
    /// The running frame's function, which is known.
    fn function(&mut self) -> &'static FunctionObject;
    /// The running frame's function as a value.
    fn function_value(&mut self) -> Self::Value;

    // Helpers. `None` means that an exception is pending.
    fn call1(&mut self, helper: &'static Helper1, a: Self::Value) -> Option<Self::Owned>;
    fn call2(&mut self, helper: &'static Helper2, a: Self::Value, b: Self::Value) -> Option<Self::Owned>;
    fn call3(
        &mut self,
        helper: &'static Helper3,
        a: Self::Value,
        b: Self::Value,
        c: Self::Value,
    ) -> Option<Self::Owned>;
    fn call4(&mut self, helper: &'static Helper4, a: Self::Value, rest: [Self::Value; 3]) -> Option<Self::Owned>;
    /// A helper over a run of registers, whose values move into it: builds a tuple, list, string…
    fn build(&mut self, helper: &'static crate::helpers::RunHelper, first: u16, count: u16) -> Option<Self::Owned>;
    /// `a op b` by the operands' slots.
    fn binary_slow(&mut self, op: BinaryOp, inplace: bool, a: Self::Value, b: Self::Value) -> Option<Self::Owned>;
    fn compare_slow(&mut self, op: CompareOp, a: Self::Value, b: Self::Value) -> Option<Self::Owned>;
    /// The truth of a value that is no bool, int, float or None; `None` when it raised.
    fn truth_slow(&mut self, value: Self::Value) -> Option<bool>;

    // Added rows: see the handlers that use them.
    /// Concatenation of two str; the left one is consumed, and grown in place when nobody else refers to it.
    fn concatenate(&mut self, left: Self::Owned, right: Self::Value) -> Option<Self::Owned>;
    /// Equality of two str.
    fn text_equal(&mut self, a: Self::Value, b: Self::Value) -> bool;
    /// Order of two str; `None` for the recorder, which takes the slow path.
    fn text_ordered(&mut self, _op: CompareOp, _a: Self::Value, _b: Self::Value) -> Option<bool> {
        None
    }
    /// Replaces the value of an entry of a dict whose keys version was tested.
    fn set_dict_entry(&mut self, dict: &'static DictObject, index: u32, value: Self::Owned);
    /// The last act of a handler: `set_dict_entry`, then on to `next`.
    fn set_dict_entry_then(&mut self, dict: &'static DictObject, index: u32, value: Self::Owned, next: Pc) -> Pc {
        self.set_dict_entry(dict, index, value);
        next
    }
    /// Like `set`, but after effects of the same instruction.
    fn set_late(&mut self, register: u16, value: Self::Owned) {
        self.set(register, value);
    }
    /// The last acts of a `Return`: releases the locals of the running frame, the last one first, leaves the frame and
    /// stores its result into the caller's register.
    fn return_then(&mut self, result: Self::Owned, destination: u16) -> Pc {
        crate::handlers::call::release_locals(self);
        let (kept, next) = self.pop_frame();
        self.forget(kept);
        self.frame_left(next.wrapping_sub(1));
        self.set_then(destination, result, next)
    }
    /// An older entry of an attribute site, or one that it shares, that serves an instance of this type and shape, to use
    /// in place of the site's. `None` for the recorder, which has the entry put into the site and executes the instruction
    /// again, or records the general way of a megamorphic site.
    fn older_entry(&mut self, _index: u16, _object: Self::Value, _access: Access) -> Option<&'static Site> {
        None
    }
    /// Starts the frame just pushed: its first instruction.
    fn enter(&mut self, code: &'static CodeObject) -> Pc;
    /// Calls anything, by the general rules.
    fn cold_call(&mut self, pc: Pc, destination: u16, block: u16, count: u16) -> Pc;
    /// Consumes a token that is known to be unbound.
    fn forget(&mut self, value: Self::Owned);
    /// What the first argument of a call is, or unbound: to decide whether a native method accepts it.
    fn peek_first(&mut self, first: u16, count: u16) -> Value;
    /// Whether the value's type is `class` itself or does not derive from it.
    fn is_not_subtype_of(&mut self, value: Self::Value, class: &'static TypeObject) -> bool;
    /// The register above all of the running frame, where a call block may be built.
    fn free_block(&mut self) -> u16;
    /// A generator over a call of `function` with the arguments in registers `first..first + count`, which move into it.
    fn make_generator(&mut self, function: Self::Owned, first: u16, count: u16) -> Self::Owned;
    /// Whether the generator can be resumed as a frame of this run: it is suspended, and there is room.
    fn may_resume(&mut self, generator: Self::Value) -> bool;
    /// Enters the frame of a generator of which `may_resume` has said that this is possible. Its `Yield` gives `sent`.
    /// Returns where it goes on.
    fn resume(
        &mut self,
        pc: Pc,
        generator: Self::Owned,
        sent: Self::Owned,
        continuation: Continuation,
        destination: u16,
    ) -> Pc;
    /// Who has resumed the running generator, which is about to yield: continuation, destination, and the instruction
    /// to go on at.
    fn resumer(&mut self, pc: Pc) -> (Continuation, u16, Pc);
    /// A register of the frame that has resumed the running generator.
    fn outer_register(&mut self, register: u16) -> Self::Value;
    /// Stores into such a register, and releases the old value.
    fn set_outer(&mut self, register: u16, value: Self::Owned);
    /// Before the running generator is suspended at the `Yield` at `pc`: what the recorder guards.
    fn before_suspend(&mut self, _pc: Pc) {}
    /// The running frame, an asynchronous generator's, is about to give the item that its resumer waits for.
    fn end_wait(&mut self);
    /// Suspends the running frame, a generator's, at the `Yield` at `pc`, and switches to the frame that has resumed it.
    fn suspend(&mut self, pc: Pc);
    /// Ends the run with what the running generator yields to native code.
    fn suspend_run(&mut self, pc: Pc, value: Self::Owned) -> Pc;
    /// Leaves the running frame, a generator's whose locals are released, for good. Returns where its resumer goes on.
    fn finish_generator(&mut self) -> Pc;
    /// Ends the run with the result of its outermost frame.
    fn leave(&mut self, pc: Pc, result: Self::Owned) -> Pc;
    /// The next item of any iterator: `Some(None)` when it is exhausted, `None` when it raised.
    fn next_item(&mut self, iterator: Self::Value) -> Option<Option<Self::Owned>>;
}
