//! `date`, and the named tuples that `isocalendar` gives.

use crate::arguments::{self, Call, Parameters};
use crate::calendar::{self, Clock, Day, ORDINAL_MAX, WeekError, YEAR_MAX, YEAR_MIN};
use crate::datetime::{self, DATE_TIME, DateTime};
use crate::delta::Delta;
use crate::format::{self, Extra};
use crate::{answer, clock, iso};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::heap::Immortal;
use sidewinder_runtime::native::result::Bytes;
use sidewinder_runtime::native::{GetSet, Given, IntoObject, Native, NativeObject};
use sidewinder_runtime::objects::iterator::arguments::Signature;
use sidewinder_runtime::objects::slots::{CompareOp, Slots};
use sidewinder_runtime::objects::str::{self, hash::hash_bytes};
use sidewinder_runtime::objects::tuple::{self, ITEMS_OFFSET, TUPLE, TupleObject};
use sidewinder_runtime::objects::type_object::{StaticType, TypeObject, flags};
use sidewinder_runtime::objects::{int, singleton};
use sidewinder_runtime::operations::{call, convert, import};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::Cell;

static PARAMETERS: Parameters = Parameters { names: &["year", "month", "day"], required: 3, positional: 3 };

/// A day of the Gregorian calendar: date(year, month, day)
#[native_type("datetime.date", base, uncollected)]
#[derive(Traverse, Default)]
pub struct Date {
    #[plain]
    pub day: Cell<Day>,
}

/// A valid day.
pub fn check(cx: &mut Context, year: i32, month: i32, day: i32) -> Result<Day> {
    clock::check_year(cx, year)?;
    if !(1..=12).contains(&month) {
        return Err(cx.value_error(format!("month must be in 1..12, not {month}")));
    }
    let most = calendar::days_in_month(year, month);
    if !(1..=most).contains(&day) {
        return Err(cx.value_error(format!("day {day} must be in range 1..{most} for month {month} in year {year}")));
    }
    Ok(Day { year: year as u16, month: month as u8, day: day as u8 })
}

/// A new object of the type itself.
pub fn new(cx: &mut Context, day: Day) -> Result<Owned> {
    NativeObject::new(cx, Date { day: Cell::new(day) })
}

/// An object of a class, which is called unless it is one of our own.
pub fn make(cx: &mut Context, class: &'static TypeObject, (year, month, day): (i32, i32, i32)) -> Result<Owned> {
    if std::ptr::eq(class, &DATE.object) {
        let day = check(cx, year, month, day)?;
        return new(cx, day);
    }
    if std::ptr::eq(class, &DATE_TIME.object) {
        let day = check(cx, year, month, day)?;
        return datetime::new(cx, day, Clock::default(), None);
    }
    let parts = [year, month, day].map(|part| Value::from_small_int(i64::from(part)));
    call::call(cx, class.value(), &parts)
}

/// The number of a day.
pub fn ordinal(day: Day) -> i64 {
    calendar::ordinal(i32::from(day.year), i32::from(day.month), i32::from(day.day))
}

/// The date that an object is, if it is no datetime.
fn plain(value: Value) -> Option<Day> {
    if value.cast::<NativeObject<DateTime>>().is_some() {
        return None;
    }
    value.cast::<NativeObject<Date>>().map(|found| found.day.get())
}

/// The date so many days later; of the class of the first one.
fn shifted(cx: &mut Context, date: Value, day: Day, days: i64) -> Result<Owned> {
    let number = ordinal(day) + days;
    if !(1..=ORDINAL_MAX).contains(&number) {
        return Err(cx.overflow_error("date value out of range"));
    }
    make(cx, date.type_of(), calendar::of_ordinal(number))
}

/// Whether objects of the class are made here, so that nobody can have changed what their methods do.
fn is_own(class: &TypeObject) -> bool {
    std::ptr::eq(class, &DATE.object)
}

