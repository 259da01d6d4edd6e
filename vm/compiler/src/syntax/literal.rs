//! Lowering of numbers, strings and f-strings.

use super::Lowering;
use crate::ast::*;
use crate::error::{Failure, Origin, Outcome};
use ruff_python_ast::{self as ruff, FStringPart, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange};
use sidewinder_bytecode::{Constant, Position};

/// The depth of fields at which CPython gives up.
const FIELDS_MAX: u32 = 3;

pub(super) fn number(number: &ruff::Number) -> Constant {
    match number {
        ruff::Number::Int(int) => match int.as_i64() {
            Some(value) => Constant::Int(value),
            None => Constant::BigInt(decimal_digits(&int.to_string())),
        },
        ruff::Number::Float(value) => Constant::Float(*value),
        ruff::Number::Complex { real, imag } => Constant::Complex(*real, *imag),
    }
}

/// The decimal digits of an integer literal in any base.
fn decimal_digits(literal: &str) -> String {
    let digits: String = literal.chars().filter(|&digit| digit != '_').collect();
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        _ => return digits,
    };
    // Nine decimal digits in each limb, least significant first.
    const LIMB: u64 = 1_000_000_000;
    let mut limbs: Vec<u64> = vec![0];
    for digit in digits.chars() {
        let mut carry = digit.to_digit(radix).unwrap_or(0) as u64;
        for limb in &mut limbs {
            let value = *limb * radix as u64 + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry != 0 {
            limbs.push(carry);
        }
    }
    let mut text = limbs.pop().unwrap_or(0).to_string();
    for limb in limbs.iter().rev() {
        text.push_str(&format!("{limb:09}"));
    }
    text
}

