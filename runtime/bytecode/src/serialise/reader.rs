//! Bytes to code.

use super::{DEPTH_MAX, MAGIC, TAGS, Tag, checksum, unfold_sign};
use crate::code::{Body, CodeBody, CodeData, CodeFlags, Constant, Handler, Position};
use crate::instruction::{CONSTANT_BIT, Instruction, OPERAND_MAX};
use crate::opcode::{self, Op};
use crate::positions::Positions;
use crate::verify::{check_head, verify};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// Why bytes are no code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// Another build wrote them.
    Magic,
    /// They end too early.
    End,
    /// Something in them cannot be.
    Corrupt,
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ReadError::Magic => "code of another version",
            ReadError::End => "code ends too early",
            ReadError::Corrupt => "corrupt code",
        })
    }
}

type Read<T> = Result<T, ReadError>;

/// Reads a block; the number of bytes that it took. The outermost code is to be verified unless this build wrote the
/// bytes; what lies inside is read when it is asked for, and verified then.
pub fn read(bytes: &[u8]) -> Read<(CodeData, usize)> {
    let (sum, block, end) = split(bytes)?;
    if sum != checksum(block) {
        return Err(ReadError::Corrupt);
    }
    Ok((Source::open(Bytes::Copied(block.into()), None)?, end))
}

/// Reads a block that this build wrote, as of another file, from bytes that stay in memory.
pub fn read_own(bytes: &'static [u8], file_name: &str) -> Read<CodeData> {
    let (_, block, _) = split(bytes)?;
    Source::open(Bytes::Own(block), Some(file_name))
}

/// The sum and the block that bytes begin with, and where the block ends.
fn split(bytes: &[u8]) -> Read<(u64, &[u8], usize)> {
    let mut input = Input { bytes, at: 0 };
    if input.word()? != MAGIC {
        return Err(ReadError::Magic);
    }
    let sum = input.word()?;
    let length = input.count()?;
    let block = input.take(length)?;
    Ok((sum, block, input.at))
}

/// A block that code was read from, and more of it may be: the table of strings, each made when it is asked for first, and
/// the outermost code.
pub(crate) struct Source {
    bytes: Bytes,
    texts: RefCell<Vec<Text>>,
}

enum Bytes {
    /// Those that this build wrote.
    Own(&'static [u8]),
    Copied(Box<[u8]>),
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Bytes::Own(bytes) => bytes,
            Bytes::Copied(bytes) => bytes,
        }
    }
}

enum Text {
    /// Where its bytes start and end.
    At(u32, u32),
    Made(Rc<str>),
}

impl Source {
    fn open(bytes: Bytes, file_name: Option<&str>) -> Read<CodeData> {
        let mut input = Input { bytes: bytes.all(), at: 0 };
        let mut texts = input.list(|input| {
            let length = input.count()?;
            let start = u32::try_from(input.at).map_err(|_| ReadError::Corrupt)?;
            input.take(length)?;
            Ok(Text::At(start, u32::try_from(input.at).map_err(|_| ReadError::Corrupt)?))
        })?;
        let at = input.at;
        if let (Some(first), Some(file_name)) = (texts.first_mut(), file_name) {
            *first = Text::Made(file_name.into());
        }
        let source = Rc::new(Source { bytes, texts: RefCell::new(texts) });
        let mut reader = Reader { input: Input { bytes: source.bytes(), at }, source: &source, depth: 0 };
        let code = reader.code()?;
        if reader.input.at == reader.input.bytes.len() { Ok(code) } else { Err(ReadError::Corrupt) }
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.all()
    }

    fn text(&self, index: usize) -> Read<Rc<str>> {
        let mut texts = self.texts.borrow_mut();
        let text = texts.get_mut(index).ok_or(ReadError::Corrupt)?;
        match text {
            Text::Made(made) => Ok(made.clone()),
            &mut Text::At(start, end) => {
                let bytes = &self.bytes()[start as usize..end as usize];
                let made: Rc<str> = std::str::from_utf8(bytes).map_err(|_| ReadError::Corrupt)?.into();
                *text = Text::Made(made.clone());
                Ok(made)
            }
        }
    }
}

