//! `defaultdict`: a dict that makes values for keys that it has not.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{call, convert, iterate, subscript};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// A dict that calls the factory for a key that is not there, and keeps what it gives.
#[native_type("collections.defaultdict", base, generic, mapping, extends = dict)]
#[derive(Traverse, Default)]
pub struct DefaultDict {
    factory: Field,
}

impl DefaultDict {
    /// A new object of the class of `this` with the same factory, and the items of `items`.
    fn copy_with(&self, cx: &mut Context, this: Value, items: Value) -> Result<Owned> {
        let factory = self.factory.get_or_none();
        call::call(cx, this.type_of().value(), &[factory.value(), items])
    }
}

#[methods]
impl DefaultDict {
    #[new(name = "defaultdict")]
    fn new(_arguments: Arguments<'_>) -> Result<DefaultDict> {
        Ok(DefaultDict::default())
    }

    #[init]
    fn init(&self, cx: &mut Context, this: Value, arguments: Arguments<'_>) -> Result<()> {
        let mut arguments = arguments;
        let mut factory = None;
        if let Some(&first) = arguments.positionals().first() {
            if first != singleton::none() && first.type_of().slots().call.is_none() {
                return Err(cx.type_error("first argument must be callable or None"));
            }
            factory = (first != singleton::none()).then(|| Owned::new(first));
            arguments = arguments.without_first();
        }
        self.factory.set(factory);
        match DICT.object.slots().init {
            Some(init) => init(cx, this, arguments),
            None => Ok(()),
        }
    }

    /// What makes values for keys that are not there.
    #[get]
    fn default_factory(&self) -> Owned {
        self.factory.get_or_none()
    }

    #[set(default_factory)]
    fn set_default_factory(&self, value: Option<Value>) -> Result<()> {
        self.factory.set(value.filter(|value| *value != singleton::none()).map(Owned::new));
        Ok(())
    }

    /// The value for a key that is not there: what the factory gives, which is kept.
    #[method(name = "__missing__")]
    fn missing(&self, cx: &mut Context, this: Value, key: Value) -> Result<Owned> {
        let Some(factory) = self.factory.get() else { return Err(cx.key_error(key)) };
        let made = call::call(cx, factory.value(), &[])?;
        // The factory may have set the item itself.
        if let Some(found) = dict::of(this).get(cx, key)? {
            return Ok(Owned::new(found));
        }
        subscript::set_item(cx, this, key, made.value())?;
        Ok(made)
    }

    /// A shallow copy.
    #[method(also = "__copy__")]
    fn copy(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        self.copy_with(cx, this, this)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let base = match DICT.object.slots().repr {
            Some(repr) => repr(cx, this)?,
            None => StrObject::new(cx, "{}"),
        };
        let factory = self.factory.get_or_none();
        let shown = if cx.repr_active.contains(&factory.value()) {
            "...".to_string()
        } else {
            cx.repr_active.push(factory.value());
            let shown = convert::repr(cx, factory.value());
            cx.repr_active.pop();
            str::text(shown?.value()).unwrap_or_default().into_owned()
        };
        let name = type_slots::plain_name(this.type_of());
        let items = str::text(base.value()).unwrap_or_default();
        Ok(StrObject::new(cx, &format!("{name}({shown}, {items})")))
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let arguments = match self.factory.get() {
            Some(factory) => TupleObject::from_owned(cx, vec![factory]),
            None => Owned::new(sidewinder_runtime::objects::tuple::empty()),
        };
        let items = call::call_method(cx, this, "items", &[])?;
        let items = iterate::get_iter(cx, items.value())?;
        let none = || Owned::new(singleton::none());
        let class = Owned::new(this.type_of().value());
        Ok(TupleObject::from_owned(cx, vec![class, arguments, none(), none(), items]))
    }

    #[slot(or)]
    fn or(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let own = left.cast::<NativeObject<DefaultDict>>();
        let (this, state) = match (own, right.cast::<NativeObject<DefaultDict>>()) {
            (Some(state), _) => (left, state),
            (None, Some(state)) => (right, state),
            (None, None) => return Ok(Owned::new(singleton::not_implemented())),
        };
        if left.cast::<DictObject>().is_none() || right.cast::<DictObject>().is_none() {
            return Ok(Owned::new(singleton::not_implemented()));
        }
        let made = state.copy_with(cx, this, left)?;
        call::call_method(cx, made.value(), "update", &[right])?;
        Ok(made)
    }
}
