//! Compiles files and prints their bytecode: `cargo run -p sidewinder-compiler --example dump -- [--quiet] files…`.

use sidewinder_compiler::{Mode, compile};

fn main() {
    let mut quiet = false;
    let mut failures = 0;
    let mut files = 0;
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
        match compile(&source, &argument, Mode::Module) {
            Ok(code) if !quiet => print!("{}", sidewinder_bytecode::disassemble::disassemble(&code)),
            Ok(code) => {
                if std::env::var_os("NO_VERIFY").is_none() && let Err(problem) = sidewinder_bytecode::verify::verify(&code) {
                    failures += 1;
                    println!("{argument}: {problem}");
                }
            }
            Err(error) => {
                failures += 1;
                println!("{error}");
            }
        }
    }
    eprintln!("{files} files, {failures} not compiled");
}
