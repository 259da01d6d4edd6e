//! The module `_zoneinfo`: time zones of the system's database.
//!
//! `table.rs` knows when clocks are changed, `rule.rs` how it goes on after the last change that a file names; here are the
//! objects, and the caches of them.

mod rule;
mod table;

use crate::calendar::SECONDS_PER_DAY;
use crate::clock::EPOCH;
use crate::date;
use crate::datetime::{self, DATE_TIME, DateTime};
use crate::delta::Delta;
use crate::zone::{TZ_INFO, TzInfo};
use rule::{Rule, Wrong};
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::{IntoObject, NativeObject};
use sidewinder_runtime::objects::module::ModuleObject;
use sidewinder_runtime::objects::str;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::objects::type_object::TypeObject;
use sidewinder_runtime::objects::{exception, singleton};
use sidewinder_runtime::operations::{attribute, call, compare, convert, import, iterate};
use sidewinder_runtime::{Arguments, Context, Owned, Result, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use table::{File, FileKind, Table};

/// Time zones that are kept though nobody has them.
const KEPT: usize = 8;

/// What the module keeps for an interpreter.
#[derive(Default)]
struct State {
    /// All time zones of the class itself that somebody has, by key: a `WeakValueDictionary`.
    known: RefCell<Option<Owned>>,
    /// The keys and time zones that were asked for last, the newest last.
    kept: RefCell<Vec<(Owned, Owned)>>,
    /// Differences by their seconds: there are few, and many time zones have the same.
    deltas: RefCell<HashMap<i64, Owned>>,
}

/// Time zones of the system's database.
#[native_module("_zoneinfo")]
mod rows {
    use super::*;

    #[execute]
    fn execute(cx: &mut Context, module: &ModuleObject) -> Result<()> {
        // The type extends one of that module, which a program may have replaced: then this one is of no use.
        import::module(cx, "_datetime")?;
        TZ_INFO.object.ensure_ready(cx)?;
        ZONE_INFO.object.ensure_ready(cx)?;
        module.namespace().set_text(cx, "ZoneInfo", ZONE_INFO.value());
        Ok(())
    }
}

/// Where a time zone comes from, which is what is pickled.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    NoCache,
    Cache,
    File,
}

/// What is shown of a kind: the offset, the daylight saving time, the name.
#[derive(Traverse)]
struct Shown {
    offset: Owned,
    saving: Owned,
    name: Owned,
}

/// A time zone of the system's database, by its key: ZoneInfo("Europe/Berlin").
#[native_type("zoneinfo.ZoneInfo", base, weakrefs, extends = TzInfo)]
#[derive(Traverse)]
pub struct ZoneInfo {
    key: Option<Owned>,
    /// How the file is shown that it was read from, if it has no key.
    file: Option<Owned>,
    #[plain]
    table: Table,
    /// By the numbers of the kinds.
    shown: Vec<Shown>,
    #[plain]
    source: Cell<Source>,
}

/// A difference of so many seconds.
fn delta(cx: &mut Context, seconds: i64) -> Result<Owned> {
    const DELTAS_MAX: usize = 512;
    let state = cx.state::<State>();
    if let Some(known) = state.deltas.borrow().get(&seconds) {
        return Ok(known.clone());
    }
    let made = Delta::new(cx, 0, seconds, 0)?.object(cx)?;
    let mut deltas = state.deltas.borrow_mut();
    if deltas.len() < DELTAS_MAX {
        deltas.insert(seconds, made.clone());
    }
    Ok(made)
}

/// The rule that a file ends with.
fn read_rule(cx: &mut Context, text: Value) -> Result<Option<Rule>> {
    if text == singleton::none() || !convert::truth(cx, text)? {
        return Ok(None);
    }
    let bytes = sidewinder_runtime::objects::buffer::Buffer::read(cx, text)?;
    let wrong = match Rule::read(bytes.as_slice()) {
        Ok(rule) => return Ok(Some(rule)),
        Err(wrong) => wrong,
    };
    let shown = convert::repr_text(cx, text)?;
    Err(cx.value_error(match wrong {
        Wrong::Part(part) => format!("Invalid {part} in {shown}"),
        Wrong::NoRules => format!("Missing transition rules in TZ string: {shown}"),
        Wrong::Rules => format!("Malformed transition rule in TZ string: {shown}"),
        Wrong::Rest => format!("Extraneous characters at end of TZ string: {shown}"),
    }))
}