impl Lowering<'_> {
    pub(super) fn string_literal(&mut self, value: &ruff::StringLiteralValue) -> Outcome<Constant> {
        let mut text = StringBuilder::default();
        for part in value {
            self.push_literal(part, &mut text);
        }
        Ok(text.finish())
    }

    /// Appends a literal; those that the parser does not get right are decoded again.
    pub(super) fn push_literal(&mut self, literal: &ruff::StringLiteral, text: &mut StringBuilder) {
        let raw = literal.flags.prefix().is_raw();
        if !raw {
            self.check_escapes(literal.content_range(), false);
        }
        if let Some(constant) = self.given.get(&literal.range.start()) {
            text.push_constant(constant);
        } else if !raw && super::named::is_decoded_again(&literal.value) {
            text.push_escaped(&self.source[literal.content_range().to_std_range()]);
        } else {
            text.push_str(&literal.value);
        }
    }

    pub(super) fn format_string(&mut self, value: &ruff::FStringValue) -> Outcome<ExpressionKind> {
        let mut parts = PartBuilder::default();
        for part in value {
            match part {
                FStringPart::Literal(literal) => {
                    let position = self.position(literal.range());
                    self.push_literal(literal, parts.text_at(position));
                }
                FStringPart::FString(string) => {
                    let raw = string.flags.prefix().is_raw();
                    self.format_elements(&string.elements, raw, &mut parts)?;
                }
            }
        }
        let mut parts = parts.finish();
        if let [FormatPart::Text(..)] = &parts[..]
            && let Some(FormatPart::Text(text, _)) = parts.pop()
        {
            return Ok(ExpressionKind::Constant(text));
        }
        Ok(ExpressionKind::FormatString(parts))
    }

    /// Like an f-string, but the parts stay apart.
    pub(super) fn template_string(&mut self, value: &ruff::TStringValue) -> Outcome<ExpressionKind> {
        let mut parts = PartBuilder::default();
        for string in value {
            self.format_elements(&string.elements, string.flags.prefix().is_raw(), &mut parts)?;
        }
        Ok(ExpressionKind::TemplateString(parts.finish()))
    }

    /// Appends the text between the fields of an f-string.
    pub(super) fn push_element(
        &mut self,
        literal: &ruff::InterpolatedStringLiteralElement,
        raw: bool,
        text: &mut StringBuilder,
    ) {
        if !raw {
            self.check_escapes(literal.range, false);
        }
        if let Some(constant) = self.given.get(&literal.range.start()) {
            text.push_constant(constant);
        } else if !raw && super::named::is_decoded_again(&literal.value) {
            let source = &self.source[literal.range.to_std_range()];
            text.push_escaped(&source.replace("{{", "{").replace("}}", "}"));
        } else {
            text.push_str(&literal.value);
        }
    }

    /// The source of a field's expression with the blanks around it: up to what ends the expression.
    pub(super) fn field_text(&self, field: &ruff::InterpolatedElement) -> String {
        let start = field.range.start().to_usize() + 1;
        let mut end = field.expression.range().end().to_usize();
        let bytes = self.source.as_bytes();
        let mut in_comment = false;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                b'\n' => in_comment = false,
                b'#' => in_comment = true,
                b'!' | b':' | b'=' | b'}' if !in_comment => break,
                _ => {}
            }
            end += 1;
        }
        without_comments(&self.source[start..end]).into_owned()
    }

    fn format_elements(
        &mut self,
        elements: &[InterpolatedStringElement],
        raw: bool,
        parts: &mut PartBuilder,
    ) -> Outcome<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let text = parts.text_at(self.position(literal.range));
                    self.push_element(literal, raw, text);
                }
                InterpolatedStringElement::Interpolation(field) => self.format_field(field, raw, parts)?,
            }
        }
        Ok(())
    }

    fn format_field(&mut self, field: &ruff::InterpolatedElement, raw: bool, parts: &mut PartBuilder) -> Outcome<()> {
        let mut conversion = match field.conversion {
            ruff::ConversionFlag::None => 0,
            ruff::ConversionFlag::Str => 1,
            ruff::ConversionFlag::Repr => 2,
            ruff::ConversionFlag::Ascii => 3,
        };
        if let Some(debug) = &field.debug_text {
            let start = field.range.start();
            let position = self.position(TextRange::new(start, field.expression.range().end()));
            parts.text_at(position).push_str(&without_comments(debug.as_str()));
            if conversion == 0 && field.format_spec.is_none() {
                conversion = 2;
            }
        }
        let specification = match &field.format_spec {
            Some(specification) => {
                let mut nested = PartBuilder::default();
                self.specifications += 1;
                self.check_specifications(specification)?;
                self.nested(field.range, |lowering| {
                    lowering.format_elements(&specification.elements, raw, &mut nested)
                })?;
                self.specifications -= 1;
                Some(nested.finish())
            }
            None => None,
        };
        let outside = std::mem::take(&mut self.specifications);
        let value = self.expression(&field.expression)?;
        self.specifications = outside;
        let position = self.position(field.range);
        let text = match self.given.get(&field.range.start()) {
            Some(constant) => constant.clone(),
            None if self.is_rebuilt => Constant::Str("".into()),
            None => Constant::Str(self.field_text(field).into()),
        };
        parts.push_field(FormatField { position, value, conversion, specification, text });
        Ok(())
    }
}

impl Lowering<'_> {
    /// CPython's limit on fields in format specifiers of fields.
    fn check_specifications(&self, specification: &ruff::InterpolatedStringFormatSpec) -> Outcome<()> {
        let inner = specification.elements.iter().find_map(InterpolatedStringElement::as_interpolation);
        let Some(field) = inner.filter(|_| self.specifications >= FIELDS_MAX) else { return Ok(()) };
        let mut position = self.position(field.range);
        position.column = position.column.saturating_sub(1);
        (position.end_line, position.end_column) = (position.line, position.column);
        Err(Failure::syntax("f-string: expressions nested too deeply", position).of(Origin::Tokenizer))
    }
}

/// The source of a self-documenting field without its comments.
pub(super) fn without_comments(source: &str) -> std::borrow::Cow<'_, str> {
    if !source.contains('#') {
        return source.into();
    }
    let mut text = String::with_capacity(source.len());
    let mut quote = None;
    let mut in_comment = false;
    let mut escaped = false;
    for character in source.chars() {
        let was_escaped = std::mem::take(&mut escaped);
        match (character, quote) {
            ('\\', Some(_)) => escaped = !was_escaped,
            (_, Some(_)) if was_escaped => {}
            ('\n', _) => in_comment = false,
            ('#', None) => in_comment = true,
            ('"' | '\'', None) if !in_comment => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            _ => {}
        }
        if !in_comment {
            text.push(character);
        }
    }
    text.into()
}

