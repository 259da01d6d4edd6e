//! Register bytecode as plain data: the opcode table, instructions, code data and its bytes, the printer and the verifier.
//!
//! **Invariants**: nothing here touches the heap or a running interpreter; the compiler writes these structures, the
//! runtime instantiates them, and a build script may serialise them.

pub mod code;
pub mod disassemble;
pub mod instruction;
pub mod opcode;
pub mod positions;
pub mod serialise;
pub mod shown;
pub mod verify;

pub use code::{CodeBody, CodeData, CodeFlags, Constant, Handler, NAMESPACE_LOCAL, Position};
pub use instruction::{HEADER_WORDS, Instruction, Operand};
pub use opcode::{Kind, Op};
pub use positions::Positions;
