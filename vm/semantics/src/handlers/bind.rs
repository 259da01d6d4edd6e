//! Calls of Python functions whose arguments must be brought to their parameters: keywords, defaults, `*args`,
//! `**kwargs`. What needs an error message, or is rare, is left to `cold::bind`.

use super::following;
use crate::frame::Continuation;
use crate::helpers::{BUILD_MAP, BUILD_TUPLE, KEYWORD_VALUE};
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::{CodeFlags, HEADER_WORDS, Instruction};
use sidewinder_ir::op::Alias;
use sidewinder_runtime::Value;
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::objects::dict::{self, DICT, DictObject};
use sidewinder_runtime::objects::function::FunctionObject;
use sidewinder_runtime::objects::list::{LIST, ListObject};
use sidewinder_runtime::objects::method::{METHOD, MethodObject};
use sidewinder_runtime::objects::tuple::{TUPLE, TupleObject};
use sidewinder_runtime::objects::type_object::{TYPE, TypeObject};
use sidewinder_runtime::objects::{str, tuple};
use std::mem::offset_of;

const HEADER: u16 = HEADER_WORDS as u16;
/// Arguments with names, and items of a starred tuple, up to which a call is done here.
const ARGUMENTS_MAX: usize = 16;
/// Named parameters up to which a function is called here: the bits of `Binding::bound`.
const PARAMETERS_MAX: u16 = 64;
/// A keyword argument that no parameter has: for `**kwargs`.
const REST: u16 = u16::MAX;

/// The arguments of a call.
#[derive(Clone, Copy)]
pub struct Given {
    /// The register of the first one. Those with names come after the others.
    pub first: u16,
    /// Number of those without names.
    pub positional: u16,
    pub names: &'static [Value],
    /// Whether the last ones still lie in a sequence, in the register after `leading` others.
    pub starred: Starred,
    pub leading: u16,
}

impl Given {
    fn is_nothing(&self) -> bool {
        self.positional == 0 && self.names.is_empty() && self.starred == Starred::No
    }
}

/// Arguments that are items of a tuple or a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Starred {
    No,
    Tuple { with_dict: bool },
    List { with_dict: bool },
}

impl Starred {
    /// Whether there is a dict in the register after the sequence, whose keys are the names.
    fn has_dict(self) -> bool {
        matches!(self, Starred::Tuple { with_dict: true } | Starred::List { with_dict: true })
    }
}

/// What a call does besides: where its result goes, and where it goes on.
#[derive(Clone, Copy)]
pub struct Site {
    pub pc: Pc,
    pub return_to: Pc,
    pub destination: u16,
    pub block: u16,
}

/// `a = b(..., name=...)`; an Extra follows.
#[inline(always)]
pub fn call_keywords<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let extra = super::fetch(following(pc));
    // SAFETY: (frames 3) the constant is a tuple of names, which lives as long as the code.
    let names = unsafe { (*s.context().constants.add(extra.a as usize)).cast_unchecked::<TupleObject>() }.as_slice();
    let (mut first, mut count) = (i.b + HEADER, i.c);
    if extra.b != 0 {
        let receiver = s.register(first);
        if s.is_unbound(receiver) { first += 1 } else { count += 1 }
    }
    let given = Given { first, positional: count - names.len() as u16, names, starred: Starred::No, leading: 0 };
    let site = Site { pc, return_to: following(following(pc)), destination: i.a, block: i.b };
    match call(s, site, given) {
        Some(next) => next,
        None => s.cold(pc, crate::cold::call::keywords),
    }
}

/// `a = b(x, *args, **kwargs)`, where `args` is a tuple or a list and `kwargs` a dict that is empty or has known keys.
#[inline(always)]
pub fn call_expanded<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let next = starred(s, i).and_then(|given| {
        let site = Site { pc, return_to: following(pc), destination: i.a, block: i.b };
        call(s, site, given)
    });
    match next {
        Some(next) => next,
        None => s.cold(pc, crate::cold::call::expanded),
    }
}

