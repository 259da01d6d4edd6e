//! What tools that know CPython's code are shown of ours, besides its units: variables, lines, positions, handlers.

use sidewinder_bytecode::shown::{NO_INSTRUCTION, Shown, UNIT_BYTES, locations};
use sidewinder_bytecode::{CodeData, CodeFlags, Position};

/// How many parameters there are: the namespace that class bodies get is none.
pub fn parameters(data: &CodeData) -> usize {
    if data.flags.has(CodeFlags::FUNCTION) { data.parameter_count() } else { 0 }
}

/// The registers of parameters and variables: neither the compiler's hidden locals nor cells that are no parameters.
pub fn variables(data: &CodeData) -> Vec<u16> {
    if !data.flags.has(CodeFlags::FUNCTION) {
        return Vec::new();
    }
    let parameters = data.parameter_count();
    (0..data.local_names.len() as u16)
        .filter(|&local| {
            let inner = data.local_names[local as usize].starts_with('.') || data.cell_registers.contains(&local);
            (local as usize) < parameters || !inner
        })
        .collect()
}

/// Whether the code says nothing of places (`co_linetable` is empty).
fn is_placeless(data: &CodeData) -> bool {
    data.positions.iter().all(|position| position.line == 0)
}

/// Runs of units with the place of their instruction. A module is called at line 0.
pub fn runs(data: &CodeData, shown: &Shown) -> Vec<(usize, Option<Position>)> {
    if is_placeless(data) {
        return Vec::new();
    }
    let start = if &*data.name == "<module>" {
        Position { line: 0, end_line: 1, column: 0, end_column: 0 }
    } else {
        Position { line: data.first_line, end_line: data.first_line, column: 0, end_column: 0 }
    };
    let mut runs = Vec::new();
    let mut place = 0;
    while place < shown.owners.len() {
        let owner = shown.owners[place];
        let length = shown.owners[place..].iter().take_while(|other| **other == owner).count();
        let position = match owner {
            NO_INSTRUCTION => Some(start),
            owner => data.positions.get(owner as usize).copied().filter(|position| position.line != 0),
        };
        runs.push((length, position));
        place += length;
    }
    runs
}

/// Start, end and line of each run of bytes of one line.
pub fn lines(data: &CodeData, shown: &Shown) -> Vec<(usize, usize, Option<u32>)> {
    let mut rows: Vec<(usize, usize, Option<u32>)> = Vec::new();
    let mut start = 0;
    for (length, position) in runs(data, shown) {
        let line = position.map(|position| position.line);
        let end = start + length * UNIT_BYTES;
        match rows.last_mut() {
            Some(row) if row.2 == line => row.1 = end,
            _ => rows.push((start, end, line)),
        }
        start = end;
    }
    rows
}

/// `co_linetable`
pub fn line_table(data: &CodeData, shown: &Shown, columns: bool) -> Vec<u8> {
    locations::encode(&runs(data, shown), data.first_line, columns)
}

/// The handlers in the format of CPython's exception table: start, length, target, and depth of each, in groups of six
/// bits with the highest first; the first byte of a row has its top bit set.
pub fn exception_table(data: &CodeData, shown: &Shown) -> Vec<u8> {
    let mut table = Vec::new();
    let unit = |index: u32| (shown.start_of(index as usize) / UNIT_BYTES) as u32;
    for handler in &data.handlers {
        let depth = (handler.temporary_depth - data.local_count.min(handler.temporary_depth)) as u32;
        let (start, end) = (unit(handler.start), unit(handler.end));
        for (index, number) in [start, end - start, unit(handler.target), depth << 1].iter().enumerate() {
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
