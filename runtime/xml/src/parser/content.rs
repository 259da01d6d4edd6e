//! What stands between tags: text, references, sections, comments, instructions.

use super::value::{Reference, predefined, reference};
use super::{Fault, Parser, Phase, Token};
use crate::characters::{self, find, name_length, space_length};
use crate::encoding::Encoding;
use crate::error::Code;
use crate::event::Event;

/// The start of a piece of text that a marker begins, which may not be complete: yes, no, or not known yet.
pub(super) fn starts(text: &[u8], marker: &[u8]) -> Option<bool> {
    if text.len() < marker.len() && marker.starts_with(text) { None } else { Some(text.starts_with(marker)) }
}

impl Parser {
    pub(super) fn content(&mut self, text: &[u8], whole: bool) -> Token {
        match text[0] {
            b'<' => self.markup(text),
            b'&' => self.content_reference(text),
            _ => self.characters(text, whole),
        }
    }

    fn markup(&mut self, text: &[u8]) -> Token {
        match text.get(1) {
            None => Ok(None),
            Some(b'/') => self.end_tag(text),
            Some(b'?') => self.instruction(text),
            Some(b'!') => {
                if starts(text, b"<![CDATA[") == Some(true) {
                    self.tell(Event::StartSection, &text[..9]);
                    self.phase = Phase::Section;
                    return Ok(Some(9));
                }
                match (starts(text, b"<![CDATA["), starts(text, b"<!--")) {
                    (_, Some(true)) => self.comment(text),
                    (None, _) | (_, None) => Ok(None),
                    _ => Err(Fault::at(Code::INVALID_TOKEN, 2)),
                }
            }
            Some(_) if name_length(&text[1..]) > 0 => self.start_tag(text),
            Some(_) => Err(Fault::at(Code::INVALID_TOKEN, 1)),
        }
    }

