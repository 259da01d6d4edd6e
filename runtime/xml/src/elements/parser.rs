//! The parser of XML that builds a tree, or tells a target of what it finds.

use super::builder::{EVENTS, Reported, TreeBuilder};
use super::parse_error;
use crate::encoding::Encoding;
use crate::error::Code;
use crate::event::{Event, Position, Told};
use crate::object::encoding_named;
use crate::parser::{Options, Parser, Wanted};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{Field, IntoObject, NativeObject, Traverse};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::{self, BytesObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::RUNTIME_WARNING;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::operations::{attribute, call, iterate, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Bytes that are read of a file at a time.
const FILE_BYTES: i64 = 64 * 1024;

/// Names as they are told, by how they come from the parser: equal names are one object.
#[derive(Default)]
struct Names(HashMap<String, Owned>);

impl Traverse for Names {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        self.0.values().for_each(|name| visit(name.value()));
    }

    fn release(&mut self, children: &mut Children<'_>) {
        self.0.drain().for_each(|(_, mut name)| name.release(children));
    }
}

/// Methods of a target, by what they are called for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    StartNamespace,
    EndNamespace,
    Start,
    Data,
    End,
    Comment,
    Instruction,
    Close,
    Type,
}

/// Their names, in that order.
const METHODS: [&str; 9] = ["start_ns", "end_ns", "start", "data", "end", "comment", "pi", "close", "doctype"];

/// XMLParser(*, target=None, encoding=None)
/// --
///
/// Parses XML and builds a tree of elements, or tells a target of what it finds.
#[native_type("xml.etree.ElementTree.XMLParser", base)]
#[derive(Traverse, Default)]
pub struct XMLParser {
    #[plain]
    parser: RefCell<Option<Parser>>,
    /// The name of an encoding that is looked for when the first bytes come.
    #[plain]
    encoding: RefCell<Option<String>>,
    target: Field,
    entity: Field,
    names: RefCell<Names>,
    /// What the target has of `METHODS`; nothing if it is a builder of trees, which is told directly.
    methods: RefCell<Vec<Option<Owned>>>,
    builds: Cell<bool>,
}

impl XMLParser {
    fn parser<R>(&self, cx: &mut Context, use_it: impl FnOnce(&mut Parser) -> R) -> Result<R> {
        match &mut *self.parser.borrow_mut() {
            Some(parser) => Ok(use_it(parser)),
            None => Err(cx.value_error("XMLParser.__init__() wasn't called")),
        }
    }

    fn method(&self, method: Method) -> Option<Owned> {
        self.methods.borrow().get(method as usize).cloned().flatten()
    }

    /// A name as an object: with the namespace between braces, if it has one.
    fn name(&self, cx: &mut Context, name: String) -> Owned {
        if let Some(known) = self.names.borrow().0.get(&name) {
            return known.clone();
        }
        let made = match name.contains('}') {
            true => StrObject::new(cx, &format!("{{{name}")),
            false => StrObject::new(cx, &name),
        };
        self.names.borrow_mut().0.insert(name, made.clone());
        made
    }

    fn attributes(&self, cx: &mut Context, attributes: Vec<(String, String)>) -> Result<Option<Owned>> {
        if attributes.is_empty() {
            return Ok(None);
        }
        let made = DictObject::new(cx);
        for (name, value) in attributes {
            let name = self.name(cx, name);
            let value = StrObject::new(cx, &value);
            dict::of(made.value()).set(cx, name.value(), value.value())?;
        }
        Ok(Some(made))
    }

    /// Tells the target of all that the parser finds in what it was fed.
    fn run(&self, cx: &mut Context, this: Value) -> Result<()> {
        let target = self.target.get_or_none();
        let builder = if self.builds.get() { target.value().cast::<NativeObject<TreeBuilder>>() } else { None };
        loop {
            match self.parser(cx, Parser::next)? {
                Ok(Some(told)) => {
                    let done = match builder {
                        Some(builder) => self.build(cx, this, builder, told),
                        None => self.tell(cx, this, told),
                    };
                    if let Err(raised) = done {
                        // After an error of the target nothing more is told.
                        if let Some(parser) = &mut *self.parser.borrow_mut() {
                            parser.abort();
                        }
                        return Err(raised);
                    }
                }
                Ok(None) => {
                    let Some(name) = self.parser(cx, Parser::unknown_encoding)? else { return Ok(()) };
                    let encoding = match encoding_named(cx, &name) {
                        Ok(encoding) => encoding,
                        Err(raised) => {
                            if let Some(parser) = &mut *self.parser.borrow_mut() {
                                parser.abort();
                            }
                            return Err(raised);
                        }
                    };
                    if !encoding.has_markup() {
                        self.parser(cx, Parser::abort)?;
                        return Err(self.fail(cx, Code::UNKNOWN_ENCODING, None));
                    }
                    self.parser(cx, |parser| parser.use_encoding(encoding))?;
                }
                Err(code) => return Err(self.fail(cx, code, None)),
            }
        }
    }