/// The numbers of a tuple.
fn numbers(cx: &mut Context, items: Value) -> Result<Vec<i64>> {
    let items = iterate::collect(cx, items)?;
    items.iter().map(|item| convert::index_i64(cx, item.value())).collect()
}

impl ZoneInfo {
    /// Reads a time zone from an open file, as `zoneinfo._common` does.
    fn read(cx: &mut Context, file: Value) -> Result<(Table, Vec<Shown>)> {
        let common = import::module(cx, "zoneinfo._common")?;
        let data = call::call_method(cx, common.value(), "load_data", &[file])?;
        let parts = match data.value().cast_exact::<TupleObject>() {
            Some(parts) if parts.as_slice().len() == 6 => parts.as_slice(),
            _ => {
                let shown = convert::repr_text(cx, data.value())?;
                return Err(cx.type_error(format!("Invalid data result type: {shown}")));
            }
        };
        let kinds_of_changes = numbers(cx, parts[0])?;
        let changes = numbers(cx, parts[1])?;
        let offsets = numbers(cx, parts[2])?;
        let daylight = iterate::collect(cx, parts[3])?;
        let names = iterate::collect(cx, parts[4])?;
        let rule = read_rule(cx, parts[5])?;
        let mut kinds = Vec::with_capacity(offsets.len());
        for ((offset, daylight), name) in offsets.iter().zip(&daylight).zip(&names) {
            let is_daylight = convert::truth(cx, daylight.value())?;
            let name = str::text(name.value()).unwrap_or_default().into_owned();
            kinds.push(FileKind { offset: *offset, is_daylight, name });
        }
        let wrong =
            kinds_of_changes.iter().find(|kind| usize::try_from(**kind).map_or(true, |kind| kind >= kinds.len()));
        if let Some(wrong) = wrong {
            let message = format!("Invalid transition index found while reading TZif: {wrong}");
            return Err(cx.value_error(message));
        }
        let mut kinds_of_changes: Vec<usize> = kinds_of_changes.into_iter().map(|kind| kind as usize).collect();
        kinds_of_changes.truncate(changes.len());
        if kinds_of_changes.len() < changes.len() {
            return Err(cx.value_error("No time zone information found."));
        }
        let Some(table) = Table::new(File { changes, kinds_of_changes, kinds, rule }) else {
            return Err(cx.value_error("No time zone information found."));
        };
        let mut shown = Vec::with_capacity(table.kinds.len());
        for kind in &table.kinds {
            let (offset, saving) = (delta(cx, kind.offset)?, delta(cx, kind.saving)?);
            let name = str::intern(cx, &kind.name);
            shown.push(Shown { offset, saving, name });
        }
        Ok((table, shown))
    }

    /// A new time zone of a key.
    fn load(cx: &mut Context, class: &'static TypeObject, key: Value) -> Result<Owned> {
        let paths = import::module(cx, "zoneinfo._tzpath")?;
        let path = call::call_method(cx, paths.value(), "find_tzfile", &[key])?;
        let file = if path.value() == singleton::none() {
            let common = import::module(cx, "zoneinfo._common")?;
            call::call_method(cx, common.value(), "load_tzdata", &[key])?
        } else {
            let io = import::module(cx, "io")?;
            let mode = "rb".into_object(cx);
            call::call_method(cx, io.value(), "open", &[path.value(), mode.value()])?
        };
        let read = ZoneInfo::read(cx, file.value());
        let closed = match read {
            Ok(_) => call::call_method(cx, file.value(), "close", &[]).map(drop),
            Err(_) => {
                // The error stays what it is, whatever closing the file says.
                let pending = cx.take_pending();
                if call::call_method(cx, file.value(), "close", &[]).is_err() {
                    drop(cx.take_pending());
                }
                return Err(cx.raise_value(pending));
            }
        };
        let (table, shown) = read?;
        closed?;
        let key = Some(Owned::new(key));
        let state = ZoneInfo { key, file: None, table, shown, source: Cell::new(Source::NoCache) };
        NativeObject::allocate(cx, class, state)
    }

