//! The checked instance of the handlers: it runs programs like the interpreter and watches the handlers themselves.
//!
//! Every primitive is checked and then done by `Interp`. What is checked:
//!
//! - every token is consumed exactly once on every path, and no value is read after what kept it was consumed;
//! - temporaries are written when empty, consumed when full, and empty after the instruction that consumes them, as the
//!   bytecode verifier assumes;
//! - `set_fresh` and `push_frame` overwrite nothing counted, `release_simple` releases nothing counted;
//! - frames are entered after `may_enter`, left with empty registers, and return to where they came from;
//! - tests come before the first effect; an instruction that branches may end with one more, the one that decides. This
//!   is the rule that makes guards sound.
//!
//! A violation is a bug of the VM, not of the program: it is printed, and ends the process with `VIOLATION`.
//!
//! While something watches a thread, its code runs in the traced instance, unchecked.
//!
//! To see what is dead, consumed temporaries are really emptied here, where the interpreter leaves an uncounted word.

mod frames;
mod instance;
mod ledger;

use frames::{Pushed, Running};
use ledger::{Borrow, Finding, Ledger};
use sidewinder_runtime::{Context, Value};
use sidewinder_semantics::{Interp, Pc};

/// The exit status after a violation.
pub const VIOLATION: i32 = 70;

/// The primitives over the context, with the ledger of the running instruction.
pub struct Checked<'a> {
    cx: &'a mut Context,
    ledger: Ledger,
    /// The instruction being executed, and the call that the last one has returned from.
    running: Option<Running>,
    returned_from: Option<Running>,
    /// Frames that handlers pushed, outermost first; cold code and exceptions leave frames unseen.
    pushed: Vec<Pushed>,
    /// Bases of the frames that have run and were not left, outermost first.
    entered: Vec<*mut Value>,
}

/// Runs from `pc` until a boundary frame is left: the hook `interpret`.
pub fn interpret(cx: &mut Context, pc: Pc) {
    if pc.is_null() {
        // An exception that was thrown into a generator has left it already.
        return;
    }
    if cx.is_traced() {
        return sidewinder_semantics::run::interpret(cx, pc);
    }
    let (base, depth) = (cx.base, frames::depth(cx));
    let mut checked = Checked {
        cx,
        ledger: Ledger::new(),
        running: None,
        returned_from: None,
        pushed: Vec::new(),
        entered: Vec::new(),
    };
    sidewinder_semantics::run::run(&mut checked, pc);
    let finding = checked.ledger.all_consumed();
    checked.demand(finding);
    if checked.cx.base != base || frames::depth(checked.cx) != depth - 1 {
        checked.violation("the run did not end at its boundary frame");
    }
    checked.leave_frames_above(std::ptr::null_mut());
}

impl Checked<'_> {
    #[inline(always)]
    fn interp(&mut self) -> &mut Interp {
        Interp::of(self.cx)
    }

    /// The result of a check; a violation ends the process.
    #[inline(always)]
    fn demand<T>(&self, finding: Finding<T>) -> T {
        match finding {
            Ok(result) => result,
            Err(message) => self.violation(&message),
        }
    }

    #[inline(always)]
    fn ensure(&self, holds: bool, message: &str) {
        if !holds {
            self.violation(message);
        }
    }

    #[cold]
    fn violation(&self, message: &str) -> ! {
        let place = self.running.as_ref().map_or("outside of instructions".to_string(), Running::describe);
        eprintln!("sidewinder-checked: {place}: {message}");
        std::process::exit(VIOLATION);
    }

    fn test(&mut self, primitive: &'static str) {
        let finding = self.ledger.test(primitive);
        self.demand(finding);
    }

    /// A test of a borrowed value, which may be unbound.
    fn test_of(&mut self, primitive: &'static str, borrow: Borrow) -> Value {
        let finding = self.ledger.test_of(primitive, borrow);
        self.demand(finding);
        self.demand(self.ledger.read(borrow))
    }

    fn effect(&mut self, primitive: &'static str) {
        let finding = self.ledger.effect(primitive);
        self.demand(finding);
    }

    fn store(&mut self, primitive: &'static str) {
        let finding = self.ledger.store(primitive);
        self.demand(finding);
    }

    fn end(&mut self, primitive: &'static str) {
        let finding = self.ledger.end(primitive);
        self.demand(finding);
    }

    /// The instruction may be executed again or left before it: it has had no effect yet.
    fn ensure_untouched(&self, primitive: &str) {
        if let Some(effect) = self.ledger.first_effect() {
            self.violation(&format!("`{primitive}` comes after the effect `{effect}`"));
        }
    }

    /// A borrowed value that has to be bound.
    fn bound(&self, borrow: Borrow) -> Value {
        self.demand(self.ledger.read_bound(borrow))
    }
}