#[methods]
impl Date {
    #[new(name = "date")]
    fn new(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<Owned> {
        let is_month = |value| (1..=12).contains(&value);
        if let Some([high, low, month, day]) = arguments::pickled(cx, arguments, 1, 2, is_month, "date")? {
            let day = Day { year: u16::from_be_bytes([high, low]), month, day };
            return NativeObject::allocate(cx, class, Date { day: Cell::new(day) });
        }
        let call = Call::new(cx, &PARAMETERS, arguments)?;
        let year = call.number(cx, 0)?.unwrap_or_default();
        let month = call.number(cx, 1)?.unwrap_or_default();
        let day = call.number(cx, 2)?.unwrap_or_default();
        call.finish(cx)?;
        let day = check(cx, year, month, day)?;
        NativeObject::allocate(cx, class, Date { day: Cell::new(day) })
    }

    /// The local date of a timestamp.
    #[class_method]
    fn fromtimestamp(class: &'static TypeObject, cx: &mut Context, timestamp: Value) -> Result<Owned> {
        let seconds = clock::whole_seconds(cx, timestamp)?;
        let parts = clock::parts(cx, seconds, false)?;
        make(cx, class, (parts.year, parts.month, parts.day))
    }

    /// The current date.
    #[class_method]
    fn today(class: &'static TypeObject, cx: &mut Context) -> Result<Owned> {
        if is_own(class) {
            let parts = clock::parts(cx, clock::now().0, false)?;
            return make(cx, class, (parts.year, parts.month, parts.day));
        }
        let time = import::module(cx, "time")?;
        let now = call::call_method(cx, time.value(), "time", &[])?;
        call::call_method(cx, class.value(), "fromtimestamp", &[now.value()])
    }

    /// The date of a number of days, 1 January of the year 1 being day 1.
    #[class_method]
    fn fromordinal(class: &'static TypeObject, cx: &mut Context, ordinal: Value) -> Result<Owned> {
        let number = convert::c_int(cx, ordinal)?;
        if number < 1 {
            return Err(cx.value_error("ordinal must be >= 1"));
        }
        make(cx, class, calendar::of_ordinal(i64::from(number)))
    }

    /// The date that a text in a format of ISO 8601 means.
    #[class_method]
    fn fromisoformat(class: &'static TypeObject, cx: &mut Context, object: Value) -> Result<Owned> {
        let points = format::text_points(cx, object)?;
        let found = if matches!(points.len(), 7 | 8 | 10) { iso::read_date(&points) } else { None };
        match found {
            Some(parts) => make(cx, class, parts),
            None => Err(format::invalid_text(cx, object)),
        }
    }

    /// The date of a year, a week of it and a day of that, as ISO 8601 counts them.
    #[class_method]
    fn fromisocalendar(
        class: &'static TypeObject,
        cx: &mut Context,
        #[named] year: Value,
        week: Value,
        day: Value,
    ) -> Result<Owned> {
        let mut parts = [0; 3];
        for (part, value) in parts.iter_mut().zip([year, week, day]) {
            let number = convert::index(cx, value)?;
            *part = match int::as_i64(number.value()).filter(|number| i32::try_from(*number).is_ok()) {
                Some(number) => number,
                None => return Err(cx.value_error("ISO calendar component out of range")),
            };
        }
        let [year, week, day] = parts;
        match calendar::of_week(year, week, day) {
            Ok(parts) => make(cx, class, parts),
            Err(WeekError::Year) => Err(cx.value_error(format!("year must be in {YEAR_MIN}..{YEAR_MAX}, not {year}"))),
            Err(WeekError::Week) => Err(cx.value_error(format!("Invalid week: {week}"))),
            Err(WeekError::Day) => Err(cx.value_error(format!("Invalid weekday: {day} (range is [1, 7])"))),
        }
    }

    /// The date in a text that has a format of `strftime`.
    #[class_method]
    fn strptime(class: &'static TypeObject, cx: &mut Context, string: Value, format: Value) -> Result<Owned> {
        arguments::text(cx, "strptime", 1, string)?;
        arguments::text(cx, "strptime", 2, format)?;
        format::strptime(cx, "_strptime_datetime_date", class.value(), string, format)
    }

    /// The date as `Wed Jan  1 00:00:00 2020`.
    fn ctime(&self) -> String {
        format::ctime(self.day.get(), Clock::default())
    }

    /// The date as a format says.
    fn strftime(&self, cx: &mut Context, this: Value, #[named] format: Value) -> Result<Owned> {
        let format = arguments::text(cx, "strftime", 1, format)?;
        let tuple = call::call_method(cx, this, "timetuple", &[])?;
        let moment = this.cast::<NativeObject<DateTime>>();
        let extra = Extra {
            microsecond: moment.map_or(0, |moment| moment.clock.get().microsecond),
            zone: moment.and_then(|moment| moment.zone()),
            argument: Owned::new(this),
        };
        format::strftime(cx, format, tuple.value(), &extra)
    }

    /// The date as a format says; as its own text without one.
    fn __format__(&self, cx: &mut Context, this: Value, format: Value) -> Result<Owned> {
        let format = arguments::text(cx, "__format__", 1, format)?;
        format::format(cx, this, format)
    }

    /// The date as a `time.struct_time`.
    fn timetuple(&self, cx: &mut Context) -> Result<Owned> {
        format::struct_time(cx, self.day.get(), Clock::default(), -1)
    }

    /// The year, week and day of the week of ISO 8601, as a named tuple.
    fn isocalendar(&self, cx: &mut Context) -> Result<Owned> {
        let (year, week, day) = calendar::iso_calendar(self.day.get());
        ISO_CALENDAR_DATE.object.ensure_ready(cx)?;
        let items = [i64::from(year), week, day].map(|part| int::from_i64(cx, part));
        Ok(tuple::subclass_instance(cx, &ISO_CALENDAR_DATE.object, items.into()))
    }

    /// The date as `YYYY-MM-DD`.
    fn isoformat(&self) -> String {
        let mut text = String::with_capacity(10);
        iso::push_day(&mut text, self.day.get());
        text
    }

    /// The day of the week, from 1 for Monday to 7.
    fn isoweekday(&self) -> i64 {
        calendar::weekday(ordinal(self.day.get())) + 1
    }

    /// The number of days, 1 January of the year 1 being day 1.
    fn toordinal(&self) -> i64 {
        ordinal(self.day.get())
    }

    /// The day of the week, from 0 for Monday to 6.
    fn weekday(&self) -> i64 {
        calendar::weekday(ordinal(self.day.get()))
    }

    /// A date with other parts.
    #[method(also = "__replace__")]
    fn replace(
        &self,
        cx: &mut Context,
        this: Value,
        #[named]
        #[default(Given(None), "unchanged")]
        year: Given<Value>,
        #[default(Given(None), "unchanged")] month: Given<Value>,
        #[default(Given(None), "unchanged")] day: Given<Value>,
    ) -> Result<Owned> {
        replaced(cx, this, self.day.get(), [year, month, day])
    }

    /// How it is pickled: the class and four bytes.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Owned {
        let class = Owned::new(this.type_of().value());
        let state = Bytes(bytes(self.day.get()).to_vec()).into_object(cx);
        let state = TupleObject::from_owned(cx, vec![state]);
        TupleObject::pair(cx, class, state)
    }

