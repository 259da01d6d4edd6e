//! What is wrong in a replacement field of an f-string: CPython's rules named `invalid_fstring_…` and `invalid_tstring_…`.

use super::diagnosis::Diagnosis;
use super::tokenizer::{Field, Token};
use crate::error::Failure;
use ruff_python_parser::{ParseOptions, parse_unchecked};
use ruff_text_size::{TextRange, TextSize};
use std::ops::Range;

/// So many tokens of an expression are looked at.
const TOKENS_MAX: usize = 200;

pub(super) fn text_range(range: &Range<usize>) -> TextRange {
    TextRange::new(TextSize::new(range.start as u32), TextSize::new(range.end as u32))
}

impl Diagnosis<'_> {
    pub(super) fn token(&self, token: &Token) -> &str {
        &self.source[token.range.clone()]
    }

    /// The tokens from a place on.
    pub(super) fn tokens_from(&self, place: TextSize) -> &[Token] {
        let first = self.tokens.tokens.partition_point(|token| token.range.start < place.to_usize());
        &self.tokens.tokens[first..]
    }

    /// The text of the token that is so many behind a place.
    pub(super) fn token_text(&self, place: TextSize, distance: usize) -> &str {
        self.tokens_from(place).get(distance).map_or("", |token| self.token(token))
    }

    /// Where the longest expression without commas ends that starts at a place.
    pub(super) fn expression_end(&self, place: TextSize) -> Option<TextSize> {
        let tokens = self.tokens_from(place);
        let mut depth = 0usize;
        let comma = tokens.iter().position(|token| {
            match self.token(token) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && self.token(token) == ","
        });
        let tokens = &tokens[..comma.unwrap_or(tokens.len())];
        let count = self.longest_expression(tokens);
        let last = tokens[..count].last()?;
        Some(TextSize::new(last.range.end as u32))
    }

    /// Where the shortest operand ends that starts at a place.
    pub(super) fn operand_end(&self, place: TextSize) -> Option<TextSize> {
        let tokens = self.tokens_from(place);
        let whole = |count: usize| {
            let goes_on = tokens.get(count).is_some_and(|next| matches!(self.token(next), "(" | "[" | "." | "**"));
            !goes_on && self.longest_expression(&tokens[..count]) == count
        };
        let count = (1..=tokens.len().min(TOKENS_MAX)).find(|&count| whole(count))?;
        Some(TextSize::new(tokens[count - 1].range.end as u32))
    }

    /// The range from the start of one on, to the end of the expression at a place.
    pub(super) fn through(&self, range: TextRange, place: TextSize) -> TextRange {
        let end = self.expression_end(place).unwrap_or(range.end());
        TextRange::new(range.start(), end.max(range.start()))
    }

    /// Where `as name` ends if that follows the place, or else the place.
    pub(super) fn end_with_alias(&self, place: TextSize) -> TextSize {
        let tokens = self.tokens_from(place);
        match tokens.get(..2) {
            Some([word, name]) if self.token(word) == "as" => TextSize::new(name.range.end as u32),
            _ => place,
        }
    }

    /// With how many of the tokens the longest expression ends that they begin with.
    pub(super) fn longest_expression(&self, tokens: &[Token]) -> usize {
        let mut depth = 0usize;
        let mut text = String::from("return ");
        let mut ends = Vec::new();
        for (index, token) in tokens.iter().take(TOKENS_MAX).enumerate() {
            let own = self.token(token);
            match own {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" | ";" if depth == 0 => break,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            text.push_str(own);
            text.push(' ');
            if depth == 0 {
                ends.push((index + 1, text.len()));
            }
        }
        let is_yield = tokens.first().is_some_and(|token| self.token(token) == "yield");
        let parses = |text: &str| {
            let text = if is_yield { format!("({})", &text["return ".len()..]) } else { text.to_string() };
            let parsed = parse_unchecked(&text, ParseOptions::from(ruff_python_parser::Mode::Module));
            !parsed.has_syntax_errors()
        };
        ends.into_iter().rev().find(|(_, end)| parses(&text[..*end])).map_or(0, |(count, _)| count)
    }

    /// The innermost field around a place.
    fn field_at(&self, place: usize) -> Option<&Field> {
        self.tokens.fields.iter().rev().find(|field| field.range.start < place && place < field.range.end)
    }

    /// The problem of the field that an error lies in, unless something better than "invalid syntax" is known of it.
    pub(super) fn field_failure(&self, place: TextSize, known: &Failure) -> Option<Box<Failure>> {
        let is_known = known.message != "invalid syntax"
            && !known.message.contains("-string")
            && !known.message.contains("dictionary key");
        if is_known {
            return None;
        }
        let field = self.field_at(place.to_usize())?;
        let inside = |token: &&Token| {
            token.level == field.level && field.range.start < token.range.start && token.range.end <= field.range.end
        };
        let tokens: Vec<Token> = self.tokens.tokens.iter().filter(inside).cloned().collect();
        let kind = field.kind;
        let at = |index: usize| tokens.get(index).map_or("", |token| self.token(token));
        let fail = |index: usize, message: String| {
            let range = text_range(&tokens.get(index)?.range);
            Some(self.syntax(format!("{kind}: {message}"), range))
        };
        if matches!(at(0), "=" | "!" | ":" | "}") {
            return fail(0, format!("valid expression required before '{}'", at(0)));
        }
        let lambda = tokens.iter().position(|token| self.token(token) == "lambda");
        let colon = tokens.iter().position(|token| self.token(token) == ":");
        if let (Some(lambda), Some(colon)) = (lambda, colon)
            && tokens[..colon].iter().all(|token| self.token(token) != "(")
            && lambda < colon
            && (lambda == 0 || matches!(at(lambda - 1), "," | "else" | "yield" | "from"))
        {
            let range = text_range(&(tokens[lambda].range.start..tokens[colon].range.end));
            let message = format!("{kind}: lambda expressions are not allowed without parentheses");
            return Some(self.syntax(message, range));
        }
        let mut next = self.longest_expression(&tokens);
        if next == 0 {
            return fail(0, "expecting a valid expression after '{'".to_string());
        }
        if !matches!(at(next), "=" | "!" | ":" | "}") {
            let is_string = at(next).ends_with(['"', '\'']);
            // What comes before the place of the error has been accepted.
            if tokens.get(next).is_some_and(|token| token.range.start >= self.tokens.stopped) {
                return None;
            }
            if !is_string && self.longest_expression(&tokens[next..]) > 0 {
                let range = text_range(&(tokens[0].range.start..tokens[next].range.end));
                return Some(self.syntax("invalid syntax. Perhaps you forgot a comma?", range));
            }
            return fail(next, "expecting '=', or '!', or ':', or '}'".to_string());
        }
        if at(next) == "=" {
            next += 1;
            if !matches!(at(next), "!" | ":" | "}") {
                return fail(next, "expecting '!', or ':', or '}'".to_string());
            }
        }
        if at(next) == "!" {
            let letter = tokens.get(next + 1)?;
            let is_name = self.token(letter).starts_with(|first: char| first.is_alphabetic() || first == '_');
            if matches!(at(next + 1), ":" | "}") {
                return fail(next + 1, "missing conversion character".to_string());
            }
            if is_name && known.message.contains("invalid conversion character '") {
                return None;
            }
            if !is_name {
                return fail(next + 1, "invalid conversion character".to_string());
            }
            if letter.range.start != tokens[next].range.end {
                let range = text_range(&(tokens[next].range.start..letter.range.end));
                let message = "conversion type must come right after the exclamation mark";
                return Some(self.syntax(format!("{kind}: {message}"), range));
            }
            next += 2;
            if !matches!(at(next), ":" | "}") {
                return fail(next, "expecting ':' or '}'".to_string());
            }
        }
        let last = tokens.len() - 1;
        if at(next) == ":" && last > next && at(last) != "}" {
            return fail(last, "expecting '}', or format specs".to_string());
        }
        None
    }
}
