//! The module `gc`.

use sidewinder_runtime::heap::Header;
use sidewinder_runtime::heap::allocate::CHUNK_HEADER_BYTES;
use sidewinder_runtime::heap::collect;
use sidewinder_runtime::native::Native;
use sidewinder_runtime::objects::iterator::arguments::Signature;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::flags;
use sidewinder_runtime::objects::{dict, frame, int, module, singleton};
use sidewinder_runtime::operations::{convert, finalize};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

pub static FUNCTIONS: &[Native] = &[
    Native::with_keywords("collect", collect_garbage, "Run the garbage collector."),
    Native::new("enable", 0, 0, |cx, _| set_enabled(cx, true), "Enable automatic garbage collection."),
    Native::new("disable", 0, 0, |cx, _| set_enabled(cx, false), "Disable automatic garbage collection."),
    Native::new("isenabled", 0, 0, is_enabled, "Returns true if automatic garbage collection is enabled."),
    Native::new("get_count", 0, 0, get_count, "Return a three-tuple of the current collection counts."),
    Native::new("get_threshold", 0, 0, get_threshold, "Return the current collection thresholds."),
    Native::new(
        "set_threshold",
        0,
        Native::MANY,
        set_threshold,
        "Set the collection thresholds (the collection frequency).",
    ),
    Native::with_keywords("get_objects", get_objects, "Return a list of objects tracked by the collector."),
    Native::new("get_stats", 0, 0, get_stats, "Return a list of dictionaries containing per-generation statistics."),
    Native::new(
        "get_referents",
        0,
        Native::MANY,
        get_referents,
        "Return the list of objects that are directly referred to by 'objs'.",
    ),
    Native::new(
        "get_referrers",
        0,
        Native::MANY,
        get_referrers,
        "Return the list of objects that directly refer to any of 'objs'.",
    ),
    Native::new("is_tracked", 1, 1, is_tracked, "Returns true if the object is tracked by the garbage collector."),
    Native::new("is_finalized", 1, 1, is_finalized, "Returns true if the object has been already finalized by the GC."),
    Native::new("freeze", 0, 0, freeze, "Freeze all current tracked objects."),
    Native::new("unfreeze", 0, 0, unfreeze, "Unfreeze all objects in the permanent generation."),
    Native::new(
        "get_freeze_count",
        0,
        0,
        |cx, _| Ok(int::from_usize(cx, cx.interpreter().collector.frozen.len())),
        "Return the number of objects in the permanent generation.",
    ),
    Native::new("get_debug", 0, 0, get_debug, "Get the garbage collection debugging flags."),
    Native::new("set_debug", 1, 1, set_debug, "Set the garbage collection debugging flags."),
];

/// Fills in the lists that programs look at.
pub fn fill(cx: &mut Context, module: Value) -> Result<()> {
    let namespace = module::of(module).namespace();
    for name in ["garbage", "callbacks"] {
        let list = ListObject::from_values(cx, &[]);
        namespace.set_text(cx, name, list.value());
    }
    let constants = [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ];
    for (name, value) in constants {
        namespace.set_text(cx, name, Value::from_small_int(value));
    }
    Ok(())
}

fn none() -> Owned {
    Owned::new(singleton::none())
}

/// After so many bytes of new objects CPython's youngest generation would be collected.
const EARLY_BYTES: isize = 128 << 10;

fn collect_garbage(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<1> = Signature {
        function: "collect",
        names: ["generation"],
        positional_only: 0,
        positional: 1,
        required: 0,
        rest: false,
        open: false,
    };
    let [generation] = SIGNATURE.bind(cx, arguments)?;
    let generation = match generation {
        Some(generation) => convert::index_i64(cx, generation)?,
        None => 2,
    };
    if !(0..=2).contains(&generation) {
        return Err(cx.value_error("invalid generation"));
    }
    let found = collect::collect_generation(cx, generation);
    // Who collects by hand mostly waits for what a collection tells: the next one comes as early as in CPython.
    cx.heap.hasten_collection(EARLY_BYTES);
    Ok(int::from_usize(cx, found))
}

fn set_enabled(cx: &mut Context, enabled: bool) -> Result<Owned> {
    cx.interpreter().collector.enabled = enabled;
    Ok(none())
}

fn is_enabled(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(cx.interpreter().collector.enabled)))
}

fn numbers(cx: &mut Context, values: [i64; 3]) -> Owned {
    let items = values.into_iter().map(|value| int::from_i64(cx, value)).collect();
    TupleObject::from_owned(cx, items)
}

/// Growth since the last collection stands for the youngest generation's count.
fn get_count(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let grown = cx.heap.grown_bytes().max(0) as i64 / 64;
    Ok(numbers(cx, [grown, 0, 0]))
}

fn get_threshold(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let thresholds = cx.interpreter().collector.thresholds;
    Ok(numbers(cx, thresholds))
}

fn set_threshold(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut thresholds = cx.interpreter().collector.thresholds;
    if arguments.is_empty() || arguments.len() > thresholds.len() {
        return Err(cx.type_error("gc.set_threshold requires 1 to 3 arguments"));
    }
    for (threshold, argument) in thresholds.iter_mut().zip(arguments) {
        *threshold = convert::index_i64(cx, *argument)?;
    }
    cx.interpreter().collector.thresholds = thresholds;
    Ok(none())
}

fn set_debug(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    cx.interpreter().collector.debug = convert::index_i64(cx, arguments[0])?;
    Ok(none())
}

