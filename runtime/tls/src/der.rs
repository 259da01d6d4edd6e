//! Certificates as they are encoded (X.509 in DER).

/// A part of an encoding: its tag, and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// The part with its tag and length.
    pub whole: &'a [u8],
}

/// The tags that certificates have.
pub mod tag {
    pub const BOOLEAN: u8 = 1;
    pub const INTEGER: u8 = 2;
    pub const OCTETS: u8 = 4;
    pub const OBJECT: u8 = 6;
    pub const TELETEX: u8 = 20;
    pub const UTC_TIME: u8 = 23;
    pub const UNIVERSAL: u8 = 28;
    pub const WIDE: u8 = 30;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// Reads one part after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// The next part. None at the end, and where the encoding is none.
    pub fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(Element { tag, content, whole })
    }

    /// The next part, which must have that tag.
    pub fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|element| element.tag == tag)
    }

    /// The next part if it has that tag.
    pub fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.0.first() == Some(&tag) { self.next() } else { None }
    }
}

impl<'a> Element<'a> {
    pub fn parts(&self) -> Reader<'a> {
        Reader(self.content)
    }

    pub fn text(&self) -> String {
        let latin = || self.content.iter().map(|byte| char::from(*byte)).collect();
        match self.tag {
            tag::TELETEX => latin(),
            tag::WIDE => {
                let units = self.content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            tag::UNIVERSAL => {
                let points = self.content.chunks_exact(4);
                let points = points.map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]));
                points.map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            _ => match std::str::from_utf8(self.content) {
                Ok(text) => text.to_string(),
                Err(_) => latin(),
            },
        }
    }

    /// An object identifier with its dots.
    pub fn identifier(&self) -> String {
        let mut arcs: Vec<u64> = Vec::new();
        let mut arc = 0u64;
        for byte in self.content {
            arc = arc << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                if arcs.is_empty() {
                    let first = (arc / 40).min(2);
                    arcs.extend([first, arc - first * 40]);
                } else {
                    arcs.push(arc);
                }
                arc = 0;
            }
        }
        arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
    }
}

/// A name: attributes in groups, each by its identifier and value.
pub type Name = Vec<Vec<(String, String)>>;

/// Seconds since 1970, and the calendar's words for them.
#[derive(Clone, Debug)]
pub struct Time {
    pub seconds: i64,
    pub shown: String,
}

/// Other names of what a certificate is about.
#[derive(Clone, Debug)]
pub enum OtherName {
    Email(String),
    Dns(String),
    Uri(String),
    Address(Vec<u8>),
    Directory(Name),
    Registered(String),
    /// What only programs of some kind understand.
    Other,
}

/// What a certificate says.
#[derive(Debug)]
pub struct Certificate {
    pub version: i64,
    pub serial: String,
    pub subject: Name,
    pub issuer: Name,
    /// Whether subject and issuer are the same.
    pub is_own_issuer: bool,
    pub not_before: Time,
    pub not_after: Time,
    pub names: Vec<OtherName>,
    pub has_names: bool,
    pub ocsp: Vec<String>,
    pub issuers: Vec<String>,
    pub revocation_lists: Vec<String>,
    /// Whether it may sign others.
    pub is_authority: bool,
    /// Whether it says whose key has signed it.
    pub names_key: bool,
}

fn name(element: Element<'_>) -> Option<Name> {
    let mut groups = Vec::new();
    let mut reader = element.parts();
    while !reader.is_at_end() {
        let mut parts = reader.expect(tag::SET)?.parts();
        let mut group = Vec::new();
        while !parts.is_at_end() {
            let mut pair = parts.expect(tag::SEQUENCE)?.parts();
            let kind = pair.expect(tag::OBJECT)?.identifier();
            group.push((kind, pair.next()?.text()));
        }
        groups.push(group);
    }
    Some(groups)
}

/// Days since 1970 of a day of the calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
        - 1
        - 719_468
}