fn starred<S: Semantics>(s: &mut S, i: Instruction) -> Option<Given> {
    let (leading, with_dict) = (i.c >> 1, i.c & 1 != 0);
    let items = s.register(i.b + HEADER + leading);
    let known = s.peek(items);
    let is_list = known.has_type(&LIST);
    let length = match known.cast_exact::<ListObject>() {
        Some(list) => list.len(),
        None => known.cast_exact::<TupleObject>()?.len(),
    };
    if length + leading as usize > ARGUMENTS_MAX || !s.has_type(items, if is_list { &LIST } else { &TUPLE }) {
        return None;
    }
    let own = if is_list { s.list_length(items) } else { s.tuple_length(items) };
    let expected = s.raw_constant(length as i64);
    if !s.raw_equal(own, expected) {
        return None;
    }
    let mut names: &'static [Value] = &[];
    if with_dict {
        let keywords = s.register(i.b + HEADER + leading + 1);
        let length = s.peek(keywords).cast_exact::<DictObject>()?.len();
        if !s.has_type(keywords, &DICT) {
            return None;
        }
        let (own, expected) = (s.load_raw(keywords, dict::LENGTH_OFFSET, Alias::Dict), s.raw_constant(length as i64));
        if !s.raw_equal(own, expected) {
            return None;
        }
        if length != 0 {
            names = s.keyword_names(keywords)?;
        }
    }
    let starred = if is_list { Starred::List { with_dict } } else { Starred::Tuple { with_dict } };
    Some(Given { first: i.b + HEADER, positional: leading + length as u16, names, starred, leading })
}

/// Calls the callable in the site's block, if that enters a frame of a Python function: of a function, a method, or the
/// `__init__` of a plain class.
pub fn call<S: Semantics>(s: &mut S, site: Site, given: Given) -> Attempt {
    let callable = s.register(site.block);
    if let Some(function) = s.as_function(callable) {
        return call_function(s, site, given, callable, function.code());
    }
    call_object(s, site, given)
}

/// The same, where the callable is a function with this code.
pub fn call_function<S: Semantics>(
    s: &mut S,
    site: Site,
    given: Given,
    function: S::Value,
    code: &'static CodeObject,
) -> Attempt {
    let binding = Binding::find(s, function, code, 0, given)?;
    if code.has_flag(CodeFlags::SUSPENDS) {
        return Some(binding.make_generator(s, site, None));
    }
    let through = s.calls_through(code);
    if !through && !s.may_enter(code) {
        return None;
    }
    if binding.fill(s, site.block, None).is_none() {
        return Some(s.raise(site.pc));
    }
    Some(enter(s, site, code, through))
}

/// The same for arguments without names that lie in the block and are fewer than the parameters, which all may have
/// them: the others get their defaults.
#[inline(never)]
pub fn call_with_defaults<S: Semantics>(s: &mut S, site: Site, count: u16, code: &'static CodeObject) -> Attempt {
    let function = s.register(site.block);
    let defaults = Defaults::find(s, function, code, count)?;
    let through = s.calls_through(code);
    if !through && !s.may_enter(code) {
        return None;
    }
    for local in count..code.argument_count as u16 {
        defaults.fill(s, code, site.block + HEADER, local);
    }
    Some(enter(s, site, code, through))
}

