//! `Context`: precision, rounding, bounds, and the signals that arose or are trapped.

use crate::decimal::{self, Decimal};
use crate::environment::{EXPONENT_MIN, Environment, PRECISION_MAX, Rounding, Status};
use crate::number::Number;
use crate::operations::context_methods;
use crate::order::Choice;
use crate::signals::{self, SignalDictMixin};
use crate::state::{SIGNALS, State, as_context};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, FromArgument, Given, IntoObject, NativeObject, Place};
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};
use sidewinder_threads::context_variables;
use std::cell::Cell;
use std::rc::Rc;

/// Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)
/// --
///
/// The context affects almost all operations: how many digits results have, how they are rounded, which conditions are
/// errors. Every field that is not given is that of the default context.
#[native_type("decimal.Context", base)]
#[derive(Traverse)]
pub struct DecimalContext {
    #[plain]
    environment: Cell<Environment>,
    #[plain]
    capitals: Cell<bool>,
    #[plain]
    status: Rc<Cell<u32>>,
    #[plain]
    traps: Rc<Cell<u32>>,
    flags_shown: Field,
    traps_shown: Field,
}

/// Signals that are errors unless the program says otherwise.
const TRAPS_DEFAULT: u32 = Status::INVALID.0 | Status::DIVISION_BY_ZERO.0 | Status::OVERFLOW.0;

/// The context that is the start of all others.
pub const ENVIRONMENT_DEFAULT: Environment = Environment {
    precision: 28,
    exponent_max: 999_999,
    exponent_min: -999_999,
    rounding: Rounding::HalfEven,
    clamp: false,
};

impl DecimalContext {
    fn make(environment: Environment, traps: u32) -> DecimalContext {
        DecimalContext {
            environment: Cell::new(environment),
            capitals: Cell::new(true),
            status: Rc::default(),
            traps: Rc::new(Cell::new(traps)),
            flags_shown: Field::empty(),
            traps_shown: Field::empty(),
        }
    }

    /// The three contexts that a program finds: the default one, the basic one, the extended one.
    pub fn templates(cx: &mut Context) -> Result<[Owned; 3]> {
        let nine = Environment { precision: 9, ..ENVIRONMENT_DEFAULT };
        let basic = Environment { rounding: Rounding::HalfUp, ..nine };
        let traps = TRAPS_DEFAULT | Status::UNDERFLOW.0 | Status::CLAMPED.0;
        Ok([
            NativeObject::new(cx, DecimalContext::make(ENVIRONMENT_DEFAULT, TRAPS_DEFAULT))?,
            NativeObject::new(cx, DecimalContext::make(basic, traps))?,
            NativeObject::new(cx, DecimalContext::make(nine, 0))?,
        ])
    }

    /// The context of an interchange format of so many bits.
    pub fn interchange(cx: &mut Context, bits: i64) -> Result<Owned> {
        if !(1..=crate::module::INTERCHANGE_BITS_MAX).contains(&bits) || bits % 32 != 0 {
            let most = crate::module::INTERCHANGE_BITS_MAX;
            return Err(cx.value_error(format!("argument must be a multiple of 32, with a maximum of {most}")));
        }
        let exponent_max = 3 * (1i64 << (bits / 16 + 3));
        let environment = Environment {
            precision: 9 * (bits / 32) - 2,
            exponent_max,
            exponent_min: 1 - exponent_max,
            rounding: Rounding::HalfEven,
            clamp: true,
        };
        NativeObject::new(cx, DecimalContext::make(environment, 0))
    }

    /// A context with the same fields, flags included.
    pub fn copied(&self, cx: &mut Context) -> Result<Owned> {
        let made = DecimalContext::make(self.environment.get(), self.traps.get());
        made.capitals.set(self.capitals.get());
        made.status.set(self.status.get());
        NativeObject::new(cx, made)
    }

    #[inline]
    pub fn environment(&self) -> Environment {
        self.environment.get()
    }

