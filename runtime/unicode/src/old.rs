//! How Unicode 3.2 differs.

use crate::tables::{OLD_DECOMPOSITIONS, OLD_RUNS};

/// Whether the code point was assigned.
pub fn is_assigned(point: u32) -> bool {
    // Runs of assigned code points and others follow each other, from an assigned one on.
    OLD_RUNS.partition_point(|start| *start <= point) % 2 == 1
}

/// What a property was, if it was something else.
pub fn changed(rows: &[(u32, u32, u8)], point: u32) -> Option<u8> {
    let after = rows.partition_point(|row| row.0 <= point);
    let (_, last, value) = *rows.get(after.checked_sub(1)?)?;
    (point <= last).then_some(value)
}

/// The decomposition, if it was another.
pub fn decomposition(point: u32) -> Option<u32> {
    let row = OLD_DECOMPOSITIONS.binary_search_by_key(&point, |row| row.0).ok()?;
    Some(OLD_DECOMPOSITIONS[row].1)
}
