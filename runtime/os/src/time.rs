//! The module `time`: clocks, `sleep`, and calendar time in fields.

mod calendar;

use crate::clock::{self, Round};
use crate::system::{add_constants, plainly};
use calendar::Fields;
use sidewinder_macros::native_module;
use sidewinder_runtime::native::{FromArgument, Place};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::{dict, float, int, singleton};
use sidewinder_runtime::operations::{attribute, call, import};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value, struct_sequence, threads};
use std::io;

struct_sequence! {
    /// Calendar time in fields, as gmtime(), localtime() and strptime() give it: a tuple of nine numbers with names.
    STRUCT_TIME = "time.struct_time" shows 9 {
        0 "tm_year" "year, for example, 1993",
        1 "tm_mon" "month of year, range [1, 12]",
        2 "tm_mday" "day of month, range [1, 31]",
        3 "tm_hour" "hours, range [0, 23]",
        4 "tm_min" "minutes, range [0, 59]",
        5 "tm_sec" "seconds, range [0, 61])",
        6 "tm_wday" "day of week, range [0, 6], Monday is 0",
        7 "tm_yday" "day of year, range [1, 366]",
        8 "tm_isdst" "1 if summer time is in effect, 0 if not, and -1 if unknown",
        9 "tm_zone" "abbreviation of timezone name",
        10 "tm_gmtoff" "offset from UTC in seconds",
    }
}

static CLOCKS: &[(&str, i64)] = crate::constants! {
    CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID CLOCK_BOOTTIME
    CLOCK_TAI
};

