//! The reader: a state machine over the characters of lines (Modules/_csv.c).

use super::dialect::{Dialect, NON_NUMERIC, NONE, NOT_NULL, STRINGS};
use super::{State as ModuleState, error};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::Field;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::{float, singleton};
use sidewinder_runtime::operations::iterate;
use sidewinder_runtime::{Context, Owned, Result};
use std::cell::{Cell, RefCell};

/// Where in a row the reader is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    QuoteInQuoted,
    LineEnd,
    AfterEscapedLineEnd,
}

/// What follows the last character of a line.
const END: u32 = u32::MAX;
const LINE_FEED: u32 = '\n' as u32;
const RETURN: u32 = '\r' as u32;

/// A row under way.
#[derive(Traverse, Default)]
struct Row {
    fields: Option<Vec<Owned>>,
    #[plain]
    field: StrBuilder,
    #[plain]
    place: Place,
    is_quoted: bool,
}

/// An iterator over the rows that lines hold, each a list of strings.
#[native_type("_csv.reader", iterator)]
#[derive(Traverse)]
pub struct Reader {
    lines: Field,
    dialect: Owned,
    row: RefCell<Row>,
    line_number: Cell<i64>,
}

impl Reader {
    pub fn new(lines: Owned, dialect: Owned) -> Reader {
        Reader { lines: Field::new(lines), dialect, row: RefCell::default(), line_number: Cell::new(0) }
    }
}

#[methods]
impl Reader {
    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let Some(dialect) = Dialect::of(&self.dialect) else { return Ok(None) };
        let old = self.row.replace(Row { fields: Some(Vec::new()), ..Row::default() });
        drop(old);
        loop {
            let Some(lines) = self.lines.get() else { return Ok(None) };
            let Some(line) = iterate::next(cx, lines.value())? else {
                let mut row = self.row.take();
                if row.field.is_empty() && row.place != Place::InQuoted {
                    return Ok(None);
                }
                if dialect.strict {
                    return Err(error(cx, "unexpected end of data"));
                }
                row.save(cx, dialect)?;
                return Ok(row.fields.map(|fields| ListObject::new(cx, fields)));
            };
            let Some(text) = str::cast(line.value()) else {
                let actual = line.value().type_of().name();
                let message =
                    format!("iterator should return strings, not {actual} (the file should be opened in text mode)");
                return Err(error(cx, message));
            };
            // The lines may have come back to this reader, and taken the row.
            let mut row = self.row.take();
            if row.fields.is_none() {
                return Err(error(cx, "iterator has already advanced the reader"));
            }
            self.line_number.set(self.line_number.get() + 1);
            match text.units() {
                Units::One(bytes) => row.take_bytes(cx, dialect, bytes)?,
                units => units.code_points().try_for_each(|point| row.take(cx, dialect, point))?,
            }
            row.take(cx, dialect, END)?;
            if row.place == Place::StartRecord {
                return Ok(row.fields.map(|fields| ListObject::new(cx, fields)));
            }
            self.row.replace(row);
        }
    }

    /// The dialect.
    #[get(member)]
    fn dialect(&self) -> Owned {
        self.dialect.clone()
    }

    /// The number of lines that were read.
    #[get(member)]
    fn line_num(&self) -> i64 {
        self.line_number.get()
    }
}

impl Row {
    /// Adds a character to the field.
    fn add(&mut self, cx: &mut Context, point: u32) -> Result<()> {
        let limit = cx.state::<ModuleState>().field_limit.get();
        if self.field.len() as i64 >= limit {
            return Err(error(cx, format!("field larger than field limit ({limit})")));
        }
        self.field.push(point);
        Ok(())
    }

    /// The field is complete.
    fn save(&mut self, cx: &mut Context, dialect: &Dialect) -> Result<()> {
        let field = std::mem::take(&mut self.field);
        let is_bare = !std::mem::take(&mut self.is_quoted);
        let is_empty = field.is_empty();
        let value = if is_bare && is_empty && matches!(dialect.quoting, NOT_NULL | STRINGS) {
            Owned::new(singleton::none())
        } else {
            let text = field.finish(cx);
            match is_bare && !is_empty && matches!(dialect.quoting, NON_NUMERIC | STRINGS) {
                true => {
                    let number = float::new::from_object(cx, text.value())?;
                    float::from_f64(cx, number)
                }
                false => text,
            }
        };
        self.fields.get_or_insert_default().push(value);
        Ok(())
    }

    /// The field ends, and the line with it.
    fn end_line(&mut self, cx: &mut Context, dialect: &Dialect, point: u32) -> Result<()> {
        self.save(cx, dialect)?;
        self.place = if point == END { Place::StartRecord } else { Place::LineEnd };
        Ok(())
    }

