//! The kinds that operators have for the parser; for `tokenize` they are all the same (`token.EXACT_TOKEN_TYPES`).

/// Operators by the numbers of their kinds, which lie close together, and the first of these numbers.
const OPERATORS: [&str; 48] = [
    "(", ")", "[", "]", ":", ",", ";", "+", "-", "*", "/", "|", "&", "<", ">", "=", ".", "%", "{", "}", "==", "!=",
    "<=", ">=", "~", "^", "<<", ">>", "**", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//",
    "//=", "@", "@=", "->", "...", ":=", "!",
];
const FIRST: i64 = 7;

/// The number of an operator's kind; of what is no operator, that of operators in general.
pub fn kind(text: &str) -> i64 {
    let place = OPERATORS.iter().position(|operator| *operator == text);
    place.map_or(super::scan::kind::OPERATOR, |place| FIRST + place as i64)
}
