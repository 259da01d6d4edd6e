//! `code.replace`: a copy of a code object with some fields changed. Instructions can be taken from other code whose
//! `co_code` somebody has asked for; bytes of CPython's cannot be made into ours.

use super::{FLAGS, of, view};
use sidewinder_bytecode::shown::{NO_INSTRUCTION, Shown, locations};
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, Kind, Op, Operand, Position};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::code;
use sidewinder_runtime::objects::exception::{NOT_IMPLEMENTED_ERROR, SYSTEM_ERROR};
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{constant, str};
use sidewinder_runtime::operations::{convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::rc::Rc;

/// The fields, in the order in which they are changed: what others are measured by comes first.
const FIELDS: [&str; 18] = [
    "co_code",
    "co_exceptiontable",
    "co_consts",
    "co_names",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_flags",
    "co_cellvars",
    "co_varnames",
    "co_freevars",
    "co_nlocals",
    "co_stacksize",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_linetable",
];

/// `code.replace(**fields)`
pub fn replace(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    let receiver = arguments.values[0];
    if arguments.positionals().len() > 1 {
        return Err(cx.type_error("replace() takes no positional arguments"));
    }
    let mut given: [Option<Value>; FIELDS.len()] = [None; FIELDS.len()];
    for (key, value) in arguments.keywords() {
        let name = str::text(key).unwrap_or_default().into_owned();
        match FIELDS.iter().position(|field| *field == name) {
            Some(place) => given[place] = Some(value),
            None => return Err(cx.type_error(format!("replace() got an unexpected keyword argument '{name}'"))),
        }
    }
    let mut data = CodeData::clone(&of(receiver).data);
    for (name, value) in FIELDS.iter().zip(given) {
        if let Some(value) = value {
            replace_field(cx, &mut data, name, value)?;
        }
    }
    check_parameters(cx, &mut data, view::parameters(&of(receiver).data))?;
    // Instructions may depend on constants, as calls do on the names of keywords.
    if let Err(problem) = sidewinder_bytecode::verify::verify(&data) {
        return Err(cx.value_error(format!("code.replace(): {problem}")));
    }
    Ok(code::new(cx, Rc::new(data)))
}

fn replace_field(cx: &mut Context, data: &mut CodeData, name: &str, value: Value) -> Result<()> {
    match name {
        "co_name" => data.name = text(cx, name, value)?,
        "co_qualname" => data.qualified_name = text(cx, name, value)?,
        "co_filename" => data.file_name = text(cx, name, value)?,
        "co_code" => return replace_instructions(cx, data, value),
        "co_exceptiontable" => {
            let bytes = bytes(cx, name, value)?;
            if bytes.is_empty() {
                data.handlers.clear();
            } else if bytes != view::exception_table(data, &Shown::new(data)) {
                return Err(unsupported(cx, name));
            }
        }
        "co_consts" => {
            let items = tuple(cx, name, value)?;
            let mut constants = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                let new = constant(cx, item.value())?;
                // Instructions know code from values.
                let is_code = |constant: &Constant| matches!(constant, Constant::Code(_));
                if data.constants.get(index).is_some_and(|old| is_code(old) != is_code(&new)) {
                    return Err(unsupported(cx, name));
                }
                constants.push(new);
            }
            data.constants = constants;
        }
        "co_names" => data.names = names(cx, name, value)?,
        "co_freevars" => data.free_names = names(cx, name, value)?,
        "co_cellvars" => {
            let new = names(cx, name, value)?;
            let mut registers = data.cell_registers.clone();
            if new.len() < registers.len() {
                return Err(unsupported(cx, name));
            }
            let first = add_locals(cx, data, new.len() - registers.len())?;
            registers.extend(first..data.local_count);
            rename(data, &registers, &new);
            data.cell_registers = registers;
        }
        "co_varnames" => {
            let new = names(cx, name, value)?;
            let mut registers = view::variables(data);
            if new.len() < view::parameters(data) {
                return Err(cx.value_error("code: co_varnames is too small"));
            }
            if new.len() < registers.len() || new.len() > registers.len() && !data.flags.has(CodeFlags::FUNCTION) {
                return Err(unsupported(cx, name));
            }
            let first = add_locals(cx, data, new.len() - registers.len())?;
            registers.extend(first..data.local_count);
            rename(data, &registers, &new);
        }
        "co_nlocals" => {
            if number(cx, name, value)? as usize != view::variables(data).len() {
                return Err(cx.value_error("code: co_nlocals != len(co_varnames)"));
            }
        }
        "co_stacksize" => {
            // Registers beside the locals: more of them do no harm.
            let wanted = data.local_count as i64 + number(cx, name, value)?;
            match u16::try_from(wanted).ok().filter(|wanted| *wanted >= data.register_count) {
                Some(wanted) => data.register_count = wanted,
                None => return Err(unsupported(cx, name)),
            }
        }
        // The namespace of a class body is no parameter to anybody.
        "co_argcount" if !data.flags.has(CodeFlags::FUNCTION) => {
            if small(cx, name, value)? != 0 {
                return Err(cx.value_error("code: co_varnames is too small"));
            }
        }
        "co_argcount" => data.argument_count = small(cx, name, value)?,
        "co_posonlyargcount" => data.positional_only_count = small(cx, name, value)?,
        "co_kwonlyargcount" => data.keyword_only_count = small(cx, name, value)?,
        "co_flags" => return replace_flags(cx, data, value),
        "co_firstlineno" => {
            let first = number(cx, name, value)? as u32;
            let difference = first.wrapping_sub(data.first_line);
            data.first_line = first;
            data.positions.edit(|rows| {
                for row in rows.iter_mut().filter(|row| row.line != 0) {
                    row.line = row.line.wrapping_add(difference);
                    row.end_line = row.end_line.wrapping_add(difference);
                }
            });
        }
        _ => {
            let bytes = bytes(cx, name, value)?;
            let shown = Shown::new(data);
            if bytes == view::line_table(data, &shown, cx.interpreter().options.settings.debug_ranges) {
                return Ok(());
            }
            let Some(units) = locations::decode(&bytes, data.first_line) else { return Err(unsupported(cx, name)) };
            let mut rows = vec![Position::default(); data.instructions.len()];
            for (owner, position) in shown.owners.iter().zip(units) {
                if *owner != NO_INSTRUCTION {
                    rows[*owner as usize] = position;
                }
            }
            data.positions = rows.into();
        }
    }
    Ok(())
}

