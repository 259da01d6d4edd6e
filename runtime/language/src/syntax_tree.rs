//! The module `_ast`: classes of the nodes of syntax trees, made from the abstract grammar, and trees as objects.

mod classes;
mod from_object;
mod to_object;

pub use from_object::{check_mode, from_object};
pub use to_object::to_object;

use classes::Classes;
use sidewinder_compiler::tree::grammar::{self, FieldRow, NodeRow, Rule};
use sidewinder_compiler::tree::{Class, Occurrence};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{attribute, call, convert, import, iterate, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

/// Syntax trees.
#[native_module("_ast", types(Node))]
mod rows {
    use super::*;

    #[constant(name = "PyCF_ALLOW_TOP_LEVEL_AWAIT")]
    const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;
    #[constant(name = "PyCF_ONLY_AST")]
    const ONLY_AST: i64 = 0x400;
    #[constant(name = "PyCF_OPTIMIZED_AST")]
    const OPTIMIZED_AST: i64 = 0x8400;
    #[constant(name = "PyCF_TYPE_COMMENTS")]
    const TYPE_COMMENTS: i64 = 0x1000;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        let empty = Owned::new(sidewinder_runtime::objects::tuple::empty());
        for name in ["_fields", "__match_args__", "_attributes"] {
            NODE.namespace(cx).set_text(cx, name, empty.value());
        }
        NODE.object.modified(cx);
        let (mut nodes, mut rules) = (Vec::new(), Vec::new());
        for rule in grammar::rules() {
            rules.push(add_rule(cx, module, rule, &mut nodes)?);
        }
        let mut plain = Vec::with_capacity(nodes.len());
        for (class, object) in &nodes {
            let is_plain = grammar::rules()[class.row().rule].is_plain();
            plain.push(if is_plain { Some(call::call(cx, object.value(), &[])?) } else { None });
        }
        cx.state::<Classes>().fill(nodes, rules, plain);
        for rule in grammar::rules() {
            for node in &rule.nodes {
                add_field_types(cx, module, node)?;
            }
        }
        Ok(())
    }
}

/// The classes of a rule: adds those of its nodes to `nodes`, and gives their base.
fn add_rule(cx: &mut Context, module: &ModuleObject, rule: &Rule, nodes: &mut Vec<(Class, Owned)>) -> Result<Owned> {
    let texts: Vec<&str> = rule.nodes.iter().map(|node| node.text).collect();
    if rule.product {
        let node = &rule.nodes[0];
        let made = make_class(cx, node.name, NODE.value(), node.text, &node.fields, Some(&rule.attributes))?;
        module.namespace().set_text(cx, node.name, made.value());
        nodes.push((node.class, made.clone()));
        return Ok(made);
    }
    // Rules of names stand in a line, others with a node in each.
    let indent = if rule.is_plain() { " | ".to_string() } else { format!("\n{}| ", " ".repeat(rule.name.len() + 1)) };
    let doc = format!("{} = {}", rule.name, texts.join(&indent));
    let base = make_class(cx, rule.name, NODE.value(), &doc, &[], Some(&rule.attributes))?;
    module.namespace().set_text(cx, rule.name, base.value());
    for node in &rule.nodes {
        let made = make_class(cx, node.name, base.value(), node.text, &node.fields, None)?;
        module.namespace().set_text(cx, node.name, made.value());
        nodes.push((node.class, made));
    }
    Ok(base)
}

