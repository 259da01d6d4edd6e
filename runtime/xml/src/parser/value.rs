//! Values in quotes: of attributes and of entities.

use super::{Fault, Parsed, Parser};
use crate::characters::{self, is_space};
use crate::error::Code;

/// A reference in text: its bytes, and what it names.
pub(super) enum Reference {
    Character(char),
    Entity(String),
}

/// How deep references within entities are followed.
const DEPTH_MAX: usize = 1000;

/// The character that a predefined entity stands for.
pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The reference at the start of text, which has an ampersand there; none if it is not complete.
pub(super) fn reference(text: &[u8]) -> Parsed<Option<(Reference, usize)>> {
    let invalid = |offset| Err(Fault::at(Code::INVALID_TOKEN, offset));
    if text.get(1) == Some(&b'#') {
        let hexadecimal = text.get(2) == Some(&b'x');
        let start = if hexadecimal { 3 } else { 2 };
        let digits = text[start.min(text.len())..]
            .iter()
            .position(|byte| !(if hexadecimal { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() }));
        let Some(count) = digits else { return Ok(None) };
        if count == 0 || text[start + count] != b';' {
            return invalid(start + count);
        }
        let mut point = 0u32;
        for digit in &text[start..start + count] {
            let (base, value) =
                if hexadecimal { (16, (*digit as char).to_digit(16)) } else { (10, (*digit as char).to_digit(10)) };
            point = point.saturating_mul(base).saturating_add(value.unwrap_or(0));
        }
        let character = char::from_u32(point).filter(|_| characters::is_character(point));
        return match character {
            Some(character) => Ok(Some((Reference::Character(character), start + count + 1))),
            None => Err(Fault::at(Code::BAD_CHAR_REF, 0)),
        };
    }
    if text.len() < 2 {
        return Ok(None);
    }
    let length = characters::name_length(&text[1..]);
    if length == 0 {
        return invalid(1);
    }
    match text.get(1 + length) {
        None => Ok(None),
        Some(b';') => {
            let name = characters::string(&text[1..1 + length]);
            let found = predefined(&name).map_or(Reference::Entity(name), Reference::Character);
            Ok(Some((found, length + 2)))
        }
        Some(_) => invalid(1 + length),
    }
}

