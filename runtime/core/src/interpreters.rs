//! Interpreters of one process that know each other: who there is, how a thread visits another interpreter, what is sent
//! to one, and how one ends.
//!
//! Nothing else is shared between them. Objects never cross: what is given to another interpreter is made of plain data
//! there.

mod end;

use crate::context::{Context, Interpreter, interrupt};
use crate::gil::Gil;
use crate::options::Options;
use crate::threads;
use sidewinder_bytecode::Instruction;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where interpreters come from, as CPython numbers it.
pub mod whence {
    pub const UNKNOWN: i64 = 0;
    /// The first of the process.
    pub const RUNTIME: i64 = 1;
    pub const LEGACY_CAPI: i64 = 2;
    pub const CAPI: i64 = 3;
    pub const XI: i64 = 4;
    /// Made by a program.
    pub const STDLIB: i64 = 5;
}

/// What an interpreter may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub use_main_obmalloc: bool,
    pub allow_fork: bool,
    pub allow_exec: bool,
    pub allow_threads: bool,
    pub allow_daemon_threads: bool,
    pub check_multi_interp_extensions: bool,
    /// `default`, `shared` or `own`. Each interpreter has a lock of its own, whatever it is called.
    pub gil: &'static str,
}

impl Config {
    /// What the first interpreter of a process has.
    pub const MAIN: Config = Config { gil: "own", ..Config::LEGACY };
    pub const ISOLATED: Config = Config {
        use_main_obmalloc: false,
        allow_fork: false,
        allow_exec: false,
        allow_threads: true,
        allow_daemon_threads: false,
        check_multi_interp_extensions: true,
        gil: "own",
    };
    pub const LEGACY: Config = Config {
        use_main_obmalloc: true,
        allow_fork: true,
        allow_exec: true,
        allow_threads: true,
        allow_daemon_threads: true,
        check_multi_interp_extensions: false,
        gil: "shared",
    };
    pub const EMPTY: Config = Config {
        use_main_obmalloc: false,
        allow_fork: false,
        allow_exec: false,
        allow_threads: false,
        allow_daemon_threads: false,
        check_multi_interp_extensions: false,
        gil: "default",
    };
}

/// Something to be done by an interpreter for another one.
pub type Letter = Box<dyn FnOnce(&mut Context) + Send>;

/// The interpreters that have come from one another, and what belongs to all of them.
#[derive(Default)]
pub struct Family {
    members: Mutex<Vec<Arc<Member>>>,
    /// How many there have been.
    count: AtomicUsize,
    shared: Mutex<HashMap<TypeId, Shared>>,
    /// The thread in which the first of them was made.
    main_thread: AtomicU64,
}

/// Something that all interpreters of a family share: plain data behind locks, made when it is first asked for.
pub trait Common: Default + Send + Sync + 'static {
    /// The interpreter with this identifier ends, on whose thread this is called. What was lent by it must be given up.
    fn interpreter_ends(&self, _id: i64) {}
}

/// A value that is shared, and how it is told of the end of an interpreter.
struct Shared {
    value: Arc<dyn Any + Send + Sync>,
    interpreter_ends: fn(&(dyn Any + Send + Sync), i64),
}

/// What another interpreter is made of.
pub struct Seed {
    pub family: Arc<Family>,
    pub config: Config,
    pub options: Options,
    pub hash_key: (u64, u64),
    pub interpret: fn(&mut Context, *const Instruction),
}

/// An interpreter, as others know it. It outlives the interpreter.
pub struct Member {
    pub id: i64,
    pub whence: i64,
    pub config: Config,
    state: Mutex<State>,
    letters: Mutex<Vec<Letter>>,
    gil: Arc<Gil>,
    /// What other interpreters use of this one's memory.
    lent: AtomicUsize,
}

struct State {
    /// Null before the interpreter is ready, and once it has ended.
    interpreter: *mut Interpreter,
    /// A thread runs its main program, or ends it.
    claimed: bool,
    /// References by identifier, and whether it ends when the last one goes.
    references: i64,
    ends_with_references: bool,
}

// SAFETY: (threads 2) the interpreter is there while the pointer is; its objects are touched only by who has its lock.
unsafe impl Send for State {}

