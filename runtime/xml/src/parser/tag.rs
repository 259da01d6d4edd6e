//! Tags: names, attributes, namespaces.

use super::{Fault, OpenElement, Parsed, Parser, Phase, Token};
use crate::characters::{self, is_space, name_length, space_length};
use crate::error::Code;
use crate::event::Event;

/// Where a tag ends, quotes considered; none if it is not complete.
fn end_of_tag(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in text.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

/// An attribute as it stands in a tag.
struct RawAttribute<'a> {
    name: &'a [u8],
    value: &'a [u8],
    /// Where name and value are in the tag.
    name_at: usize,
    value_at: usize,
}

impl Parser {
    pub(super) fn start_tag(&mut self, text: &[u8]) -> Token {
        let name_bytes = name_length(&text[1..]);
        let Some(end) = end_of_tag(text) else {
            // An error before the end is one already.
            return match first_fault(text, name_bytes) {
                Some(offset) => Err(Fault::at(Code::INVALID_TOKEN, offset)),
                None => Ok(None),
            };
        };
        let raw_name = &text[1..1 + name_bytes];
        let mut at = 1 + name_bytes;
        let mut found = Vec::new();
        let mut empty = false;
        loop {
            let space = space_length(&text[at..end]);
            let after = at + space;
            if after == end {
                break;
            }
            if text[after] == b'/' && after + 1 == end {
                empty = true;
                break;
            }
            if space == 0 {
                return Err(Fault::at(Code::INVALID_TOKEN, after));
            }
            let attribute = raw_attribute(&text[..end], after)?;
            at = attribute.value_at + attribute.value.len() + 1;
            found.push(attribute);
        }
        let name = characters::string(raw_name);
        let (attributes, specified, bindings, told_name) = self.attributes(&name, &found)?;
        if self.options.separator.is_none() && attributes.len() > 1 {
            check_duplicates(&found)?;
        }
        let raw = &text[..=end];
        self.tell(Event::StartElement { name: told_name.clone(), attributes, specified }, raw);
        if empty {
            // The end of an empty element is where its tag ends.
            let start = self.position;
            if self.entities.is_empty() {
                self.position = self.position_behind(raw);
            }
            self.tell_more(Event::EndElement { name: told_name });
            self.position = start;
            self.end_bindings(bindings);
            if self.elements.is_empty() && self.entities.is_empty() && !self.is_fragment {
                self.phase = Phase::Epilog;
            }
        } else {
            self.elements.push(OpenElement { raw: raw_name.to_vec(), name: told_name, bindings });
        }
        Ok(Some(end + 1))
    }

    /// Attributes as they are told, how many of them are not defaults, how many namespaces are declared, the name.
    fn attributes(
        &mut self,
        element: &str,
        found: &[RawAttribute<'_>],
    ) -> Parsed<(Vec<(String, String)>, usize, usize, String)> {
        let declared = self.dtd.borrow().attributes.get(element).cloned().unwrap_or_default();
        let mut all = Vec::with_capacity(found.len());
        for attribute in found {
            let name = characters::string(attribute.name);
            let declaration = declared.iter().find(|declaration| declaration.name == name);
            let character_data = declaration.is_none_or(|declaration| declaration.character_data);
            let value = self
                .attribute_value(attribute.value, character_data)
                .map_err(|fault| Fault::at(fault.code, attribute.value_at + fault.offset))?;
            all.push((name, value));
        }
        let mut specified = all.len();
        for declaration in declared {
            if let Some(default) = declaration.default
                && all.iter().all(|(name, _)| *name != declaration.name)
            {
                all.push((declaration.name, default));
            }
        }
        if self.options.separator.is_none() {
            return Ok((all, specified, 0, element.into()));
        }
        // Declarations of namespaces come first: names depend on them.
        let mut bindings = 0;
        let mut plain = Vec::with_capacity(all.len());
        let mut names: Vec<String> = Vec::new();
        for (index, (name, value)) in all.into_iter().enumerate() {
            let prefix = match name.split_once(':') {
                _ if name == "xmlns" => "",
                Some(("xmlns", prefix)) => prefix,
                _ => {
                    plain.push((index, name, value));
                    continue;
                }
            };
            if names.contains(&name) {
                return Err(Fault::at(Code::DUPLICATE_ATTRIBUTE, found.get(index).map_or(0, |raw| raw.name_at)));
            }
            self.check_binding(prefix, &value)?;
            let uri = (!value.is_empty()).then_some(value);
            self.bindings.push(prefix, uri.clone());
            bindings += 1;
            if index < found.len() {
                specified -= 1;
            }
            let prefix = (!prefix.is_empty()).then(|| prefix.to_string());
            names.push(name);
            self.tell_more(Event::StartNamespace { prefix, uri });
        }
        let mut told: Vec<(String, String)> = Vec::with_capacity(plain.len());
        for (index, name, value) in plain {
            let expanded = self.expanded(&name, false)?;
            let place = found.get(index).map_or(0, |raw| raw.name_at);
            if told.iter().any(|(other, _)| *other == expanded) {
                return Err(Fault::at(Code::DUPLICATE_ATTRIBUTE, place));
            }
            told.push((expanded, value));
        }
        let name = self.expanded(element, true)?;
        Ok((told, specified, bindings, name))
    }

    fn end_bindings(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(prefix) = self.bindings.pop() {
                let prefix = (!prefix.is_empty()).then_some(prefix);
                self.tell_more(Event::EndNamespace { prefix });
            }
        }
    }

