//! Runs patterns that CPython compiled over subjects, and compares with what CPython found: `table.txt`, which
//! `generate.py` writes. `SIDEWINDER_REGEX_TABLE` names another such file.

use sidewinder_regex::{Characters, Mode, Outcome, Program, Request, State, Subject};

/// Unicode by the standard library, which agrees with CPython on the characters of the table.
struct Standard;

fn character(point: u32) -> char {
    char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)
}

impl Characters for Standard {
    fn is_digit(&self, point: u32) -> bool {
        matches!(point, 0x30..=0x39 | 0x660..=0x669)
    }

    fn is_space(&self, point: u32) -> bool {
        character(point).is_whitespace() || matches!(point, 0x1C..=0x1F)
    }

    fn is_alphanumeric(&self, point: u32) -> bool {
        character(point).is_alphanumeric()
    }

    fn is_line_break(&self, point: u32) -> bool {
        matches!(point, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
    }

    fn lower(&self, point: u32) -> u32 {
        character(point).to_lowercase().next().map_or(point, u32::from)
    }

    fn upper(&self, point: u32) -> u32 {
        character(point).to_uppercase().next().map_or(point, u32::from)
    }

    fn locale_is_alphanumeric(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
    }

    fn locale_lower(&self, byte: u8) -> u8 {
        byte.to_ascii_lowercase()
    }

    fn locale_upper(&self, byte: u8) -> u8 {
        byte.to_ascii_uppercase()
    }
}

/// A match as the table writes it.
fn spans(state: &State, groups: usize) -> String {
    let span = |(start, end): (usize, usize)| format!("{start}:{end}");
    let mut text = span(state.span());
    for group in 1..=groups {
        text += ",";
        text += &state.group(group).map_or("-".to_owned(), span);
    }
    format!("{text};{}", state.last_group().unwrap_or(0))
}

fn run(
    program: &Program,
    subject: Subject,
    range: (usize, usize),
    mode: Mode,
    advance: bool,
    state: &mut State,
) -> bool {
    let request = Request { subject, range: range.0..range.1, mode, must_advance: advance };
    match program.run(&Standard, request, state, &mut || false) {
        Outcome::Matched => true,
        Outcome::Unmatched => false,
        outcome => panic!("{outcome:?}"),
    }
}

/// All that the table says of a subject.
fn results(program: &Program, groups: usize, subject: Subject, (start, end): (usize, usize)) -> Vec<String> {
    let mut state = State::default();
    let mut results = Vec::new();
    for mode in [Mode::Match, Mode::FullMatch, Mode::Search] {
        let found = run(program, subject, (start, end), mode, false, &mut state);
        results.push(if found { spans(&state, groups) } else { "-".to_owned() });
    }
    let (mut from, mut must_advance) = (start, false);
    while run(program, subject, (from, end), Mode::Search, must_advance, &mut state) {
        results.push(spans(&state, groups));
        let span = state.span();
        (from, must_advance) = (span.1, span.0 == span.1);
    }
    results
}

fn number(text: &str) -> u32 {
    u32::from_str_radix(text, 16).unwrap()
}

/// The code words of a row: `n*word` is a run of them.
fn words(text: &str) -> Vec<u32> {
    let run = |text: &str| match text.split_once('*') {
        Some((count, word)) => vec![number(word); count.parse().unwrap()],
        None => vec![number(text)],
    };
    text.split(' ').flat_map(run).collect()
}

#[test]
fn finds_what_cpython_finds() {
    let path = std::env::var("SIDEWINDER_REGEX_TABLE").unwrap_or("tests/table.txt".to_owned());
    let table = std::fs::read_to_string(path).unwrap();
    let mut failures = Vec::new();
    let (mut pattern, mut program, mut groups) = ("", None, 0);
    let mut rows = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (kind, rest) = line.split_once(' ').unwrap();
        if kind == "p" {
            let (head, written) = rest.split_once(" / ").unwrap();
            let (count, code) = head.split_once(' ').unwrap();
            groups = count.parse().unwrap();
            pattern = written;
            program = Program::new(&words(code), groups, &Standard).ok();
            if program.is_none() {
                failures.push(format!("{pattern}: invalid"));
            }
            continue;
        }
        let Some(program) = &program else { continue };
        rows += 1;
        let fields: Vec<&str> = rest.split(' ').collect();
        let range = (fields[1].parse().unwrap(), fields[2].parse().unwrap());
        let points: Vec<u32> = fields[3].split(',').filter(|point| *point != "-").map(number).collect();
        let (one, two): (Vec<u8>, Vec<u16>) = points.iter().map(|point| (*point as u8, *point as u16)).unzip();
        let mut subjects = vec![Subject::Four(&points)];
        // A narrow string matches in the same way when it is stored wide.
        subjects.extend((fields[0] != "4").then_some(Subject::Two(&two)));
        subjects.extend((fields[0] == "1").then_some(Subject::One(&one)));
        for subject in subjects {
            let found = results(program, groups, subject, range);
            if found != fields[4..] {
                failures.push(format!("{pattern} on {subject:x?} in {range:?}:\n  {found:?}\n  {:?}", &fields[4..]));
            }
        }
    }
    assert!(rows > 1000, "the table is not whole");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures[..failures.len().min(40)].join("\n"));
}
