//! Instructions that make objects of others on the stack, or fill them.

use super::Loader;
use crate::pickle::input::truncated;
use crate::pickle::opcode::*;
use crate::pickle::saver::global::at_path;
use crate::pickle::state::{self, shown, unpickling_error};
use sidewinder_runtime::native::Arguments;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::set::SetObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{attribute, call, import, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

fn values_of(items: &[Owned]) -> Vec<Value> {
    items.iter().map(Owned::value).collect()
}

impl Loader {
    pub(super) fn step_build(&self, cx: &mut Context, opcode: u8) -> Result<()> {
        match opcode {
            APPEND => {
                let item = self.pop(cx)?;
                self.append(cx, vec![item])
            }
            APPENDS => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                self.append(cx, items)
            }
            SETITEM => {
                let pair = self.pop_some(cx, 2)?;
                self.set_items(cx, pair)
            }
            SETITEMS => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                self.set_items(cx, items)
            }
            DICT => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                if !items.len().is_multiple_of(2) {
                    return Err(unpickling_error(cx, "odd number of items for DICT"));
                }
                let dict = DictObject::new(cx);
                for pair in items.chunks(2) {
                    dict::of(dict.value()).set(cx, pair[0].value(), pair[1].value())?;
                }
                self.push(dict);
                Ok(())
            }
            ADDITEMS => {
                let mark = self.pop_mark(cx)?;
                let items = self.pop_from(mark);
                self.add_items(cx, items)
            }
            REDUCE => {
                let arguments = self.pop(cx)?;
                let function = self.pop(cx)?;
                let Some(arguments) = arguments.value().cast::<TupleObject>() else {
                    return Err(cx.type_error("argument list must be a tuple"));
                };
                let made = call::call(cx, function.value(), arguments.as_slice())?;
                self.push(made);
                Ok(())
            }
            BUILD => self.build(cx),
            NEWOBJ => {
                let arguments = self.pop(cx)?;
                let class = self.pop(cx)?;
                self.new_object(cx, &class, &arguments, None)
            }
            NEWOBJ_EX => {
                let keywords = self.pop(cx)?;
                let arguments = self.pop(cx)?;
                let class = self.pop(cx)?;
                self.new_object(cx, &class, &arguments, Some(&keywords))
            }
            INST => self.load_instance(cx),
            OBJ => {
                let mark = self.pop_mark(cx)?;
                let mut items = self.pop_from(mark).into_iter();
                let Some(class) = items.next() else { return Err(self.underflow(cx)) };
                let arguments: Vec<Owned> = items.collect();
                let made = instantiate(cx, &class, &arguments)?;
                self.push(made);
                Ok(())
            }
            GLOBAL => self.load_global(cx),
            STACK_GLOBAL => {
                let name = self.pop(cx)?;
                let module = self.pop(cx)?;
                if !str::is_str(name.value()) || !str::is_str(module.value()) {
                    return Err(unpickling_error(cx, "STACK_GLOBAL requires str"));
                }
                let found = self.find(cx, &module, &name)?;
                self.push(found);
                Ok(())
            }
            EXT1 => {
                let code = self.unsigned_byte(cx)?;
                self.load_extension(cx, code as i64)
            }
            EXT2 => {
                let code = u16::from_le_bytes(self.bytes(cx)?);
                self.load_extension(cx, i64::from(code))
            }
            EXT4 => {
                let code = self.signed_word(cx)?;
                self.load_extension(cx, code)
            }
            _ => {
                let key = match opcode {
                    b'\'' | b'\\' => format!("\\{}", opcode as char),
                    b' '..=b'~' => (opcode as char).to_string(),
                    _ => format!("\\x{opcode:02x}"),
                };
                Err(unpickling_error(cx, format!("invalid load key, '{key}'.")))
            }
        }
    }

    /// Appends items to the object on top.
    fn append(&self, cx: &mut Context, items: Vec<Owned>) -> Result<()> {
        let target = self.top(cx)?;
        if items.is_empty() {
            return Ok(());
        }
        if let Some(list) = target.value().cast_exact::<ListObject>() {
            items.into_iter().for_each(|item| list.push(item));
            return Ok(());
        }
        let wants_extend = items.len() > 1 || attribute::get_text_optional(cx, target.value(), "append")?.is_none();
        if wants_extend && let Some(extend) = attribute::get_text_optional(cx, target.value(), "extend")? {
            let items = ListObject::new(cx, items);
            return call::call(cx, extend.value(), &[items.value()]).map(drop);
        }
        let append = attribute::get_text(cx, target.value(), "append")?;
        for item in &items {
            call::call(cx, append.value(), &[item.value()])?;
        }
        Ok(())
    }

    /// Puts keys and values into the object on top.
    fn set_items(&self, cx: &mut Context, items: Vec<Owned>) -> Result<()> {
        let target = self.top(cx)?;
        if !items.len().is_multiple_of(2) {
            return Err(unpickling_error(cx, "odd number of items for SETITEMS"));
        }
        let plain = target.value().cast_exact::<DictObject>();
        for pair in items.chunks(2) {
            let (key, value) = (pair[0].value(), pair[1].value());
            match plain {
                Some(dict) => dict.set(cx, key, value)?,
                None => subscript::set_item(cx, target.value(), key, value)?,
            }
        }
        Ok(())
    }

    fn add_items(&self, cx: &mut Context, items: Vec<Owned>) -> Result<()> {
        let target = self.top(cx)?;
        if items.is_empty() {
            return Ok(());
        }
        let is_set = target.value().type_of().is_subtype(&sidewinder_runtime::objects::set::SET);
        if let Some(set) = target.value().cast::<SetObject>().filter(|_| is_set) {
            for item in &items {
                set.add(cx, item.value())?;
            }
            return Ok(());
        }
        let add = attribute::get_text(cx, target.value(), "add")?;
        for item in &items {
            call::call(cx, add.value(), &[item.value()])?;
        }
        Ok(())
    }

    /// Gives the object on top its state.
    fn build(&self, cx: &mut Context) -> Result<()> {
        if self.depth() < self.fence() + 2 {
            return Err(self.underflow(cx));
        }
        let state = self.pop(cx)?;
        let object = self.top(cx)?;
        if let Some(set) = attribute::get_text_optional(cx, object.value(), "__setstate__")? {
            return call::call(cx, set.value(), &[state.value()]).map(drop);
        }
        let none = singleton::none();
        let (attributes, slots) = match state.value().cast::<TupleObject>().map(TupleObject::as_slice) {
            Some(&[attributes, slots]) => (attributes, slots),
            _ => (state.value(), none),
        };
        if attributes != none {
            let Some(entries) = attributes.cast::<DictObject>() else {
                return Err(unpickling_error(cx, "state is not a dictionary"));
            };
            let own = attribute::get_text(cx, object.value(), "__dict__")?;
            for (key, value) in entries_of(entries) {
                let exact = str::cast(key.value()).is_some_and(StrObject::is_exact);
                let key = if exact { str::intern_value(cx, key.value()) } else { key };
                subscript::set_item(cx, own.value(), key.value(), value.value())?;
            }
        }
        if slots != none {
            let Some(entries) = slots.cast::<DictObject>() else {
                return Err(unpickling_error(cx, "slot state is not a dictionary"));
            };
            for (key, value) in entries_of(entries) {
                let name = attribute::name_argument(cx, key.value())?;
                attribute::set(cx, object.value(), name.value(), value.value())?;
            }
        }
        Ok(())
    }

    fn new_object(&self, cx: &mut Context, class: &Owned, arguments: &Owned, keywords: Option<&Owned>) -> Result<()> {
        let name = if keywords.is_some() { "NEWOBJ_EX" } else { "NEWOBJ" };
        let Some(kind) = class.value().cast::<TypeObject>() else {
            let kind = class.value().type_of().name();
            return Err(unpickling_error(cx, format!("{name} class argument must be a type, not {kind}")));
        };
        let Some(positional) = arguments.value().cast::<TupleObject>() else {
            let kind = arguments.value().type_of().name();
            return Err(unpickling_error(cx, format!("{name} args argument must be a tuple, not {kind}")));
        };
        let mut values = vec![class.value()];
        values.extend(positional.as_slice());
        let mut names = Vec::new();
        let mut held = Vec::new();
        if let Some(keywords) = keywords {
            let Some(keywords) = keywords.value().cast::<DictObject>() else {
                let kind = keywords.value().type_of().name();
                return Err(unpickling_error(cx, format!("{name} kwargs argument must be a dict, not {kind}")));
            };
            held = entries_of(keywords);
            for (key, value) in &held {
                if !str::is_str(key.value()) {
                    return Err(cx.type_error("keywords must be strings"));
                }
                names.push(key.value());
                values.push(value.value());
            }
        }
        if kind.slots().new.is_none() {
            let kind = kind.name();
            return Err(unpickling_error(cx, format!("{name} class argument '{kind}' doesn't have __new__")));
        }
        let new = attribute::get_text(cx, class.value(), "__new__")?;
        let made = call::call_with(cx, new.value(), Arguments { values: &values, names: &names })?;
        drop(held);
        self.push(made);
        Ok(())
    }

    /// A line that is a name.
    fn line_name(&self, cx: &mut Context, encoding: &str) -> Result<Owned> {
        let mut line = self.input.line(cx)?;
        if line.len() < 2 {
            return Err(truncated(cx));
        }
        line.pop();
        let bytes = sidewinder_runtime::objects::bytes::BytesObject::new(cx, &line);
        str::codec::decode(cx, bytes.value(), encoding, "strict")
    }

    fn load_instance(&self, cx: &mut Context) -> Result<()> {
        let mark = self.pop_mark(cx)?;
        let module = self.line_name(cx, "ascii")?;
        let name = self.line_name(cx, "ascii")?;
        let class = self.find(cx, &module, &name)?;
        let arguments = self.pop_from(mark);
        let made = instantiate(cx, &class, &arguments)?;
        self.push(made);
        Ok(())
    }

    fn load_global(&self, cx: &mut Context) -> Result<()> {
        let module = self.line_name(cx, "utf-8")?;
        let name = self.line_name(cx, "utf-8")?;
        let found = self.find(cx, &module, &name)?;
        self.push(found);
        Ok(())
    }

    fn load_extension(&self, cx: &mut Context, code: i64) -> Result<()> {
        let tools = state::tools(cx)?;
        let number = int::from_i64(cx, code);
        let cache = dict::of(tools.extension_cache.value());
        if let Some(found) = cache.get(cx, number.value())?.map(Owned::new) {
            self.push(found);
            return Ok(());
        }
        let key = dict::of(tools.inverted_registry.value()).get(cx, number.value())?.map(Owned::new);
        let Some(key) = key else {
            if code <= 0 {
                return Err(unpickling_error(cx, "EXT specifies code <= 0"));
            }
            return Err(cx.value_error(format!("unregistered extension code {code}")));
        };
        let (module, name) = match key.value().cast::<TupleObject>().map(TupleObject::as_slice) {
            Some(&[module, name]) if str::is_str(module) && str::is_str(name) => (module, name),
            _ => return Err(cx.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings"))),
        };
        let found = self.find(cx, &Owned::new(module), &Owned::new(name))?;
        cache.set(cx, number.value(), found.value())?;
        self.push(found);
        Ok(())
    }

    /// What a name in a module stands for, by the method of a subclass or by ours.
    fn find(&self, cx: &mut Context, module: &Owned, name: &Owned) -> Result<Owned> {
        match self.find_class.get() {
            Some(find) => call::call(cx, find.value(), &[module.value(), name.value()]),
            None => self.find_here(cx, module.value(), name.value()),
        }
    }

    /// What a name in a module stands for. The module is imported.
    pub fn find_here(&self, cx: &mut Context, module: Value, name: Value) -> Result<Owned> {
        let (mut module, mut name) = (Owned::new(module), Owned::new(name));
        audit(cx, module.value(), name.value())?;
        if self.protocol.get() < 3 && self.fix_imports.get() {
            let tools = state::tools(cx)?;
            let key = TupleObject::pair(cx, module.clone(), name.clone());
            let mapped = dict::of(tools.name_mapping.value()).get(cx, key.value())?;
            match mapped.and_then(|mapped| mapped.cast::<TupleObject>()).map(TupleObject::as_slice) {
                Some(&[new_module, new_name]) => (module, name) = (Owned::new(new_module), Owned::new(new_name)),
                _ => {
                    let mapped = dict::of(tools.import_mapping.value()).get(cx, module.value())?;
                    if let Some(mapped) = mapped {
                        module = Owned::new(mapped);
                    }
                }
            }
        }
        let Some(module_text) = str::cast(module.value()).map(|text| text.as_text().into_owned()) else {
            return Err(cx.type_error("module name must be a string"));
        };
        let found = import::module(cx, &module_text)?;
        let Some(text) = str::cast(name.value()).map(|text| text.as_text().into_owned()) else {
            let kind = name.value().type_of().name();
            return Err(cx.type_error(format!("attribute name must be string, not '{kind}'")));
        };
        if self.protocol.get() < 4 || !text.contains('.') {
            let name = attribute::name_argument(cx, name.value())?;
            return attribute::get(cx, found.value(), name.value());
        }
        let path: Vec<Owned> = text.split('.').map(|part| str::intern::intern(cx, part)).collect();
        match at_path(cx, found.value(), &path)? {
            Some(object) => Ok(object),
            None => {
                let (name, module) = (shown(cx, name.value())?, shown(cx, module.value())?);
                Err(cx.raise(&ATTRIBUTE_ERROR, format!("Can't resolve path {name} on module {module}")))
            }
        }
    }
}

/// Tells audit hooks, if `sys` has them, which class is looked for.
fn audit(cx: &mut Context, module: Value, name: Value) -> Result<()> {
    let sys = import::module(cx, "sys")?;
    let Some(function) = attribute::get_text_optional(cx, sys.value(), "audit")? else { return Ok(()) };
    let event = StrObject::new(cx, "pickle.find_class");
    call::call(cx, function.value(), &[event.value(), module, name]).map(drop)
}

/// An object of a class of Python 2, which is called only with arguments.
fn instantiate(cx: &mut Context, class: &Owned, arguments: &[Owned]) -> Result<Owned> {
    if arguments.is_empty()
        && class.value().cast::<TypeObject>().is_some()
        && attribute::get_text_optional(cx, class.value(), "__getinitargs__")?.is_none()
    {
        return call::call_method(cx, class.value(), "__new__", &[class.value()]);
    }
    call::call(cx, class.value(), &values_of(arguments))
}

fn entries_of(dict: &DictObject) -> Vec<(Owned, Owned)> {
    let entries = (0..dict.entry_count()).filter_map(|index| dict.entry(index));
    entries.map(|(key, value)| (Owned::new(key), Owned::new(value))).collect()
}
