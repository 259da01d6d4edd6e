//! Rules by which a time zone goes on after the last change that its file names: texts like `CET-1CEST,M3.5.0,M10.5.0/3`.

use crate::calendar::{self, SECONDS_PER_DAY, days_before_month, days_in_month, is_leap};
use crate::clock::EPOCH;

/// What clocks show during a part of the year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Seconds east of Greenwich.
    pub offset: i64,
    /// The part of them that is daylight saving time.
    pub saving: i64,
    pub name: String,
}

/// A time zone without changes, or with two every year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub standard: Kind,
    pub daylight: Option<Daylight>,
}

/// The part of the year that is not standard time. Its start and its end are in local time as it is before them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Daylight {
    pub kind: Kind,
    start: Change,
    end: Change,
}

/// When clocks are changed.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Change {
    day: YearDay,
    /// Seconds after the start of the day, before it if negative.
    seconds: i64,
}

/// A day of every year.
#[derive(Clone, PartialEq, Eq, Debug)]
enum YearDay {
    /// The n-th day of the year from 1, not counting 29 February.
    WithoutLeap(i64),
    /// The n-th day of the year from 0.
    Counted(i64),
    /// The n-th such day of the week (0 is Sunday) in a month; the fifth is the last one.
    Week { month: i32, week: i64, day: i64 },
}

impl Change {
    /// When it happens in a year, in seconds of local time since 1970.
    fn seconds(&self, year: i32) -> i64 {
        let day = match self.day {
            // Both as CPython counts, which takes day 0 for the last day of the year before, and day 59 without leap days for
            // 29 February where there is one.
            YearDay::Counted(day) => calendar::ordinal(year, 1, 1) - 1 + day,
            YearDay::WithoutLeap(day) => {
                calendar::ordinal(year, 1, 1) - 1 + day + i64::from(day >= 59 && is_leap(year))
            }
            YearDay::Week { month, week, day } => {
                let first = calendar::ordinal(year, 1, 1) + days_before_month(year, month);
                // The calendar counts days of the week from Monday.
                let wanted = (day - 1 - calendar::weekday(first)).rem_euclid(7);
                let mut in_month = wanted + (week - 1) * 7;
                if in_month >= i64::from(days_in_month(year, month)) {
                    in_month -= 7;
                }
                first + in_month
            }
        };
        day * SECONDS_PER_DAY + self.seconds - EPOCH
    }
}

impl Daylight {
    fn difference(&self) -> i64 {
        self.kind.saving
    }

    fn contains(start: i64, end: i64, seconds: i64) -> bool {
        if start < end { seconds >= start && seconds < end } else { seconds < end || seconds >= start }
    }

    /// Whether it counts at a local time. Of two that are shown alike, the fold says which is meant; what clocks skip counts
    /// as before the change or, with the fold, as after it.
    pub fn applies(&self, local: i64, year: i32, fold: bool) -> bool {
        let (mut start, mut end) = (self.start.seconds(year), self.end.seconds(year));
        if fold == (self.difference() >= 0) {
            end -= self.difference();
        } else {
            start += self.difference();
        }
        Daylight::contains(start, end, local)
    }

    /// Whether it counts at a point of UTC, and whether clocks show what they have shown before.
    pub fn applies_at(&self, utc: i64, year: i32, standard: &Kind) -> (bool, bool) {
        let start = self.start.seconds(year) - standard.offset;
        let end = self.end.seconds(year) - self.kind.offset;
        let twice_from = if self.difference() > 0 { end } else { start };
        let is_twice = utc >= twice_from && utc < twice_from + self.difference().abs();
        (Daylight::contains(start, end, utc), is_twice)
    }
}

/// What is wrong with a text; the caller names the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// Wrong in the part that is named.
    Part(&'static str),
    NoRules,
    Rules,
    Rest,
}

