//! What interpreters may do, as objects.

use crate::capture::namespace;
use sidewinder_runtime::interpreters::Config;
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{bytes, singleton, str::cast};
use sidewinder_runtime::operations::{attribute, call, convert};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// The fields that are switches, by name.
fn switches(config: &mut Config) -> [(&'static str, &mut bool); 6] {
    [
        ("use_main_obmalloc", &mut config.use_main_obmalloc),
        ("allow_fork", &mut config.allow_fork),
        ("allow_exec", &mut config.allow_exec),
        ("allow_threads", &mut config.allow_threads),
        ("allow_daemon_threads", &mut config.allow_daemon_threads),
        ("check_multi_interp_extensions", &mut config.check_multi_interp_extensions),
    ]
}

/// What the lock of an interpreter may be called.
const LOCKS: [&str; 3] = ["default", "shared", "own"];

/// A predefined configuration.
pub fn named(cx: &mut Context, name: &str) -> Result<Config> {
    match name {
        "" | "default" | "isolated" => Ok(Config::ISOLATED),
        "legacy" => Ok(Config::LEGACY),
        "empty" => Ok(Config::EMPTY),
        _ => Err(cx.value_error(format!("unsupported config name '{name}'"))),
    }
}

/// What an argument asks for: nothing, a name, or an object with all fields.
pub fn asked(cx: &mut Context, argument: Option<Value>) -> Result<Config> {
    let Some(argument) = argument.filter(|argument| *argument != singleton::none()) else {
        return Ok(Config::ISOLATED);
    };
    if cast(argument).is_some() {
        let encoded = call::call_method(cx, argument, "encode", &[])?;
        let name = String::from_utf8_lossy(bytes::like(encoded.value()).unwrap_or_default()).into_owned();
        return named(cx, &name);
    }
    let Ok(fields) = attribute::get_text(cx, argument, "__dict__") else {
        drop(cx.take_pending());
        let shown = convert::repr_text(cx, argument)?;
        return Err(cx.type_error(format!("bad config {shown}")));
    };
    let mut config = Config::EMPTY;
    update(cx, &mut config, dict::of(fields.value()), true)?;
    Ok(config)
}

/// Sets fields from a dict, which must have all of them if `whole`.
pub fn update(cx: &mut Context, config: &mut Config, fields: &DictObject, whole: bool) -> Result<()> {
    let left = fields.copy(cx);
    let left = dict::of(left.value());
    for (name, place) in switches(config) {
        match left.get_text(cx, name).map(Owned::new) {
            Some(value) if value.value() == singleton::true_() => *place = true,
            Some(value) if value.value() == singleton::false_() => *place = false,
            Some(_) => return Err(wrong_type(cx, name)),
            None if whole => return Err(missing(cx, name)),
            None => continue,
        }
        take(cx, left, name)?;
    }
    match left.get_text(cx, "gil").map(Owned::new) {
        Some(value) => {
            let Some(text) = cast(value.value()).and_then(|_| str::text(value.value())) else {
                return Err(wrong_type(cx, "gil"));
            };
            let Some(lock) = LOCKS.iter().find(|lock| **lock == text) else {
                return Err(cx.value_error(format!("unsupported interpreter config .gil value '{text}'")));
            };
            config.gil = lock;
            take(cx, left, "gil")?;
        }
        None if whole => return Err(missing(cx, "gil")),
        None => {}
    }
    match left.len() {
        0 => Ok(()),
        count => {
            let shown = convert::repr_text(cx, Value::from_pointer(left))?;
            let items = if count == 1 { "item" } else { "items" };
            Err(cx.value_error(format!("config dict has {count} extra {items} ({shown})")))
        }
    }
}

fn take(cx: &mut Context, fields: &DictObject, name: &str) -> Result<()> {
    let key = str::intern(cx, name);
    fields.remove(cx, key.value()).map(drop)
}

fn wrong_type(cx: &mut Context, name: &str) -> Raised {
    cx.type_error(format!("invalid config type: {name}"))
}

fn missing(cx: &mut Context, name: &str) -> Raised {
    cx.value_error(format!("missing config key: {name}"))
}

/// A configuration as a namespace.
pub fn object(cx: &mut Context, config: &Config) -> Result<Owned> {
    let mut config = config.clone();
    let lock = StrObject::new(cx, config.gil);
    let switches = switches(&mut config).map(|(name, on)| (name, Owned::new(singleton::boolean(*on))));
    let fields: Vec<_> = switches.into_iter().chain([("gil", lock)]).collect();
    namespace(cx, &fields)
}
