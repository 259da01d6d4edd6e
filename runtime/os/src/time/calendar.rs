//! Calendar time in the fields that the C library works with.

use super::STRUCT_TIME;
use crate::path::decode;
use crate::system::Zeroed;
use libc::{c_char, c_int, size_t, time_t, tm};
use sidewinder_runtime::objects::str::{StrBuilder, StrObject};
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{int, str, struct_sequence};
use sidewinder_runtime::operations::convert;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::ffi::{CStr, CString};
use std::io;

// SAFETY: (system 1) the signatures are those of POSIX.
unsafe extern "C" {
    safe fn tzset();
    safe fn localtime_r<'a>(time: &time_t, into: &'a mut tm) -> Option<&'a tm>;
    safe fn gmtime_r<'a>(time: &time_t, into: &'a mut tm) -> Option<&'a tm>;
    fn mktime(fields: *mut tm) -> time_t;
    fn strftime(into: *mut c_char, length: size_t, format: *const c_char, fields: *const tm) -> size_t;
}

/// Looks at the variable TZ of the environment.
pub fn read_zone() {
    tzset();
}

/// One of the two times of a zone.
pub struct ZoneTime {
    /// Seconds to the west of universal time.
    pub offset: i64,
    pub name: Vec<u8>,
}

/// The local time zone.
pub struct Zone {
    pub standard: ZoneTime,
    pub summer: ZoneTime,
}

impl Zone {
    /// The zone by its times in January and July: summer is in the half of the year that has the smaller offset.
    pub fn now() -> Zone {
        const YEAR: i64 = (365 * 24 + 6) * 3600;
        let now = crate::clock::read(libc::CLOCK_REALTIME).map_or(0, |time| time.tv_sec);
        let january = now / YEAR * YEAR;
        let time = |moment: i64| match Fields::local(moment) {
            Ok(fields) => ZoneTime { offset: -fields.tm.tm_gmtoff, name: fields.zone_name() },
            Err(_) => ZoneTime { offset: 0, name: b"   ".to_vec() },
        };
        let (january, july) = (time(january), time(january + YEAR / 2));
        if january.offset < july.offset {
            Zone { standard: july, summer: january }
        } else {
            Zone { standard: january, summer: july }
        }
    }
}

/// Calendar time.
pub struct Fields {
    tm: tm,
    /// What `tm_zone` points to, if it is ours.
    zone: Option<CString>,
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn outcome(found: bool, fields: Fields) -> io::Result<Fields> {
    if found { Ok(fields) } else { Err(io::Error::last_os_error()) }
}

impl Fields {
    fn empty() -> Fields {
        Fields { tm: tm::zeroed(), zone: None }
    }

    /// A point of time in local time.
    pub fn local(moment: i64) -> io::Result<Fields> {
        let mut fields = Fields::empty();
        let found = localtime_r(&moment, &mut fields.tm).is_some();
        outcome(found, fields)
    }

    /// A point of time in universal time.
    pub fn universal(moment: i64) -> io::Result<Fields> {
        let mut fields = Fields::empty();
        let found = gmtime_r(&moment, &mut fields.tm).is_some();
        outcome(found, fields)
    }

    /// The fields in a tuple.
    pub fn of(cx: &mut Context, function: &str, value: Value) -> Result<Fields> {
        let Some(tuple) = value.cast::<TupleObject>() else {
            return Err(cx.type_error("Tuple or struct_time argument required"));
        };
        if tuple.len() != 9 {
            return Err(cx.type_error(format!("{function}(): illegal time tuple argument")));
        }
        let mut numbers = [0i32; 9];
        for (number, item) in numbers.iter_mut().zip(tuple.as_slice()) {
            let item = convert::index(cx, *item)?;
            *number = match int::as_i64(item.value()).map(i32::try_from) {
                Some(Ok(number)) => number,
                _ if int::is_negative(item.value()) => {
                    return Err(cx.overflow_error("signed integer is less than minimum"));
                }
                _ => return Err(cx.overflow_error("signed integer is greater than maximum")),
            };
        }
        let mut fields = Fields::empty();
        let [year, month, day, hour, minute, second, weekday, yearday, summer] = numbers;
        let Some(year) = year.checked_sub(1900) else { return Err(cx.overflow_error("year out of range")) };
        let tm = &mut fields.tm;
        (tm.tm_year, tm.tm_mon, tm.tm_mday) = (year, month.wrapping_sub(1), day);
        (tm.tm_hour, tm.tm_min, tm.tm_sec) = (hour, minute, second);
        (tm.tm_wday, tm.tm_yday) = (weekday.wrapping_add(1) % 7, yearday.wrapping_sub(1));
        tm.tm_isdst = summer;
        if let Some(items) = struct_sequence::owned_items(value, &STRUCT_TIME) {
            fields.take_zone(cx, items[9].value(), items[10].value())?;
        }
        Ok(fields)
    }

    fn take_zone(&mut self, cx: &mut Context, name: Value, offset: Value) -> Result<()> {
        if str::is_str(name) {
            let name = crate::path::encode(cx, name)?;
            self.zone = CString::new(name).ok();
            if let Some(zone) = &self.zone {
                self.tm.tm_zone = zone.as_ptr();
            }
        }
        if int::is_int_like(offset) {
            self.tm.tm_gmtoff = int::as_i64(offset).unwrap_or_default();
        }
        Ok(())
    }

