//! `itemgetter`, `attrgetter` and `methodcaller`.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::list;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{attribute, call, convert, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

/// The one argument of a call of a fetcher.
fn subject(cx: &mut Context, name: &str, arguments: Arguments<'_>) -> Result<Value> {
    if !arguments.names.is_empty() {
        return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
    }
    match arguments.values {
        [only] => Ok(*only),
        values => Err(cx.type_error(format!("{name} expected 1 argument, got {}", values.len()))),
    }
}

/// `name(a, b)` for a list of what a fetcher holds.
fn show(cx: &mut Context, name: &str, held: &[Owned]) -> Result<Owned> {
    let mut parts = Vec::with_capacity(held.len());
    for item in held {
        let text = convert::repr(cx, item.value())?;
        parts.push(str::text(text.value()).unwrap_or_default().into_owned());
    }
    Ok(StrObject::new(cx, &format!("operator.{name}({})", parts.join(", "))))
}

/// What several fetches give: one object, or a tuple.
fn together(cx: &mut Context, mut found: Vec<Owned>) -> Owned {
    match found.len() {
        1 => found.remove(0),
        _ => TupleObject::from_owned(cx, found),
    }
}

/// itemgetter(item, /, *items)
/// --
///
/// Fetches one item of what it is called with, or a tuple of several: itemgetter(2)(r) is r[2].
#[native_type("operator.itemgetter")]
#[derive(Traverse)]
pub struct ItemGetter {
    items: Vec<Owned>,
}

#[methods]
impl ItemGetter {
    #[new(name = "itemgetter")]
    fn new(cx: &mut Context, #[rest] items: &[Value]) -> Result<ItemGetter> {
        if items.is_empty() {
            return Err(cx.type_error("itemgetter expected 1 argument, got 0"));
        }
        Ok(ItemGetter { items: items.iter().copied().map(Owned::new).collect() })
    }

    /// How an instance is called.
    #[get(member)]
    fn __text_signature__(&self) -> &'static str {
        "(obj, /)"
    }

    #[call]
    fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let subject = subject(cx, "itemgetter", arguments)?;
        if let [only] = &self.items[..] {
            return subscript::get_item(cx, subject, only.value());
        }
        let mut found = Vec::with_capacity(self.items.len());
        for item in &self.items {
            found.push(subscript::get_item(cx, subject, item.value())?);
        }
        Ok(together(cx, found))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        show(cx, "itemgetter", &self.items)
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let items = TupleObject::new(cx, list::as_values(&self.items));
        let class = Owned::new(this.type_of().value());
        Ok(TupleObject::pair(cx, class, items))
    }
}

/// attrgetter(attr, /, *attrs)
/// --
///
/// Fetches one attribute of what it is called with, or a tuple of several; a name with dots leads through attributes.
#[native_type("operator.attrgetter")]
#[derive(Traverse)]
pub struct AttributeGetter {
    names: Vec<Owned>,
    /// The parts of each name, interned.
    paths: Vec<Vec<Owned>>,
}

#[methods]
impl AttributeGetter {
    #[new(name = "attrgetter")]
    fn new(cx: &mut Context, #[rest] attrs: &[Value]) -> Result<AttributeGetter> {
        if attrs.is_empty() {
            return Err(cx.type_error("attrgetter expected 1 argument, got 0"));
        }
        let mut made = AttributeGetter { names: Vec::new(), paths: Vec::new() };
        for &name in attrs {
            let Some(text) = str::text(name) else {
                return Err(cx.type_error("attribute name must be a string"));
            };
            made.names.push(str::intern_value(cx, name));
            made.paths.push(text.split('.').map(|part| str::intern(cx, part)).collect());
        }
        Ok(made)
    }

    /// How an instance is called.
    #[get(member)]
    fn __text_signature__(&self) -> &'static str {
        "(obj, /)"
    }

    #[call]
    fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let subject = subject(cx, "attrgetter", arguments)?;
        let mut found = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let mut at = Owned::new(subject);
            for name in path {
                at = attribute::get(cx, at.value(), name.value())?;
            }
            found.push(at);
        }
        Ok(together(cx, found))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        show(cx, "attrgetter", &self.names)
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let names = TupleObject::new(cx, list::as_values(&self.names));
        let class = Owned::new(this.type_of().value());
        Ok(TupleObject::pair(cx, class, names))
    }
}

/// methodcaller(name, /, *args, **kwargs)
/// --
///
/// Calls the method of that name of what it is called with, with the other arguments.
#[native_type("operator.methodcaller")]
#[derive(Traverse)]
pub struct MethodCaller {
    name: Owned,
    /// Positional arguments, then those of keywords.
    values: Vec<Owned>,
    keywords: Vec<Owned>,
}

#[methods]
impl MethodCaller {
    #[new(name = "methodcaller")]
    fn new(cx: &mut Context, arguments: Arguments<'_>) -> Result<MethodCaller> {
        let Some(name) = arguments.positionals().first().copied() else {
            return Err(cx.type_error("methodcaller needs at least one argument, the method name"));
        };
        if !str::is_str(name) {
            return Err(cx.type_error("method name must be a string"));
        }
        Ok(MethodCaller {
            name: str::intern_value(cx, name),
            values: arguments.values[1..].iter().copied().map(Owned::new).collect(),
            keywords: arguments.names.iter().copied().map(Owned::new).collect(),
        })
    }

    /// How an instance is called.
    #[get(member)]
    fn __text_signature__(&self) -> &'static str {
        "(obj, /)"
    }

    #[call]
    fn call(&self, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let subject = subject(cx, "methodcaller", arguments)?;
        let method = attribute::get(cx, subject, self.name.value())?;
        let (values, names) = (list::as_values(&self.values), list::as_values(&self.keywords));
        call::call_with(cx, method.value(), Arguments { values, names })
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        let positional = self.values.len() - self.keywords.len();
        let name = convert::repr(cx, self.name.value())?;
        let mut parts = vec![str::text(name.value()).unwrap_or_default().into_owned()];
        for (index, value) in self.values.iter().enumerate() {
            let shown = convert::repr_text(cx, value.value())?;
            parts.push(match index.checked_sub(positional) {
                Some(keyword) => format!("{}={shown}", str::text(self.keywords[keyword].value()).unwrap_or_default()),
                None => shown,
            });
        }
        Ok(StrObject::new(cx, &format!("operator.methodcaller({})", parts.join(", "))))
    }

    /// What pickling needs; keywords go through `functools.partial`.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let class = Owned::new(this.type_of().value());
        let positional = self.values.len() - self.keywords.len();
        if self.keywords.is_empty() {
            let mut all = vec![self.name.clone()];
            all.extend(self.values.iter().cloned());
            let all = TupleObject::from_owned(cx, all);
            return Ok(TupleObject::pair(cx, class, all));
        }
        let functools = sidewinder_runtime::operations::import::module(cx, "functools")?;
        let partial = attribute::get_text(cx, functools.value(), "partial")?;
        let mut values = vec![class.value(), self.name.value()];
        values.extend(self.values[positional..].iter().map(Owned::value));
        let names = list::as_values(&self.keywords);
        let partial = call::call_with(cx, partial.value(), Arguments { values: &values, names })?;
        let rest = TupleObject::new(cx, list::as_values(&self.values[..positional]));
        Ok(TupleObject::pair(cx, partial, rest))
    }
}
