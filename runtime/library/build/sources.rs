//! What the library is made of: the source crate's files, with patches, and the overlay.

use crate::patches::PATCHES;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A module's source.
pub struct Source {
    /// The full name.
    pub name: String,
    pub is_package: bool,
    pub text: String,
}

/// Files and folders that are left out: graphical programs, documentation, and what belongs to RustPython.
const LEFT_OUT: &[&str] = &[
    "_dummy_os.py",
    "_dummy_thread.py",
    "_pycodecs.py",
    "dummy_threading.py",
    "idlelib",
    "pydoc_data",
    "tkinter",
    "turtle.py",
    "turtledemo",
];

/// All sources, in the order of their names.
pub fn collect() -> Vec<Source> {
    println!("cargo:rerun-if-changed=overlay");
    let mut texts = BTreeMap::new();
    for folder in [Path::new(rustpython_pylib::LIB_PATH), Path::new("overlay")] {
        for file in files(folder).into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "py"))
        {
            let relative = file.strip_prefix(folder).expect("a file of the folder");
            if !LEFT_OUT.iter().any(|left_out| relative.starts_with(left_out)) {
                let text = std::fs::read_to_string(&file).expect("the library is UTF-8");
                texts.insert(relative.to_string_lossy().into_owned(), text);
            }
        }
    }
    for patch in PATCHES {
        let text = texts.get_mut(patch.file).unwrap_or_else(|| panic!("{} is not there", patch.file));
        *text = patch.apply(text).unwrap_or_else(|| panic!("a patch of {}: {}", patch.file, patch.reason));
    }
    let mut sources: Vec<Source> = texts.into_iter().map(|(path, text)| Source::new(&path, text)).collect();
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    sources
}

impl Source {
    fn new(path: &str, text: String) -> Source {
        let name = path.trim_end_matches(".py").replace('/', ".");
        let is_package = name.ends_with(".__init__");
        Source { name: name.trim_end_matches(".__init__").to_string(), is_package, text }
    }
}

/// The files in a folder and all folders below it, or the file itself.
pub fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_path_buf()];
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.iter().flat_map(|entry| files(entry)).collect()
}
