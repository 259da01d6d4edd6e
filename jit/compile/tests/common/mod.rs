//! Runs trees twice, by the reference executor and as machine code, and compares what is left.

#![allow(dead_code)]

pub mod random;

use sidewinder_ir::eval::{self, Exit, Machine};
use sidewinder_ir::op::{Alias, Type};
use sidewinder_ir::{Helper, HelperEffects, HelperId, TraceEnd, tagging, text};
use sidewinder_jit::{
    Arena, Bridge, CompiledTree, Compiler, Entry, ExitId, LINK, Layout, Options, Pass, TraceIndex, Tree, materialize,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::mem::offset_of;

pub const TRUE: u64 = 0x1000_0008;
pub const FALSE: u64 = 0x1000_0028;
pub const BOOL_TYPE: u64 = 0x2_0008;
/// A static type with counted instances.
pub const LIST_TYPE: u64 = 0x2_0028;
/// A static type whose instances traces make.
pub const FRESH_TYPE: u64 = 0x2_0048;
/// A heap type.
pub const CLASS_TYPE: u64 = 0x3_0000;
pub const OTHER_CLASS_TYPE: u64 = 0x3_0010;

/// Words of the stack below and above the entry frame's base.
const STACK_BELOW: usize = 16;
const STACK_WORDS: usize = 128;

#[repr(C)]
pub struct TestContext {
    pub interrupt: u32,
    pub finalizers_pending: u32,
    pub exit_buffer: *mut u64,
    pub buffer: Vec<u64>,
}

thread_local! {
    static CALLS: RefCell<Vec<(HelperId, Vec<u64>)>> = const { RefCell::new(Vec::new()) };
    /// Objects that machine code or its exits have made.
    static FRESH: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A fresh object in this process; tests do not make so many that it mattered that they stay.
fn allocate_fresh() -> u64 {
    #[repr(align(16))]
    struct Object([u64; 16]);
    let object = Box::leak(Box::new(Object([0; 16])));
    (object.0[0], object.0[1]) = (1, FRESH_TYPE);
    let address = object.0.as_ptr() as u64;
    FRESH.with_borrow_mut(|fresh| fresh.push(address));
    address
}

fn is_fresh(address: u64) -> bool {
    FRESH.with_borrow(|fresh| fresh.contains(&address))
}

extern "C" fn drop_last(context: *mut TestContext, object: u64) {
    if is_fresh(object) {
        for field in (2..16).rev() {
            // SAFETY: fresh objects have sixteen words, and counted words of tests are addresses of objects.
            unsafe {
                let held = *((object + field * 8) as *const u64);
                if tagging::is_counted(held) {
                    *(held as *mut u64) -= 1;
                    if *(held as *const u64) == 0 {
                        drop_last(context, held);
                    }
                }
            }
        }
        return;
    }
    // SAFETY: called by machine code with the context that it was entered with.
    unsafe { (*context).finalizers_pending = 1 };
    CALLS.with_borrow_mut(|calls| calls.push((eval::DROP_LAST, vec![object])));
}

/// Memory of either executor.
pub trait Words {
    fn read(&self, address: u64) -> u64;
    fn write(&mut self, address: u64, word: u64);
    /// Whether there is an object at an address. Boxes of doubles are not in the reference's memory.
    fn holds(&self, address: u64) -> bool;
    /// Makes an object.
    fn allocate(&mut self) -> u64;
}

impl Words for HashMap<u64, u64> {
    fn read(&self, address: u64) -> u64 {
        self[&address]
    }

    fn write(&mut self, address: u64, word: u64) {
        self.insert(address, word);
    }

    fn holds(&self, address: u64) -> bool {
        self.contains_key(&address)
    }

    fn allocate(&mut self) -> u64 {
        let free = (0..).map(fresh_object).find(|address| !self.contains_key(address)).expect("there is room");
        (0..16).for_each(|word| self.write(free + word * 8, [1, FRESH_TYPE].get(word as usize).copied().unwrap_or(0)));
        free
    }
}

/// The memory of this process; tests only pass objects of the test heap.
struct Process;

impl Words for Process {
    fn read(&self, address: u64) -> u64 {
        // SAFETY: see above.
        unsafe { *(address as *const u64) }
    }

    fn write(&mut self, address: u64, word: u64) {
        // SAFETY: see above.
        unsafe { *(address as *mut u64) = word };
    }

    fn holds(&self, _: u64) -> bool {
        true
    }

    fn allocate(&mut self) -> u64 {
        allocate_fresh()
    }
}

/// Helper 0: pure, of words. Helper 1: may do anything; returns its argument.
/// Helper 2: writes a list item and nothing else. Helper 3: a pure function of doubles. Helper 4: integers, no result.
/// Helper 5: makes an object.
pub fn helpers() -> Vec<Helper> {
    fn row(
        name: &'static str,
        address: usize,
        operands: &'static [Type],
        result: Type,
        effects: HelperEffects,
    ) -> Helper {
        Helper { name, address, operands, result, effects }
    }
    extern "C" fn mix(_: *mut TestContext, a: u64, b: u64) -> u64 {
        call(0, &[a, b])
    }
    extern "C" fn anything(_: *mut TestContext, a: u64) -> u64 {
        call(1, &[a])
    }
    extern "C" fn set_item(_: *mut TestContext, object: u64, value: u64) -> u64 {
        call(2, &[object, value])
    }
    extern "C" fn hypotenuse(_: *mut TestContext, a: f64, b: f64) -> f64 {
        f64::from_bits(call(3, &[a.to_bits(), b.to_bits()]))
    }
    extern "C" fn make(_: *mut TestContext, class: u64, bytes: u64, shape: u64) -> u64 {
        call(5, &[class, bytes, shape])
    }
    extern "C" fn note(_: *mut TestContext, a: i64) {
        call(4, &[a as u64]);
    }
    vec![
        row("mix", mix as *const () as usize, &[Type::Raw, Type::Raw], Type::Raw, HelperEffects::PURE),
        row("anything", anything as *const () as usize, &[Type::Value], Type::Value, HelperEffects::ANY),
        row(
            "set_item",
            set_item as *const () as usize,
            &[Type::Value, Type::Value],
            Type::Raw,
            HelperEffects::ALLOCATES.writing(Alias::ListItem),
        ),
        row(
            "hypotenuse",
            hypotenuse as *const () as usize,
            &[Type::Float, Type::Float],
            Type::Float,
            HelperEffects::PURE,
        ),
        row("note", note as *const () as usize, &[Type::Int], Type::None, HelperEffects::ALLOCATES.raising()),
        row(
            "make",
            make as *const () as usize,
            &[Type::Raw, Type::Raw, Type::Raw],
            Type::Value,
            HelperEffects::ALLOCATES.making_instance(),
        ),
    ]
}

/// Whether calls of a helper are compared: the optimizer may leave out the others.
fn is_logged(helper: u16) -> bool {
    !matches!(helper, 0 | 3 | 5)
}

fn call(helper: u16, arguments: &[u64]) -> u64 {
    CALLS.with_borrow_mut(|calls| {
        if is_logged(helper) {
            calls.push((HelperId(helper), arguments.to_vec()));
        }
    });
    meaning(helper, arguments, &mut Process)
}

/// What the helpers compute, for both executors.
pub fn meaning(helper: u16, arguments: &[u64], memory: &mut dyn Words) -> u64 {
    match helper {
        0 => arguments[0].wrapping_mul(31) ^ arguments[1],
        1 => {
            // Changes the last word of an object, and its class if an attribute is a number; gives a new reference.
            if tagging::is_counted(arguments[0]) && memory.holds(arguments[0]) {
                memory.write(arguments[0] + 15 * 8, int(77));
                let class = memory.read(arguments[0] + 8);
                if memory.read(arguments[0] + 24) & 3 == 1 && class & 15 == 0 {
                    memory.write(arguments[0] + 8, class ^ CLASS_TYPE ^ OTHER_CLASS_TYPE);
                }
                let count = memory.read(arguments[0]);
                memory.write(arguments[0], count + 1);
            }
            arguments[0]
        }
        2 => {
            memory.write(arguments[0] + 14 * 8, arguments[1]);
            0
        }
        3 => {
            let (a, b) = (f64::from_bits(arguments[0]), f64::from_bits(arguments[1]));
            (a * a + b * b).sqrt().to_bits()
        }
        5 => memory.allocate(),
        _ => 0,
    }
}

pub fn layout() -> Layout {
    Layout {
        interrupt: offset_of!(TestContext, interrupt) as i32,
        finalizers_pending: offset_of!(TestContext, finalizers_pending) as i32,
        exit_buffer: offset_of!(TestContext, exit_buffer) as i32,
        activation: 0,
        direct_calls: None,
        true_word: TRUE,
        false_word: FALSE,
        bool_type: BOOL_TYPE,
        drop_last: drop_last as *const () as usize,
        heap: None,
        reassignable_types: Vec::new(),
        uncounted_types: vec![BOOL_TYPE],
        leaf_types: Vec::new(),
        buffered_types: Vec::new(),
        counted_types: vec![LIST_TYPE, FRESH_TYPE],
    }
}

/// A tree from text: the root, then bridges after lines like `== bridge 0 loop 12`.
pub fn parse_tree(source: &str) -> Tree {
    let mut tree: Option<Tree> = None;
    for part in source.split("== ") {
        let (head, body) = part.split_once('\n').unwrap_or((part, ""));
        let words: Vec<&str> = head.split_whitespace().collect();
        match words[..] {
            ["bridge", parent, pass, guard] => {
                let trace = text::parse(body).unwrap_or_else(|message| panic!("{message}\n{body}"));
                let guard = if guard == "end" { ExitId::END } else { guard.parse().unwrap() };
                let pass = if pass == "loop" { Pass::Loop } else { Pass::First };
                let parent_exit = ExitId { trace: TraceIndex(parent.parse().unwrap()), pass, guard };
                tree.as_mut().expect("root first").bridges.push(Bridge { parent_exit, trace });
            }
            ["root"] => tree = Some(Tree::new(text::parse(body).unwrap_or_else(|m| panic!("{m}\n{body}")))),
            // Comments before the root.
            _ if tree.is_none() => {}
            _ => break,
        }
    }
    tree.expect("a root")
}

/// The world a tree runs in.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub slots: BTreeMap<i32, u64>,
    /// Objects: sixteen words each; the first two are count and type.
    pub objects: Vec<[u64; 16]>,
    /// Those that traces have made.
    pub fresh: Vec<[u64; 16]>,
}

/// What was left.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// Trace and guard.
    pub exit: (u32, u32),
    pub frame: sidewinder_ir::FrameState,
    pub slots: BTreeMap<i32, u64>,
    pub objects: Vec<[u64; 16]>,
    pub fresh: Vec<[u64; 16]>,
    pub calls: Vec<(HelperId, Vec<u64>)>,
    pub finalizers_pending: bool,
    /// A double did not fit: the executors may have taken different ways.
    pub floats_boxed: bool,
}