#[inline(never)]
pub fn call_object<S: Semantics>(s: &mut S, site: Site, given: Given) -> Attempt {
    let callable = s.register(site.block);
    if s.has_type(callable, &METHOD) {
        let function = s.load_field(callable, offset_of!(MethodObject, function), Alias::Immutable);
        let code = s.as_function(function)?.code();
        let binding = Binding::find(s, function, code, 1, given)?;
        let suspends = code.has_flag(CodeFlags::SUSPENDS);
        let through = !suspends && s.calls_through(code);
        if !suspends && !through && !s.may_enter(code) {
            return None;
        }
        let receiver = s.load_field(callable, offset_of!(MethodObject, receiver), Alias::Immutable);
        let (function, receiver) = (s.dup(function), s.dup(receiver));
        if suspends {
            return Some(binding.make_generator(s, site, Some((function, receiver))));
        }
        if binding.fill(s, site.block, Some(receiver)).is_none() {
            s.drop(function);
            return Some(s.raise(site.pc));
        }
        s.clear(site.block);
        s.set_fresh(site.block, function);
        return Some(enter(s, site, code, through));
    }
    if is_plain_metaclass(s, callable) { call_class(s, site, given) } else { None }
}

/// Whether the callable is a class that is called as `type` calls classes.
#[inline(always)]
pub fn is_plain_metaclass<S: Semantics>(s: &mut S, callable: S::Value) -> bool {
    let meta = s.peek(callable).type_of();
    if std::ptr::eq(meta, &raw const TYPE.object) {
        return s.has_type(callable, &TYPE);
    }
    crate::cold::call::calls_as_type(meta) && s.has_type(callable, meta) && s.type_version_is(meta, meta.version.get())
}

/// Enters the function whose parameters have their values in the site's block.
#[inline(always)]
pub fn enter<S: Semantics>(s: &mut S, site: Site, code: &'static CodeObject, through: bool) -> Pc {
    if through {
        return match s.call_through(site.block, code) {
            Some(value) => s.set_then(site.destination, value, site.return_to),
            None => s.raise(site.pc),
        };
    }
    s.push_frame(site.block, code, site.return_to, Continuation::Store, site.destination, None);
    s.enter(code)
}

/// `C(...)` of a plain class whose `__init__` is a Python function, or that has none and is given nothing.
pub fn call_class<S: Semantics>(s: &mut S, site: Site, given: Given) -> Attempt {
    let callable = s.register(site.block);
    let known = s.peek(callable);
    // SAFETY: (heap 2) an object of type `type`.
    let class: &'static TypeObject = unsafe { known.cast_unchecked() };
    let init = crate::cold::call::plain_init(s.context(), class)?;
    if init.is_unbound() && !given.is_nothing()
        || !s.is_object(callable, known)
        || !s.type_version_is(class, class.version.get())
    {
        return None;
    }
    if init.is_unbound() {
        let instance = s.new_instance(class);
        s.clear(site.block);
        return Some(s.set_then(site.destination, instance, site.return_to));
    }
    // SAFETY: (heap 2) `plain_init` answers with a function.
    let code = unsafe { init.cast_unchecked::<FunctionObject>() }.code();
    if code.has_flag(CodeFlags::SUSPENDS) {
        return None;
    }
    let function = s.constant(init);
    let binding = Binding::find(s, function, code, 1, given)?;
    if !s.may_enter(code) {
        return None;
    }
    let instance = s.new_instance(class);
    let view = s.view(&instance);
    let receiver = s.dup(view);
    if binding.fill(s, site.block, Some(receiver)).is_none() {
        s.drop(instance);
        return Some(s.raise(site.pc));
    }
    let function = s.dup(function);
    s.clear(site.block);
    s.set_fresh(site.block, function);
    s.push_frame(site.block, code, site.return_to, Continuation::Initialise, site.destination, Some(instance));
    Some(s.enter(code))
}

/// Whether arguments without names can lie where the parameters of the code are: there are no others.
#[inline(always)]
pub fn has_plain_parameters(code: &CodeObject) -> bool {
    code.parameter_count == code.argument_count
}

/// The defaults of a function's last parameters that arguments without names may go to: a tuple, and its length.
struct Defaults<S: Semantics> {
    tuple: S::Value,
    length: u16,
}

