//! Makes the embedded library: reads the library's source, patches it, compiles it. Source is compressed; code is not, for a
//! program loads what it needs of it at every start.
//!
//! The result is kept in the target folder under a name that is a hash of all that it depends on, so that every profile
//! and every target shares it.

#[path = "src/format.rs"]
mod format;
#[path = "build/patches.rs"]
mod patches;
#[path = "build/sources.rs"]
mod sources;

use format::{DATA, HEADER_SIZE, PACKAGE, Part, ROW_SIZE, Row};
use sidewinder_bytecode::serialise;
use sidewinder_compiler::{Mode, compile};
use sources::{Kind, Source};
use std::path::{Path, PathBuf};
use zlib_rs::{Deflate, DeflateFlush};

fn main() {
    let sources = sources::collect();
    let path = shared_folder().join(format!("library-{:016x}", fingerprint(&sources)));
    if !path.is_file() {
        let library = assemble(&sources);
        // Another build may do the same at the same time: the file appears whole or not at all.
        let unfinished = path.with_extension(std::process::id().to_string());
        std::fs::write(&unfinished, library).expect("the target folder can be written");
        std::fs::rename(&unfinished, &path).expect("the target folder can be written");
    }
    println!("cargo:rustc-env=SIDEWINDER_LIBRARY={}", path.display());
}

/// The target folder, in which this script's output folder lies somewhere.
fn shared_folder() -> PathBuf {
    let output = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let target = output.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.map_or_else(|| output.clone(), Path::to_path_buf)
}

/// A hash of the sources and of what compiles them.
fn fingerprint(sources: &[Source]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0xff]) {
            hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for source in sources {
        add(source.name.as_bytes());
        add(&source.bytes);
    }
    let tools = ["build.rs", "build", "src", "../bytecode/src", "../../vm/compiler/src", "../../Cargo.lock"];
    for tool in tools {
        println!("cargo:rerun-if-changed={tool}");
        for file in sources::files(Path::new(tool)) {
            add(&std::fs::read(file).expect("the compiler's source can be read"));
        }
    }
    hash
}

/// The bytes of the library.
fn assemble(sources: &[Source]) -> Vec<u8> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    let shares = sources.chunks(sources.len().div_ceil(threads));
    let parts: Vec<[Stored; 2]> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            shares.map(|share| scope.spawn(|| share.iter().map(convert).collect::<Vec<_>>())).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("every file can be converted")).collect()
    });
    let mut rows = Vec::new();
    let mut data = Vec::new();
    let first = HEADER_SIZE + sources.len() * ROW_SIZE;
    for (source, [code, text]) in sources.iter().zip(&parts) {
        let mut add = |bytes: &[u8], length: usize| {
            let start = (first + data.len()) as u32;
            data.extend_from_slice(bytes);
            Part { start, stored: bytes.len() as u32, length: length as u32 }
        };
        let name = add(source.name.as_bytes(), source.name.len());
        let (code, source_text) = (add(&code.bytes, code.length), add(&text.bytes, text.length));
        let flags = match source.kind {
            Kind::Module => 0,
            Kind::Package => PACKAGE,
            Kind::Data => DATA,
        };
        rows.extend(Row { name, code, source: source_text, flags }.write());
    }
    let mut library = (sources.len() as u32).to_le_bytes().to_vec();
    library.append(&mut rows);
    library.append(&mut data);
    library
}

/// Bytes as they are stored, and how many they were.
struct Stored {
    bytes: Vec<u8>,
    length: usize,
}

/// Code and source of a module. A source that does not compile (yet) has no code: its import says why. Nor has data.
fn convert(source: &Source) -> [Stored; 2] {
    let text = std::str::from_utf8(&source.bytes).ok().filter(|_| source.kind != Kind::Data);
    let code = text.and_then(|text| compile(text, "", Mode::Module).ok());
    let code = code.map(|code| serialise::write(&code)).unwrap_or_default();
    [Stored { length: code.len(), bytes: code }, compress(&source.bytes)]
}

fn compress(bytes: &[u8]) -> Stored {
    let mut output = vec![0; bytes.len() + bytes.len() / 8 + 64];
    let mut deflate = Deflate::new(9, false, 15);
    deflate.compress(bytes, &mut output, DeflateFlush::Finish).expect("memory can be compressed");
    output.truncate(deflate.total_out() as usize);
    if output.len() >= bytes.len() {
        output = bytes.to_vec();
    }
    Stored { bytes: output, length: bytes.len() }
}
