//! The pickles of objects that say what they are made of (`__reduce__`).

use super::Saver;
use crate::pickle::opcode::*;
use crate::pickle::state::{note, pickling_error, shown, type_text};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::{self, TupleObject};
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::{attribute, call};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// How an object is made anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Making {
    Call,
    /// By its class's `__new__`.
    New,
    /// The same with keywords.
    NewWithKeywords,
}

fn is_callable(value: Value) -> bool {
    value.type_of().slots().call.is_some()
}

impl Saver {
    /// Writes what an object says of itself: the name of a global object, or what it is made of.
    pub fn save_reduced(&self, cx: &mut Context, object: Value, reduced: Owned) -> Result<()> {
        if str::is_str(reduced.value()) {
            return self.save_global(cx, object, Some(reduced));
        }
        let done = match reduced.value().cast::<TupleObject>() {
            Some(parts) => self.save_parts(cx, object, parts.as_slice().iter().map(|part| Owned::new(*part)).collect()),
            None => {
                let kind = type_text(cx, reduced.value());
                Err(pickling_error(cx, format!("__reduce__ must return a string or tuple, not {kind}")))
            }
        };
        done.map_err(|_| self.note(cx, object, "object"))
    }

    #[cold]
    fn note(&self, cx: &mut Context, object: Value, part: &str) -> Raised {
        let kind = type_text(cx, object);
        note(cx, &format!("when serializing {kind} {part}"))
    }