/// The live objects in collected memory.
pub(crate) fn each_tracked(cx: &mut Context, mut visit: impl FnMut(Value)) {
    for chunk in cx.heap.collected_chunks.clone() {
        // SAFETY: (heap 4) chunks of the heap; free cells have a null type.
        unsafe {
            let mut offset = CHUNK_HEADER_BYTES;
            while offset + (*chunk).cell_bytes <= (*chunk).carved {
                let header = (chunk as *mut u8).add(offset) as *mut Header;
                if !(*header).type_pointer.is_null() && (*header).count > 0 {
                    visit(Value::from_pointer(header));
                }
                offset += (*chunk).cell_bytes;
            }
        }
    }
}

/// All tracked objects. Of the generations only the oldest has any.
fn get_objects(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<1> = Signature {
        function: "get_objects",
        names: ["generation"],
        positional_only: 0,
        positional: 1,
        required: 0,
        rest: false,
        open: false,
    };
    let [generation] = SIGNATURE.bind(cx, arguments)?;
    let mut wanted = true;
    if let Some(generation) = generation.filter(|generation| *generation != singleton::none()) {
        if generation.type_of().slots().index.is_none() {
            let kind = generation.type_of().name();
            return Err(cx.type_error(format!("argument should be integer or None, not '{kind}'")));
        }
        let generation = convert::index_i64(cx, generation)?;
        if generation > 2 {
            let message = "generation parameter must be less than the number of available generations (3)";
            return Err(cx.value_error(message));
        }
        if generation < 0 {
            return Err(cx.value_error("generation parameter cannot be negative"));
        }
        wanted = generation == 2;
    }
    let mut found = Vec::new();
    each_tracked(cx, |value| {
        if wanted && tracked(value) {
            found.push(Owned::new(value));
        }
    });
    Ok(ListObject::new(cx, found))
}

fn get_debug(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let debug = cx.interpreter().collector.debug;
    Ok(int::from_i64(cx, debug))
}

fn freeze(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let mut frozen = std::mem::take(&mut cx.interpreter().collector.frozen);
    each_tracked(cx, |value| {
        frozen.insert(value.0);
    });
    cx.interpreter().collector.frozen = frozen;
    Ok(none())
}

fn unfreeze(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    cx.interpreter().collector.frozen.clear();
    Ok(none())
}

fn get_stats(cx: &mut Context, _arguments: &[Value]) -> Result<Owned> {
    let (collections, collected) = (cx.interpreter().collector.collections, cx.interpreter().collector.collected);
    let mut generations = Vec::new();
    for generation in 0..3 {
        let made = dict::DictObject::new(cx);
        let own = (collections[generation], collected[generation]);
        for (name, number) in [("collections", own.0), ("collected", own.1), ("uncollectable", 0)] {
            let number = int::from_u64(cx, number);
            dict::of(made.value()).set_text(cx, name, number.value());
        }
        generations.push(made);
    }
    Ok(ListObject::new(cx, generations))
}

/// Visits what an object refers to, as the collector does.
fn each_referent(value: Value, visit: &mut dyn FnMut(Value)) {
    let kind = value.type_of();
    if !value.is_pointer() || !kind.has_flag(flags::COLLECTED) {
        return;
    }
    if let Some(traverse) = kind.slots().traverse {
        // SAFETY: the slot belongs to the live object's type.
        unsafe { traverse(value.header(), visit) };
    }
    if kind.has_flag(flags::HEAP) {
        visit(kind.value());
    }
}

fn get_referents(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut found = Vec::new();
    for argument in arguments {
        let before = found.len();
        each_referent(*argument, &mut |value| found.push(Owned::new(value)));
        // CPython visits sequences from the end, and a dict's values before their keys.
        let own = &mut found[before..];
        if argument.type_of().has_flag(flags::LIST | flags::TUPLE) {
            own.reverse();
        } else if argument.has_type(&dict::DICT) {
            own.chunks_exact_mut(2).for_each(<[Owned]>::reverse);
        }
    }
    Ok(ListObject::new(cx, found))
}

fn get_referrers(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let mut found = Vec::new();
    each_tracked(cx, |candidate| {
        let mut refers = false;
        each_referent(candidate, &mut |value| refers |= arguments.contains(&value));
        if refers {
            found.push(Owned::new(candidate));
        }
    });
    // The registers of generators that run are on the stack.
    frame::walk(cx, |running| {
        if let Some(generator) = running.generator()
            && running.registers().iter().any(|held| arguments.contains(held))
        {
            found.push(Owned::new(generator.value()));
        }
        true
    });
    Ok(ListObject::new(cx, found))
}

fn is_tracked(_cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(tracked(arguments[0]))))
}

/// Whether the collector has anything to do with a value: builtin classes never die, and tuples of what is not tracked
/// can be in no cycle.
fn tracked(value: Value) -> bool {
    if !value.is_pointer() || !value.heap_type().has_flag(flags::COLLECTED) {
        return false;
    }
    if let Some(class) = value.cast::<TypeObject>() {
        return class.has_flag(flags::HEAP);
    }
    match value.cast_exact::<TupleObject>() {
        // Deeply nested tuples are asked for their first level alone.
        Some(tuple) => tuple.as_slice().iter().any(|item| match item.cast_exact::<TupleObject>() {
            Some(inner) => {
                inner.as_slice().iter().any(|item| item.is_pointer() && item.heap_type().has_flag(flags::COLLECTED))
            }
            None => tracked(*item),
        }),
        None => true,
    }
}

fn is_finalized(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    Ok(Owned::new(singleton::boolean(finalize::is_finalized(cx, arguments[0]))))
}
