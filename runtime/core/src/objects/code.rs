//! Code objects: compiled code with its constants as objects, its inline caches and its counters.

mod construct;

pub use construct::{recall, remember};

use crate::context::{Context, Result};
use crate::heap::teardown::Children;
use crate::heap::{Header, Immortal, Owned};
use crate::hooks::Broken;
use crate::monitoring::CodeMonitoring;
use crate::objects::site::Site;
use crate::objects::slots::{CompareOp, Slots};
use crate::objects::type_object::{OBJECT, StaticType, TypeObject, flags};
use crate::objects::{float, int, singleton, str, tuple};
use crate::value::Value;
use sidewinder_bytecode::shown::Shown;
use sidewinder_bytecode::{CodeData, CodeFlags, Constant, Instruction};
use std::cell::{Cell, OnceCell, RefCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// The hotness of a loop, and its compiled trace.
#[repr(C)]
pub struct LoopState {
    /// Iterations left until the loop is recorded.
    pub countdown: Cell<u32>,
    /// Number of the trace tree to enter plus one; 0 for none.
    pub trace: Cell<u32>,
}

impl LoopState {
    fn new(countdown: u32) -> LoopState {
        LoopState { countdown: Cell::new(countdown), trace: Cell::new(0) }
    }
}

#[repr(C)]
pub struct CodeObject {
    pub header: Header,
    /// Never reused.
    pub id: Cell<u64>,
    /// These four are null until the body was read (`ready`).
    pub instructions: Cell<*const Instruction>,
    pub constants: Cell<*const Value>,
    pub sites: Cell<*const Site>,
    pub loops: Cell<*const LoopState>,
    pub argument_count: u32,
    /// All parameters, with those that are only keywords, `*args` and `**kwargs`: the first locals.
    pub parameter_count: u32,
    pub local_count: u32,
    pub register_count: u32,
    pub flags: u32,
    /// Calls left until the function is recorded, and its trace.
    pub entry: LoopState,
    /// Where that counter starts.
    pub entry_threshold: u32,
    /// What callers in machine code need to enter this function's (`NativeEntry` of the JIT); null without any.
    pub native: Cell<*const ()>,
    /// Whether traces depend on this object's being alive.
    pub watched: Cell<bool>,
    pub data: Rc<CodeData>,
    /// The same code with a namespace of its own, once it was wanted; or unbound. Owned.
    with_namespace: Cell<Value>,
    /// What tools of `sys.monitoring` want to know of it, and what tracing has found out.
    pub monitoring: RefCell<Option<Box<CodeMonitoring>>>,
    /// The code in CPython's words, once somebody has asked.
    shown: OnceCell<Box<Shown>>,
    name: Owned,
    qualified_name: Owned,
    storage: OnceCell<Storage>,
}

/// The body as objects and counters.
struct Storage {
    constants: Box<[Value]>,
    sites: Box<[Site]>,
    loops: Box<[LoopState]>,
    names: Vec<Owned>,
    local_names: Vec<Owned>,
    free_names: Vec<Owned>,
}

pub static CODE: StaticType = Immortal::new(
    TypeObject::builtin(
        "code",
        size_of::<CodeObject>(),
        Slots {
            new: Some(construct::new),
            repr: Some(repr),
            hash: Some(hash),
            compare: Some(compare),
            traverse: Some(traverse),
            release: Some(release),
            ..Slots::EMPTY
        },
    )
    .with_base(&OBJECT.object)
    .with_flags(flags::COLLECTED | flags::HAS_WEAK),
);

crate::object_type!(CodeObject, CODE);

impl CodeObject {
    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub fn value(&self) -> Value {
        Value::from_pointer(self)
    }

    /// Sees to it that the code can run: to be called before a frame of it is entered. Most functions that a module makes
    /// are never called, and cost no more than their names.
    #[inline(always)]
    pub fn ready(&self) {
        if self.instructions.get().is_null() {
            self.read_body();
        }
    }

    #[cold]
    #[inline(never)]
    fn read_body(&self) {
        let storage = self.storage.get_or_init(|| Storage::new(Context::current(), &self.data));
        self.constants.set(storage.constants.as_ptr());
        self.sites.set(storage.sites.as_ptr());
        self.loops.set(storage.loops.as_ptr());
        self.instructions.set(self.data.instructions.as_ptr());
    }

    fn storage(&self) -> &Storage {
        self.ready();
        self.storage.get().expect("the body was read")
    }

    pub fn name(&self) -> &str {
        &self.data.name
    }

    /// The interned name and qualified name of a function of this code.
    pub fn function_names(&self) -> [Value; 2] {
        [self.name.value(), self.qualified_name.value()]
    }

    /// The interned name of index `index` in `CodeData::names`.
    pub fn name_value(&self, index: u16) -> Value {
        self.storage().names[index as usize].value()
    }

    pub fn local_name(&self, register: u16) -> Value {
        self.storage().local_names[register as usize].value()
    }

    pub fn local_names(&self) -> &[Owned] {
        &self.storage().local_names
    }

    pub fn free_name(&self, index: u16) -> Value {
        self.storage().free_names[index as usize].value()
    }

    /// The constants, borrowed.
    pub fn constants(&self) -> &[Value] {
        &self.storage().constants
    }

    /// A constant, borrowed.
    pub fn constant(&self, index: usize) -> Value {
        self.constants()[index]
    }

    pub fn loop_states(&self) -> &[LoopState] {
        &self.storage().loops[..self.data.loop_count as usize]
    }

    /// The counter of the exceptions that come to the handler whose first instruction has this index.
    pub fn handler_state(&self, target: u32) -> Option<&LoopState> {
        let row = self.data.handlers.iter().position(|row| row.target == target)?;
        self.storage().loops.get(self.data.loop_count as usize + row)
    }

    /// The index of an instruction of this code.
    #[inline]
    pub fn index_of(&self, instruction: *const Instruction) -> usize {
        (instruction as usize).wrapping_sub(self.instructions.get() as usize) / size_of::<Instruction>()
    }

    /// Whether a pointer lies in this code's instructions.
    pub fn contains(&self, instruction: *const Instruction) -> bool {
        self.index_of(instruction) < self.data.instructions.len()
    }

    /// The code to execute with a namespace that is not the globals: this one unless it is a module's.
    pub fn for_namespace(&self, cx: &mut Context) -> Owned {
        if self.has_flag(CodeFlags::FUNCTION | CodeFlags::NAMESPACE) {
            return Owned::new(self.value());
        }
        if self.with_namespace.get().is_unbound() {
            let Some(data) = self.data.with_namespace() else { return Owned::new(self.value()) };
            let made = new(cx, Rc::new(data));
            self.with_namespace.set(made.into_raw());
        }
        Owned::new(self.with_namespace.get())
    }

    /// The source line of an instruction. One that belongs to none is said to be at that of what comes before it.
    pub fn line_of(&self, index: usize) -> u32 {
        let Some(positions) = self.data.positions.get(..=index) else { return self.data.first_line };
        let line = positions.iter().rev().map(|position| position.line).find(|&line| line != 0);
        line.unwrap_or(self.data.first_line)
    }

    /// As `line_of`, without memory for the answer: for handlers of signals.
    pub fn peek_line(&self, index: usize) -> u32 {
        match self.data.positions.peek_line(index) {
            0 => self.data.first_line,
            line => line,
        }
    }

    /// The code as tools see it that know CPython's. Its first unit belongs to no instruction: there is a frame that has not
    /// run yet, at the first line of its code.
    pub fn shown(&self) -> &Shown {
        self.shown.get_or_init(|| Box::new(Shown::new(&self.data)))
    }

    /// Where Python sees an instruction that runs: in bytes of the code as it is shown.
    pub fn offset_of(&self, index: usize) -> usize {
        self.shown().offset_of(index)
    }

    /// The source line of an instruction; 0 for none.
    pub fn own_line(&self, index: usize) -> u32 {
        self.data.positions.get(index).map_or(0, |position| position.line)
    }
}

/// Stands for the index of the instruction of a frame that has not run yet, which is at the first line of its code.
pub const NOT_STARTED: u32 = u32::MAX;

impl Storage {
    fn new(cx: &mut Context, data: &CodeData) -> Storage {
        let intern = |cx: &mut Context, names: &[Rc<str>]| -> Vec<Owned> {
            names.iter().map(|name| str::intern(cx, name)).collect()
        };
        let names = intern(cx, &data.names);
        let threshold = cx.interpreter().options.threshold as u32;
        Storage {
            constants: data.constants.iter().map(|constant| instantiate(cx, constant).into_raw()).collect(),
            sites: data.sites.iter().map(|&name| Site::new(names[name as usize].value())).collect(),
            loops: (0..data.loop_count as usize + data.handlers.len()).map(|_| LoopState::new(threshold)).collect(),
            names,
            local_names: intern(cx, &data.local_names),
            free_names: intern(cx, &data.free_names),
        }
    }
}

/// Makes a code object of compiled code.
pub fn new(cx: &mut Context, data: Rc<CodeData>) -> Owned {
    let (name, qualified_name) = (str::intern(cx, &data.name), str::intern(cx, &data.qualified_name));
    let options = &cx.interpreter().options;
    let call_threshold = options.lowered(options.call_threshold);
    let id = cx.fresh_version();
    let code = cx.heap.allocate(&CODE.object, size_of::<CodeObject>(), true) as *mut CodeObject;
    // SAFETY: (heap 3) fresh memory; the header is kept.
    unsafe {
        let header = std::ptr::read(&raw const (*code).header);
        code.write(CodeObject {
            header,
            id: Cell::new(id),
            instructions: Cell::new(std::ptr::null()),
            constants: Cell::new(std::ptr::null()),
            sites: Cell::new(std::ptr::null()),
            loops: Cell::new(std::ptr::null()),
            argument_count: data.argument_count as u32,
            parameter_count: data.parameter_count() as u32,
            local_count: data.local_count as u32,
            register_count: data.register_count as u32,
            flags: data.flags.0,
            entry: LoopState::new(call_threshold),
            entry_threshold: call_threshold,
            native: Cell::new(std::ptr::null()),
            watched: Cell::new(false),
            data,
            with_namespace: Cell::new(Value::UNBOUND),
            monitoring: RefCell::new(None),
            shown: OnceCell::new(),
            name,
            qualified_name,
            storage: OnceCell::new(),
        });
    }
    Owned::from_raw(Value::from_pointer(code))
}

/// The object that a constant stands for.
pub fn instantiate(cx: &mut Context, constant: &Constant) -> Owned {
    match constant {
        Constant::None => Owned::new(singleton::none()),
        Constant::True => Owned::new(singleton::true_()),
        Constant::False => Owned::new(singleton::false_()),
        Constant::Ellipsis => Owned::new(singleton::ellipsis()),
        Constant::Int(value) => int::from_i64(cx, *value),
        Constant::BigInt(digits) => int::from_decimal(cx, digits),
        Constant::Float(value) => float::from_f64(cx, *value),
        Constant::Complex(real, imaginary) => {
            float::complex::from_complex(cx, float::complex::Complex { real: *real, imaginary: *imaginary })
        }
        Constant::Str(text) if is_identifier_like(text) => str::intern(cx, text),
        Constant::Str(text) => str::StrObject::new(cx, text),
        Constant::StrSurrogates(points) => str::StrObject::from_code_points(cx, points),
        Constant::Bytes(bytes) => crate::objects::bytes::BytesObject::new(cx, bytes),
        Constant::Tuple(items) => {
            let items = items.iter().map(|item| instantiate(cx, item)).collect();
            tuple::TupleObject::from_owned(cx, items)
        }
        Constant::FrozenSet(items) => {
            let items: Vec<Owned> = items.iter().map(|item| instantiate(cx, item)).collect();
            crate::objects::set::frozen_from_constants(cx, &items)
        }
        Constant::Code(data) => new(cx, data.clone()),
    }
}

/// Whether CPython interns a string constant: it looks like a name.
fn is_identifier_like(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `<code object name at 0x…, file "…", line n>`
fn repr(cx: &mut Context, value: Value) -> Result<Owned> {
    // SAFETY: (heap 2) the slot of this type.
    let data = &unsafe { value.cast_unchecked::<CodeObject>() }.data;
    let text =
        format!("<code object {} at {:#x}, file \"{}\", line {}>", data.name, value.0, data.file_name, data.first_line);
    Ok(str::StrObject::new(cx, &text))
}

/// Code is equal that does the same at the same places, under the same name; not necessarily of the same file.
fn compare(_cx: &mut Context, left: Value, right: Value, op: CompareOp) -> Result<Owned> {
    let (Some(a), Some(b)) = (left.cast_exact::<CodeObject>(), right.cast_exact::<CodeObject>()) else {
        return Ok(Owned::new(singleton::not_implemented()));
    };
    if !matches!(op, CompareOp::Equal | CompareOp::NotEqual) {
        return Ok(Owned::new(singleton::not_implemented()));
    }
    let equal = Rc::ptr_eq(&a.data, &b.data) || is_same(&a.data, &b.data);
    Ok(Owned::new(singleton::boolean(equal == (op == CompareOp::Equal))))
}

fn is_same(a: &CodeData, b: &CodeData) -> bool {
    a.name == b.name
        && a.first_line == b.first_line
        && a.flags == b.flags
        && (a.argument_count, a.positional_only_count, a.keyword_only_count)
            == (b.argument_count, b.positional_only_count, b.keyword_only_count)
        && a.local_names == b.local_names
        && a.free_names == b.free_names
        && a.names == b.names
        && a.instructions == b.instructions
        && same_constants(&a.constants, &b.constants)
        && a.handlers == b.handlers
        && a.positions == b.positions
}

/// Whether constants are equal, code among them by what it does.
fn same_constants(a: &[Constant], b: &[Constant]) -> bool {
    let same = |pair: (&Constant, &Constant)| match pair {
        (Constant::Code(a), Constant::Code(b)) => Rc::ptr_eq(a, b) || is_same(a, b),
        // Sets have no order.
        (Constant::FrozenSet(a), Constant::FrozenSet(b)) => a.len() == b.len() && a.iter().all(|item| b.contains(item)),
        (a, b) => a == b,
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

fn hash(_cx: &mut Context, value: Value) -> Result<i64> {
    // SAFETY: (heap 2) the slot of this type.
    let data = &unsafe { value.cast_unchecked::<CodeObject>() }.data;
    let mut hasher = std::hash::DefaultHasher::new();
    data.name.hash(&mut hasher);
    (data.first_line, data.flags.0, data.argument_count, data.keyword_only_count).hash(&mut hasher);
    data.names.hash(&mut hasher);
    data.local_names.hash(&mut hasher);
    data.instructions.len().hash(&mut hasher);
    data.instructions.iter().for_each(|i| (i.op, i.a, i.b, i.c).hash(&mut hasher));
    let hash = hasher.finish() as i64;
    Ok(if hash == -1 { -2 } else { hash })
}

unsafe fn traverse(header: *mut Header, visit: &mut dyn FnMut(Value)) {
    // SAFETY: (heap 2) the slot of this type.
    let code = unsafe { &*(header as *const CodeObject) };
    if let Some(storage) = code.storage.get() {
        storage.constants.iter().for_each(|value| visit(*value));
    }
    if !code.with_namespace.get().is_unbound() {
        visit(code.with_namespace.get());
    }
}

unsafe fn release(header: *mut Header, children: &mut Children<'_>) {
    // SAFETY: (heap 2) the slot of this type; the Rust fields are dropped with the object.
    unsafe {
        let code = header as *mut CodeObject;
        if (*code).watched.get() {
            let cx = Context::current();
            (cx.interpreter().hooks.broken)(cx, Broken::Code((*code).id.get()));
        }
        children.push((*code).with_namespace.replace(Value::UNBOUND));
        if let Some(storage) = (*code).storage.get_mut() {
            for constant in std::mem::take(&mut storage.constants) {
                children.push(constant);
            }
        }
        let monitoring = (*code).monitoring.take();
        if monitoring.is_some() {
            crate::monitoring::forget_code(Context::current(), monitoring);
        }
        std::ptr::drop_in_place(&raw mut (*code).shown);
        std::ptr::drop_in_place(&raw mut (*code).data);
        std::ptr::drop_in_place(&raw mut (*code).name);
        std::ptr::drop_in_place(&raw mut (*code).qualified_name);
        std::ptr::drop_in_place(&raw mut (*code).storage);
    }
}
