//! Printing uncaught exceptions as CPython's `traceback` module does: chained exceptions, groups in boxes, frames with
//! their source and carets (`source.rs`, `anchors.rs`), repeated frames, notes, syntax errors.

mod anchors;
mod source;
mod suggestions;

use sidewinder_runtime::objects::exception::{self, special as field, types};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::traceback::TracebackObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{attribute, convert, iterate};
use sidewinder_runtime::{Context, Owned, Value};
use source::SourceCache;

pub use source::register_source;

/// Frames with the same place that are printed before the rest is only counted.
const REPEATS_MAX: usize = 3;
/// Below this recursion limit CPython's printer fails, and a simpler one prints the frames without carets.
const CARETS_LIMIT_MIN: i64 = 46;
/// Members of an exception group that are printed.
const GROUP_WIDTH_MAX: usize = 15;
/// Nested groups that are printed.
const GROUP_DEPTH_MAX: usize = 10;

const CAUSE_MESSAGE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT_MESSAGE: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// Prints an exception with everything it is chained to. Errors while doing so are swallowed.
pub fn print_exception(cx: &mut Context, exception: Value, write: &mut dyn FnMut(&str)) {
    if !exception::is_exception(exception) {
        return;
    }
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    let mut printer =
        Printer { write, sources: SourceCache::default(), seen: Vec::new(), depth: 0, needs_close: false };
    printer.exception(cx, exception);
    cx.pending = pending;
}

/// The text that `print_exception` prints.
pub fn format_exception(cx: &mut Context, exception: Value) -> String {
    let mut text = String::new();
    print_exception(cx, exception, &mut |part| text.push_str(part));
    text
}

/// Prints an error that nobody can catch, as `sys.unraisablehook` does: a first line (`message` and the object's
/// representation), the frames without carets, the exception.
pub fn print_unraisable(
    cx: &mut Context,
    message: &str,
    object: Option<Value>,
    exception: Value,
    write: &mut dyn FnMut(&str),
) {
    let pending = std::mem::replace(&mut cx.pending, Value::UNBOUND);
    match object {
        Some(object) => {
            let object = guarded_repr(cx, object).unwrap_or_else(|| "<object repr() failed>".to_string());
            write(&format!("{message} {object}:\n"));
        }
        None => write(&format!("{message}:\n")),
    }
    let mut sources = SourceCache::default();
    let entries = shown_entries(cx, exception);
    if !entries.is_empty() {
        write("Traceback (most recent call last):\n");
        for text in frame_texts(cx, &entries, &mut sources, false) {
            write(&text);
        }
    }
    let name = type_name(cx, exception);
    let text = guarded_str(cx, exception).unwrap_or_else(|| "<exception str() failed>".to_string());
    write(&format!("{name}: {text}\n"));
    cx.pending = pending;
}

struct Printer<'a> {
    write: &'a mut dyn FnMut(&str),
    sources: SourceCache,
    /// Exceptions that have been printed or are about to be.
    seen: Vec<Value>,
    /// Levels of exception group boxes around the text.
    depth: usize,
    /// Whether the innermost group's box still has to be closed.
    needs_close: bool,
}

