//! `re.Pattern`: a compiled regular expression and what is done with it.

use crate::sre::characters::Unicode;
use crate::sre::match_object::{Match, shortened_repr};
use crate::sre::scanner::{MatchIterator, Scanner, Walk};
use crate::sre::searched::Searched;
use crate::sre::substitute;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_regex::{Mode, Program, State};
use sidewinder_runtime::native::{Index, NativeObject};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::StrBuilder;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::OBJECT;
use sidewinder_runtime::operations::{attribute, call, compare, convert};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::cell::Cell;
use std::ops::Range;

/// Flags by the names that a representation shows, in its order.
const FLAGS: &[(i32, &str)] = &[
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (UNICODE, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];
const UNICODE: i32 = 32;
/// The flags that say which characters are letters.
const KINDS: i32 = 4 | UNICODE | 256;

/// A compiled regular expression.
#[native_type("re.Pattern", weakrefs, generic)]
#[derive(Traverse)]
pub struct Pattern {
    pattern: Owned,
    flags: i32,
    groups: usize,
    group_index: Option<Owned>,
    group_names: Option<Owned>,
    /// Whether it matches bytes; unknown for a pattern that was not written as text.
    #[plain]
    is_bytes: Option<bool>,
    #[plain]
    words: Vec<u32>,
    #[plain]
    program: Program,
    /// The memory of a run that has ended, for the next one.
    #[plain]
    idle: Cell<Option<Box<State>>>,
}

/// A search through a string for one match after the other.
pub struct Search<'a> {
    pub pattern: &'a NativeObject<Pattern>,
    pub searched: Searched,
    pub range: Range<usize>,
    pub state: Box<State>,
    next: usize,
    must_advance: bool,
}

impl Search<'_> {
    /// Looks for the next match, which is then in the state.
    pub fn step(&mut self, cx: &mut Context) -> Result<bool> {
        let (program, range) = (&self.pattern.program, self.next..self.range.end);
        if !self.searched.run(cx, program, range, Mode::Search, self.must_advance, &mut self.state)? {
            return Ok(false);
        }
        let (start, end) = self.state.span();
        self.must_advance = start == end;
        self.next = end;
        Ok(true)
    }

    /// What a group of the match is, or nothing if it took no part.
    fn group(&self, cx: &mut Context, group: usize) -> Option<Owned> {
        let (start, end) = self.state.group(group)?;
        Some(self.searched.slice(cx, start..end))
    }
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        self.pattern.idle.set(Some(std::mem::take(&mut self.state)));
    }
}

impl Pattern {
    /// The pattern of compiled code; `None` if the code is not what the compiler writes.
    pub fn new(
        cx: &mut Context,
        pattern: Value,
        flags: i32,
        words: Vec<u32>,
        groups: Option<usize>,
        group_index: &DictObject,
        group_names: &TupleObject,
    ) -> Result<Option<Pattern>> {
        let is_bytes = match pattern == singleton::none() {
            true => None,
            false => Some(Searched::new(cx, pattern)?.is_bytes()),
        };
        let Some(groups) = groups else { return Ok(None) };
        let Ok(program) = Program::new(&words, groups, &Unicode) else { return Ok(None) };
        let named = !group_index.is_empty();
        Ok(Some(Pattern {
            pattern: Owned::new(pattern),
            flags,
            groups,
            group_index: named.then(|| Owned::new(Value::from_pointer(group_index))),
            group_names: (named && !group_names.is_empty()).then(|| Owned::new(Value::from_pointer(group_names))),
            is_bytes,
            words,
            program,
            idle: Cell::new(None),
        }))
    }

    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The number of groups, the whole match not counted.
    pub fn group_count(&self) -> usize {
        self.groups
    }

    /// The dict from names to groups.
    pub fn group_index(&self) -> Option<Value> {
        self.group_index.as_ref().map(Owned::value)
    }

    /// The tuple of the groups' names.
    pub fn group_names(&self) -> Option<Value> {
        self.group_names.as_ref().map(Owned::value)
    }

