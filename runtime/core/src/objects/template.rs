//! `string.templatelib.Template` and `Interpolation`: what template strings make (PEP 750).

use crate::context::{Context, Result};
use crate::heap::{Header, Immortal, Owned};
use crate::native::{Arguments, GetSet, Native};
use crate::objects::exception::ATTRIBUTE_ERROR;
use crate::objects::iterator::arguments::{Signature, bad_argument};
use crate::objects::iterator::{iter_self, release_fields, traverse_fields};
use crate::objects::singleton;
use crate::objects::slots::{BINARY_COUNT, BinaryFunction, BinaryOp, Slots};
use crate::objects::str::{self, StrObject};
use crate::objects::tuple::TupleObject;
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::operations::{attribute, convert};
use crate::value::Value;
use std::cell::Cell;

/// A template: texts, and the interpolations between them.
#[repr(C)]
pub struct TemplateObject {
    pub header: Header,
    /// A tuple with one text more than there are interpolations.
    strings: Cell<Value>,
    interpolations: Cell<Value>,
}

/// One replacement field: its value, its source text, conversion (or None) and format.
#[repr(C)]
pub struct InterpolationObject {
    pub header: Header,
    fields: [Cell<Value>; 4],
}

/// Walks the texts that are not empty, and the interpolations.
#[repr(C)]
pub struct TemplateIterator {
    pub header: Header,
    template: Cell<Value>,
    /// Twice the index of the text that is next, one more for the interpolation after it.
    position: Cell<usize>,
}

