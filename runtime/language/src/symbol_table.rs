//! The module `_symtable`: the blocks of a source and what each does with its names, as CPython's compiler sees them.
//!
//! The table is made of the syntax tree, for `symtable` shows every block and flag that CPython has, also those that our
//! compiler needs no scope for (`__annotate__` of functions without annotations, `.format`). What is wrong with names is
//! found before, by the compiler's own pass.

mod analyze;
mod collect;

use sidewinder_compiler::tree::Node;
use sidewinder_macros::{Traverse, methods, native_module, native_type};
use sidewinder_runtime::hooks::{CompileRequest, Product, Source};
use sidewinder_runtime::native::NativeObject;
use sidewinder_runtime::objects::buffer::{self, Buffer};
use sidewinder_runtime::objects::dict::{self, DictObject};
use sidewinder_runtime::objects::exception::SYNTAX_ERROR;
use sidewinder_runtime::objects::list::ListObject;
use sidewinder_runtime::objects::str::{self, StrObject};
use sidewinder_runtime::objects::{bytes, int};
use sidewinder_runtime::operations::attribute;
use sidewinder_runtime::{Context, Owned, Result, Value};
use std::collections::HashMap;
use std::rc::Rc;

/// Bits of a symbol, as CPython has them.
mod flag {
    pub const GLOBAL: i64 = 1;
    pub const LOCAL: i64 = 2;
    pub const PARAMETER: i64 = 4;
    pub const NONLOCAL: i64 = 8;
    pub const USE: i64 = 16;
    pub const FREE_IN_CLASS: i64 = 64;
    pub const IMPORT: i64 = 128;
    pub const ANNOTATED: i64 = 256;
    pub const ITERATION: i64 = 512;
    pub const TYPE_PARAMETER: i64 = 1024;
    pub const COMPREHENSION_CELL: i64 = 2048;
    pub const BOUND: i64 = LOCAL | PARAMETER | IMPORT;
    /// Where the scope is.
    pub const SCOPE_OFFSET: i64 = 12;
    pub const SCOPE_MASK: i64 = 15;
}

