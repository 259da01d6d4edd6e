//! Checks of registers and frames, between instructions and at calls and returns.

use crate::Checked;
use sidewinder_bytecode::code::CodeData;
use sidewinder_bytecode::disassemble::print_instruction;
use sidewinder_bytecode::verify::ended_temporaries;
use sidewinder_bytecode::{HEADER_WORDS, Op};
use sidewinder_runtime::objects::code::CodeObject;
use sidewinder_runtime::{Context, Value};
use sidewinder_semantics::Pc;
use sidewinder_semantics::frame::{self, Link};
use sidewinder_semantics::handlers::fetch;
use std::rc::Rc;

/// An instruction of a frame.
pub struct Running {
    /// Not the code object, which may die with its frame.
    data: Rc<CodeData>,
    index: usize,
    pc: Pc,
    base: *mut Value,
}

/// What a frame that a handler pushed has to restore.
pub struct Pushed {
    base: *mut Value,
    caller: *mut Value,
    return_to: Pc,
    link: Link,
    depth: i64,
}

/// Frames that are entered, whatever the limit is changed to.
pub fn depth(cx: &Context) -> i64 {
    cx.recursion_limit - cx.recursion_left
}

impl Running {
    fn new(code: &CodeObject, pc: Pc, base: *mut Value) -> Running {
        Running { data: code.data.clone(), index: code.index_of(pc), pc, base }
    }

    /// The function and the instruction, for messages.
    pub fn describe(&self) -> String {
        let CodeData { qualified_name, file_name, .. } = &*self.data;
        let line = self.data.positions.get(self.index).map_or(0, |position| position.line);
        let text = print_instruction(&self.data, self.index);
        format!("{qualified_name} ({file_name}:{line}), instruction {} `{text}`", self.index)
    }
}

