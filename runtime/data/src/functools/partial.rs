//! `partial`: a call of which some arguments are given already (Modules/_functoolsmodule.c).

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{list, method, singleton};
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{attribute, call, convert, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};
use std::cell::RefCell;

/// The type of the object that stands for an argument to be given later.
#[native_type("functools._PlaceholderType")]
#[derive(Traverse)]
pub struct PlaceholderType;

/// The object of that type.
#[derive(Default)]
struct Only(Field);

/// The object that stands for an argument to be given later.
pub fn placeholder(cx: &mut Context) -> Result<Owned> {
    let only = cx.state::<Only>();
    if let Some(made) = only.0.get() {
        return Ok(made);
    }
    let made = NativeObject::new(cx, PlaceholderType)?;
    only.0.set(Some(made.clone()));
    Ok(made)
}

#[methods]
impl PlaceholderType {
    #[new(name = "_PlaceholderType")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        if !arguments.values.is_empty() {
            return Err(cx.type_error("PlaceholderType takes no arguments"));
        }
        placeholder(cx)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        Ok(StrObject::new(cx, "Placeholder"))
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self) -> &'static str {
        "Placeholder"
    }
}

fn is_placeholder(value: Value) -> bool {
    value.cast_exact::<NativeObject<PlaceholderType>>().is_some()
}

fn placeholders(arguments: &[Value]) -> usize {
    arguments.iter().filter(|argument| is_placeholder(**argument)).count()
}

/// What is given already.
#[derive(Traverse, Clone)]
struct State {
    function: Owned,
    /// A tuple.
    arguments: Owned,
    /// A dict.
    keywords: Owned,
}

/// partial(func, /, *args, **keywords)
/// --
///
/// A function that calls func with these arguments and the ones that it is given itself.
#[native_type("functools.partial", base, weakrefs, dict, generic)]
#[derive(Traverse)]
pub struct Partial {
    state: RefCell<Option<State>>,
}

impl State {
    fn arguments(&self) -> &[Value] {
        self.arguments.value().cast::<TupleObject>().map_or(&[], TupleObject::as_slice)
    }
}

impl Partial {
    fn state(&self) -> State {
        match &*self.state.borrow() {
            Some(state) => state.clone(),
            // Only a cleared object, which nothing can reach, has no state.
            None => {
                let nothing = Owned::new(singleton::none());
                State { function: nothing.clone(), arguments: nothing.clone(), keywords: nothing }
            }
        }
    }
}

/// Puts arguments in the places that placeholders keep, and the others behind. The number of places left is told.
fn fill(held: &[Value], given: &[Value]) -> Vec<Owned> {
    let mut given = given.iter().copied();
    let mut filled: Vec<Owned> = Vec::with_capacity(held.len() + given.len());
    for argument in held.iter().copied() {
        let next = if is_placeholder(argument) { given.next() } else { None };
        filled.push(Owned::new(next.unwrap_or(argument)));
    }
    filled.extend(given.map(Owned::new));
    filled
}

/// A new dict of the keywords of both, the later ones winning.
fn merge(cx: &mut Context, held: Value, given: Arguments<'_>) -> Result<Owned> {
    let merged = match held.cast::<DictObject>() {
        Some(held) => held.copy(cx),
        None => DictObject::new(cx),
    };
    for (name, value) in given.keywords() {
        dict::of(merged.value()).set(cx, name, value)?;
    }
    Ok(merged)
}

