//! The linearisation of a class: C3, or what the metaclass's `mro` says.

use sidewinder_runtime::heap::owned::increment;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::type_object::TYPE;
use sidewinder_runtime::operations::dunder::type_slots;
use sidewinder_runtime::operations::{dunder, iterate};
use sidewinder_runtime::{Context, Owned, Raised, Result, TypeObject, Value};

type Linearisation = Box<[&'static TypeObject]>;

/// `kind` followed by `rest`, with a count taken on each type of the rest, as a type's state owns them.
pub fn boxed(kind: &'static TypeObject, rest: &[&'static TypeObject]) -> Linearisation {
    rest.iter().for_each(|entry| increment(entry.value()));
    std::iter::once(kind).chain(rest.iter().copied()).collect()
}

/// Computes and installs the linearisation of a class whose state has a provisional one.
pub fn compute(
    cx: &mut Context,
    kind: &'static TypeObject,
    metatype: &'static TypeObject,
    bases: &[Value],
) -> Result<()> {
    let name = cx.interpreter().names.plain_mro;
    let custom = metatype.lookup(cx, name);
    if custom.is_none() || custom == TYPE.lookup(cx, name) {
        if let [single] = bases
            && kind.base.get().is_some_and(|base| base.value() == *single)
        {
            return Ok(());
        }
        let rest = merge(cx, bases)?;
        install(cx, kind, boxed(kind, &rest));
        return Ok(());
    }
    let Some(result) = dunder::call_dunder(cx, kind.value(), name, &[])? else { return Ok(()) };
    let items = iterate::collect_unasked(cx, result.value())?;
    let mut found = Vec::with_capacity(items.len());
    for item in &items {
        let Some(class) = item.value().cast::<TypeObject>() else {
            let actual = item.value().type_of().name();
            return Err(cx.type_error(format!("mro() returned a non-class ('{actual}')")));
        };
        found.push(class);
    }
    for entry in &found {
        if !std::ptr::eq(*entry, kind) {
            increment(entry.value());
        }
    }
    install(cx, kind, found.into_boxed_slice());
    Ok(())
}

/// Replaces the linearisation.
pub fn install(cx: &mut Context, kind: &'static TypeObject, new: Linearisation) {
    let state = kind.state(cx);
    let old = std::mem::replace(&mut state.mro, new);
    kind.refresh_from_state();
    kind.modified(cx);
    for entry in old.iter().filter(|entry| !std::ptr::eq(**entry, kind)) {
        drop(Owned::from_raw(entry.value()));
    }
}

/// `type.mro(kind)`: what C3 gives, as a list.
pub fn default_mro(cx: &mut Context, kind: &'static TypeObject) -> Result<Owned> {
    let bases: Vec<Value> = match kind.state(cx).bases.as_slice() {
        [] => kind.base.get().iter().map(|base| base.value()).collect(),
        bases => bases.iter().map(Owned::value).collect(),
    };
    let rest = merge(cx, &bases)?;
    let values: Vec<Value> = std::iter::once(kind).chain(rest).map(|entry| entry.value()).collect();
    Ok(ListObject::from_values(cx, &values))
}

/// Merges the bases' linearisations and the list of bases (the C3 algorithm): each next class is the first head that
/// is in no tail.
fn merge(cx: &mut Context, bases: &[Value]) -> Result<Vec<&'static TypeObject>> {
    let classes: Vec<&'static TypeObject> = bases.iter().filter_map(|base| base.cast::<TypeObject>()).collect();
    for (index, class) in classes.iter().enumerate() {
        if classes[..index].iter().any(|other| std::ptr::eq(*other, *class)) {
            let name = class.name();
            return Err(cx.type_error(format!("duplicate base class {name}")));
        }
    }
    let mut lists: Vec<&[&'static TypeObject]> = classes.iter().map(|class| class.mro()).collect();
    lists.push(&classes);
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Ok(merged);
        }
        let in_tail =
            |class: &TypeObject| lists.iter().any(|list| list[1..].iter().any(|other| std::ptr::eq(*other, class)));
        let Some(next) = lists.iter().map(|list| list[0]).find(|class| !in_tail(class)) else {
            return Err(inconsistent(cx, &lists));
        };
        merged.push(next);
        for list in &mut lists {
            if std::ptr::eq(list[0], next) {
                *list = &list[1..];
            }
        }
    }
}

/// The error names the classes that could not be placed.
#[cold]
fn inconsistent(cx: &mut Context, lists: &[&[&'static TypeObject]]) -> Raised {
    let mut heads: Vec<&'static TypeObject> = Vec::new();
    for list in lists {
        if !heads.iter().any(|head| std::ptr::eq(*head, list[0])) {
            heads.push(list[0]);
        }
    }
    let names: Vec<&str> = heads.iter().map(|class| type_slots::plain_name(class)).collect();
    let names = names.join(", ");
    cx.type_error(format!("Cannot create a consistent method resolution order (MRO) for bases {names}"))
}