/// Where a name belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i64)]
enum Scope {
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

impl Scope {
    fn of(flags: i64) -> Scope {
        match flags >> flag::SCOPE_OFFSET & flag::SCOPE_MASK {
            1 => Scope::Local,
            2 => Scope::GlobalExplicit,
            4 => Scope::Free,
            5 => Scope::Cell,
            _ => Scope::GlobalImplicit,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i64)]
enum BlockKind {
    Function = 0,
    Class = 1,
    Module = 2,
    Annotation = 3,
    TypeAlias = 4,
    TypeParameters = 5,
    TypeVariable = 6,
}

impl BlockKind {
    /// Whether its variables are seen by the blocks in it.
    fn is_function_like(self) -> bool {
        !matches!(self, BlockKind::Class | BlockKind::Module)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comprehension {
    /// A list, set or dict comprehension.
    Inlined,
    Generator,
}

/// A block of names.
struct Block {
    name: Rc<str>,
    kind: BlockKind,
    line: i32,
    /// In a function, or in a block in one.
    is_nested: bool,
    /// Names with their flags, in the order in which they were seen first.
    symbols: Vec<(Rc<str>, i64)>,
    index: HashMap<Rc<str>, usize>,
    /// Parameters.
    variables: Vec<Rc<str>>,
    children: Vec<usize>,
    comprehension: Option<Comprehension>,
    /// Names are looked up in the namespace of a class around first.
    sees_class: bool,
    /// The block of its variables' annotations.
    annotations: Option<usize>,
    has_conditional: bool,
    /// Around a class: the only names that are private.
    private_names: Option<Vec<Rc<str>>>,
    // Where in the block the first pass is.
    is_conditional: bool,
    is_unevaluated: bool,
    in_target: bool,
}

impl Block {
    fn new(name: Rc<str>, kind: BlockKind, line: i32, is_nested: bool) -> Block {
        Block {
            name,
            kind,
            line,
            is_nested,
            symbols: Vec::new(),
            index: HashMap::new(),
            variables: Vec::new(),
            children: Vec::new(),
            comprehension: None,
            sees_class: false,
            annotations: None,
            has_conditional: false,
            private_names: None,
            is_conditional: false,
            is_unevaluated: false,
            in_target: false,
        }
    }

    fn note(&mut self, name: &Rc<str>, flags: i64) {
        let place = *self.index.entry(name.clone()).or_insert_with(|| {
            self.symbols.push((name.clone(), 0));
            self.symbols.len() - 1
        });
        self.symbols[place].1 |= flags;
    }

    fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// The flags of a name; nought for one that the block does not have.
    fn flags_of(&self, name: &str) -> i64 {
        self.index.get(name).map_or(0, |&place| self.symbols[place].1)
    }
}

/// All blocks of a source, the module's first.
#[derive(Default)]
struct Table {
    blocks: Vec<Block>,
}

/// The objects of the blocks of a tree that the compiler has found nothing wrong with; that of the module.
pub fn to_object(cx: &mut Context, tree: &Node, future_annotations: bool) -> Result<Owned> {
    let mut table = collect::collect(tree, future_annotations);
    analyze::analyze(&mut table);
    entry(cx, &table, 0)
}

fn entry(cx: &mut Context, table: &Table, id: usize) -> Result<Owned> {
    let block = &table.blocks[id];
    let mut children = Vec::with_capacity(block.children.len());
    for &child in &block.children {
        children.push(entry(cx, table, child)?);
    }
    let symbols = DictObject::new(cx);
    for (name, flags) in &block.symbols {
        let flags = int::from_i64(cx, *flags);
        dict::of(symbols.value()).set_text(cx, name, flags.value());
    }
    let variables = block.variables.iter().map(|name| StrObject::new(cx, name)).collect();
    let made = Entry {
        name: str::intern(cx, &block.name),
        kind: block.kind as i64,
        line: block.line,
        is_nested: block.is_nested,
        symbols,
        variables: ListObject::new(cx, variables),
        children: ListObject::new(cx, children),
    };
    NativeObject::new(cx, made)
}

/// A block of names.
#[native_type("symtable entry", weakrefs)]
#[derive(Traverse)]
pub struct Entry {
    name: Owned,
    kind: i64,
    line: i32,
    is_nested: bool,
    symbols: Owned,
    variables: Owned,
    children: Owned,
}

#[methods]
impl Entry {
    /// A number that no other block has while this one lives.
    #[get(member)]
    fn id(this: &NativeObject<Self>) -> i64 {
        this.value().0 as i64
    }

    #[get(member)]
    fn name(&self) -> Value {
        self.name.value()
    }

    #[get(member)]
    fn symbols(&self) -> Value {
        self.symbols.value()
    }

    #[get(member)]
    fn varnames(&self) -> Value {
        self.variables.value()
    }

    #[get(member)]
    fn children(&self) -> Value {
        self.children.value()
    }

    #[get(member)]
    fn nested(&self) -> i64 {
        self.is_nested.into()
    }

    #[get(member, name = "type")]
    fn kind(&self) -> i64 {
        self.kind
    }

    #[get(member)]
    fn lineno(&self) -> i32 {
        self.line
    }

    #[slot(repr)]
    fn repr(cx: &mut Context, this: &NativeObject<Self>) -> Owned {
        let name = str::text(this.name.value()).unwrap_or_default().into_owned();
        let text = format!("<symtable entry {name}({}), line {}>", this.value().0, this.line);
        StrObject::new(cx, &text)
    }
}

/// The file's name in an argument: text, bytes, or a path.
fn file_name(cx: &mut Context, value: Value) -> Result<String> {
    let path = match str::is_str(value) || value.cast::<bytes::BytesObject>().is_some() {
        true => Owned::new(value),
        false => match attribute::get_text_optional(cx, value.type_of().value(), "__fspath__")? {
            Some(method) => sidewinder_runtime::operations::call::call(cx, method.value(), &[value])?,
            None => {
                let kind = value.type_of().name();
                return Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {kind}")));
            }
        },
    };
    if let Some(text) = str::text(path.value()) {
        return Ok(text.into_owned());
    }
    match path.value().cast::<bytes::BytesObject>() {
        Some(bytes) => Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned()),
        None => {
            let kind = path.value().type_of().name();
            Err(cx.type_error(format!("expected str, bytes or os.PathLike object, not {kind}")))
        }
    }
}

/// What the compiler knows of names; programs use the module `symtable`.
#[native_module("_symtable", types(hidden Entry))]
mod rows {
    use super::*;

