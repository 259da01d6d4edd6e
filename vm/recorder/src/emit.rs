//! Short ways to emit IR.

use crate::helper_table::Special;
use crate::recorder::Recorder;
use sidewinder_ir::op::Alias;
use sidewinder_ir::{HelperId, Op, Ref, Type};
use sidewinder_runtime::Value;

const NONE: Ref = Ref::NONE;

impl Recorder<'_> {
    pub fn raw(&mut self, word: u64) -> Ref {
        self.constant(Op::ConstRaw, word)
    }

    pub fn unary(&mut self, op: Op, a: Ref) -> Ref {
        self.push(op, [a, NONE, NONE], 0, Alias::Other)
    }

    pub fn binary(&mut self, op: Op, a: Ref, b: Ref) -> Ref {
        self.push(op, [a, b, NONE], 0, Alias::Other)
    }

    /// The value word at a constant offset of an object.
    pub fn load_value(&mut self, object: Ref, offset: usize, alias: Alias) -> Ref {
        let address = self.unary(Op::Address, object);
        self.push(Op::LoadValue, [address, NONE, NONE], offset as u64, alias)
    }

    pub fn load_word(&mut self, object: Ref, offset: usize, alias: Alias) -> Ref {
        let address = self.unary(Op::Address, object);
        self.push(Op::LoadRaw, [address, NONE, NONE], offset as u64, alias)
    }

    pub fn store_value(&mut self, object: Ref, offset: usize, value: Ref, alias: Alias) {
        let address = self.unary(Op::Address, object);
        self.push(Op::StoreValue, [address, value, NONE], offset as u64, alias);
        self.effect();
    }

    pub fn store_word(&mut self, object: Ref, offset: usize, value: Ref, alias: Alias) {
        let address = self.unary(Op::Address, object);
        self.push(Op::StoreRaw, [address, value, NONE], offset as u64, alias);
        self.effect();
    }

    /// Gives a word of an object that was just made its first value, which nobody can see.
    pub fn fill_word(&mut self, object: Ref, offset: usize, value: Ref, alias: Alias) {
        let address = self.unary(Op::Address, object);
        self.push(Op::StoreRaw, [address, value, NONE], offset as u64, alias);
    }

    /// Whether the trace itself shows that a value is never counted.
    pub fn is_uncounted(&self, value: Ref) -> bool {
        let instruction = &self.instructions[value.0 as usize];
        match instruction.op {
            Op::BoxInt | Op::BoxFloat | Op::BoxBool => true,
            Op::ConstValue => !Value::from_word(instruction.immediate).is_counted(),
            _ => self.numbers.contains(&value),
        }
    }

    pub fn emit_dup(&mut self, value: Ref) {
        if !self.is_uncounted(value) {
            self.unary(Op::Dup, value);
            self.effect();
        }
    }

    pub fn emit_drop(&mut self, value: Ref) {
        if !self.is_uncounted(value) {
            self.unary(Op::Drop, value);
            self.note_drop();
        }
    }

    /// Before a value moves into memory: a float must fit its word.
    pub fn settle(&mut self, value: Ref) {
        let instruction = self.instructions[value.0 as usize];
        if instruction.op == Op::BoxFloat {
            let fits = self.unary(Op::FloatFits, instruction.operands[0]);
            self.guard(fits, true);
        }
    }

    /// A call with a result of that type.
    pub fn call(&mut self, helper: HelperId, arguments: &[Ref], result: Type) -> Ref {
        let start = self.arguments.len() as u32;
        self.arguments.extend_from_slice(arguments);
        let op = match result {
            Type::Value => Op::CallValue,
            Type::Raw => Op::CallRaw,
            Type::Float => Op::CallFloat,
            _ => Op::CallNone,
        };
        let operands = [Ref(start), Ref(arguments.len() as u32), NONE];
        let value = self.push(op, operands, helper.0 as u64, Alias::Other);
        let effects = self.engine.helpers.effects(helper);
        if effects.writes != 0 || effects.runs_python || effects.drops || effects.raises {
            self.effect();
        }
        if effects.runs_python || effects.writes >> Alias::Dict as u32 & 1 != 0 {
            // A dict may be one whose contents traces take for granted.
            self.ran_python = true;
        }
        if effects.runs_python || effects.drops {
            self.note_drop();
        }
        value
    }

    /// A call whose unbound result means that it raised.
    pub fn call_raising(&mut self, helper: HelperId, arguments: &[Ref]) -> Ref {
        for &argument in arguments {
            if self.instructions[argument.0 as usize].op.result() == Type::Value {
                self.settle(argument);
            }
        }
        let value = self.call(helper, arguments, Type::Value);
        if self.engine.helpers.effects(helper).raises {
            let snapshot = self.take_snapshot(self.pc);
            self.push_guard(Op::GuardNoException, [value, NONE, NONE], snapshot);
        }
        value
    }

    pub fn special(&self, special: Special) -> HelperId {
        self.engine.helpers.special(special)
    }
}
