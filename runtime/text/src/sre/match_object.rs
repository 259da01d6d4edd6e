//! `re.Match`: what matched where.

use crate::sre::pattern::Pattern;
use crate::sre::searched::Searched;
use crate::sre::substitute::compile_template;
use crate::sre::template::Template;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_regex::State;
use sidewinder_runtime::native::{Field, NativeObject};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ops::Range;

/// The result of a match; it is always true.
#[native_type("re.Match", generic)]
#[derive(Traverse)]
pub struct Match {
    string: Owned,
    pattern: Owned,
    /// Where each group begins and ends, the whole match first; -1 for groups that took no part.
    #[plain]
    spans: Box<[(i64, i64)]>,
    position: i64,
    end_position: i64,
    #[plain]
    last_group: Option<usize>,
    /// The spans as a tuple, once somebody wanted it.
    regs: Field,
}

impl Match {
    /// The match that a run has left in the state.
    pub fn new(
        cx: &mut Context,
        pattern: &NativeObject<Pattern>,
        searched: &Searched,
        range: &Range<usize>,
        state: &State,
    ) -> Result<Owned> {
        let span = |(start, end): (usize, usize)| (start as i64, end as i64);
        let groups = (1..=pattern.group_count()).map(|group| state.group(group).map_or((-1, -1), span));
        let spans = std::iter::once(span(state.span())).chain(groups).collect();
        NativeObject::new(
            cx,
            Match {
                string: Owned::new(searched.value()),
                pattern: pattern.to_owned_value(),
                spans,
                position: range.start as i64,
                end_position: range.end as i64,
                last_group: state.last_group(),
                regs: Field::empty(),
            },
        )
    }

    /// The groups, the whole match included.
    pub fn group_count(&self) -> usize {
        self.spans.len()
    }

    fn pattern(&self) -> Option<&NativeObject<Pattern>> {
        self.pattern.value().cast()
    }

    /// What a group matched, or the default.
    pub fn slice(&self, cx: &mut Context, group: usize, default: Value) -> Result<Owned> {
        let (start, end) = self.spans[group];
        let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
            return Ok(Owned::new(default));
        };
        let searched = Searched::new(cx, self.string.value())?;
        // A bytearray may have become shorter.
        let length = searched.len();
        Ok(searched.slice(cx, start.min(length)..end.min(length)))
    }

    /// The number of a group that is given by number or name.
    fn group_number(&self, cx: &mut Context, group: Value) -> Result<usize> {
        let number = if group.is_int() {
            Some(group.int())
        } else if int::is_int_like(group) || group.type_of().slots().index.is_some() {
            Some(convert::index_clamped(cx, group)?)
        } else {
            let index = self.pattern().and_then(|pattern| pattern.group_index());
            match index {
                Some(index) => dict::of(index).get(cx, group)?.and_then(int::as_i64),
                None => None,
            }
        };
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.filter(|number| *number < self.spans.len()).ok_or_else(|| cx.index_error("no such group"))
    }

    fn slice_of(&self, cx: &mut Context, group: Value) -> Result<Owned> {
        let number = self.group_number(cx, group)?;
        self.slice(cx, number, singleton::none())
    }
}

fn pair(cx: &mut Context, (start, end): (i64, i64)) -> Owned {
    let (start, end) = (int::from_i64(cx, start), int::from_i64(cx, end));
    TupleObject::pair(cx, start, end)
}

#[methods]
impl Match {
    /// What one group matched, by number or name, or a tuple of several; without arguments, the whole match.
    fn group(&self, cx: &mut Context, #[rest] args: &[Value]) -> Result<Owned> {
        match args {
            [] => self.slice(cx, 0, singleton::none()),
            [group] => self.slice_of(cx, *group),
            groups => {
                let mut found = Vec::with_capacity(groups.len());
                for group in groups {
                    found.push(self.slice_of(cx, *group)?);
                }
                Ok(TupleObject::from_owned(cx, found))
            }
        }
    }

    /// Where the match of a group begins; -1 if the group took no part.
    fn start(&self, cx: &mut Context, #[default(Value::from_small_int(0), "0")] group: Value) -> Result<i64> {
        Ok(self.spans[self.group_number(cx, group)?].0)
    }

    /// Where the match of a group ends; -1 if the group took no part.
    fn end(&self, cx: &mut Context, #[default(Value::from_small_int(0), "0")] group: Value) -> Result<i64> {
        Ok(self.spans[self.group_number(cx, group)?].1)
    }

