//! The encoder: objects as a JSON document.

use super::{State, string};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Index};
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::float::{self, text};
use sidewinder_runtime::objects::int::{self, text as int_text};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrBuilder, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, convert, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// By a function of the program.
    Called,
    Any,
    Ascii,
}

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
///
/// Writes objects as JSON.
#[native_type("_json.Encoder")]
#[derive(Traverse)]
pub struct Encoder {
    markers: Field,
    default: Field,
    encoder: Field,
    indent: Field,
    key_separator: Field,
    item_separator: Field,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    #[plain]
    style: Style,
}

fn text_argument(cx: &mut Context, value: Value, number: u32) -> Result<()> {
    if str::is_str(value) {
        return Ok(());
    }
    let actual = if value == singleton::none() { "None" } else { value.type_of().name() };
    Err(cx.type_error(format!("make_encoder() argument {number} must be str, not {actual}")))
}

/// Which of the module's own functions an encoder is.
fn style(cx: &mut Context, encoder: Value) -> Style {
    let state = cx.state::<State>();
    let is = |held: &Option<Owned>| held.as_ref().is_some_and(|held| held.value() == encoder);
    if is(&state.encode_basestring_ascii.borrow()) {
        Style::Ascii
    } else if is(&state.encode_basestring.borrow()) {
        Style::Any
    } else {
        Style::Called
    }
}

#[methods]
impl Encoder {
    #[new(name = "make_encoder")]
    #[allow(clippy::too_many_arguments)]
    fn new(
        cx: &mut Context,
        #[named] markers: Value,
        default: Owned,
        encoder: Owned,
        indent: Owned,
        key_separator: Owned,
        item_separator: Owned,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> Result<Encoder> {
        text_argument(cx, key_separator.value(), 5)?;
        text_argument(cx, item_separator.value(), 6)?;
        if markers != singleton::none() && markers.cast::<DictObject>().is_none() {
            let actual = markers.type_of().name();
            return Err(cx.type_error(format!("make_encoder() argument 1 must be dict or None, not {actual}")));
        }
        let style = style(cx, encoder.value());
        Ok(Encoder {
            markers: Field::new(Owned::new(markers)),
            default: Field::new(default),
            encoder: Field::new(encoder),
            indent: Field::new(indent),
            key_separator: Field::new(key_separator),
            item_separator: Field::new(item_separator),
            sort_keys,
            skip_keys: skipkeys,
            allow_nan,
            style,
        })
    }

    #[call(name = "_iterencode")]
    fn call(&self, cx: &mut Context, #[named] obj: Value, _current_indent_level: Index) -> Result<Owned> {
        let text = encode(cx, self, obj, _current_indent_level.0.max(0) as usize)?;
        Ok(TupleObject::from_owned(cx, vec![text]))
    }

    /// The containers that are being written, by their ids.
    #[get(member)]
    fn markers(&self) -> Owned {
        self.markers.get_or_none()
    }

    /// What is called with objects that JSON does not know.
    #[get(member)]
    fn default(&self) -> Owned {
        self.default.get_or_none()
    }

    /// What writes strings.
    #[get(member)]
    fn encoder(&self) -> Owned {
        self.encoder.get_or_none()
    }

    /// What stands for one level of indentation.
    #[get(member)]
    fn indent(&self) -> Owned {
        self.indent.get_or_none()
    }

    /// What stands between keys and values.
    #[get(member)]
    fn key_separator(&self) -> Owned {
        self.key_separator.get_or_none()
    }

    /// What stands between items.
    #[get(member)]
    fn item_separator(&self) -> Owned {
        self.item_separator.get_or_none()
    }

    /// Whether keys are sorted.
    #[get(member)]
    fn sort_keys(&self) -> bool {
        self.sort_keys
    }

    /// Whether keys that JSON does not know are left out.
    #[get(member)]
    fn skipkeys(&self) -> bool {
        self.skip_keys
    }
}

fn encode(cx: &mut Context, encoder: &Encoder, object: Value, level: usize) -> Result<Owned> {
    let given = |field: &Field| field.get().filter(|held| held.value() != singleton::none());
    let mut indent = None;
    if let Some(held) = given(&encoder.indent) {
        if !str::is_str(held.value()) {
            let actual = held.value().type_of().name();
            return Err(cx.type_error(format!("can't multiply sequence by non-int of type '{actual}'")));
        }
        indent = Some(held);
    }
    let mut writing = Writing {
        markers: given(&encoder.markers),
        default: encoder.default.get_or_none(),
        encoder: encoder.encoder.get_or_none(),
        indent,
        key_separator: encoder.key_separator.get_or_none(),
        item_separator: encoder.item_separator.get_or_none(),
        sort_keys: encoder.sort_keys,
        skip_keys: encoder.skip_keys,
        allow_nan: encoder.allow_nan,
        style: encoder.style,
        level,
        output: StrBuilder::new(),
    };
    writing.object(cx, object)?;
    Ok(writing.output.finish(cx))
}

/// A document being written.
struct Writing {
    markers: Option<Owned>,
    default: Owned,
    encoder: Owned,
    indent: Option<Owned>,
    key_separator: Owned,
    item_separator: Owned,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    style: Style,
    level: usize,
    output: StrBuilder,
}

/// A container's id while it is being written.
struct Mark(Option<Owned>);

impl Writing {
    fn object(&mut self, cx: &mut Context, object: Value) -> Result<()> {
        if let Some(word) = constant(object) {
            self.output.push_text(word);
            return Ok(());
        }
        if str::is_str(object) {
            return self.string(cx, object);
        }
        if int::is_int_like(object) {
            return self.integer(cx, object);
        }
        if let Some(number) = float::as_f64(object) {
            let word = self.float(cx, number, object)?;
            return match word {
                Some(word) => self.push(word),
                None => text::with_repr(number, |text| self.push(text)),
            };
        }
        cx.check_native_stack(" while encoding a JSON object")?;
        if object.cast::<ListObject>().is_some() || object.cast::<TupleObject>().is_some() {
            return self.sequence(cx, object);
        }
        if object.cast::<DictObject>().is_some() {
            return self.mapping(cx, object);
        }
        self.other(cx, object)
    }

