//! Statements that a connection keeps, by their texts.

use sidewinder_runtime::Owned;
use sidewinder_runtime::native::Traverse;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Statements by their texts, and when each was asked for last.
type Statements = HashMap<Box<[u8]>, (Owned, u64)>;

/// The statements, and how many there may be.
#[derive(Default)]
pub struct Cache {
    statements: RefCell<Statements>,
    most: Cell<usize>,
    clock: Cell<u64>,
}

/// Statements hold no objects, so they are part of no cycle and the collector need not know of them.
impl Traverse for Cache {}

impl Cache {
    /// Empties the cache, which then keeps at most so many statements.
    pub fn restart(&self, most: usize) {
        self.most.set(most);
        self.clear();
    }

    pub fn clear(&self) {
        drop(std::mem::take(&mut *self.statements.borrow_mut()));
    }

    fn tick(&self) -> u64 {
        self.clock.set(self.clock.get() + 1);
        self.clock.get()
    }

    pub fn find(&self, sql: &[u8]) -> Option<Owned> {
        let now = self.tick();
        let mut statements = self.statements.borrow_mut();
        let (statement, used) = statements.get_mut(sql)?;
        *used = now;
        Some(statement.clone())
    }

    /// Keeps a statement, for which the one that was not used for longest may go.
    pub fn keep(&self, sql: &[u8], statement: &Owned) {
        if self.most.get() == 0 {
            return;
        }
        let now = self.tick();
        let mut statements = self.statements.borrow_mut();
        let mut gone = None;
        if statements.len() >= self.most.get() {
            let oldest = statements.iter().min_by_key(|(_, (_, used))| *used).map(|(text, _)| text.clone());
            gone = oldest.and_then(|text| statements.remove(&text));
        }
        let old = statements.insert(sql.into(), (statement.clone(), now));
        drop(statements);
        drop((gone, old));
    }
}