    /// A string that this pattern can be matched against.
    fn searched(&self, cx: &mut Context, string: Value) -> Result<Searched> {
        let searched = Searched::new(cx, string)?;
        match (self.is_bytes, searched.is_bytes()) {
            (Some(false), true) => Err(cx.type_error("cannot use a string pattern on a bytes-like object")),
            (Some(true), false) => Err(cx.type_error("cannot use a bytes pattern on a string-like object")),
            _ => Ok(searched),
        }
    }

    /// Begins a search.
    pub fn search_in<'a>(
        this: &'a NativeObject<Pattern>,
        cx: &mut Context,
        string: Value,
        start: i64,
        end: i64,
    ) -> Result<Search<'a>> {
        let searched = this.searched(cx, string)?;
        let range = searched.clamp(start, end);
        let state = this.idle.take().unwrap_or_default();
        let next = range.start;
        Ok(Search { pattern: this, searched, range, state, next, must_advance: false })
    }

    /// One match, or `None`.
    fn find(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        string: Value,
        (start, end): (Index, Index),
        mode: Mode,
    ) -> Result<Option<Owned>> {
        let mut search = Pattern::search_in(this, cx, string, start.0, end.0)?;
        let range = search.range.clone();
        if !search.searched.run(cx, &this.program, range, mode, false, &mut search.state)? {
            return Ok(None);
        }
        Match::new(cx, this, &search.searched, &search.range, &search.state).map(Some)
    }

    /// A walk through a string.
    fn walk(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        string: Value,
        (start, end): (Index, Index),
    ) -> Result<Walk> {
        let searched = this.searched(cx, string)?;
        let range = searched.clamp(start.0, end.0);
        Ok(Walk::new(this, searched, range))
    }
}

/// Where a string ends that no end was given for.
const EVERYTHING: Index = Index(i64::MAX);

