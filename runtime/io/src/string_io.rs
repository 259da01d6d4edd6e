//! `StringIO`: a stream of text in memory.

use crate::base::{Size, TEXT_IO_BASE, TextIoBase};
use crate::bytes_io::{copied_attributes, restore_attributes};
use crate::calls::{none, uninitialized};
use crate::newline::{LineEnd, Newlines};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Index, NativeObject};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject, search};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::{Cell, RefCell};

/// Text I/O implementation using an in-memory buffer.
///
/// The initial_value argument sets the value of object. The newline argument is like the one of TextIOWrapper's
/// constructor.
#[native_type("_io.StringIO", base, weakrefs, dict, extends = TextIoBase)]
#[derive(Traverse)]
pub struct StringIo {
    #[plain]
    text: RefCell<StrBuilder>,
    position: Cell<usize>,
    ready: Cell<bool>,
    closed: Cell<bool>,
    /// The argument `newline`.
    newline: Field,
    #[plain]
    line_end: Cell<LineEnd>,
    /// What line feeds become when they are written.
    #[plain]
    written_end: Cell<Option<&'static str>>,
    /// Whether ends of lines are looked at.
    universal: Cell<bool>,
    newlines: Newlines,
}

impl StringIo {
    fn empty() -> StringIo {
        StringIo {
            text: RefCell::new(StrBuilder::new()),
            position: Cell::new(0),
            ready: Cell::new(false),
            closed: Cell::new(false),
            newline: Field::empty(),
            line_end: Cell::new(LineEnd::Feed),
            written_end: Cell::new(None),
            universal: Cell::new(false),
            newlines: Newlines::default(),
        }
    }

    #[inline]
    fn check(&self, cx: &mut Context) -> Result<()> {
        if self.ready.get() && !self.closed.get() {
            return Ok(());
        }
        Err(if self.closed.get() { cx.value_error("I/O operation on closed file") } else { uninitialized(cx) })
    }

    fn start(&self, cx: &mut Context, initial: Value, newline: Value) -> Result<()> {
        self.ready.set(false);
        let wanted = match newline {
            newline if newline == singleton::none() => None,
            newline => match str::text(newline) {
                Some(text) => Some(text.into_owned()),
                None => {
                    let found = newline.type_of().name();
                    return Err(cx.type_error(format!("newline must be str or None, not {found}")));
                }
            },
        };
        if !matches!(wanted.as_deref(), None | Some("" | "\n" | "\r" | "\r\n")) {
            let shown = crate::calls::repr_text(cx, newline)?;
            return Err(cx.value_error(format!("illegal newline value: {shown}")));
        }
        if initial != singleton::none() && !str::is_str(initial) {
            let found = initial.type_of().name();
            return Err(cx.type_error(format!("initial_value must be str or None, not {found}")));
        }
        self.newline.set(Some(Owned::new(newline)));
        self.universal.set(matches!(wanted.as_deref(), None | Some("")));
        self.newlines.start(wanted.is_none());
        self.line_end.set(match wanted.as_deref() {
            None | Some("\n") => LineEnd::Feed,
            Some("\r") => LineEnd::Return,
            Some("\r\n") => LineEnd::Both,
            _ => LineEnd::Universal,
        });
        self.written_end.set(match wanted.as_deref() {
            Some("\r") => Some("\r"),
            Some("\r\n") => Some("\r\n"),
            _ => None,
        });
        self.text.replace(StrBuilder::new());
        self.position.set(0);
        self.closed.set(false);
        if initial != singleton::none() {
            self.put(cx, initial);
        }
        self.position.set(0);
        self.ready.set(true);
        Ok(())
    }

    /// Writes a string at the position.
    #[inline]
    fn put(&self, cx: &mut Context, text: Value) {
        let Some(string) = str::cast(text) else { return };
        if !self.universal.get() && self.written_end.get().is_none() {
            return self.put_string(string);
        }
        let decoded =
            if self.universal.get() { self.newlines.process(cx, Owned::new(text), true) } else { Owned::new(text) };
        let Some(string) = str::cast(decoded.value()) else { return };
        match self.written_end.get() {
            Some(end) if search::find_point(string.units(), '\n' as u32).is_some() => {
                let mut built = StrBuilder::with_capacity(string.len() + 8);
                let mut rest: Units<'_> = string.units();
                while let Some(place) = search::find_point(rest, '\n' as u32) {
                    built.push_units(rest.slice(0, place));
                    built.push_text(end);
                    rest = rest.from(place + 1);
                }
                built.push_units(rest);
                let translated = built.finish(cx);
                if let Some(translated) = str::cast(translated.value()) {
                    self.put_string(translated);
                }
            }
            _ => self.put_string(string),
        }
    }

