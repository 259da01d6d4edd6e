//! Rewriting rules, one named row each. A rule never makes code worse.

mod float;
mod int;
mod raw;
mod value;

use super::fold::Rule;
use sidewinder_ir::Op;
use std::sync::LazyLock;

/// The rules of every operation, by its number.
static BY_OPERATION: LazyLock<Vec<Vec<&'static Rule>>> = LazyLock::new(|| {
    let mut table = vec![Vec::new(); sidewinder_ir::op::ALL.len()];
    for rule in [int::RULES, float::RULES, raw::RULES, value::RULES].into_iter().flatten() {
        table[rule.op as usize].push(rule);
    }
    table
});

/// The rules of an operation, in order.
pub fn of(op: Op) -> &'static [&'static Rule] {
    &BY_OPERATION[op as usize]
}

macro_rules! rules {
    ($( $name:ident: $op:ident |$forward:ident, $a:ident, $b:ident| $body:expr; )*) => {
        pub static RULES: &[Rule] = &[ $( Rule {
            name: stringify!($name),
            op: Op::$op,
            rewrite: |$forward: &mut Forward, $a: Ref, $b: Ref| -> Option<Ref> { $body },
        }, )* ];
    };
}
use rules;

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = super::BY_OPERATION.iter().flatten().map(|rule| rule.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
