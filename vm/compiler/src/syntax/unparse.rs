//! Expressions as text again, for annotations under `from __future__ import annotations`: CPython's spelling
//! (`Python/ast_unparse.c`).

use ruff_python_ast::{self as ruff, Expr, InterpolatedStringElement};
use ruff_text_size::Ranged;
use sidewinder_bytecode::Constant;

/// How tightly an operand must bind to stand without parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    Union,
    Xor,
    Intersection,
    Shift,
    Sum,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn tighter(self) -> Level {
        const ALL: [Level; 16] = [
            Level::Tuple,
            Level::Test,
            Level::Or,
            Level::And,
            Level::Not,
            Level::Compare,
            Level::Union,
            Level::Xor,
            Level::Intersection,
            Level::Shift,
            Level::Sum,
            Level::Term,
            Level::Factor,
            Level::Power,
            Level::Await,
            Level::Atom,
        ];
        ALL[(self as usize + 1).min(ALL.len() - 1)]
    }
}

/// An annotation as text. `source` is that of the expression, or empty.
pub(super) fn unparse(expression: &Expr, source: &str) -> String {
    let mut writer = Writer { text: String::new(), source };
    writer.expression(expression, Level::Test);
    writer.text
}

/// `source` is that of the expression, or empty.
struct Writer<'source> {
    source: &'source str,
    text: String,
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes something of a level, in parentheses where a tighter one is wanted.
    fn at(&mut self, own: Level, wanted: Level, write: impl FnOnce(&mut Self)) {
        let parentheses = wanted > own;
        if parentheses {
            self.push("(");
        }
        write(self);
        if parentheses {
            self.push(")");
        }
    }

    fn list<'a>(&mut self, items: impl IntoIterator<Item = &'a Expr>, level: Level) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.expression(item, level);
        }
    }

    fn expression(&mut self, expression: &Expr, level: Level) {
        match expression {
            Expr::Name(node) => self.push(node.id.as_str()),
            Expr::Attribute(node) => {
                self.expression(&node.value, Level::Atom);
                let is_int = matches!(&*node.value, Expr::NumberLiteral(number) if number.value.is_int());
                self.push(if is_int { " ." } else { "." });
                self.push(node.attr.as_str());
            }
            Expr::Subscript(node) => {
                self.expression(&node.value, Level::Atom);
                self.push("[");
                self.expression(&node.slice, Level::Tuple);
                self.push("]");
            }
            Expr::Tuple(node) if node.elts.is_empty() => self.push("()"),
            Expr::Tuple(node) => self.at(Level::Tuple, level, |writer| {
                writer.list(&node.elts, Level::Test);
                if node.elts.len() == 1 {
                    writer.push(",");
                }
            }),
            Expr::List(node) => {
                self.push("[");
                self.list(&node.elts, Level::Test);
                self.push("]");
            }
            Expr::Set(node) => {
                self.push("{");
                self.list(&node.elts, Level::Test);
                self.push("}");
            }
            Expr::Call(node) => self.call(node),
            Expr::BinOp(node) => self.binary(node, level),
            Expr::BoolOp(node) => {
                let (own, word) = match node.op {
                    ruff::BoolOp::And => (Level::And, " and "),
                    ruff::BoolOp::Or => (Level::Or, " or "),
                };
                self.at(own, level, |writer| {
                    for (index, value) in node.values.iter().enumerate() {
                        if index > 0 {
                            writer.push(word);
                        }
                        writer.expression(value, own.tighter());
                    }
                });
            }
            Expr::UnaryOp(node) => {
                let (own, sign) = match node.op {
                    ruff::UnaryOp::Not => (Level::Not, "not "),
                    ruff::UnaryOp::Invert => (Level::Factor, "~"),
                    ruff::UnaryOp::UAdd => (Level::Factor, "+"),
                    ruff::UnaryOp::USub => (Level::Factor, "-"),
                };
                self.at(own, level, |writer| {
                    writer.push(sign);
                    writer.expression(&node.operand, own);
                });
            }
            Expr::Compare(node) => self.at(Level::Compare, level, |writer| {
                writer.expression(&node.left, Level::Compare.tighter());
                for (operator, operand) in node.ops.iter().zip(&node.comparators) {
                    writer.push(&format!(" {} ", operator.as_str()));
                    writer.expression(operand, Level::Compare.tighter());
                }
            }),
            Expr::StringLiteral(node) => {
                let unicode = node.value.iter().next().is_some_and(|part| part.flags.prefix().is_unicode());
                let text = quoted(node.value.to_str());
                self.push(if unicode { "u" } else { "" });
                self.push(&text);
            }
            Expr::BytesLiteral(node) => {
                let bytes: Vec<u8> = node.value.bytes().collect();
                self.push(&quoted_bytes(&bytes));
            }
            Expr::NumberLiteral(node) => self.push(&number(&node.value)),
            Expr::BooleanLiteral(node) => self.push(if node.value { "True" } else { "False" }),
            Expr::NoneLiteral(_) => self.push("None"),
            Expr::EllipsisLiteral(_) => self.push("..."),
            _ => self.rarer(expression, level),
        }
    }

    fn rarer(&mut self, expression: &Expr, level: Level) {
        match expression {
            Expr::Lambda(node) => self.at(Level::Test, level, |writer| {
                writer.push("lambda");
                if let Some(parameters) = node.parameters.as_deref().filter(|parameters| !parameters.is_empty()) {
                    writer.push(" ");
                    writer.parameters(parameters);
                }
                writer.push(": ");
                writer.expression(&node.body, Level::Test);
            }),
            Expr::If(node) => self.at(Level::Test, level, |writer| {
                writer.expression(&node.body, Level::Test.tighter());
                writer.push(" if ");
                writer.expression(&node.test, Level::Test.tighter());
                writer.push(" else ");
                writer.expression(&node.orelse, Level::Test);
            }),
            Expr::Dict(node) => {
                self.push("{");
                for (index, item) in node.items.iter().enumerate() {
                    if index > 0 {
                        self.push(", ");
                    }
                    match &item.key {
                        Some(key) => {
                            self.expression(key, Level::Test);
                            self.push(": ");
                            self.expression(&item.value, Level::Test);
                        }
                        None => {
                            self.push("**");
                            self.expression(&item.value, Level::Union);
                        }
                    }
                }
                self.push("}");
            }
            Expr::Generator(node) => self.comprehension("(", &node.elt, None, &node.generators, ")"),
            Expr::ListComp(node) => self.comprehension("[", &node.elt, None, &node.generators, "]"),
            Expr::SetComp(node) => self.comprehension("{", &node.elt, None, &node.generators, "}"),
            Expr::DictComp(node) => match &node.key {
                Some(key) => self.comprehension("{", key, Some(&node.value), &node.generators, "}"),
                None => self.comprehension("{", &node.value, None, &node.generators, "}"),
            },
            Expr::Starred(node) => {
                self.push("*");
                self.expression(&node.value, Level::Union);
            }
            Expr::Slice(node) => {
                if let Some(lower) = &node.lower {
                    self.expression(lower, Level::Test);
                }
                self.push(":");
                if let Some(upper) = &node.upper {
                    self.expression(upper, Level::Test);
                }
                if let Some(step) = &node.step {
                    self.push(":");
                    self.expression(step, Level::Test);
                }
            }
            Expr::Await(node) => self.at(Level::Await, level, |writer| {
                writer.push("await ");
                writer.expression(&node.value, Level::Atom);
            }),
            Expr::Yield(node) => {
                self.push(if node.value.is_some() { "(yield " } else { "(yield" });
                if let Some(value) = &node.value {
                    self.expression(value, Level::Tuple);
                }
                self.push(")");
            }
            Expr::YieldFrom(node) => {
                self.push("(yield from ");
                self.expression(&node.value, Level::Tuple);
                self.push(")");
            }
            Expr::Named(node) => self.at(Level::Tuple, level, |writer| {
                writer.expression(&node.target, Level::Atom);
                writer.push(" := ");
                writer.expression(&node.value, Level::Atom);
            }),
            Expr::FString(node) => {
                let mut body = Writer { text: String::new(), source: self.source };
                for part in &node.value {
                    match part {
                        ruff::FStringPart::Literal(literal) => body.literal_text(&literal.value),
                        ruff::FStringPart::FString(string) => body.elements(&string.elements, false),
                    }
                }
                self.push("f");
                self.push(&quoted(&body.text));
            }
            Expr::TString(node) => {
                let mut body = Writer { text: String::new(), source: self.source };
                node.value.iter().for_each(|string| body.elements(&string.elements, true));
                self.push("t");
                self.push(&quoted(&body.text));
            }
            _ => {}
        }
    }

    fn literal_text(&mut self, text: &str) {
        self.push(&text.replace('{', "{{").replace('}', "}}"));
    }

    /// A template keeps the text of its expressions.
    fn elements(&mut self, elements: &[InterpolatedStringElement], is_template: bool) {
        for element in elements {
            let field = match element {
                InterpolatedStringElement::Literal(literal) => {
                    self.literal_text(&literal.value);
                    continue;
                }
                InterpolatedStringElement::Interpolation(field) => field,
            };
            let mut value = Writer { text: String::new(), source: self.source };
            let own_text = self.source.get(field.expression.range().to_std_range()).filter(|_| is_template);
            match own_text {
                Some(own_text) => value.push(own_text),
                None => value.expression(&field.expression, Level::Test.tighter()),
            }
            let debug = field.debug_text.as_ref().map(|debug| debug.as_str().to_string());
            if let Some(debug) = &debug {
                self.literal_text(debug);
            }
            self.push(if value.text.starts_with('{') { "{ " } else { "{" });
            self.push(&value.text);
            match field.conversion {
                ruff::ConversionFlag::None if debug.is_some() && field.format_spec.is_none() => self.push("!r"),
                ruff::ConversionFlag::None => {}
                ruff::ConversionFlag::Str => self.push("!s"),
                ruff::ConversionFlag::Repr => self.push("!r"),
                ruff::ConversionFlag::Ascii => self.push("!a"),
            }
            if let Some(specification) = &field.format_spec {
                self.push(":");
                self.elements(&specification.elements, is_template);
            }
            self.push("}");
        }
    }

    fn call(&mut self, node: &ruff::ExprCall) {
        self.expression(&node.func, Level::Atom);
        let arguments = &node.arguments;
        if let ([only @ Expr::Generator(_)], []) = (&*arguments.args, &*arguments.keywords) {
            return self.expression(only, Level::Atom);
        }
        self.push("(");
        self.list(&arguments.args, Level::Test);
        for (index, keyword) in arguments.keywords.iter().enumerate() {
            if index > 0 || !arguments.args.is_empty() {
                self.push(", ");
            }
            match &keyword.arg {
                Some(name) => self.push(&format!("{name}=")),
                None => self.push("**"),
            }
            self.expression(&keyword.value, Level::Test);
        }
        self.push(")");
    }

    fn binary(&mut self, node: &ruff::ExprBinOp, level: Level) {
        let own = match node.op {
            ruff::Operator::Add | ruff::Operator::Sub => Level::Sum,
            ruff::Operator::LShift | ruff::Operator::RShift => Level::Shift,
            ruff::Operator::BitOr => Level::Union,
            ruff::Operator::BitXor => Level::Xor,
            ruff::Operator::BitAnd => Level::Intersection,
            ruff::Operator::Pow => Level::Power,
            _ => Level::Term,
        };
        let to_the_right = node.op == ruff::Operator::Pow;
        self.at(own, level, |writer| {
            writer.expression(&node.left, if to_the_right { own.tighter() } else { own });
            writer.push(&format!(" {} ", node.op.as_str()));
            writer.expression(&node.right, if to_the_right { own } else { own.tighter() });
        });
    }

    fn comprehension(
        &mut self,
        open: &str,
        element: &Expr,
        value: Option<&Expr>,
        clauses: &[ruff::Comprehension],
        close: &str,
    ) {
        self.push(open);
        self.expression(element, Level::Test);
        if let Some(value) = value {
            self.push(": ");
            self.expression(value, Level::Test);
        }
        for clause in clauses {
            self.push(if clause.is_async { " async for " } else { " for " });
            self.expression(&clause.target, Level::Tuple);
            self.push(" in ");
            self.expression(&clause.iter, Level::Test.tighter());
            for condition in &clause.ifs {
                self.push(" if ");
                self.expression(condition, Level::Test.tighter());
            }
        }
        self.push(close);
    }

    fn parameters(&mut self, parameters: &ruff::Parameters) {
        let mut first = true;
        let mut separate = |writer: &mut Self| {
            if !std::mem::take(&mut first) {
                writer.push(", ");
            }
        };
        for (index, parameter) in parameters.posonlyargs.iter().chain(&parameters.args).enumerate() {
            separate(self);
            self.parameter(parameter);
            if index + 1 == parameters.posonlyargs.len() {
                self.push(", /");
            }
        }
        if parameters.vararg.is_some() || !parameters.kwonlyargs.is_empty() {
            separate(self);
            self.push("*");
            if let Some(variadic) = &parameters.vararg {
                self.push(variadic.name.as_str());
            }
        }
        for parameter in &parameters.kwonlyargs {
            separate(self);
            self.parameter(parameter);
        }
        if let Some(variadic) = &parameters.kwarg {
            separate(self);
            self.push("**");
            self.push(variadic.name.as_str());
        }
    }

    fn parameter(&mut self, parameter: &ruff::ParameterWithDefault) {
        self.push(parameter.parameter.name.as_str());
        if let Some(default) = &parameter.default {
            self.push("=");
            self.expression(default, Level::Test);
        }
    }
}

