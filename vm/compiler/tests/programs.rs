//! Every program of the conformance suite and of the benchmarks compiles, into bytecode that the verifier accepts.

use sidewinder_compiler::{Mode, compile};
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
            Err(error) => failures.push(error.to_string()),
        }
    }
    failures
}

/// Every file of the folder that `SIDEWINDER_SOURCES` names, such as CPython's library, compiles, too. A file that is no
/// UTF-8 is left out.
#[test]
fn other_sources_compile() {
    let Some(folder) = std::env::var_os("SIDEWINDER_SOURCES") else { return };
    let (mut folders, mut failures, mut count) = (vec![std::path::PathBuf::from(folder)], Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        let inner = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        folders.extend(inner.filter(|path| path.is_dir()));
        count += 1;
        failures.extend(compile_directory(&folder));
    }
    assert!(failures.is_empty(), "in {count} folders:\n{}", failures.join("\n"));
}

#[test]
fn every_program_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut failures = compile_directory(&root.join("tests/conformance"));
    failures.extend(compile_directory(&root.join("benches/programs")));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