    fn push(&mut self, text: &str) -> Result<()> {
        self.output.push_text(text);
        Ok(())
    }

    fn push_string(&mut self, string: &Owned) {
        if let Some(string) = str::cast(string.value()) {
            self.output.push_str(string);
        }
    }

    fn string(&mut self, cx: &mut Context, object: Value) -> Result<()> {
        if self.style == Style::Called {
            let encoded = call::call(cx, self.encoder.value(), &[object])?;
            if !str::is_str(encoded.value()) {
                let actual = encoded.value().type_of().name();
                return Err(cx.type_error(format!("encoder() must return a string, not {actual}")));
            }
            self.push_string(&encoded);
            return Ok(());
        }
        if let Some(string) = str::cast(object) {
            string::encode(&mut self.output, string.units(), self.style == Style::Ascii);
        }
        Ok(())
    }

    fn integer(&mut self, cx: &mut Context, object: Value) -> Result<()> {
        if object.is_int() {
            let mut buffer = [0; 20];
            return self.push(int_text::decimal_i64(object.int(), &mut buffer));
        }
        let text = int_text::repr(cx, object)?;
        self.push_string(&text);
        Ok(())
    }

    /// The word for a float that is not finite.
    fn float(&self, cx: &mut Context, number: f64, object: Value) -> Result<Option<&'static str>> {
        if number.is_finite() {
            return Ok(None);
        }
        if !self.allow_nan {
            let repr = convert::repr_text(cx, object)?;
            return Err(cx.value_error(format!("Out of range float values are not JSON compliant: {repr}")));
        }
        Ok(Some(match number {
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            _ => "NaN",
        }))
    }

