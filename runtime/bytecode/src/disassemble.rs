//! The printed form of bytecode. Deterministic: no addresses, no hash order. A code block comes first, then the blocks
//! among its constants.
//!
//! Locals print as `%0:name`, temporaries as `%5`, constants as their value, jump targets as labels `L1` in order of
//! place.

use crate::code::{CodeData, CodeFlags, Constant};
use crate::instruction::{Instruction, Operand};
use crate::opcode::{Kind, Op};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Prints a code block and those nested in it.
pub fn disassemble(code: &CodeData) -> String {
    let mut text = String::new();
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        if !text.is_empty() {
            text.push('\n');
        }
        write_code(code, &mut text);
        let nested = code.constants.iter().filter_map(|constant| match constant {
            Constant::Code(nested) => Some(&**nested),
            _ => None,
        });
        let nested: Vec<&CodeData> = nested.collect();
        pending.extend(nested.into_iter().rev());
    }
    text
}

/// Prints one instruction with plain register numbers, for traces and error messages.
pub fn print_instruction(code: &CodeData, index: usize) -> String {
    Printer { code, labels: BTreeMap::new() }.instruction(index)
}

fn write_code(code: &CodeData, text: &mut String) {
    let _ = writeln!(
        text,
        "code {} line {}: locals {} registers {} loops {}{}",
        code.qualified_name,
        code.first_line,
        code.local_count,
        code.register_count,
        code.loop_count,
        flag_names(code.flags),
    );
    if code.argument_count + code.keyword_only_count > 0 {
        let _ = writeln!(
            text,
            "  arguments {} positional-only {} keyword-only {}",
            code.argument_count, code.positional_only_count, code.keyword_only_count
        );
    }
    let names = |names: &[std::rc::Rc<str>]| names.join(" ");
    if !code.local_names.is_empty() {
        let _ = writeln!(text, "  local names: {}", names(&code.local_names));
    }
    if !code.cell_registers.is_empty() {
        let _ = writeln!(text, "  cells: {:?}", code.cell_registers);
    }
    if !code.free_names.is_empty() {
        let _ = writeln!(text, "  free names: {}", names(&code.free_names));
    }
    let printer = Printer { code, labels: labels(code) };
    let mut line = 0;
    for index in 0..code.instructions.len() {
        if let Some(label) = printer.labels.get(&(index as u32)) {
            let _ = writeln!(text, "L{label}:");
        }
        let position = code.positions.get(index).copied().unwrap_or_default();
        let shown = if position.line == line { String::new() } else { position.line.to_string() };
        line = position.line;
        let _ = writeln!(text, "{shown:>5}  {}", printer.instruction(index));
    }
    for handler in &code.handlers {
        let _ = writeln!(
            text,
            "  handler {} .. {}: {} -> {}, temporaries below {}",
            printer.place(handler.start),
            printer.place(handler.end),
            printer.register(handler.exception_register),
            printer.place(handler.target),
            handler.temporary_depth,
        );
    }
}

fn flag_names(flags: CodeFlags) -> String {
    let names = [
        (CodeFlags::FUNCTION, "function"),
        (CodeFlags::VARARGS, "varargs"),
        (CodeFlags::VARKEYWORDS, "varkeywords"),
        (CodeFlags::NESTED, "nested"),
        (CodeFlags::GENERATOR, "generator"),
        (CodeFlags::COROUTINE, "coroutine"),
        (CodeFlags::ASYNC_GENERATOR, "async_generator"),
        (CodeFlags::NAMESPACE, "namespace"),
        (CodeFlags::HAS_DOCSTRING, "docstring"),
        (CodeFlags::SIMPLE, "simple"),
        (CodeFlags::ITERABLE_COROUTINE, "iterable_coroutine"),
        (CodeFlags::FUTURE_ANNOTATIONS, "annotations"),
        (CodeFlags::FUTURE_BARRY, "barry_as_FLUFL"),
    ];
    let set: Vec<&str> = names.iter().filter(|(mask, _)| flags.has(*mask)).map(|(_, name)| *name).collect();
    if set.is_empty() { String::new() } else { format!(" [{}]", set.join(" ")) }
}

/// Numbers every place that a jump or handler names.
fn labels(code: &CodeData) -> BTreeMap<u32, usize> {
    let mut places = BTreeMap::new();
    for (index, instruction) in code.instructions.iter().enumerate() {
        if let Some(offset) = instruction.jump_offset() {
            places.insert((index as i64 + 1 + offset as i64) as u32, 0);
        }
    }
    for handler in &code.handlers {
        for place in [handler.start, handler.end, handler.target] {
            places.insert(place, 0);
        }
    }
    for (number, label) in places.values_mut().enumerate() {
        *label = number + 1;
    }
    places
}

struct Printer<'a> {
    code: &'a CodeData,
    labels: BTreeMap<u32, usize>,
}

