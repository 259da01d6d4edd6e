//! The compile thread: takes trees, gives back machine code, while the program runs on.

use crate::compile::{CompiledTree, Compiler};
use crate::tree::Tree;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// The program's name for a tree.
pub type TreeId = u64;

/// What became of a submitted tree.
pub type Outcome = Result<CompiledTree, String>;

#[derive(Default)]
struct Queues {
    submitted: VecDeque<(TreeId, Tree)>,
    finished: VecDeque<(TreeId, Outcome)>,
    /// The tree being compiled.
    running: Option<TreeId>,
    stop: bool,
}

struct Shared {
    queues: Mutex<Queues>,
    work: Condvar,
    idle: Condvar,
    /// Locked while a tree is compiled.
    compiler: Mutex<Compiler>,
    /// Called on the compile thread after each result, to ask the program to poll.
    notify: Box<dyn Fn() + Send + Sync>,
}

impl Shared {
    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A compile thread. Dropping it waits for the tree being compiled and forgets the rest.
pub struct Worker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread. `notify` is called there after each result.
    pub fn start(compiler: Compiler, notify: impl Fn() + Send + Sync + 'static) -> std::io::Result<Worker> {
        let shared = Arc::new(Shared {
            queues: Mutex::default(),
            work: Condvar::new(),
            idle: Condvar::new(),
            compiler: Mutex::new(compiler),
            notify: Box::new(notify),
        });
        let thread = Some(spawn(&shared)?);
        Ok(Worker { shared, thread })
    }

    /// Asks for a tree to be compiled. A version of it that still waits is replaced: only the newest counts.
    pub fn submit(&self, id: TreeId, tree: Tree) {
        let mut queues = self.shared.queues();
        match queues.submitted.iter_mut().find(|(waiting, _)| *waiting == id) {
            Some((_, waiting)) => *waiting = tree,
            None => queues.submitted.push_back((id, tree)),
        }
        self.shared.work.notify_one();
    }

    /// The next finished tree. One that was submitted again since may still come: the newer one follows.
    pub fn poll(&self) -> Option<(TreeId, Outcome)> {
        self.shared.queues().finished.pop_front()
    }

    /// Calls `fork`, which says whether this is the child then. Meanwhile nothing is compiled. What was submitted before
    /// is compiled in both; the child gets a thread of its own for that. The second answer: whether it got none.
    pub fn around_fork(&mut self, fork: impl FnOnce() -> bool) -> (bool, bool) {
        let shared = self.shared.clone();
        let mut queues = shared.queues();
        while queues.running.is_some() {
            queues = shared.idle.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
        let is_child = fork();
        drop(queues);
        if !is_child {
            return (false, false);
        }
        // The parent's thread is not here to be waited for.
        std::mem::forget(self.thread.take());
        self.thread = spawn(&shared).ok();
        (true, self.thread.is_none())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            {
                let mut queues = self.shared.queues();
                queues.stop = true;
                queues.submitted.clear();
            }
            self.shared.work.notify_one();
            let _ = thread.join();
        }
    }
}

fn spawn(shared: &Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
    let shared = shared.clone();
    // The thread inherits that it gets no signals: they are for those of the program.
    // SAFETY: plain calls of the thread library with locals.
    unsafe {
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let thread = std::thread::Builder::new().name("sidewinder-jit".to_string()).spawn(move || run(&shared));
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        thread
    }
}

fn run(shared: &Shared) {
    loop {
        let (id, tree) = {
            let mut queues = shared.queues();
            loop {
                if queues.stop {
                    return;
                }
                if let Some(next) = queues.submitted.pop_front() {
                    queues.running = Some(next.0);
                    break next;
                }
                queues = shared.work.wait(queues).unwrap_or_else(PoisonError::into_inner);
            }
        };
        // A panic is a bug in the compiler: it costs the tree, not the program.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            shared.compiler.lock().unwrap_or_else(PoisonError::into_inner).compile(&tree)
        }))
        .unwrap_or_else(|_| Err("the compiler panicked".to_string()));
        // Not later: what is freed here must not be in the middle of that when the process forks.
        drop(tree);
        {
            let mut queues = shared.queues();
            queues.finished.push_back((id, outcome));
            queues.running = None;
        }
        (shared.notify)();
        shared.idle.notify_all();
    }
}
