//! `_thread._local`: an object whose attributes are each thread's own (Modules/_threadmodule.c).
//!
//! The object has a dict for each thread that has used it. A dummy in the thread's own dict removes it when the thread
//! ends; what is left goes with the object.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::teardown::Children;
use sidewinder_runtime::native::{Field, NativeObject, Traverse};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::type_object::{OBJECT, TypeObject};
use sidewinder_runtime::objects::{exception, int, weak};
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::RefCell;
use std::collections::HashMap;

/// The attributes by thread.
#[derive(Default)]
struct Dicts(RefCell<HashMap<u64, Owned>>);

impl Traverse for Dicts {
    fn traverse(&self, visit: &mut dyn FnMut(Value)) {
        if let Ok(dicts) = self.0.try_borrow() {
            dicts.values().for_each(|own| visit(own.value()));
        }
    }

    fn release(&mut self, children: &mut Children<'_>) {
        self.clear(children);
    }

    fn clear(&self, children: &mut Children<'_>) {
        let dicts = self.0.try_borrow_mut().map(|mut dicts| std::mem::take(&mut *dicts)).unwrap_or_default();
        dicts.into_values().for_each(|own| children.push(own.into_raw()));
    }
}

/// Attributes that are each thread's own.
#[native_type("_thread._local", base, weakrefs)]
#[derive(Traverse)]
pub struct Local {
    dicts: Dicts,
    values: Vec<Owned>,
    names: Vec<Owned>,
}

/// In a thread's dict: takes the thread's attributes off a local when the thread ends.
#[native_type("_thread._localdummy")]
#[derive(Traverse)]
pub struct Dummy {
    /// A weak reference to the local.
    local: Field,
    thread: u64,
}

#[methods]
impl Dummy {
    #[slot(finalize)]
    fn finalize(&self) -> Result<()> {
        let reference = self.local.take();
        let local = reference.and_then(|reference| weak::of(reference.value()).referent());
        if let Some(local) = &local
            && let Some(own) = local.value().cast::<NativeObject<Local>>()
        {
            let gone = own.dicts.0.borrow_mut().remove(&self.thread);
            drop(gone);
        }
        Ok(())
    }
}

/// The attributes of the calling thread, made and initialised at its first use.
fn own_dict(cx: &mut Context, this: Value) -> Result<Owned> {
    let local = NativeObject::<Local>::receiver(&this);
    let thread = cx.thread_identifier();
    if let Some(found) = local.dicts.0.borrow().get(&thread) {
        return Ok(found.clone());
    }
    let made = DictObject::new(cx);
    local.dicts.0.borrow_mut().insert(thread, made.clone());
    let reference = weak::new(cx, &weak::WEAK_REFERENCE, this, Value::UNBOUND)?;
    let dummy = NativeObject::new(cx, Dummy { local: Field::new(reference), thread })?;
    let key = int::from_u64(cx, this.0);
    let own = cx.thread_dict();
    dict::of(own.value()).set(cx, key.value(), dummy.value())?;
    let init = this.type_of().slots().init;
    if let Some(init) = init
        && OBJECT.object.slots().init.is_none_or(|plain| !std::ptr::fn_addr_eq(plain, init))
    {
        let values: Vec<Value> = local.values.iter().map(Owned::value).collect();
        let names: Vec<Value> = local.names.iter().map(Owned::value).collect();
        if let Err(raised) = init(cx, this, Arguments { values: &values, names: &names }) {
            let gone = local.dicts.0.borrow_mut().remove(&thread);
            drop(gone);
            return Err(raised);
        }
    }
    Ok(made)
}

#[methods]
impl Local {
    #[new(name = "_local")]
    fn new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
        let plain = match (class.slots().init, OBJECT.object.slots().init) {
            (Some(own), Some(plain)) => std::ptr::fn_addr_eq(own, plain),
            (own, _) => own.is_none(),
        };
        if plain && !arguments.values.is_empty() {
            return Err(cx.type_error("Initialization arguments are not supported"));
        }
        let state = Local {
            dicts: Dicts::default(),
            values: arguments.values.iter().copied().map(Owned::new).collect(),
            names: arguments.names.iter().copied().map(Owned::new).collect(),
        };
        let made = NativeObject::allocate(cx, class, state)?;
        // The creating thread's attributes are initialised by the call of the class.
        let local = NativeObject::<Local>::receiver(&made.value()).to_owned_value();
        let own = DictObject::new(cx);
        let thread = cx.thread_identifier();
        let place = local.value();
        NativeObject::<Local>::receiver(&place).dicts.0.borrow_mut().insert(thread, own);
        Ok(made)
    }

    #[slot(get_attribute)]
    fn get(cx: &mut Context, this: Value, name: Value) -> Result<Owned> {
        let own = own_dict(cx, this)?;
        if name == cx.interpreter().names.dict {
            return Ok(own);
        }
        let kind = this.type_of();
        let found = kind.lookup(cx, name).map(Owned::new);
        let slots = found.as_ref().map(|found| found.value().type_of().slots());
        if let (Some(found), Some(get)) =
            (&found, slots.and_then(|slots| slots.descriptor_set.and(slots.descriptor_get)))
        {
            return get(cx, found.value(), this, kind);
        }
        if let Some(value) = dict::of(own.value()).get(cx, name)? {
            return Ok(Owned::new(value));
        }
        match (found, slots.and_then(|slots| slots.descriptor_get)) {
            (Some(found), Some(get)) => get(cx, found.value(), this, kind),
            (Some(found), None) => Ok(found),
            (None, _) => {
                let getter = str::intern(cx, "__getattr__");
                match kind.lookup(cx, getter.value()).map(Owned::new) {
                    Some(getter) => sidewinder_runtime::operations::call::call(cx, getter.value(), &[this, name]),
                    None => Err(attribute::missing(cx, this, name)),
                }
            }
        }
    }

    #[slot(set_attribute)]
    fn set(cx: &mut Context, this: Value, name: Value, value: Option<Value>) -> Result<()> {
        let own = own_dict(cx, this)?;
        if name == cx.interpreter().names.dict {
            let class = this.type_of().name();
            let message = format!("'{class}' object attribute '__dict__' is read-only");
            return Err(cx.raise(&exception::ATTRIBUTE_ERROR, message));
        }
        let kind = this.type_of();
        if let Some(found) = kind.lookup(cx, name).map(Owned::new)
            && let Some(set) = found.value().type_of().slots().descriptor_set
        {
            return set(cx, found.value(), this, value.unwrap_or(Value::UNBOUND));
        }
        match value {
            Some(value) => dict::of(own.value()).set(cx, name, value),
            None => match dict::of(own.value()).remove(cx, name)? {
                Some(_) => Ok(()),
                None => Err(attribute::missing(cx, this, name)),
            },
        }
    }
}