    /// Remembers that a container is being written; an error if it is already. The mark of one that fails stays.
    fn mark(&self, cx: &mut Context, object: Value) -> Result<Mark> {
        let Some(markers) = &self.markers else { return Ok(Mark(None)) };
        let markers = dict::of(markers.value());
        let identity = int::from_u64(cx, object.0);
        if markers.get(cx, identity.value())?.is_some() {
            return Err(cx.value_error("Circular reference detected"));
        }
        markers.set(cx, identity.value(), object)?;
        Ok(Mark(Some(identity)))
    }

    fn unmark(&self, cx: &mut Context, mark: Mark) -> Result<()> {
        if let (Some(markers), Mark(Some(identity))) = (&self.markers, mark)
            && dict::of(markers.value()).remove(cx, identity.value())?.is_none()
        {
            return Err(cx.key_error(identity.value()));
        }
        Ok(())
    }

    /// An object that JSON does not know: what `default` gives in its place.
    fn other(&mut self, cx: &mut Context, object: Value) -> Result<()> {
        let mark = self.mark(cx, object)?;
        let replaced = call::call(cx, self.default.value(), &[object])?;
        if self.object(cx, replaced.value()).is_err() {
            return Err(explain(cx, object, "object"));
        }
        self.unmark(cx, mark)
    }

    fn new_line(&mut self) {
        let Some(indent) = self.indent.clone() else { return };
        self.output.push('\n' as u32);
        (0..self.level).for_each(|_| self.push_string(&indent));
    }

    fn separate(&mut self) {
        let separator = self.item_separator.clone();
        self.push_string(&separator);
        self.new_line();
    }

    fn sequence(&mut self, cx: &mut Context, object: Value) -> Result<()> {
        // What a subclass iterates over counts, as in CPython.
        let items = match object.cast_exact::<ListObject>().is_some() || object.cast_exact::<TupleObject>().is_some() {
            true => Owned::new(object),
            false => {
                let items = iterate::collect(cx, object)?;
                ListObject::new(cx, items)
            }
        };
        // The list may change meanwhile.
        let item = |index: usize| match items.value().cast::<ListObject>() {
            Some(list) => list.get(index).map(Owned::new),
            None => items.value().cast::<TupleObject>()?.as_slice().get(index).map(|item| Owned::new(*item)),
        };
        if item(0).is_none() {
            return self.push("[]");
        }
        let mark = self.mark(cx, object)?;
        self.output.push('[' as u32);
        self.level += 1;
        self.new_line();
        let mut index = 0;
        while let Some(item) = item(index) {
            if index > 0 {
                self.separate();
            }
            if self.object(cx, item.value()).is_err() {
                return Err(explain(cx, object, &format!("item {index}")));
            }
            index += 1;
        }
        self.unmark(cx, mark)?;
        self.level -= 1;
        self.new_line();
        self.output.push(']' as u32);
        Ok(())
    }

    fn mapping(&mut self, cx: &mut Context, object: Value) -> Result<()> {
        let own = dict::of(object);
        if own.is_empty() {
            return self.push("{}");
        }
        let mark = self.mark(cx, object)?;
        self.output.push('{' as u32);
        self.level += 1;
        let mut is_first = true;
        if self.sort_keys || !object.has_type(&DICT) {
            let items = items_of(cx, object)?;
            if self.sort_keys {
                call::call_method(cx, items.value(), "sort", &[])?;
            }
            let mut index = 0;
            while let Some(item) = items.value().cast::<ListObject>().and_then(|list| list.get(index)).map(Owned::new) {
                let Some([key, value]) = item.value().cast::<TupleObject>().map(TupleObject::as_slice) else {
                    return Err(cx.value_error("items must return 2-tuples"));
                };
                self.member(cx, object, *key, *value, &mut is_first)?;
                index += 1;
            }
        } else {
            let mut index = 0;
            while index < own.entry_count() {
                if let Some((key, value)) = own.entry(index) {
                    let (key, value) = (Owned::new(key), Owned::new(value));
                    self.member(cx, object, key.value(), value.value(), &mut is_first)?;
                }
                index += 1;
            }
        }
        self.unmark(cx, mark)?;
        self.level -= 1;
        // All keys may have been left out.
        if !is_first {
            self.new_line();
        }
        self.output.push('}' as u32);
        Ok(())
    }