    /// Where the match of a group begins and ends, as a pair.
    fn span(&self, cx: &mut Context, #[default(Value::from_small_int(0), "0")] group: Value) -> Result<Owned> {
        let number = self.group_number(cx, group)?;
        Ok(pair(cx, self.spans[number]))
    }

    /// What all groups matched, from the first, with the default for those that took no part.
    fn groups(
        &self,
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        default: Value,
    ) -> Result<Owned> {
        let mut found = Vec::with_capacity(self.spans.len());
        for group in 1..self.spans.len() {
            found.push(self.slice(cx, group, default)?);
        }
        Ok(TupleObject::from_owned(cx, found))
    }

    /// What all groups with names matched, by name, with the default for those that took no part.
    fn groupdict(
        &self,
        cx: &mut Context,
        #[named]
        #[default(singleton::none(), "None")]
        default: Value,
    ) -> Result<Owned> {
        let result = DictObject::new(cx);
        let Some(index) = self.pattern().and_then(|pattern| pattern.group_index()) else { return Ok(result) };
        let mut entry = 0;
        while entry < dict::of(index).entry_count() {
            if let Some((name, _)) = dict::of(index).entry(entry) {
                let name = Owned::new(name);
                let number = self.group_number(cx, name.value())?;
                let matched = self.slice(cx, number, default)?;
                dict::of(result.value()).set(cx, name.value(), matched.value())?;
            }
            entry += 1;
        }
        Ok(result)
    }

    /// A template with the groups of this match put in for its references, as sub() does it.
    fn expand(&self, cx: &mut Context, #[named] template: Value) -> Result<Owned> {
        let compiled = compile_template(cx, self.pattern.value(), template)?;
        match compiled.value().cast::<NativeObject<Template>>() {
            Some(compiled) => compiled.expand(cx, self),
            None => Ok(compiled),
        }
    }

    #[method(name = "__copy__")]
    fn copy(this: Value) -> Value {
        this
    }

    #[method(name = "__deepcopy__")]
    fn deep_copy(this: Value, memo: Value) -> Value {
        let _ = memo;
        this
    }

    #[slot(get_item)]
    fn get_item(&self, cx: &mut Context, key: Value) -> Result<Owned> {
        self.slice_of(cx, key)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        let matched = self.slice(cx, 0, singleton::none())?;
        let shown = shortened_repr(cx, matched.value(), 50)?;
        let (start, end) = self.spans[0];
        let mut text = sidewinder_runtime::objects::str::StrBuilder::new();
        text.push_text(&format!("<re.Match object; span=({start}, {end}), match="));
        shown.into_iter().for_each(|point| text.push(point));
        text.push_text(">");
        Ok(text.finish(cx))
    }

    /// The number of the group that was closed last.
    #[get]
    fn lastindex(&self) -> Option<usize> {
        self.last_group
    }

    /// The name of the group that was closed last.
    #[get]
    fn lastgroup(&self) -> Value {
        let names =
            self.pattern().and_then(|pattern| pattern.group_names()).and_then(|names| names.cast::<TupleObject>());
        let name = names.zip(self.last_group).and_then(|(names, group)| names.as_slice().get(group).copied());
        name.unwrap_or(singleton::none())
    }

    /// The spans of all groups, the whole match first.
    #[get]
    fn regs(&self, cx: &mut Context) -> Owned {
        if let Some(made) = self.regs.get() {
            return made;
        }
        let spans = self.spans.iter().map(|span| pair(cx, *span)).collect();
        let made = TupleObject::from_owned(cx, spans);
        self.regs.set(Some(made.clone()));
        made
    }

    /// The string that was searched.
    #[get]
    fn string(&self) -> Owned {
        self.string.clone()
    }

    /// The pattern that matched.
    #[get]
    fn re(&self) -> Owned {
        self.pattern.clone()
    }

    /// Where the search began.
    #[get]
    fn pos(&self) -> i64 {
        self.position
    }

    /// Where the search would have ended.
    #[get]
    fn endpos(&self) -> i64 {
        self.end_position
    }
}

/// The first code points of a representation.
pub fn shortened_repr(cx: &mut Context, value: Value, most: usize) -> Result<Vec<u32>> {
    let repr = convert::repr(cx, value)?;
    let text = sidewinder_runtime::objects::str::cast(repr.value());
    Ok(text.map(|text| text.code_points().take(most).collect()).unwrap_or_default())
}
