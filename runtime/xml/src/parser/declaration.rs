//! Declarations in a document type: of entities, attributes, elements and notations.

use super::content::starts;
use super::{Fault, Parsed, Parser, Phase, Token};
use crate::characters::{self, find, is_space, name_length, space_length, token_length};
use crate::dtd::{AttributeDeclaration, Entity};
use crate::error::Code;
use crate::event::{Declared, Event, External, Model, Particle};
use std::rc::Rc;

const EMPTY: u8 = 1;
const ANY: u8 = 2;
const MIXED: u8 = 3;
const NAME: u8 = 4;
const CHOICE: u8 = 5;
const SEQUENCE: u8 = 6;

/// A declaration that is read word by word.
pub(super) struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Words<'a> {
    pub fn new(text: &'a [u8], at: usize) -> Words<'a> {
        Words { text, at }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    /// The error for a word in a wrong place; a character that no word has is worse.
    pub fn syntax(&self) -> Fault {
        misplaced(self.rest(), self.at)
    }

    pub fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub fn skip_space(&mut self) -> usize {
        let length = space_length(self.rest());
        self.at += length;
        length
    }

    pub fn need_space(&mut self) -> Parsed<()> {
        if self.skip_space() == 0 && !self.is_at_end() { Err(Fault::at(Code::INVALID_TOKEN, self.at)) } else { Ok(()) }
    }

    pub fn name(&mut self) -> Parsed<String> {
        let length = name_length(self.rest());
        if length == 0 {
            return Err(self.syntax());
        }
        let name = characters::string(&self.rest()[..length]);
        self.at += length;
        Ok(name)
    }

    fn token(&mut self) -> Parsed<String> {
        let length = token_length(self.rest());
        if length == 0 {
            return Err(self.syntax());
        }
        let name = characters::string(&self.rest()[..length]);
        self.at += length;
        Ok(name)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.rest().first() == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// What stands in quotes, and where.
    fn quoted(&mut self) -> Parsed<(&'a [u8], usize)> {
        let Some(quote @ (b'"' | b'\'')) = self.rest().first().copied() else { return Err(self.syntax()) };
        let start = self.at + 1;
        match self.text[start..].iter().position(|byte| *byte == quote) {
            Some(length) => {
                self.at = start + length + 1;
                Ok((&self.text[start..start + length], start))
            }
            None => Err(Fault::at(Code::UNCLOSED_TOKEN, self.at)),
        }
    }

    /// Identifiers of something external. A notation may have a public one alone.
    pub fn external(&mut self, base: Option<String>, public_alone: bool) -> Parsed<External> {
        let mut external = External { base, ..External::default() };
        if self.take_word("PUBLIC") {
            self.need_space()?;
            let (public, at) = self.quoted()?;
            if let Some(offset) = public.iter().position(|byte| !is_public_character(*byte)) {
                return Err(Fault::at(Code::PUBLICID, at + offset));
            }
            let words: Vec<String> =
                public.split(|byte| is_space(*byte)).filter(|word| !word.is_empty()).map(characters::string).collect();
            external.public = Some(words.join(" "));
            let space = self.skip_space();
            if public_alone && !matches!(self.rest().first(), Some(b'"' | b'\'')) {
                return Ok(external);
            }
            if space == 0 {
                return Err(self.syntax());
            }
        } else if self.take_word("SYSTEM") {
            self.need_space()?;
        } else {
            return Err(self.syntax());
        }
        external.system = Some(characters::string(self.quoted()?.0));
        Ok(external)
    }
}

/// How long the word is that begins a declaration.
pub(super) fn keyword(text: &[u8]) -> Parsed<usize> {
    let length = text[2..].iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len() - 2);
    match text.get(2 + length) {
        Some(byte) if length == 0 || !is_space(*byte) && *byte != b'%' => {
            Err(Fault::at(Code::INVALID_TOKEN, 2 + length))
        }
        _ => Ok(length),
    }
}

/// The error for text that does not belong into a document type, or before the root.
pub(super) fn misplaced(text: &[u8], at: usize) -> Fault {
    let length = token_length(text);
    if length > 0 {
        // A name ends before space or punctuation; anything else is no part of it.
        let good = text.get(length).is_none_or(|byte| is_space(*byte) || b">),|[%?*+".contains(byte));
        return if good { Fault::at(Code::SYNTAX, at) } else { Fault::at(Code::INVALID_TOKEN, at + length) };
    }
    let known = text.first().is_none_or(|byte| b"\"'()[]|,<>#%*+?".contains(byte));
    Fault::at(if known { Code::SYNTAX } else { Code::INVALID_TOKEN }, at)
}

fn is_public_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" \r\n-'()+,./:=?;!*#@$_%".contains(&byte)
}

