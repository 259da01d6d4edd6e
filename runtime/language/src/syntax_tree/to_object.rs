//! Trees as objects: one loop over the grammar's table makes nodes of every class.

use super::Node as NodeObject;
use super::classes::Classes;
use sidewinder_compiler::tree::{Class, Field, Node};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::exception::{RECURSION_ERROR, SYSTEM_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::{code, int, singleton, str};
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Context, Owned, Result};
use std::collections::HashMap;
use std::rc::Rc;

/// The object of a tree, and of all in it.
pub fn to_object(cx: &mut Context, tree: &Node) -> Result<Owned> {
    let classes = Classes::get(cx)?;
    let mut maker = Maker { classes, names: HashMap::new() };
    maker.node(cx, tree)
}

struct Maker {
    classes: Rc<Classes>,
    /// Interned names of fields.
    names: HashMap<&'static str, Owned>,
}

impl Maker {
    fn node(&mut self, cx: &mut Context, node: &Node) -> Result<Owned> {
        if !cx.has_native_stack() {
            return Err(cx.raise(&RECURSION_ERROR, "maximum recursion depth exceeded during ast construction"));
        }
        let row = node.class.row();
        let Some(class) = self.classes.node(node.class) else { return Err(lost(cx, node.class)) };
        let made = NativeObject::allocate(cx, class, NodeObject)?;
        for (field, row) in node.fields.iter().zip(&row.fields) {
            let value = self.field(cx, field)?;
            self.set(cx, &made, row.name, value)?;
        }
        let attributes = &sidewinder_compiler::tree::grammar::rules()[row.rule].attributes;
        let span = node.span;
        for (row, number) in attributes.iter().zip([span.line, span.column, span.end_line, span.end_column]) {
            let value = int::from_i64(cx, number.into());
            self.set(cx, &made, row.name, value)?;
        }
        Ok(made)
    }

    fn set(&mut self, cx: &mut Context, node: &Owned, name: &'static str, value: Owned) -> Result<()> {
        let name = self.names.entry(name).or_insert_with(|| str::intern(cx, name)).value();
        attribute::generic_set(cx, node.value(), name, value.value())
    }

    fn field(&mut self, cx: &mut Context, field: &Field) -> Result<Owned> {
        Ok(match field {
            Field::Absent => Owned::new(singleton::none()),
            Field::Node(node) => self.node(cx, node)?,
            Field::Plain(class) => match self.classes.plain(*class) {
                Some(object) => object,
                None => return Err(lost(cx, *class)),
            },
            Field::Text(text) => str::intern(cx, text),
            Field::Number(number) => int::from_i64(cx, *number),
            Field::Constant(constant) => code::instantiate(cx, constant),
            Field::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.field(cx, item)?);
                }
                ListObject::new(cx, values)
            }
        })
    }
}

/// A class is missing, which only an interpreter that has ended can bring about.
fn lost(cx: &mut Context, class: Class) -> sidewinder_runtime::Raised {
    cx.raise(&SYSTEM_ERROR, format!("the class ast.{} is gone", class.row().name))
}