    #[cold]
    fn fail(&self, cx: &mut Context, code: Code, words: Option<&str>) -> sidewinder_runtime::Raised {
        let position = self.parser.borrow().as_ref().map_or_else(Position::default, Parser::position);
        parse_error(cx, code, position, words)
    }

    /// The text of an entity that the document does not declare, but the program does.
    fn text_of_entity(&self, cx: &mut Context, name: &str) -> Result<Owned> {
        let entities = self.entity.get_or_none();
        let key = StrObject::new(cx, name);
        let found = match entities.value().cast::<DictObject>() {
            Some(entities) => entities.get(cx, key.value())?.map(Owned::new),
            None => None,
        };
        found.ok_or_else(|| self.fail(cx, Code::UNDEFINED_ENTITY, Some(&format!("undefined entity &{name};"))))
    }

    /// Gives an event to the builder.
    fn build(&self, cx: &mut Context, this: Value, builder: &TreeBuilder, told: Told) -> Result<()> {
        match told.event {
            Event::Text(text) => builder.text(text),
            Event::StartElement { name, attributes, .. } => {
                let tag = self.name(cx, name);
                let attributes = self.attributes(cx, attributes)?;
                builder.begin(cx, tag, attributes)?;
            }
            Event::EndElement { .. } => drop(builder.finish(cx)?),
            Event::Comment(text) => {
                let text = text.into_object(cx);
                builder.tell_comment(cx, text.value())?;
            }
            Event::Instruction { target, data }
                if builder.inserts_instructions.get() || builder.reports(Reported::Instruction) =>
            {
                let (target, data) = (target.into_object(cx), data.into_object(cx));
                builder.tell_instruction(cx, target.value(), data.value())?;
            }
            Event::StartNamespace { prefix, uri } if builder.reports(Reported::StartNamespace) => {
                let names = (prefix.unwrap_or_default(), uri.unwrap_or_default()).into_object(cx);
                builder.report(cx, Reported::StartNamespace, &names)?;
            }
            Event::EndNamespace { .. } => {
                let nothing = Owned::new(singleton::none());
                builder.report(cx, Reported::EndNamespace, &nothing)?;
            }
            Event::Skipped { name, parameter: false } => {
                let text = self.text_of_entity(cx, &name)?;
                call::call_method(cx, self.target.get_or_none().value(), "data", &[text.value()])?;
            }
            Event::StartType { .. } => self.warn_of_type(cx, this)?,
            _ => {}
        }
        Ok(())
    }

    /// Calls the method of the target for an event.
    fn tell(&self, cx: &mut Context, this: Value, told: Told) -> Result<()> {
        let (method, arguments) = match told.event {
            Event::Text(text) => (Method::Data, vec![text.into_object(cx)]),
            Event::StartElement { name, attributes, .. } => {
                if self.method(Method::Start).is_none() {
                    return Ok(());
                }
                let tag = self.name(cx, name);
                let attributes = match self.attributes(cx, attributes)? {
                    Some(attributes) => attributes,
                    None => DictObject::new(cx),
                };
                (Method::Start, vec![tag, attributes])
            }
            Event::EndElement { name } => (Method::End, vec![self.name(cx, name)]),
            Event::Comment(text) => (Method::Comment, vec![text.into_object(cx)]),
            Event::Instruction { target, data } => {
                (Method::Instruction, vec![target.into_object(cx), data.into_object(cx)])
            }
            Event::StartNamespace { prefix, uri } => {
                let prefix = prefix.unwrap_or_default().into_object(cx);
                (Method::StartNamespace, vec![prefix, uri.unwrap_or_default().into_object(cx)])
            }
            Event::EndNamespace { prefix } => (Method::EndNamespace, vec![prefix.unwrap_or_default().into_object(cx)]),
            Event::Skipped { name, parameter: false } => (Method::Data, vec![self.text_of_entity(cx, &name)?]),
            Event::StartType { name, external, .. } => {
                if self.method(Method::Type).is_none() {
                    return self.warn_of_type(cx, this);
                }
                let name = self.name(cx, name);
                let public = external.public.map(|public| self.name(cx, public)).into_object(cx);
                let system = external.system.map(|system| self.name(cx, system)).into_object(cx);
                (Method::Type, vec![name, public, system])
            }
            _ => return Ok(()),
        };
        let Some(function) = self.method(method) else { return Ok(()) };
        let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
        call::call(cx, function.value(), &values).map(drop)
    }

