//! Where the program, its library and its packages are, as `Modules/getpath.py` finds them.

use sidewinder_runtime::settings::Places;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// The folder of the library below that for libraries. The modules themselves are in the program.
const LIBRARY: &str = "python3.14";

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// The file that the process was started by; links stay.
fn executable() -> PathBuf {
    let own = || std::env::current_exe().unwrap_or_default();
    let Some(name) = std::env::args_os().next().filter(|name| !name.is_empty()) else { return own() };
    let path = Path::new(&name);
    if path.components().count() > 1 || name.to_string_lossy().contains('/') {
        let path = crate::source::absolute(&name);
        return if is_executable(&path) { plain(&path) } else { own() };
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(path)).find(|path| is_executable(path));
    found.map_or_else(own, |path| crate::source::absolute(path.as_os_str()))
}

/// A path without `.` in it; `..` stays, as in CPython.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The folder of the program that a virtual environment was made with: `home` in its `pyvenv.cfg`.
fn home_of_environment(folder: &Path) -> Option<PathBuf> {
    let settings = std::fs::read_to_string(folder.join("pyvenv.cfg")).ok()?;
    settings.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        name.trim().eq_ignore_ascii_case("home").then(|| PathBuf::from(value.trim()))
    })
}

/// Finds the places; `home` is `PYTHONHOME`, `library_folder` the name of the folder for libraries.
pub fn find(home: Option<&OsStr>, library_folder: &str) -> Places {
    let home = home.map(|home| home.to_string_lossy().into_owned());
    let executable = executable();
    let folder = parent(&executable);
    let mut base_executable = executable.clone();
    let mut environment = None;
    if home.is_none() {
        for candidate in [folder.clone(), parent(&folder)] {
            if let Some(home) = home_of_environment(&candidate) {
                environment = Some(candidate);
                let name = |path: &Path| path.file_name().map(OsStr::to_os_string).unwrap_or_default();
                base_executable = home.join(name(&executable));
                let real = std::fs::canonicalize(&executable).unwrap_or_else(|_| executable.clone());
                if !base_executable.is_file() && home.join(name(&real)).is_file() {
                    base_executable = home.join(name(&real));
                }
                break;
            }
        }
    }
    let (base, base_exec) = match &home {
        Some(home) => {
            let (prefix, exec_prefix) = home.split_once(':').unwrap_or((home.as_str(), home.as_str()));
            (prefix.to_string(), exec_prefix.to_string())
        }
        None => {
            let real = std::fs::canonicalize(&base_executable).unwrap_or_else(|_| base_executable.clone());
            let prefix = text(&parent(&parent(&real)));
            (prefix.clone(), prefix)
        }
    };
    let (prefix, exec_prefix) = match &environment {
        Some(folder) => (text(folder), text(folder)),
        None => (base.clone(), base_exec.clone()),
    };
    Places {
        executable: text(&executable),
        base_executable: text(&base_executable),
        prefix,
        exec_prefix,
        library: format!("{}/{library_folder}/{LIBRARY}", base.trim_end_matches('/')),
        base_prefix: base,
        base_exec_prefix: base_exec,
    }
}
