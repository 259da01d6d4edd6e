//! The text form of traces: a printer and a parser that round-trip, so that any dump can become a test.
//!
//! ```text
//! start 0x1000
//! stack 6
//!   v0 = LoadSlot 0
//!   v1 = IsInt v0
//!   GuardTrue v1 [s0]
//!   v3 = LoadValue.Attribute v2 +16
//!   v4 = CallValue h3 (v0 v3)
//! s0: base 0 at 0x1000 depth 0 {0: v0}
//! end loop s0
//! ```
//!
//! Results are named after their index. With `Symbols::symbolic`, addresses print as `@1+8`: numbered in order of first
//! use, with their low four bits, which say whether an object is immortal. The parser gives them addresses again.

use crate::op::{ALL, Alias, Effect, Op, Type};
use crate::snapshot::{FrameState, SlotValue, Snapshot, SnapshotId};
use crate::tagging::{self, WordKind};
use crate::trace::{DECISIVE, Instruction, Ref, Trace, TraceEnd};
use std::collections::HashMap;
use std::fmt::Write;

/// Words from here on are printed as addresses.
const ADDRESS_MIN: u64 = 1 << 16;
/// Where the parser puts symbolic addresses.
const SYMBOL_BASE: u64 = 0x7000_0000_0000;

/// How addresses are printed.
#[derive(Default)]
pub struct Symbols {
    symbolic: bool,
    numbers: HashMap<u64, usize>,
}

impl Symbols {
    /// Addresses as numbers in order of first use: the same text in every run.
    pub fn symbolic() -> Symbols {
        Symbols { symbolic: true, numbers: HashMap::new() }
    }

    pub fn address(&mut self, word: u64) -> String {
        if !self.symbolic || !(ADDRESS_MIN..1 << 48).contains(&word) {
            return format!("{word:#x}");
        }
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(word & !15).or_insert(next);
        match word & 15 {
            0 => format!("@{number}"),
            low => format!("@{number}+{low}"),
        }
    }

    fn raw(&mut self, word: u64) -> String {
        if (-(ADDRESS_MIN as i64)..ADDRESS_MIN as i64).contains(&(word as i64)) {
            (word as i64).to_string()
        } else {
            self.address(word)
        }
    }

    fn value(&mut self, word: u64) -> String {
        match tagging::kind(word) {
            WordKind::Unbound => "unbound".to_string(),
            WordKind::Int => format!("int {}", tagging::unbox_int(word)),
            WordKind::Float => format!("float {}", float_text(tagging::unbox_float(word))),
            WordKind::Mortal | WordKind::Immortal => self.address(word),
        }
    }
}

fn float_text(bits: u64) -> String {
    let float = f64::from_bits(bits);
    if float.is_nan() { format!("nan:{bits:#x}") } else { format!("{float:?}") }
}

/// The text of a trace.
pub fn print(trace: &Trace, symbols: &mut Symbols) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "start {}", symbols.address(trace.start));
    let _ = writeln!(out, "stack {}", trace.stack_words);
    for (index, instruction) in trace.instructions.iter().enumerate() {
        let arguments = if instruction.op.effect() == Effect::Call { trace.call_arguments(instruction) } else { &[] };
        let line = instruction_text(Ref(index as u32), instruction, arguments, symbols);
        let _ = writeln!(out, "  {line}");
    }
    for (index, snapshot) in trace.snapshots.iter().enumerate() {
        let _ = writeln!(out, "s{index}: {}", snapshot_text(snapshot, symbols));
    }
    let (word, id) = match trace.end {
        TraceEnd::Loop(id) => ("loop", id),
        TraceEnd::Root(id) => ("root", id),
        TraceEnd::Exit(id) => ("exit", id),
    };
    let _ = writeln!(out, "end {word} s{}", id.0);
    out
}

/// The text of one instruction, without its line end.
pub fn instruction_text(name: Ref, instruction: &Instruction, arguments: &[Ref], symbols: &mut Symbols) -> String {
    let op = instruction.op;
    let mut out = String::new();
    if op.result() != Type::None {
        let _ = write!(out, "v{} = ", name.0);
    }
    out.push_str(op.name());
    if matches!(op.effect(), Effect::Load | Effect::Store) {
        let _ = write!(out, ".{:?}", instruction.alias);
    }
    if op.effect() == Effect::Call {
        let _ = write!(out, " h{} (", instruction.immediate);
        for (position, argument) in arguments.iter().enumerate() {
            let _ = write!(out, "{}v{}", if position == 0 { "" } else { " " }, argument.0);
        }
        out.push(')');
        return out;
    }
    for operand in &instruction.operands[..op.operands().len()] {
        let _ = write!(out, " v{}", operand.0);
    }
    match op {
        Op::ConstValue => out += &format!(" {}", symbols.value(instruction.immediate)),
        Op::ConstFloat => out += &format!(" {}", float_text(instruction.immediate)),
        Op::ConstRaw => out += &format!(" {}", symbols.raw(instruction.immediate)),
        Op::ConstInt
        | Op::ConstBool
        | Op::LoadSlot
        | Op::SpillSlot
        | Op::StoreSlot
        | Op::ReloadSlot
        | Op::PhiValue
        | Op::PhiInt
        | Op::PhiFloat
        | Op::PhiRaw => out += &format!(" {}", instruction.immediate as i64),
        _ if op.effect() == Effect::Guard && instruction.immediate == DECISIVE => out += " decisive",
        _ if instruction.immediate != 0 => out += &format!(" {:+}", instruction.immediate as i64),
        _ => {}
    }
    if op.effect() == Effect::Guard {
        let _ = write!(out, " [s{}]", instruction.snapshot.0);
    }
    out
}