    /// The number of the kind that counts at a moment, or none if that depends on when it is.
    fn kind_at(&self, cx: &mut Context, moment: Value) -> Result<Option<usize>> {
        if moment == singleton::none() {
            return Ok(self.table.always());
        }
        let (local, year, fold) = local_time(cx, moment)?;
        Ok(Some(self.table.at_local(local, year, fold)))
    }

    fn answer(&self, cx: &mut Context, moment: Value, part: fn(&Shown) -> &Owned) -> Result<Option<Owned>> {
        let kind = self.kind_at(cx, moment)?;
        Ok(kind.and_then(|kind| self.shown.get(kind)).map(|shown| part(shown).clone()))
    }

    fn text(&self, cx: &mut Context, class: &TypeObject) -> Result<String> {
        let class = class.name();
        match (&self.key, &self.file) {
            (Some(key), _) => {
                let key = convert::repr(cx, key.value())?;
                Ok(format!("{class}(key={})", str::text(key.value()).unwrap_or_default()))
            }
            (None, file) => {
                let file = file.as_ref().and_then(|file| str::text(file.value()));
                Ok(format!("{class}.from_file({})", file.unwrap_or_default()))
            }
        }
    }
}

/// Seconds since 1970 that clocks show, the year, and the fold.
fn local_time(cx: &mut Context, moment: Value) -> Result<(i64, i32, bool)> {
    if let Some(object) = moment.cast_exact::<NativeObject<DateTime>>() {
        return Ok(plain_time(object));
    }
    let days = call::call_method(cx, moment, "toordinal", &[])?;
    let mut seconds = convert::index_i64(cx, days.value())?.saturating_mul(SECONDS_PER_DAY).saturating_sub(EPOCH);
    for (name, unit) in [("hour", 3600), ("minute", 60), ("second", 1)] {
        let part = attribute::get_text(cx, moment, name)?;
        let part = convert::index_i64(cx, part.value())?;
        seconds = seconds.saturating_add(part.saturating_mul(unit));
    }
    let year = attribute::get_text(cx, moment, "year")?;
    let year = convert::c_int(cx, year.value())?;
    let fold = attribute::get_text(cx, moment, "fold")?;
    Ok((seconds, year, convert::truth(cx, fold.value())?))
}

fn plain_time(object: &datetime::Object) -> (i64, i32, bool) {
    let (day, clock) = (object.base.day.get(), object.clock.get());
    let seconds = date::ordinal(day) * SECONDS_PER_DAY - EPOCH + clock.seconds();
    (seconds, i32::from(day.year), clock.fold != 0)
}

fn is_own(class: &TypeObject) -> bool {
    std::ptr::eq(class, &ZONE_INFO.object)
}

fn new_dictionary(cx: &mut Context) -> Result<Owned> {
    let weakref = import::module(cx, "weakref")?;
    call::call_method(cx, weakref.value(), "WeakValueDictionary", &[])
}

/// The time zones of a class that somebody has.
fn known(cx: &mut Context, class: &'static TypeObject) -> Result<Owned> {
    if !is_own(class) {
        return attribute::get_text(cx, class.value(), "_weak_cache");
    }
    let state = cx.state::<State>();
    if let Some(known) = &*state.known.borrow() {
        return Ok(known.clone());
    }
    let made = new_dictionary(cx)?;
    Ok(state.known.borrow_mut().get_or_insert(made).clone())
}

