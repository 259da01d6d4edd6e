//! String literals with prefix, f-strings and t-strings.

use super::super::Lowering;
use super::super::literal::{StringBuilder, without_comments};
use super::expression::constant;
use crate::error::Outcome;
use crate::tree::{Class, Field, Node};
use ruff_python_ast::{self as ruff, FStringPart, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange, TextSize};
use sidewinder_bytecode::{Constant, Position};

/// What a field of an f-string or t-string becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FieldClass {
    Formatted,
    Interpolation,
}

impl Lowering<'_> {
    /// The field `kind` of a string that starts with such a literal: only a small `u` counts.
    pub(super) fn string_kind(&mut self, first: Option<TextRange>) -> Field {
        match first {
            Some(range) if self.source[range.to_std_range()].starts_with('u') => self.name("u").into(),
            _ => Field::Absent,
        }
    }

    pub(super) fn export_format_string(&mut self, value: &ruff::FStringValue, span: Position) -> Outcome<Node> {
        let mut pieces = Pieces::default();
        for part in value {
            match part {
                FStringPart::Literal(literal) => {
                    let kind = self.string_kind(Some(literal.range));
                    let text = pieces.text_at(self.span(literal.range()), kind);
                    self.push_literal(literal, text);
                }
                FStringPart::FString(string) => {
                    let raw = string.flags.prefix().is_raw();
                    self.export_elements(&string.elements, raw, FieldClass::Formatted, &mut pieces)?;
                }
            }
        }
        Ok(Node::new(Class::JoinedStr, span, [pieces.finish()]))
    }

    pub(super) fn export_template_string(&mut self, value: &ruff::TStringValue, span: Position) -> Outcome<Node> {
        let mut pieces = Pieces::default();
        for string in value {
            let raw = string.flags.prefix().is_raw();
            self.export_elements(&string.elements, raw, FieldClass::Interpolation, &mut pieces)?;
        }
        Ok(Node::new(Class::TemplateStr, span, [pieces.finish()]))
    }

    fn export_elements(
        &mut self,
        elements: &[InterpolatedStringElement],
        raw: bool,
        class: FieldClass,
        pieces: &mut Pieces,
    ) -> Outcome<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let text = pieces.text_at(self.span(literal.range), Field::Absent);
                    self.push_element(literal, raw, text);
                }
                InterpolatedStringElement::Interpolation(field) => {
                    self.nested(field.range, |lowering| lowering.export_replacement(field, raw, class, pieces))?;
                }
            }
        }
        Ok(())
    }

    fn export_replacement(
        &mut self,
        field: &ruff::InterpolatedElement,
        raw: bool,
        class: FieldClass,
        pieces: &mut Pieces,
    ) -> Outcome<()> {
        let mut conversion = match field.conversion {
            ruff::ConversionFlag::None => -1,
            kind => i64::from(kind as i8),
        };
        if let Some(debug) = &field.debug_text {
            let start = field.range.start() + TextSize::new(1);
            let range = TextRange::at(start, TextSize::of(debug.as_str()));
            let text = pieces.text_at(self.span(range), Field::Absent);
            text.push_str(&without_comments(debug.as_str()));
            if conversion == -1 && field.format_spec.is_none() {
                conversion = i64::from(b'r');
            }
        }
        let value = self.export_field(&field.expression)?;
        let specification = match &field.format_spec {
            Some(specification) => {
                let mut nested = Pieces::default();
                self.export_elements(&specification.elements, raw, FieldClass::Formatted, &mut nested)?;
                // From the colon to the brace.
                let end = field.range.end() - TextSize::new(1);
                let range = TextRange::new(self.colon_before(specification.range.start()), end);
                Node::new(Class::JoinedStr, self.span(range), [nested.finish()]).into()
            }
            None => Field::Absent,
        };
        let span = self.span(field.range);
        let node = match class {
            FieldClass::Formatted => {
                Node::new(Class::FormattedValue, span, [value, Field::Number(conversion), specification])
            }
            FieldClass::Interpolation => {
                let text = Field::Constant(Constant::Str(self.field_text(field).into()));
                Node::new(Class::Interpolation, span, [value, text, Field::Number(conversion), specification])
            }
        };
        pieces.push(node);
        Ok(())
    }

    /// The place of the colon at or before which a format specification starts.
    fn colon_before(&self, start: TextSize) -> TextSize {
        let before = &self.source[..start.to_usize()];
        match before.ends_with(':') {
            true => start - TextSize::new(1),
            false => start,
        }
    }
}

/// Collects the values of an f-string, joining neighbouring text as CPython does.
#[derive(Default)]
struct Pieces {
    values: Vec<Node>,
    /// Text not yet in the list: its contents, its place, its kind.
    text: Option<(StringBuilder, Position, Field)>,
}

impl Pieces {
    /// The text to append to, which from now on reaches to the end of `position`.
    fn text_at(&mut self, position: Position, kind: Field) -> &mut StringBuilder {
        let (text, place, _) = self.text.get_or_insert_with(|| (StringBuilder::default(), position, kind));
        (place.end_line, place.end_column) = (position.end_line, position.end_column);
        text
    }

    fn flush(&mut self) {
        let Some((text, place, kind)) = self.text.take() else { return };
        if !text.is_empty() {
            let mut node = constant(text.finish(), place);
            node.fields[1] = kind;
            self.values.push(node);
        }
    }

    fn push(&mut self, node: Node) {
        self.flush();
        self.values.push(node);
    }

    fn finish(mut self) -> Field {
        self.flush();
        self.values.into()
    }
}