impl Printer<'_> {
    fn place(&self, index: u32) -> String {
        match self.labels.get(&index) {
            Some(label) => format!("L{label}"),
            None => format!("@{index}"),
        }
    }

    fn register(&self, register: u16) -> String {
        match self.code.local_names.get(register as usize) {
            Some(name) => format!("%{register}:{name}"),
            None => format!("%{register}"),
        }
    }

    fn name(&self, index: u16) -> String {
        self.code.names.get(index as usize).map_or_else(|| format!("name?{index}"), |name| name.to_string())
    }

    fn constant(&self, index: usize) -> String {
        let mut text = String::new();
        match self.code.constants.get(index) {
            Some(constant) => write_constant(constant, &mut text),
            None => text = format!("constant?{index}"),
        }
        text
    }

    fn instruction(&self, index: usize) -> String {
        let instruction = self.code.instructions[index];
        let fields = [instruction.a, instruction.b, instruction.c];
        let mut operands: Vec<String> = Vec::new();
        for (position, kind) in instruction.op.kinds().into_iter().enumerate() {
            let field = fields[position];
            if is_unused(instruction, position) {
                continue;
            }
            operands.push(match kind {
                Kind::None => continue,
                Kind::Dst | Kind::Reg | Kind::Block => self.register(field),
                Kind::Src => match Operand::decode(field) {
                    Operand::Register(register) => self.register(register),
                    Operand::Constant(constant) => self.constant(constant as usize),
                },
                Kind::Run | Kind::DstRun => {
                    let length = instruction.op.run_length(instruction.c);
                    match length {
                        0 => "[]".to_string(),
                        1 => format!("[{}]", self.register(field)),
                        _ => format!(
                            "[{} .. {}]",
                            self.register(field),
                            self.register(field.wrapping_add(length as u16 - 1))
                        ),
                    }
                }
                Kind::Number => self.number(instruction, position, field),
                Kind::Name => self.name(field),
                Kind::Site => match self.code.sites.get(field as usize) {
                    Some(&name) => self.name(name),
                    None => format!("site?{field}"),
                },
                Kind::Constant => self.constant(field as usize),
                Kind::Wide if instruction.op == Op::LoadConst => self.constant(instruction.wide_value() as usize),
                Kind::Wide | Kind::Jump16 => {
                    let target = index as i64 + 1 + instruction.jump_offset().unwrap_or(0) as i64;
                    self.place(target as u32)
                }
            });
        }
        let mut line = format!("{:<23}{}", instruction.op.name(), operands.join(", "));
        line.truncate(line.trim_end().len());
        line
    }

    fn number(&self, instruction: Instruction, position: usize, field: u16) -> String {
        match (instruction.op, position) {
            (Op::LoadFree | Op::LoadClassFree, 1) | (Op::StoreFree | Op::DeleteFree, 0) => self.free(field),
            (Op::LoadClosure, 1) if instruction.c == 1 => self.free(field),
            (Op::LoadClosure, 1) => self.register(field),
            (Op::Extra, 0) => self.constant(field as usize),
            (Op::JumpBack, 0) => format!("loop {field}"),
            (Op::UnpackExtended, 2) => format!("{} + {}", field & 255, field >> 8),
            _ => field.to_string(),
        }
    }

    fn free(&self, index: u16) -> String {
        self.code.free_names.get(index as usize).map_or_else(|| format!("free?{index}"), |name| format!("free:{name}"))
    }
}

/// Whether an operand field is not looked at, whatever its kind.
pub(crate) fn is_unused(instruction: Instruction, position: usize) -> bool {
    match (instruction.op, position) {
        (Op::Raise, 0) => instruction.c == 0,
        (Op::Raise, 1) => instruction.c < 2,
        (Op::DeleteAttr, 1) => true,
        (Op::Extra, 2) => true,
        (Op::LoadClosure, 2) => true,
        // Whether the name is declared `global`, which matters to `CodeData` alone.
        (Op::LoadGlobal | Op::StoreGlobal | Op::DeleteGlobal, 2) => true,
        _ => false,
    }
}

fn write_constant(constant: &Constant, text: &mut String) {
    let list = |items: &[Constant], text: &mut String| {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            write_constant(item, text);
        }
    };
    let _ = match constant {
        Constant::None => write!(text, "None"),
        Constant::True => write!(text, "True"),
        Constant::False => write!(text, "False"),
        Constant::Ellipsis => write!(text, "Ellipsis"),
        Constant::Int(value) => write!(text, "{value}"),
        Constant::BigInt(digits) => write!(text, "{digits}"),
        Constant::Float(value) => write!(text, "{value:?}"),
        Constant::Complex(real, imaginary) => write!(text, "({real:?}, {imaginary:?}j)"),
        Constant::Str(string) => write!(text, "{string:?}"),
        Constant::StrSurrogates(points) => write!(text, "surrogates{points:x?}"),
        Constant::Bytes(bytes) => write!(text, "b\"{}\"", bytes.escape_ascii()),
        Constant::Tuple(items) => {
            text.push('(');
            list(items, text);
            text.push_str(if items.len() == 1 { ",)" } else { ")" });
            Ok(())
        }
        Constant::FrozenSet(items) => {
            text.push_str("frozenset{");
            list(items, text);
            text.push('}');
            Ok(())
        }
        Constant::Code(code) => write!(text, "code {}", code.qualified_name),
    };
}
