//! The table of helpers that traces call: the handlers' own rows and those that only traces need.

use sidewinder_ir::helper::HelperTable;
use sidewinder_ir::op::{Alias, Type};
use sidewinder_ir::{Helper, HelperEffects, HelperId};
use sidewinder_runtime::heap::owned::increment;
use sidewinder_runtime::native::{Arguments, Native};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::{instance, str};
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, TypeObject, Value};
use sidewinder_semantics::frame::Continuation;
use sidewinder_semantics::helpers::{self, RunHelper, word};
use sidewinder_semantics::semantics::ColdHandler;
use sidewinder_semantics::{Pc, frame};
use std::collections::HashMap;

/// Calls a native function with the arguments that the trace has spilled from slot `first`, and releases them.
/// `shape` packs the number of arguments and whether the first is a receiver.
extern "C" fn call_native(cx: &mut Context, native: &'static Native, first: i64, shape: i64) -> Value {
    let count = (shape >> 1) as usize;
    // SAFETY: the trace spilled `count` values there, which nobody else owns.
    unsafe {
        let place = cx.base.offset(first as isize);
        let arguments = Arguments::positional(std::slice::from_raw_parts(place, count));
        let result = word(call::call_native(cx, native, arguments, shape & 1 != 0));
        for position in (0..count).rev() {
            let value = std::mem::replace(&mut *place.add(position), Value::UNBOUND);
            drop(Owned::from_raw_option(value));
        }
        result
    }
}

/// Calls any object: the callable lies in slot `block`, and `count` arguments after its header. All are released.
extern "C" fn call_any(cx: &mut Context, block: i64, count: i64) -> Value {
    let (block, count) = (block as isize, count as usize);
    // SAFETY: the trace spilled the callable and `count` values there, which nobody else owns.
    unsafe {
        let place = cx.base.offset(block);
        let first = place.add(sidewinder_bytecode::HEADER_WORDS);
        let arguments = Arguments::positional(std::slice::from_raw_parts(first, count));
        let result = word(call::call_with(cx, *place, arguments));
        for position in (0..count).rev() {
            drop(Owned::from_raw_option(std::mem::replace(&mut *first.add(position), Value::UNBOUND)));
        }
        drop(Owned::from_raw_option(std::mem::replace(&mut *place, Value::UNBOUND)));
        result
    }
}

/// Runs the Python function whose call block lies at slot `block`: the callable, room for a header, and the arguments,
/// which are as many as it takes. All are consumed. `depth` is how many frames the caller has entered itself.
pub extern "C" fn call_function(cx: &mut Context, code: &CodeObject, block: i64, pc: Pc, depth: i64) -> Value {
    let (caller, trace_top, recursion) = (cx.base, cx.trace_top, cx.recursion_left);
    // SAFETY: (frames 4) the trace wrote the callable and the arguments; the words above them are free.
    unsafe {
        let base = cx.base.offset(block as isize + sidewinder_bytecode::HEADER_WORDS as isize);
        // A few words: not worth the call of a library function that the compiler would make of it.
        for register in code.argument_count as usize..code.register_count as usize {
            base.add(register).write_volatile(Value::UNBOUND);
        }
        let delta = base.offset_from(cx.base) as usize;
        *base.offset(frame::CODE) = frame::tag(code);
        *base.offset(frame::RETURN) = frame::tag(pc);
        *base.offset(frame::LINK) = Value(frame::Link::new(delta, Continuation::Boundary, 0).0);
        *base.offset(frame::KEPT) = Value::UNBOUND;
        sidewinder_semantics::nested::leave_trace(cx);
        cx.recursion_left -= depth + 1;
        cx.base = base;
        let result = if cx.recursion_left < 0 || base >= cx.stack_limit || cx.check_native_stack("").is_err() {
            if cx.pending.is_unbound() {
                sidewinder_semantics::cold::call::recursion_error(cx);
            }
            for register in (0..code.argument_count as usize).rev() {
                cx.release(std::mem::replace(&mut *base.add(register), Value::UNBOUND));
            }
            cx.release(std::mem::replace(&mut *base.offset(frame::FUNCTION), Value::UNBOUND));
            Value::UNBOUND
        } else {
            crate::engine::run_function(cx, code)
        };
        (cx.base, cx.trace_top, cx.recursion_left) = (caller, trace_top, recursion);
        result
    }
}

