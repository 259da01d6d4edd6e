//! The source lines of a frame, with carets under the part that the failing instruction came from.
//!
//! Columns count characters here; wide ones take two places on a terminal.

use super::anchors::{self, Anchors};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::traceback::TracebackObject;
use sidewinder_runtime::operations::{call, import};
use sidewinder_runtime::{Context, Owned};
use std::collections::{BTreeSet, HashMap};

/// Files that were read for this report.
#[derive(Default)]
pub struct SourceCache {
    files: HashMap<String, Vec<String>>,
}

/// The key in `sys.__dict__` of the sources that are in no file.
const SOURCES_KEY: &str = ".sources";

/// Remembers the source of code that is in no file, such as `-c`, for tracebacks.
pub fn register_source(cx: &mut Context, file_name: &str, text: &str) {
    let modules = dict::of(cx.interpreter().modules.value());
    let Some(system) = modules.get_text(cx, "sys").and_then(|system| system.cast::<ModuleObject>()) else {
        return;
    };
    let namespace = system.namespace();
    let known = namespace.get_text(cx, SOURCES_KEY).map(Owned::new);
    let sources = known.unwrap_or_else(|| DictObject::new(cx));
    let text = StrObject::new(cx, text);
    dict::of(sources.value()).set_text(cx, file_name, text.value());
    namespace.set_text(cx, SOURCES_KEY, sources.value());
}

fn registered_source(cx: &mut Context, file_name: &str) -> Option<String> {
    let modules = dict::of(cx.interpreter().modules.value());
    let system = modules.get_text(cx, "sys")?.cast::<ModuleObject>()?;
    let sources = system.namespace().get_text(cx, SOURCES_KEY)?;
    let text = dict::of(sources).get_text(cx, file_name)?;
    str::text(text).map(|text| text.into_owned())
}

/// Lines of a statement that was typed: `linecache` knows them by the code. None if it does not know the code.
fn interactive_lines(cx: &mut Context, entry: &TracebackObject, first: u32, last: u32) -> Option<Vec<String>> {
    if entry.code().data.file_name.as_ref() != "<stdin>" {
        return None;
    }
    let found = import::loaded(cx, "linecache")
        .and_then(|module| call::call_method(cx, module.value(), "_getlines_from_code", &[entry.code().value()]));
    let Ok(found) = found else {
        drop(cx.take_pending());
        return None;
    };
    let lines = found.value().cast::<ListObject>().map(ListObject::as_slice).filter(|lines| !lines.is_empty())?;
    let line = |number: u32| {
        let line = lines.get(number as usize - 1).and_then(|line| str::text(*line)).unwrap_or_default();
        line.trim_end_matches('\n').to_string()
    };
    Some((first..=last).map(line).collect())
}

/// The source of a module of the library, whose file need not be there.
fn library_source(cx: &mut Context, file_name: &str) -> Option<Vec<u8>> {
    let root = &cx.interpreter().options.settings.places.library;
    let place = file_name.strip_prefix(root.as_str())?.strip_prefix('/')?;
    let place = StrObject::new(cx, place);
    let found = import::loaded(cx, "_imp")
        .and_then(|module| call::call_method(cx, module.value(), "_library_file", &[place.value()]));
    match found {
        Ok(found) => found.value().cast::<BytesObject>().map(|bytes| bytes.as_slice().to_vec()),
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    }
}

impl SourceCache {
    /// Lines `first ..= last` (from 1) of a file; empty ones where there are none.
    fn lines(&mut self, cx: &mut Context, file_name: &str, first: u32, last: u32) -> Vec<String> {
        let lines = self.files.entry(file_name.to_string()).or_insert_with(|| {
            let text = registered_source(cx, file_name).or_else(|| {
                let bytes = std::fs::read(file_name).ok().or_else(|| library_source(cx, file_name))?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            });
            text.map_or(Vec::new(), |text| {
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                text.lines().map(|line| line.trim_end_matches('\r').to_string()).collect()
            })
        });
        (first..=last).map(|line| lines.get(line as usize - 1).cloned().unwrap_or_default()).collect()
    }
}

/// The text about one frame.
pub fn frame_text(cx: &mut Context, entry: &TracebackObject, sources: &mut SourceCache, carets: bool) -> String {
    let data = &entry.code().data;
    let line = entry.line.get();
    let mut text = format!("  File \"{}\", line {line}, in {}\n", data.file_name, data.name);
    if line == 0 {
        return text;
    }
    let position = data.positions.get(entry.instruction as usize).copied().unwrap_or_default();
    let end_line = position.end_line.max(line);
    let original = match interactive_lines(cx, entry, line, end_line) {
        Some(lines) => lines,
        None => sources.lines(cx, &data.file_name, line, end_line),
    };
    let dedented = dedent(&original);
    if dedented.iter().all(|line| line.trim().is_empty()) {
        return text;
    }
    let has_ranges = cx.interpreter().options.settings.debug_ranges;
    let has_columns =
        has_ranges && position.line == line && (position.end_line, position.end_column) > (line, position.column);
    if !carets || !has_columns {
        let first = dedented.first().map_or("", |line| line.trim());
        text.push_str(&format!("    {first}\n"));
        return text;
    }
    let range = Range::new(&original, &dedented, position.column, position.end_column);
    for line in range.render() {
        text.push_str("    ");
        text.push_str(line.trim_end_matches('\n'));
        text.push('\n');
    }
    text
}

