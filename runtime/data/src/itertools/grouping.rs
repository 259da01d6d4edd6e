//! `groupby`: runs of items with equal keys.

use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::operations::{call, compare, iterate};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;

/// groupby(iterable, key=None)
/// --
///
/// Pairs of a key and an iterator over the items that follow each other with that key.
#[native_type("itertools.groupby", base, iterator)]
#[derive(Traverse)]
pub struct GroupBy {
    source: Owned,
    key: Option<Owned>,
    target_key: Field,
    current_key: Field,
    current: Field,
    /// Which group is the newest; older ones have ended.
    group: Cell<u64>,
}

impl GroupBy {
    /// Takes the next item and its key. False at the end.
    fn step(&self, cx: &mut Context) -> Result<bool> {
        let Some(item) = iterate::next(cx, self.source.value())? else { return Ok(false) };
        let key = match &self.key {
            None => item.clone(),
            Some(function) => call::call(cx, function.value(), &[item.value()])?,
        };
        self.current.set(Some(item));
        self.current_key.set(Some(key));
        Ok(true)
    }
}

#[methods]
impl GroupBy {
    #[new(name = "groupby")]
    fn new(cx: &mut Context, #[named] iterable: Value, #[default(None)] key: Option<Owned>) -> Result<GroupBy> {
        let source = iterate::get_iter(cx, iterable)?;
        Ok(GroupBy {
            source,
            key,
            target_key: Field::empty(),
            current_key: Field::empty(),
            current: Field::empty(),
            group: Cell::new(0),
        })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context, this: Value) -> Result<Option<Owned>> {
        let group = self.group.get() + 1;
        self.group.set(group);
        loop {
            match (self.current_key.get(), self.target_key.get()) {
                (Some(_), None) => break,
                (Some(current), Some(target)) => {
                    if !compare::equals(cx, target.value(), current.value())? {
                        break;
                    }
                }
                (None, _) => {}
            }
            if !self.step(cx)? {
                return Ok(None);
            }
        }
        let key = self.current_key.get_or_none();
        self.target_key.set(Some(key.clone()));
        let group =
            NativeObject::new(cx, Group { parent: Owned::new(this), key: key.clone(), number: self.group.get() })?;
        Ok(Some(TupleObject::pair(cx, key, group)))
    }
}

/// The items of one group.
#[native_type("itertools._grouper", iterator)]
#[derive(Traverse)]
pub struct Group {
    parent: Owned,
    key: Owned,
    number: u64,
}

#[methods]
impl Group {
    #[new(name = "_grouper")]
    fn new(cx: &mut Context, parent: Value, key: Owned) -> Result<Group> {
        let Some(group_by) = parent.cast::<NativeObject<GroupBy>>() else {
            let actual = parent.type_of().name();
            return Err(cx.type_error(format!("_grouper() argument 1 must be itertools.groupby, not {actual}")));
        };
        Ok(Group { parent: Owned::new(parent), key, number: group_by.group.get() })
    }

    #[slot(next)]
    fn next(&self, cx: &mut Context) -> Result<Option<Owned>> {
        let parent = self.parent.value();
        let Some(parent) = parent.cast::<NativeObject<GroupBy>>() else { return Ok(None) };
        if parent.group.get() != self.number || parent.current.is_empty() && !parent.step(cx)? {
            return Ok(None);
        }
        let current = parent.current_key.get_or_none();
        if !compare::equals(cx, self.key.value(), current.value())? {
            return Ok(None);
        }
        Ok(parent.current.take())
    }
}
