//! Ends of lines: recognising them all, translating them, and `IncrementalNewlineDecoder`.

use crate::calls::call_method;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::str::units::Units;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject, search};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

const SEEN_CR: u8 = 1;
const SEEN_LF: u8 = 2;
const SEEN_CRLF: u8 = 4;

const CR: u32 = '\r' as u32;
const LF: u32 = '\n' as u32;

/// What has been seen of the ends of lines.
#[derive(Default, Traverse)]
pub struct Newlines {
    /// Whether all become line feeds.
    translate: Cell<bool>,
    /// A carriage return at the end that may be half of an end of line.
    pending: Cell<bool>,
    seen: Cell<u8>,
}

impl Newlines {
    pub fn start(&self, translate: bool) {
        self.translate.set(translate);
        self.reset();
    }

    pub fn reset(&self) {
        self.pending.set(false);
        self.seen.set(0);
    }

    /// Whether a carriage return is held back.
    pub fn is_pending(&self) -> bool {
        self.pending.get()
    }

    pub fn set_pending(&self, pending: bool) {
        self.pending.set(pending);
    }

    /// The string that comes out for one that comes in.
    pub fn process(&self, cx: &mut Context, text: Owned, last: bool) -> Owned {
        let Some(string) = str::cast(text.value()) else { return text };
        let units = string.units();
        if !self.pending.get() && search::find_point(units, CR).is_none() {
            if self.seen.get() & SEEN_LF == 0 && search::find_point(units, LF).is_some() {
                self.note(SEEN_LF);
            }
            return text;
        }
        self.process_returns(cx, units, last)
    }

    fn note(&self, seen: u8) {
        self.seen.set(self.seen.get() | seen);
    }

    /// The same where there are carriage returns.
    fn process_returns(&self, cx: &mut Context, units: Units<'_>, last: bool) -> Owned {
        let mut built = StrBuilder::with_capacity(units.len() + 1);
        if self.pending.get() && (last || !units.is_empty()) {
            built.push(CR);
            self.pending.set(false);
        }
        built.push_units(units);
        let length = built.len();
        if !last && length > 0 && built.units().get(length - 1) == CR {
            built.truncate(length - 1);
            self.pending.set(true);
        }
        let source = built.units();
        let mut target = StrBuilder::with_capacity(source.len());
        let (mut start, mut at) = (0, 0);
        while at < source.len() {
            let (seen, length) = match source.get(at) {
                LF => (SEEN_LF, 1),
                CR if at + 1 < source.len() && source.get(at + 1) == LF => (SEEN_CRLF, 2),
                CR => (SEEN_CR, 1),
                _ => {
                    at += 1;
                    continue;
                }
            };
            self.note(seen);
            if self.translate.get() {
                target.push_units(source.slice(start, at));
                target.push(LF);
                start = at + length;
            }
            at += length;
        }
        target.push_units(source.slice(start, source.len()));
        target.finish(cx)
    }

    /// The attribute `newlines`.
    pub fn shown(&self, cx: &mut Context) -> Owned {
        let seen = self.seen.get();
        let kinds = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")];
        let mut texts = Vec::new();
        for (_, text) in kinds.iter().filter(|(kind, _)| seen & kind != 0) {
            texts.push(StrObject::new(cx, text));
        }
        match texts.len() {
            0 => Owned::new(singleton::none()),
            1 => texts.remove(0),
            _ => TupleObject::from_owned(cx, texts),
        }
    }
}

/// How lines end in a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineEnd {
    /// With a line feed.
    Feed,
    /// With any of the three.
    Universal,
    /// With a carriage return.
    Return,
    /// With both.
    Both,
}

impl LineEnd {
    /// Where the first line ends; or how much of the text certainly belongs to it.
    pub fn find(self, units: Units<'_>) -> std::result::Result<usize, usize> {
        match self {
            LineEnd::Feed => search::find_point(units, LF).map(|place| place + 1).ok_or(units.len()),
            LineEnd::Return => search::find_point(units, CR).map(|place| place + 1).ok_or(units.len()),
            LineEnd::Universal => {
                let feed = search::find_point(units, LF);
                let before = units.slice(0, feed.unwrap_or(units.len()));
                match (search::find_point(before, CR), feed) {
                    (Some(place), Some(feed)) if place + 1 == feed => Ok(place + 2),
                    (Some(place), _) => Ok(place + 1),
                    (None, Some(feed)) => Ok(feed + 1),
                    (None, None) => Err(units.len()),
                }
            }
            LineEnd::Both => {
                let mut start = 0;
                while let Some(place) = search::find_point(units.from(start), CR) {
                    let place = start + place;
                    match place + 1 {
                        next if next == units.len() => return Err(place),
                        next if units.get(next) == LF => return Ok(place + 2),
                        next => start = next,
                    }
                }
                Err(units.len())
            }
        }
    }
}

