//! The part of the compile hook that deals with syntax trees: source to a tree, a tree to code.

use crate::program::{issue_warnings, new_code, options, raise_compile_error};
use sidewinder_bytecode::CodeFlags;
use sidewinder_compiler::tree::{self, InvalidKind, Node};
use sidewinder_compiler::{CompileError, ErrorKind, TreeMode, TreeRequest};
use sidewinder_language::{symbol_table, syntax_tree};
use sidewinder_runtime::hooks::{CompileRequest, Product};
use sidewinder_runtime::objects::exception::{RECURSION_ERROR, SYSTEM_ERROR};
use sidewinder_runtime::{Context, Owned, Raised, Result, Value};

/// Source to the object of a tree.
pub fn parse(cx: &mut Context, request: &CompileRequest<'_>, source: &str) -> Result<Owned> {
    let mode = match request.mode {
        "open-eval" => TreeMode::Expression,
        "open-single" => TreeMode::Single,
        "func_type" => TreeMode::FunctionType,
        _ => TreeMode::Module,
    };
    let options = options(cx, request);
    let mut warnings = Vec::new();
    let wanted = TreeRequest { mode, type_comments: request.type_comments, minor_version: request.minor_version };
    let parsed = sidewinder_compiler::parse_tree(source, request.file_name, wanted, options, &mut warnings);
    issue_warnings(cx, source, request.file_name, &warnings)?;
    match parsed {
        Ok(parsed) if request.product == Product::Names => {
            let futures = parsed.futures | request.futures;
            if let Err(error) = sidewinder_compiler::check_names(source, request.file_name, options) {
                return Err(raise(cx, &error, source, " during compilation"));
            }
            symbol_table::to_object(cx, &parsed.tree, futures & CodeFlags::FUTURE_ANNOTATIONS != 0)
        }
        Ok(mut parsed) => {
            if request.product == Product::OptimizedTree {
                let futures = parsed.futures | request.futures;
                tree::optimize(&mut parsed.tree, options.optimize, futures & CodeFlags::FUTURE_ANNOTATIONS != 0);
            }
            syntax_tree::to_object(cx, &parsed.tree)
        }
        Err(error) => Err(raise(cx, &error, source, " during ast construction")),
    }
}

/// A tree to code, or to the tree that the compiler makes of it.
pub fn compile(cx: &mut Context, request: &CompileRequest<'_>, object: Value) -> Result<Owned> {
    syntax_tree::check_mode(cx, object, request.mode)?;
    let mut tree = syntax_tree::from_object(cx, object)?;
    validate(cx, &tree)?;
    let options = options(cx, request);
    if request.product == Product::OptimizedTree {
        tree::optimize(&mut tree, options.optimize, request.futures & CodeFlags::FUTURE_ANNOTATIONS != 0);
    }
    if request.product != Product::Code {
        return syntax_tree::to_object(cx, &tree);
    }
    let mut warnings = Vec::new();
    let compiled = sidewinder_compiler::compile_tree(&tree, request.file_name, options, &mut warnings);
    issue_warnings(cx, "", request.file_name, &warnings)?;
    match compiled {
        Ok(data) => Ok(new_code(cx, data)),
        Err(error) => Err(raise(cx, &error, "", " during compilation")),
    }
}

fn validate(cx: &mut Context, tree: &Node) -> Result<()> {
    match tree::validate(tree) {
        Ok(()) => Ok(()),
        Err(invalid) => Err(match invalid.kind {
            InvalidKind::Type => cx.type_error(invalid.message),
            InvalidKind::Value => cx.value_error(invalid.message),
            InvalidKind::System => cx.raise(&SYSTEM_ERROR, invalid.message),
            InvalidKind::TooDeep => cx.raise(&RECURSION_ERROR, invalid.message),
        }),
    }
}

fn raise(cx: &mut Context, error: &CompileError, source: &str, doing: &str) -> Raised {
    match error.kind {
        ErrorKind::TooDeep if error.message.starts_with("too many nested") => {
            cx.raise(&RECURSION_ERROR, format!("maximum recursion depth exceeded{doing}"))
        }
        _ => raise_compile_error(cx, error, source),
    }
}
