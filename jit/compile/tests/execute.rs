//! Small trees, executed as machine code and by the reference executor.

mod common;

use common::*;
use sidewinder_jit::{Options, Tree};

/// total += i while i < n, with slots i, total, n.
const SUM: &str = "\
== root
v0 = LoadSlot 0
v1 = LoadSlot 2
v2 = IsInt v0
GuardTrue v2 [s0]
v4 = IsInt v1
GuardTrue v4 [s0]
v6 = UnboxInt v0
v7 = UnboxInt v1
v8 = IntLess v6 v7
GuardTrue v8 [s1]
v10 = LoadSlot 1
v11 = IsInt v10
GuardTrue v11 [s2]
v13 = UnboxInt v10
v14 = IntAddOverflows v13 v6
GuardFalse v14 [s2]
v16 = IntAdd v13 v6
v17 = BoxInt v16
v18 = ConstInt 1
v19 = IntAddOverflows v6 v18
GuardFalse v19 [s3]
v21 = IntAdd v6 v18
v22 = BoxInt v21
GuardNoInterrupt [s4]
s0: base 0 at 0x10 depth 0 {}
s1: base 0 at 0x80 depth 0 {}
s2: base 0 at 0x18 depth 0 {}
s3: base 0 at 0x20 depth 0 {1: v17}
s4: base 0 at 0x10 depth 0 {0: v22, 1: v17}
end loop s4
";

#[test]
fn a_sum_loop() {
    let tree = parse_tree(SUM);
    let mut runner = Runner::new();
    for n in [0, 1, 2, 3, 1000] {
        let left = runner.check(&tree, &world(&[int(0), int(0), int(n)]));
        assert_eq!(left.slots[&1], int(n * (n - 1).max(0) / 2));
        assert_eq!(left.exit, (0, 9));
    }
    // Other types, and an overflow in the middle.
    runner.check(&tree, &world(&[float(0.5), int(0), int(3)]));
    runner.check(&tree, &world(&[int(0), float(0.5), int(3)]));
    let left = runner.check(&tree, &world(&[int(5), int(sidewinder_ir::tagging::INT_MAX - 20), int(100)]));
    assert_eq!(left.exit, (0, 15));
}

/// x = x * 0.5 + 1.0 while the count lasts; slots x, count.
const FLOAT: &str = "\
== root
v0 = LoadSlot 0
v1 = IsFloat v0
GuardTrue v1 [s0]
v3 = UnboxFloat v0
v4 = ConstFloat 0.5
v5 = FloatMultiply v3 v4
v6 = FloatFits v5
GuardTrue v6 [s0]
v8 = BoxFloat v5
v9 = UnboxFloat v8
v10 = ConstFloat 1.0
v11 = FloatAdd v9 v10
v12 = FloatFits v11
GuardTrue v12 [s0]
v14 = BoxFloat v11
v15 = LoadSlot 1
v16 = IsInt v15
GuardTrue v16 [s1]
v18 = UnboxInt v15
v19 = ConstInt 1
v20 = IntSubtractOverflows v18 v19
GuardFalse v20 [s1]
v22 = IntSubtract v18 v19
v23 = BoxInt v22
v24 = ConstInt 0
v25 = IntLess v24 v22
GuardTrue v25 [s2]
s0: base 0 at 0x10 depth 0 {}
s1: base 0 at 0x18 depth 0 {0: v14}
s2: base 0 at 0x20 depth 0 {0: v14, 1: v23}
end loop s2
";

#[test]
fn a_float_loop() {
    let tree = parse_tree(FLOAT);
    let mut runner = Runner::new();
    for count in [1, 2, 50] {
        runner.check(&tree, &world(&[float(3.25), int(count)]));
    }
    runner.check(&tree, &world(&[int(3), int(4)]));
    runner.check(&tree, &world(&[float(f64::NAN), int(4)]));
    runner.check(&tree, &world(&[float(1e300), int(4)]));
    runner.check(&tree, &world(&[float(1e70), int(4000)]));
}

