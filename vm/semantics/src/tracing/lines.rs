//! Which instructions may be the first of a line that runs.

use sidewinder_bytecode::{CodeData, Op, Position};
use sidewinder_runtime::objects::code::CodeObject;

/// The first instruction that events are reported at: what comes before only makes cells.
pub fn first_traceable(code: &CodeObject) -> usize {
    code.data.instructions.iter().take_while(|instruction| instruction.op == Op::MakeCell).count()
}

/// Whether the instruction is the first one of a line in the order of the code, or one that is jumped to.
pub fn starts_line(code: &CodeObject, index: usize) -> bool {
    let mut own = code.monitoring.borrow_mut();
    let own = own.get_or_insert_default();
    if own.line_starts.is_empty() {
        own.line_starts = line_starts(&code.data, first_traceable(code));
    }
    own.line_starts.get(index).copied().unwrap_or(false)
}

fn line_starts(code: &CodeData, first: usize) -> Vec<bool> {
    let positions: &[Position] = &code.positions;
    let mut starts = vec![false; code.instructions.len()];
    let mut current = 0;
    for (index, start) in starts.iter_mut().enumerate().skip(first) {
        if code.instructions[index].op == Op::Extra {
            continue;
        }
        let line = positions.get(index).map_or(0, |position| position.line);
        *start = line != current && line != 0;
        current = line;
    }
    let targets = (first..code.instructions.len()).filter_map(|index| code.jump_target(index));
    let handlers = code.handlers.iter().map(|handler| handler.target as usize);
    for target in targets.chain(handlers).collect::<Vec<_>>() {
        if positions.get(target).is_some_and(|position| position.line != 0) && target >= first {
            starts[target] = true;
        }
    }
    starts
}
