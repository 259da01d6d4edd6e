//! The proleptic Gregorian calendar: days counted from 1 January of the year 1, which is day 1.
//!
//! Dates that were unpickled may have any year and day, as in CPython: nothing here takes them for valid.

pub const YEAR_MIN: i32 = 1;
pub const YEAR_MAX: i32 = 9999;
/// The number of the last day of the last year.
pub const ORDINAL_MAX: i64 = 3652059;
pub const SECONDS_PER_DAY: i64 = 24 * 3600;

/// Days before each month of a common year.
const DAYS_BEFORE: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// A day.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_before_year(year: i32) -> i64 {
    let before = i64::from(year) - 1;
    // Wrong for years before the first, in the way of CPython: only unpickled dates can have them.
    before * 365 + before / 4 - before / 100 + before / 400
}

/// Days of the year before a month, which is one of the twelve.
pub fn days_before_month(year: i32, month: i32) -> i64 {
    DAYS_BEFORE[month.clamp(1, 12) as usize] + i64::from(month > 2 && is_leap(year))
}

/// The number of a day.
pub fn ordinal(year: i32, month: i32, day: i32) -> i64 {
    days_before_year(year) + days_before_month(year, month) + i64::from(day)
}

/// The year, month and day of a number; the calendar repeats every 400 years.
pub fn of_ordinal(ordinal: i64) -> (i32, i32, i32) {
    const IN_400_YEARS: i64 = 146097;
    const IN_100_YEARS: i64 = 36524;
    const IN_4_YEARS: i64 = 1461;
    let (cycles, rest) = ((ordinal - 1).div_euclid(IN_400_YEARS), (ordinal - 1).rem_euclid(IN_400_YEARS));
    let (centuries, rest) = (rest / IN_100_YEARS, rest % IN_100_YEARS);
    let (fours, rest) = (rest / IN_4_YEARS, rest % IN_4_YEARS);
    let (ones, rest) = (rest / 365, rest % 365);
    let year = (cycles * 400 + centuries * 100 + fours * 4 + ones + 1) as i32;
    if ones == 4 || centuries == 4 {
        return (year - 1, 12, 31);
    }
    // The estimate is exact or one too large.
    let mut month = ((rest + 50) >> 5) as i32;
    if days_before_month(year, month) > rest {
        month -= 1;
    }
    (year, month, (rest - days_before_month(year, month)) as i32 + 1)
}

/// The day of the week, Monday being 0.
pub fn weekday(ordinal: i64) -> i64 {
    (ordinal + 6).rem_euclid(7)
}

/// The number of the Monday with which the first week of a year starts: that with its first Thursday.
fn first_monday(year: i32) -> i64 {
    let first = ordinal(year, 1, 1);
    let weekday = weekday(first);
    first - weekday + if weekday > 3 { 7 } else { 0 }
}

/// The year, week and day that ISO 8601 gives a day.
pub fn iso_calendar(day: Day) -> (i32, i64, i64) {
    let mut year = i32::from(day.year);
    let today = ordinal(year, i32::from(day.month), i32::from(day.day));
    let mut days = today - first_monday(year);
    if days < 0 {
        year -= 1;
        days = today - first_monday(year);
    } else if days >= 52 * 7 && today >= first_monday(year + 1) {
        year += 1;
        days = today - first_monday(year);
    }
    (year, days.div_euclid(7) + 1, days.rem_euclid(7) + 1)
}

/// What is out of range in a date by weeks.
pub enum WeekError {
    Year,
    Week,
    Day,
}

/// The day that ISO 8601 means by a year, week and day of the week.
pub fn of_week(year: i64, week: i64, day: i64) -> Result<(i32, i32, i32), WeekError> {
    if !(i64::from(YEAR_MIN)..=i64::from(YEAR_MAX)).contains(&year) {
        return Err(WeekError::Year);
    }
    let year = year as i32;
    let weeks = {
        let first = weekday(ordinal(year, 1, 1));
        if first == 3 || (first == 2 && is_leap(year)) { 53 } else { 52 }
    };
    if !(1..=weeks).contains(&week) {
        return Err(WeekError::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(WeekError::Day);
    }
    Ok(of_ordinal(first_monday(year) + (week - 1) * 7 + day - 1))
}

/// A time of day, with which of two equal ones it is.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub microsecond: u32,
    pub fold: u8,
}

impl Clock {
    /// Seconds since midnight.
    pub fn seconds(self) -> i64 {
        i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }

    /// The time of day without its fold: what is compared.
    pub fn plain(self) -> Clock {
        Clock { fold: 0, ..self }
    }

    /// The six bytes in which it is pickled, with the fold if wanted.
    pub fn bytes(self, fold: bool) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        let mark = if fold && self.fold != 0 { 0x80 } else { 0 };
        [self.hour.wrapping_add(mark), self.minute, self.second, high, middle, low]
    }

    /// The time of day in six bytes without a fold.
    pub fn of_bytes(bytes: [u8; 6], fold: u8) -> Clock {
        let [hour, minute, second, high, middle, low] = bytes;
        Clock { hour, minute, second, microsecond: u32::from_be_bytes([0, high, middle, low]), fold }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_and_weeks_go_back_and_forth() {
        for number in (1..=ORDINAL_MAX).step_by(61) {
            let (year, month, day) = of_ordinal(number);
            assert_eq!(ordinal(year, month, day), number);
            let day = Day { year: year as u16, month: month as u8, day: day as u8 };
            let (iso_year, week, weekday) = iso_calendar(day);
            if let Ok(found) = of_week(i64::from(iso_year), week, weekday) {
                assert_eq!(found, (year, month, i32::from(day.day)));
            }
        }
    }
}
