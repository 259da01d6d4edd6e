//! The builder of trees: it is told of starts, texts and ends, and makes elements of them.

use super::element::Element;
use super::{State, element_of};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{Field, IntoObject, NativeObject, Traverse};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::slots::BinaryOp;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{list::ListObject, singleton};
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};

/// A piece of text.
enum Piece {
    Text(String),
    Object(Owned),
}

impl Traverse for Piece {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        if let Piece::Object(object) = self {
            visit(object.value());
        }
    }

    fn release(&mut self, children: &mut Children<'_>) {
        if let Piece::Object(object) = self {
            object.release(children);
        }
    }
}

/// The events that a list is told of, in the order of `Reported`.
pub const EVENTS: [&str; 6] = ["start", "end", "start-ns", "end-ns", "comment", "pi"];

/// An event that may be told to a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    Start,
    End,
    StartNamespace,
    EndNamespace,
    Comment,
    Instruction,
}

/// TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)
/// --
///
/// Makes a tree of what it is told.
#[native_type("xml.etree.ElementTree.TreeBuilder", base)]
#[derive(Traverse, Default)]
pub struct TreeBuilder {
    root: Field,
    /// The element that is open, and those around it; before the first, nothing.
    open: RefCell<Vec<Owned>>,
    /// The element whose text is gathered, and the one behind which the text is, if it is not that in the element.
    last: Field,
    last_for_tail: Field,
    data: RefCell<Vec<Piece>>,
    elements: Field,
    comments: Field,
    instructions: Field,
    pub inserts_comments: Cell<bool>,
    pub inserts_instructions: Cell<bool>,
    /// What is called with an event, and the names of events that are wanted.
    report: Field,
    names: RefCell<Vec<Option<Owned>>>,
}

impl TreeBuilder {
    /// Wants events, and no others than those given.
    pub fn set_events(&self, report: Owned, names: Vec<Option<Owned>>) {
        self.report.set(Some(report));
        let old = std::mem::replace(&mut *self.names.borrow_mut(), names);
        drop(old);
    }

    /// Whether an event is wanted.
    pub fn reports(&self, event: Reported) -> bool {
        self.names.borrow().get(event as usize).is_some_and(Option::is_some)
    }

    /// Tells of an event, if somebody wants it.
    pub fn report(&self, cx: &mut Context, event: Reported, what: &Owned) -> Result<()> {
        let name = self.names.borrow().get(event as usize).cloned().flatten();
        let (Some(name), Some(report)) = (name, self.report.get()) else { return Ok(()) };
        let told = (name, what.clone()).into_object(cx);
        call::call(cx, report.value(), &[told.value()]).map(drop)
    }

    /// Text that the parser has found.
    pub fn text(&self, text: String) {
        if self.last.is_empty() {
            return;
        }
        let mut data = self.data.borrow_mut();
        match data.last_mut() {
            Some(Piece::Text(before)) => before.push_str(&text),
            _ => data.push(Piece::Text(text)),
        }
    }

    /// The text that was gathered: one piece as it is, several joined.
    fn joined(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let mut data = std::mem::take(&mut *self.data.borrow_mut());
        let mut objects = Vec::with_capacity(data.len());
        for piece in data.drain(..) {
            objects.push(match piece {
                Piece::Text(text) => StrObject::new(cx, &text),
                Piece::Object(object) => object,
            });
        }
        match objects.len() {
            0 | 1 => Ok(objects.pop()),
            _ => {
                let objects = ListObject::new(cx, objects);
                let nothing = str::intern(cx, "");
                call::call_method(cx, nothing.value(), "join", &[objects.value()]).map(Some)
            }
        }
    }

    /// Gives the text to the element that it belongs to.
    fn flush(&self, cx: &mut Context) -> Result<()> {
        if self.data.borrow().is_empty() {
            return Ok(());
        }
        let (target, is_tail) = match self.last_for_tail.get() {
            Some(target) => (target, true),
            None => (self.last.get_or_none(), false),
        };
        let Some(text) = self.joined(cx)? else { return Ok(()) };
        let given = self.give(cx, &target, is_tail, text.clone());
        if given.is_err() {
            // It is tried again with what follows.
            self.data.borrow_mut().insert(0, Piece::Object(text));
        }
        given
    }

    /// Gives text to an element, behind what it has.
    fn give(&self, cx: &mut Context, target: &Owned, is_tail: bool, text: Owned) -> Result<()> {
        if let Some(element) = target.value().cast_exact::<NativeObject<Element>>() {
            let place = if is_tail { &element.tail } else { &element.text };
            let before = place.get().filter(|before| before.value() != singleton::none());
            let text = match before {
                Some(before) => add(cx, before.value(), text.value())?,
                None => text,
            };
            place.set(Some(text));
            return Ok(());
        }
        let name = if is_tail { "tail" } else { "text" };
        let before = attribute::get_text(cx, target.value(), name)?;
        let text = if before.value() == singleton::none() { text } else { add(cx, before.value(), text.value())? };
        attribute::set_text(cx, target.value(), name, text.value())
    }

    fn add_child(&self, cx: &mut Context, parent: &Owned, child: &Owned) -> Result<()> {
        match parent.value().cast_exact::<NativeObject<Element>>() {
            Some(element) if element_of(child.value()).is_some() => {
                element.children.borrow_mut().push(child.clone());
                Ok(())
            }
            _ => call::call_method(cx, parent.value(), "append", &[child.value()]).map(drop),
        }
    }

