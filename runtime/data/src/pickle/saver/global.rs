//! The pickles of classes, functions and other objects that have a name in a module.

use super::Saver;
use crate::pickle::opcode::*;
use crate::pickle::state::{pickling_error, pickling_error_after, shown};
use sidewinder_runtime::objects::exception::{ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, RUNTIME_ERROR, VALUE_ERROR};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::objects::{dict, int, singleton};
use sidewinder_runtime::operations::{attribute, convert, import};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// The object that a path of names leads to; none if there is no such attribute.
pub fn at_path(cx: &mut Context, start: Value, path: &[Owned]) -> Result<Option<Owned>> {
    let mut found = Owned::new(start);
    for name in path {
        match attribute::get_optional(cx, found.value(), name.value())? {
            Some(next) => found = next,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

impl Saver {
    /// Classes of values that there is one of have no name that can be found.
    pub fn save_type(&self, cx: &mut Context, object: Value) -> Result<()> {
        for only in [singleton::none(), singleton::ellipsis(), singleton::not_implemented()] {
            if only.type_of().value() == object {
                let arguments = TupleObject::new(cx, &[only]);
                return self.save_parts(cx, object, vec![Owned::new(TYPE.value()), arguments]);
            }
        }
        self.save_global(cx, object, None)
    }

    /// Writes the name of an object and of the module in which it is.
    pub fn save_global(&self, cx: &mut Context, object: Value, name: Option<Owned>) -> Result<()> {
        let name = match name {
            Some(name) => name,
            None => match attribute::get_text_optional(cx, object, "__qualname__")? {
                Some(name) => name,
                None => attribute::get_text(cx, object, "__name__")?,
            },
        };
        let Some(text) = str::cast(name.value()) else {
            let kind = name.value().type_of().name();
            return Err(pickling_error(cx, format!("the name of an object must be a string, not {kind}")));
        };
        let has_surrogates = text.has_surrogates();
        let text = text.as_text().into_owned();
        let path: Vec<Owned> = if has_surrogates {
            // No text of ours holds such a name: it stays whole.
            vec![attribute::name_argument(cx, name.value())?]
        } else {
            text.split('.').map(|part| str::intern::intern(cx, part)).collect()
        };
        let module = self.module_of(cx, object, &text, &path)?;
        if self.protocol.get() >= 2 && self.save_extension(cx, &module, &name)? {
            return Ok(());
        }
        if self.protocol.get() >= 4 {
            self.save(cx, module.value(), true)?;
            self.save(cx, name.value(), true)?;
            self.op(STACK_GLOBAL);
        } else {
            self.save_path(cx, &module, &path)?;
        }
        self.memoize(object);
        Ok(())
    }

    /// The name of the module in which an object is found by a name.
    fn module_of(&self, cx: &mut Context, object: Value, name: &str, path: &[Owned]) -> Result<Owned> {
        let told = attribute::get_text_optional(cx, object, "__module__")?;
        if name.split('.').any(|part| part == "<locals>") {
            let object = shown(cx, object)?;
            return Err(pickling_error(cx, format!("Can't pickle local object {object}")));
        }
        let module_name = match told.filter(|told| told.value() != singleton::none()) {
            // Equal names are to be one object, which the pickle holds once.
            Some(told) if str::is_str(told.value()) => attribute::name_argument(cx, told.value())?,
            Some(told) => told,
            None => match self.search_modules(cx, object, path)? {
                Some(found) => return Ok(found),
                None => StrObject::new(cx, "__main__"),
            },
        };
        let module_text = str::text(module_name.value()).map(|text| text.into_owned()).unwrap_or_default();
        let modules = Owned::new(cx.interpreter().modules.value());
        let known = dict::of(modules.value()).get(cx, module_name.value())?.is_some();
        let imported = match module_text.as_str() {
            "" => Err(cx.value_error("Empty module name")),
            _ if known => Ok(()),
            name => import::module(cx, name).map(drop),
        };
        if let Err(raised) = imported {
            if ![&IMPORT_ERROR, &VALUE_ERROR, &KEY_ERROR].into_iter().any(|kind| cx.pending_is(&kind.object)) {
                return Err(raised);
            }
            let cause = cx.take_pending();
            let text = convert::str(cx, cause.value())?;
            let (object, text) = (shown(cx, object)?, str::text(text.value()).unwrap_or_default().into_owned());
            return Err(pickling_error_after(cx, cause, format!("Can't pickle {object}: {text}")));
        }
        let module = dict::of(modules.value()).get(cx, module_name.value())?.map(Owned::new);
        let mut found = module;
        for step in path {
            let Some(from) = found.take() else { break };
            match attribute::get(cx, from.value(), step.value()) {
                Ok(next) => found = Some(next),
                Err(raised) => {
                    if !cx.pending_is(&ATTRIBUTE_ERROR.object) {
                        return Err(raised);
                    }
                    let cause = cx.take_pending();
                    let object = shown(cx, object)?;
                    let message = format!("Can't pickle {object}: it's not found as {module_text}.{name}");
                    return Err(pickling_error_after(cx, cause, message));
                }
            }
        }
        match found {
            Some(found) if found.value() == object => Ok(module_name),
            _ => {
                let object = shown(cx, object)?;
                let message = format!("Can't pickle {object}: it's not the same object as {module_text}.{name}");
                Err(pickling_error(cx, message))
            }
        }
    }

    /// The name of any module in which the object is found.
    fn search_modules(&self, cx: &mut Context, object: Value, path: &[Owned]) -> Result<Option<Owned>> {
        let modules = dict::of(cx.interpreter().modules.value());
        let all: Vec<(Owned, Owned)> = (0..modules.entry_count())
            .filter_map(|index| modules.entry(index))
            .map(|(name, module)| (Owned::new(name), Owned::new(module)))
            .collect();
        for (name, module) in all {
            let is_main = ["__main__", "__mp_main__"].iter().any(|main| str::equals_text(name.value(), main));
            if is_main || module.value() == singleton::none() || !str::is_str(name.value()) {
                continue;
            }
            if at_path(cx, module.value(), path)?.is_some_and(|found| found.value() == object) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Writes the number that `copyreg` has for a name, if there is one.
    fn save_extension(&self, cx: &mut Context, module: &Owned, name: &Owned) -> Result<bool> {
        let tools = self.tools(cx)?;
        let registry = dict::of(tools.extension_registry.value());
        if registry.is_empty() {
            return Ok(false);
        }
        let key = TupleObject::pair(cx, module.clone(), name.clone());
        let Some(code) = registry.get(cx, key.value())? else { return Ok(false) };
        let code = int::as_i64(code).filter(|code| (1..=0x7FFF_FFFF).contains(code));
        let Some(code) = code else {
            return Err(cx.raise(&RUNTIME_ERROR, "extension code is out of range"));
        };
        let bytes = (code as u32).to_le_bytes();
        match code {
            ..=0xFF => self.put(&[EXT1, bytes[0]]),
            0x100..=0xFFFF => self.put(&[EXT2, bytes[0], bytes[1]]),
            _ => {
                self.op(EXT4);
                self.put(&bytes);
            }
        }
        Ok(true)
    }

    /// Writes a name of the older protocols, of which one with dots is found by `getattr`.
    fn save_path(&self, cx: &mut Context, module: &Owned, path: &[Owned]) -> Result<()> {
        let [first, rest @ ..] = path else { return Ok(()) };
        let old = self.protocol.get() < 2;
        let tools = self.tools(cx)?;
        for _ in rest {
            self.save(cx, tools.getattr.value(), true)?;
            if old {
                self.op(MARK);
            }
        }
        self.save_name(cx, module, first)?;
        for name in rest {
            self.save(cx, name.value(), true)?;
            self.put(&[if old { TUPLE } else { TUPLE2 }, REDUCE]);
        }
        Ok(())
    }

    /// Writes a module's name and one in it, with those that Python 2 had if that is wanted.
    fn save_name(&self, cx: &mut Context, module: &Owned, name: &Owned) -> Result<()> {
        let mut module = module.clone();
        let mut name = name.clone();
        if self.fix_imports.get() {
            let tools = self.tools(cx)?;
            let key = TupleObject::pair(cx, module.clone(), name.clone());
            let mapped = dict::of(tools.reverse_name_mapping.value()).get(cx, key.value())?;
            match mapped.and_then(|mapped| mapped.cast::<TupleObject>()).map(TupleObject::as_slice) {
                Some(&[old_module, old_name]) => (module, name) = (Owned::new(old_module), Owned::new(old_name)),
                _ => {
                    let mapped = dict::of(tools.reverse_import_mapping.value()).get(cx, module.value())?;
                    if let Some(mapped) = mapped {
                        module = Owned::new(mapped);
                    }
                }
            }
        }
        self.op(GLOBAL);
        for (text, what) in [(module, "module"), (name, "global")] {
            let encoded = match str::cast(text.value()) {
                Some(text) if self.protocol.get() >= 3 => str::codec::to_utf8(text),
                Some(text) => text.as_ascii().map(|ascii| ascii.as_bytes().to_vec()),
                None => None,
            };
            let Some(mut encoded) = encoded else {
                let protocol = self.protocol.get();
                let message = format!(
                    "can't pickle {what} identifier {} using pickle protocol {protocol}",
                    shown(cx, text.value())?
                );
                // The cause is what the codec says.
                let encoding = if protocol >= 3 { "utf-8" } else { "ascii" };
                if str::is_str(text.value()) && str::codec::encode(cx, text.value(), encoding, "strict").is_err() {
                    let cause = cx.take_pending();
                    return Err(pickling_error_after(cx, cause, message));
                }
                return Err(pickling_error(cx, message));
            };
            encoded.push(b'\n');
            self.put(&encoded);
        }
        Ok(())
    }
}