pub static TEMPLATE: StaticType = Immortal::new(
    TypeObject::builtin(
        "string.templatelib.Template",
        size_of::<TemplateObject>(),
        Slots {
            repr: Some(template_repr),
            iter: Some(iterate),
            binary: BINARY,
            new: Some(new_template),
            traverse: Some(traverse_fields::<2>),
            release: Some(release_fields::<2>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(&[
        Native::new("__add__", 1, 1, |cx, it| add(cx, it[0], it[1]), "Return self+value."),
        Native::new("__reduce__", 0, 0, reduce_template, ""),
    ])
    .with_getset(&[
        shown("strings", |_, value| Ok(Owned::new(template(value).strings.get()))),
        shown("interpolations", |_, value| Ok(Owned::new(template(value).interpolations.get()))),
        GetSet { name: "values", get: values, set: None, doc: "Values of interpolations" },
    ])
    .with_doc("Template object"),
);

pub static INTERPOLATION: StaticType = Immortal::new(
    TypeObject::builtin(
        "string.templatelib.Interpolation",
        size_of::<InterpolationObject>(),
        Slots {
            repr: Some(interpolation_repr),
            new: Some(new_interpolation),
            traverse: Some(traverse_fields::<4>),
            release: Some(release_fields::<4>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED)
    .with_methods(&[Native::new("__reduce__", 0, 0, reduce_interpolation, "")])
    .with_getset(&[
        shown("value", |_, value| part(value, 0)),
        shown("expression", |_, value| part(value, 1)),
        shown("conversion", |_, value| part(value, 2)),
        shown("format_spec", |_, value| part(value, 3)),
    ])
    .with_doc("Interpolation object"),
);

pub static TEMPLATE_ITERATOR: StaticType = Immortal::new(
    TypeObject::builtin(
        "string.templatelib.TemplateIter",
        size_of::<TemplateIterator>(),
        Slots {
            iter: Some(iter_self),
            next: Some(next),
            traverse: Some(traverse_fields::<1>),
            release: Some(release_fields::<1>),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED),
);

crate::object_type!(TemplateObject, TEMPLATE);
crate::object_type!(InterpolationObject, INTERPOLATION);
crate::object_type!(TemplateIterator, TEMPLATE_ITERATOR);

/// Names of the fields, in order.
const FIELDS: [&str; 4] = ["value", "expression", "conversion", "format_spec"];

const BINARY: [Option<BinaryFunction>; BINARY_COUNT] = {
    let mut table: [Option<BinaryFunction>; BINARY_COUNT] = [None; BINARY_COUNT];
    table[BinaryOp::Add as usize] = Some(add);
    table
};

const fn shown(name: &'static str, get: fn(&mut Context, Value) -> Result<Owned>) -> GetSet {
    GetSet { name, get, set: Some(refuse), doc: "" }
}

fn refuse(cx: &mut Context, _value: Value, _new: Value) -> Result<()> {
    Err(cx.raise(&ATTRIBUTE_ERROR, "readonly attribute"))
}

fn template(value: Value) -> &'static TemplateObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn interpolation(value: Value) -> &'static InterpolationObject {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    unsafe { value.cast_unchecked() }
}

fn part(value: Value, index: usize) -> Result<Owned> {
    Ok(Owned::new(interpolation(value).fields[index].get()))
}

fn items(tuple: &Cell<Value>) -> &'static [Value] {
    tuple.get().cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default()
}

/// A template of a tuple of texts and a tuple of interpolations.
pub fn new(cx: &mut Context, strings: Owned, interpolations: Owned) -> Owned {
    let bytes = size_of::<TemplateObject>();
    let made = cx.heap.allocate(&raw const TEMPLATE.object, bytes, true) as *mut TemplateObject;
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe {
        (&raw mut (*made).strings).write(Cell::new(strings.into_raw()));
        (&raw mut (*made).interpolations).write(Cell::new(interpolations.into_raw()));
    }
    Owned::from_raw(Value::from_pointer(made))
}

/// An interpolation of its four fields.
pub fn new_field(cx: &mut Context, fields: [Owned; 4]) -> Owned {
    let bytes = size_of::<InterpolationObject>();
    let made = cx.heap.allocate(&raw const INTERPOLATION.object, bytes, true) as *mut InterpolationObject;
    let fields = fields.map(|field| Cell::new(field.into_raw()));
    // SAFETY: (heap 3) fresh memory of the object's size.
    unsafe { (&raw mut (*made).fields).write(fields) };
    Owned::from_raw(Value::from_pointer(made))
}

/// The conversion of a replacement field by its number in the bytecode.
pub fn conversion(cx: &mut Context, number: u16) -> Owned {
    match number {
        1 => str::intern(cx, "s"),
        2 => str::intern(cx, "r"),
        3 => str::intern(cx, "a"),
        _ => Owned::new(singleton::none()),
    }
}

/// Gathers texts and interpolations, joining texts that stand side by side.
struct Builder {
    strings: Vec<Owned>,
    interpolations: Vec<Owned>,
}

impl Builder {
    fn new(cx: &mut Context) -> Builder {
        Builder { strings: vec![StrObject::new(cx, "")], interpolations: Vec::new() }
    }

    fn text(&mut self, cx: &mut Context, text: Value) -> Result<()> {
        if let Some(last) = self.strings.pop() {
            let joined = str::concat(cx, last.value(), text)?;
            self.strings.push(joined);
        }
        Ok(())
    }

    fn field(&mut self, cx: &mut Context, field: Value) {
        self.interpolations.push(Owned::new(field));
        self.strings.push(StrObject::new(cx, ""));
    }

    fn finish(self, cx: &mut Context) -> Owned {
        let strings = TupleObject::from_owned(cx, self.strings);
        let interpolations = TupleObject::from_owned(cx, self.interpolations);
        new(cx, strings, interpolations)
    }
}

/// `Template(*texts_and_interpolations)`
fn new_template(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut builder = Builder::new(cx);
    for &value in arguments.values {
        if str::is_str(value) {
            builder.text(cx, value)?;
        } else if value.has_type(&INTERPOLATION) {
            builder.field(cx, value);
        } else {
            let kind = value.type_of().name();
            let message = format!("Template.__new__ *args need to be of type 'str' or 'Interpolation', got {kind}");
            return Err(cx.type_error(message));
        }
    }
    Ok(builder.finish(cx))
}

/// `Interpolation(value, expression='', conversion=None, format_spec='')`
fn new_interpolation(cx: &mut Context, _kind: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    const SIGNATURE: Signature<4> = Signature {
        function: "Interpolation",
        names: FIELDS,
        positional_only: 0,
        positional: 4,
        required: 1,
        rest: false,
        open: false,
    };
    let [value, expression, conversion, specification] = SIGNATURE.bind(cx, arguments)?;
    for (given, name) in [(expression, "expression"), (specification, "format_spec")] {
        if let Some(given) = given.filter(|given| !str::is_str(*given)) {
            return Err(bad_argument(cx, &format!("Interpolation() argument '{name}'"), "str", given));
        }
    }
    let conversion = conversion.filter(|conversion| *conversion != singleton::none());
    if let Some(conversion) = conversion {
        if !str::is_str(conversion) {
            return Err(bad_argument(cx, "Interpolation() argument 'conversion'", "str", conversion));
        }
        if !["s", "a", "r"].iter().any(|known| str::equals_text(conversion, known)) {
            return Err(cx.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
        }
    }
    let empty = StrObject::new(cx, "");
    let text = |given: Option<Value>| given.map_or_else(|| empty.clone(), Owned::new);
    let fields = [
        Owned::new(value.unwrap_or(singleton::none())),
        text(expression),
        Owned::new(conversion.unwrap_or(singleton::none())),
        text(specification),
    ];
    Ok(new_field(cx, fields))
}

/// Puts `__match_args__` into the type of interpolations; called once.
pub fn install(cx: &mut Context) {
    let names = FIELDS.iter().map(|name| str::intern(cx, name)).collect();
    let names = TupleObject::from_owned(cx, names);
    INTERPOLATION.namespace(cx).set_text(cx, "__match_args__", names.value());
    INTERPOLATION.modified(cx);
}

fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
    let name = TEMPLATE.name();
    if !left.has_type(&TEMPLATE) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    if !right.has_type(&TEMPLATE) {
        let kind = right.type_of().name();
        return Err(cx.type_error(format!("can only concatenate {name} (not \"{kind}\") to {name}")));
    }
    let mut builder = Builder::new(cx);
    for part in [template(left), template(right)] {
        for (index, &text) in items(&part.strings).iter().enumerate() {
            if let Some(field) = index.checked_sub(1).map(|before| items(&part.interpolations)[before]) {
                builder.field(cx, field);
            }
            builder.text(cx, text)?;
        }
    }
    Ok(builder.finish(cx))
}

fn values(cx: &mut Context, value: Value) -> Result<Owned> {
    let fields = items(&template(value).interpolations);
    let values = fields.iter().map(|field| Owned::new(interpolation(*field).fields[0].get())).collect();
    Ok(TupleObject::from_owned(cx, values))
}

fn template_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let own = template(value);
    let strings = convert::repr(cx, own.strings.get())?;
    let interpolations = convert::repr(cx, own.interpolations.get())?;
    let mut text = str::StrBuilder::new();
    for (name, part) in [("Template(strings=", &strings), (", interpolations=", &interpolations)] {
        text.push_text(name);
        if let Some(part) = str::cast(part.value()) {
            text.push_str(part);
        }
    }
    text.push_text(")");
    Ok(text.finish(cx))
}

fn interpolation_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let mut text = str::StrBuilder::new();
    text.push_text("Interpolation(");
    for (index, field) in interpolation(value).fields.iter().enumerate() {
        if index > 0 {
            text.push_text(", ");
        }
        let field = convert::repr(cx, field.get())?;
        if let Some(field) = str::cast(field.value()) {
            text.push_str(field);
        }
    }
    text.push_text(")");
    Ok(text.finish(cx))
}

fn reduce_template(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let own = template(arguments[0]);
    let module = crate::operations::import::module(cx, "string.templatelib")?;
    let function = attribute::get_text(cx, module.value(), "_template_unpickle")?;
    let parts = TupleObject::new(cx, &[own.strings.get(), own.interpolations.get()]);
    Ok(TupleObject::new(cx, &[function.value(), parts.value()]))
}

fn reduce_interpolation(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let fields: Vec<Value> = interpolation(arguments[0]).fields.iter().map(Cell::get).collect();
    let fields = TupleObject::new(cx, &fields);
    Ok(TupleObject::new(cx, &[INTERPOLATION.value(), fields.value()]))
}

fn iterate(cx: &mut Context, value: Value) -> Result<Owned> {
    let bytes = size_of::<TemplateIterator>();
    let made = cx.heap.allocate(&raw const TEMPLATE_ITERATOR.object, bytes, true) as *mut TemplateIterator;
    // SAFETY: (heap 3) fresh memory of the iterator's size.
    unsafe {
        (&raw mut (*made).template).write(Cell::new(Owned::new(value).into_raw()));
        (&raw mut (*made).position).write(Cell::new(0));
    }
    Ok(Owned::from_raw(Value::from_pointer(made)))
}

fn next(_cx: &mut Context, value: Value) -> Result<Option<Owned>> {
    // SAFETY: (slots 1) a slot is called with an object of its type.
    let iterator: &TemplateIterator = unsafe { value.cast_unchecked() };
    let own = template(iterator.template.get());
    loop {
        let position = iterator.position.get();
        iterator.position.set(position + 1);
        if position % 2 == 1 {
            return Ok(items(&own.interpolations).get(position / 2).map(|field| Owned::new(*field)));
        }
        match items(&own.strings).get(position / 2) {
            Some(text) if str::equals_text(*text, "") => {}
            Some(text) => return Ok(Some(Owned::new(*text))),
            None => {
                iterator.position.set(position);
                return Ok(None);
            }
        }
    }
}