    pub fn has_capitals(&self) -> bool {
        self.capitals.get()
    }

    pub fn clear(&self) {
        self.status.set(0);
    }

    /// Notes conditions; those that are trapped are raised.
    #[inline]
    pub fn settle(&self, cx: &mut Context, status: Status) -> Result<()> {
        if status == Status::NONE {
            return Ok(());
        }
        self.status.set(self.status.get() | status.0 & !Status::NO_MEMORY.0);
        let raised = status.0 & (self.traps.get() | Status::NO_MEMORY.0);
        if raised == 0 { Ok(()) } else { Err(cx.state::<State>().raise(cx, Status(raised))) }
    }

    /// Notes conditions, and raises none of them.
    pub fn note(&self, status: Status) {
        self.status.set(self.status.get() | status.0);
    }

    /// Sets a field by its name, from an object.
    pub fn set_field(&self, cx: &mut Context, name: &str, value: Value) -> Result<()> {
        let mut environment = self.environment.get();
        match name {
            "prec" => {
                environment.precision = bounded(cx, value, 1, PRECISION_MAX, "valid range for prec is [1, MAX_PREC]")?;
            }
            "Emin" => {
                environment.exponent_min =
                    bounded(cx, value, EXPONENT_MIN, 0, "valid range for Emin is [MIN_EMIN, 0]")?;
            }
            "Emax" => {
                environment.exponent_max =
                    bounded(cx, value, 0, PRECISION_MAX, "valid range for Emax is [0, MAX_EMAX]")?;
            }
            "rounding" => environment.rounding = rounding_of(cx, value)?,
            "clamp" => environment.clamp = bounded(cx, value, 0, 1, "valid values for clamp are 0 or 1")? == 1,
            "capitals" => self.capitals.set(bounded(cx, value, 0, 1, "valid values for capitals are 0 or 1")? == 1),
            _ => {
                let flags = if name == "traps" { &self.traps } else { &self.status };
                let status = match value.cast::<ListObject>() {
                    Some(list) => {
                        let items = list.as_slice().to_vec();
                        cx.state::<State>().conditions_of(cx, &items)?
                    }
                    None => match signals::conditions_of(cx, value)? {
                        Some(status) => status,
                        None => return Err(cx.type_error("argument must be a signal dict")),
                    },
                };
                flags.set(status.0);
            }
        }
        self.environment.set(environment);
        Ok(())
    }
}

/// Names of fields, in the order of the constructor's parameters.
pub static FIELDS: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

/// An integer between bounds.
fn bounded(cx: &mut Context, value: Value, least: i64, most: i64, message: &str) -> Result<i64> {
    if !int::is_int_like(value) {
        return Err(cx.type_error("an integer is required"));
    }
    static PLACE: Place = Place { function: "Context", argument: "argument", name: "value" };
    let number = sidewinder_runtime::native::Index::from_argument(cx, &value, &PLACE)?.0;
    if (least..=most).contains(&number) { Ok(number) } else { Err(cx.value_error(message)) }
}

/// The rounding that a string names.
pub fn rounding_of(cx: &mut Context, value: Value) -> Result<Rounding> {
    let text = str::text(value);
    let found = text.and_then(|text| Rounding::ALL.iter().find(|(_, name)| *name == text));
    match found {
        Some((rounding, _)) => Ok(*rounding),
        None => Err(cx.type_error(
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, \
             ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
        )),
    }
}

/// The current decimal context.
#[inline]
pub fn current(cx: &mut Context) -> Result<Owned> {
    let state = cx.state::<State>();
    if let Some(values) = context_variables::current_values(cx)
        && let Some((known, context)) = &*state.current.borrow()
        && known.value() == values.value()
    {
        return Ok(context.clone());
    }
    find_current(cx, &state)
}

