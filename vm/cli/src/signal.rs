//! Ending by Ctrl-C.

/// Ends the process by SIGINT, so that the shell knows; as CPython does after an unhandled `KeyboardInterrupt`. Where
/// the signal is blocked, it answers with the exit status that a shell would show.
pub fn die_interrupted() -> i32 {
    // SAFETY: the default action of the signal ends the process.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
    128 + libc::SIGINT
}