/// Words that refer to objects in a `World`: `object(n)` is replaced with the address of the n-th.
pub fn object(number: u64) -> u64 {
    0x5_0000_0000 + number * 16 * 8
}

/// The same for the n-th that a trace makes.
pub fn fresh_object(number: u64) -> u64 {
    object(FRESH_FIRST + number)
}

const FRESH_FIRST: u64 = 1 << 16;

fn fresh_number(word: u64) -> Option<usize> {
    let is_address = word & 7 == 0 && (fresh_object(0)..fresh_object(FRESH_FIRST)).contains(&word);
    is_address.then(|| ((word - fresh_object(0)) / 128) as usize)
}

fn relocate(word: u64, count: usize, base: u64) -> u64 {
    if let Some(number) = fresh_number(word) {
        return FRESH.with_borrow(|fresh| fresh[number]);
    }
    let offset = word.wrapping_sub(object(0));
    if word & 7 == 0 && offset < count as u64 * 128 { base + offset } else { word }
}

fn unrelocate(word: u64, count: usize, base: u64) -> u64 {
    if let Some(number) = FRESH.with_borrow(|fresh| fresh.iter().position(|&address| address == word)) {
        return fresh_object(number as u64);
    }
    let offset = word.wrapping_sub(base);
    if word & 7 == 0 && offset < count as u64 * 128 { object(0) + offset } else { word }
}