#[cold]
fn find_current(cx: &mut Context, state: &State) -> Result<Owned> {
    let variable = state.variable.get_or_none();
    let context = match context_variables::current_value(cx, variable.value()) {
        Some(context) => context,
        None => {
            let template = state.templates.borrow().first().cloned();
            let made = match template.as_ref().and_then(|template| as_context(template.value())) {
                Some(template) => template.copied(cx)?,
                None => NativeObject::new(cx, DecimalContext::make(ENVIRONMENT_DEFAULT, TRAPS_DEFAULT))?,
            };
            if let Some(made) = as_context(made.value()) {
                made.clear();
            }
            context_variables::set_current(cx, variable.value(), Some(made.clone()))?;
            made
        }
    };
    let known = context_variables::current_values(cx).map(|values| (values, context.clone()));
    let old = state.current.replace(known);
    drop(old);
    Ok(context)
}

/// Makes a context current; one that serves as a template is copied first.
pub fn set_current(cx: &mut Context, context: Value) -> Result<()> {
    let Some(given) = as_context(context) else { return Err(cx.type_error("argument must be a context")) };
    let state = cx.state::<State>();
    let own = if state.is_template(context) {
        let copy = given.copied(cx)?;
        if let Some(copy) = as_context(copy.value()) {
            copy.clear();
        }
        copy
    } else {
        Owned::new(context)
    };
    let variable = state.variable.get_or_none();
    let old = context_variables::set_current(cx, variable.value(), Some(own))?;
    drop(old);
    Ok(())
}

/// The context that an optional argument names, or the current one.
#[inline]
pub fn given_or_current(cx: &mut Context, context: Option<Value>) -> Result<Owned> {
    match context {
        None => current(cx),
        Some(context) if as_context(context).is_some() => Ok(Owned::new(context)),
        Some(_) => Err(cx.type_error("optional argument must be a context")),
    }
}

/// Does something with the context that an optional argument names.
#[inline]
pub fn with<R>(
    cx: &mut Context,
    context: Option<Value>,
    action: impl FnOnce(&mut Context, &DecimalContext) -> Result<R>,
) -> Result<R> {
    let held = given_or_current(cx, context)?;
    match as_context(held.value()) {
        Some(context) => action(cx, context),
        None => Err(not_a_context(cx)),
    }
}

#[cold]
fn not_a_context(cx: &mut Context) -> Raised {
    cx.type_error("optional argument must be a context")
}

