//! Objects as trees: one loop over the grammar's table reads nodes of every class, with CPython's checks and words.

use super::classes::Classes;
use sidewinder_compiler::tree::grammar::{self, FieldRow, Rule};
use sidewinder_compiler::tree::{Class, Field, FieldKind, Node, Occurrence, Span};
use sidewinder_runtime::objects::exception::{OVERFLOW_ERROR, RECURSION_ERROR, RUNTIME_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::{constant, int, singleton, str};
use sidewinder_runtime::operations::{attribute, convert, instance};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::rc::Rc;

/// The tree of a module, an expression, an interactive statement or a signature.
pub fn from_object(cx: &mut Context, value: Value) -> Result<Node> {
    let classes = Classes::get(cx)?;
    let reader = Reader { classes };
    let rule = Class::Module.row().rule;
    match reader.node(cx, value, rule, None)? {
        Field::Node(node) => Ok(*node),
        _ => Err(reader.unexpected(cx, "mod", value)),
    }
}

/// Refuses a tree of which the mode of `compile` makes nothing.
pub fn check_mode(cx: &mut Context, value: Value, mode: &str) -> Result<()> {
    let wanted = match mode {
        "open-exec" => Class::Module,
        "open-eval" => Class::Expression,
        "open-single" => Class::Interactive,
        _ => Class::FunctionType,
    };
    let classes = Classes::get(cx)?;
    if let Some(class) = classes.node_value(wanted)
        && instance::is_instance(cx, value, class.value())?
    {
        return Ok(());
    }
    let found = sidewinder_runtime::operations::dunder::type_slots::plain_name(value.type_of());
    Err(cx.type_error(format!("expected {} node, got {found}", wanted.row().name)))
}

struct Reader {
    classes: Rc<Classes>,
}

impl Reader {
    /// A node of a rule in a field of a node of class `owner`.
    fn node(&self, cx: &mut Context, value: Value, rule_index: usize, owner: Option<Class>) -> Result<Field> {
        let rule = &grammar::rules()[rule_index];
        if !cx.has_native_stack() {
            let owner = owner.map_or(rule.name, |class| class.row().name);
            let message = format!("maximum recursion depth exceeded while traversing '{owner}' node");
            return Err(cx.raise(&RECURSION_ERROR, message));
        }
        if rule.product {
            let class = rule.nodes[0].class;
            let fields = self.fields(cx, value, class)?;
            let span = self.span(cx, value, rule)?;
            return Ok(finished(cx, Node { class, span, fields })?.into());
        }
        if rule.is_plain() {
            let class = self.class(cx, value, rule_index, rule)?;
            return Ok(Field::Plain(class));
        }
        if value == singleton::none() {
            return Ok(Field::Absent);
        }
        let span = self.span(cx, value, rule)?;
        let class = self.class(cx, value, rule_index, rule)?;
        let fields = self.fields(cx, value, class)?;
        Ok(finished(cx, Node { class, span, fields })?.into())
    }

    /// The class of a rule's nodes that an object is an instance of.
    fn class(&self, cx: &mut Context, value: Value, rule_index: usize, rule: &Rule) -> Result<Class> {
        if let Some(class) = self.classes.class_of(value).filter(|class| class.row().rule == rule_index) {
            return Ok(class);
        }
        if let Some(base) = self.classes.rule(rule_index)
            && instance::is_instance(cx, value, base.value())?
        {
            for row in &rule.nodes {
                if let Some(class) = self.classes.node_value(row.class)
                    && instance::is_instance(cx, value, class.value())?
                {
                    return Ok(row.class);
                }
            }
        }
        Err(self.unexpected(cx, rule.name, value))
    }

    fn unexpected(&self, cx: &mut Context, rule: &str, value: Value) -> Raised {
        match convert::repr(cx, value) {
            Ok(shown) => {
                let shown = str::text(shown.value()).unwrap_or_default().into_owned();
                cx.type_error(format!("expected some sort of {rule}, but got {shown}"))
            }
            Err(raised) => raised,
        }
    }

    fn span(&self, cx: &mut Context, value: Value, rule: &Rule) -> Result<Span> {
        let mut numbers = [0; 4];
        for (index, row) in rule.attributes.iter().enumerate().take(4) {
            let name = str::intern(cx, row.name);
            let found = attribute::get_optional(cx, value, name.value())?;
            let found = found.filter(|found| row.occurrence == Occurrence::Once || found.value() != singleton::none());
            numbers[index] = match found {
                Some(found) => number(cx, found.value())?,
                None if row.occurrence == Occurrence::Once => return Err(missing(cx, row.name, rule.name)),
                // A node ends where it starts unless it says more.
                None => numbers[index - 2],
            };
        }
        let [line, column, end_line, end_column] = numbers;
        Ok(Span { line, column, end_line, end_column })
    }

    fn fields(&self, cx: &mut Context, value: Value, class: Class) -> Result<Vec<Field>> {
        let row = class.row();
        let mut fields = Vec::with_capacity(row.fields.len());
        for field in &row.fields {
            let name = str::intern(cx, field.name);
            let found = attribute::get_optional(cx, value, name.value())?;
            fields.push(match (field.occurrence, found) {
                (Occurrence::Once, None) => return Err(missing(cx, field.name, row.name)),
                (Occurrence::Once, Some(found)) => self.value(cx, found.value(), field, class)?,
                (Occurrence::Optional, None) => Field::Absent,
                (Occurrence::Optional, Some(found)) if found.value() == singleton::none() => Field::Absent,
                (Occurrence::Optional, Some(found)) => self.value(cx, found.value(), field, class)?,
                (Occurrence::Many, None) => Field::List(Vec::new()),
                (Occurrence::Many, Some(found)) => self.list(cx, found.value(), field, class)?,
            });
        }
        Ok(fields)
    }

    fn list(&self, cx: &mut Context, value: Value, row: &FieldRow, class: Class) -> Result<Field> {
        let owner = class.row().name;
        let Some(list) = value.cast::<ListObject>() else {
            let kind = value.type_of().name();
            return Err(cx.type_error(format!("{owner} field \"{}\" must be a list, not a {kind}", row.name)));
        };
        let length = list.len();
        let mut items = Vec::with_capacity(length);
        for index in 0..length {
            // What reads an item may run Python, which may change the list.
            let item = list.get(index).map(Owned::new);
            if let Some(item) = &item {
                items.push(self.value(cx, item.value(), row, class)?);
            }
            if item.is_none() || list.len() != length {
                let message = format!("{owner} field \"{}\" changed size during iteration", row.name);
                return Err(cx.raise(&RUNTIME_ERROR, message));
            }
        }
        Ok(Field::List(items))
    }

    fn value(&self, cx: &mut Context, value: Value, row: &FieldRow, owner: Class) -> Result<Field> {
        match row.kind {
            FieldKind::Identifier => text(cx, value, "identifier"),
            FieldKind::Text => text(cx, value, "string"),
            FieldKind::Number => Ok(Field::Number(number(cx, value)?.into())),
            FieldKind::Constant => match constant::from_value(cx, value)? {
                Ok(sidewinder_bytecode::Constant::Code(_)) => Err(bad_constant(cx, value)),
                Ok(constant) => Ok(Field::Constant(constant)),
                Err(unknown) => Err(bad_constant(cx, unknown.value())),
            },
            FieldKind::Rule(rule) => self.node(cx, value, rule, Some(owner)),
        }
    }
}

fn bad_constant(cx: &mut Context, value: Value) -> Raised {
    let kind = sidewinder_runtime::operations::dunder::type_slots::plain_name(value.type_of());
    cx.type_error(format!("got an invalid type in Constant: {kind}"))
}

fn missing(cx: &mut Context, name: &str, owner: &str) -> Raised {
    cx.type_error(format!("required field \"{name}\" missing from {owner}"))
}

fn text(cx: &mut Context, value: Value, what: &str) -> Result<Field> {
    if value == singleton::none() {
        return Ok(Field::Absent);
    }
    match str::cast(value).filter(|text| text.is_exact()) {
        Some(text) => Ok(Field::Text(text.as_text().as_ref().into())),
        None => Err(cx.type_error(format!("AST {what} must be of type str"))),
    }
}

fn number(cx: &mut Context, value: Value) -> Result<i32> {
    if !int::is_int_like(value) {
        let shown = convert::repr_text(cx, value)?;
        return Err(cx.value_error(format!("invalid integer value: {shown}")));
    }
    match int::as_i64(value).and_then(|number| i32::try_from(number).ok()) {
        Some(number) => Ok(number),
        None => Err(cx.raise(&OVERFLOW_ERROR, "Python int too large to convert to C int")),
    }
}

/// A node whose fields are all there that must be.
fn finished(cx: &mut Context, node: Node) -> Result<Node> {
    let row = node.class.row();
    for (field, field_row) in node.fields.iter().zip(&row.fields) {
        if field.is_absent() && field_row.occurrence == Occurrence::Once {
            let message = format!("field '{}' is required for {}", field_row.name, row.name);
            return Err(cx.value_error(message));
        }
    }
    Ok(node)
}
