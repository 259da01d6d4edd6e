//! Parsers as objects, and how events reach the program's functions.

use crate::encoding::Encoding;
use crate::error::{self, Code};
use crate::event::{Declared, Event, External, Model, Told};
use crate::parser::{Options, Parser, Wanted};
use crate::state::State;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, IntoObject, NativeObject};
use sidewinder_runtime::objects::buffer::Buffer;
use sidewinder_runtime::objects::bytes::{self, BytesObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::{Cell, RefCell};

/// Bytes of text that are gathered unless the program says otherwise.
const BUFFER_BYTES: i64 = 8192;

/// How deep the tuples of a content model may be nested.
const MODEL_DEPTH_MAX: usize = 10_000;

/// Bytes that `ParseFile` asks for at a time.
const FILE_BYTES: i64 = 2048;

/// A parser of XML that calls functions for what it finds.
#[native_type("pyexpat.xmlparser")]
#[derive(Traverse)]
pub struct XmlParser {
    #[plain]
    parser: RefCell<Parser>,
    handlers: RefCell<Vec<Option<Owned>>>,
    names: Field,
    /// Text that is gathered.
    #[plain]
    buffer: RefCell<String>,
    buffers: Cell<bool>,
    buffer_size: Cell<i64>,
    ordered: Cell<bool>,
    specified: Cell<bool>,
    error: Cell<u8>,
    /// A function of the program runs.
    busy: Cell<bool>,
    /// The context of the entity that is parsed.
    #[plain]
    context: Option<String>,
    parent: Option<Owned>,
}

macro_rules! handlers {
    ($( $(#[$doc:meta])* $place:ident $name:ident $set:ident; )*) => {
        /// Functions of the program, by what they are called for.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(clippy::enum_variant_names)]
        enum Handler { $( $place ),* }

        /// How many there are.
        const HANDLERS: usize = [ $( Handler::$place ),* ].len();

        parser_methods! { $( $(#[$doc])* $place $name $set; )* }
    };
}

macro_rules! parser_methods {
    ($( $(#[$doc:meta])* $place:ident $name:ident $set:ident; )*) => {
        #[methods]
        #[allow(non_snake_case)]
        impl XmlParser {
            $(
                $(#[$doc])*
                #[get]
                fn $name(&self) -> Owned {
                    self.handler_or_none(Handler::$place)
                }

                #[set($name)]
                fn $set(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                    self.set_handler(cx, Handler::$place, value)
                }
            )*

            /// Parses bytes or text; `isfinal` says that nothing follows.
            #[method(name = "Parse")]
            fn parse(
                &self,
                cx: &mut Context,
                this: Value,
                data: Value,
                #[default(false)] isfinal: bool,
            ) -> Result<Owned> {
                self.parse_data(cx, this, data, isfinal)
            }

            /// Parses what a file holds.
            #[method(name = "ParseFile")]
            fn parse_file(&self, cx: &mut Context, this: Value, file: Value) -> Result<Owned> {
                self.parse_whole_file(cx, this, file)
            }

            /// Sets the base of relative identifiers.
            #[method(name = "SetBase")]
            fn set_base(&self, base: String) {
                self.parser.borrow_mut().options.base = Some(base);
            }

            /// The base of relative identifiers.
            #[method(name = "GetBase")]
            fn base(&self) -> Option<String> {
                self.parser.borrow().options.base.clone()
            }

            /// What is in memory of the document, from the last event on; None while nothing is told.
            #[method(name = "GetInputContext")]
            fn input_context(&self, cx: &mut Context) -> Owned {
                let found = if self.busy.get() { self.parser.borrow().surroundings() } else { None };
                found.map(sidewinder_runtime::native::result::Bytes).into_object(cx)
            }

            /// A parser for an external entity that this one told of.
            #[method(name = "ExternalEntityParserCreate")]
            fn external(
                &self,
                cx: &mut Context,
                this: Value,
                context: Option<String>,
                #[default(None)] encoding: Option<String>,
            ) -> Result<Owned> {
                let forced = match encoding {
                    Some(name) => Some(encoding_named(cx, &name)?),
                    None => None,
                };
                let parser = self.parser.borrow().external(context.as_deref(), forced);
                let made = XmlParser {
                    parser: RefCell::new(parser),
                    handlers: RefCell::new(self.handlers.borrow().clone()),
                    names: Field::new(self.names.get_or_none()),
                    buffer: RefCell::default(),
                    buffers: self.buffers.clone(),
                    buffer_size: self.buffer_size.clone(),
                    ordered: self.ordered.clone(),
                    specified: self.specified.clone(),
                    error: Cell::new(0),
                    busy: Cell::new(false),
                    context,
                    parent: Some(Owned::new(this)),
                };
                NativeObject::new(cx, made)
            }

            /// Says when external parameter entities are read: never, unless the document stands alone, always.
            #[method(name = "SetParamEntityParsing")]
            fn set_parameter_parsing(&self, flag: i32) -> i64 {
                let mut parser = self.parser.borrow_mut();
                if parser.has_started() || !(0..=2).contains(&flag) {
                    return 0;
                }
                parser.options.parameter_parsing = flag;
                1
            }

            /// Says that there is an external subset, although the document may not name it.
            #[method(name = "UseForeignDTD")]
            fn use_foreign_type(&self, cx: &mut Context, #[default(true)] flag: bool) -> Result<()> {
                if self.parser.borrow().has_started() {
                    return Err(self.fail(cx, Code::CANT_CHANGE_FEATURE_ONCE_PARSING));
                }
                self.parser.borrow_mut().options.foreign_type = flag;
                Ok(())
            }

            /// Whether a token that was not complete waits until there is much more of it.
            #[method(name = "GetReparseDeferralEnabled")]
            fn defers(&self) -> bool {
                self.parser.borrow().options.defers
            }

            /// Says whether a token that was not complete waits until there is much more of it.
            #[method(name = "SetReparseDeferralEnabled")]
            fn set_defers(&self, enabled: bool) {
                self.parser.borrow_mut().options.defers = enabled;
            }

            /// Sets by which factor entities may make the document larger.
            #[method(name = "SetBillionLaughsAttackProtectionMaximumAmplification")]
            fn set_amplification(&self, cx: &mut Context, max_factor: f64) -> Result<()> {
                self.check_root(cx, max_factor)?;
                self.parser.borrow_mut().options.amplification = max_factor as f32;
                Ok(())
            }

            /// Sets from how many bytes on that factor counts.
            #[method(name = "SetBillionLaughsAttackProtectionActivationThreshold")]
            fn set_threshold(&self, cx: &mut Context, threshold: u64) -> Result<()> {
                self.check_root(cx, 1.0)?;
                self.parser.borrow_mut().options.threshold = threshold;
                Ok(())
            }

            /// Sets by which factor memory may be larger than the document. Here memory follows the document's size.
            #[method(name = "SetAllocTrackerMaximumAmplification")]
            fn set_memory_amplification(&self, cx: &mut Context, max_factor: f64) -> Result<()> {
                self.check_root(cx, max_factor)
            }

            /// Sets from how many bytes on that factor counts.
            #[method(name = "SetAllocTrackerActivationThreshold")]
            fn set_memory_threshold(&self, cx: &mut Context, threshold: u64) -> Result<()> {
                let _ = threshold;
                self.check_root(cx, 1.0)
            }

            /// The number of the last error.
            #[get]
            fn ErrorCode(&self) -> i64 {
                i64::from(self.error.get())
            }

            /// The line of the last error.
            #[get]
            fn ErrorLineNumber(&self) -> u64 {
                self.parser.borrow().position().line
            }

            /// The column of the last error.
            #[get]
            fn ErrorColumnNumber(&self) -> u64 {
                self.parser.borrow().position().column
            }

            /// The byte of the last error.
            #[get]
            fn ErrorByteIndex(&self) -> i64 {
                self.byte_index()
            }

            /// The line of the last event.
            #[get]
            fn CurrentLineNumber(&self) -> u64 {
                self.parser.borrow().position().line
            }

            /// The column of the last event.
            #[get]
            fn CurrentColumnNumber(&self) -> u64 {
                self.parser.borrow().position().column
            }

            /// The byte of the last event.
            #[get]
            fn CurrentByteIndex(&self) -> i64 {
                self.byte_index()
            }

            /// How many bytes of text are gathered at most.
            #[get]
            fn buffer_size(&self) -> i64 {
                self.buffer_size.get()
            }

            #[set(buffer_size)]
            fn set_buffer_size(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let Some(value) = value else { return Err(cannot_delete(cx)) };
                if !int::is_int_like(value) {
                    return Err(cx.type_error("buffer_size must be an integer"));
                }
                let size = convert::c_long(cx, value)?;
                if size <= 0 {
                    return Err(cx.value_error("buffer_size must be greater than zero"));
                }
                if size > i64::from(i32::MAX) {
                    return Err(cx.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
                }
                self.flush(cx)?;
                self.buffer_size.set(size);
                Ok(())
            }

            /// Whether text is gathered before the program is told.
            #[get]
            fn buffer_text(&self) -> bool {
                self.buffers.get()
            }

            #[set(buffer_text)]
            fn set_buffer_text(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let Some(value) = value else { return Err(cannot_delete(cx)) };
                let on = convert::truth(cx, value)?;
                if !on {
                    self.flush(cx)?;
                }
                self.buffers.set(on);
                Ok(())
            }

            /// How many bytes of text are gathered now.
            #[get]
            fn buffer_used(&self) -> usize {
                self.buffer.borrow().len()
            }

            /// Whether names are told with their prefixes.
            #[get]
            fn namespace_prefixes(&self) -> bool {
                self.parser.borrow().options.shows_prefixes
            }

            #[set(namespace_prefixes)]
            fn set_namespace_prefixes(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let Some(value) = value else { return Err(cannot_delete(cx)) };
                let on = convert::truth(cx, value)?;
                self.parser.borrow_mut().options.shows_prefixes = on;
                Ok(())
            }

            /// Whether attributes are told as a list of names and values.
            #[get]
            fn ordered_attributes(&self) -> bool {
                self.ordered.get()
            }

            #[set(ordered_attributes)]
            fn set_ordered_attributes(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let Some(value) = value else { return Err(cannot_delete(cx)) };
                self.ordered.set(convert::truth(cx, value)?);
                Ok(())
            }

            /// Whether attributes are left out that only the type declares.
            #[get]
            fn specified_attributes(&self) -> bool {
                self.specified.get()
            }

            #[set(specified_attributes)]
            fn set_specified_attributes(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
                let Some(value) = value else { return Err(cannot_delete(cx)) };
                self.specified.set(convert::truth(cx, value)?);
                Ok(())
            }

            /// Names that were told before, so that equal ones are one object.
            #[get]
            fn intern(&self) -> Owned {
                self.names.get_or_none()
            }
        }
    };
}

handlers! {
    /// Called with the name of an element and its attributes.
    StartElement StartElementHandler set_start_element;
    /// Called with the name of an element.
    EndElement EndElementHandler set_end_element;
    /// Called with target and data of an instruction.
    Instruction ProcessingInstructionHandler set_instruction;
    /// Called with text.
    Text CharacterDataHandler set_text;
    /// Called for an entity that is not text.
    Unparsed UnparsedEntityDeclHandler set_unparsed;
    /// Called for a notation.
    Notation NotationDeclHandler set_notation;
    /// Called with a prefix and its namespace.
    StartNamespace StartNamespaceDeclHandler set_start_namespace;
    /// Called with a prefix.
    EndNamespace EndNamespaceDeclHandler set_end_namespace;
    /// Called with the text of a comment.
    Comment CommentHandler set_comment;
    /// Called where a section starts.
    StartSection StartCdataSectionHandler set_start_section;
    /// Called where a section ends.
    EndSection EndCdataSectionHandler set_end_section;
    /// Called with all that no other function is called for; entities are not replaced.
    Default DefaultHandler set_default;
    /// Called with all that no other function is called for.
    DefaultExpand DefaultHandlerExpand set_default_expand;
    /// Called if a document depends on others; nought ends the parsing.
    NotStandalone NotStandaloneHandler set_not_standalone;
    /// Called for a reference to an external entity; nought ends the parsing.
    ExternalReference ExternalEntityRefHandler set_external_reference;
    /// Called where the type of the document starts.
    StartType StartDoctypeDeclHandler set_start_type;
    /// Called where the type of the document ends.
    EndType EndDoctypeDeclHandler set_end_type;
    /// Called for an entity.
    Entity EntityDeclHandler set_entity;
    /// Called with version, encoding, and whether the document stands alone.
    Declaration XmlDeclHandler set_declaration;
    /// Called with the content that an element may have.
    Element ElementDeclHandler set_element;
    /// Called for a declared attribute.
    Attribute AttlistDeclHandler set_attribute;
    /// Called for a reference that is not replaced.
    Skipped SkippedEntityHandler set_skipped;
}

#[cold]
fn cannot_delete(cx: &mut Context) -> Raised {
    cx.raise(&sidewinder_runtime::objects::exception::RUNTIME_ERROR, "Cannot delete attribute")
}

/// An encoding by its name: one that is built in, or one of Python's that has a character for each byte.
pub fn encoding_named(cx: &mut Context, name: &str) -> Result<Encoding> {
    if let Some(found) = Encoding::named(name) {
        return Ok(found);
    }
    let all: Vec<u8> = (0..=255).collect();
    let all = BytesObject::new(cx, &all);
    let text = str::codec::decode(cx, all.value(), name, "replace")?;
    let points: Vec<u32> = str::cast(text.value()).map(|text| text.code_points().collect()).unwrap_or_default();
    if points.len() != 256 {
        return Err(cx.value_error("multi-byte encodings are not supported"));
    }
    let mut table = Box::new([None; 256]);
    for (place, point) in table.iter_mut().zip(points) {
        *place = char::from_u32(point).filter(|character| *character != '\u{FFFD}');
    }
    Ok(Encoding::Table(table))
}

impl XmlParser {
    /// A new parser of a document.
    pub fn create(
        cx: &mut Context,
        encoding: Option<String>,
        separator: Option<char>,
        names: Option<Owned>,
    ) -> Result<Owned> {
        let forced = encoding.as_deref().and_then(Encoding::named);
        let options =
            Options { separator, defers: true, amplification: 100.0, threshold: 8 << 20, ..Options::default() };
        let mut parser = Parser::new(options, forced.clone());
        if let (Some(name), None) = (encoding, forced) {
            match encoding_named(cx, &name) {
                Ok(found) => parser.force(found),
                // A name that is not known is an error when the first bytes are parsed.
                Err(_) => {
                    drop(cx.take_pending());
                    parser.refuse_encoding();
                }
            }
        }
        let made = XmlParser {
            parser: RefCell::new(parser),
            handlers: RefCell::new(vec![None; HANDLERS]),
            names: names.map_or_else(Field::empty, Field::new),
            buffer: RefCell::default(),
            buffers: Cell::new(false),
            buffer_size: Cell::new(BUFFER_BYTES),
            ordered: Cell::new(false),
            specified: Cell::new(false),
            error: Cell::new(0),
            busy: Cell::new(false),
            context: None,
            parent: None,
        };
        NativeObject::new(cx, made)
    }

    fn byte_index(&self) -> i64 {
        let parser = self.parser.borrow();
        if parser.has_started() { parser.position().byte as i64 } else { -1 }
    }

    fn check_root(&self, cx: &mut Context, factor: f64) -> Result<()> {
        if self.parent.is_some() {
            return Err(cx.state::<State>().raise(cx, Code::INVALID_ARGUMENT, None, "parser must be a root parser"));
        }
        if factor.is_nan() || factor < 1.0 {
            let message = "'max_factor' must be at least 1.0";
            return Err(cx.state::<State>().raise(cx, Code::INVALID_ARGUMENT, None, message));
        }
        Ok(())
    }

    fn handler(&self, handler: Handler) -> Option<Owned> {
        self.handlers.borrow().get(handler as usize).cloned().flatten()
    }

    fn handler_or_none(&self, handler: Handler) -> Owned {
        self.handler(handler).unwrap_or_else(|| Owned::new(singleton::none()))
    }

    fn has(&self, handler: Handler) -> bool {
        self.handlers.borrow().get(handler as usize).is_some_and(Option::is_some)
    }

    fn set_handler(&self, cx: &mut Context, handler: Handler, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(cannot_delete(cx)) };
        if handler == Handler::Text {
            // What was gathered is for the function that was there before.
            self.flush(cx)?;
        }
        let value = (value != singleton::none()).then(|| Owned::new(value));
        let old = match self.handlers.borrow_mut().get_mut(handler as usize) {
            Some(place) => std::mem::replace(place, value),
            None => None,
        };
        drop(old);
        let (default, expand) = (self.has(Handler::Default), self.has(Handler::DefaultExpand));
        let (external, standalone) = (self.has(Handler::ExternalReference), self.has(Handler::NotStandalone));
        let mut parser = self.parser.borrow_mut();
        parser.options.wants_raw = default || expand;
        parser.options.wanted = Wanted {
            start: self.has(Handler::StartElement),
            end: self.has(Handler::EndElement),
            text: self.has(Handler::Text),
            others: self.has(Handler::Comment) || self.has(Handler::Instruction),
        };
        parser.options.keeps_references = default && !expand;
        parser.options.reads_external = external;
        parser.options.asks_standalone = standalone;
        Ok(())
    }

    /// Raises what is wrong with the document.
    #[cold]
    fn fail(&self, cx: &mut Context, code: Code) -> Raised {
        self.error.set(code.0);
        let position = self.parser.borrow().position();
        let words = error::message(i64::from(code.0)).unwrap_or_default();
        let message = format!("{words}: line {}, column {}", position.line, position.column);
        cx.state::<State>().raise(cx, code, Some(position), &message)
    }

    fn parse_data(&self, cx: &mut Context, this: Value, data: Value, last: bool) -> Result<Owned> {
        if self.busy.get() {
            return Err(cx.raise(
                &sidewinder_runtime::objects::exception::RUNTIME_ERROR,
                "cannot call Parse() from within a handler",
            ));
        }
        if self.parser.borrow().is_finished() {
            return Err(self.fail(cx, Code::FINISHED));
        }
        if let Some(text) = str::cast(data) {
            let encoded = str::codec::encode(cx, data, "utf-8", "strict")?;
            let mut parser = self.parser.borrow_mut();
            if !parser.has_started() {
                parser.force(Encoding::Utf8);
            }
            let _ = text;
            let bytes = bytes::like(encoded.value()).unwrap_or_default();
            parser.feed(bytes, last);
        } else {
            let buffer = Buffer::read(cx, data)?;
            self.parser.borrow_mut().feed(buffer.as_slice(), last);
        }
        self.run(cx, this)?;
        if last {
            self.end_context();
        }
        self.flush(cx)?;
        Ok(Owned::new(Value::from_small_int(1)))
    }

    fn end_context(&self) {
        if let (Some(context), Some(parent)) = (&self.context, &self.parent)
            && let Some(parent) = parent.value().cast::<NativeObject<XmlParser>>()
        {
            parent.parser.borrow().close_context(context);
        }
    }

    fn parse_whole_file(&self, cx: &mut Context, this: Value, file: Value) -> Result<Owned> {
        let Some(read) = attribute::get_text_optional(cx, file, "read")? else {
            return Err(cx.type_error("argument must have 'read' attribute"));
        };
        loop {
            let data = call::call(cx, read.value(), &[Value::from_small_int(FILE_BYTES)])?;
            let length = match bytes::like(data.value()) {
                Some(bytes) => bytes.len(),
                None => {
                    let kind = data.value().type_of().name();
                    return Err(cx.type_error(format!("read() did not return a bytes object (type={kind})")));
                }
            };
            if length as i64 > FILE_BYTES {
                return Err(cx.value_error(format!(
                    "read() returned too much data: {FILE_BYTES} bytes requested, {length} returned"
                )));
            }
            let result = self.parse_data(cx, this, data.value(), length == 0)?;
            if length == 0 {
                return Ok(result);
            }
        }
    }

    /// Tells the program what the parser finds.
    fn run(&self, cx: &mut Context, this: Value) -> Result<()> {
        loop {
            let found = self.parser.borrow_mut().next();
            match found {
                Ok(Some(told)) => {
                    self.busy.set(true);
                    let done = self.tell(cx, told);
                    self.busy.set(false);
                    match done {
                        Ok(()) => {}
                        Err(raised) => {
                            // After an error of the program nothing more is told.
                            self.parser.borrow_mut().abort();
                            return Err(raised);
                        }
                    }
                }
                Ok(None) => {
                    let Some(name) = self.parser.borrow_mut().unknown_encoding() else { return Ok(()) };
                    match encoding_named(cx, &name) {
                        Ok(encoding) if encoding.has_markup() => self.parser.borrow_mut().use_encoding(encoding),
                        Ok(_) => {
                            self.parser.borrow_mut().abort();
                            return Err(self.fail(cx, Code::UNKNOWN_ENCODING));
                        }
                        Err(raised) => {
                            self.parser.borrow_mut().abort();
                            return Err(raised);
                        }
                    }
                }
                Err(code) => {
                    self.flush(cx)?;
                    let _ = this;
                    return Err(self.fail(cx, code));
                }
            }
        }
    }

    /// Calls a function for text that was gathered.
    fn flush(&self, cx: &mut Context) -> Result<()> {
        let text = std::mem::take(&mut *self.buffer.borrow_mut());
        if text.is_empty() {
            return Ok(());
        }
        match self.handler(Handler::Text) {
            Some(function) => {
                let text = StrObject::new(cx, &text);
                call::call(cx, function.value(), &[text.value()]).map(drop)
            }
            None => Ok(()),
        }
    }

    /// A name as an object, the same one for equal names.
    fn name(&self, cx: &mut Context, name: &str) -> Result<Owned> {
        let text = StrObject::new(cx, name);
        let Some(names) = self.names.get() else { return Ok(text) };
        let Some(names) = names.value().cast::<DictObject>() else { return Ok(text) };
        names.set_default(cx, text.value(), text.value())
    }

    fn optional_name(&self, cx: &mut Context, name: &Option<String>) -> Result<Owned> {
        match name {
            Some(name) => self.name(cx, name),
            None => Ok(Owned::new(singleton::none())),
        }
    }

    fn call(&self, cx: &mut Context, handler: Handler, arguments: Vec<Owned>) -> Result<Owned> {
        self.flush(cx)?;
        let Some(function) = self.handler(handler) else { return Ok(Owned::new(singleton::none())) };
        let values: Vec<Value> = arguments.iter().map(Owned::value).collect();
        call::call(cx, function.value(), &values)
    }

    /// Calls the function for one event, or the one for all others.
    fn tell(&self, cx: &mut Context, told: Told) -> Result<()> {
        let Told { event, raw, .. } = told;
        let handler = match &event {
            Event::StartElement { .. } => Handler::StartElement,
            Event::EndElement { .. } => Handler::EndElement,
            Event::Text(_) => Handler::Text,
            Event::Instruction { .. } => Handler::Instruction,
            Event::Comment(_) => Handler::Comment,
            Event::StartSection => Handler::StartSection,
            Event::EndSection => Handler::EndSection,
            Event::Other => return self.tell_default(cx, raw),
            Event::Declaration { .. } => Handler::Declaration,
            Event::StartType { .. } => Handler::StartType,
            Event::EndType => Handler::EndType,
            Event::Entity { .. } => Handler::Entity,
            Event::UnparsedEntity { .. } if self.has(Handler::Unparsed) => Handler::Unparsed,
            Event::UnparsedEntity { .. } => Handler::Entity,
            Event::Notation { .. } => Handler::Notation,
            Event::Element { .. } => Handler::Element,
            Event::Attribute { .. } => Handler::Attribute,
            Event::StartNamespace { .. } => Handler::StartNamespace,
            Event::EndNamespace { .. } => Handler::EndNamespace,
            Event::ExternalReference { .. } => Handler::ExternalReference,
            Event::Skipped { .. } => Handler::Skipped,
            Event::NotStandalone => Handler::NotStandalone,
        };
        if !self.has(handler) {
            return self.tell_default(cx, raw);
        }
        let number = |flag: bool| Owned::new(Value::from_small_int(i64::from(flag)));
        let arguments = match event {
            Event::Text(text) => return self.tell_text(cx, text),
            Event::StartElement { name, attributes, specified } => {
                self.flush(cx)?;
                let name = self.name(cx, &name)?;
                let count = if self.specified.get() { specified } else { attributes.len() };
                let attributes = self.attributes(cx, &attributes[..count.min(attributes.len())])?;
                vec![name, attributes]
            }
            Event::EndElement { name } => vec![self.name(cx, &name)?],
            Event::Instruction { target, data } => vec![self.name(cx, &target)?, data.into_object(cx)],
            Event::Comment(text) => vec![text.into_object(cx)],
            Event::StartSection | Event::EndSection | Event::EndType | Event::Other => Vec::new(),
            Event::Declaration { version, encoding, standalone } => {
                vec![version.into_object(cx), encoding.into_object(cx), standalone.into_object(cx)]
            }
            Event::StartType { name, external, internal } => {
                let name = self.name(cx, &name)?;
                let system = self.optional_name(cx, &external.system)?;
                vec![name, system, self.optional_name(cx, &external.public)?, number(internal)]
            }
            Event::Entity { name, parameter, value, external, notation } => {
                let name = self.name(cx, &name)?;
                let [base, system, public] = self.external_names(cx, &external)?;
                let notation = self.optional_name(cx, &notation)?;
                vec![name, number(parameter), value.into_object(cx), base, system, public, notation]
            }
            Event::UnparsedEntity { name, external, notation } => {
                let name = self.name(cx, &name)?;
                let [base, system, public] = self.external_names(cx, &external)?;
                let notation = self.name(cx, &notation)?;
                if handler == Handler::Unparsed {
                    vec![name, base, system, public, notation]
                } else {
                    vec![name, number(false), Owned::new(singleton::none()), base, system, public, notation]
                }
            }
            Event::Notation { name, external } => {
                let name = self.name(cx, &name)?;
                let [base, system, public] = self.external_names(cx, &external)?;
                vec![name, base, system, public]
            }
            Event::Element { name, model } => {
                let name = self.name(cx, &name)?;
                vec![name, self.model(cx, &model, 0, 0)?]
            }
            Event::Attribute { element, name, declared } => {
                let (element, name) = (self.name(cx, &element)?, self.name(cx, &name)?);
                let Declared { kind, default, required } = *declared;
                vec![element, name, kind.into_object(cx), default.into_object(cx), number(required)]
            }
            Event::StartNamespace { prefix, uri } => {
                vec![self.optional_name(cx, &prefix)?, self.optional_name(cx, &uri)?]
            }
            Event::EndNamespace { prefix } => vec![self.optional_name(cx, &prefix)?],
            Event::ExternalReference { context, external } => {
                let context = context.into_object(cx);
                let [base, system, public] = self.external_names(cx, &external)?;
                let answer = self.call(cx, handler, vec![context, base, system, public])?;
                return self.judge(cx, &answer, Code::EXTERNAL_ENTITY_HANDLING);
            }
            Event::Skipped { name, parameter } => vec![self.name(cx, &name)?, number(parameter)],
            Event::NotStandalone => {
                let answer = self.call(cx, handler, Vec::new())?;
                return self.judge(cx, &answer, Code::NOT_STANDALONE);
            }
        };
        self.call(cx, handler, arguments).map(drop)
    }

    /// An answer of nought is an error.
    fn judge(&self, cx: &mut Context, answer: &Owned, code: Code) -> Result<()> {
        if convert::c_long(cx, answer.value())? == 0 {
            return Err(self.fail(cx, code));
        }
        Ok(())
    }

    fn tell_default(&self, cx: &mut Context, raw: Option<String>) -> Result<()> {
        let Some(raw) = raw.filter(|raw| !raw.is_empty()) else { return Ok(()) };
        let handler = if self.has(Handler::DefaultExpand) { Handler::DefaultExpand } else { Handler::Default };
        if !self.has(handler) {
            return Ok(());
        }
        // Declarations are told word by word.
        let raw = match raw.strip_prefix(']') {
            Some(_) if self.has(Handler::StartType) => ">".to_string(),
            _ => raw,
        };
        let declared = raw.starts_with("<!") && !raw.starts_with("<!--") && !raw.starts_with("<![");
        if declared || raw.starts_with(']') && raw.ends_with('>') {
            for word in words(&raw) {
                let word = word.into_object(cx);
                self.call(cx, handler, vec![word])?;
            }
            return Ok(());
        }
        let text = raw.into_object(cx);
        self.call(cx, handler, vec![text]).map(drop)
    }

    fn tell_text(&self, cx: &mut Context, text: String) -> Result<()> {
        if self.buffers.get() {
            let size = self.buffer_size.get() as usize;
            if self.buffer.borrow().len() + text.len() > size {
                self.flush(cx)?;
                // The function may have taken itself away.
                if !self.has(Handler::Text) {
                    return Ok(());
                }
            }
            if text.len() <= size {
                self.buffer.borrow_mut().push_str(&text);
                return Ok(());
            }
        }
        let Some(function) = self.handler(Handler::Text) else { return Ok(()) };
        let text = StrObject::new(cx, &text);
        call::call(cx, function.value(), &[text.value()]).map(drop)
    }

    fn attributes(&self, cx: &mut Context, attributes: &[(String, String)]) -> Result<Owned> {
        if self.ordered.get() {
            let mut items = Vec::with_capacity(attributes.len() * 2);
            for (name, value) in attributes {
                items.push(self.name(cx, name)?);
                items.push(StrObject::new(cx, value));
            }
            return Ok(ListObject::new(cx, items));
        }
        let made = DictObject::new(cx);
        for (name, value) in attributes {
            let name = self.name(cx, name)?;
            let value = StrObject::new(cx, value);
            dict::of(made.value()).set(cx, name.value(), value.value())?;
        }
        Ok(made)
    }

    fn external_names(&self, cx: &mut Context, external: &External) -> Result<[Owned; 3]> {
        Ok([
            self.optional_name(cx, &external.base)?,
            self.optional_name(cx, &external.system)?,
            self.optional_name(cx, &external.public)?,
        ])
    }

    fn model(&self, cx: &mut Context, model: &Model, place: usize, depth: usize) -> Result<Owned> {
        if depth > MODEL_DEPTH_MAX {
            let message = "maximum recursion depth exceeded in conv_content_model";
            return Err(cx.raise(&sidewinder_runtime::objects::exception::RECURSION_ERROR, message));
        }
        cx.check_native_stack(" in conv_content_model")?;
        let particle = &model[place];
        let mut children = Vec::with_capacity(particle.children.len());
        for child in &particle.children {
            children.push(self.model(cx, model, *child, depth + 1)?);
        }
        let children = TupleObject::from_owned(cx, children);
        let name = self.optional_name(cx, &particle.name)?;
        let numbers =
            [particle.kind, particle.quantifier].map(|number| Owned::new(Value::from_small_int(i64::from(number))));
        let [kind, quantifier] = numbers;
        Ok(TupleObject::from_owned(cx, vec![kind, quantifier, name, children]))
    }
}

/// The words of a declaration: space, names, what stands in quotes, punctuation.
fn words(markup: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = markup;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '<' => 2 + rest[2.min(rest.len())..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 2),
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |length| length + 2),
            ' ' | '\t' | '\n' | '\r' => rest.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(rest.len()),
            ')' if rest[1..].starts_with(['*', '+', '?']) => 2,
            '(' | ')' | '[' | ']' | '>' | '|' | ',' => 1,
            _ => rest.find(|c: char| c.is_ascii_whitespace() || "()[]>|,".contains(c)).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(length.clamp(1, rest.len()));
        found.push(word);
        rest = after;
    }
    found
}

/// The separator between the parts of names: one character, or nothing at all.
pub fn separator_of(cx: &mut Context, text: Option<Value>) -> Result<Option<char>> {
    let Some(text) = text else { return Ok(None) };
    let Some(text) = str::text(text) else {
        let kind = text.type_of().name();
        return Err(
            cx.type_error(format!("ParserCreate() argument 'namespace_separator' must be str or None, not {kind}"))
        );
    };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (None, _) => Ok(Some('\0')),
        (Some(separator), None) => Ok(Some(separator)),
        _ => Err(cx.value_error("namespace_separator must be at most one character, omitted, or None")),
    }
}