    /// Takes the characters of a line, runs of those that mean nothing at once.
    fn take_bytes(&mut self, cx: &mut Context, dialect: &Dialect, bytes: &[u8]) -> Result<()> {
        let mut special = [false; 256];
        let marks = [Some(dialect.delimiter), dialect.quote, dialect.escape, Some(LINE_FEED), Some(RETURN)];
        for mark in marks.into_iter().flatten() {
            if let Some(slot) = special.get_mut(mark as usize) {
                *slot = true;
            }
        }
        let limit = usize::try_from(cx.state::<ModuleState>().field_limit.get()).unwrap_or(0);
        let delimiter = u8::try_from(dialect.delimiter).ok();
        let is_text = !matches!(dialect.quoting, NON_NUMERIC | STRINGS);
        let mut at = 0;
        while let Some(&first) = bytes.get(at) {
            let rest = &bytes[at..];
            let run = rest.iter().position(|byte| special[usize::from(*byte)]).unwrap_or(rest.len());
            let starts = matches!(self.place, Place::StartRecord | Place::StartField);
            let fits = run > 0 && self.field.len() + run <= limit;
            let whole = starts && is_text && run < rest.len() && Some(rest[run]) == delimiter;
            if fits && whole && (first != b' ' || !dialect.skip_initial_space) {
                let text = StrObject::from_latin1(cx, &rest[..run]);
                self.fields.get_or_insert_default().push(text);
                self.place = Place::StartField;
                at += run + 1;
                continue;
            }
            let inside = matches!(self.place, Place::InField | Place::InQuoted);
            if fits && (inside || starts && (first != b' ' || !dialect.skip_initial_space)) {
                self.field.push_units(Units::One(&rest[..run]));
                if starts {
                    self.place = Place::InField;
                }
                at += run;
                continue;
            }
            self.take(cx, dialect, u32::from(first))?;
            at += 1;
        }
        Ok(())
    }

    /// Takes the next character, or the end of the line.
    fn take(&mut self, cx: &mut Context, dialect: &Dialect, point: u32) -> Result<()> {
        let is_end = matches!(point, LINE_FEED | RETURN | END);
        let is_quote = dialect.quote == Some(point) && dialect.quoting != NONE;
        let is_escape = dialect.escape == Some(point);
        match self.place {
            Place::StartRecord if point == END => {}
            Place::StartRecord if is_end => self.place = Place::LineEnd,
            Place::StartRecord | Place::StartField => {
                self.place = Place::StartField;
                if is_end {
                    self.end_line(cx, dialect, point)?;
                } else if is_quote {
                    self.is_quoted = true;
                    self.place = Place::InQuoted;
                } else if is_escape {
                    self.place = Place::Escaped;
                } else if point == ' ' as u32 && dialect.skip_initial_space {
                    // Stays at the start.
                } else if point == dialect.delimiter {
                    self.save(cx, dialect)?;
                } else {
                    self.add(cx, point)?;
                    self.place = Place::InField;
                }
            }
            Place::Escaped => {
                self.add(cx, if point == END { LINE_FEED } else { point })?;
                let is_line_end = is_end && point != END;
                self.place = if is_line_end { Place::AfterEscapedLineEnd } else { Place::InField };
            }
            Place::AfterEscapedLineEnd if point == END => {}
            Place::AfterEscapedLineEnd | Place::InField => {
                if is_end {
                    self.end_line(cx, dialect, point)?;
                } else if is_escape {
                    self.place = Place::Escaped;
                } else if point == dialect.delimiter {
                    self.save(cx, dialect)?;
                    self.place = Place::StartField;
                } else {
                    self.add(cx, point)?;
                }
            }
            Place::InQuoted if point == END => {}
            Place::InQuoted if is_escape => self.place = Place::EscapedInQuoted,
            Place::InQuoted if is_quote => {
                self.place = if dialect.double_quote { Place::QuoteInQuoted } else { Place::InField };
            }
            Place::InQuoted => self.add(cx, point)?,
            Place::EscapedInQuoted => {
                self.add(cx, if point == END { LINE_FEED } else { point })?;
                self.place = Place::InQuoted;
            }
            Place::QuoteInQuoted => {
                if is_quote {
                    self.add(cx, point)?;
                    self.place = Place::InQuoted;
                } else if point == dialect.delimiter {
                    self.save(cx, dialect)?;
                    self.place = Place::StartField;
                } else if is_end {
                    self.end_line(cx, dialect, point)?;
                } else if !dialect.strict {
                    self.add(cx, point)?;
                    self.place = Place::InField;
                } else {
                    let shown = |point: u32| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
                    let (delimiter, quote) = (shown(dialect.delimiter), shown(dialect.quote.unwrap_or(0)));
                    return Err(error(cx, format!("'{delimiter}' expected after '{quote}'")));
                }
            }
            Place::LineEnd if point == END => self.place = Place::StartRecord,
            Place::LineEnd if is_end => {}
            Place::LineEnd => {
                let message =
                    "new-line character seen in unquoted field - do you need to open the file with newline=''?";
                return Err(error(cx, message));
            }
        }
        Ok(())
    }
}
