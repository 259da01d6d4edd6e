//! `cargo ci test`: the one gate, locally and in CI. It runs the steps below in order and stops at the first failure.
//!
//! Not here: anything that imports the project's crates, so that the gate builds in a second.

mod ratchet;
mod steps;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What a step found wrong, one line each.
pub type Outcome = Result<(), Vec<String>>;

/// A step of the gate.
struct Step {
    name: &'static str,
    run: fn(&Path) -> Outcome,
    doc: &'static str,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: steps::format, doc: "cargo fmt --check, ratcheted" },
    Step { name: "tidy", run: tidy::run, doc: "layers, file lengths, forbidden text, documented rows and rules" },
    Step { name: "build", run: steps::build, doc: "the release binary, and that of the mode `checked`" },
    Step { name: "tests", run: steps::tests, doc: "unit tests and the conformance programs" },
    Step { name: "clippy", run: steps::clippy, doc: "clippy, ratcheted" },
];

fn main() -> ExitCode {
    let root = root();
    let argument = std::env::args().nth(1).unwrap_or_default();
    let steps: Vec<&Step> = match argument.as_str() {
        "test" => STEPS.iter().collect(),
        "ratchet" => return report("ratchet", ratchet::lower(&root)),
        name => STEPS.iter().filter(|step| step.name == name).collect(),
    };
    if steps.is_empty() {
        eprintln!("usage: cargo ci test | ratchet | <step>\n\ntest     every step, in order:");
        for step in STEPS {
            eprintln!("  {:<8} {}", step.name, step.doc);
        }
        eprintln!("ratchet  lower the numbers of ci/ratchet.toml to what is measured");
        return ExitCode::from(2);
    }
    for step in steps {
        let start = Instant::now();
        println!("ci: {} …", step.name);
        let outcome = (step.run)(&root);
        if outcome.is_err() {
            return report(step.name, outcome);
        }
        println!("ci: {} passed ({:.1} s)", step.name, start.elapsed().as_secs_f64());
    }
    ExitCode::SUCCESS
}

fn report(name: &str, outcome: Outcome) -> ExitCode {
    let Err(problems) = outcome else { return ExitCode::SUCCESS };
    for problem in &problems {
        eprintln!("{problem}");
    }
    eprintln!("ci: {name} FAILED");
    ExitCode::FAILURE
}

/// The root of the checkout: the nearest folder upwards that has the layers file, else where this crate was built.
fn root() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let found = here.ancestors().find(|folder| folder.join("ci/layers.toml").is_file());
    found.map(Path::to_path_buf).unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
}
