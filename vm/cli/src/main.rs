//! The VM: the command line over the interpreter.

fn main() {
    std::process::exit(sidewinder::run(sidewinder_semantics::run::interpret));
}
