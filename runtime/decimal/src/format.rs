//! `format(number, specification)`.

use crate::coefficient::{Coefficient, DIGITS_MAX, TooLarge};
use crate::environment::{Environment, Status};
use crate::number::Number;

/// Separators and the point, as a locale (or the caller) has them.
#[derive(Clone, Debug)]
pub struct Punctuation {
    pub point: String,
    pub separator: String,
    /// Sizes of groups from the point on; the last one is repeated, 127 ends the grouping.
    pub grouping: Vec<u8>,
}

/// What a specification says.
#[derive(Clone, Debug)]
pub struct Specification {
    fill: char,
    align: char,
    sign: Option<char>,
    no_negative_zero: bool,
    alternate: bool,
    zero_padded: bool,
    width: usize,
    separator: Option<char>,
    precision: Option<i64>,
    fraction_separator: Option<char>,
    /// The type, or nothing for the one that texts have.
    kind: Option<char>,
}

impl Specification {
    /// `None` if the text is not one.
    pub fn parse(text: &str) -> Option<Specification> {
        let characters: Vec<char> = text.chars().collect();
        let mut rest = characters.as_slice();
        let is_align = |character: &char| matches!(character, '<' | '>' | '=' | '^');
        let (mut fill, mut align) = (None, None);
        if let [first, second, after @ ..] = rest
            && is_align(second)
        {
            (fill, align, rest) = (Some(*first), Some(*second), after);
        } else if let [first, after @ ..] = rest
            && is_align(first)
        {
            (align, rest) = (Some(*first), after);
        }
        let take = |rest: &mut &[char], wanted: &str| {
            let first = rest.first().copied().filter(|first| wanted.contains(*first))?;
            *rest = &rest[1..];
            Some(first)
        };
        let number = |rest: &mut &[char]| {
            let count = rest.iter().position(|character| !character.is_ascii_digit()).unwrap_or(rest.len());
            let digits: String = rest[..count].iter().collect();
            *rest = &rest[count..];
            (count > 0).then(|| digits.parse::<i64>())
        };
        let sign = take(&mut rest, "+- ");
        let no_negative_zero = take(&mut rest, "z").is_some();
        let alternate = take(&mut rest, "#").is_some();
        let zero_padded = take(&mut rest, "0").is_some();
        if zero_padded && align.is_some() {
            return None;
        }
        let width = number(&mut rest).transpose().ok()?.unwrap_or(0);
        let separator = take(&mut rest, ",_");
        let (mut precision, mut fraction_separator) = (None, None);
        if take(&mut rest, ".").is_some() {
            precision = number(&mut rest).transpose().ok()?;
            fraction_separator = take(&mut rest, ",_");
            if precision.is_none() && fraction_separator.is_none() {
                return None;
            }
        }
        let kind = take(&mut rest, "eEfFgGnN%");
        if !rest.is_empty() || matches!(kind, Some('n' | 'N')) && separator.is_some() {
            return None;
        }
        let most = crate::environment::PRECISION_MAX;
        if width > most || precision.is_some_and(|precision| precision > most) {
            return None;
        }
        if precision == Some(0) && matches!(kind, None | Some('g' | 'G' | 'n' | 'N')) {
            precision = Some(1);
        }
        Some(Specification {
            fill: fill.unwrap_or(if zero_padded { '0' } else { ' ' }),
            align: align.unwrap_or(if zero_padded { '=' } else { '>' }),
            sign,
            no_negative_zero,
            alternate,
            zero_padded,
            width: usize::try_from(width).ok()?,
            separator,
            precision,
            fraction_separator,
            kind,
        })
    }

    /// Whether the punctuation is the locale's.
    pub fn is_local(&self) -> bool {
        matches!(self.kind, Some('n' | 'N'))
    }