impl Parser {
    /// The value of an attribute, with references replaced and spaces as its type wants them.
    pub(super) fn attribute_value(&mut self, raw: &[u8], character_data: bool) -> Parsed<String> {
        let mut value = String::with_capacity(raw.len());
        let plain = raw.iter().all(|byte| (0x20..0x80).contains(byte) && !matches!(byte, b'&' | b'<'));
        if plain {
            value.push_str(&characters::string(raw));
        } else {
            self.append_value(raw, &mut value, 0)?;
        }
        if character_data {
            return Ok(value);
        }
        Ok(value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
    }

    fn append_value(&mut self, raw: &[u8], value: &mut String, depth: usize) -> Parsed<()> {
        if depth > DEPTH_MAX {
            return Err(Fault::at(Code::NO_MEMORY, 0));
        }
        let mut at = 0;
        while at < raw.len() {
            match raw[at] {
                b'<' => return Err(Fault::at(Code::INVALID_TOKEN, at)),
                b'&' => {
                    let found = reference(&raw[at..]).map_err(|fault| Fault::at(fault.code, at + fault.offset))?;
                    let Some((found, length)) = found else { return Err(Fault::at(Code::INVALID_TOKEN, at)) };
                    match found {
                        Reference::Character(character) => value.push(character),
                        Reference::Entity(name) => self.append_entity(&name, value, depth, at)?,
                    }
                    at += length;
                }
                byte if is_space(byte) => {
                    // In the text of the document, the end of a line is one character.
                    if byte == b'\r' && raw.get(at + 1) == Some(&b'\n') && depth == 0 {
                        at += 1;
                    }
                    value.push(' ');
                    at += 1;
                }
                _ => match characters::first(&raw[at..]) {
                    Some((character, length)) if characters::is_character(character as u32) => {
                        value.push(character);
                        at += length;
                    }
                    _ => return Err(Fault::at(Code::INVALID_TOKEN, at)),
                },
            }
        }
        Ok(())
    }

    fn append_entity(&mut self, name: &str, value: &mut String, depth: usize, at: usize) -> Parsed<()> {
        let fail = |code| Err(Fault::at(code, at));
        let text = {
            let mut dtd = self.dtd.borrow_mut();
            let certain = !dtd.has_references || dtd.standalone;
            let Some(entity) = dtd.general.get_mut(name) else {
                return if certain { Err(Fault::at(Code::UNDEFINED_ENTITY, Fault::START)) } else { Ok(()) };
            };
            if certain && !entity.internal {
                return Err(Fault::at(Code::ENTITY_DECLARED_IN_PE, Fault::START));
            }
            if entity.open {
                return fail(Code::RECURSIVE_ENTITY_REF);
            }
            if entity.notation.is_some() {
                return fail(Code::BINARY_ENTITY_REF);
            }
            let Some(text) = entity.text.clone() else { return fail(Code::ATTRIBUTE_EXTERNAL_ENTITY_REF) };
            entity.open = true;
            text
        };
        let done = self.count_indirect(text.len()).and_then(|()| self.append_value(&text, value, depth + 1));
        if let Some(entity) = self.dtd.borrow_mut().general.get_mut(name) {
            entity.open = false;
        }
        // What is wrong in the text of an entity has no place in the document.
        done.map_err(|fault| Fault::at(fault.code, Fault::START))
    }

    /// The text of an entity: references to characters, and to parameter entities where those may stand, are replaced.
    pub(super) fn entity_value(&mut self, raw: &[u8], depth: usize) -> Parsed<Vec<u8>> {
        if depth > DEPTH_MAX {
            return Err(Fault::at(Code::NO_MEMORY, 0));
        }
        let mut value = Vec::with_capacity(raw.len());
        let mut at = 0;
        while at < raw.len() {
            match raw[at] {
                b'&' => {
                    let found = reference(&raw[at..]).map_err(|fault| Fault::at(fault.code, at + fault.offset))?;
                    let Some((found, length)) = found else { return Err(Fault::at(Code::INVALID_TOKEN, at)) };
                    match found {
                        Reference::Character(character) if raw[at + 1] == b'#' => {
                            value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        _ => value.extend_from_slice(&raw[at..at + length]),
                    }
                    at += length;
                }
                b'%' => {
                    let length = characters::name_length(&raw[at + 1..]);
                    if length == 0 || raw.get(at + 1 + length) != Some(&b';') {
                        return Err(Fault::at(Code::INVALID_TOKEN, at));
                    }
                    if !self.is_in_external_subset() {
                        return Err(Fault::at(Code::PARAM_ENTITY_REF, at));
                    }
                    let name = characters::string(&raw[at + 1..at + 1 + length]);
                    let text = self.enter_parameter(&name, at)?;
                    if let Some(text) = text {
                        let part = self.count_indirect(text.len()).and_then(|()| self.entity_value(&text, depth + 1));
                        self.leave_parameter(&name);
                        value.extend(part.map_err(|fault| Fault::at(fault.code, at))?);
                    }
                    at += length + 2;
                }
                b'\r' => {
                    if raw.get(at + 1) == Some(&b'\n') {
                        at += 1;
                    }
                    value.push(b'\n');
                    at += 1;
                }
                _ => match characters::first(&raw[at..]) {
                    Some((character, length)) if characters::is_character(character as u32) => {
                        value.extend_from_slice(&raw[at..at + length]);
                        at += length;
                    }
                    _ => return Err(Fault::at(Code::INVALID_TOKEN, at)),
                },
            }
        }
        Ok(value)
    }

    /// The text of a parameter entity, which is open from here on; none if it is not known.
    pub(super) fn enter_parameter(&mut self, name: &str, at: usize) -> Parsed<Option<std::rc::Rc<[u8]>>> {
        let mut dtd = self.dtd.borrow_mut();
        let Some(entity) = dtd.parameter.get_mut(name) else {
            dtd.has_references = true;
            dtd.keeps = dtd.standalone;
            return Ok(None);
        };
        if entity.open {
            return Err(Fault::at(Code::RECURSIVE_ENTITY_REF, at));
        }
        let text = entity.text.clone();
        entity.open = text.is_some();
        Ok(text)
    }

    pub(super) fn leave_parameter(&mut self, name: &str) {
        if let Some(entity) = self.dtd.borrow_mut().parameter.get_mut(name) {
            entity.open = false;
        }
    }

    /// Whether references to parameter entities may stand within declarations.
    pub(super) fn is_in_external_subset(&self) -> bool {
        self.phase == super::Phase::External || self.entities.iter().any(|entity| entity.parameter)
    }
}
