//! What is passed to a function: from a Python object to a few bytes that libffi puts where C wants them.

use crate::call;
use crate::data::{self, CData};
use crate::info::{self, Kind};
use crate::metaclass::as_parameter;
use crate::value::{self, Code};
use libffi_sys as ffi;
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::bytes::BytesObject;
use sidewinder_runtime::objects::{int, singleton, str};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Room for the largest number: a complex `long double`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(16))]
pub struct Room(pub [u8; 32]);

/// An argument that was converted already: what `byref` and `from_param` give.
#[native_type("_ctypes.CArgObject")]
#[derive(Traverse)]
pub struct Argument {
    tag: u8,
    #[plain]
    room: Room,
    object: Option<Owned>,
}

impl Argument {
    /// A value of a simple type as an argument.
    pub fn of_value(cx: &mut Context, code: Code, new: Value) -> Result<Owned> {
        let mut room = Room::default();
        let object = value::set(cx, code, room.0.as_mut_ptr() as u64, new, 0)?;
        NativeObject::new(cx, Argument { tag: code.letter, room, object })
    }

    /// An address as an argument; `object` keeps what is there.
    pub fn of_address(cx: &mut Context, tag: u8, address: u64, object: Owned) -> Result<Owned> {
        let mut room = Room::default();
        room.0[..8].copy_from_slice(&address.to_le_bytes());
        NativeObject::new(cx, Argument { tag, room, object: Some(object) })
    }

    pub fn tag(&self) -> u8 {
        self.tag
    }

    pub fn object(&self) -> Option<Owned> {
        self.object.clone()
    }
}

#[methods]
impl Argument {
    /// the wrapped object
    #[get(member, name = "_obj")]
    fn wrapped(&self) -> Option<Owned> {
        self.object.clone()
    }

    #[slot(repr)]
    fn repr(this: &NativeObject<Argument>, cx: &mut Context) -> Result<String> {
        let tag = char::from(this.tag);
        let place = this.room.0.as_ptr() as u64;
        let shown = match this.tag {
            b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'L' | b'q' | b'Q' => {
                // As the signed type of that size shows it.
                let code = Code::of(this.tag.to_ascii_lowercase());
                let number = value::get(cx, code, place, 0)?;
                str::text(convert::str(cx, number.value())?.value()).unwrap_or_default().into_owned()
            }
            b'd' | b'f' => {
                let number = value::get(cx, Code::of(this.tag), place, 0)?;
                str::text(convert::repr(cx, number.value())?.value()).unwrap_or_default().into_owned()
            }
            b'c' => match this.room.0[0] {
                byte @ (b'\\' | b'\'') => format!("'\\x{byte:02x}'"),
                byte @ b' '..=b'~' => format!("'{}'", char::from(byte)),
                byte => format!("'\\x{byte:02x}'"),
            },
            b'z' | b'Z' | b'P' => match value::word_at(place) {
                0 => "0x(nil)".to_string(),
                address => format!("{address:#x}"),
            },
            _ => return Ok(format!("<cparam '{tag}' at {:#x}>", this.value().0)),
        };
        Ok(format!("<cparam '{tag}' ({shown})>"))
    }
}

/// An argument of a call: its type, its bytes, and what must live until the call is over.
pub struct Passed {
    pub description: *mut ffi::ffi_type,
    pub room: Room,
    /// The bytes of a structure, which lie elsewhere.
    pub structure: Option<Vec<u128>>,
    _kept: Owned,
}

impl Passed {
    fn number(letter: u8, room: Room, kept: Owned) -> Passed {
        Passed { description: call::description_of_letter(letter), room, structure: None, _kept: kept }
    }

    fn address(address: u64, kept: Owned) -> Passed {
        let mut room = Room::default();
        room.0[..8].copy_from_slice(&address.to_le_bytes());
        Passed::number(b'P', room, kept)
    }

    /// An object as an argument. `position` is for messages.
    pub fn of(cx: &mut Context, object: Value, position: usize) -> Result<Passed> {
        let kept = Owned::new(object);
        if let Some(data) = object.cast::<NativeObject<CData>>() {
            return Passed::of_data(cx, data, kept);
        }
        if let Some(argument) = object.cast_exact::<NativeObject<Argument>>() {
            return Ok(Passed::number(argument.tag, argument.room, kept));
        }
        if object == singleton::none() {
            return Ok(Passed::address(0, kept));
        }
        if int::is_int_like(object) {
            if int::as_i64(object).is_none() && int::as_u64(object).is_none() {
                return Err(cx.overflow_error("int too long to convert"));
            }
            let mut room = Room::default();
            room.0[..4].copy_from_slice(&(value::low_bits(cx, object)? as u32).to_le_bytes());
            return Ok(Passed::number(b'i', room, kept));
        }
        if let Some(bytes) = object.cast::<BytesObject>() {
            return Ok(Passed::address(bytes.as_slice().as_ptr() as u64, kept));
        }
        if let Some(text) = str::cast(object) {
            let buffer = value::wide_buffer(cx, text);
            return Ok(Passed::address(value::address_of_bytes(&buffer), buffer));
        }
        match as_parameter(cx, object)? {
            Some(parameter) => Passed::of(cx, parameter.value(), position),
            None => Err(cx.type_error(format!("Don't know how to convert parameter {position}"))),
        }
    }

    fn of_data(cx: &mut Context, data: &NativeObject<CData>, kept: Owned) -> Result<Passed> {
        let info = info::required(cx, data.value().type_of().value())?;
        match info.kind {
            Kind::Simple => {
                let mut room = Room::default();
                let bytes = value::bytes_at(data.address(), info.size.get().min(room.0.len()));
                room.0[..bytes.len()].copy_from_slice(&bytes);
                Ok(Passed { description: info.description(), room, structure: None, _kept: kept })
            }
            Kind::Array => Ok(Passed::address(data.address(), kept)),
            Kind::Pointer | Kind::Function => Ok(Passed::address(data.pointer(), kept)),
            Kind::Structure | Kind::Union => {
                let size = info.size.get();
                let mut block = vec![0_u128; size.div_ceil(size_of::<u128>()).max(1)];
                value::move_bytes(data.address(), block.as_mut_ptr() as u64, size.min(data.size()));
                let description = info.description();
                Ok(Passed { description, room: Room::default(), structure: Some(block), _kept: kept })
            }
        }
    }

    /// Where the bytes are.
    pub fn place(&mut self) -> u64 {
        match &mut self.structure {
            Some(block) => block.as_mut_ptr() as u64,
            None => self.room.0.as_mut_ptr() as u64,
        }
    }
}

/// A reference to an object of C, that much behind its start.
pub fn reference(cx: &mut Context, object: Value, offset: i64) -> Result<Owned> {
    if !crate::metaclass::is_data(object) {
        return Err(cx.type_error("expected CData instance"));
    }
    let address = data::of(object).address().wrapping_add_signed(offset);
    Argument::of_address(cx, b'P', address, Owned::new(object))
}
