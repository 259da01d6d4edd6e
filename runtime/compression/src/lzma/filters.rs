//! Filters as Python has them: dicts with their numbers and options.

use super::fail;
use super::library::{FILTER_DELTA, FILTERS_MAX, Filter, Options, preset};
use crate::output::Trouble;
use liblzma_sys as library;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::KEY_ERROR;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{int, list::ListObject};
use sidewinder_runtime::operations::{convert, subscript};
use sidewinder_runtime::{Context, Owned, Result, Value};

/// An integer that is not negative and within the range of a C type.
pub fn unsigned(cx: &mut Context, value: Value, most: u64, name: &str) -> Result<u64> {
    let number = convert::index(cx, value)?;
    if int::is_negative(number.value()) {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    let number = int::as_u64(number.value()).filter(|number| *number <= most);
    number.ok_or_else(|| cx.overflow_error(format!("Python int too large for C {name}")))
}

/// An integer of 32 bits.
pub fn unsigned_32(cx: &mut Context, value: Value) -> Result<u32> {
    Ok(unsigned(cx, value, u32::MAX as u64, "uint32_t")? as u32)
}

/// The number of a filter.
pub fn filter_id(cx: &mut Context, value: Value) -> Result<u64> {
    unsigned(cx, value, u64::MAX, "lzma_vli")
}

/// An entry of a mapping, if it is there.
fn entry(cx: &mut Context, mapping: Value, key: &str) -> Result<Option<Owned>> {
    let key = StrObject::new(cx, key);
    match subscript::get_item(cx, mapping, key.value()) {
        Ok(found) => Ok(Some(found)),
        Err(_) if cx.swallow(&KEY_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}

/// The filter that a dict describes.
pub fn filter(cx: &mut Context, specifier: Value) -> Result<Filter> {
    if specifier.type_of().slots().get_item.is_none() {
        return Err(cx.type_error("Filter specifier must be a dict or dict-like object"));
    }
    let Some(id) = entry(cx, specifier, "id")? else {
        return Err(cx.value_error("Filter specifier must have an \"id\" entry"));
    };
    let id = filter_id(cx, id.value())?;
    let (kind, options) = match id {
        library::LZMA_FILTER_LZMA1 | library::LZMA_FILTER_LZMA2 => {
            let number = match entry(cx, specifier, "preset")? {
                Some(number) => unsigned_32(cx, number.value())?,
                None => library::LZMA_PRESET_DEFAULT,
            };
            let Some(options) = preset(number) else { return Err(super::no_preset(cx, number)) };
            ("LZMA", Options::Lzma(options))
        }
        FILTER_DELTA => ("delta", Options::Delta(1)),
        library::LZMA_FILTER_X86
        | library::LZMA_FILTER_POWERPC
        | library::LZMA_FILTER_IA64
        | library::LZMA_FILTER_ARM
        | library::LZMA_FILTER_ARMTHUMB
        | library::LZMA_FILTER_SPARC => ("BCJ", Options::Branches(0)),
        _ => return Err(cx.value_error(format!("Invalid filter ID: {id}"))),
    };
    let mut filter = Filter { id, options };
    if set_options(cx, &mut filter.options, specifier).is_err() {
        drop(cx.take_pending());
        return Err(cx.value_error(format!("Invalid filter specifier for {kind} filter")));
    }
    Ok(filter)
}

/// Sets all options that a dict names. Errors: an option that there is not, or that is no number; what they say does not
/// matter.
fn set_options(cx: &mut Context, options: &mut Options, specifier: Value) -> Result<()> {
    let Some(specifier) = specifier.cast::<DictObject>() else { return Err(cx.type_error("not a dict")) };
    let entries = (0..specifier.entry_count()).filter_map(|index| specifier.entry(index));
    let pairs: Vec<(Owned, Owned)> = entries.map(|(key, value)| (Owned::new(key), Owned::new(value))).collect();
    for (key, value) in pairs {
        let name = str::text(key.value()).unwrap_or_default();
        if name == "id" {
            continue;
        }
        let place = match options {
            Options::Lzma(_) if name == "preset" => continue,
            Options::Lzma(options) => match &*name {
                "dict_size" => Some(&mut options.dict_size),
                "lc" => Some(&mut options.lc),
                "lp" => Some(&mut options.lp),
                "pb" => Some(&mut options.pb),
                "mode" => Some(&mut options.mode),
                "nice_len" => Some(&mut options.nice_len),
                "mf" => Some(&mut options.mf),
                "depth" => Some(&mut options.depth),
                _ => None,
            },
            Options::Delta(distance) => (name == "dist").then_some(distance),
            Options::Branches(start) => (name == "start_offset").then_some(start),
            Options::None => None,
        };
        match place {
            Some(place) => *place = unsigned_32(cx, value.value())?,
            None => return Err(cx.type_error("there is no such option")),
        }
    }
    Ok(())
}

/// The filters that a sequence of dicts describes.
pub fn chain(cx: &mut Context, specifiers: Value) -> Result<Vec<Filter>> {
    if specifiers.cast::<DictObject>().is_some() {
        let name = specifiers.type_of().name();
        return Err(cx.type_error(format!("{name} is not a sequence")));
    }
    let count = subscript::length(cx, specifiers)?;
    if count > FILTERS_MAX {
        return Err(cx.value_error(format!("Too many filters - liblzma supports a maximum of {FILTERS_MAX}")));
    }
    let mut filters = Vec::new();
    for index in 0..count {
        let specifier = match specifiers.cast_exact::<ListObject>().and_then(|list| list.get(index)) {
            Some(specifier) => Owned::new(specifier),
            None => subscript::get_item(cx, specifiers, Value::from_small_int(index as i64))?,
        };
        filters.push(filter(cx, specifier.value())?);
    }
    Ok(filters)
}

/// The dict that describes a filter.
pub fn describe(cx: &mut Context, filter: &Filter) -> Result<Owned> {
    let described = DictObject::new(cx);
    let mut set = |name: &str, number: u64| {
        let number = int::from_u64(cx, number);
        dict::of(described.value()).set_text(cx, name, number.value());
    };
    set("id", filter.id);
    match &filter.options {
        Options::None => {}
        Options::Lzma(options) => {
            if filter.id == library::LZMA_FILTER_LZMA1 {
                set("lc", options.lc as u64);
                set("lp", options.lp as u64);
                set("pb", options.pb as u64);
            }
            set("dict_size", options.dict_size as u64);
        }
        Options::Delta(distance) => set("dist", *distance as u64),
        Options::Branches(start) => set("start_offset", *start as u64),
    }
    Ok(described)
}

/// Bytes for which the library has a meaning, or its error.
pub fn decode(cx: &mut Context, id: u64, bytes: &[u8]) -> Result<Filter> {
    super::library::decode_properties(id, bytes).map_err(|code| fail(cx, &Trouble::Failed(code)))
}
