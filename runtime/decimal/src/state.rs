//! What the module keeps for an interpreter: its exceptions, the variable of the current context, constants.

use crate::context::DecimalContext;
use crate::environment::Status;
use crate::series::Constants;
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::{ARITHMETIC_ERROR, TYPE_ERROR, ZERO_DIVISION_ERROR};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};
use std::cell::RefCell;

/// Signals in the order in which dictionaries show them: the class, its condition, its bases.
pub static SIGNALS: [(&str, Status); 9] = [
    ("InvalidOperation", Status::INVALID),
    ("FloatOperation", Status::FLOAT_OPERATION),
    ("DivisionByZero", Status::DIVISION_BY_ZERO),
    ("Overflow", Status::OVERFLOW),
    ("Underflow", Status::UNDERFLOW),
    ("Subnormal", Status::SUBNORMAL),
    ("Inexact", Status::INEXACT),
    ("Rounded", Status::ROUNDED),
    ("Clamped", Status::CLAMPED),
];

/// Conditions that are invalid operations, in the order in which exceptions list them.
static CONDITIONS: [(&str, Status); 5] = [
    ("InvalidOperation", Status::INVALID_OPERATION),
    ("ConversionSyntax", Status::CONVERSION_SYNTAX),
    ("DivisionImpossible", Status::DIVISION_IMPOSSIBLE),
    ("DivisionUndefined", Status::DIVISION_UNDEFINED),
    ("InvalidContext", Status::INVALID_CONTEXT),
];

/// Classes of exceptions and their bases: of this module, or of the builtin ones.
static CLASSES: [(&str, &[&str]); 14] = [
    ("DecimalException", &["ArithmeticError"]),
    ("Clamped", &["DecimalException"]),
    ("Rounded", &["DecimalException"]),
    ("Inexact", &["DecimalException"]),
    ("Subnormal", &["DecimalException"]),
    ("DivisionByZero", &["DecimalException", "ZeroDivisionError"]),
    ("FloatOperation", &["DecimalException", "TypeError"]),
    ("Overflow", &["Inexact", "Rounded"]),
    ("Underflow", &["Inexact", "Rounded", "Subnormal"]),
    ("InvalidOperation", &["DecimalException"]),
    ("ConversionSyntax", &["InvalidOperation"]),
    ("DivisionImpossible", &["InvalidOperation"]),
    ("DivisionUndefined", &["InvalidOperation", "ZeroDivisionError"]),
    ("InvalidContext", &["InvalidOperation"]),
];

/// The state of an interpreter.
#[derive(Default)]
pub struct State {
    classes: RefCell<Vec<(&'static str, Owned)>>,
    /// The variable that holds the current context.
    pub variable: Field,
    /// Values of a context of `contextvars`, and the decimal context that they hold: the last ones that were asked for.
    pub current: RefCell<Option<(Owned, Owned)>>,
    /// Contexts that are copied when they are made current.
    pub templates: RefCell<Vec<Owned>>,
    pub signal_dict: Field,
    pub tuple: Field,
    pub rational: Field,
    pub constants: Constants,
}

impl State {
    pub fn class(&self, name: &str) -> Owned {
        let classes = self.classes.borrow();
        let found = classes.iter().find(|(other, _)| *other == name);
        found.map_or_else(|| Owned::new(singleton::none()), |(_, class)| class.clone())
    }

    /// The condition that a class of exceptions signals.
    pub fn condition(&self, class: Value) -> Option<Status> {
        let classes = self.classes.borrow();
        let (name, _) = classes.iter().find(|(_, known)| known.value() == class)?;
        SIGNALS.iter().find(|(signal, _)| signal == name).map(|(_, status)| *status)
    }

    /// The conditions that a list of signals names.
    pub fn conditions_of(&self, cx: &mut Context, signals: &[Value]) -> Result<Status> {
        let mut status = Status::NONE;
        for signal in signals {
            match self.condition(*signal) {
                Some(condition) => status |= condition,
                None => return Err(unknown_signal(cx)),
            }
        }
        Ok(status)
    }

    /// The signals of conditions, as a list; invalid operations by their reasons, if asked for.
    pub fn list(&self, cx: &mut Context, status: Status, reasons: bool) -> Owned {
        let mut classes = Vec::new();
        if reasons {
            let found = CONDITIONS.iter().filter(|(_, condition)| status.has(*condition));
            classes.extend(found.map(|(name, _)| self.class(name)));
        }
        let found = SIGNALS.iter().skip(usize::from(reasons)).filter(|(_, condition)| status.has(*condition));
        classes.extend(found.map(|(name, _)| self.class(name)));
        ListObject::new(cx, classes)
    }

