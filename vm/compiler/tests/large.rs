//! Large code blocks: far jumps, many constants, long displays and calls.

use sidewinder_bytecode::{CodeData, Op};
use sidewinder_compiler::{Mode, compile};
use std::fmt::Write;

fn module(source: &str) -> CodeData {
    let code = compile(source, "<large>", Mode::Module).unwrap();
    sidewinder_bytecode::verify::verify(&code).unwrap();
    code
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut source, index| {
        let _ = writeln!(source, "{}", line(index));
        source
    })
}

#[test]
fn jumps_beyond_sixteen_bits() {
    let body = repeated(40_000, |_| "    f()".to_string());
    let code = module(&format!("while x < y:\n{body}for i in x:\n{body}"));
    assert!(code.instructions.len() > 160_000);
    // A far comparison is inverted and jumps around a long jump.
    let test = code.instructions.iter().position(|instruction| instruction.op == Op::JumpIfLess).unwrap();
    assert_eq!((code.instructions[test].c, code.instructions[test + 1].op), (1, Op::Jump));
    let item = code.instructions.iter().position(|instruction| instruction.op == Op::ForIter).unwrap();
    assert_eq!((code.instructions[item].c, code.instructions[item + 1].op), (1, Op::Jump));
}

#[test]
fn more_constants_than_operands_can_name() {
    let source = repeated(40_000, |index| format!("x = {index}.5"));
    let uses = "y = a < 1.25 < b\nz = x + 2.25\no.p += 3.25\no[4.25] += 5.25\nf(6.25, k=7.25)\n\
                v = w = 8.25\nwith 9.25 as q: pass\nfor i in (1.125, 2.125): pass\nassert 3.125 in [4.125, 5.125]\n\
                def g(a=6.125, *, b=7.125):\n  return 8.125\nmatch x:\n  case {9.125: p, **r}: pass\n  case 1.0625: pass\n";
    module(&format!("{source}{uses}"));
}

#[test]
fn long_displays_and_calls() {
    let items = (0..5_000).map(|index| format!("x{index}")).collect::<Vec<_>>().join(", ");
    for (open, close) in [("[", "]"), ("(", ")"), ("{", "}"), ("f(", ")"), ("f(*a, ", ")")] {
        module(&format!("y = {open}{items}{close}"));
    }
    let pairs = (0..5_000).map(|index| format!("'k{index}': {index}")).collect::<Vec<_>>().join(", ");
    module(&format!("y = {{{pairs}}}"));
    let keywords = (0..500).map(|index| format!("k{index}={index}")).collect::<Vec<_>>().join(", ");
    module(&format!("f({keywords})"));
    let fields = (0..500).map(|index| format!("a{{x{index}}}")).collect::<String>();
    module(&format!("y = f'{fields}'"));
}

#[test]
fn many_functions_loops_and_names() {
    let source = repeated(3_000, |index| format!("def f{index}(a):\n    for i in a: print(i, a.b{index})"));
    let code = module(&source);
    assert_eq!(code.names.len(), 3_000);
    let loops = repeated(2_000, |_| "    for i in x: pass".to_string());
    module(&format!("def f(x):\n{loops}"));
}