    #[get]
    fn year(&self) -> i64 {
        i64::from(self.day.get().year)
    }

    #[get]
    fn month(&self) -> i64 {
        i64::from(self.day.get().month)
    }

    #[get]
    fn day(&self) -> i64 {
        i64::from(self.day.get().day)
    }

    #[slot(repr)]
    fn repr(&self, this: Value) -> String {
        let Day { year, month, day } = self.day.get();
        format!("{}({year}, {month}, {day})", this.type_of().name())
    }

    #[slot(str)]
    fn str(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        if is_own(this.type_of()) {
            let mut text = String::with_capacity(10);
            iso::push_day(&mut text, self.day.get());
            return Ok(format::object(cx, text));
        }
        call::call_method(cx, this, "isoformat", &[])
    }

    #[slot(hash)]
    fn hash(&self, cx: &mut Context) -> Result<i64> {
        Ok(hash_bytes(cx.interpreter().hash_key, &bytes(self.day.get())))
    }

    #[slot(compare)]
    fn compare(&self, other: Value, operation: CompareOp) -> Owned {
        match plain(other) {
            Some(other) => answer::truth(operation.holds(self.day.get().cmp(&other))),
            None => answer::not_implemented(),
        }
    }

    #[slot(add)]
    fn add(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let (date, day, delta) = match (plain(left), plain(right)) {
            (Some(day), None) => (left, day, Delta::of(right)),
            (None, Some(day)) => (right, day, Delta::of(left)),
            _ => return Ok(answer::not_implemented()),
        };
        match delta {
            Some(delta) => shifted(cx, date, day, i64::from(delta.days)),
            None => Ok(answer::not_implemented()),
        }
    }

    #[slot(subtract)]
    fn subtract(cx: &mut Context, left: Value, right: Value) -> Result<Owned> {
        let Some(day) = plain(left) else { return Ok(answer::not_implemented()) };
        if let Some(other) = plain(right) {
            return Delta::new(cx, ordinal(day) - ordinal(other), 0, 0)?.object(cx);
        }
        match Delta::of(right) {
            Some(delta) => shifted(cx, left, day, -i64::from(delta.days)),
            None => Ok(answer::not_implemented()),
        }
    }
}

