//! The module `_sre`: what Python's package `re` needs of the engine in `sidewinder-regex`, which knows no objects.

mod characters;
mod match_object;
mod pattern;
mod scanner;
mod searched;
mod substitute;
mod template;

use characters::Unicode;
use match_object::Match;
use pattern::Pattern;
use scanner::{MatchIterator, Scanner};
use sidewinder_macros::native_module;
use sidewinder_regex::{CODE_SIZE, Characters, MAGIC};
use sidewinder_runtime::native::{Index, NativeObject};
use sidewinder_runtime::objects::dict::DictObject;
use sidewinder_runtime::objects::exception::RUNTIME_ERROR;
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Owned, Result, Value};
use template::Template;

/// The words of a pattern's code.
fn code_words(cx: &mut Context, code: &ListObject) -> Result<Vec<u32>> {
    let mut words = Vec::with_capacity(code.len());
    for item in code.as_slice() {
        if !int::is_int_like(*item) {
            return Err(cx.type_error("an integer is required"));
        }
        if int::is_negative(*item) {
            return Err(cx.overflow_error("can't convert negative value to unsigned int"));
        }
        let Some(number) = int::as_u64(*item) else {
            return Err(cx.overflow_error("Python int too large to convert to C unsigned long"));
        };
        let Ok(word) = u32::try_from(number) else {
            return Err(cx.overflow_error("regular expression code size limit exceeded"));
        };
        words.push(word);
    }
    Ok(words)
}

/// The engine of regular expressions, for the package re.
#[native_module("_sre", types(hidden Pattern, hidden Match, hidden Scanner, hidden MatchIterator, hidden Template))]
mod rows {
    use super::*;

    /// The version of the code that the engine runs.
    #[constant(name = "MAGIC")]
    const CODE_VERSION: u32 = MAGIC;

    /// The bytes of a word of it.
    #[constant(name = "CODESIZE")]
    const CODE_BYTES: u32 = CODE_SIZE;

    /// An upper bound of repetitions that is none.
    #[constant]
    const MAXREPEAT: u32 = u32::MAX;

    /// The most groups of a pattern.
    #[constant]
    const MAXGROUPS: u32 = i32::MAX as u32 / 2;

    /// Make a pattern object of compiled code.
    #[function]
    fn compile(
        cx: &mut Context,
        #[named] pattern: Value,
        flags: i32,
        code: &ListObject,
        groups: Index,
        groupindex: &DictObject,
        indexgroup: &TupleObject,
    ) -> Result<Owned> {
        let words = code_words(cx, code)?;
        let groups = usize::try_from(groups.0).ok().filter(|groups| *groups <= MAXGROUPS as usize);
        let state = Pattern::new(cx, pattern, flags, words, groups, groupindex, indexgroup)?;
        match state {
            Some(state) => NativeObject::new(cx, state),
            None => Err(cx.raise(&RUNTIME_ERROR, "invalid SRE code")),
        }
    }

    /// Make a template object of literals and the numbers of groups between them.
    #[function(name = "template")]
    fn new_template(cx: &mut Context, pattern: Value, template: &ListObject) -> Result<Owned> {
        let _ = pattern;
        let state = Template::new(cx, template)?;
        NativeObject::new(cx, state)
    }

    /// The bytes of a word of code.
    #[function(pure)]
    fn getcodesize() -> u32 {
        CODE_SIZE
    }

    /// Whether an ASCII letter has the code point.
    #[function]
    fn ascii_iscased(character: i32) -> bool {
        u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphabetic())
    }

    /// Whether the character has another lower or upper case.
    #[function]
    fn unicode_iscased(character: i32) -> bool {
        let point = character as u32;
        Unicode.lower(point) != point || Unicode.upper(point) != point
    }

    /// The lower case of an ASCII letter; other code points stay what they are.
    #[function]
    fn ascii_tolower(character: i32) -> i32 {
        u8::try_from(character).map_or(character, |byte| byte.to_ascii_lowercase().into())
    }

    /// The lower case of a character, by the first character of its mapping.
    #[function]
    fn unicode_tolower(character: i32) -> i32 {
        Unicode.lower(character as u32) as i32
    }
}
