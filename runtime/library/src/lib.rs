//! The standard library, embedded: bytecode and source of every module, and the data that some read, made by the build
//! script.
//!
//! **To change what a library file says**: a row in `build/patches.rs`, or, if it is all different, a file in `overlay/`.
//!
//! **Invariants**: the bytes are those that the build script of this build wrote, so code from here needs no verifier.
//! Nothing is read or decompressed before it is asked for; code is stored as it is, and a function's is read when it is
//! called first.

mod format;

use format::{DATA, HEADER_SIZE, PACKAGE, Part, ROW_SIZE, Row, read_number};
use sidewinder_bytecode::CodeData;
use sidewinder_bytecode::serialise;
use std::borrow::Cow;
use zlib_rs::{Inflate, InflateFlush, Status};

static LIBRARY: &[u8] = include_bytes!(env!("SIDEWINDER_LIBRARY"));

/// A module of the library.
pub struct Module(Row);

/// The module of that full name.
pub fn find(name: &str) -> Option<Module> {
    find_row(name).filter(|module| !module.is_data())
}

/// The bytes of a file of the library: the source of a module, or data.
pub fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    let module = match path.strip_suffix(".py") {
        Some(name) => {
            let name = name.strip_suffix("/__init__").unwrap_or(name).replace('/', ".");
            find(&name).filter(|module| module.path() == path)
        }
        None => find_row(path).filter(Module::is_data),
    };
    module.and_then(|module| load(module.0.source))
}

/// The files of the library, below its folder.
pub fn files() -> impl Iterator<Item = String> {
    rows().map(|module| if module.is_data() { module.name().to_string() } else { module.path() })
}

fn find_row(name: &str) -> Option<Module> {
    let (mut low, mut high) = (0, count());
    while low < high {
        let middle = low.midpoint(high);
        let module = Module(Row::read(LIBRARY, middle));
        match module.name().cmp(name) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(module),
        }
    }
    None
}

/// All modules, in the order of their names.
pub fn modules() -> impl Iterator<Item = Module> {
    rows().filter(|module| !module.is_data())
}

fn rows() -> impl Iterator<Item = Module> {
    (0..count()).map(|index| Module(Row::read(LIBRARY, index)))
}

fn count() -> usize {
    read_number(LIBRARY, 0) as usize
}

impl Module {
    /// The full name.
    pub fn name(&self) -> &'static str {
        std::str::from_utf8(stored(self.0.name)).unwrap_or_default()
    }

    /// Whether it is a package.
    pub fn is_package(&self) -> bool {
        self.0.flags & PACKAGE != 0
    }

    fn is_data(&self) -> bool {
        self.0.flags & DATA != 0
    }

    /// Its file below the library's folder.
    pub fn path(&self) -> String {
        let name = self.name().replace('.', "/");
        if self.is_package() { name + "/__init__.py" } else { name + ".py" }
    }

    /// The code, as of a file of that name. None if the source does not compile.
    pub fn code(&self, file_name: &str) -> Option<CodeData> {
        let bytes = stored(self.0.code);
        if bytes.is_empty() { None } else { serialise::read_own(bytes, file_name).ok() }
    }

    /// The source text.
    pub fn source(&self) -> String {
        let bytes = load(self.0.source).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn stored(part: Part) -> &'static [u8] {
    let start = part.start as usize;
    &LIBRARY[start..start + part.stored as usize]
}

/// The bytes of a part, decompressed; none if there are none.
fn load(part: Part) -> Option<Cow<'static, [u8]>> {
    let stored = stored(part);
    if stored.is_empty() {
        return None;
    }
    if part.stored == part.length {
        return Some(Cow::Borrowed(stored));
    }
    let mut bytes = vec![0; part.length as usize];
    let status = Inflate::new(false, 15).decompress(stored, &mut bytes, InflateFlush::Finish);
    (status == Ok(Status::StreamEnd)).then_some(Cow::Owned(bytes))
}

const _: () = assert!(LIBRARY.len() > HEADER_SIZE + ROW_SIZE);
