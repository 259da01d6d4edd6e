//! Arguments of constructors, which CPython parses by an old way: messages do not name the function, and arguments are
//! converted one after the other before what is wrong with later ones is told.

use crate::zone::TzInfo;
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::iterator::arguments::bad_argument;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::{singleton, str};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Arguments, Context, Owned, Raised, Result, Value};

/// The parameters of a constructor.
pub struct Parameters {
    pub names: &'static [&'static str],
    /// Parameters that must be given.
    pub required: usize,
    /// Parameters that may be given by position.
    pub positional: usize,
}

/// A call of a constructor.
pub struct Call<'a> {
    parameters: &'static Parameters,
    arguments: Arguments<'a>,
}

impl<'a> Call<'a> {
    /// A call whose arguments are not too many.
    pub fn new(cx: &mut Context, parameters: &'static Parameters, arguments: Arguments<'a>) -> Result<Call<'a>> {
        let (given, positional) = (arguments.values.len(), arguments.positionals().len());
        let all = parameters.names.len();
        if given > all {
            let kind = if positional == 0 { "keyword " } else { "" };
            return Err(cx.type_error(format!("function takes at most {all} {kind}arguments ({given} given)")));
        }
        if positional > parameters.positional {
            let most = parameters.positional;
            return Err(
                cx.type_error(format!("function takes at most {most} positional arguments ({positional} given)"))
            );
        }
        Ok(Call { parameters, arguments })
    }

    /// The argument at a place; an error if it must be given.
    pub fn value(&self, cx: &mut Context, place: usize) -> Result<Option<Value>> {
        if let Some(value) = self.arguments.positionals().get(place) {
            return Ok(Some(*value));
        }
        let name = self.parameters.names[place];
        if !self.arguments.names.is_empty()
            && let Some(value) = self.arguments.keyword(name)
        {
            return Ok(Some(value));
        }
        if place < self.parameters.required {
            let place = place + 1;
            return Err(cx.type_error(format!("function missing required argument '{name}' (pos {place})")));
        }
        Ok(None)
    }

    /// The number at a place.
    #[inline]
    pub fn number(&self, cx: &mut Context, place: usize) -> Result<Option<i32>> {
        match self.value(cx, place)? {
            Some(value) => convert::c_int(cx, value).map(Some),
            None => Ok(None),
        }
    }

    /// An error for keywords that are given twice, or that no parameter has.
    pub fn finish(&self, cx: &mut Context) -> Result<()> {
        if self.arguments.names.is_empty() {
            return Ok(());
        }
        let positional = self.arguments.positionals().len();
        let Parameters { names, .. } = self.parameters;
        for (key, _) in self.arguments.keywords() {
            let place = names.iter().position(|name| str::equals_text(key, name));
            if let Some(place) = place.filter(|place| *place < positional) {
                let (name, place) = (names[place], place + 1);
                return Err(
                    cx.type_error(format!("argument for function given by name ('{name}') and position ({place})"))
                );
            }
        }
        for (key, _) in self.arguments.keywords() {
            if !names.iter().any(|name| str::equals_text(key, name)) {
                let name = str::text(key).unwrap_or_default().into_owned();
                return Err(cx.type_error(format!("this function got an unexpected keyword argument '{name}'")));
            }
        }
        Ok(())
    }
}

/// The string that an argument is, by its place.
pub fn text<'a>(cx: &mut Context, function: &str, place: usize, value: Value) -> Result<&'a StrObject> {
    str::cast(value).ok_or_else(|| wrong_type(cx, function, place, "str", value))
}

/// The error for an argument of another type than expected, by its place.
#[cold]
pub fn wrong_type(cx: &mut Context, function: &str, place: usize, expected: &str, found: Value) -> Raised {
    bad_argument(cx, &format!("{function}() argument {place}"), expected, found)
}

/// The time zone that an argument is, or none.
pub fn zone(cx: &mut Context, value: Option<Value>) -> Result<Option<Owned>> {
    match value.filter(|value| *value != singleton::none()) {
        None => Ok(None),
        Some(value) if value.cast::<NativeObject<TzInfo>>().is_some() => Ok(Some(Owned::new(value))),
        Some(value) => {
            let kind = value.type_of().name();
            Err(cx.type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{kind}'")))
        }
    }
}

/// The bytes in which an object was pickled, if that is what a constructor is given: so many, the one at `place`
/// having a value that it has in no other call.
pub fn pickled<const N: usize>(
    cx: &mut Context,
    arguments: Arguments<'_>,
    most: usize,
    place: usize,
    is_sane: fn(u32) -> bool,
    kind: &str,
) -> Result<Option<[u8; N]>> {
    let positionals = arguments.positionals();
    let Some(&state) = positionals.first().filter(|_| positionals.len() <= most) else { return Ok(None) };
    if state.is_int() {
        return Ok(None);
    }
    if let Some(bytes) = state.cast::<sidewinder_runtime::objects::bytes::BytesObject>() {
        let bytes = <[u8; N]>::try_from(bytes.as_slice()).ok();
        return Ok(bytes.filter(|bytes| is_sane(u32::from(bytes[place]))));
    }
    let Some(text) = str::cast(state) else { return Ok(None) };
    if text.len() != N || !is_sane(text.code_point(place)) {
        return Ok(None);
    }
    let mut bytes = [0; N];
    for (byte, point) in bytes.iter_mut().zip(text.code_points()) {
        *byte = u8::try_from(point).map_err(|_| {
            cx.value_error(format!(
                "Failed to encode latin1 string when unpickling a {kind} object. pickle.load(data, \
                 encoding='latin1') is assumed."
            ))
        })?;
    }
    Ok(Some(bytes))
}

/// Whether a pickled month is one, its mark of a fold left away.
pub fn is_month(value: u32) -> bool {
    (1..=12).contains(&(value & 0x7F)) && value < 256
}