    #[inline]
    fn put_string(&self, string: &StrObject) {
        let mut text = self.text.borrow_mut();
        let position = self.position.get();
        let length = text.len();
        if string.is_empty() {
            return;
        }
        if position == length {
            text.push_str(string);
        } else {
            if position > length {
                text.push_repeated(0, position - length);
            }
            text.overwrite(position, string.units());
        }
        self.position.set(position + string.len());
    }

    fn take(&self, cx: &mut Context, limit: Option<usize>) -> Owned {
        let text = self.text.borrow();
        let length = text.len();
        let start = self.position.get().min(length);
        let end = limit.map_or(length, |limit| start.saturating_add(limit).min(length));
        if start < end {
            self.position.set(end);
        }
        text.substring(cx, start, end)
    }

    /// Takes a line; empty at the end.
    fn take_line(&self, cx: &mut Context, limit: Option<usize>) -> Owned {
        let text = self.text.borrow();
        let start = self.position.get().min(text.len());
        let rest = text.units().from(start);
        let rest = rest.slice(0, limit.map_or(rest.len(), |limit| limit.min(rest.len())));
        let length = self.line_end.get().find(rest).unwrap_or(rest.len());
        if length > 0 {
            self.position.set(start + length);
        }
        text.substring(cx, start, start + length)
    }
}

