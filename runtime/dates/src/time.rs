//! `time`: a time of day.

use crate::arguments::{self, Call, Parameters};
use crate::calendar::Clock;
use crate::delta::Delta;
use crate::format::{self, Extra};
use crate::{answer, iso, zone};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Field, Given, IntoObject, NativeObject};
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{self, hash::hash_bytes};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::Cell;

static PARAMETERS: Parameters =
    Parameters { names: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"], required: 0, positional: 5 };

/// A time of day, with a time zone or without: time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)
#[native_type("datetime.time", base)]
#[derive(Traverse)]
pub struct Time {
    #[plain]
    pub clock: Cell<Clock>,
    pub zone: Field,
    /// The hash, or -1 before it was computed.
    hash: Cell<i64>,
}

/// A valid time of day.
pub fn check(cx: &mut Context, [hour, minute, second, microsecond, fold]: [i32; 5]) -> Result<Clock> {
    let limits =
        [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", microsecond, 999999)];
    for (name, number, most) in limits {
        if !(0..=most).contains(&number) {
            return Err(cx.value_error(format!("{name} must be in 0..{most}, not {number}")));
        }
    }
    if fold != 0 && fold != 1 {
        return Err(cx.value_error(format!("fold must be either 0 or 1, not {fold}")));
    }
    let (hour, minute, second) = (hour as u8, minute as u8, second as u8);
    Ok(Clock { hour, minute, second, microsecond: microsecond as u32, fold: fold as u8 })
}

fn state(clock: Clock, zone: Option<Owned>) -> Time {
    let field = Field::empty();
    field.set(zone);
    Time { clock: Cell::new(clock), zone: field, hash: Cell::new(-1) }
}

/// A new object of the type itself.
pub fn new(cx: &mut Context, clock: Clock, zone: Option<Owned>) -> Result<Owned> {
    NativeObject::new(cx, state(clock, zone))
}

/// An object of a class, which is called unless it is our own.
fn make(cx: &mut Context, class: &'static TypeObject, parts: [i32; 5], zone: Option<Owned>) -> Result<Owned> {
    if std::ptr::eq(class, &TIME.object) {
        let clock = check(cx, parts)?;
        return new(cx, clock, zone);
    }
    let [hour, minute, second, microsecond, fold] = parts;
    let mut values: Vec<Value> =
        [hour, minute, second, microsecond].iter().map(|part| Value::from_small_int(i64::from(*part))).collect();
    values.push(zone.as_ref().map_or(singleton::none(), Owned::value));
    let made = call::call(cx, class.value(), &values)?;
    if fold != 0
        && let Some(time) = made.value().cast::<NativeObject<Time>>()
    {
        time.clock.set(Clock { fold: fold as u8, ..time.clock.get() });
    }
    Ok(made)
}

/// The rest of a text in a format of ISO 8601, with the error for an hour 24 that is not the end of a day.
pub fn checked_end(cx: &mut Context, read: &mut iso::ReadTime) -> Result<bool> {
    read.end_of_day().map_err(|()| cx.value_error("minute, second, and microsecond must be 0 when hour is 24"))
}

impl Time {
    pub fn offset(&self, cx: &mut Context) -> Result<Option<Delta>> {
        zone::offset(cx, self.zone.get().as_ref(), singleton::none())
    }

    /// The arguments with which it is unpickled.
    fn pickled(&self, cx: &mut Context, fold: bool) -> Owned {
        let state = Bytes(self.clock.get().bytes(fold).to_vec()).into_object(cx);
        let items = [Some(state), self.zone.get()];
        TupleObject::from_owned(cx, items.into_iter().flatten().collect())
    }

    fn text(&self, cx: &mut Context, precision: iso::Precision) -> Result<String> {
        let mut text = String::with_capacity(32);
        iso::push_clock(&mut text, self.clock.get(), precision);
        if let Some(offset) = self.offset(cx)? {
            iso::push_offset(&mut text, offset, ":");
        }
        Ok(text)
    }
}

#[methods]
impl Time {
    #[new(name = "time")]
    fn new(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let is_hour = |value| value < 256 && value & 0x7F < 24;
        if let Some(bytes) = arguments::pickled::<6>(cx, arguments, 2, 0, is_hour, "time")? {
            let zone = pickled_zone(cx, arguments)?;
            let mut bytes = bytes;
            let fold = bytes[0] >> 7;
            bytes[0] &= 0x7F;
            return NativeObject::allocate(cx, class, state(Clock::of_bytes(bytes, fold), zone));
        }
        let call = Call::new(cx, &PARAMETERS, arguments)?;
        let mut parts = [0; 5];
        for (place, part) in parts[..4].iter_mut().enumerate() {
            *part = call.number(cx, place)?.unwrap_or_default();
        }
        let zone = call.value(cx, 4)?;
        parts[4] = call.number(cx, 5)?.unwrap_or_default();
        call.finish(cx)?;
        let clock = check(cx, parts)?;
        let zone = arguments::zone(cx, zone)?;
        NativeObject::allocate(cx, class, state(clock, zone))
    }

    /// The time in a text that has a format of `strftime`.
    #[class_method]
    fn strptime(class: &'static TypeObject, cx: &mut Context, string: Value, format: Value) -> Result<Owned> {
        arguments::text(cx, "strptime", 1, string)?;
        arguments::text(cx, "strptime", 2, format)?;
        format::strptime(cx, "_strptime_datetime_time", class.value(), string, format)
    }

    /// The time that a text in a format of ISO 8601 means.
    #[class_method]
    fn fromisoformat(class: &'static TypeObject, cx: &mut Context, object: Value) -> Result<Owned> {
        let points = format::text_points(cx, object)?;
        let text = points.strip_prefix(&[u32::from(b'T')]).unwrap_or(&points);
        let Some(mut read) = iso::read_time(text) else { return Err(format::invalid_text(cx, object)) };
        checked_end(cx, &mut read)?;
        let zone = match read.offset {
            Some(offset) => Some(zone::of_offset(cx, offset)?),
            None => None,
        };
        make(cx, class, [read.hour, read.minute, read.second, read.microsecond, 0], zone)
    }

    /// The time as `HH:MM:SS.ffffff+HH:MM`, or as much of it as is wanted.
    fn isoformat(
        &self,
        cx: &mut Context,
        #[named]
        #[default(Given(None), "'auto'")]
        timespec: Given<Value>,
    ) -> Result<String> {
        let precision = format::precision(cx, 1, timespec)?;
        self.text(cx, precision)
    }

    /// The time as a format says.
    fn strftime(&self, cx: &mut Context, #[named] format: Value) -> Result<Owned> {
        let format = arguments::text(cx, "strftime", 1, format)?;
        let clock = self.clock.get();
        // The year is the least that all systems can write.
        let parts = [1900, 1, 1, i64::from(clock.hour), i64::from(clock.minute), i64::from(clock.second), 0, 1, -1];
        let items = parts.iter().map(|part| int::from_i64(cx, *part)).collect();
        let tuple = TupleObject::from_owned(cx, items);
        let extra =
            Extra { microsecond: clock.microsecond, zone: self.zone.get(), argument: Owned::new(singleton::none()) };
        format::strftime(cx, format, tuple.value(), &extra)
    }

    /// The time as a format says; as its own text without one.
    fn __format__(&self, cx: &mut Context, this: Value, format: Value) -> Result<Owned> {
        let format = arguments::text(cx, "__format__", 1, format)?;
        format::format(cx, this, format)
    }

    /// The offset from UTC that the time zone tells.
    fn utcoffset(&self, cx: &mut Context) -> Result<Option<Owned>> {
        zone::ask_delta(cx, self.zone.get().as_ref(), "utcoffset", singleton::none())
    }

    /// The name that the time zone tells.
    fn tzname(&self, cx: &mut Context) -> Result<Option<Owned>> {
        zone::ask_name(cx, self.zone.get().as_ref(), singleton::none())
    }

    /// The daylight saving time that the time zone tells.
    fn dst(&self, cx: &mut Context) -> Result<Option<Owned>> {
        zone::ask_delta(cx, self.zone.get().as_ref(), "dst", singleton::none())
    }

    /// A time with other parts.
    #[method(also = "__replace__")]
    #[allow(clippy::too_many_arguments)]
    fn replace(
        &self,
        cx: &mut Context,
        this: Value,
        #[named]
        #[default(Given(None), "unchanged")]
        hour: Given<Value>,
        #[default(Given(None), "unchanged")] minute: Given<Value>,
        #[default(Given(None), "unchanged")] second: Given<Value>,
        #[default(Given(None), "unchanged")] microsecond: Given<Value>,
        #[default(Given(None), "unchanged")] tzinfo: Given<Value>,
        #[keyword]
        #[default(Given(None), "unchanged")]
        fold: Given<Value>,
    ) -> Result<Owned> {
        replaced(cx, this, self, [hour, minute, second, microsecond, fold], tzinfo)
    }

    /// How it is pickled: the class, and six bytes with the time zone.
    fn __reduce_ex__(&self, cx: &mut Context, this: Value, protocol: i32) -> Owned {
        let state = self.pickled(cx, protocol > 3);
        TupleObject::pair(cx, Owned::new(this.type_of().value()), state)
    }

    /// How it is pickled: the class, and six bytes with the time zone.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Owned {
        let state = self.pickled(cx, false);
        TupleObject::pair(cx, Owned::new(this.type_of().value()), state)
    }

    #[get]
    fn hour(&self) -> i64 {
        i64::from(self.clock.get().hour)
    }

    #[get]
    fn minute(&self) -> i64 {
        i64::from(self.clock.get().minute)
    }

    #[get]
    fn second(&self) -> i64 {
        i64::from(self.clock.get().second)
    }

    #[get]
    fn microsecond(&self) -> i64 {
        i64::from(self.clock.get().microsecond)
    }

    #[get]
    fn tzinfo(&self) -> Option<Owned> {
        self.zone.get()
    }

    #[get]
    fn fold(&self) -> i64 {
        i64::from(self.clock.get().fold)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<String> {
        let Clock { hour, minute, second, microsecond, fold } = self.clock.get();
        let mut text = format!("{}({hour}, {minute}", this.type_of().name());
        if microsecond != 0 {
            text.push_str(&format!(", {second}, {microsecond}"));
        } else if second != 0 {
            text.push_str(&format!(", {second}"));
        }
        push_rest(cx, &mut text, self.zone.get(), fold)?;
        Ok(text)
    }

    #[slot(str)]
    fn str(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        if std::ptr::eq(this.type_of(), &TIME.object) {
            let text = self.text(cx, iso::Precision::Automatic)?;
            return Ok(format::object(cx, text));
        }
        call::call_method(cx, this, "isoformat", &[])
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        if self.hash.get() == -1 {
            let clock = self.clock.get();
            let hash = match self.offset(cx)? {
                None => hash_bytes(cx.interpreter().hash_key, &clock.bytes(false)),
                Some(offset) => {
                    let moment = Delta::new(cx, 0, clock.seconds(), i64::from(clock.microsecond))?;
                    moment.subtract(cx, offset)?.hash()
                }
            };
            self.hash.set(hash);
        }
        Ok(self.hash.get())
    }

    #[slot(compare)]
    fn compare(&self, cx: &mut Context, other: Value, operation: CompareOp) -> Result<Owned> {
        let Some(right) = other.cast::<NativeObject<Time>>() else { return Ok(answer::not_implemented()) };
        let (mine, theirs) = (self.clock.get().plain(), right.clock.get().plain());
        let same_zone = self.zone.get().map(|zone| zone.value()) == right.zone.get().map(|zone| zone.value());
        let (first, second) = if same_zone { (None, None) } else { (self.offset(cx)?, right.offset(cx)?) };
        let ordering = match (first, second) {
            _ if first == second => Some(mine.cmp(&theirs)),
            (Some(first), Some(second)) => {
                let at = |clock: Clock, offset: Delta| {
                    let seconds = clock.seconds() - i64::from(offset.days) * 86400 - i64::from(offset.seconds);
                    seconds * 1_000_000 + i64::from(clock.microsecond) - i64::from(offset.microseconds)
                };
                Some(at(mine, first).cmp(&at(theirs, second)))
            }
            _ => None,
        };
        answer::of_ordering(operation, ordering, || cx.type_error("can't compare offset-naive and offset-aware times"))
    }
}

/// The time zone beside pickled bytes.
pub fn pickled_zone(cx: &mut Context, arguments: Arguments<'_>) -> Result<Option<Owned>> {
    let value = arguments.positionals().get(1).copied();
    match arguments::zone(cx, value) {
        Ok(zone) => Ok(zone),
        Err(_) => {
            drop(cx.take_pending());
            Err(cx.type_error("bad tzinfo state arg"))
        }
    }
}

/// Ends the text of a constructor's call.
pub fn push_rest(cx: &mut Context, text: &mut String, zone: Option<Owned>, fold: u8) -> Result<()> {
    if let Some(zone) = zone {
        let shown = convert::repr(cx, zone.value())?;
        text.push_str(", tzinfo=");
        text.push_str(&str::text(shown.value()).unwrap_or_default());
    }
    text.push_str(if fold != 0 { ", fold=1)" } else { ")" });
    Ok(())
}

/// The time zone after a change.
pub fn changed_zone(cx: &mut Context, old: Option<Owned>, change: Given<Value>) -> Result<Option<Owned>> {
    match change.0 {
        None => Ok(old),
        Some(value) => arguments::zone(cx, Some(value)),
    }
}

fn replaced(
    cx: &mut Context,
    this: Value,
    time: &Time,
    changes: [Given<Value>; 5],
    zone: Given<Value>,
) -> Result<Owned> {
    let clock = time.clock.get();
    let mut parts = parts(clock);
    for (part, change) in parts.iter_mut().zip(changes) {
        if let Some(value) = change.0 {
            *part = convert::c_int(cx, value)?;
        }
    }
    let zone = changed_zone(cx, time.zone.get(), zone)?;
    check(cx, [0, 0, 0, 0, parts[4]])?;
    make(cx, this.type_of(), parts, zone)
}

/// Hour, minute, second, microsecond and fold.
pub fn parts(clock: Clock) -> [i32; 5] {
    [
        i32::from(clock.hour),
        i32::from(clock.minute),
        i32::from(clock.second),
        clock.microsecond as i32,
        i32::from(clock.fold),
    ]
}
