//! The compiler's output: code as plain data, before the runtime makes a code object of it.

use crate::instruction::Instruction;
use crate::opcode::Op;
use crate::positions::Positions;
use crate::serialise::reader::Unread;
use std::cell::OnceCell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// Properties of a code block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    /// A function body with fast locals (not a module, class body or `exec`).
    pub const FUNCTION: u32 = 1;
    /// Takes `*args`.
    pub const VARARGS: u32 = 2;
    /// Takes `**kwargs`.
    pub const VARKEYWORDS: u32 = 4;
    /// Defined inside another function.
    pub const NESTED: u32 = 8;
    pub const GENERATOR: u32 = 16;
    pub const COROUTINE: u32 = 32;
    pub const ASYNC_GENERATOR: u32 = 64;
    /// Any of these: a call does not run the code, but makes an object that runs it in parts.
    pub const SUSPENDS: u32 = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
    /// Register 0 holds a namespace mapping: a class body, or `exec` with separate locals.
    pub const NAMESPACE: u32 = 128;
    /// The first constant is the docstring.
    pub const HAS_DOCSTRING: u32 = 256;
    /// Has no parameter but plain positional ones (no `*args`, `**kwargs`, keyword-only) and is no generator or coroutine.
    pub const SIMPLE: u32 = 512;
    /// A generator that may be awaited (`types.coroutine`).
    pub const ITERABLE_COROUTINE: u32 = 1024;

    /// Under `from __future__ import annotations`.
    pub const FUTURE_ANNOTATIONS: u32 = 2048;
    /// Under `from __future__ import barry_as_FLUFL`.
    pub const FUTURE_BARRY: u32 = 4096;
    /// The future features that change something; what compiles more source from such code passes them on.
    pub const FUTURES: u32 = CodeFlags::FUTURE_ANNOTATIONS | CodeFlags::FUTURE_BARRY;

    /// Whether all bits of `mask` are set.
    pub fn has(self, mask: u32) -> bool {
        self.0 & mask == mask
    }
}

/// A compile-time constant.
#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// Decimal digits, with an optional sign, of an integer beyond 64 bits.
    BigInt(String),
    Float(f64),
    Complex(f64, f64),
    /// A string without lone surrogates.
    Str(Rc<str>),
    /// Code points of a string that contains lone surrogates.
    StrSurrogates(Vec<u32>),
    Bytes(Vec<u8>),
    Tuple(Vec<Constant>),
    FrozenSet(Vec<Constant>),
    Code(Rc<CodeData>),
}

/// Source range of an instruction: lines from 1, columns in UTF-8 bytes from 0; line 0 means none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    pub line: u32,
    pub end_line: u32,
    pub column: u32,
    pub end_column: u32,
}

/// An exception handler. An exception raised by an instruction in `start .. end` drops every temporary from register
/// `temporary_depth` up, is put into local `exception_register` and continues at `target`. Inner handlers come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    pub exception_register: u16,
    pub temporary_depth: u16,
}

/// The name of the local, the first one, that holds the namespace of code with `CodeFlags::NAMESPACE`.
pub const NAMESPACE_LOCAL: &str = ".namespace";

/// A compiled code block: what a function object and a call ask for, and its body, to which it dereferences.
#[derive(Default)]
pub struct CodeData {
    pub name: Rc<str>,
    pub qualified_name: Rc<str>,
    pub file_name: Rc<str>,
    pub first_line: u32,
    pub flags: CodeFlags,
    /// Positional parameters, positional-only ones included. Parameters take the first registers in the order:
    /// positional, keyword-only, `*args`, `**kwargs`.
    pub argument_count: u16,
    pub positional_only_count: u16,
    pub keyword_only_count: u16,
    /// Parameters, variables, cells and hidden locals.
    pub local_count: u16,
    /// Locals, temporaries and the highest call block.
    pub register_count: u16,
    pub free_names: Vec<Rc<str>>,
    pub body: Body,
}

/// What a code block does.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CodeBody {
    /// Names of the locals; hidden ones start with a dot.
    pub local_names: Vec<Rc<str>>,
    /// Locals that hold a cell once the prologue's `MakeCell` has run.
    pub cell_registers: Vec<u16>,
    pub constants: Vec<Constant>,
    pub names: Vec<Rc<str>>,
    /// Inline-cache sites: the index of each site's name.
    pub sites: Vec<u16>,
    /// Number of loops, which `JumpBack` counts.
    pub loop_count: u16,
    pub instructions: Vec<Instruction>,
    /// One for each instruction.
    pub positions: Positions,
    pub handlers: Vec<Handler>,
}

