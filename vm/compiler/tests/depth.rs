//! Deeply nested sources fail with an error; they never overflow the stack. Test threads have 2 MB.

use sidewinder_compiler::{ErrorKind, Mode, compile};

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

/// Compiles at many depths; each is fine or refused in words.
fn check(make: impl Fn(usize) -> String) {
    for depth in [10, 100, 300, 590, 1_000, 20_000] {
        if let Err(error) = compile(&make(depth), "<deep>", Mode::Module) {
            assert!(depth > 50, "{depth} levels are not too many: {error}");
            let known = matches!(error.kind, ErrorKind::TooDeep | ErrorKind::Syntax | ErrorKind::Indentation);
            assert!(known, "{error}");
        }
    }
}

#[test]
fn unary_operators() {
    check(|depth| nested("-", "x", "", depth));
    check(|depth| nested("not ", "x", "", depth));
}

#[test]
fn brackets() {
    check(|depth| nested("(", "x", ")", depth));
    check(|depth| nested("[", "x", "]", depth));
    check(|depth| nested("f(", "x", ")", depth));
    check(|depth| nested("{1: ", "x", "}", depth));
}

#[test]
fn chains() {
    check(|depth| nested("x", "", ".y", depth));
    check(|depth| nested("x", "", "()", depth));
    check(|depth| nested("x", "", "[0]", depth));
    check(|depth| nested("x", "", " + y", depth));
    check(|depth| nested("x", "", " ** y", depth));
    check(|depth| nested("x", "", " if y else z", depth));
    check(|depth| nested("x", "", " and y", depth));
    check(|depth| nested("x", "", " < y", depth));
}

#[test]
fn functions_and_comprehensions() {
    check(|depth| nested("lambda: ", "x", "", depth));
    check(|depth| nested("[", "x", " for x in y]", depth));
    check(|depth| nested("(", "x", " for x in y)", depth));
    check(|depth| nested("x = ", "y", "", depth));
}

#[test]
fn statements() {
    let indented = |header: &str, depth: usize| {
        let mut source: String = (0..depth).map(|level| format!("{}{header}\n", " ".repeat(level))).collect();
        source.push_str(&format!("{}pass\n", " ".repeat(depth)));
        source
    };
    for header in ["if x:", "def f():", "class A:", "while x:", "with x:"] {
        for depth in [5, 15, 95] {
            let _ = compile(&indented(header, depth), "<deep>", Mode::Module);
        }
    }
    check(|depth| format!("if x: pass\n{}", "elif y: pass\n".repeat(depth)));
}
