//! `datetime`: construction and arithmetic, and the table of its methods. What they do with text and with the time zone
//! of the place is in files of its own.

mod convert;
mod local;

use crate::arguments::{self, Call, Parameters};
use crate::calendar::{self, Clock, Day, ORDINAL_MAX, SECONDS_PER_DAY};
use crate::date::{self, DATE, Date};
use crate::delta::Delta;
use crate::time::{self, Time};
use crate::{answer, clock, format, iso, zone};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{Field, Given, IntoObject, NativeObject};
use sidewinder_runtime::objects::exception::DEPRECATION_WARNING;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str::{StrObject, hash::hash_bytes};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::operations::{call, warnings};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::Cell;

static PARAMETERS: Parameters = Parameters {
    names: &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"],
    required: 3,
    positional: 8,
};

/// A day and a time of it, with a time zone or without:
/// datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)
#[native_type("datetime.datetime", base, extends = Date)]
#[derive(Traverse)]
pub struct DateTime {
    #[plain]
    pub clock: Cell<Clock>,
    zone: Field,
    /// The hash, or -1 before it was computed.
    hash: Cell<i64>,
}

/// An object as it is laid out.
pub type Object = NativeObject<DateTime>;

impl DateTime {
    pub fn zone(&self) -> Option<Owned> {
        self.zone.get()
    }
}

/// A new object of a class, whose constructor is not asked.
fn allocate(
    cx: &mut Context,
    class: &'static TypeObject,
    day: Day,
    clock: Clock,
    zone: Option<Owned>,
) -> Result<Owned> {
    let field = Field::empty();
    field.set(zone);
    let state = DateTime { clock: Cell::new(clock), zone: field, hash: Cell::new(-1) };
    let made = NativeObject::allocate(cx, class, state)?;
    if let Some(object) = made.value().cast::<Object>() {
        object.base.day.set(day);
    }
    Ok(made)
}

/// A new object of the type itself.
pub fn new(cx: &mut Context, day: Day, clock: Clock, zone: Option<Owned>) -> Result<Owned> {
    allocate(cx, &DATE_TIME.object, day, clock, zone)
}

/// An object of a class, which is called unless it is our own. The parts of the clock end with the fold.
pub fn make(
    cx: &mut Context,
    class: &'static TypeObject,
    (year, month, day): (i32, i32, i32),
    parts: [i32; 5],
    zone: Option<Owned>,
) -> Result<Owned> {
    if std::ptr::eq(class, &DATE_TIME.object) {
        let day = date::check(cx, year, month, day)?;
        let clock = time::check(cx, parts)?;
        return new(cx, day, clock, zone);
    }
    let [hour, minute, second, microsecond, fold] = parts;
    let numbers = [year, month, day, hour, minute, second, microsecond];
    let mut values: Vec<Value> = numbers.iter().map(|part| Value::from_small_int(i64::from(*part))).collect();
    values.push(zone.as_ref().map_or(singleton::none(), Owned::value));
    let made = call::call(cx, class.value(), &values)?;
    if fold != 0
        && let Some(object) = made.value().cast::<Object>()
    {
        object.clock.set(Clock { fold: fold as u8, ..object.clock.get() });
    }
    Ok(made)
}

/// The moment a difference later, or earlier if the sign is negative; of the class of the object.
pub fn add(cx: &mut Context, object: &Object, delta: Delta, sign: i64) -> Result<Owned> {
    let clock = object.clock.get();
    let (days, seconds, microseconds) = Delta::normal(
        date::ordinal(object.base.day.get()) + sign * i64::from(delta.days),
        clock.seconds() + sign * i64::from(delta.seconds),
        i64::from(clock.microsecond) + sign * i64::from(delta.microseconds),
    );
    if !(1..=ORDINAL_MAX).contains(&days) {
        return Err(cx.overflow_error("date value out of range"));
    }
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60, microseconds, 0];
    make(cx, object.value().type_of(), calendar::of_ordinal(days), parts, object.zone())
}

