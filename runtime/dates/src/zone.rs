//! `tzinfo` and `timezone`, and what objects with a time zone ask it.

use crate::datetime::{self, DateTime};
use crate::delta::{Delta, TimeDelta};
use crate::{answer, arguments, iso};
use sidewinder_macros::{Traverse, methods, native_type};
use sidewinder_runtime::native::{Given, IntoObject, NativeObject};
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::objects::slots::CompareOp;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{singleton, tuple};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::RefCell;

/// What the module keeps for an interpreter.
#[derive(Default)]
pub struct State {
    /// `timezone.utc`
    utc: RefCell<Option<Owned>>,
}

/// The time zone UTC.
pub fn utc(cx: &mut Context) -> Result<Owned> {
    let state = cx.state::<State>();
    if let Some(utc) = &*state.utc.borrow() {
        return Ok(utc.clone());
    }
    let made = TimeZone::make(cx, Delta::default(), None)?;
    *state.utc.borrow_mut() = Some(made.clone());
    Ok(made)
}

fn is_utc(cx: &mut Context, value: Value) -> bool {
    let state = cx.state::<State>();
    let utc = state.utc.borrow();
    utc.as_ref().is_some_and(|utc| utc.value() == value)
}

/// The fixed time zone of an offset in seconds and microseconds, which is UTC if it is none.
pub fn of_offset(cx: &mut Context, (seconds, microseconds): (i64, i64)) -> Result<Owned> {
    if seconds == 0 && microseconds == 0 {
        return utc(cx);
    }
    let offset = Delta::new(cx, 0, seconds, microseconds)?;
    TimeZone::checked(cx, offset, None)
}

/// Whether an offset is less than a day.
fn is_in_range(offset: Delta) -> bool {
    offset.days == 0 || (offset.days == -1 && (offset.seconds, offset.microseconds) > (0, 0))
}

fn check_range(cx: &mut Context, offset: Delta, shown: Value) -> Result<()> {
    if is_in_range(offset) {
        return Ok(());
    }
    let shown = convert::repr_text(cx, shown)?;
    Err(cx.value_error(format!(
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}"
    )))
}

/// What a time zone answers to `utcoffset` or `dst`: a difference, as an object of its own, or none.
pub fn ask_delta(cx: &mut Context, zone: Option<&Owned>, method: &str, argument: Value) -> Result<Option<Owned>> {
    let Some(zone) = zone else { return Ok(None) };
    if let Some(fixed) = zone.value().cast_exact::<NativeObject<TimeZone>>() {
        return Ok((method == "utcoffset").then(|| fixed.offset.clone()));
    }
    let answer = call::call_method(cx, zone.value(), method, &[argument])?;
    if answer.value() == singleton::none() {
        return Ok(None);
    }
    match Delta::of(answer.value()) {
        Some(offset) => {
            check_range(cx, offset, answer.value())?;
            Ok(Some(answer))
        }
        None => {
            let kind = answer.value().type_of().name();
            Err(cx.type_error(format!("tzinfo.{method}() must return None or timedelta, not '{kind}'")))
        }
    }
}

/// The offset from UTC, or none.
pub fn offset(cx: &mut Context, zone: Option<&Owned>, argument: Value) -> Result<Option<Delta>> {
    let answer = ask_delta(cx, zone, "utcoffset", argument)?;
    Ok(answer.and_then(|answer| Delta::of(answer.value())))
}

/// The part of the offset that is daylight saving time, or none.
pub fn daylight(cx: &mut Context, zone: Option<&Owned>, argument: Value) -> Result<Option<Delta>> {
    let answer = ask_delta(cx, zone, "dst", argument)?;
    Ok(answer.and_then(|answer| Delta::of(answer.value())))
}

/// The name of a time zone, or none.
pub fn ask_name(cx: &mut Context, zone: Option<&Owned>, argument: Value) -> Result<Option<Owned>> {
    let Some(zone) = zone else { return Ok(None) };
    let answer = call::call_method(cx, zone.value(), "tzname", &[argument])?;
    if answer.value() == singleton::none() {
        return Ok(None);
    }
    if str::is_str(answer.value()) {
        return Ok(Some(answer));
    }
    let kind = answer.value().type_of().name();
    Err(cx.type_error(format!("tzinfo.tzname() must return None or a string, not '{kind}'")))
}

