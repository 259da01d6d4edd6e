//! Links the program to a fixed address, as Debian and Fedora do with theirs: pages with addresses in them, half of those
//! that a start touches, then come from the file as they are.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-arg-bins=-no-pie");
}