/// Seconds and microseconds between two moments, as their clocks show them.
fn plain_difference(cx: &mut Context, left: &Object, right: &Object) -> Result<Delta> {
    let (mine, theirs) = (left.clock.get(), right.clock.get());
    Delta::new(
        cx,
        date::ordinal(left.base.day.get()) - date::ordinal(right.base.day.get()),
        mine.seconds() - theirs.seconds(),
        i64::from(mine.microsecond) - i64::from(theirs.microsecond),
    )
}

fn same_zone(left: &Object, right: &Object) -> bool {
    left.zone().map(|zone| zone.value()) == right.zone().map(|zone| zone.value())
}

/// The difference between two moments, their time zones considered.
fn difference(cx: &mut Context, left: &Object, right: &Object) -> Result<Delta> {
    if same_zone(left, right) {
        return plain_difference(cx, left, right);
    }
    match (offset(cx, left)?, offset(cx, right)?) {
        (Some(mine), Some(theirs)) if mine != theirs => {
            let shift = mine.subtract(cx, theirs)?;
            plain_difference(cx, left, right)?.subtract(cx, shift)
        }
        (Some(_), None) | (None, Some(_)) => {
            Err(cx.type_error("can't subtract offset-naive and offset-aware datetimes"))
        }
        _ => plain_difference(cx, left, right),
    }
}

fn offset(cx: &mut Context, object: &Object) -> Result<Option<Delta>> {
    zone::offset(cx, object.zone().as_ref(), object.value())
}

/// Whether the offset depends on the fold: such a moment equals none in another time zone (PEP 495).
fn is_ambiguous(cx: &mut Context, object: &Object, known: Option<Delta>) -> Result<bool> {
    let clock = object.clock.get();
    let other = Clock { fold: 1 - clock.fold.min(1), ..clock };
    let other = new(cx, object.base.day.get(), other, object.zone())?;
    Ok(zone::offset(cx, object.zone().as_ref(), other.value())? != known)
}

/// The ten bytes in which a moment is pickled, with the time zone.
fn pickled(cx: &mut Context, object: &Object, fold: bool) -> Owned {
    let clock = object.clock.get();
    let mut bytes = date::bytes(object.base.day.get()).to_vec();
    bytes[2] |= if fold && clock.fold != 0 { 0x80 } else { 0 };
    bytes.extend(clock.bytes(false));
    let items = [Some(Bytes(bytes).into_object(cx)), object.zone()];
    TupleObject::from_owned(cx, items.into_iter().flatten().collect())
}

#[methods]
impl DateTime {
    #[new(name = "datetime")]
    fn new(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let found = arguments::pickled::<10>(cx, arguments, 2, 2, arguments::is_month, "datetime")?;
        if let Some([high, low, month, day, rest @ ..]) = found {
            let zone = time::pickled_zone(cx, arguments)?;
            let day = Day { year: u16::from_be_bytes([high, low]), month: month & 0x7F, day };
            return allocate(cx, class, day, Clock::of_bytes(rest, month >> 7), zone);
        }
        let call = Call::new(cx, &PARAMETERS, arguments)?;
        let mut parts = [0; 7];
        for (place, part) in parts.iter_mut().enumerate() {
            *part = call.number(cx, place)?.unwrap_or_default();
        }
        let zone = call.value(cx, 7)?;
        let fold = call.number(cx, 8)?.unwrap_or_default();
        call.finish(cx)?;
        let [year, month, day, hour, minute, second, microsecond] = parts;
        let day = date::check(cx, year, month, day)?;
        let clock = time::check(cx, [hour, minute, second, microsecond, fold])?;
        let zone = arguments::zone(cx, zone)?;
        allocate(cx, class, day, clock, zone)
    }

    /// The current moment, in a time zone or local.
    #[class_method]
    fn now(
        class: &'static TypeObject,
        cx: &mut Context,
        #[named]
        #[default(None)]
        tz: Option<Value>,
    ) -> Result<Owned> {
        let zone = arguments::zone(cx, tz)?;
        let (seconds, microsecond) = clock::now();
        local::in_zone(cx, class, seconds, microsecond, zone)
    }

