fn main() {
    let text = std::fs::read_to_string("/tmp/mut.txt").unwrap();
    let (mut same, mut other) = (0, 0);
    std::panic::set_hook(Box::new(|_| {}));
    for case in text.split('\u{1}') {
        let (source, expected) = case.split_once('\u{2}').unwrap();
        let got = match std::panic::catch_unwind(|| sidewinder_compiler::compile(source, "m", sidewinder_compiler::Mode::Module)) {
            Ok(Ok(_)) => "ok".to_string(),
            Ok(Err(e)) => format!("{:?}: {} @{}:{}", e.kind, e.message, e.line, e.column),
            Err(e) => format!("PANIC {}", e.downcast_ref::<String>().cloned().unwrap_or_default()),
        };
        if got == expected { same += 1 } else if got.starts_with("NotImpl") { other += 1 } else {
            println!("WANT {expected}\n GOT {got}");
            let line: usize = expected.rsplit('@').next().and_then(|p| p.split(':').next()).and_then(|l| l.parse().ok()).unwrap_or(0);
            if line > 0 { println!("     | {}", source.lines().nth(line - 1).unwrap_or("")); }
            if got.starts_with("PANIC") || std::env::var_os("FULL").is_some() { println!("-----\n{source}\n-----"); }
        }
    }
    println!("{same} same, {other} not implemented");
}
