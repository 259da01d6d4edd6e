//! Specific messages for places where the parser has only found that something is wrong: what CPython's rules named
//! `invalid_…` recognise, told from the text around the place.

use super::diagnosis::Diagnosis;
use crate::error::Failure;
use ruff_python_ast::Expr;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Statements that are one keyword, or start with one.
const STATEMENT_KEYWORDS: [TokenKind; 10] = [
    TokenKind::Pass,
    TokenKind::Break,
    TokenKind::Continue,
    TokenKind::Return,
    TokenKind::Raise,
    TokenKind::Del,
    TokenKind::Yield,
    TokenKind::Assert,
    TokenKind::Import,
    TokenKind::From,
];

/// The tokens around the place of an error.
struct Around<'a> {
    /// Those before it in its logical line, and since the last statement of that.
    before: Vec<&'a Token>,
    /// It, and those behind it.
    after: Vec<&'a Token>,
}

impl Around<'_> {
    fn kind_before(&self, distance: usize) -> Option<TokenKind> {
        self.before.len().checked_sub(distance).and_then(|index| self.before.get(index)).map(|token| token.kind())
    }

    fn here(&self) -> Option<TokenKind> {
        self.after.first().map(|token| token.kind())
    }

    /// The index in `before` of the bracket that is open at the place.
    fn open_bracket(&self) -> Option<usize> {
        let mut depth = 0usize;
        for (index, token) in self.before.iter().enumerate().rev() {
            match token.kind() {
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth += 1,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace if depth == 0 => return Some(index),
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// Whether the place lies in the parameters of a function, or (true) of a lambda.
    fn in_parameters(&self) -> Option<bool> {
        let lambda = self.before.iter().rposition(|token| token.kind() == TokenKind::Lambda);
        if lambda.is_some_and(|at| self.before[at..].iter().all(|token| token.kind() != TokenKind::Colon)) {
            return Some(true);
        }
        let bracket = self.open_bracket()?;
        let names = self.before[..bracket].iter().rev();
        let is_function = names.clone().any(|token| token.kind() == TokenKind::Def)
            && self.before[..bracket].iter().all(|token| token.kind() != TokenKind::Lpar);
        is_function.then_some(false)
    }
}

/// Whether what follows a token of that kind is an operand, so that a sign there is no operator between two.
fn ends_no_operand(kind: TokenKind) -> bool {
    use TokenKind::{Comma, Equal, Lbrace, Lpar, Lsqb};
    kind.is_arithmetic() || kind.is_bitwise_or_shift() || matches!(kind, Lpar | Lsqb | Lbrace | Comma | Equal)
}

impl Diagnosis<'_> {
    fn around(&self, range: TextRange) -> Around<'_> {
        let (mut before, mut after): (Vec<&Token>, Vec<&Token>) = (Vec::new(), Vec::new());
        for token in self.parsed.tokens() {
            if matches!(token.kind(), TokenKind::Comment | TokenKind::NonLogicalNewline) {
                continue;
            }
            let is_indentation = matches!(token.kind(), TokenKind::Indent | TokenKind::Dedent);
            let starts_line = is_indentation && after.is_empty();
            if starts_line || token.kind() == TokenKind::Newline && token.start() < range.start() {
                before.clear();
            } else if token.start() >= range.start() {
                after.push(token);
            } else {
                before.push(token);
            }
        }
        Around { before, after }
    }

    /// A better message than "invalid syntax" for a place, if something there is known.
    pub(super) fn specific(&self, range: TextRange) -> Option<Box<Failure>> {
        let around = self.around(range);
        self.in_field(&around)
            .or_else(|| self.keyword_place(&around))
            .or_else(|| self.parameter(&around))
            .or_else(|| self.argument(&around))
            .or_else(|| self.target_after_as(&around))
            .or_else(|| self.loop_without_in(range))
            .or_else(|| self.augmented_tuple(&around))
            .or_else(|| self.equal_in_brackets(&around))
            .or_else(|| {
                // The place may be the target, without the brackets around it that count.
                let end = self.through(range, range.start()).end();
                self.equal_in_brackets(&self.around(TextRange::empty(end)))
            })
            .or_else(|| self.comprehension_target(&around))
            .or_else(|| self.type_parameter(&around))
            .or_else(|| self.string_inside(&around))
    }

    /// A lambda in a replacement field: its colon ends the field's expression.
    fn in_field(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let start = around
            .before
            .iter()
            .rposition(|token| matches!(token.kind(), TokenKind::FStringStart | TokenKind::TStringStart))?;
        let kind = if around.before[start].kind() == TokenKind::FStringStart { "f-string" } else { "t-string" };
        let field = around.before[start..].iter().rposition(|token| token.kind() == TokenKind::Lbrace)? + start;
        let position = around.before[field..].iter().position(|token| token.kind() == TokenKind::Lambda)? + field;
        let lambda = around.before[position];
        // Behind an operator there is no whole expression.
        let whole = [TokenKind::Lbrace, TokenKind::Comma, TokenKind::Else, TokenKind::Yield, TokenKind::From];
        if !whole.contains(&around.before[position - 1].kind()) {
            return None;
        }
        if around.before[field..].iter().any(|token| token.kind() == TokenKind::Lpar) {
            return None;
        }
        let message = format!("{kind}: lambda expressions are not allowed without parentheses");
        Some(self.syntax(message, lambda.range()))
    }

    /// What the last logical line before a place starts with that is indented like the place.
    fn line_before(&self, place: TextSize) -> Option<TokenKind> {
        let mut first = vec![None];
        let mut starts = true;
        let is_before =
            |token: &&Token| token.start() < place || token.start() == place && token.kind() == TokenKind::Dedent;
        for token in self.parsed.tokens().iter().take_while(is_before) {
            match token.kind() {
                TokenKind::Newline => starts = true,
                TokenKind::Indent => first.push(None),
                TokenKind::Dedent => drop(first.pop()),
                TokenKind::Comment | TokenKind::NonLogicalNewline => {}
                kind if starts => {
                    *first.last_mut()? = Some(kind);
                    starts = false;
                }
                _ => {}
            }
        }
        first.pop()?
    }

    /// Keywords where they cannot be.
    fn keyword_place(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let here = around.here()?;
        let place = around.after[0].range();
        let previous = around.kind_before(1);
        let is_operator =
            previous.is_some_and(|kind| kind.is_arithmetic() || kind.is_bitwise_or_shift() || kind == TokenKind::Tilde);
        if here == TokenKind::Not && is_operator {
            // After a sign, only the operand itself is meant.
            let is_sign = around.kind_before(2).is_none_or(|kind| !kind.is_keyword() && ends_no_operand(kind));
            let end = if is_sign { self.operand_end(place.end()) } else { self.expression_end(place.start()) };
            let range = TextRange::new(place.start(), end.unwrap_or(place.end()));
            return Some(self.syntax("'not' after an operator must be parenthesized", range));
        }
        if here == TokenKind::Elif && self.line_before(place.start()) == Some(TokenKind::Else) {
            return Some(self.syntax("'elif' block follows an 'else' block", place));
        }
        if previous == Some(TokenKind::Else) && STATEMENT_KEYWORDS.contains(&here) {
            return Some(self.syntax("expected expression after 'else', but statement is given", place));
        }
        let next = around.after.get(1).map(|token| token.kind());
        if next == Some(TokenKind::If) && [TokenKind::Pass, TokenKind::Break, TokenKind::Continue].contains(&here) {
            return Some(self.syntax("expected expression before 'if', but statement is given", place));
        }
        let starts_import = around.before.first().filter(|token| token.kind() == TokenKind::Import)?;
        if here == TokenKind::From {
            let end = self.expression_end(place.end()).unwrap_or(place.end());
            let range = TextRange::new(starts_import.start(), end);
            return Some(self.syntax("Did you mean to use 'from ... import ...' instead?", range));
        }
        None
    }

    /// What is wrong with the parameters of a function or lambda.
    fn parameter(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let is_lambda = around.in_parameters()?;
        let (here, place) = (around.here()?, around.after[0].range());
        let ends = matches!(here, TokenKind::Comma | TokenKind::Rpar | TokenKind::Colon);
        if around.kind_before(1) == Some(TokenKind::Equal) && ends {
            let equal = around.before[around.before.len() - 1].range();
            return Some(self.syntax("expected default value expression", equal));
        }
        if around.kind_before(1) == Some(TokenKind::Slash) && here == TokenKind::Star {
            return Some(self.syntax("expected comma between / and *", place));
        }
        if here != TokenKind::Lpar {
            return None;
        }
        let inside = around.after[1..].iter().take_while(|token| token.kind() != TokenKind::Rpar);
        let kinds: Vec<TokenKind> = inside.map(|token| token.kind()).collect();
        let plain = kinds.iter().all(|kind| matches!(kind, TokenKind::Name | TokenKind::Comma));
        let place = self.through(place, place.start());
        let subject = if is_lambda { "Lambda expression" } else { "Function" };
        (plain && !kinds.is_empty())
            .then(|| self.syntax(format!("{subject} parameters cannot be parenthesized"), place))
    }

    /// What is wrong with an argument of a call, or an item of a subscript.
    fn argument(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let bracket = around.open_bracket()?;
        let (here, place) = (around.here()?, around.after[0].range());
        let opening = around.before[bracket].kind();
        let ends = matches!(here, TokenKind::Comma | TokenKind::Rpar);
        if opening == TokenKind::Lpar
            && around.kind_before(1) == Some(TokenKind::Equal)
            && around.kind_before(2) == Some(TokenKind::Name)
            && ends
        {
            let name = around.before[around.before.len() - 2].start();
            let range = TextRange::new(name, around.before[around.before.len() - 1].end());
            return Some(self.syntax("expected argument value expression", range));
        }
        // `name = item for …`, without parentheses around the generator.
        if opening == TokenKind::Lpar && here == TokenKind::For {
            let inside = &around.before[bracket + 1..];
            let comma = inside.iter().rposition(|token| token.kind() == TokenKind::Comma).map_or(0, |at| at + 1);
            if let [name, equal, _, ..] = &inside[comma..]
                && (name.kind(), equal.kind()) == (TokenKind::Name, TokenKind::Equal)
            {
                let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                return Some(self.syntax(message, TextRange::new(name.start(), equal.end())));
            }
        }
        // `*(a:b)`: what is starred is no expression.
        let inner_star = bracket.checked_sub(1).map(|index| around.before[index].kind());
        let outer = bracket.checked_sub(2).map(|index| around.before[index].kind());
        if opening == TokenKind::Lpar
            && here == TokenKind::Colon
            && inner_star == Some(TokenKind::Star)
            && matches!(outer, Some(TokenKind::Comma | TokenKind::Lsqb))
        {
            return Some(self.syntax("Invalid star expression", place));
        }
        let is_star = around.kind_before(1) == Some(TokenKind::Star)
            && matches!(around.kind_before(2), Some(TokenKind::Comma | TokenKind::Lpar | TokenKind::Lsqb));
        let closes = ends || matches!(here, TokenKind::Rsqb | TokenKind::Colon);
        if is_star && closes && opening != TokenKind::Lbrace {
            return Some(self.syntax("Invalid star expression", place));
        }
        None
    }

    /// What cannot be bound by `import … as`, `except … as` or a pattern's `as`.
    fn target_after_as(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let first = around.before.first()?;
        let after_as = around.kind_before(1) == Some(TokenKind::As);
        let after_name = around.kind_before(1) == Some(TokenKind::Name) && around.kind_before(2) == Some(TokenKind::As);
        if !after_as && !after_name {
            return None;
        }
        let here = around.here()?;
        // In a pattern, the rule takes the longest expression there is.
        if first.kind() == TokenKind::Case && after_as && here != TokenKind::Name {
            let place = around.after[0].range();
            let range = self.through(place, place.start());
            if let Some(expression) = self.expression_of(range) {
                let name = super::target::expression_name(&expression);
                // It was parsed with a bracket in front of it.
                let own = expression.range() + range.start() - TextSize::new(1);
                return Some(self.syntax(format!("cannot use {name} as pattern target"), own));
            }
        }
        let start = if after_as { around.after[0] } else { around.before[around.before.len() - 1] };
        let name = match (here, after_as) {
            (TokenKind::Lpar, true) => "tuple",
            (TokenKind::Lsqb, true) => "list",
            (TokenKind::String | TokenKind::Int | TokenKind::Float | TokenKind::Complex, true) => "literal",
            (TokenKind::None, true) => "None",
            (TokenKind::True, true) => "True",
            (TokenKind::False, true) => "False",
            (TokenKind::Minus | TokenKind::Plus | TokenKind::Tilde, true) => "expression",
            (TokenKind::Lpar, false) => "function call",
            (TokenKind::Lsqb, false) => "subscript",
            (TokenKind::Dot, false) => "attribute",
            _ => return None,
        };
        let message = match first.kind() {
            TokenKind::Import | TokenKind::From => format!("cannot use {name} as import target"),
            TokenKind::Case => format!("cannot use {name} as pattern target"),
            TokenKind::Except => {
                let star =
                    if around.before.get(1).is_some_and(|token| token.kind() == TokenKind::Star) { "*" } else { "" };
                format!("cannot use except{star} statement with {name}")
            }
            _ => return None,
        };
        Some(self.syntax(message, self.through(start.range(), start.start())))
    }

    /// `[x for x if y]`
    pub(super) fn loop_without_in(&self, range: TextRange) -> Option<Box<Failure>> {
        let around = self.around(range);
        let bracket = around.open_bracket();
        let inside = &around.before[bracket.map_or(0, |bracket| bracket + 1)..];
        let mut depth = 0usize;
        let mut last_for = None;
        for token in inside.iter().chain(around.after.iter().take(1)) {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth = depth.saturating_sub(1),
                TokenKind::For if depth == 0 => last_for = Some(token),
                TokenKind::In if depth == 0 => last_for = None,
                _ => {}
            }
        }
        let tokens = self.tokens_from(last_for?.end());
        let stop = tokens.iter().position(|token| self.token(token) == "if")?;
        let whole = self.longest_expression(&tokens[..stop]) == stop;
        (whole && bracket.is_some() && stop > 0).then(|| {
            let range = &tokens[stop].range;
            let range = TextRange::new(TextSize::new(range.start as u32), TextSize::new(range.end as u32));
            self.syntax("'in' expected after for-loop variables", range)
        })
    }

    /// `a, b += 1`
    fn augmented_tuple(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let place = around.after.first()?;
        let is_augmented = self.text(place.range()).len() > 1
            && self.text(place.range()).ends_with('=')
            && !matches!(place.kind(), TokenKind::EqEqual | TokenKind::NotEqual | TokenKind::LessEqual)
            && !matches!(place.kind(), TokenKind::GreaterEqual | TokenKind::ColonEqual);
        let range = TextRange::new(around.before.first()?.start(), around.before.last()?.end());
        let parsed = self.expression_of(range).filter(|_| is_augmented)?;
        matches!(parsed, Expr::Tuple(_))
            .then(|| self.syntax("'tuple' is an illegal expression for augmented assignment", range))
    }

    /// `[a = 1]`, `{1 = 2}`, `f((a) = 1)`
    fn equal_in_brackets(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let place = around.after.first().filter(|token| token.kind() == TokenKind::Equal)?.range();
        if around.in_parameters().is_some() {
            return None;
        }
        let bracket = around.open_bracket()?;
        let mut depth = 0usize;
        let mut start = bracket + 1;
        for (index, token) in around.before.iter().enumerate().skip(bracket + 1) {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth = depth.saturating_sub(1),
                TokenKind::Comma | TokenKind::Colon if depth == 0 => start = index + 1,
                _ => {}
            }
        }
        let range = TextRange::new(around.before.get(start)?.start(), around.before.last()?.end());
        let expression = self.expression_of(range)?;
        let callable = [TokenKind::Name, TokenKind::Rpar, TokenKind::Rsqb];
        let before_bracket = bracket.checked_sub(1).map(|index| around.before[index].kind());
        if around.before[bracket].kind() == TokenKind::Lpar && before_bracket.is_some_and(|it| callable.contains(&it)) {
            let inner = self.text(range).trim_start_matches('(');
            let start = range.start() + TextSize::new((self.text(range).len() - inner.len()) as u32);
            let message = "expression cannot contain assignment, perhaps you meant \"==\"?";
            return Some(self.syntax(message, TextRange::new(start, place.end())));
        }
        match &expression {
            Expr::Name(_) => {
                let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                Some(self.syntax(message, self.through(range, place.end())))
            }
            Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Generator(_) => {
                None
            }
            Expr::Compare(_) | Expr::BoolOp(_) | Expr::Lambda(_) | Expr::If(_) | Expr::Starred(_) => None,
            _ => {
                let name = super::target::expression_name(&expression);
                let message = format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?");
                Some(self.syntax(message, range))
            }
        }
    }

    /// The expression that a part of the source is by itself.
    fn expression_of(&self, range: TextRange) -> Option<Expr> {
        let text = format!("({})", self.text(range));
        let parsed = ruff_python_parser::parse_expression(&text).ok()?;
        Some(*parsed.into_syntax().body)
    }

    /// `[x, y for x, y in z]`
    fn comprehension_target(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let starts = matches!(around.here()?, TokenKind::For)
            || around.here()? == TokenKind::Async && around.after.get(1).is_some_and(|it| it.kind() == TokenKind::For);
        let bracket = around.open_bracket()?;
        let opening = around.before[bracket].kind();
        if !starts || !matches!(opening, TokenKind::Lsqb | TokenKind::Lbrace) {
            return None;
        }
        let inside = &around.before[bracket + 1..];
        let mut depth = 0usize;
        let mut has_comma = false;
        for token in inside {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth = depth.saturating_sub(1),
                TokenKind::Comma if depth == 0 => has_comma = true,
                TokenKind::Colon | TokenKind::For if depth == 0 => return None,
                _ => {}
            }
        }
        let range = TextRange::new(inside.first()?.start(), inside.last()?.end());
        has_comma.then(|| self.syntax("did you forget parentheses around the comprehension target?", range))
    }

    /// `[*Ts: bound]`
    fn type_parameter(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let starts = matches!(around.before.first()?.kind(), TokenKind::Def | TokenKind::Class | TokenKind::Type)
            || around.before.get(1).is_some_and(|token| token.kind() == TokenKind::Def);
        let bracket = around.open_bracket()?;
        let is_list = starts && around.before[bracket].kind() == TokenKind::Lsqb && around.here()? == TokenKind::Colon;
        let kind = match around.kind_before(2) {
            Some(TokenKind::Star) => "TypeVarTuple",
            Some(TokenKind::DoubleStar) => "ParamSpec",
            _ => return None,
        };
        let constrained = around.after.get(1).is_some_and(|token| token.kind() == TokenKind::Lpar);
        let what = if constrained { "constraints" } else { "bound" };
        let colon = around.after[0].range();
        let range = self.through(colon, colon.end());
        is_list.then(|| self.syntax(format!("cannot use {what} with {kind}"), range))
    }

    /// `"text "inside" text"`
    fn string_inside(&self, around: &Around<'_>) -> Option<Box<Failure>> {
        let is_string = |kind: TokenKind| kind == TokenKind::String;
        if !around.kind_before(1).is_some_and(is_string) || around.here()? != TokenKind::Name {
            return None;
        }
        let line = around.after.iter().take_while(|token| token.kind() != TokenKind::Newline);
        let words: Vec<&&Token> = line.take_while(|token| !is_string(token.kind())).collect();
        let closes = around.after.get(words.len()).is_some_and(|token| is_string(token.kind()));
        let plain = words.iter().all(|token| token.kind() == TokenKind::Name);
        let start = around.before[around.before.len() - 1].start();
        let end = words.last().map_or(start, |token| token.end());
        (closes && plain).then(|| {
            let message = "invalid syntax. Is this intended to be part of the string?";
            self.syntax(message, TextRange::new(words[0].start(), end))
        })
    }
}
