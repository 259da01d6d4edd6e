//! The positions of units in the form of CPython's location table (`co_linetable`).

use crate::code::Position;

/// Units that one entry speaks of at most.
const UNITS_MAX: usize = 8;

/// Kinds of entries: those below tell a column in one byte.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

/// Writes the table: runs of units with their positions, from the line where the code starts. Without columns, only lines
/// are told.
pub fn encode(runs: &[(usize, Option<Position>)], first_line: u32, columns: bool) -> Vec<u8> {
    let mut table = Vec::new();
    let mut line = first_line as i64;
    for &(length, position) in runs {
        let mut left = length;
        while left > 0 {
            let units = left.min(UNITS_MAX);
            entry(&mut table, units, position, &mut line, columns);
            left -= units;
        }
    }
    table
}

fn entry(table: &mut Vec<u8>, units: usize, position: Option<Position>, line: &mut i64, columns: bool) {
    let head = |table: &mut Vec<u8>, kind: u8| table.push(0x80 | kind << 3 | (units - 1) as u8);
    let Some(position) = position else { return head(table, NONE) };
    let delta = position.line as i64 - *line;
    *line = position.line as i64;
    if !columns {
        head(table, NO_COLUMNS);
        return signed(table, delta);
    }
    let (column, end_column) = (position.column, position.end_column);
    let is_one_line = position.end_line == position.line;
    let width = end_column.wrapping_sub(column);
    if is_one_line && delta == 0 && column < 80 && width < 16 {
        head(table, (column >> 3) as u8);
        return table.push(((column & 7) << 4 | width) as u8);
    }
    if is_one_line && (0..3).contains(&delta) && column < 128 && end_column < 128 {
        head(table, ONE_LINE + delta as u8);
        return table.extend([column as u8, end_column as u8]);
    }
    head(table, LONG);
    signed(table, delta);
    unsigned(table, position.end_line.saturating_sub(position.line).into());
    unsigned(table, column as u64 + 1);
    unsigned(table, end_column as u64 + 1);
}

/// Six bits in a byte, the lowest first; a bit says that more follow.
fn unsigned(table: &mut Vec<u8>, mut number: u64) {
    while number >= 64 {
        table.push(0x40 | (number & 0x3f) as u8);
        number >>= 6;
    }
    table.push(number as u8);
}

fn signed(table: &mut Vec<u8>, number: i64) {
    unsigned(table, if number < 0 { number.unsigned_abs() << 1 | 1 } else { (number as u64) << 1 });
}

/// Reads a table: a position for each unit, with line 0 where there is none. `None` for bytes that are no such table.
pub fn decode(table: &[u8], first_line: u32) -> Option<Vec<Position>> {
    let mut bytes = table.iter().copied().peekable();
    let mut line = first_line as i64;
    let mut positions = Vec::new();
    while let Some(head) = bytes.next() {
        if head & 0x80 == 0 {
            return None;
        }
        let (kind, units) = (head >> 3 & 15, (head & 7) as usize + 1);
        let mut next = || bytes.next_if(|byte| byte & 0x80 == 0);
        let mut position = Position::default();
        match kind {
            NONE => {}
            NO_COLUMNS | LONG => {
                line += read_signed(&mut next)?;
                position.line = u32::try_from(line).ok()?;
                position.end_line = position.line;
                if kind == LONG {
                    position.end_line = position.line.checked_add(read(&mut next)?.try_into().ok()?)?;
                    position.column = u32::try_from(read(&mut next)?).ok()?.saturating_sub(1);
                    position.end_column = u32::try_from(read(&mut next)?).ok()?.saturating_sub(1);
                }
            }
            ONE_LINE..NO_COLUMNS => {
                line += i64::from(kind - ONE_LINE);
                position.line = u32::try_from(line).ok()?;
                position.end_line = position.line;
                position.column = next()?.into();
                position.end_column = next()?.into();
            }
            _ => {
                let rest = next()?;
                position.line = u32::try_from(line).ok()?;
                position.end_line = position.line;
                position.column = u32::from(kind) * 8 + u32::from(rest >> 4);
                position.end_column = position.column + u32::from(rest & 15);
            }
        }
        positions.extend(std::iter::repeat_n(position, units));
    }
    Some(positions)
}

fn read(next: &mut impl FnMut() -> Option<u8>) -> Option<u64> {
    let (mut number, mut shift) = (0u64, 0);
    loop {
        let byte = next()?;
        number |= u64::from(byte & 0x3f).checked_shl(shift)?;
        if byte & 0x40 == 0 {
            return Some(number);
        }
        shift += 6;
    }
}

fn read_signed(next: &mut impl FnMut() -> Option<u8>) -> Option<i64> {
    let number = read(next)?;
    let half = i64::try_from(number >> 1).ok()?;
    Some(if number & 1 == 1 { -half } else { half })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let position = |line, end_line, column, end_column| Some(Position { line, end_line, column, end_column });
        let runs = [
            (1, position(5, 5, 0, 0)),
            (3, position(5, 5, 79, 94)),
            (20, position(6, 6, 100, 120)),
            (2, None),
            (8, position(2, 9, 1000, 3)),
            (9, position(900_000, 900_000, 7, 200)),
        ];
        let table = encode(&runs, 4, true);
        let units =
            runs.iter().flat_map(|&(length, position)| std::iter::repeat_n(position.unwrap_or_default(), length));
        assert_eq!(decode(&table, 4), Some(units.collect()));
        let lines = decode(&encode(&runs, 4, false), 4).unwrap_or_default();
        let lines: Vec<u32> = lines.iter().map(|position| position.line).collect();
        assert_eq!((lines.len(), lines[0], lines[30], lines[42]), (43, 5, 2, 900_000));
    }

    #[test]
    fn other_bytes_are_refused() {
        for bytes in [&b"\0"[..], b"\xf0", b"\xf0\x03", b"\x80", b"\xe8\xff"] {
            assert_eq!(decode(bytes, 1), None, "{bytes:?}");
        }
    }
}
