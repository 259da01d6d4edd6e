//! `Pickler` and `Unpickler`, and the views of what they remember.

use super::loader::Loader;
use super::loader::values::{attribute_of_builtins, no_persistent_load};
use super::saver::{Options, Saver};
use super::state::{pickling_error, unpickling_error};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, IntoObject, NativeObject};
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{int, str};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::Cell;

/// An attribute that a subclass may define or an object may have, if it is not the one of our own type.
fn hook(cx: &mut Context, object: Value, kind: &TypeObject, name: &str) -> Result<Option<Owned>> {
    let interned = str::intern(cx, name);
    let own = kind.lookup(cx, interned.value());
    if object.type_of().lookup(cx, interned.value()) == own
        && sidewinder_runtime::objects::instance::get_attribute_slot(cx, object, interned.value()).is_none()
    {
        return Ok(None);
    }
    attribute::get_optional(cx, object, interned.value())
}

/// The number that a flag is set to.
fn flag_of(cx: &mut Context, value: Option<Value>) -> Result<i64> {
    let Some(value) = value else { return Err(cx.type_error("can't delete numeric/char attribute")) };
    convert::c_long(cx, value)
}

/// Writes pickles to a file.
#[native_type("_pickle.Pickler", base)]
#[derive(Traverse, Default)]
pub struct Pickler {
    saver: Saver,
    /// The attribute `persistent_id` of this object.
    own_persistent_id: Field,
    bin: Cell<i64>,
}

impl Pickler {
    fn check(&self, cx: &mut Context, this: Value) -> Result<()> {
        if !self.saver.write.is_empty() {
            return Ok(());
        }
        let class = this.type_of().name();
        Err(pickling_error(cx, format!("Pickler.__init__() was not called by {class}.__init__()")))
    }
}

#[methods]
impl Pickler {
    #[new(name = "Pickler")]
    fn new(_arguments: Arguments<'_>) -> Result<Pickler> {
        Ok(Pickler::default())
    }

    #[init(name = "Pickler")]
    fn init(
        &self,
        cx: &mut Context,
        #[named] file: Value,
        #[default(None)] protocol: Option<Value>,
        #[default(true)] fix_imports: bool,
        #[default(None)] buffer_callback: Option<Value>,
    ) -> Result<()> {
        let saver = &self.saver;
        saver.configure(cx, &Options { protocol, fix_imports, buffer_callback })?;
        saver.set_file(cx, file)?;
        saver.fast.set(0);
        self.bin.set(i64::from(saver.protocol.get() > 0));
        let old = std::mem::take(&mut *saver.memo.borrow_mut());
        drop(old);
        Ok(())
    }

    /// Writes an object to the file.
    fn dump(&self, cx: &mut Context, this: Value, obj: Value) -> Result<()> {
        self.check(cx, this)?;
        let kind = &PICKLER.object;
        let persistent = match self.own_persistent_id.get() {
            Some(own) => Some(own),
            None => hook(cx, this, kind, "persistent_id")?,
        };
        let reducer = attribute::get_text_optional(cx, this, "reducer_override")?;
        self.saver.persistent_id.set(persistent);
        self.saver.reducer_override.set(reducer);
        if self.saver.dispatch_table.is_empty() {
            // A class may have the table instead of the object.
            let interned = str::intern(cx, "dispatch_table");
            let own = kind.lookup(cx, interned.value());
            if this.type_of().lookup(cx, interned.value()) != own {
                let table = attribute::get_optional(cx, this, interned.value())?;
                self.saver.dispatch_table.set(table);
            }
        }
        let done = self.saver.dump(cx, obj);
        self.saver.persistent_id.set(None);
        self.saver.reducer_override.set(None);
        done
    }

    /// Forgets which objects were written, so that they are written whole again.
    fn clear_memo(&self) {
        let old = std::mem::take(&mut *self.saver.memo.borrow_mut());
        drop(old);
    }

    /// None: objects have no persistent numbers unless a subclass gives them.
    fn persistent_id(&self, obj: Value) {
        let _ = obj;
    }

