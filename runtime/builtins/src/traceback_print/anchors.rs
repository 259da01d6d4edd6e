//! Which part of a failing expression the carets point at: the operator of a binary operation, the brackets of a
//! subscript or call. A small tokenizer and the operators' precedences are enough for that.

/// The part between `left` (included) and `right` (excluded) gets carets, the rest of the expression tildes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchors {
    pub left_line: usize,
    pub left_column: usize,
    pub right_line: usize,
    pub right_column: usize,
}

impl Anchors {
    /// The anchors relative to a text that has `columns` more characters before the first line.
    pub fn shifted(mut self, columns: usize) -> Anchors {
        self.left_column += if self.left_line == 0 { columns } else { 0 };
        self.right_column += if self.right_line == 0 { columns } else { 0 };
        self
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Name,
    Number,
    String,
    Operator,
}

/// A token with the places of its first character and behind its last one.
#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    text: String,
    start: (usize, usize),
    end: (usize, usize),
}

impl Token {
    fn is(&self, text: &str) -> bool {
        self.kind == Kind::Operator && self.text == text
    }

    fn is_word(&self, text: &str) -> bool {
        self.kind == Kind::Name && self.text == text
    }
}

const OPERATORS: [&str; 25] = [
    "**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "**", "//", ">>", "<<", "<=", ">=", "==", "+=", "-=", "*=",
    "/=", "%=", "&=", "|=", "^=", "@=", "<>",
];

/// Reads the tokens of some lines; `None` when a string does not end.
fn tokenize(lines: &[Vec<char>]) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let (mut line, mut column) = (0, 0);
    while line < lines.len() {
        let text = &lines[line];
        let Some(&point) = text.get(column) else {
            (line, column) = (line + 1, 0);
            continue;
        };
        if point == '#' || point == '\\' {
            (line, column) = (line + 1, 0);
            continue;
        }
        if point.is_whitespace() {
            column += 1;
            continue;
        }
        let start = (line, column);
        let mut kind = Kind::Operator;
        if let Some(quote) = string_start(text, column) {
            kind = Kind::String;
            (line, column) = string_end(lines, line, quote)?;
        } else if point.is_alphabetic() || point == '_' {
            kind = Kind::Name;
            column += text[column..].iter().take_while(|point| point.is_alphanumeric() || **point == '_').count();
        } else if point.is_ascii_digit() || point == '.' && text.get(column + 1).is_some_and(char::is_ascii_digit) {
            kind = Kind::Number;
            column = number_end(text, column);
        } else {
            let rest: String = text[column..].iter().take(3).collect();
            let found = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
            column += found.map_or(1, |operator| operator.len());
        }
        let token_text = if kind == Kind::String { String::new() } else { text[start.1..column].iter().collect() };
        tokens.push(Token { kind, text: token_text, start, end: (line, column) });
    }
    Some(tokens)
}

/// The column of the quote if a string literal (perhaps with a prefix) starts here.
fn string_start(text: &[char], column: usize) -> Option<usize> {
    let prefix = text[column..].iter().take(3).take_while(|point| "rRbBuUfFtT".contains(**point)).count();
    let quote = column + prefix;
    matches!(text.get(quote), Some('"' | '\'')).then_some(quote)
}

/// The place behind the string literal whose quote is at `quote`.
fn string_end(lines: &[Vec<char>], line: usize, quote: usize) -> Option<(usize, usize)> {
    let mark = lines[line][quote];
    let triple = lines[line][quote..].iter().take_while(|point| **point == mark).count() >= 3;
    let length = if triple { 3 } else { 1 };
    let (mut line, mut column) = (line, quote + length);
    loop {
        let text = &lines[line];
        match text.get(column) {
            None if triple && line + 1 < lines.len() => (line, column) = (line + 1, 0),
            None => return None,
            Some('\\') if column + 1 >= text.len() && line + 1 < lines.len() => (line, column) = (line + 1, 0),
            Some('\\') => column += 2,
            Some(point) if *point == mark => {
                let run = text[column..].iter().take_while(|point| **point == mark).count();
                if run >= length {
                    return Some((line, column + length));
                }
                column += 1;
            }
            Some(_) => column += 1,
        }
    }
}