/// A class of nodes. Optional fields and attributes have a value in the class.
fn make_class(
    cx: &mut Context,
    name: &str,
    base: Value,
    doc: &str,
    fields: &[FieldRow],
    attributes: Option<&[FieldRow]>,
) -> Result<Owned> {
    let own = DictObject::new(cx);
    let namespace = dict::of(own.value());
    let fields_tuple = names(cx, fields);
    for key in ["_fields", "__match_args__"] {
        namespace.set_text(cx, key, fields_tuple.value());
    }
    let doc = StrObject::new(cx, doc);
    namespace.set_text(cx, "__doc__", doc.value());
    let module = StrObject::new(cx, "ast");
    namespace.set_text(cx, "__module__", module.value());
    if let Some(attributes) = attributes {
        let attributes = names(cx, attributes);
        namespace.set_text(cx, "_attributes", attributes.value());
    }
    for row in fields.iter().chain(attributes.unwrap_or_default()).filter(|row| row.occurrence == Occurrence::Optional)
    {
        namespace.set_text(cx, row.name, singleton::none());
    }
    let name = StrObject::new(cx, name);
    let bases = TupleObject::new(cx, &[base]);
    call::call(cx, TYPE.value(), &[name.value(), bases.value(), own.value()])
}

fn names(cx: &mut Context, fields: &[FieldRow]) -> Owned {
    let names = fields.iter().map(|field| str::intern(cx, field.name)).collect();
    TupleObject::from_owned(cx, names)
}

/// `_field_types` of a class, which its constructor reads.
fn add_field_types(cx: &mut Context, module: &ModuleObject, node: &NodeRow) -> Result<()> {
    let types = DictObject::new(cx);
    for field in &node.fields {
        let plain = match field.kind_name {
            "identifier" | "string" => builtin(cx, "str"),
            "int" => builtin(cx, "int"),
            "constant" => builtin(cx, "object"),
            kind => module.namespace().get_text(cx, kind),
        };
        let Some(plain) = plain else { continue };
        let kind = match field.occurrence {
            Occurrence::Once => Owned::new(plain),
            Occurrence::Optional => sidewinder_runtime::operations::arithmetic::binary(
                cx,
                sidewinder_runtime::objects::slots::BinaryOp::Or,
                plain,
                singleton::none(),
            )?,
            Occurrence::Many => {
                let list = builtin(cx, "list").unwrap_or(plain);
                (cx.interpreter().hooks.generic_alias)(cx, list, plain)
            }
        };
        dict::of(types.value()).set_text(cx, field.name, kind.value());
    }
    let Some(class) = module.namespace().get_text(cx, node.name) else { return Ok(()) };
    attribute::set_text(cx, class, "_field_types", types.value())?;
    attribute::set_text(cx, class, "__annotations__", types.value())
}

fn builtin(cx: &mut Context, name: &str) -> Option<Value> {
    cx.builtins().get_text(cx, name)
}

/// The class from which those of all nodes derive.
#[native_type("ast.AST", base, weakrefs, dict)]
#[derive(Traverse, Default)]
pub struct Node;

/// The names in an attribute of a node's class.
fn listed(cx: &mut Context, node: Value, attribute_name: &str) -> Result<Vec<Owned>> {
    match attribute::get_text_optional(cx, node.type_of().value(), attribute_name)? {
        Some(found) => iterate::collect(cx, found.value()),
        None => Ok(Vec::new()),
    }
}

fn text_of(value: Value) -> String {
    str::text(value).unwrap_or_default().into_owned()
}