/// Prepares the call of method `name` of an object: the callable goes to slot `block`, self (or nothing) to its first
/// argument. Below zero when it raised.
extern "C" fn load_method(cx: &mut Context, object: Value, name: Value, block: i64) -> i64 {
    let Ok((callable, receiver)) = sidewinder_semantics::cold::attribute::find_method(cx, object, name) else {
        return -1;
    };
    // SAFETY: the slots are words of a call block, which hold nothing.
    unsafe {
        let place = cx.base.offset(block as isize);
        *place = callable.into_raw();
        *place.add(sidewinder_bytecode::HEADER_WORDS) = receiver.map_or(Value::UNBOUND, Owned::into_raw);
    }
    0
}

extern "C" fn float_power(_cx: &mut Context, base: f64, exponent: f64) -> f64 {
    sidewinder_runtime::objects::float::arithmetic::power_f64(base, exponent)
}

/// Runs the handler of an instruction that traces have no operations for, in the frame at slot `base`, whose header and
/// operands the trace has written. Below zero when it raised.
extern "C" fn residual(cx: &mut Context, handler: usize, pc: Pc, base: i64) -> i64 {
    // SAFETY: the recorder passes a handler's address.
    let handler: ColdHandler = unsafe { std::mem::transmute(handler) };
    let caller = frame::Running::save(cx);
    // SAFETY: (frames 3) the trace wrote the header of the frame.
    unsafe {
        let running = cx.base.offset(base as isize);
        frame::switch(cx, running, frame::code(running));
    }
    let next = handler(cx, pc);
    caller.restore(cx);
    if next.is_null() { -1 } else { 0 }
}

/// A fresh instance of a plain class.
extern "C" fn new_instance(cx: &mut Context, class: &'static TypeObject) -> Value {
    Value::from_pointer(instance::allocate(cx, class, 0))
}

/// Appends to a list, which takes the value over.
extern "C" fn list_append(_cx: &mut Context, list: Value, value: Value) {
    // SAFETY: the trace has guarded the type.
    unsafe { list.cast_unchecked::<ListObject>() }.push(Owned::from_raw(value));
}

/// Concatenates two str; the left one is taken over.
extern "C" fn concatenate(cx: &mut Context, left: Value, right: Value) -> Value {
    word(str::concat_in_place(cx, Owned::from_raw(left), right))
}

extern "C" fn text_ordered(_cx: &mut Context, a: Value, b: Value, operation: usize) -> i64 {
    // SAFETY: (heap 2) the trace has guarded both types.
    unsafe { str::compare::holds(a.cast_unchecked(), b.cast_unchecked(), CompareOp::ALL[operation]) as i64 }
}

extern "C" fn text_equal(_cx: &mut Context, a: Value, b: Value) -> i64 {
    (a == b || str::equal(a, b)) as i64
}

/// Destroys an object whose count a trace has brought to zero. Finalizers wait.
pub extern "C" fn drop_last(cx: &mut Context, value: Value) {
    cx.tear_down(value, false);
}

macro_rules! run_helpers {
    ($( $name:ident = $helper:path; )*) => {
        $( extern "C" fn $name(cx: &mut Context, first: i64, count: i64) -> Value {
            // SAFETY: the trace spilled `count` values from that slot, which the helper takes over.
            let place = unsafe { cx.base.offset(first as isize) };
            ($helper.function)(cx, place, count as usize)
        } )*

        fn run_rows() -> Vec<(&'static RunHelper, usize)> { vec![ $( (&$helper, $name as *const () as usize), )* ] }
    };
}

run_helpers! {
    build_tuple = helpers::BUILD_TUPLE;
    build_list = helpers::BUILD_LIST;
    build_set = helpers::BUILD_SET;
    build_map = helpers::BUILD_MAP;
    build_string = helpers::BUILD_STRING;
    build_slice = helpers::BUILD_SLICE;
}

/// Helpers that have names of their own in recordings.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Special {
    Binary,
    Compare,
    Truth,
    CallNative,
    CallReader,
    TextOrdered,
    CallAny,
    CallFunction,
    FloatPower,
    LoadMethod,
    Residual,
    NewInstance,
    ListAppend,
    Concatenate,
    TextEqual,
}

/// The table, and where each helper is in it.
pub struct Helpers {
    pub table: HelperTable,
    by_address: HashMap<usize, HelperId>,
    special: HashMap<Special, HelperId>,
    runs: HashMap<usize, HelperId>,
}