/// The sum loop with a side trace for a float total, which turns it into an integer again.
#[test]
fn a_bridge_that_repairs_a_type() {
    let source = |pass: &str| {
        format!(
            "{SUM}== bridge 0 {pass} 12\n\
             v1 = LoadSlot 1\nv2 = IsFloat v1\nGuardTrue v2 [s0]\nv4 = ConstInt 1000\nv5 = BoxInt v4\n\
             s0: base 0 at 0x90 depth 0 {{}}\ns1: base 0 at 0x10 depth 0 {{1: v5}}\nend root s1\n"
        )
    };
    let mut runner = Runner::new();
    for pass in ["first", "loop"] {
        let tree = parse_tree(&source(pass));
        runner.check(&tree, &world(&[int(0), float(0.5), int(10)]));
        runner.check(&tree, &world(&[int(0), int(0), int(10)]));
        runner.check(&tree, &world(&[int(0), object(0), int(10)]));
    }
}

/// if i & 1: a += i else: b += 2; i += 1; slots i, n, a, b. The root takes the odd way.
fn branchy(with_bridges: bool) -> Tree {
    let root = "\
== root
v0 = LoadSlot 0
v1 = LoadSlot 1
v2 = IsInt v0
GuardTrue v2 [s0]
v4 = IsInt v1
GuardTrue v4 [s0]
v6 = UnboxInt v0
v7 = UnboxInt v1
v8 = IntLess v6 v7
GuardTrue v8 [s1]
v10 = ConstInt 1
v11 = IntAnd v6 v10
v12 = ConstInt 0
v13 = IntEqual v11 v12
GuardFalse v13 [s2]
v15 = LoadSlot 2
v16 = IsInt v15
GuardTrue v16 [s3]
v18 = UnboxInt v15
v19 = IntAddOverflows v18 v6
GuardFalse v19 [s3]
v21 = IntAdd v18 v6
v22 = BoxInt v21
v23 = IntAdd v6 v10
v24 = BoxInt v23
s0: base 0 at 0x10 depth 0 {}
s1: base 0 at 0x80 depth 0 {}
s2: base 0 at 0x20 depth 0 {}
s3: base 0 at 0x28 depth 0 {}
s4: base 0 at 0x10 depth 0 {0: v24, 2: v22}
end loop s4
";
    let bridge = "\
v0 = LoadSlot 3
v1 = IsInt v0
GuardTrue v1 [s0]
v3 = UnboxInt v0
v4 = ConstInt 2
v5 = IntAddOverflows v3 v4
GuardFalse v5 [s0]
v7 = IntAdd v3 v4
v8 = BoxInt v7
v9 = LoadSlot 0
v10 = IsInt v9
GuardTrue v10 [s1]
v12 = UnboxInt v9
v13 = ConstInt 1
v14 = IntAdd v12 v13
v15 = BoxInt v14
s0: base 0 at 0x40 depth 0 {}
s1: base 0 at 0x48 depth 0 {3: v8}
s2: base 0 at 0x10 depth 0 {0: v15, 3: v8}
end root s2
";
    if with_bridges {
        parse_tree(&format!("{root}== bridge 0 loop 14\n{bridge}== bridge 0 first 14\n{bridge}"))
    } else {
        parse_tree(root)
    }
}

#[test]
fn a_branch_with_bridges() {
    let mut runner = Runner::new();
    for start in [0, 1] {
        let slots = [int(start), int(100), int(0), int(0)];
        runner.check(&branchy(false), &world(&slots));
        let left = runner.check(&branchy(true), &world(&slots));
        assert_eq!(left.slots[&0], int(100));
        assert_eq!(left.slots[&3], int(100 - 2 * start));
    }
    // The second accumulator changes its type under way.
    runner.check(&branchy(true), &world(&[int(0), int(100), int(0), float(0.5)]));
    runner.check(&branchy(true), &world(&[int(0), int(100), float(0.5), int(1)]));
}

