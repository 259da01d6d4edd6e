//! The command line, over an instance of the handlers that runs the programs.

mod arguments;
mod bootstrap;
mod companion;
mod descriptors;
pub mod embedded;
mod further;
mod help;
mod import;
mod interactive;
mod places;
mod program;
mod script;
mod settings;
mod signal;
mod source;
mod startup;
mod tree;

use sidewinder_runtime::Context;
use sidewinder_semantics::Pc;

/// What runs code: see `Hooks::interpret`.
pub type Interpret = fn(&mut Context, Pc);

/// Does what the process's command line says; the exit status.
pub fn run(interpret: Interpret) -> i32 {
    descriptors::close_again();
    match arguments::parse(std::env::args_os().collect()) {
        Ok(command) => program::run(command, interpret),
        Err(exit) => exit.report(),
    }
}
