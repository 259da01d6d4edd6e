//! stub
use crate::parcel::Parcel;
use sidewinder_macros::native_module;
use sidewinder_runtime::{Context, Owned, Result, Value};
pub struct ChannelParcel;
pub fn is_end(_cx: &mut Context, _value: Value) -> bool { false }
pub fn pack(_cx: &mut Context, _value: Value) -> Result<Option<Parcel>> { Ok(None) }
pub fn unpack(cx: &mut Context, _p: &ChannelParcel) -> Result<Owned> { Err(cx.type_error("no channels")) }
/// Channels.
#[native_module("_interpchannels")]
mod rows {}
