//! Type comments, which trees have when they are asked for: `# type: int` behind a statement's head, an assignment or a
//! parameter, and `# type: ignore` anywhere.

use super::super::Lowering;
use crate::error::{Failure, Origin, Outcome};
use crate::tree::{Class, Field, Node, Span};
use ruff_python_ast as ruff;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The type comments of a source text.
#[derive(Default)]
pub(in crate::syntax) struct TypeComments {
    found: Vec<TypeComment>,
    /// The lines of `# type: ignore`, and what follows the word.
    ignored: Vec<(u32, String)>,
}

struct TypeComment {
    range: TextRange,
    text: String,
    is_taken: bool,
}

/// The text of a type comment, if a comment is one.
fn type_text(comment: &str) -> Option<&str> {
    let blank = [' ', '\t'];
    let rest = comment.strip_prefix('#')?.trim_start_matches(blank).strip_prefix("type:")?;
    Some(rest.trim_start_matches(blank))
}

impl Lowering<'_> {
    /// Finds the type comments.
    pub(super) fn read_type_comments(&mut self, parsed: &Parsed<ruff::Mod>) {
        for token in parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment) {
            let Some(text) = type_text(&self.source[token.range().to_std_range()]) else { continue };
            let tag = text.strip_prefix("ignore");
            match tag.filter(|tag| !tag.starts_with(|first: char| first.is_ascii_alphanumeric() || !first.is_ascii())) {
                Some(tag) => {
                    let (line, column) = self.lines.line_and_column(token.start());
                    let line_start = token.start().to_usize().saturating_sub(column as usize);
                    // Alone in its line, the comment takes the end of the line along.
                    let is_alone = self.source[line_start..token.start().to_usize()].trim().is_empty();
                    let end = if is_alone { "\n" } else { "" };
                    self.type_comments.ignored.push((line, format!("{tag}{end}")));
                }
                None => {
                    let (range, text) = (token.range(), text.to_string());
                    self.type_comments.found.push(TypeComment { range, text, is_taken: false });
                }
            }
        }
    }

    /// The type comment between two offsets, if what stands before it there is as it must be.
    fn take_type_comment(&mut self, from: TextSize, to: TextSize, fits: impl Fn(&str) -> bool) -> Field {
        let source = self.source;
        let comments = &mut self.type_comments.found;
        let first = comments.partition_point(|comment| comment.range.start() < from);
        let Some(comment) = comments[first..].iter_mut().find(|comment| !comment.is_taken) else {
            return Field::Absent;
        };
        let before = TextRange::new(from, comment.range.start());
        if comment.range.start() >= to || !fits(&source[before.to_std_range()]) {
            return Field::Absent;
        }
        comment.is_taken = true;
        let text = comment.text.clone();
        self.name(&text).into()
    }

    /// The comment behind an assignment.
    pub(super) fn comment_of_assignment(&mut self, end: TextSize) -> Field {
        let all = TextSize::of(self.source);
        self.take_type_comment(end, all, |before| before.trim_matches([' ', '\t', ')']).is_empty())
    }

    /// The comment behind the colon of a statement's head, or below it for a function.
    pub(super) fn comment_of_head(&mut self, head_end: TextSize, body: &[ruff::Stmt], is_function: bool) -> Field {
        let Some(first) = body.first() else { return Field::Absent };
        self.take_type_comment(head_end, first.range().start(), |before| {
            let head = if is_function { before.trim_end() } else { before.trim_end_matches([' ', '\t']) };
            head.ends_with(':')
        })
    }

    /// The comment behind a parameter and its comma.
    pub(super) fn comment_of_parameter(&mut self, end: TextSize) -> Field {
        let all = TextSize::of(self.source);
        self.take_type_comment(end, all, |before| {
            let before = before.trim();
            before.is_empty() || before == ","
        })
    }

    /// The nodes of `# type: ignore`; an error if a type comment stands where none can.
    pub(super) fn type_ignores(&mut self) -> Outcome<Vec<Node>> {
        if let Some(comment) = self.type_comments.found.iter().find(|comment| !comment.is_taken) {
            let before = self.source[..comment.range.start().to_usize()].trim_end();
            let line = before.rsplit('\n').next().unwrap_or_default();
            let head = line.split_once("# type:").map_or(line, |(head, _)| head).trim_end();
            let is_bare_star = head.strip_suffix(',').is_some_and(|head| head.trim_end().ends_with(['(', ' ', '*']))
                && head.trim_end_matches(',').trim_end().ends_with('*');
            let is_second = line.contains("# type:") && head.ends_with(':') && head.trim_start().contains("def ");
            let message = match (is_bare_star, is_second) {
                (true, _) => "bare * has associated type comment",
                (_, true) => "Cannot have two type comments on def",
                _ => "invalid syntax",
            };
            return Err(Failure::syntax(message, self.position(comment.range)).of(Origin::Parser));
        }
        let ignored = std::mem::take(&mut self.type_comments.ignored);
        let mut node = |(line, tag): (u32, String)| {
            Node::new(Class::TypeIgnore, Span::default(), [Field::Number(line.into()), self.name(&tag).into()])
        };
        Ok(ignored.into_iter().map(&mut node).collect())
    }
}