fn number_end(text: &[char], start: usize) -> usize {
    let mut column = start;
    while let Some(point) = text.get(column) {
        let exponent_sign = matches!(point, '+' | '-')
            && matches!(text[column - 1], 'e' | 'E')
            && !text[start..].starts_with(&['0', 'x'])
            && column > start;
        if !(point.is_alphanumeric() || matches!(point, '.' | '_') || exponent_sign) {
            break;
        }
        column += 1;
    }
    column
}

/// What an expression is at its top.
enum Shape {
    /// The index of the operator token.
    Binary(usize),
    /// The index of the opening bracket.
    Subscript(usize),
    Call(usize),
    Other,
}

/// For each bracket token the index of its partner; `None` if the brackets do not match.
fn partners(tokens: &[Token]) -> Option<Vec<usize>> {
    let mut partners = vec![usize::MAX; tokens.len()];
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Operator {
            continue;
        }
        match token.text.as_str() {
            "(" | "[" | "{" => open.push(index),
            ")" | "]" | "}" => {
                let start: usize = open.pop()?;
                let expected = match tokens[start].text.as_str() {
                    "(" => ")",
                    "[" => "]",
                    _ => "}",
                };
                if token.text != expected {
                    return None;
                }
                (partners[start], partners[index]) = (index, start);
            }
            _ => {}
        }
    }
    open.is_empty().then_some(partners)
}

/// Tokens of an expression: a range of all tokens, with the brackets' partners.
#[derive(Clone, Copy)]
struct Expression<'a> {
    tokens: &'a [Token],
    partners: &'a [usize],
    first: usize,
    end: usize,
}

impl Expression<'_> {
    fn token(&self, index: usize) -> &Token {
        &self.tokens[index]
    }

    /// The indices of tokens outside all brackets; a bracket pair shows as its two tokens.
    fn outer(&self) -> Vec<usize> {
        let mut indices = Vec::new();
        let mut index = self.first;
        while index < self.end {
            indices.push(index);
            let partner = self.partners[index];
            if partner != usize::MAX && partner > index {
                index = partner;
                indices.push(index);
            }
            index += 1;
        }
        indices
    }

    /// The expression without parentheses around it, which are not part of any node but a tuple or generator.
    fn unwrapped(mut self) -> Self {
        while self.end > self.first + 2 && self.token(self.first).is("(") && self.partners[self.first] == self.end - 1 {
            let inner = Expression { first: self.first + 1, end: self.end - 1, ..self };
            let keeps = inner.outer().iter().any(|index| {
                let token = inner.token(*index);
                token.is(",") || token.is_word("for") || token.is_word("async") || token.is_word("yield")
            });
            if keeps {
                break;
            }
            self = inner;
        }
        self
    }

    fn shape(&self) -> Shape {
        let outer = self.outer();
        let mut operators: Vec<(u32, usize)> = Vec::new();
        let mut prefix = false;
        let mut expects_operand = true;
        for (position, index) in outer.iter().enumerate() {
            let token = self.token(*index);
            if is_low(token) {
                return Shape::Other;
            }
            if token.kind == Kind::Operator && self.partners[*index] == usize::MAX && token.text != "." {
                if expects_operand {
                    if !matches!(token.text.as_str(), "+" | "-" | "~" | "...") {
                        return Shape::Other;
                    }
                    prefix |= position == 0 && token.text != "...";
                    expects_operand = token.text != "...";
                } else {
                    let Some(precedence) = precedence(&token.text) else { return Shape::Other };
                    operators.push((precedence, *index));
                    expects_operand = true;
                }
            } else if token.is_word("await") {
                prefix |= position == 0 && outer.len() > 1;
            } else {
                expects_operand = false;
            }
        }
        let lowest = operators.iter().map(|(precedence, _)| *precedence).min();
        match lowest {
            Some(POWER) if prefix && !self.token(self.first).is_word("await") => Shape::Other,
            Some(POWER) => Shape::Binary(operators[0].1),
            Some(lowest) => {
                let root = operators.iter().rev().find(|(precedence, _)| *precedence == lowest);
                root.map_or(Shape::Other, |(_, index)| Shape::Binary(*index))
            }
            None if prefix => Shape::Other,
            None => self.trailer(),
        }
    }

    /// The shape of a primary: what its last brackets are.
    fn trailer(&self) -> Shape {
        if self.end <= self.first + 1 {
            return Shape::Other;
        }
        let last = self.end - 1;
        let open = self.partners[last];
        if open == usize::MAX || open <= self.first || open > last {
            return Shape::Other;
        }
        match self.token(open).text.as_str() {
            "(" => Shape::Call(open),
            "[" => Shape::Subscript(open),
            _ => Shape::Other,
        }
    }
}

