//! Code as bytes: what is written is read back, and bytes that are cut off or changed give an error or code that the
//! verifier can judge, never a panic.

use sidewinder_bytecode::serialise::{MAGIC, ReadError, checksum, read, read_own, write};
use sidewinder_bytecode::verify::verify;
use sidewinder_bytecode::{CodeData, Constant, Op, disassemble::disassemble};
use sidewinder_compiler::{Mode, compile};
use std::path::Path;

/// Every kind of constant, and most of code.
const EVERYTHING: &str = r"
def f(a, /, b=1 << 80, *c, d: int = -3, **e):
    'A text.'
    x = (None, True, False, ..., 1.5, -0.0, 2j, b'bytes', '\ud800', 'text', 10 ** 30, ('inner', ()))
    try:
        return [lambda: (yield b) for b in c if b in {1, 2}]
    except ValueError as error:
        while a < 70000 and x:
            a += 1
    finally:
        del x
class C(f):
    y: int = f()
    async def g(self):
        async with self as t:
            return super().g(), t, __class__
";

fn everything() -> CodeData {
    compile(EVERYTHING, "<everything>", Mode::Module).unwrap()
}

/// The programs of the conformance suite and of the benchmarks.
fn programs() -> Vec<CodeData> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["tests/conformance", "benches/programs"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let sources = folders.into_iter().flatten().filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok());
    sources.filter_map(|source| compile(&source, "<program>", Mode::Module).ok()).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let codes = programs();
    assert!(codes.len() > 200);
    for code in codes.iter().chain([&everything()]) {
        let bytes = write(code);
        let (found, length) = read(&bytes).unwrap();
        assert_eq!(length, bytes.len());
        assert_eq!(disassemble(&found), disassemble(code));
        assert_eq!(found.positions, code.positions);
        assert_eq!(write(&found), bytes);
        assert_eq!(write(&read_own(bytes.leak(), &code.file_name).unwrap()), write(code));
    }
}

#[test]
fn the_file_may_have_another_name() {
    let source = "x = '<everything>'\ndef f():\n    pass\n";
    let code = compile(source, "<everything>", Mode::Module).unwrap();
    let moved = read_own(write(&code).leak(), "elsewhere.py").unwrap();
    assert_eq!(write(&moved), write(&compile(source, "elsewhere.py", Mode::Module).unwrap()));
}

#[test]
fn other_versions_are_refused() {
    let mut bytes = write(&everything());
    bytes[..8].copy_from_slice(&(MAGIC ^ 1).to_le_bytes());
    assert_eq!(read(&bytes), Err(ReadError::Magic));
}

#[test]
fn a_part_is_refused() {
    let bytes = write(&everything());
    for length in 0..bytes.len() {
        assert_eq!(read(&bytes[..length]), Err(ReadError::End), "the first {length} bytes");
    }
}

#[test]
fn changed_bytes_do_no_harm() {
    let bytes = write(&everything());
    // After the mark, the sum and the length.
    let length_bytes = bytes[16..].iter().take_while(|byte| **byte >= 0x80).count() + 1;
    let start = 16 + length_bytes;
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut read_back, mut verified, mut inner) = (0, 0, (0, 0));
    for _ in 0..30_000 {
        let mut changed = bytes.clone();
        for _ in 0..1 + random() % 3 {
            let at = start + random() as usize % (changed.len() - start);
            changed[at] = if random() & 1 == 0 { random() as u8 } else { changed[at] ^ 1 << (random() % 8) };
        }
        assert!(changed == bytes || read(&changed) == Err(ReadError::Corrupt));
        let sum = checksum(&changed[start..]).to_le_bytes();
        changed[8..16].copy_from_slice(&sum);
        if let Ok((code, _)) = read(&changed) {
            read_back += 1;
            verified += verify(&code).is_ok() as u32;
            read_all(&code, &mut inner);
        }
    }
    assert!(read_back > 5000 && verified > 500, "{read_back} read, {verified} verified");
    assert!(inner.0 > 20_000 && inner.1 > 500, "{inner:?} bodies inside, and those of them that raise");
}

/// Reads the bodies of all code inside: their number, and that of those which only raise because their bytes made no sense.
fn read_all(code: &CodeData, counts: &mut (u32, u32)) {
    for constant in &code.constants {
        if let Constant::Code(inner) = constant {
            counts.0 += 1;
            counts.1 += (inner.instructions.len() == 1 && inner.instructions[0].op == Op::Raise) as u32;
            assert!(verify(inner).is_ok());
            read_all(inner, counts);
        }
    }
}
