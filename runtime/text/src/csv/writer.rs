//! The writer: rows of objects as lines (Modules/_csv.c).

use super::dialect::{ALL, Dialect, NON_NUMERIC, NONE, NOT_NULL, STRINGS};
use super::error;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::float;
use sidewinder_runtime::objects::str::{self, StrBuilder};
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{call, convert, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// An object whose methods write rows.
#[native_type("_csv.writer")]
#[derive(Traverse)]
pub struct Writer {
    write: Owned,
    dialect: Owned,
}

impl Writer {
    pub fn new(write: Owned, dialect: Owned) -> Writer {
        Writer { write, dialect }
    }

    fn row(&self, cx: &mut Context, row: Value) -> Result<Owned> {
        let fields = match iterate::get_iter(cx, row) {
            Ok(fields) => fields,
            Err(raised) => {
                if !cx.swallow(&exception::TYPE_ERROR) {
                    return Err(raised);
                }
                let actual = row.type_of().name();
                return Err(error(cx, format!("iterable expected, not {actual}")));
            }
        };
        let Some(dialect) = Dialect::of(&self.dialect) else { return Ok(Owned::new(singleton::none())) };
        let mut line = Line { dialect, text: StrBuilder::new(), fields: 0 };
        let mut is_null = false;
        while let Some(field) = iterate::next(cx, fields.value())? {
            let value = field.value();
            is_null = value == singleton::none();
            let is_quoted = match dialect.quoting {
                NON_NUMERIC => !is_number(value),
                ALL => true,
                STRINGS => str::is_str(value),
                NOT_NULL => !is_null,
                _ => false,
            };
            if is_null {
                line.add(cx, None, is_quoted)?;
            } else if str::is_str(value) {
                line.add(cx, Some(value), is_quoted)?;
            } else {
                let text = convert::str(cx, value)?;
                line.add(cx, Some(text.value()), is_quoted)?;
            }
        }
        if line.fields > 0 && line.text.is_empty() {
            if dialect.quoting == NONE || is_null && matches!(dialect.quoting, STRINGS | NOT_NULL) {
                return Err(error(cx, "single empty field record must be quoted"));
            }
            line.fields -= 1;
            line.add(cx, None, true)?;
        }
        line.text.push_str(dialect.terminator());
        let text = line.text.finish(cx);
        call::call(cx, self.write.value(), &[text.value()])
    }
}

#[methods]
impl Writer {
    /// Writes the fields of a row.
    fn writerow(&self, cx: &mut Context, row: Value) -> Result<Owned> {
        self.row(cx, row)
    }

    /// Writes several rows.
    fn writerows(&self, cx: &mut Context, rows: Value) -> Result<()> {
        let rows = iterate::get_iter(cx, rows)?;
        while let Some(row) = iterate::next(cx, rows.value())? {
            drop(self.row(cx, row.value())?);
        }
        Ok(())
    }

    /// The dialect.
    #[get(member)]
    fn dialect(&self) -> Owned {
        self.dialect.clone()
    }
}

/// Whether an object can be converted to a number (`PyNumber_Check`).
fn is_number(value: Value) -> bool {
    let slots = value.type_of().slots();
    slots.index.is_some() || slots.int.is_some() || slots.float.is_some() || float::complex::as_complex(value).is_some()
}

/// A line being put together.
struct Line<'a> {
    dialect: &'a Dialect,
    text: StrBuilder,
    fields: usize,
}

impl Line<'_> {
    /// Adds a field, of which there may be no text.
    fn add(&mut self, cx: &mut Context, field: Option<Value>, mut is_quoted: bool) -> Result<()> {
        let dialect = self.dialect;
        let text = field.and_then(str::cast);
        let is_empty = text.is_none_or(|text| text.is_empty());
        if is_empty && dialect.delimiter == ' ' as u32 && dialect.skip_initial_space {
            if dialect.quoting == NONE || field.is_none() && matches!(dialect.quoting, STRINGS | NOT_NULL) {
                let message = "empty field must be quoted if delimiter is a space and skipinitialspace is true";
                return Err(error(cx, message));
            }
            is_quoted = true;
        }
        let mut written = StrBuilder::with_capacity(text.map_or(0, |text| text.len()));
        for point in text.iter().flat_map(|text| text.code_points()) {
            let is_quote = dialect.quote == Some(point);
            let is_escape = dialect.escape == Some(point);
            let is_special = point == dialect.delimiter
                || is_quote
                || is_escape
                || point == '\n' as u32
                || point == '\r' as u32
                || dialect.terminator().code_points().any(|other| other == point);
            if is_special {
                if dialect.quoting == NONE || is_quote && !dialect.double_quote || is_escape {
                    let Some(escape) = dialect.escape else {
                        return Err(error(cx, "need to escape, but no escapechar set"));
                    };
                    written.push(escape);
                } else {
                    is_quoted = true;
                    if is_quote {
                        written.push(point);
                    }
                }
            }
            written.push(point);
        }
        if self.fields > 0 {
            self.text.push(dialect.delimiter);
        }
        let quote = dialect.quote.filter(|_| is_quoted);
        quote.into_iter().for_each(|quote| self.text.push(quote));
        self.text.push_units(written.units());
        quote.into_iter().for_each(|quote| self.text.push(quote));
        self.fields += 1;
        Ok(())
    }
}
