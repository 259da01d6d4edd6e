//! The positions of a block's instructions, which stay encoded until somebody asks: only tracebacks and tools do, and
//! they take more memory than the instructions.

use crate::code::Position;
use crate::serialise::ReadError;
use crate::serialise::reader::{Input, Source};
use crate::serialise::writer::Output;
use std::cell::OnceCell;
use std::fmt;
use std::ops::{Deref, Range};
use std::rc::Rc;

/// One position for each instruction; a slice of them.
#[derive(Clone, Default)]
pub struct Positions {
    /// What `decoded` is made of when it is first asked for: a part of a block.
    source: Option<Rc<Source>>,
    part: Range<usize>,
    count: usize,
    decoded: OnceCell<Vec<Position>>,
}

impl Positions {
    /// Positions that stay in the block that they were found in.
    pub(crate) fn encoded(source: Rc<Source>, part: Range<usize>, count: usize) -> Positions {
        Positions { source: Some(source), part, count, decoded: OnceCell::new() }
    }

    fn bytes(&self) -> &[u8] {
        self.source.as_ref().map_or(&[], |source| &source.bytes()[self.part.clone()])
    }

    fn rows(&self) -> &[Position] {
        self.decoded.get_or_init(|| {
            // What makes no sense, in a block that this build did not write, says nothing.
            decode(self.bytes(), self.count).unwrap_or_else(|_| vec![Position::default(); self.count])
        })
    }

    /// The last line that an instruction up to this one has, 0 for none; allocates nothing, and decodes only what it reads.
    pub fn peek_line(&self, index: usize) -> u32 {
        let mut found = 0;
        if let Some(rows) = self.decoded.get() {
            let lines = rows.iter().take(index + 1).map(|row| row.line);
            return lines.fold(0, |found, line| if line == 0 { found } else { line });
        }
        let mut input = Input { bytes: self.bytes(), at: 0 };
        let mut line = 0i64;
        for _ in 0..self.count.min(index + 1) {
            let Ok(difference) = input.signed() else { break };
            line = line.wrapping_add(difference);
            found = u32::try_from(line).ok().filter(|line| *line != 0).unwrap_or(found);
            let rest = input.signed().is_ok() && input.small::<u32>().is_ok() && input.signed().is_ok();
            if !rest {
                break;
            }
        }
        found
    }

    /// Changes the positions.
    pub fn edit(&mut self, change: impl FnOnce(&mut Vec<Position>)) {
        let mut rows = self.to_vec();
        change(&mut rows);
        *self = rows.into();
    }
}

impl From<Vec<Position>> for Positions {
    fn from(rows: Vec<Position>) -> Positions {
        Positions { decoded: OnceCell::from(rows), ..Positions::default() }
    }
}

impl Deref for Positions {
    type Target = [Position];

    fn deref(&self) -> &[Position] {
        self.rows()
    }
}

impl PartialEq for Positions {
    fn eq(&self, other: &Positions) -> bool {
        self.rows() == other.rows()
    }
}

impl fmt::Debug for Positions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows().fmt(formatter)
    }
}

/// Each position as what differs: the line from that before, the end from the start.
pub(crate) fn encode(rows: &[Position]) -> Vec<u8> {
    let mut output = Output::default();
    let mut line = 0;
    for row in rows {
        output.signed(row.line as i64 - line);
        output.signed(row.end_line as i64 - row.line as i64);
        output.number(row.column as u64);
        output.signed(row.end_column as i64 - row.column as i64);
        line = row.line as i64;
    }
    output.0
}

fn decode(bytes: &[u8], count: usize) -> Result<Vec<Position>, ReadError> {
    let mut input = Input { bytes, at: 0 };
    let mut rows = Vec::with_capacity(count.min(bytes.len()));
    let mut previous = 0;
    let add = |base: u32, difference: i64| {
        let sum = (base as i64).checked_add(difference).ok_or(ReadError::Corrupt)?;
        u32::try_from(sum).map_err(|_| ReadError::Corrupt)
    };
    for _ in 0..count {
        let line = add(previous, input.signed()?)?;
        let end_line = add(line, input.signed()?)?;
        let column: u32 = input.small()?;
        let end_column = add(column, input.signed()?)?;
        rows.push(Position { line, end_line, column, end_column });
        previous = line;
    }
    if input.at == bytes.len() { Ok(rows) } else { Err(ReadError::Corrupt) }
}