impl<S: Semantics> Defaults<S> {
    /// Declines if the parameter `missing`, the first that needs one, has none.
    #[inline(always)]
    fn find(s: &mut S, function: S::Value, code: &CodeObject, missing: u16) -> Option<Defaults<S>> {
        let known: &FunctionObject = s.peek(function).cast_exact()?;
        let length = known.defaults.get().cast_exact::<TupleObject>()?.len();
        let positional = code.argument_count as usize;
        if length > positional || (missing as usize) < positional - length {
            return None;
        }
        let tuple = s.load_field(function, offset_of!(FunctionObject, defaults), Alias::Function);
        if !s.has_type(tuple, &TUPLE) {
            return None;
        }
        let (own, expected) = (s.tuple_length(tuple), s.raw_constant(length as i64));
        s.raw_equal(own, expected).then_some(Defaults { tuple, length: length as u16 })
    }

    /// Gives a parameter of the frame at `base` its default.
    #[inline(always)]
    fn fill(&self, s: &mut S, code: &CodeObject, base: u16, local: u16) {
        let index = s.raw_constant((local + self.length - code.argument_count as u16) as i64);
        let value = s.tuple_item(self.tuple, index);
        let value = s.dup(value);
        s.set_fresh(base + local, value);
    }
}

/// How the arguments of a call come to the parameters of a function.
struct Binding<S: Semantics> {
    code: &'static CodeObject,
    given: Given,
    /// Whether there is a receiver, which comes before the arguments.
    receiver: u16,
    /// The parameters that arguments without names go to: the first ones.
    taken: u16,
    /// Whether these are all parameters, and all arguments.
    is_simple: bool,
    /// For each name its parameter, or `REST`.
    targets: [u16; ARGUMENTS_MAX],
    /// The named parameters that arguments go to.
    bound: u64,
    /// Of parameters that arguments without names may go to, if one is needed.
    defaults: Option<Defaults<S>>,
    /// The dict of defaults of parameters that are only keywords, if one is needed.
    keyword_defaults: Option<&'static DictObject>,
}

impl<S: Semantics> Binding<S> {
    /// Declines if the call raises, or is none for this file. All tests are made here.
    fn find(
        s: &mut S,
        function: S::Value,
        code: &'static CodeObject,
        receiver: u16,
        given: Given,
    ) -> Option<Binding<S>> {
        let taken = (given.positional + receiver).min(code.argument_count as u16);
        if receiver > taken {
            return None;
        }
        let mut binding = Binding {
            code,
            given,
            receiver,
            taken,
            is_simple: false,
            targets: [REST; ARGUMENTS_MAX],
            bound: 0,
            defaults: None,
            keyword_defaults: None,
        };
        let count = given.positional + receiver;
        binding.is_simple = has_plain_parameters(code)
            && given.names.is_empty()
            && given.starred == Starred::No
            && count == code.argument_count as u16;
        if !binding.is_simple {
            binding.find_rest(s, function)?;
        }
        Some(binding)
    }

    #[inline(never)]
    fn find_rest(&mut self, s: &mut S, function: S::Value) -> Option<()> {
        let positional = self.code.argument_count as u16;
        let named = positional + self.code.data.keyword_only_count;
        let surplus = self.given.positional + self.receiver > self.taken;
        if named > PARAMETERS_MAX
            || self.given.names.len() > ARGUMENTS_MAX
            || surplus && !self.code.has_flag(CodeFlags::VARARGS)
        {
            return None;
        }
        self.bound = ((1u128 << self.taken) - 1) as u64;
        for (position, &name) in self.given.names.iter().enumerate() {
            match self.parameter(name, named) {
                Some(local) if self.bound & 1 << local == 0 => {
                    self.bound |= 1 << local;
                    self.targets[position] = local;
                }
                None if self.code.has_flag(CodeFlags::VARKEYWORDS) => {}
                _ => return None,
            }
        }
        self.find_defaults(s, function, positional)?;
        self.find_keyword_defaults(s, function, positional..named)
    }

