//! The printed bytecode of each `golden/*.py` is `golden/*.dis`. `SIDEWINDER_BLESS_BYTECODE=1` rewrites those files; read
//! the difference before keeping it.

use sidewinder_bytecode::disassemble::disassemble;
use sidewinder_compiler::{Mode, compile};
use std::path::{Path, PathBuf};

fn sources() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    paths
}

#[test]
fn printed_bytecode() {
    let bless = std::env::var_os("SIDEWINDER_BLESS_BYTECODE").is_some();
    let mut differing = Vec::new();
    for path in sources() {
        let source = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let printed = match compile(&source, &name, Mode::Module) {
            Ok(code) => disassemble(&code),
            Err(error) => format!("{error}\n"),
        };
        let golden = path.with_extension("dis");
        if bless {
            std::fs::write(&golden, &printed).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != printed {
            differing.push(format!("{name} now prints:\n{printed}"));
        }
    }
    let help = "run again with SIDEWINDER_BLESS_BYTECODE=1 and read the difference";
    assert!(differing.is_empty(), "{}\n{help}", differing.join("\n"));
}