/// The clocks that `get_clock_info` knows: the system's name, and whether a clock never goes back, and can be set.
const NAMED: [(&str, libc::clockid_t, &str, bool, bool); 5] = [
    ("time", libc::CLOCK_REALTIME, "CLOCK_REALTIME", false, true),
    ("monotonic", libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true, false),
    ("perf_counter", libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true, false),
    ("process_time", libc::CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID", true, false),
    ("thread_time", libc::CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID", true, false),
];

/// Which clock.
struct ClockId(libc::clockid_t);

impl FromArgument<'_> for ClockId {
    fn from_argument(cx: &mut Context, value: &Value, _place: &'static Place) -> Result<ClockId> {
        match int::as_i64(*value).map(i32::try_from) {
            Some(Ok(clock)) if int::is_int_like(*value) => Ok(ClockId(clock)),
            _ => {
                let found = value.type_of().name();
                Err(cx.type_error(format!("clk_id should be integer, not {found}")))
            }
        }
    }
}

fn reading(cx: &mut Context, clock: libc::clockid_t) -> Result<i64> {
    plainly(cx, Ok(clock::read(clock))).map(clock::nanoseconds)
}

fn float_reading(cx: &mut Context, clock: libc::clockid_t) -> Result<f64> {
    let nanoseconds = reading(cx, clock)?;
    Ok(float_seconds(nanoseconds))
}

/// Nanoseconds as seconds. Whole seconds are exact.
fn float_seconds(nanoseconds: i64) -> f64 {
    if nanoseconds % 1_000_000_000 == 0 { (nanoseconds / 1_000_000_000) as f64 } else { nanoseconds as f64 / 1e9 }
}

/// The point of time that an argument says: now, if there is none.
fn moment(cx: &mut Context, seconds: Option<Value>) -> Result<i64> {
    match seconds {
        Some(value) => clock::whole_seconds(cx, value),
        None => plainly(cx, Ok(clock::read(libc::CLOCK_REALTIME))).map(|time| time.tv_sec),
    }
}

/// The fields that an argument says: those of now, if there is none.
fn fields(cx: &mut Context, function: &str, given: Option<Value>) -> Result<Fields> {
    match given {
        Some(value) => Fields::of(cx, function, value),
        None => {
            let now = moment(cx, None)?;
            plainly(cx, Ok(Fields::local(now)))
        }
    }
}

/// Clocks, waiting, and calendar time: as seconds since 1970, or in the fields of a struct_time.
#[native_module("time")]
mod rows {
    use super::*;

    /// Fields of a `struct_time`.
    #[constant(name = "_STRUCT_TM_ITEMS")]
    const STRUCT_TIME_ITEMS: i64 = 11;

    /// The time in seconds since 1970.
    #[function]
    fn time(cx: &mut Context) -> Result<f64> {
        float_reading(cx, libc::CLOCK_REALTIME)
    }

    /// The time in nanoseconds since 1970.
    #[function]
    fn time_ns(cx: &mut Context) -> Result<i64> {
        reading(cx, libc::CLOCK_REALTIME)
    }

    /// Seconds of a clock that never goes back.
    #[function]
    fn monotonic(cx: &mut Context) -> Result<f64> {
        float_reading(cx, libc::CLOCK_MONOTONIC)
    }

    /// Nanoseconds of a clock that never goes back.
    #[function]
    fn monotonic_ns(cx: &mut Context) -> Result<i64> {
        reading(cx, libc::CLOCK_MONOTONIC)
    }

    /// Seconds of the clock that is best for measuring.
    #[function]
    fn perf_counter(cx: &mut Context) -> Result<f64> {
        float_reading(cx, libc::CLOCK_MONOTONIC)
    }

    /// Nanoseconds of the clock that is best for measuring.
    #[function]
    fn perf_counter_ns(cx: &mut Context) -> Result<i64> {
        reading(cx, libc::CLOCK_MONOTONIC)
    }

    /// Seconds that the process has had of the processors.
    #[function]
    fn process_time(cx: &mut Context) -> Result<f64> {
        float_reading(cx, libc::CLOCK_PROCESS_CPUTIME_ID)
    }

    /// Nanoseconds that the process has had of the processors.
    #[function]
    fn process_time_ns(cx: &mut Context) -> Result<i64> {
        reading(cx, libc::CLOCK_PROCESS_CPUTIME_ID)
    }

    /// Seconds that the thread has had of the processors.
    #[function]
    fn thread_time(cx: &mut Context) -> Result<f64> {
        float_reading(cx, libc::CLOCK_THREAD_CPUTIME_ID)
    }

    /// Nanoseconds that the thread has had of the processors.
    #[function]
    fn thread_time_ns(cx: &mut Context) -> Result<i64> {
        reading(cx, libc::CLOCK_THREAD_CPUTIME_ID)
    }

    /// Seconds of one of the system's clocks.
    #[function]
    fn clock_gettime(cx: &mut Context, clk_id: ClockId) -> Result<f64> {
        float_reading(cx, clk_id.0)
    }

    /// Nanoseconds of one of the system's clocks.
    #[function]
    fn clock_gettime_ns(cx: &mut Context, clk_id: ClockId) -> Result<i64> {
        reading(cx, clk_id.0)
    }

    /// How exact one of the system's clocks is, in seconds.
    #[function]
    fn clock_getres(clk_id: ClockId) -> io::Result<f64> {
        clock::resolution(clk_id.0).map(|time| time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9)
    }

    /// Sets one of the system's clocks.
    #[function]
    fn clock_settime(cx: &mut Context, clk_id: ClockId, time: Value) -> Result<()> {
        let time = clock::seconds(cx, time, Round::Floor)?;
        plainly(cx, Ok(clock::set(clk_id.0, clock::timespec(time))))
    }

    /// Sets one of the system's clocks, in nanoseconds.
    #[function]
    fn clock_settime_ns(cx: &mut Context, clk_id: ClockId, time: Value) -> Result<()> {
        if !int::is_int_like(time) {
            let found = time.type_of().name();
            return Err(cx.type_error(format!("expect int, got {found}")));
        }
        let Some(time) = int::as_i64(time) else {
            return Err(cx.overflow_error("timestamp out of range for C PyTime_t"));
        };
        plainly(cx, Ok(clock::set(clk_id.0, clock::timespec(time))))
    }

    /// The clock that a thread's time is measured by.
    #[function]
    fn pthread_getcpuclockid(cx: &mut Context, thread_id: u64) -> io::Result<i32> {
        let mut clock = 0;
        if !threads::is_alive(cx, thread_id) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        // SAFETY: (system 1) a place for a number, and a thread that runs.
        crate::system::numbered(unsafe { libc::pthread_getcpuclockid(thread_id as libc::pthread_t, &mut clock) })
            .map(|()| clock)
    }

    /// What is known of a clock: 'time', 'monotonic', 'perf_counter', 'process_time' or 'thread_time'.
    #[function]
    fn get_clock_info(cx: &mut Context, name: String) -> Result<Owned> {
        let Some((_, id, own, monotonic, adjustable)) = NAMED.into_iter().find(|row| row.0 == name) else {
            return Err(cx.value_error("unknown clock"));
        };
        let resolution = plainly(cx, Ok(clock::resolution(id)))?;
        let implementation = sidewinder_runtime::objects::str::StrObject::new(cx, &format!("clock_gettime({own})"));
        let resolution = float::from_f64(cx, resolution.tv_sec as f64 + resolution.tv_nsec as f64 * 1e-9);
        let names = ["implementation", "monotonic", "adjustable", "resolution"];
        let names = names.map(|name| sidewinder_runtime::objects::str::intern(cx, name));
        let names: Vec<Value> = names.iter().map(Owned::value).collect();
        let values =
            [implementation.value(), singleton::boolean(monotonic), singleton::boolean(adjustable), resolution.value()];
        let modules = dict::of(cx.interpreter().modules.value());
        let Some(system) = modules.get_text(cx, "sys").map(Owned::new) else {
            return Err(cx.raise(&sidewinder_runtime::objects::exception::RUNTIME_ERROR, "lost sys"));
        };
        let example = attribute::get_text(cx, system.value(), "implementation")?;
        let namespace = example.value().type_of().value();
        call::call_with(cx, namespace, Arguments { values: &values, names: &names })
    }

    /// Waits for so many seconds, which may be a fraction.
    #[function]
    fn sleep(cx: &mut Context, object: Value) -> Result<()> {
        let length = clock::seconds(cx, object, Round::Ceiling)?;
        if length < 0 {
            return Err(cx.value_error("sleep length must be non-negative"));
        }
        let deadline = clock::monotonic().saturating_add(length);
        let outcome = cx.interruptible(|_| clock::wait_until(deadline));
        plainly(cx, outcome)
    }

    /// Seconds since 1970 (or now) in fields, in universal time.
    #[function]
    fn gmtime(cx: &mut Context, #[default(None)] seconds: Option<Value>) -> Result<Owned> {
        let moment = moment(cx, seconds)?;
        let fields = plainly(cx, Ok(Fields::universal(moment)))?;
        fields.make(cx)
    }

    /// Seconds since 1970 (or now) in fields, in local time.
    #[function]
    fn localtime(cx: &mut Context, #[default(None)] seconds: Option<Value>) -> Result<Owned> {
        let moment = moment(cx, seconds)?;
        let fields = plainly(cx, Ok(Fields::local(moment)))?;
        fields.make(cx)
    }

    /// Fields in local time as seconds since 1970.
    #[function]
    fn mktime(cx: &mut Context, object: Value) -> Result<f64> {
        let mut fields = Fields::of(cx, "mktime", object)?;
        match fields.seconds() {
            Some(seconds) => Ok(seconds as f64),
            None => Err(cx.overflow_error("mktime argument out of range")),
        }
    }

    /// Fields (of now) as a text like 'Sat Jun 06 16:26:11 1998'.
    #[function]
    fn asctime(cx: &mut Context, #[default(None, _)] tuple: Option<Value>) -> Result<String> {
        let mut fields = fields(cx, "asctime", tuple)?;
        fields.check(cx)?;
        Ok(fields.plain_text())
    }

    /// Seconds since 1970 (or now) in local time, as a text like 'Sat Jun 06 16:26:11 1998'.
    #[function]
    fn ctime(cx: &mut Context, #[default(None)] seconds: Option<Value>) -> Result<String> {
        let moment = moment(cx, seconds)?;
        Ok(plainly(cx, Ok(Fields::local(moment)))?.plain_text())
    }

    /// Fields (of now) as a text that follows a format: %Y year, %m month, %d day, %H hour, %M minute, %S second, %z offset,
    /// %a and %A day, %b and %B month by name, %c, %x and %X as is usual in the place, %% a percent sign, and more.
    #[function]
    fn strftime(
        cx: &mut Context,
        format: &sidewinder_runtime::objects::str::StrObject,
        #[default(None, _)] tuple: Option<Value>,
    ) -> Result<Owned> {
        let mut fields = fields(cx, "strftime", tuple)?;
        fields.check(cx)?;
        fields.format(cx, format)
    }

    /// The fields in a text that follows a format, as of strftime().
    #[function]
    fn strptime(cx: &mut Context, #[rest] arguments: &[Value]) -> Result<Owned> {
        let module = import::module(cx, "_strptime")?;
        call::call_method(cx, module.value(), "_strptime_time", arguments)
    }

    /// Looks at the variable TZ of the environment anew.
    #[function]
    fn tzset(cx: &mut Context) -> Result<()> {
        let modules = dict::of(cx.interpreter().modules.value());
        calendar::read_zone();
        match modules.get_text(cx, "time").and_then(|own| own.cast::<ModuleObject>()) {
            Some(own) => add_zone(cx, own),
            None => Ok(()),
        }
    }

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        STRUCT_TIME.add_to(cx, module)?;
        add_constants(cx, module, CLOCKS);
        calendar::read_zone();
        add_zone(cx, module)
    }
}

/// Enters what is known of the time zone into the module.
fn add_zone(cx: &mut Context, module: &ModuleObject) -> Result<()> {
    let zone = calendar::Zone::now();
    let numbers = [
        ("timezone", zone.standard.offset),
        ("altzone", zone.summer.offset),
        ("daylight", (zone.standard.offset != zone.summer.offset) as i64),
    ];
    add_constants(cx, module, &numbers);
    let names = [&zone.standard.name, &zone.summer.name].map(|name| crate::path::decode(cx, name));
    let [standard, summer] = names;
    let names = TupleObject::pair(cx, standard?, summer?);
    module.namespace().set_text(cx, "tzname", names.value());
    Ok(())
}
