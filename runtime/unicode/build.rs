//! Makes the tables: what the file UnicodeData.txt says, which the source of the crate `unicode_names2` contains.
//!
//! Which pairs compose is not in that file; `unicode-normalization` knows, of any version, for that never changes.

#[path = "src/kinds.rs"]
mod kinds;

use kinds::{
    CATEGORIES, COMBINING_SHIFT, DIRECTION_SHIFT, DIRECTIONS, HAS_DECOMPOSITION, MIRRORED, NFC_MAYBE, NFC_NO,
    NFKC_MAYBE, NFKC_NO, TAGS,
};
use std::collections::HashMap;
use std::fmt::{Display, Write};
use std::path::{Path, PathBuf};

/// The first line of the file of aliases, which tells the version of the data.
const VERSION: &str = "# NameAliases-16.0.0.txt";
/// Code points in a block of the trie; `src/lib.rs` has the same.
const BLOCK: usize = 128;
const POINTS: usize = 0x11_0000;

/// What the file says of a code point, apart from its number.
#[derive(Clone, Default)]
struct Entry {
    record: u32,
    tag: Option<u8>,
    parts: Vec<u32>,
    decimal: Option<u8>,
    digit: Option<u8>,
    numeric: Option<f64>,
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/kinds.rs");
    let folder = data_folder();
    let aliases = read(&folder.join("NameAliases.txt"));
    assert!(aliases.starts_with(VERSION), "the names are not of Unicode 16.0");
    let mut entries = entries(&read(&folder.join("UnicodeData.txt")));
    let compositions = compositions(&entries);
    mark(&mut entries, &compositions);