fn replaced(cx: &mut Context, this: Value, day: Day, changes: [Given<Value>; 3]) -> Result<Owned> {
    let mut parts = [i32::from(day.year), i32::from(day.month), i32::from(day.day)];
    for (part, change) in parts.iter_mut().zip(changes) {
        if let Some(value) = change.0 {
            *part = convert::c_int(cx, value)?;
        }
    }
    make(cx, this.type_of(), (parts[0], parts[1], parts[2]))
}

/// The four bytes in which a day is pickled.
pub fn bytes(day: Day) -> [u8; 4] {
    let [high, low] = day.year.to_be_bytes();
    [high, low, day.month, day.day]
}

/// The type of what `isocalendar` gives.
pub static ISO_CALENDAR_DATE: StaticType = Immortal::new(
    TypeObject::builtin(
        "datetime.IsoCalendarDate",
        ITEMS_OFFSET + 3 * size_of::<Value>(),
        Slots { repr: Some(iso_repr), new: Some(iso_new), ..Slots::EMPTY },
    )
    .with_base(&TUPLE.object)
    .with_flags(flags::COLLECTED | flags::TUPLE | flags::SEQUENCE)
    .with_methods(ISO_METHODS)
    .with_getset(ISO_FIELDS)
    .with_doc("A year, a week of it and a day of the week, by place or by name."),
);

static ISO_METHODS: &[Native] = &[Native::new("__reduce__", 0, 0, iso_reduce, "How it is pickled: as a plain tuple.")];

static ISO_FIELDS: &[GetSet] = &[
    GetSet { name: "year", get: iso_item::<0>, set: None, doc: "The year that the week belongs to." },
    GetSet { name: "week", get: iso_item::<1>, set: None, doc: "The week, from 1." },
    GetSet { name: "weekday", get: iso_item::<2>, set: None, doc: "The day, from 1 for Monday." },
];

static ISO_SIGNATURE: Signature<3> = Signature {
    function: "IsoCalendarDate",
    names: ["year", "week", "weekday"],
    positional_only: 0,
    positional: 3,
    required: 3,
    rest: false,
    open: false,
};

fn iso_items(value: &Value) -> &[Value] {
    value.cast::<TupleObject>().map(TupleObject::as_slice).unwrap_or_default()
}

fn iso_item<const PLACE: usize>(_cx: &mut Context, value: Value) -> Result<Owned> {
    Ok(Owned::new(iso_items(&value).get(PLACE).copied().unwrap_or(singleton::none())))
}

fn iso_new(cx: &mut Context, class: &'static TypeObject, arguments: Arguments<'_>) -> Result<Owned> {
    let mut items = Vec::with_capacity(3);
    for value in ISO_SIGNATURE.bind(cx, arguments)?.into_iter().flatten() {
        let number = convert::c_int(cx, value)?;
        items.push(int::from_i64(cx, i64::from(number)));
    }
    Ok(tuple::subclass_instance(cx, class, items))
}

fn iso_reduce(cx: &mut Context, arguments: &[Value]) -> Result<Owned> {
    let plain = TupleObject::new(cx, iso_items(&arguments[0]));
    let arguments = TupleObject::from_owned(cx, vec![plain]);
    Ok(TupleObject::pair(cx, Owned::new(TUPLE.value()), arguments))
}

fn iso_repr(cx: &mut Context, value: Value) -> Result<Owned> {
    let mut text = format!("{}(", value.type_of().name());
    for (index, (item, name)) in iso_items(&value).iter().zip(ISO_SIGNATURE.names).enumerate() {
        let shown = convert::repr(cx, *item)?;
        text.push_str(if index > 0 { ", " } else { "" });
        text.push_str(&format!("{name}={}", str::text(shown.value()).unwrap_or_default()));
    }
    text.push(')');
    Ok(format::object(cx, text))
}

/// Gives a class its attributes `min`, `max` and `resolution`.
pub fn set_limits(cx: &mut Context, kind: &'static StaticType, limits: [Owned; 3]) {
    let namespace = kind.object.namespace(cx);
    for (name, limit) in ["min", "max", "resolution"].into_iter().zip(limits) {
        namespace.set_text(cx, name, limit.value());
    }
    kind.object.modified(cx);
}