    /// Warns of a subclass with a method that only targets should have.
    fn warn_of_type(&self, cx: &mut Context, this: Value) -> Result<()> {
        if attribute::get_text_optional(cx, this, "doctype")?.is_none() {
            return Ok(());
        }
        let message =
            "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.";
        warnings::warn(cx, &RUNTIME_WARNING, message, 1)
    }

    /// Feeds bytes or text.
    fn feed_any(&self, cx: &mut Context, this: Value, data: Value, last: bool) -> Result<()> {
        if self.parser(cx, |parser| parser.is_finished())? {
            return Err(self.fail(cx, Code::FINISHED, None));
        }
        if str::is_str(data) {
            let encoded = str::codec::encode(cx, data, "utf-8", "strict")?;
            self.force_text(cx)?;
            let bytes = bytes::like(encoded.value()).unwrap_or_default();
            self.parser(cx, |parser| parser.feed(bytes, last))?;
        } else {
            let buffer = Buffer::read(cx, data)?;
            let named = if buffer.as_slice().is_empty() { None } else { self.encoding.borrow_mut().take() };
            if let Some(name) = named {
                let encoding = encoding_named(cx, &name)?;
                self.parser(cx, |parser| parser.force(encoding))?;
            }
            self.parser(cx, |parser| parser.feed(buffer.as_slice(), last))?;
        }
        self.run(cx, this)
    }

    /// What comes first is text: whatever the document or the program says, its encoding is UTF-8.
    fn force_text(&self, cx: &mut Context) -> Result<()> {
        self.encoding.borrow_mut().take();
        self.parser(cx, |parser| {
            if !parser.has_started() {
                parser.force(Encoding::Utf8);
            }
        })
    }

    fn feed_end(&self, cx: &mut Context, this: Value) -> Result<()> {
        let nothing = BytesObject::new(cx, b"");
        self.feed_any(cx, this, nothing.value(), true)
    }
}

#[methods]
impl XMLParser {
    #[new]
    fn new(_cx: &mut Context, arguments: Arguments<'_>) -> Result<XMLParser> {
        // They are the initialiser's.
        let _ = arguments;
        Ok(XMLParser::default())
    }

    #[init(name = "XMLParser")]
    fn init(
        &self,
        cx: &mut Context,
        #[keyword]
        #[default(None)]
        target: Option<Owned>,
        #[default(None)] encoding: Option<String>,
    ) -> Result<()> {
        let target = match target {
            Some(target) => target,
            None => NativeObject::new(cx, TreeBuilder::default())?,
        };
        let builds = target.value().cast_exact::<NativeObject<TreeBuilder>>().is_some();
        let mut methods = Vec::new();
        if !builds {
            for name in METHODS {
                methods.push(attribute::get_text_optional(cx, target.value(), name)?);
            }
        }
        let wants = |method: Method| builds || methods.get(method as usize).is_some_and(Option::is_some);
        let wanted = Wanted {
            start: wants(Method::Start),
            end: wants(Method::End),
            text: wants(Method::Data),
            others: wants(Method::Comment) || wants(Method::Instruction),
        };
        let options = Options {
            separator: Some('}'),
            defers: true,
            tells_unread: true,
            amplification: 100.0,
            threshold: 8 << 20,
            wanted,
            ..Options::default()
        };
        let forced = encoding.as_deref().and_then(Encoding::named);
        let is_known = forced.is_some();
        *self.parser.borrow_mut() = Some(Parser::new(options, forced));
        *self.encoding.borrow_mut() = encoding.filter(|_| !is_known);
        let entities = DictObject::new(cx);
        self.entity.set(Some(entities));
        self.target.set(Some(target));
        let old = std::mem::replace(&mut *self.methods.borrow_mut(), methods);
        drop(old);
        self.builds.set(builds);
        Ok(())
    }

