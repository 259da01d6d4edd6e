//! A stable merge sort whose comparison may fail: runs, binary insertion and galloping merges as in CPython's
//! Objects/listobject.c (see Objects/listsort.txt there), with the merge order of Munro and Wild's powersort.
//!
//! It makes the same comparisons in the same order as CPython, so programs with odd comparisons see the same results.
//! Whatever the comparison answers, the slice stays a permutation of what it was, also when the sort fails halfway.

/// Wins in a row of one run before a merge starts to gallop.
const MIN_GALLOP: usize = 7;
/// Runs shorter than this (or a part of it, by the length) are extended by insertion.
const MAX_MINRUN: usize = 64;

/// Sorts `items` by `less`, which says whether its first argument belongs before its second one.
pub fn sort<T: Copy, E>(items: &mut [T], mut less: impl FnMut(T, T) -> Result<bool, E>) -> Result<(), E> {
    if items.len() < 2 {
        return Ok(());
    }
    let minimum = minimum_run(items.len());
    let mut merger = Merger { min_gallop: MIN_GALLOP, pending: Vec::new(), spare: Vec::new() };
    let mut start = 0;
    while start < items.len() {
        let rest = &mut items[start..];
        let mut length = natural_run(rest, &mut less)?;
        if length < minimum {
            let forced = minimum.min(rest.len());
            insert_rest(&mut rest[..forced], length, &mut less)?;
            length = forced;
        }
        merger.add_run(items, Run { start, length, power: 0 }, &mut less)?;
        start += length;
    }
    merger.finish(items, &mut less)
}

/// The shortest run worth merging: such that the number of runs is a power of two or slightly less.
fn minimum_run(length: usize) -> usize {
    let mut length = length;
    let mut shifted_off = 0;
    while length >= MAX_MINRUN {
        shifted_off |= length & 1;
        length >>= 1;
    }
    length + shifted_off
}

/// Finds the run at the start, turns it around if it descends, and gives its length. Stretches of equal items are
/// turned around on the way, so that they come out in their old order.
fn natural_run<T: Copy, E>(items: &mut [T], less: &mut impl FnMut(T, T) -> Result<bool, E>) -> Result<usize, E> {
    let mut n = 1;
    while n < items.len() && !less(items[n], items[n - 1])? {
        n += 1;
    }
    if n == items.len() {
        return Ok(n);
    }
    if n > 1 {
        if less(items[0], items[n - 1])? {
            return Ok(n);
        }
        items[..n].reverse();
    }
    n += 1;
    let mut equals = 0;
    while n < items.len() {
        if less(items[n], items[n - 1])? {
            reverse_equals(&mut items[..n], &mut equals);
        } else if less(items[n - 1], items[n])? {
            break;
        } else {
            equals += 1;
        }
        n += 1;
    }
    reverse_equals(&mut items[..n], &mut equals);
    items[..n].reverse();
    while n < items.len() && !less(items[n], items[n - 1])? {
        n += 1;
    }
    Ok(n)
}

/// Turns around the last items, which equal the one before them so many times.
fn reverse_equals<T>(items: &mut [T], equals: &mut usize) {
    if *equals > 0 {
        let first = items.len() - *equals - 1;
        items[first..].reverse();
        *equals = 0;
    }
}

