//! Temporary: shows the parser's errors beside CPython's.
fn main() {
    let file = std::env::args().nth(1).unwrap();
    for case in std::fs::read_to_string(file).unwrap().split('\u{1}') {
        let mut parts = case.split('\u{2}');
        let (source, expected) = (parts.next().unwrap(), parts.next().unwrap());
        let got = match sidewinder_compiler::compile(source, "<test>", sidewinder_compiler::Mode::Module) {
            Ok(_) => "accepted".to_string(),
            Err(e) => format!("{}: {} @{}:{}", match e.kind { sidewinder_compiler::ErrorKind::Syntax => "Syntax", sidewinder_compiler::ErrorKind::Indentation => "Indent", sidewinder_compiler::ErrorKind::Tab => "Tab", _ => "Other" }, e.message, e.line, e.column),
        };
        let parsed = ruff_python_parser::parse_unchecked(source, ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module).with_target_version(ruff_python_ast::PythonVersion::PY314));
        println!("{} {source:?}\n   want {expected}\n   got  {got}", if got == expected { "OK  " } else { "DIFF" });
        for e in parsed.errors().iter().take(2) { println!("      {:?}", e); }
        for e in parsed.unsupported_syntax_errors().iter().take(1) { println!("      {:?}", e); }
    }
}
