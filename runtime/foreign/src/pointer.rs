//! Pointers to objects of C.

use crate::argument;
use crate::array::text_of_places;
use crate::data::{self, Item};
use crate::info::{self, Info, Kind};
use crate::metaclass::{plain_from_param, text_of};
use crate::value::Code;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::objects::dict;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slice::SliceObject;
use sidewinder_runtime::operations::{attribute, convert, instance};
use sidewinder_runtime::{Arguments, Context, Owned, Result, TypeObject, Value};

/// metatype for the Pointer Objects
#[native_type("_ctypes.PyCPointerType", base, extends = crate::metaclass::CType)]
#[derive(Traverse)]
pub struct PointerType;

#[methods]
impl PointerType {
    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let info = Info::new(Kind::Pointer);
        info.size.set(8);
        info.align.set(8);
        info.length.set(1);
        info.has_pointer.set(true);
        let info = info::install(cx, this, info)?;
        let Some(namespace) = arguments.positionals().get(2).filter(|value| value.type_of().has_flag(dict_flag()))
        else {
            return Ok(());
        };
        if let Some(item) = dict::of(*namespace).get_text(cx, "_type_").map(Owned::new) {
            set_item_type(cx, this, info, item.value())?;
            let Some(item) = info::of_type(item.value()) else { return Ok(()) };
            let format = item.format();
            let format = if format.is_empty() { "B" } else { &format };
            let lengths: Vec<String> = item.shape.borrow().iter().map(isize::to_string).collect();
            let shape = if lengths.is_empty() { String::new() } else { format!("({})", lengths.join(",")) };
            info.set_format(&format!("&{shape}{format}"));
        }
        Ok(())
    }

    /// Says to what pointers of this type lead.
    fn set_type(this: Value, cx: &mut Context, r#type: Value) -> Result<()> {
        let info = info::required(cx, this)?;
        set_item_type(cx, this, info, r#type)?;
        attribute::set_text(cx, this, "_type_", r#type)
    }

    /// Convert a Python object into a function call parameter.
    fn from_param(this: Value, cx: &mut Context, value: Value) -> Result<Owned> {
        if value == singleton::none() {
            return Ok(Owned::new(value));
        }
        let info = info::required(cx, this)?;
        let Some(item) = info.item.get() else {
            return Err(cx.type_error("cannot convert argument: POINTER _type_ type is not set"));
        };
        if instance::is_instance(cx, value, item.value())? {
            return argument::reference(cx, value, 0);
        }
        if let Some(found) = info::of_object(value)
            && matches!(found.kind, Kind::Pointer | Kind::Array)
            && let Some(own) = found.item.get()
            && instance::is_subclass(cx, own.value(), item.value())?
        {
            return Ok(Owned::new(value));
        }
        plain_from_param(cx, this, value)
    }
}

fn dict_flag() -> u32 {
    sidewinder_runtime::objects::type_object::flags::DICT
}

fn set_item_type(cx: &mut Context, class: Value, info: &Info, item: Value) -> Result<()> {
    if item.cast::<TypeObject>().is_none() {
        return Err(cx.type_error("_type_ must be a type"));
    }
    let Some(found) = info::of_type(item) else {
        let shown = text_of(cx, item)?;
        return Err(cx.type_error(format!("{shown} must have storage info")));
    };
    info.item.set(Some(Owned::new(item)));
    if found.pointer_type.is_empty() {
        found.pointer_type.set(Some(Owned::new(class)));
    }
    Ok(())
}

/// XXX to be provided
#[native_type("_ctypes._Pointer", base, extends = crate::data::CData, metaclass = PointerType)]
#[derive(Traverse)]
pub struct Pointer;

#[methods]
impl Pointer {
    #[new(name = "_Pointer")]
    fn new(cx: &mut Context, class: &'static TypeObject, _arguments: Arguments<'_>) -> Result<Owned> {
        let info = info::of_type(class.value());
        if info.is_none_or(|info| info.item.is_empty()) {
            return Err(cx.type_error("Cannot create instance: has no _type_"));
        }
        data::create(cx, class.value())
    }

    #[init(name = "__init__")]
    fn init(this: Value, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        match arguments.positionals() {
            [] => Ok(()),
            [value] => set_contents(cx, this, *value),
            values => {
                let count = values.len();
                Err(cx.type_error(format!("POINTER expected at most 1 argument, got {count}")))
            }
        }
    }

    /// the object this pointer points to (read-write)
    #[get]
    fn contents(this: Value, cx: &mut Context) -> Result<Owned> {
        let data = data::of(this);
        let place = target(cx, this)?;
        let (class, _) = info::item_of_object(cx, this)?;
        data::part_of(cx, class.value(), data, 0, place)
    }

    #[set(contents)]
    fn assign_contents(this: Value, cx: &mut Context, value: Option<Value>) -> Result<()> {
        match value {
            Some(value) => set_contents(cx, this, value),
            None => Err(cx.type_error("Pointer does not support item deletion")),
        }
    }

    #[slot(truth)]
    fn truth(this: Value) -> Result<bool> {
        Ok(data::of(this).pointer() != 0)
    }

    #[slot(get_item)]
    fn get_item(this: Value, cx: &mut Context, key: Value) -> Result<Owned> {
        if let Some(slice) = key.cast::<SliceObject>() {
            return get_slice(cx, this, slice);
        }
        if key.type_of().slots().index.is_none() {
            return Err(cx.type_error("Pointer indices must be integer"));
        }
        let index = convert::index_i64(cx, key)?;
        item_at(cx, this, index)
    }

    #[slot(set_item)]
    fn set_item(this: Value, cx: &mut Context, key: Value, value: Option<Value>) -> Result<()> {
        let Some(value) = value else { return Err(cx.type_error("Pointer does not support item deletion")) };
        if key.type_of().slots().index.is_none() {
            let found = key.type_of().name();
            return Err(cx.type_error(format!("sequence index must be integer, not '{found}'")));
        }
        let index = convert::index_i64(cx, key)?;
        let (_class, place) = place_of(cx, this, index)?;
        data::set_item(cx, data::of(this), place, value)
    }
}

/// Where a pointer leads.
fn target(cx: &mut Context, this: Value) -> Result<u64> {
    match data::of(this).pointer() {
        0 => Err(cx.value_error("NULL pointer access")),
        address => Ok(address),
    }
}

fn place_of(cx: &mut Context, this: Value, index: i64) -> Result<(Owned, Item)> {
    let start = target(cx, this)?;
    let (class, item) = info::item_of_object(cx, this)?;
    let size = item.size.get();
    let address = start.wrapping_add_signed(index.wrapping_mul(size as i64));
    let place = Item { class: class.value(), code: Code::default(), index, size, address };
    Ok((class, place))
}

fn item_at(cx: &mut Context, this: Value, index: i64) -> Result<Owned> {
    let (_class, place) = place_of(cx, this, index)?;
    data::get_item(cx, data::of(this), place)
}

/// A slice has a stop, for a pointer has no length; negative numbers lead before its target.
fn get_slice(cx: &mut Context, this: Value, slice: &SliceObject) -> Result<Owned> {
    let none = singleton::none();
    let step = if slice.step == none { 1 } else { convert::index_i64(cx, slice.step)? };
    if step == 0 {
        return Err(cx.value_error("slice step cannot be zero"));
    }
    let start = match slice.start == none {
        true if step < 0 => return Err(cx.value_error("slice start is required for step < 0")),
        true => 0,
        false => convert::index_i64(cx, slice.start)?,
    };
    if slice.stop == none {
        return Err(cx.value_error("slice stop is required"));
    }
    let stop = convert::index_i64(cx, slice.stop)?;
    let count = if step > 0 && start > stop || step < 0 && start < stop {
        0
    } else if step > 0 {
        (stop - start - 1).div_euclid(step) + 1
    } else {
        (start - stop - 1).div_euclid(-step) + 1
    };
    let indices = (0..count).map(move |index| start + index * step);
    let (_class, item) = info::item_of_object(cx, this)?;
    let (first, size) = (data::of(this).pointer(), item.size.get() as i64);
    let places = indices.clone().map(move |index| first.wrapping_add_signed(index * size));
    if let Some(text) = text_of_places(cx, item.code.get(), places)? {
        return Ok(text);
    }
    let mut items = Vec::new();
    for index in indices {
        items.push(item_at(cx, this, index)?);
    }
    Ok(ListObject::new(cx, items))
}

fn set_contents(cx: &mut Context, this: Value, value: Value) -> Result<()> {
    let (class, _) = info::item_of_object(cx, this)?;
    if !crate::metaclass::is_data(value) {
        let (wanted, found) =
            (class.value().cast::<TypeObject>().map_or("?", TypeObject::name), value.type_of().name());
        return Err(cx.type_error(format!("expected {wanted} instead of {found}")));
    }
    let (data, target) = (data::of(this), data::of(value));
    data.set_pointer(target.address());
    // Both the object and what it keeps must live.
    data::keep(cx, data, 1, Some(Owned::new(value)))?;
    let kept = data::kept(cx, target);
    data::keep(cx, data, 0, Some(kept))
}
