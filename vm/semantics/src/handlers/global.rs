//! Globals and builtins, through versions of the dicts' keys.

use super::{done, following};
use crate::semantics::{Pc, Semantics};
use sidewinder_bytecode::Instruction;

/// What a name site has cached.
pub mod kind {
    pub const EMPTY: u32 = 0;
    /// Entry `index` of the globals.
    pub const GLOBAL: u32 = 1;
    /// Absent from the globals; entry `index` of the builtins.
    pub const BUILTIN: u32 = 2;
}

#[inline(always)]
pub fn load_global<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.b);
    let globals = s.function().globals();
    if site.kind.get() != kind::EMPTY && s.keys_version_is(globals, site.version.get()) {
        if site.kind.get() == kind::GLOBAL {
            let value = s.dict_entry(globals, site.index.get());
            let value = s.dup(value);
            return done(s, pc, i.a, value);
        }
        let builtins = sidewinder_runtime::objects::dict::of(s.function().builtins.get());
        if s.keys_version_is(builtins, site.second_version.get()) {
            let value = s.dict_entry(builtins, site.index.get());
            let value = s.dup(value);
            return done(s, pc, i.a, value);
        }
    }
    s.cold(pc, crate::cold::name::load_global)
}

#[inline(always)]
pub fn store_global<S: Semantics>(s: &mut S, pc: Pc, i: Instruction) -> Pc {
    let site = s.site(i.a);
    let globals = s.function().globals();
    if site.kind.get() == kind::GLOBAL && s.keys_version_is(globals, site.version.get()) {
        let value = s.take(i.b);
        return s.set_dict_entry_then(globals, site.index.get(), value, following(pc));
    }
    s.cold(pc, crate::cold::name::store_global)
}
