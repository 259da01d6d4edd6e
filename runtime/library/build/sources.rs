//! What the library is made of: the source crate's files, with patches, and the overlay.

use crate::patches::PATCHES;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A module's source, or a file of data.
pub struct Source {
    /// The full name of a module; the place of a file below the library's folder.
    pub name: String,
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Module,
    Package,
    Data,
}

/// Folders of data that library modules read.
const DATA: &[&str] = &["ensurepip/_bundled", "venv/scripts"];

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
    let mut sources: Vec<Source> = texts.into_iter().map(|(path, text)| Source::module(&path, text)).collect();
    let root = Path::new(rustpython_pylib::LIB_PATH);
    for file in DATA.iter().flat_map(|folder| files(&root.join(folder))) {
        let name = file.strip_prefix(root).expect("a file of the folder").to_string_lossy().into_owned();
        let bytes = std::fs::read(&file).expect("the library can be read");
        sources.push(Source { name, kind: Kind::Data, bytes });
    }
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    sources
}

impl Source {
    fn module(path: &str, text: String) -> Source {
        let name = path.trim_end_matches(".py").replace('/', ".");
        let kind = if name.ends_with(".__init__") { Kind::Package } else { Kind::Module };
        Source { name: name.trim_end_matches(".__init__").to_string(), kind, bytes: text.into_bytes() }
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