    /// The parameter that a keyword names.
    fn parameter(&self, name: Value, named: u16) -> Option<u16> {
        let mut candidates = self.code.data.positional_only_count..named;
        let same = candidates.clone().find(|&local| self.code.local_name(local) == name);
        same.or_else(|| candidates.find(|&local| str::equal(self.code.local_name(local), name)))
    }

    fn is_bound(&self, local: u16) -> bool {
        self.bound & 1 << local != 0
    }

    /// Whether the names are those of the parameters after the ones that are taken, in their order.
    fn is_in_order(&self) -> bool {
        let count = self.given.names.len() as u16;
        self.receiver == 0
            && self.given.positional == self.taken
            && self.targets.iter().take(count as usize).copied().eq(self.taken..self.taken + count)
    }

    fn find_defaults(&mut self, s: &mut S, function: S::Value, positional: u16) -> Option<()> {
        if let Some(missing) = (self.taken..positional).find(|&local| !self.is_bound(local)) {
            self.defaults = Some(Defaults::find(s, function, self.code, missing)?);
        }
        Some(())
    }

    fn find_keyword_defaults(&mut self, s: &mut S, function: S::Value, mut locals: std::ops::Range<u16>) -> Option<()> {
        if locals.clone().all(|local| self.is_bound(local)) {
            return Some(());
        }
        let known: &FunctionObject = s.peek(function).cast_exact()?;
        let defaults: &'static DictObject = known.keyword_defaults.get().cast_exact()?;
        let has_default = |local| defaults.find_interned(self.code.local_name(local)).is_some();
        if !locals.all(|local| self.is_bound(local) || has_default(local)) {
            return None;
        }
        let own = s.load_field(function, offset_of!(FunctionObject, keyword_defaults), Alias::Function);
        let version = defaults.version(s.context());
        self.keyword_defaults = Some(defaults);
        (s.is_object(own, known.keyword_defaults.get()) && s.keys_version_is(defaults, version)).then_some(())
    }

    /// Brings the arguments to the parameters of the block's frame, which has to be pushed at once: they may lie above the
    /// caller's registers. `None` when it raised.
    fn fill(self, s: &mut S, block: u16, receiver: Option<S::Owned>) -> Option<()> {
        let base = block + HEADER;
        if self.is_simple {
            shift(s, self.given.first, base + self.receiver, self.given.positional);
            if let Some(receiver) = receiver {
                s.set_fresh(base, receiver);
            }
            return Some(());
        }
        self.fill_rest(s, base, receiver)
    }

    #[inline(never)]
    fn fill_rest(self, s: &mut S, base: u16, receiver: Option<S::Owned>) -> Option<()> {
        let Given { first, positional, names, starred, .. } = self.given;
        if starred != Starred::No {
            unpack(s, &self.given)?;
        }
        let own = self.taken - self.receiver;
        let has_rest = self.code.has_flag(CodeFlags::VARARGS);
        let rest = if has_rest { Some(make_rest(s, first + own, positional - own)?) } else { None };
        // Those with names wait above everything, unless each lies where it belongs.
        let in_place = first == base && self.is_in_order();
        let scratch = first + positional + names.len() as u16 + self.code.parameter_count as u16;
        if !in_place {
            shift(s, first + positional, scratch, names.len() as u16);
        }
        shift(s, first, base + self.receiver, own);
        if let Some(receiver) = receiver {
            s.set_fresh(base, receiver);
        }
        let mut others = 0;
        let pairs = scratch + names.len() as u16;
        for (position, (&target, &name)) in self.targets.iter().zip(names).enumerate() {
            if in_place {
                break;
            }
            let value = s.move_out(scratch + position as u16);
            if target != REST {
                s.set_fresh(base + target, value);
                continue;
            }
            let name = s.constant(name);
            let name = s.dup(name);
            s.set_fresh(pairs + 2 * others, name);
            s.set_fresh(pairs + 2 * others + 1, value);
            others += 1;
        }
        self.fill_defaults(s, base);
        let mut next = base + self.code.argument_count as u16 + self.code.data.keyword_only_count;
        if let Some(rest) = rest {
            s.set_fresh(next, rest);
            next += 1;
        }
        if self.code.has_flag(CodeFlags::VARKEYWORDS) {
            let made = s.build(&BUILD_MAP, pairs, 2 * others)?;
            s.set_fresh(next, made);
        }
        Some(())
    }

