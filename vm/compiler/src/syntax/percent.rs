//! `"…%s…" % (a, b)` as an f-string, as CPython does it, where only plain `%s`, `%r`, `%a` and `%%` occur.

use crate::ast::*;
use sidewinder_bytecode::{Constant, Position};

/// A piece of a format: text, or a conversion (1 str, 2 repr, 3 ascii).
pub(super) enum Piece {
    Text(String),
    Value(u16),
}

/// Splits a format, unless it holds anything but the plain conversions.
pub(super) fn pieces(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        let conversion = match characters.next()? {
            '%' => {
                text.push('%');
                continue;
            }
            's' => 1,
            'r' => 2,
            'a' => 3,
            _ => return None,
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Value(conversion));
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Some(pieces)
}

/// The f-string of the pieces and a tuple of as many values; gives the tuple back when they do not fit.
pub(super) fn format_string(
    pieces: Vec<Piece>,
    position: Position,
    values: Expression,
) -> Result<ExpressionKind, Expression> {
    let count = pieces.iter().filter(|piece| matches!(piece, Piece::Value(_))).count();
    let items = match values.kind {
        ExpressionKind::Tuple(items) if items.len() == count && !items.iter().any(Expression::is_starred) => items,
        _ => return Err(values),
    };
    let mut items = items.into_iter();
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Text(text) => parts.push(FormatPart::Text(Constant::Str(text.into()), position)),
            Piece::Value(conversion) => {
                let Some(value) = items.next() else { break };
                let position = value.position;
                parts.push(FormatPart::Field(Box::new(FormatField {
                    position,
                    value,
                    conversion,
                    specification: None,
                    text: Constant::None,
                })));
            }
        }
    }
    Ok(ExpressionKind::FormatString(parts))
}
