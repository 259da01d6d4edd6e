//! The compile thread: takes trees, gives back machine code, while the program runs on.

use crate::compile::{CompiledTree, Compiler};
use crate::tree::Tree;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
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
    /// Called on the compile thread after each result, to ask the program to poll.
    notify: Box<dyn Fn() + Send + Sync>,
}

/// A compile thread. Dropping it waits for the tree being compiled and forgets the rest.
pub struct Worker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Compiler>>,
}

impl Worker {
    /// Starts a thread. `notify` is called there after each result.
    pub fn start(compiler: Compiler, notify: impl Fn() + Send + Sync + 'static) -> std::io::Result<Worker> {
        let shared = Arc::new(Shared {
            queues: Mutex::default(),
            work: Condvar::new(),
            idle: Condvar::new(),
            notify: Box::new(notify),
        });
        let of_thread = shared.clone();
        let thread =
            std::thread::Builder::new().name("sidewinder-jit".to_string()).spawn(move || run(&of_thread, compiler))?;
        Ok(Worker { shared, thread: Some(thread) })
    }

    /// Asks for a tree to be compiled. A version of it that still waits is replaced: only the newest counts.
    pub fn submit(&self, id: TreeId, tree: Tree) {
        let mut queues = self.shared.queues.lock().expect("the compile thread does not panic with the lock");
        match queues.submitted.iter_mut().find(|(waiting, _)| *waiting == id) {
            Some((_, waiting)) => *waiting = tree,
            None => queues.submitted.push_back((id, tree)),
        }
        self.shared.work.notify_one();
    }

    /// The next finished tree. One that was submitted again since may still come: the newer one follows.
    pub fn poll(&self) -> Option<(TreeId, Outcome)> {
        self.shared.queues.lock().expect("the compile thread does not panic with the lock").finished.pop_front()
    }

    /// Waits until nothing is waiting or being compiled (before `fork`, at exit, in tests).
    pub fn wait_idle(&self) {
        let mut queues = self.shared.queues.lock().expect("the compile thread does not panic with the lock");
        while !queues.submitted.is_empty() || queues.running.is_some() {
            queues = self.shared.idle.wait(queues).expect("the compile thread does not panic with the lock");
        }
    }

    /// Ends the thread and gives the compiler back (before `fork`). What waits is forgotten.
    pub fn stop(mut self) -> Option<Compiler> {
        self.join()
    }

    fn join(&mut self) -> Option<Compiler> {
        let thread = self.thread.take()?;
        if let Ok(mut queues) = self.shared.queues.lock() {
            queues.stop = true;
            queues.submitted.clear();
        }
        self.shared.work.notify_one();
        thread.join().ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.join();
    }
}

fn run(shared: &Shared, mut compiler: Compiler) -> Compiler {
    loop {
        let (id, tree) = {
            let mut queues = shared.queues.lock().expect("nobody panics with the lock");
            loop {
                if queues.stop {
                    return compiler;
                }
                if let Some(next) = queues.submitted.pop_front() {
                    queues.running = Some(next.0);
                    break next;
                }
                queues = shared.work.wait(queues).expect("nobody panics with the lock");
            }
        };
        // A panic is a bug in the compiler: it costs the tree, not the program.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| compiler.compile(&tree)))
            .unwrap_or_else(|_| Err("the compiler panicked".to_string()));
        {
            let mut queues = shared.queues.lock().expect("nobody panics with the lock");
            queues.running = None;
            queues.finished.push_back((id, outcome));
        }
        shared.idle.notify_all();
        (shared.notify)();
    }
}