#[methods]
impl Partial {
    #[new(name = "partial")]
    fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
        let Some((&function, given)) = arguments.positionals().split_first() else {
            return Err(cx.type_error("type 'partial' takes at least one argument"));
        };
        if function.type_of().slots().call.is_none() {
            return Err(cx.type_error("the first argument must be callable"));
        }
        if given.last().is_some_and(|last| is_placeholder(*last)) {
            return Err(cx.type_error("trailing Placeholders are not allowed"));
        }
        if arguments.keywords().any(|(_, value)| is_placeholder(value)) {
            return Err(cx.type_error("Placeholder cannot be passed as a keyword argument"));
        }
        let inner = function.cast::<NativeObject<Partial>>().filter(|_| !has_attributes(cx, function));
        let state = match inner.map(|inner| inner.state()) {
            Some(inner) => State {
                function: inner.function.clone(),
                arguments: TupleObject::from_owned(cx, fill(inner.arguments(), given)),
                keywords: merge(cx, inner.keywords.value(), arguments)?,
            },
            None => State {
                function: Owned::new(function),
                arguments: TupleObject::new(cx, given),
                keywords: merge(cx, singleton::none(), arguments)?,
            },
        };
        NativeObject::allocate(cx, class, Partial { state: RefCell::new(Some(state)) })
    }

    /// The function and its first arguments, if what a call gives comes behind them and no keywords are held.
    fn plain(&self, more: usize) -> Option<(Owned, Vec<Owned>)> {
        let state = self.state.borrow();
        let state = state.as_ref()?;
        let keywords = state.keywords.value().cast::<DictObject>()?;
        let arguments = state.arguments();
        if !keywords.is_empty() || placeholders(arguments) > 0 {
            return None;
        }
        let mut values = Vec::with_capacity(arguments.len() + more);
        values.extend(arguments.iter().copied().map(Owned::new));
        Some((state.function.clone(), values))
    }

    #[call]
    fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        if let Some((function, mut values)) = self.plain(arguments.values.len()) {
            values.extend(arguments.values.iter().copied().map(Owned::new));
            let arguments = Arguments { values: list::as_values(&values), names: arguments.names };
            return call::call_with(cx, function.value(), arguments);
        }
        let state = self.state();
        let (given, missing) = (arguments.positionals(), placeholders(state.arguments()));
        if given.len() < missing {
            let given = given.len();
            return Err(cx.type_error(format!(
                "missing positional arguments in 'partial' call; expected at least {missing}, got {given}"
            )));
        }
        let mut values = fill(state.arguments(), given);
        let keywords = match state.keywords.value().cast::<DictObject>() {
            Some(held) if !held.is_empty() => merge(cx, state.keywords.value(), arguments)?,
            _ => {
                values.extend(arguments.values[given.len()..].iter().copied().map(Owned::new));
                let arguments = Arguments { values: list::as_values(&values), names: arguments.names };
                return call::call_with(cx, state.function.value(), arguments);
            }
        };
        let merged = dict::of(keywords.value());
        let mut names = Vec::with_capacity(merged.len());
        for (name, value) in (0..merged.entry_count()).filter_map(|index| merged.entry(index)) {
            if !str::is_str(name) {
                return Err(cx.type_error("keywords must be strings"));
            }
            names.push(Owned::new(name));
            values.push(Owned::new(value));
        }
        let arguments = Arguments { values: list::as_values(&values), names: list::as_values(&names) };
        call::call_with(cx, state.function.value(), arguments)
    }

    #[slot(descriptor_get)]
    fn bind(cx: &mut Context, this: Value, instance: Option<Value>, _owner: &TypeObject) -> Result<Owned> {
        match instance.filter(|instance| *instance != singleton::none()) {
            Some(instance) => Ok(method::new(cx, this, instance)),
            None => Ok(Owned::new(this)),
        }
    }

    /// The function that is called.
    #[get]
    fn func(&self) -> Owned {
        self.state().function
    }

    /// The positional arguments that are given already.
    #[get]
    fn args(&self) -> Owned {
        self.state().arguments
    }

    /// The keyword arguments that are given already.
    #[get]
    fn keywords(&self) -> Owned {
        self.state().keywords
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        if cx.repr_active.contains(&this) {
            return Ok(StrObject::new(cx, "..."));
        }
        cx.repr_active.push(this);
        let shown = show(cx, this, self.state());
        cx.repr_active.pop();
        shown
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let state = self.state();
        let attributes =
            if has_attributes(cx, this) { attribute::own_dict(cx, this)? } else { Owned::new(singleton::none()) };
        let first = TupleObject::from_owned(cx, vec![state.function.clone()]);
        let all = TupleObject::from_owned(cx, vec![state.function, state.arguments, state.keywords, attributes]);
        Ok(TupleObject::from_owned(cx, vec![Owned::new(this.type_of().value()), first, all]))
    }

    /// Replaces function, arguments and attributes by those of a pickle.
    #[method(name = "__setstate__")]
    fn set_state(&self, cx: &mut Context, this: Value, object: Value) -> Result<()> {
        let parts = object.cast::<TupleObject>().map(TupleObject::as_slice);
        let Some(&[function, arguments, keywords, attributes]) = parts else {
            return Err(cx.type_error("invalid partial state"));
        };
        let none = singleton::none();
        let (Some(given), true) = (
            arguments.cast::<TupleObject>(),
            function.type_of().slots().call.is_some() && (keywords == none || keywords.cast::<DictObject>().is_some()),
        ) else {
            return Err(cx.type_error("invalid partial state"));
        };
        if given.as_slice().last().is_some_and(|last| is_placeholder(*last)) {
            return Err(cx.type_error("trailing Placeholders are not allowed"));
        }
        // Those of derived classes are copied: what is called gets a plain tuple and a plain dict.
        let keywords = match keywords.cast_exact::<DictObject>() {
            Some(_) => Owned::new(keywords),
            None => merge(cx, keywords, Arguments { values: &[], names: &[] })?,
        };
        let arguments = match arguments.cast_exact::<TupleObject>() {
            Some(_) => Owned::new(arguments),
            None => {
                let items = iterate::collect(cx, arguments)?;
                TupleObject::from_owned(cx, items)
            }
        };
        let state = State { function: Owned::new(function), arguments, keywords };
        let old = self.state.replace(Some(state));
        drop(old);
        let attributes = if attributes == none { Value::UNBOUND } else { attributes };
        if !attributes.is_unbound() || has_attributes(cx, this) {
            attribute::set_own_dict(cx, this, attributes)?;
        }
        Ok(())
    }
}

/// Whether a program has set attributes of the object.
fn has_attributes(cx: &mut Context, object: Value) -> bool {
    match attribute::own_dict(cx, object) {
        Ok(own) => own.value().cast::<DictObject>().is_some_and(|own| !own.is_empty()),
        Err(_) => {
            drop(cx.take_pending());
            false
        }
    }
}

fn show(cx: &mut Context, this: Value, state: State) -> Result<Owned> {
    let text = |cx: &mut Context, value: Value| -> Result<String> { convert::repr_text(cx, value) };
    let mut parts = vec![text(cx, state.function.value())?];
    for argument in state.arguments() {
        parts.push(text(cx, *argument)?);
    }
    if let Some(keywords) = state.keywords.value().cast::<DictObject>() {
        let mut index = 0;
        while index < keywords.entry_count() {
            let Some((name, value)) = keywords.entry(index) else {
                index += 1;
                continue;
            };
            let (name, value) = (Owned::new(name), Owned::new(value));
            let name = convert::str(cx, name.value())?;
            let value = text(cx, value.value())?;
            parts.push(format!("{}={value}", str::text(name.value()).unwrap_or_default()));
            index += 1;
        }
    }
    let name = type_slots::display_name(cx, this.type_of())?;
    Ok(StrObject::new(cx, &format!("{name}({})", parts.join(", "))))
}
