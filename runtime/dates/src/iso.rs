//! The texts of ISO 8601: what `isoformat` writes and `fromisoformat` reads.

use crate::calendar::{self, Clock, Day};
use crate::delta::Delta;

/// How much of a time of day is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
    Microseconds,
    /// Microseconds if there are any.
    Automatic,
}

impl Precision {
    pub fn named(name: &str) -> Option<Precision> {
        Some(match name {
            "auto" => Precision::Automatic,
            "hours" => Precision::Hours,
            "minutes" => Precision::Minutes,
            "seconds" => Precision::Seconds,
            "milliseconds" => Precision::Milliseconds,
            "microseconds" => Precision::Microseconds,
            _ => return None,
        })
    }
}

/// Adds a number with leading zeros.
pub fn push_padded(text: &mut String, number: u32, width: usize) {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    let mut start = digits.len();
    while rest > 0 || start > digits.len() - width {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits[start..].iter().for_each(|digit| text.push(*digit as char));
}

/// Adds `YYYY-MM-DD`.
pub fn push_day(text: &mut String, day: Day) {
    push_padded(text, u32::from(day.year), 4);
    text.push('-');
    push_padded(text, u32::from(day.month), 2);
    text.push('-');
    push_padded(text, u32::from(day.day), 2);
}

/// Adds `HH:MM:SS.ffffff` or the first parts of it.
pub fn push_clock(text: &mut String, clock: Clock, precision: Precision) {
    let precision = match precision {
        Precision::Automatic if clock.microsecond != 0 => Precision::Microseconds,
        Precision::Automatic => Precision::Seconds,
        other => other,
    };
    push_padded(text, u32::from(clock.hour), 2);
    if precision == Precision::Hours {
        return;
    }
    text.push(':');
    push_padded(text, u32::from(clock.minute), 2);
    if precision == Precision::Minutes {
        return;
    }
    text.push(':');
    push_padded(text, u32::from(clock.second), 2);
    match precision {
        Precision::Milliseconds => {
            text.push('.');
            push_padded(text, clock.microsecond / 1000, 3);
        }
        Precision::Microseconds => {
            text.push('.');
            push_padded(text, clock.microsecond, 6);
        }
        _ => {}
    }
}

/// Adds `+HH:MM`, with seconds and microseconds if there are any.
pub fn push_offset(text: &mut String, offset: Delta, separator: &str) {
    let (sign, offset) = if offset.days < 0 { ('-', offset.negated()) } else { ('+', offset) };
    let seconds = offset.seconds as u32;
    text.push(sign);
    push_padded(text, seconds / 3600, 2);
    text.push_str(separator);
    push_padded(text, seconds / 60 % 60, 2);
    if !seconds.is_multiple_of(60) || offset.microseconds != 0 {
        text.push_str(separator);
        push_padded(text, seconds % 60, 2);
    }
    if offset.microseconds != 0 {
        text.push('.');
        push_padded(text, offset.microseconds as u32, 6);
    }
}

/// A text being read; behind its end are zeros.
struct Reader<'a> {
    text: &'a [u32],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u32 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn is(&self, wanted: char) -> bool {
        self.peek() == wanted as u32
    }

    fn digit(&self) -> Option<u32> {
        char::from_u32(self.peek()).and_then(|found| found.to_digit(10))
    }

    /// So many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let mut number = 0;
        for _ in 0..digits {
            number = number * 10 + self.digit()?;
            self.at += 1;
        }
        Some(number)
    }
}

/// The date in a text; none if it is not in one of the formats. Its parts may be out of range.
pub fn read_date(text: &[u32]) -> Option<(i32, i32, i32)> {
    let mut reader = Reader { text, at: 0 };
    let year = reader.number(4)?;
    let separated = reader.is('-');
    reader.at += usize::from(separated);
    if reader.is('W') {
        reader.at += 1;
        let week = reader.number(2)?;
        let mut day = 1;
        if reader.at < text.len() {
            if separated && !reader.is('-') {
                return None;
            }
            reader.at += usize::from(separated);
            day = reader.number(1)?;
        }
        return calendar::of_week(i64::from(year), i64::from(week), i64::from(day)).ok();
    }
    let month = reader.number(2)?;
    if separated {
        if !reader.is('-') {
            return None;
        }
        reader.at += 1;
    }
    let day = reader.number(2)?;
    (reader.at == text.len()).then_some((year as i32, month as i32, day as i32))
}