    fn fill_defaults(&self, s: &mut S, base: u16) {
        let positional = self.code.argument_count as u16;
        if let Some(defaults) = &self.defaults {
            for local in (self.taken..positional).filter(|&local| !self.is_bound(local)) {
                defaults.fill(s, self.code, base, local);
            }
        }
        let Some(defaults) = self.keyword_defaults else { return };
        for local in positional..positional + self.code.data.keyword_only_count {
            if !self.is_bound(local)
                && let Some(entry) = defaults.find_interned(self.code.local_name(local))
            {
                let value = s.dict_entry(defaults, entry as u32);
                let value = s.dup(value);
                s.set_fresh(base + local, value);
            }
        }
    }

    /// A call of a generator function makes a generator, one of a coroutine function a coroutine. `method` is the function
    /// and the receiver of a bound method, which is in the block.
    fn make_generator(self, s: &mut S, site: Site, method: Option<(S::Owned, S::Owned)>) -> Pc {
        let code = self.code;
        let (function, receiver) = method.map_or((None, None), |(function, receiver)| (Some(function), Some(receiver)));
        if self.fill(s, site.block, receiver).is_none() {
            if let Some(function) = function {
                s.drop(function);
            }
            return s.raise(site.pc);
        }
        if let Some(function) = function {
            s.clear(site.block);
            s.set_fresh(site.block, function);
        }
        let function = s.move_out(site.block);
        let generator = s.make_generator(function, site.block + HEADER, code.parameter_count as u16);
        s.set_then(site.destination, generator, site.return_to)
    }
}

/// Replaces the sequence and the dict by what they hold. `None` when it raised.
fn unpack<S: Semantics>(s: &mut S, given: &Given) -> Option<()> {
    let Given { first, positional, names, starred, leading } = *given;
    let owner = s.move_out(first + leading);
    let keywords = starred.has_dict().then(|| s.move_out(first + leading + 1));
    let items = s.view(&owner);
    for position in leading..positional {
        let index = s.raw_constant((position - leading) as i64);
        let item = match starred {
            Starred::List { .. } => s.list_item(items, index),
            _ => s.tuple_item(items, index),
        };
        let item = s.dup(item);
        s.set_fresh(first + position, item);
    }
    if let Some(keywords) = keywords {
        let view = s.view(&keywords);
        for (position, &name) in names.iter().enumerate() {
            let name = s.constant(name);
            let Some(value) = s.call2(&KEYWORD_VALUE, view, name) else {
                s.drop(keywords);
                s.drop(owner);
                return None;
            };
            s.set_fresh(first + positional + position as u16, value);
        }
        s.drop(keywords);
    }
    s.drop(owner);
    Some(())
}

/// The tuple for `*args`, of values that move into it.
fn make_rest<S: Semantics>(s: &mut S, first: u16, count: u16) -> Option<S::Owned> {
    if count == 0 {
        let empty = s.constant(tuple::empty());
        return Some(s.dup(empty));
    }
    s.build(&BUILD_TUPLE, first, count)
}

/// Moves a run of arguments, which may go beyond the caller's registers.
#[inline(always)]
fn shift<S: Semantics>(s: &mut S, from: u16, to: u16, count: u16) {
    let mut one = |position| {
        let value = s.move_out(from + position);
        s.set_fresh(to + position, value);
    };
    if to > from {
        (0..count).rev().for_each(&mut one);
    } else if to < from {
        (0..count).for_each(&mut one);
    }
}
