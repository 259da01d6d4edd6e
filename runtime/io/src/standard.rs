//! The process's standard streams.