impl Left {
    fn world(&self) -> World {
        World { slots: self.slots.clone(), objects: self.objects.clone(), fresh: self.fresh.clone() }
    }

    /// The same with fresh objects numbered in the order in which slots and objects lead to them, and without those that
    /// nothing leads to.
    fn canonical(&self) -> Left {
        let mut order = Vec::new();
        let words = self.slots.values().chain(self.objects.iter().flatten());
        order.extend(words.copied().filter_map(fresh_number));
        let mut seen: Vec<usize> = Vec::new();
        while !order.is_empty() {
            let number = order.remove(0);
            if !seen.contains(&number) {
                seen.push(number);
                order.extend(self.fresh[number].iter().copied().filter_map(fresh_number));
            }
        }
        let rename = |word: u64| match fresh_number(word) {
            Some(number) => match seen.iter().position(|&other| other == number) {
                Some(position) => fresh_object(position as u64),
                None => fresh_object(FRESH_FIRST - 1),
            },
            None => word,
        };
        let mut left = self.clone();
        left.slots.values_mut().for_each(|word| *word = rename(*word));
        left.objects.iter_mut().flatten().for_each(|word| *word = rename(*word));
        left.fresh = seen.iter().map(|&number| self.fresh[number].map(rename)).collect();
        left.calls.iter_mut().flat_map(|(_, arguments)| arguments).for_each(|word| *word = rename(*word));
        left
    }
}

