//! The parser: bytes are pushed into it, events are pulled out of it.
//!
//! Nothing here calls anybody: whoever pulls events may do anything with the parser in between.

mod content;
mod declaration;
mod namespace;
mod prolog;
mod tag;
mod value;

use crate::characters;
use crate::dtd::Dtd;
use crate::encoding::Encoding;
use crate::error::Code;
use crate::event::{Event, External, Position, Told};
use namespace::Bindings;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Where in a document the parser is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Before the first byte, where a declaration may stand.
    Start,
    Prolog,
    /// Between the brackets of the document type.
    Subset,
    AfterType,
    Content,
    Section,
    Epilog,
    /// In an external subset or parameter entity.
    External,
    Finished,
}

/// Which of the frequent events anybody wants to know of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub start: bool,
    pub end: bool,
    pub text: bool,
    /// Comments and instructions.
    pub others: bool,
}

/// What a parser is told before it starts, or by whoever pulls events.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names are expanded by namespaces, with this between the parts; nought stands for nothing.
    pub separator: Option<char>,
    /// The prefix follows an expanded name.
    pub shows_prefixes: bool,
    /// Never, unless the document stands alone, always.
    pub parameter_parsing: i32,
    /// Whether events are to have the markup that gave them.
    pub wants_raw: bool,
    pub wanted: Wanted,
    /// Whether references to internal entities are replaced, and not told.
    pub keeps_references: bool,
    /// Whether references to external entities that nobody reads are told by their names.
    pub tells_unread: bool,
    pub foreign_type: bool,
    pub base: Option<String>,
    /// Whether a token that was not complete is looked at again only when there is much more of it.
    pub defers: bool,
    /// Whether somebody reads external entities, or wants to know of documents that do not stand alone.
    pub reads_external: bool,
    pub asks_standalone: bool,
    /// Input may grow by this factor, once there is so much of it.
    pub amplification: f32,
    pub threshold: u64,
}

/// What went wrong, and how many bytes of the text on from where the parser stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fault {
    code: Code,
    offset: usize,
}

impl Fault {
    /// In place of an offset: at the start of the token, wherever in it.
    const START: usize = usize::MAX;

    fn at(code: Code, offset: usize) -> Fault {
        Fault { code, offset }
    }

    /// The same fault of a part that stands so many bytes behind the start of the token.
    fn within(self, place: usize, start: usize) -> Fault {
        Fault { code: self.code, offset: if self.offset == Fault::START { start } else { place + self.offset } }
    }
}

type Parsed<T> = Result<T, Fault>;

/// How many bytes a token has; none if it is not complete.
type Token = Parsed<Option<usize>>;

/// An element that was started.
struct OpenElement {
    /// As it stands in the document.
    raw: Vec<u8>,
    /// As it is told.
    name: String,
    /// How many namespaces it declares.
    bindings: usize,
}

/// A reference that is being replaced by the text of its entity.
struct OpenEntity {
    name: String,
    parameter: bool,
    text: Rc<[u8]>,
    at: usize,
    /// Elements that were open before.
    depth: usize,
    /// How long the reference is.
    length: usize,
}

/// How much text came from outside, and how much from entities: shared by the parsers of one document.
#[derive(Default, Debug)]
struct Account {
    direct: u64,
    indirect: u64,
}

/// A parser of one document, or of an external entity of one.
pub struct Parser {
    pub options: Options,
    encoding: Option<Encoding>,
    /// The encoding that the program, and not the document, names.
    forced: Option<Encoding>,
    /// A name of an encoding that has to be looked up.
    unknown: Option<String>,
    /// The encoding of what follows the declaration.
    next_encoding: Option<Encoding>,
    undecoded: Vec<u8>,
    /// The bytes so far, while the document may still name another encoding.
    head: Option<Vec<u8>>,
    text: Vec<u8>,
    at: usize,
    /// Where the token began that gave the last events.
    event_at: usize,
    last: bool,
    /// The place of the next token.
    position: Position,
    /// The place of the event that was told last, or of the error.
    told_position: Position,
    /// Bytes after which a token that was not complete is looked at again.
    retry: usize,
    phase: Phase,
    elements: Vec<OpenElement>,
    entities: Vec<OpenEntity>,
    bindings: Bindings,
    dtd: Rc<RefCell<Dtd>>,
    doctype: External,
    queue: VecDeque<Told>,
    /// Conditional sections that are open.
    conditions: usize,
    /// It parses a general entity: content without a root.
    is_fragment: bool,
    account: Rc<RefCell<Account>>,
    started: bool,
    /// Its encoding is not known.
    refused: bool,
    /// A token was complete since the last bytes came.
    progressed: bool,
}