    #[constant]
    const USE: i64 = flag::USE;
    #[constant]
    const DEF_GLOBAL: i64 = flag::GLOBAL;
    #[constant]
    const DEF_NONLOCAL: i64 = flag::NONLOCAL;
    #[constant]
    const DEF_LOCAL: i64 = flag::LOCAL;
    #[constant]
    const DEF_PARAM: i64 = flag::PARAMETER;
    #[constant]
    const DEF_TYPE_PARAM: i64 = flag::TYPE_PARAMETER;
    #[constant]
    const DEF_FREE_CLASS: i64 = flag::FREE_IN_CLASS;
    #[constant]
    const DEF_IMPORT: i64 = flag::IMPORT;
    #[constant]
    const DEF_BOUND: i64 = flag::BOUND;
    #[constant]
    const DEF_ANNOT: i64 = flag::ANNOTATED;
    #[constant]
    const DEF_COMP_ITER: i64 = flag::ITERATION;
    #[constant]
    const DEF_COMP_CELL: i64 = flag::COMPREHENSION_CELL;
    #[constant]
    const SCOPE_OFF: i64 = flag::SCOPE_OFFSET;
    #[constant]
    const SCOPE_MASK: i64 = flag::SCOPE_MASK;
    #[constant]
    const FREE: i64 = Scope::Free as i64;
    #[constant]
    const LOCAL: i64 = Scope::Local as i64;
    #[constant]
    const GLOBAL_IMPLICIT: i64 = Scope::GlobalImplicit as i64;
    #[constant]
    const GLOBAL_EXPLICIT: i64 = Scope::GlobalExplicit as i64;
    #[constant]
    const CELL: i64 = Scope::Cell as i64;
    #[constant]
    const TYPE_FUNCTION: i64 = BlockKind::Function as i64;
    #[constant]
    const TYPE_CLASS: i64 = BlockKind::Class as i64;
    #[constant]
    const TYPE_MODULE: i64 = BlockKind::Module as i64;
    #[constant]
    const TYPE_ANNOTATION: i64 = BlockKind::Annotation as i64;
    #[constant]
    const TYPE_TYPE_ALIAS: i64 = BlockKind::TypeAlias as i64;
    #[constant]
    const TYPE_TYPE_PARAMETERS: i64 = BlockKind::TypeParameters as i64;
    #[constant]
    const TYPE_TYPE_VARIABLE: i64 = BlockKind::TypeVariable as i64;

    /// The names of a source, block by block; the module's block.
    #[function]
    fn symtable(cx: &mut Context, source: Value, filename: Value, startstr: Value) -> Result<Owned> {
        let file_name = file_name(cx, filename)?;
        let Some(start) = str::text(startstr).map(|start| start.into_owned()) else {
            let kind = startstr.type_of().name();
            return Err(cx.type_error(format!("symtable() argument 3 must be str, not {kind}")));
        };
        let (text, data);
        let source = if let Some(found) = str::text(source) {
            text = found.into_owned();
            Source::Text(&text)
        } else if buffer::is_exporter(source) {
            data = Buffer::read(cx, source)?.as_slice().to_vec();
            Source::Bytes(&data)
        } else {
            return Err(cx.type_error("symtable() arg 1 must be a string or bytes object"));
        };
        let has_null = match source {
            Source::Text(text) => text.contains('\0'),
            Source::Bytes(data) => data.contains(&0),
            Source::Tree(_) => false,
        };
        if has_null {
            return Err(cx.raise(&SYNTAX_ERROR, "source code string cannot contain null bytes"));
        }
        let mode = match start.as_str() {
            "exec" => "open-exec",
            "eval" => "open-eval",
            "single" => "open-single",
            _ => return Err(cx.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        let request = CompileRequest { source, product: Product::Names, ..CompileRequest::new("", &file_name, mode) };
        (cx.interpreter().hooks.compile)(cx, &request)
    }
}
