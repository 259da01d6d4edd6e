//! Binding arguments to parameters, with CPython's messages (`initialize_locals` in Python/ceval.c).

use sidewinder_bytecode::CodeFlags;
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::iterator::arguments::unexpected_keyword;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// Writes the parameters' values (with their counts) to `base..`, and makes the other locals unbound. On an error
/// everything written is released.
///
/// # Safety
/// `base` has room for the code's registers, which hold nothing counted.
pub unsafe fn bind(
    cx: &mut Context,
    function: &FunctionObject,
    arguments: Arguments<'_>,
    base: *mut Value,
) -> Result<()> {
    let code = function.code();
    let given = arguments.positionals();
    if code.has_flag(CodeFlags::SIMPLE) && arguments.names.is_empty() && given.len() == code.argument_count as usize {
        // SAFETY: the caller's promise.
        unsafe {
            for (local, value) in given.iter().enumerate() {
                *base.add(local) = Owned::new(*value).into_raw();
            }
            for local in given.len()..code.local_count as usize {
                // Volatile, lest the compiler call `memset` for a handful of words.
                base.add(local).write_volatile(Value::UNBOUND);
            }
        }
        return Ok(());
    }
    // SAFETY: the caller's promise.
    unsafe {
        for local in 0..code.local_count as usize {
            *base.add(local) = Value::UNBOUND;
        }
        let mut binding = Binding { cx, function, code, base };
        let result = binding.run(arguments);
        if result.is_err() {
            for local in (0..code.local_count as usize).rev() {
                drop(Owned::from_raw_option(std::mem::replace(&mut *base.add(local), Value::UNBOUND)));
            }
        }
        result
    }
}

struct Binding<'a> {
    cx: &'a mut Context,
    function: &'a FunctionObject,
    code: &'static CodeObject,
    base: *mut Value,
}

