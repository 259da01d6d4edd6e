//! Attributes of code objects.

mod replace;
mod view;

use sidewinder_bytecode::{CodeFlags, Position};
use sidewinder_runtime::native::object::readonly_member;
use sidewinder_runtime::native::{GetSet, Native};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::code::{self, CODE, CodeObject};
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::StaticType;
use sidewinder_runtime::objects::{int, list, singleton};
use sidewinder_runtime::operations::{convert, iterate, warnings};
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
    read_only("co_argcount", |_, value| {
        let data = &of(value).data;
        number(if data.flags.has(CodeFlags::FUNCTION) { data.argument_count as usize } else { 0 })
    }),
    read_only("co_posonlyargcount", |_, value| number(of(value).data.positional_only_count as usize)),
    read_only("co_kwonlyargcount", |_, value| number(of(value).data.keyword_only_count as usize)),
    read_only("co_nlocals", |_, value| number(view::variables(&of(value).data).len())),
    read_only("co_stacksize", |_, value| number((of(value).data.register_count - of(value).data.local_count) as usize)),
    read_only("co_flags", |_, value| number(flags(of(value)))),
    read_only("co_varnames", |cx, value| {
        let code = of(value);
        let names = view::variables(&code.data).iter().map(|&register| Owned::new(code.local_name(register))).collect();
        Ok(TupleObject::from_owned(cx, names))
    }),
    read_only("co_cellvars", |cx, value| {
        let code = of(value);
        let names = code.data.cell_registers.iter().map(|&register| Owned::new(code.local_name(register))).collect();
        Ok(TupleObject::from_owned(cx, names))
    }),
    read_only("co_freevars", |cx, value| name_tuple(cx, &of(value).data.free_names)),
    read_only("co_names", |cx, value| name_tuple(cx, &of(value).data.names)),
    read_only("co_code", bytes_of_code),
    read_only("_co_code_adaptive", bytes_of_code),
    read_only("co_exceptiontable", |cx, value| {
        let code = of(value);
        Ok(BytesObject::new(cx, &view::exception_table(&code.data, code.shown())))
    }),
    read_only("co_linetable", |cx, value| {
        let (code, columns) = (of(value), cx.interpreter().options.settings.debug_ranges);
        Ok(BytesObject::new(cx, &view::line_table(&code.data, code.shown(), columns)))
    }),
    read_only("co_lnotab", line_differences),
    read_only("co_consts", |cx, value| Ok(TupleObject::new(cx, of(value).constants()))),
];

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

/// What `co_code` says, which can be told to make code of later.
fn bytes_of_code(cx: &mut Context, value: Value) -> Result<Owned> {
    code::remember(cx, of(value));
    Ok(BytesObject::new(cx, &of(value).shown().bytes))
}

/// `(start, end, line)` of each run of units of one line.
fn lines(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let code = of(arguments[0]);
    let mut rows = Vec::new();
    for (start, end, line) in view::lines(&code.data, code.shown()) {
        let row = vec![int::from_usize(cx, start), int::from_usize(cx, end), known_line(line)];
        rows.push(TupleObject::from_owned(cx, row));
    }
    iterator_of(cx, rows)
}

fn known_line(line: Option<u32>) -> Owned {
    line.map_or_else(|| Owned::new(singleton::none()), |line| optional(line, true))
}

/// `co_lnotab`: pairs of differences of offsets and lines, as CPython had them before 3.10.
fn line_differences(cx: &mut Context, value: Value) -> Result<Owned> {
    warnings::warn(cx, &DEPRECATION_WARNING, "co_lnotab is deprecated, use co_lines instead.", 1)?;
    let code = of(value);
    let mut table = Vec::new();
    let (mut offset, mut line) = (0, code.data.first_line as i64);
    for (start, _, found) in view::lines(&code.data, code.shown()) {
        let Some(found) = found.map(i64::from).filter(|found| *found != line) else { continue };
        let (mut bytes, mut difference) = (start - offset, found - line);
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        while !(-128..128).contains(&difference) {
            let step = if difference < 0 { -128 } else { 127 };
            table.extend([bytes as u8, step as i8 as u8]);
            difference -= step;
            bytes = 0;
        }
        table.extend([bytes as u8, difference as i8 as u8]);
        (offset, line) = (start, found);
    }
    Ok(BytesObject::new(cx, &table))
}

/// `(from, to if not taken, to if taken)` of each branch.
fn branches(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let code = of(arguments[0]);
    let (data, shown) = (&code.data, code.shown());
    let mut rows = Vec::new();
    for (index, instruction) in data.instructions.iter().enumerate() {
        if let Some(target) = data.jump_target(index).filter(|_| instruction.op.is_branch()) {
            let row = [shown.offset_of(index), shown.fall_of(index), shown.start_of(target)];
            let row = row.map(|offset| int::from_usize(cx, offset));
            rows.push(TupleObject::from_owned(cx, row.into()));
        }
    }
    iterator_of(cx, rows)
}

/// `(line, end line, column, end column)` of each unit.
fn positions(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let has_ranges = cx.interpreter().options.settings.debug_ranges;
    let code = of(arguments[0]);
    let mut rows = Vec::new();
    for (length, position) in view::runs(&code.data, code.shown()) {
        let known = position.is_some();
        let Position { line, end_line, column, end_column } = position.unwrap_or_default();
        let end_line = if has_ranges { end_line } else { line };
        let columns = [column, end_column].map(|column| optional(column, known && has_ranges));
        let [column, end_column] = columns;
        let row = vec![optional(line, known), optional(end_line, known), column, end_column];
        let row = TupleObject::from_owned(cx, row);
        rows.extend(std::iter::repeat_n(row, length));
    }
    iterator_of(cx, rows)
}