/// What exits need of a runtime.
struct TestHeap;

impl sidewinder_jit::exit::Heap for TestHeap {
    fn box_float(&mut self, value: f64) -> u64 {
        boxed_float(value.to_bits())
    }

    fn increment(&mut self, word: u64) {
        if tagging::is_counted(word) {
            // SAFETY: counted words of tests are addresses of objects.
            unsafe { *(word as *mut u64) += 1 };
        }
    }

    fn release(&mut self, _: u64) {}

    fn allocate(&mut self, class: u64, _: u64) -> *mut u64 {
        assert_eq!(class, FRESH_TYPE);
        allocate_fresh() as *mut u64
    }
}

pub struct Runner {
    pub arena: Arena,
    pub compiler: Compiler,
}

/// Places the objects True and False at their fixed addresses.
fn map_singletons() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let page = (TRUE & !0xfff) as *mut libc::c_void;
        // SAFETY: a fresh page that nothing else uses.
        unsafe {
            assert_eq!(libc::mmap(page, 4096, protection, flags, -1, 0), page);
            *((TRUE + 8) as *mut u64) = BOOL_TYPE;
            *((FALSE + 8) as *mut u64) = BOOL_TYPE;
        }
    });
}

/// Memory as the reference executor sees it.
fn reference_memory(world: &World) -> HashMap<u64, u64> {
    let mut memory = HashMap::from([(TRUE + 8, BOOL_TYPE), (FALSE + 8, BOOL_TYPE)]);
    for (number, words) in world.objects.iter().enumerate() {
        for (index, &word) in words.iter().enumerate() {
            memory.insert(object(number as u64) + index as u64 * 8, word);
        }
    }
    for (number, words) in world.fresh.iter().enumerate() {
        for (index, &word) in words.iter().enumerate() {
            memory.insert(fresh_object(number as u64) + index as u64 * 8, word);
        }
    }
    memory
}

impl Runner {
    pub fn new() -> Runner {
        Runner::with(Options { dump: true, verify: true, ..Options::default() })
    }

    pub fn with(options: Options) -> Runner {
        map_singletons();
        let mut arena = Arena::new(1 << 20).expect("executable memory");
        let compiler = Compiler::new(helpers(), layout(), options, &mut arena).unwrap();
        Runner { arena, compiler }
    }

    pub fn compile(&mut self, tree: &Tree) -> CompiledTree {
        self.compiler.compile(tree).unwrap_or_else(|message| panic!("{message}"))
    }

    /// Runs the tree both ways and checks that both leave the same. Gives what is left.
    pub fn check(&mut self, tree: &Tree, world: &World) -> Left {
        let compiled = self.compile(tree);
        self.check_compiled(tree, &compiled, world)
    }

