//! `sub` and `subn`: a string with its matches replaced.

use crate::sre::match_object::Match;
use crate::sre::pattern::{Pattern, Search};
use crate::sre::searched::Searched;
use crate::sre::template::{Template, not_bytes};
use sidewinder_runtime::native::{NativeObject, NativeType};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::exception::{RUNTIME_ERROR, TYPE_ERROR};
use sidewinder_runtime::objects::str::{self, StrBuilder};
use sidewinder_runtime::objects::{buffer, singleton};
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ops::Range;

/// What takes the place of a match.
enum Replacement {
    Literal(Owned),
    Template(Owned),
    Function(Owned),
}

/// The template object of a replacement that has references to groups in it; Python's `re` makes and keeps it.
pub fn compile_template(cx: &mut Context, pattern: Value, template: Value) -> Result<Owned> {
    let package = import::module(cx, "re")?;
    let function = attribute::get_text(cx, package.value(), "_compile_template")?;
    let compiled = match call::call(cx, function.value(), &[pattern, template]) {
        Ok(compiled) => compiled,
        Err(raised) => {
            // A bytearray has no hash, by which `re` would look it up.
            let plain = match str::cast(template) {
                Some(text) if !text.is_exact() => text.to_exact(cx),
                None if buffer::is_exporter(template) && template.cast_exact::<BytesObject>().is_none() => {
                    if !cx.pending_is(&TYPE_ERROR) {
                        return Err(raised);
                    }
                    drop(cx.take_pending());
                    let bytes = Buffer::read(cx, template)?;
                    let copy = BytesObject::new(cx, bytes.as_slice());
                    return checked(cx, function.value(), pattern, copy.value());
                }
                _ => return Err(raised),
            };
            if !cx.swallow(&TYPE_ERROR) {
                return Err(raised);
            }
            return checked(cx, function.value(), pattern, plain.value());
        }
    };
    only_template(cx, compiled)
}

fn checked(cx: &mut Context, function: Value, pattern: Value, template: Value) -> Result<Owned> {
    let compiled = call::call(cx, function, &[pattern, template])?;
    only_template(cx, compiled)
}

fn only_template(cx: &mut Context, compiled: Owned) -> Result<Owned> {
    if compiled.value().has_type(&Template::type_object().object) {
        return Ok(compiled);
    }
    let name = compiled.value().type_of().name();
    Err(cx.raise(&RUNTIME_ERROR, format!("the result of compiling a replacement string is {name}")))
}

impl Replacement {
    fn new(cx: &mut Context, pattern: Value, replacement: Value) -> Result<Replacement> {
        if replacement.type_of().slots().call.is_some() {
            return Ok(Replacement::Function(Owned::new(replacement)));
        }
        let is_literal = if let Some(text) = str::cast(replacement) {
            str::search::find_point(text.units(), '\\'.into()).is_none()
        } else if buffer::is_exporter(replacement) {
            match Buffer::read(cx, replacement) {
                Ok(bytes) => !bytes.as_slice().contains(&b'\\'),
                Err(_) => {
                    drop(cx.take_pending());
                    false
                }
            }
        } else {
            false
        };
        if is_literal {
            return Ok(Replacement::Literal(Owned::new(replacement)));
        }
        let compiled = compile_template(cx, pattern, replacement)?;
        let literal = compiled.value().cast::<NativeObject<Template>>().and_then(|template| template.as_literal());
        Ok(literal.map_or(Replacement::Template(compiled), Replacement::Literal))
    }

    /// What takes the place of the match that the search has found; `None` for nothing.
    fn of(&self, cx: &mut Context, search: &Search<'_>) -> Result<Owned> {
        let found = |cx: &mut Context| Match::new(cx, search.pattern, &search.searched, &search.range, &search.state);
        match self {
            Replacement::Literal(literal) => Ok(literal.clone()),
            Replacement::Template(template) => {
                let found = found(cx)?;
                let template = template.value().cast::<NativeObject<Template>>();
                match template.zip(found.value().cast::<NativeObject<Match>>()) {
                    Some((template, found)) => template.expand(cx, found),
                    None => Ok(found),
                }
            }
            Replacement::Function(function) => {
                let found = found(cx)?;
                call::call(cx, function.value(), &[found.value()])
            }
        }
    }
}

/// The text that comes to be, and what was wrong with a part of it, which is only said in the end.
struct Pieces {
    text: StrBuilder,
    bytes: Vec<u8>,
    is_bytes: bool,
    count: usize,
    /// The number and the type's name of the first part that is not a string.
    wrong: Option<(usize, String)>,
}

impl Pieces {
    fn push_slice(&mut self, searched: &Searched, span: Range<usize>) {
        self.count += 1;
        match searched.units() {
            Some(units) => self.text.push_units(units.slice(span.start, span.end)),
            None => searched.push_bytes(&mut self.bytes, span),
        }
    }

    fn push(&mut self, cx: &mut Context, piece: Value) -> Result<()> {
        let index = self.count;
        self.count += 1;
        if self.is_bytes && buffer::is_exporter(piece) {
            let bytes = Buffer::read(cx, piece)?;
            self.bytes.extend_from_slice(bytes.as_slice());
        } else if let (false, Some(text)) = (self.is_bytes, str::cast(piece)) {
            self.text.push_str(text);
        } else if self.wrong.is_none() {
            self.wrong = Some((index, piece.type_of().name().to_owned()));
        }
        Ok(())
    }

    fn finish(self, cx: &mut Context) -> Result<Owned> {
        match self.wrong {
            Some((index, name)) if self.is_bytes => Err(not_bytes(cx, index, &name)),
            Some((index, name)) => {
                Err(cx.type_error(format!("sequence item {index}: expected str instance, {name} found")))
            }
            None if self.is_bytes => Ok(BytesObject::new(cx, &self.bytes)),
            None => Ok(self.text.finish(cx)),
        }
    }
}

/// The string with its matches replaced, and the number of these; at most `most`, if that is not nought.
pub fn substitute(
    pattern: &NativeObject<Pattern>,
    cx: &mut Context,
    replacement: Value,
    string: Value,
    most: i64,
) -> Result<(Owned, i64)> {
    let replacement = Replacement::new(cx, pattern.value(), replacement)?;
    let mut search = Pattern::search_in(pattern, cx, string, 0, i64::MAX)?;
    let is_bytes = search.searched.is_bytes();
    let mut pieces = Pieces { text: StrBuilder::new(), bytes: Vec::new(), is_bytes, count: 0, wrong: None };
    let (mut last, mut count) = (0, 0);
    while (most == 0 || count < most) && search.step(cx)? {
        let (start, end) = search.state.span();
        if last < start {
            pieces.push_slice(&search.searched, last..start);
        }
        let piece = replacement.of(cx, &search)?;
        if piece.value() != singleton::none() {
            pieces.push(cx, piece.value())?;
        }
        last = end;
        count += 1;
    }
    if count == 0 {
        return Ok((search.searched.slice(cx, 0..search.range.end), 0));
    }
    if last < search.range.end {
        pieces.push_slice(&search.searched, last..search.range.end);
    }
    Ok((pieces.finish(cx)?, count))
}