    fn member(
        &mut self,
        cx: &mut Context,
        mapping: Value,
        key: Value,
        value: Value,
        is_first: &mut bool,
    ) -> Result<()> {
        let Some(name) = self.key(cx, key)? else { return Ok(()) };
        match std::mem::take(is_first) {
            true => self.new_line(),
            false => self.separate(),
        }
        self.string(cx, name.value())?;
        let separator = self.key_separator.clone();
        self.push_string(&separator);
        if self.object(cx, value).is_err() {
            let error = cx.take_pending();
            let repr = convert::repr_text(cx, key)?;
            cx.raise_value(error);
            return Err(explain(cx, mapping, &format!("item {repr}")));
        }
        Ok(())
    }

    /// The string that a key is written as; none if the key is left out.
    fn key(&self, cx: &mut Context, key: Value) -> Result<Option<Owned>> {
        if str::is_str(key) {
            return Ok(Some(Owned::new(key)));
        }
        if let Some(word) = constant(key) {
            return Ok(Some(StrObject::new(cx, word)));
        }
        if int::is_int_like(key) {
            return int_text::repr(cx, key).map(Some);
        }
        if let Some(number) = float::as_f64(key) {
            let word = self.float(cx, number, key)?;
            return Ok(Some(match word {
                Some(word) => StrObject::new(cx, word),
                None => text::with_repr(number, |text| StrObject::new(cx, text)),
            }));
        }
        if self.skip_keys {
            return Ok(None);
        }
        let actual = key.type_of().name();
        Err(cx.type_error(format!("keys must be str, int, float, bool or None, not {actual}")))
    }
}

fn constant(object: Value) -> Option<&'static str> {
    if object == singleton::none() {
        return Some("null");
    }
    singleton::as_bool(object).map(|truth| if truth { "true" } else { "false" })
}

/// The list of a mapping's items.
fn items_of(cx: &mut Context, mapping: Value) -> Result<Owned> {
    let items = call::call_method(cx, mapping, "items", &[])?;
    let iterator = match iterate::get_iter(cx, items.value()) {
        Ok(iterator) => iterator,
        Err(raised) => {
            if !cx.swallow(&exception::TYPE_ERROR) {
                return Err(raised);
            }
            let (class, actual) = (mapping.type_of().name(), items.value().type_of().name());
            return Err(cx.type_error(format!("{class}.items() returned a non-iterable (type {actual})")));
        }
    };
    let items = iterate::collect(cx, iterator.value())?;
    Ok(ListObject::new(cx, items))
}

/// Adds to the pending exception a note of what was being written: `{type} {part}`.
#[cold]
fn explain(cx: &mut Context, object: Value, part: &str) -> Raised {
    let error = cx.take_pending();
    // Where the stack is used up, there may be no room for the note.
    if add_note(cx, error.value(), object, part).is_err() {
        drop(cx.take_pending());
    }
    cx.raise_value(error)
}

fn add_note(cx: &mut Context, error: Value, object: Value, part: &str) -> Result<()> {
    let class = object.type_of().value();
    let mut word = |name: &str| {
        let found = attribute::get_text(cx, class, name)?;
        Ok(str::text(found.value()).unwrap_or_default().into_owned())
    };
    let (module, name) = (word("__module__")?, word("__qualname__")?);
    let kind = if module.is_empty() || module == "builtins" { name } else { format!("{module}.{name}") };
    let note = StrObject::new(cx, &format!("when serializing {kind} {part}"));
    exception::add_note(cx, error, note.value())
}