/// The base of time zones, whose methods subclasses define.
#[native_type("datetime.tzinfo", base)]
#[derive(Traverse, Default)]
pub struct TzInfo(());

fn abstract_method<T>(cx: &mut Context, method: &str) -> Result<T> {
    Err(cx.raise(&NOT_IMPLEMENTED_ERROR, format!("a tzinfo subclass must implement {method}()")))
}

#[methods]
impl TzInfo {
    #[new(name = "tzinfo")]
    fn new(_arguments: Arguments<'_>) -> Result<TzInfo> {
        Ok(TzInfo::default())
    }

    /// The name of the time zone for a datetime.
    fn tzname(&self, cx: &mut Context, object: Value) -> Result<Owned> {
        let _ = object;
        abstract_method(cx, "tzname")
    }

    /// The offset from UTC for a datetime, negative west of it.
    fn utcoffset(&self, cx: &mut Context, object: Value) -> Result<Owned> {
        let _ = object;
        abstract_method(cx, "utcoffset")
    }

    /// The daylight saving time for a datetime.
    fn dst(&self, cx: &mut Context, object: Value) -> Result<Owned> {
        let _ = object;
        abstract_method(cx, "dst")
    }

    /// The local time of a datetime that is in UTC.
    fn fromutc(&self, cx: &mut Context, this: Value, object: Value) -> Result<Owned> {
        let Some(found) = object.cast::<NativeObject<DateTime>>() else {
            return Err(cx.type_error("fromutc: argument must be a datetime"));
        };
        let zone = found.zone();
        if zone.as_ref().map(Owned::value) != Some(this) {
            return Err(cx.value_error("fromutc: dt.tzinfo is not self"));
        }
        let Some(whole) = offset(cx, zone.as_ref(), object)? else {
            return Err(cx.value_error("fromutc: non-None utcoffset() result required"));
        };
        let Some(saving) = daylight(cx, zone.as_ref(), object)? else {
            return Err(cx.value_error("fromutc: non-None dst() result required"));
        };
        let standard = whole.subtract(cx, saving)?;
        let result = datetime::add(cx, found, standard, 1)?;
        let Some(saving) = daylight(cx, zone.as_ref(), result.value())? else {
            return Err(cx.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
        };
        match result.value().cast::<NativeObject<DateTime>>() {
            Some(shifted) if !saving.is_zero() => datetime::add(cx, shifted, saving, 1),
            _ => Ok(result),
        }
    }

    /// How it is pickled: the class, what `__getinitargs__` says, the attributes.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        let arguments = match attribute::get_text_optional(cx, this, "__getinitargs__")? {
            Some(method) => call::call(cx, method.value(), &[])?,
            None => Owned::new(tuple::empty()),
        };
        let state = call::call_method(cx, this, "__getstate__", &[])?;
        Ok((Owned::new(this.type_of().value()), arguments, state).into_object(cx))
    }
}

/// A time zone with a fixed offset from UTC.
#[native_type("datetime.timezone", extends = TzInfo)]
#[derive(Traverse)]
pub struct TimeZone {
    /// A `timedelta`.
    offset: Owned,
    name: Option<Owned>,
}

impl TimeZone {
    fn make(cx: &mut Context, offset: Delta, name: Option<Owned>) -> Result<Owned> {
        let offset = offset.object(cx)?;
        NativeObject::new(cx, TimeZone { offset, name })
    }

    /// A new time zone; an error if its offset is a day or more.
    pub fn checked(cx: &mut Context, offset: Delta, name: Option<Owned>) -> Result<Owned> {
        let object = offset.object(cx)?;
        check_range(cx, offset, object.value())?;
        NativeObject::new(cx, TimeZone { offset: object, name })
    }

    fn delta(&self) -> Delta {
        Delta::of(self.offset.value()).unwrap_or_default()
    }

