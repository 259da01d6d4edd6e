//! The parts of the conformance harness that do not depend on a test runner.
//!
//! **Invariants.** What CPython 3.14 printed is the truth: the goldens hold it, normalised by
//! [`golden::Normaliser`], and every mode of [`modes::MODES`] must print exactly that.
//!
//! Not here: the list of tests and the command line, which live in `conformance.rs`.

#![forbid(unsafe_code)]

pub mod binary;
pub mod diff;
pub mod expected_failures;
pub mod golden;
pub mod modes;
pub mod process;
