//! The one table of modes in which every program runs.

/// A set of command-line options under which a program must behave as in CPython.
#[derive(Debug, PartialEq, Eq)]
pub struct Mode {
    /// The name used in reports and in `expected_failures.txt`.
    pub name: &'static str,
    /// The program that runs it, beside the VM.
    pub binary: &'static str,
    /// The values of the `-X` options.
    pub options: &'static [&'static str],
    /// What a failure in this mode alone suggests.
    pub suspect: &'static str,
}

const fn mode(name: &'static str, options: &'static [&'static str], suspect: &'static str) -> Mode {
    Mode { name, binary: VM, options, suspect }
}

/// The VM itself.
pub const VM: &str = "sidewinder";

/// Every mode; the plain interpreter comes first, for a failure there explains the others.
pub const MODES: &[Mode] = &[
    mode("off", &["jit=off"], "the compiler, the interpreter or the runtime"),
    Mode {
        name: "checked",
        binary: "sidewinder-checked",
        options: &["jit=off"],
        suspect: "a handler that breaks the rules of its primitives",
    },
    mode("sync", &["jit=sync"], "the recorder, the optimizer or the backend"),
    mode("on", &["jit=on"], "the compile thread or the installation of traces"),
    mode("threshold-1", &["jit=sync", "threshold=1"], "recording of rarely seen paths"),
    mode("gc-7", &["jit=sync", "threshold=1", "gc=7"], "roots or reference counts in traces"),
    mode("invalidate-5", &["jit=sync", "threshold=1", "invalidate=5"], "invalidation of a trace that runs"),
    mode("guard-fail-5", &["jit=sync", "threshold=1", "guard-fail=5"], "snapshots, or effects before a guard"),
    mode("inline-2", &["jit=sync", "threshold=1", "inline-depth-max=2"], "calls that traces make rather than inline"),
    mode("force-frames-1", &["jit=sync", "threshold=1", "force-frames=1"], "frames shown during calls out of traces"),
    mode("exit-all", &["jit=sync", "threshold=1", "exit-all"], "snapshots, or effects before a guard"),
    mode(
        "switch-7",
        &["jit=sync", "threshold=1", "switch=7"],
        "state that threads share, or traces across a hand-over",
    ),
    mode("switch-off-3", &["jit=off", "switch=3"], "state that threads share"),
    mode("settrace-1", &["jit=off", "settrace=1"], "the traced instance of the interpreter"),
    mode("settrace-2", &["jit=sync", "threshold=1", "settrace=2"], "events, or frames that have objects"),
    mode("cut-60", &["jit=sync", "threshold=1", "trace-cut=60"], "links, side trees, what frames hold between trees"),
];

/// Modes that are not run unless they are asked for: the gate has a quarter of an hour for all programs in all others, which
/// find nearly all that these do.
const LONG: &[&str] = &["inline-2", "settrace-2", "guard-fail-5", "switch-off-3"];

/// A word for the modes that a program about native code needs, where what traces and frames do is beside the point.
const NATIVE: (&str, &str) = ("native", "off checked on threshold-1 gc-7");

/// The names of modes in a line of a program: as they are, or by the word for them.
#[must_use]
pub fn named(line: &str) -> Vec<String> {
    let names = line.split_whitespace().flat_map(|word| if word == NATIVE.0 { NATIVE.1 } else { word }.split(' '));
    names.map(str::to_owned).collect()
}

/// Modes of [`MODES`] whose names stand in `list`, separated by commas; every one for `all`, and for `None` those that are
/// not long.
///
/// # Errors
///
/// Returns the first unknown name.
pub fn select(list: Option<&str>) -> Result<Vec<&'static Mode>, String> {
    let Some(list) = list else {
        return Ok(MODES.iter().filter(|mode| !LONG.contains(&mode.name)).collect());
    };
    if list == "all" {
        return Ok(MODES.iter().collect());
    }
    list.split(',').map(|name| find(name.trim()).ok_or_else(|| name.to_owned())).collect()
}

/// The mode called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Mode> {
    MODES.iter().find(|mode| mode.name == name)
}

#[cfg(test)]
mod tests {
    use super::{LONG, MODES, select};

    #[test]
    fn names_are_unique() {
        for (index, mode) in MODES.iter().enumerate() {
            assert!(MODES[..index].iter().all(|other| other.name != mode.name), "{}", mode.name);
        }
        assert!(LONG.iter().all(|name| super::find(name).is_some()));
    }

    #[test]
    fn a_word_stands_for_modes() {
        let names = super::named("native cut-60");
        assert_eq!(names.len(), 6);
        assert!(names.iter().all(|name| super::find(name).is_some()), "{names:?}");
    }

    #[test]
    fn select_accepts_lists_and_names_strangers() {
        assert_eq!(select(None).unwrap().len(), MODES.len() - LONG.len());
        assert_eq!(select(Some("all")).unwrap().len(), MODES.len());
        assert_eq!(select(Some("on,off")).unwrap()[1].name, "off");
        assert_eq!(select(Some("on,of")).unwrap_err(), "of");
    }
}
