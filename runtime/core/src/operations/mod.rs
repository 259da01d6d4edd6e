//! Operations on values of any type, as the language defines them: which slot implements what, in which order.

pub mod arithmetic;
pub mod attribute;
pub mod audit;
pub mod call;
pub mod compare;
pub mod convert;
pub mod dunder;
pub mod finalize;
pub mod import;
pub mod instance;
pub mod iterate;
pub mod subscript;
pub mod suggestion;
pub mod warnings;