#[methods]
impl StringIo {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, StringIo::empty())
    }

    #[init(name = "StringIO")]
    fn init(
        &self,
        cx: &mut Context,
        #[named]
        #[default(Value::UNBOUND, "''")]
        initial_value: Value,
        #[default(Value::UNBOUND, "'\\n'")] newline: Value,
    ) -> Result<()> {
        let feed = StrObject::new(cx, "\n");
        let newline = if newline.is_unbound() { feed.value() } else { newline };
        let initial = if initial_value.is_unbound() { singleton::none() } else { initial_value };
        self.start(cx, initial, newline)
    }

    #[slot(next)]
    fn next(this: &NativeObject<StringIo>, cx: &mut Context) -> Result<Option<Owned>> {
        this.check(cx)?;
        if this.value().has_type(&STRING_IO.object) {
            let line = this.take_line(cx, None);
            return Ok(str::cast(line.value()).is_some_and(|line| !line.is_empty()).then_some(line));
        }
        let line = crate::calls::call_method(cx, this.value(), "readline", &[])?;
        match str::cast(line.value()) {
            Some(text) => Ok((!text.is_empty()).then_some(line)),
            None => {
                let found = line.value().type_of().name();
                let message = format!("readline() should have returned a str object, not '{found}'");
                Err(cx.raise(&exception::OS_ERROR, message))
            }
        }
    }

    /// The whole text.
    fn getvalue(&self, cx: &mut Context) -> Result<Owned> {
        self.check(cx)?;
        let text = self.text.borrow();
        Ok(text.substring(cx, 0, text.len()))
    }

    /// The position.
    fn tell(&self, cx: &mut Context) -> Result<usize> {
        self.check(cx)?;
        Ok(self.position.get())
    }

    /// Reads up to so many characters, by default all.
    fn read(&self, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        self.check(cx)?;
        Ok(self.take(cx, size.limit()))
    }

    /// A line, or the part of one that the size allows; nothing at the end.
    fn readline(&self, cx: &mut Context, #[default(Size::ALL, "-1")] size: Size) -> Result<Owned> {
        self.check(cx)?;
        Ok(self.take_line(cx, size.limit()))
    }

    /// Cuts the text, by default at the position, which stays.
    fn truncate(&self, cx: &mut Context, #[default(None)] pos: Option<Value>) -> Result<i64> {
        self.check(cx)?;
        let size = match pos {
            None => self.position.get() as i64,
            Some(size) => {
                if !int::is_int_like(size) && size.type_of().slots().index.is_none() {
                    let found = size.type_of().name();
                    return Err(cx.type_error(format!("argument should be integer or None, not '{found}'")));
                }
                convert::index_i64(cx, size)?
            }
        };
        let Ok(length) = usize::try_from(size) else {
            return Err(cx.value_error(format!("Negative size value {size}")));
        };
        let mut text = self.text.borrow_mut();
        if length < text.len() {
            text.truncate(length);
        }
        Ok(size)
    }

    /// Changes the position: to a place (whence 0), to where it is (1), or to the end (2).
    fn seek(&self, cx: &mut Context, pos: Index, #[default(0)] whence: i32) -> Result<usize> {
        self.check(cx)?;
        let pos = pos.0;
        match whence {
            0 if pos < 0 => return Err(cx.value_error(format!("Negative seek position {pos}"))),
            0 => self.position.set(pos as usize),
            1 | 2 if pos != 0 => return Err(cx.raise(&exception::OS_ERROR, "Can't do nonzero cur-relative seeks")),
            1 => {}
            2 => self.position.set(self.text.borrow().len()),
            _ => return Err(cx.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
        }
        Ok(self.position.get())
    }

    /// Writes a string; how many characters.
    fn write(&self, cx: &mut Context, s: Value) -> Result<usize> {
        let Some(string) = str::cast(s) else {
            self.check(cx)?;
            let found = s.type_of().name();
            return Err(cx.type_error(format!("string argument expected, got '{found}'")));
        };
        self.check(cx)?;
        self.put(cx, s);
        Ok(string.len())
    }

    /// Disables the stream and lets go of its text.
    fn close(&self) {
        self.closed.set(true);
        self.text.replace(StrBuilder::new());
    }

    /// Returns True if the IO object can be read.
    fn readable(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| true)
    }

    /// Returns True if the IO object can be written.
    fn writable(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| true)
    }

    /// Returns True if the IO object can be seeked.
    fn seekable(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| true)
    }

    #[method(name = "__getstate__")]
    fn get_state(this: &NativeObject<StringIo>, cx: &mut Context) -> Result<Owned> {
        this.check(cx)?;
        let text = {
            let text = this.text.borrow();
            text.substring(cx, 0, text.len())
        };
        let newline = this.newline.get_or_none();
        let position = int::from_usize(cx, this.position.get());
        let attributes = copied_attributes(cx, this.value())?;
        Ok(TupleObject::from_owned(cx, vec![text, newline, position, attributes]))
    }

    #[method(name = "__setstate__")]
    fn set_state(this: &NativeObject<StringIo>, cx: &mut Context, state: Value) -> Result<()> {
        if this.closed.get() {
            return this.check(cx);
        }
        let parts = state.cast::<TupleObject>().map(TupleObject::as_slice).filter(|parts| parts.len() >= 4);
        let Some(&[text, newline, position, attributes, ..]) = parts else {
            let (kind, found) = (this.value().type_of().name(), state.type_of().name());
            let message = format!("{kind}.__setstate__ argument should be 4-tuple, got {found}");
            return Err(cx.type_error(message));
        };
        this.start(cx, text, newline)?;
        // The text in the state has been translated before.
        if let Some(string) = str::cast(text) {
            this.text.replace(StrBuilder::new());
            this.position.set(0);
            this.put_string(string);
        }
        if !int::is_int_like(position) {
            let found = position.type_of().name();
            return Err(cx.type_error(format!("third item of state must be an integer, got {found}")));
        }
        let Ok(place) = usize::try_from(int::as_i64(position).unwrap_or(-1)) else {
            return Err(cx.value_error("position value cannot be negative"));
        };
        this.position.set(place);
        if attributes != singleton::none() && attributes.cast::<DictObject>().is_none() {
            let found = attributes.type_of().name();
            return Err(cx.type_error(format!("fourth item of state should be a dict, got a {found}")));
        }
        restore_attributes(cx, this.value(), attributes)
    }

    #[get]
    fn closed(&self, cx: &mut Context) -> Result<bool> {
        if self.ready.get() { Ok(self.closed.get()) } else { Err(uninitialized(cx)) }
    }

    #[get]
    fn line_buffering(&self, cx: &mut Context) -> Result<bool> {
        self.check(cx).map(|()| false)
    }

    #[get]
    fn newlines(&self, cx: &mut Context) -> Result<Owned> {
        self.check(cx)?;
        Ok(if self.universal.get() { self.newlines.shown(cx) } else { none() })
    }
}