#[methods]
impl Pattern {
    /// The match at the beginning of the string, or at pos; None if there is none.
    #[method(name = "match")]
    fn match_(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] pos: Index,
        #[default(EVERYTHING, "sys.maxsize")] endpos: Index,
    ) -> Result<Option<Owned>> {
        Pattern::find(this, cx, string, (pos, endpos), Mode::Match)
    }

    /// The match that is the whole string; None if there is none.
    fn fullmatch(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] pos: Index,
        #[default(EVERYTHING, "sys.maxsize")] endpos: Index,
    ) -> Result<Option<Owned>> {
        Pattern::find(this, cx, string, (pos, endpos), Mode::FullMatch)
    }

    /// The first match anywhere in the string; None if there is none.
    fn search(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] pos: Index,
        #[default(EVERYTHING, "sys.maxsize")] endpos: Index,
    ) -> Result<Option<Owned>> {
        Pattern::find(this, cx, string, (pos, endpos), Mode::Search)
    }

    /// The string with its matches replaced by repl, a template or a function of the match; count of them, if not 0.
    fn sub(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] repl: Value,
        string: Value,
        #[default(Index(0), "0")] count: Index,
    ) -> Result<Owned> {
        Ok(substitute::substitute(this, cx, repl, string, count.0)?.0)
    }

    /// A pair of the string with its matches replaced, and how many these were.
    fn subn(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] repl: Value,
        string: Value,
        #[default(Index(0), "0")] count: Index,
    ) -> Result<(Owned, i64)> {
        substitute::substitute(this, cx, repl, string, count.0)
    }

    /// A list of all matches: of their group, or tuples of their groups, if the pattern has any.
    fn findall(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] pos: Index,
        #[default(EVERYTHING, "sys.maxsize")] endpos: Index,
    ) -> Result<Vec<Owned>> {
        let mut search = Pattern::search_in(this, cx, string, pos.0, endpos.0)?;
        let mut found = Vec::new();
        while search.step(cx)? {
            let (start, end) = search.state.span();
            let group =
                |cx: &mut Context, number| search.group(cx, number).unwrap_or_else(|| search.searched.slice(cx, 0..0));
            found.push(match this.groups {
                0 => search.searched.slice(cx, start..end),
                1 => group(cx, 1),
                count => {
                    let groups = (1..=count).map(|number| group(cx, number)).collect();
                    TupleObject::from_owned(cx, groups)
                }
            });
        }
        Ok(found)
    }

    /// An iterator over all matches.
    fn finditer(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] pos: Index,
        #[default(EVERYTHING, "sys.maxsize")] endpos: Index,
    ) -> Result<Owned> {
        let walk = Pattern::walk(this, cx, string, (pos, endpos))?;
        NativeObject::new(cx, MatchIterator::new(walk))
    }

    /// What looks for one match after the other.
    fn scanner(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] pos: Index,
        #[default(EVERYTHING, "sys.maxsize")] endpos: Index,
    ) -> Result<Owned> {
        let walk = Pattern::walk(this, cx, string, (pos, endpos))?;
        NativeObject::new(cx, Scanner::new(walk))
    }

    /// The parts of the string between matches, with the matches' groups in between; maxsplit matches, if not 0.
    fn split(
        this: &NativeObject<Pattern>,
        cx: &mut Context,
        #[named] string: Value,
        #[default(Index(0), "0")] maxsplit: Index,
    ) -> Result<Vec<Owned>> {
        let mut search = Pattern::search_in(this, cx, string, 0, i64::MAX)?;
        let mut parts = Vec::new();
        let (mut last, mut splits) = (0, 0);
        while (maxsplit.0 == 0 || splits < maxsplit.0) && search.step(cx)? {
            let (start, end) = search.state.span();
            parts.push(search.searched.slice(cx, last..start));
            for number in 1..=this.groups {
                parts.push(search.group(cx, number).unwrap_or_else(|| Owned::new(singleton::none())));
            }
            last = end;
            splits += 1;
        }
        parts.push(search.searched.slice(cx, last..search.range.end));
        Ok(parts)
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

    #[slot(repr)]
    fn repr(&self, cx: &mut Context) -> Result<Owned> {
        let shown = shortened_repr(cx, self.pattern.value(), 200)?;
        let mut rest = self.flags;
        // What every pattern of a string is, nobody needs to be told.
        if self.is_bytes == Some(false) && rest & KINDS == UNICODE {
            rest &= !UNICODE;
        }
        let mut names: Vec<String> = Vec::new();
        for (flag, name) in FLAGS {
            if rest & flag != 0 {
                names.push((*name).to_owned());
                rest &= !flag;
            }
        }
        names.extend((rest != 0).then(|| format!("{rest:#x}")));
        let mut text = StrBuilder::new();
        text.push_text("re.compile(");
        shown.into_iter().for_each(|point| text.push(point));
        if !names.is_empty() {
            text.push_text(", ");
            text.push_text(&names.join("|"));
        }
        text.push_text(")");
        Ok(text.finish(cx))
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        let written = convert::hash(cx, self.pattern.value())?;
        // Fowler, Noll and Vo's hash of the words.
        let words = self
            .words
            .iter()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, word| (hash ^ u64::from(*word)).wrapping_mul(0x0100_0000_01B3));
        let hash = written ^ words as i64 ^ i64::from(self.flags);
        Ok(if hash == -1 { -2 } else { hash })
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let wanted = match operation {
            CompareOp::Equal => true,
            CompareOp::NotEqual => false,
            _ => return Ok(Owned::new(singleton::not_implemented())),
        };
        let Some(other) = other.cast::<NativeObject<Pattern>>() else {
            return Ok(Owned::new(singleton::not_implemented()));
        };
        let same = self.flags == other.flags && self.is_bytes == other.is_bytes && self.words == other.words;
        let same = same && compare::equals(cx, self.pattern.value(), other.pattern.value())?;
        Ok(Owned::new(singleton::boolean(same == wanted)))
    }

    /// The expression as it was written.
    #[get]
    fn pattern(&self) -> Owned {
        self.pattern.clone()
    }

    /// The flags, those in the expression included.
    #[get]
    fn flags(&self) -> i32 {
        self.flags
    }

    /// The number of groups.
    #[get]
    fn groups(&self) -> usize {
        self.groups
    }

    /// The names of groups, with the groups' numbers; read-only.
    #[get]
    fn groupindex(&self, cx: &mut Context) -> Result<Owned> {
        let Some(index) = self.group_index() else { return Ok(DictObject::new(cx)) };
        // The type of read-only views is that of a class's namespace.
        let namespace = attribute::get_text(cx, OBJECT.value(), "__dict__")?;
        call::call(cx, namespace.value().type_of().value(), &[index])
    }
}