/// Where a declaration ends, quotes considered.
fn end_of_declaration(text: &[u8]) -> Option<usize> {
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

impl Parser {
    /// A token of a document type.
    pub(super) fn subset(&mut self, text: &[u8], whole: bool) -> Token {
        let external = self.phase == Phase::External;
        if external
            && self.at == 0
            && self.entities.is_empty()
            && text.starts_with(b"<?xml")
            && text.get(5).is_some_and(|byte| is_space(*byte))
        {
            let Some(end) = find(text, b"?>") else { return Ok(None) };
            self.declaration(text, end, true)?;
            return Ok(Some(end + 2));
        }
        let space = space_length(text);
        if space > 0 {
            self.tell(Event::Other, &text[..space]);
            return Ok(Some(space));
        }
        match text {
            [b']', ..] if external => {
                if text.starts_with(b"]]>") && self.conditions > 0 {
                    self.conditions -= 1;
                    self.tell(Event::Other, &text[..3]);
                    return Ok(Some(3));
                }
                if text.len() < 3 && !whole { Ok(None) } else { Err(Fault::at(Code::SYNTAX, 0)) }
            }
            [b']', rest @ ..] => {
                let space = space_length(rest);
                match rest.get(space) {
                    None => Ok(None),
                    Some(b'>') if self.entities.is_empty() => {
                        self.end_type(&text[..space + 2]);
                        Ok(Some(space + 2))
                    }
                    Some(_) => Err(Fault::at(Code::SYNTAX, 1 + space)),
                }
            }
            [b'%', rest @ ..] => {
                let length = name_length(rest);
                match rest.get(length) {
                    None => Ok(None),
                    Some(b';') if length > 0 => self.parameter_reference(text, length),
                    Some(_) => Err(Fault::at(Code::INVALID_TOKEN, 1 + length)),
                }
            }
            [b'<'] => Ok(None),
            [b'<', b'?', ..] => self.instruction(text),
            [b'<', b'!', b'[', ..] if external => self.conditional(text),
            [b'<', b'!', ..] => match starts(text, b"<!--") {
                Some(true) => self.comment(text),
                None => Ok(None),
                Some(false) => self.declared(text),
            },
            [b'<', rest @ ..] if name_length(rest) > 0 => Err(Fault::at(Code::SYNTAX, 0)),
            [b'<', ..] => Err(Fault::at(Code::INVALID_TOKEN, 1)),
            _ => Err(Words::new(text, 0).syntax()),
        }
    }

    /// A section that is read or passed over.
    fn conditional(&mut self, text: &[u8]) -> Token {
        let Some(open) = text.iter().skip(3).position(|byte| *byte == b'[').map(|place| place + 3) else {
            return Ok(None);
        };
        let word = self.with_parameters(&text[3..open])?;
        let word = characters::string(&word);
        match word.trim() {
            "INCLUDE" => {
                self.conditions += 1;
                self.tell(Event::Other, &text[..=open]);
                Ok(Some(open + 1))
            }
            "IGNORE" => {
                let (mut at, mut depth) = (open + 1, 1);
                while depth > 0 {
                    let rest = &text[at..];
                    let step = rest.iter().position(|byte| matches!(byte, b'<' | b']'));
                    let Some(step) = step else { return Ok(None) };
                    at += step;
                    if text[at..].starts_with(b"<![") {
                        (depth, at) = (depth + 1, at + 3);
                    } else if text[at..].starts_with(b"]]>") {
                        (depth, at) = (depth - 1, at + 3);
                    } else {
                        at += 1;
                    }
                }
                self.tell(Event::Other, &text[..at]);
                Ok(Some(at))
            }
            _ => Err(Fault::at(Code::SYNTAX, 3)),
        }
    }

    fn parameter_reference(&mut self, text: &[u8], length: usize) -> Token {
        let (name, whole) = (characters::string(&text[1..1 + length]), length + 2);
        let raw = &text[..whole];
        let standalone = self.dtd.borrow().standalone;
        self.dtd.borrow_mut().has_references = true;
        let wanted = match self.options.parameter_parsing {
            0 => false,
            1 => !standalone,
            _ => true,
        };
        if wanted {
            let entity = self.dtd.borrow().parameter.get(&name).cloned();
            match entity {
                None => {
                    self.dtd.borrow_mut().keeps = standalone;
                    self.tell(Event::Skipped { name, parameter: true }, raw);
                    return Ok(Some(whole));
                }
                Some(entity) if entity.open => return Err(Fault::at(Code::RECURSIVE_ENTITY_REF, 0)),
                Some(Entity { text: Some(inner), .. }) => {
                    self.open_entity(&name, true, inner, whole)?;
                    return Ok(Some(whole));
                }
                Some(entity) if self.options.reads_external => {
                    self.tell(Event::ExternalReference { context: None, external: entity.external.into() }, raw);
                }
                Some(_) => {
                    self.dtd.borrow_mut().keeps = standalone;
                    self.tell(Event::Other, raw);
                    return Ok(Some(whole));
                }
            }
        } else {
            self.dtd.borrow_mut().keeps = standalone;
            self.tell(Event::Other, raw);
        }
        if self.options.asks_standalone && !standalone {
            self.tell_more(Event::NotStandalone);
        }
        Ok(Some(whole))
    }

    /// A declaration in which references to parameter entities outside of quotes are replaced.
    fn with_parameters(&mut self, text: &[u8]) -> Parsed<Vec<u8>> {
        let mut made = text.to_vec();
        let mut rounds = 0;
        loop {
            let mut quote = None;
            let place = made.iter().enumerate().find_map(|(index, byte)| {
                match (quote, byte) {
                    (None, b'%') if name_length(&made[index + 1..]) > 0 => return Some(index),
                    (None, b'"' | b'\'') => quote = Some(*byte),
                    (Some(open), _) if open == *byte => quote = None,
                    _ => {}
                }
                None
            });
            let Some(place) = place else { return Ok(made) };
            let length = name_length(&made[place + 1..]);
            if made.get(place + 1 + length) != Some(&b';') {
                return Err(Fault::at(Code::INVALID_TOKEN, place));
            }
            if !self.is_in_external_subset() {
                return Err(Fault::at(Code::PARAM_ENTITY_REF, place));
            }
            let name = characters::string(&made[place + 1..place + 1 + length]);
            let inner = self.enter_parameter(&name, place)?;
            self.leave_parameter(&name);
            let inner = inner.unwrap_or_default();
            self.count_indirect(inner.len())?;
            rounds += 1;
            if rounds > 10_000 {
                return Err(Fault::at(Code::RECURSIVE_ENTITY_REF, place));
            }
            let replaced = [b" ", &inner[..], b" "].concat();
            made.splice(place..place + length + 2, replaced);
        }
    }

    fn declared(&mut self, text: &[u8]) -> Token {
        let Some(end) = end_of_declaration(text) else { return Ok(None) };
        let length = keyword(text)?;
        let raw = text[..=end].to_vec();
        let body = if text[..end].contains(&b'%') && self.is_in_external_subset() {
            let is_entity = text.starts_with(b"<!ENTITY");
            if is_entity { text[..end].to_vec() } else { self.with_parameters(&text[..end])? }
        } else {
            text[..end].to_vec()
        };
        let mut words = Words::new(&body, 2 + length);
        let queued = self.queue.len();
        match &text[2..2 + length] {
            b"ENTITY" => self.entity(&mut words)?,
            b"ATTLIST" => self.attribute_list(&mut words)?,
            b"ELEMENT" => self.element(&mut words)?,
            b"NOTATION" => self.notation(&mut words)?,
            _ => return Err(Fault::at(Code::SYNTAX, 0)),
        }
        words.skip_space();
        if !words.is_at_end() {
            return Err(words.syntax());
        }
        // The markup belongs to the first event that it gives.
        if self.options.wants_raw {
            match self.queue.get_mut(queued) {
                Some(told) => told.raw = Some(characters::string(&raw)),
                None => self.tell(Event::Other, &raw),
            }
        }
        Ok(Some(end + 1))
    }

    fn entity(&mut self, words: &mut Words<'_>) -> Parsed<()> {
        words.need_space()?;
        let parameter = words.take(b'%');
        if parameter {
            words.need_space()?;
        }
        let name = words.name()?;
        words.need_space()?;
        let internal = self.entities.is_empty() && self.phase == Phase::Subset;
        let mut entity = Entity { internal, ..Entity::default() };
        if matches!(words.rest().first(), Some(b'"' | b'\'')) {
            let (raw, at) = words.quoted()?;
            let value = self.entity_value(raw, 0).map_err(|fault| Fault::at(fault.code, at + fault.offset))?;
            entity.text = Some(Rc::from(value));
        } else {
            entity.external = words.external(self.options.base.clone(), false)?;
            let space = words.skip_space();
            if space > 0 && !parameter && words.take_word("NDATA") {
                words.need_space()?;
                entity.notation = Some(words.name()?);
            }
        }
        {
            let mut dtd = self.dtd.borrow_mut();
            if !dtd.keeps {
                return Ok(());
            }
            let known = if parameter { &mut dtd.parameter } else { &mut dtd.general };
            // The first declaration counts; predefined entities are what they are.
            if known.contains_key(&name) || !parameter && super::value::predefined(&name).is_some() {
                return Ok(());
            }
            known.insert(name.clone(), entity.clone());
        }
        let Entity { text, external, notation, .. } = entity;
        match notation {
            Some(notation) => self.tell_more(Event::UnparsedEntity { name, external: external.into(), notation }),
            None => {
                let value = text.map(|text| characters::string(&text));
                let external =
                    if value.is_some() { External { base: self.options.base.clone(), ..external } } else { external };
                self.tell_more(Event::Entity { name, parameter, value, external: external.into(), notation: None });
            }
        }
        Ok(())
    }

    fn notation(&mut self, words: &mut Words<'_>) -> Parsed<()> {
        words.need_space()?;
        let name = words.name()?;
        words.need_space()?;
        let external = words.external(self.options.base.clone(), true)?;
        self.tell_more(Event::Notation { name, external: external.into() });
        Ok(())
    }

    fn attribute_list(&mut self, words: &mut Words<'_>) -> Parsed<()> {
        words.need_space()?;
        let element = words.name()?;
        loop {
            let space = words.skip_space();
            if words.is_at_end() {
                return Ok(());
            }
            if space == 0 {
                return Err(words.syntax());
            }
            let name = words.name()?;
            words.need_space()?;
            let kind = attribute_type(words)?;
            words.need_space()?;
            let (mut default, mut required) = (None, false);
            let character_data = kind == "CDATA";
            if words.take_word("#REQUIRED") {
                required = true;
            } else if words.take_word("#IMPLIED") {
            } else {
                if words.take_word("#FIXED") {
                    required = true;
                    words.need_space()?;
                }
                let (raw, at) = words.quoted()?;
                let value = self.attribute_value(raw, character_data);
                default = Some(value.map_err(|fault| fault.within(at, at.saturating_sub(1)))?);
            }
            let keeps = {
                let mut dtd = self.dtd.borrow_mut();
                if dtd.keeps {
                    let list = dtd.attributes.entry(element.clone()).or_default();
                    if list.iter().all(|known| known.name != name) {
                        list.push(AttributeDeclaration {
                            name: name.clone(),
                            character_data,
                            default: default.clone(),
                        });
                    }
                }
                dtd.keeps
            };
            if keeps {
                let declared = Box::new(Declared { kind, default, required });
                self.tell_more(Event::Attribute { element: element.clone(), name, declared });
            }
        }
    }

    fn element(&mut self, words: &mut Words<'_>) -> Parsed<()> {
        words.need_space()?;
        let name = words.name()?;
        words.need_space()?;
        let model = if words.take_word("EMPTY") {
            vec![Particle { kind: EMPTY, quantifier: 0, name: None, children: Vec::new() }]
        } else if words.take_word("ANY") {
            vec![Particle { kind: ANY, quantifier: 0, name: None, children: Vec::new() }]
        } else if words.take(b'(') {
            words.skip_space();
            if words.take_word("#PCDATA") { mixed(words)? } else { group(words)? }
        } else {
            return Err(words.syntax());
        };
        self.tell_more(Event::Element { name, model });
        Ok(())
    }
}

/// The type of an attribute; spaces in lists are left away.
fn attribute_type(words: &mut Words<'_>) -> Parsed<String> {
    const TYPES: [&str; 8] = ["CDATA", "IDREFS", "IDREF", "ID", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"];
    if let Some(known) = TYPES.iter().find(|known| words.rest().starts_with(known.as_bytes())) {
        words.at += known.len();
        return Ok((*known).into());
    }
    let mut kind = String::new();
    if words.take_word("NOTATION") {
        words.need_space()?;
        kind.push_str("NOTATION");
    }
    if !words.take(b'(') {
        return Err(words.syntax());
    }
    kind.push('(');
    loop {
        words.skip_space();
        kind.push_str(&words.token()?);
        words.skip_space();
        if words.take(b')') {
            kind.push(')');
            return Ok(kind);
        }
        if !words.take(b'|') {
            return Err(words.syntax());
        }
        kind.push('|');
    }
}

fn quantifier(words: &mut Words<'_>) -> u8 {
    match words.rest().first() {
        Some(b'?') => words.at += 1,
        Some(b'*') => words.at += 1,
        Some(b'+') => words.at += 1,
        _ => return 0,
    }
    match words.text[words.at - 1] {
        b'?' => 1,
        b'*' => 2,
        _ => 3,
    }
}

/// Text and elements in any order: what follows `(#PCDATA`.
fn mixed(words: &mut Words<'_>) -> Parsed<Model> {
    let mut model = vec![Particle { kind: MIXED, quantifier: 0, name: None, children: Vec::new() }];
    loop {
        words.skip_space();
        if words.take(b')') {
            break;
        }
        if !words.take(b'|') {
            return Err(words.syntax());
        }
        words.skip_space();
        let name = Some(words.name()?);
        let place = model.len();
        model[0].children.push(place);
        model.push(Particle { kind: NAME, quantifier: 0, name, children: Vec::new() });
    }
    let starred = words.take(b'*');
    if !starred && model.len() > 1 {
        return Err(words.syntax());
    }
    model[0].quantifier = if starred { 2 } else { 0 };
    Ok(model)
}

/// A group of elements in order, or of which there is one: what follows the parenthesis.
fn group(words: &mut Words<'_>) -> Parsed<Model> {
    let whole = Particle { kind: SEQUENCE, quantifier: 0, name: None, children: Vec::new() };
    let mut model = vec![whole.clone()];
    // Groups that are open, by their places.
    let mut open = vec![(0, 0u8)];
    loop {
        words.skip_space();
        let place = model.len();
        if let Some((outer, _)) = open.last() {
            let outer: usize = *outer;
            model[outer].children.push(place);
        }
        if words.take(b'(') {
            model.push(whole.clone());
            open.push((place, 0));
            continue;
        }
        let name = Some(words.name()?);
        model.push(Particle { kind: NAME, quantifier: quantifier(words), name, children: Vec::new() });
        // Groups end, or one goes on.
        loop {
            words.skip_space();
            let Some((group, separator)) = open.last_mut() else { return Ok(model) };
            if words.take(b')') {
                model[*group].kind = if *separator == b'|' { CHOICE } else { SEQUENCE };
                model[*group].quantifier = quantifier(words);
                open.pop();
                if open.is_empty() {
                    return Ok(model);
                }
                continue;
            }
            let Some(next @ (b'|' | b',')) = words.rest().first().copied() else { return Err(words.syntax()) };
            if *separator != 0 && *separator != next {
                return Err(words.syntax());
            }
            *separator = next;
            words.at += 1;
            break;
        }
    }
}