/// A body that was left in its block.
pub(crate) struct Unread {
    source: Rc<Source>,
    at: usize,
}

impl Unread {
    /// The body of `code`. Bytes that this build did not write, although their sum is right, may be wrong: their body raises.
    pub fn read(&self, code: &CodeData) -> CodeBody {
        let input = Input { bytes: self.source.bytes(), at: self.at };
        // One level deep: what lies inside is left there again.
        let body = Reader { input, source: &self.source, depth: 1 }.body();
        match self.source.bytes {
            Bytes::Own(_) => body.expect("bytes that this build wrote are code"),
            Bytes::Copied(_) => body.ok().and_then(|body| verified(code, body)).unwrap_or_else(|| broken(code)),
        }
    }
}

fn verified(code: &CodeData, body: CodeBody) -> Option<CodeBody> {
    let mut whole = code.with_body(body.into());
    verify(&whole).ok().map(|()| std::mem::take(&mut *whole))
}

/// A body that raises `TypeError`: it raises what is no exception.
fn broken(code: &CodeData) -> CodeBody {
    CodeBody {
        local_names: vec![code.name.clone(); code.local_count as usize],
        constants: vec![Constant::Str("corrupt code".into())],
        instructions: vec![Instruction::new(Op::Raise, CONSTANT_BIT, 0, 1)],
        positions: vec![Position { line: code.first_line, end_line: code.first_line, ..Position::default() }].into(),
        ..CodeBody::default()
    }
}

/// Bytes, and how far they are read.
pub(crate) struct Input<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> Read<u8> {
        let byte = *self.bytes.get(self.at).ok_or(ReadError::End)?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Read<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..length).ok_or(ReadError::End)?;
        self.at += length;
        Ok(taken)
    }

    #[inline]
    pub fn number(&mut self) -> Read<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(first as u64);
        }
        let mut value = (first & 0x7f) as u64;
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            value |= ((byte & 0x7f) as u64) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(ReadError::Corrupt)
    }

    #[inline]
    pub fn small<T: TryFrom<u64>>(&mut self) -> Read<T> {
        T::try_from(self.number()?).map_err(|_| ReadError::Corrupt)
    }

    pub fn signed(&mut self) -> Read<i64> {
        self.number().map(unfold_sign)
    }

    /// A number of eight bytes.
    fn word(&mut self) -> Read<u64> {
        let bytes = self.take(8)?.try_into().map_err(|_| ReadError::End)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn float(&mut self) -> Read<f64> {
        self.word().map(f64::from_bits)
    }

    /// A number of things of at least one byte each, so no more than bytes are left: memory is asked for by it.
    fn count(&mut self) -> Read<usize> {
        let count: usize = self.small()?;
        if count > self.bytes.len() - self.at { Err(ReadError::End) } else { Ok(count) }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| item(self)).collect()
    }
}

struct Reader<'a> {
    input: Input<'a>,
    source: &'a Rc<Source>,
    depth: u32,
}