/// Codec used when reading a file in universal newlines mode.
///
/// It wraps another incremental decoder, translating \r\n and \r into \n. It also records the types of newlines
/// encountered. When used with translate=False, it ensures that the newline sequence is returned in one piece. When used
/// with decoder=None, it expects unicode strings as decode input and translates newlines without first invoking an
/// external decoder.
#[native_type("_io.IncrementalNewlineDecoder", base)]
#[derive(Traverse, Default)]
pub struct IncrementalNewlineDecoder {
    decoder: Field,
    newlines: Newlines,
}

impl IncrementalNewlineDecoder {
    fn inner(&self, cx: &mut Context) -> Result<Option<Owned>> {
        match self.decoder.get() {
            Some(decoder) if decoder.value() == singleton::none() => Ok(None),
            Some(decoder) => Ok(Some(decoder)),
            None => Err(cx.value_error("IncrementalNewlineDecoder.__init__() not called")),
        }
    }
}

/// The parts of a decoder's state.
pub fn state_parts(cx: &mut Context, state: Value) -> Result<(Owned, Owned)> {
    match state.cast::<TupleObject>().map(TupleObject::as_slice) {
        Some([buffer, flags]) => Ok((Owned::new(*buffer), Owned::new(*flags))),
        Some(_) => Err(cx.type_error("setstate(): illegal state argument")),
        None => Err(cx.type_error("state argument must be a tuple")),
    }
}

#[methods]
#[allow(unused_variables)]
impl IncrementalNewlineDecoder {
    #[new]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments) -> Result<Owned> {
        NativeObject::allocate(cx, class, IncrementalNewlineDecoder::default())
    }

    #[init(name = "IncrementalNewlineDecoder")]
    fn init(
        &self,
        #[named] decoder: Owned,
        translate: bool,
        #[default(None, "'strict'")] errors: Option<Value>,
    ) -> Result<()> {
        self.newlines.start(translate);
        self.decoder.set(Some(decoder));
        Ok(())
    }

    fn decode(&self, cx: &mut Context, #[named] input: Owned, #[default(false)] r#final: bool) -> Result<Owned> {
        let text = match self.inner(cx)? {
            None => input,
            Some(decoder) => {
                let last = singleton::boolean(r#final);
                call_method(cx, decoder.value(), "decode", &[input.value(), last])?
            }
        };
        if !str::is_str(text.value()) {
            let found = text.value().type_of().name();
            return Err(cx.type_error(format!("decoder should return a string result, not '{found}'")));
        }
        Ok(self.newlines.process(cx, text, r#final))
    }

    fn getstate(&self, cx: &mut Context) -> Result<Owned> {
        let (buffer, flags) = match self.inner(cx)? {
            None => (BytesObject::new(cx, &[]), 0),
            Some(decoder) => {
                let state = call_method(cx, decoder.value(), "getstate", &[])?;
                let Some([buffer, flags]) = state.value().cast::<TupleObject>().map(TupleObject::as_slice) else {
                    return Err(cx.type_error("illegal decoder state"));
                };
                (Owned::new(*buffer), convert::index_i64(cx, *flags)?)
            }
        };
        let flags = int::from_i64(cx, flags << 1 | i64::from(self.newlines.is_pending()));
        Ok(TupleObject::from_owned(cx, vec![buffer, flags]))
    }

    fn setstate(&self, cx: &mut Context, state: Value) -> Result<Owned> {
        let inner = self.inner(cx)?;
        let (buffer, flags) = state_parts(cx, state)?;
        let flags = convert::index_i64(cx, flags.value())?;
        self.newlines.set_pending(flags & 1 != 0);
        let Some(decoder) = inner else { return Ok(Owned::new(singleton::none())) };
        let flags = int::from_i64(cx, flags >> 1);
        let state = TupleObject::from_owned(cx, vec![buffer, flags]);
        call_method(cx, decoder.value(), "setstate", &[state.value()])
    }

    fn reset(&self, cx: &mut Context) -> Result<Owned> {
        let inner = self.inner(cx)?;
        self.newlines.reset();
        match inner {
            Some(decoder) => call_method(cx, decoder.value(), "reset", &[]),
            None => Ok(Owned::new(singleton::none())),
        }
    }

    #[get]
    fn newlines(&self, cx: &mut Context) -> Result<Owned> {
        self.inner(cx)?;
        Ok(self.newlines.shown(cx))
    }
}
