//! Every program of the conformance suite and of the benchmarks compiles, into bytecode that the verifier accepts.

use sidewinder_compiler::{ErrorKind, Mode, compile};
use std::path::Path;

/// Compiles every program of a directory; returns the failures.
fn compile_directory(directory: &Path) -> Vec<String> {
    let mut failures = Vec::new();
    let Ok(entries) = std::fs::read_dir(directory) else { return failures };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "py")) {
        let Ok(source) = std::fs::read_to_string(path) else { continue };
        match compile(&source, &path.to_string_lossy(), Mode::Module) {
            Ok(code) => failures.extend(sidewinder_bytecode::verify::verify(&code).err()),
            Err(error) if error.kind == ErrorKind::NotImplemented => println!("{error}"),
            Err(error) => failures.push(error.to_string()),
        }
    }
    failures
}

#[test]
fn every_program_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut failures = compile_directory(&root.join("tests/conformance"));
    failures.extend(compile_directory(&root.join("benches/programs")));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
