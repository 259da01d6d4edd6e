//! Names of sequences of characters.

mod table;

use table::SEQUENCES;

/// The characters that a name stands for, in letters of any case.
pub fn find(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    let row = SEQUENCES.binary_search_by_key(&name.as_str(), |row| row.0).ok()?;
    Some(SEQUENCES[row].1)
}