    /// The number in this format. A locale's, or the caller's, punctuation replaces the one that the specification names.
    pub fn format(
        &self,
        number: &Number,
        environment: &Environment,
        capitals: bool,
        punctuation: Option<Punctuation>,
    ) -> Result<String, TooLarge> {
        if self.width as i64 > DIGITS_MAX || self.precision.is_some_and(|precision| precision > DIGITS_MAX) {
            return Err(TooLarge);
        }
        let sign = |negative: bool| match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        if let Some(mut body) = number.special_text() {
            if self.kind == Some('%') {
                body.push('%');
            }
            return Ok(self.aligned(sign(number.negative), &body, self.zero_padded));
        }
        let kind = match self.kind {
            None if capitals => 'G',
            Some('N') => 'G',
            None | Some('n') => 'g',
            Some(kind) => kind,
        };
        let mut number = number.clone();
        if kind == '%' {
            number.exponent += 2;
        }
        let mut number = self.rounded(number, kind, environment)?;
        if number.coefficient.is_zero() && number.exponent > 0 && matches!(kind, 'f' | 'F' | '%') {
            number.exponent = 0;
        }
        let negative = number.negative && !(self.no_negative_zero && number.coefficient.is_zero());
        let digits = number.coefficient.to_text();
        let left = number.exponent.saturating_add(digits.len() as i64);
        let point = match kind {
            'e' | 'E' => match self.precision {
                Some(precision) if number.coefficient.is_zero() => 1 - precision,
                _ => 1,
            },
            'f' | 'F' | '%' => left,
            _ if number.exponent <= 0 && left > -6 => left,
            _ => 1,
        };
        if point.unsigned_abs() > DIGITS_MAX as u64 {
            return Err(TooLarge);
        }
        let (whole, fraction) = parted(&digits, point);
        let exponent = left - point;
        let punctuation = punctuation.unwrap_or_else(|| Punctuation {
            point: ".".into(),
            separator: self.separator.map(String::from).unwrap_or_default(),
            grouping: vec![3],
        });
        let mut tail = String::new();
        if !fraction.is_empty() || self.alternate {
            tail.push_str(&punctuation.point);
            match self.fraction_separator {
                Some(separator) => tail.push_str(&grouped_fraction(&fraction, separator)),
                None => tail.push_str(&fraction),
            }
        }
        if exponent != 0 || matches!(kind, 'e' | 'E') {
            tail.push(if matches!(kind, 'E' | 'G') { 'E' } else { 'e' });
            tail.push_str(&format!("{exponent:+}"));
        }
        if kind == '%' {
            tail.push('%');
        }
        let sign = sign(negative);
        let least = if self.zero_padded { self.width.saturating_sub(tail.chars().count() + sign.len()) } else { 0 };
        let body = grouped(&whole, &punctuation, least) + &tail;
        Ok(self.aligned(sign, &body, false))
    }

    /// The number with as many digits as the precision says.
    fn rounded(&self, number: Number, kind: char, environment: &Environment) -> Result<Number, TooLarge> {
        let Some(precision) = self.precision else { return Ok(number) };
        let mut status = Status::NONE;
        match kind {
            'f' | 'F' | '%' => environment.rescaled(&number, -precision, &mut status),
            _ => {
                let digits = if matches!(kind, 'e' | 'E') { precision + 1 } else { precision };
                let wide = Environment { precision: digits, rounding: environment.rounding, ..Environment::LARGEST };
                if number.coefficient.is_zero() {
                    return Ok(number);
                }
                if number.coefficient.digits() > digits {
                    return Ok(wide.finish(number, &mut status));
                }
                if matches!(kind, 'e' | 'E') {
                    // Zeros fill up what is missing.
                    let more = digits - number.coefficient.digits();
                    let coefficient: Coefficient = number.coefficient.scaled_up(more)?;
                    return Ok(Number { coefficient, exponent: number.exponent - more, ..number });
                }
                Ok(number)
            }
        }
    }

    /// Sign and body in a field of the width.
    fn aligned(&self, sign: &str, body: &str, special: bool) -> String {
        let length = sign.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(length);
        let (fill, align) = if special { (' ', '>') } else { (self.fill, self.align) };
        let padding = |count: usize| fill.to_string().repeat(count);
        match align {
            '<' => format!("{sign}{body}{}", padding(missing)),
            '=' => format!("{sign}{}{body}", padding(missing)),
            '^' => format!("{}{sign}{body}{}", padding(missing / 2), padding(missing - missing / 2)),
            _ => format!("{}{sign}{body}", padding(missing)),
        }
    }
}

/// Digits before and after a point behind so many of them.
fn parted(digits: &str, point: i64) -> (String, String) {
    let zeros = |count: i64| "0".repeat(count.max(0) as usize);
    let length = digits.len() as i64;
    if point <= 0 {
        ("0".into(), zeros(-point) + digits)
    } else if point > length {
        (digits.to_string() + &zeros(point - length), String::new())
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        (whole.into(), fraction.into())
    }
}

/// Digits in groups, with zeros before them until they are so wide.
fn grouped(digits: &str, punctuation: &Punctuation, least: usize) -> String {
    let Punctuation { separator, grouping, .. } = punctuation;
    let bytes = digits.as_bytes();
    if separator.is_empty() || grouping.is_empty() {
        return "0".repeat(least.saturating_sub(bytes.len())) + digits;
    }
    let separator_width = separator.chars().count();
    // Groups from the last to the first.
    let mut groups: Vec<String> = Vec::new();
    let (mut left, mut wanted) = (bytes.len(), least as i64);
    let mut sizes = grouping.iter().copied();
    let mut size = sizes.next().unwrap_or(3);
    loop {
        let unlimited = size == 0 || size >= 127;
        let most = left.max(wanted.max(1) as usize).max(1);
        let count = if unlimited { most } else { usize::from(size).min(most) };
        let here = count.min(left);
        let zeros = count - here;
        groups.push("0".repeat(zeros) + &digits[left - here..left]);
        left -= here;
        wanted -= count as i64;
        if left == 0 && wanted <= 0 {
            break;
        }
        wanted -= separator_width as i64;
        if let Some(next) = sizes.next()
            && next != 0
        {
            size = next;
        }
        if left == 0 && wanted <= 0 {
            // A separator alone would be left over: one more zero stands before it.
            groups.push("0".into());
            break;
        }
    }
    groups.reverse();
    groups.join(separator)
}

/// Digits behind the point in groups of three.
fn grouped_fraction(digits: &str, separator: char) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == 0 {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}
