//! Temporary: prints code as a Python literal.
use sidewinder_bytecode::{CodeData, Constant};
use sidewinder_compiler::{Mode, compile};

fn string(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if c.is_ascii_graphic() && c != '\'' && c != '\\' || c == ' ' { out.push(c) } else { out += &format!("\\U{:08x}", c as u32) }
    }
    out + "'"
}
fn constant(c: &Constant) -> String {
    match c {
        Constant::None => "None".into(),
        Constant::True => "True".into(),
        Constant::False => "False".into(),
        Constant::Ellipsis => "...".into(),
        Constant::Int(v) => v.to_string(),
        Constant::BigInt(v) => v.clone(),
        Constant::Float(v) => format!("F({})", v.to_bits()),
        Constant::Complex(a, b) => format!("complex(F({}),F({}))", a.to_bits(), b.to_bits()),
        Constant::Str(s) => string(s),
        Constant::StrSurrogates(v) => format!("''.join(map(chr,{v:?}))"),
        Constant::Bytes(b) => format!("bytes({b:?})"),
        Constant::Tuple(v) => format!("({})", v.iter().map(|c| constant(c) + ",").collect::<String>()),
        Constant::FrozenSet(v) => format!("frozenset([{}])", v.iter().map(|c| constant(c) + ",").collect::<String>()),
        Constant::Code(c) => code(c),
    }
}
fn code(c: &CodeData) -> String {
    let names = |v: &[std::rc::Rc<str>]| format!("[{}]", v.iter().map(|s| string(s) + ",").collect::<String>());
    let instructions: String = c.instructions.iter().map(|i| {
        format!("('{}',{},{},{},{}),", i.op.name(), i.a, i.b, i.c, i.jump_offset().map_or(if i.op.name() == "LoadConst" { i.wide_value() } else { 0 }, |o| o))
    }).collect();
    let handlers: String = c.handlers.iter().map(|h| format!("({},{},{},{},{}),", h.start, h.end, h.target, h.exception_register, h.temporary_depth)).collect();
    let positions: String = c.positions.iter().map(|p| format!("({},{},{},{}),", p.line, p.end_line, p.column, p.end_column)).collect();
    format!("Code(name={},qualname={},line={},flags={},argc={},posonly={},kwonly={},nlocals={},nregs={},local_names={},cells={:?},free_names={},names={},sites={:?},consts=[{}],code=[{}],handlers=[{}],positions=[{}])",
        string(&c.name), string(&c.qualified_name), c.first_line, c.flags.0, c.argument_count, c.positional_only_count, c.keyword_only_count, c.local_count, c.register_count,
        names(&c.local_names), c.cell_registers, names(&c.free_names), names(&c.names), c.sites,
        c.constants.iter().map(|c| constant(c) + ",").collect::<String>(), instructions, handlers, positions)
}
fn main() {
    let mut arguments = std::env::args().skip(1);
    let (input, output) = (arguments.next().unwrap(), arguments.next().unwrap());
    for line in std::fs::read_to_string(input).unwrap().lines() {
        let source = std::fs::read_to_string(line).unwrap();
        let name = std::path::Path::new(line).file_name().unwrap().to_str().unwrap();
        let target = format!("{output}/{name}.lit");
        match compile(&source, line, Mode::Module) {
            Ok(c) => std::fs::write(target, code(&c)).unwrap(),
            Err(e) => println!("{e}"),
        }
    }
}