/// The text of a snapshot, without its name.
pub fn snapshot_text(snapshot: &Snapshot, symbols: &mut Symbols) -> String {
    let frame = &snapshot.frame;
    let at = symbols.address(frame.instruction);
    let slots: Vec<String> = snapshot.slots.iter().map(|entry| format!("{}: v{}", entry.slot, entry.value.0)).collect();
    format!("base {} at {at} depth {} {{{}}}", frame.base, frame.depth, slots.join(", "))
}

/// Reads the text of a trace; the error names the line.
pub fn parse(text: &str) -> Result<Trace, String> {
    let mut parser = Parser::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if !line.is_empty() {
            parser.line(line).map_err(|message| format!("line {}: {message}: {line}", number + 1))?;
        }
    }
    parser.finish()
}

struct Parser {
    trace: Trace,
    /// Result names, as in `v12`.
    names: HashMap<String, Ref>,
    snapshots: HashMap<u32, Snapshot>,
    ended: bool,
}

impl Default for Parser {
    fn default() -> Parser {
        let trace = Trace {
            instructions: Vec::new(),
            arguments: Vec::new(),
            snapshots: Vec::new(),
            end: TraceEnd::Exit(SnapshotId::NONE),
            start: 0,
            stack_words: 0,
        };
        Parser { trace, names: HashMap::new(), snapshots: HashMap::new(), ended: false }
    }
}

type Parsed<T> = Result<T, String>;

impl Parser {
    fn line(&mut self, line: &str) -> Parsed<()> {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        match first {
            "start" => self.trace.start = word(rest)?,
            "stack" => self.trace.stack_words = number(rest)? as u32,
            "end" => {
                let (kind, id) = rest.split_once(' ').ok_or("snapshot missing")?;
                let id = snapshot_id(id)?;
                self.trace.end = match kind {
                    "loop" => TraceEnd::Loop(id),
                    "root" => TraceEnd::Root(id),
                    "exit" => TraceEnd::Exit(id),
                    _ => return Err("unknown end".to_string()),
                };
                self.ended = true;
            }
            _ if first.starts_with('s') && first.ends_with(':') => {
                let snapshot = self.snapshot(rest)?;
                self.snapshots.insert(snapshot_id(&first[..first.len() - 1])?.0, snapshot);
            }
            _ => self.instruction(line)?,
        }
        Ok(())
    }

    fn reference(&self, name: &str) -> Parsed<Ref> {
        self.names.get(name).copied().ok_or_else(|| format!("unknown name {name}"))
    }

    fn snapshot(&self, text: &str) -> Parsed<Snapshot> {
        let (head, slots) = text.split_once('{').ok_or("slots missing")?;
        let words: Vec<&str> = head.split_whitespace().collect();
        let ["base", base, "at", at, "depth", depth] = words[..] else {
            return Err("expected: base N at ADDRESS depth N {...}".to_string());
        };
        let frame = FrameState { base: number(base)? as i32, instruction: word(at)?, depth: number(depth)? as i32 };
        let mut entries = Vec::new();
        for entry in slots.trim_end_matches('}').split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (slot, value) = entry.split_once(": ").ok_or("slot without value")?;
            entries.push(SlotValue { slot: number(slot)? as i32, value: self.reference(value)? });
        }
        Ok(Snapshot { frame, slots: entries })
    }

    fn instruction(&mut self, line: &str) -> Parsed<()> {
        let (name, body) = match line.split_once(" = ") {
            Some((name, body)) => (Some(name), body),
            None => (None, line),
        };
        let mut words = body.split_whitespace().collect::<Vec<_>>().into_iter();
        let (op, alias) = operation(words.next().ok_or("operation missing")?)?;
        let mut instruction =
            Instruction { op, alias, operands: [Ref::NONE; 3], immediate: 0, snapshot: SnapshotId::NONE };
        if op.effect() == Effect::Call {
            instruction.immediate =
                number(words.next().and_then(|h| h.strip_prefix('h')).ok_or("helper missing")?)? as u64;
            let start = self.trace.arguments.len();
            for argument in words.by_ref() {
                let argument = argument.trim_start_matches('(').trim_end_matches(')');
                if !argument.is_empty() {
                    let argument = self.reference(argument)?;
                    self.trace.arguments.push(argument);
                }
            }
            let length = self.trace.arguments.len() - start;
            instruction.operands = [Ref(start as u32), Ref(length as u32), Ref::NONE];
        }
        for position in 0..op.operands().len() {
            instruction.operands[position] = self.reference(words.next().ok_or("operand missing")?)?;
        }
        let rest: Vec<&str> = words.collect();
        let (rest, snapshot) = match rest.split_last() {
            Some((last, before)) if last.starts_with('[') => (before, Some(last.trim_matches(&['[', ']'][..]))),
            _ => (&rest[..], None),
        };
        if let Some(snapshot) = snapshot {
            instruction.snapshot = snapshot_id(snapshot)?;
        }
        if !rest.is_empty() {
            instruction.immediate = immediate(op, &rest.join(" "))?;
        }
        if let Some(name) = name {
            self.names.insert(name.to_string(), Ref(self.trace.instructions.len() as u32));
        }
        self.trace.instructions.push(instruction);
        Ok(())
    }

    fn finish(mut self) -> Parsed<Trace> {
        if !self.ended {
            return Err("no end line".to_string());
        }
        for index in 0..self.snapshots.len() as u32 {
            let snapshot = self.snapshots.remove(&index).ok_or_else(|| format!("snapshot s{index} missing"))?;
            self.trace.snapshots.push(snapshot);
        }
        Ok(self.trace)
    }
}

