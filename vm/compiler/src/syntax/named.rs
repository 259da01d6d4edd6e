//! Characters in literals by their names (`\N{…}`): the parser's tables have no Tangut ideographs, whose names end in their
//! code points. Such names are parsed as one that the parser knows and that is as long, so that places stay the same; the
//! lowering decodes literals with that character again, from the source.

use super::depth;
use ruff_python_ast as ruff;
use ruff_python_parser::{LexicalErrorType, ParseErrorType, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::TextRange;

/// The name that stands in, of a character that hardly any program has.
const STAND_IN_NAME: &str = "GREEK THREE OBOLS SIGN";
const STAND_IN: char = '\u{1017e}';

/// The character of that name, as CPython knows it.
pub(super) fn character(name: &str) -> Option<char> {
    sidewinder_unicode::names::character(name)
}

/// Whether a literal's value must be read off the source: the parser turns lone surrogates into U+FFFD.
pub(super) fn is_decoded_again(value: &str) -> bool {
    !value.is_ascii() && value.contains(['\u{fffd}', STAND_IN])
}

/// Parses a source text.
pub(super) fn parse(source: &str, options: &ParseOptions) -> Parsed<ruff::Mod> {
    let mut parsed = parse_unchecked(source, options.clone());
    let mut replaced = None;
    loop {
        let names = unknown_names(source, &parsed);
        if names.is_empty() {
            return parsed;
        }
        let text: &mut String = replaced.get_or_insert_with(|| source.to_string());
        for name in names {
            text.replace_range(name.to_std_range(), STAND_IN_NAME);
        }
        let refused = std::mem::replace(&mut parsed, parse_unchecked(text, options.clone()));
        if depth::is_deep(&refused) {
            // As in `parse_plain`.
            std::mem::forget(refused);
        }
    }
}

/// The names that the parser has refused, though they name characters. The parser stops at the first one of a literal.
fn unknown_names(source: &str, parsed: &Parsed<ruff::Mod>) -> Vec<TextRange> {
    let is_name = |range: &TextRange| {
        let name = source.get(range.to_std_range()).unwrap_or_default();
        name.len() == STAND_IN_NAME.len() && character(name).is_some()
    };
    let errors = parsed.errors().iter();
    let names = errors.filter(|error| matches!(error.error, ParseErrorType::Lexical(LexicalErrorType::UnicodeError)));
    names.map(|error| error.location).filter(is_name).collect()
}