    fn text(&self) -> String {
        let offset = self.delta();
        let mut text = "UTC".to_string();
        if !offset.is_zero() {
            iso::push_offset(&mut text, offset, ":");
        }
        text
    }
}

/// An error unless a method's argument is a datetime or `None`.
fn check_moment(cx: &mut Context, method: &str, object: Value) -> Result<()> {
    if object == singleton::none() || object.cast::<NativeObject<DateTime>>().is_some() {
        return Ok(());
    }
    let kind = object.type_of().name();
    Err(cx.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {kind}")))
}

#[methods]
impl TimeZone {
    #[new(name = "timezone")]
    fn new(
        class: &'static TypeObject,
        cx: &mut Context,
        #[named] offset: Value,
        #[default(Given(None), _)] name: Given<Value>,
    ) -> Result<Owned> {
        let Some(offset) = offset.cast::<NativeObject<TimeDelta>>() else {
            return Err(arguments::wrong_type(cx, "timezone", 1, "datetime.timedelta", offset));
        };
        if let Some(name) = name.0 {
            arguments::text(cx, "timezone", 2, name)?;
        }
        debug_assert!(std::ptr::eq(class, &TIME_ZONE.object));
        let delta = offset.0;
        let name = name.0.map(Owned::new);
        if delta.is_zero() && name.is_none() {
            return utc(cx);
        }
        check_range(cx, delta, offset.value())?;
        NativeObject::new(cx, TimeZone { offset: offset.to_owned_value(), name })
    }

    /// The name that the time zone was given, or else its offset.
    fn tzname(&self, cx: &mut Context, object: Value) -> Result<Owned> {
        check_moment(cx, "tzname", object)?;
        Ok(self.name.clone().unwrap_or_else(|| self.text().into_object(cx)))
    }

    /// The offset.
    fn utcoffset(&self, cx: &mut Context, object: Value) -> Result<Owned> {
        check_moment(cx, "utcoffset", object)?;
        Ok(self.offset.clone())
    }

    /// None.
    fn dst(&self, cx: &mut Context, object: Value) -> Result<()> {
        check_moment(cx, "dst", object)
    }

    /// The local time of a datetime that is in UTC.
    fn fromutc(&self, cx: &mut Context, this: Value, object: Value) -> Result<Owned> {
        let Some(found) = object.cast::<NativeObject<DateTime>>() else {
            return Err(cx.type_error("fromutc: argument must be a datetime"));
        };
        if found.zone().map(|zone| zone.value()) != Some(this) {
            return Err(cx.value_error("fromutc: dt.tzinfo is not self"));
        }
        datetime::add(cx, found, self.delta(), 1)
    }

    /// What it is made of when it is unpickled.
    fn __getinitargs__(&self, cx: &mut Context) -> Owned {
        let items = [Some(self.offset.clone()), self.name.clone()];
        tuple::TupleObject::from_owned(cx, items.into_iter().flatten().collect())
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<String> {
        if is_utc(cx, this) {
            return Ok("datetime.timezone.utc".into());
        }
        let mut text = format!("{}(", this.type_of().name());
        for (index, part) in [Some(&self.offset), self.name.as_ref()].into_iter().flatten().enumerate() {
            let part = convert::repr(cx, part.value())?;
            text.push_str(if index > 0 { ", " } else { "" });
            text.push_str(&str::text(part.value()).unwrap_or_default());
        }
        text.push(')');
        Ok(text)
    }

    #[slot(str)]
    fn str(&self, cx: &mut Context) -> Owned {
        self.name.clone().unwrap_or_else(|| self.text().into_object(cx))
    }

    #[slot(hash)]
    fn hash(&self) -> Result<i64> {
        Ok(self.delta().hash())
    }

    #[slot(compare)]
    fn compare(&self, other: Value, operation: CompareOp) -> Owned {
        let equal = match other.cast::<NativeObject<TimeZone>>() {
            Some(other) => self.delta() == other.delta(),
            None => return answer::not_implemented(),
        };
        match operation {
            CompareOp::Equal => answer::truth(equal),
            CompareOp::NotEqual => answer::truth(!equal),
            _ => answer::not_implemented(),
        }
    }
}