    fn innermost(&self) -> Option<Owned> {
        self.open.borrow().last().cloned()
    }

    /// An element starts.
    pub fn begin(&self, cx: &mut Context, tag: Owned, attributes: Option<Owned>) -> Result<Owned> {
        self.flush(cx)?;
        let node = match self.elements.get() {
            None => Element::make(cx, tag, attributes)?,
            Some(factory) => {
                let attributes = match attributes {
                    Some(attributes) => attributes,
                    None => DictObject::new(cx),
                };
                call::call(cx, factory.value(), &[tag.value(), attributes.value()])?
            }
        };
        self.last_for_tail.set(None);
        match self.innermost() {
            Some(parent) => self.add_child(cx, &parent, &node)?,
            None if self.root.is_empty() => self.root.set(Some(node.clone())),
            None => return Err(cx.state::<State>().error.raise(cx, "multiple elements on top level")),
        }
        self.open.borrow_mut().push(node.clone());
        self.last.set(Some(node.clone()));
        self.report(cx, Reported::Start, &node)?;
        Ok(node)
    }

    /// The innermost element ends.
    pub fn finish(&self, cx: &mut Context) -> Result<Owned> {
        self.flush(cx)?;
        let Some(node) = self.open.borrow_mut().pop() else { return Err(cx.index_error("pop from empty stack")) };
        self.last.set(Some(node.clone()));
        self.last_for_tail.set(Some(node.clone()));
        self.report(cx, Reported::End, &node)?;
        Ok(node)
    }

    /// A comment or an instruction, which is put into the tree if that is wanted.
    fn single(&self, cx: &mut Context, event: Reported, arguments: &[Value]) -> Result<Owned> {
        self.flush(cx)?;
        let (factory, inserts) = match event {
            Reported::Comment => (self.comments.get(), self.inserts_comments.get()),
            _ => (self.instructions.get(), self.inserts_instructions.get()),
        };
        let made = match factory {
            Some(factory) => {
                let made = call::call(cx, factory.value(), arguments)?;
                if inserts && let Some(parent) = self.innermost() {
                    self.add_child(cx, &parent, &made)?;
                    self.last_for_tail.set(Some(made.clone()));
                }
                made
            }
            None if arguments.len() == 1 => Owned::new(arguments[0]),
            None => sidewinder_runtime::objects::tuple::TupleObject::new(cx, arguments),
        };
        self.report(cx, event, &made)?;
        Ok(made)
    }

    /// A comment.
    pub fn tell_comment(&self, cx: &mut Context, text: Value) -> Result<Owned> {
        self.single(cx, Reported::Comment, &[text])
    }

    /// An instruction.
    pub fn tell_instruction(&self, cx: &mut Context, target: Value, data: Value) -> Result<Owned> {
        self.single(cx, Reported::Instruction, &[target, data])
    }

    /// The outermost element.
    pub fn tree(&self) -> Owned {
        self.root.get_or_none()
    }
}

fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    sidewinder_runtime::operations::arithmetic::binary(cx, BinaryOp::Add, left, right)
}

#[methods]
impl TreeBuilder {
    #[new]
    fn new(_cx: &mut Context, arguments: Arguments<'_>) -> Result<TreeBuilder> {
        // They are the initialiser's.
        let _ = arguments;
        Ok(TreeBuilder::default())
    }

    #[init(name = "TreeBuilder")]
    fn init(
        &self,
        cx: &mut Context,
        #[named]
        #[default(None)]
        element_factory: Option<Owned>,
        #[keyword]
        #[default(None)]
        comment_factory: Option<Owned>,
        #[default(None)] pi_factory: Option<Owned>,
        #[default(false)] insert_comments: bool,
        #[default(false)] insert_pis: bool,
    ) -> Result<()> {
        let state = cx.state::<State>();
        let comments = comment_factory.or_else(|| state.comments.get());
        let instructions = pi_factory.or_else(|| state.instructions.get());
        self.inserts_comments.set(insert_comments && comments.is_some());
        self.inserts_instructions.set(insert_pis && instructions.is_some());
        self.elements.set(element_factory);
        self.comments.set(comments);
        self.instructions.set(instructions);
        Ok(())
    }

    /// An element starts. Gives the element.
    fn start(&self, cx: &mut Context, tag: Owned, attrs: &DictObject) -> Result<Owned> {
        self.begin(cx, tag, Some(Owned::new(Value::from_pointer(attrs))))
    }

    /// An element ends. Gives the element.
    fn end(&self, cx: &mut Context, tag: Value) -> Result<Owned> {
        let _ = tag;
        self.finish(cx)
    }

    /// Text, which is passed over before the first element.
    fn data(&self, data: Owned) {
        if !self.last.is_empty() {
            self.data.borrow_mut().push(Piece::Object(data));
        }
    }

    /// A comment. Gives what was made of it.
    fn comment(&self, cx: &mut Context, text: Value) -> Result<Owned> {
        self.tell_comment(cx, text)
    }

    /// An instruction. Gives what was made of it.
    fn pi(&self, cx: &mut Context, target: Value, #[default(None)] text: Option<Value>) -> Result<Owned> {
        self.tell_instruction(cx, target, text.unwrap_or(singleton::none()))
    }

    /// The tree.
    fn close(&self) -> Owned {
        self.tree()
    }
}
