//! Code words that nobody's compiler wrote, texts that need more memory than there is, and runs without an end.

use sidewinder_regex::{Ascii, Mode, Outcome, Program, Request, State, Subject};

/// `(?:a|b)*c`, `(?:a+)+c`: as CPython 3.14 compiles them, without the `Info` block.
const LOOP: &[u32] = &[23, 15, 0, u32::MAX, 7, 5, 16, 97, 15, 7, 5, 16, 98, 15, 2, 0, 18, 16, 99, 1];
const NESTED: &[u32] = &[23, 10, 1, u32::MAX, 24, 6, 1, u32::MAX, 16, 97, 1, 18, 16, 99, 1];

fn run(
    program: &Program,
    text: &[u8],
    mode: Mode,
    state: &mut State,
    interrupted: &mut dyn FnMut() -> bool,
) -> Outcome {
    let request = Request { subject: Subject::One(text), range: 0..text.len(), mode, must_advance: false };
    program.run(&Ascii, request, state, interrupted)
}

/// Numbers that are as good as random (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn hostile_words_are_refused_or_run() {
    let table = std::fs::read_to_string("tests/table.txt").unwrap();
    let patterns: Vec<Vec<u32>> = table
        .lines()
        .filter_map(|line| line.strip_prefix("p ")?.split_once(" / ")?.0.split_once(' '))
        .filter(|(_, code)| !code.contains('*'))
        .map(|(_, code)| code.split(' ').map(|word| u32::from_str_radix(word, 16).unwrap()).collect())
        .collect();
    let mut numbers = Numbers(1);
    let (mut refused, mut ran) = (0, 0);
    let mut state = State::default();
    for _ in 0..100_000 {
        let mut words = patterns[numbers.below(patterns.len())].clone();
        for _ in 0..=numbers.below(3) {
            let (index, other) = (numbers.below(words.len()), numbers.below(words.len()));
            match numbers.below(5) {
                0 => words[index] = numbers.below(45) as u32,
                1 => words[index] = words[other],
                2 => words.swap(index, other),
                3 if words.len() > 1 => drop(words.remove(index)),
                _ => words[index] = words[index].wrapping_add(numbers.below(7) as u32).wrapping_sub(3),
            }
        }
        let Ok(program) = Program::new(&words, 3, &Ascii) else {
            refused += 1;
            continue;
        };
        ran += 1;
        let mut asked = 0;
        run(&program, b"aab ab\nabcx 12 ba", Mode::Search, &mut state, &mut || {
            asked += 1;
            asked > 3
        });
    }
    assert!(refused > 1000 && ran > 1000, "{refused} refused, {ran} ran");
}

#[test]
fn deep_nesting_is_refused() {
    let mut words = Vec::new();
    let depth = 100_000;
    for level in 0..depth {
        words.extend([27, (depth - level) as u32 * 3 - 1]);
    }
    words.extend(vec![1; depth + 1]);
    assert!(Program::new(&words, 0, &Ascii).is_err());
}

#[test]
fn memory_is_bounded() {
    let program = Program::new(LOOP, 0, &Ascii).unwrap();
    // Neither `a` nor `b` can start what follows the loop, so nothing is stacked up.
    let mut state = State::default();
    state.frames_maximum = 1000;
    assert_eq!(run(&program, &[b'a'; 100_000], Mode::Match, &mut state, &mut || false), Outcome::Unmatched);
    // `(?:a|b)*a`: each iteration leaves another way.
    let mut words = LOOP.to_vec();
    words[18] = 97;
    let program = Program::new(&words, 0, &Ascii).unwrap();
    assert_eq!(run(&program, &[b'a'; 100_000], Mode::Match, &mut state, &mut || false), Outcome::Exhausted);
    assert_eq!(run(&program, &[b'a'; 1000], Mode::Match, &mut state, &mut || false), Outcome::Matched);
    assert_eq!(state.span(), (0, 1000));
}

#[test]
fn ways_are_not_tried_again_and_again() {
    let program = Program::new(NESTED, 0, &Ascii).unwrap();
    let mut asked = 0;
    let outcome = run(&program, &[b'a'; 1000], Mode::Match, &mut State::default(), &mut || {
        asked += 1;
        asked == 1000
    });
    assert_eq!(outcome, Outcome::Unmatched);
}

#[test]
fn a_run_can_be_interrupted() {
    // `(?:a+){2,}c`: what is counted has to be tried again.
    let mut words = NESTED.to_vec();
    words[2] = 2;
    let program = Program::new(&words, 0, &Ascii).unwrap();
    let mut state = State::default();
    let mut asked = 0;
    let outcome = run(&program, &[b'a'; 10_000], Mode::Match, &mut state, &mut || {
        asked += 1;
        asked == 10
    });
    assert_eq!((outcome, asked), (Outcome::Interrupted, 10));
}