    fn zone_name(&self) -> Vec<u8> {
        if self.tm.tm_zone.is_null() {
            return Vec::new();
        }
        // SAFETY: (system 1) the C library's, which stays until the next `tzset`, or our own.
        unsafe { CStr::from_ptr(self.tm.tm_zone) }.to_bytes().to_vec()
    }

    /// The object for these fields.
    pub fn make(&self, cx: &mut Context) -> Result<Owned> {
        let tm = &self.tm;
        let numbers = [
            tm.tm_year as i64 + 1900,
            tm.tm_mon as i64 + 1,
            tm.tm_mday as i64,
            tm.tm_hour as i64,
            tm.tm_min as i64,
            tm.tm_sec as i64,
            (tm.tm_wday as i64 + 6) % 7,
            tm.tm_yday as i64 + 1,
            tm.tm_isdst as i64,
        ];
        let mut items: Vec<Owned> = numbers.map(|number| int::from_i64(cx, number)).into();
        let zone = self.zone_name();
        items.push(decode(cx, &zone)?);
        items.push(int::from_i64(cx, tm.tm_gmtoff));
        STRUCT_TIME.make(cx, items)
    }

    /// An error for what no calendar has; noughts where numbers start at one are taken for one.
    pub fn check(&mut self, cx: &mut Context) -> Result<()> {
        let tm = &mut self.tm;
        if tm.tm_mon == -1 {
            tm.tm_mon = 0;
        }
        if tm.tm_mday == 0 {
            tm.tm_mday = 1;
        }
        if tm.tm_yday == -1 {
            tm.tm_yday = 0;
        }
        let rows: [(c_int, std::ops::RangeInclusive<c_int>, &str); 7] = [
            (tm.tm_mon, 0..=11, "month"),
            (tm.tm_mday, 1..=31, "day of month"),
            (tm.tm_hour, 0..=23, "hour"),
            (tm.tm_min, 0..=59, "minute"),
            (tm.tm_sec, 0..=61, "seconds"),
            (tm.tm_wday, 0..=6, "day of week"),
            (tm.tm_yday, 0..=365, "day of year"),
        ];
        match rows.into_iter().find(|(number, range, _)| !range.contains(number)) {
            Some((_, _, name)) => Err(cx.value_error(format!("{name} out of range"))),
            None => {
                tm.tm_isdst = tm.tm_isdst.clamp(-1, 1);
                Ok(())
            }
        }
    }

    /// 'Sat Jun 06 16:26:11 1998', in English everywhere.
    pub fn plain_text(&self) -> String {
        let tm = &self.tm;
        let day = DAYS.get(tm.tm_wday as usize).copied().unwrap_or("???");
        let month = MONTHS.get(tm.tm_mon as usize).copied().unwrap_or("???");
        let year = tm.tm_year as i64 + 1900;
        let (hour, minute, second) = (tm.tm_hour, tm.tm_min, tm.tm_sec);
        format!("{day} {month}{:3} {hour:02}:{minute:02}:{second:02} {year}", tm.tm_mday)
    }

    /// The point of time, by the local clock; `None` if there is no such.
    pub fn seconds(&mut self) -> Option<i64> {
        // It tells success from failure: the C library sets it.
        self.tm.tm_wday = -1;
        // SAFETY: (system 1) the structure is whole; its zone's name is not read.
        let seconds = unsafe { mktime(&raw mut self.tm) };
        (seconds != -1 || self.tm.tm_wday != -1).then_some(seconds)
    }

    /// A text that follows a format. Null characters and what is not ASCII go through as they are.
    pub fn format(&self, cx: &mut Context, format: &StrObject) -> Result<Owned> {
        let mut text = StrBuilder::new();
        let mut run = Vec::new();
        for point in format.code_points() {
            if (1..0x80).contains(&point) {
                run.push(point as u8);
            } else {
                self.push_run(cx, &mut text, &mut run)?;
                text.push(point);
            }
        }
        self.push_run(cx, &mut text, &mut run)?;
        Ok(text.finish(cx))
    }

    fn push_run(&self, cx: &mut Context, text: &mut StrBuilder, run: &mut Vec<u8>) -> Result<()> {
        if run.is_empty() {
            return Ok(());
        }
        let Ok(format) = CString::new(std::mem::take(run)) else { return Ok(()) };
        let made = self.format_run(&format);
        let made = decode(cx, &made)?;
        if let Some(made) = str::cast(made.value()) {
            text.push_str(made);
        }
        Ok(())
    }

    fn format_run(&self, format: &CStr) -> Vec<u8> {
        let mut buffer = vec![0u8; 1024.max(format.count_bytes())];
        loop {
            // SAFETY: (system 1) the buffer has the length said; format and zone are texts or null.
            let length =
                unsafe { strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), &raw const self.tm) };
            // An empty result cannot be told from too small a buffer, but is never this much longer than its format.
            if length > 0 || buffer.len() >= 256 * format.count_bytes().max(1) {
                buffer.truncate(length);
                return buffer;
            }
            buffer = vec![0; buffer.len() * 2];
        }
    }
}