/// o.x += 1 while o.x < n, with type checks: slots o, n. Field x is word 3.
const COUNTER: &str = "\
== root
v0 = LoadSlot 0
v1 = ConstRaw 0x30000
v2 = HasType.ObjectType v0 v1
GuardTrue v2 [s0]
v4 = Address v0
v5 = LoadValue.Attribute v4 +24
Dup v5
v7 = IsInt v5
GuardTrue v7 [s0]
v9 = UnboxInt v5
v10 = LoadSlot 1
v11 = IsInt v10
GuardTrue v11 [s0]
v13 = UnboxInt v10
v14 = IntLess v9 v13
GuardTrue v14 [s1]
v16 = ConstInt 1
v17 = IntAddOverflows v9 v16
GuardFalse v17 [s1]
v19 = IntAdd v9 v16
v20 = BoxInt v19
v21 = HasType.ObjectType v0 v1
GuardTrue v21 [s1]
v23 = Address v0
v24 = LoadValue.Attribute v23 +24
StoreValue.Attribute v23 v20 +24
Drop v24
s0: base 0 at 0x10 depth 0 {}
s1: base 0 at 0x20 depth 0 {2: v5}
s2: base 0 at 0x10 depth 0 {}
end loop s2
";

#[test]
fn an_attribute_loop() {
    let tree = parse_tree(COUNTER);
    let mut runner = Runner::new();
    let mut object_words = [0; 16];
    object_words[..4].copy_from_slice(&[5, CLASS_TYPE, 0, int(3)]);
    let mut start = world(&[object(0), int(50)]);
    start.objects.push(object_words);
    let left = runner.check(&tree, &start);
    assert_eq!(left.objects[0][3], int(50));
    // Other types at the two tests, and an object where an integer was.
    start.slots.insert(0, int(4));
    runner.check(&tree, &start);
    start.slots.insert(0, 0);
    runner.check(&tree, &start);
    start.slots.insert(0, object(0));
    start.objects[0][1] = OTHER_CLASS_TYPE;
    runner.check(&tree, &start);
    start.objects[0][1] = CLASS_TYPE;
    start.objects[0][3] = object(0);
    runner.check(&tree, &start);
}

/// o.x = x; x = x * x, without a test whether the square fits a value word: slots x, o.
const SQUARES: &str = "\
== root
v0 = LoadSlot 0
v1 = IsFloat v0
GuardTrue v1 [s0]
v3 = LoadSlot 1
v4 = ConstRaw 0x30000
v5 = HasType.ObjectType v3 v4
GuardTrue v5 [s0]
v7 = Address v3
StoreValue.Attribute v7 v0 +24
v9 = UnboxFloat v0
v10 = FloatMultiply v9 v9
v11 = BoxFloat v10
s0: base 0 at 0x10 depth 0 {}
s1: base 0 at 0x10 depth 0 {0: v11}
end loop s1
";

#[test]
fn a_float_that_does_not_fit_leaves_before_it_reaches_memory() {
    let tree = parse_tree(SQUARES);
    let mut runner = Runner::new();
    let mut start = world(&[float(4.0), object(0)]);
    start.objects.push([0; 16]);
    start.objects[0][..4].copy_from_slice(&[5, CLASS_TYPE, 0, 0]);
    let left = runner.check(&tree, &start);
    assert_eq!(left.exit, (0, sidewinder_jit::ExitId::END));
    assert_eq!(left.objects[0][3], float(2f64.powi(256)));
    assert_eq!(left.slots[&0], boxed_float(2f64.powi(512).to_bits()));
}

/// The guards of the sum loop at which so many visits of it leave, all of them before anything has changed.
fn stressed_exits(options: Options, source: &str, visits: usize) -> Vec<u32> {
    let tree = parse_tree(source);
    let mut runner = Runner::with(options);
    let compiled = runner.compile(&tree);
    let world = world(&[int(0), int(0), int(2)]);
    let mut visit = || {
        let (id, left) = runner.leave(&compiled, &world);
        assert_eq!(left, world, "the instruction starts over");
        id.guard
    };
    (0..visits).map(|_| visit()).collect()
}

#[test]
fn each_guard_fails_at_its_first_visit() {
    let options = Options { exit_all: true, ..Options::default() };
    assert_eq!(stressed_exits(options, SUM, 4), [3, 5, 9, 12]);
    let decisive = SUM.replace("GuardTrue v8 [s1]", "GuardTrue v8 decisive [s1]");
    assert_eq!(stressed_exits(options, &decisive, 3), [3, 5, 12]);
}

#[test]
fn every_nth_guard_fails() {
    let exits = |guard_fail| stressed_exits(Options { guard_fail, ..Options::default() }, SUM, 3);
    assert_eq!(exits(1), [3, 3, 3]);
    assert_eq!(exits(2), [5, 5, 5]);
    assert_eq!(exits(3), [9, 9, 9]);
}