/// Collects the parts of an f-string, joining neighbouring text.
#[derive(Default)]
struct PartBuilder {
    parts: Vec<FormatPart>,
    text: StringBuilder,
    text_position: Position,
}

impl PartBuilder {
    fn text_at(&mut self, position: Position) -> &mut StringBuilder {
        if self.text.is_empty() {
            self.text_position = position;
        } else {
            self.text_position.end_line = position.end_line;
            self.text_position.end_column = position.end_column;
        }
        &mut self.text
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text).finish();
            self.parts.push(FormatPart::Text(text, self.text_position));
        }
    }

    fn push_field(&mut self, field: FormatField) {
        self.flush();
        self.parts.push(FormatPart::Field(Box::new(field)));
    }

    fn finish(mut self) -> Vec<FormatPart> {
        self.flush();
        self.parts
    }
}

/// A string under construction; switches to code points at the first lone surrogate.
#[derive(Default)]
pub(super) struct StringBuilder {
    text: String,
    code_points: Option<Vec<u32>>,
}

impl StringBuilder {
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.code_points.is_none()
    }

    fn push_constant(&mut self, constant: &Constant) {
        match constant {
            Constant::StrSurrogates(points) => points.iter().for_each(|point| self.push(*point)),
            Constant::Str(text) => self.push_str(text),
            _ => {}
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        match &mut self.code_points {
            Some(points) => points.extend(text.chars().map(u32::from)),
            None => self.text.push_str(text),
        }
    }

    fn push(&mut self, code_point: u32) {
        match (char::from_u32(code_point), &mut self.code_points) {
            (Some(character), None) => self.text.push(character),
            (_, Some(points)) => points.push(code_point),
            (None, None) => {
                let mut points: Vec<u32> = self.text.chars().map(u32::from).collect();
                points.push(code_point);
                self.code_points = Some(points);
            }
        }
    }

    /// Appends the value of a literal's source text, which the parser has already found valid.
    fn push_escaped(&mut self, source: &str) {
        let mut rest = source;
        while let Some(character) = rest.chars().next() {
            let length = character.len_utf8();
            if character != '\\' {
                // Python reads every line end in a literal as `\n`.
                if character == '\r' {
                    self.push(u32::from('\n'));
                    rest = rest[1..].strip_prefix('\n').unwrap_or(&rest[1..]);
                } else {
                    self.push(u32::from(character));
                    rest = &rest[length..];
                }
                continue;
            }
            rest = self.push_escape(&rest[1..]);
        }
    }

    /// Appends one escape sequence and returns what follows it.
    fn push_escape<'a>(&mut self, rest: &'a str) -> &'a str {
        let Some(character) = rest.chars().next() else {
            self.push(u32::from('\\'));
            return rest;
        };
        let after = &rest[character.len_utf8()..];
        let simple = match character {
            '\n' => return after,
            '\r' => return after.strip_prefix('\n').unwrap_or(after),
            '\\' | '\'' | '"' => u32::from(character),
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '0'..='7' => {
                let length = rest.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                self.push(u32::from_str_radix(&rest[..length], 8).unwrap_or(0));
                return &rest[length..];
            }
            'x' | 'u' | 'U' => {
                let length = match character {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits = after.get(..length).unwrap_or(after);
                self.push(u32::from_str_radix(digits, 16).unwrap_or(0xfffd));
                return &after[digits.len()..];
            }
            'N' => {
                // A named character is never a surrogate, and its name cannot contain one.
                let end = after.find('}').map_or(after.len(), |end| end + 1);
                let name = after[..end].trim_start_matches('{').trim_end_matches('}');
                self.push(super::named::character(name).map_or(0xfffd, u32::from));
                return &after[end..];
            }
            _ => {
                self.push(u32::from('\\'));
                u32::from(character)
            }
        };
        self.push(simple);
        after
    }

    pub(super) fn finish(self) -> Constant {
        match self.code_points {
            Some(points) => Constant::StrSurrogates(points),
            None => Constant::Str(self.text.into()),
        }
    }
}