context_methods! {
    #[new(name = "Context")]
    fn new(class: &'static sidewinder_runtime::TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let bound = decimal::bind(cx, FIELDS, arguments)?;
        let template = cx.state::<State>().templates.borrow().first().cloned();
        let made = DecimalContext::make(ENVIRONMENT_DEFAULT, TRAPS_DEFAULT);
        if let Some(template) = template.as_ref().and_then(|template| as_context(template.value())) {
            made.environment.set(template.environment.get());
            made.traps.set(template.traps.get());
            made.capitals.set(template.capitals.get());
        }
        for (name, value) in FIELDS.iter().zip(bound) {
            if let Some(value) = value.filter(|value| *value != singleton::none()) {
                made.set_field(cx, name, value)?;
            }
        }
        NativeObject::allocate(cx, class, made)
    }

    /// The number of digits that results have at most.
    #[get]
    fn prec(&self) -> i64 {
        self.environment.get().precision
    }

    #[set(prec)]
    fn set_prec(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "prec", value)
    }

    /// The largest exponent.
    #[get(name = "Emax")]
    fn exponent_max(&self) -> i64 {
        self.environment.get().exponent_max
    }

    #[set(Emax)]
    fn set_exponent_max(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "Emax", value)
    }

    /// The smallest exponent.
    #[get(name = "Emin")]
    fn exponent_min(&self) -> i64 {
        self.environment.get().exponent_min
    }

    #[set(Emin)]
    fn set_exponent_min(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "Emin", value)
    }

    /// The name of the rounding.
    #[get]
    fn rounding(&self, cx: &mut Context) -> Owned {
        str::intern::intern(cx, self.environment.get().rounding.name())
    }

    #[set(rounding)]
    fn set_rounding(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "rounding", value)
    }

    /// Whether exponents are shown with a capital letter: 1 or 0.
    #[get]
    fn capitals(&self) -> i64 {
        i64::from(self.capitals.get())
    }

    #[set(capitals)]
    fn set_capitals(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "capitals", value)
    }

    /// Whether exponents are limited as in interchange formats: 1 or 0.
    #[get]
    fn clamp(&self) -> i64 {
        i64::from(self.environment.get().clamp)
    }

    #[set(clamp)]
    fn set_clamp(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "clamp", value)
    }

    /// The signals that arose.
    #[get]
    fn flags(&self, cx: &mut Context) -> Result<Owned> {
        self.shown(cx, &self.flags_shown, &self.status)
    }

    #[set(flags)]
    fn set_flags(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "flags", value)
    }

    /// The signals that are raised.
    #[get]
    fn traps(&self, cx: &mut Context) -> Result<Owned> {
        self.shown(cx, &self.traps_shown, &self.traps)
    }

    #[set(traps)]
    fn set_traps(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.set_or_refuse(cx, "traps", value)
    }

    /// `Emin - prec + 1`: the smallest exponent of a subnormal number.
    #[method(name = "Etiny")]
    fn tiny(&self) -> i64 {
        self.environment.get().tiny()
    }

    /// `Emax - prec + 1`: the largest exponent of a number with all digits.
    #[method(name = "Etop")]
    fn top(&self) -> i64 {
        self.environment.get().top()
    }

    /// Ten, as a number.
    fn radix(&self, cx: &mut Context) -> Result<Owned> {
        Decimal::make(cx, Number::small(false, 10, 0))
    }

    /// Resets all flags.
    fn clear_flags(&self) {
        self.status.set(0);
    }

    /// Resets all traps.
    fn clear_traps(&self) {
        self.traps.set(0);
    }

    /// A copy of the context.
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        self.copied(cx)
    }

    /// A copy of the context.
    fn __copy__(&self, cx: &mut Context) -> Result<Owned> {
        self.copied(cx)
    }

    /// How it is pickled: the class and its fields.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Owned {
        let state = cx.state::<State>();
        let flags = state.list(cx, Status(self.status.get()), false);
        let traps = state.list(cx, Status(self.traps.get()), false);
        let environment = self.environment.get();
        let items = vec![
            environment.precision.into_object(cx),
            environment.rounding.name().into_object(cx),
            environment.exponent_min.into_object(cx),
            environment.exponent_max.into_object(cx),
            i64::from(self.capitals.get()).into_object(cx),
            i64::from(environment.clamp).into_object(cx),
            flags,
            traps,
        ];
        let fields = TupleObject::from_owned(cx, items);
        (Owned::new(this.type_of().value()), fields).into_object(cx)
    }

    #[slot(repr)]
    fn repr(&self) -> String {
        let names = |flags: u32| {
            let shown = SIGNALS.iter().filter(|(_, condition)| Status(flags).has(*condition));
            // The names stand in the order of libmpdec's bits, nearly.
            let mut shown: Vec<_> = shown.collect();
            shown.sort_by_key(|(_, condition)| match *condition {
                Status::INVALID => 2,
                Status::FLOAT_OPERATION => 0x400,
                other => other.0,
            });
            shown.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        };
        let Environment { precision, exponent_max, exponent_min, rounding, clamp } = self.environment.get();
        format!(
            "Context(prec={precision}, rounding={}, Emin={exponent_min}, Emax={exponent_max}, capitals={}, clamp={}, \
             flags=[{}], traps=[{}])",
            rounding.name(),
            u8::from(self.capitals.get()),
            u8::from(clamp),
            names(self.status.get()),
            names(self.traps.get()),
        )
    }

    #[slot(set_attribute)]
    fn set_attribute(&self, cx: &mut Context, this: Value, name: Value, value: Option<Value>) -> Result<()> {
        let known = str::text(name).is_some_and(|name| FIELDS.contains(&name.as_ref()));
        if value.is_none() && known {
            return Err(cx.raise(
                &sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR,
                "context attributes cannot be deleted",
            ));
        }
        attribute::generic_set(cx, this, name, value.unwrap_or(Value::UNBOUND))
    }

    /// A number from an object, rounded to the context.
    fn create_decimal(&self, cx: &mut Context, #[default(Given(None), "\"0\"")] num: Given<Value>) -> Result<Owned> {
        let mut status = Status::NONE;
        let number = match num.0 {
            None => Number::from_i64(0),
            Some(value) => decimal::number_rounded(cx, value, self, &mut status)?,
        };
        self.settle(cx, status)?;
        Decimal::make(cx, number)
    }

    /// A number from a float, rounded to the context.
    fn create_decimal_from_float(&self, cx: &mut Context, f: Value) -> Result<Owned> {
        let exact = decimal::number_of_float(cx, f)?;
        let mut status = Status::NONE;
        let number = self.environment.get().finish(exact, &mut status);
        self.settle(cx, status)?;
        Decimal::make(cx, number)
    }

    /// The first number to the power of the second; modulo the third one, if it is given.
    fn power(
        &self,
        cx: &mut Context,
        this: Value,
        #[named] a: Value,
        #[named] b: Value,
        #[named] #[default(None)] modulo: Option<Value>,
    ) -> Result<Owned> {
        let (a, b) = (decimal::converted(cx, a)?, decimal::converted(cx, b)?);
        match modulo {
            None => decimal::binary(cx, &a, &b, Some(this), |e, k, a, b, s| e.power(a, b, k, s)),
            Some(modulo) => {
                let modulo = decimal::converted(cx, modulo)?;
                decimal::binary(cx, &a, &b, Some(this), |e, _, a, b, s| e.power_modulo(a, b, &modulo, s))
            }
        }
    }

    /// The first number times the second, plus the third, rounded once.
    fn fma(&self, cx: &mut Context, this: Value, x: Value, y: Value, z: Value) -> Result<Owned> {
        let (x, y, z) = (decimal::converted(cx, x)?, decimal::converted(cx, y)?, decimal::converted(cx, z)?);
        decimal::binary(cx, &x, &y, Some(this), |e, _, x, y, s| e.multiply_add(x, y, &z, s))
    }

    /// Quotient without fraction, and rest.
    fn divmod(&self, cx: &mut Context, this: Value, x: Value, y: Value) -> Result<Owned> {
        let (x, y) = (decimal::converted(cx, x)?, decimal::converted(cx, y)?);
        decimal::divide_modulo(cx, &x, &y, Some(this))
    }

    /// The number in scientific notation.
    fn to_sci_string(&self, cx: &mut Context, x: Value) -> Result<String> {
        Ok(decimal::converted(cx, x)?.to_text(false, self.capitals.get()))
    }

    /// The number in engineering notation: exponents are multiples of three.
    fn to_eng_string(&self, cx: &mut Context, x: Value) -> Result<String> {
        Ok(decimal::converted(cx, x)?.to_text(true, self.capitals.get()))
    }

    /// The kind of the number, in words.
    fn number_class(&self, cx: &mut Context, x: Value) -> Result<&'static str> {
        Ok(self.environment.get().class(&*decimal::converted(cx, x)?))
    }

    /// Whether both have the same exponent, or are of the same kind.
    fn same_quantum(&self, cx: &mut Context, x: Value, y: Value) -> Result<bool> {
        let (x, y) = (decimal::converted(cx, x)?, decimal::converted(cx, y)?);
        Ok(decimal::is_same_quantum(&x, &y))
    }

    /// Whether the encoding is canonical: always.
    fn is_canonical(&self, cx: &mut Context, x: Value) -> Result<bool> {
        match x.cast::<NativeObject<Decimal>>() {
            Some(_) => Ok(true),
            None => Err(cx.type_error("argument must be a Decimal")),
        }
    }

    /// The number itself.
    fn canonical(&self, cx: &mut Context, x: Owned) -> Result<Owned> {
        match x.value().cast::<NativeObject<Decimal>>() {
            Some(_) => Ok(x),
            None => Err(cx.type_error("argument must be a Decimal")),
        }
    }

    /// The number, unchanged by the context.
    fn copy_decimal(&self, cx: &mut Context, x: Value) -> Result<Owned> {
        let number = decimal::converted(cx, x)?.into_owned();
        Decimal::make(cx, number)
    }

    /// The number without its sign.
    fn copy_abs(&self, cx: &mut Context, x: Value) -> Result<Owned> {
        let number = decimal::converted(cx, x)?.into_owned();
        Decimal::make(cx, number.with_sign(false))
    }

    /// The number with the other sign.
    fn copy_negate(&self, cx: &mut Context, x: Value) -> Result<Owned> {
        let number = decimal::converted(cx, x)?.into_owned();
        Decimal::make(cx, number.negated())
    }

    /// The number rounded to the context.
    fn _apply(&self, cx: &mut Context, this: Value, x: Value) -> Result<Owned> {
        let x = decimal::converted(cx, x)?;
        decimal::unary(cx, &x, Some(this), |e, _, a, s| e.finish(a.clone(), s))
    }
}