/// The lines without their common indentation; blank lines become empty.
fn dedent(lines: &[String]) -> Vec<String> {
    let indents = lines.iter().filter(|line| !line.trim().is_empty());
    let margin = indents
        .map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()])
        .reduce(|margin, own| {
            let common = margin.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count();
            &margin[..common]
        })
        .unwrap_or_default()
        .len();
    lines.iter().map(|line| if line.trim().is_empty() { String::new() } else { line[margin..].to_string() }).collect()
}

/// The number of characters in the first `bytes` bytes of a line.
fn character_offset(line: &str, bytes: u32) -> usize {
    let bytes = (bytes as usize).min(line.len());
    String::from_utf8_lossy(&line.as_bytes()[..bytes]).chars().count()
}

/// Places that the first `count` characters take on a terminal.
fn display_width(line: &[char], count: usize) -> usize {
    line.iter().take(count).map(|point| if is_wide(*point) { 2 } else { 1 }).sum()
}

/// Whether a character is wide or full-width (Unicode's East Asian Width, by block).
fn is_wide(point: char) -> bool {
    matches!(point as u32,
        0x1100..=0x115f | 0x231a..=0x231b | 0x23e9..=0x23ec | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf
        | 0x4e00..=0xa4cf | 0xa960..=0xa97f | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff01..=0xff60
        | 0xffe0..=0xffe6 | 0x16fe0..=0x18aff | 0x1b000..=0x1b2ff | 0x1f300..=0x1f64f | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff | 0x1fa70..=0x1faff | 0x20000..=0x3fffd)
}

/// The lines of the failing expression and where it starts and ends in them.
struct Range {
    lines: Vec<Vec<char>>,
    start: usize,
    end: usize,
}

impl Range {
    fn new(original: &[String], dedented: &[String], column: u32, end_column: u32) -> Range {
        let (first, last) = (&original[0], &original[original.len() - 1]);
        let lines: Vec<Vec<char>> = dedented.iter().map(|line| line.chars().collect()).collect();
        let removed = first.chars().count() - lines[0].len();
        Range {
            start: character_offset(first, column).saturating_sub(removed),
            end: character_offset(last, end_column).saturating_sub(removed),
            lines,
        }
    }

    fn last(&self) -> usize {
        self.lines.len() - 1
    }

    /// The text from start to end.
    fn segment(&self) -> Vec<Vec<char>> {
        let mut lines = self.lines.clone();
        let last = self.last();
        lines[last].truncate(self.end);
        let start = self.start.min(lines[0].len());
        lines[0].drain(..start);
        lines
    }

    /// The lines to show, dedented, each followed by its carets.
    fn render(&self) -> Vec<String> {
        let anchors = anchors::find(&self.segment()).map(|anchors| anchors.shifted(self.start));
        let carets = self.shows_carets(anchors.is_some());
        let mut chosen = BTreeSet::from([0, self.last()]);
        if let Some(anchors) = &anchors {
            for line in [anchors.left_line, anchors.right_line] {
                chosen.extend((line.saturating_sub(1)..=line + 1).filter(|line| *line <= self.last()));
            }
        }
        let mut result = Vec::new();
        let mut previous: Option<usize> = None;
        for line in chosen {
            match previous.map(|previous| line - previous) {
                Some(2) => self.push_line(&mut result, line - 1, anchors.as_ref(), carets),
                Some(distance) if distance > 2 => result.push(format!("...<{} lines>...", distance - 1)),
                _ => {}
            }
            self.push_line(&mut result, line, anchors.as_ref(), carets);
            previous = Some(line);
        }
        dedent(&result)
    }

    /// Carets say nothing new where the expression is the whole text, or the whole right side of a call's statement.
    fn shows_carets(&self, has_anchors: bool) -> bool {
        if anchors::is_plain_call_statement(&self.lines, self.start, self.end) {
            return false;
        }
        let blank = |text: &[char]| text.iter().all(|point| point.is_whitespace());
        let (first, last) = (&self.lines[0], &self.lines[self.last()]);
        has_anchors || !blank(&first[..self.start.min(first.len())]) || !blank(&last[self.end.min(last.len())..])
    }

    fn push_line(&self, result: &mut Vec<String>, index: usize, anchors: Option<&Anchors>, carets: bool) {
        let line = &self.lines[index];
        result.push(line.iter().collect());
        if !carets {
            return;
        }
        let spaces = line.iter().take_while(|point| point.is_whitespace()).count();
        let count = display_width(line, if index == self.last() { self.end } else { line.len() });
        let start = display_width(&self.lines[0], self.start);
        let mut row = String::new();
        for column in 0..count {
            let outside = column < spaces || index == 0 && column < start;
            row.push(match anchors {
                _ if outside => ' ',
                None => '^',
                Some(anchors) if self.is_between(anchors, index, column) => '^',
                Some(_) => '~',
            });
        }
        result.push(row);
    }

    /// Whether a place on the terminal belongs to the operator or the brackets.
    fn is_between(&self, anchors: &Anchors, line: usize, column: usize) -> bool {
        let width = |line: usize, count: usize| display_width(&self.lines[line], count);
        let left = width(anchors.left_line, anchors.left_column);
        let right = width(anchors.right_line, anchors.right_column);
        let after_left = line > anchors.left_line || line == anchors.left_line && column >= left;
        after_left && (line < anchors.right_line || line == anchors.right_line && column < right)
    }
}
