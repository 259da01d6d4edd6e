//! The module `_functools`: partial calls, caches of results, and what else makes functions of functions.

mod cache;
mod partial;

use cache::CachedFunction;
use partial::{Partial, PlaceholderType};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::{Given, NativeObject};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::operations::{call, compare, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Tools that operate on functions.
#[native_module("_functools", types(CachedFunction, hidden KeyFunction, hidden Key, Partial, PlaceholderType))]
mod rows {
    use super::*;

    /// The items of an iterable combined by a function of two arguments, from the left.
    #[function]
    fn reduce(
        cx: &mut Context,
        function: Value,
        iterable: Value,
        #[named]
        #[default(Given(None), "<unrepresentable>")]
        initial: Given<Owned>,
    ) -> Result<Owned> {
        let iterator = match iterate::get_iter(cx, iterable) {
            Ok(iterator) => iterator,
            Err(_) if cx.swallow(&sidewinder_runtime::objects::exception::TYPE_ERROR) => {
                return Err(cx.type_error("reduce() arg 2 must support iteration"));
            }
            Err(raised) => return Err(raised),
        };
        let mut total = initial.0;
        while let Some(item) = iterate::next(cx, iterator.value())? {
            total = Some(match total {
                None => item,
                Some(total) => call::call(cx, function, &[total.value(), item.value()])?,
            });
        }
        total.ok_or_else(|| cx.type_error("reduce() of empty iterable with no initial value"))
    }

    /// A function that makes keys for sorting out of one that compares two objects.
    #[function]
    fn cmp_to_key(cx: &mut Context, #[named] mycmp: Owned) -> Result<Owned> {
        NativeObject::new(cx, KeyFunction { compare: mycmp })
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        // One for all imports: calls that were made before know it.
        let placeholder = partial::placeholder(cx)?;
        module.namespace().set_text(cx, "Placeholder", placeholder.value());
        Ok(())
    }
}

/// What `cmp_to_key` gives: makes keys that compare by a function.
#[native_type("functools.KeyWrapper", unhashable)]
#[derive(Traverse)]
pub struct KeyFunction {
    compare: Owned,
}

#[methods]
impl KeyFunction {
    /// How an instance is called.
    #[get(member)]
    fn __text_signature__(&self) -> &'static str {
        "(obj)"
    }

    #[call]
    fn call(&self, cx: &mut Context, #[named] obj: Owned) -> Result<Owned> {
        NativeObject::new(cx, Key { compare: self.compare.clone(), object: obj })
    }
}

/// A key that compares by a function.
#[native_type("functools.KeyWrapper", unhashable)]
#[derive(Traverse)]
pub struct Key {
    compare: Owned,
    object: Owned,
}

#[methods]
impl Key {
    /// The object that is compared.
    #[get]
    fn obj(&self) -> Owned {
        self.object.clone()
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let Some(other) = other.cast_exact::<NativeObject<Key>>() else {
            return Err(cx.type_error("other argument must be K instance"));
        };
        let order = call::call(cx, self.compare.value(), &[self.object.value(), other.object.value()])?;
        compare::compare(cx, operation, order.value(), Value::from_small_int(0))
    }
}
