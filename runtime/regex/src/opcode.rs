//! The numbers that CPython's `re._compiler` writes: `re._constants` of 3.14, in its order.

/// An enumeration whose numbers are its rows, and the way back from a number.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident: $($row:ident)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($row),* }

        impl $name {
            /// What the word stands for, if for anything.
            pub(crate) fn of(word: u32) -> Option<$name> {
                const ROWS: &[$name] = &[$($name::$row),*];
                ROWS.get(word as usize).copied()
            }
        }
    };
}

numbered! {
    /// Operations. `Ignore` without a prefix folds ASCII, `Unicode` by the simple lowercase mapping, `Locale` by the C
    /// locale's.
    Opcode:
    Failure Success Any AnyAll Assert AssertNot At Branch Category Charset BigCharset GroupReference
    GroupReferenceExists In Info Jump Literal Mark MaxUntil MinUntil NotLiteral Negate Range Repeat RepeatOne
    Subpattern MinRepeatOne AtomicGroup PossessiveRepeat PossessiveRepeatOne GroupReferenceIgnore InIgnore
    LiteralIgnore NotLiteralIgnore GroupReferenceLocaleIgnore InLocaleIgnore LiteralLocaleIgnore
    NotLiteralLocaleIgnore GroupReferenceUnicodeIgnore InUnicodeIgnore LiteralUnicodeIgnore
    NotLiteralUnicodeIgnore RangeUnicodeIgnore
}

numbered! {
    /// Conditions on a position.
    At:
    Beginning BeginningLine BeginningString Boundary NotBoundary End EndLine EndString LocaleBoundary
    LocaleNotBoundary UnicodeBoundary UnicodeNotBoundary
}

numbered! {
    /// Kinds of characters; without a prefix ASCII's.
    Category:
    Digit NotDigit Space NotSpace Word NotWord LineBreak NotLineBreak LocaleWord LocaleNotWord UnicodeDigit
    UnicodeNotDigit UnicodeSpace UnicodeNotSpace UnicodeWord UnicodeNotWord UnicodeLineBreak UnicodeNotLineBreak
}

/// An upper bound of repetitions that is none.
pub(crate) const MAX_REPEAT: u32 = u32::MAX;
/// The version of the code words (`_sre.MAGIC`).
pub const MAGIC: u32 = 20230612;
/// The bytes of a code word (`_sre.CODESIZE`).
pub const CODE_SIZE: u32 = 4;
/// Flags of an `Info` block: a literal prefix, nothing but it, a set for the first character.
pub(crate) const INFO_PREFIX: u32 = 1;
pub(crate) const INFO_LITERAL: u32 = 2;
pub(crate) const INFO_CHARSET: u32 = 4;
