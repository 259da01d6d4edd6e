//! The classes of nodes, and what conversions need of them, kept for an interpreter.

use sidewinder_compiler::tree::Class;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::import;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The classes that the module made, even if a program has put others in its place.
#[derive(Default)]
pub struct Classes {
    /// By `Class`.
    nodes: RefCell<Vec<Owned>>,
    /// By the index of the rule: the base class of its nodes.
    rules: RefCell<Vec<Owned>>,
    /// By `Class`: the one object of a class without fields.
    plain: RefCell<Vec<Option<Owned>>>,
    /// Classes by their addresses.
    known: RefCell<HashMap<usize, Class>>,
}

impl Classes {
    /// The classes, which exist once the module has been executed.
    pub fn get(cx: &mut Context) -> Result<Rc<Classes>> {
        let classes = cx.state::<Classes>();
        if classes.nodes.borrow().is_empty() {
            import::module(cx, "_ast")?;
        }
        Ok(classes)
    }

    /// Takes over the classes of an executed module, in the order of the grammar.
    pub fn fill(&self, nodes: Vec<(Class, Owned)>, rules: Vec<Owned>, plain: Vec<Option<Owned>>) {
        let known = nodes.iter().map(|(class, object)| (object.value().0 as usize, *class)).collect();
        let before = (
            self.nodes.replace(nodes.into_iter().map(|(_, object)| object).collect()),
            self.rules.replace(rules),
            self.plain.replace(plain),
        );
        *self.known.borrow_mut() = known;
        drop(before);
    }

    /// The Python class of nodes.
    pub fn node(&self, class: Class) -> Option<&'static TypeObject> {
        self.nodes.borrow().get(class as usize)?.value().cast::<TypeObject>()
    }

    pub fn node_value(&self, class: Class) -> Option<Owned> {
        self.nodes.borrow().get(class as usize).cloned()
    }

    /// The base class of a rule's nodes.
    pub fn rule(&self, index: usize) -> Option<Owned> {
        self.rules.borrow().get(index).cloned()
    }

    /// The one object of a class without fields.
    pub fn plain(&self, class: Class) -> Option<Owned> {
        self.plain.borrow().get(class as usize).cloned().flatten()
    }

    /// The class of nodes that is exactly an object's type.
    pub fn class_of(&self, value: Value) -> Option<Class> {
        let address = std::ptr::from_ref(value.type_of()) as usize;
        self.known.borrow().get(&address).copied()
    }
}