    /// Bytes in memory.
    fn __sizeof__(&self) -> usize {
        size_of::<NativeObject<Pickler>>() + self.saver.memo.borrow().entries.len() * 32
    }

    /// Whether instructions are binary.
    #[get]
    fn bin(&self) -> i64 {
        self.bin.get()
    }

    #[set(bin)]
    fn set_bin(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.bin.set(flag_of(cx, value)?);
        Ok(())
    }

    #[get]
    fn fast(&self) -> i64 {
        self.saver.fast.get()
    }

    #[set(fast)]
    fn set_fast(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        self.saver.fast.set(flag_of(cx, value)?);
        Ok(())
    }

    #[get]
    fn dispatch_table(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        match self.saver.dispatch_table.get() {
            Some(table) => Ok(table),
            None => {
                let class = this.type_of().name();
                Err(cx.raise(&ATTRIBUTE_ERROR, format!("'{class}' object has no attribute 'dispatch_table'")))
            }
        }
    }

    #[set(dispatch_table)]
    fn set_dispatch_table(&self, value: Option<Value>) -> Result<()> {
        self.saver.dispatch_table.set(value.map(Owned::new));
        Ok(())
    }

    /// What was written, by number.
    #[get]
    fn memo(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        NativeObject::new(cx, PicklerMemoProxy(Field::new(Owned::new(this))))
    }

    #[set(memo)]
    fn set_memo(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(cx.type_error("attribute deletion is not supported")) };
        let mut memo = super::saver::Memo::default();
        if let Some(proxy) = value.cast::<NativeObject<PicklerMemoProxy>>() {
            proxy.entries().into_iter().for_each(|(number, object)| memo.put(number, object));
        } else if let Some(entries) = value.cast::<DictObject>() {
            for (_, pair) in (0..entries.entry_count()).filter_map(|index| entries.entry(index)) {
                let (number, object) = match pair.cast::<TupleObject>().map(TupleObject::as_slice) {
                    Some(&[number, object]) => (number, object),
                    _ => return Err(cx.type_error("'memo' values must be 2-item tuples")),
                };
                let number = int::as_i64(number).unwrap_or_default();
                memo.put(number, Owned::new(object));
            }
        } else {
            let kind = value.type_of().name();
            return Err(
                cx.type_error(format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {kind}"))
            );
        }
        let old = std::mem::replace(&mut *self.saver.memo.borrow_mut(), memo);
        drop(old);
        Ok(())
    }

    #[slot(get_attribute)]
    fn get_attribute(&self, cx: &mut Context, this: Value, name: Value) -> Result<Owned> {
        get_with_own(cx, this, name, ("persistent_id", &self.own_persistent_id))
    }

    #[slot(set_attribute)]
    fn set_attribute(&self, cx: &mut Context, this: Value, name: Value, value: Option<Value>) -> Result<()> {
        set_with_own(cx, this, name, value, ("persistent_id", &self.own_persistent_id))
    }
}

/// An attribute of an object, which may have one of its own in place of the method `own.0`.
fn get_with_own(cx: &mut Context, this: Value, name: Value, own: (&str, &Field)) -> Result<Owned> {
    if str::equals_text(name, own.0)
        && let Some(own) = own.1.get()
    {
        return Ok(own);
    }
    attribute::generic_get(cx, this, name)
}

/// Sets or deletes an attribute of such an object.
fn set_with_own(cx: &mut Context, this: Value, name: Value, value: Option<Value>, own: (&str, &Field)) -> Result<()> {
    if str::equals_text(name, own.0) {
        own.1.set(value.map(Owned::new));
        return Ok(());
    }
    attribute::generic_set(cx, this, name, value.unwrap_or(Value::UNBOUND))
}

/// What a pickler remembers, as if it were a dict.
#[native_type("_pickle.PicklerMemoProxy", unhashable)]
#[derive(Traverse)]
pub struct PicklerMemoProxy(Field);