/// Inserts the items from `sorted` on into the sorted ones before them.
fn insert_rest<T: Copy, E>(
    items: &mut [T],
    sorted: usize,
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
) -> Result<(), E> {
    for position in sorted..items.len() {
        let pivot = items[position];
        let (mut low, mut high) = (0, position);
        while low < high {
            let middle = (low + high) / 2;
            if less(pivot, items[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        items[low..=position].rotate_right(1);
    }
    Ok(())
}

/// A sorted stretch that waits to be merged.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    length: usize,
    /// Depth, in the merge tree, of the boundary to the next run.
    power: u32,
}

/// The depth of the boundary between two adjacent runs, of `first` and `second` items, in the ideal merge tree of
/// `total` items: the number of leading bits that the runs' midpoints, as fractions of the total, have in common.
fn boundary_power(start: usize, first: usize, second: usize, total: usize) -> u32 {
    let mut a = 2 * start + first;
    let mut b = a + first + second;
    let mut power = 0;
    loop {
        power += 1;
        if a >= total {
            a -= total;
            b -= total;
        } else if b >= total {
            return power;
        }
        a *= 2;
        b *= 2;
    }
}

/// The state of the merges.
struct Merger<T> {
    min_gallop: usize,
    pending: Vec<Run>,
    /// The shorter run of the merge under way.
    spare: Vec<T>,
}

/// Whose turn it is in a merge, or that it is over.
enum Outcome {
    /// The run in the slice was used up; what is spare fills the gap.
    SliceDone,
    /// One spare item is left, which belongs past what is left of the slice's run.
    OneSpare,
}

impl<T: Copy> Merger<T> {
    /// Adds the next run; merges those before it whose boundary lies deeper.
    fn add_run<E>(
        &mut self,
        items: &mut [T],
        run: Run,
        less: &mut impl FnMut(T, T) -> Result<bool, E>,
    ) -> Result<(), E> {
        if let Some(last) = self.pending.last() {
            let power = boundary_power(last.start, last.length, run.length, items.len());
            while let [.., before, _] = self.pending[..]
                && before.power > power
            {
                self.merge_at(items, self.pending.len() - 2, less)?;
            }
            if let Some(last) = self.pending.last_mut() {
                last.power = power;
            }
        }
        self.pending.push(run);
        Ok(())
    }

    /// Merges all runs.
    fn finish<E>(&mut self, items: &mut [T], less: &mut impl FnMut(T, T) -> Result<bool, E>) -> Result<(), E> {
        while self.pending.len() > 1 {
            let mut n = self.pending.len() - 2;
            if n > 0 && self.pending[n - 1].length < self.pending[n + 1].length {
                n -= 1;
            }
            self.merge_at(items, n, less)?;
        }
        Ok(())
    }

    /// Merges runs `i` and `i + 1`.
    fn merge_at<E>(
        &mut self,
        items: &mut [T],
        i: usize,
        less: &mut impl FnMut(T, T) -> Result<bool, E>,
    ) -> Result<(), E> {
        let (first, second) = (self.pending[i], self.pending.remove(i + 1));
        self.pending[i].length = first.length + second.length;
        let whole = &mut items[first.start..first.start + first.length + second.length];
        // Items at either end may be in place already.
        let skipped = gallop_right(whole[first.length], &whole[..first.length], 0, less)?;
        let left = first.length - skipped;
        if left == 0 {
            return Ok(());
        }
        let last = whole[first.length - 1];
        let right = gallop_left(last, &whole[first.length..], second.length - 1, less)?;
        if right == 0 {
            return Ok(());
        }
        let part = &mut whole[skipped..first.length + right];
        if left <= right { self.merge_low(part, left, less) } else { self.merge_high(part, left, less) }
    }

    /// Merges `part[..left]` with the rest from the front; the first run is the shorter one.
    fn merge_low<E>(
        &mut self,
        part: &mut [T],
        left: usize,
        less: &mut impl FnMut(T, T) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.spare.clear();
        self.spare.extend_from_slice(&part[..left]);
        let mut low = Low { target: 0, spare: 0, rest: left };
        let outcome = self.run_low(part, &mut low, less);
        let spare = &self.spare[low.spare..];
        match outcome {
            Ok(Outcome::OneSpare) => {
                part.copy_within(low.rest.., low.target);
                part[part.len() - 1] = spare[0];
                Ok(())
            }
            // The gap is as long as what is spare, also after an error.
            outcome => {
                part[low.target..low.target + spare.len()].copy_from_slice(spare);
                outcome.map(drop)
            }
        }
    }

    fn run_low<E>(
        &mut self,
        part: &mut [T],
        low: &mut Low,
        less: &mut impl FnMut(T, T) -> Result<bool, E>,
    ) -> Result<Outcome, E> {
        let spare_count = self.spare.len();
        low.take_rest(part, 1);
        if low.rest == part.len() {
            return Ok(Outcome::SliceDone);
        }
        if spare_count == 1 {
            return Ok(Outcome::OneSpare);
        }
        loop {
            let (mut spare_wins, mut rest_wins) = (0, 0);
            while spare_wins < self.min_gallop && rest_wins < self.min_gallop {
                if less(part[low.rest], self.spare[low.spare])? {
                    low.take_rest(part, 1);
                    (rest_wins, spare_wins) = (rest_wins + 1, 0);
                    if low.rest == part.len() {
                        return Ok(Outcome::SliceDone);
                    }
                } else {
                    low.take_spare(part, &self.spare, 1);
                    (spare_wins, rest_wins) = (spare_wins + 1, 0);
                    if low.spare + 1 == spare_count {
                        return Ok(Outcome::OneSpare);
                    }
                }
            }
            // One run wins so consistently that galloping may pay.
            self.min_gallop += 1;
            while {
                self.min_gallop -= usize::from(self.min_gallop > 1);
                let spare_wins = gallop_right(part[low.rest], &self.spare[low.spare..], 0, less)?;
                low.take_spare(part, &self.spare, spare_wins);
                if spare_wins > 0 && low.spare + 1 == spare_count {
                    return Ok(Outcome::OneSpare);
                }
                if low.spare == spare_count {
                    // Only an inconsistent comparison leads here.
                    return Ok(Outcome::SliceDone);
                }
                low.take_rest(part, 1);
                if low.rest == part.len() {
                    return Ok(Outcome::SliceDone);
                }
                let rest_wins = gallop_left(self.spare[low.spare], &part[low.rest..], 0, less)?;
                low.take_rest(part, rest_wins);
                if low.rest == part.len() {
                    return Ok(Outcome::SliceDone);
                }
                low.take_spare(part, &self.spare, 1);
                if low.spare + 1 == spare_count {
                    return Ok(Outcome::OneSpare);
                }
                spare_wins >= MIN_GALLOP || rest_wins >= MIN_GALLOP
            } {}
            // A penalty for leaving galloping mode.
            self.min_gallop += 1;
        }
    }

    /// Merges `part[..left]` with the rest from the back; the second run is the shorter one.
    fn merge_high<E>(
        &mut self,
        part: &mut [T],
        left: usize,
        less: &mut impl FnMut(T, T) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.spare.clear();
        self.spare.extend_from_slice(&part[left..]);
        let mut high = High { target: part.len(), spare: part.len() - left, rest: left };
        let outcome = self.run_high(part, &mut high, less);
        let spare = &self.spare[..high.spare];
        match outcome {
            Ok(Outcome::OneSpare) => {
                part.copy_within(..high.rest, high.target - high.rest);
                part[0] = spare[0];
                Ok(())
            }
            // The gap is as long as what is spare, also after an error.
            outcome => {
                part[high.target - spare.len()..high.target].copy_from_slice(spare);
                outcome.map(drop)
            }
        }
    }

    fn run_high<E>(
        &mut self,
        part: &mut [T],
        high: &mut High,
        less: &mut impl FnMut(T, T) -> Result<bool, E>,
    ) -> Result<Outcome, E> {
        high.take_rest(part, 1);
        if high.rest == 0 {
            return Ok(Outcome::SliceDone);
        }
        if high.spare == 1 {
            return Ok(Outcome::OneSpare);
        }
        loop {
            let (mut spare_wins, mut rest_wins) = (0, 0);
            while spare_wins < self.min_gallop && rest_wins < self.min_gallop {
                if less(self.spare[high.spare - 1], part[high.rest - 1])? {
                    high.take_rest(part, 1);
                    (rest_wins, spare_wins) = (rest_wins + 1, 0);
                    if high.rest == 0 {
                        return Ok(Outcome::SliceDone);
                    }
                } else {
                    high.take_spare(part, &self.spare, 1);
                    (spare_wins, rest_wins) = (spare_wins + 1, 0);
                    if high.spare == 1 {
                        return Ok(Outcome::OneSpare);
                    }
                }
            }
            self.min_gallop += 1;
            while {
                self.min_gallop -= usize::from(self.min_gallop > 1);
                let (key, run) = (self.spare[high.spare - 1], &part[..high.rest]);
                let rest_wins = high.rest - gallop_right(key, run, high.rest - 1, less)?;
                high.take_rest(part, rest_wins);
                if high.rest == 0 {
                    return Ok(Outcome::SliceDone);
                }
                high.take_spare(part, &self.spare, 1);
                if high.spare == 1 {
                    return Ok(Outcome::OneSpare);
                }
                let (key, run) = (part[high.rest - 1], &self.spare[..high.spare]);
                let spare_wins = high.spare - gallop_left(key, run, high.spare - 1, less)?;
                high.take_spare(part, &self.spare, spare_wins);
                if spare_wins > 0 && high.spare == 1 {
                    return Ok(Outcome::OneSpare);
                }
                if high.spare == 0 {
                    // Only an inconsistent comparison leads here.
                    return Ok(Outcome::SliceDone);
                }
                high.take_rest(part, 1);
                if high.rest == 0 {
                    return Ok(Outcome::SliceDone);
                }
                spare_wins >= MIN_GALLOP || rest_wins >= MIN_GALLOP
            } {}
            self.min_gallop += 1;
        }
    }
}

/// Places in a merge from the front: where the next item goes, the next spare one, the next of the second run.
struct Low {
    target: usize,
    spare: usize,
    rest: usize,
}

impl Low {
    fn take_rest<T: Copy>(&mut self, part: &mut [T], count: usize) {
        part.copy_within(self.rest..self.rest + count, self.target);
        self.rest += count;
        self.target += count;
    }

    fn take_spare<T: Copy>(&mut self, part: &mut [T], spare: &[T], count: usize) {
        part[self.target..self.target + count].copy_from_slice(&spare[self.spare..self.spare + count]);
        self.spare += count;
        self.target += count;
    }
}

/// Places in a merge from the back, each one past the item: target, number of spare items, end of the first run.
struct High {
    target: usize,
    spare: usize,
    rest: usize,
}

impl High {
    fn take_rest<T: Copy>(&mut self, part: &mut [T], count: usize) {
        part.copy_within(self.rest - count..self.rest, self.target - count);
        self.rest -= count;
        self.target -= count;
    }

    fn take_spare<T: Copy>(&mut self, part: &mut [T], spare: &[T], count: usize) {
        part[self.target - count..self.target].copy_from_slice(&spare[self.spare - count..self.spare]);
        self.spare -= count;
        self.target -= count;
    }
}

/// The position in a sorted run before which `key` belongs, left of equal items. The search starts at `hint` and
/// doubles its steps.
fn gallop_left<T: Copy, E>(
    key: T,
    run: &[T],
    hint: usize,
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
) -> Result<usize, E> {
    let (low, high) = if less(run[hint], key)? {
        gallop_up(run.len() - hint, hint, |index| less(run[index], key))?
    } else {
        gallop_down(hint, |index| Ok(!less(run[index], key)?))?
    };
    bisect(low, high, |index| less(run[index], key))
}

/// Like `gallop_left`, right of equal items.
fn gallop_right<T: Copy, E>(
    key: T,
    run: &[T],
    hint: usize,
    less: &mut impl FnMut(T, T) -> Result<bool, E>,
) -> Result<usize, E> {
    let (low, high) = if less(key, run[hint])? {
        gallop_down(hint, |index| less(key, run[index]))?
    } else {
        gallop_up(run.len() - hint, hint, |index| Ok(!less(key, run[index])?))?
    };
    bisect(low, high, |index| Ok(!less(key, run[index])?))
}

/// Goes up from `hint`, where `before` holds, until it does not: bounds of the first index where it fails.
fn gallop_up<E>(
    reach: usize,
    hint: usize,
    mut before: impl FnMut(usize) -> Result<bool, E>,
) -> Result<(usize, usize), E> {
    let (mut last, mut offset) = (0, 1);
    while offset < reach && before(hint + offset)? {
        last = offset;
        offset = 2 * offset + 1;
    }
    Ok((hint + last + 1, hint + offset.min(reach)))
}

/// Goes down from `hint`, where `after` holds, until it does not: bounds of the first index where it holds.
fn gallop_down<E>(hint: usize, mut after: impl FnMut(usize) -> Result<bool, E>) -> Result<(usize, usize), E> {
    let reach = hint + 1;
    let (mut last, mut offset) = (0, 1);
    while offset < reach && after(hint - offset)? {
        last = offset;
        offset = 2 * offset + 1;
    }
    Ok((reach - offset.min(reach), hint - last))
}

/// The first index from `low` to before `high` where `before` fails, or `high`.
fn bisect<E>(low: usize, high: usize, mut before: impl FnMut(usize) -> Result<bool, E>) -> Result<usize, E> {
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
