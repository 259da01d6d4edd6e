//! Second pass: the scope of each name, in CPython's terms. Comprehensions other than generators become part of the block
//! around them.

use super::{BlockKind, Comprehension, Scope, Table, flag};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

type Names = BTreeSet<Rc<str>>;

/// Names that classes have in cells of their own.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

/// What a block knows of the blocks around it.
#[derive(Clone, Default)]
struct Around {
    /// Variables of functions around; none in a module.
    bound: Option<Names>,
    /// Names that are declared global around.
    global: Names,
    /// The class whose namespace the block sees.
    class: Option<usize>,
}

/// Finds the scopes of all names.
pub(super) fn analyze(table: &mut Table) {
    analyze_block(table, 0, Around::default());
}

/// Analyses a block and those in it; the names that it wants from outside.
fn analyze_block(table: &mut Table, id: usize, mut around: Around) -> Names {
    let kind = table.blocks[id].kind;
    let is_class = kind == BlockKind::Class;
    let sees_class = table.blocks[id].sees_class;
    let (mut local, mut free, mut scopes) = (Names::new(), Names::new(), HashMap::new());
    let outside = around.clone();
    for (name, flags) in table.blocks[id].symbols.clone() {
        let scope = match () {
            () if flags & flag::GLOBAL != 0 => {
                around.global.insert(name.clone());
                if let Some(bound) = &mut around.bound {
                    bound.remove(&name);
                }
                Scope::GlobalExplicit
            }
            () if flags & flag::NONLOCAL != 0 => {
                free.insert(name.clone());
                Scope::Free
            }
            () if flags & flag::BOUND != 0 => {
                local.insert(name.clone());
                around.global.remove(&name);
                Scope::Local
            }
            () => {
                let in_class = around.class.map_or(0, |class| table.blocks[class].flags_of(&name));
                match () {
                    () if in_class & flag::GLOBAL != 0 => Scope::GlobalExplicit,
                    () if in_class & flag::BOUND != 0 && in_class & flag::NONLOCAL == 0 => Scope::GlobalImplicit,
                    () if around.bound.as_ref().is_some_and(|bound| bound.contains(&name)) => {
                        free.insert(name.clone());
                        Scope::Free
                    }
                    () => Scope::GlobalImplicit,
                }
            }
        };
        scopes.insert(name, scope);
    }
    // A class's own names are not seen by the blocks in it.
    let mut inside = if is_class { outside } else { around.clone() };
    let bound = inside.bound.get_or_insert_default();
    match is_class {
        true => bound.extend(CLASS_CELLS.map(Rc::from)),
        false if kind.is_function_like() => bound.extend(local.iter().cloned()),
        false => {}
    }
    let (mut wanted, mut inlined_cells) = (Names::new(), Names::new());
    let mut inlined = Vec::new();
    for child in table.blocks[id].children.clone() {
        let class = match table.blocks[child].sees_class {
            true if is_class => Some(id),
            true => around.class,
            false => None,
        };
        let mut child_free = analyze_block(table, child, Around { class, ..inside.clone() });
        if table.blocks[child].comprehension == Some(Comprehension::Inlined) && !sees_class {
            inline(table, (id, child), &mut scopes, &mut child_free, &mut inlined_cells);
            inlined.push(child);
        }
        wanted.extend(child_free);
    }
    for child in inlined {
        let inner = std::mem::take(&mut table.blocks[child].children);
        let children = &mut table.blocks[id].children;
        if let Some(place) = children.iter().position(|own| *own == child) {
            children.splice(place..=place, inner);
        }
    }
    if kind.is_function_like() {
        for (name, scope) in &mut scopes {
            if *scope == Scope::Local && (wanted.contains(name) || inlined_cells.contains(name)) {
                *scope = Scope::Cell;
                wanted.remove(name);
            }
        }
    } else if is_class {
        wanted.retain(|name| !CLASS_CELLS.contains(&&**name));
    }
    let block = &mut table.blocks[id];
    for (name, flags) in &mut block.symbols {
        let scope = scopes.get(name).copied().unwrap_or(Scope::GlobalImplicit);
        *flags |= (scope as i64) << flag::SCOPE_OFFSET;
        if inlined_cells.contains(name) {
            *flags |= flag::COMPREHENSION_CELL;
        }
    }
    for name in &wanted {
        if block.has(name) {
            // A method uses a variable from outside the class that has the name of one of the class's.
            if is_class || sees_class {
                block.note(name, flag::FREE_IN_CLASS);
            }
        } else if around.bound.as_ref().is_none_or(|bound| bound.contains(name)) {
            block.note(name, (Scope::Free as i64) << flag::SCOPE_OFFSET);
        }
    }
    free.extend(wanted);
    free
}

/// Makes a comprehension's names those of the block around it.
fn inline(
    table: &mut Table,
    (id, child): (usize, usize),
    scopes: &mut HashMap<Rc<str>, Scope>,
    child_free: &mut Names,
    inlined_cells: &mut Names,
) {
    let in_class = table.blocks[id].kind == BlockKind::Class;
    for (name, flags) in table.blocks[child].symbols.clone() {
        if flags & flag::PARAMETER != 0 {
            continue;
        }
        let mut scope = Scope::of(flags);
        let plain = flags & ((1 << flag::SCOPE_OFFSET) - 1);
        if scope == Scope::Cell || plain & flag::COMPREHENSION_CELL != 0 {
            inlined_cells.insert(name.clone());
        }
        if scope == Scope::Free && in_class && CLASS_CELLS.contains(&&*name) {
            scope = Scope::GlobalImplicit;
            child_free.remove(&name);
        }
        if !table.blocks[id].has(&name) {
            table.blocks[id].note(&name, plain);
            scopes.insert(name, scope);
        } else if table.blocks[id].flags_of(&name) & flag::BOUND != 0 && !in_class {
            let inner = &table.blocks[child].children;
            let captured = inner.iter().any(|&inner| {
                let inner = &table.blocks[inner];
                inner.has(&name) && Scope::of(inner.flags_of(&name)) == Scope::Free
            });
            if !captured {
                child_free.remove(&name);
            }
        }
    }
}