/// Refuses to make a copy that would miss fields which have no default.
fn check_replaced(cx: &mut Context, this: Value, given: &DictObject) -> Result<()> {
    let types = attribute::get_text_optional(cx, this.type_of().value(), "_field_types")?;
    let mut missing = Vec::new();
    for field in listed(cx, this, "_fields")? {
        if given.get(cx, field.value())?.is_some() {
            continue;
        }
        let kind = match types.as_ref().and_then(|types| types.value().cast::<DictObject>()) {
            Some(types) => types.get(cx, field.value())?.map(Owned::new),
            None => None,
        };
        let is_optional = match kind {
            Some(kind) => shown(cx, kind.value())?.ends_with("| None"),
            None => false,
        };
        if !is_optional {
            missing.push(shown(cx, field.value())?);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    let class = type_slots::plain_name(this.type_of());
    let (count, plural) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
    let names = missing.join(", ");
    Err(cx.type_error(format!("{class}.__replace__ missing {count} keyword argument{plural}: {names}.")))
}

fn shown(cx: &mut Context, value: Value) -> Result<String> {
    let shown = convert::repr(cx, value)?;
    Ok(text_of(shown.value()))
}

/// Gives a field that was not given its value, if its type says one.
fn fill_in(cx: &mut Context, this: Value, name: &Owned) -> Result<()> {
    let types = attribute::get_text_optional(cx, this.type_of().value(), "_field_types")?;
    let types = types.filter(|types| types.value().cast::<DictObject>().is_some());
    let kind = match &types {
        Some(types) => dict::of(types.value()).get(cx, name.value())?.map(Owned::new),
        // A class without types may leave out what it likes.
        None => return Ok(()),
    };
    let class = type_slots::plain_name(this.type_of());
    let Some(kind) = kind else {
        let message = format!(
            "Field {} is missing from {class}._field_types. This will become an error in Python 3.15.",
            shown(cx, name.value())?
        );
        return warnings::warn(cx, &DEPRECATION_WARNING, &message, 1);
    };
    let kind_shown = shown(cx, kind.value())?;
    if kind_shown.ends_with("| None") {
        // The class has the value.
        return Ok(());
    }
    if kind_shown.starts_with("list[") {
        let list = ListObject::new(cx, Vec::new());
        return attribute::set(cx, this, name.value(), list.value());
    }
    if kind_shown == "<class 'ast.expr_context'>" {
        let module = import::module(cx, "_ast")?;
        let load = attribute::get_text(cx, module.value(), "Load")?;
        let load = call::call(cx, load.value(), &[])?;
        return attribute::set(cx, this, name.value(), load.value());
    }
    let message = format!(
        "{class}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
        shown(cx, name.value())?
    );
    warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)
}

#[methods]
impl Node {
    #[new(name = "AST")]
    fn new(_arguments: Arguments<'_>) -> Result<Node> {
        Ok(Node)
    }

    #[init]
    fn init(cx: &mut Context, this: Value, arguments: Arguments<'_>) -> Result<()> {
        let fields = listed(cx, this, "_fields")?;
        let given = arguments.positionals();
        let class = type_slots::plain_name(this.type_of());
        if given.len() > fields.len() {
            let (most, plural) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
            return Err(cx.type_error(format!("{class} constructor takes at most {most} positional argument{plural}")));
        }
        let mut missing = fields.clone();
        for (name, value) in fields.iter().zip(given) {
            attribute::set(cx, this, name.value(), *value)?;
        }
        missing.drain(..given.len());
        for (name, value) in arguments.keywords() {
            let is_it = |field: &Owned| str::equal(field.value(), name);
            if fields[..given.len()].iter().any(is_it) {
                let shown = convert::repr(cx, name)?;
                let shown = text_of(shown.value());
                return Err(cx.type_error(format!("{class} got multiple values for argument {shown}")));
            }
            match missing.iter().position(is_it) {
                Some(position) => drop(missing.remove(position)),
                None => {
                    let attributes = listed(cx, this, "_attributes")?;
                    if !attributes.iter().any(is_it) {
                        let message = format!(
                            "{class}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword \
                             arguments is deprecated and will be removed in Python 3.15.",
                            shown(cx, name)?
                        );
                        warnings::warn(cx, &DEPRECATION_WARNING, &message, 1)?;
                    }
                }
            }
            let name = str::intern_value(cx, name);
            attribute::set(cx, this, name.value(), value)?;
        }
        for name in &missing {
            fill_in(cx, this, name)?;
        }
        Ok(())
    }

    #[slot(repr)]
    fn repr(cx: &mut Context, this: Value) -> Result<Owned> {
        let text = show(cx, this, 3)?;
        Ok(StrObject::new(cx, &text))
    }

    /// What pickling needs.
    fn __reduce__(cx: &mut Context, this: Value) -> Result<Owned> {
        let own = attribute::own_dict(cx, this)?;
        let class = Owned::new(this.type_of().value());
        let fields = listed(cx, this, "_fields")?;
        // The constructor gets `None` for the fields, which it would miss otherwise; the state says what they are.
        let mut positional = Vec::new();
        let mut state = None;
        if let Some(values) = own.value().cast::<DictObject>() {
            for field in &fields {
                if values.get(cx, field.value())?.is_none() {
                    break;
                }
                positional.push(Owned::new(singleton::none()));
            }
            state = Some(values.copy(cx));
        }
        let arguments = TupleObject::from_owned(cx, positional);
        let state = state.unwrap_or(own);
        Ok(TupleObject::from_owned(cx, vec![class, arguments, state]))
    }

    /// A copy of the node with other fields.
    fn __replace__(cx: &mut Context, this: Value, arguments: Arguments<'_>) -> Result<Owned> {
        if !arguments.positionals().is_empty() {
            return Err(cx.type_error("__replace__() takes no positional arguments"));
        }
        let class = type_slots::plain_name(this.type_of());
        let mut allowed = listed(cx, this, "_fields")?;
        allowed.extend(listed(cx, this, "_attributes")?);
        let changes = DictObject::new(cx);
        let own = attribute::own_dict(cx, this)?;
        if let Some(values) = own.value().cast::<DictObject>() {
            for name in &allowed {
                if let Some(value) = values.get(cx, name.value())?.map(Owned::new) {
                    dict::of(changes.value()).set(cx, name.value(), value.value())?;
                }
            }
        }
        for (name, value) in arguments.keywords() {
            if !allowed.iter().any(|field| str::equal(field.value(), name)) {
                let name = text_of(name);
                return Err(cx.type_error(format!("{class}.__replace__ got an unexpected keyword argument '{name}'.")));
            }
            dict::of(changes.value()).set(cx, name, value)?;
        }
        check_replaced(cx, this, dict::of(changes.value()))?;
        let changes = dict::of(changes.value());
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, value) in (0..changes.entry_count()).filter_map(|index| changes.entry(index)) {
            names.push(name);
            values.push(value);
        }
        call::call_with(cx, this.type_of().value(), Arguments { values: &values, names: &names })
    }
}