impl DecimalContext {
    fn set_or_refuse(&self, cx: &mut Context, name: &str, value: Option<Value>) -> Result<()> {
        match value {
            Some(value) if matches!(name, "flags" | "traps") && value.cast::<ListObject>().is_some() => {
                Err(cx.type_error("argument must be a signal dict"))
            }
            Some(value) => self.set_field(cx, name, value),
            None => Err(cx.raise(
                &sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR,
                "context attributes cannot be deleted",
            )),
        }
    }

    fn shown(&self, cx: &mut Context, place: &Field, flags: &Rc<Cell<u32>>) -> Result<Owned> {
        if let Some(shown) = place.get() {
            return Ok(shown);
        }
        let made = SignalDictMixin::of(cx, flags)?;
        place.set(Some(made.clone()));
        Ok(made)
    }
}

/// A context that is current for the length of a `with` statement.
#[native_type("decimal.ContextManager")]
#[derive(Traverse)]
pub struct ContextManager {
    local: Owned,
    outer: Owned,
}

#[methods]
impl ContextManager {
    /// Makes the context current.
    fn __enter__(&self, cx: &mut Context) -> Result<Owned> {
        set_current(cx, self.local.value())?;
        Ok(self.local.clone())
    }

    /// Makes the context current that was so before.
    fn __exit__(&self, cx: &mut Context, #[rest] _details: &[Value]) -> Result<bool> {
        set_current(cx, self.outer.value())?;
        Ok(false)
    }
}

impl ContextManager {
    /// The manager of a copy of a context, with changed fields.
    pub fn of(cx: &mut Context, context: Option<Value>, arguments: Arguments<'_>) -> Result<Owned> {
        let outer = current(cx)?;
        let source = match context {
            None => outer.clone(),
            Some(context) if as_context(context).is_some() => Owned::new(context),
            Some(_) => return Err(cx.type_error("optional argument must be a context")),
        };
        let local = match as_context(source.value()) {
            Some(source) => source.copied(cx)?,
            None => return Err(not_a_context(cx)),
        };
        if let Some(local) = as_context(local.value()) {
            for (key, value) in arguments.keywords() {
                let name = str::text(key).unwrap_or_default();
                if name == "ctx" || value == singleton::none() && FIELDS.contains(&name.as_ref()) {
                    continue;
                }
                if !FIELDS.contains(&name.as_ref()) {
                    let message = format!("this function got an unexpected keyword argument '{name}'");
                    return Err(cx.type_error(message));
                }
                local.set_field(cx, &name, value)?;
            }
        }
        NativeObject::new(cx, ContextManager { local, outer })
    }
}
