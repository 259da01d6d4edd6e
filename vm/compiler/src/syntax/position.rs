//! Byte offsets of the parser to lines and columns.

use ruff_text_size::{TextRange, TextSize};
use sidewinder_bytecode::Position;
use std::cell::Cell;

/// Where each line starts.
pub(crate) struct LineMap {
    starts: Vec<u32>,
    /// The line found last: the lowering asks in source order, mostly.
    recent: Cell<usize>,
    /// Bytes of the first line that the parser was not given.
    skipped: u32,
    /// How many bytes further an offset lies in the source than in what the parser was given.
    shift: i64,
    /// Lines and columns by offset, where offsets are no places in a text.
    points: Option<Vec<(u32, u32)>>,
}

impl LineMap {
    pub(crate) fn new(source: &str, skipped: u32) -> LineMap {
        let bytes = source.as_bytes();
        // A byte order mark belongs to no column.
        let mut starts = vec![if source.starts_with('\u{feff}') { 3 } else { 0 }];
        for (index, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
                starts.push(index as u32 + 1);
            }
        }
        LineMap { starts, recent: Cell::new(0), skipped, shift: 0, points: None }
    }

    /// A map whose offsets are indices of points.
    pub(crate) fn of_points(points: Vec<(u32, u32)>) -> LineMap {
        LineMap { starts: vec![0], recent: Cell::new(0), skipped: 0, shift: 0, points: Some(points) }
    }

    /// The same for offsets into another text, whose bytes lie so much further in the source.
    pub(crate) fn shifted(self, shift: i64) -> LineMap {
        LineMap { shift, ..self }
    }

    /// The line (from 1) and the column (in bytes, from 0) of an offset.
    pub(crate) fn line_and_column(&self, offset: TextSize) -> (u32, u32) {
        let offset = u32::try_from(i64::from(offset.to_u32()) + self.shift).unwrap_or(0);
        if let Some(points) = &self.points {
            return points.get(offset as usize).copied().unwrap_or_default();
        }
        let mut line = self.recent.get();
        let inside =
            |line: usize| self.starts[line] <= offset && self.starts.get(line + 1).is_none_or(|&next| offset < next);
        if !inside(line) {
            line = if line + 1 < self.starts.len() && inside(line + 1) {
                line + 1
            } else {
                self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
            };
            self.recent.set(line);
        }
        let column = offset.saturating_sub(self.starts[line]);
        (line as u32 + 1, if line == 0 { column + self.skipped } else { column })
    }

    pub(crate) fn position(&self, range: TextRange) -> Position {
        let (end_line, end_column) = self.line_and_column(range.end());
        let (line, column) = self.line_and_column(range.start());
        Position { line, end_line, column, end_column }
    }
}
