//! The names of properties' values, and how a record packs them; the build script uses it, too.

/// General categories.
pub const CATEGORIES: [&str; 30] = [
    "Cn", "Cc", "Cf", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl", "No", "Pc", "Pd", "Pe",
    "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs",
];

/// Bidirectional classes; code points that are not assigned have none.
pub const DIRECTIONS: [&str; 24] = [
    "", "AL", "AN", "B", "BN", "CS", "EN", "ES", "ET", "FSI", "L", "LRE", "LRI", "LRO", "NSM", "ON", "PDF", "PDI", "R",
    "RLE", "RLI", "RLO", "S", "WS",
];

/// Kinds of decompositions; the first is the canonical one.
pub const TAGS: [&str; 17] = [
    "",
    "<circle>",
    "<compat>",
    "<final>",
    "<font>",
    "<fraction>",
    "<initial>",
    "<isolated>",
    "<medial>",
    "<narrow>",
    "<noBreak>",
    "<small>",
    "<square>",
    "<sub>",
    "<super>",
    "<vertical>",
    "<wide>",
];

/// Where in a record the class of bidirectional text starts; the category comes before it.
pub const DIRECTION_SHIFT: u32 = 5;
/// Where the combining class starts.
pub const COMBINING_SHIFT: u32 = 16;

/// A record's bit: mirrored in bidirectional text.
pub const MIRRORED: u32 = 1 << 10;
/// A record's bit: there is a decomposition, canonical or not.
pub const HAS_DECOMPOSITION: u32 = 1 << 11;
/// A record's bit: does not occur in NFC.
pub const NFC_NO: u32 = 1 << 12;
/// A record's bit: in NFC it may be a part of what is composed.
pub const NFC_MAYBE: u32 = 1 << 13;
/// A record's bit: does not occur in NFKC.
pub const NFKC_NO: u32 = 1 << 14;
/// A record's bit: in NFKC it may be a part of what is composed.
pub const NFKC_MAYBE: u32 = 1 << 15;
