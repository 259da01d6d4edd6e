//! The names of keyword arguments that came in dicts: each set of them once, as a tuple that lives as long as the interpreter.
//! So calls with `**kwargs` know their names without asking for memory, and traces refer to them.

use crate::context::Context;
use crate::heap::Owned;
use crate::objects::dict::DictObject;
use crate::objects::str;
use crate::objects::tuple::TupleObject;
use crate::value::Value;

/// Names up to which a set is remembered.
const NAMES_MAX: usize = 8;
/// Places in the table, a power of two; and how many a set may be away from its own.
const PLACES: usize = 1 << 10;
const PROBES: usize = 4;

/// A table of tuples of interned strings, empty until it is needed.
#[derive(Default)]
pub struct KeywordNames {
    places: Vec<Option<Owned>>,
}

/// The tuple with the keys of a dict, in their order. None if they are many, not interned strings, or if there is no place.
pub fn of(cx: &mut Context, keywords: &DictObject) -> Option<&'static TupleObject> {
    if keywords.len() > NAMES_MAX {
        return None;
    }
    let mut names = [Value::UNBOUND; NAMES_MAX];
    let (mut count, mut place) = (0, 0usize);
    for (key, _) in (0..keywords.entry_count()).filter_map(|position| keywords.entry(position)) {
        if !str::cast(key)?.interned.get() {
            return None;
        }
        names[count] = key;
        place = place.rotate_left(5) ^ (key.0 >> 4) as usize;
        count += 1;
    }
    let names = &names[..count];
    cx.interpreter().keyword_names.places.resize_with(PLACES, || None);
    for probe in 0..PROBES {
        let index = (place + probe) % PLACES;
        match &cx.interpreter().keyword_names.places[index] {
            None => {
                let made = TupleObject::new(cx, names);
                let tuple = made.value().cast_exact();
                cx.interpreter().keyword_names.places[index] = Some(made);
                return tuple;
            }
            Some(found) => {
                let tuple: &TupleObject = found.value().cast_exact()?;
                if tuple.as_slice() == names {
                    return Some(tuple);
                }
            }
        }
    }
    None
}