impl Parser {
    pub fn new(options: Options, forced: Option<Encoding>) -> Parser {
        Parser {
            options,
            encoding: None,
            forced,
            unknown: None,
            next_encoding: None,
            undecoded: Vec::new(),
            head: Some(Vec::new()),
            text: Vec::new(),
            at: 0,
            event_at: 0,
            last: false,
            position: Position { line: 1, column: 0, byte: 0 },
            told_position: Position { line: 1, column: 0, byte: 0 },
            retry: 0,
            phase: Phase::Start,
            elements: Vec::new(),
            entities: Vec::new(),
            bindings: Bindings::default(),
            dtd: Rc::new(RefCell::new(Dtd::new())),
            doctype: External::default(),
            queue: VecDeque::new(),
            conditions: 0,
            is_fragment: false,
            account: Rc::default(),
            started: false,
            refused: false,
            progressed: false,
        }
    }

    /// A parser for an external entity, of which an event told the context; without one, for an external subset.
    pub fn external(&self, context: Option<&str>, forced: Option<Encoding>) -> Parser {
        let mut made = Parser::new(self.options.clone(), forced);
        made.dtd = self.dtd.clone();
        made.account = self.account.clone();
        match context {
            Some(context) => {
                made.is_fragment = true;
                made.bindings.restore(context);
                let open: Vec<String> =
                    context.split('\x0c').filter(|part| !part.contains('=')).map(Into::into).collect();
                let mut dtd = made.dtd.borrow_mut();
                for name in open {
                    if let Some(entity) = dtd.general.get_mut(&name) {
                        entity.open = true;
                    }
                }
            }
            None => made.phase = Phase::External,
        }
        made
    }

    /// What a name in the context of a parser stands for is free again, once that parser has ended.
    pub fn close_context(&self, context: &str) {
        let mut dtd = self.dtd.borrow_mut();
        let open: Vec<&str> = self.entities.iter().map(|entity| entity.name.as_str()).collect();
        for name in context.split('\x0c').filter(|part| !part.contains('=')) {
            if let Some(entity) = dtd.general.get_mut(name) {
                entity.open = open.contains(&name);
            }
        }
    }

    pub fn has_started(&self) -> bool {
        self.started
    }

    pub fn is_finished(&self) -> bool {
        self.phase == Phase::Finished
    }

    /// The place of the last event, or of the error.
    #[allow(clippy::misnamed_getters, reason = "the field of that name is how far the parser has read")]
    pub fn position(&self) -> Position {
        self.told_position
    }

    /// What is in memory of the document, from the last event on.
    pub fn surroundings(&self) -> Option<Vec<u8>> {
        self.started.then(|| self.text[self.event_at.min(self.text.len())..].to_vec())
    }

    /// Sets the encoding before the first byte.
    pub fn force(&mut self, encoding: Encoding) {
        self.forced = Some(encoding);
    }

    /// The program has named an encoding that there is not.
    pub fn refuse_encoding(&mut self) {
        self.refused = true;
    }

    /// Nothing more is told.
    pub fn abort(&mut self) {
        self.phase = Phase::Finished;
        self.queue.clear();
    }

    /// The name of an encoding that the document names, and that has to be given by `use_encoding`.
    pub fn unknown_encoding(&mut self) -> Option<String> {
        self.unknown.take()
    }