fn operation(text: &str) -> Parsed<(Op, Alias)> {
    let (name, alias) = text.split_once('.').unwrap_or((text, "Other"));
    let op = ALL.iter().copied().find(|op| op.name() == name).ok_or("unknown operation")?;
    let alias = Alias::ALL.iter().copied().find(|class| format!("{class:?}") == alias).ok_or("unknown alias class")?;
    Ok((op, alias))
}

fn immediate(op: Op, text: &str) -> Parsed<u64> {
    match op {
        Op::ConstFloat => float_bits(text),
        Op::ConstValue => {
            if text == "unbound" {
                Ok(0)
            } else if let Some(int) = text.strip_prefix("int ") {
                Ok(tagging::box_int(number(int)?))
            } else if let Some(float) = text.strip_prefix("float ") {
                Ok(tagging::box_float(float_bits(float)?))
            } else {
                word(text)
            }
        }
        _ if op.effect() == Effect::Guard && text == "decisive" => Ok(DECISIVE),
        _ => word(text),
    }
}

fn float_bits(text: &str) -> Parsed<u64> {
    match text.strip_prefix("nan:") {
        Some(bits) => word(bits),
        None => text.parse::<f64>().map(f64::to_bits).map_err(|error| error.to_string()),
    }
}

fn number(text: &str) -> Parsed<i64> {
    text.trim().parse().map_err(|_| format!("not a number: {text}"))
}

fn snapshot_id(text: &str) -> Parsed<SnapshotId> {
    let digits = text.strip_prefix('s').ok_or("not a snapshot")?;
    Ok(SnapshotId(number(digits)? as u32))
}

/// A decimal, hexadecimal or symbolic word.
fn word(text: &str) -> Parsed<u64> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).map_err(|error| error.to_string());
    }
    if let Some(symbol) = text.strip_prefix('@') {
        let (number_text, low) = symbol.split_once('+').unwrap_or((symbol, "0"));
        return Ok(SYMBOL_BASE + number(number_text)? as u64 * 16 + number(low)? as u64);
    }
    number(text).map(|number| number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
start @1
stack 6
  v0 = LoadSlot 0
  v1 = IsInt v0
  GuardTrue v1 [s0]
  v3 = UnboxInt v0
  v4 = ConstInt -7
  v5 = IntAdd v3 v4
  v6 = BoxInt v5
  v7 = LoadSlot 1
  v8 = ConstRaw @2+8
  v9 = HasType.ObjectType v7 v8
  GuardTrue v9 [s0]
  v11 = Address v7
  v12 = LoadValue.Attribute v11 +24
  StoreValue.Attribute v11 v6 +24
  v14 = CallValue h3 (v12 v6)
  v15 = ConstFloat -0.0
  v16 = ConstValue float 1.5
  v17 = ConstValue @3
  v18 = ConstRaw -1
s0: base 0 at @4 depth 0 {}
s1: base 2 at @5+8 depth 1 {0: v6, 1: v14}
end loop s1
";

    #[test]
    fn text_round_trips() {
        let trace = parse(TEXT).unwrap();
        assert_eq!(print(&trace, &mut Symbols::symbolic()), TEXT);
        let plain = print(&trace, &mut Symbols::default());
        assert_eq!(parse(&plain).unwrap(), trace);
    }

    #[test]
    fn errors_name_their_line() {
        assert!(parse("start 0\n v0 = Nonsense\n").unwrap_err().starts_with("line 2"));
        assert!(parse("GuardTrue v7 [s0]").unwrap_err().contains("unknown name"));
    }
}
