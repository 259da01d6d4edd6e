//! The table of `str` methods, and those that fit nowhere else.

use crate::str_arguments::{Signature, receiver, string};
use crate::{str_case, str_format, str_pad, str_search, str_split, str_translate};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::{Arguments, Effects, Native};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::{STR, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::value::Value;

/// Methods that depend on their arguments alone, when those are strings and integers.
const PURE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;
/// Methods that return a new object, but change nothing.
const READER: u32 = Effects::NO_PYTHON | Effects::READ_ONLY;

macro_rules! positional {
    ($name:literal, $minimum:literal, $maximum:literal, $function:path, $effects:expr, $doc:literal) => {
        Native::new($name, $minimum, $maximum, $function, $doc).effects($effects)
    };
}

pub static METHODS: &[Native] = &[
    positional!("capitalize", 0, 0, str_case::capitalize, PURE, "Return a capitalized version of the string."),
    positional!("casefold", 0, 0, str_case::casefold, PURE, "Return a version of the string suitable for caseless comparisons."),
    positional!("center", 1, 2, str_pad::center, PURE, "Return a centered string of length width."),
    positional!("count", 1, 3, str_search::count, PURE, "Return the number of non-overlapping occurrences of substring sub."),
    Native::with_keywords("encode", encode, "Encode the string using the codec registered for encoding."),
    positional!("endswith", 1, 3, str_search::endswith, PURE, "Return True if the string ends with the specified suffix, False otherwise."),
    Native::with_keywords("expandtabs", str_pad::expandtabs, "Return a copy where all tab characters are expanded using spaces."),
    positional!("find", 1, 3, str_search::find, PURE, "Return the lowest index in S where substring sub is found, or -1."),
    Native::with_keywords("format", str_format::format, "Return a formatted version of the string, using substitutions from args and kwargs."),
    Native::new("format_map", 1, 1, str_format::format_map, "Return a formatted version of the string, using substitutions from mapping."),
    positional!("index", 1, 3, str_search::index, PURE, "Return the lowest index in S where substring sub is found, or raise ValueError."),
    positional!("isalnum", 0, 0, str_case::isalnum, PURE, "Return True if the string is an alpha-numeric string, False otherwise."),
    positional!("isalpha", 0, 0, str_case::isalpha, PURE, "Return True if the string is an alphabetic string, False otherwise."),
    positional!("isascii", 0, 0, str_case::isascii, PURE, "Return True if all characters in the string are ASCII, False otherwise."),
    positional!("isdecimal", 0, 0, str_case::isdecimal, PURE, "Return True if the string is a decimal string, False otherwise."),
    positional!("isdigit", 0, 0, str_case::isdigit, PURE, "Return True if the string is a digit string, False otherwise."),
    positional!("isidentifier", 0, 0, str_case::isidentifier, PURE, "Return True if the string is a valid Python identifier, False otherwise."),
    positional!("islower", 0, 0, str_case::islower, PURE, "Return True if the string is a lowercase string, False otherwise."),
    positional!("isnumeric", 0, 0, str_case::isnumeric, PURE, "Return True if the string is a numeric string, False otherwise."),
    positional!("isprintable", 0, 0, str_case::isprintable, PURE, "Return True if all characters in the string are printable, False otherwise."),
    positional!("isspace", 0, 0, str_case::isspace, PURE, "Return True if the string is a whitespace string, False otherwise."),
    positional!("istitle", 0, 0, str_case::istitle, PURE, "Return True if the string is a title-cased string, False otherwise."),
    positional!("isupper", 0, 0, str_case::isupper, PURE, "Return True if the string is an uppercase string, False otherwise."),
    Native::new("join", 1, 1, str_split::join, "Concatenate any number of strings."),
    positional!("ljust", 1, 2, str_pad::ljust, PURE, "Return a left-justified string of length width."),
    positional!("lower", 0, 0, str_case::lower, PURE, "Return a copy of the string converted to lowercase."),
    positional!("lstrip", 0, 1, str_split::lstrip, PURE, "Return a copy of the string with leading whitespace removed."),
    Native::new("maketrans", 1, 3, str_translate::maketrans, "Return a translation table usable for str.translate().").static_method(),
    positional!("partition", 1, 1, str_split::partition, PURE, "Partition the string into three parts using the given separator."),
    positional!("removeprefix", 1, 1, str_search::removeprefix, PURE, "Return a str with the given prefix string removed if present."),
    positional!("removesuffix", 1, 1, str_search::removesuffix, PURE, "Return a str with the given suffix string removed if present."),
    Native::with_keywords("replace", str_search::replace, "Return a copy with all occurrences of substring old replaced by new.").effects(PURE),
    positional!("rfind", 1, 3, str_search::rfind, PURE, "Return the highest index in S where substring sub is found, or -1."),
    positional!("rindex", 1, 3, str_search::rindex, PURE, "Return the highest index in S where substring sub is found, or raise ValueError."),
    positional!("rjust", 1, 2, str_pad::rjust, PURE, "Return a right-justified string of length width."),
    positional!("rpartition", 1, 1, str_split::rpartition, PURE, "Partition the string into three parts using the given separator."),
    Native::with_keywords("rsplit", str_split::rsplit, "Return a list of the substrings in the string, using sep as the separator string.").effects(READER),
    positional!("rstrip", 0, 1, str_split::rstrip, PURE, "Return a copy of the string with trailing whitespace removed."),
    Native::with_keywords("split", str_split::split, "Return a list of the substrings in the string, using sep as the separator string.").effects(READER),
    Native::with_keywords("splitlines", str_split::splitlines, "Return a list of the lines in the string, breaking at line boundaries."),
    positional!("startswith", 1, 3, str_search::startswith, PURE, "Return True if the string starts with the specified prefix, False otherwise."),
    positional!("strip", 0, 1, str_split::strip, PURE, "Return a copy of the string with leading and trailing whitespace removed."),
    positional!("swapcase", 0, 0, str_case::swapcase, PURE, "Convert uppercase characters to lowercase and lowercase characters to uppercase."),
    positional!("title", 0, 0, str_case::title, PURE, "Return a version of the string where each word is titlecased."),
    Native::new("translate", 1, 1, str_translate::translate, "Replace each character in the string using the given translation table."),
    positional!("upper", 0, 0, str_case::upper, PURE, "Return a copy of the string converted to uppercase."),
    positional!("zfill", 1, 1, str_pad::zfill, PURE, "Pad a numeric string with zeros on the left, to fill a field of the given width."),
    Native::new("__format__", 1, 1, str_pad::format, "Return a formatted version of the string as described by format_spec."),
    Native::new("__getnewargs__", 0, 0, getnewargs, ""),
    Native::new("__sizeof__", 0, 0, sizeof, "Return the size of the string in memory, in bytes."),
];

const ENCODE: Signature<2> = Signature::new("encode", ["encoding", "errors"]);

fn encode(cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
    receiver(cx, arguments.values, "encode")?;
    let subject = arguments.values[0];
    let [encoding, errors] = ENCODE.bind(cx, arguments)?;
    let encoding = option(cx, encoding, "encode() argument 'encoding'", "utf-8")?;
    let errors = option(cx, errors, "encode() argument 'errors'", "strict")?;
    codec::encode(cx, subject, &encoding, &errors)
}

/// An optional text argument without null characters.
pub fn option(cx: &mut Context, value: Value, which: &str, default: &str) -> Result<String> {
    if value.is_unbound() {
        return Ok(default.to_string());
    }
    let text = string(cx, value, which)?.as_text().into_owned();
    if text.contains('\0') {
        return Err(cx.value_error("embedded null character"));
    }
    Ok(text)
}

fn getnewargs(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let copy = receiver(cx, arguments, "__getnewargs__")?.to_exact(cx);
    Ok(TupleObject::from_owned(cx, vec![copy]))
}

fn sizeof(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    receiver(cx, arguments, "__sizeof__")?;
    let size = STR.slots().size.map_or(0, |size| {
        // SAFETY: (heap 2) the receiver is a string.
        unsafe { size(arguments[0].header()) }
    });
    Ok(int::from_usize(cx, size))
}