    /// The current moment in UTC, without a time zone.
    #[class_method]
    fn utcnow(class: &'static TypeObject, cx: &mut Context) -> Result<Owned> {
        warnings::warn(
            cx,
            &DEPRECATION_WARNING,
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use \
             timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
            1,
        )?;
        let (seconds, microsecond) = clock::now();
        local::of_timestamp(cx, class, seconds, microsecond, true, None)
    }

    /// The moment of a timestamp, in a time zone or local.
    #[class_method]
    fn fromtimestamp(
        class: &'static TypeObject,
        cx: &mut Context,
        #[named] timestamp: Value,
        #[default(None)] tz: Option<Value>,
    ) -> Result<Owned> {
        let zone = arguments::zone(cx, tz)?;
        let (seconds, microsecond) = clock::seconds_and_microseconds(cx, timestamp)?;
        local::in_zone(cx, class, seconds, microsecond, zone)
    }

    /// The moment of a timestamp in UTC, without a time zone.
    #[class_method]
    fn utcfromtimestamp(class: &'static TypeObject, cx: &mut Context, timestamp: Value) -> Result<Owned> {
        warnings::warn(
            cx,
            &DEPRECATION_WARNING,
            "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use \
             timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, \
             datetime.UTC).",
            1,
        )?;
        let (seconds, microsecond) = clock::seconds_and_microseconds(cx, timestamp)?;
        local::of_timestamp(cx, class, seconds, microsecond, true, None)
    }

    /// The moment in a text that has a format of `strftime`.
    #[class_method]
    fn strptime(class: &'static TypeObject, cx: &mut Context, string: Value, format: Value) -> Result<Owned> {
        arguments::text(cx, "strptime", 1, string)?;
        arguments::text(cx, "strptime", 2, format)?;
        format::strptime(cx, "_strptime_datetime_datetime", class.value(), string, format)
    }

    /// A day and a time of day put together.
    #[class_method]
    fn combine(
        class: &'static TypeObject,
        cx: &mut Context,
        #[named] date: Value,
        time: Value,
        #[default(Given(None), _)] tzinfo: Given<Value>,
    ) -> Result<Owned> {
        let Some(date) = date.cast::<NativeObject<Date>>() else {
            return Err(arguments::wrong_type(cx, "combine", 1, "datetime.date", date));
        };
        let Some(time) = time.cast::<NativeObject<Time>>() else {
            return Err(arguments::wrong_type(cx, "combine", 2, "datetime.time", time));
        };
        let zone = time::changed_zone(cx, time.zone.get(), tzinfo)?;
        let day = date.day.get();
        let parts = time::parts(time.clock.get());
        make(cx, class, (i32::from(day.year), i32::from(day.month), i32::from(day.day)), parts, zone)
    }

    /// The moment that a text in a format of ISO 8601 means.
    #[class_method]
    fn fromisoformat(class: &'static TypeObject, cx: &mut Context, object: Value) -> Result<Owned> {
        convert::from_text(cx, class, object)
    }

