//! Prefixes and what they stand for.

use super::{Fault, Parsed, Parser};
use crate::error::Code;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The declarations in force, the innermost last. The default namespace has an empty prefix; no name undoes it.
#[derive(Default, Debug)]
pub(super) struct Bindings(Vec<(String, Option<String>)>);

impl Bindings {
    pub fn find(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        self.0.iter().rev().find(|(known, _)| known == prefix).and_then(|(_, uri)| uri.as_deref())
    }

    pub fn push(&mut self, prefix: &str, uri: Option<String>) {
        self.0.push((prefix.into(), uri));
    }

    pub fn pop(&mut self) -> Option<String> {
        self.0.pop().map(|(prefix, _)| prefix)
    }

    /// The declarations in force as parts of a context.
    pub fn context(&self) -> Vec<String> {
        let mut shown: Vec<String> = Vec::new();
        for (index, (prefix, uri)) in self.0.iter().enumerate() {
            let hidden = self.0[index + 1..].iter().any(|(other, _)| other == prefix);
            if let Some(uri) = uri.as_ref().filter(|_| !hidden) {
                shown.push(format!("{prefix}={uri}"));
            }
        }
        shown
    }

    pub fn restore(&mut self, context: &str) {
        for (prefix, uri) in context.split('\x0c').filter_map(|part| part.split_once('=')) {
            self.push(prefix, Some(uri.into()));
        }
    }
}

impl Parser {
    /// Refuses what may not be declared.
    pub(super) fn check_binding(&self, prefix: &str, uri: &str) -> Parsed<()> {
        let code = match (prefix, uri) {
            ("xmlns", _) => Code::RESERVED_PREFIX_XMLNS,
            ("xml", XML) => return Ok(()),
            ("xml", _) => Code::RESERVED_PREFIX_XML,
            (_, XML | XMLNS) => Code::RESERVED_NAMESPACE_URI,
            ("", _) => return Ok(()),
            (_, "") => Code::UNDECLARING_PREFIX,
            _ => {
                // A separator within a name of a namespace would make names ambiguous.
                let separator = self.options.separator.unwrap_or('\0');
                let unsafe_separator = separator != '\0' && !is_uri_character(separator);
                if unsafe_separator && uri.contains(separator) { Code::SYNTAX } else { return Ok(()) }
            }
        };
        Err(Fault::at(code, 0))
    }

    /// A name as it is told.
    pub(super) fn expanded(&self, name: &str, is_element: bool) -> Parsed<String> {
        let Some(separator) = self.options.separator else { return Ok(name.into()) };
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (prefix, local),
            None if is_element => ("", name),
            None => return Ok(name.into()),
        };
        let Some(uri) = self.bindings.find(prefix) else {
            return if prefix.is_empty() { Ok(name.into()) } else { Err(Fault::at(Code::UNBOUND_PREFIX, 0)) };
        };
        let mut made = uri.to_string();
        let divide = |made: &mut String| {
            if separator != '\0' {
                made.push(separator);
            }
        };
        divide(&mut made);
        made.push_str(local);
        if self.options.shows_prefixes && !prefix.is_empty() && separator != '\0' {
            divide(&mut made);
            made.push_str(prefix);
        }
        Ok(made)
    }
}

fn is_uri_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "%-._~:/?#[]@!$&'()*+,;=".contains(character)
}