    pub fn check_compiled(&mut self, tree: &Tree, compiled: &CompiledTree, world: &World) -> Left {
        let expected = reference(tree, TraceIndex::ROOT, world, Vec::new(), false);
        let mut actual = self.run(tree, compiled, world).canonical();
        let expected = expected.canonical();
        if expected.floats_boxed {
            return actual;
        }
        // Both copies of a guard may have the same bridge; the reference takes the first.
        actual.exit.0 = expected.exit.0;
        if expected != actual {
            let dumps = compiled.dumps.as_ref().unwrap();
            panic!(
                "machine code differs\nexpected {expected:x?}\nactual   {actual:x?}\n{}\n{}",
                dumps.traces, dumps.optimized
            );
        }
        actual
    }

    /// The exit that machine code takes, and the world it leaves.
    pub fn leave(&mut self, compiled: &CompiledTree, world: &World) -> (ExitId, World) {
        let (id, left) = self.run_code(compiled, world);
        (id, left.world())
    }

    pub fn run(&mut self, tree: &Tree, compiled: &CompiledTree, world: &World) -> Left {
        let (id, left) = self.run_code(compiled, world);
        // An exit of the other copy of a guard that has a bridge: the reference goes on in the bridge, and so do we.
        match continuation(tree, id.trace, id.guard) {
            Some(bridge) => {
                let world = left.world();
                reference(tree, bridge, &world, left.calls, left.finalizers_pending)
            }
            None => left,
        }
    }

    fn run_code(&mut self, compiled: &CompiledTree, world: &World) -> (ExitId, Left) {
        let code = self.arena.install(&compiled.code).expect("room");
        // SAFETY: compiled for this signature.
        let entry: Entry = unsafe { std::mem::transmute(self.arena.address(code)) };
        let mut buffer = vec![0xdead_dead_dead_deadu64; 256];
        let mut context =
            TestContext { interrupt: 0, finalizers_pending: 0, exit_buffer: buffer.as_mut_ptr(), buffer: Vec::new() };
        FRESH.with_borrow_mut(Vec::clear);
        world.fresh.iter().for_each(|_| _ = allocate_fresh());
        let mut heap: Vec<[u64; 16]> = Vec::with_capacity(world.objects.len() + 1);
        // Objects lie at multiples of 16, where mortal ones belong.
        let base = (heap.as_mut_ptr() as u64 + 15) & !15;
        let count = world.objects.len();
        let mut stack = vec![0u64; STACK_WORDS];
        let base_pointer = unsafe { stack.as_mut_ptr().add(STACK_BELOW) };
        for (&slot, &word) in &world.slots {
            stack[(slot + STACK_BELOW as i32) as usize] = relocate(word, count, base);
        }
        for (index, object) in world.objects.iter().enumerate() {
            let object = object.map(|word| relocate(word, count, base));
            unsafe { *(base as *mut [u64; 16]).add(index) = object };
        }
        for (number, object) in world.fresh.iter().enumerate() {
            let object = object.map(|word| relocate(word, count, base));
            unsafe { *(relocate(fresh_object(number as u64), count, base) as *mut [u64; 16]) = object };
        }
        CALLS.with_borrow_mut(Vec::clear);
        let number = unsafe { entry(&raw mut context as *mut u8, base_pointer) }.number;
        let record = &compiled.exits[(number & !LINK) as usize];
        // A link has written the slots itself.
        if number & LINK == 0 {
            unsafe { materialize(record, buffer.as_ptr(), base_pointer, &mut TestHeap) };
        }
        let objects = (0..count)
            .map(|index| unsafe { *(base as *const [u64; 16]).add(index) }.map(|word| unrelocate(word, count, base)))
            .collect();
        let fresh = FRESH.with_borrow(Vec::clone).into_iter();
        let fresh =
            fresh.map(|address| unsafe { *(address as *const [u64; 16]) }.map(|word| unrelocate(word, count, base)));
        let fresh = fresh.collect();
        let slots: BTreeMap<i32, u64> = stack
            .iter()
            .enumerate()
            .filter(|&(_, &word)| word != 0)
            .map(|(index, &word)| (index as i32 - STACK_BELOW as i32, unrelocate(word, count, base)))
            .collect();
        let calls = CALLS
            .with_borrow(Vec::clone)
            .into_iter()
            .map(|(id, arguments)| (id, arguments.into_iter().map(|word| unrelocate(word, count, base)).collect()))
            .collect();
        self.arena.free(code);
        let left = Left {
            exit: (record.id.trace.0, record.id.guard),
            frame: record.frame,
            slots,
            objects,
            fresh,
            calls,
            finalizers_pending: context.finalizers_pending != 0,
            floats_boxed: false,
        };
        (record.id, left)
    }
}

