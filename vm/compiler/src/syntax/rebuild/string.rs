//! f-strings and t-strings. All literals are made raw: their text is final, and no source has it.

use super::{Builder, impossible};
use crate::error::Outcome;
use crate::tree::{Class, Field, Node};
use ruff_python_ast::str_prefix::{FStringPrefix, StringLiteralPrefix, TStringPrefix};
use ruff_python_ast::{self as ruff, AtomicNodeIndex, Expr, InterpolatedStringElement};
use ruff_text_size::TextRange;
use sidewinder_bytecode::Constant;

const NONE: AtomicNodeIndex = AtomicNodeIndex::NONE;

/// A literal of one string.
pub(super) fn literal(text: &str, range: TextRange) -> ruff::StringLiteral {
    let flags = ruff::StringLiteralFlags::empty().with_prefix(StringLiteralPrefix::Raw { uppercase: false });
    ruff::StringLiteral { range, node_index: NONE, value: text.into(), flags }
}

impl Builder {
    /// A `JoinedStr`; or a `FormattedValue` by itself, which is one of one field.
    pub(super) fn format_string(&mut self, node: &Node, range: TextRange) -> Outcome<Expr> {
        let mut elements = Vec::new();
        match node.class {
            Class::JoinedStr => self.elements(&node.fields[0], &mut elements)?,
            _ => elements.push(self.replacement(node)?),
        }
        let flags = ruff::FStringFlags::empty().with_prefix(FStringPrefix::Raw { uppercase_r: false });
        let string = ruff::FString { range, node_index: NONE, elements: elements.into(), flags };
        Ok(ruff::ExprFString { node_index: NONE, range, value: ruff::FStringValue::single(string) }.into())
    }

    /// A `TemplateStr`; an `Interpolation` by itself is the one that a template of it has.
    pub(super) fn template_string(&mut self, node: &Node, range: TextRange) -> Outcome<Expr> {
        let mut elements = Vec::new();
        match node.class {
            Class::TemplateStr => self.elements(&node.fields[0], &mut elements)?,
            _ => elements.push(self.replacement(node)?),
        }
        let flags = ruff::TStringFlags::empty().with_prefix(TStringPrefix::Raw { uppercase_r: false });
        let string = ruff::TString { range, node_index: NONE, elements: elements.into(), flags };
        let template: Expr =
            ruff::ExprTString { node_index: NONE, range, value: ruff::TStringValue::single(string) }.into();
        if node.class == Class::TemplateStr {
            return Ok(template);
        }
        let ctx = ruff::ExprContext::Load;
        let attr = ruff::Identifier::new("interpolations", range);
        let all: Expr = ruff::ExprAttribute { node_index: NONE, range, value: Box::new(template), attr, ctx }.into();
        let zero = ruff::Number::Int(ruff::Int::ZERO);
        let slice = Box::new(ruff::ExprNumberLiteral { node_index: NONE, range, value: zero }.into());
        Ok(ruff::ExprSubscript { node_index: NONE, range, value: Box::new(all), slice, ctx }.into())
    }

    fn elements(&mut self, values: &Field, elements: &mut Vec<InterpolatedStringElement>) -> Outcome<()> {
        for node in values.nodes() {
            self.element(node, elements)?;
        }
        Ok(())
    }

    fn element(&mut self, node: &Node, elements: &mut Vec<InterpolatedStringElement>) -> Outcome<()> {
        match (node.class, node.fields.first()) {
            (Class::Constant, Some(Field::Constant(constant @ (Constant::Str(_) | Constant::StrSurrogates(_))))) => {
                let range = self.range(node.span);
                let text = match constant {
                    Constant::Str(text) => &**text,
                    _ => {
                        self.given.insert(range.start(), constant.clone());
                        ""
                    }
                };
                let literal = ruff::InterpolatedStringLiteralElement { range, node_index: NONE, value: text.into() };
                elements.push(InterpolatedStringElement::Literal(literal));
            }
            (Class::FormattedValue | Class::Interpolation, _) => elements.push(self.replacement(node)?),
            (Class::JoinedStr, Some(values)) => {
                self.nested(node, |builder| builder.elements(values, elements))?;
            }
            // Any other value is put in as it is.
            _ => {
                let range = self.range(node.span);
                let expression = Box::new(self.expression(node)?);
                elements.push(InterpolatedStringElement::Interpolation(ruff::InterpolatedElement {
                    range,
                    node_index: NONE,
                    expression,
                    debug_text: None,
                    conversion: ruff::ConversionFlag::None,
                    format_spec: None,
                }));
            }
        }
        Ok(())
    }

    fn replacement(&mut self, node: &Node) -> Outcome<InterpolatedStringElement> {
        let range = self.range(node.span);
        let (value, conversion, specification) = match node.class {
            Class::FormattedValue => (&node.fields[0], &node.fields[1], &node.fields[2]),
            Class::Interpolation => {
                if let Field::Constant(text) = &node.fields[1] {
                    self.given.insert(range.start(), text.clone());
                }
                (&node.fields[0], &node.fields[2], &node.fields[3])
            }
            _ => return Err(impossible(node)),
        };
        let conversion = match u8::try_from(conversion.number()) {
            Ok(b's') => ruff::ConversionFlag::Str,
            Ok(b'r') => ruff::ConversionFlag::Repr,
            Ok(b'a') => ruff::ConversionFlag::Ascii,
            _ => ruff::ConversionFlag::None,
        };
        let expression = Box::new(self.expression_in(value)?);
        let format_spec = match specification.node() {
            Some(specification) => {
                let mut elements = Vec::new();
                self.nested(specification, |builder| builder.element(specification, &mut elements))?;
                let elements = elements.into();
                Some(Box::new(ruff::InterpolatedStringFormatSpec { range, node_index: NONE, elements }))
            }
            None => None,
        };
        Ok(InterpolatedStringElement::Interpolation(ruff::InterpolatedElement {
            range,
            node_index: NONE,
            expression,
            debug_text: None,
            conversion,
            format_spec,
        }))
    }
}
