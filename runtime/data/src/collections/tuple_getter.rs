//! The descriptor of a field of a named tuple.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, Index};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};

/// Gives the item of a tuple at its position.
#[native_type("collections._tuplegetter")]
#[derive(Traverse)]
pub struct TupleGetter {
    position: i64,
    doc: Field,
}

#[methods]
impl TupleGetter {
    #[new(name = "_tuplegetter")]
    fn new(index: Index, doc: Owned) -> Result<TupleGetter> {
        Ok(TupleGetter { position: index.0, doc: Field::new(doc) })
    }

    #[slot(descriptor_get)]
    fn read(&self, cx: &mut Context, this: Value, instance: Option<Value>, _owner: &TypeObject) -> Result<Owned> {
        let Some(instance) = instance.filter(|instance| *instance != singleton::none()) else {
            return Ok(Owned::new(this));
        };
        let Some(tuple) = instance.cast::<TupleObject>() else {
            let (position, actual) = (self.position, instance.type_of().name());
            return Err(cx.type_error(format!(
                "descriptor for index '{position}' for tuple subclasses doesn't apply to '{actual}' object"
            )));
        };
        let item = usize::try_from(self.position).ok().and_then(|position| tuple.as_slice().get(position));
        item.map(|item| Owned::new(*item)).ok_or_else(|| cx.index_error("tuple index out of range"))
    }

    #[slot(descriptor_set)]
    fn write(cx: &mut Context, _instance: Value, value: Option<Value>) -> Result<()> {
        let message = if value.is_some() { "can't set attribute" } else { "can't delete attribute" };
        Err(cx.raise(&sidewinder_runtime::objects::exception::ATTRIBUTE_ERROR, message))
    }

    /// The documentation of the field.
    #[get(name = "__doc__")]
    fn doc(&self) -> Owned {
        self.doc.get_or_none()
    }

    #[set(__doc__)]
    fn set_doc(&self, value: Option<Value>) -> Result<()> {
        self.doc.set(value.map(Owned::new));
        Ok(())
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        let doc = convert::repr_text(cx, self.doc.get_or_none().value())?;
        Ok(StrObject::new(cx, &format!("_tuplegetter({}, {doc})", self.position)))
    }

    /// What pickling needs.
    #[method(name = "__reduce__")]
    fn reduce(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let position = int::from_i64(cx, self.position);
        let arguments = TupleObject::pair(cx, position, self.doc.get_or_none());
        Ok(TupleObject::pair(cx, Owned::new(this.type_of().value()), arguments))
    }
}
