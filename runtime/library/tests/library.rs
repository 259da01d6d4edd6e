//! The embedded library is whole, and its bytecode is what the verifier accepts.

use sidewinder_bytecode::serialise::write;
use sidewinder_bytecode::verify::verify;
use sidewinder_compiler::{Mode, compile};
use sidewinder_library::{find, modules};

#[test]
fn every_module_is_found() {
    let names: Vec<&str> = modules().map(|module| module.name()).collect();
    assert!(names.len() > 500 && names.is_sorted());
    for name in names {
        assert_eq!(find(name).map(|module| module.name()), Some(name));
    }
    assert!(find("no_such_module").is_none() && find("").is_none() && find("zzz").is_none());
}

#[test]
fn packages_are_told_from_modules() {
    let path = |name| find(name).map(|module| module.path()).unwrap();
    assert_eq!(path("json"), "json/__init__.py");
    assert_eq!(path("json.decoder"), "json/decoder.py");
    assert!(find("json").unwrap().is_package() && !find("os").unwrap().is_package());
}

#[test]
fn the_code_is_valid_and_has_the_name_asked_for() {
    let mut compiled = 0;
    for module in modules() {
        if let Some(code) = module.code("/somewhere/file.py") {
            assert_eq!(verify(&code), Ok(()), "{}", module.name());
            assert_eq!(&*code.file_name, "/somewhere/file.py");
            compiled += 1;
        }
    }
    assert!(compiled > 500);
}

#[test]
fn the_source_is_what_was_compiled() {
    for name in ["os", "json", "encodings.utf_8", "_collections_abc"] {
        let module = find(name).unwrap();
        let compiled = compile(&module.source(), "file.py", Mode::Module).unwrap();
        assert_eq!(write(&compiled), write(&module.code("file.py").unwrap()), "{name}");
    }
}

#[test]
fn nothing_of_another_program_is_left() {
    for module in modules() {
        assert!(!module.source().contains("RustPython"), "{}", module.name());
    }
}
