//! The table of `str` methods, and those that fit nowhere else.

use crate::str_arguments::{Signature, methods, receiver, string};
use crate::{str_case, str_format, str_pad, str_search, str_split, str_translate};
use sidewinder_runtime::context::{Context, Result};
use sidewinder_runtime::heap::Owned;
use sidewinder_runtime::native::{Arguments, Effects};
use sidewinder_runtime::objects::int;
use sidewinder_runtime::objects::str::{STR, StrObject, codec};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::value::Value;

/// Methods that may do anything.
const ANY: u32 = 0;
/// Methods that depend on their arguments alone, when those are strings and integers.
const PURE: u32 = Effects::NO_PYTHON | Effects::READ_ONLY | Effects::PURE;
/// Methods that return a new object, but change nothing.
const READER: u32 = Effects::NO_PYTHON | Effects::READ_ONLY;

methods! {
    METHODS:
    positional "capitalize" (0, 0) str_case::capitalize, PURE, "($self, /)";
        "Return a capitalized version of the string."
    positional "casefold" (0, 0) str_case::casefold, PURE, "($self, /)";
        "Return a version of the string suitable for caseless comparisons."
    positional "center" (1, 2) str_pad::center, PURE, "($self, width, fillchar=' ', /)";
        "Return a centered string of length width."
    positional "count" (1, 3) str_search::count, PURE, "($self, sub[, start[, end]], /)";
        "Return the number of non-overlapping occurrences of substring sub in string S[start:end]."
    keywords "encode" () encode, ANY, "($self, /, encoding='utf-8', errors='strict')";
        "Encode the string using the codec registered for encoding."
    positional "endswith" (1, 3) str_search::endswith, PURE, "($self, suffix[, start[, end]], /)";
        "Return True if the string ends with the specified suffix, False otherwise."
    keywords "expandtabs" () str_pad::expandtabs, ANY, "($self, /, tabsize=8)";
        "Return a copy where all tab characters are expanded using spaces."
    positional "find" (1, 3) str_search::find, PURE, "($self, sub[, start[, end]], /)";
        "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end]."
    keywords "format" () str_format::format, ANY, "($self, /, *args, **kwargs)";
        "Return a formatted version of the string, using substitutions from args and kwargs."
    positional "format_map" (1, 1) str_format::format_map, ANY, "($self, mapping, /)";
        "Return a formatted version of the string, using substitutions from mapping."
    positional "index" (1, 3) str_search::index, PURE, "($self, sub[, start[, end]], /)";
        "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end]."
    positional "isalnum" (0, 0) str_case::isalnum, PURE, "($self, /)";
        "Return True if the string is an alpha-numeric string, False otherwise."
    positional "isalpha" (0, 0) str_case::isalpha, PURE, "($self, /)";
        "Return True if the string is an alphabetic string, False otherwise."
    positional "isascii" (0, 0) str_case::isascii, PURE, "($self, /)";
        "Return True if all characters in the string are ASCII, False otherwise."
    positional "isdecimal" (0, 0) str_case::isdecimal, PURE, "($self, /)";
        "Return True if the string is a decimal string, False otherwise."
    positional "isdigit" (0, 0) str_case::isdigit, PURE, "($self, /)";
        "Return True if the string is a digit string, False otherwise."
    positional "isidentifier" (0, 0) str_case::isidentifier, PURE, "($self, /)";
        "Return True if the string is a valid Python identifier, False otherwise."
    positional "islower" (0, 0) str_case::islower, PURE, "($self, /)";
        "Return True if the string is a lowercase string, False otherwise."
    positional "isnumeric" (0, 0) str_case::isnumeric, PURE, "($self, /)";
        "Return True if the string is a numeric string, False otherwise."
    positional "isprintable" (0, 0) str_case::isprintable, PURE, "($self, /)";
        "Return True if all characters in the string are printable, False otherwise."
    positional "isspace" (0, 0) str_case::isspace, PURE, "($self, /)";
        "Return True if the string is a whitespace string, False otherwise."
    positional "istitle" (0, 0) str_case::istitle, PURE, "($self, /)";
        "Return True if the string is a title-cased string, False otherwise."
    positional "isupper" (0, 0) str_case::isupper, PURE, "($self, /)";
        "Return True if the string is an uppercase string, False otherwise."
    gathering "join" (1, 1) str_split::join, ANY, "($self, iterable, /)";
        "Concatenate any number of strings."
    positional "ljust" (1, 2) str_pad::ljust, PURE, "($self, width, fillchar=' ', /)";
        "Return a left-justified string of length width."
    positional "lower" (0, 0) str_case::lower, PURE, "($self, /)";
        "Return a copy of the string converted to lowercase."
    positional "lstrip" (0, 1) str_split::lstrip, PURE, "($self, chars=None, /)";
        "Return a copy of the string with leading whitespace removed."
    fixed "maketrans" (1, 3) str_translate::maketrans, ANY, "(x, y=<unrepresentable>, z=<unrepresentable>, /)";
        "Return a translation table usable for str.translate()."
    positional "partition" (1, 1) str_split::partition, PURE, "($self, sep, /)";
        "Partition the string into three parts using the given separator."
    positional "removeprefix" (1, 1) str_search::removeprefix, PURE, "($self, prefix, /)";
        "Return a str with the given prefix string removed if present."
    positional "removesuffix" (1, 1) str_search::removesuffix, PURE, "($self, suffix, /)";
        "Return a str with the given suffix string removed if present."
    keywords "replace" () str_search::replace, PURE, "($self, old, new, /, count=-1)";
        "Return a copy with all occurrences of substring old replaced by new."
    positional "rfind" (1, 3) str_search::rfind, PURE, "($self, sub[, start[, end]], /)";
        "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end]."
    positional "rindex" (1, 3) str_search::rindex, PURE, "($self, sub[, start[, end]], /)";
        "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end]."
    positional "rjust" (1, 2) str_pad::rjust, PURE, "($self, width, fillchar=' ', /)";
        "Return a right-justified string of length width."
    positional "rpartition" (1, 1) str_split::rpartition, PURE, "($self, sep, /)";
        "Partition the string into three parts using the given separator."
    keywords "rsplit" () str_split::rsplit, READER, "($self, /, sep=None, maxsplit=-1)";
        "Return a list of the substrings in the string, using sep as the separator string."
    positional "rstrip" (0, 1) str_split::rstrip, PURE, "($self, chars=None, /)";
        "Return a copy of the string with trailing whitespace removed."
    keywords "split" () str_split::split, READER, "($self, /, sep=None, maxsplit=-1)";
        "Return a list of the substrings in the string, using sep as the separator string."
    keywords "splitlines" () str_split::splitlines, READER, "($self, /, keepends=False)";
        "Return a list of the lines in the string, breaking at line boundaries."
    positional "startswith" (1, 3) str_search::startswith, PURE, "($self, prefix[, start[, end]], /)";
        "Return True if the string starts with the specified prefix, False otherwise."
    positional "strip" (0, 1) str_split::strip, PURE, "($self, chars=None, /)";
        "Return a copy of the string with leading and trailing whitespace removed."
    positional "swapcase" (0, 0) str_case::swapcase, PURE, "($self, /)";
        "Convert uppercase characters to lowercase and lowercase characters to uppercase."
    positional "title" (0, 0) str_case::title, PURE, "($self, /)";
        "Return a version of the string where each word is titlecased."
    positional "translate" (1, 1) str_translate::translate, ANY, "($self, table, /)";
        "Replace each character in the string using the given translation table."
    positional "upper" (0, 0) str_case::upper, PURE, "($self, /)";
        "Return a copy of the string converted to uppercase."
    positional "zfill" (1, 1) str_pad::zfill, PURE, "($self, width, /)";
        "Pad a numeric string with zeros on the left, to fill a field of the given width."
    positional "__format__" (1, 1) str_pad::format, ANY, "($self, format_spec, /)";
        "Return a formatted version of the string as described by format_spec."
    positional "__getnewargs__" (0, 0) getnewargs, ANY, "($self, /)";
        ""
    positional "__sizeof__" (0, 0) sizeof, ANY, "($self, /)";
        "Return the size of the string in memory, in bytes."
}

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
    let own = receiver(cx, arguments, "__getnewargs__")?;
    let copy = StrObject::from_units(cx, own.units());
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