impl PicklerMemoProxy {
    fn entries(&self) -> Vec<(i64, Owned)> {
        let pickler = self.0.get();
        let pickler = pickler.as_ref().and_then(|found| found.value().cast::<NativeObject<Pickler>>());
        pickler.map(|pickler| pickler.saver.memo.borrow().entries.clone()).unwrap_or_default()
    }

    fn copied(&self, cx: &mut Context) -> Result<Owned> {
        let result = DictObject::new(cx);
        let identity = attribute_of_builtins(cx, "id")?;
        for (number, object) in self.entries() {
            let key = call::call(cx, identity.value(), &[object.value()])?;
            let pair = (number, object).into_object(cx);
            dict::of(result.value()).set(cx, key.value(), pair.value())?;
        }
        Ok(result)
    }
}

#[methods]
impl PicklerMemoProxy {
    /// Forgets everything.
    fn clear(&self) {
        let pickler = self.0.get();
        if let Some(pickler) = pickler.as_ref().and_then(|pickler| pickler.value().cast::<NativeObject<Pickler>>()) {
            let old = std::mem::take(&mut *pickler.saver.memo.borrow_mut());
            drop(old);
        }
    }

    /// A dict with the identity of each object, its number and itself.
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        self.copied(cx)
    }

    /// How it is pickled: as a dict.
    fn __reduce__(&self, cx: &mut Context) -> Result<Owned> {
        let contents = self.copied(cx)?;
        let arguments = TupleObject::from_owned(cx, vec![contents]);
        Ok(TupleObject::pair(cx, Owned::new(DICT.value()), arguments))
    }
}

/// Reads pickles from a file.
#[native_type("_pickle.Unpickler", base)]
#[derive(Traverse, Default)]
pub struct Unpickler {
    loader: Loader,
    /// The attribute `persistent_load` of this object.
    own_persistent_load: Field,
    is_loading: Cell<bool>,
}

#[methods]
impl Unpickler {
    #[new(name = "Unpickler")]
    fn new(_arguments: Arguments<'_>) -> Result<Unpickler> {
        Ok(Unpickler::default())
    }

    #[init(name = "Unpickler")]
    fn init(
        &self,
        cx: &mut Context,
        #[named] file: Value,
        #[keyword]
        #[default(true)]
        fix_imports: bool,
        #[default("ASCII".to_string(), "'ASCII'")] encoding: String,
        #[default("strict".to_string(), "'strict'")] errors: String,
        #[default(None, "()")] buffers: Option<Value>,
    ) -> Result<()> {
        self.loader.input.set_file(cx, file)?;
        self.loader.configure(cx, fix_imports, encoding, errors, buffers)?;
        let old = std::mem::take(&mut *self.loader.memo.borrow_mut());
        drop(old);
        Ok(())
    }

    /// Reads an object from the file.
    fn load(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        if !self.loader.input.has_file() {
            let class = this.type_of().name();
            return Err(unpickling_error(cx, format!("Unpickler.__init__() was not called by {class}.__init__()")));
        }
        if self.is_loading.replace(true) {
            return Err(cx.raise(
                &sidewinder_runtime::objects::exception::RUNTIME_ERROR,
                "Unpickler.load() must not be called while it runs",
            ));
        }
        let kind = &UNPICKLER.object;
        let hooks = (hook(cx, this, kind, "find_class"), hook(cx, this, kind, "persistent_load"));
        let done = match hooks {
            (Ok(find), Ok(persistent)) => {
                self.loader.find_class.set(find);
                self.loader.persistent_load.set(self.own_persistent_load.get().or(persistent));
                self.loader.load(cx)
            }
            (Err(raised), _) | (_, Err(raised)) => Err(raised),
        };
        self.loader.find_class.set(None);
        self.loader.persistent_load.set(None);
        self.is_loading.set(false);
        done
    }

    /// What a name in a module stands for. Subclasses may answer otherwise.
    fn find_class(&self, cx: &mut Context, module_name: Value, global_name: Value) -> Result<Owned> {
        self.loader.find_here(cx, module_name, global_name)
    }

