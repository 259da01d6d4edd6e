//! The table of helpers that traces call: the handlers' own rows and those that only traces need.

use crate::function_call::call_function;
use sidewinder_ir::helper::HelperTable;
use sidewinder_ir::op::{Alias, Type};
use sidewinder_ir::{Helper, HelperEffects, HelperId};
use sidewinder_runtime::native::{Arguments, Native};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::objects::{instance, str};
use sidewinder_runtime::operations::call;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
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
        release_arguments(place, count);
        result
    }
}

/// The function of a native row that takes positional arguments.
type Positional = fn(&mut Context, &[Value]) -> Result<Owned>;

/// The same for the function of a row that takes as many positional arguments as there are.
extern "C" fn call_positional(cx: &mut Context, function: usize, first: i64, count: i64) -> Value {
    // SAFETY: the recorder passes the address of such a function.
    let function: Positional = unsafe { std::mem::transmute(function) };
    let count = count as usize;
    // SAFETY: the trace spilled `count` values there, which nobody else owns.
    unsafe {
        let place = cx.base.offset(first as isize);
        let result = word(function(cx, std::slice::from_raw_parts(place, count)));
        release_arguments(place, count);
        result
    }
}

/// Gives up the arguments of a call, the last one first.
///
/// # Safety
/// `count` owned values, or unbound words, lie at `place`.
#[inline(always)]
unsafe fn release_arguments(place: *mut Value, count: usize) {
    for position in (0..count).rev() {
        // SAFETY: the caller's promise.
        let value = unsafe { std::mem::replace(&mut *place.add(position), Value::UNBOUND) };
        drop(Owned::from_raw_option(value));
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

/// A generator over a call of a function, which it takes over, with the arguments that the trace has spilled from slot
/// `first`.
extern "C" fn make_generator(cx: &mut Context, function: Value, first: i64, count: i64, _class: &TypeObject) -> Value {
    // SAFETY: the trace spilled `count` values there, which nobody else owns.
    unsafe {
        let place = cx.base.offset(first as isize);
        helpers::make_generator(cx, function, place, count as usize)
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

/// A fresh instance of a class, or an empty object of a builtin type. Machine code does this itself where the free list
/// is not empty; what it needs to know of a class for that, the class knows, too.
extern "C" fn new_instance(cx: &mut Context, class: &'static TypeObject, bytes: u64, _shape: u64) -> Value {
    let is_class = class.has_flag(flags::HEAP);
    Value::from_pointer(if is_class {
        instance::make(cx, class)
    } else {
        instance::make_empty(cx, class, (bytes & !1) as usize)
    })
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

/// Whether the keys of a dict are the items of a tuple of interned strings, in this order.
extern "C" fn has_keys(_cx: &mut Context, dict: Value, names: Value) -> i64 {
    let dict = sidewinder_runtime::objects::dict::of(dict);
    // SAFETY: (heap 2) the recorder passes a tuple.
    let names = unsafe { names.cast_unchecked::<sidewinder_runtime::objects::tuple::TupleObject>() }.as_slice();
    let keys = (0..dict.entry_count()).filter_map(|position| dict.entry(position)).map(|(key, _)| key);
    keys.eq(names.iter().copied()) as i64
}

/// Prepares the heap for the next object of so many bytes; one more for a plain cell.
pub extern "C" fn refill(cx: &mut Context, bytes: usize) {
    cx.heap.refill(bytes & !1, bytes & 1 == 0);
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
    /// `CallNative` of a function whose number of arguments was checked.
    CallPositional,
    CallPositionalReader,
    TextOrdered,
    CallAny,
    CallFunction,
    FloatPower,
    LoadMethod,
    Residual,
    NewInstance,
    MakeGenerator,
    ListAppend,
    Concatenate,
    TextEqual,
    HasKeys,
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
        let rows: [Row; 19] = [
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
                Special::CallPositional,
                "call_positional",
                call_positional as *const () as usize,
                &[Raw, Raw, Raw],
                Value,
                ANY,
            ),
            (
                Special::CallPositionalReader,
                "call_positional_reader",
                call_positional as *const () as usize,
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
                &[Raw, Raw, Raw, Raw, Raw],
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
            (
                Special::NewInstance,
                "new_instance",
                new_instance as *const () as usize,
                &[Raw, Raw, Raw],
                Value,
                ALLOCATES.making_instance(),
            ),
            (
                Special::MakeGenerator,
                "make_generator",
                make_generator as *const () as usize,
                &[Value, Raw, Raw, Raw],
                Value,
                ALLOCATES.making_instance_of(3),
            ),
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
            (Special::HasKeys, "has_keys", has_keys as *const () as usize, &[Value, Value], Raw, ALLOCATES.borrowing()),
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
