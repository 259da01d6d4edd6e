//! Attributes of code objects.

mod replace;

use sidewinder_bytecode::{CodeFlags, Position};
use sidewinder_runtime::native::object::readonly_member;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::code::{CODE, CodeObject, offset_of};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::objects::{int, list, singleton};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::rc::Rc;

/// The type of this file with its attributes.
pub static TABLE: &[(&StaticType, &[Native], &[GetSet])] = &[(&CODE, METHODS, GETSET)];

static METHODS: &[Native] = &[
    Native::new("co_lines", 0, 0, lines, ""),
    Native::new("co_positions", 0, 0, positions, ""),
    Native::new(
        "co_branches",
        0,
        0,
        branches,
        "Return an iterator over the branches: from, to if not taken, to if taken.",
    ),
    Native::new("_varname_from_oparg", 1, 1, variable_name, "The name of the local or free variable of a number."),
    Native::with_keywords(
        "replace",
        replace::replace,
        "Return a copy of the code object with new values for the fields.",
    ),
    Native::with_keywords("__replace__", replace::replace, "The same as replace()."),
];

type Get = fn(&mut Context, Value) -> Result<Owned>;

/// A row whose assignment is refused as CPython's member descriptors refuse it.
pub const fn read_only(name: &'static str, get: Get) -> GetSet {
    GetSet { name, get, set: Some(readonly_member), doc: "" }
}

static GETSET: &[GetSet] = &[
    read_only("co_name", |cx, value| text(cx, &of(value).data.name)),
    read_only("co_qualname", |cx, value| text(cx, &of(value).data.qualified_name)),
    read_only("co_filename", |cx, value| text(cx, &of(value).data.file_name)),
    read_only("co_firstlineno", |_, value| number(of(value).data.first_line as usize)),
    read_only("co_argcount", |_, value| number(of(value).data.argument_count as usize)),
    read_only("co_posonlyargcount", |_, value| number(of(value).data.positional_only_count as usize)),
    read_only("co_kwonlyargcount", |_, value| number(of(value).data.keyword_only_count as usize)),
    read_only("co_nlocals", |_, value| number(variables(of(value)).len())),
    read_only("co_stacksize", |_, value| number((of(value).data.register_count - of(value).data.local_count) as usize)),
    read_only("co_flags", |_, value| number(flags(of(value)))),
    read_only("co_varnames", |cx, value| {
        let names = variables(of(value));
        Ok(TupleObject::from_owned(cx, names))
    }),
    read_only("co_cellvars", |cx, value| {
        let code = of(value);
        let names = code.data.cell_registers.iter().map(|&register| Owned::new(code.local_name(register))).collect();
        Ok(TupleObject::from_owned(cx, names))
    }),
    read_only("co_freevars", |cx, value| name_tuple(cx, &of(value).data.free_names)),
    read_only("co_names", |cx, value| name_tuple(cx, &of(value).data.names)),
    read_only("co_code", |cx, value| Ok(BytesObject::new(cx, &code_bytes(of(value))))),
    read_only("_co_code_adaptive", |cx, value| Ok(BytesObject::new(cx, &code_bytes(of(value))))),
    read_only("co_exceptiontable", |cx, value| Ok(BytesObject::new(cx, &exception_table(of(value))))),
    read_only("co_linetable", |cx, _| Ok(BytesObject::new(cx, &[]))),
    read_only("co_consts", |cx, value| {
        let code = of(value);
        // SAFETY: (heap 2) a code object has that many constants.
        let constants = unsafe { std::slice::from_raw_parts(code.constants, code.data.constants.len()) };
        Ok(TupleObject::new(cx, constants))
    }),
];

/// The instructions as they lie in memory: four fields of two bytes each.
fn code_bytes(code: &CodeObject) -> Vec<u8> {
    let fields = code.data.instructions.iter().flat_map(|i| [i.op as u16, i.a, i.b, i.c]);
    fields.flat_map(u16::to_le_bytes).collect()
}

/// The handlers in the format of CPython's exception table: start, length, target, and depth of each, in groups of six
/// bits with the highest first; the first byte of a row has its top bit set.
fn exception_table(code: &CodeObject) -> Vec<u8> {
    let mut table = Vec::new();
    for handler in &code.data.handlers {
        let depth = (handler.temporary_depth - code.data.local_count.min(handler.temporary_depth)) as u32;
        for (index, number) in
            [handler.start, handler.end - handler.start, handler.target, depth << 1].iter().enumerate()
        {
            let first = table.len();
            let groups = (32 - number.leading_zeros()).div_ceil(6).max(1);
            for group in (0..groups).rev() {
                let more = if group > 0 { 0x40 } else { 0 };
                table.push((number >> (6 * group)) as u8 & 0x3f | more);
            }
            if index == 0 {
                table[first] |= 0x80;
            }
        }
    }
    table
}

fn of(value: Value) -> &'static CodeObject {
    // SAFETY: (heap 2) the descriptor has checked the type.
    unsafe { value.cast_unchecked() }
}

