//! Fields of structures and unions.

use crate::data::{self, CData, Item};
use crate::info::{self, Kind};
use crate::metaclass::text_of;
use crate::value::{self, Code};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Index, NativeObject};
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, TypeObject, Value};
use std::cell::Cell;

/// Structure/Union member
#[native_type("ctypes.CField")]
#[derive(Traverse)]
pub struct CField {
    pub name: Owned,
    pub class: Owned,
    pub offset: i64,
    pub size: usize,
    pub index: i64,
    /// How many bits, and from which on; of fields that are not whole values.
    bits: Option<u32>,
    first_bit: u32,
    /// How arrays of characters are read.
    #[plain]
    code: Code,
    pub anonymous: Cell<bool>,
}

impl CField {
    pub fn has_bits(&self) -> bool {
        self.bits.is_some()
    }

    /// The same field of a structure in which this one's lies.
    pub fn moved(&self, cx: &mut Context, index: i64, offset: i64) -> Result<Owned> {
        let (name, class) = (self.name.clone(), self.class.clone());
        let (index, offset) = (self.index + index, self.offset + offset);
        let anonymous = Cell::new(false);
        NativeObject::new(cx, CField { name, class, offset, index, anonymous, ..*self })
    }

    fn place(&self, base: &CData) -> u64 {
        base.address().wrapping_add_signed(self.offset)
    }

    /// The code of a field of bits.
    fn bit_code(&self) -> Code {
        info::of_type(self.class.value()).map_or(Code::default(), |info| info.code.get())
    }

    fn item(&self, base: &CData) -> Item {
        let class = self.class.value();
        Item { class, code: self.code, index: self.index, size: self.size, address: self.place(base) }
    }
}