/// A number as `repr` shows it; infinity as a literal that gives it.
fn number(value: &ruff::Number) -> String {
    match value {
        ruff::Number::Int(_) => match super::literal::number(value) {
            Constant::BigInt(digits) => digits,
            Constant::Int(value) => value.to_string(),
            _ => String::new(),
        },
        ruff::Number::Float(value) => float(*value),
        ruff::Number::Complex { imag, .. } => {
            let text = float(*imag);
            format!("{}j", text.strip_suffix(".0").unwrap_or(&text))
        }
    }
}

/// A constant as `repr` shows it.
pub(crate) fn repr(constant: &Constant) -> String {
    let float = |value: f64| if value.is_finite() { float(value) } else { value.to_string() };
    match constant {
        Constant::None => "None".to_string(),
        Constant::True => "True".to_string(),
        Constant::False => "False".to_string(),
        Constant::Ellipsis => "Ellipsis".to_string(),
        Constant::Int(value) => value.to_string(),
        Constant::BigInt(digits) => digits.clone(),
        Constant::Float(value) => float(*value),
        Constant::Complex(real, imaginary) => {
            let whole = |text: String| text.strip_suffix(".0").map(str::to_string).unwrap_or(text);
            let part = whole(float(*imaginary));
            match *real == 0.0 && real.is_sign_positive() {
                true => format!("{part}j"),
                false => {
                    let sign = if part.starts_with('-') { "" } else { "+" };
                    format!("({}{sign}{part}j)", whole(float(*real)))
                }
            }
        }
        Constant::Str(text) => quoted(text),
        Constant::Bytes(bytes) => quoted_bytes(bytes),
        _ => "constant".to_string(),
    }
}

fn float(value: f64) -> String {
    if value.is_infinite() {
        return "1e309".to_string();
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => match exponent.strip_prefix('-') {
            Some(digits) => format!("{mantissa}e-{digits:0>2}"),
            None => format!("{mantissa}e+{exponent:0>2}"),
        },
        None => text,
    }
}

/// The quote that needs the fewer escapes.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn quoted(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut quoted = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character == quote => {
                quoted.push('\\');
                quoted.push(quote);
            }
            _ if character.is_control() || (character.is_whitespace() && character != ' ') => {
                let code = u32::from(character);
                quoted.push_str(&if code < 0x100 { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") });
            }
            _ => quoted.push(character),
        }
    }
    quoted.push(quote);
    quoted
}

fn quoted_bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut quoted = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => quoted.push_str("\\\\"),
            b'\n' => quoted.push_str("\\n"),
            b'\r' => quoted.push_str("\\r"),
            b'\t' => quoted.push_str("\\t"),
            _ if char::from(byte) == quote => {
                quoted.push('\\');
                quoted.push(quote);
            }
            0x20..=0x7e => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push(quote);
    quoted
}
