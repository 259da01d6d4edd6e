//! The command line.

mod arguments;
mod bootstrap;
mod import;
mod program;
mod signal;
mod source;

fn main() {
    let status = match arguments::parse(std::env::args_os().collect()) {
        Ok(command) => program::run(command),
        Err(exit) => exit.report(),
    };
    std::process::exit(status);
}
