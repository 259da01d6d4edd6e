//! The type `ChannelID`: what names a channel, or an end of it.

use super::table::{Channels, End, Fault};
use super::{channels, raise};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::sync::Arc;

/// A reference to a channel, which goes with the last one.
struct Reference {
    channels: Arc<Channels>,
    number: i64,
    /// It counts: the channel was there.
    counts: bool,
}

impl Reference {
    fn new(channels: Arc<Channels>, number: i64) -> Reference {
        let counts = channels.add_object(number);
        Reference { channels, number, counts }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        if self.counts {
            self.channels.remove_object(self.number);
        }
    }
}

/// A channel's name on its way to another interpreter.
pub struct ChannelParcel {
    reference: Reference,
    end: End,
    /// It stands for an object of the library for that end.
    pub(super) wrapper: Option<End>,
}

impl ChannelParcel {
    /// The `ChannelID` of this interpreter.
    pub(super) fn object(&self, cx: &mut Context) -> Result<Owned> {
        ChannelID::object(cx, self.reference.number, self.end)
    }
}

/// The end that two switches name.
pub fn end_of(send: bool, receive: bool) -> End {
    match (send, receive) {
        (true, false) => End::Send,
        (false, true) => End::Receive,
        _ => End::Both,
    }
}

/// A channel ID identifies a channel and may be used as an int.
#[native_type("_interpchannels.ChannelID")]
#[derive(Traverse)]
pub struct ChannelID {
    #[plain]
    reference: Reference,
    #[plain]
    end: End,
}

impl ChannelID {
    pub fn object(cx: &mut Context, number: i64, end: End) -> Result<Owned> {
        ChannelID::object_of(cx, number, end, false)
    }

    /// An object for a channel, which must be there unless `force` says otherwise.
    pub fn object_of(cx: &mut Context, number: i64, end: End, force: bool) -> Result<Owned> {
        let reference = Reference::new(channels(cx), number);
        if !reference.counts && !force {
            return Err(raise(cx, Fault::NotFound, number));
        }
        NativeObject::new(cx, ChannelID { reference, end })
    }

    pub fn number(&self) -> i64 {
        self.reference.number
    }

    pub fn end(&self) -> End {
        self.end
    }

    pub fn parcel(&self, wrapper: Option<End>) -> ChannelParcel {
        let reference = Reference::new(self.reference.channels.clone(), self.number());
        ChannelParcel { reference, end: self.end, wrapper }
    }
}

#[methods]
impl ChannelID {
    /// The channel's end: 'send', 'recv' or 'both'.
    #[get(name = "end")]
    fn end_name(&self) -> &'static str {
        match self.end {
            End::Send => "send",
            End::Receive => "recv",
            End::Both => "both",
        }
    }

    /// The sending end of the channel.
    #[get]
    fn send(&self, cx: &mut Context) -> Result<Owned> {
        ChannelID::object_of(cx, self.number(), End::Send, true)
    }

    /// The receiving end of the channel.
    #[get]
    fn recv(&self, cx: &mut Context) -> Result<Owned> {
        ChannelID::object_of(cx, self.number(), End::Receive, true)
    }

    #[slot(repr)]
    fn repr(&self) -> String {
        let number = self.number();
        match self.end {
            End::Send => format!("ChannelID({number}, send=True)"),
            End::Receive => format!("ChannelID({number}, recv=True)"),
            End::Both => format!("ChannelID({number})"),
        }
    }

    #[slot(str)]
    fn str(&self) -> String {
        self.number().to_string()
    }

    #[slot(hash)]
    fn hash(&self) -> Result<i64> {
        Ok(self.number())
    }

    #[slot(int)]
    fn int(&self) -> i64 {
        self.number()
    }

    #[slot(index)]
    fn index(&self) -> i64 {
        self.number()
    }

    #[slot(compare)]
    fn compare(&self, other: Value, operation: CompareOp) -> Owned {
        let same = match other.cast::<NativeObject<ChannelID>>() {
            Some(other) => Some(other.end == self.end && other.number() == self.number()),
            None if int::is_int_like(other) => Some(int::as_i64(other) == Some(self.number())),
            None => sidewinder_runtime::objects::float::as_f64(other).map(|other| other == self.number() as f64),
        };
        match (operation, same) {
            (CompareOp::Equal, Some(same)) => Owned::new(singleton::boolean(same)),
            (CompareOp::NotEqual, Some(same)) => Owned::new(singleton::boolean(!same)),
            _ => Owned::new(singleton::not_implemented()),
        }
    }
}