    /// An error: subclasses know what persistent numbers stand for.
    fn persistent_load(&self, cx: &mut Context, pid: Value) -> Result<Owned> {
        let _ = pid;
        Err(no_persistent_load(cx))
    }

    /// Bytes in memory.
    fn __sizeof__(&self) -> usize {
        size_of::<NativeObject<Unpickler>>()
    }

    /// What was read, by number.
    #[get]
    fn memo(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        NativeObject::new(cx, UnpicklerMemoProxy(Field::new(Owned::new(this))))
    }

    #[set(memo)]
    fn set_memo(&self, cx: &mut Context, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(cx.type_error("attribute deletion is not supported")) };
        let mut memo = super::loader::Memo::default();
        if let Some(proxy) = value.cast::<NativeObject<UnpicklerMemoProxy>>() {
            for (number, object) in proxy.entries() {
                drop(memo.put(number, object));
            }
        } else if let Some(entries) = value.cast::<DictObject>() {
            for (key, object) in (0..entries.entry_count()).filter_map(|index| entries.entry(index)) {
                let Some(number) = int::as_i64(key).filter(|_| int::is_int_like(key)) else {
                    return Err(cx.type_error("memo key must be integers"));
                };
                if number < 0 {
                    return Err(cx.value_error("memo key must be positive integers."));
                }
                drop(memo.put(number, Owned::new(object)));
            }
        } else {
            let kind = value.type_of().name();
            return Err(
                cx.type_error(format!("'memo' attribute must be an UnpicklerMemoProxy object or dict, not {kind}"))
            );
        }
        let old = std::mem::replace(&mut *self.loader.memo.borrow_mut(), memo);
        drop(old);
        Ok(())
    }

    #[slot(get_attribute)]
    fn get_attribute(&self, cx: &mut Context, this: Value, name: Value) -> Result<Owned> {
        get_with_own(cx, this, name, ("persistent_load", &self.own_persistent_load))
    }

    #[slot(set_attribute)]
    fn set_attribute(&self, cx: &mut Context, this: Value, name: Value, value: Option<Value>) -> Result<()> {
        set_with_own(cx, this, name, value, ("persistent_load", &self.own_persistent_load))
    }
}

/// What an unpickler remembers, as if it were a dict.
#[native_type("_pickle.UnpicklerMemoProxy", unhashable)]
#[derive(Traverse)]
pub struct UnpicklerMemoProxy(Field);

impl UnpicklerMemoProxy {
    fn entries(&self) -> Vec<(i64, Owned)> {
        let unpickler = self.0.get();
        let unpickler = unpickler.as_ref().and_then(|found| found.value().cast::<NativeObject<Unpickler>>());
        unpickler.map(|unpickler| unpickler.loader.memo.borrow().entries()).unwrap_or_default()
    }

    fn copied(&self, cx: &mut Context) -> Result<Owned> {
        let result = DictObject::new(cx);
        for (number, object) in self.entries() {
            let number = int::from_i64(cx, number);
            dict::of(result.value()).set(cx, number.value(), object.value())?;
        }
        Ok(result)
    }
}

#[methods]
impl UnpicklerMemoProxy {
    /// Forgets everything.
    fn clear(&self) {
        let unpickler = self.0.get();
        if let Some(unpickler) = unpickler.as_ref().and_then(|found| found.value().cast::<NativeObject<Unpickler>>()) {
            let old = std::mem::take(&mut *unpickler.loader.memo.borrow_mut());
            drop(old);
        }
    }

    /// A dict of the objects by their numbers.
    fn copy(&self, cx: &mut Context) -> Result<Owned> {
        self.copied(cx)
    }

    /// How it is pickled: as a dict.
    fn __reduce__(&self, cx: &mut Context) -> Result<Owned> {
        let contents = self.copied(cx)?;
        let arguments = TupleObject::from_owned(cx, vec![contents]);
        Ok(TupleObject::pair(cx, Owned::new(DICT.value()), arguments))
    }
}
