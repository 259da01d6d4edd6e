//! Python's syntax trees as plain data: nodes of the classes that the abstract grammar names.
//!
//! The source becomes such a tree (`syntax/export`), and the tree becomes code (`syntax/rebuild`); the module `_ast`
//! turns it into objects and back. All of them know classes and fields from the same table, `grammar.rs`.
//!
//! **Invariants**: a node has one field for each row of its class, in the grammar's order. Dropping a tree needs no
//! stack, however deep it is.
//!
//! Not here: the compiler's own tree (`ast.rs`), which knows scopes.

pub mod grammar;
mod optimize;
mod validate;
mod version;

pub use grammar::{Class, FieldKind, Occurrence};
pub use optimize::optimize;
pub use validate::{Invalid, InvalidKind, validate};
pub use version::newer_than;

use crate::ast::Name;
use sidewinder_bytecode::{Constant, Position};

/// Where a node stands in its source; an object may claim any numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// From 1.
    pub line: i32,
    /// In bytes of UTF-8, from 0.
    pub column: i32,
    pub end_line: i32,
    pub end_column: i32,
}

impl From<Position> for Span {
    fn from(position: Position) -> Span {
        let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        Span {
            line: number(position.line),
            column: number(position.column),
            end_line: number(position.end_line),
            end_column: number(position.end_column),
        }
    }
}

/// A node of a class that has fields or a place.
#[derive(Debug)]
pub struct Node {
    pub class: Class,
    pub span: Span,
    pub fields: Vec<Field>,
}

/// What a field holds.
#[derive(Debug, Default)]
pub enum Field {
    /// A field that may be left out, and `None` in a list.
    #[default]
    Absent,
    Node(Box<Node>),
    /// A node of a class without fields, of which one object serves all: an operator, a context.
    Plain(Class),
    /// An identifier or a string.
    Text(Name),
    Number(i64),
    Constant(Constant),
    List(Vec<Field>),
}

impl Node {
    pub fn new<const N: usize>(class: Class, span: impl Into<Span>, fields: [Field; N]) -> Node {
        debug_assert_eq!(class.row().fields.len(), N, "{class:?}");
        Node { class, span: span.into(), fields: Vec::from(fields) }
    }

    /// The fields, all of them.
    ///
    /// # Panics
    ///
    /// When the class does not have that many.
    pub fn all<const N: usize>(&self) -> &[Field; N] {
        match self.fields.as_slice().try_into() {
            Ok(fields) => fields,
            Err(_) => panic!("{:?} has {} fields", self.class, self.fields.len()),
        }
    }
}

impl Field {
    /// The node in a field.
    pub fn node(&self) -> Option<&Node> {
        match self {
            Field::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The items of a list; of anything else, none.
    pub fn list(&self) -> &[Field] {
        match self {
            Field::List(items) => items,
            _ => &[],
        }
    }

    /// The nodes in a list.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = &Node> {
        self.list().iter().filter_map(Field::node)
    }

    pub fn text(&self) -> Option<&Name> {
        match self {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self) -> i64 {
        match self {
            Field::Number(number) => *number,
            _ => 0,
        }
    }

    /// The class of an operator or a context.
    pub fn plain(&self) -> Option<Class> {
        match self {
            Field::Plain(class) => Some(*class),
            _ => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }
}

impl From<Node> for Field {
    fn from(node: Node) -> Field {
        Field::Node(Box::new(node))
    }
}

impl From<Class> for Field {
    fn from(class: Class) -> Field {
        Field::Plain(class)
    }
}

impl From<Name> for Field {
    fn from(text: Name) -> Field {
        Field::Text(text)
    }
}

impl From<bool> for Field {
    fn from(value: bool) -> Field {
        Field::Number(value.into())
    }
}

impl<T: Into<Field>> From<Option<T>> for Field {
    fn from(value: Option<T>) -> Field {
        value.map_or(Field::Absent, Into::into)
    }
}

impl<T: Into<Field>> From<Vec<T>> for Field {
    fn from(items: Vec<T>) -> Field {
        Field::List(items.into_iter().map(Into::into).collect())
    }
}

/// Takes a tree apart level by level: a chain of ten thousand nodes must not recurse.
impl Drop for Node {
    fn drop(&mut self) {
        let is_leaf = |field: &Field| !matches!(field, Field::Node(_) | Field::List(_));
        if self.fields.iter().all(is_leaf) {
            return;
        }
        let mut waiting = std::mem::take(&mut self.fields);
        while let Some(field) = waiting.pop() {
            match field {
                Field::Node(mut node) => waiting.append(&mut node.fields),
                Field::List(mut items) => waiting.append(&mut items),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_tree_is_dropped_without_recursion() {
        let mut node = Node::new(Class::Pass, Span::default(), []);
        for _ in 0..200_000 {
            node = Node::new(Class::Expr, Span::default(), [node.into()]);
        }
        drop(node);
    }
}
