//! Tests of the merge sort.

use super::*;
use std::convert::Infallible;

/// A small generator of repeatable numbers.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Sorts pairs by their first part and counts comparisons.
fn sort_pairs(pairs: &mut [(u64, usize)]) -> usize {
    let mut count = 0;
    let result: Result<(), Infallible> = sort(pairs, |a, b| {
        count += 1;
        Ok(a.0 < b.0)
    });
    assert!(result.is_ok());
    count
}

fn numbered(keys: impl Iterator<Item = u64>) -> Vec<(u64, usize)> {
    keys.enumerate().map(|(index, key)| (key, index)).collect()
}

#[test]
fn sorts_stably() {
    let mut numbers = Numbers(88172645463325252);
    for length in (0..300).chain([1000, 5000]) {
        for distinct in [2, 10, 1_000_000] {
            let mut pairs = numbered((0..length).map(|_| numbers.next(distinct)));
            let mut expected = pairs.clone();
            expected.sort();
            sort_pairs(&mut pairs);
            assert_eq!(pairs, expected);
        }
    }
}

#[test]
fn runs_cost_linear_time() {
    for length in [2, 100, 4096, 10_000] {
        assert_eq!(sort_pairs(&mut numbered(0..length)), length as usize - 1);
        assert_eq!(sort_pairs(&mut numbered((0..length).rev())), length as usize - 1);
        assert_eq!(sort_pairs(&mut numbered((0..length).map(|_| 7))), length as usize - 1);
    }
}

#[test]
fn partly_sorted_input_gallops() {
    let mut numbers = Numbers(12345);
    for blocks in [2u64, 3, 7, 20] {
        let mut keys: Vec<u64> = Vec::new();
        for _ in 0..blocks {
            let start = numbers.next(100_000);
            keys.extend((0..700).map(|i| start + i * numbers.next(3)));
        }
        let mut pairs = numbered(keys.into_iter());
        let mut expected = pairs.clone();
        expected.sort();
        sort_pairs(&mut pairs);
        assert_eq!(pairs, expected);
    }
}

#[test]
fn errors_leave_a_permutation() {
    let mut numbers = Numbers(99);
    for length in [5usize, 70, 200, 1500] {
        for limit in (0..length * 12).step_by(length / 3 + 1) {
            let mut items: Vec<u64> = (0..length).map(|_| numbers.next(50)).collect();
            let mut expected = items.clone();
            let mut left = limit;
            let _ = sort(&mut items, |a, b| {
                left = left.checked_sub(1).ok_or(())?;
                Ok::<bool, ()>(a < b)
            });
            items.sort();
            expected.sort();
            assert_eq!(items, expected);
        }
    }
}

#[test]
fn inconsistent_comparisons_do_no_harm() {
    let mut numbers = Numbers(4711);
    for length in [3usize, 64, 100, 1000, 3000] {
        for bias in [2, 3, 20] {
            let mut items: Vec<usize> = (0..length).collect();
            let result: Result<(), Infallible> = sort(&mut items, |_, _| Ok(numbers.next(bias) == 0));
            assert!(result.is_ok());
            items.sort();
            assert!(items.into_iter().eq(0..length));
        }
    }
}
