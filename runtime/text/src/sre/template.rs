//! Templates: what replaces a match, with references to its groups.

use crate::sre::match_object::Match;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::bytes::{self, BytesObject};
use sidewinder_runtime::objects::list::{ListObject, as_values};
use sidewinder_runtime::objects::str::{self, concat};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// A literal, then groups each of which another literal follows, where that is not empty.
#[native_type("_sre.SRE_Template")]
#[derive(Traverse)]
pub struct Template {
    literal: Owned,
    items: Vec<(usize, Option<Owned>)>,
}

#[methods]
impl Template {}

impl Template {
    /// From literals and numbers in turn, as `re._parser.parse_template` gives them.
    pub fn new(cx: &mut Context, template: &ListObject) -> Result<Template> {
        let parts: Vec<Owned> = template.as_slice().iter().copied().map(Owned::new).collect();
        let Some((literal, rest)) = parts.split_first().filter(|(_, rest)| rest.len() % 2 == 0) else {
            return Err(cx.type_error("invalid template"));
        };
        let mut items = Vec::with_capacity(rest.len() / 2);
        for [group, literal] in rest.as_chunks().0 {
            if !int::is_int_like(group.value()) {
                return Err(cx.type_error("an integer is required"));
            }
            let Some(group) = int::as_i64(group.value()) else {
                return Err(cx.overflow_error("Python int too large to convert to C ssize_t"));
            };
            let Ok(group) = usize::try_from(group) else {
                return Err(cx.type_error("invalid template"));
            };
            let empty = str::cast(literal.value()).is_some_and(|text| text.is_empty())
                || literal.value().cast::<BytesObject>().is_some_and(BytesObject::is_empty);
            items.push((group, (!empty).then(|| literal.clone())));
        }
        Ok(Template { literal: literal.clone(), items })
    }

    /// The text, if there are no groups in it.
    pub fn as_literal(&self) -> Option<Owned> {
        self.items.is_empty().then(|| self.literal.clone())
    }

    /// The text with the groups of a match.
    pub fn expand(&self, cx: &mut Context, found: &Match) -> Result<Owned> {
        if let Some(literal) = self.as_literal() {
            return Ok(literal);
        }
        let mut parts = vec![self.literal.clone()];
        for (group, literal) in &self.items {
            if *group >= found.group_count() {
                return Err(cx.index_error("no such group"));
            }
            let part = found.slice(cx, *group, singleton::none())?;
            parts.extend((part.value() != singleton::none()).then_some(part));
            parts.extend(literal.clone());
        }
        if str::is_str(self.literal.value()) {
            let empty = cx.interpreter().interned.empty();
            return concat::join(cx, empty, as_values(&parts));
        }
        join_bytes(cx, as_values(&parts))
    }
}

/// `b"".join(items)`
fn join_bytes(cx: &mut Context, items: &[Value]) -> Result<Owned> {
    let mut joined = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match bytes::like(*item) {
            Some(bytes) => joined.extend_from_slice(bytes),
            None => return Err(not_bytes(cx, index, item.type_of().name())),
        }
    }
    Ok(BytesObject::new(cx, &joined))
}

/// The error for an item that cannot be joined to bytes.
pub fn not_bytes(cx: &mut Context, index: usize, name: &str) -> sidewinder_runtime::Raised {
    cx.type_error(format!("sequence item {index}: expected a bytes-like object, {name} found"))
}