impl Printer<'_> {
    /// Prints the exception after those that it was raised from.
    fn exception(&mut self, cx: &mut Context, exception: Value) {
        let mut chain = vec![(None, Owned::new(exception))];
        self.seen.push(exception);
        let mut current = exception::of(exception);
        loop {
            let cause = current.cause();
            let next = match cause.filter(|cause| !self.seen.contains(cause)) {
                Some(cause) => Some((CAUSE_MESSAGE, cause)),
                None if cause.is_none() && !current.suppress_context.get() => {
                    let context = current.context().filter(|context| !self.seen.contains(context));
                    context.map(|context| (CONTEXT_MESSAGE, context))
                }
                None => None,
            };
            let Some((message, next)) = next else { break };
            self.seen.push(next);
            chain.push((Some(message), Owned::new(next)));
            current = exception::of(next);
        }
        for index in (0..chain.len()).rev() {
            let value = chain[index].1.value();
            if value.type_of().is_subtype(&types::BASE_EXCEPTION_GROUP) {
                self.group(cx, value);
            } else {
                self.single(cx, value);
            }
            // The message that leads from this exception to the one raised from it.
            if let Some(message) = chain[index].0 {
                self.emit(message);
            }
        }
    }

    /// Writes text inside the boxes of the groups around it.
    fn emit(&mut self, text: &str) {
        self.emit_with_margin(text, '|');
    }

    fn emit_with_margin(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            return (self.write)(text);
        }
        let prefix = format!("{}{margin} ", self.indent());
        for line in text.split_inclusive('\n') {
            (self.write)(&prefix);
            (self.write)(line);
        }
    }

    fn indent(&self) -> String {
        "  ".repeat(self.depth)
    }

    fn frames(&mut self, cx: &mut Context, entries: &[&'static TracebackObject]) {
        let carets = cx.recursion_limit >= CARETS_LIMIT_MIN;
        for text in frame_texts(cx, entries, &mut self.sources, carets) {
            self.emit(&text);
        }
    }

    fn single(&mut self, cx: &mut Context, exception: Value) {
        let entries = shown_entries(cx, exception);
        if !entries.is_empty() {
            self.emit("Traceback (most recent call last):\n");
            self.frames(cx, &entries);
        }
        for text in exception_only(cx, exception) {
            self.emit(&text);
        }
    }

    fn group(&mut self, cx: &mut Context, exception: Value) {
        if self.depth > GROUP_DEPTH_MAX {
            return self.emit(&format!("... (max_group_depth is {GROUP_DEPTH_MAX})\n"));
        }
        let is_outermost = self.depth == 0;
        self.depth += is_outermost as usize;
        let entries = shown_entries(cx, exception);
        if !entries.is_empty() {
            let margin = if is_outermost { '+' } else { '|' };
            self.emit_with_margin("Exception Group Traceback (most recent call last):\n", margin);
            self.frames(cx, &entries);
        }
        for text in exception_only(cx, exception) {
            self.emit(&text);
        }
        let members = exception::of(exception).field_or_none(field::GROUP_EXCEPTIONS);
        let members = members.value().cast::<TupleObject>().map_or(&[][..], TupleObject::as_slice);
        let shown = members.len().min(GROUP_WIDTH_MAX + 1);
        self.needs_close = false;
        for (index, member) in members.iter().take(shown).enumerate() {
            let is_last = index + 1 == shown;
            self.needs_close |= is_last;
            let truncated = index >= GROUP_WIDTH_MAX;
            let title = if truncated { "...".to_string() } else { (index + 1).to_string() };
            let corner = if index == 0 { "+-" } else { "  " };
            let head = format!("{}{corner}+---------------- {title} ----------------\n", self.indent());
            (self.write)(&head);
            self.depth += 1;
            if truncated {
                let rest = members.len() - GROUP_WIDTH_MAX;
                self.emit(&format!("and {rest} more exception{}\n", if rest > 1 { "s" } else { "" }));
            } else {
                self.exception(cx, *member);
            }
            if is_last && self.needs_close {
                let foot = format!("{}+------------------------------------\n", self.indent());
                (self.write)(&foot);
                self.needs_close = false;
            }
            self.depth -= 1;
        }
        if is_outermost {
            self.depth = 0;
        }
    }
}