/// What is left of a text.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn take_while(&mut self, accepts: impl Fn(u8) -> bool) -> &'a [u8] {
        let length = self.0.iter().position(|byte| !accepts(*byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// A number of so many digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let mut number = 0;
        let mut digits = 0;
        while digits < most
            && let Some((digit @ b'0'..=b'9', rest)) = self.0.split_first()
        {
            number = number * 10 + i64::from(digit - b'0');
            digits += 1;
            self.0 = rest;
        }
        (digits >= least).then_some(number)
    }

    /// A name: letters, or more than letters between angle brackets.
    fn name(&mut self) -> Option<String> {
        let name = if self.take(b'<') {
            let name = self.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
            if !self.take(b'>') {
                return None;
            }
            name
        } else {
            self.take_while(|byte| byte.is_ascii_alphabetic())
        };
        (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
    }

    /// A sign, and hours with minutes and seconds or without: whether it is negative, the hours, all seconds.
    fn time(&mut self) -> Option<(bool, i64, i64)> {
        let negative = self.take(b'-');
        if !negative {
            self.take(b'+');
        }
        let hours = self.number(1, 3)?;
        let mut seconds = hours * 3600;
        for unit in [60, 1] {
            if !self.take(b':') {
                break;
            }
            seconds += self.number(2, 2)? * unit;
        }
        Some((negative, hours, seconds))
    }

    /// An offset from UTC, which is positive to the west.
    fn offset(&mut self, wrong: Wrong) -> Result<i64, Wrong> {
        match self.time() {
            Some((negative, hours, seconds)) if hours <= 24 => Ok(if negative { seconds } else { -seconds }),
            _ => Err(wrong),
        }
    }

    fn change(&mut self) -> Result<Change, Wrong> {
        let day = match self.0.first() {
            Some(b'M') => {
                self.take(b'M');
                self.week_day()?
            }
            Some(b'J') => {
                self.take(b'J');
                YearDay::WithoutLeap(self.year_day(1)?)
            }
            _ => YearDay::Counted(self.year_day(0)?),
        };
        let mut seconds = 2 * 3600;
        if self.take(b'/') {
            let (negative, hours, count) = self.time().ok_or(Wrong::Rules)?;
            if hours > 167 {
                return Err(Wrong::Rules);
            }
            seconds = if negative { -count } else { count };
        }
        Ok(Change { day, seconds })
    }

    fn week_day(&mut self) -> Result<YearDay, Wrong> {
        let mut part = |most: usize, dot: bool| {
            let number = self.number(1, most).ok_or(Wrong::Rules)?;
            if dot && !self.take(b'.') { Err(Wrong::Rules) } else { Ok(number) }
        };
        let (month, week, day) = (part(2, true)?, part(1, true)?, part(1, false)?);
        if !(1..=12).contains(&month) || !(1..=5).contains(&week) || day > 6 {
            return Err(Wrong::Rules);
        }
        Ok(YearDay::Week { month: month as i32, week, day })
    }

    fn year_day(&mut self, least: i64) -> Result<i64, Wrong> {
        let day = self.number(1, 3).ok_or(Wrong::Rules)?;
        if (least..=365).contains(&day) { Ok(day) } else { Err(Wrong::Rules) }
    }
}

impl Rule {
    /// A time zone without changes.
    pub fn fixed(standard: Kind) -> Rule {
        Rule { standard, daylight: None }
    }

    /// Reads a rule: `std offset[dst[offset],start[/time],end[/time]]`.
    pub fn read(text: &[u8]) -> Result<Rule, Wrong> {
        let mut reader = Reader(text);
        let name = reader.name().ok_or(Wrong::Part("STD format"))?;
        let offset = reader.offset(Wrong::Part("STD offset"))?;
        let standard = Kind { offset, saving: 0, name };
        if reader.0.is_empty() {
            return Ok(Rule::fixed(standard));
        }
        let name = reader.name().ok_or(Wrong::Part("DST format"))?;
        let offset = match reader.0.first() {
            Some(b',') => offset + 3600,
            _ => reader.offset(Wrong::Part("DST offset"))?,
        };
        let kind = Kind { offset, saving: offset - standard.offset, name };
        let mut changes = [None, None];
        for change in &mut changes {
            if !reader.take(b',') {
                return Err(Wrong::NoRules);
            }
            *change = Some(reader.change()?);
        }
        if !reader.0.is_empty() {
            return Err(Wrong::Rest);
        }
        let [Some(start), Some(end)] = changes else { return Err(Wrong::Rules) };
        Ok(Rule { standard, daylight: Some(Daylight { kind, start, end }) })
    }
}