/// A time of day in a text, whose parts may be out of range.
#[derive(Clone, Copy, Default)]
pub struct ReadTime {
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub microsecond: i32,
    /// Seconds and microseconds east of Greenwich, if they are told.
    pub offset: Option<(i64, i64)>,
}

impl ReadTime {
    /// Midnight as the end of a day becomes the start of the next one; an error if the hour is 24 otherwise.
    pub fn end_of_day(&mut self) -> Result<bool, ()> {
        if self.hour != 24 {
            return Ok(false);
        }
        if self.minute != 0 || self.second != 0 || self.microsecond != 0 {
            return Err(());
        }
        self.hour = 0;
        Ok(true)
    }
}

/// The parts of `HH[:MM[:SS[.ffffff]]]` up to an end, and whether something else follows.
fn read_parts(text: &[u32], start: usize, end: usize) -> Option<([u32; 4], bool)> {
    let mut reader = Reader { text, at: start };
    let mut parts = [0; 4];
    let mut separated = true;
    for index in 0..3 {
        parts[index] = reader.number(2)?;
        let next = reader.peek();
        reader.at += 1;
        let is = |wanted: char| next == wanted as u32;
        if index == 0 {
            separated = is(':');
        }
        if reader.at >= end {
            // A fraction has digits.
            let ends = !is('.') && !is(',');
            return ends.then_some((parts, reader.at - 1 < text.len()));
        }
        if separated && is(':') {
            if index == 2 {
                return None;
            }
        } else if is('.') || is(',') {
            if index < 2 {
                return None;
            }
            break;
        } else if separated {
            return None;
        } else {
            reader.at -= 1;
        }
    }
    let digits = end.checked_sub(reader.at).filter(|digits| *digits > 0)?.min(6);
    parts[3] = reader.number(digits)?;
    parts[3] *= 10_u32.pow(6 - digits as u32);
    while reader.digit().is_some() {
        reader.at += 1;
    }
    Some((parts, reader.at < text.len()))
}

/// The time in a text; none if it is not in one of the formats.
pub fn read_time(text: &[u32]) -> Option<ReadTime> {
    let is_sign = |point: &u32| [u32::from(b'+'), u32::from(b'-'), u32::from(b'Z')].contains(point);
    let end = text.iter().position(is_sign).unwrap_or(text.len());
    let ([hour, minute, second, microsecond], more) = read_parts(text, 0, end)?;
    let [hour, minute, second, microsecond] = [hour, minute, second, microsecond].map(|part| part as i32);
    let mut time = ReadTime { hour, minute, second, microsecond, offset: None };
    let Some(&sign) = text.get(end) else {
        return (!more).then_some(time);
    };
    if sign == u32::from(b'Z') {
        time.offset = Some((0, 0));
        return (end + 1 == text.len()).then_some(time);
    }
    let ([hours, minutes, seconds, microseconds], more) = read_parts(text, end + 1, text.len())?;
    if more {
        return None;
    }
    let sign = if sign == u32::from(b'-') { -1 } else { 1 };
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds);
    time.offset = Some((sign * seconds, sign * i64::from(microseconds)));
    Some(time)
}

/// Where in the text of a date and a time the separator is. The text has at least seven characters.
pub fn separator(text: &[u32]) -> Option<usize> {
    let length = text.len();
    let is = |at: usize, wanted: char| text.get(at) == Some(&(wanted as u32));
    let is_digit = |at: usize| text.get(at).is_some_and(|point| (0x30..0x3A).contains(point));
    if length == 7 {
        return Some(7);
    }
    if is(4, '-') {
        if !is(5, 'W') {
            return Some(10);
        }
        if !is(8, '-') {
            return Some(8);
        }
        return match length {
            9 => None,
            // A hyphen there is rather the separator than part of the date if more than one digit follows.
            _ if length > 10 && is_digit(10) => Some(8),
            _ => Some(10),
        };
    }
    if !is(4, 'W') {
        return Some(8);
    }
    let digits = (7..length).take_while(|at| is_digit(*at)).count();
    Some(match 7 + digits {
        end if end < 9 => end,
        end if end % 2 == 0 => 7,
        _ => 8,
    })
}