#[methods]
impl CField {
    #[allow(clippy::too_many_arguments)]
    #[new(name = "CField")]
    fn new(
        cx: &mut Context,
        #[keyword] name: &StrObject,
        r#type: Value,
        byte_size: Index,
        byte_offset: Index,
        index: Index,
        _internal_use: bool,
        #[default(singleton::none(), "None")] bit_size: Value,
        #[default(singleton::none(), "None")] bit_offset: Value,
    ) -> Result<CField> {
        let shown = text_of(cx, Value::from_pointer(name))?;
        let size = byte_size.0;
        if size < 0 {
            return Err(cx.value_error(format!("byte size of field {shown} must not be negative, got {size}")));
        }
        let Some(info) = info::of_type(r#type) else {
            return Err(cx.type_error(format!("type of field {shown} must be a C type")));
        };
        let expected = info.size.get() as i64;
        if size != expected {
            let message = format!("byte size of field {shown} ({size}) does not match type size ({expected})");
            return Err(cx.value_error(message));
        }
        let (bits, first_bit) = if bit_size == singleton::none() {
            (None, 0)
        } else {
            let (bits, first) = bit_range(cx, &shown, r#type, size, bit_size, bit_offset)?;
            (Some(bits), first)
        };
        let mut code = Code::default();
        if info.kind == Kind::Array
            && let Some(item) = info.item.get()
            && let Some(item) = info::of_type(item.value())
        {
            code = match item.code.get() {
                code if code == Code::of(b'c') => Code::of(b's'),
                code if code == Code::of(b'u') => Code::of(b'U'),
                _ => code,
            };
            if !b"sU".contains(&code.letter) {
                code = Code::default();
            }
        }
        Ok(CField {
            name: Owned::new(Value::from_pointer(name)),
            class: Owned::new(r#type),
            offset: byte_offset.0,
            size: size as usize,
            index: index.0,
            bits,
            first_bit,
            code,
            anonymous: Cell::new(false),
        })
    }

    /// name of this field
    #[get(member, name = "name")]
    fn get_name(&self) -> Owned {
        self.name.clone()
    }

    /// type of this field
    #[get(member, name = "type")]
    fn get_type(&self) -> Owned {
        self.class.clone()
    }

    /// offset in bytes of this field (same as byte_offset)
    #[get(member, name = "offset")]
    fn get_offset(&self) -> i64 {
        self.offset
    }

    /// offset in bytes of this field. For bitfields: excludes bit_offset.
    #[get(member)]
    fn byte_offset(&self) -> i64 {
        self.offset
    }

    /// size of this field in bytes
    #[get(member)]
    fn byte_size(&self) -> usize {
        self.size
    }

    /// additional offset in bits (relative to byte_offset); zero for non-bitfields
    #[get(member)]
    fn bit_offset(&self) -> u32 {
        self.first_bit
    }

    /// size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead
    #[get(name = "size")]
    fn legacy_size(&self) -> i64 {
        self.bits.map_or(self.size as i64, |bits| i64::from(bits) << 16 | i64::from(self.first_bit))
    }

    /// size of this field in bits
    #[get]
    fn bit_size(&self, cx: &mut Context) -> Owned {
        match self.bits {
            Some(bits) => int::from_i64(cx, bits.into()),
            None => int::from_i128(cx, self.size as i128 * 8),
        }
    }

    /// true if this is a bitfield
    #[get]
    fn is_bitfield(&self) -> bool {
        self.bits.is_some()
    }

    /// true if this field is anonymous
    #[get]
    fn is_anonymous(&self) -> bool {
        self.anonymous.get()
    }

    #[slot(descriptor_get)]
    fn get(
        this: &NativeObject<CField>,
        cx: &mut Context,
        instance: Option<Value>,
        _owner: &TypeObject,
    ) -> Result<Owned> {
        let Some(instance) = instance else { return Ok(this.to_owned_value()) };
        let Some(base) = instance.cast::<NativeObject<CData>>() else {
            return Err(cx.type_error("not a ctype instance"));
        };
        match this.bits {
            Some(bits) => value::get_bits(cx, this.bit_code(), this.place(base), this.first_bit, bits),
            None => data::get_item(cx, base, this.item(base)),
        }
    }

    #[slot(descriptor_set)]
    fn set(this: &NativeObject<CField>, cx: &mut Context, instance: Value, value: Option<Value>) -> Result<()> {
        let Some(base) = instance.cast::<NativeObject<CData>>() else {
            return Err(cx.type_error("not a ctype instance"));
        };
        let Some(new) = value else { return Err(cx.type_error("can't delete attribute")) };
        match this.bits {
            Some(bits) if !crate::metaclass::is_data(new) => {
                value::set_bits(cx, this.bit_code(), this.place(base), new, this.first_bit, bits)
            }
            _ => data::set_item(cx, base, this.item(base), new),
        }
    }

    #[slot(repr)]
    fn repr(this: &NativeObject<CField>, cx: &mut Context) -> Result<String> {
        let name = text_of(cx, this.name.value())?;
        let class = this.class.value().cast::<TypeObject>().map_or("?", TypeObject::name);
        let offset = this.offset;
        Ok(match this.bits {
            Some(bits) => {
                let first = this.first_bit;
                format!("<ctypes.CField {name} type={class}, ofs={offset}, bit_size={bits}, bit_offset={first}>")
            }
            None => format!("<ctypes.CField {name} type={class}, ofs={offset}, size={}>", this.size),
        })
    }
}

/// How many bits a field has, and from which on.
fn bit_range(cx: &mut Context, shown: &str, class: Value, size: i64, bits: Value, first: Value) -> Result<(u32, u32)> {
    let bits = convert::index_i64(cx, bits)?;
    if first == singleton::none() {
        return Err(cx.type_error("an integer is required"));
    }
    let first = convert::index_i64(cx, first)?;
    let most = size.saturating_mul(8);
    if bits <= 0 {
        return Err(cx.value_error(format!("bit size of field {shown} out of range, got {bits}")));
    }
    if first < 0 {
        return Err(cx.value_error(format!("bit offset of field {shown} out of range, got {first}")));
    }
    if first.saturating_add(bits) > most {
        let message = format!("bit field {shown} overflows its type ({first} + {bits} > {most})");
        return Err(cx.value_error(message));
    }
    if !info::of_type(class).is_some_and(|info| info.code.get().has_bits()) {
        let name = class.cast::<TypeObject>().map_or("?", TypeObject::name);
        return Err(cx.type_error(format!("bit fields not allowed for type {name}")));
    }
    Ok((bits as u32, first as u32))
}