impl Default for Helpers {
    fn default() -> Helpers {
        Helpers::new()
    }
}

impl Helpers {
    pub fn new() -> Helpers {
        let mut made = Helpers {
            table: helpers::rows(),
            by_address: HashMap::new(),
            special: HashMap::new(),
            runs: HashMap::new(),
        };
        for (index, row) in made.table.iter().enumerate() {
            made.by_address.insert(row.address, HelperId(index as u16));
        }
        for (helper, address) in run_rows() {
            let id = made.add(Helper {
                name: helper.name,
                address,
                operands: &[Type::Raw, Type::Raw],
                result: Type::Value,
                effects: helper.effects,
            });
            made.runs.insert(helper.function as usize, id);
        }
        made.add_special();
        made
    }

    fn add(&mut self, helper: Helper) -> HelperId {
        self.table.push(helper);
        HelperId(self.table.len() as u16 - 1)
    }

    fn add_special(&mut self) {
        use Type::{None, Raw, Value};
        const ANY: HelperEffects = HelperEffects::ANY;
        const ALLOCATES: HelperEffects = HelperEffects::ALLOCATES;
        type Row = (Special, &'static str, usize, &'static [Type], Type, HelperEffects);
        let rows: [Row; 15] = [
            (Special::Binary, "binary", helpers::binary as *const () as usize, &[Value, Value, Raw, Raw], Value, ANY),
            (
                Special::Compare,
                "compare",
                helpers::compare_values as *const () as usize,
                &[Value, Value, Raw],
                Value,
                ANY,
            ),
            (Special::Truth, "truth", helpers::truth as *const () as usize, &[Value], Raw, ANY),
            (Special::CallNative, "call_native", call_native as *const () as usize, &[Raw, Raw, Raw], Value, ANY),
            (
                Special::CallReader,
                "call_reader",
                call_native as *const () as usize,
                &[Raw, Raw, Raw],
                Value,
                ALLOCATES.raising(),
            ),
            (
                Special::TextOrdered,
                "text_ordered",
                text_ordered as *const () as usize,
                &[Value, Value, Raw],
                Raw,
                ALLOCATES.borrowing(),
            ),
            (Special::CallAny, "call_any", call_any as *const () as usize, &[Raw, Raw], Value, ANY),
            (
                Special::CallFunction,
                "call_function",
                call_function as *const () as usize,
                &[Raw, Raw, Raw, Raw],
                Value,
                ANY,
            ),
            (
                Special::FloatPower,
                "float_power",
                float_power as *const () as usize,
                &[Type::Float, Type::Float],
                Type::Float,
                HelperEffects::PURE,
            ),
            (Special::LoadMethod, "load_method", load_method as *const () as usize, &[Value, Value, Raw], Raw, ANY),
            (Special::Residual, "residual", residual as *const () as usize, &[Raw, Raw, Raw], Raw, ANY),
            (Special::NewInstance, "new_instance", new_instance as *const () as usize, &[Raw], Value, ALLOCATES),
            (
                Special::ListAppend,
                "list_append",
                list_append as *const () as usize,
                &[Value, Value],
                None,
                ALLOCATES.writing(Alias::ListHeader).writing(Alias::ListItem),
            ),
            (
                Special::Concatenate,
                "concatenate_in_place",
                concatenate as *const () as usize,
                &[Value, Value],
                Value,
                ALLOCATES.raising().dropping(),
            ),
            (Special::TextEqual, "text_equal", text_equal as *const () as usize, &[Value, Value], Raw, ALLOCATES),
        ];
        for (special, name, address, operands, result, effects) in rows {
            let id = self.add(Helper { name, address, operands, result, effects });
            self.special.insert(special, id);
        }
    }

    /// The number of a handler's helper, by its function's address.
    pub fn by_address(&self, address: usize) -> HelperId {
        self.by_address[&address]
    }

    pub fn special(&self, special: Special) -> HelperId {
        self.special[&special]
    }

    pub fn run(&self, helper: &RunHelper) -> HelperId {
        self.runs[&(helper.function as usize)]
    }

    pub fn effects(&self, id: HelperId) -> HelperEffects {
        self.table[id.0 as usize].effects
    }
}

/// Adds a reference, for exits that owe one.
pub fn add_reference(word: u64) {
    increment(Value(word));
}
