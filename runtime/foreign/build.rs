//! Compiles libffi with nothing but a C compiler. The crate `libffi-sys` has its sources, but would run `configure` and `make`,
//! which take long and which not every machine has; so it is asked to build nothing (`check_only`), and what `configure` would
//! find out is written down here.

use std::path::{Path, PathBuf};

/// What is true of every Linux with 64 bits and GNU's tools or LLVM's.
const CONFIGURATION: &str = r#"
#define EH_FRAME_FLAGS "a"
#define FFI_EXEC_STATIC_TRAMP 1
#define HAVE_ALLOCA_H 1
#define HAVE_AS_CFI_PSEUDO_OP 1
#define HAVE_AS_X86_64_UNWIND_SECTION_TYPE 1
#define HAVE_AS_X86_PCREL 1
#define HAVE_DLFCN_H 1
#define HAVE_HIDDEN_VISIBILITY_ATTRIBUTE 1
#define HAVE_INTTYPES_H 1
#define HAVE_LONG_DOUBLE 1
#define HAVE_MEMCPY 1
#define HAVE_MEMFD_CREATE 1
#define HAVE_RO_EH_FRAME 1
#define HAVE_STDINT_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_UNISTD_H 1
#define SIZEOF_DOUBLE 8
#define SIZEOF_LONG_DOUBLE 16
#define SIZEOF_SIZE_T 8
#define STDC_HEADERS 1
#ifdef LIBFFI_ASM
#define FFI_HIDDEN(name) .hidden name
#else
#define FFI_HIDDEN __attribute__ ((visibility ("hidden")))
#endif
"#;

/// The files of every machine.
const COMMON: [&str; 6] = ["prep_cif.c", "types.c", "raw_api.c", "java_raw_api.c", "closures.c", "tramp.c"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let sources = sources();
    let output = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where to write"));
    let architecture = std::env::var("CARGO_CFG_TARGET_ARCH").expect("cargo names the architecture");
    let (target, folder, own): (_, _, &[&str]) = match architecture.as_str() {
        "x86_64" => ("X86_64", "x86", &["ffi64.c", "ffiw64.c", "unix64.S", "win64.S"]),
        "aarch64" => ("AARCH64", "aarch64", &["ffi.c", "sysv.S"]),
        other => panic!("how libffi is compiled for {other} is not written down"),
    };
    let template = sources.join("include/ffi.h.in");
    let header = std::fs::read_to_string(&template).expect("libffi has a header");
    let header = header
        .replace("@TARGET@", target)
        .replace("@HAVE_LONG_DOUBLE@", "1")
        .replace("@FFI_EXEC_TRAMPOLINE_TABLE@", "0")
        .replace("@FFI_VERSION_STRING@", "")
        .replace("@FFI_VERSION_NUMBER@", "0");
    std::fs::write(output.join("ffi.h"), header).expect("the output folder can be written");
    std::fs::write(output.join("fficonfig.h"), CONFIGURATION).expect("the output folder can be written");
    let place = sources.join("src");
    cc::Build::new()
        .include(&output)
        .include(sources.join("include"))
        .include(place.join(folder))
        .files(COMMON.iter().map(|name| place.join(name)))
        .files(own.iter().map(|name| place.join(folder).join(name)))
        .flag("-fexceptions")
        .warnings(false)
        .compile("ffi");
}

/// The folder of libffi in the source of its crate, which does not tell where it lies, but lies beside another one that does: in
/// the registry's folder, or in that of `cargo vendor`.
fn sources() -> PathBuf {
    let neighbour = Path::new(rustpython_pylib::LIB_PATH);
    let names = ["libffi-sys-4.2.2/libffi", "libffi-sys/libffi"];
    neighbour
        .ancestors()
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| panic!("the source of libffi-sys 4.2.2 does not lie beside {}", neighbour.display()))
}