/// Takes the instructions of the code that these bytes are said to be of, with all that belongs to them.
fn replace_instructions(cx: &mut Context, data: &mut CodeData, value: Value) -> Result<()> {
    let bytes = bytes(cx, "co_code", value)?;
    if bytes.len() % 2 != 0 {
        return Err(cx.value_error("code: co_code is malformed"));
    }
    if bytes == Shown::new(data).bytes {
        return Ok(());
    }
    let other = code::recall(cx, &bytes);
    let Some(other) = other.filter(|other| other.local_names.len() == data.local_names.len()) else {
        return Err(unsupported(cx, "co_code"));
    };
    data.instructions = other.instructions.clone();
    data.positions = other.positions.clone();
    data.handlers = other.handlers.clone();
    data.sites = other.sites.clone();
    data.loop_count = other.loop_count;
    data.register_count = other.register_count;
    Ok(())
}

fn replace_flags(cx: &mut Context, data: &mut CodeData, value: Value) -> Result<()> {
    let wanted = number(cx, "co_flags", value)? as usize;
    let suspends = data.instructions.iter().any(|instruction| matches!(instruction.op, Op::Yield | Op::Send));
    for (flag, shown) in FLAGS {
        let (has, wants) = (data.flags.has(*flag), wanted & shown == *shown);
        // Whether a function has locals, a docstring, or waits in the middle is up to its code.
        let fixed = match *flag {
            CodeFlags::FUNCTION | CodeFlags::HAS_DOCSTRING => true,
            CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR => suspends,
            _ => false,
        };
        if fixed && has != wants {
            return Err(unsupported(cx, "co_flags"));
        }
        data.flags.0 = if wants { data.flags.0 | flag } else { data.flags.0 & !flag };
    }
    if data.flags.0 & CodeFlags::SUSPENDS != 0 && !data.flags.has(CodeFlags::FUNCTION) && !suspends {
        return Err(unsupported(cx, "co_flags"));
    }
    Ok(())
}

/// Parameters are the first locals, and calls of the plainest functions are quicker.
fn check_parameters(cx: &mut Context, data: &mut CodeData, before: usize) -> Result<()> {
    if !data.flags.has(CodeFlags::FUNCTION) {
        return Ok(());
    }
    let count = data.parameter_count();
    if data.positional_only_count > data.argument_count {
        return Err(cx.raise(&SYSTEM_ERROR, "bad argument to internal function"));
    }
    if count > view::variables(data).len() {
        return Err(cx.value_error("code: co_varnames is too small"));
    }
    // Those that were none may be the compiler's own.
    if count > before && data.local_names[before..count].iter().any(|name| name.starts_with('.')) {
        return Err(unsupported(cx, "co_argcount"));
    }
    let stars = CodeFlags::VARARGS | CodeFlags::VARKEYWORDS | CodeFlags::SUSPENDS;
    let is_simple = data.flags.0 & stars == 0 && data.keyword_only_count == 0;
    data.flags.0 = if is_simple { data.flags.0 | CodeFlags::SIMPLE } else { data.flags.0 & !CodeFlags::SIMPLE };
    Ok(())
}