/// Takes a key and its time zone out of those that are kept.
fn take_kept(cx: &mut Context, key: Value) -> Result<Option<(Owned, Owned)>> {
    let state = cx.state::<State>();
    let keys: Vec<Owned> = state.kept.borrow().iter().map(|(key, _)| key.clone()).collect();
    for kept in keys {
        if compare::equals(cx, kept.value(), key)? {
            let mut all = state.kept.borrow_mut();
            let at = all.iter().position(|(other, _)| other.value() == kept.value());
            return Ok(at.map(|at| all.remove(at)));
        }
    }
    Ok(None)
}

/// Keeps a time zone as the one that was asked for last.
fn keep(cx: &mut Context, entry: (Owned, Owned)) {
    let state = cx.state::<State>();
    let oldest = {
        let mut kept = state.kept.borrow_mut();
        kept.push(entry);
        if kept.len() > KEPT { Some(kept.remove(0)) } else { None }
    };
    drop(oldest);
}

/// The time zone of a key, which is a new one only if nobody has it.
fn cached(cx: &mut Context, class: &'static TypeObject, key: Value) -> Result<Owned> {
    if is_own(class)
        && let Some((key, zone)) = take_kept(cx, key)?
    {
        keep(cx, (key, zone.clone()));
        return Ok(zone);
    }
    let known = known(cx, class)?;
    let mut zone = call::call_method(cx, known.value(), "get", &[key, singleton::none()])?;
    if zone.value() == singleton::none() {
        let made = ZoneInfo::load(cx, class, key)?;
        zone = call::call_method(cx, known.value(), "setdefault", &[key, made.value()])?;
    }
    let Some(object) = zone.value().cast::<NativeObject<ZoneInfo>>() else {
        let key = convert::repr_text(cx, key)?;
        let (kind, class) = (zone.value().type_of().name(), class.name());
        return Err(cx.raise(
            &exception::RUNTIME_ERROR,
            format!("Unexpected instance of {kind} in {class} weak cache for key {key}"),
        ));
    };
    object.source.set(Source::Cache);
    if is_own(class) {
        keep(cx, (Owned::new(key), zone.clone()));
    }
    Ok(zone)
}

#[methods]
impl ZoneInfo {
    #[new(name = "ZoneInfo")]
    fn new(class: &'static TypeObject, cx: &mut Context, #[named] key: Owned) -> Result<Owned> {
        cached(cx, class, key.value())
    }

    /// A time zone of its own, which is not looked for among those that are there.
    #[class_method]
    fn no_cache(class: &'static TypeObject, cx: &mut Context, #[named] key: Owned) -> Result<Owned> {
        ZoneInfo::load(cx, class, key.value())
    }

    /// A time zone that is read from an open file.
    #[class_method]
    fn from_file(
        class: &'static TypeObject,
        cx: &mut Context,
        file_obj: Owned,
        #[named]
        #[default(None)]
        key: Option<Owned>,
    ) -> Result<Owned> {
        let file = convert::repr(cx, file_obj.value())?;
        let (table, shown) = ZoneInfo::read(cx, file_obj.value())?;
        let state = ZoneInfo { key, file: Some(file), table, shown, source: Cell::new(Source::File) };
        NativeObject::allocate(cx, class, state)
    }

    /// Forgets the time zones that are there, or those of the keys.
    #[class_method]
    fn clear_cache(
        class: &'static TypeObject,
        cx: &mut Context,
        #[keyword]
        #[default(None)]
        only_keys: Option<Owned>,
    ) -> Result<()> {
        let known = known(cx, class)?;
        let Some(keys) = only_keys else {
            call::call_method(cx, known.value(), "clear", &[])?;
            if is_own(class) {
                let state = cx.state::<State>();
                let kept = std::mem::take(&mut *state.kept.borrow_mut());
                drop(kept);
            }
            return Ok(());
        };
        let keys = iterate::collect(cx, keys.value())?;
        for key in keys {
            if is_own(class) {
                drop(take_kept(cx, key.value())?);
            }
            call::call_method(cx, known.value(), "pop", &[key.value(), singleton::none()])?;
        }
        Ok(())
    }