/// Precedence of `**`, the tightest.
const POWER: u32 = 8;

fn precedence(operator: &str) -> Option<u32> {
    Some(match operator {
        "|" => 1,
        "^" => 2,
        "&" => 3,
        "<<" | ">>" => 4,
        "+" | "-" => 5,
        "*" | "@" | "/" | "//" | "%" => 6,
        "**" => POWER,
        _ => return None,
    })
}

/// Whether a token outside brackets binds looser than binary operators (or belongs to no expression).
fn is_low(token: &Token) -> bool {
    match token.kind {
        Kind::Operator => {
            matches!(
                token.text.as_str(),
                "," | ":" | ";" | "=" | ":=" | "->" | "<" | ">" | "!" | "<=" | ">=" | "==" | "!="
            ) || token.text.len() > 1 && token.text.ends_with('=')
        }
        Kind::Name => matches!(
            token.text.as_str(),
            "lambda"
                | "if"
                | "else"
                | "or"
                | "and"
                | "not"
                | "in"
                | "is"
                | "for"
                | "async"
                | "yield"
                | "return"
                | "raise"
                | "del"
                | "assert"
                | "import"
                | "from"
                | "as"
                | "with"
                | "while"
                | "class"
                | "def"
                | "try"
                | "except"
                | "finally"
                | "global"
                | "nonlocal"
                | "pass"
                | "break"
                | "continue"
                | "elif"
        ),
        _ => false,
    }
}

/// The anchors of an expression, if it is of a kind that has any.
pub fn find(lines: &[Vec<char>]) -> Option<Anchors> {
    let tokens = tokenize(lines)?;
    let partners = partners(&tokens)?;
    if tokens.is_empty() {
        return None;
    }
    let whole = Expression { tokens: &tokens, partners: &partners, first: 0, end: tokens.len() }.unwrapped();
    match whole.shape() {
        Shape::Binary(operator) => Some(binary_anchors(lines, whole, operator)),
        Shape::Subscript(open) | Shape::Call(open) => {
            let (left, right) = (tokens[open].start, tokens[whole.end - 1].end);
            Some(Anchors { left_line: left.0, left_column: left.1, right_line: right.0, right_column: right.1 })
        }
        Shape::Other => None,
    }
}

/// The operator is one or two characters long: the second one counts if it is before the right operand.
fn binary_anchors(lines: &[Vec<char>], whole: Expression<'_>, operator: usize) -> Anchors {
    let (line, column) = whole.token(operator).start;
    let right = Expression { first: operator + 1, ..whole }.unwrapped();
    let operand = whole.token(right.first.min(whole.end - 1)).start;
    let mut right_column = column + 1;
    if let Some(point) = lines[line].get(right_column)
        && (operand.0 > line || right_column < operand.1)
        && !point.is_whitespace()
        && !matches!(point, '\\' | '#')
    {
        right_column += 1;
    }
    Anchors { left_line: line, left_column: column, right_line: line, right_column }
}

