//! Times the shapes of pattern that `shapes.py` wrote into the folder, beside what they took there.

use std::time::{Duration, Instant};

/// The processor time of this thread so far, in nanoseconds.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

use sidewinder_regex::{Ascii, Mode, Outcome, Program, Request, State, Subject};

fn count(program: &Program, subject: Subject, state: &mut State) -> usize {
    let (mut count, mut from, mut must_advance) = (0, 0, false);
    loop {
        let request = Request { subject, range: from..subject.len(), mode: Mode::Search, must_advance };
        if program.run(&Ascii, request, state, &mut || false) != Outcome::Matched {
            return count;
        }
        count += 1;
        let span = state.span();
        (from, must_advance) = (span.1, span.0 == span.1);
    }
}

fn main() {
    let folder = std::env::args().nth(1).expect("the folder that shapes.py wrote");
    let rows = std::fs::read_to_string(format!("{folder}/rows")).expect("rows");
    let mut logarithms = Vec::new();
    println!("{:16} {:>8} {:>12} {:>12} {:>7}", "shape", "matches", "CPython us", "here us", "ratio");
    for row in rows.lines() {
        let fields: Vec<&str> = row.split('\t').collect();
        let [name, subject, groups, expected, nanoseconds, words] = fields[..] else { panic!("{row}") };
        let bytes = std::fs::read(format!("{folder}/{subject}.subject")).expect("subject");
        let points: Vec<u32> = bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let one: Vec<u8> = points.iter().map(|point| *point as u8).collect();
        let two: Vec<u16> = points.iter().map(|point| *point as u16).collect();
        let subject = if points.iter().all(|point| *point < 0x100) { Subject::One(&one) } else { Subject::Two(&two) };
        let words: Vec<u32> = words.split(' ').map(|word| word.parse().expect("a word")).collect();
        let program = Program::new(&words, groups.parse().expect("groups"), &Ascii).expect("a pattern");
        let mut state = State::default();
        let mut found = 0;
        let (mut runs, start, until) = (0.0, processor_time(), Instant::now() + Duration::from_millis(300));
        while Instant::now() < until {
            found = count(&program, subject, &mut state);
            runs += 1.0;
        }
        let theirs: f64 = nanoseconds.parse::<f64>().expect("a time") / 1e3;
        let ours = (processor_time() - start) / runs / 1e3;
        logarithms.push((theirs / ours).ln());
        let note = if found.to_string() == expected { "" } else { "  other matches (characters are ASCII's here)" };
        println!("{name:16} {found:8} {theirs:12.1} {ours:12.1} {:7.2}{note}", theirs / ours);
    }
    let mean = (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp();
    println!("geometric mean of {} shapes: {mean:.2} times as fast", logarithms.len());
}
