//! What clocks have shown in a time zone since 1970 and before, and what they will show: no objects.

use super::rule::{Kind, Rule};

/// Which of a table's kinds counts, and whether clocks show what they have shown before.
pub struct Found {
    pub kind: usize,
    pub fold: bool,
}

/// The changes of a time zone.
pub struct Table {
    /// The changes, in seconds of UTC since 1970.
    utc: Vec<i64>,
    /// The same in local time: the later of the two that clocks show at the change, and the earlier.
    local: [Vec<i64>; 2],
    /// The kind after each change.
    after_change: Vec<usize>,
    /// The kind before the first one.
    before: usize,
    /// What follows the last change; its kinds are the last ones of `kinds`.
    rule: Rule,
    /// Kinds of the file; then come those of the rule, standard time first.
    pub kinds: Vec<Kind>,
    standard: usize,
    /// Whether all is the same at any time.
    pub is_fixed: bool,
}

/// A time zone file as it was read.
pub struct File {
    pub changes: Vec<i64>,
    pub kinds_of_changes: Vec<usize>,
    pub kinds: Vec<FileKind>,
    pub rule: Option<Rule>,
}

/// What a file says of a kind.
pub struct FileKind {
    pub offset: i64,
    pub is_daylight: bool,
    pub name: String,
}

/// How much of each kind's offset is daylight saving time. Files do not say it: it is taken from the standard time next to
/// it, and is an hour where there is none.
fn savings(kinds_of_changes: &[usize], kinds: &[FileKind]) -> Vec<i64> {
    let mut savings = vec![0; kinds.len()];
    let wanted = kinds.iter().filter(|kind| kind.is_daylight).count();
    let mut found = 0;
    for (at, pair) in kinds_of_changes.windows(2).enumerate() {
        if found == wanted {
            break;
        }
        let (before, this) = (pair[0], pair[1]);
        if !kinds[this].is_daylight || savings[this] != 0 {
            continue;
        }
        let difference = |other: usize| kinds[this].offset - kinds[other].offset;
        let mut saving = if kinds[before].is_daylight { 0 } else { difference(before) };
        let next = kinds_of_changes.get(at + 2).filter(|_| saving == 0 && this + 1 < kinds.len());
        if let Some(&next) = next {
            // If that is daylight saving time, too, a later change may tell.
            if kinds[next].is_daylight {
                continue;
            }
            saving = difference(next);
        }
        if saving != 0 {
            savings[this] = saving;
            found += 1;
        }
    }
    if found < wanted {
        for (saving, kind) in savings.iter_mut().zip(kinds) {
            if *saving == 0 && kind.is_daylight {
                *saving = 3600;
            }
        }
    }
    savings
}

impl Table {
    /// The table of a file whose changes are of kinds that are there; none if it says nothing.
    pub fn new(file: File) -> Option<Table> {
        let savings = savings(&file.kinds_of_changes, &file.kinds);
        let offset = |kind: usize| file.kinds[kind].offset;
        let mut local = [file.changes.clone(), file.changes.clone()];
        for (at, &after) in file.kinds_of_changes.iter().enumerate() {
            let before = if at == 0 { offset(0) } else { offset(file.kinds_of_changes[at - 1]) };
            local[0][at] = local[0][at].saturating_add(before.max(offset(after)));
            local[1][at] = local[1][at].saturating_add(before.min(offset(after)));
        }
        let kinds = file.kinds.iter().zip(&savings);
        let mut kinds: Vec<Kind> = kinds
            .map(|(kind, saving)| Kind { offset: kind.offset, saving: *saving, name: kind.name.clone() })
            .collect();
        let standard = kinds.len();
        let rule = match file.rule {
            Some(rule) => rule,
            None => Rule::fixed(kinds.get(*file.kinds_of_changes.last().unwrap_or(&standard.checked_sub(1)?))?.clone()),
        };
        let is_fixed = rule.daylight.is_none()
            && match kinds.as_slice() {
                [] => true,
                [only] => *only == rule.standard,
                _ => false,
            };
        kinds.push(rule.standard.clone());
        kinds.extend(rule.daylight.as_ref().map(|daylight| daylight.kind.clone()));
        let before = file.kinds.iter().position(|kind| !kind.is_daylight).unwrap_or(0);
        Some(Table {
            utc: file.changes,
            local,
            after_change: file.kinds_of_changes,
            before,
            rule,
            kinds,
            standard,
            is_fixed,
        })
    }

    /// The kind that counts when nobody says when.
    pub fn always(&self) -> Option<usize> {
        self.is_fixed.then_some(self.standard)
    }

    /// The kind that counts at a local time, seconds since 1970.
    pub fn at_local(&self, local: i64, year: i32, fold: bool) -> usize {
        let changes = &self.local[usize::from(fold)];
        match (changes.first(), changes.last()) {
            (Some(first), _) if local < *first => self.before,
            (_, Some(last)) if local <= *last => {
                self.after_change[changes.partition_point(|change| *change <= local) - 1]
            }
            _ => {
                let daylight = self.rule.daylight.as_ref().is_some_and(|rule| rule.applies(local, year, fold));
                self.standard + usize::from(daylight)
            }
        }
    }

    /// The kind before a change.
    fn before_change(&self, change: usize) -> usize {
        if change == 0 { self.before } else { self.after_change[change - 1] }
    }

    /// Whether clocks show at a point of UTC after a change, when a kind counts, what they have shown before the change.
    fn is_twice(&self, utc: i64, change: usize, kind: usize) -> bool {
        let shift = self.kinds[self.before_change(change)].offset - self.kinds[kind].offset;
        shift > 0 && utc < self.utc[change].saturating_add(shift)
    }

    /// The kind that counts at a point of UTC.
    pub fn at_utc(&self, utc: i64, year: i32) -> Found {
        let passed = self.utc.partition_point(|change| *change <= utc);
        match (passed.checked_sub(1), self.utc.last()) {
            (None, Some(_)) => Found { kind: self.before, fold: false },
            (Some(change), Some(last)) if utc <= *last => {
                let kind = self.after_change[change];
                Found { kind, fold: self.is_twice(utc, change, kind) }
            }
            (change, _) => {
                let rule = self.rule.daylight.as_ref();
                let (daylight, fold) =
                    rule.map_or((false, false), |rule| rule.applies_at(utc, year, &self.rule.standard));
                let kind = self.standard + usize::from(daylight);
                Found { kind, fold: fold || change.is_some_and(|change| self.is_twice(utc, change, kind)) }
            }
        }
    }
}