/// Whether the lines are one statement `return f(…)` or `name = f(…)` whose call is exactly the range from `start` in
/// the first line to `end` in the last one.
pub fn is_plain_call_statement(lines: &[Vec<char>], start: usize, end: usize) -> bool {
    let Some(tokens) = tokenize(lines) else { return false };
    let Some(partners) = partners(&tokens) else { return false };
    let last_line = lines.len() - 1;
    let first = tokens.iter().position(|token| token.start >= (0, start)).unwrap_or(tokens.len());
    let behind = tokens.iter().position(|token| token.start >= (last_line, end)).unwrap_or(tokens.len());
    if first == 0 || first >= behind || tokens[first].start != (0, start) || tokens[behind - 1].end != (last_line, end)
    {
        return false;
    }
    let after = &tokens[behind..];
    let closing = after.iter().take_while(|token| token.is(")")).count();
    if after.get(closing).is_some_and(|token| !token.is(";")) || closing >= first {
        return false;
    }
    let before = &tokens[..first - closing];
    if !tokens[first - closing..first].iter().all(|token| token.is("(")) {
        return false;
    }
    let call = Expression { tokens: &tokens, partners: &partners, first, end: behind };
    let Shape::Call(open) = call.shape() else { return false };
    match before {
        [word] if word.is_word("return") => open == first + 1 && tokens[first].kind == Kind::Name,
        [target @ .., equals] if equals.is("=") => {
            let inner = target.iter().filter(|token| !token.is("(") && !token.is(")")).collect::<Vec<_>>();
            matches!(inner.as_slice(), [name] if name.kind == Kind::Name)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carets(text: &str) -> String {
        let lines: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
        match find(&lines) {
            None => "none".to_string(),
            Some(anchors) if lines.len() == 1 => (0..text.len())
                .map(|column| if (anchors.left_column..anchors.right_column).contains(&column) { '^' } else { '~' })
                .collect(),
            Some(anchors) => format!("{anchors:?}"),
        }
    }

    #[test]
    fn operators_and_brackets_are_found() {
        assert_eq!(carets("1/0"), "~^~");
        assert_eq!(carets("a + b * c"), "~~^~~~~~~");
        assert_eq!(carets("a * b + c"), "~~~~~~^~~");
        assert_eq!(carets("a // (b)"), "~~^^~~~~");
        assert_eq!(carets("\"xx\" *(4)"), "~~~~~^^~~");
        assert_eq!(carets("-a ** b"), "none");
        assert_eq!(carets("x ** -y ** z"), "~~^^~~~~~~~~");
        assert_eq!(carets("f(a)[b]"), "~~~~^^^");
        assert_eq!(carets("a.b(c, d)"), "~~~^^^^^^");
        assert_eq!(carets("a.b"), "none");
        assert_eq!(carets("(a, b)"), "none");
        assert_eq!(carets("a < b"), "none");
        assert_eq!(carets("x += 1"), "none");
        assert_eq!(carets("f\"{x}\" + 'a # b'"), "~~~~~~~^~~~~~~~~");
    }

    fn plain(text: &str, start: usize, end: usize) -> bool {
        is_plain_call_statement(&[text.chars().collect()], start, end)
    }

    #[test]
    fn plain_call_statements_need_no_carets() {
        assert!(plain("x = f(5)", 4, 8));
        assert!(plain("return f(1)", 7, 11));
        assert!(!plain("return a.f(1)", 7, 13));
        assert!(!plain("if n: x = f(1)", 10, 14));
        assert!(!plain("x = f(1) + 2", 4, 8));
        assert!(!plain("x = f(1)", 4, 5));
        assert!(!plain("x, y = f(1)", 7, 11));
    }
}