    /// More of the document. Nothing may follow what is `last`.
    pub fn feed(&mut self, bytes: &[u8], last: bool) {
        self.started = true;
        self.progressed = false;
        self.last = last;
        if let Some(head) = &mut self.head {
            head.extend_from_slice(bytes);
        }
        if self.encoding.is_none() || !self.undecoded.is_empty() {
            self.undecoded.extend_from_slice(bytes);
            let held = std::mem::take(&mut self.undecoded);
            self.decode(&held);
        } else {
            self.decode(bytes);
        }
    }

    fn decode(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if self.encoding.is_none() {
            let detected = Encoding::detect(bytes, self.last);
            let Some((detected, mark)) = detected else {
                self.undecoded = bytes.to_vec();
                return;
            };
            let encoding = match self.forced.clone() {
                Some(Encoding::Utf16 { .. }) if detected.is_wide() => detected,
                Some(forced) => forced,
                None => detected,
            };
            // A mark of another encoding than the one that is asked for is text.
            let mark = if encoding.is_wide() || encoding == Encoding::Utf8 { mark } else { 0 };
            self.position.byte += mark as u64;
            self.told_position = self.position;
            bytes = &bytes[mark.min(bytes.len())..];
            self.encoding = Some(encoding);
        }
        if self.at > 0 {
            self.text.drain(..self.at);
            self.at = 0;
            self.event_at = 0;
        }
        let before = self.text.len();
        if let Some(encoding) = &self.encoding {
            let used = encoding.decode(bytes, &mut self.text);
            self.undecoded.extend_from_slice(&bytes[used..]);
        }
        self.account.borrow_mut().direct += (self.text.len() - before) as u64;
    }

    /// The bytes after what was passed are to be decoded in another way.
    fn change_encoding(&mut self, encoding: Encoding) {
        let head = self.head.take().unwrap_or_default();
        let from = (self.position.byte as usize).min(head.len());
        self.text.truncate(self.at);
        let used = encoding.decode(&head[from..], &mut self.text);
        self.undecoded = head[from + used..].to_vec();
        self.encoding = Some(encoding);
    }

    /// Gives the table of an encoding that the document has named.
    pub fn use_encoding(&mut self, encoding: Encoding) {
        self.change_encoding(encoding);
    }