pub fn boxed_float(bits: u64) -> u64 {
    if tagging::float_fits(bits) {
        tagging::box_float(bits)
    } else {
        bits & 0x0fff_ffff_ffff_fff0 | 0x6000_0000_0000_0000
    }
}

/// The first of a tree's traces that is the same as this one.
fn original(tree: &Tree, trace: TraceIndex) -> TraceIndex {
    let found = tree.traces().find(|&(_, other)| other == tree.trace(trace));
    found.expect("a trace is the same as itself").0
}

/// The bridge in which the program goes on where a guard fails. What a program does does not depend on the copy of the
/// guard that noticed, so the bridges of all copies are the same trace, and any of them says what happens.
pub fn continuation(tree: &Tree, trace: TraceIndex, guard: u32) -> Option<TraceIndex> {
    let trace = original(tree, trace);
    let starts_here =
        |bridge: &Bridge| bridge.parent_exit.guard == guard && original(tree, bridge.parent_exit.trace) == trace;
    let position = tree.bridges.iter().position(starts_here)?;
    Some(TraceIndex(position as u32 + 1))
}

/// Runs the tree by the reference executor, starting with one of its traces.
fn reference(
    tree: &Tree,
    start: TraceIndex,
    world: &World,
    calls: Vec<(HelperId, Vec<u64>)>,
    finalizers_pending: bool,
) -> Left {
    let helper = |id: HelperId, arguments: &[u64], memory: &mut HashMap<u64, u64>| meaning(id.0, arguments, memory);
    let mut machine = Machine::new(layout().singletons(), Box::new(helper));
    machine.slots = world.slots.clone();
    machine.memory = reference_memory(world);
    machine.finalizers_pending = finalizers_pending;
    machine.plain_objects = fresh_object(0)..fresh_object(FRESH_FIRST);
    let mut trace = start;
    let (exit, frame) = loop {
        let Exit { guard, frame, end } = eval::run(tree.trace(trace), &mut machine, 1_000_000);
        let guard = guard.unwrap_or(ExitId::END);
        if let Some(TraceEnd::Root(_)) = end {
            trace = TraceIndex::ROOT;
            continue;
        }
        match continuation(tree, trace, guard) {
            Some(bridge) => trace = bridge,
            None => break ((trace.0, guard), frame),
        }
    };
    let mut objects = world.objects.clone();
    for (number, words) in objects.iter_mut().enumerate() {
        for (index, word) in words.iter_mut().enumerate() {
            *word = machine.memory[&(object(number as u64) + index as u64 * 8)];
        }
    }
    let fresh = (0..).map(fresh_object).take_while(|address| machine.memory.contains_key(address));
    let fresh = fresh.map(|address| std::array::from_fn(|word| machine.memory[&(address + word as u64 * 8)])).collect();
    let mut all_calls = calls;
    all_calls.extend(machine.calls.iter().filter(|(id, _)| is_logged(id.0)).cloned());
    machine.slots.retain(|_, word| *word != 0);
    Left {
        exit,
        frame,
        slots: machine.slots.clone(),
        objects,
        fresh,
        calls: all_calls,
        finalizers_pending: machine.finalizers_pending,
        floats_boxed: machine.floats_boxed,
    }
}

pub fn int(value: i64) -> u64 {
    tagging::box_int(value)
}

pub fn float(value: f64) -> u64 {
    tagging::box_float(value.to_bits())
}

pub fn world(slots: &[u64]) -> World {
    let slots = slots.iter().enumerate().map(|(slot, &word)| (slot as i32, word)).collect();
    World { slots, objects: Vec::new(), fresh: Vec::new() }
}
