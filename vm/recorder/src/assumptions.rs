//! What traces take for granted, and which trees depend on it.

use sidewinder_runtime::hooks::Broken;
use sidewinder_runtime::objects::code::CodeObject;
use std::collections::{HashMap, HashSet};

/// The assumptions of one recording.
#[derive(Clone, Default, Debug)]
pub struct Assumptions {
    pub facts: HashSet<Broken>,
    /// Words of objects that what is assumed keeps alive, until Python runs.
    pub held: HashSet<u64>,
}

impl Assumptions {
    pub fn add(&mut self, fact: Broken) {
        self.facts.insert(fact);
    }

    /// Whether one of the facts has ceased to hold when `fact` has.
    pub fn relies_on(&self, fact: Broken) -> bool {
        match fact {
            // A change of the keys also moves entries.
            Broken::DictKeys(watch) => self.facts.iter().any(|known| match known {
                Broken::DictKeys(other) | Broken::DictEntry(other, _) => *other == watch,
                _ => false,
            }),
            _ => self.facts.contains(&fact),
        }
    }

    /// The code object stays alive.
    pub fn add_code(&mut self, code: &CodeObject) {
        code.watched.set(true);
        self.add(Broken::Code(code.id.get()));
    }
}

/// Trees by the facts they rely on.
#[derive(Default)]
pub struct Dependents {
    trees: HashMap<Broken, Vec<usize>>,
}

impl Dependents {
    pub fn add(&mut self, fact: Broken, tree: usize) {
        let trees = self.trees.entry(fact).or_default();
        if !trees.contains(&tree) {
            trees.push(tree);
        }
    }

    /// The trees that relied on a fact that has ceased to hold.
    pub fn take(&mut self, fact: Broken) -> Vec<usize> {
        match fact {
            // A change of the keys also moves entries.
            Broken::DictKeys(watch) => {
                let facts: Vec<Broken> = self
                    .trees
                    .keys()
                    .copied()
                    .filter(|known| match known {
                        Broken::DictKeys(other) | Broken::DictEntry(other, _) => *other == watch,
                        _ => false,
                    })
                    .collect();
                facts.into_iter().filter_map(|known| self.trees.remove(&known)).flatten().collect()
            }
            _ => self.trees.remove(&fact).unwrap_or_default(),
        }
    }
}