/// A body that may still lie in bytes: most functions that a module makes are never called, and theirs stay there.
#[derive(Default)]
pub struct Body {
    unread: Option<Unread>,
    read: OnceCell<Box<CodeBody>>,
}

impl Body {
    pub(crate) fn unread(unread: Unread) -> Body {
        Body { unread: Some(unread), read: OnceCell::new() }
    }

    /// Whether the body has been read; one that has not is verified when it is.
    pub fn is_read(&self) -> bool {
        self.unread.is_none() || self.read.get().is_some()
    }
}

impl From<CodeBody> for Body {
    fn from(body: CodeBody) -> Body {
        Body { unread: None, read: OnceCell::from(Box::new(body)) }
    }
}

impl CodeData {
    /// The same with another body.
    pub(crate) fn with_body(&self, body: Body) -> CodeData {
        CodeData {
            name: self.name.clone(),
            qualified_name: self.qualified_name.clone(),
            file_name: self.file_name.clone(),
            free_names: self.free_names.clone(),
            body,
            ..*self
        }
    }
}

impl Clone for CodeData {
    fn clone(&self) -> CodeData {
        self.with_body(CodeBody::clone(self).into())
    }
}

impl Deref for CodeData {
    type Target = CodeBody;

    /// The body, which is read when it is asked for first.
    fn deref(&self) -> &CodeBody {
        let body = &self.body;
        body.read.get_or_init(|| Box::new(body.unread.as_ref().map(|unread| unread.read(self)).unwrap_or_default()))
    }
}

impl DerefMut for CodeData {
    fn deref_mut(&mut self) -> &mut CodeBody {
        let _: &CodeBody = self;
        self.body.read.get_mut().expect("the body was read")
    }
}

impl PartialEq for CodeData {
    fn eq(&self, other: &CodeData) -> bool {
        fn head(code: &CodeData) -> impl PartialEq + '_ {
            let names = (&code.name, &code.qualified_name, &code.file_name, &code.free_names);
            let counts = [code.argument_count, code.positional_only_count, code.keyword_only_count];
            (names, code.first_line, code.flags, counts, code.local_count, code.register_count)
        }
        head(self) == head(other) && **self == **other
    }
}

impl fmt::Debug for CodeData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "code {} of {}: {:?}", self.qualified_name, self.file_name, **self)
    }
}

impl CodeData {
    /// Where an instruction jumps, if it can.
    pub fn jump_target(&self, index: usize) -> Option<usize> {
        let offset = self.instructions.get(index)?.jump_offset()?;
        usize::try_from(index as i64 + 1 + offset as i64).ok()
    }

    /// Number of all parameters, which are the first locals: positional ones, those that are only keywords, `*args`,
    /// `**kwargs`.
    pub fn parameter_count(&self) -> usize {
        let stars = [CodeFlags::VARARGS, CodeFlags::VARKEYWORDS];
        let stars = stars.into_iter().filter(|&flag| self.flags.0 & flag != 0).count();
        self.argument_count as usize + self.keyword_only_count as usize + stars
    }

    /// The code of a module with names in a namespace of its own, which comes in register 0; `None` if the code was not
    /// compiled with room for that.
    pub fn with_namespace(&self) -> Option<CodeData> {
        if self.local_names.first().is_none_or(|name| **name != *NAMESPACE_LOCAL) {
            return None;
        }
        let mut code = self.clone();
        code.flags.0 |= CodeFlags::NAMESPACE;
        code.argument_count = 1;
        for instruction in &mut code.instructions {
            // Names that are declared global say so in their last field.
            instruction.op = match instruction.op {
                Op::LoadGlobal if instruction.c == 0 => Op::LoadName,
                Op::StoreGlobal if instruction.c == 0 => Op::StoreName,
                Op::DeleteGlobal if instruction.c == 0 => Op::DeleteName,
                other => other,
            };
        }
        Some(code)
    }
}

impl CodeData {
    /// The same code in another file, and so the code inside of it that is in the same file.
    pub fn moved(&self, file_name: &str) -> CodeData {
        self.moved_from(&self.file_name, &file_name.into())
    }

    fn moved_from(&self, old: &str, new: &Rc<str>) -> CodeData {
        let mut moved = self.clone();
        moved.file_name = new.clone();
        for constant in &mut moved.constants {
            if let Constant::Code(inner) = constant
                && *inner.file_name == *old
            {
                *inner = Rc::new(inner.moved_from(old, new));
            }
        }
        moved
    }
}