impl Reader<'_> {
    fn string(&mut self) -> Read<Rc<str>> {
        let index: usize = self.input.small()?;
        self.source.text(index)
    }

    fn strings(&mut self) -> Read<Vec<Rc<str>>> {
        let count = self.input.count()?;
        (0..count).map(|_| self.string()).collect()
    }

    /// Runs `part` one level deeper.
    fn inside<T>(&mut self, part: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEPTH_MAX {
            return Err(ReadError::Corrupt);
        }
        self.depth += 1;
        let result = part(self);
        self.depth -= 1;
        result
    }

    /// A count of registers, few enough that sums of some do not overflow.
    fn register_count(&mut self) -> Read<u16> {
        self.input.small().and_then(|count| if count > OPERAND_MAX { Err(ReadError::Corrupt) } else { Ok(count) })
    }

    fn code(&mut self) -> Read<CodeData> {
        let (name, qualified_name, file_name) = (self.string()?, self.string()?, self.string()?);
        let first_line = self.input.small()?;
        let flags = CodeFlags(self.input.small()?);
        let [argument_count, positional_only_count, keyword_only_count] =
            [self.register_count()?, self.register_count()?, self.register_count()?];
        let (local_count, register_count) = (self.register_count()?, self.register_count()?);
        let free_names = self.strings()?;
        let length = self.input.count()?;
        let start = self.input.at;
        self.input.take(length)?;
        let mut code = CodeData {
            name,
            qualified_name,
            file_name,
            first_line,
            flags,
            argument_count,
            positional_only_count,
            keyword_only_count,
            local_count,
            register_count,
            free_names,
            body: Body::unread(Unread { source: self.source.clone(), at: start }),
        };
        check_head(&code).map_err(|_| ReadError::Corrupt)?;
        if self.depth == 0 {
            let mut reader = Reader { input: Input { at: start, ..self.input }, ..*self };
            code.body = reader.body()?.into();
            if reader.input.at != self.input.at {
                return Err(ReadError::Corrupt);
            }
        }
        Ok(code)
    }

    fn body(&mut self) -> Read<CodeBody> {
        let loop_count = self.input.small()?;
        let local_names = self.strings()?;
        let cell_registers = self.input.list(Input::small)?;
        let names = self.strings()?;
        let sites = self.input.list(Input::small)?;
        let count = self.input.count()?;
        let bytes = self.input.take(count.checked_mul(8).ok_or(ReadError::End)?)?;
        let instructions = bytes.chunks_exact(8).map(instruction).collect::<Read<Vec<_>>>()?;
        let length = self.input.count()?;
        let start = self.input.at;
        self.input.take(length)?;
        let positions = Positions::encoded(self.source.clone(), start..self.input.at, instructions.len());
        let handlers = self.input.list(handler)?;
        let constants = self.constants()?;
        Ok(CodeBody {
            local_names,
            cell_registers,
            constants,
            names,
            sites,
            loop_count,
            instructions,
            positions,
            handlers,
        })
    }

    fn constants(&mut self) -> Read<Vec<Constant>> {
        let count = self.input.count()?;
        (0..count).map(|_| self.constant()).collect()
    }

    fn constant(&mut self) -> Read<Constant> {
        let tag = self.input.byte()?;
        Ok(match *TAGS.get(tag as usize).ok_or(ReadError::Corrupt)? {
            Tag::None => Constant::None,
            Tag::True => Constant::True,
            Tag::False => Constant::False,
            Tag::Ellipsis => Constant::Ellipsis,
            Tag::Int => Constant::Int(self.input.signed()?),
            Tag::BigInt => {
                let digits = self.string()?;
                let unsigned = digits.strip_prefix('-').unwrap_or(&digits);
                if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(ReadError::Corrupt);
                }
                Constant::BigInt(digits.to_string())
            }
            Tag::Float => Constant::Float(self.input.float()?),
            Tag::Complex => Constant::Complex(self.input.float()?, self.input.float()?),
            Tag::Str => Constant::Str(self.string()?),
            Tag::StrSurrogates => {
                let points = self.input.list(Input::small)?;
                if points.iter().any(|point| *point > char::MAX as u32) {
                    return Err(ReadError::Corrupt);
                }
                Constant::StrSurrogates(points)
            }
            Tag::Bytes => {
                let length = self.input.count()?;
                Constant::Bytes(self.input.take(length)?.to_vec())
            }
            Tag::Tuple => Constant::Tuple(self.inside(Self::constants)?),
            Tag::FrozenSet => Constant::FrozenSet(self.inside(Self::constants)?),
            Tag::Code => Constant::Code(Rc::new(self.inside(Self::code)?)),
        })
    }
}

/// An instruction has its eight bytes: the most that is read are these, and fields of few bits would save little.
fn instruction(bytes: &[u8]) -> Read<Instruction> {
    let field = |index: usize| u16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]);
    let op = *opcode::ALL.get(field(0) as usize).ok_or(ReadError::Corrupt)?;
    Ok(Instruction::new(op, field(1), field(2), field(3)))
}

fn handler(input: &mut Input<'_>) -> Read<Handler> {
    Ok(Handler {
        start: input.small()?,
        end: input.small()?,
        target: input.small()?,
        exception_register: input.small()?,
        temporary_depth: input.small()?,
    })
}