impl Binding<'_> {
    fn place(&self, local: usize) -> *mut Value {
        // SAFETY: locals lie in the caller's room.
        unsafe { self.base.add(local) }
    }

    fn is_bound(&self, local: usize) -> bool {
        // SAFETY: as above.
        unsafe { !(*self.place(local)).is_unbound() }
    }

    fn put(&mut self, local: usize, value: Owned) {
        // SAFETY: as above; parameters are written once.
        unsafe { *self.place(local) = value.into_raw() };
    }

    fn name(&self) -> String {
        str::text(self.function.qualified_name.get()).unwrap_or_default().into_owned()
    }

    fn run(&mut self, arguments: Arguments<'_>) -> Result<()> {
        let data = &self.code.data;
        let positional = data.argument_count as usize;
        let keyword_only = data.keyword_only_count as usize;
        let mut next = positional + keyword_only;
        let given = arguments.positionals();
        for (local, value) in given.iter().take(positional).enumerate() {
            self.put(local, Owned::new(*value));
        }
        if self.code.has_flag(CodeFlags::VARARGS) {
            let rest = given.get(positional..).unwrap_or(&[]);
            let tuple = TupleObject::new(self.cx, rest);
            self.put(next, tuple);
            next += 1;
        }
        let keywords = if self.code.has_flag(CodeFlags::VARKEYWORDS) {
            let dict = DictObject::new(self.cx);
            let value = dict.value();
            self.put(next, dict);
            Some(dict::of(value))
        } else {
            None
        };
        self.bind_keywords(arguments, keywords)?;
        if given.len() > positional && !self.code.has_flag(CodeFlags::VARARGS) {
            return Err(self.too_many(given.len()));
        }
        self.fill_defaults(given.len().min(positional))?;
        self.fill_keyword_only()
    }

    fn bind_keywords(&mut self, arguments: Arguments<'_>, rest: Option<&'static DictObject>) -> Result<()> {
        let total = self.code.data.argument_count as usize + self.code.data.keyword_only_count as usize;
        let positional_only = self.code.data.positional_only_count as usize;
        for (name, value) in arguments.keywords() {
            let found = (positional_only..total).find(|&local| {
                let own = self.code.local_name(local as u16);
                own == name || str::equal(own, name)
            });
            match (found, rest) {
                (Some(local), _) => {
                    if self.is_bound(local) {
                        let (function, text) = (self.name(), text(name));
                        return Err(self
                            .cx
                            .type_error(format!("{function}() got multiple values for argument '{text}'")));
                    }
                    self.put(local, Owned::new(value));
                }
                (None, Some(dict)) => dict.set(self.cx, name, value)?,
                (None, None) => return Err(self.unexpected(name, arguments)),
            }
        }
        Ok(())
    }

    fn unexpected(&mut self, name: Value, arguments: Arguments<'_>) -> Raised {
        let function = self.name();
        let positional_only = self.code.data.positional_only_count as usize;
        let misplaced: Vec<String> = (0..positional_only)
            .map(|local| text(self.code.local_name(local as u16)))
            .filter(|own| arguments.keyword(own).is_some())
            .collect();
        if !misplaced.is_empty() {
            return self.cx.type_error(format!(
                "{function}() got some positional-only arguments passed as keyword arguments: '{}'",
                misplaced.join(", ")
            ));
        }
        let data = &self.code.data;
        let total = data.argument_count as usize + data.keyword_only_count as usize;
        let names = data.local_names[positional_only..total].iter().map(|own| &**own);
        unexpected_keyword(self.cx, &function, name, names)
    }

    fn fill_defaults(&mut self, given: usize) -> Result<()> {
        let positional = self.code.data.argument_count as usize;
        if given >= positional {
            return Ok(());
        }
        let defaults = self.function.defaults.get().cast::<TupleObject>().map_or(&[][..], |tuple| tuple.as_slice());
        let first_default = positional.saturating_sub(defaults.len());
        let missing: Vec<usize> = (given..first_default).filter(|&local| !self.is_bound(local)).collect();
        if !missing.is_empty() {
            return Err(self.missing("positional", &missing));
        }
        for local in given.max(first_default)..positional {
            if !self.is_bound(local) {
                let value = defaults[local + defaults.len() - positional];
                self.put(local, Owned::new(value));
            }
        }
        Ok(())
    }

    fn fill_keyword_only(&mut self) -> Result<()> {
        let positional = self.code.data.argument_count as usize;
        let total = positional + self.code.data.keyword_only_count as usize;
        let defaults = self.function.keyword_defaults.get().cast::<DictObject>();
        let mut missing = Vec::new();
        for local in positional..total {
            if self.is_bound(local) {
                continue;
            }
            let name = self.code.local_name(local as u16);
            match defaults.and_then(|defaults| defaults.get_interned(name)) {
                Some(value) => self.put(local, Owned::new(value)),
                None => missing.push(local),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(self.missing("keyword-only", &missing)) }
    }

    fn missing(&mut self, kind: &str, locals: &[usize]) -> Raised {
        let names: Vec<String> =
            locals.iter().map(|&local| format!("'{}'", text(self.code.local_name(local as u16)))).collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let (function, count) = (self.name(), names.len());
        let plural = if count == 1 { "" } else { "s" };
        self.cx.type_error(format!("{function}() missing {count} required {kind} argument{plural}: {list}"))
    }

    fn too_many(&mut self, given: usize) -> Raised {
        let data = &self.code.data;
        let positional = data.argument_count as usize;
        let keyword_only_given =
            (positional..positional + data.keyword_only_count as usize).filter(|&local| self.is_bound(local)).count();
        let defaults = self.function.defaults.get().cast::<TupleObject>().map_or(0, |tuple| tuple.as_slice().len());
        let (takes, plural) = if defaults > 0 {
            (format!("from {} to {positional}", positional - defaults), true)
        } else {
            (positional.to_string(), positional != 1)
        };
        let extra = if keyword_only_given > 0 {
            format!(
                " positional argument{} (and {keyword_only_given} keyword-only argument{})",
                if given != 1 { "s" } else { "" },
                if keyword_only_given != 1 { "s" } else { "" }
            )
        } else {
            String::new()
        };
        let function = self.name();
        let verb = if given == 1 && keyword_only_given == 0 { "was" } else { "were" };
        let plural = if plural { "s" } else { "" };
        self.cx.type_error(format!(
            "{function}() takes {takes} positional argument{plural} but {given}{extra} {verb} given"
        ))
    }
}

fn text(value: Value) -> String {
    str::text(value).unwrap_or_default().into_owned()
}