    let mut output = String::new();
    let mut blocks: HashMap<Vec<u8>, usize> = HashMap::new();
    let (mut records, mut index, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
    let mut numbers = HashMap::new();
    for block in entries.chunks(BLOCK) {
        let leaf: Vec<u8> = block
            .iter()
            .map(|entry| {
                let number = *numbers.entry(entry.record).or_insert_with(|| {
                    records.push(entry.record);
                    records.len() - 1
                });
                u8::try_from(number).expect("there are at most 256 different records")
            })
            .collect();
        let place = *blocks.entry(leaf).or_insert_with_key(|leaf| {
            leaves.extend_from_slice(leaf);
            leaves.len() / BLOCK - 1
        });
        index.push(place);
    }
    emit(&mut output, "The different records.", "RECORDS", "u32", &records);
    emit(&mut output, "The leaf of each block.", "INDEX", "u16", &index);
    emit(&mut output, "The records of code points in each different leaf.", "LEAVES", "u8", &leaves);
    emit_decompositions(&mut output, &entries);
    emit_numbers(&mut output, &entries);
    let rows = compositions.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>();
    emit(&mut output, "Pairs and what they compose to.", "COMPOSITIONS", "(u32, u32, u32)", &rows);
    let target = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("data.rs");
    std::fs::write(target, output).expect("the output folder can be written");
}

/// The folder with the data. It belongs to a crate that does not tell where it lies, but cargo keeps the sources of all
/// crates side by side, and another one tells: in the registry's folder, or in that of `cargo vendor`.
fn data_folder() -> PathBuf {
    let neighbour = Path::new(rustpython_pylib::LIB_PATH);
    let names = ["unicode_names2-1.3.0/data", "unicode_names2/data"];
    neighbour
        .ancestors()
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| panic!("the source of unicode_names2 1.3.0 does not lie beside {}", neighbour.display()))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The entries of all code points.
fn entries(text: &str) -> Vec<Entry> {
    let unassigned = Entry { record: pack("Cn", "", 0), ..Entry::default() };
    let mut entries = vec![unassigned; POINTS];
    let mut first = 0;
    for line in text.lines() {
        let fields: Vec<&str> = line.split(';').collect();
        let point = u32::from_str_radix(fields[0], 16).expect("a code point") as usize;
        if fields[1].ends_with(", First>") {
            first = point;
            continue;
        }
        let entry = entry(&fields);
        let start = if fields[1].ends_with(", Last>") { first } else { point };
        entries[start..=point].fill(entry);
    }
    entries
}

fn entry(fields: &[&str]) -> Entry {
    assert!(CATEGORIES.contains(&fields[2]) && DIRECTIONS.contains(&fields[4]), "{fields:?}");
    let mut record = pack(fields[2], fields[4], fields[3].parse().expect("a combining class"));
    if fields[9] == "Y" {
        record |= MIRRORED;
    }
    let (mut tag, mut parts) = (None, Vec::new());
    for word in fields[5].split_whitespace() {
        match word.strip_prefix('<') {
            Some(_) => tag = TAGS.iter().position(|known| *known == word).map(|number| number as u8),
            None => parts.push(u32::from_str_radix(word, 16).expect("a code point")),
        }
    }
    if !parts.is_empty() {
        record |= HAS_DECOMPOSITION;
        tag = tag.or(Some(0));
    }
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let numeric = match fields[8].split_once('/') {
        Some((above, below)) => Some(number(above) / number(below)),
        None => (!fields[8].is_empty()).then(|| number(fields[8])),
    };
    Entry { record, tag, parts, decimal: fields[6].parse().ok(), digit: fields[7].parse().ok(), numeric }
}

/// The pairs of which a canonical composition is made, sorted.
fn compositions(entries: &[Entry]) -> Vec<(u32, u32, u32)> {
    let mut rows = Vec::new();
    for (point, entry) in entries.iter().enumerate() {
        let (Some(0), [first, second]) = (entry.tag, entry.parts.as_slice()) else { continue };
        let letters = [point as u32, *first, *second].map(char::from_u32);
        if let [Some(whole), Some(one), Some(other)] = letters
            && unicode_normalization::char::compose(one, other) == Some(whole)
        {
            rows.push((*first, *second, point as u32));
        }
    }
    rows.sort_unstable();
    rows
}

/// Marks what does not occur in composed text, or may be a part of something there.
fn mark(entries: &mut [Entry], compositions: &[(u32, u32, u32)]) {
    let composed: Vec<u32> = compositions.iter().map(|row| row.2).collect();
    for (point, entry) in entries.iter_mut().enumerate() {
        match entry.tag {
            Some(0) if !composed.contains(&(point as u32)) => entry.record |= NFC_NO | NFKC_NO,
            Some(1..) => entry.record |= NFKC_NO,
            _ => {}
        }
    }
    // Vowels and final consonants of Hangul compose by rule.
    let parts = compositions.iter().map(|row| row.1).chain(0x1161..=0x1175).chain(0x11A8..=0x11C2);
    for part in parts {
        entries[part as usize].record |= NFC_MAYBE | NFKC_MAYBE;
    }
    // A canonical decomposition into what has a compatibility decomposition is not left alone, either.
    for point in 0..entries.len() {
        if entries[point].tag == Some(0) && has_compatibility(entries, point) {
            entries[point].record |= NFKC_NO;
        }
    }
}

fn has_compatibility(entries: &[Entry], point: usize) -> bool {
    let entry = &entries[point];
    entry.tag.is_some_and(|tag| tag > 0) || entry.parts.iter().any(|part| has_compatibility(entries, *part as usize))
}

fn emit_decompositions(output: &mut String, entries: &[Entry]) {
    let (mut points, mut places, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for (point, entry) in entries.iter().enumerate() {
        let Some(tag) = entry.tag else { continue };
        points.push(point);
        places.push(parts.len() << 16 | entry.parts.len() << 8 | tag as usize);
        parts.extend(entry.parts.iter().map(|part| format!("{part:#x}")));
    }
    emit(output, "Code points with a decomposition, sorted.", "DECOMPOSED", "u32", &points);
    emit(output, "Of each of these: `start << 16 | length << 8 | tag`.", "PLACES", "u32", &places);
    emit(output, "What they decompose to, in one step.", "PARTS", "u32", &parts);
}

/// Decimal digits follow each other from zero to nine; so one row does for all that count up by one.
fn emit_numbers(output: &mut String, entries: &[Entry]) {
    struct Run {
        first: usize,
        last: usize,
        kind: u8,
        value: f64,
    }
    let mut runs: Vec<Run> = Vec::new();
    for (point, entry) in entries.iter().enumerate() {
        let Some(value) = entry.numeric else { continue };
        let kind = match (entry.decimal, entry.digit) {
            (Some(_), _) => 2,
            (None, Some(_)) => 1,
            _ => 0,
        };
        assert!(entry.digit.is_none_or(|digit| digit as f64 == value), "{point:#x}");
        match runs.last_mut() {
            Some(run)
                if run.last + 1 == point && run.kind == kind && run.value + (point - run.first) as f64 == value =>
            {
                run.last = point;
            }
            _ => runs.push(Run { first: point, last: point, kind, value }),
        }
    }
    let rows: Vec<String> =
        runs.iter().map(|run| format!("({:#x}, {:#x}, {}, {:?})", run.first, run.last, run.kind, run.value)).collect();
    let documentation =
        "Numbers that count up: first, last, 2 if they are decimal digits and 1 if digits, first value.";
    emit(output, documentation, "NUMBERS", "(u32, u32, u8, f64)", &rows);
}

fn emit(output: &mut String, documentation: &str, name: &str, kind: &str, rows: &[impl Display]) {
    let mut text = format!("/// {documentation}\n#[rustfmt::skip]\npub static {name}: [{kind}; {}] = [\n", rows.len());
    for row in rows {
        write!(text, "{row},").expect("text can be written");
    }
    output.push_str(&text);
    output.push_str("\n];\n");
}

/// The record of a category, a bidirectional and a combining class.
fn pack(category: &str, direction: &str, combining: u32) -> u32 {
    let number = |names: &[&str], name: &str| names.iter().position(|known| *known == name).unwrap_or(0) as u32;
    number(&CATEGORIES, category) | number(&DIRECTIONS, direction) << DIRECTION_SHIFT | combining << COMBINING_SHIFT
}
