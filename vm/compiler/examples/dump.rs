//! Compiles files and prints their bytecode: `cargo run -p sidewinder-compiler --example dump -- [--quiet] files…`. With
//! `--quiet` it only reports what does not compile or does not verify.

use sidewinder_bytecode::{disassemble::disassemble, verify::verify};
use sidewinder_compiler::{Mode, compile};

fn main() {
    let mut quiet = false;
    let (mut files, mut failures) = (0, 0);
    for argument in std::env::args().skip(1) {
        if argument == "--quiet" {
            quiet = true;
            continue;
        }
        let Ok(source) = std::fs::read_to_string(&argument) else {
            eprintln!("{argument}: cannot be read as UTF-8");
            continue;
        };
        files += 1;
        let outcome = compile(&source, &argument, Mode::Module).map_err(|error| error.to_string()).and_then(|code| {
            if !quiet {
                print!("{}", disassemble(&code));
            }
            verify(&code).map_err(|problem| format!("{argument}: {problem}"))
        });
        if let Err(problem) = outcome {
            failures += 1;
            println!("{problem}");
        }
    }
    eprintln!("{files} files, {failures} not compiled");
}