    /// Writes an object of which the parts are known: a callable, its arguments, the state, items, pairs, and what sets
    /// the state.
    pub fn save_parts(&self, cx: &mut Context, object: Value, parts: Vec<Owned>) -> Result<()> {
        if !(2..=6).contains(&parts.len()) {
            return Err(pickling_error(cx, "tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let part = |index: usize| parts.get(index).filter(|part| part.value() != singleton::none());
        let wrong = |cx: &mut Context, index: usize, expected: &str| {
            let place = ["first", "second", "third", "fourth", "fifth", "sixth"][index];
            let kind = type_text(cx, parts[index].value());
            Err(pickling_error(
                cx,
                format!("{place} item of the tuple returned by __reduce__ must be {expected}, not {kind}"),
            ))
        };
        let (callable, arguments) = (parts[0].clone(), parts[1].clone());
        if !is_callable(callable.value()) {
            return wrong(cx, 0, "callable");
        }
        if arguments.value().cast::<TupleObject>().is_none() {
            return wrong(cx, 1, "a tuple");
        }
        let (state, items, pairs, setter) = (part(2), part(3), part(4), part(5));
        for (index, found) in [(3, items), (4, pairs)] {
            if found.is_some_and(|found| found.value().type_of().slots().next.is_none()) {
                return wrong(cx, index, "an iterator");
            }
        }
        if setter.is_some_and(|setter| !is_callable(setter.value())) {
            return wrong(cx, 5, "callable");
        }
        self.save_making(cx, object, &callable, &arguments)?;
        // An object that holds itself was written with its arguments: what those left is thrown away.
        match self.remembered(object) {
            Some(number) => {
                self.op(POP);
                self.put_get(number);
            }
            None => self.memoize(object),
        }
        if let Some(items) = items {
            self.save_items(cx, object, items)?;
        }
        if let Some(pairs) = pairs {
            self.save_pairs(cx, object, pairs)?;
        }
        let Some(state) = state else { return Ok(()) };
        if let Some(setter) = setter {
            self.save_noted(cx, setter.value(), object, "state setter")?;
            self.save(cx, object, true)?;
            self.save_noted(cx, state.value(), object, "state")?;
            self.put(&[TUPLE2, REDUCE, POP]);
        } else {
            self.save_noted(cx, state.value(), object, "state")?;
            self.op(BUILD);
        }
        Ok(())
    }

    fn save_noted(&self, cx: &mut Context, value: Value, object: Value, part: &str) -> Result<()> {
        self.save(cx, value, true).map_err(|_| self.note(cx, object, part))
    }

    fn making(&self, cx: &mut Context, callable: Value) -> Result<Making> {
        if self.protocol.get() < 2 {
            return Ok(Making::Call);
        }
        let name = attribute::get_text_optional(cx, callable, "__name__")?;
        Ok(match name {
            Some(name) if str::equals_text(name.value(), "__newobj_ex__") => Making::NewWithKeywords,
            Some(name) if str::equals_text(name.value(), "__newobj__") => Making::New,
            _ => Making::Call,
        })
    }

    /// Writes what makes the object, without its state.
    fn save_making(&self, cx: &mut Context, object: Value, callable: &Owned, arguments: &Owned) -> Result<()> {
        match self.making(cx, callable.value())? {
            Making::Call => {
                self.save_noted(cx, callable.value(), object, "reconstructor")?;
                self.save_noted(cx, arguments.value(), object, "reconstructor arguments")?;
                self.op(REDUCE);
                Ok(())
            }
            Making::New => self.save_new(cx, object, arguments),
            Making::NewWithKeywords => self.save_new_with_keywords(cx, object, arguments),
        }
    }

    fn save_new(&self, cx: &mut Context, object: Value, arguments: &Owned) -> Result<()> {
        let all = arguments.value().cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
        let Some((&class, rest)) = all.split_first() else {
            return Err(pickling_error(cx, "__newobj__ expected at least 1 argument, got 0"));
        };
        if class.cast::<TypeObject>().is_none() {
            let kind = type_text(cx, class);
            return Err(pickling_error(cx, format!("first argument to __newobj__() must be a class, not {kind}")));
        }
        let own = attribute::get_text(cx, object, "__class__")?;
        if own.value() != class {
            let (own, class) = (shown(cx, own.value())?, shown(cx, class)?);
            return Err(pickling_error(cx, format!("first argument to __newobj__() must be {own}, not {class}")));
        }
        self.save_noted(cx, class, object, "class")?;
        let rest = TupleObject::new(cx, rest);
        self.save_noted(cx, rest.value(), object, "__new__ arguments")?;
        self.op(NEWOBJ);
        Ok(())
    }

    fn save_new_with_keywords(&self, cx: &mut Context, object: Value, arguments: &Owned) -> Result<()> {
        let all = arguments.value().cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default();
        let &[class, positional, keywords] = all else {
            let given = all.len();
            return Err(pickling_error(cx, format!("__newobj_ex__ expected 3 arguments, got {given}")));
        };
        let expected = [
            (class, class.cast::<TypeObject>().is_some(), "first", "a class"),
            (positional, positional.cast::<TupleObject>().is_some(), "second", "a tuple"),
            (keywords, keywords.cast::<DictObject>().is_some(), "third", "a dict"),
        ];
        for (value, is_right, place, wanted) in expected {
            if !is_right {
                let kind = type_text(cx, value);
                return Err(pickling_error(
                    cx,
                    format!("{place} argument to __newobj_ex__() must be {wanted}, not {kind}"),
                ));
            }
        }
        if self.protocol.get() >= 4 {
            self.save_noted(cx, class, object, "class")?;
            self.save_noted(cx, positional, object, "__new__ arguments")?;
            self.save_noted(cx, keywords, object, "__new__ arguments")?;
            self.op(NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols have no such instruction: a partial function holds the arguments.
        let tools = self.tools(cx)?;
        let new = attribute::get_text(cx, class, "__new__")?;
        let mut values = vec![new.value(), class];
        values.extend(positional.cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default());
        let keywords = dict::of(keywords);
        let mut names = Vec::new();
        for (key, value) in (0..keywords.entry_count()).filter_map(|index| keywords.entry(index)) {
            names.push(key);
            values.push(value);
        }
        let function = call::call_with(cx, tools.partial.value(), Arguments { values: &values, names: &names })?;
        self.save_noted(cx, function.value(), object, "reconstructor")?;
        self.save(cx, tuple::empty(), true)?;
        self.op(REDUCE);
        Ok(())
    }
}