fn time(element: Element<'_>) -> Option<Time> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let digits = element.content;
    let number =
        |from: usize, count: usize| std::str::from_utf8(digits.get(from..from + count)?).ok()?.parse::<i64>().ok();
    let (year, at) = match element.tag {
        tag::UTC_TIME => {
            let year = number(0, 2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        _ => (number(0, 4)?, 4),
    };
    let (month, day) = (number(at, 2)?, number(at + 2, 2)?);
    let (hour, minute, second) = (number(at + 4, 2)?, number(at + 6, 2)?, number(at + 8, 2).unwrap_or(0));
    let shown = MONTHS.get(usize::try_from(month - 1).ok()?)?;
    Some(Time {
        seconds: days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second,
        shown: format!("{shown} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT"),
    })
}

/// The hexadecimal digits of a number.
fn hexadecimal(content: &[u8]) -> String {
    let negative = content.first().is_some_and(|first| first & 0x80 != 0);
    let mut bytes = content.to_vec();
    if negative {
        let mut carry = true;
        for byte in bytes.iter_mut().rev() {
            let (next, over) = (!*byte).overflowing_add(u8::from(carry));
            (*byte, carry) = (next, over);
        }
    }
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let digits: String = bytes[first..].iter().map(|byte| format!("{byte:02X}")).collect();
    if negative { format!("-{digits}") } else { digits }
}

fn other_names(content: &[u8]) -> Option<Vec<OtherName>> {
    let mut found = Vec::new();
    let mut reader = Reader(content).expect(tag::SEQUENCE)?.parts();
    while !reader.is_at_end() {
        let element = reader.next()?;
        let text = || String::from_utf8_lossy(element.content).into_owned();
        found.push(match element.tag & 0x1f {
            1 => OtherName::Email(text()),
            2 => OtherName::Dns(text()),
            4 => OtherName::Directory(name(element.parts().next()?)?),
            6 => OtherName::Uri(text()),
            7 => OtherName::Address(element.content.to_vec()),
            8 => OtherName::Registered(element.identifier()),
            _ => OtherName::Other,
        });
    }
    Some(found)
}

/// The places that certificates of authorities name, by what is found there.
fn places(content: &[u8], kind: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut reader = Reader(content).expect(tag::SEQUENCE)?.parts();
    while !reader.is_at_end() {
        let mut parts = reader.expect(tag::SEQUENCE)?.parts();
        let method = parts.expect(tag::OBJECT)?.identifier();
        let place = parts.next()?;
        if method == kind && place.tag & 0x1f == 6 {
            found.push(String::from_utf8_lossy(place.content).into_owned());
        }
    }
    Some(found)
}

fn revocation_places(content: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut reader = Reader(content).expect(tag::SEQUENCE)?.parts();
    while !reader.is_at_end() {
        let mut point = reader.expect(tag::SEQUENCE)?.parts();
        let Some(place) = point.optional(0xa0) else { continue };
        let Some(full) = place.parts().optional(0xa0) else { continue };
        let mut names = full.parts();
        while let Some(name) = names.next() {
            if name.tag & 0x1f == 6 {
                found.push(String::from_utf8_lossy(name.content).into_owned());
            }
        }
    }
    Some(found)
}

impl Certificate {
    /// What the bytes of a certificate say; None if they are none.
    pub fn read(bytes: &[u8]) -> Option<Certificate> {
        let outer = Reader(bytes).expect(tag::SEQUENCE)?;
        let mut fields = outer.parts().expect(tag::SEQUENCE)?.parts();
        let version = match fields.optional(0xa0) {
            Some(version) => i64::from(*version.parts().expect(tag::INTEGER)?.content.last()?) + 1,
            None => 1,
        };
        let serial = hexadecimal(fields.expect(tag::INTEGER)?.content);
        fields.expect(tag::SEQUENCE)?;
        let issuer = fields.expect(tag::SEQUENCE)?;
        let mut validity = fields.expect(tag::SEQUENCE)?.parts();
        let (not_before, not_after) = (time(validity.next()?)?, time(validity.next()?)?);
        let subject = fields.expect(tag::SEQUENCE)?;
        fields.expect(tag::SEQUENCE)?;
        let mut made = Certificate {
            version,
            serial,
            subject: name(subject)?,
            issuer: name(issuer)?,
            is_own_issuer: subject.content == issuer.content,
            not_before,
            not_after,
            names: Vec::new(),
            has_names: false,
            ocsp: Vec::new(),
            issuers: Vec::new(),
            revocation_lists: Vec::new(),
            is_authority: version == 1,
            names_key: false,
        };
        while let Some(field) = fields.next() {
            if field.tag != 0xa3 {
                continue;
            }
            let mut extensions = field.parts().expect(tag::SEQUENCE)?.parts();
            while !extensions.is_at_end() {
                let mut parts = extensions.expect(tag::SEQUENCE)?.parts();
                let kind = parts.expect(tag::OBJECT)?.identifier();
                parts.optional(tag::BOOLEAN);
                made.extend(&kind, parts.next()?.content)?;
            }
        }
        Some(made)
    }

    fn extend(&mut self, kind: &str, content: &[u8]) -> Option<()> {
        match kind {
            "2.5.29.17" => {
                self.names = other_names(content)?;
                self.has_names = true;
            }
            "2.5.29.19" => {
                let mut parts = Reader(content).expect(tag::SEQUENCE)?.parts();
                self.is_authority = parts.optional(tag::BOOLEAN).is_some_and(|flag| flag.content != [0]);
            }
            "2.5.29.35" => self.names_key = true,
            "2.5.29.31" => self.revocation_lists = revocation_places(content)?,
            "1.3.6.1.5.5.7.1.1" => {
                self.ocsp = places(content, "1.3.6.1.5.5.7.48.1")?;
                self.issuers = places(content, "1.3.6.1.5.5.7.48.2")?;
            }
            _ => {}
        }
        Some(())
    }
}
