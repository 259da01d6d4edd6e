//! The programs that are tested.

use crate::modes::{self, Mode};
use std::env;
use std::path::{Path, PathBuf};

/// The VM to test: `SIDEWINDER_BINARY`, or the one that was built beside the running test.
///
/// # Errors
///
/// Returns a message if the test lies in no profile folder, or there is no working directory.
pub fn under_test() -> Result<PathBuf, String> {
    match env::var_os("SIDEWINDER_BINARY") {
        Some(binary) => resolve(PathBuf::from(binary)),
        None => built(),
    }
}

/// Programs run in other folders, so a path must not depend on this one; a bare name is searched
/// in `PATH`.
///
/// # Errors
///
/// Returns a message if there is no working directory.
pub fn resolve(binary: PathBuf) -> Result<PathBuf, String> {
    match binary.components().count() {
        1 => Ok(binary),
        _ => std::path::absolute(binary).map_err(|error| error.to_string()),
    }
}

/// The program of a mode: the VM, or another one beside it.
#[must_use]
pub fn of_mode(binary: &Path, mode: &Mode) -> PathBuf {
    if mode.binary == modes::VM {
        return binary.to_owned();
    }
    binary.with_file_name(format!("{}{}", mode.binary, env::consts::EXE_SUFFIX))
}

/// `<target>/<profile>/sidewinder`; a test is `<target>/<profile>/deps/name-…`.
fn built() -> Result<PathBuf, String> {
    let test = env::current_exe().map_err(|error| error.to_string())?;
    let profile = test.ancestors().nth(2).ok_or("the test executable lies in no profile folder")?;
    Ok(profile.join(format!("sidewinder{}", env::consts::EXE_SUFFIX)))
}
