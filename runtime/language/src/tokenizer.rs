//! The module `_tokenize`: the tokens of a source. There is no tokenizer yet that gives them all; `STATUS.md` lists it.

use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::native::Given;
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Tokens of Python's source.
#[native_module("_tokenize", types(TokenizerIter))]
mod rows {
    use super::*;
}

/// An iterator over the tokens of the lines that a function gives.
#[native_type("_tokenize.TokenizerIter", iterator)]
#[derive(Traverse)]
pub struct TokenizerIter;

#[methods]
impl TokenizerIter {
    #[new(name = "tokenizeriter")]
    fn new(
        cx: &mut Context,
        #[named] readline: Value,
        #[keyword] encoding: Given<Value>,
        #[default(false)] extra_tokens: bool,
    ) -> Result<Owned> {
        let _ = (readline, encoding, extra_tokens);
        Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "the tokens of a source (_tokenize.TokenizerIter)"))
    }
}