/// Why a thread cannot enter an interpreter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It has ended.
    Gone,
    /// Its main program runs already.
    Running,
    /// There is no memory for a thread's stack.
    NoMemory,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Family {
    /// A new member, which has no interpreter yet.
    pub fn add(&self, whence: i64, config: Config, gil: Arc<Gil>) -> Arc<Member> {
        let id = self.count.fetch_add(1, Ordering::Relaxed) as i64;
        let state =
            State { interpreter: std::ptr::null_mut(), claimed: id == 0, references: 0, ends_with_references: false };
        let (state, letters) = (Mutex::new(state), Mutex::default());
        let member = Arc::new(Member { id, whence, config, state, letters, gil, lent: AtomicUsize::new(0) });
        locked(&self.members).push(member.clone());
        member
    }

    /// Takes a number that no interpreter will have: of one that could not be made.
    pub fn skip_number(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// The interpreters that are there, in the order in which they were made.
    pub fn members(&self) -> Vec<Arc<Member>> {
        locked(&self.members).clone()
    }

    pub fn find(&self, id: i64) -> Option<Arc<Member>> {
        locked(&self.members).iter().find(|member| member.id == id).cloned()
    }

    fn remove(&self, id: i64) {
        locked(&self.members).retain(|member| member.id != id);
    }

    /// What all of them share of a type.
    pub fn shared<T: Common>(&self) -> Arc<T> {
        let mut shared = locked(&self.shared);
        let make = || Shared {
            value: Arc::new(T::default()),
            interpreter_ends: |value, id| {
                value.downcast_ref::<T>().into_iter().for_each(|own| own.interpreter_ends(id))
            },
        };
        match shared.entry(TypeId::of::<T>()).or_insert_with(make).value.clone().downcast::<T>() {
            Ok(found) => found,
            Err(_) => unreachable!("entries are of the type that is their key"),
        }
    }

    /// Tells what is shared that an interpreter ends.
    fn interpreter_ends(&self, id: i64) {
        let told: Vec<_> =
            locked(&self.shared).values().map(|shared| (shared.value.clone(), shared.interpreter_ends)).collect();
        told.into_iter().for_each(|(value, tell)| tell(&*value, id));
    }

    /// The identifier of the main thread of the first of them.
    pub fn main_thread(&self) -> u64 {
        self.main_thread.load(Ordering::Relaxed)
    }

    pub(crate) fn set_main_thread(&self, identifier: u64) {
        if self.main_thread() == 0 {
            self.main_thread.store(identifier, Ordering::Relaxed);
        }
    }
}

impl Interpreter {
    /// In the child of a `fork`: only this interpreter lives, with one thread. Whoever held a lock of the family may be gone,
    /// so there is a new one.
    pub(crate) fn become_only_child(&mut self, thread: u64) {
        let family = Family::default();
        family.count.store(self.member.id as usize, Ordering::Relaxed);
        family.set_main_thread(thread);
        let member = family.add(self.member.whence, self.member.config.clone(), self.gil.clone());
        *locked(&member.state) = State { interpreter: self, claimed: true, references: 0, ends_with_references: false };
        let before =
            (std::mem::replace(&mut self.family, Arc::new(family)), std::mem::replace(&mut self.member, member));
        // What lies in them is not looked at: a thread that is gone may have been changing it.
        std::mem::forget(before);
    }
}

impl Member {
    pub fn is_ready(&self) -> bool {
        !locked(&self.state).interpreter.is_null()
    }

    /// Whether a thread runs its main program.
    pub fn is_running(&self) -> bool {
        locked(&self.state).claimed
    }

    /// The right to run the main program, for as long as the claim lives.
    pub fn claim(self: &Arc<Self>) -> Result<Claim, Refusal> {
        let mut state = locked(&self.state);
        match () {
            () if state.interpreter.is_null() => Err(Refusal::Gone),
            () if state.claimed => Err(Refusal::Running),
            () => {
                state.claimed = true;
                Ok(Claim { interpreter: state.interpreter, member: self.clone() })
            }
        }
    }

    pub fn add_reference(&self, ends_with_references: bool) {
        let mut state = locked(&self.state);
        state.references += 1;
        state.ends_with_references |= ends_with_references;
    }

    /// The interpreter ends when its last reference goes.
    pub fn end_with_references(&self) {
        locked(&self.state).ends_with_references = true;
    }

    /// Takes a reference back. Whether the interpreter has to end.
    pub fn remove_reference(&self) -> bool {
        let mut state = locked(&self.state);
        state.references -= 1;
        state.references <= 0 && state.ends_with_references
    }

    /// Has the interpreter do something at its next safe point.
    pub fn send(&self, letter: Letter) {
        locked(&self.letters).push(letter);
        self.gil.post(interrupt::LETTERS);
    }

    /// Another interpreter uses memory of this one from now on, which keeps it from being given back.
    pub fn lend(&self) {
        self.lent.fetch_add(1, Ordering::Relaxed);
    }

    /// The reverse of `lend`, by the interpreter itself.
    pub fn get_back(&self) {
        self.lent.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // What nobody has read belongs to an interpreter that is not there any more.
        locked(&self.letters).drain(..).for_each(std::mem::forget);
    }
}

/// The right to run an interpreter's main program.
pub struct Claim {
    member: Arc<Member>,
    interpreter: *mut Interpreter,
}

impl Claim {
    pub fn member(&self) -> &Arc<Member> {
        &self.member
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        locked(&self.member.state).claimed = false;
    }
}

impl Context {
    /// The interpreter, as others know it.
    pub fn member(&self) -> &'static Arc<Member> {
        &self.interpreter().member
    }

    /// The interpreters of this one's family.
    pub fn family(&self) -> &'static Arc<Family> {
        &self.interpreter().family
    }

    /// Says that the interpreter can be used; where it is a further one, from a thread that leaves it now.
    pub fn set_ready(&mut self) {
        locked(&self.member().state).interpreter = self.interpreter;
        if self.member().id != 0 {
            self.thread.identifier = 0;
            self.drop_gil();
        }
    }

    /// Does what others have sent.
    #[cold]
    pub fn read_letters(&mut self) {
        let letters = std::mem::take(&mut *locked(&self.member().letters));
        letters.into_iter().for_each(|letter| letter(self));
    }

    /// Runs `work` without the GIL and without this context: it may use contexts of other interpreters on this thread.
    /// It takes and gives no values of this interpreter.
    fn apart<T>(&mut self, work: impl FnOnce() -> T) -> T {
        /// Comes back, also if `work` panics.
        struct Back(*mut Context);
        impl Drop for Back {
            fn drop(&mut self) {
                Context::enter(self.0);
                // SAFETY: (threads 2) the context of a caller of this function, which is alive.
                unsafe { &mut *self.0 }.take_gil();
            }
        }
        let _back = Back(self);
        self.drop_gil();
        work()
    }

    /// Runs `work` in an interpreter that the claim is for, on this thread. No values go in or out.
    ///
    /// # Errors
    /// There is no memory for another stack.
    pub fn visit<T>(&mut self, claim: &Claim, work: impl FnOnce(&mut Context) -> T) -> Result<T, Refusal> {
        if std::ptr::eq(claim.interpreter, self.interpreter) {
            return Ok(work(self));
        }
        self.apart(|| {
            let mut guest = threads::visitor(claim.interpreter).ok_or(Refusal::NoMemory)?;
            let result = work(&mut guest);
            threads::leave(&mut guest);
            Ok(result)
        })
    }

    /// Makes another interpreter of the family. None if that fails.
    pub fn found(&mut self, config: Config) -> Option<Arc<Member>> {
        let interpreter = self.interpreter();
        let (hook, interpret) = (interpreter.hooks.start_interpreter, interpreter.hooks.interpret);
        let (family, options) = (interpreter.family.clone(), interpreter.options.clone());
        let seed = Seed { family, config, options, hash_key: interpreter.hash_key, interpret };
        self.apart(|| hook(seed))
    }

    /// Ends an interpreter that the claim is for, another one than this.
    ///
    /// # Errors
    /// There is no memory for a stack on which that could be done.
    pub fn end_other(&mut self, claim: Claim) -> Result<(), Refusal> {
        let hook = self.interpreter().hooks.end_interpreter;
        let result = self.apart(|| {
            let mut guest = threads::visitor(claim.interpreter).ok_or(Refusal::NoMemory)?;
            hook(&mut guest);
            locked(&claim.member.state).interpreter = std::ptr::null_mut();
            end::finish(guest, claim.interpreter);
            Ok(())
        });
        if result.is_ok() {
            self.family().remove(claim.member.id);
        }
        result
    }
}
