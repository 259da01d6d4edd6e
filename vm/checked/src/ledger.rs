//! What one instruction has done with its values: tokens, borrows, and the order of tests and effects.
//!
//! Rust already forbids to consume a token twice, as tokens cannot be copied. The rest is counted here. A method that
//! gives a `Result` finds a violation, in words; the ledger knows neither the heap nor the instruction.

use sidewinder_runtime::Value;

/// A result, or what was violated.
pub type Finding<T> = Result<T, String>;

/// The lifetime of a borrow: it ends with the register or token that keeps the value alive.
type Anchor = usize;

/// The anchor of what outlives every instruction.
const FOREVER: Anchor = 0;

/// The epoch of a value that no store to memory can take away.
const ANY_EPOCH: u32 = u32::MAX;

/// A value that somebody else owns.
#[derive(Clone, Copy)]
pub struct Borrow {
    value: Value,
    anchor: Anchor,
    /// The stores that the instruction had done when the value was read from an object.
    epoch: u32,
    /// The recorder knows without a guard what it is.
    known: bool,
}

/// A value with one count, which the handler has to consume.
#[must_use]
pub struct Token {
    value: Value,
    anchor: Anchor,
    known: bool,
}

/// How an instruction goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing happened that forbids to execute it again.
    Testing,
    /// Named primitive: the first effect.
    Effect(&'static str),
    /// Named primitive: the one that ends the instruction.
    Ended(&'static str),
}

struct Lifetime {
    /// The primitive that made a token; `None` for a borrowed register.
    token: Option<&'static str>,
    live: bool,
}

/// The ledger of the running instruction.
pub struct Ledger {
    lifetimes: Vec<Lifetime>,
    /// Registers that were borrowed, by address.
    registers: Vec<(usize, Anchor)>,
    epoch: u32,
    phase: Phase,
    /// The instruction branches, so a test may follow its effects.
    branches: bool,
    /// Such a test was made.
    pub tested_late: bool,
    /// `may_enter` was asked.
    pub may_enter: bool,
}

impl Ledger {
    pub fn new() -> Ledger {
        let mut made = Ledger {
            lifetimes: Vec::new(),
            registers: Vec::new(),
            epoch: 0,
            phase: Phase::Testing,
            branches: false,
            tested_late: false,
            may_enter: false,
        };
        made.start(false);
        made
    }

    /// A new instruction; `branches` if it has two successors.
    pub fn start(&mut self, branches: bool) {
        self.lifetimes.clear();
        self.lifetimes.push(Lifetime { token: None, live: true });
        self.registers.clear();
        self.epoch = 0;
        self.phase = Phase::Testing;
        self.branches = branches;
        self.tested_late = false;
        self.may_enter = false;
    }

    /// Nothing may be left over at an instruction's end, also when it raised.
    pub fn all_consumed(&self) -> Finding<()> {
        match self.lifetimes.iter().find_map(|lifetime| lifetime.token.filter(|_| lifetime.live)) {
            Some(origin) => Err(format!("the token that `{origin}` made was not consumed")),
            None => Ok(()),
        }
    }

    // Tests and effects.

    /// A primitive whose answer the recorder guards.
    pub fn test(&mut self, primitive: &str) -> Finding<()> {
        match self.phase {
            Phase::Testing => Ok(()),
            Phase::Effect(effect) if !self.branches => Err(format!("the test `{primitive}` comes after `{effect}`")),
            // If it fails, the other successor is taken, so there is room for one.
            Phase::Effect(_) if self.tested_late => Err(format!("`{primitive}` is a second test after an effect")),
            Phase::Effect(_) => {
                self.tested_late = true;
                Ok(())
            }
            Phase::Ended(end) => Err(format!("the test `{primitive}` comes after the end by `{end}`")),
        }
    }

    /// A test of one value, which the recorder does not guard if it knows the answer.
    pub fn test_of(&mut self, primitive: &str, borrow: Borrow) -> Finding<()> {
        if borrow.known { Ok(()) } else { self.test(primitive) }
    }

    /// A primitive after which the instruction cannot be executed again.
    pub fn effect(&mut self, primitive: &'static str) -> Finding<()> {
        match self.phase {
            Phase::Testing => self.phase = Phase::Effect(primitive),
            Phase::Effect(_) => {}
            Phase::Ended(end) => return Err(format!("the effect `{primitive}` comes after the end by `{end}`")),
        }
        Ok(())
    }

    /// A primitive that may change what objects hold.
    pub fn store(&mut self, primitive: &'static str) -> Finding<()> {
        self.epoch += 1;
        self.effect(primitive)
    }

    /// A primitive with which an instruction ends: everything else has been done.
    pub fn end(&mut self, primitive: &'static str) -> Finding<()> {
        if let Phase::Ended(end) = self.phase {
            return Err(format!("`{primitive}` comes after the end by `{end}`"));
        }
        self.phase = Phase::Ended(primitive);
        self.all_consumed()
    }

    /// The first effect, if there was one.
    pub fn first_effect(&self) -> Option<&'static str> {
        match self.phase {
            Phase::Effect(effect) => Some(effect),
            _ => None,
        }
    }

    /// Whether the instruction was ended by that primitive.
    pub fn ended_by(&self, primitive: &str) -> bool {
        matches!(self.phase, Phase::Ended(end) if end == primitive)
    }

    // Borrows.

    /// The value of the register at `address`.
    pub fn borrow_register(&mut self, address: usize, value: Value) -> Borrow {
        let known = self.registers.iter().find(|(own, _)| *own == address).map(|(_, anchor)| *anchor);
        let anchor = known.unwrap_or_else(|| {
            let anchor = self.lifetime(None);
            self.registers.push((address, anchor));
            anchor
        });
        Borrow { value, anchor, epoch: ANY_EPOCH, known: false }
    }

    /// The register at `address` gives up its value.
    pub fn end_register(&mut self, address: usize) {
        if let Some(position) = self.registers.iter().position(|(own, _)| *own == address) {
            let (_, anchor) = self.registers.swap_remove(position);
            self.lifetimes[anchor].live = false;
        }
    }

    /// A value that outlives the instruction and that the recorder takes for a constant.
    pub fn borrow_constant(&self, value: Value) -> Borrow {
        Borrow { value, anchor: FOREVER, epoch: ANY_EPOCH, known: true }
    }

    /// A value that something of the thread's keeps: a global, the running function.
    pub fn borrow_global(&self, value: Value) -> Borrow {
        Borrow { value, anchor: FOREVER, epoch: self.epoch, known: false }
    }

    /// A value read from an object: it may go with the object, or with a store.
    pub fn borrow_from(&self, object: Borrow, value: Value) -> Borrow {
        Borrow { value, anchor: object.anchor, epoch: self.epoch, known: false }
    }

    /// The value of a borrow that has not ended. It may be unbound.
    pub fn read(&self, borrow: Borrow) -> Finding<Value> {
        let lifetime = &self.lifetimes[borrow.anchor];
        if !lifetime.live {
            let owner = lifetime.token.map_or("the register".to_string(), |origin| format!("the token of `{origin}`"));
            return Err(format!("a value is read after {owner} that kept it was consumed"));
        }
        if borrow.epoch != ANY_EPOCH && borrow.epoch != self.epoch {
            return Err("a value from an object is read after a store or call that may have replaced it".to_string());
        }
        Ok(borrow.value)
    }

    /// The same for a use that needs a value.
    pub fn read_bound(&self, borrow: Borrow) -> Finding<Value> {
        let value = self.read(borrow)?;
        if value.is_unbound() { Err("an unbound value is used".to_string()) } else { Ok(value) }
    }

    pub fn is_known(&self, borrow: Borrow) -> bool {
        borrow.known
    }

    // Tokens.

    /// A value that the handler owns now. The recorder sees the origin of a `known` one.
    pub fn own(&mut self, origin: &'static str, value: Value, known: bool) -> Token {
        let anchor = self.lifetime(Some(origin));
        Token { value, anchor, known }
    }

    pub fn view(&self, token: &Token) -> Borrow {
        Borrow { value: token.value, anchor: token.anchor, epoch: ANY_EPOCH, known: token.known }
    }

    pub fn is_known_token(&self, token: &Token) -> bool {
        token.known
    }

    pub fn consume(&mut self, token: Token) -> Value {
        self.lifetimes[token.anchor].live = false;
        token.value
    }

    fn lifetime(&mut self, token: Option<&'static str>) -> Anchor {
        self.lifetimes.push(Lifetime { token, live: true });
        self.lifetimes.len() - 1
    }
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;
    use sidewinder_runtime::Value;

    fn one() -> Value {
        Value::from_small_int(1)
    }

    #[test]
    fn a_token_that_is_left_over_is_found_with_its_origin() {
        let mut ledger = Ledger::new();
        let first = ledger.own("dup", one(), false);
        let second = ledger.own("take", one(), false);
        ledger.consume(first);
        let message = ledger.all_consumed().unwrap_err();
        assert!(message.contains("`take`"), "{message}");
        assert!(ledger.end("raise").is_err());
        ledger.consume(second);
        assert!(ledger.all_consumed().is_ok());
    }

    #[test]
    fn borrows_end_with_what_kept_the_value() {
        let mut ledger = Ledger::new();
        let token = ledger.own("dup", one(), false);
        let (view, register) = (ledger.view(&token), ledger.borrow_register(64, one()));
        let inner = ledger.borrow_from(register, one());
        assert!(ledger.read(view).is_ok() && ledger.read(register).is_ok() && ledger.read(inner).is_ok());
        ledger.consume(token);
        assert!(ledger.read(view).unwrap_err().contains("`dup`"));
        ledger.end_register(64);
        assert!(ledger.read(register).is_err() && ledger.read(inner).is_err());
        let again = ledger.borrow_register(64, one());
        assert!(ledger.read(again).is_ok());
    }

    #[test]
    fn a_store_ends_what_was_read_from_objects_alone() {
        let mut ledger = Ledger::new();
        let object = ledger.borrow_register(64, one());
        let item = ledger.borrow_from(object, one());
        ledger.store("list_set_item").unwrap();
        assert!(ledger.read(object).is_ok());
        assert!(ledger.read(item).is_err());
    }

    #[test]
    fn unbound_values_may_be_read_but_not_used() {
        let mut ledger = Ledger::new();
        let register = ledger.borrow_register(64, Value::UNBOUND);
        assert!(ledger.read(register).is_ok());
        assert!(ledger.read_bound(register).is_err());
    }

    #[test]
    fn tests_come_before_effects_unless_the_instruction_branches() {
        let mut ledger = Ledger::new();
        ledger.test("as_int").unwrap();
        ledger.effect("drop").unwrap();
        let message = ledger.test("has_type").unwrap_err();
        assert!(message.contains("has_type") && message.contains("drop"), "{message}");
        let constant = ledger.borrow_constant(one());
        assert!(ledger.test_of("is_true", constant).is_ok());
        ledger.start(true);
        ledger.effect("drop").unwrap();
        assert!(ledger.test("has_type").is_ok() && ledger.tested_late);
        assert!(ledger.test("is_true").unwrap_err().contains("second"));
    }

    #[test]
    fn nothing_comes_after_the_end() {
        let mut ledger = Ledger::new();
        ledger.end("cold").unwrap();
        assert!(ledger.test("as_int").is_err() && ledger.effect("drop").is_err() && ledger.end("raise").is_err());
    }
}
