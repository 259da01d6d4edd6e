//! The module `_opcode`: what CPython's opcodes take, for `opcode` and `dis`, which speak of code in CPython's terms.

use sidewinder_macros::native_module;
use sidewinder_runtime::objects::exception::NOT_IMPLEMENTED_ERROR;
use sidewinder_runtime::objects::singleton;
use sidewinder_runtime::objects::str::StrObject;
use sidewinder_runtime::objects::tuple::TupleObject;
use sidewinder_runtime::{Context, Owned, Result, Value};

/// Properties of an opcode, one bit each.
mod property {
    pub const ARGUMENT: u8 = 1;
    pub const CONSTANT: u8 = 2;
    pub const NAME: u8 = 4;
    pub const JUMP: u8 = 8;
    pub const FREE: u8 = 16;
    pub const LOCAL: u8 = 32;
    pub const EXCEPTION: u8 = 64;
    pub const VALID: u8 = 128;
}

/// The properties of each opcode of CPython 3.14, the compiler's own behind those of code (Include/internal/pycore_opcode_metadata.h).
static PROPERTIES: &[u8] = &[
    128, 128, 128, 160, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 129, 129,
    129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 133, 145, 161, 133, 133, 129, 129, 137,
    129, 137, 129, 133, 133, 129, 137, 137, 137, 129, 129, 133, 129, 131, 161, 161, 161, 161, 161, 161, 161, 145, 133,
    133, 133, 129, 129, 133, 145, 129, 129, 137, 137, 137, 137, 129, 129, 137, 129, 129, 129, 133, 145, 161, 161, 161,
    133, 133, 129, 129, 129, 129, 0, 0, 0, 0, 0, 0, 0, 129, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    128, 128, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 129, 128, 129, 129, 129, 129, 129, 129, 129, 129, 129,
    129, 129, 129, 129, 129, 129, 129, 129, 137, 137, 137, 137, 137, 129, 129, 133, 129, 129, 129, 129, 129, 129, 129,
    129, 129, 133, 131, 131, 129, 129, 133, 133, 128, 129, 128, 128, 133, 128, 128, 128, 128, 128, 128, 128, 128, 129,
    129, 129, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 128, 128, 137, 128, 129, 128, 129,
    129, 129, 129, 129, 128, 129, 137, 133, 129, 129, 128, 129, 128, 129, 128, 137, 137, 137, 137, 161, 128, 193, 193,
    193, 161,
];

fn has(opcode: i32, property: u8) -> bool {
    usize::try_from(opcode).ok().and_then(|opcode| PROPERTIES.get(opcode)).is_some_and(|found| found & property != 0)
}

/// Opcode support.
#[native_module("_opcode")]
mod rows {
    use super::*;

    /// Code is not specialised in place.
    #[constant(name = "ENABLE_SPECIALIZATION")]
    const SPECIALIZATION: bool = false;
    #[constant(name = "ENABLE_SPECIALIZATION_FT")]
    const SPECIALIZATION_FT: bool = false;

    /// Whether there is such an opcode.
    #[function]
    fn is_valid(#[named] opcode: i32) -> bool {
        has(opcode, property::VALID)
    }

    /// Whether the opcode uses its argument.
    #[function]
    fn has_arg(#[named] opcode: i32) -> bool {
        has(opcode, property::ARGUMENT)
    }

    /// Whether the argument is the index of a constant.
    #[function]
    fn has_const(#[named] opcode: i32) -> bool {
        has(opcode, property::CONSTANT)
    }

    /// Whether the argument is the index of a name.
    #[function]
    fn has_name(#[named] opcode: i32) -> bool {
        has(opcode, property::NAME)
    }

    /// Whether the argument says how far to jump.
    #[function]
    fn has_jump(#[named] opcode: i32) -> bool {
        has(opcode, property::JUMP)
    }

    /// Whether the argument is the index of a free variable.
    #[function]
    fn has_free(#[named] opcode: i32) -> bool {
        has(opcode, property::FREE)
    }

    /// Whether the argument is the index of a local variable.
    #[function]
    fn has_local(#[named] opcode: i32) -> bool {
        has(opcode, property::LOCAL)
    }

    /// Whether the opcode sets up a handler of exceptions.
    #[function]
    fn has_exc(#[named] opcode: i32) -> bool {
        has(opcode, property::EXCEPTION)
    }

    /// How many values an opcode adds to the stack. Sidewinder's code has registers.
    #[function]
    fn stack_effect(
        cx: &mut Context,
        opcode: i32,
        #[default(None)] oparg: Option<Value>,
        #[keyword]
        #[default(None)]
        jump: Option<Value>,
    ) -> Result<i64> {
        let _ = (oparg, jump);
        if !has(opcode, property::VALID) {
            return Err(cx.value_error("invalid opcode or oparg"));
        }
        Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "stack effects: code has registers"))
    }

    /// Names and signs of the binary operators.
    #[function]
    fn get_nb_ops(cx: &mut Context) -> Vec<Owned> {
        let pairs = OPERATORS.iter().flat_map(|(name, sign)| [(format!("NB_{name}"), sign.to_string())]);
        let inplace = OPERATORS.iter().map(|(name, sign)| (format!("NB_INPLACE_{name}"), format!("{sign}=")));
        let all: Vec<(String, String)> = pairs.chain(inplace).chain([("NB_SUBSCR".into(), "[]".into())]).collect();
        let mut made = Vec::with_capacity(all.len());
        for (name, sign) in all {
            let (name, sign) = (StrObject::new(cx, &name), StrObject::new(cx, &sign));
            made.push(TupleObject::pair(cx, name, sign));
        }
        made
    }

    /// Names of the intrinsic functions of one argument.
    #[function]
    fn get_intrinsic1_descs(cx: &mut Context) -> Vec<Owned> {
        texts(cx, INTRINSICS_OF_ONE)
    }

    /// Names of the intrinsic functions of two arguments.
    #[function]
    fn get_intrinsic2_descs(cx: &mut Context) -> Vec<Owned> {
        texts(cx, INTRINSICS_OF_TWO)
    }

    /// Names of the special methods that LOAD_SPECIAL takes.
    #[function]
    fn get_special_method_names(cx: &mut Context) -> Vec<Owned> {
        texts(cx, &["__enter__", "__exit__", "__aenter__", "__aexit__"])
    }

    /// There are no such statistics.
    #[function]
    fn get_specialization_stats() -> Value {
        singleton::none()
    }

    /// There are no executors: traces are elsewhere.
    #[function]
    fn get_executor(cx: &mut Context, #[named] code: Value, offset: i32) -> Result<Value> {
        let _ = (code, offset);
        Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "executors of code"))
    }
}

fn texts(cx: &mut Context, names: &[&str]) -> Vec<Owned> {
    names.iter().map(|name| StrObject::new(cx, name)).collect()
}

static OPERATORS: &[(&str, &str)] = &[
    ("ADD", "+"),
    ("AND", "&"),
    ("FLOOR_DIVIDE", "//"),
    ("LSHIFT", "<<"),
    ("MATRIX_MULTIPLY", "@"),
    ("MULTIPLY", "*"),
    ("REMAINDER", "%"),
    ("OR", "|"),
    ("POWER", "**"),
    ("RSHIFT", ">>"),
    ("SUBTRACT", "-"),
    ("TRUE_DIVIDE", "/"),
    ("XOR", "^"),
];

static INTRINSICS_OF_ONE: &[&str] = &[
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];

static INTRINSICS_OF_TWO: &[&str] = &[
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];
