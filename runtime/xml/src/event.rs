//! What a document says, piece by piece.

/// Where something is in a document.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Position {
    /// From one.
    pub line: u64,
    /// Characters of the line before it.
    pub column: u64,
    /// Bytes of the document before it.
    pub byte: u64,
}

/// A part of the content that an element may have, by its declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Particle {
    /// Kinds and quantifiers are those numbers of expat's.
    pub kind: u8,
    pub quantifier: u8,
    pub name: Option<String>,
    /// Places of particles in the model.
    pub children: Vec<usize>,
}

/// All of the content, the whole of it first. A list, for parts may be nested as deep as documents are long.
pub type Model = Vec<Particle>;

/// Identifiers of something outside of the document.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct External {
    pub base: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
}

/// What is declared of an attribute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    pub kind: String,
    pub default: Option<String>,
    pub required: bool,
}

/// A piece of a document. What is rare lies elsewhere, for events are moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Attributes are names and values; so many of them stand in the document, the others are defaults.
    StartElement {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    EndElement {
        name: String,
    },
    Text(String),
    Instruction {
        target: String,
        data: String,
    },
    Comment(String),
    StartSection,
    EndSection,
    /// Markup that has no event of its own: for whoever wants all of the document.
    Other,
    Declaration {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i64,
    },
    StartType {
        name: String,
        external: Box<External>,
        internal: bool,
    },
    EndType,
    Entity {
        name: String,
        parameter: bool,
        value: Option<String>,
        external: Box<External>,
        notation: Option<String>,
    },
    UnparsedEntity {
        name: String,
        external: Box<External>,
        notation: String,
    },
    Notation {
        name: String,
        external: Box<External>,
    },
    Element {
        name: String,
        model: Model,
    },
    Attribute {
        element: String,
        name: String,
        declared: Box<Declared>,
    },
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    /// The answer decides whether parsing goes on.
    ExternalReference {
        context: Option<String>,
        external: Box<External>,
    },
    Skipped {
        name: String,
        parameter: bool,
    },
    /// Whether to go on although the document depends on others, and does not say that it stands alone.
    NotStandalone,
}

/// An event, with the markup that gave it (if somebody wants that), and where that is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    pub event: Event,
    pub raw: Option<String>,
    pub position: Position,
}