/// The entries of the last calls, as many as `sys.tracebacklimit` says.
fn shown_entries(cx: &mut Context, exception: Value) -> Vec<&'static TracebackObject> {
    let mut entries = entries_of(exception);
    let system = cx.interpreter().native_objects.get("sys").cloned();
    let limit = system.and_then(|system| {
        let found = attribute::get_text_optional(cx, system.value(), "tracebacklimit");
        found.unwrap_or_else(|_| {
            drop(cx.take_pending());
            None
        })
    });
    let Some(limit) = limit.filter(|limit| int::is_int_like(limit.value())) else { return entries };
    let most = match int::as_i64(limit.value()) {
        Some(limit) => limit.max(0) as usize,
        None if int::is_negative(limit.value()) => 0,
        None => usize::MAX,
    };
    entries.drain(..entries.len().saturating_sub(most));
    entries
}

/// The traceback's entries, outermost first.
fn entries_of(exception: Value) -> Vec<&'static TracebackObject> {
    let mut entries = Vec::new();
    let mut next = exception::of(exception).traceback().and_then(|first| first.cast_exact::<TracebackObject>());
    while let Some(entry) = next {
        entries.push(entry);
        next = entry.next();
    }
    entries
}

/// The texts of frames; more than a few equal ones in a row are only counted.
fn frame_texts(
    cx: &mut Context,
    entries: &[&'static TracebackObject],
    sources: &mut SourceCache,
    carets: bool,
) -> Vec<String> {
    let mut texts = Vec::new();
    let mut last: Option<&TracebackObject> = None;
    let mut count = 0;
    for entry in entries {
        let same = last.is_some_and(|last| {
            let (own, other) = (&entry.code().data, &last.code().data);
            own.file_name == other.file_name && own.name == other.name && entry.line.get() == last.line.get()
        });
        if !same {
            push_repeats(&mut texts, count);
            last = Some(entry);
            count = 0;
        }
        count += 1;
        if count <= REPEATS_MAX {
            texts.push(source::frame_text(cx, entry, sources, carets));
        }
    }
    push_repeats(&mut texts, count);
    texts
}

fn push_repeats(texts: &mut Vec<String>, count: usize) {
    if count > REPEATS_MAX {
        let more = count - REPEATS_MAX;
        let plural = if more > 1 { "s" } else { "" };
        texts.push(format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}

/// The exception's type as it is shown: with the module, unless that is the main program or `builtins`.
fn type_name(cx: &mut Context, exception: Value) -> String {
    let kind = exception.type_of();
    let name = type_slots::qualified_name(cx, kind);
    match type_slots::module_name(cx, kind).as_deref() {
        None | Some("__main__" | "builtins") => name,
        Some(module) => format!("{module}.{name}"),
    }
}

/// `str(value)`, or nothing if that fails.
fn guarded_str(cx: &mut Context, value: Value) -> Option<String> {
    guarded(cx, value, convert::str)
}

fn guarded_repr(cx: &mut Context, value: Value) -> Option<String> {
    guarded(cx, value, convert::repr)
}

fn guarded(
    cx: &mut Context,
    value: Value,
    function: fn(&mut Context, Value) -> sidewinder_runtime::Result<Owned>,
) -> Option<String> {
    match function(cx, value) {
        Ok(text) => str::text(text.value()).map(|text| text.into_owned()),
        Err(_) => {
            drop(cx.take_pending());
            None
        }
    }
}

/// The lines about the exception itself, without its traceback.
fn exception_only(cx: &mut Context, exception: Value) -> Vec<String> {
    let name = type_name(cx, exception);
    let mut texts = Vec::new();
    if exception.type_of().is_subtype(&types::SYNTAX_ERROR) {
        syntax_error(cx, exception, &name, &mut texts);
    } else {
        let mut text = guarded_str(cx, exception).unwrap_or_else(|| "<exception str() failed>".to_string());
        if let Some(suggestion) = suggestions::suggest(cx, exception) {
            text.push_str(&suggestion);
        }
        texts.push(if text.is_empty() { format!("{name}\n") } else { format!("{name}: {text}\n") });
    }
    push_notes(cx, exception, &mut texts);
    texts
}

fn push_notes(cx: &mut Context, exception: Value, texts: &mut Vec<String>) {
    let name = cx.interpreter().names.notes;
    let notes = match attribute::get_optional(cx, exception, name) {
        Ok(Some(notes)) => notes,
        Ok(None) => return,
        Err(_) => {
            drop(cx.take_pending());
            return;
        }
    };
    let kind = notes.value();
    if kind.cast::<ListObject>().is_none() && kind.cast::<TupleObject>().is_none() {
        let text = guarded_repr(cx, kind).unwrap_or_else(|| "<__notes__ repr() failed>".to_string());
        texts.push(format!("{text}\n"));
        return;
    }
    let Ok(items) = iterate::collect(cx, kind) else {
        drop(cx.take_pending());
        return;
    };
    for item in items {
        let text = guarded_str(cx, item.value()).unwrap_or_else(|| "<note str() failed>".to_string());
        texts.extend(text.split('\n').map(|line| format!("{line}\n")));
    }
}

/// The place and source line of a syntax error, and its message.
fn syntax_error(cx: &mut Context, exception: Value, name: &str, texts: &mut Vec<String>) {
    let own = exception::of(exception);
    let number = |place: usize| own.field(place).and_then(int::as_i64);
    let present = |place: usize| own.field(place).filter(|value| *value != singleton::none());
    let file_name = present(field::SYNTAX_FILENAME).and_then(|name| guarded_str(cx, name));
    let mut suffix = String::new();
    if let Some(line) = present(field::SYNTAX_LINENO) {
        let line = guarded_str(cx, line).unwrap_or_default();
        let file_name = file_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("<string>");
        texts.push(format!("  File \"{file_name}\", line {line}\n"));
    } else if let Some(file_name) = file_name {
        suffix = format!(" ({file_name})");
    }
    if let Some(text) = present(field::SYNTAX_TEXT).and_then(str::text) {
        let stripped = text.trim_end_matches('\n');
        let shown = stripped.trim_start_matches([' ', '\n', '\x0c']);
        texts.push(format!("    {shown}\n"));
        if let (Some(offset), Some(line)) = (number(field::SYNTAX_OFFSET), number(field::SYNTAX_LINENO)) {
            let one_line = number(field::SYNTAX_END_LINENO) == Some(line);
            let end = number(field::SYNTAX_END_OFFSET).filter(|end| *end != 0);
            let end = if one_line { end.unwrap_or(offset) } else { stripped.chars().count() as i64 + 1 };
            if let Some(carets) = syntax_carets(&text, stripped, shown, offset, end) {
                texts.push(carets);
            }
        }
    }
    let message = present(field::SYNTAX_MESSAGE).and_then(|message| guarded_str(cx, message));
    let message = message.filter(|text| !text.is_empty()).unwrap_or_else(|| "<no detail available>".to_string());
    texts.push(format!("{name}: {message}{suffix}\n"));
}

/// The line of carets under the columns from `offset` to `end` (from 1) of a source line.
fn syntax_carets(text: &str, stripped: &str, shown: &str, offset: i64, end: i64) -> Option<String> {
    let length = text.chars().count() as i64;
    let spaces = (stripped.chars().count() - shown.chars().count()) as i64;
    let (mut offset, mut end) = (offset, end);
    // What lies behind the text is shown where the text ends.
    let behind = stripped.chars().count() as i64 + 1;
    if length > 0 {
        offset = if offset > length { behind } else { offset };
        end = if end > length { behind } else { end };
    }
    if offset >= end || end < 0 {
        end = offset + 1;
    }
    let (column, end_column) = (offset - 1 - spaces, end - 1 - spaces);
    if column < 0 {
        return None;
    }
    // Tabs must be kept for the alignment.
    let padding: String =
        shown.chars().take(column as usize).map(|point| if point.is_whitespace() { point } else { ' ' }).collect();
    Some(format!("    {padding}{}\n", "^".repeat((end_column - column).max(0) as usize)))
}