    /// The next event; none if more of the document is needed, or it has ended.
    pub fn next(&mut self) -> Result<Option<Told>, Code> {
        if self.refused {
            return Err(self.fail(Fault::at(Code::UNKNOWN_ENCODING, 0)));
        }
        loop {
            if let Some(told) = self.queue.pop_front() {
                self.told_position = told.position;
                return Ok(Some(told));
            }
            let stands = self.unknown.is_some() || !self.advance()?;
            if stands && self.queue.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Goes on by a token; false if there is none.
    fn advance(&mut self) -> Result<bool, Code> {
        if self.phase == Phase::Finished {
            return Ok(false);
        }
        if let Some(entity) = self.entities.last() {
            let (text, at) = (entity.text.clone(), entity.at);
            return self.advance_entity(&text, at);
        }
        if self.at >= self.text.len() {
            return self.end_of_text();
        }
        let pending = self.text.len() - self.at;
        if pending < self.retry && !self.last && self.options.defers {
            return Ok(false);
        }
        let text = std::mem::take(&mut self.text);
        let token = self.token(&text[self.at..], false);
        // A change of the encoding has left new text behind.
        let changed = std::mem::replace(&mut self.text, text);
        debug_assert!(changed.is_empty());
        match token {
            Ok(Some(length)) => {
                self.retry = 0;
                self.progressed |= length > 0;
                self.event_at = self.at;
                if self.entities.is_empty() {
                    self.consume(length);
                    if let Some(encoding) = self.next_encoding.take() {
                        self.change_encoding(encoding);
                    } else if self.unknown.is_none() {
                        self.head = None;
                    }
                }
                Ok(true)
            }
            Ok(None) => {
                if self.last {
                    return self.unclosed();
                }
                // What follows tokens that were complete is looked at again in any case.
                self.retry = if self.progressed { 0 } else { pending * 2 };
                Ok(false)
            }
            Err(fault) => Err(self.fail(fault)),
        }
    }

    fn fail(&mut self, fault: Fault) -> Code {
        if self.entities.is_empty() {
            self.consume(fault.offset);
        }
        self.told_position = self.position;
        self.phase = Phase::Finished;
        fault.code
    }

    /// Moves on in the text of the document.
    fn consume(&mut self, length: usize) {
        let end = (self.at + length).min(self.text.len());
        self.position = self.position_behind(&self.text[self.at..end]);
        self.at = end;
    }

    /// The place behind a piece of text that stands where the parser is.
    fn position_behind(&self, passed: &[u8]) -> Position {
        let mut position = self.position;
        if let Some(encoding) = &self.encoding {
            position.byte += encoding.bytes_of(passed);
        }
        // Most tokens are within a line.
        if !passed.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            position.column += passed.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count() as u64;
            return position;
        }
        let mut index = 0;
        while index < passed.len() {
            match passed[index] {
                b'\n' => (position.line, position.column) = (position.line + 1, 0),
                b'\r' => {
                    (position.line, position.column) = (position.line + 1, 0);
                    if passed.get(index + 1) == Some(&b'\n') {
                        index += 1;
                    }
                }
                0x80..=0xBF => {}
                _ => position.column += 1,
            }
            index += 1;
        }
        position
    }

    /// There is no more text at the moment.
    fn end_of_text(&mut self) -> Result<bool, Code> {
        if !self.last {
            return Ok(false);
        }
        self.told_position = self.position;
        if !self.undecoded.is_empty() {
            let wide = self.encoding.as_ref().is_some_and(Encoding::is_wide);
            let code = if wide && self.undecoded.len() == 1 { Code::UNCLOSED_TOKEN } else { Code::PARTIAL_CHAR };
            return Err(self.fail(Fault::at(code, 0)));
        }
        let good = match self.phase {
            Phase::Epilog | Phase::External => self.conditions == 0,
            Phase::Content | Phase::Start if self.is_fragment => self.elements.is_empty(),
            _ => false,
        };
        if good {
            if self.phase == Phase::External {
                self.dtd.borrow_mut().external_read = true;
            }
            self.phase = Phase::Finished;
            return Ok(false);
        }
        let code = match self.phase {
            Phase::Section => Code::UNCLOSED_CDATA_SECTION,
            Phase::External => Code::SYNTAX,
            _ if self.is_fragment => Code::ASYNC_ENTITY,
            _ => Code::NO_ELEMENTS,
        };
        Err(self.fail(Fault::at(code, 0)))
    }

    /// The document ends within a token.
    fn unclosed(&mut self) -> Result<bool, Code> {
        let code = if self.phase == Phase::Section { Code::UNCLOSED_CDATA_SECTION } else { Code::UNCLOSED_TOKEN };
        Err(self.fail(Fault::at(code, 0)))
    }

    /// A token of the text of an entity, or its end.
    fn advance_entity(&mut self, text: &Rc<[u8]>, at: usize) -> Result<bool, Code> {
        if at >= text.len() {
            return self.close_entity().map_err(|fault| self.fail(fault));
        }
        let depth = self.entities.len();
        match self.token(&text[at..], true) {
            Ok(Some(length)) => {
                // A reference that is being replaced is passed when its text has ended.
                let passed = if self.entities.len() > depth { 0 } else { length };
                if let Some(entity) = self.entities.get_mut(depth - 1) {
                    entity.at = at + passed;
                }
                Ok(true)
            }
            Ok(None) => {
                let code = match self.phase {
                    Phase::Section => Code::UNCLOSED_CDATA_SECTION,
                    Phase::Subset | Phase::External => Code::INCOMPLETE_PE,
                    _ => Code::UNCLOSED_TOKEN,
                };
                Err(self.fail(Fault::at(code, 0)))
            }
            Err(fault) => Err(self.fail(fault)),
        }
    }

    fn close_entity(&mut self) -> Parsed<bool> {
        if self.phase == Phase::Section {
            return Err(Fault::at(Code::UNCLOSED_CDATA_SECTION, 0));
        }
        let Some(entity) = self.entities.pop() else { return Ok(true) };
        if !entity.parameter && self.elements.len() != entity.depth {
            return Err(Fault::at(Code::ASYNC_ENTITY, 0));
        }
        {
            let mut dtd = self.dtd.borrow_mut();
            let known = if entity.parameter { &mut dtd.parameter } else { &mut dtd.general };
            if let Some(known) = known.get_mut(&entity.name) {
                known.open = false;
            }
        }
        match self.entities.last_mut() {
            Some(outer) => outer.at += entity.length,
            None => self.consume(entity.length),
        }
        Ok(true)
    }

    /// Goes on with the text of an entity, in place of a reference of so many bytes.
    fn open_entity(&mut self, name: &str, parameter: bool, text: Rc<[u8]>, length: usize) -> Parsed<()> {
        self.count_indirect(text.len())?;
        {
            let mut dtd = self.dtd.borrow_mut();
            let known = if parameter { &mut dtd.parameter } else { &mut dtd.general };
            if let Some(known) = known.get_mut(name) {
                known.open = true;
            }
        }
        let depth = self.elements.len();
        self.entities.push(OpenEntity { name: name.into(), parameter, text, at: 0, depth, length });
        Ok(())
    }

    /// Notes text that came out of an entity. Too much of it, for so much input, is an error.
    fn count_indirect(&self, bytes: usize) -> Parsed<()> {
        let mut account = self.account.borrow_mut();
        account.indirect += bytes as u64;
        let all = account.direct + account.indirect;
        let factor = all as f32 / account.direct.max(1) as f32;
        if all > self.options.threshold && factor > self.options.amplification {
            return Err(Fault::at(Code::AMPLIFICATION_LIMIT_BREACH, 0));
        }
        Ok(())
    }

    /// The next token of text. `whole` says that nothing can follow.
    fn token(&mut self, text: &[u8], whole: bool) -> Token {
        match self.phase {
            Phase::Start => self.start(text),
            Phase::Prolog | Phase::AfterType => self.prolog(text),
            Phase::Subset | Phase::External => self.subset(text, whole),
            Phase::Content => self.content(text, whole),
            Phase::Section => self.section(text, whole),
            Phase::Epilog => self.epilog(text),
            Phase::Finished => Ok(None),
        }
    }

    /// Tells an event that this markup gives.
    fn tell(&mut self, event: Event, raw: &[u8]) {
        if !self.is_wanted(&event) {
            self.told_position = self.position;
            return;
        }
        let raw = self.options.wants_raw.then(|| characters::string(raw));
        self.queue.push_back(Told { event, raw, position: self.position });
    }

    /// Whether anybody wants to know of an event; of rare ones, somebody always does.
    fn is_wanted(&self, event: &Event) -> bool {
        let Wanted { start, end, text, others } = self.options.wanted;
        self.options.wants_raw
            || match event {
                Event::StartElement { .. } => start,
                Event::EndElement { .. } => end,
                Event::Text(_) => text,
                Event::Other | Event::Comment(_) | Event::Instruction { .. } => others,
                _ => true,
            }
    }

    /// Whether text is worth to be made an object of.
    fn wants_text(&self) -> bool {
        self.options.wanted.text || self.options.wants_raw
    }

    /// Tells an event for which no markup of its own stands.
    fn tell_more(&mut self, event: Event) {
        if !self.is_wanted(&event) {
            self.told_position = self.position;
            return;
        }
        self.queue.push_back(Told { event, raw: None, position: self.position });
    }

    /// Namespaces and open entities, for a parser of an external entity.
    fn context(&self, entity: &str) -> String {
        let mut parts = self.bindings.context();
        parts.extend(self.entities.iter().filter(|open| !open.parameter).map(|open| open.name.clone()));
        parts.push(entity.to_string());
        parts.join("\x0c")
    }
}
