//! Golden files: a tree, then what the optimizer makes of it. `BLESS=1` rewrites the expectations; review the diff.
//! `cargo test --test golden show -- --nocapture` with `FILE=` prints all stages of one tree, machine code included.

mod common;

use common::*;
use sidewinder_ir::text::Symbols;
use sidewinder_jit::optimize::{Environment, optimize};

const MARK: &str = "== optimized\n";

#[test]
fn goldens_match() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let (source, expected) = text.split_once(MARK).unwrap_or((&text, ""));
        let tree = parse_tree(source);
        for (_, trace) in tree.traces() {
            sidewinder_ir::verify::verify(trace, Some(&helpers())).unwrap_or_else(|message| {
                panic!("{}: {message}", file.display());
            });
        }
        let actual = optimize(&Environment::new(&tree, &helpers(), &layout(), true))
            .expect("balanced references")
            .print(&mut Symbols::symbolic());
        if actual != expected {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&file, format!("{}\n{MARK}{actual}", source.trim_end())).unwrap();
            } else {
                wrong.push(format!("{}:\n{actual}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "run again with BLESS=1 and review the diff\n{}", wrong.join("\n"));
}

#[test]
fn show() {
    let Some(file) = std::env::var_os("FILE") else { return };
    let source = std::fs::read_to_string(file).unwrap();
    let compiled = Runner::new().compile(&parse_tree(source.split(MARK).next().unwrap()));
    let dumps = compiled.dumps.unwrap();
    println!("{}\n{}\n{}\n{}", dumps.traces, dumps.optimized, dumps.clif, dumps.assembly);
    println!("{:?}", compiled.statistics);
}
