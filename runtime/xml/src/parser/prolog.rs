//! What stands before the root: the declaration of the document, its type, comments, instructions, space.

use super::content::starts;
use super::{Fault, Parsed, Parser, Phase, Token};
use crate::characters::{self, find, is_space, name_length, space_length, token_length};
use crate::encoding::Encoding;
use crate::error::Code;
use crate::event::{Event, External};

impl Parser {
    /// The first token: the declaration, if there is one.
    pub(super) fn start(&mut self, text: &[u8]) -> Token {
        let declared = match text.get(..6) {
            Some(head) => head.starts_with(b"<?xml") && is_space(head[5]),
            None if !self.last && b"<?xml ".starts_with(text) => return Ok(None),
            None => false,
        };
        let next = if self.is_fragment { Phase::Content } else { Phase::Prolog };
        if !declared {
            self.phase = next;
            return Ok(Some(0));
        }
        let Some(end) = find(text, b"?>") else { return Ok(None) };
        self.declaration(text, end, self.is_fragment)?;
        self.phase = next;
        Ok(Some(end + 2))
    }

    /// The declaration of a document, or of an external entity.
    pub(super) fn declaration(&mut self, text: &[u8], end: usize, is_text: bool) -> Parsed<()> {
        let code = if is_text { Code::TEXT_DECL } else { Code::XML_DECL };
        let body = &text[5..end];
        let mut at = 0;
        let mut found: Vec<(&[u8], String, usize)> = Vec::new();
        loop {
            let space = space_length(&body[at..]);
            if at + space == body.len() {
                break;
            }
            if space == 0 {
                return Err(Fault::at(code, 5 + at));
            }
            at += space;
            let name = name_length(&body[at..]);
            let mut place = at + name;
            place += space_length(&body[place..]);
            if name == 0 || body.get(place) != Some(&b'=') {
                return Err(Fault::at(code, 5 + at));
            }
            place += 1;
            place += space_length(&body[place..]);
            let quote = body.get(place).copied().filter(|byte| matches!(byte, b'"' | b'\''));
            let value = quote.and_then(|quote| body[place + 1..].iter().position(|byte| *byte == quote));
            let Some(length) = value else { return Err(Fault::at(code, 5 + place.min(body.len()))) };
            let value = &body[place + 1..place + 1 + length];
            let good = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
            if value.is_empty() || !value.iter().all(good) {
                return Err(Fault::at(code, 5 + place + 1));
            }
            found.push((&body[at..at + name], characters::string(value), 5 + at));
            at = place + 1 + length + 1;
        }
        let (mut version, mut encoding, mut standalone) = (None, None, -1);
        let mut last_rank = 0;
        for (name, value, place) in found {
            let rank = match name {
                b"version" => 1,
                b"encoding" if value.as_bytes()[0].is_ascii_alphabetic() => 2,
                b"standalone" if !is_text && matches!(value.as_str(), "yes" | "no") => 3,
                _ => return Err(Fault::at(code, place)),
            };
            if rank <= last_rank {
                return Err(Fault::at(code, place));
            }
            last_rank = rank;
            match rank {
                1 => version = Some(value),
                2 => encoding = Some(value),
                _ => standalone = i64::from(value == "yes"),
            }
        }
        if if is_text { encoding.is_none() } else { version.is_none() } {
            return Err(Fault::at(code, 5));
        }
        if standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
        }
        let named = encoding.clone();
        self.tell(Event::Declaration { version, encoding, standalone }, &text[..end + 2]);
        if self.forced.is_none()
            && let Some(named) = named
        {
            let current = self.encoding.clone().unwrap_or(Encoding::Utf8);
            match Encoding::named(&named) {
                Some(found) => {
                    current.agrees(&found).map_err(|code| Fault::at(code, 0))?;
                    if !found.is_wide() && found != current {
                        self.next_encoding = Some(found);
                    }
                }
                None => self.unknown = Some(named),
            }
        }
        Ok(())
    }

    pub(super) fn prolog(&mut self, text: &[u8]) -> Token {
        let space = space_length(text);
        if space > 0 {
            self.tell(Event::Other, &text[..space]);
            return Ok(Some(space));
        }
        match text {
            [b'<'] => Ok(None),
            [b'<', b'?', ..] => self.instruction(text),
            // A section, which is a token, but none of these.
            [b'<', b'!', b'[', ..] => Err(Fault::at(Code::SYNTAX, 0)),
            [b'<', b'!', ..] => match (starts(text, b"<!--"), starts(text, b"<!DOCTYPE")) {
                (Some(true), _) => self.comment(text),
                (_, Some(true)) if self.phase == Phase::Prolog => self.document_type(text),
                (None, _) | (_, None) => Ok(None),
                _ => {
                    super::declaration::keyword(text)?;
                    Err(Fault::at(Code::SYNTAX, 0))
                }
            },
            [b'<', rest @ ..] if name_length(rest) > 0 => {
                if self.options.foreign_type && self.phase == Phase::Prolog {
                    self.ask_foreign_type();
                }
                self.phase = Phase::Content;
                Ok(Some(0))
            }
            [b'<', ..] => Err(Fault::at(Code::INVALID_TOKEN, 1)),
            _ if token_length(text) == text.len() && !self.last => Ok(None),
            _ => Err(super::declaration::misplaced(text, 0)),
        }
    }

    fn ask_foreign_type(&mut self) {
        self.options.foreign_type = false;
        self.dtd.borrow_mut().has_references = true;
        if self.options.parameter_parsing != 0 && self.options.reads_external {
            let external = External { base: self.options.base.clone(), ..External::default() };
            self.tell_more(Event::ExternalReference { context: None, external: external.into() });
            if self.options.asks_standalone && !self.dtd.borrow().standalone {
                self.tell_more(Event::NotStandalone);
            }
        }
    }

    /// The head of the document's type, up to its bracket or its end.
    fn document_type(&mut self, text: &[u8]) -> Token {
        let mut quote = None;
        let end = text.iter().enumerate().skip(9).find_map(|(index, byte)| {
            match (quote, byte) {
                (None, b'>' | b'[') => return Some(index),
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), _) if open == *byte => quote = None,
                _ => {}
            }
            None
        });
        let Some(end) = end else { return Ok(None) };
        let mut words = super::declaration::Words::new(&text[..end], 9);
        words.need_space()?;
        let name = words.name()?;
        words.skip_space();
        let mut external = External::default();
        if !words.is_at_end() {
            external = words.external(self.options.base.clone(), false)?;
            words.skip_space();
        }
        if !words.is_at_end() {
            return Err(words.syntax());
        }
        let internal = text[end] == b'[';
        if external.system.is_some() {
            self.dtd.borrow_mut().has_references = true;
            let asked = self.options.parameter_parsing == 0 && self.options.asks_standalone;
            if asked && !self.dtd.borrow().standalone {
                self.tell_more(Event::NotStandalone);
            }
        }
        self.doctype = external.clone();
        let head = if internal { &text[..=end] } else { &text[..end] };
        // It is told where its head ends.
        let start = self.position;
        self.position = self.position_behind(&text[..end]);
        self.tell(Event::StartType { name, external: external.into(), internal }, head);
        self.position = start;
        if internal {
            self.phase = Phase::Subset;
        } else {
            self.end_type(b">");
        }
        Ok(Some(end + 1))
    }

    /// The end of the document's type: now its external part is asked for.
    pub(super) fn end_type(&mut self, raw: &[u8]) {
        self.phase = Phase::AfterType;
        let external = std::mem::take(&mut self.doctype);
        let foreign = std::mem::take(&mut self.options.foreign_type);
        if external.system.is_some() || foreign {
            self.dtd.borrow_mut().has_references = true;
            let standalone = self.dtd.borrow().standalone;
            let wanted = match self.options.parameter_parsing {
                0 => false,
                1 => !standalone,
                _ => true,
            };
            if wanted && self.options.reads_external {
                let external =
                    External { base: self.options.base.clone(), system: external.system, public: external.public };
                self.tell_more(Event::ExternalReference { context: None, external: external.into() });
                if self.options.asks_standalone && !standalone {
                    self.tell_more(Event::NotStandalone);
                }
            }
        }
        self.tell(Event::EndType, raw);
    }
}