fn variable_name(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let code = of(arguments[0]);
    let index = convert::index_i64(cx, arguments[1])?;
    let names = code
        .local_names()
        .iter()
        .map(Owned::value)
        .chain((0..code.data.free_names.len()).map(|index| code.free_name(index as u16)));
    match usize::try_from(index).ok().and_then(|index| names.into_iter().nth(index)) {
        Some(name) => Ok(Owned::new(name)),
        None => Err(cx.index_error("tuple index out of range")),
    }
}

fn text(cx: &mut Context, text: &str) -> Result<Owned> {
    Ok(str::intern(cx, text))
}

fn number(value: usize) -> Result<Owned> {
    Ok(Owned::new(Value::from_small_int(value as i64)))
}

fn name_tuple(cx: &mut Context, names: &[Rc<str>]) -> Result<Owned> {
    let names = names.iter().map(|name| str::intern(cx, name)).collect();
    Ok(TupleObject::from_owned(cx, names))
}

/// Parameters and variables: neither the compiler's hidden locals nor cells that are no parameters.
fn variables(code: &CodeObject) -> Vec<Owned> {
    let parameters = code.parameter_count as usize;
    let data = &code.data;
    if !data.flags.has(CodeFlags::FUNCTION) {
        return Vec::new();
    }
    (0..data.local_names.len())
        .filter(|&local| {
            let inner = data.local_names[local].starts_with('.') || data.cell_registers.contains(&(local as u16));
            local < parameters || !inner
        })
        .map(|local| Owned::new(code.local_name(local as u16)))
        .collect()
}

/// CPython's numbers of the flags.
const FLAGS: &[(u32, usize)] = &[
    (CodeFlags::FUNCTION, 0x3),
    (CodeFlags::VARARGS, 0x4),
    (CodeFlags::VARKEYWORDS, 0x8),
    (CodeFlags::NESTED, 0x10),
    (CodeFlags::GENERATOR, 0x20),
    (CodeFlags::COROUTINE, 0x80),
    (CodeFlags::ITERABLE_COROUTINE, 0x100),
    (CodeFlags::ASYNC_GENERATOR, 0x200),
    (CodeFlags::FUTURE_BARRY, 0x40_0000),
    (CodeFlags::FUTURE_ANNOTATIONS, 0x100_0000),
    (CodeFlags::HAS_DOCSTRING, 0x400_0000),
];

/// The flags by CPython's numbers.
fn flags(code: &CodeObject) -> usize {
    let own = code.data.flags;
    FLAGS.iter().filter(|(flag, _)| own.has(*flag)).map(|(_, shown)| shown).sum()
}

fn optional(value: u32, known: bool) -> Owned {
    Owned::new(if known { Value::from_small_int(value as i64) } else { singleton::none() })
}

fn iterator_of(cx: &mut Context, items: Vec<Owned>) -> Result<Owned> {
    let list = list::ListObject::new(cx, items);
    iterate::get_iter(cx, list.value())
}

/// `(start, end, line)` of each run of instructions of one line; offsets count two for an instruction, as code units do.
fn lines(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let positions = &of(arguments[0]).data.positions;
    // A module is called at no line.
    let data = &of(arguments[0]).data;
    let first = if &*data.name == "<module>" { 0 } else { data.first_line };
    let row = [int::from_usize(cx, 0), int::from_usize(cx, offset_of(0)), optional(first, true)];
    let mut rows = vec![TupleObject::from_owned(cx, row.into())];
    let mut start = 0;
    while start < positions.len() {
        let line = positions[start].line;
        let length = positions[start..].iter().take_while(|position| position.line == line).count();
        let row = [offset_of(start), offset_of(start + length)].map(|offset| int::from_usize(cx, offset));
        let [from, to] = row;
        let row = [from, to, optional(line, line != 0)];
        rows.push(TupleObject::from_owned(cx, row.into()));
        start += length;
    }
    iterator_of(cx, rows)
}

/// `(from, to if not taken, to if taken)` of each branch.
fn branches(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let data = &of(arguments[0]).data;
    let mut rows = Vec::new();
    for (index, instruction) in data.instructions.iter().enumerate() {
        if let Some(target) = data.jump_target(index).filter(|_| instruction.op.is_branch()) {
            let row = [index, index + 1, target].map(|index| int::from_usize(cx, offset_of(index)));
            rows.push(TupleObject::from_owned(cx, row.into()));
        }
    }
    iterator_of(cx, rows)
}

/// `(line, end line, column, end column)` of each instruction.
fn positions(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let has_ranges = cx.interpreter().options.settings.debug_ranges;
    let row = |cx: &mut Context, position: &Position| {
        let known = position.line != 0;
        let ranges = [position.end_line, position.column, position.end_column];
        let [end_line, column, end_column] = ranges.map(|field| optional(field, known && has_ranges));
        TupleObject::from_owned(cx, vec![optional(position.line, known), end_line, column, end_column])
    };
    let data = &of(arguments[0]).data;
    let line = if &*data.name == "<module>" { 0 } else { data.first_line };
    let start = Position { line, end_line: line, column: 0, end_column: 0 };
    let rows = std::iter::once(&start).chain(data.positions.iter()).map(|position| row(cx, position)).collect();
    iterator_of(cx, rows)
}