    /// The day.
    fn date(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<Owned> {
        date::new(cx, this.base.day.get())
    }

    /// The time of day, without a time zone.
    fn time(&self, cx: &mut Context) -> Result<Owned> {
        time::new(cx, self.clock.get(), None)
    }

    /// The time of day, with the time zone.
    fn timetz(&self, cx: &mut Context) -> Result<Owned> {
        time::new(cx, self.clock.get(), self.zone())
    }

    /// The moment as `Wed Jan  1 02:03:04 2020`.
    fn ctime(&self, this: &NativeObject<Self>) -> String {
        format::ctime(this.base.day.get(), self.clock.get())
    }

    /// The moment as a `time.struct_time`.
    fn timetuple(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<Owned> {
        let saving = zone::daylight(cx, self.zone().as_ref(), this.value())?;
        let saving = saving.map_or(-1, |saving| i64::from(!saving.is_zero()));
        format::struct_time(cx, this.base.day.get(), self.clock.get(), saving)
    }

    /// The moment in UTC as a `time.struct_time`.
    fn utctimetuple(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<Owned> {
        convert::utc_tuple(cx, this)
    }

    /// Seconds since 1970.
    fn timestamp(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<Owned> {
        local::timestamp(cx, this)
    }

    /// The moment as `YYYY-MM-DDTHH:MM:SS.ffffff+HH:MM`, or as much of it as is wanted.
    fn isoformat(
        &self,
        cx: &mut Context,
        this: &NativeObject<Self>,
        #[named]
        #[default(None, "'T'")]
        sep: Option<Separator>,
        #[default(Given(None), "'auto'")] timespec: Given<Value>,
    ) -> Result<Owned> {
        let precision = format::precision(cx, 2, timespec)?;
        convert::text(cx, this, sep.map_or(u32::from(b'T'), |separator| separator.0), precision)
    }

    /// The offset from UTC that the time zone tells.
    fn utcoffset(&self, cx: &mut Context, this: Value) -> Result<Option<Owned>> {
        zone::ask_delta(cx, self.zone().as_ref(), "utcoffset", this)
    }

    /// The name that the time zone tells.
    fn tzname(&self, cx: &mut Context, this: Value) -> Result<Option<Owned>> {
        zone::ask_name(cx, self.zone().as_ref(), this)
    }

    /// The daylight saving time that the time zone tells.
    fn dst(&self, cx: &mut Context, this: Value) -> Result<Option<Owned>> {
        zone::ask_delta(cx, self.zone().as_ref(), "dst", this)
    }

    /// A moment with other parts.
    #[method(also = "__replace__")]
    #[allow(clippy::too_many_arguments)]
    fn replace(
        &self,
        cx: &mut Context,
        this: &NativeObject<Self>,
        #[named]
        #[default(Given(None), "unchanged")]
        year: Given<Value>,
        #[default(Given(None), "unchanged")] month: Given<Value>,
        #[default(Given(None), "unchanged")] day: Given<Value>,
        #[default(Given(None), "unchanged")] hour: Given<Value>,
        #[default(Given(None), "unchanged")] minute: Given<Value>,
        #[default(Given(None), "unchanged")] second: Given<Value>,
        #[default(Given(None), "unchanged")] microsecond: Given<Value>,
        #[default(Given(None), "unchanged")] tzinfo: Given<Value>,
        #[keyword]
        #[default(Given(None), "unchanged")]
        fold: Given<Value>,
    ) -> Result<Owned> {
        let changes = [year, month, day, hour, minute, second, microsecond, fold];
        convert::replaced(cx, this, changes, tzinfo)
    }

    /// The same moment in another time zone, or in that of the place.
    fn astimezone(
        &self,
        cx: &mut Context,
        this: &NativeObject<Self>,
        #[named]
        #[default(None)]
        tz: Option<Value>,
    ) -> Result<Owned> {
        let zone = arguments::zone(cx, tz)?;
        local::to_zone(cx, this, zone)
    }

    /// How it is pickled: the class, and ten bytes with the time zone.
    fn __reduce_ex__(&self, cx: &mut Context, this: &NativeObject<Self>, protocol: i32) -> Owned {
        let state = pickled(cx, this, protocol > 3);
        TupleObject::pair(cx, Owned::new(this.value().type_of().value()), state)
    }

    /// How it is pickled: the class, and ten bytes with the time zone.
    fn __reduce__(&self, cx: &mut Context, this: &NativeObject<Self>) -> Owned {
        let state = pickled(cx, this, false);
        TupleObject::pair(cx, Owned::new(this.value().type_of().value()), state)
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
        self.zone()
    }

    #[get]
    fn fold(&self) -> i64 {
        i64::from(self.clock.get().fold)
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<String> {
        convert::repr(cx, this)
    }

    #[slot(str)]
    fn str(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<Owned> {
        if std::ptr::eq(this.value().type_of(), &DATE_TIME.object) {
            return convert::text(cx, this, u32::from(b' '), iso::Precision::Automatic);
        }
        let separator = StrObject::new(cx, " ");
        call::call_method(cx, this.value(), "isoformat", &[separator.value()])
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context, this: &NativeObject<Self>) -> Result<i64> {
        if self.hash.get() == -1 {
            let clock = self.clock.get();
            let day = this.base.day.get();
            let offset = match clock.fold {
                0 => offset(cx, this)?,
                _ => {
                    let first = new(cx, day, clock.plain(), self.zone())?;
                    zone::offset(cx, self.zone().as_ref(), first.value())?
                }
            };
            let hash = match offset {
                None => {
                    let bytes = [&date::bytes(day)[..], &clock.bytes(false)].concat();
                    hash_bytes(cx.interpreter().hash_key, &bytes)
                }
                Some(offset) => {
                    let moment = Delta::new(cx, date::ordinal(day), clock.seconds(), i64::from(clock.microsecond))?;
                    moment.subtract(cx, offset)?.hash()
                }
            };
            self.hash.set(hash);
        }
        Ok(self.hash.get())
    }

    #[slot(compare)]
    fn compare(
        &self,
        cx: &mut Context,
        this: &NativeObject<Self>,
        other: Value,
        operation: CompareOp,
    ) -> Result<Owned> {
        let Some(right) = other.cast::<Object>() else { return Ok(answer::not_implemented()) };
        let plain = |object: &Object| (object.base.day.get(), object.clock.get().plain());
        if same_zone(this, right) {
            return Ok(answer::truth(operation.holds(plain(this).cmp(&plain(right)))));
        }
        let (first, second) = (offset(cx, this)?, offset(cx, right)?);
        let mut ordering = match (first, second) {
            _ if first == second => Some(plain(this).cmp(&plain(right))),
            (Some(_), Some(_)) => Some(difference(cx, this, right)?.cmp(&Delta::default())),
            _ => None,
        };
        let is_equality = matches!(operation, CompareOp::Equal | CompareOp::NotEqual);
        if is_equality
            && ordering == Some(std::cmp::Ordering::Equal)
            && (is_ambiguous(cx, this, first)? || is_ambiguous(cx, right, second)?)
        {
            ordering = None;
        }
        answer::of_ordering(operation, ordering, || {
            cx.type_error("can't compare offset-naive and offset-aware datetimes")
        })
    }

    #[slot(add)]
    fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let (moment, delta) = match (left.cast::<Object>(), right.cast::<Object>()) {
            (Some(moment), None) => (moment, Delta::of(right)),
            (None, Some(moment)) => (moment, Delta::of(left)),
            _ => return Ok(answer::not_implemented()),
        };
        match delta {
            Some(delta) => add(cx, moment, delta, 1),
            None => Ok(answer::not_implemented()),
        }
    }

    #[slot(subtract)]
    fn subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let Some(moment) = left.cast::<Object>() else { return Ok(answer::not_implemented()) };
        if let Some(other) = right.cast::<Object>() {
            return difference(cx, moment, other)?.object(cx);
        }
        match Delta::of(right) {
            Some(delta) => add(cx, moment, delta, -1),
            None => Ok(answer::not_implemented()),
        }
    }
}

/// One character, which may be a lone surrogate.
pub struct Separator(u32);

impl sidewinder_runtime::native::FromArgument<'_> for Separator {
    fn from_argument(
        cx: &mut Context,
        value: &Value,
        place: &'static sidewinder_runtime::native::Place,
    ) -> Result<Separator> {
        match sidewinder_runtime::objects::str::cast(*value) {
            Some(text) if text.len() == 1 => Ok(Separator(text.code_point(0))),
            Some(text) => {
                let (function, argument, length) = (place.function, "argument 1", text.len());
                Err(cx.type_error(format!(
                    "{function}() {argument} must be a unicode character, not a string of length {length}"
                )))
            }
            None => {
                let kind = value.type_of().name();
                let function = place.function;
                Err(cx.type_error(format!("{function}() argument 1 must be a unicode character, not {kind}")))
            }
        }
    }
}