/// A node as its constructor would be called, nested nodes so deep.
fn show(cx: &mut Context, node: Value, depth: usize) -> Result<String> {
    cx.check_native_stack("")?;
    let class = type_slots::plain_name(node.type_of());
    if depth == 0 {
        return Ok(format!("{class}(...)"));
    }
    let fields = listed(cx, node, "_fields")?;
    if fields.is_empty() {
        return Ok(format!("{class}()"));
    }
    let mut parts = Vec::with_capacity(fields.len());
    for field in &fields {
        let value = attribute::get(cx, node, field.value())?;
        let shown = show_value(cx, value.value(), depth - 1)?;
        parts.push(format!("{}={shown}", text_of(field.value())));
    }
    Ok(format!("{class}({})", parts.join(", ")))
}

fn show_value(cx: &mut Context, value: Value, depth: usize) -> Result<String> {
    if value.type_of().is_subtype(&NODE) {
        return show(cx, value, depth);
    }
    let items =
        value.cast::<ListObject>().map(|list| list.as_slice().iter().copied().map(Owned::new).collect::<Vec<_>>());
    if let Some(items) = items {
        let mut parts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            // Of long lists the ends are shown.
            if items.len() > 2 && index > 0 && index + 1 < items.len() {
                if index == 1 {
                    parts.push("...".to_string());
                }
                continue;
            }
            parts.push(show_value(cx, item.value(), depth)?);
        }
        return Ok(format!("[{}]", parts.join(", ")));
    }
    let shown = convert::repr(cx, value)?;
    Ok(text_of(shown.value()))
}