    pub(super) fn end_tag(&mut self, text: &[u8]) -> Token {
        let length = name_length(&text[2..]);
        if length == 0 {
            return match text.get(2) {
                None => Ok(None),
                Some(_) => Err(Fault::at(Code::INVALID_TOKEN, 2)),
            };
        }
        let after = 2 + length + space_length(&text[2 + length..]);
        match text.get(after) {
            None => return Ok(None),
            Some(b'>') => {}
            Some(_) => return Err(Fault::at(Code::INVALID_TOKEN, after)),
        }
        let floor = self.entities.last().map_or(0, |entity| entity.depth);
        if self.elements.len() <= floor {
            return Err(Fault::at(Code::ASYNC_ENTITY, 0));
        }
        if self.elements.last().is_some_and(|open| open.raw != text[2..2 + length]) {
            return Err(Fault::at(Code::TAG_MISMATCH, 2));
        }
        if let Some(open) = self.elements.pop() {
            self.tell(Event::EndElement { name: open.name }, &text[..=after]);
            self.end_bindings(open.bindings);
        }
        if self.elements.is_empty() && self.entities.is_empty() && !self.is_fragment {
            self.phase = Phase::Epilog;
        }
        Ok(Some(after + 1))
    }
}

/// An attribute at a place of a tag.
fn raw_attribute(text: &[u8], at: usize) -> Parsed<RawAttribute<'_>> {
    let invalid = |offset| Err(Fault::at(Code::INVALID_TOKEN, offset));
    let length = name_length(&text[at..]);
    if length == 0 {
        return invalid(at);
    }
    let mut place = at + length;
    place += space_length(&text[place..]);
    if text.get(place) != Some(&b'=') {
        return invalid(place);
    }
    place += 1;
    place += space_length(&text[place..]);
    let Some(quote @ (b'"' | b'\'')) = text.get(place).copied() else { return invalid(place) };
    let start = place + 1;
    let Some(length_of_value) = text[start..].iter().position(|byte| *byte == quote) else { return invalid(place) };
    Ok(RawAttribute {
        name: &text[at..at + length],
        value: &text[start..start + length_of_value],
        name_at: at,
        value_at: start,
    })
}

fn check_duplicates(found: &[RawAttribute<'_>]) -> Parsed<()> {
    if found.len() > 16 {
        let mut names = std::collections::HashSet::new();
        return match found.iter().find(|attribute| !names.insert(attribute.name)) {
            Some(attribute) => Err(Fault::at(Code::DUPLICATE_ATTRIBUTE, attribute.name_at)),
            None => Ok(()),
        };
    }
    for (index, attribute) in found.iter().enumerate() {
        if found[..index].iter().any(|other| other.name == attribute.name) {
            return Err(Fault::at(Code::DUPLICATE_ATTRIBUTE, attribute.name_at));
        }
    }
    Ok(())
}

/// What is wrong already in a tag that has no end yet.
fn first_fault(text: &[u8], name_bytes: usize) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in text.iter().enumerate().skip(1 + name_bytes) {
        match (quote, byte) {
            (_, b'<') => return Some(index),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), _) if open == *byte => quote = None,
            (_, 0..0x20) if !is_space(*byte) => return Some(index),
            _ => {}
        }
    }
    None
}