impl Checked<'_> {
    /// The start of the instruction at `pc`, which is the end of the one before.
    pub fn begin_instruction(&mut self, pc: Pc) {
        self.finish_instruction(pc);
        let code = frame::current_code(self.cx);
        let base = self.cx.base;
        self.leave_frames_above(base);
        let entered = self.entered.last() != Some(&base);
        if entered {
            self.entered.push(base);
        }
        self.ensure(code.contains(pc), "control leaves the code of the running frame");
        self.running = Some(Running::new(code, pc, base));
        self.ensure(self.cx.constants == code.constants.get(), "the constants are not the running frame's");
        self.ensure(self.cx.sites == code.sites.get(), "the inline caches are not the running frame's");
        self.ensure(self.cx.temporary_floor == code.local_count as i64, "the temporaries are not the running frame's");
        if entered && pc == code.instructions.get() {
            self.empty_temporaries(code);
        }
        let branches = fetch(pc).jump_offset().is_some();
        self.ledger.start(branches);
    }

    /// Whether `pc` is the instruction that is being executed.
    pub fn is_running(&self, pc: Pc) -> bool {
        self.running.as_ref().is_some_and(|running| running.pc == pc)
    }

    fn finish_instruction(&mut self, pc: Pc) {
        let finding = self.ledger.all_consumed();
        self.demand(finding);
        let Some(last) = self.returned_from.take().or_else(|| self.running.take()) else { return };
        let same_frame = last.base == self.cx.base && frame::current_code(self.cx).contains(pc);
        if self.ledger.tested_late && !self.ledger.ended_by("raise") {
            let offset = fetch(last.pc).jump_offset().unwrap_or(0);
            let successors = [last.pc.wrapping_add(1), last.pc.wrapping_offset(1 + offset as isize)];
            let branched = same_frame && successors.contains(&pc);
            self.running = Some(last);
            self.ensure(branched, "a test after an effect does not end with one of the two successors");
        } else if same_frame {
            let next = frame::current_code(self.cx).index_of(pc);
            let ended = ended_temporaries(&last.data, last.index, next);
            self.running = Some(last);
            for register in ended.into_iter().flatten() {
                if !self.read_register(register as isize).is_unbound() {
                    self.violation(&format!("the temporary r{register} was not consumed"));
                }
            }
        } else {
            self.running = Some(last);
        }
    }

    /// A fresh frame's temporaries hold words that were left there; none may look owned.
    fn empty_temporaries(&mut self, code: &CodeObject) {
        for register in code.local_count..code.register_count {
            self.empty_word(register as isize);
        }
    }

    /// The frames above `base` were left, here or by cold code or exceptions: their headers are free.
    pub fn leave_frames_above(&mut self, base: *mut Value) {
        while let Some(left) = self.entered.pop_if(|entered| *entered > base) {
            // SAFETY: both are bases on the value stack.
            let delta = unsafe { left.offset_from(self.cx.base) };
            self.empty_header(delta);
        }
    }

    fn empty_header(&mut self, base: isize) {
        for word in -(HEADER_WORDS as isize)..0 {
            self.empty_word(base + word);
        }
    }

    /// Makes a word of the stack that holds nothing counted unbound.
    fn empty_word(&mut self, register: isize) {
        let place = self.place(register);
        if self.read_register(register).is_counted() {
            self.violation(&format!("the word r{register}, which no frame owns, holds a counted value"));
        }
        // SAFETY: (frames 1) the word lies on the value stack and is not counted.
        unsafe { *place = Value::UNBOUND };
    }

    // Registers.

    pub fn place(&self, register: isize) -> *mut Value {
        // SAFETY: (frames 3) registers, header words and the block above the frame lie on the value stack.
        unsafe { self.cx.base.offset(register) }
    }

    /// A register of the frame from which the running one was entered.
    pub fn outer_place(&self, register: u16) -> *mut Value {
        // SAFETY: (frames 3) the running frame has a header, and a caller.
        unsafe {
            let link = Link(frame::header(self.cx.base, frame::LINK).0);
            self.cx.base.sub(link.delta()).add(register as usize)
        }
    }

    pub fn read_register(&self, register: isize) -> Value {
        // SAFETY: (frames 1) every word is a valid value.
        unsafe { *self.place(register) }
    }

    pub fn is_temporary(&self, field: u16) -> bool {
        field as i16 as i64 >= self.cx.temporary_floor
    }

    /// Before a temporary is read or consumed.
    pub fn ensure_full(&self, register: u16) {
        if self.read_register(register as isize).is_unbound() {
            self.violation(&format!("the register r{register} is used, but holds nothing (any more)"));
        }
    }

    /// Before a register is overwritten without a release.
    pub fn ensure_fresh(&self, register: u16) {
        let old = self.read_register(register as isize);
        let own = (register as u32) < frame::current_code(self.cx).register_count;
        if old.is_counted() || own && self.is_temporary(register) && !old.is_unbound() {
            self.violation(&format!("the register r{register} is overwritten, but still holds a value"));
        }
    }

    /// Borrows of a register's value end.
    pub fn end_register(&mut self, register: u16) {
        let place = self.place(register as isize);
        self.ledger.end_register(place as usize);
    }

    /// Empties a temporary whose uncounted value the interpreter leaves.
    pub fn consume_simple(&mut self, register: u16) {
        self.ensure_full(register);
        self.end_register(register);
        self.empty_word(register as isize);
    }

    // Frames.

    /// Before the call block at `block` becomes a frame.
    pub fn before_push(&mut self, block: u16, code: &CodeObject, return_to: Pc) {
        let last = self.running.as_ref().map_or(std::ptr::null(), |running| running.pc);
        self.ensure(self.ledger.may_enter, "a frame is pushed without asking `may_enter`");
        self.ensure(return_to > last, "a frame returns before the instruction that pushed it");
        self.ensure_full(block);
        let function = self.read_register(block as isize);
        let callee = function.cast_exact::<sidewinder_runtime::objects::function::FunctionObject>();
        let own = callee.is_some_and(|function| std::ptr::eq(function.code(), code));
        self.ensure(own, "the callable of a pushed frame is not the function of its code");
        self.end_register(block);
        let first = block + HEADER_WORDS as u16;
        for word in block + 1..first {
            self.ensure_fresh(word);
        }
        for argument in first..first + code.parameter_count as u16 {
            self.ensure_full(argument);
            self.end_register(argument);
        }
        for local in first + code.parameter_count as u16..first + code.local_count as u16 {
            self.ensure_fresh(local);
        }
    }

    /// After it: `caller` and `before` are the base and depth from before.
    pub fn after_push(&mut self, caller: *mut Value, before: i64, return_to: Pc) {
        let (base, depth) = (self.cx.base, depth(self.cx));
        self.ensure(depth == before + 1, "a pushed frame does not count as one");
        // SAFETY: (frames 2) the frame was just pushed.
        let link = Link(unsafe { frame::header(base, frame::LINK) }.0);
        self.pushed.retain(|frame| frame.base < base);
        self.pushed.push(Pushed { base, caller, return_to, link, depth });
    }

    /// After a frame was entered that no handler pushes: those above the one below were left unseen.
    pub fn forget_pushed(&mut self) {
        let base = self.cx.base;
        self.pushed.retain(|frame| frame.base < base);
    }

    /// Before the running frame is left: its registers are released, and it is the one that was pushed last.
    pub fn before_pop(&mut self) {
        for register in 0..frame::current_code(self.cx).register_count {
            if !self.read_register(register as isize).is_unbound() {
                self.violation(&format!("the frame is left, but r{register} still holds a value"));
            }
        }
        let base = self.cx.base;
        self.pushed.retain(|frame| frame.base <= base);
        let Some(pushed) = self.pushed.pop_if(|frame| frame.base == base) else { return };
        // SAFETY: (frames 2) the running frame has a header.
        let (link, return_to) = unsafe { (Link(frame::header(base, frame::LINK).0), frame::return_address(base)) };
        let parts = |link: Link| (link.delta(), link.continuation(), link.destination());
        self.ensure(parts(link) == parts(pushed.link), "the link word of the frame was changed");
        self.ensure(return_to == pushed.return_to, "the return word of the frame was changed");
        self.ensure(depth(self.cx) == pushed.depth, "frames were not entered and left in balance");
        // SAFETY: (frames 2) a pushed frame has a caller.
        let caller = unsafe { base.sub(link.delta()) };
        self.ensure(caller == pushed.caller, "the frame does not return to its caller");
    }

    /// After a frame was left: its header is free for the result, and the caller's instruction goes on.
    pub fn after_pop(&mut self, return_to: Pc) {
        let base = self.cx.base;
        self.leave_frames_above(base);
        let code = frame::current_code(self.cx);
        let mut origin = return_to.wrapping_sub(1);
        self.ensure(code.contains(origin), "a frame returns to code that its caller does not run");
        if fetch(origin).op == Op::Extra {
            origin = origin.wrapping_sub(1);
        }
        self.returned_from = Some(Running::new(code, origin, self.cx.base));
    }
}
