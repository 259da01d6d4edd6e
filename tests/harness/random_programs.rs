//! Runs random programs in every mode; all must print what the plain interpreter prints, reference counts included.
//!
//! `SEED` is the first seed, `COUNT` how many programs there are; `PEER` is a CPython 3.14 that must print the same, too,
//! but for reference counts. The programs come from `random/generate.py`, which the VM runs itself.

#![forbid(unsafe_code)]

use sidewinder_tests::modes::{self, Mode};
use sidewinder_tests::process::{self, End};
use sidewinder_tests::{binary, diff};
use std::env;
use std::path::{Path, PathBuf};

/// Programs of a run in the gate.
const COUNT: u64 = 25;

#[test]
fn all_modes_agree() {
    let vm = binary::under_test().expect("a VM to test");
    let selection = env::var("SIDEWINDER_MODES").ok();
    let modes = modes::select(selection.as_deref()).expect("SIDEWINDER_MODES names modes");
    let number = |name: &str, default: u64| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let first = number("SEED", 1);
    let folder = env::temp_dir().join(format!("sidewinder-random-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for programs");
    for seed in first..first + number("COUNT", COUNT) {
        if let Err(report) = check(&vm, &modes, &folder, seed) {
            panic!("seed {seed}, program {}:\n{report}", program_path(&folder, seed).display());
        }
        let _ = std::fs::remove_file(program_path(&folder, seed));
    }
    let _ = std::fs::remove_dir(&folder);
}

fn program_path(folder: &Path, seed: u64) -> PathBuf {
    folder.join(format!("program_{seed}.py"))
}

/// What differs for the program of a seed, if anything.
fn check(vm: &Path, modes: &[&Mode], folder: &Path, seed: u64) -> Result<(), String> {
    let plain = &modes::MODES[0];
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("random/generate.py");
    let generator = generator.to_string_lossy();
    let program = print(vm, &["-X", plain.options[0], &generator, &seed.to_string()], folder)?;
    let path = program_path(folder, seed);
    std::fs::write(&path, program).map_err(|error| error.to_string())?;
    let path = path.to_string_lossy();
    let expected = print(vm, &["-X", plain.options[0], &path], folder)?;
    if let Some(peer) = env::var_os("PEER") {
        let peers = print(Path::new(&peer), &[&path], folder)?;
        same("the peer", &without_counts(&peers), &without_counts(&expected))?;
    }
    for mode in modes {
        let mut arguments: Vec<&str> = mode.options.iter().flat_map(|option| ["-X", option]).collect();
        arguments.push(&path);
        let actual = print(&binary::of_mode(vm, mode), &arguments, folder)?;
        same(mode.name, &expected, &actual)?;
    }
    Ok(())
}

fn same(name: &str, expected: &str, actual: &str) -> Result<(), String> {
    match diff::lines(expected, actual) {
        Some(difference) => Err(format!("{name}:\n{difference}")),
        None => Ok(()),
    }
}

/// What a program prints that ends well.
fn print(binary: &Path, arguments: &[&str], folder: &Path) -> Result<String, String> {
    let outcome = process::run(binary, arguments, folder)?;
    match outcome.end {
        End::Exited(0) => Ok(String::from_utf8_lossy(&outcome.stdout).into_owned()),
        end => Err(format!("{arguments:?}: {end}\n{}", String::from_utf8_lossy(&outcome.stderr))),
    }
}

fn without_counts(output: &str) -> String {
    output.lines().filter(|line| !line.starts_with("RC")).map(|line| format!("{line}\n")).collect()
}
