//! The module `_elementtree`: trees of elements, and the parser that builds them (Modules/_elementtree.c).
//!
//! `parser.rs` pulls events from the same parser that `pyexpat` has, and gives them to a builder of trees directly.

mod builder;
mod element;
mod iterator;
mod parser;

use crate::error::{self, Code};
use crate::event::Position;
use builder::TreeBuilder;
use element::Element;
use iterator::ElementIterator;
use parser::XMLParser;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{ExceptionClass, Field, IntoObject, NativeObject};
use sidewinder_runtime::objects::exception::SYNTAX_ERROR;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    error: ExceptionClass,
    /// What makes comments and instructions where a builder is not told anything else.
    comments: Field,
    instructions: Field,
}

/// Raises a `ParseError` with number and place.
#[cold]
fn parse_error(cx: &mut Context, code: Code, position: Position, words: Option<&str>) -> Raised {
    let words = words.or_else(|| error::message(i64::from(code.0))).unwrap_or_default();
    let message = format!("{words}: line {}, column {}", position.line, position.column);
    let message = message.into_object(cx);
    let _raised = cx.state::<State>().error.raise_with(cx, &[message.value()]);
    let made = cx.take_pending();
    let number = i64::from(code.0).into_object(cx);
    let place = (position.line, position.column).into_object(cx);
    for (name, value) in [("code", number), ("position", place)] {
        if let Err(raised) = attribute::set_text(cx, made.value(), name, value.value()) {
            return raised;
        }
    }
    cx.raise_value(made)
}

/// Something to call, or none.
fn factory(cx: &mut Context, value: Value, what: &str) -> Result<Option<Owned>> {
    if value == singleton::none() {
        return Ok(None);
    }
    if value.type_of().slots().call.is_none() {
        let found = value.type_of().name();
        return Err(cx.type_error(format!("{what} factory must be callable, not {found}")));
    }
    Ok(Some(Owned::new(value)))
}

// Trees of elements. No documentation, as in CPython.
#[native_module("_elementtree", types(Element, TreeBuilder, XMLParser, hidden ElementIterator))]
mod rows {
    use super::*;

    /// SubElement(parent, tag, attrib={}, **extra)
    /// A new element, which is the last one in another.
    #[function(name = "SubElement")]
    fn sub_element(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        element::sub_element(cx, arguments)
    }

    /// Says what makes comments and instructions, and gives what did before.
    #[function]
    fn _set_factories(cx: &mut Context, comment_factory: Value, pi_factory: Value) -> Result<(Owned, Owned)> {
        let comments = factory(cx, comment_factory, "Comment")?;
        let instructions = factory(cx, pi_factory, "PI")?;
        let state = cx.state::<State>();
        let before = (state.comments.get_or_none(), state.instructions.get_or_none());
        state.comments.set(comments);
        state.instructions.set(instructions);
        Ok(before)
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let state = cx.state::<State>();
        state.error.define(cx, module, ["xml.etree.ElementTree", "ParseError"], &SYNTAX_ERROR, None)
    }
}

/// The element that a value is.
fn element_of(value: Value) -> Option<&'static NativeObject<Element>> {
    value.cast::<NativeObject<Element>>()
}
