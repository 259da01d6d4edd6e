//! The VM over the checked instance of the handlers: for tests, not for use.

fn main() {
    std::process::exit(sidewinder::run(sidewinder_checked::interpret));
}