    /// A run of text; the end of a line is one of its own.
    fn characters(&mut self, text: &[u8], whole: bool) -> Token {
        let last = whole || self.last;
        if let Some(token) = self.end_of_line(text, last) {
            return token;
        }
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                b'<' | b'&' | b'\n' | b'\r' => break,
                b']' => {
                    if text[at..].starts_with(b"]]>") {
                        if at == 0 {
                            return Err(Fault::at(Code::INVALID_TOKEN, 2));
                        }
                        break;
                    }
                    // What follows may make this an error.
                    if !last && text.len() - at < 3 && b"]]>".starts_with(&text[at..]) {
                        break;
                    }
                    at += 1;
                }
                0x20..0x80 => at += 1,
                _ => match characters::first(&text[at..]) {
                    Some((character, length)) if characters::is_character(character as u32) => at += length,
                    _ if at == 0 => return Err(Fault::at(Code::INVALID_TOKEN, 0)),
                    _ => break,
                },
            }
        }
        self.run_of_text(text, at)
    }

    /// The end of a line, if text begins with one: it is told alone, and as a line feed.
    fn end_of_line(&mut self, text: &[u8], last: bool) -> Option<Token> {
        let length = match text {
            [b'\n', ..] => 1,
            [b'\r'] if !last => return Some(Ok(None)),
            [b'\r', rest @ ..] => 1 + usize::from(rest.first() == Some(&b'\n')),
            _ => return None,
        };
        self.tell(Event::Text("\n".into()), &text[..length]);
        Some(Ok(Some(length)))
    }

    /// Tells of a run of text without markup, of this length, or of its beginning.
    fn run_of_text(&mut self, text: &[u8], length: usize) -> Token {
        if length == 0 {
            return Ok(None);
        }
        let length = self.piece(text, length);
        if self.wants_text() {
            self.tell(Event::Text(characters::string(&text[..length])), &text[..length]);
        } else {
            self.told_position = self.position;
        }
        Ok(Some(length))
    }

    /// How much of a run of text is told at once: what has to be converted comes in pieces, as expat's buffer is large.
    fn piece(&self, text: &[u8], length: usize) -> usize {
        const CONVERTED_BYTES: usize = 1024;
        let plain = matches!(self.encoding, None | Some(Encoding::Utf8 | Encoding::Ascii)) || !self.entities.is_empty();
        if plain || length <= CONVERTED_BYTES {
            return length;
        }
        let mut end = CONVERTED_BYTES;
        while matches!(text[end], 0x80..=0xBF) {
            end -= 1;
        }
        end
    }

    fn content_reference(&mut self, text: &[u8]) -> Token {
        let Some((found, length)) = reference(text)? else { return Ok(None) };
        let raw = &text[..length];
        match found {
            Reference::Character(character) => self.tell(Event::Text(character.into()), raw),
            Reference::Entity(name) => return self.content_entity(&name, raw),
        }
        Ok(Some(length))
    }

    fn content_entity(&mut self, name: &str, raw: &[u8]) -> Token {
        debug_assert!(predefined(name).is_none());
        let entity = {
            let dtd = self.dtd.borrow();
            let certain = !dtd.has_references || dtd.standalone;
            match dtd.general.get(name) {
                None if certain => return Err(Fault::at(Code::UNDEFINED_ENTITY, 0)),
                None => None,
                Some(entity) if certain && !entity.internal => {
                    return Err(Fault::at(Code::ENTITY_DECLARED_IN_PE, 0));
                }
                Some(entity) if entity.open => return Err(Fault::at(Code::RECURSIVE_ENTITY_REF, 0)),
                Some(entity) if entity.notation.is_some() => return Err(Fault::at(Code::BINARY_ENTITY_REF, 0)),
                Some(entity) => Some(entity.clone()),
            }
        };
        let skipped = Event::Skipped { name: name.into(), parameter: false };
        match entity {
            None => self.tell(skipped, raw),
            Some(entity) => match entity.text {
                Some(_) if self.options.keeps_references => self.tell(skipped, raw),
                Some(text) => self.open_entity(name, false, text, raw.len())?,
                None if self.options.reads_external => {
                    let context = Some(self.context(name));
                    self.tell(Event::ExternalReference { context, external: entity.external.into() }, raw);
                }
                None if self.options.tells_unread => self.tell(skipped, raw),
                None => self.tell(Event::Other, raw),
            },
        }
        // The bytes of a reference that is replaced are passed when its text has ended.
        Ok(Some(raw.len()))
    }

    /// Text of a section, in which nothing is markup but its end.
    pub(super) fn section(&mut self, text: &[u8], whole: bool) -> Token {
        let last = whole || self.last;
        if text.starts_with(b"]]>") {
            self.tell(Event::EndSection, &text[..3]);
            self.phase = Phase::Content;
            return Ok(Some(3));
        }
        if let Some(token) = self.end_of_line(text, last) {
            return token;
        }
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                b'\n' | b'\r' => break,
                // A bracket may begin the end: text before it is told alone.
                b']' if at > 0 => break,
                b']' if !last && text.len() < 3 && b"]]>".starts_with(text) => break,
                _ => match characters::first(&text[at..]) {
                    Some((character, length)) if characters::is_character(character as u32) => at += length,
                    _ if at == 0 => return Err(Fault::at(Code::INVALID_TOKEN, 0)),
                    _ => break,
                },
            }
        }
        self.run_of_text(text, at)
    }

    pub(super) fn comment(&mut self, text: &[u8]) -> Token {
        let body = text.get(4..).unwrap_or_default();
        let found = find(body, b"--");
        let checked = &body[..found.unwrap_or(body.len())];
        if let Some(offset) = characters::bad_character(checked) {
            return Err(Fault::at(Code::INVALID_TOKEN, 4 + offset));
        }
        let Some(end) = found else { return Ok(None) };
        match body.get(end + 2) {
            None => Ok(None),
            Some(b'>') => {
                let length = 4 + end + 3;
                self.tell(Event::Comment(characters::string_of_lines(&body[..end])), &text[..length]);
                Ok(Some(length))
            }
            Some(_) => Err(Fault::at(Code::INVALID_TOKEN, 4 + end + 2)),
        }
    }

    pub(super) fn instruction(&mut self, text: &[u8]) -> Token {
        let length = name_length(&text[2..]);
        let Some(next) = text.get(2 + length) else { return Ok(None) };
        if length == 0 {
            return Err(Fault::at(Code::INVALID_TOKEN, 2));
        }
        let target = &text[2..2 + length];
        if target.eq_ignore_ascii_case(b"xml") {
            let code = if target == b"xml" { Code::MISPLACED_XML_PI } else { Code::INVALID_TOKEN };
            return Err(Fault::at(code, if code == Code::INVALID_TOKEN { 2 } else { 0 }));
        }
        if !characters::is_space(*next) && *next != b'?' {
            return Err(Fault::at(Code::INVALID_TOKEN, 2 + length));
        }
        let body = &text[2 + length..];
        let found = find(body, b"?>");
        if let Some(offset) = characters::bad_character(&body[..found.unwrap_or(body.len())]) {
            return Err(Fault::at(Code::INVALID_TOKEN, 2 + length + offset));
        }
        let Some(end) = found else { return Ok(None) };
        if *next == b'?' && end != 0 {
            return Err(Fault::at(Code::INVALID_TOKEN, 3 + length));
        }
        let data = &body[space_length(&body[..end])..end];
        let event = Event::Instruction { target: characters::string(target), data: characters::string_of_lines(data) };
        let whole = 2 + length + end + 2;
        self.tell(event, &text[..whole]);
        Ok(Some(whole))
    }

    /// What follows the root: comments, instructions, space.
    pub(super) fn epilog(&mut self, text: &[u8]) -> Token {
        let space = space_length(text);
        if space > 0 {
            self.tell(Event::Other, &text[..space]);
            return Ok(Some(space));
        }
        match text {
            [b'<'] => Ok(None),
            [b'<', b'?', ..] => self.instruction(text),
            [b'<', b'!', ..] => match starts(text, b"<!--") {
                Some(true) => self.comment(text),
                Some(false) => Err(Fault::at(Code::JUNK_AFTER_DOC_ELEMENT, 0)),
                None => Ok(None),
            },
            [b'<', b'/', ..] => Err(Fault::at(Code::JUNK_AFTER_DOC_ELEMENT, 0)),
            [b'<', rest @ ..] if name_length(rest) == 0 => Err(Fault::at(Code::INVALID_TOKEN, 1)),
            [b'&', ..] => Err(Fault::at(Code::INVALID_TOKEN, 0)),
            _ => match characters::first(text) {
                Some((character, _)) if characters::is_character(character as u32) => {
                    Err(Fault::at(Code::JUNK_AFTER_DOC_ELEMENT, 0))
                }
                _ => Err(Fault::at(Code::INVALID_TOKEN, 0)),
            },
        }
    }
}
