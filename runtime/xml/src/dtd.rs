//! What a document type declares: entities, attributes, elements.

use crate::event::External;
use std::collections::HashMap;
use std::rc::Rc;

/// An entity, general or parameter.
#[derive(Clone, Debug, Default)]
pub struct Entity {
    /// Its text, if it is in the document.
    pub text: Option<Rc<[u8]>>,
    pub external: External,
    pub notation: Option<String>,
    /// Whether the internal subset itself declares it, outside of parameter entities.
    pub internal: bool,
    /// Whether a reference to it is being replaced.
    pub open: bool,
}

/// An attribute as declared.
#[derive(Clone, Debug)]
pub struct AttributeDeclaration {
    pub name: String,
    pub character_data: bool,
    pub default: Option<String>,
}

/// The declarations so far.
#[derive(Debug, Default)]
pub struct Dtd {
    pub general: HashMap<String, Entity>,
    pub parameter: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<AttributeDeclaration>>,
    /// Whether there were references to parameter entities, or there is an external subset: declarations may be missing.
    pub has_references: bool,
    pub standalone: bool,
    /// Whether declarations still count: not after a parameter entity that was not read.
    pub keeps: bool,
    pub external_read: bool,
}

impl Dtd {
    pub fn new() -> Dtd {
        Dtd { keeps: true, ..Dtd::default() }
    }
}