    /// Parses bytes or text.
    fn feed(&self, cx: &mut Context, this: Value, data: Value) -> Result<()> {
        self.feed_any(cx, this, data, false)
    }

    /// Parses what was not complete, as if it might never become longer.
    fn flush(&self, cx: &mut Context, this: Value) -> Result<()> {
        let before = self.parser(cx, |parser| std::mem::replace(&mut parser.options.defers, false))?;
        let nothing = BytesObject::new(cx, b"");
        let done = self.feed_any(cx, this, nothing.value(), false);
        self.parser(cx, |parser| parser.options.defers = before)?;
        done
    }

    /// Says that nothing follows. Gives the tree, or what the target's `close` gives.
    fn close(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.feed_end(cx, this)?;
        let target = self.target.get_or_none();
        if let Some(builder) = target.value().cast_exact::<NativeObject<TreeBuilder>>() {
            return Ok(builder.tree());
        }
        match self.method(Method::Close) {
            Some(close) => call::call(cx, close.value(), &[]),
            None => Ok(Owned::new(singleton::none())),
        }
    }

    /// Parses what a file holds, and gives the tree.
    fn _parse_whole(&self, cx: &mut Context, this: Value, file: Value) -> Result<Owned> {
        self.parser(cx, |_| ())?;
        let read = attribute::get_text(cx, file, "read")?;
        loop {
            let data = call::call(cx, read.value(), &[Value::from_small_int(FILE_BYTES)])?;
            let data = match str::cast(data.value()) {
                Some(text) if text.is_empty() => break,
                Some(_) => {
                    self.force_text(cx)?;
                    str::codec::encode(cx, data.value(), "utf-8", "surrogatepass")?
                }
                None => data,
            };
            match data.value().cast_exact::<BytesObject>() {
                Some(bytes) if !bytes.as_slice().is_empty() => self.feed_any(cx, this, data.value(), false)?,
                _ => break,
            }
        }
        self.feed_end(cx, this)?;
        let target = self.target.get_or_none();
        let builder = target.value().cast_exact::<NativeObject<TreeBuilder>>();
        Ok(builder.map_or_else(|| Owned::new(singleton::none()), |builder| builder.tree()))
    }

    /// Has events added to a list: those of the names that are given, or the ends of elements.
    fn _setevents(
        &self,
        cx: &mut Context,
        events_queue: Value,
        #[default(None)] events_to_report: Option<Value>,
    ) -> Result<()> {
        self.parser(cx, |_| ())?;
        let target = self.target.get_or_none();
        let Some(builder) = target.value().cast_exact::<NativeObject<TreeBuilder>>() else {
            return Err(cx.type_error("event handling only supported for ElementTree.TreeBuilder targets"));
        };
        let append = attribute::get_text(cx, events_queue, "append")?;
        let mut names = vec![None; EVENTS.len()];
        let Some(events) = events_to_report else {
            names[Reported::End as usize] = Some(str::intern(cx, "end"));
            builder.set_events(append, names);
            return Ok(());
        };
        let slots = events.type_of().slots();
        if slots.iter.is_none() && slots.get_item.is_none() {
            return Err(cx.type_error("events must be a sequence"));
        }
        for event in iterate::collect(cx, events)? {
            let name = match (str::text(event.value()), bytes::like(event.value())) {
                (Some(name), _) => name.into_owned(),
                (None, Some(name)) => String::from_utf8_lossy(name).into_owned(),
                (None, None) => return Err(cx.value_error("invalid events sequence")),
            };
            match EVENTS.iter().position(|known| *known == name) {
                Some(place) => names[place] = Some(event),
                None => return Err(cx.value_error(format!("unknown event '{name}'"))),
            }
        }
        builder.set_events(append, names);
        Ok(())
    }

    /// Texts of entities that the document does not declare.
    #[get(member)]
    fn entity(&self) -> Option<Owned> {
        self.entity.get()
    }

    /// What is told of the document.
    #[get(member)]
    fn target(&self) -> Option<Owned> {
        self.target.get()
    }

    /// The version of the parser.
    #[get]
    fn version(&self) -> &'static str {
        "Expat 2.9.0"
    }
}