    /// Gives a new subclass a cache of its own.
    #[class_method]
    fn __init_subclass__(class: &'static TypeObject, cx: &mut Context, arguments: Arguments<'_>) -> Result<()> {
        let _ = arguments;
        let made = new_dictionary(cx)?;
        attribute::set_text(cx, class.value(), "_weak_cache", made.value())
    }

    /// Makes what was pickled.
    #[class_method]
    fn _unpickle(class: &'static TypeObject, cx: &mut Context, key: Owned, from_cache: u8) -> Result<Owned> {
        if from_cache == 0 {
            return ZoneInfo::load(cx, class, key.value());
        }
        call::call(cx, class.value(), &[key.value()])
    }

    /// The offset from UTC at a moment.
    fn utcoffset(&self, cx: &mut Context, dt: Value) -> Result<Option<Owned>> {
        self.answer(cx, dt, |shown| &shown.offset)
    }

    /// The daylight saving time at a moment.
    fn dst(&self, cx: &mut Context, dt: Value) -> Result<Option<Owned>> {
        self.answer(cx, dt, |shown| &shown.saving)
    }

    /// The abbreviated name that the time has at a moment.
    fn tzname(&self, cx: &mut Context, dt: Value) -> Result<Option<Owned>> {
        self.answer(cx, dt, |shown| &shown.name)
    }

    /// The local time of a datetime that is in UTC.
    fn fromutc(&self, cx: &mut Context, this: Value, dt: Value) -> Result<Owned> {
        let Some(object) = dt.cast::<NativeObject<DateTime>>() else {
            return Err(cx.type_error("fromutc: argument must be a datetime"));
        };
        if object.zone().map(|zone| zone.value()) != Some(this) {
            return Err(cx.value_error("fromutc: dt.tzinfo is not self"));
        }
        let (utc, year) = match object.value().cast_exact::<NativeObject<DateTime>>() {
            Some(object) => (plain_time(object).0, plain_time(object).1),
            None => local_time(cx, dt).map(|(utc, year, _)| (utc, year))?,
        };
        let found = self.table.at_utc(utc, year);
        let shift = Delta::new(cx, 0, self.table.kinds[found.kind].offset, 0)?;
        let moved = datetime::add(cx, object, shift, 1)?;
        match moved.value().cast_exact::<NativeObject<DateTime>>() {
            _ if !found.fold => Ok(moved),
            Some(exact) if std::ptr::eq(dt.type_of(), &DATE_TIME.object) => {
                let mut clock = exact.clock.get();
                clock.fold = 1;
                exact.clock.set(clock);
                Ok(moved)
            }
            _ => {
                let replace = attribute::get_text(cx, moved.value(), "replace")?;
                let name = str::intern(cx, "fold");
                let arguments = Arguments { values: &[Value::from_small_int(1)], names: &[name.value()] };
                call::call_with(cx, replace.value(), arguments)
            }
        }
    }

    /// The key.
    #[get(member)]
    fn key(&self) -> Option<Owned> {
        self.key.clone()
    }

    /// How it is pickled: by its key.
    fn __reduce__(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        if self.source.get() == Source::File {
            let pickle = import::module(cx, "pickle")?;
            let class = attribute::get_text(cx, pickle.value(), "PicklingError")?;
            let message = "Cannot pickle a ZoneInfo file from a file stream.".into_object(cx);
            let error = call::call(cx, class.value(), &[message.value()])?;
            return Err(exception::raise(cx, error));
        }
        let constructor = attribute::get_text(cx, this, "_unpickle")?;
        let key = self.key.clone().into_object(cx);
        let from_cache = i64::from(self.source.get() == Source::Cache);
        Ok((constructor, (key, from_cache)).into_object(cx))
    }

    #[slot(repr)]
    fn repr(&self, cx: &mut Context, this: Value) -> Result<String> {
        self.text(cx, this.type_of())
    }

    #[slot(str)]
    fn str(&self, cx: &mut Context, this: Value) -> Result<Owned> {
        match &self.key {
            Some(key) => convert::str(cx, key.value()),
            None => Ok(self.text(cx, this.type_of())?.into_object(cx)),
        }
    }
}
