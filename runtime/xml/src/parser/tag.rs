//! Tags: names, attributes, namespaces.

use super::{Fault, OpenElement, Parsed, Parser, Phase, Token};
use crate::characters::{self, name_length, space_length};
use crate::error::Code;
use crate::event::Event;

/// Attributes as they are told, how many of them are not defaults, how many namespaces are declared, the name.
type WithDefaults = (Vec<(String, String)>, usize, usize, String);

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
        let raw_name = &text[1..1 + name_bytes];
        self.check_colons(raw_name, 1)?;
        let mut at = 1 + name_bytes;
        let mut found = Vec::new();
        let (end, empty) = loop {
            let space = space_length(&text[at..]);
            let after = at + space;
            match text.get(after) {
                None => return Ok(None),
                Some(b'>') => break (after, false),
                Some(b'/') => match text.get(after + 1) {
                    None => return Ok(None),
                    Some(b'>') => break (after + 1, true),
                    Some(_) => return Err(Fault::at(Code::INVALID_TOKEN, after + 1)),
                },
                Some(_) if space == 0 => return Err(Fault::at(Code::INVALID_TOKEN, after)),
                Some(_) => {}
            }
            let Some(attribute) = raw_attribute(text, after)? else { return Ok(None) };
            self.check_colons(attribute.name, attribute.name_at)?;
            at = attribute.value_at + attribute.value.len() + 1;
            found.push(attribute);
        };
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

    /// With namespaces, a colon divides two names.
    fn check_colons(&self, name: &[u8], at: usize) -> Parsed<()> {
        if self.options.separator.is_none() {
            return Ok(());
        }
        let mut colons = name.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(index, _)| index);
        match (colons.next(), colons.next()) {
            (None, _) => Ok(()),
            (Some(0), _) => Err(Fault::at(Code::INVALID_TOKEN, at)),
            (_, Some(second)) => Err(Fault::at(Code::INVALID_TOKEN, at + second)),
            (Some(first), None) if name_length(&name[first + 1..]) == 0 => {
                Err(Fault::at(Code::INVALID_TOKEN, at + first + 1))
            }
            _ => Ok(()),
        }
    }

    /// The attributes of a tag with the defaults of its element.
    fn attributes(&mut self, element: &str, found: &[RawAttribute<'_>]) -> Parsed<WithDefaults> {
        let declared = self.dtd.borrow().attributes.get(element).cloned().unwrap_or_default();
        let mut all = Vec::with_capacity(found.len());
        for attribute in found {
            let name = characters::string(attribute.name);
            let declaration = declared.iter().find(|declaration| declaration.name == name);
            let character_data = declaration.is_none_or(|declaration| declaration.character_data);
            let value = self
                .attribute_value(attribute.value, character_data)
                .map_err(|fault| fault.within(attribute.value_at, 0))?;
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

/// An attribute at a place of a tag; none if it is not complete.
fn raw_attribute(text: &[u8], at: usize) -> Parsed<Option<RawAttribute<'_>>> {
    let invalid = |offset| Err(Fault::at(Code::INVALID_TOKEN, offset));
    let length = name_length(&text[at..]);
    if length == 0 {
        return invalid(at);
    }
    let mut place = at + length;
    place += space_length(&text[place..]);
    match text.get(place) {
        None => return Ok(None),
        Some(b'=') => {}
        Some(_) => return invalid(place),
    }
    place += 1;
    place += space_length(&text[place..]);
    let quote = match text.get(place) {
        None => return Ok(None),
        Some(quote @ (b'"' | b'\'')) => *quote,
        Some(_) => return invalid(place),
    };
    let start = place + 1;
    let ended = text[start..].iter().position(|byte| *byte == quote || *byte == b'<');
    let Some(length_of_value) = ended else { return Ok(None) };
    if text[start + length_of_value] == b'<' {
        return invalid(start + length_of_value);
    }
    Ok(Some(RawAttribute {
        name: &text[at..at + length],
        value: &text[start..start + length_of_value],
        name_at: at,
        value_at: start,
    }))
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