/// Adds locals without names behind the others, and moves the temporaries on; the first of them.
fn add_locals(cx: &mut Context, data: &mut CodeData, count: usize) -> Result<u16> {
    let first = data.local_count;
    let Some(added) = u16::try_from(count).ok().filter(|added| {
        data.register_count.checked_add(*added).is_some_and(|all| all < sidewinder_bytecode::instruction::OPERAND_MAX)
    }) else {
        return Err(cx.value_error("code: too many local variables"));
    };
    if added == 0 {
        return Ok(first);
    }
    for instruction in &mut data.instructions {
        let kinds = instruction.op.kinds();
        let fields = [&mut instruction.a, &mut instruction.b, &mut instruction.c];
        for (kind, field) in kinds.into_iter().zip(fields) {
            let is_register = match kind {
                Kind::Dst | Kind::Reg | Kind::Run | Kind::DstRun | Kind::Block => true,
                Kind::Src => matches!(Operand::decode(*field), Operand::Register(_)),
                _ => false,
            };
            if is_register && *field >= first {
                *field += added;
            }
        }
    }
    for handler in &mut data.handlers {
        handler.temporary_depth += if handler.temporary_depth >= first { added } else { 0 };
    }
    data.local_names.extend(std::iter::repeat_n("".into(), count));
    data.local_count += added;
    data.register_count += added;
    Ok(first)
}

fn rename(data: &mut CodeData, registers: &[u16], names: &[Rc<str>]) {
    for (register, name) in registers.iter().zip(names) {
        data.local_names[*register as usize] = name.clone();
    }
}

fn unsupported(cx: &mut Context, name: &str) -> Raised {
    cx.raise(&NOT_IMPLEMENTED_ERROR, format!("code.replace({name}=...) with another value"))
}

fn text(cx: &mut Context, name: &str, value: Value) -> Result<Rc<str>> {
    match str::text(value) {
        Some(text) => Ok(text.as_ref().into()),
        None => Err(bad_argument(cx, &format!("replace() argument '{name}'"), "str", value)),
    }
}

fn number(cx: &mut Context, name: &str, value: Value) -> Result<i64> {
    let number = convert::index_i64(cx, value)?;
    if i32::try_from(number).is_err() {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    }
    if number < 0 { Err(cx.value_error(format!("{name} must be a positive integer"))) } else { Ok(number) }
}

/// A number of parameters.
fn small(cx: &mut Context, name: &str, value: Value) -> Result<u16> {
    let number = number(cx, name, value)?;
    u16::try_from(number).map_err(|_| cx.value_error("code: co_varnames is too small"))
}

fn bytes(cx: &mut Context, name: &str, value: Value) -> Result<Vec<u8>> {
    match value.cast::<BytesObject>() {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(bad_argument(cx, &format!("replace() argument '{name}'"), "bytes", value)),
    }
}

fn tuple(cx: &mut Context, name: &str, value: Value) -> Result<Vec<Owned>> {
    match value.cast::<TupleObject>() {
        Some(_) => iterate::collect(cx, value),
        None => Err(bad_argument(cx, &format!("replace() argument '{name}'"), "tuple", value)),
    }
}

fn names(cx: &mut Context, name: &str, value: Value) -> Result<Vec<Rc<str>>> {
    let items = tuple(cx, name, value)?;
    let text = |item: &Owned| str::text(item.value()).map(|text| text.as_ref().into());
    match items.iter().map(text).collect() {
        Some(names) => Ok(names),
        None => Err(cx.raise(&SYSTEM_ERROR, "non-string found in code slot")),
    }
}

/// The constant that makes a value; an error for values that none makes.
fn constant(cx: &mut Context, value: Value) -> Result<Constant> {
    match constant::from_value(cx, value)? {
        Ok(constant) => Ok(constant),
        Err(unknown) => {
            let kind = unknown.value().type_of().name();
            Err(cx.raise(&NOT_IMPLEMENTED_ERROR, format!("a constant of type {kind}")))
        }
    }
}
