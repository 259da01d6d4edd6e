//! Pattern matching of values of builtin types (PEP 634). What others say of themselves is left to cold code.

use super::{done, has_builtin_type};
use crate::cold::matching::{self, Collection};
use crate::semantics::{Attempt, Pc, Semantics};
use sidewinder_bytecode::Instruction;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::{TYPE, TypeObject};
use sidewinder_runtime::objects::{singleton, tuple};

/// `a = whether b is a sequence, or a mapping`
#[inline(always)]
pub fn collection<S: Semantics>(s: &mut S, pc: Pc, i: Instruction, kind: &'static Collection) -> Pc {
    let subject = s.register(i.b);
    if !has_builtin_type(s, subject) {
        return s.cold(pc, kind.handler);
    }
    let truth = kind.contains(s.peek(subject));
    let truth = s.constant(singleton::boolean(truth));
    let truth = s.dup(truth);
    done(s, pc, i.a, truth)
}

/// `a = len(b)`
#[inline(always)]
pub fn length<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    match super::intrinsic::length(s, i.b) {
        Some(length) => done(s, pc, i.a, length),
        None => s.cold(pc, matching::length),
    }
}

/// `a = what a class pattern takes of the subject`
#[inline(always)]
pub fn class<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    match class_without_parts(s, pc, i) {
        Some(next) => next,
        None => s.cold(pc, matching::class),
    }
}

/// A pattern that the subject does not match by its type, or that asks for nothing more.
fn class_without_parts<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Attempt {
    let (subject, kind, names) = (s.register(i.b), s.register(i.b + 1), s.register(i.b + 2));
    let known = s.peek(kind);
    let class: &TypeObject = known.cast()?;
    let matches = s.peek(subject).type_of().is_subtype(class);
    let has_parts = i.c > 0 || s.peek(names).cast_exact::<TupleObject>().is_none_or(|names| !names.is_empty());
    if matches && has_parts || !has_builtin_type(s, subject) || !s.has_type(kind, &TYPE) || !s.is_object(kind, known) {
        return None;
    }
    let result = s.constant(if matches { tuple::empty() } else { singleton::none() });
    let result = s.dup(result);
    for register in (i.b..i.b + 3).rev() {
        s.clear(register);
    }
    Some(done(s, pc, i.a, result))
}
