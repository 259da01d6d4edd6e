//! The verifier refuses damaged bytecode: each test compiles a source, breaks one thing and names the rule.

use sidewinder_bytecode::verify::verify;
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, Instruction, Op};
use sidewinder_compiler::{Mode, compile};
use std::rc::Rc;

/// The code of the only function in a source.
fn function(source: &str) -> CodeData {
    let module = compile(source, "<test>", Mode::Module).unwrap();
    let code = module.constants.iter().find_map(|constant| match constant {
        Constant::Code(code) => Some(Rc::clone(code)),
        _ => None,
    });
    (*code.unwrap()).clone()
}

/// The index of the first instruction with an opcode.
fn find(code: &CodeData, op: Op) -> usize {
    code.instructions.iter().position(|instruction| instruction.op == op).unwrap()
}

#[track_caller]
fn refused(source: &str, damage: impl FnOnce(&mut CodeData), rule: &str) {
    let mut code = function(source);
    assert_eq!(verify(&code), Ok(()));
    damage(&mut code);
    let problem = verify(&code).expect_err("the damage is noticed");
    assert!(problem.contains(rule), "{problem}");
}

const SUM: &str = "def f(a, b, c):\n    return a + g(b) + c\n";

#[test]
fn a_temporary_is_consumed_once() {
    refused(
        "def f(a):\n    a()\n",
        |code| {
            let index = find(code, Op::Clear);
            code.instructions[index] = Instruction::new(Op::Nop, 0, 0, 0);
        },
        "no temporary is live",
    );
}

#[test]
fn a_temporary_is_written_before_use() {
    refused(
        SUM,
        |code| {
            let index = find(code, Op::LoadGlobal);
            code.instructions[index] = Instruction::new(Op::Nop, 0, 0, 0);
        },
        "is bound or live",
    );
}

#[test]
fn a_live_temporary_is_not_overwritten() {
    refused(
        SUM,
        |code| {
            let index = find(code, Op::Call);
            let from = code.instructions[index].b;
            code.instructions.insert(index, Instruction::new(Op::Move, from, 0, 0));
            code.positions.edit(|rows| rows.insert(index, rows[index]));
        },
        "is not overwritten",
    );
}

#[test]
fn scratch_words_of_a_call_are_dead() {
    refused(
        SUM,
        |code| {
            let index = find(code, Op::Call);
            let scratch = code.instructions[index].b + 1;
            code.instructions.insert(index, Instruction::new(Op::Move, scratch, 0, 0));
            code.positions.edit(|rows| rows.insert(index, rows[index]));
        },
        "scratch register",
    );
}

#[test]
fn a_local_is_bound_where_it_is_read() {
    let source = "def f(a):\n    if a:\n        b = 1\n    return b\n";
    refused(
        source,
        |code| {
            let index = find(code, Op::CheckBound);
            code.instructions[index] = Instruction::new(Op::Nop, 0, 0, 0);
        },
        "is bound or live",
    );
}

#[test]
fn registers_constants_and_names_exist() {
    refused(SUM, |code| code.instructions[0].b = 0x7000, "exists");
    refused("def f():\n    return 1\n", |code| code.instructions[0].a = 0x8000 | 99, "a constant exists");
    refused("def f(a):\n    return a.b\n", |code| code.sites.clear(), "a site exists");
}

#[test]
fn jumps_and_handlers_name_instructions() {
    let source = "def f(a):\n    while a:\n        a()\n";
    refused(source, |code| code.loop_count = 0, "counts a loop");
    refused(
        source,
        |code| {
            let index = find(code, Op::JumpIfFalse);
            code.instructions[index] = Instruction::wide(Op::JumpIfFalse, 0, 1000);
        },
        "goes to an instruction",
    );
    let source = "def f(a):\n    try:\n        a()\n    except E:\n        pass\n";
    refused(source, |code| code.handlers[0].target = 999, "target is an instruction");
    refused(source, |code| code.handlers[0].exception_register = 99, "goes into a local");
}

#[test]
fn control_does_not_leave_at_the_end() {
    refused(
        SUM,
        |code| {
            code.instructions.pop();
            code.positions.edit(|rows| rows.truncate(rows.len() - 1));
        },
        "control leaves at the end",
    );
}

#[test]
fn arguments_of_a_call_are_registers() {
    let damage = |code: &mut CodeData| {
        let index = find(code, Op::Call);
        code.instructions[index].c = u16::MAX;
    };
    refused(SUM, damage, "room for its header and arguments");
}

#[test]
fn flags_say_what_is_there() {
    refused("def f(*a):\n    pass\n", |code| code.flags.0 |= CodeFlags::SIMPLE, "plain parameters");
    refused("def f():\n    yield\n", |code| code.flags.0 &= !CodeFlags::GENERATOR, "only generators yield");
    refused("def f():\n    pass\n", |code| code.flags.0 |= CodeFlags::NAMESPACE, "a namespace is a parameter");
    refused("def f(a):\n    pass\n", |code| code.flags.0 |= CodeFlags::VARARGS, "parameters are locals");
}