    /// Raises the first of the signals that conditions give.
    #[cold]
    pub fn raise(&self, cx: &mut Context, status: Status) -> Raised {
        if status.has(Status::NO_MEMORY) {
            return exception::raise_arguments(cx, &exception::MEMORY_ERROR, &[]);
        }
        let list = self.list(cx, status, true);
        let name =
            SIGNALS.iter().find(|(_, condition)| status.has(*condition)).map_or("DecimalException", |(name, _)| name);
        let class = self.class(name);
        match call::call(cx, class.value(), &[list.value()]) {
            Ok(made) => exception::raise(cx, made),
            Err(raised) => raised,
        }
    }

    /// Makes the exceptions, and whatever else is made of Python's classes, and shows it in the module.
    pub fn define(&self, cx: &mut Context, module: &ModuleObject) -> Result<()> {
        if self.classes.borrow().is_empty() {
            for (name, bases) in CLASSES {
                let bases = bases.iter().map(|base| match *base {
                    "ArithmeticError" => Owned::new(ARITHMETIC_ERROR.value()),
                    "ZeroDivisionError" => Owned::new(ZERO_DIVISION_ERROR.value()),
                    "TypeError" => Owned::new(TYPE_ERROR.value()),
                    base => self.class(base),
                });
                let bases = TupleObject::from_owned(cx, bases.collect());
                let class = new_class(cx, name, bases, "decimal")?;
                self.classes.borrow_mut().push((name, class));
            }
            let collections = import::module(cx, "collections.abc")?;
            let mapping = attribute::get_text(cx, collections.value(), "MutableMapping")?;
            let mixin = Owned::new(crate::signals::SIGNAL_DICT_MIXIN.value());
            crate::signals::SIGNAL_DICT_MIXIN.object.ensure_ready(cx)?;
            let bases = TupleObject::from_owned(cx, vec![mixin, mapping]);
            self.signal_dict.set(Some(new_class(cx, "SignalDict", bases, "abc")?));
            let numbers = import::module(cx, "numbers")?;
            self.rational.set(Some(attribute::get_text(cx, numbers.value(), "Rational")?));
            let number = attribute::get_text(cx, numbers.value(), "Number")?;
            call::call_method(cx, number.value(), "register", &[crate::decimal::DECIMAL.value()])?;
            let collections = import::module(cx, "collections")?;
            let make = attribute::get_text(cx, collections.value(), "namedtuple")?;
            let (name, fields) = (StrObject::new(cx, "DecimalTuple"), StrObject::new(cx, "sign digits exponent"));
            let tuple = call::call(cx, make.value(), &[name.value(), fields.value()])?;
            let home = StrObject::new(cx, "decimal");
            attribute::set_text(cx, tuple.value(), "__module__", home.value())?;
            self.tuple.set(Some(tuple));
            let contexts = import::module(cx, "_contextvars")?;
            let make = attribute::get_text(cx, contexts.value(), "ContextVar")?;
            let name = StrObject::new(cx, "decimal_context");
            self.variable.set(Some(call::call(cx, make.value(), &[name.value()])?));
            let templates = DecimalContext::templates(cx)?;
            self.templates.borrow_mut().extend(templates);
        }
        let namespace = module.namespace();
        for (name, class) in self.classes.borrow().iter() {
            namespace.set_text(cx, name, class.value());
        }
        let tuple = self.tuple.get_or_none();
        namespace.set_text(cx, "DecimalTuple", tuple.value());
        for (name, template) in
            ["DefaultContext", "BasicContext", "ExtendedContext"].iter().zip(self.templates.borrow().iter())
        {
            namespace.set_text(cx, name, template.value());
        }
        Ok(())
    }

    /// Whether a context is one of those that are copied when they are made current.
    pub fn is_template(&self, context: Value) -> bool {
        self.templates.borrow().iter().any(|template| template.value() == context)
    }
}

fn new_class(cx: &mut Context, name: &str, bases: Owned, home: &str) -> Result<Owned> {
    let text = StrObject::new(cx, name);
    let namespace = DictObject::new(cx);
    let home = StrObject::new(cx, home);
    dict::of(namespace.value()).set_text(cx, "__module__", home.value());
    // The class of the first base makes it: it may be that of abstract classes.
    let mut maker = TYPE.value();
    if let Some(tuple) = bases.value().cast::<TupleObject>() {
        for base in tuple.as_slice() {
            if base.type_of().is_subtype(&TYPE) && !std::ptr::eq(base.type_of(), &TYPE.object) {
                maker = base.type_of().value();
            }
        }
    }
    call::call(cx, maker, &[text.value(), bases.value(), namespace.value()])
}

#[cold]
pub fn unknown_signal(cx: &mut Context) -> Raised {
    let message = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, \
                   Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    cx.raise(&exception::KEY_ERROR, message)
}

/// The object of a decimal context.
pub fn as_context<'a>(value: Value) -> Option<&'a NativeObject<DecimalContext>> {
    value.cast::<NativeObject<DecimalContext>>()
}
